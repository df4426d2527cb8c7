//! Responders: what is asked of them, and which of their answers are believed. OpenSSL answers and judges.

mod asked;
mod oracle;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rcgen::ExtendedKeyUsagePurpose;
use varco::crypto::{SigningKey, SystemRandom, encoding, sha1_thumbprint};
use varco::fetch::{Authorities, Rules};
use varco::identity::{Clock as _, SystemClock};
use varco::login::cns::revocation::{
    Addresses, CardRevocation, RefreshSettings, ResponderSettings, Revocation, RevocationSettings,
    RevocationStatus as _,
};
use varco::protocol::x509::Certificate;
use varco::protocol::x509::ocsp::{OcspAnswer, OcspQuestion, OcspRefusal, OcspStatus};

use crate::support::clock::TestClock;
use crate::support::der::{
    SHA1_RSA, SHA256_ECDSA, entry, extension, integer, sequence, signed, tlv,
};
use crate::support::http_server::{HttpServer, Received, Reply};
use crate::support::issuer::{CardIssuer, Says};

const SHA1: &[u8] = &[0x2b, 0x0e, 3, 2, 0x1a];
const NONCE_ID: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 0x30, 1, 2];
const NONCE: [u8; 32] = [7; 32];

fn now() -> DateTime<Utc> {
    TestClock::new().now()
}

fn generalized(at: DateTime<Utc>) -> Vec<u8> {
    tlv(0x18, at.format("%Y%m%d%H%M%SZ").to_string())
}

fn good() -> Vec<u8> {
    tlv(0x80, [])
}

fn revoked() -> Vec<u8> {
    tlv(0xa1, generalized(now()))
}

/// An answer before it is signed. Every part can be made wrong.
#[derive(Clone)]
struct Form {
    response_status: u8,
    responder: Vec<u8>,
    status: Vec<u8>,
    serial: Vec<u8>,
    issuer: Arc<Certificate>,
    digest: Vec<u8>,
    this_update: DateTime<Utc>,
    next_update: Option<DateTime<Utc>>,
    nonce: Option<Vec<u8>>,
    further: Vec<Vec<u8>>,
    times: usize,
    algorithm: Vec<u8>,
    certificates: Vec<Vec<u8>>,
}

impl Form {
    fn of(issuer: &CardIssuer, serial: u64) -> Self {
        let certificate = Arc::clone(&issuer.certificate);
        Self {
            response_status: 0,
            responder: tlv(0xa1, certificate.subject().der()),
            status: good(),
            serial: integer(&serial.to_be_bytes()),
            issuer: certificate,
            digest: SHA1.to_vec(),
            this_update: now() - TimeDelta::minutes(10),
            next_update: Some(now() + TimeDelta::hours(1)),
            nonce: Some(NONCE.to_vec()),
            further: Vec::new(),
            times: 1,
            algorithm: SHA256_ECDSA.to_vec(),
            certificates: Vec::new(),
        }
    }

    fn signed_by(&self, key: &SigningKey) -> Vec<u8> {
        let id = sequence(&[
            &sequence(&[&tlv(6, &self.digest), &[5, 0]]),
            &tlv(4, sha1_thumbprint(self.issuer.subject().der())),
            &tlv(4, key_hash(self.issuer.public_key().spki())),
            &self.serial,
        ]);
        let next = self
            .next_update
            .map(|next| tlv(0xa0, generalized(next)))
            .unwrap_or_default();
        let single = sequence(&[&id, &self.status, &generalized(self.this_update), &next]);
        let nonce = self
            .nonce
            .as_ref()
            .map(|nonce| sequence(&[&tlv(6, NONCE_ID), &tlv(4, tlv(4, nonce))]));
        let all: Vec<u8> = nonce
            .into_iter()
            .chain(self.further.clone())
            .flatten()
            .collect();
        let extensions = match all.is_empty() {
            true => Vec::new(),
            false => tlv(0xa1, tlv(0x30, all)),
        };
        let data = sequence(&[
            &self.responder,
            &generalized(now()),
            &tlv(0x30, single.repeat(self.times)),
            &extensions,
        ]);
        let certificates = match self.certificates.is_empty() {
            true => Vec::new(),
            false => tlv(0xa0, tlv(0x30, self.certificates.concat())),
        };
        let basic = signed(&data, &self.algorithm, key, &certificates);
        let bytes = sequence(&[&tlv(6, [0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1]), &tlv(4, basic)]);
        sequence(&[&tlv(10, [self.response_status]), &tlv(0xa0, bytes)])
    }
}

