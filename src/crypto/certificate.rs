//! Certificates: those that SPID wants of a service provider (technical rules, metadata; Avviso 29 v3), CIE's, and reading
//! the few facts of a certificate that a check or a log needs.
//!
//! In: a subject and a signer. Out: DER. Nothing is fetched, and a certificate is never what decides trust here: SAML
//! keys are trusted because signed metadata carry them.

pub mod cie;
pub mod conformance;
mod key_info;
pub mod signature;
mod validity;

use std::time::Duration;

use rcgen::{
    CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue, IsCa, KeyUsagePurpose,
    PKCS_RSA_SHA256, PublicKeyData, SerialNumber, SigningKey as RcgenSigner, date_time_ymd,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::encoding::{base64, der};
use super::keys::{KeyKind, SignatureAlgorithm};
use super::{Random, Signer};

pub use key_info::{PublicKeyInfo, public_key_info};
pub use validity::validity;

/// `organizationIdentifier` (X.520).
pub(crate) const ORGANIZATION_IDENTIFIER: [u64; 4] = [2, 5, 4, 97];
/// `uri` (X.520): carries the entity id.
pub(crate) const URI: [u64; 4] = [2, 5, 4, 83];
const BASIC_CONSTRAINTS: [u64; 4] = [2, 5, 29, 19];
const CERTIFICATE_POLICIES: [u64; 4] = [2, 5, 29, 32];

/// DER bodies of the two policy identifiers that a public service provider's certificate carries.
/// `1.3.76.16.6`: agIDcert.
const POLICY_AGID: &[u8] = &[0x2b, 0x4c, 0x10, 0x06];
/// `1.3.76.16.4.2.1`: spid-publicsector-SP.
const POLICY_PUBLIC_SP: &[u8] = &[0x2b, 0x4c, 0x10, 0x04, 0x02, 0x01];

/// Whom a service provider's certificate names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpidSubject {
    /// `commonName`: the name shown to people (`OrganizationDisplayName`).
    pub common_name: String,
    /// `organizationName`: byte for byte the metadata's `OrganizationName`.
    pub organization_name: String,
    /// The body's code in the public index (IPA); written as `PA:IT-<code>`.
    pub ipa_code: String,
    /// `uri`: the entity id.
    pub entity_id: String,
    /// `countryName`, two letters.
    pub country: String,
    /// `localityName`.
    pub locality: String,
}

/// Why no certificate was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// SPID wants RSA of 2048, 3072 or 4096 bits (Avviso 29 v3).
    #[error("the key of a SPID certificate must be RSA with 2048, 3072 or 4096 bits")]
    KeyKind,
    /// An element of the subject is empty, or the IPA code is not 1 to 16 characters without white space.
    #[error("the certificate's subject is wrong: {0}")]
    Subject(&'static str),
    /// The signer failed, or the text cannot be written in DER.
    #[error("the certificate cannot be signed")]
    Signing,
}

/// Makes a self-signed SPID certificate for a public body, signed with RSA and SHA-256.
///
/// `not_before` is in seconds since 1970 (UTC) and `life` counts from there.
///
/// # Errors
/// [`CertificateError`] when key or subject are not as Avviso 29 v3 wants them.
pub fn spid_certificate(
    subject: &SpidSubject,
    signer: &dyn Signer,
    not_before: u64,
    life: Duration,
    random: &dyn Random,
) -> Result<Vec<u8>, CertificateError> {
    if !matches!(signer.public_key().kind(), KeyKind::Rsa(2048 | 3072 | 4096)) {
        return Err(CertificateError::KeyKind);
    }
    let mut params = CertificateParams::default();
    params.distinguished_name = distinguished_name(subject)?;
    dated(&mut params, not_before, life, random);
    params.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::ContentCommitment,
    ];
    // rcgen writes an explicit CA:FALSE as critical, and Avviso 29 wants it not critical: so it is written here.
    params.is_ca = IsCa::NoCa;
    params.custom_extensions = vec![
        CustomExtension::from_oid_content(&BASIC_CONSTRAINTS, vec![0x30, 0x00]),
        CustomExtension::from_oid_content(&CERTIFICATE_POLICIES, policies()),
    ];
    let key = RsaSigner::new(signer)?;
    params
        .self_signed(&key)
        .map(|certificate| certificate.der().to_vec())
        .map_err(|_| CertificateError::Signing)
}

