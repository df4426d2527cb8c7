//! Writing XML: names come from code, values from anywhere, and every value is escaped.

use super::gate::is_xml_char;

/// Builds one document, element by element. It writes canonical quoting and no white space of its own, so that what
/// it wrote canonicalises to itself but for the order of attributes and namespaces.
///
/// Names are given by code, never by strangers, and are not checked. Values may be anything: characters that XML
/// cannot hold become U+FFFD.
#[derive(Debug, Default)]
pub struct XmlWriter {
    text: String,
    open: Vec<String>,
    /// Whether the start tag of the innermost element is still open for attributes.
    in_tag: bool,
}

impl XmlWriter {
    /// An empty document. No XML declaration is written: UTF-8 and XML 1.0 go without saying.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens an element, `md:EntityDescriptor` for example.
    pub fn start(&mut self, name: &str) -> &mut Self {
        self.close_tag();
        self.text.push('<');
        self.text.push_str(name);
        self.open.push(name.to_owned());
        self.in_tag = true;
        self
    }

    /// Writes an attribute of the element just opened.
    pub fn attribute(&mut self, name: &str, value: &str) -> &mut Self {
        debug_assert!(self.in_tag, "attributes come before content");
        self.text.push(' ');
        self.text.push_str(name);
        self.text.push_str("=\"");
        self.escaped(value, |char| match char {
            '"' => Some("&quot;"),
            '\t' => Some("&#x9;"),
            '\n' => Some("&#xA;"),
            char => escape(char),
        });
        self.text.push('"');
        self
    }

    /// Declares a namespace on the element just opened; the empty prefix is the default namespace.
    pub fn namespace(&mut self, prefix: &str, uri: &str) -> &mut Self {
        if prefix.is_empty() {
            self.attribute("xmlns", uri)
        } else {
            self.attribute(&format!("xmlns:{prefix}"), uri)
        }
    }

    /// Writes text into the innermost element.
    pub fn text(&mut self, value: &str) -> &mut Self {
        self.close_tag();
        self.escaped(value, escape);
        self
    }

    /// Writes an element that holds only text.
    pub fn element(&mut self, name: &str, value: &str) -> &mut Self {
        self.start(name).text(value).end()
    }

    /// Closes the innermost element.
    pub fn end(&mut self) -> &mut Self {
        self.close_tag();
        debug_assert!(!self.open.is_empty(), "every end has its start");
        if let Some(name) = self.open.pop() {
            self.text.push_str("</");
            self.text.push_str(&name);
            self.text.push('>');
        }
        self
    }

    /// Closes what is still open and gives the document.
    #[must_use]
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.end();
        }
        self.text
    }

    /// Writes a value, whatever lies between two escapes at once: most are long and have none.
    fn escaped(&mut self, value: &str, escape: impl Fn(char) -> Option<&'static str>) {
        if is_plain(value) {
            self.text.push_str(value);
            return;
        }
        let mut plain = value;
        let mut written = 0;
        for (at, char) in value.char_indices() {
            if let Some(instead) = escape(char) {
                let (before, after) = plain.split_at(at - written);
                self.text.push_str(before);
                self.text.push_str(instead);
                plain = after.get(char.len_utf8()..).unwrap_or_default();
                written = at + char.len_utf8();
            }
        }
        self.text.push_str(plain);
    }

    fn close_tag(&mut self) {
        if std::mem::take(&mut self.in_tag) {
            self.text.push('>');
        }
    }
}

/// Whether a value holds nothing but ASCII that stands for itself, as nearly all do. Looking at all bytes of a piece
/// without stopping lets the compiler look at many at once.
fn is_plain(value: &str) -> bool {
    const PIECE: usize = 64;
    let is_plain =
        |byte: u8| matches!(byte, b' '..=b'~') & !matches!(byte, b'&' | b'<' | b'>' | b'"');
    let mut pieces = value.as_bytes().chunks(PIECE);
    pieces.all(|piece| {
        piece
            .iter()
            .fold(true, |plain, byte| plain & is_plain(*byte))
    })
}

/// What stands for a character that cannot stand for itself, in text and attributes.
fn escape(char: char) -> Option<&'static str> {
    match char {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '\r' => Some("&#xD;"),
        char if is_xml_char(char) => None,
        _ => Some("\u{fffd}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::xml::{Document, Limits, canonical};

    #[test]
    fn any_value_reads_back_as_it_was_written() {
        let value = "a&b<c>d\"e'f\tg\nh\ri]]>j\u{e8}\u{1f600}&amp;<!--k-->";
        let mut writer = XmlWriter::new();
        writer
            .start("p:a")
            .namespace("p", "urn:p")
            .attribute("b", value)
            .element("p:c", value);
        let text = writer.finish();
        let document = Document::parse(&text, &Limits::MESSAGE).unwrap();
        let root = document.root();
        assert_eq!(root.attribute("b"), Some(value));
        assert_eq!(root.only("urn:p", "c").unwrap().text().unwrap(), value);
    }

    #[test]
    fn characters_that_xml_cannot_hold_are_replaced() {
        let mut writer = XmlWriter::new();
        writer
            .start("a")
            .attribute("b", "\0\u{1b}")
            .text("\u{ffff}");
        assert_eq!(writer.finish(), "<a b=\"\u{fffd}\u{fffd}\">\u{fffd}</a>");
    }

    #[test]
    fn what_is_written_in_order_is_canonical_already() {
        let mut writer = XmlWriter::new();
        writer
            .start("p:a")
            .namespace("p", "urn:p")
            .attribute("b", "1 \"2\"")
            .attribute("c", "<3>")
            .element("p:d", "a & b");
        let text = writer.finish();
        let document = Document::parse(&text, &Limits::MESSAGE).unwrap();
        let canonical = canonical(document.root(), &[], None).unwrap();
        assert_eq!(
            String::from_utf8(canonical).unwrap(),
            text.replace("&lt;3&gt;", "&lt;3>")
        );
    }
}
