//! A trusted list to try things with: the demo's own, signed as the real one is (ETSI TS 119 612; XAdES).
//!
//! In: services and a signer. Out: the text of a list. It is made in two steps, so that tests can spoil what lies between:
//! [`with_signature`] puts a signature in that has no values yet, and [`fill`] computes them.

use crate::crypto::encoding::base64;
use crate::crypto::{KeyKind, SignatureAlgorithm, Signer, sha256};
use crate::identity::Timestamp;
use crate::protocol::saml::instant::format_instant;
use crate::protocol::trusted_list::{IDENTITY_VERIFICATION, RECOGNISED_NATIONALLY};
use crate::protocol::xml::{
    DSIG, Document, EXCLUSIVE_C14N, Element, Limits, SignError, XmlWriter, canonical,
};

const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
/// What stands in a signature for values that [`fill`] computes.
const DOCUMENT_DIGEST: &str = "digest-of-the-document";
const PROPERTIES_DIGEST: &str = "digest-of-the-properties";
const SIGNATURE_VALUE: &str = "value-of-the-signature";
const END: &str = "</TrustServiceStatusList>";

/// A service of a list.
#[derive(Debug, Clone)]
pub struct TestService {
    /// The provider's name; services of one provider follow one another.
    pub provider: String,
    /// The service's name.
    pub name: String,
    /// What it does; [`IDENTITY_VERIFICATION`] unless told otherwise.
    pub kind: String,
    /// What it is worth; [`RECOGNISED_NATIONALLY`] unless told otherwise.
    pub status: String,
    /// Its certificate, in DER.
    pub certificate: Vec<u8>,
    /// What it was and was worth before.
    pub history: Option<(String, String)>,
}

impl TestService {
    /// An authority of cards that is recognised.
    #[must_use]
    pub fn recognised(provider: &str, name: &str, certificate: &[u8]) -> Self {
        Self {
            provider: provider.to_owned(),
            name: name.to_owned(),
            kind: IDENTITY_VERIFICATION.to_owned(),
            status: RECOGNISED_NATIONALLY.to_owned(),
            certificate: certificate.to_vec(),
            history: None,
        }
    }
}

/// A list before it is signed.
#[derive(Debug, Clone)]
pub struct TestList {
    /// A country's code.
    pub territory: String,
    /// Its number.
    pub sequence: u64,
    /// When it is issued.
    pub issued: Timestamp,
    /// When the next one comes at the latest.
    pub next_update: Timestamp,
    /// What it lists.
    pub services: Vec<TestService>,
}

impl TestList {
    /// The list's text, without a signature.
    #[must_use]
    pub fn unsigned(&self) -> String {
        let mut out = XmlWriter::new();
        out.start("TrustServiceStatusList")
            .namespace("", "http://uri.etsi.org/02231/v2#")
            .attribute("Id", "list")
            .attribute("TSLTag", "http://uri.etsi.org/19612/TSLTag");
        out.start("SchemeInformation")
            .element("TSLVersionIdentifier", "5")
            .element("TSLSequenceNumber", &self.sequence.to_string())
            .element(
                "TSLType",
                "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric",
            );
        name(&mut out, "SchemeOperatorName", "Agenzia di prova");
        out.element("SchemeTerritory", &self.territory)
            .element("ListIssueDateTime", &format_instant(self.issued))
            .start("NextUpdate")
            .element("dateTime", &format_instant(self.next_update))
            .end()
            .end();
        out.start("TrustServiceProviderList");
        for services in self.services.chunk_by(|a, b| a.provider == b.provider) {
            self.provider(&mut out, services);
        }
        out.finish()
    }

    fn provider(&self, out: &mut XmlWriter, services: &[TestService]) {
        let Some(first) = services.first() else {
            return;
        };
        out.start("TrustServiceProvider").start("TSPInformation");
        name(out, "TSPName", &first.provider);
        out.end().start("TSPServices");
        for service in services {
            out.start("TSPService").start("ServiceInformation");
            self.information(out, service, &service.kind, &service.status);
            out.end();
            if let Some((kind, status)) = &service.history {
                out.start("ServiceHistory").start("ServiceHistoryInstance");
                self.information(out, service, kind, status);
                out.end().end();
            }
            out.end();
        }
        out.end().end();
    }

    fn information(&self, out: &mut XmlWriter, service: &TestService, kind: &str, status: &str) {
        out.element("ServiceTypeIdentifier", kind);
        name(out, "ServiceName", &service.name);
        out.start("ServiceDigitalIdentity")
            .start("DigitalId")
            .element("X509Certificate", &base64(&service.certificate))
            .end()
            .end()
            .element("ServiceStatus", status)
            .element("StatusStartingTime", &format_instant(self.issued));
    }

    /// The list, signed by a key with this certificate.
    ///
    /// # Errors
    /// [`SignError`] when the key cannot sign.
    pub fn signed(&self, signer: &dyn Signer, certificate: &[u8]) -> Result<String, SignError> {
        let text = with_signature(&self.unsigned(), certificate, self.issued);
        fill(&text, signer)
    }
}

