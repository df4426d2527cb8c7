//! Signing: the one shape that `verify` accepts, put into a document that is otherwise left as it is.

use super::super::writer::XmlWriter;
use super::super::{DSIG, Document, EXCLUSIVE_C14N, Element, Limits, XmlRefusal, canonical};
use super::{DIGEST_METHODS, ENVELOPED, SIGNATURE_METHODS, identifier};
use crate::crypto::encoding::base64;
use crate::crypto::signer::CannotSign;
use crate::crypto::{DigestAlgorithm, SignatureAlgorithm, Signer};

/// Namespace of SAML assertions, whose `Issuer` says where a signature goes (SAML 2.0 core, 1.1).
const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";

/// Where the signature goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignaturePlace {
    /// Before everything else in the element: metadata (SAML 2.0 metadata, 2.3).
    FirstChild,
    /// Right after its `Issuer`: assertions and protocol messages (SAML 2.0 core, 2.3.3, 3.2.1 and 3.2.2).
    AfterIssuer,
}

/// How to sign.
#[derive(Debug, Clone, Copy)]
pub struct XmlSignature<'a> {
    /// The signature method; it must fit the key.
    pub algorithm: SignatureAlgorithm,
    /// The digest method.
    pub digest: DigestAlgorithm,
    /// The certificate to show in `KeyInfo`, in DER; none leaves `KeyInfo` out.
    pub certificate_der: Option<&'a [u8]>,
}

/// Why a document could not be signed: always a fault of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The text is not a document.
    #[error(transparent)]
    Xml(#[from] XmlRefusal),
    /// No element has this `ID`.
    #[error("no element has the ID to sign")]
    NoSuchId,
    /// The element has no content to put the signature before, or no `Issuer` to put it after.
    #[error("the element has no place for the signature")]
    NoPlace,
    /// The element has no canonical form.
    #[error("the element has no canonical form")]
    Canonicalization,
    /// The key does not fit the algorithm, or its holder failed.
    #[error(transparent)]
    Key(#[from] CannotSign),
}

/// Signs the element with this `ID` and puts the signature where it belongs. The rest of the text stays as it is, byte
/// by byte, so that signatures already in it stay valid.
///
/// # Errors
/// [`SignError`] when the text cannot be signed so.
pub fn sign_enveloped(
    mut xml: String,
    id: &str,
    place: SignaturePlace,
    signer: &dyn Signer,
    with: &XmlSignature<'_>,
) -> Result<String, SignError> {
    let (at, signature) = {
        let document = Document::parse(&xml, &Limits::METADATA)?;
        let element = document.element_by_id(id).ok_or(SignError::NoSuchId)?;
        let at = offset_of(element, place).ok_or(SignError::NoPlace)?;
        let canonical = canonical(element, &[], None).map_err(|_| SignError::Canonicalization)?;
        (
            at,
            signature(id, &with.digest.digest(&canonical), signer, with)?,
        )
    };
    xml.insert_str(at, &signature);
    Ok(xml)
}

/// Where in the text the signature goes.
fn offset_of(element: Element<'_>, place: SignaturePlace) -> Option<usize> {
    match place {
        SignaturePlace::FirstChild => element.0.first_child().map(|child| child.range().start),
        SignaturePlace::AfterIssuer => element
            .elements()
            .next()
            .filter(|first| first.is(ASSERTION, "Issuer"))
            .map(|issuer| issuer.0.range().end),
    }
}

/// The text of a `ds:Signature`. It declares its own prefix, so that it means the same wherever it is put.
fn signature(
    id: &str,
    digest: &[u8],
    signer: &dyn Signer,
    with: &XmlSignature<'_>,
) -> Result<String, SignError> {
    let info = signed_info(id, digest, with)?;
    // It is its own canonical form, here and where it is put: it uses no prefix but the one that it declares, no element
    // has two attributes, and neither identifiers nor the ID, which names an element of a document, need an escape.
    let value = base64(&signer.sign(with.algorithm, info.as_bytes())?);
    let mut key_info = String::new();
    if let Some(certificate) = with.certificate_der {
        let mut writer = XmlWriter::new();
        writer
            .start("ds:KeyInfo")
            .start("ds:X509Data")
            .element("ds:X509Certificate", &base64(certificate));
        key_info = writer.finish();
    }
    Ok(format!(
        "<ds:Signature xmlns:ds=\"{DSIG}\">{info}<ds:SignatureValue>{value}</ds:SignatureValue>{key_info}</ds:Signature>"
    ))
}

fn signed_info(id: &str, digest: &[u8], with: &XmlSignature<'_>) -> Result<String, SignError> {
    let method = identifier(&SIGNATURE_METHODS, with.algorithm).ok_or(CannotSign)?;
    let digest_method = identifier(&DIGEST_METHODS, with.digest).ok_or(CannotSign)?;
    let mut writer = XmlWriter::new();
    let empty = |writer: &mut XmlWriter, name, algorithm| {
        writer.start(name).attribute("Algorithm", algorithm).end();
    };
    writer.start("ds:SignedInfo").namespace("ds", DSIG);
    empty(&mut writer, "ds:CanonicalizationMethod", EXCLUSIVE_C14N);
    empty(&mut writer, "ds:SignatureMethod", method);
    writer
        .start("ds:Reference")
        .attribute("URI", &format!("#{id}"))
        .start("ds:Transforms");
    empty(&mut writer, "ds:Transform", ENVELOPED);
    empty(&mut writer, "ds:Transform", EXCLUSIVE_C14N);
    writer.end();
    empty(&mut writer, "ds:DigestMethod", digest_method);
    writer.element("ds:DigestValue", &base64(digest));
    Ok(writer.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_its_own_canonical_form() {
        for (_, algorithm) in SIGNATURE_METHODS {
            for (_, digest) in DIGEST_METHODS {
                let with = XmlSignature {
                    algorithm,
                    digest,
                    certificate_der: None,
                };
                let info = signed_info("_a.b-c\u{e8}1", &[0xfb; 64], &with).unwrap();
                let document = Document::parse(&info, &Limits::MESSAGE).unwrap();
                let form = canonical(document.root(), &[], None).unwrap();
                assert_eq!(info.as_bytes(), form);
            }
        }
    }
}
