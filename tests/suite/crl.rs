//! Certificate revocation lists: what is read of them, and which are refused. OpenSSL is asked about those that it can judge.

mod oracle;

use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use varco::crypto::{Signer as _, SigningKey};
use varco::protocol::x509::crl::{Crl, CrlRefusal, CrlScope, CrlSigner, MOST_BYTES};
use varco::protocol::x509::{Serial, Serials};

use crate::suite::mutation::entry as fuzz;
use crate::support::der::{
    CrlForm, SHA1_RSA, SHA256_ECDSA, distribution, entry, extension, integer, name, points,
    sequence, time, tlv,
};
use crate::support::issuer::CardIssuer;
use crate::support::keys;

/// 2026-11-22T05:00:00Z.
const NOW: i64 = 1_795_323_600;
const HOUR: i64 = 3600;

fn authority() -> Vec<u8> {
    name("Regione Esempio - CA Cittadini")
}

fn form() -> CrlForm {
    CrlForm::new(&authority(), 7, NOW - HOUR, NOW + 24 * HOUR)
}

fn read_with(der: &[u8], key: &SigningKey, key_id: Option<&[u8]>) -> Result<Crl, CrlRefusal> {
    let name = authority();
    let signer = CrlSigner {
        name: &name,
        key: key.public_key(),
        key_id,
    };
    Crl::read(der, &signer)
}

fn read(form: &CrlForm) -> Result<Crl, CrlRefusal> {
    read_with(
        &form.signed_by(keys::provider_rsa()),
        keys::provider_rsa(),
        None,
    )
}

fn serial(bytes: &[u8]) -> Serial {
    Serial::new(bytes).unwrap()
}

#[test]
fn a_list_tells_its_dates_its_number_its_scope_and_whom_it_names() {
    let form = form().revoking(&[0x99, 1]).revoking(&[7]);
    for key in [keys::provider_rsa(), keys::gateway_ec()] {
        let crl = read_with(&form.signed_by(key), key, None).unwrap();
        assert_eq!(crl.this_update(), NOW - HOUR);
        assert_eq!(crl.next_update(), NOW + 24 * HOUR);
        assert_eq!(crl.number(), Some(serial(&[7])));
        assert_eq!(crl.scope(), &CrlScope::default());
        let named: Serials = vec![serial(&[7]), serial(&[0x99, 1])].into();
        assert_eq!(crl.revoked(), &named);
        assert!(!crl.revoked().contains(&serial(&[0x99])));
    }
}

#[test]
fn a_list_that_names_nobody_and_has_no_extension_is_good() {
    let mut empty = form();
    empty.extensions.clear();
    let crl = read(&empty).unwrap();
    assert!(crl.revoked().is_empty());
    assert_eq!(crl.number(), None);
}

#[test]
fn the_signature_must_be_the_authoritys() {
    let der = form().revoking(&[7]).signed_by(keys::provider_rsa());
    let refused = |der: &[u8], key| read_with(der, key, None).unwrap_err();
    assert_eq!(
        refused(&der, keys::stranger_rsa()),
        CrlRefusal::Signature,
        "another key"
    );
    // An RSA signature, and a key that makes none.
    assert_eq!(refused(&der, keys::gateway_ec()), CrlRefusal::Signature);
    let mut changed = der.clone();
    let place = changed.windows(3).rposition(|w| w == [2, 1, 7]).unwrap();
    changed[place + 2] = 8;
    assert_eq!(
        refused(&changed, keys::provider_rsa()),
        CrlRefusal::Signature
    );
    // An ECDSA signature whose numbers are too long for the curve, or of another shape.
    let content = form().content(SHA256_ECDSA);
    for signature in [
        sequence(&[&integer(&[1; 33]), &integer(&[1; 32])]),
        sequence(&[&integer(&[1; 32])]),
        sequence(&[&integer(&[1; 32]), &integer(&[1; 32]), &integer(&[1])]),
        vec![1; 64],
    ] {
        let bits = tlv(3, [&[0][..], &signature].concat());
        let forged = sequence(&[&content, SHA256_ECDSA, &bits]);
        assert_eq!(refused(&forged, keys::gateway_ec()), CrlRefusal::Signature);
    }
}

#[test]
fn a_list_of_another_authority_is_refused() {
    let mut other = form();
    other.issuer = name("Regione Esempio - CA Operatori");
    assert_eq!(read(&other), Err(CrlRefusal::Issuer));
    let der = other.signed_by(keys::provider_rsa());
    assert_eq!(Crl::claimed_issuer(&der), Ok(other.issuer.as_slice()));
}

