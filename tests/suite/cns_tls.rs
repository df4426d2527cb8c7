//! The handshake that a card is shown in: what it proves, what it bounds, and what it leaves to the pages behind.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::routing::get;
use axum::{Extension, Router};
use rustls::{ClientConnection, HandshakeKind, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use varco::http::cns::Peer;
use varco::identity::CardKind;
use varco::login::cns::trust::{Anchor, Anchors, HintPolicy, LiveAnchors};
use varco::protocol::x509::Certificate;
use varco::server::cards::Generation;
use varco::server::{CardTls, Limits, Transport};

use crate::support::card::{Card, Computer, TLS_12, TLS_13, server_identity, tell_on};
use crate::support::edge::Served;
use crate::support::keys;
use crate::support::wire::{self, exchange};

mod waiting;

/// What the handlers behind the listener see of the connection.
async fn shown(Extension(peer): Extension<Peer>) -> String {
    format!(
        "{:?} {} certificates, {}",
        peer.server_name(),
        peer.chain().len(),
        if peer.is_fresh() { "fresh" } else { "stale" }
    )
}

struct CardServer {
    served: Served,
    anchors: LiveAnchors,
    trusted: CertificateDer<'static>,
}

impl CardServer {
    async fn start(cards: Generation) -> Self {
        Self::within(cards, Limits::of_cards(Duration::from_secs(90))).await
    }

    async fn within(cards: Generation, limits: Limits) -> Self {
        let (certificate, key) = server_identity(&["localhost"]);
        let anchors = LiveAnchors::default();
        let identity = (vec![certificate.clone()], key);
        let tls = CardTls::from_der(identity, cards, anchors.clone()).unwrap();
        let router = Router::new().route("/", get(shown));
        let served = Served::start(router, Transport::Cards(tls), limits).await;
        Self {
            served,
            anchors,
            trusted: certificate,
        }
    }

    fn computer(
        &self,
        card: Option<Card>,
        version: &'static rustls::SupportedProtocolVersion,
    ) -> Computer {
        Computer::new(card, &self.trusted, &[version])
    }
}

/// A certificate for the card's RSA key, signed by itself: TLS does not care.
fn certificate(change: impl FnOnce(&mut rcgen::CertificateParams)) -> CertificateDer<'static> {
    let key = rcgen::KeyPair::from_pem(&keys::provider_rsa().to_pem()).unwrap();
    let mut parameters = rcgen::CertificateParams::default();
    change(&mut parameters);
    parameters.self_signed(&key).unwrap().der().clone()
}

fn card() -> Card {
    Card::new(vec![certificate(|_| {})], keys::provider_rsa().pkcs8())
}

fn get_root() -> Vec<u8> {
    wire::get("/")
}

#[tokio::test]
async fn a_card_proves_in_both_versions_that_it_holds_its_key() {
    let server = CardServer::start(Generation::Current).await;
    for version in [TLS_13, TLS_12] {
        let answer = server
            .computer(Some(card()), version)
            .ask(server.served.address, &get_root())
            .await;
        let answer = answer.expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with("Some(\"localhost\") 1 certificates, fresh"));
    }
    server.served.end().await;
}

#[tokio::test]
async fn who_shows_a_certificate_without_its_key_gets_no_answer() {
    let server = CardServer::start(Generation::Current).await;
    let stolen = Card::new(Vec::new(), keys::stranger_rsa().pkcs8()).showing(card().chain);
    for version in [TLS_13, TLS_12] {
        let computer = server.computer(Some(stolen.clone()), version);
        let answer = computer.ask(server.served.address, &get_root()).await;
        assert_eq!(answer, None);
    }
    server.served.end().await;
}

#[tokio::test]
async fn who_shows_no_certificate_reaches_the_pages() {
    let server = CardServer::start(Generation::Current).await;
    for version in [TLS_13, TLS_12] {
        let computer = server.computer(None, version);
        let answer = computer.ask(server.served.address, &get_root()).await;
        assert!(answer.unwrap().ends_with(" 0 certificates, fresh"));
    }
    server.served.end().await;
}

