//! The certificates of a service provider toward the Ministry of the Interior (CIE SAML manual, PKI): self-signed, RSA with
//! SHA-256, without a profile of their own, but never with what names a natural person.

use std::time::Duration;

use rcgen::{CertificateParams, DistinguishedName, DnType, DnValue, KeyUsagePurpose};
use x509_parser::certificate::X509Certificate;

use super::{CertificateError, RsaSigner, dated};
use crate::crypto::keys::KeyKind;
use crate::crypto::{Random, Signer};

/// What a certificate's key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CieKeyUse {
    /// It signs requests and metadata.
    Signing,
    /// Assertions are encrypted for it.
    Encryption,
}

/// Whom a certificate names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CieSubject {
    /// `commonName`: the name shown to people.
    pub common_name: String,
    /// `organizationName`.
    pub organization_name: String,
    /// `localityName`.
    pub locality: String,
    /// `countryName`, two letters.
    pub country: String,
}

/// Makes a self-signed certificate.
///
/// `not_before` is in seconds since 1970 (UTC) and `life` counts from there.
///
/// # Errors
/// [`CertificateError`] when the key is not RSA of 2048, 3072 or 4096 bits, or an element of the subject is empty.
pub fn cie_certificate(
    subject: &CieSubject,
    (signer, use_of_key): (&dyn Signer, CieKeyUse),
    (not_before, life): (u64, Duration),
    random: &dyn Random,
) -> Result<Vec<u8>, CertificateError> {
    if !matches!(signer.public_key().kind(), KeyKind::Rsa(2048 | 3072 | 4096)) {
        return Err(CertificateError::KeyKind);
    }
    let country = subject.country.as_str();
    if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(CertificateError::Subject("country"));
    }
    let country = country
        .try_into()
        .map_err(|_| CertificateError::Subject("country"))?;
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, DnValue::PrintableString(country));
    for (field, kind, value) in [
        ("locality", DnType::LocalityName, &subject.locality),
        (
            "organization_name",
            DnType::OrganizationName,
            &subject.organization_name,
        ),
        ("common_name", DnType::CommonName, &subject.common_name),
    ] {
        if value.trim().is_empty() {
            return Err(CertificateError::Subject(field));
        }
        name.push(kind, DnValue::Utf8String(value.clone()));
    }
    let mut params = CertificateParams::default();
    params.distinguished_name = name;
    dated(&mut params, not_before, life, random);
    params.key_usages = match use_of_key {
        CieKeyUse::Signing => vec![KeyUsagePurpose::DigitalSignature],
        CieKeyUse::Encryption => vec![KeyUsagePurpose::KeyEncipherment],
    };
    let key = RsaSigner::new(signer)?;
    params
        .self_signed(&key)
        .map(|certificate| certificate.der().to_vec())
        .map_err(|_| CertificateError::Signing)
}

/// The elements of a certificate's subject that name a natural person, which the Ministry refuses (CIE SAML manual, PKI).
#[must_use]
pub fn personal_elements(der: &[u8]) -> Vec<&'static str> {
    let Ok((_, certificate)) = x509_parser::parse_x509_certificate(der) else {
        return Vec::new();
    };
    PERSONAL
        .into_iter()
        .filter(|(_, oid)| has(&certificate, oid))
        .map(|(name, _)| name)
        .collect()
}

const PERSONAL: [(&str, &str); 7] = [
    ("surname", "2.5.4.4"),
    ("name", "2.5.4.41"),
    ("givenName", "2.5.4.42"),
    ("initials", "2.5.4.43"),
    ("generationQualifier", "2.5.4.44"),
    ("familyInformation", "2.5.4.64"),
    ("pseudonym", "2.5.4.65"),
];

fn has(certificate: &X509Certificate<'_>, oid: &str) -> bool {
    let mut elements = certificate.subject().iter_attributes();
    elements.any(|element| element.attr_type().to_id_string() == oid)
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::crypto::{PublicKey, SigningKey, SystemRandom};

    static KEY: LazyLock<SigningKey> =
        LazyLock::new(|| SigningKey::generate(KeyKind::Rsa(2048)).unwrap());

    fn body() -> CieSubject {
        CieSubject {
            common_name: "Ente di prova".to_owned(),
            organization_name: "Ente di prova per le attività".to_owned(),
            locality: "Roma".to_owned(),
            country: "IT".to_owned(),
        }
    }

    fn make(subject: &CieSubject, use_of_key: CieKeyUse) -> Result<Vec<u8>, CertificateError> {
        let life = (1_700_000_000, Duration::from_secs(86_400));
        cie_certificate(subject, (&*KEY, use_of_key), life, &SystemRandom)
    }

    #[test]
    fn a_certificate_carries_its_key_says_what_it_is_for_and_names_nobody() {
        for (use_of_key, flags) in [(CieKeyUse::Signing, 0b1), (CieKeyUse::Encryption, 0b100)] {
            let der = make(&body(), use_of_key).unwrap();
            let carried = PublicKey::from_certificate(&der).unwrap();
            assert_eq!(&carried, KEY.public_key());
            let (_, certificate) = x509_parser::parse_x509_certificate(&der).unwrap();
            let usage = certificate.key_usage().unwrap().unwrap().value.flags;
            assert_eq!(usage, flags);
            assert_eq!(personal_elements(&der), Vec::<&str>::new());
        }
    }

    #[test]
    fn a_subject_that_names_a_person_is_found() {
        let mut params = CertificateParams::default();
        for (oid, value) in [(42, "Anna"), (65, "Annina")] {
            let kind = DnType::CustomDnType(vec![2, 5, 4, oid]);
            params.distinguished_name.push(kind, value);
        }
        let key = RsaSigner::new(&*KEY).unwrap();
        let der = params.self_signed(&key).unwrap().der().to_vec();
        assert_eq!(personal_elements(&der), ["givenName", "pseudonym"]);
    }

    #[test]
    fn a_subject_with_an_empty_element_makes_none() {
        let mut subject = body();
        subject.locality = " ".to_owned();
        let refused = make(&subject, CieKeyUse::Signing).unwrap_err();
        assert_eq!(refused, CertificateError::Subject("locality"));
        let mut subject = body();
        subject.country = "Italia".to_owned();
        let refused = make(&subject, CieKeyUse::Signing).unwrap_err();
        assert_eq!(refused, CertificateError::Subject("country"));
    }
}
