//! What a whole login with a smart card costs the gateway in CPU time, from `/login/cns` to the session and with the TLS
//! handshake that the card signs, beside such a handshake alone: at most twice as much.
//!
//! The login is three requests, the card's path, profile and revocation, the hand-over, the audit log on a real disk and the
//! session, and each is somebody else's with a card of theirs. The card host is a listener, asked through TLS 1.3 on a
//! connection of its own each; the bare handshake is rustls with its own verifier of certificates behind the same kind of
//! socket, asked by the same client with such cards, and the server closes after it. The main host's two requests go
//! through the real router, as in `benches/login.rs`: what its sockets cost, as its own handshake, is no part of a card's
//! login. Logins run step by step, many at once as at a front door. Batches take turns, so that what else runs on the
//! machine meets both alike; of each the best counts.

#![allow(
    clippy::allow_attributes,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops where it cannot measure"
)]

use std::cell::RefCell;
use std::fs;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::Request;
use http::header::{COOKIE, HOST, HeaderName, LOCATION, SET_COOKIE};
use rcgen::{
    CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue,
    ExtendedKeyUsagePurpose, Issuer, KeyPair, KeyUsagePurpose, SerialNumber, date_time_ymd,
};
use rustls::crypto::CryptoProvider;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio_rustls::{TlsAcceptor, TlsConnector};
use tower::ServiceExt as _;
use url::{Position, Url};
use varco::config::{self, Config, Ports};
use varco::crypto::SystemRandom;
use varco::demo::cns::ISSUERS;
use varco::demo::{Options, start};
use varco::http::cns::Entrance;
use varco::identity::{FiscalCode, SystemClock};
use varco::server::cards::Generation;
use varco::server::{CardTls, Limits, Listener, ShutdownTrigger, Transport};

/// Logins of a batch.
const LOGINS: u32 = 400;
/// How many are under way at once.
const AT_ONCE: usize = 50;
const BATCHES: usize = 5;
const LIMIT: f64 = 2.0;

