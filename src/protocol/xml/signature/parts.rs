//! The pieces of a signature, read strictly: what both profiles share. Nothing here decides what may be signed how.

use super::super::{DSIG, EXCLUSIVE_C14N, Element, WHITE_SPACE};
use super::SignatureRefusal;
use crate::crypto::encoding::from_base64;

/// Namespace of key values of XML Signature 1.1, which `KeyInfo` may hold.
const DSIG11: &str = "http://www.w3.org/2009/xmldsig11#";
/// More prefixes than any `PrefixList` needs.
const MAX_PREFIXES: usize = 32;

/// The element is there and is the one that the schema has in this place.
pub(super) fn expect<'a>(
    element: Option<Element<'a>>,
    name: &str,
) -> Result<Element<'a>, SignatureRefusal> {
    element
        .filter(|element| element.is(DSIG, name))
        .ok_or(SignatureRefusal::Shape)
}

/// Every attribute is without namespace and one of these.
pub(super) fn only_attributes(
    element: Element<'_>,
    allowed: &[&str],
) -> Result<(), SignatureRefusal> {
    let fits =
        |(namespace, name, _): (&str, &str, &str)| namespace.is_empty() && allowed.contains(&name);
    if element.attributes().all(fits) {
        Ok(())
    } else {
        Err(SignatureRefusal::Shape)
    }
}

/// The children of an element that has `N` at most, no text but white space, and only these attributes.
pub(super) fn children<'a, const N: usize>(
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
pub(super) fn plain_algorithm<'a>(element: Element<'a>) -> Result<&'a str, SignatureRefusal> {
    let [] = children::<0>(element, &["Algorithm"])?;
    element
        .attribute("Algorithm")
        .ok_or(SignatureRefusal::Shape)
}

/// The prefix list of an exclusive canonicalisation without comments; empty if it has none.
pub(super) fn exclusive<'a>(
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
pub(super) fn base64_text(
    element: Element<'_>,
    attributes: &[&str],
) -> Result<Vec<u8>, SignatureRefusal> {
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
pub(super) fn check_key_info(key_info: Element<'_>) -> Result<(), SignatureRefusal> {
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