#[tokio::test]
async fn a_certificate_that_no_verifier_takes_still_reaches_the_pages() {
    let odd = certificate(|parameters| {
        let mut unknown = rcgen::CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
        unknown.set_criticality(true);
        parameters.custom_extensions = vec![unknown];
        parameters.not_after = rcgen::date_time_ymd(2001, 1, 1);
        parameters.not_before = rcgen::date_time_ymd(2000, 1, 1);
    });
    let server = CardServer::start(Generation::Current).await;
    for version in [TLS_13, TLS_12] {
        let computer = server.computer(Some(card().showing(vec![odd.clone()])), version);
        let answer = computer.ask(server.served.address, &get_root()).await;
        assert!(answer.unwrap().ends_with(" 1 certificates, fresh"));
    }
    server.served.end().await;
}

#[tokio::test]
async fn signatures_of_pkcs_1_are_asked_for_before_pss() {
    let server = CardServer::start(Generation::Current).await;
    let computer = server.computer(Some(card()), TLS_12);
    computer.connect(server.served.address).await.unwrap();
    let schemes = computer.asked().unwrap().schemes;
    let is_pkcs1 = |scheme: &SignatureScheme| scheme.as_str().unwrap().starts_with("RSA_PKCS1");
    assert!(schemes.iter().take(3).all(is_pkcs1), "{schemes:?}");
    assert!(schemes.contains(&SignatureScheme::RSA_PSS_SHA256));
    server.served.end().await;
}

#[tokio::test]
async fn a_card_without_pss_works_in_tls_1_2_and_fails_in_tls_1_3() {
    let card = card().without_pss();
    for generation in [Generation::Current, Generation::Old] {
        let server = CardServer::start(generation).await;
        let computer = server.computer(Some(card.clone()), TLS_12);
        let answer = computer.ask(server.served.address, &get_root()).await;
        assert!(answer.unwrap().ends_with(" 1 certificates, fresh"));
        server.served.end().await;
    }
    let server = CardServer::start(Generation::Current).await;
    let computer = server.computer(Some(card), TLS_13);
    // Its software finds no signature that it can make, so it shows nothing: browsers say so in an error of their own.
    let answer = computer.ask(server.served.address, &get_root()).await;
    assert!(answer.unwrap().ends_with(" 0 certificates, fresh"));
    server.served.end().await;
}

#[tokio::test]
async fn the_host_for_old_cards_speaks_tls_1_2_only_and_asks_for_no_pss() {
    let server = CardServer::start(Generation::Old).await;
    let new = server.computer(Some(card()), TLS_13);
    assert!(new.connect(server.served.address).await.is_err());
    let both = Computer::new(Some(card()), &server.trusted, &[TLS_13, TLS_12]);
    both.connect(server.served.address).await.unwrap();
    let schemes = both.asked().unwrap().schemes;
    let names: Vec<&str> = schemes
        .iter()
        .filter_map(|scheme| scheme.as_str())
        .collect();
    assert!(names.iter().all(|name| !name.contains("PSS")), "{names:?}");
    for needed in [
        "RSA_PKCS1_SHA256",
        "RSA_PKCS1_SHA384",
        "RSA_PKCS1_SHA512",
        "ECDSA_NISTP256_SHA256",
    ] {
        assert!(names.contains(&needed), "{needed} in {names:?}");
    }
    server.served.end().await;
}