#[test]
fn sha_1_and_an_algorithm_that_differs_inside_are_refused() {
    let mut sha1 = form();
    sha1.inside = Some(SHA1_RSA.to_vec());
    sha1.outside = Some(SHA1_RSA.to_vec());
    assert_eq!(read(&sha1), Err(CrlRefusal::Algorithm));
    for other in [
        SHA1_RSA.to_vec(),
        SHA256_ECDSA.to_vec(),
        sequence(&[&tlv(6, &SHA1_RSA[4..13])]),
    ] {
        let mut differs = form();
        differs.inside = Some(other.clone());
        assert_eq!(read(&differs), Err(CrlRefusal::Algorithm));
        let mut differs = form();
        differs.outside = Some(other);
        assert_eq!(read(&differs), Err(CrlRefusal::Algorithm));
    }
}

#[test]
fn a_list_is_of_version_2_and_says_until_when_it_is_good() {
    for version in [Vec::new(), tlv(2, [0]), tlv(2, [2]), tlv(2, [0, 1])] {
        let mut other = form();
        other.version = version;
        assert_eq!(read(&other), Err(CrlRefusal::Version));
    }
    let mut endless = form();
    endless.next_update = Vec::new();
    assert_eq!(read(&endless), Err(CrlRefusal::NoEnd));
    assert_eq!(
        read(&endless.clone().revoking(&[7])),
        Err(CrlRefusal::NoEnd)
    );
    for until in [NOW - HOUR, NOW - 2 * HOUR] {
        let mut backwards = form();
        backwards.next_update = time(until);
        assert_eq!(read(&backwards), Err(CrlRefusal::NoEnd));
    }
}

#[test]
fn the_key_that_a_list_names_must_be_the_authoritys() {
    let named = |id: &[u8]| {
        form()
            .with(extension(35, false, &sequence(&[&tlv(0x80, id)])))
            .signed_by(keys::provider_rsa())
    };
    let read = |der: &[u8], own| read_with(der, keys::provider_rsa(), own);
    assert!(read(&named(&[1; 20]), Some(&[1; 20])).is_ok());
    assert_eq!(read(&named(&[2; 20]), Some(&[1; 20])), Err(CrlRefusal::Key));
    // Where the authority's certificate names none, the signature alone tells.
    assert!(read(&named(&[2; 20]), None).is_ok());
}

#[test]
fn a_list_for_a_distribution_point_is_about_those_who_name_it() {
    let (http, ldap) = ("http://crl.example/1.crl", "ldap://crl.example/cn=1");
    let crl = read(&form().with(distribution(&[points(&[http, ldap]), tlv(0x81, [0xff])])));
    let scope = crl.unwrap().scope().clone();
    let covers = |addresses: &[&str]| {
        let addresses: Vec<String> = addresses.iter().map(|text| (*text).to_owned()).collect();
        scope.covers(&addresses, false)
    };
    assert!(covers(&[http]) && covers(&["http://other.example/", ldap]));
    assert!(!covers(&[]) && !covers(&["http://crl.example/2.crl"]));
    assert!(!covers(&[
        "http://crl.example/1.crl?",
        "http://CRL.example/1.crl"
    ]));
    // Named otherwise than by addresses: about nobody.
    for point in [
        tlv(0xa0, tlv(0xa1, tlv(0x30, []))),
        tlv(0xa0, tlv(0xa0, tlv(0xa4, authority()))),
    ] {
        let crl = read(&form().with(distribution(&[point]))).unwrap();
        assert!(!crl.scope().covers(&[http.to_owned()], false));
    }
    // For people, without a point.
    let everybody = read(&form().with(distribution(&[tlv(0x81, [0xff])]))).unwrap();
    assert!(everybody.scope().covers(&[], false));
    // Which is not for authorities.
    assert!(!everybody.scope().covers(&[], true));
    assert!(read(&form()).unwrap().scope().covers(&[], true));
}

#[test]
fn lists_of_other_kinds_are_refused() {
    use CrlRefusal::{Critical, Delta, Indirect, Malformed, Partial};
    let yes = [0xff];
    for (extension, refusal) in [
        (extension(27, true, &integer(&[1])), Delta),
        (extension(27, false, &integer(&[1])), Delta),
        (distribution(&[tlv(0x82, yes)]), Partial),
        (distribution(&[tlv(0x85, yes)]), Partial),
        (distribution(&[tlv(0x83, [1, 0x40])]), Partial),
        (distribution(&[tlv(0x84, yes)]), Indirect),
        (distribution(&[tlv(0x84, [1])]), Malformed),
        (distribution(&[tlv(0x86, yes)]), Malformed),
        (distribution(&[tlv(0x82, yes), tlv(0x81, yes)]), Malformed),
        (extension(99, true, &[]), Critical),
        (extension(20, false, &integer(&[8])), Malformed),
    ] {
        assert_eq!(read(&form().with(extension)), Err(refusal), "{refusal:?}");
    }
    // What is not critical may be unknown.
    assert!(read(&form().with(extension(46, false, &[5, 0]))).is_ok());
}

