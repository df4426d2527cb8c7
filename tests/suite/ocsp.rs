//! Responders: what is asked of them, and which of their answers are believed. OpenSSL answers and judges.

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

/// An installation without lists, whose authority has its responder on this server.
fn house(issuer: &CardIssuer, server: &HttpServer, timeout: Duration) -> CardRevocation {
    let url = server.url("/");
    let host = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let allowed = Addresses::new(Vec::new(), [host]);
    let rules = Rules {
        origins: Vec::new(),
        authorities: Authorities::System,
        networks: vec!["127.0.0.0/8".parse().unwrap()],
        plain_http: true,
        danger_allow_http_on_loopback: false,
        connect_timeout: Duration::from_secs(5),
        timeout,
        max_bytes: 40_000,
        at_once: 4,
    };
    let trusted = vec![Arc::clone(&issuer.certificate)];
    let settings = RevocationSettings {
        refresh: RefreshSettings {
            addresses: Vec::new(),
            allowed: Addresses::none(),
            every: Duration::from_secs(3600),
            rules: rules.clone(),
            folder: None,
            kept: None,
        },
        grace: Duration::ZERO,
        responders: Some(ResponderSettings { allowed, rules }),
    };
    let trust = Arc::new(move || trusted.clone());
    CardRevocation::new(settings, trust, Arc::new(SystemRandom)).0
}

/// The nonce of a question: the last 32 bytes of it.
fn nonce_of(question: &Received) -> Vec<u8> {
    question.body[question.body.len() - 32..].to_vec()
}

fn card_of(issuer: &CardIssuer, serial: u64, server: &HttpServer) -> Certificate {
    let address = server.url("/ocsp").to_string();
    let says = Says {
        ocsp: &[&address],
        ..Says::default()
    };
    issuer.issue(serial, &says).0
}

fn answering(
    server: &HttpServer,
    issuer: &CardIssuer,
    change: impl Fn(&mut Form) + Send + Sync + 'static,
) {
    let (form, key) = (
        Form::of(issuer, 9),
        SigningKey::from_pkcs8(issuer.key.pkcs8()).unwrap(),
    );
    server.answer(move |question| {
        let mut form = form.clone();
        form.nonce = Some(nonce_of(question));
        change(&mut form);
        Reply::of(200, "application/ocsp-response", form.signed_by(&key))
    });
}

#[tokio::test]
async fn a_responder_is_asked_where_no_list_can_tell_and_its_answer_is_kept_for_minutes() {
    let server = HttpServer::start(|_| Reply::of(404, "text/html", ""));
    let issuer = authority();
    let card = card_of(&issuer, 9, &server);
    let house = house(&issuer, &server, Duration::from_secs(20));
    answering(&server, &issuer, |_| {});
    let status = async |minutes| {
        let at = now() + TimeDelta::minutes(minutes);
        house.status(&card, &issuer.certificate, at).await
    };
    assert_eq!(status(0).await, Revocation::Good);
    let asked = server.received();
    assert_eq!(asked[0].line, "POST /ocsp HTTP/1.1");
    assert_eq!(
        asked[0].header("content-type"),
        Some("application/ocsp-request")
    );
    assert_eq!(status(4).await, Revocation::Good);
    assert_eq!(server.received().len(), 1);
    answering(&server, &issuer, |form| form.status = revoked());
    assert_eq!(status(5).await, Revocation::Revoked);
    answering(&server, &issuer, |_| {});
    assert_eq!(status(10).await, Revocation::Revoked);
    assert_eq!(server.received().len(), 2);
    // No nonce is used twice.
    let asked = server.received();
    assert_ne!(nonce_of(&asked[0]), nonce_of(&asked[1]));
}

#[tokio::test]
async fn an_answer_that_proves_nothing_leaves_the_card_unknown_and_the_responder_in_peace() {
    let issuer = authority();
    let stranger = card_key();
    let stale: fn(&mut Form) = |form| form.next_update = Some(now());
    let unknown: fn(&mut Form) = |form| form.status = tlv(0x82, []);
    let other: fn(&mut Form) = |form| form.nonce = Some(vec![1; 32]);
    for change in [stale, unknown, other] {
        let server = HttpServer::start(|_| Reply::of(404, "text/html", ""));
        let card = card_of(&issuer, 9, &server);
        let house = house(&issuer, &server, Duration::from_secs(20));
        answering(&server, &issuer, change);
        for _ in 0..2 {
            let status = house.status(&card, &issuer.certificate, now()).await;
            assert_eq!(status, Revocation::Unknown);
        }
        assert_eq!(server.received().len(), 1);
    }
    let forged = Form::of(&issuer, 9).signed_by(&stranger);
    for reply in [
        Reply::of(200, "application/ocsp-response", forged),
        Reply::of(200, "text/html", "<html>"),
        Reply::of(503, "text/html", ""),
        Reply::with(302, &[("location", "http://127.0.0.1/")], ""),
        Reply::Stall(Vec::new()),
    ] {
        let server = HttpServer::start(move |_| reply.clone());
        let card = card_of(&issuer, 9, &server);
        let house = house(&issuer, &server, Duration::from_millis(300));
        let status = house.status(&card, &issuer.certificate, now()).await;
        assert_eq!(status, Revocation::Unknown);
    }
}

