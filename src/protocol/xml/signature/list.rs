//! The second profile, for trusted lists alone: an enveloped XAdES signature over a whole document (ETSI TS 119 612,
//! 5.7.1 and annex B; ETSI EN 319 132-1).
//!
//! It is as narrow as the first and apart from it. `SignedInfo` has exactly two references: one to the document, and one
//! to the `SignedProperties` that stand inside the signature itself, found there by their place and not by looking for
//! an id. Both are verified. The properties must name, by its digest, the certificate of the pinned signer whose key
//! made the signature; `KeyInfo` is never asked for a key.

mod refusal;

use super::super::c14n::canonicalize;
use super::super::{DSIG, Document, Element};
use super::parts::{
    base64_text, check_key_info, children, exclusive, expect, only_attributes, plain_algorithm,
};
use super::{DIGEST_METHODS, ENVELOPED, SIGNATURE_METHODS, SignatureRefusal, known};
use crate::crypto::{
    DigestAlgorithm, KeyError, PublicKey, SignatureAlgorithm, constant_time_eq, sha1_thumbprint,
};

pub use refusal::ListSignatureRefusal;

use ListSignatureRefusal as Refusal;

/// Namespace of XAdES (ETSI EN 319 132-1, 4.2).
const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
/// The kind of the reference to the signed properties (ETSI EN 319 132-1, 4.4.2).
const SIGNED_PROPERTIES: &str = "http://uri.etsi.org/01903#SignedProperties";
/// SHA-1, by which lists of before 2020 name the certificate of their signer (XML Signature, 6.2.1).
const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";

/// Somebody whose signature of a list counts: a certificate that the operator pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListSigner {
    certificate: Vec<u8>,
    key: PublicKey,
}

impl ListSigner {
    /// The signer with this certificate, in DER. Its dates are not looked at: being pinned is what counts.
    ///
    /// # Errors
    /// [`KeyError`] when its key cannot be read or is too weak.
    pub fn from_certificate(der: Vec<u8>) -> Result<Self, KeyError> {
        Ok(Self {
            key: PublicKey::from_certificate(&der)?,
            certificate: der,
        })
    }

    /// The certificate, in DER.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }
}

/// Proof that a whole document, but for its signature, was signed by one of the pinned signers. Only [`verify_list`]
/// makes one. Read data from its root only: its nodes are the nodes that were verified.
#[derive(Debug, Clone, Copy)]
pub struct SignedList<'a> {
    root: Element<'a>,
    signature: Element<'a>,
    signer: &'a ListSigner,
}

impl<'a> SignedList<'a> {
    /// The root element of the document. Of what is below it everything is signed but [`Self::signature`].
    #[must_use]
    pub fn root(self) -> Element<'a> {
        self.root
    }

    /// Its `ds:Signature`: never read data from it.
    #[must_use]
    pub fn signature(self) -> Element<'a> {
        self.signature
    }

    /// Who signed.
    #[must_use]
    pub fn signer(self) -> &'a ListSigner {
        self.signer
    }
}