/// SHA-1 of an EC key's point: what follows the 26 bytes that say it is on P-256.
fn key_hash(spki: &[u8]) -> [u8; 20] {
    sha1_thumbprint(&spki[26..])
}

fn read(der: &[u8], card: &Certificate, issuer: &CardIssuer) -> Result<OcspAnswer, OcspRefusal> {
    let question = OcspQuestion::new(card, &issuer.certificate, NONCE);
    OcspAnswer::read(der, &question, now())
}

fn authority() -> CardIssuer {
    CardIssuer::new("Regione Esempio - CA Cittadini", &[])
}

#[test]
fn an_answer_of_the_authority_tells_good_revoked_and_unknown() {
    let issuer = authority();
    let card = issuer.card(0x99, &[]);
    for (status, told) in [
        (good(), OcspStatus::Good),
        (revoked(), OcspStatus::Revoked),
        (tlv(0x82, []), OcspStatus::Unknown),
    ] {
        let mut form = Form::of(&issuer, 0x99);
        form.status = status;
        let by_key = tlv(
            0xa2,
            tlv(4, key_hash(issuer.certificate.public_key().spki())),
        );
        for responder in [form.responder.clone(), by_key] {
            form.responder = responder;
            let answer = read(&form.signed_by(&issuer.key), &card, &issuer).unwrap();
            assert_eq!(answer.status(), told);
            assert!(answer.is_fresh(now()) && answer.delegate().is_none());
        }
    }
}

