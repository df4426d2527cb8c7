//! Whether a certificate is as SPID wants a service provider's to be (technical rules, metadata; Avviso 29 v3).

use chrono::{DateTime, Utc};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::ParsedExtension;
use x509_parser::oid_registry::Oid;

use super::SpidSubject;
use crate::crypto::keys::{KeyKind, PublicKey};

/// One rule that a certificate breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Nonconformity {
    /// Not a certificate.
    #[error("the certificate cannot be read")]
    Unreadable,
    /// The key is not RSA of 2048, 3072 or 4096 bits.
    #[error("the key must be RSA with 2048, 3072 or 4096 bits")]
    Key,
    /// Signed with something other than RSA and SHA-256 or SHA-512.
    #[error("the certificate must be signed with RSA and SHA-256 or SHA-512")]
    SignatureAlgorithm,
    /// Not yet valid, or not any more.
    #[error("the certificate is not valid now")]
    Validity,
    /// An element of the subject is missing, empty or repeated.
    #[error("the subject must have exactly one {0}, not empty")]
    SubjectMissing(&'static str),
    /// An element of the subject is not what the configuration says.
    #[error("{0} in the subject is not what the configuration says")]
    SubjectDiffers(&'static str),
    /// The subject names a natural person.
    #[error("the subject must not have {0}")]
    SubjectForbidden(&'static str),
    /// `basicConstraints` is missing, critical, or says CA.
    #[error("basicConstraints must be present, not critical and CA:FALSE")]
    BasicConstraints,
    /// `keyUsage` is missing, not critical, or not exactly the two uses.
    #[error("keyUsage must be critical and exactly digitalSignature and contentCommitment")]
    KeyUsage,
    /// `certificatePolicies` is missing, critical, or lacks a policy.
    #[error(
        "certificatePolicies must not be critical and must have 1.3.76.16.6 and 1.3.76.16.4.2.1"
    )]
    Policies,
}

const RSA_SHA256: &str = "1.2.840.113549.1.1.11";
const RSA_SHA512: &str = "1.2.840.113549.1.1.13";

/// Every rule that the certificate breaks; an empty list is a conforming certificate.
#[must_use]
pub fn nonconformities(
    der: &[u8],
    expected: &SpidSubject,
    now: DateTime<Utc>,
) -> Vec<Nonconformity> {
    let Ok((_, certificate)) = x509_parser::parse_x509_certificate(der) else {
        return vec![Nonconformity::Unreadable];
    };
    let mut found = Vec::new();
    let kind = PublicKey::from_certificate(der).map(|key| key.kind());
    if !matches!(kind, Ok(KeyKind::Rsa(2048 | 3072 | 4096))) {
        found.push(Nonconformity::Key);
    }
    let algorithm = certificate.signature_algorithm.algorithm.to_id_string();
    if ![RSA_SHA256, RSA_SHA512].contains(&algorithm.as_str()) {
        found.push(Nonconformity::SignatureAlgorithm);
    }
    let (start, end) = (
        certificate.validity().not_before.timestamp(),
        certificate.validity().not_after.timestamp(),
    );
    if !(start..=end).contains(&now.timestamp()) {
        found.push(Nonconformity::Validity);
    }
    subject(&certificate, expected, &mut found);
    extensions(&certificate, &mut found);
    found
}

fn subject(
    certificate: &X509Certificate<'_>,
    expected: &SpidSubject,
    found: &mut Vec<Nonconformity>,
) {
    let identifier = format!("PA:IT-{}", expected.ipa_code);
    for (name, oid, value) in [
        ("commonName", "2.5.4.3", &expected.common_name),
        ("organizationName", "2.5.4.10", &expected.organization_name),
        ("organizationIdentifier", "2.5.4.97", &identifier),
        ("uri", "2.5.4.83", &expected.entity_id),
        ("countryName", "2.5.4.6", &expected.country),
        ("localityName", "2.5.4.7", &expected.locality),
    ] {
        match values(certificate, oid).as_slice() {
            [one] if one.trim().is_empty() => found.push(Nonconformity::SubjectMissing(name)),
            [one] if one == value => {}
            [_] => found.push(Nonconformity::SubjectDiffers(name)),
            _ => found.push(Nonconformity::SubjectMissing(name)),
        }
    }
    for (name, oid) in [
        ("name", "2.5.4.41"),
        ("surname", "2.5.4.4"),
        ("givenName", "2.5.4.42"),
        ("initials", "2.5.4.43"),
        ("pseudonym", "2.5.4.65"),
    ] {
        if !values(certificate, oid).is_empty() {
            found.push(Nonconformity::SubjectForbidden(name));
        }
    }
}

