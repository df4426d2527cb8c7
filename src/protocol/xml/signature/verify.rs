//! Verification: from an element and the keys of its issuer to a proof.

use super::super::c14n::canonicalize;
use super::super::{DSIG, Document, EXCLUSIVE_C14N, Element, WHITE_SPACE};
use super::{DIGEST_METHODS, ENVELOPED, SIGNATURE_METHODS, SignatureRefusal, known};
use crate::crypto::encoding::from_base64;
use crate::crypto::{DigestAlgorithm, PublicKey, SignatureAlgorithm, constant_time_eq};

/// Namespace of key values of XML Signature 1.1, which `KeyInfo` may hold.
const DSIG11: &str = "http://www.w3.org/2009/xmldsig11#";
/// More prefixes than any `PrefixList` needs.
const MAX_PREFIXES: usize = 32;

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

/// The element is there and is the one that the schema has in this place.
fn expect<'a>(element: Option<Element<'a>>, name: &str) -> Result<Element<'a>, SignatureRefusal> {
    element
        .filter(|element| element.is(DSIG, name))
        .ok_or(SignatureRefusal::Shape)
}

/// Every attribute is without namespace and one of these.
fn only_attributes(element: Element<'_>, allowed: &[&str]) -> Result<(), SignatureRefusal> {
    let fits =
        |(namespace, name, _): (&str, &str, &str)| namespace.is_empty() && allowed.contains(&name);
    if element.attributes().all(fits) {
        Ok(())
    } else {
        Err(SignatureRefusal::Shape)
    }
}

/// The children of an element that has `N` at most, no text but white space, and only these attributes.
fn children<'a, const N: usize>(
    element: Element<'a>,
    attributes: &[&str],
) -> Result<[Option<Element<'a>>; N], SignatureRefusal> {
    only_attributes(element, attributes)?;
    let mut elements = element.elements();
    let found = std::array::from_fn(|_| elements.next());
    if elements.next().is_some() || !element.has_no_text() {
        return Err(SignatureRefusal::Shape);
    }
    Ok(found)
}

/// The algorithm of an element that says nothing else: no parameter, no truncated length.
fn plain_algorithm<'a>(element: Element<'a>) -> Result<&'a str, SignatureRefusal> {
    let [] = children::<0>(element, &["Algorithm"])?;
    element
        .attribute("Algorithm")
        .ok_or(SignatureRefusal::Shape)
}

/// The prefix list of an exclusive canonicalisation without comments; empty if it has none.
fn exclusive<'a>(
    element: Element<'a>,
    refusal: SignatureRefusal,
) -> Result<Vec<&'a str>, SignatureRefusal> {
    let [parameter] = children::<1>(element, &["Algorithm"]).map_err(|_| refusal)?;
    if element.attribute("Algorithm") != Some(EXCLUSIVE_C14N) {
        return Err(refusal);
    }
    let Some(parameter) = parameter else {
        return Ok(Vec::new());
    };
    let [] = children::<0>(parameter, &["PrefixList"]).map_err(|_| refusal)?;
    if !parameter.is(EXCLUSIVE_C14N, "InclusiveNamespaces") {
        return Err(refusal);
    }
    let list = parameter.attribute("PrefixList").ok_or(refusal)?;
    if list.is_empty() {
        return Ok(Vec::new());
    }
    let prefixes: Vec<&str> = list.split(' ').take(MAX_PREFIXES + 1).collect();
    // libxml2 takes an empty name, as doubled white space leaves one, for the default namespace.
    if prefixes.len() > MAX_PREFIXES || prefixes.contains(&"") {
        return Err(refusal);
    }
    Ok(prefixes)
}

/// Base64 that may be broken into lines (XML Schema, 3.2.16).
fn base64_text(element: Element<'_>, attributes: &[&str]) -> Result<Vec<u8>, SignatureRefusal> {
    only_attributes(element, attributes)?;
    let mut text = element.text().ok_or(SignatureRefusal::Base64)?;
    if text
        .bytes()
        .any(|byte| WHITE_SPACE.contains(&char::from(byte)))
    {
        text.to_mut().retain(|char| !WHITE_SPACE.contains(&char));
    }
    from_base64(&text)
        .filter(|bytes| !bytes.is_empty())
        .ok_or(SignatureRefusal::Base64)
}

/// `KeyInfo` is never asked for a key, but neither may it hide anything: the enveloped transform takes it out of what
/// is signed. Only key material of XML Signature is let through, however empty.
fn check_key_info(key_info: Element<'_>) -> Result<(), SignatureRefusal> {
    expect(Some(key_info), "KeyInfo")?;
    only_attributes(key_info, &["Id"])?;
    let is_key_material = |element: Element<'_>| match element.namespace() {
        DSIG => !matches!(
            element.local_name(),
            "Signature" | "SignedInfo" | "Object" | "Manifest" | "RetrievalMethod"
        ),
        DSIG11 => true,
        _ => false,
    };
    if key_info.descendants().all(is_key_material) {
        Ok(())
    } else {
        Err(SignatureRefusal::KeyInfo)
    }
}