/// Gives a certificate its dates and its number.
fn dated(params: &mut CertificateParams, not_before: u64, life: Duration, random: &dyn Random) {
    params.not_before = date_time_ymd(1970, 1, 1) + Duration::from_secs(not_before);
    params.not_after = params.not_before + life;
    let mut serial = [0; 16];
    random.fill(&mut serial);
    // A serial number is positive and not zero (RFC 5280, 4.1.2.2).
    serial[0] = serial[0] & 0x7f | 0x40;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
}

/// A certificate as PEM.
#[must_use]
pub fn to_pem(der: &[u8]) -> String {
    let text = base64(der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in text.as_bytes().chunks(64) {
        pem.extend(line.iter().map(|byte| char::from(*byte)));
        pem.push('\n');
    }
    pem.push_str("-----END CERTIFICATE-----\n");
    pem
}

/// Reads every certificate of a PEM file, in order; `None` when there is none or one cannot be read.
#[must_use]
pub fn all_from_pem(pem: &[u8]) -> Option<Vec<Vec<u8>>> {
    let certificates: Vec<Vec<u8>> = CertificateDer::pem_slice_iter(pem)
        .map(|certificate| certificate.map(|der| der.to_vec()))
        .collect::<Result<_, _>>()
        .ok()?;
    (!certificates.is_empty()).then_some(certificates)
}

/// Reads the first certificate of a PEM file; `None` when there is none.
#[must_use]
pub fn from_pem(pem: &[u8]) -> Option<Vec<u8>> {
    CertificateDer::from_pem_slice(pem)
        .ok()
        .map(|der| der.to_vec())
}

/// Reads the first certificate revocation list of a PEM file; `None` when there is none.
#[must_use]
pub fn crl_from_pem(pem: &[u8]) -> Option<Vec<u8>> {
    CertificateRevocationListDer::from_pem_slice(pem)
        .ok()
        .map(|der| der.to_vec())
}

fn distinguished_name(subject: &SpidSubject) -> Result<DistinguishedName, CertificateError> {
    let ipa = &subject.ipa_code;
    if ipa.is_empty() || ipa.chars().count() > 16 || ipa.contains(char::is_whitespace) {
        return Err(CertificateError::Subject("ipa_code"));
    }
    if subject.country.len() != 2 || !subject.country.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(CertificateError::Subject("country"));
    }
    let country = subject
        .country
        .as_str()
        .try_into()
        .map(DnValue::PrintableString)
        .map_err(|_| CertificateError::Subject("country"))?;
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, country);
    for (field, kind, value) in [
        ("locality", DnType::LocalityName, subject.locality.clone()),
        (
            "organization_name",
            DnType::OrganizationName,
            subject.organization_name.clone(),
        ),
        (
            "ipa_code",
            DnType::CustomDnType(ORGANIZATION_IDENTIFIER.to_vec()),
            format!("PA:IT-{ipa}"),
        ),
        (
            "entity_id",
            DnType::CustomDnType(URI.to_vec()),
            subject.entity_id.clone(),
        ),
        (
            "common_name",
            DnType::CommonName,
            subject.common_name.clone(),
        ),
    ] {
        if value.trim().is_empty() {
            return Err(CertificateError::Subject(field));
        }
        name.push(kind, DnValue::Utf8String(value));
    }
    Ok(name)
}

/// `certificatePolicies`: a sequence of one `PolicyInformation` each, without qualifiers (RFC 5280, 4.2.1.4).
fn policies() -> Vec<u8> {
    let information: Vec<u8> = [POLICY_AGID, POLICY_PUBLIC_SP]
        .into_iter()
        .flat_map(|oid| der(0x30, &[&der(0x06, &[oid])]))
        .collect();
    der(0x30, &[&information])
}

/// Lends one of our signers to rcgen.
struct RsaSigner<'a> {
    signer: &'a dyn Signer,
    public: Vec<u8>,
}

impl<'a> RsaSigner<'a> {
    fn new(signer: &'a dyn Signer) -> Result<Self, CertificateError> {
        let (_, spki) = SubjectPublicKeyInfo::from_der(signer.public_key().spki())
            .map_err(|_| CertificateError::Signing)?;
        Ok(Self {
            public: spki.subject_public_key.data.to_vec(),
            signer,
        })
    }
}

impl PublicKeyData for RsaSigner<'_> {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

impl RcgenSigner for RsaSigner<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.signer
            .sign(SignatureAlgorithm::RsaSha256, message)
            .map_err(|_| rcgen::Error::RemoteKeyError)
    }
}