fn main() -> ExitCode {
    let data = tempfile::tempdir().expect("a folder");
    let site = Site::start(data.path());
    let bare = bare(data.path());
    let client = Client::new(data.path());
    // Once for nothing: caches, lazy tables, the database's first pages.
    client.logins(&site);
    client.handshakes(bare);
    let (mut login, mut handshake) = ([f64::INFINITY; 3], f64::INFINITY);
    for _ in 0..BATCHES {
        let batch = client.logins(&site);
        if sum(&batch) < sum(&login) {
            login = batch;
        }
        handshake = client.handshakes(bare).min(handshake);
    }
    let ratio = sum(&login) / handshake;
    println!("CPU time of the server, TLS 1.3, RSA-2048 card, best of {BATCHES} x {LOGINS}:");
    for (step, micros) in STEPS.into_iter().zip(login) {
        println!("  {step:<37}{micros:>8.1} us");
    }
    println!(
        "  {:<37}{:>8.1} us",
        "a whole login with a card",
        sum(&login)
    );
    println!(
        "  {:<37}{handshake:>8.1} us",
        "a bare mutual handshake of rustls"
    );
    println!("ratio {ratio:.2} (limit {LIMIT:.1})");
    if ratio <= LIMIT {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// A login's steps, in order.
const STEPS: [&str; 3] = [
    "/login/cns: the ticket",
    "/card: handshake, card and code",
    "/login/cns/done: the session",
];

fn sum(steps: &[f64; 3]) -> f64 {
    steps.iter().sum()
}

fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

fn anywhere() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// What a TLS server of the demo shows: its key is an ECDSA key, as advised.
fn server_identity(data: &Path) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let certificate = CertificateDer::from_pem_file(data.join("server.pem"));
    let key = PrivateKeyDer::from_pem_file(data.join("server.key.pem"));
    (
        vec![certificate.expect("a certificate")],
        key.expect("a key"),
    )
}

/// The gateway as the demo configures it: its main host, and its card host, on one thread.
struct Site {
    main: Router,
    thread: Handle,
    cards: SocketAddr,
    /// The card host as browsers call it.
    card_host: String,
    _running: ShutdownTrigger,
}

impl Site {
    fn start(data: &Path) -> Self {
        let options = Options::at(data);
        let card_host = runtime().block_on(async {
            let demo = start(&options).await.expect("the demo starts");
            let host = demo.addresses().cards.clone();
            demo.stop().await;
            host
        });
        let origin = Url::parse(&card_host).expect("an origin");
        let identity = server_identity(data);
        let file = data.join("varco.toml");
        let (tell, told) = channel();
        let (trigger, shutdown) = ShutdownTrigger::new();
        thread::spawn(move || {
            runtime().block_on(async move {
                let config = Config::load(&file).expect("a valid configuration");
                let ports = Ports {
                    clock: Arc::new(SystemClock),
                    random: Arc::new(SystemRandom),
                };
                let mut built = config::build(&config, ports).expect("a gateway");
                let mut keeper = built.revocation.take().expect("logins with a card");
                keeper.begin(&built.gateway).await;
                let tls = CardTls::from_der(identity, Generation::Current, built.anchors);
                let (tls, gateway) = (tls.expect("TLS"), built.gateway);
                let cards = Listener::bind(anywhere(), Transport::Cards(tls)).await;
                let limits = Limits::of_cards(Duration::from_secs(90));
                let cards = cards.expect("a socket").within(limits);
                let router = varco::http::router::router(gateway.clone());
                tell.send((router, Handle::current(), cards.address()))
                    .expect("a reader");
                let router = varco::http::cns::router(gateway, Entrance::Tls(origin));
                cards.serve(router, shutdown).await;
            });
        });
        let (main, thread, cards) = told.recv().expect("a server");
        let card_host = card_host.trim_start_matches("https://").to_owned();
        Self {
            main,
            thread,
            cards,
            card_host,
            _running: trigger,
        }
    }

    /// What the main host answers to requests that come at once, in their order.
    fn answers(&self, requests: Vec<Request<Body>>) -> Vec<Response> {
        let (tell, told) = channel();
        let router = self.main.clone();
        self.thread.spawn(async move {
            let asked: Vec<_> = requests
                .into_iter()
                .map(|request| tokio::spawn(router.clone().oneshot(request)))
                .collect();
            let mut answers = Vec::with_capacity(asked.len());
            for answer in asked {
                answers.push(answer.await.expect("an end").expect("an answer"));
            }
            tell.send(answers).expect("a reader");
        });
        told.recv().expect("answers")
    }
}

/// A server that does nothing but handshakes in which a client shows a certificate. Without tickets, as the card host.
fn bare(data: &Path) -> SocketAddr {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    let anchor = data.join("cns/anchors/regione-esempio.pem");
    let anchor = CertificateDer::from_pem_file(anchor).expect("an anchor");
    roots.add(anchor).expect("an anchor");
    let roots = Arc::new(roots);
    let verifier = WebPkiClientVerifier::builder_with_provider(roots, Arc::clone(&provider));
    let (chain, key) = server_identity(data);
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("TLS")
        .with_client_cert_verifier(verifier.build().expect("a verifier"))
        .with_single_cert(chain, key)
        .expect("an identity");
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (tell, told) = channel();
    thread::spawn(move || {
        runtime().block_on(async move {
            let listener = TcpListener::bind(anywhere()).await.expect("a socket");
            let address = listener.local_addr().expect("an address");
            tell.send(address).expect("a reader");
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let mut stream = acceptor.accept(stream).await.expect("a handshake");
                    // A client that has gone already has had its handshake.
                    let _ = stream.shutdown().await;
                });
            }
        });
    });
    told.recv().expect("a server")
}

/// People with cards of the demo's first authority. They come on the main thread, whose time does not count.
struct Client {
    runtime: Runtime,
    /// Of each person, what their computer does with their card.
    computers: Vec<TlsConnector>,
    next: AtomicUsize,
}

