//! XML as SAML needs it, and no more.
//!
//! In: text from strangers. Out: [`Document`]s that passed a strict gate, and [`SignedElement`]s that only
//! [`verify_enveloped`] can make; what [`decrypt_only_child`] opens is text from strangers again. Out the other way: text from [`XmlWriter`], signed by [`sign_enveloped`]. Trusted lists
//! have a profile of their own, [`verify_list`], with a proof of its own.
//!
//! There is one parse and one tree: what was verified is what is read, node by node. `roxmltree` does the parsing and
//! stays behind this module; the gate in front of it refuses everything that is dangerous or that two parsers could
//! read differently. May use `crypto`; is used by `protocol::saml`, `protocol::trusted_list` and by tests.

mod c14n;
mod encryption;
mod gate;
mod refusal;
mod signature;
mod tree;
mod writer;

pub use c14n::{C14nRefusal, canonical};
pub use encryption::{
    ContentEncryption, ElementEncryption, EncryptionRefusal, OFFERED_ENCRYPTION,
    decrypt_only_child, encrypt_element,
};
pub use gate::Limits;
pub use refusal::{ShapeRefusal, XmlRefusal};
pub use signature::{
    ListSignatureRefusal, ListSigner, SignError, SignaturePlace, SignatureRefusal, SignedElement,
    SignedList, XmlSignature, sign_enveloped, verify_document, verify_enveloped, verify_list,
};
pub use tree::{Document, Element};
pub use writer::XmlWriter;

/// Namespace of XML signatures (XML Signature, 1.3).
pub const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
/// Namespace and algorithm identifier of exclusive canonicalisation without comments (Exclusive XML
/// Canonicalization 1.0, 4).
pub const EXCLUSIVE_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// Namespace of the prefix `xml` (Namespaces in XML, 3).
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// White space as XML means it (XML 1.0, 2.3): not what Unicode means.
pub(crate) const WHITE_SPACE: [char; 4] = [' ', '\t', '\r', '\n'];