#[tokio::test]
async fn a_responder_on_a_host_that_nobody_named_is_not_asked() {
    let (named, other) = (
        HttpServer::start(|_| Reply::of(404, "text/html", "")),
        HttpServer::start(|_| Reply::of(404, "text/html", "")),
    );
    let issuer = authority();
    let card = card_of(&issuer, 9, &other);
    let house = house(&issuer, &named, Duration::from_secs(20));
    let status = house.status(&card, &issuer.certificate, now()).await;
    assert_eq!(status, Revocation::Unknown);
    assert!(other.received().is_empty());
}

fn openssl(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "{arguments:?}: {text}");
    text
}

fn pem(folder: &Path, name: &str, label: &str, der: &[u8]) {
    let text = format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        encoding::base64(der)
    );
    std::fs::write(folder.join(name), text).unwrap();
}

#[test]
fn openssl_answers_our_questions_and_we_read_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let issuer = authority();
    let says = Says {
        purposes: vec![ExtendedKeyUsagePurpose::OcspSigning],
        ..Says::default()
    };
    let (responder, key) = issuer.issue(2, &says);
    pem(folder, "ca.pem", "CERTIFICATE", issuer.certificate.der());
    pem(folder, "ca.key", "PRIVATE KEY", issuer.key.pkcs8());
    pem(folder, "r.pem", "CERTIFICATE", responder.der());
    pem(folder, "r.key", "PRIVATE KEY", key.pkcs8());
    // Good, revoked, and one that the index does not have.
    std::fs::write(
        folder.join("index.txt"),
        "V\t400101000000Z\t\t0099\tunknown\t/CN=a\nR\t400101000000Z\t261101000000Z\t0A\tunknown\t/CN=b\n",
    )
    .unwrap();
    // Its clock is this machine's.
    let now = SystemClock.now();
    for (serial, told) in [
        (0x99, OcspStatus::Good),
        (0x0a, OcspStatus::Revoked),
        (0x0b, OcspStatus::Unknown),
    ] {
        let card = issuer.card(serial, &[]);
        let question = OcspQuestion::new(&card, &issuer.certificate, NONCE);
        std::fs::write(folder.join("q.der"), question.to_der()).unwrap();
        let said = openssl(
            folder,
            &["ocsp", "-reqin", "q.der", "-req_text", "-noverify"],
        );
        assert!(said.contains("OCSP Nonce"), "{said}");
        for (certificate, key) in [("r.pem", "r.key"), ("ca.pem", "ca.key")] {
            openssl(
                folder,
                &[
                    "ocsp",
                    "-index",
                    "index.txt",
                    "-CA",
                    "ca.pem",
                    "-rsigner",
                    certificate,
                    "-rkey",
                    key,
                    "-reqin",
                    "q.der",
                    "-respout",
                    "a.der",
                    "-ndays",
                    "1",
                ],
            );
            let answer = std::fs::read(folder.join("a.der")).unwrap();
            let answer = OcspAnswer::read(&answer, &question, now).unwrap();
            assert_eq!(answer.status(), told);
            assert!(answer.is_fresh(now));
            assert_eq!(answer.delegate().is_some(), certificate == "r.pem");
        }
    }
}

#[test]
fn openssl_believes_the_answers_of_our_tests() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let issuer = authority();
    let card = issuer.card(0x99, &[]);
    pem(folder, "ca.pem", "CERTIFICATE", issuer.certificate.der());
    pem(folder, "card.pem", "CERTIFICATE", card.der());
    let at = SystemClock.now();
    let mut form = Form::of(&issuer, 0x99);
    form.this_update = at - TimeDelta::minutes(1);
    form.next_update = Some(at + TimeDelta::hours(1));
    form.nonce = None;
    std::fs::write(folder.join("a.der"), form.signed_by(&issuer.key)).unwrap();
    let said = openssl(
        folder,
        &[
            "ocsp",
            "-respin",
            "a.der",
            "-issuer",
            "ca.pem",
            "-cert",
            "card.pem",
            "-CAfile",
            "ca.pem",
            "-no_nonce",
        ],
    );
    assert!(
        said.contains("Response verify OK") && said.contains("card.pem: good"),
        "{said}"
    );
}
