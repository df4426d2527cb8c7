//! Exclusive XML Canonicalization 1.0, without comments, of one element and everything below it.
//!
//! A walk over the tree with its own stack of open elements, as deep as the gate allows; the bytes go into one buffer.
//! Prefixes are read from the source text, since the tree keeps only what they stand for.

use roxmltree::{Attribute, Node};

use super::{Element, WHITE_SPACE};

/// Why there is no canonical form. A caller must refuse: a form that failed to be made must never be taken for an
/// empty one (CVE-2025-66475).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum C14nRefusal {
    /// Nothing is left: the element to leave out is the whole.
    #[error("the canonical form is empty")]
    Empty,
    /// The tree and the text it was parsed from do not agree.
    #[error("a name cannot be found in the text")]
    Source,
    /// The form outgrows its document out of all measure: a declaration far up that every sibling repeats.
    #[error("the canonical form is too large")]
    TooLarge,
}

/// How many times larger than its document a form may be. Escapes alone can make it six times as large.
const MOST_GROWTH: usize = 8;
/// What a form may have on top, so that small documents are not judged by their few bytes.
const FREE_GROWTH: usize = 64 * 1024;

/// The canonical form of an element.
///
/// `inclusive_prefixes` is the `PrefixList` of `InclusiveNamespaces`: prefixes whose declarations are written whether
/// used or not, `#default` for the default namespace (Exclusive XML Canonicalization 1.0, 3). `without` is left out
/// with everything below it: the signature that the enveloped-signature transform takes away (XML Signature, 6.6.4).
///
/// # Errors
/// [`C14nRefusal`] when there is no canonical form.
pub fn canonical<'a>(
    element: Element<'a>,
    inclusive_prefixes: &[&'a str],
    without: Option<Element<'a>>,
) -> Result<Vec<u8>, C14nRefusal> {
    let mut out = Vec::with_capacity(element.source().len() + 256);
    canonicalize(element, inclusive_prefixes, without, &mut out)?;
    Ok(out)
}

/// The same into a buffer that the caller uses again; what it held is dropped.
pub(super) fn canonicalize<'a>(
    element: Element<'a>,
    inclusive_prefixes: &[&'a str],
    without: Option<Element<'a>>,
    out: &mut Vec<u8>,
) -> Result<(), C14nRefusal> {
    out.clear();
    if without == Some(element) {
        return Err(C14nRefusal::Empty);
    }
    let source = element.0.document().input_text().len();
    Walk {
        out,
        largest: source * MOST_GROWTH + FREE_GROWTH,
        inclusive: inclusive_prefixes,
        rendered: Vec::with_capacity(8),
        open: Vec::with_capacity(16),
        namespaces: Vec::with_capacity(8),
        attributes: Vec::with_capacity(16),
    }
    .run(element.0, without.map(|element| element.0))?;
    if out.is_empty() {
        return Err(C14nRefusal::Empty);
    }
    Ok(())
}

/// A prefix (empty for the default) and the namespace it stands for (empty for none).
type Declaration<'a> = (&'a str, &'a str);

struct Walk<'a, 'o> {
    out: &'o mut Vec<u8>,
    largest: usize,
    inclusive: &'o [&'a str],
    /// Declarations written so far by the elements that are open, outermost first.
    rendered: Vec<Declaration<'a>>,
    /// Name of each open element and how many declarations were in effect outside it.
    open: Vec<(&'a str, usize)>,
    /// Declarations that the element at hand needs.
    namespaces: Vec<Declaration<'a>>,
    /// Attributes of the element at hand: sort key, name as written, value.
    attributes: Vec<((&'a str, &'a str), &'a str, &'a str)>,
}

