//! Why a text is not a document, or a document not of the shape its reader wants.

/// Why the gate or the parser refused a text. Each has a code for logs; the text itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum XmlRefusal {
    /// More bytes than the limit.
    #[error("the document is too large")]
    TooLarge,
    /// Not UTF-8, or declared to be something else.
    #[error("the document is not UTF-8")]
    NotUtf8,
    /// A byte order mark: some parsers take it as a statement about the encoding.
    #[error("the document starts with a byte order mark")]
    ByteOrderMark,
    /// A NUL character, where C parsers stop reading.
    #[error("the document holds a NUL character")]
    Nul,
    /// The declaration is not `version="1.0"` with at most `encoding` and `standalone`.
    #[error("the XML declaration is not one of XML 1.0")]
    Declaration,
    /// A document type: entities, default attributes and external files come by it.
    #[error("the document has a document type")]
    Doctype,
    /// A processing instruction.
    #[error("the document has a processing instruction")]
    ProcessingInstruction,
    /// A comment, which cuts texts in two for careless readers (CVE-2017-11427).
    #[error("the document has a comment")]
    Comment,
    /// A CDATA section, for the same reason.
    #[error("the document has a CDATA section")]
    Cdata,
    /// Elements nested deeper than the limit.
    #[error("the document is nested too deeply")]
    TooDeep,
    /// More elements and texts than the limit.
    #[error("the document has too many nodes")]
    TooManyNodes,
    /// More attributes than the limit, in the document or on one element.
    #[error("the document has too many attributes")]
    TooManyAttributes,
    /// More namespace declarations in scope than the limit.
    #[error("the document has too many namespaces in scope")]
    TooManyNamespaces,
    /// A carriage return without its line feed: parsers normalise it differently beside references.
    #[error("the document has a carriage return without a line feed")]
    LoneCarriageReturn,
    /// A reference that is neither one of the five entities of XML nor a character that XML allows.
    #[error("the document has a reference to an unknown entity or a forbidden character")]
    Reference,
    /// A name that is no qualified name (Namespaces in XML, 4), is too long, or misuses `xmlns`.
    #[error("the document has a name that is not a qualified name")]
    Name,
    /// The same attribute or namespace declaration twice on one element.
    #[error("an element has the same attribute twice")]
    DuplicateAttribute,
    /// A namespace that is not an absolute URI: canonicalisers fail on it, and a failed one signs nothing
    /// (CVE-2025-66475).
    #[error("a namespace is not an absolute URI")]
    RelativeNamespace,
    /// A namespace longer than any in use: a small message that canonicalises to a huge one.
    #[error("a namespace is too long")]
    LongNamespace,
    /// The attribute `xml:id`, which some parsers take for an id beside `ID`.
    #[error("the document uses xml:id")]
    XmlId,
    /// An `ID` that is not an NCName.
    #[error("an ID is not an NCName")]
    BadId,
    /// Two elements with one `ID`.
    #[error("an ID is used twice")]
    DuplicateId,
    /// Not well-formed in some other way, or it uses an undeclared prefix.
    #[error("the document is not well-formed")]
    Malformed,
}

impl XmlRefusal {
    /// The reason code for logs and tests.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "xml-too-large",
            Self::NotUtf8 => "xml-not-utf-8",
            Self::ByteOrderMark => "xml-byte-order-mark",
            Self::Nul => "xml-nul",
            Self::Declaration => "xml-declaration",
            Self::Doctype => "xml-doctype",
            Self::ProcessingInstruction => "xml-processing-instruction",
            Self::Comment => "xml-comment",
            Self::Cdata => "xml-cdata",
            Self::TooDeep => "xml-too-deep",
            Self::TooManyNodes => "xml-too-many-nodes",
            Self::TooManyAttributes => "xml-too-many-attributes",
            Self::TooManyNamespaces => "xml-too-many-namespaces",
            Self::LoneCarriageReturn => "xml-lone-carriage-return",
            Self::Reference => "xml-reference",
            Self::Name => "xml-name",
            Self::DuplicateAttribute => "xml-duplicate-attribute",
            Self::RelativeNamespace => "xml-relative-namespace",
            Self::LongNamespace => "xml-long-namespace",
            Self::XmlId => "xml-xml-id",
            Self::BadId => "xml-bad-id",
            Self::DuplicateId => "xml-duplicate-id",
            Self::Malformed => "xml-malformed",
        }
    }
}

/// An element does not have the children its reader needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum ShapeRefusal {
    /// The child is not there.
    #[error("the element {0} is missing")]
    Missing(&'static str),
    /// The child is there more than once.
    #[error("the element {0} is there more than once")]
    Repeated(&'static str),
}
