//! Distinguished names, read attribute by attribute and never as a line of text: a value may hold `/`, `,` and `=`
//! (rules on CNS, 0.10).

use std::fmt;

use super::der::{NotDer, OID, Reader, SEQUENCE, SET, Value, bits};
use super::oid::Oid;

const BIT_STRING: u8 = 0x03;
const UTF8_STRING: u8 = 0x0c;
const NUMERIC_STRING: u8 = 0x12;
const PRINTABLE_STRING: u8 = 0x13;
const TELETEX_STRING: u8 = 0x14;
const IA5_STRING: u8 = 0x16;
const UNIVERSAL_STRING: u8 = 0x1c;
const BMP_STRING: u8 = 0x1e;

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
    /// Reads a DER `Name`; `None` for anything else.
    #[must_use]
    pub fn parse(der: &[u8]) -> Option<Self> {
        Self::read(der).ok()
    }

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
                if !is_value(value) {
                    return Err(NotDer);
                }
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

/// Whether a value is of a type that names have (X.520; the bits are those of `x500UniqueIdentifier`), and whole in it.
fn is_value(value: Value<'_>) -> bool {
    match value.tag {
        UTF8_STRING => str::from_utf8(value.contents).is_ok(),
        BMP_STRING => value.contents.len().is_multiple_of(2),
        UNIVERSAL_STRING => value.contents.len().is_multiple_of(4),
        BIT_STRING => bits(value.contents).is_ok(),
        NUMERIC_STRING | PRINTABLE_STRING | TELETEX_STRING | IA5_STRING => true,
        _ => false,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A name of common names, each in a set of its own.
    fn named(values: &[(u8, &[u8])]) -> Option<Name> {
        let wrap = |tag: u8, inside: &[u8]| {
            [&[tag, u8::try_from(inside.len()).unwrap()][..], inside].concat()
        };
        let sets: Vec<u8> = values
            .iter()
            .flat_map(|(tag, value)| {
                let kind = wrap(OID, Oid::COMMON_NAME.encoded());
                let attribute = wrap(SEQUENCE, &[kind, wrap(*tag, value)].concat());
                wrap(SET, &attribute)
            })
            .collect();
        Name::parse(&wrap(SEQUENCE, &sets))
    }

    fn text(tag: u8, value: &[u8]) -> Result<String, TextRefusal> {
        let name = named(&[(tag, value)]).unwrap();
        let first = name.all(&Oid::COMMON_NAME).next().unwrap();
        first.map(str::to_owned)
    }

    #[test]
    fn a_text_is_of_a_type_with_one_reading() {
        assert_eq!(
            text(UTF8_STRING, "Citt\u{e0}".as_bytes()).unwrap(),
            "Citt\u{e0}"
        );
        assert_eq!(text(PRINTABLE_STRING, b"A/b+c=").unwrap(), "A/b+c=");
        assert_eq!(text(PRINTABLE_STRING, b"A*"), Err(TextRefusal::Character));
        assert_eq!(text(UTF8_STRING, b"A\0B"), Err(TextRefusal::Character));
        assert_eq!(text(TELETEX_STRING, b"A"), Err(TextRefusal::Type));
        assert_eq!(text(BMP_STRING, b"\0A"), Err(TextRefusal::Type));
        assert_eq!(text(IA5_STRING, b"A"), Err(TextRefusal::Type));
    }

    #[test]
    fn a_value_is_whole_in_its_type() {
        for (tag, value) in [
            (UTF8_STRING, &b"\xff"[..]),
            (BMP_STRING, b"A"),
            (UNIVERSAL_STRING, b"ABC"),
            (0x04, b"A"),
            (0x2c, b"A"),
        ] {
            assert!(named(&[(tag, value)]).is_none(), "{tag:#x}");
        }
    }

    #[test]
    fn names_are_the_same_only_byte_for_byte() {
        let one = named(&[(UTF8_STRING, b"CA")]);
        assert_eq!(one, named(&[(UTF8_STRING, b"CA")]));
        assert_ne!(one, named(&[(PRINTABLE_STRING, b"CA")]));
        assert_ne!(one, named(&[(UTF8_STRING, b"ca")]));
    }

    #[test]
    fn the_first_readable_value_is_what_it_is_called() {
        let name = named(&[(TELETEX_STRING, b"old"), (UTF8_STRING, b"new")]).unwrap();
        assert_eq!(name.display(), "new");
        assert_eq!(named(&[]).unwrap().display(), "?");
        assert!(!format!("{name:?}").contains("new"));
    }
}
