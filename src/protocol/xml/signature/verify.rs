//! Verification: from an element and the keys of its issuer to a proof.

use super::super::c14n::canonicalize;
use super::super::{DSIG, Document, Element};
use super::parts::{base64_text, check_key_info, children, exclusive, expect, plain_algorithm};
use super::{DIGEST_METHODS, ENVELOPED, SIGNATURE_METHODS, SignatureRefusal, known};
use crate::crypto::{DigestAlgorithm, PublicKey, SignatureAlgorithm, constant_time_eq};

/// Proof that an element, with everything below it but its signature, was signed by one of the keys that
/// [`verify_enveloped`] was given. Read data from this element only: its nodes are the nodes that were verified.
#[derive(Debug, Clone, Copy)]
pub struct SignedElement<'a> {
    element: Element<'a>,
    signature: Element<'a>,
    algorithm: SignatureAlgorithm,
    digest: DigestAlgorithm,
}

impl<'a> SignedElement<'a> {
    /// The element that is signed.
    #[must_use]
    pub fn element(self) -> Element<'a> {
        self.element
    }

    /// Its `ds:Signature`. What is below it is not signed: never read data from it.
    #[must_use]
    pub fn signature(self) -> Element<'a> {
        self.signature
    }

    /// How it was signed.
    #[must_use]
    pub fn algorithm(self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// How it was digested.
    #[must_use]
    pub fn digest(self) -> DigestAlgorithm {
        self.digest
    }
}

/// Verifies the signature that stands right below an element and signs that element.
///
/// The shape is fixed: one `ds:Signature`; exclusive canonicalisation; a method of the RSA or ECDSA with SHA-2 family;
/// one reference to the element's own `ID`; exactly the two transforms of SAML 2.0 core, 5.4.4; a SHA-2 digest; no
/// `ds:Object`. `KeyInfo` is never looked at for keys. Where among the children the signature may stand is the
/// caller's to check.
///
/// # Errors
/// [`SignatureRefusal`] for anything else, and when digest or signature are wrong.
pub fn verify_enveloped<'a>(
    element: Element<'a>,
    keys: &[PublicKey],
) -> Result<SignedElement<'a>, SignatureRefusal> {
    let id = element.id().ok_or(SignatureRefusal::Reference)?;
    verify(element, keys, |uri| uri.strip_prefix('#') == Some(id))
}

/// Verifies the signature of a whole document: the one of its root element. Beside the reference that
/// [`verify_enveloped`] takes, the empty one is taken too, which means the document (XML Signature, 4.4.3.2): the
/// metadata of several real providers and of the CIE provider are signed so. Never for messages, whose references
/// name an `ID` (SAML 2.0 core, 5.4.2).
///
/// # Errors
/// [`SignatureRefusal`], as for [`verify_enveloped`].
pub fn verify_document<'a>(
    document: &'a Document<'a>,
    keys: &[PublicKey],
) -> Result<SignedElement<'a>, SignatureRefusal> {
    // The gate let nothing but white space and comments stand outside the root: its canonical form is the document's.
    let root = document.root();
    verify(root, keys, |uri| {
        uri.is_empty() || (root.id().is_some() && uri.strip_prefix('#') == root.id())
    })
}

fn verify<'a>(
    element: Element<'a>,
    keys: &[PublicKey],
    refers_to_element: impl Fn(&str) -> bool,
) -> Result<SignedElement<'a>, SignatureRefusal> {
    if keys.is_empty() {
        return Err(SignatureRefusal::NoKey);
    }
    let parsed = ParsedSignature::read(element, refers_to_element)?;
    let mut canonical = Vec::with_capacity(element.source().len() + 256);

    canonicalize(
        element,
        &parsed.prefixes,
        Some(parsed.signature),
        &mut canonical,
    )?;
    if !constant_time_eq(&parsed.digest.digest(&canonical), &parsed.digest_value) {
        return Err(SignatureRefusal::Digest);
    }

    canonicalize(
        parsed.signed_info,
        &parsed.signed_info_prefixes,
        None,
        &mut canonical,
    )?;
    if !keys.iter().any(|key| {
        key.verify(parsed.algorithm, &canonical, &parsed.value)
            .is_ok()
    }) {
        return Err(SignatureRefusal::Signature);
    }
    Ok(SignedElement {
        element,
        signature: parsed.signature,
        algorithm: parsed.algorithm,
        digest: parsed.digest,
    })
}

