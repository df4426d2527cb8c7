//! The tree that passed the gate, and the narrow view of it that the rest of Varco has.

use std::borrow::Cow;
use std::fmt;

use roxmltree::{Node, ParsingOptions};

use super::WHITE_SPACE;
use super::gate::{Limits, admit, is_nc_name};
use super::refusal::{ShapeRefusal, XmlRefusal};

/// A document that passed the gate. It keeps the text it was parsed from borrowed, and never changes.
pub struct Document<'a> {
    tree: roxmltree::Document<'a>,
}

impl<'a> Document<'a> {
    /// Passes a text through the gate and parses it.
    ///
    /// # Errors
    /// [`XmlRefusal`], which says by its code which rule of the gate or of XML the text breaks.
    pub fn parse(text: &'a str, limits: &Limits) -> Result<Self, XmlRefusal> {
        admit(text, limits)?;
        let options = ParsingOptions {
            allow_dtd: false,
            nodes_limit: limits.max_nodes,
            entity_resolver: None,
        };
        let tree = roxmltree::Document::parse_with_options(text, options)
            .map_err(|error| refusal(&error))?;
        check_ids(&tree)?;
        Ok(Self { tree })
    }

    /// The same for bytes, which must be UTF-8 without a byte order mark.
    ///
    /// # Errors
    /// [`XmlRefusal`], as for [`Self::parse`].
    pub fn from_bytes(bytes: &'a [u8], limits: &Limits) -> Result<Self, XmlRefusal> {
        if bytes.len() > limits.max_bytes {
            return Err(XmlRefusal::TooLarge);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| XmlRefusal::NotUtf8)?;
        Self::parse(text, limits)
    }

    /// The root element.
    #[must_use]
    pub fn root(&'a self) -> Element<'a> {
        Element(self.tree.root_element())
    }

    /// The element whose attribute `ID` has this value. The gate made sure that there is one at most.
    #[must_use]
    pub fn element_by_id(&'a self, id: &str) -> Option<Element<'a>> {
        self.root()
            .descendants()
            .find(|element| element.id() == Some(id))
    }
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Document([redacted])")
    }
}

fn refusal(error: &roxmltree::Error) -> XmlRefusal {
    use roxmltree::Error as E;
    match error {
        E::NodesLimitReached => XmlRefusal::TooManyNodes,
        E::AttributesLimitReached => XmlRefusal::TooManyAttributes,
        E::NamespacesLimitReached => XmlRefusal::TooManyNamespaces,
        E::DtdDetected => XmlRefusal::Doctype,
        E::DuplicatedAttribute(..) | E::DuplicatedNamespace(..) => XmlRefusal::DuplicateAttribute,
        _ => XmlRefusal::Malformed,
    }
}

/// Every un-namespaced `ID` is an NCName and used once. Nothing else is an id: not `Id`, not `wsu:Id`.
fn check_ids(tree: &roxmltree::Document<'_>) -> Result<(), XmlRefusal> {
    let mut ids: Vec<&str> = tree
        .descendants()
        .filter_map(|node| plain_attribute(node, "ID"))
        .collect();
    if !ids.iter().all(|id| is_nc_name(id)) {
        return Err(XmlRefusal::BadId);
    }
    ids.sort_unstable();
    if ids.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err(XmlRefusal::DuplicateId);
    }
    Ok(())
}

/// The value of an attribute without a namespace. `roxmltree`'s own look-up takes a bare name for any namespace.
fn plain_attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes()
        .find(|attribute| attribute.name() == name && attribute.namespace().is_none())
        .map(|attribute| attribute.value())
}

/// One element of a [`Document`]. Cheap to copy; equal when it is the same node.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Element<'a>(pub(super) Node<'a, 'a>);

impl<'a> Element<'a> {
    fn wrap(node: Node<'a, 'a>) -> Option<Self> {
        node.is_element().then_some(Self(node))
    }

