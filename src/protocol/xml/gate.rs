//! The strict gate: one pass over the raw text, before any parser sees it.
//!
//! It bounds size, depth and counts, and refuses what SAML never needs and attackers do: document types, processing
//! instructions, comments, CDATA, foreign encodings, relative namespaces. It is also narrower than `roxmltree` where
//! that reads on and other parsers stop (a default namespace declared twice, `p:xmlns` taken for a declaration, names
//! that begin with a colon, references to surrogates, a lone carriage return before a reference): on what passes,
//! all parsers agree.

use super::WHITE_SPACE;
use super::refusal::XmlRefusal;

mod namespace;

/// No name in SAML is near this long; the parser counts name lengths in 16 bits.
const MAX_NAME: usize = 256;
/// No namespace in SAML is near this long. Canonicalisation writes a declaration anew for each sibling that uses it, so
/// its length counts many times.
const MAX_NAMESPACE: usize = 256;
/// Attributes of one element, namespace declarations included: the parser compares each with each.
const MAX_ATTRIBUTES_OF_ELEMENT: usize = 64;

/// How much of a document is read at all. Everything over a limit is refused before it costs anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the text.
    pub max_bytes: usize,
    /// Elements within elements.
    pub max_depth: usize,
    /// Elements and texts.
    pub max_nodes: u32,
    /// Attributes in the whole document, namespace declarations included.
    pub max_attributes: usize,
    /// Namespace declarations in scope of any one element.
    pub max_namespaces: usize,
    /// Whether comments are read over. Signatures never cover them.
    pub comments: bool,
}

impl Limits {
    /// For a message out of a browser: everything in it is a stranger's.
    pub const MESSAGE: Self = Self {
        max_bytes: 256 * 1024,
        max_depth: 48,
        max_nodes: 10_000,
        max_attributes: 10_000,
        max_namespaces: 64,
        comments: false,
    };

    /// For metadata out of a file or a registry: thousands of entities in one document, with comments.
    pub const METADATA: Self = Self {
        max_bytes: 32 * 1024 * 1024,
        max_depth: 48,
        max_nodes: 2_000_000,
        max_attributes: 2_000_000,
        max_namespaces: 128,
        comments: true,
    };

    /// For a trusted list (ETSI TS 119 612): the Italian one of 2019 has 2 MB, 16,000 elements and no comments.
    pub const LIST: Self = Self {
        max_bytes: 16 * 1024 * 1024,
        max_depth: 48,
        max_nodes: 400_000,
        max_attributes: 200_000,
        max_namespaces: 64,
        comments: true,
    };
}

/// Passes a text or says why not. What passes has bounded size and depth and only elements, attributes, texts and, if
/// allowed, comments; whether tags match and prefixes are declared is left to the parser.
pub(super) fn admit(text: &str, limits: &Limits) -> Result<(), XmlRefusal> {
    if text.len() > limits.max_bytes {
        return Err(XmlRefusal::TooLarge);
    }
    if text.starts_with('\u{feff}') {
        return Err(XmlRefusal::ByteOrderMark);
    }
    if text.contains('\0') {
        return Err(XmlRefusal::Nul);
    }
    if text
        .split('\r')
        .skip(1)
        .any(|after| !after.starts_with('\n'))
    {
        return Err(XmlRefusal::LoneCarriageReturn);
    }
    let mut gate = Gate {
        limits,
        attributes: 0,
        names: Vec::with_capacity(16),
        open: Vec::with_capacity(16),
        in_scope: 0,
    };
    let mut rest = declaration(text)?;
    while let Some((characters, markup)) = split(rest, b'<') {
        gate.references(characters)?;
        rest = match markup.as_bytes().first() {
            Some(b'/') => gate.end_tag(markup)?,
            Some(b'!') => gate.declaration_or_comment(markup)?,
            Some(b'?') => return Err(XmlRefusal::ProcessingInstruction),
            _ => gate.start_tag(markup)?,
        };
    }
    // Without comments an ampersand can only begin a reference, wherever it is: one look at the whole is quicker.
    references(if limits.comments { rest } else { text })
}