/// A signature of the accepted shape that refers to the element it stands in. Nothing of it is verified yet.
struct ParsedSignature<'a> {
    signature: Element<'a>,
    signed_info: Element<'a>,
    signed_info_prefixes: Vec<&'a str>,
    algorithm: SignatureAlgorithm,
    prefixes: Vec<&'a str>,
    digest: DigestAlgorithm,
    digest_value: Vec<u8>,
    value: Vec<u8>,
}

impl<'a> ParsedSignature<'a> {
    fn read(
        element: Element<'a>,
        refers_to_element: impl Fn(&str) -> bool,
    ) -> Result<Self, SignatureRefusal> {
        let mut signatures = element.children_named(DSIG, "Signature");
        let signature = signatures.next().ok_or(SignatureRefusal::Missing)?;
        if signatures.next().is_some() {
            return Err(SignatureRefusal::Repeated);
        }
        let [signed_info, value, key_info] = children(signature, &["Id"])?;
        let signed_info = expect(signed_info, "SignedInfo")?;
        let value = expect(value, "SignatureValue")?;
        if let Some(key_info) = key_info {
            check_key_info(key_info)?;
        }

        let [canonicalization, method, reference] =
            children(signed_info, &["Id"]).map_err(|refusal| {
                // A fourth child can only be one more reference.
                if signed_info.children_named(DSIG, "Reference").count() > 1 {
                    SignatureRefusal::References
                } else {
                    refusal
                }
            })?;
        let canonicalization = expect(canonicalization, "CanonicalizationMethod")?;
        let method = expect(method, "SignatureMethod")?;
        if reference.is_none() {
            return Err(SignatureRefusal::References);
        }
        let reference = expect(reference, "Reference")?;

        let signed_info_prefixes =
            exclusive(canonicalization, SignatureRefusal::CanonicalizationMethod)?;
        let algorithm = known(&SIGNATURE_METHODS, plain_algorithm(method)?)
            .ok_or(SignatureRefusal::SignatureMethod)?;
        if !reference.attribute("URI").is_some_and(refers_to_element) {
            return Err(SignatureRefusal::Reference);
        }
        let (prefixes, digest, digest_value) = read_reference(reference)?;
        Ok(Self {
            signature,
            signed_info,
            signed_info_prefixes,
            algorithm,
            prefixes,
            digest,
            digest_value,
            value: base64_text(value, &["Id"])?,
        })
    }
}

/// Reads how the reference digests: by exactly the two transforms.
fn read_reference<'a>(
    reference: Element<'a>,
) -> Result<(Vec<&'a str>, DigestAlgorithm, Vec<u8>), SignatureRefusal> {
    let [transforms, method, value] = children(reference, &["Id", "URI"])?;
    let transforms = expect(transforms, "Transforms")?;
    let method = expect(method, "DigestMethod")?;
    let value = expect(value, "DigestValue")?;

    let prefixes = read_transforms(transforms)?;
    let digest =
        known(&DIGEST_METHODS, plain_algorithm(method)?).ok_or(SignatureRefusal::DigestMethod)?;
    Ok((prefixes, digest, base64_text(value, &[])?))
}

/// Exactly the enveloped signature and the exclusive canonicalisation, in this order; gives the latter's prefixes.
fn read_transforms<'a>(transforms: Element<'a>) -> Result<Vec<&'a str>, SignatureRefusal> {
    const REFUSED: SignatureRefusal = SignatureRefusal::Transforms;
    let [enveloped, canonicalization] = children(transforms, &[]).map_err(|_| REFUSED)?;
    let enveloped = expect(enveloped, "Transform").map_err(|_| REFUSED)?;
    let canonicalization = expect(canonicalization, "Transform").map_err(|_| REFUSED)?;
    if plain_algorithm(enveloped) != Ok(ENVELOPED) {
        return Err(REFUSED);
    }
    exclusive(canonicalization, REFUSED)
}