/// Cards of one authority for as many people, all with one key: making keys takes long and its time does not matter here.
fn cards(data: &Path, key: &KeyPair) -> impl Iterator<Item = CertificateDer<'static>> {
    let name = |parts: &[(DnType, &str)]| {
        let mut name = DistinguishedName::new();
        for (kind, value) in parts {
            name.push(kind.clone(), DnValue::Utf8String((*value).to_owned()));
        }
        name
    };
    let [issuer, ..] = ISSUERS;
    let authority_key = data.join(format!("cns/issuers/{}.key.pem", issuer.slug));
    let authority_key = fs::read_to_string(authority_key).expect("the authority's key");
    let authority_key = KeyPair::from_pem(&authority_key).expect("a key");
    let mut authority = CertificateParams::default();
    authority.distinguished_name = name(&[
        (DnType::CountryName, "IT"),
        (DnType::OrganizationName, issuer.operator),
        (DnType::OrganizationalUnitName, "Servizi di Certificazione"),
        (DnType::CommonName, issuer.name),
    ]);
    let authority = Issuer::new(authority, authority_key);
    (0..).map(move |number: usize| {
        let mut card = CertificateParams::default();
        let common_name = format!(
            "{}/6120010000000001.{}=",
            fiscal_code(number),
            "A".repeat(27)
        );
        card.distinguished_name = name(&[
            (DnType::CountryName, "IT"),
            (DnType::OrganizationalUnitName, issuer.administration),
            (DnType::CommonName, &common_name),
        ]);
        card.not_before = date_time_ymd(2026, 1, 1);
        card.not_after = date_time_ymd(2040, 1, 1);
        card.serial_number = Some(SerialNumber::from(
            u64::try_from(number).expect("small") + 2,
        ));
        card.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        card.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let policies = CustomExtension::from_oid_content(&[2, 5, 29, 32], CNS_POLICY.to_vec());
        card.custom_extensions = vec![policies];
        let signed = card.signed_by(key, &authority).expect("a card");
        signed.der().clone()
    })
}

/// `certificatePolicies` with the policy of the CNS, 1.3.76.16.2.1.
const CNS_POLICY: [u8; 11] = [
    0x30, 0x09, 0x30, 0x07, 0x06, 0x05, 0x2b, 0x4c, 0x10, 0x02, 0x01,
];

/// The code of nobody in particular, another for each number.
fn fiscal_code(number: usize) -> String {
    let letter = |place: u32| {
        char::from(b'A' + u8::try_from(number / 26_usize.pow(place) % 26).expect("a letter"))
    };
    let letters: String = (0..6).map(letter).collect();
    ('A'..='Z')
        .map(|check| format!("{letters}85C55F205{check}"))
        .find(|code| FiscalCode::parse(code).is_ok())
        .expect("a check letter")
}

impl Client {
    fn new(data: &Path) -> Self {
        let provider: Arc<CryptoProvider> = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        let authority = CertificateDer::from_pem_file(data.join("ca.pem")).expect("a CA");
        roots.add(authority).expect("a CA");
        let roots = Arc::new(roots);
        let key = fs::read_to_string(data.join("cns/cards/anna.key.pem")).expect("a key");
        let key = KeyPair::from_pem(&key).expect("a key");
        let people = 2 * (BATCHES + 1) * usize::try_from(LOGINS).expect("a few hundred");
        let computer = |card: CertificateDer<'static>| {
            let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
            let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
                .with_protocol_versions(&[&rustls::version::TLS13])
                .expect("TLS")
                .with_root_certificates(Arc::clone(&roots))
                .with_client_auth_cert(vec![card], key)
                .expect("a card");
            TlsConnector::from(Arc::new(config))
        };
        Self {
            runtime: runtime(),
            computers: cards(data, &key).take(people).map(computer).collect(),
            next: AtomicUsize::new(0),
        }
    }

    /// The computer of somebody who did not come yet, as long as there is one.
    fn somebody(&self) -> &TlsConnector {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        let computers = &self.computers;
        computers.get(next % computers.len()).expect("a computer")
    }

    /// What each step of a login costs, in microseconds.
    fn logins(&self, site: &Site) -> [f64; 3] {
        let ask = |path: &str, cookie: &str| {
            let request = Request::get(path).header(HOST, "gateway");
            let request = request.header(COOKIE, cookie).body(Body::empty());
            request.expect("a request")
        };
        let asked = (0..LOGINS).map(|_| ask("/login/cns", "a=b")).collect();
        let (start, answers) = measured(|| site.answers(asked));
        let begun: Vec<_> = answers.iter().map(begun).collect();

        let (card, backs) = measured(|| {
            self.at_once(&begun, async |(cookie, ticket)| {
                let (path, query) = (ticket.path(), ticket.query().unwrap_or_default());
                let host = &site.card_host;
                let request = format!("GET {path}?{query} HTTP/1.1\r\nHost: {host}\r\n\r\n");
                let mut card = connect(self.somebody(), site.cards).await;
                let shown = exchange(&mut card, &request).await;
                let back = Url::parse(header(&shown, "location: "));
                (cookie, back.expect("an address"))
            })
        });

        let asked = backs.iter();
        let asked = asked.map(|(cookie, back)| ask(&back[Position::BeforePath..], cookie));
        let asked = asked.collect();
        let (done, answers) = measured(|| site.answers(asked));
        for answer in answers {
            let cookies = answer.headers().get_all(SET_COOKIE).iter();
            let mut cookies = cookies.filter_map(|cookie| cookie.to_str().ok());
            assert!(
                cookies.any(|cookie| cookie.starts_with("__Host-varco=")),
                "{answer:?}"
            );
        }
        [start, card, done]
    }

    /// What a bare handshake costs, in microseconds.
    fn handshakes(&self, address: SocketAddr) -> f64 {
        let everybody = vec![(); usize::try_from(LOGINS).expect("a few hundred")];
        let (micros, _) = measured(|| {
            self.at_once(&everybody, async |()| {
                let mut stream = connect(self.somebody(), address).await;
                let mut end = Vec::new();
                stream.read_to_end(&mut end).await.expect("the end");
            })
        });
        micros
    }

    /// Does something for each of many, `AT_ONCE` of them at any moment. Gives what it came to, in no order.
    fn at_once<'a, T, R>(&self, all: &'a [T], work: impl AsyncFn(&'a T) -> R) -> Vec<R> {
        let (left, done) = (RefCell::new(all.iter()), RefCell::new(Vec::new()));
        let worker = async || {
            while let Some(one) = next(&left) {
                let came_to = work(one).await;
                done.borrow_mut().push(came_to);
            }
        };
        let workers = (0..AT_ONCE).map(|_| Box::pin(worker())).collect();
        self.runtime.block_on(join_all(workers));
        done.into_inner()
    }
}

