//! Distinguished names, read attribute by attribute and never as a line of text: a value may hold `/`, `,` and `=`
//! (rules on CNS, 0.10).

use std::fmt;

use super::der::{NotDer, OID, Reader, SEQUENCE, SET};
use super::oid::Oid;

const UTF8_STRING: u8 = 0x0c;
const PRINTABLE_STRING: u8 = 0x13;

/// No name has more attributes.
const MAX_ATTRIBUTES: usize = 64;

/// A `Name` (RFC 5280, 4.1.2.4). Two are equal when their DER is: nothing is folded, so a name cannot be taken for
/// another that looks like it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name {
    der: Vec<u8>,
    attributes: Vec<Attribute>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Attribute {
    kind: Oid,
    tag: u8,
    value: Vec<u8>,
}

/// Why the value of an attribute is not taken for a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextRefusal {
    /// Neither `PrintableString` nor `UTF8String`: the older string types have more than one reading.
    #[error("the value is not in one of the string types that are read")]
    Type,
    /// A character that the string type does not have, or a control character such as NUL.
    #[error("the value has a character that its type does not allow")]
    Character,
}

impl Name {
    /// Reads a `Name` with its tag and length.
    pub(super) fn read(der: &[u8]) -> Result<Self, NotDer> {
        let mut attributes = Vec::new();
        for set in Reader::new(Reader::only(der, SEQUENCE)?).all(SET) {
            let set = Reader::new(set?);
            // `SET SIZE (1..MAX)`
            if set.is_empty() {
                return Err(NotDer);
            }
            for attribute in set.all(SEQUENCE) {
                let mut attribute = Reader::new(attribute?);
                let kind = Oid::from_content(attribute.expect(OID)?)?;
                let value = attribute.value()?;
                attribute.end()?;
                attributes.push(Attribute {
                    kind,
                    tag: value.tag,
                    value: value.contents.to_vec(),
                });
            }
        }
        if attributes.len() > MAX_ATTRIBUTES {
            return Err(NotDer);
        }
        Ok(Self {
            der: der.to_vec(),
            attributes,
        })
    }

    /// Its DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Whether it has no attribute at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    /// The values of every attribute of a kind, in order, wherever it stands: alone or together with others.
    pub fn all<'a>(&'a self, kind: &Oid) -> impl Iterator<Item = Result<&'a str, TextRefusal>> {
        self.attributes
            .iter()
            .filter(move |attribute| attribute.kind == *kind)
            .map(Attribute::text)
    }

    /// The first value of a kind that can be read, for a page or a log of operators.
    #[must_use]
    pub fn first(&self, kind: &Oid) -> Option<&str> {
        self.attributes
            .iter()
            .filter(|attribute| attribute.kind == *kind)
            .find_map(|attribute| attribute.text().ok())
    }

    /// What to call who bears this name: its common name, or what else it is called by.
    #[must_use]
    pub fn display(&self) -> &str {
        [
            Oid::COMMON_NAME,
            Oid::ORGANIZATIONAL_UNIT,
            Oid::ORGANIZATION,
        ]
        .iter()
        .find_map(|kind| self.first(kind))
        .unwrap_or("?")
    }
}

impl Attribute {
    fn text(&self) -> Result<&str, TextRefusal> {
        let allowed: fn(char) -> bool = match self.tag {
            // X.680, 41.4.
            PRINTABLE_STRING => |c| c.is_ascii_alphanumeric() || " '()+,-./:=?".contains(c),
            UTF8_STRING => |c| !c.is_control(),
            _ => return Err(TextRefusal::Type),
        };
        match str::from_utf8(&self.value) {
            Ok(text) if text.chars().all(allowed) => Ok(text),
            _ => Err(TextRefusal::Character),
        }
    }
}

/// A name may be a person's: only its size is shown.
impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name([{} attributes])", self.attributes.len())
    }
}