/// Reads over an XML declaration, if there is one, and gives what follows (XML 1.0, 2.8).
fn declaration(text: &str) -> Result<&str, XmlRefusal> {
    let Some(after) = text.strip_prefix("<?xml") else {
        return Ok(text);
    };
    if !after.starts_with(' ') {
        return Err(XmlRefusal::ProcessingInstruction);
    }
    let (inside, rest) = after.split_once("?>").ok_or(XmlRefusal::Declaration)?;
    let mut expected = ["version", "encoding", "standalone"].iter();
    let mut inside = inside;
    let mut first = true;
    loop {
        let trimmed = inside.trim_start_matches(WHITE_SPACE);
        if trimmed.is_empty() && !first {
            return Ok(rest);
        }
        if trimmed.len() == inside.len() {
            return Err(XmlRefusal::Declaration);
        }
        let (name, value, after) = attribute(trimmed).map_err(|_| XmlRefusal::Declaration)?;
        if !expected.any(|known| *known == name) || (first && name != "version") {
            return Err(XmlRefusal::Declaration);
        }
        match (name, value) {
            ("version", "1.0") | ("standalone", "yes" | "no") => {}
            ("encoding", encoding) if encoding.eq_ignore_ascii_case("utf-8") => {}
            ("encoding", _) => return Err(XmlRefusal::NotUtf8),
            _ => return Err(XmlRefusal::Declaration),
        }
        inside = after;
        first = false;
    }
}

/// Splits at the first of an ASCII byte and leaves it out. What lies between markup is short: a plain loop takes half
/// the time of a search that prepares itself first.
fn split(text: &str, at: u8) -> Option<(&str, &str)> {
    let position = text.bytes().position(|byte| byte == at)?;
    Some((text.get(..position)?, text.get(position + 1..)?))
}

/// Reads `name = "value"` and gives what follows.
fn attribute(text: &str) -> Result<(&str, &str, &str), XmlRefusal> {
    let (name, after) = split(text, b'=').ok_or(XmlRefusal::Malformed)?;
    let after = after.trim_start_matches(WHITE_SPACE);
    let quote = match after.as_bytes().first() {
        Some(quote @ (b'"' | b'\'')) => *quote,
        _ => return Err(XmlRefusal::Malformed),
    };
    let (value, rest) = after
        .get(1..)
        .and_then(|after| split(after, quote))
        .ok_or(XmlRefusal::Malformed)?;
    Ok((name.trim_end_matches(WHITE_SPACE), value, rest))
}

/// Every `&` begins one of the five entities or a character that XML allows (XML 1.0, 4.1 and 4.6).
fn references(text: &str) -> Result<(), XmlRefusal> {
    for after in text.split('&').skip(1) {
        let (name, _) = after.split_once(';').ok_or(XmlRefusal::Reference)?;
        let number = match name.strip_prefix('#') {
            None if matches!(name, "amp" | "lt" | "gt" | "quot" | "apos") => continue,
            None => return Err(XmlRefusal::Reference),
            // from_str_radix would also take a sign.
            Some(digits) if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) => None,
            Some(digits) => match digits.strip_prefix('x') {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok(),
                None => digits.parse().ok(),
            },
        };
        if !number.and_then(char::from_u32).is_some_and(is_xml_char) {
            return Err(XmlRefusal::Reference);
        }
    }
    Ok(())
}

/// Char of XML 1.0, 2.2.
pub(super) fn is_xml_char(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// NCName of Namespaces in XML, 3 (NameStartChar and NameChar of XML 1.0, 2.3, without the colon).
pub(super) fn is_nc_name(name: &str) -> bool {
    let start = |char| {
        matches!(char, 'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}'
            | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}'
            | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
            | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
            | '\u{10000}'..='\u{effff}')
    };
    let part = |char| {
        start(char)
            || matches!(char, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}'
                | '\u{203f}'..='\u{2040}')
    };
    // Nearly every name is ASCII, and every element has one.
    if let Some((first, rest)) = name.as_bytes().split_first()
        && name.is_ascii()
    {
        let is_start = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
        return is_start(first)
            && rest.iter().all(|byte| {
                is_start(byte) || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')
            });
    }
    let mut chars = name.chars();
    chars.next().is_some_and(start) && chars.all(part)
}

/// Splits a qualified name into prefix (empty if none) and local part.
fn qualified(name: &str) -> Result<(&str, &str), XmlRefusal> {
    let (prefix, local) = match split(name, b':') {
        Some((prefix, local)) if is_nc_name(prefix) => (prefix, local),
        Some(_) => return Err(XmlRefusal::Name),
        None => ("", name),
    };
    if name.len() <= MAX_NAME && is_nc_name(local) {
        Ok((prefix, local))
    } else {
        Err(XmlRefusal::Name)
    }
}