/// The texts of one kind of subject attribute. One that cannot be read as text counts as empty.
fn values(certificate: &X509Certificate<'_>, oid: &str) -> Vec<String> {
    certificate
        .subject()
        .iter_attributes()
        .filter(|attribute| attribute.attr_type().to_id_string() == oid)
        .map(|attribute| attribute.as_str().unwrap_or_default().to_owned())
        .collect()
}

fn extensions(certificate: &X509Certificate<'_>, found: &mut Vec<Nonconformity>) {
    let find = |oid: &str| {
        let mut matching = certificate
            .extensions()
            .iter()
            .filter(|extension| extension.oid.to_id_string() == oid);
        matching.next().filter(|_| matching.next().is_none())
    };
    let constraints = find("2.5.29.19").is_some_and(|extension| {
        !extension.critical
            && matches!(extension.parsed_extension(), ParsedExtension::BasicConstraints(c) if !c.ca)
    });
    if !constraints {
        found.push(Nonconformity::BasicConstraints);
    }
    // Bit 0 is digitalSignature, bit 1 nonRepudiation (RFC 5280, 4.2.1.3); x509-parser counts from the low end.
    let usage = find("2.5.29.15").is_some_and(|extension| {
        extension.critical
            && matches!(extension.parsed_extension(), ParsedExtension::KeyUsage(u) if u.flags == 0b11)
    });
    if !usage {
        found.push(Nonconformity::KeyUsage);
    }
    let policies = find("2.5.29.32").is_some_and(|extension| {
        let ParsedExtension::CertificatePolicies(policies) = extension.parsed_extension() else {
            return false;
        };
        let has = |oid: &[u64]| {
            Oid::from(oid).is_ok_and(|oid| {
                policies
                    .iter()
                    .any(|information| information.policy_id == oid)
            })
        };
        !extension.critical && has(&[1, 3, 76, 16, 6]) && has(&[1, 3, 76, 16, 4, 2, 1])
    });
    if !policies {
        found.push(Nonconformity::Policies);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;
    use std::time::Duration;

    use super::*;
    use crate::crypto::certificate::{
        CertificateError, all_from_pem, from_pem, spid_certificate, to_pem,
    };
    use crate::crypto::{SignatureAlgorithm, Signer, SigningKey, SystemRandom};

    static KEY: LazyLock<SigningKey> =
        LazyLock::new(|| SigningKey::generate(KeyKind::Rsa(2048)).unwrap());
    const START: u64 = 1_700_000_000;

    fn body() -> SpidSubject {
        SpidSubject {
            common_name: "Ente di prova".to_owned(),
            organization_name: "Ente di prova per le attività".to_owned(),
            ipa_code: "ente_prova".to_owned(),
            entity_id: "https://accesso.ente.example".to_owned(),
            country: "IT".to_owned(),
            locality: "Roma".to_owned(),
        }
    }

    fn make(subject: &SpidSubject) -> Vec<u8> {
        spid_certificate(
            subject,
            &*KEY,
            START,
            Duration::from_secs(86_400 * 365),
            &SystemRandom,
        )
        .unwrap()
    }

    fn at(seconds: u64) -> DateTime<Utc> {
        DateTime::from_timestamp(i64::try_from(START + seconds).unwrap(), 0).unwrap()
    }

    #[test]
    fn a_made_certificate_breaks_no_rule() {
        let der = make(&body());
        assert_eq!(nonconformities(&der, &body(), at(1)), []);
        assert_eq!(from_pem(to_pem(&der).as_bytes()).unwrap(), der);
        let (_, certificate) = x509_parser::parse_x509_certificate(&der).unwrap();
        assert!(
            KEY.public_key()
                .verify(
                    SignatureAlgorithm::RsaSha256,
                    certificate.tbs_certificate.as_ref(),
                    &certificate.signature_value.data,
                )
                .is_ok()
        );
        assert_eq!(
            PublicKey::from_certificate(&der).unwrap(),
            *KEY.public_key()
        );
    }

    #[test]
    fn every_certificate_of_a_file_is_read_and_a_damaged_one_spoils_the_file() {
        let one = make(&body());
        let pem = to_pem(&one);
        assert_eq!(
            all_from_pem(format!("{pem}{pem}").as_bytes()),
            Some(vec![one.clone(), one])
        );
        assert_eq!(all_from_pem(b"nothing"), None);
        let damaged = pem.replacen("MII", "!!!", 1);
        assert_eq!(all_from_pem(format!("{pem}{damaged}").as_bytes()), None);
    }

    #[test]
    fn a_certificate_outside_its_time_is_named() {
        let der = make(&body());
        for moment in [
            at(86_400 * 366),
            DateTime::from_timestamp(1_600_000_000, 0).unwrap(),
        ] {
            assert_eq!(
                nonconformities(&der, &body(), moment),
                [Nonconformity::Validity]
            );
        }
    }

    #[test]
    fn every_subject_element_must_be_what_the_configuration_says() {
        let der = make(&body());
        type Change = fn(&mut SpidSubject);
        let changes: [(&str, Change); 6] = [
            ("commonName", |s| s.common_name.push('x')),
            ("organizationName", |s| s.organization_name.push('x')),
            ("organizationIdentifier", |s| s.ipa_code.push('x')),
            ("uri", |s| s.entity_id.push('/')),
            ("countryName", |s| s.country = "FR".to_owned()),
            ("localityName", |s| s.locality.push('x')),
        ];
        for (name, change) in changes {
            let mut other = body();
            change(&mut other);
            assert_eq!(
                nonconformities(&der, &other, at(1)),
                [Nonconformity::SubjectDiffers(name)]
            );
        }
    }

    #[test]
    fn an_ordinary_certificate_breaks_every_rule_of_the_extensions_and_the_subject() {
        let plain = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        let found = nonconformities(plain.cert.der(), &body(), at(1));
        for expected in [
            Nonconformity::Key,
            Nonconformity::SignatureAlgorithm,
            Nonconformity::SubjectMissing("uri"),
            Nonconformity::SubjectMissing("organizationIdentifier"),
            Nonconformity::BasicConstraints,
            Nonconformity::KeyUsage,
            Nonconformity::Policies,
        ] {
            assert!(found.contains(&expected), "{expected:?} in {found:?}");
        }
    }

    #[test]
    fn a_critical_basic_constraints_and_a_person_in_the_subject_are_named() {
        let mut params = rcgen::CertificateParams::default();
        params.is_ca = rcgen::IsCa::ExplicitNoCa;
        params
            .distinguished_name
            .push(rcgen::DnType::CustomDnType(vec![2, 5, 4, 4]), "Rossi");
        let key = rcgen::KeyPair::generate().unwrap();
        let der = params.self_signed(&key).unwrap();
        let found = nonconformities(der.der(), &body(), at(1));
        assert!(found.contains(&Nonconformity::BasicConstraints));
        assert!(found.contains(&Nonconformity::SubjectForbidden("surname")));
    }

    #[test]
    fn a_subject_that_spid_would_refuse_makes_no_certificate() {
        let refused = |change: fn(&mut SpidSubject)| {
            let mut subject = body();
            change(&mut subject);
            spid_certificate(
                &subject,
                &*KEY,
                START,
                Duration::from_secs(1),
                &SystemRandom,
            )
        };
        for change in [
            (|s: &mut SpidSubject| s.ipa_code = "with space".to_owned()) as fn(&mut SpidSubject),
            |s| s.ipa_code = "seventeen-letters".to_owned(),
            |s| s.country = "Italy".to_owned(),
            |s| s.entity_id = " ".to_owned(),
        ] {
            assert!(matches!(refused(change), Err(CertificateError::Subject(_))));
        }
    }

    #[test]
    fn only_rsa_keys_make_a_spid_certificate() {
        let key = SigningKey::generate(KeyKind::P256).unwrap();
        let made = spid_certificate(&body(), &key, START, Duration::from_secs(1), &SystemRandom);
        assert_eq!(made, Err(CertificateError::KeyKind));
    }

    #[test]
    fn bytes_that_are_no_certificate_are_unreadable() {
        assert_eq!(
            nonconformities(b"nothing", &body(), at(0)),
            [Nonconformity::Unreadable]
        );
    }
}