#[tokio::test]
async fn nothing_is_resumed_and_http_2_is_not_spoken() {
    for generation in [Generation::Current, Generation::Old] {
        let server = CardServer::start(generation).await;
        for version in [TLS_13, TLS_12] {
            if generation == Generation::Old && version.version == TLS_13.version {
                continue;
            }
            // The same client again, with whatever it was given to remember: tickets, session ids.
            let computer = server.computer(Some(card()), version);
            for _ in 0..3 {
                let mut stream = computer.connect(server.served.address).await.unwrap();
                tell_on(&mut stream, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
                let (_, connection) = stream.get_ref();
                assert_eq!(connection.handshake_kind(), Some(HandshakeKind::Full));
                assert_eq!(connection.alpn_protocol(), Some(&b"http/1.1"[..]));
                assert_eq!(connection.tls13_tickets_received(), 0);
            }
        }
        server.served.end().await;
    }
}

#[tokio::test]
async fn a_chain_of_two_hundred_and_a_certificate_of_a_megabyte_are_refused() {
    let server = CardServer::start(Generation::Current).await;
    let small = certificate(|_| {});
    let bulky = |bytes: usize| {
        certificate(|parameters| {
            let content = vec![0; bytes];
            let extension = rcgen::CustomExtension::from_oid_content(&[1, 2, 3, 4], content);
            parameters.custom_extensions = vec![extension];
        })
    };
    let many = vec![small.clone(); 200];
    for (chain, what) in [
        (vec![small.clone(); 5], "five"),
        (many, "two hundred"),
        (vec![bulky(9 * 1024)], "nine kilobytes"),
        (vec![small.clone(), bulky(9 * 1024)], "nine kilobytes above"),
        (vec![bulky(1024 * 1024)], "a megabyte"),
    ] {
        for version in [TLS_13, TLS_12] {
            let computer = server.computer(Some(card().showing(chain.clone())), version);
            let answer = computer.ask(server.served.address, &get_root()).await;
            assert_eq!(answer, None, "{what}");
        }
    }
    let four = card().showing(vec![small; 4]);
    let computer = server.computer(Some(four), TLS_13);
    let answer = computer.ask(server.served.address, &get_root()).await;
    assert!(answer.unwrap().ends_with(" 4 certificates, fresh"));
    server.served.end().await;
}

/// Authorities of these names.
fn issuers(names: &[&str]) -> Vec<Anchor> {
    let anchor = |name: &&str| {
        let der = certificate(|parameters| {
            parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
            let subject = &mut parameters.distinguished_name;
            subject.push(rcgen::DnType::CommonName, *name);
        });
        let certificate = Certificate::parse(&der).unwrap();
        let (provider, service) = ("Ente".to_owned(), "CNS".to_owned());
        Anchor::new(certificate, provider, service, CardKind::Health, false)
    };
    names.iter().map(anchor).collect()
}

fn names(issuers: &[Anchor]) -> Vec<Vec<u8>> {
    let names = issuers
        .iter()
        .map(|issuer| issuer.certificate().subject().der().to_vec());
    names.collect()
}

#[tokio::test]
async fn other_issuers_are_named_from_one_moment_on_and_no_connection_is_dropped() {
    let server = CardServer::start(Generation::Current).await;
    let (first, second) = (
        issuers(&["Regione Esempio"]),
        issuers(&["Ordine Esempio", "Regione Prova"]),
    );
    let put_in_force = |issuers: &[Anchor]| {
        let anchors = Anchors::new(issuers.to_vec()).hinting(HintPolicy::Names);
        server.anchors.replace(anchors.unwrap());
    };
    put_in_force(&first);
    let computer = server.computer(Some(card()), TLS_13);
    let mut open = computer.connect(server.served.address).await.unwrap();
    assert_eq!(computer.asked().unwrap().issuers, names(&first));
    put_in_force(&second);
    let request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assert!(
        tell_on(&mut open, request)
            .await
            .starts_with("HTTP/1.1 200")
    );
    computer.connect(server.served.address).await.unwrap();
    assert_eq!(computer.asked().unwrap().issuers, names(&second));
    // A set that names nobody lets browsers offer whatever they have.
    server.anchors.replace(Anchors::new(first));
    computer.connect(server.served.address).await.unwrap();
    assert!(computer.asked().unwrap().issuers.is_empty());
    assert!(
        tell_on(&mut open, request)
            .await
            .starts_with("HTTP/1.1 200")
    );
    drop(open);
    server.served.end().await;
}