/// Verifies the signature of a trusted list.
///
/// The shape is fixed: `ds:Signature` is the last child of the root and the only one in the document; it holds one
/// `ds:Object` with `xades:QualifyingProperties` of this signature and signed properties only; exclusive canonicalisation;
/// RSA or ECDSA with SHA-2; the two references with SHA-2 digests, that to the document by the enveloped-signature and
/// the exclusive transform, that to the properties by the exclusive one alone.
///
/// # Errors
/// [`ListSignatureRefusal`] for anything else, when a digest or the signature is wrong, and when the properties name
/// another certificate than that of the signer.
pub fn verify_list<'a>(
    document: &'a Document<'a>,
    signers: &'a [ListSigner],
) -> Result<SignedList<'a>, ListSignatureRefusal> {
    if signers.is_empty() {
        return Err(SignatureRefusal::NoKey.into());
    }
    let root = document.root();
    let parsed = ParsedList::read(root)?;

    // The signature first: without the key of a signer, nobody makes us canonicalise megabytes.
    let mut canonical = Vec::new();
    let prefixes = &parsed.signed_info_prefixes;
    canonicalize(parsed.signed_info, prefixes, None, &mut canonical)
        .map_err(SignatureRefusal::from)?;
    let has_signed = |signer: &&ListSigner| {
        let verified = signer
            .key
            .verify(parsed.algorithm, &canonical, &parsed.value);
        verified.is_ok()
    };
    let made_by: Vec<&ListSigner> = signers.iter().filter(has_signed).collect();
    if made_by.is_empty() {
        return Err(SignatureRefusal::Signature.into());
    }

    let of_properties = &parsed.of_properties;
    let prefixes = &of_properties.prefixes;
    canonicalize(parsed.properties, prefixes, None, &mut canonical)
        .map_err(SignatureRefusal::from)?;
    if !of_properties.is_digest_of(&canonical) {
        return Err(Refusal::PropertiesDigest);
    }
    // One key may be in two certificates: the properties say which one it was.
    let signer = made_by
        .into_iter()
        .find(|signer| parsed.named.is_digest_of(&signer.certificate))
        .ok_or(Refusal::SigningCertificate)?;

    let of_document = &parsed.of_document;
    let without = Some(parsed.signature);
    canonical.reserve(root.source().len() + 256);
    canonicalize(root, &of_document.prefixes, without, &mut canonical)
        .map_err(SignatureRefusal::from)?;
    if !of_document.is_digest_of(&canonical) {
        return Err(SignatureRefusal::Digest.into());
    }
    Ok(SignedList {
        root,
        signature: parsed.signature,
        signer,
    })
}

/// A digest as a signature writes it down, and the prefixes by which what it is of was canonicalised.
struct WrittenDigest<'a> {
    prefixes: Vec<&'a str>,
    digest: DigestAlgorithm,
    value: Vec<u8>,
}

impl WrittenDigest<'_> {
    fn is_digest_of(&self, bytes: &[u8]) -> bool {
        constant_time_eq(&self.digest.digest(bytes), &self.value)
    }
}

/// The digest of a certificate in the signed properties.
enum NamedCertificate {
    Sha2(DigestAlgorithm, Vec<u8>),
    /// The list of 2019 does so. Trust does not hang on it: the certificate it is compared with is pinned whole, and its key
    /// has verified. It only tells apart two pinned certificates of one key.
    Sha1(Vec<u8>),
}

impl NamedCertificate {
    fn is_digest_of(&self, certificate: &[u8]) -> bool {
        match self {
            Self::Sha2(digest, value) => constant_time_eq(&digest.digest(certificate), value),
            Self::Sha1(value) => constant_time_eq(&sha1_thumbprint(certificate), value),
        }
    }
}

/// A signature of the accepted shape in the accepted place. Nothing of it is verified yet.
struct ParsedList<'a> {
    signature: Element<'a>,
    signed_info: Element<'a>,
    signed_info_prefixes: Vec<&'a str>,
    algorithm: SignatureAlgorithm,
    value: Vec<u8>,
    properties: Element<'a>,
    of_document: WrittenDigest<'a>,
    of_properties: WrittenDigest<'a>,
    named: NamedCertificate,
}

