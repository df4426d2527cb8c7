//! TLS as browsers and hostile clients meet it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use http::Response;
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::client::conn::http2::SendRequest;
use rustls::{ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use varco::http::router::router;
use varco::server::{Limits, Transport, tls};

use crate::support::edge::{Served, gateway};
use crate::support::wire::{exchange, get};

fn certificate() -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    (made.cert.der().clone(), key)
}

async fn serve(limits: Limits) -> (Served, CertificateDer<'static>) {
    let (certificate, key) = certificate();
    let config = tls::from_der(vec![certificate.clone()], key).unwrap();
    let served = Served::start(router(gateway()), Transport::Tls(config), limits).await;
    (served, certificate)
}

async fn connect(
    server: SocketAddr,
    trusted: &CertificateDer<'static>,
    versions: &[&'static SupportedProtocolVersion],
    protocols: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    let stream = TcpStream::connect(server).await?;
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

#[tokio::test]
async fn both_versions_of_tls_are_spoken_and_alpn_chooses_the_protocol() {
    let (server, certificate) = serve(Limits::default()).await;
    for (version, expected) in [
        (&rustls::version::TLS13, ProtocolVersion::TLSv1_3),
        (&rustls::version::TLS12, ProtocolVersion::TLSv1_2),
    ] {
        let stream = connect(
            server.address,
            &certificate,
            &[version],
            &["h2", "http/1.1"],
        )
        .await;
        let stream = stream.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(expected));
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    }
    let versions = [&rustls::version::TLS13];
    let stream = connect(server.address, &certificate, &versions, &["http/1.1"]).await;
    let mut stream = stream.unwrap();
    stream.write_all(&get("/")).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"));
    server.end().await;
}

/// The portal by HTTP/2, and the connection that it came over.
async fn ask_by_http_2(
    address: SocketAddr,
    certificate: &CertificateDer<'static>,
) -> (
    SendRequest<Empty<Bytes>>,
    JoinHandle<hyper::Result<()>>,
    Response<Incoming>,
) {
    let versions = [&rustls::version::TLS13];
    let stream = connect(address, certificate, &versions, &["h2"]).await;
    let io = hyper_util::rt::TokioIo::new(stream.unwrap());
    let executor = hyper_util::rt::TokioExecutor::new();
    let handshake = hyper::client::conn::http2::handshake(executor, io).await;
    let (mut sender, connection) = handshake.unwrap();
    let running = tokio::spawn(connection);
    let request = http::Request::get("https://localhost/");
    let answer = sender.send_request(request.body(Empty::new()).unwrap());
    let answer = answer.await.unwrap();
    assert_eq!(answer.status(), 200);
    (sender, running, answer)
}

#[tokio::test]
async fn http_2_serves_the_same_pages() {
    let (server, certificate) = serve(Limits::default()).await;
    let (sender, running, answer) = ask_by_http_2(server.address, &certificate).await;
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    drop((sender, answer));
    let _ = running.await;
    server.end().await;
}

#[tokio::test]
async fn an_idle_http2_connection_is_closed() {
    let limits = Limits {
        head: Duration::from_millis(50),
        ..Limits::default()
    };
    let (server, certificate) = serve(limits).await;
    let (sender, running, answer) = ask_by_http_2(server.address, &certificate).await;
    drop(answer);
    // The client answers every ping and keeps its side open: this returns only when the server closes.
    let _ = running.await.unwrap();
    assert!(sender.is_closed());
    server.end().await;
}

#[tokio::test]
async fn a_handshake_that_does_not_come_ends_the_connection() {
    let limits = Limits {
        handshake: Duration::from_millis(50),
        ..Limits::default()
    };
    let (server, _) = serve(limits).await;
    // Returns only when the server closes.
    assert_eq!(exchange(server.address, b"").await, "");
    assert!(
        !exchange(server.address, &get("/"))
            .await
            .contains("HTTP/1.1 200")
    );
    server.end().await;
}

#[test]
fn a_key_that_does_not_fit_the_certificate_is_refused() {
    let (certificate, _) = certificate();
    let (_, other_key) = self::certificate();
    assert!(tls::from_der(vec![certificate], other_key).is_err());
    assert!(tls::from_pem(b"", b"").is_err());
    assert!(tls::from_pem(b"-----BEGIN CERTIFICATE-----\n", b"").is_err());
}