    /// The namespace, empty for none.
    #[must_use]
    pub fn namespace(self) -> &'a str {
        self.0.tag_name().namespace().unwrap_or_default()
    }

    /// The name without its prefix.
    #[must_use]
    pub fn local_name(self) -> &'a str {
        self.0.tag_name().name()
    }

    /// Whether the element has this name in this namespace. Prefixes mean nothing.
    #[must_use]
    pub fn is(self, namespace: &str, local: &str) -> bool {
        self.local_name() == local && self.namespace() == namespace
    }

    /// The value of an attribute without a namespace.
    #[must_use]
    pub fn attribute(self, name: &str) -> Option<&'a str> {
        plain_attribute(self.0, name)
    }

    /// The value of an attribute in a namespace.
    #[must_use]
    pub fn attribute_ns(self, namespace: &str, local: &str) -> Option<&'a str> {
        self.0.attribute((namespace, local))
    }

    /// Namespace (empty for none), name and value of each attribute; namespace declarations are none.
    pub fn attributes(self) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
        self.0.attributes().map(|attribute| {
            let namespace = attribute.namespace().unwrap_or_default();
            (namespace, attribute.name(), attribute.value())
        })
    }

    /// The attribute `ID`, the only id that SAML knows (SAML 2.0 core, 1.3.4).
    #[must_use]
    pub fn id(self) -> Option<&'a str> {
        self.attribute("ID")
    }

    /// The elements right below, in document order.
    pub fn elements(self) -> impl Iterator<Item = Self> {
        self.0.children().filter_map(Self::wrap)
    }

    /// The elements right below that have this name.
    pub fn children_named(self, namespace: &str, local: &str) -> impl Iterator<Item = Self> {
        self.elements()
            .filter(move |child| child.is(namespace, local))
    }

    /// The element itself and everything below it, in document order.
    pub fn descendants(self) -> impl Iterator<Item = Self> {
        self.0.descendants().filter_map(Self::wrap)
    }

    /// The one child of this name.
    ///
    /// # Errors
    /// [`ShapeRefusal`] when there is none, or a second one.
    pub fn only(self, namespace: &str, local: &'static str) -> Result<Self, ShapeRefusal> {
        self.optional(namespace, local)?
            .ok_or(ShapeRefusal::Missing(local))
    }

    /// The child of this name, if there is one.
    ///
    /// # Errors
    /// [`ShapeRefusal::Repeated`] when there is a second one.
    pub fn optional(
        self,
        namespace: &str,
        local: &'static str,
    ) -> Result<Option<Self>, ShapeRefusal> {
        let mut found = self.children_named(namespace, local);
        match (found.next(), found.next()) {
            (_, Some(_)) => Err(ShapeRefusal::Repeated(local)),
            (child, None) => Ok(child),
        }
    }

    /// All the text of the element, joined over comments, or `None` if it has elements below. Never a part of it:
    /// the first of several runs is what CVE-2017-11427 was about.
    #[must_use]
    pub fn text(self) -> Option<Cow<'a, str>> {
        let mut text = Cow::Borrowed("");
        for child in self.0.children() {
            if child.is_element() {
                return None;
            }
            let Some(run) = child.text().filter(|_| child.is_text()) else {
                continue;
            };
            if text.is_empty() {
                text = Cow::Borrowed(run);
            } else {
                text.to_mut().push_str(run);
            }
        }
        Some(text)
    }

    /// Whether nothing but white space, elements and comments is right below.
    #[must_use]
    pub fn has_no_text(self) -> bool {
        self.0
            .children()
            .filter(Node::is_text)
            .filter_map(|run| run.text())
            .all(|run| run.trim_start_matches(WHITE_SPACE).is_empty())
    }

    /// The element around this one, or `None` for the root.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        self.0.parent_element().map(Self)
    }

    /// The element before this one below the same parent.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.prev_sibling_element().map(Self)
    }

    /// The markup of the element as it was received, from its start tag to its end tag.
    #[must_use]
    pub fn source(self) -> &'a str {
        self.0
            .document()
            .input_text()
            .get(self.0.range())
            .unwrap_or_default()
    }
}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Element({})", self.local_name())
    }
}

#[cfg(test)]
mod tests;