impl<'a> Walk<'a, '_> {
    fn run(
        &mut self,
        apex: Node<'a, 'a>,
        without: Option<Node<'a, 'a>>,
    ) -> Result<(), C14nRefusal> {
        let mut node = apex;
        loop {
            if Some(node) == without {
                // Left out.
            } else if node.is_element() {
                self.start_tag(node)?;
                if self.out.len() > self.largest {
                    return Err(C14nRefusal::TooLarge);
                }
                if let Some(child) = node.first_child() {
                    node = child;
                    continue;
                }
                self.end_tag();
            } else if node.is_text() {
                // No text grows more than its escapes let it.
                escape(self.out, node.text().unwrap_or_default(), in_text);
            }
            // On to what follows, closing what is complete.
            loop {
                if node == apex {
                    return Ok(());
                }
                if let Some(next) = node.next_sibling() {
                    node = next;
                    break;
                }
                node = node.parent().ok_or(C14nRefusal::Source)?;
                self.end_tag();
            }
        }
    }

    fn start_tag(&mut self, node: Node<'a, 'a>) -> Result<(), C14nRefusal> {
        let (name, prefix) = qualified_name(node)?;
        self.namespaces.clear();
        self.attributes.clear();
        self.need(prefix, node.tag_name().namespace().unwrap_or_default());
        for attribute in node.attributes() {
            self.attribute(&attribute, node.document().input_text())?;
        }
        for listed in self.inclusive {
            match *listed {
                "#default" => self.need("", node.default_namespace().unwrap_or_default()),
                prefix => {
                    if let Some(uri) = node.lookup_namespace_uri(Some(prefix)) {
                        self.need(prefix, uri);
                    }
                }
            }
        }
        self.open.push((name, self.rendered.len()));
        self.out.push(b'<');
        self.out.extend_from_slice(name.as_bytes());
        self.namespaces.sort_unstable();
        for (prefix, uri) in &self.namespaces {
            self.out.extend_from_slice(b" xmlns");
            if !prefix.is_empty() {
                self.out.push(b':');
                self.out.extend_from_slice(prefix.as_bytes());
            }
            self.out.extend_from_slice(b"=\"");
            escape(self.out, uri, in_attribute);
            self.out.push(b'"');
        }
        self.rendered.append(&mut self.namespaces);
        self.attributes.sort_unstable();
        for (_, name, value) in &self.attributes {
            self.out.push(b' ');
            self.out.extend_from_slice(name.as_bytes());
            self.out.extend_from_slice(b"=\"");
            escape(self.out, value, in_attribute);
            self.out.push(b'"');
        }
        self.out.push(b'>');
        Ok(())
    }

    fn attribute(
        &mut self,
        attribute: &Attribute<'a, 'a>,
        source: &'a str,
    ) -> Result<(), C14nRefusal> {
        let local = attribute.name();
        let value = attribute.value();
        let Some(uri) = attribute.namespace() else {
            self.attributes.push((("", local), local, value));
            return Ok(());
        };
        let name = source
            .get(attribute.range_qname())
            .ok_or(C14nRefusal::Source)?;
        let prefix = prefix_of(name, local)?;
        self.need(prefix, uri);
        self.attributes.push(((uri, local), name, value));
        Ok(())
    }

    /// Notes that a declaration must be in effect here. `xml` is never declared (Namespaces in XML, 3), and what an
    /// open element has declared already is not declared again.
    fn need(&mut self, prefix: &'a str, uri: &'a str) {
        if prefix == "xml" {
            return;
        }
        let in_effect = self
            .rendered
            .iter()
            .rev()
            .find(|(declared, _)| *declared == prefix)
            .map(|(_, uri)| *uri);
        // Without a declaration the default namespace is none, and needs no `xmlns=""` to say so.
        let none = prefix.is_empty().then_some("");
        let is_in_effect = in_effect.or(none).is_some_and(|known| same(known, uri));
        if !is_in_effect && !self.namespaces.iter().any(|(known, _)| *known == prefix) {
            self.namespaces.push((prefix, uri));
        }
    }

    fn end_tag(&mut self) {
        if let Some((name, outside)) = self.open.pop() {
            self.rendered.truncate(outside);
            self.out.extend_from_slice(b"</");
            self.out.extend_from_slice(name.as_bytes());
            self.out.push(b'>');
        }
    }
}

/// Equality that looks at the place first: the tree keeps each namespace once, so the same one is at the same place.
fn same(a: &str, b: &str) -> bool {
    std::ptr::eq(a, b) || a == b
}

/// The name of an element as its start tag writes it, and the prefix in it.
fn qualified_name<'a>(node: Node<'a, 'a>) -> Result<(&'a str, &'a str), C14nRefusal> {
    let tag = node
        .document()
        .input_text()
        .get(node.range().start..)
        .and_then(|text| text.strip_prefix('<'))
        .ok_or(C14nRefusal::Source)?;
    let name = tag
        .split(|char| matches!(char, '>' | '/') || WHITE_SPACE.contains(&char))
        .next()
        .ok_or(C14nRefusal::Source)?;
    Ok((name, prefix_of(name, node.tag_name().name())?))
}

fn prefix_of<'a>(name: &'a str, local: &str) -> Result<&'a str, C14nRefusal> {
    match name.strip_suffix(local).ok_or(C14nRefusal::Source)? {
        "" => Ok(""),
        prefix => prefix.strip_suffix(':').ok_or(C14nRefusal::Source),
    }
}

/// What stands for a byte in a text (Canonical XML 1.0, 2.3).
fn in_text(byte: u8) -> Option<&'static [u8]> {
    match byte {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'>' => Some(b"&gt;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    }
}

/// What stands for a byte in the value of an attribute.
fn in_attribute(byte: u8) -> Option<&'static [u8]> {
    match byte {
        b'&' => Some(b"&amp;"),
        b'<' => Some(b"&lt;"),
        b'"' => Some(b"&quot;"),
        b'\t' => Some(b"&#x9;"),
        b'\n' => Some(b"&#xA;"),
        b'\r' => Some(b"&#xD;"),
        _ => None,
    }
}

/// Writes a text with what stands for its bytes. Most pieces need nothing replaced: looking at all bytes of a piece
/// without stopping lets the compiler look at many at once.
fn escape(out: &mut Vec<u8>, text: &str, replacement: impl Fn(u8) -> Option<&'static [u8]>) {
    const PIECE: usize = 64;
    for piece in text.as_bytes().chunks(PIECE) {
        let special = piece
            .iter()
            .fold(false, |found, byte| found | replacement(*byte).is_some());
        if !special {
            out.extend_from_slice(piece);
            continue;
        }
        for byte in piece {
            match replacement(*byte) {
                Some(reference) => out.extend_from_slice(reference),
                None => out.push(*byte),
            }
        }
    }
}

#[cfg(test)]
mod tests;