#[test]
fn entries_of_other_kinds_are_refused_and_every_reason_counts() {
    let with = |extensions: &[Vec<u8>]| {
        let mut form = form();
        form.entries.push(entry(&[7], extensions));
        read(&form)
    };
    let issuer = sequence(&[&tlv(0xa4, authority())]);
    for extension in [extension(29, true, &issuer), extension(29, false, &issuer)] {
        assert_eq!(with(&[extension]), Err(CrlRefusal::Indirect));
    }
    assert_eq!(
        with(&[extension(99, true, &[5, 0])]),
        Err(CrlRefusal::Critical)
    );
    assert!(with(&[extension(99, false, &[5, 0])]).is_ok());
    // Compromised, on hold, and one that says it was taken off the list that it stands on.
    for reason in [1, 6, 8] {
        let reason = extension(21, false, &tlv(10, [reason]));
        let crl = with(&[reason, extension(24, false, &tlv(0x18, "20261101000000Z"))]);
        assert!(crl.unwrap().revoked().contains(&serial(&[7])));
    }
    assert_eq!(
        with(&[extension(21, false, &integer(&[1]))]),
        Err(CrlRefusal::Malformed)
    );
}

#[test]
fn serial_numbers_that_no_certificate_may_have_are_refused() {
    for number in [
        tlv(2, [0x80]),
        tlv(2, [0, 7]),
        tlv(2, []),
        integer(&[1; 21]),
    ] {
        let mut odd = form();
        odd.entries.push(sequence(&[&number, &time(NOW)]));
        assert_eq!(read(&odd), Err(CrlRefusal::Malformed), "{number:x?}");
    }
}

#[test]
fn what_is_cut_short_or_goes_on_is_refused() {
    let der = form()
        .revoking(&[7])
        .with(distribution(&[points(&["http://a.example/"])]))
        .signed_by(keys::provider_rsa());
    let read = |der: &[u8]| read_with(der, keys::provider_rsa(), None);
    assert!(read(&der).is_ok());
    for length in 0..der.len() {
        assert!(read(&der[..length]).is_err(), "{length}");
    }
    assert_eq!(read(&[&der[..], &[0]].concat()), Err(CrlRefusal::Malformed));
    assert_eq!(read(&vec![0x30; MOST_BYTES + 1]), Err(CrlRefusal::TooLarge));
}

#[test]
fn no_changed_byte_goes_unnoticed() {
    let der = form().revoking(&[7]).signed_by(keys::provider_rsa());
    for place in 0..der.len() {
        for bit in [1, 0x80] {
            let mut changed = der.clone();
            changed[place] ^= bit;
            let refused = read_with(&changed, keys::provider_rsa(), None);
            assert!(refused.is_err(), "{place}");
        }
    }
}

#[test]
fn a_list_that_goes_back_is_older() {
    let list = |number, from| {
        let form = CrlForm::new(&authority(), number, from, NOW + 24 * HOUR);
        read(&form).unwrap()
    };
    let held = list(7, NOW);
    assert!(!held.is_older_than(&held));
    assert!(!list(8, NOW + 1).is_older_than(&held));
    assert!(list(6, NOW + 1).is_older_than(&held));
    assert!(list(8, NOW - 1).is_older_than(&held));
    let mut nameless = CrlForm::new(&authority(), 8, NOW + 1, NOW + 24 * HOUR);
    nameless.extensions.clear();
    let nameless = read(&nameless).unwrap();
    assert!(nameless.is_older_than(&held));
}

/// What an authority might sign: everything that a list may have in it.
fn rich() -> Vec<u8> {
    let reason = extension(21, false, &tlv(10, [6]));
    let since = extension(24, false, &tlv(0x18, "20261101000000Z"));
    let mut form = form()
        .revoking(&[0x99, 1])
        .with(extension(35, false, &sequence(&[&tlv(0x80, [1; 20])])))
        .with(distribution(&[
            points(&["http://a.example/"]),
            tlv(0x81, [0xff]),
        ]));
    form.entries.push(entry(&[7], &[reason, since]));
    form.content(SHA256_ECDSA)
}

#[test]
fn the_list_that_mutations_begin_with_is_taken() {
    assert!(fuzz::list(&rich()));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn no_list_that_an_authority_signs_breaks_a_promise(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0..4u8, any::<u8>()), 1..4)
    ) {
        let mut bytes = rich();
        for (place, kind, byte) in edits {
            let place = place.index(bytes.len());
            match kind {
                0 => bytes[place] = byte,
                1 => bytes[place] ^= 1 << (byte % 8),
                2 => drop(bytes.remove(place)),
                _ => bytes.insert(place, byte),
            }
        }
        fuzz::list(&bytes);
    }

    #[test]
    fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
        fuzz::list(&bytes);
    }
}