impl<'a> ParsedList<'a> {
    fn read(root: Element<'a>) -> Result<Self, Refusal> {
        let signature = only_signature(root)?;
        let [signed_info, value, key_info, object] = children(signature, &["Id"])?;
        let signed_info = expect(signed_info, "SignedInfo")?;
        let value = expect(value, "SignatureValue")?;
        check_key_info(key_info.ok_or(SignatureRefusal::Shape)?)?;
        let object = object.ok_or(Refusal::Properties)?;
        let properties = signed_properties(expect(Some(object), "Object")?, signature)?;

        let [canonicalization, method, first, second] =
            children(signed_info, &["Id"]).map_err(|refusal| {
                match count_references(signed_info) {
                    0..=2 => Refusal::Signature(refusal),
                    _ => Refusal::References,
                }
            })?;
        let canonicalization = expect(canonicalization, "CanonicalizationMethod")?;
        let method = expect(method, "SignatureMethod")?;
        let (Some(first), Some(second)) = (first, second) else {
            return Err(Refusal::References);
        };
        let refused = SignatureRefusal::CanonicalizationMethod;
        let signed_info_prefixes = exclusive(canonicalization, refused)?;
        let algorithm = known(&SIGNATURE_METHODS, plain_algorithm(method)?)
            .ok_or(SignatureRefusal::SignatureMethod)?;
        let (of_document, of_properties) = references([
            expect(Some(first), "Reference")?,
            expect(Some(second), "Reference")?,
        ])?;
        Ok(Self {
            signature,
            signed_info,
            signed_info_prefixes,
            algorithm,
            value: base64_text(value, &["Id"])?,
            of_document: read_document_reference(of_document)?,
            of_properties: read_properties_reference(of_properties, properties, root)?,
            properties,
            named: named_certificate(properties)?,
        })
    }
}

fn count_references(signed_info: Element<'_>) -> usize {
    signed_info.children_named(DSIG, "Reference").count()
}

/// The one signature of the document, which is the last thing in it (ETSI TS 119 612, 5.7.1).
fn only_signature<'a>(root: Element<'a>) -> Result<Element<'a>, Refusal> {
    let mut signatures = root
        .descendants()
        .filter(|element| element.is(DSIG, "Signature"));
    let signature = signatures.next().ok_or(SignatureRefusal::Missing)?;
    // A second one would be somebody's to verify first, wherever it stands.
    if signatures.next().is_some() {
        return Err(SignatureRefusal::Repeated.into());
    }
    if root.elements().last() == Some(signature) {
        Ok(signature)
    } else {
        Err(Refusal::Place)
    }
}

/// The signed properties of this very signature. What is not signed has no place beside them.
fn signed_properties<'a>(
    object: Element<'a>,
    signature: Element<'a>,
) -> Result<Element<'a>, Refusal> {
    const REFUSED: Refusal = Refusal::Properties;
    let [qualifying] = children(object, &[]).map_err(|_| REFUSED)?;
    let qualifying = xades(qualifying, "QualifyingProperties").ok_or(REFUSED)?;
    let [properties] = children(qualifying, &["Target"]).map_err(|_| REFUSED)?;
    let properties = xades(properties, "SignedProperties").ok_or(REFUSED)?;
    let target = qualifying.attribute("Target").ok_or(REFUSED)?;
    let id = signature.attribute("Id").ok_or(REFUSED)?;
    if target.strip_prefix('#') == Some(id) {
        Ok(properties)
    } else {
        Err(REFUSED)
    }
}

/// The element is there and has this name in XAdES.
fn xades<'a>(element: Option<Element<'a>>, name: &str) -> Option<Element<'a>> {
    element.filter(|element| element.is(XADES, name))
}

/// Which reference is that to the document and which that to the properties. Only their kind says it, and their order is
/// free.
fn references(pair: [Element<'_>; 2]) -> Result<(Element<'_>, Element<'_>), Refusal> {
    let is_of_properties =
        |reference: Element<'_>| reference.attribute("Type") == Some(SIGNED_PROPERTIES);
    let [first, second] = pair;
    match (is_of_properties(first), is_of_properties(second)) {
        (false, true) => Ok((first, second)),
        (true, false) => Ok((second, first)),
        _ => Err(Refusal::References),
    }
}

/// The reference to the whole document: the empty one, of no kind.
fn read_document_reference<'a>(reference: Element<'a>) -> Result<WrittenDigest<'a>, Refusal> {
    let is_whole = reference.attribute("URI") == Some("");
    if !is_whole
        || reference
            .attribute("Type")
            .is_some_and(|kind| !kind.is_empty())
    {
        return Err(SignatureRefusal::Reference.into());
    }
    let (transforms, digest, value) = read_reference(reference)?;
    let refused = SignatureRefusal::Transforms;
    let [enveloped, canonicalization] = children(transforms, &[]).map_err(|_| refused)?;
    let enveloped = expect(enveloped, "Transform").map_err(|_| refused)?;
    let canonicalization = expect(canonicalization, "Transform").map_err(|_| refused)?;
    if plain_algorithm(enveloped) != Ok(ENVELOPED) {
        return Err(refused.into());
    }
    Ok(WrittenDigest {
        prefixes: exclusive(canonicalization, refused)?,
        digest,
        value,
    })
}

