//! `varco serve` and `varco check` with hosts for cards: the process, its listeners, and what it takes up while it runs.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::time::{Duration, Instant};

use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use varco::crypto::certificate::to_pem;
use varco::crypto::encoding::base64;
use varco::identity::{Clock as _, SystemClock};
use varco::protocol::x509::Certificate;

use crate::support::card::{Computer, TLS_13, server_identity, tell_on};
use crate::support::cards::{BODY, REGION};
use crate::support::configured::Configured;
use crate::support::serving::Serving;
use crate::support::wire::status;

const CNS: &str = r#"[cns]
public_url = "https://carta.example"
listen = "127.0.0.1:0"
certificate = "card.pem"
key = "card.key.pem"

[cns.old_cards]
public_url = "https://vecchia.example"

[cns.proxy]
listen = "unix:cns.sock"
format = "rfc9440"

[cns.trust]
pem = ["anchors"]

[store]"#;

fn write_key(configured: &Configured, key: &PrivateKeyDer<'_>) {
    let text = base64(key.secret_der());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n");
    configured.write("card.key.pem", &pem);
}

/// A configuration with a host of ours, one behind a proxy, and one authority; and what clients of the former trust.
fn configured() -> (Configured, CertificateDer<'static>) {
    let configured = Configured::new();
    let (certificate, key) = server_identity(&["carta.example"]);
    configured.write("card.pem", &to_pem(&certificate));
    write_key(&configured, &key);
    fs::create_dir(configured.path("anchors")).unwrap();
    let region = REGION.certificate(SystemClock.now());
    configured.write("anchors/region.pem", &to_pem(&region));
    configured.change("[store]", CNS);
    (configured, certificate)
}

fn name(der: &[u8]) -> Vec<u8> {
    Certificate::parse(der).unwrap().subject().der().to_vec()
}

/// What the host behind the proxy answers.
fn ask_as_proxy(configured: &Configured, host: &str) -> u16 {
    let mut socket = UnixStream::connect(configured.path("cns.sock")).unwrap();
    write!(
        socket,
        "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    status(&answer)
}

fn signal(serving: &Serving, name: &str) {
    let id = serving.process.id().to_string();
    let told = Command::new("kill").args([name, &id]).status().unwrap();
    assert!(told.success());
}

#[tokio::test]
async fn serve_reads_cards_and_takes_up_other_authorities_without_dropping_anybody() {
    let (configured, trusted) = configured();
    let mut serving = Serving::start(&configured);
    let [cards] = serving.cards[..] else {
        panic!("{:?}", serving.cards);
    };
    let computer = Computer::new(None, &trusted, &[TLS_13]);
    let request = b"GET / HTTP/1.1\r\nHost: carta.example\r\n\r\n";
    let mut open = computer.connect_as(cards, "carta.example").await.unwrap();
    assert_eq!(status(&tell_on(&mut open, request).await), 200);
    let now = SystemClock.now();
    let (region, body) = (REGION.certificate(now), BODY.certificate(now));
    assert_eq!(computer.asked().unwrap().issuers, [name(&region)]);

    // The host for old cards is the proxy's; the other one is not.
    assert_eq!(ask_as_proxy(&configured, "vecchia.example"), 200);
    assert_eq!(ask_as_proxy(&configured, "carta.example"), 421);

    configured.write("anchors/body.pem", &to_pem(&body));
    signal(&serving, "-HUP");
    let deadline = Instant::now() + Duration::from_secs(60);
    while !computer.asked().unwrap().issuers.contains(&name(&body)) {
        assert!(Instant::now() < deadline, "{}", serving.log());
        computer.connect_as(cards, "carta.example").await.unwrap();
    }
    assert_eq!(status(&tell_on(&mut open, request).await), 200);

    signal(&serving, "-TERM");
    assert!(serving.process.wait().unwrap().success());
    assert!(!fs::exists(configured.path("cns.sock")).unwrap());
}

#[test]
fn check_tells_a_certificate_of_the_card_host_that_cannot_be_used() {
    let (configured, _) = configured();
    configured.run(&["check"]).expect(0);
    let (_, other) = server_identity(&["carta.example"]);
    write_key(&configured, &other);
    let ran = configured.run(&["check"]);
    assert!(ran.expect(1).err.contains("card.pem"), "{}", ran.err);

    let key = rcgen::KeyPair::generate().unwrap();
    let mut old = rcgen::CertificateParams::new(["carta.example".to_owned()]).unwrap();
    old.not_before = rcgen::date_time_ymd(2024, 1, 1);
    old.not_after = rcgen::date_time_ymd(2025, 1, 1);
    configured.write("card.pem", &old.self_signed(&key).unwrap().pem());
    configured.write("card.key.pem", &key.serialize_pem());
    let ran = configured.run(&["check"]);
    assert!(ran.expect(1).err.contains("is valid from"), "{}", ran.err);
}
