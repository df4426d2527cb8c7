//! Certificates that authorities really issued: the two published lists of Italian ones. Ours and x509-parser read the
//! same fields, and a signature that OpenSSL made verifies.

use std::collections::HashSet;
use std::fs;

use varco::crypto::KeyError;
use varco::crypto::certificate::all_from_pem;
use varco::crypto::certificate::signature::{CertificateAlgorithm, judge_key};
use varco::crypto::encoding::from_base64;
use varco::protocol::x509::{Certificate, CertificateRefusal, IssuerId, IssuingRefusal};

use crate::support::shared::shared;

/// The certificates of 2026, from PEM.
fn of_2026() -> Vec<Vec<u8>> {
    let pem = fs::read(shared("data/trusted-list/IT-2026-07-21-all-anchors.pem")).unwrap();
    all_from_pem(&pem).unwrap()
}

/// The certificates of 2019, from between the tags of the list.
fn of_2019() -> Vec<Vec<u8>> {
    let xml = fs::read_to_string(shared("data/trusted-list/IT-TSL-2019-09-04-seq141.xml")).unwrap();
    xml.split("X509Certificate>")
        .skip(1)
        .step_by(2)
        .map(|text| {
            let base64 = text.split('<').next().unwrap();
            let base64: String = base64.chars().filter(|c| !c.is_whitespace()).collect();
            from_base64(&base64).unwrap()
        })
        .collect()
}

/// Both lists, each certificate once.
fn all() -> Vec<Vec<u8>> {
    let mut seen = HashSet::new();
    let mut all = [of_2019(), of_2026()].concat();
    all.retain(|der| seen.insert(der.clone()));
    assert!(all.len() > 400, "{}", all.len());
    all
}

fn readable() -> Vec<Certificate> {
    all()
        .iter()
        .filter_map(|der| Certificate::parse(der).ok())
        .collect()
}

#[test]
fn of_the_published_certificates_only_old_keys_and_p521_are_not_read() {
    // The day of the newer list.
    let day = 1_784_592_000;
    for der in all() {
        let (_, theirs) = x509_parser::parse_x509_certificate(&der).unwrap();
        let is_over = theirs.validity().not_after.timestamp() < day;
        match Certificate::parse(&der) {
            Ok(_) => {}
            Err(CertificateRefusal::Key(KeyError::Size(1024))) if is_over => {}
            // Three authorities for qualified signatures, none for cards.
            Err(CertificateRefusal::Key(KeyError::Unsupported)) => {
                assert!(theirs.subject().to_string().contains("Qualified"));
            }
            // One time stamping unit of 2005, with a key usage of no bits at all.
            Err(CertificateRefusal::Extension) if is_over => {}
            Err(refusal) => panic!("{}: {refusal}", theirs.subject()),
        }
    }
}

#[test]
fn fields_are_read_as_x509_parser_reads_them() {
    for ours in readable() {
        let (_, theirs) = x509_parser::parse_x509_certificate(ours.der()).unwrap();
        assert_eq!(ours.subject().der(), theirs.subject().as_raw());
        assert_eq!(ours.issuer().der(), theirs.issuer().as_raw());
        let validity = theirs.validity();
        assert_eq!(
            [ours.not_before(), ours.not_after()].map(|moment| moment.timestamp()),
            [validity.not_before, validity.not_after].map(|moment| moment.timestamp())
        );
        let serial = theirs.raw_serial();
        let zeros = serial.iter().take_while(|byte| **byte == 0).count();
        assert_eq!(ours.serial().magnitude(), &serial[zeros..]);
        assert_eq!(ours.public_key().spki(), theirs.public_key().raw);
        let basic = theirs.basic_constraints().unwrap().map(|found| found.value);
        assert_eq!(
            ours.basic_constraints()
                .map(|basic| (basic.ca, basic.path_len)),
            basic.map(|basic| (basic.ca, basic.path_len_constraint))
        );
        let usage = theirs.key_usage().unwrap().map(|found| found.value);
        assert_eq!(
            ours.key_usage().map(|usage| [
                usage.digital_signature(),
                usage.non_repudiation(),
                usage.key_cert_sign(),
                usage.crl_sign()
            ]),
            usage.map(|usage| [
                usage.digital_signature(),
                usage.non_repudiation(),
                usage.key_cert_sign(),
                usage.crl_sign()
            ])
        );
        let names = theirs.subject().iter_common_name();
        let names: Vec<&str> = names.filter_map(|name| name.as_str().ok()).collect();
        assert_eq!(
            ours.subject()
                .all(&varco::protocol::x509::Oid::COMMON_NAME)
                .filter_map(Result::ok)
                .collect::<Vec<_>>(),
            names
        );
    }
}

#[test]
fn what_an_authority_signed_itself_verifies_unless_its_digest_is_broken() {
    let (mut verified, mut obsolete) = (0, 0);
    for authority in readable() {
        if authority.subject() != authority.issuer() {
            continue;
        }
        match authority.is_signed_by(&authority) {
            Ok(()) => verified += 1,
            Err(IssuingRefusal::Obsolete) => {
                assert_eq!(
                    authority.signature_algorithm(),
                    CertificateAlgorithm::Obsolete
                );
                obsolete += 1;
            }
            // RSA-PSS, which no authority of cards uses.
            Err(IssuingRefusal::Algorithm) => {
                assert!(authority.subject().display().contains("Time Stamp"));
            }
            Err(refusal) => panic!("{}: {refusal}", authority.subject().display()),
        }
    }
    assert!(verified > 100 && obsolete > 30, "{verified}, {obsolete}");
}

#[test]
fn names_are_shared_and_identities_are_not() {
    let authorities = readable();
    let names: HashSet<&[u8]> = authorities.iter().map(|one| one.subject().der()).collect();
    let ids: HashSet<IssuerId> = authorities.iter().map(IssuerId::of).collect();
    let keys: HashSet<(&[u8], &[u8])> = authorities
        .iter()
        .map(|one| (one.subject().der(), one.public_key().spki()))
        .collect();
    assert_eq!(ids.len(), keys.len());
    assert!(
        ids.len() > names.len() + 15,
        "{} {}",
        ids.len(),
        names.len()
    );
}

#[test]
fn every_authority_that_may_issue_today_has_a_strong_key() {
    let day = chrono::DateTime::from_timestamp(1_784_592_000, 0).unwrap();
    for authority in readable()
        .iter()
        .filter(|one| one.may_issue() && one.is_valid_at(day))
    {
        assert_eq!(
            judge_key(authority.public_key()),
            Ok(()),
            "{}",
            authority.subject().display()
        );
    }
}