struct Gate<'a, 'l> {
    limits: &'l Limits,
    attributes: usize,
    /// Names of the attributes of the element at hand.
    names: Vec<&'a str>,
    /// For each open element, how many namespaces were in scope outside it.
    open: Vec<usize>,
    in_scope: usize,
}

impl<'a> Gate<'a, '_> {
    fn start_tag(&mut self, markup: &'a str) -> Result<&'a str, XmlRefusal> {
        let end = markup
            .bytes()
            .position(|byte| matches!(byte, b'>' | b'/' | b' ' | b'\t' | b'\r' | b'\n'))
            .ok_or(XmlRefusal::Malformed)?;
        let (name, mut rest) = markup.split_at(end);
        qualified(name)?;
        if self.open.len() >= self.limits.max_depth {
            return Err(XmlRefusal::TooDeep);
        }
        let outside = self.in_scope;
        self.names.clear();
        loop {
            let trimmed = rest.trim_start_matches(WHITE_SPACE);
            if let Some(rest) = trimmed.strip_prefix('>') {
                self.open.push(outside);
                return Ok(rest);
            }
            if let Some(rest) = trimmed.strip_prefix("/>") {
                self.in_scope = outside;
                return Ok(rest);
            }
            if trimmed.len() == rest.len() {
                return Err(XmlRefusal::Malformed);
            }
            let (name, value, after) = attribute(trimmed)?;
            self.attribute(name, value)?;
            rest = after;
        }
    }

    fn attribute(&mut self, name: &'a str, value: &'a str) -> Result<(), XmlRefusal> {
        self.attributes += 1;
        if self.attributes > self.limits.max_attributes
            || self.names.len() >= MAX_ATTRIBUTES_OF_ELEMENT
        {
            return Err(XmlRefusal::TooManyAttributes);
        }
        let (prefix, local) = qualified(name)?;
        if self.names.contains(&name) {
            return Err(XmlRefusal::DuplicateAttribute);
        }
        self.names.push(name);
        self.references(value)?;
        match (prefix, local) {
            ("", "xmlns") => self.declaration("", value),
            // Neither may be declared or used otherwise (Namespaces in XML, 3).
            (_, "xmlns") => Err(XmlRefusal::Name),
            ("xmlns", declared) => self.declaration(declared, value),
            ("xml", "id") => Err(XmlRefusal::XmlId),
            _ => Ok(()),
        }
    }

    /// Checks the references of one text or value, where the whole cannot be checked at once.
    fn references(&self, text: &str) -> Result<(), XmlRefusal> {
        if self.limits.comments {
            references(text)
        } else {
            Ok(())
        }
    }

    fn declaration(&mut self, prefix: &str, value: &str) -> Result<(), XmlRefusal> {
        self.in_scope += 1;
        if self.in_scope > self.limits.max_namespaces {
            return Err(XmlRefusal::TooManyNamespaces);
        }
        if value.len() > MAX_NAMESPACE {
            return Err(XmlRefusal::LongNamespace);
        }
        // `xmlns=""` takes the default away; a prefix cannot be taken away in Namespaces in XML 1.0.
        if (prefix.is_empty() && value.is_empty()) || namespace::is_absolute(value) {
            Ok(())
        } else {
            Err(XmlRefusal::RelativeNamespace)
        }
    }

    fn end_tag(&mut self, markup: &'a str) -> Result<&'a str, XmlRefusal> {
        self.in_scope = self.open.pop().ok_or(XmlRefusal::Malformed)?;
        let (_, rest) = split(markup, b'>').ok_or(XmlRefusal::Malformed)?;
        Ok(rest)
    }

    fn declaration_or_comment(&self, markup: &'a str) -> Result<&'a str, XmlRefusal> {
        if let Some(comment) = markup.strip_prefix("!--") {
            if !self.limits.comments {
                return Err(XmlRefusal::Comment);
            }
            let (_, rest) = comment.split_once("-->").ok_or(XmlRefusal::Malformed)?;
            return Ok(rest);
        }
        if markup.starts_with("![CDATA[") {
            return Err(XmlRefusal::Cdata);
        }
        Err(XmlRefusal::Doctype)
    }
}

#[cfg(test)]
mod tests;