/// The reference to the signed properties: to their `Id`, which nothing else in the document may have under any name that
/// somebody takes for an id.
fn read_properties_reference<'a>(
    reference: Element<'a>,
    properties: Element<'a>,
    root: Element<'a>,
) -> Result<WrittenDigest<'a>, Refusal> {
    const REFUSED: Refusal = Refusal::PropertiesReference;
    only_attributes(properties, &["Id"]).map_err(|_| Refusal::Properties)?;
    let id = properties.attribute("Id").ok_or(REFUSED)?;
    let uri = reference.attribute("URI").ok_or(REFUSED)?;
    if id.is_empty() || uri.strip_prefix('#') != Some(id) {
        return Err(REFUSED);
    }
    let bears_it = |element: &Element<'_>| {
        let mut attributes = element.attributes();
        attributes.any(|(_, name, value)| name.eq_ignore_ascii_case("id") && value == id)
    };
    if root.descendants().filter(bears_it).count() != 1 {
        return Err(REFUSED);
    }
    let (transforms, digest, value) = read_reference(reference)?;
    let refused = SignatureRefusal::Transforms;
    let [canonicalization] = children(transforms, &[]).map_err(|_| refused)?;
    let canonicalization = expect(canonicalization, "Transform").map_err(|_| refused)?;
    Ok(WrittenDigest {
        prefixes: exclusive(canonicalization, refused)?,
        digest,
        value,
    })
}

/// The transforms, the digest's method and the digest of a reference.
fn read_reference<'a>(
    reference: Element<'a>,
) -> Result<(Element<'a>, DigestAlgorithm, Vec<u8>), SignatureRefusal> {
    let [transforms, method, value] = children(reference, &["Id", "Type", "URI"])?;
    let transforms = expect(transforms, "Transforms")?;
    let method = expect(method, "DigestMethod")?;
    let value = expect(value, "DigestValue")?;
    let digest =
        known(&DIGEST_METHODS, plain_algorithm(method)?).ok_or(SignatureRefusal::DigestMethod)?;
    Ok((transforms, digest, base64_text(value, &[])?))
}

/// The certificate that the signed properties name: exactly one, in `SigningCertificate` or `SigningCertificateV2`
/// (ETSI EN 319 132-1, 5.2.2 and D.1).
fn named_certificate(properties: Element<'_>) -> Result<NamedCertificate, Refusal> {
    const REFUSED: Refusal = Refusal::SigningCertificate;
    let of_signature = properties
        .only(XADES, "SignedSignatureProperties")
        .map_err(|_| REFUSED)?;
    let mut named = of_signature.elements().filter(|property| {
        property.is(XADES, "SigningCertificate") || property.is(XADES, "SigningCertificateV2")
    });
    let (Some(named), None) = (named.next(), named.next()) else {
        return Err(REFUSED);
    };
    let [certificate] = children(named, &[]).map_err(|_| REFUSED)?;
    let certificate = xades(certificate, "Cert").ok_or(REFUSED)?;
    let digest = certificate.only(XADES, "CertDigest").map_err(|_| REFUSED)?;
    let [method, value] = children(digest, &[]).map_err(|_| REFUSED)?;
    let method = expect(method, "DigestMethod").map_err(|_| REFUSED)?;
    let value = expect(value, "DigestValue").map_err(|_| REFUSED)?;
    let value = base64_text(value, &[]).map_err(|_| REFUSED)?;
    match plain_algorithm(method).map_err(|_| REFUSED)? {
        SHA1 => Ok(NamedCertificate::Sha1(value)),
        method => known(&DIGEST_METHODS, method)
            .map(|digest| NamedCertificate::Sha2(digest, value))
            .ok_or(REFUSED),
    }
}