#[test]
fn answers_to_something_else_are_refused() {
    use OcspRefusal::{
        Critical, Malformed, NotAnswered, OtherCertificate, OtherQuestion, Signature,
    };
    let issuer = authority();
    let other = authority();
    let card = issuer.card(0x99, &[]);
    type Case = (&'static str, OcspRefusal, fn(&mut Form));
    let cases: [Case; 12] = [
        ("try later", NotAnswered, |form| form.response_status = 3),
        ("another number", OtherCertificate, |form| {
            form.serial = integer(&[0x98]);
        }),
        ("a negative number", OtherCertificate, |form| {
            form.serial = tlv(2, [0x99]);
        }),
        ("another digest", OtherCertificate, |form| {
            form.digest = vec![0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
        }),
        ("another nonce", OtherQuestion, |form| {
            form.nonce = Some(vec![8; 32]);
        }),
        ("twice", Malformed, |form| form.times = 2),
        ("too many", Malformed, |form| {
            form.times = 40;
            form.serial = integer(&[1]);
        }),
        ("no status", Malformed, |form| form.status = tlv(0x83, [])),
        ("critical", Critical, |form| {
            form.further = vec![extension(99, true, &[5, 0])];
        }),
        ("sha-1", Signature, |form| {
            form.algorithm = SHA1_RSA.to_vec();
        }),
        ("another responder", Signature, |form| {
            form.responder = tlv(0xa2, tlv(4, [1; 20]));
        }),
        ("nobody", Signature, |form| {
            form.responder = entry(&[1], &[]);
        }),
    ];
    for (name, refusal, change) in cases {
        let mut form = Form::of(&issuer, 0x99);
        change(&mut form);
        let refused = read(&form.signed_by(&issuer.key), &card, &issuer);
        assert_eq!(refused.unwrap_err(), refusal, "{name}");
    }
    // Another authority of the same name, about a card of its own with the same number.
    let theirs = Form::of(&other, 0x99).signed_by(&other.key);
    assert_eq!(read(&theirs, &card, &issuer).unwrap_err(), Signature);
    let ours = Form::of(&other, 0x99).signed_by(&issuer.key);
    assert_eq!(read(&ours, &card, &issuer).unwrap_err(), OtherCertificate);
}

#[test]
fn an_answer_is_of_now_or_it_is_none() {
    let issuer = authority();
    let card = issuer.card(9, &[]);
    let hour = TimeDelta::hours(1);
    for (from, until, nonce, fresh) in [
        (-hour, Some(hour), false, true),
        (-hour, Some(hour), true, true),
        (-hour, Some(TimeDelta::zero()), true, false),
        (-hour, Some(-TimeDelta::seconds(1)), false, false),
        (hour, Some(hour * 2), true, false),
        (TimeDelta::seconds(200), Some(hour), true, true),
        // Without an end: made for this question, a moment ago.
        (-TimeDelta::seconds(200), None, true, true),
        (-TimeDelta::seconds(200), None, false, false),
        (-hour, None, true, false),
    ] {
        let mut form = Form::of(&issuer, 9);
        form.this_update = now() + from;
        form.next_update = until.map(|until| now() + until);
        form.nonce = nonce.then(|| NONCE.to_vec());
        let answer = read(&form.signed_by(&issuer.key), &card, &issuer).unwrap();
        assert_eq!(answer.is_fresh(now()), fresh, "{from} {until:?} {nonce}");
    }
}

#[test]
fn only_a_responder_that_the_authority_itself_made_one_may_answer_for_it() {
    let issuer = authority();
    let other = authority();
    let card = issuer.card(9, &[]);
    let says = |purposes: Vec<ExtendedKeyUsagePurpose>| Says {
        purposes,
        ..Says::default()
    };
    let ocsp = || vec![ExtendedKeyUsagePurpose::OcspSigning];
    for (name, (responder, key), good) in [
        ("a responder", issuer.issue(2, &says(ocsp())), true),
        ("a card", issuer.issue(2, &says(Vec::new())), false),
        (
            "a card that may log in",
            issuer.issue(2, &says(vec![ExtendedKeyUsagePurpose::ClientAuth])),
            false,
        ),
        ("another authority's", other.issue(2, &says(ocsp())), false),
        (
            "an expired one",
            issuer.issue(
                2,
                &Says {
                    years: Some((2020, 2026)),
                    ..says(ocsp())
                },
            ),
            false,
        ),
        (
            "one of later",
            issuer.issue(
                2,
                &Says {
                    years: Some((2030, 2040)),
                    ..says(ocsp())
                },
            ),
            false,
        ),
        (
            "an authority below",
            issuer.issue(
                2,
                &Says {
                    is_ca: true,
                    ..says(ocsp())
                },
            ),
            false,
        ),
    ] {
        let mut form = Form::of(&issuer, 9);
        form.responder = tlv(0xa1, responder.subject().der());
        form.certificates = vec![issuer.certificate.der().to_vec(), responder.der().to_vec()];
        let answer = read(&form.signed_by(&key), &card, &issuer);
        match good {
            true => assert_eq!(answer.unwrap().delegate(), Some(&responder), "{name}"),
            false => assert_eq!(answer, Err(OcspRefusal::Signature), "{name}"),
        }
        // Its certificate has to be there, and the signature has to be its own.
        assert!(read(&form.signed_by(&card_key()), &card, &issuer).is_err());
        form.certificates.clear();
        assert!(read(&form.signed_by(&key), &card, &issuer).is_err());
    }
}

fn card_key() -> SigningKey {
    SigningKey::generate(varco::crypto::KeyKind::P256).unwrap()
}

#[test]
fn no_changed_or_missing_byte_goes_unnoticed() {
    let issuer = authority();
    let card = issuer.card(9, &[]);
    let der = Form::of(&issuer, 9).signed_by(&issuer.key);
    assert!(read(&der, &card, &issuer).is_ok());
    for place in 0..der.len() {
        assert!(read(&der[..place], &card, &issuer).is_err(), "{place}");
        let mut changed = der.clone();
        changed[place] ^= 1;
        assert!(read(&changed, &card, &issuer).is_err(), "{place}");
    }
    assert_eq!(
        read(&[0x30; 40_000], &card, &issuer).unwrap_err(),
        OcspRefusal::TooLarge
    );
}