fn name(out: &mut XmlWriter, element: &str, text: &str) {
    out.start(element)
        .start("Name")
        .attribute("xml:lang", "it")
        .text(text)
        .end()
        .end();
}

/// Puts a signature at the end of a list. Its values are not there yet.
#[must_use]
pub fn with_signature(list: &str, certificate: &[u8], at: Timestamp) -> String {
    let body = list.strip_suffix(END).unwrap_or(list);
    let signature = signature(certificate, at);
    format!("{body}{signature}{END}")
}

fn signature(certificate: &[u8], at: Timestamp) -> String {
    let enveloped = format!("{DSIG}enveloped-signature");
    let sha256_method = "<ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>";
    let transform = format!("<ds:Transform Algorithm=\"{EXCLUSIVE_C14N}\"/>");
    [
        format!("<ds:Signature xmlns:ds=\"{DSIG}\" Id=\"signature\"><ds:SignedInfo>"),
        format!("<ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE_C14N}\"/>"),
        "<ds:SignatureMethod Algorithm=\"signature-method\"/>".to_owned(),
        format!("<ds:Reference Id=\"document\" URI=\"\"><ds:Transforms><ds:Transform Algorithm=\"{enveloped}\"/>{transform}</ds:Transforms>"),
        format!("{sha256_method}<ds:DigestValue>{DOCUMENT_DIGEST}</ds:DigestValue></ds:Reference>"),
        format!("<ds:Reference Type=\"http://uri.etsi.org/01903#SignedProperties\" URI=\"#properties\"><ds:Transforms>{transform}</ds:Transforms>"),
        format!("{sha256_method}<ds:DigestValue>{PROPERTIES_DIGEST}</ds:DigestValue></ds:Reference></ds:SignedInfo>"),
        format!("<ds:SignatureValue>{SIGNATURE_VALUE}</ds:SignatureValue>"),
        format!("<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>", base64(certificate)),
        format!("<ds:Object><xades:QualifyingProperties xmlns:xades=\"{XADES}\" Target=\"#signature\">"),
        "<xades:SignedProperties Id=\"properties\"><xades:SignedSignatureProperties>".to_owned(),
        format!("<xades:SigningTime>{}</xades:SigningTime>", format_instant(at)),
        format!("<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>{sha256_method}<ds:DigestValue>{}</ds:DigestValue></xades:CertDigest></xades:Cert></xades:SigningCertificateV2>", base64(&sha256(certificate))),
        "</xades:SignedSignatureProperties><xades:SignedDataObjectProperties><xades:DataObjectFormat ObjectReference=\"#document\"><xades:MimeType>text/xml</xades:MimeType></xades:DataObjectFormat></xades:SignedDataObjectProperties>".to_owned(),
        "</xades:SignedProperties></xades:QualifyingProperties></ds:Object></ds:Signature>".to_owned(),
    ]
    .concat()
}

/// Computes the values of a signature that [`with_signature`] put in. A value whose place somebody filled is left alone.
///
/// # Errors
/// [`SignError`] when the text is no document with such a signature, or the key cannot sign.
pub fn fill(text: &str, signer: &dyn Signer) -> Result<String, SignError> {
    let (algorithm, method) = match signer.public_key().kind() {
        KeyKind::Rsa(_) => (SignatureAlgorithm::RsaSha256, "rsa-sha256"),
        KeyKind::P256 => (SignatureAlgorithm::EcdsaSha256, "ecdsa-sha256"),
        KeyKind::P384 => (SignatureAlgorithm::EcdsaSha384, "ecdsa-sha384"),
        KeyKind::P521 => (SignatureAlgorithm::EcdsaSha512, "ecdsa-sha512"),
    };
    let method = format!("http://www.w3.org/2001/04/xmldsig-more#{method}");
    let mut text = text.replace("\"signature-method\"", &format!("\"{method}\""));
    let digest = canonical_of(&text, |root| {
        Some((root, Some(find(root, DSIG, "Signature")?)))
    })?;
    text = text.replace(DOCUMENT_DIGEST, &base64(&sha256(&digest)));
    let digest = canonical_of(&text, |root| {
        Some((find(root, XADES, "SignedProperties")?, None))
    })?;
    text = text.replace(PROPERTIES_DIGEST, &base64(&sha256(&digest)));
    let signed = canonical_of(&text, |root| Some((find(root, DSIG, "SignedInfo")?, None)))?;
    let value = signer.sign(algorithm, &signed)?;
    Ok(text.replace(SIGNATURE_VALUE, &base64(&value)))
}

fn find<'a>(root: Element<'a>, namespace: &str, name: &str) -> Option<Element<'a>> {
    let mut all = root.descendants().filter(|one| one.is(namespace, name));
    all.next()
}

/// The canonical form of a part of a document, without another part.
fn canonical_of(
    text: &str,
    part: impl for<'a> Fn(Element<'a>) -> Option<(Element<'a>, Option<Element<'a>>)>,
) -> Result<Vec<u8>, SignError> {
    let document = Document::parse(text, &Limits::LIST)?;
    let (element, without) = part(document.root()).ok_or(SignError::NoPlace)?;
    canonical(element, &[], without).map_err(|_| SignError::Canonicalization)
}