/// The next that nobody has taken. A function, so that the loan ends before anybody waits.
fn next<'a, T>(left: &RefCell<std::slice::Iter<'a, T>>) -> Option<&'a T> {
    left.borrow_mut().next()
}

/// Waits for all: they take turns on this thread.
async fn join_all(mut waiting: Vec<Pin<Box<impl Future<Output = ()>>>>) {
    poll_fn(|context| {
        waiting.retain_mut(|one| one.as_mut().poll(context).is_pending());
        if waiting.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// The cookie of a browser that was sent to the card host, and where it was sent.
fn begun(answer: &Response) -> (String, Url) {
    let text = |name: HeaderName| {
        let value = answer.headers().get(&name);
        let value = value.unwrap_or_else(|| panic!("no {name} in {answer:?}"));
        value.to_str().expect("a text")
    };
    let cookie = text(SET_COOKIE).split(';').next().unwrap_or_default();
    let ticket = Url::parse(text(LOCATION)).expect("an address");
    (cookie.to_owned(), ticket)
}

/// CPU time of every thread but this one while something is done for `LOGINS` people, for each of them in microseconds; and
/// what it came to.
fn measured<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let before = others_cpu_time();
    let done = work();
    ((others_cpu_time() - before) / f64::from(LOGINS), done)
}

async fn connect(
    computer: &TlsConnector,
    address: SocketAddr,
) -> tokio_rustls::client::TlsStream<TcpStream> {
    let stream = TcpStream::connect(address).await.expect("a connection");
    let name = ServerName::try_from("localhost").expect("a name");
    computer.connect(name, stream).await.expect("a handshake")
}

/// CPU time of all threads of this process but this one so far, in microseconds.
fn others_cpu_time() -> f64 {
    let own = fs::read_link("/proc/thread-self").expect("Linux");
    let own = own.file_name().map(ToOwned::to_owned);
    let threads = fs::read_dir("/proc/self/task").expect("Linux");
    threads
        .filter_map(Result::ok)
        .filter(|thread| Some(thread.file_name()) != own)
        .filter_map(|thread| fs::read_to_string(thread.path().join("schedstat")).ok())
        .filter_map(|line| line.split_whitespace().next()?.parse::<f64>().ok())
        .sum::<f64>()
        / 1000.0
}

/// Sends a request and reads the answer, whose body is as long as it says.
async fn exchange(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), request: &str) -> String {
    stream
        .write_all(request.as_bytes())
        .await
        .expect("a request");
    // TLS may have taken the request without having sent it.
    stream.flush().await.expect("a request");
    let mut answer = Vec::new();
    loop {
        let read = stream.read_buf(&mut answer).await.expect("an answer");
        let text = String::from_utf8_lossy(&answer);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |length| length.parse().expect("a length"));
            if body.len() >= length {
                return text.into_owned();
            }
        }
        assert!(read > 0, "the server closed: {text}");
    }
}

fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    let mut lines = answer.lines();
    let found = lines.find_map(|line| line.strip_prefix(name));
    found.unwrap_or_else(|| panic!("no {name} in {answer}"))
}
