//! nginx as it comes from Debian, with the configuration of `deploy/`, in front of the hosts where cards are shown: TLS ends
//! there, and the certificate comes by a header over a Unix socket.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Child;

use rustls::HandshakeKind;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use url::Url;
use varco::crypto::certificate::to_pem;
use varco::crypto::encoding::base64;
use varco::http::cns::{CardProxy, CertificateHeader, Entrance, router};
use varco::server::{LocalListener, ShutdownTrigger};

use crate::support::card::{Card, Computer, TLS_12, TLS_13, server_identity, tell};
use crate::support::card_stand::{CARD_HOST, CardStand, good_card, location};
use crate::support::proxy::{await_readiness, free_address, nginx};
use crate::support::wire::status;

const HOST: &str = "carta.login.example";
const OLD_HOST: &str = "vecchia.login.example";

/// The gateway behind a Unix socket, and nginx before it.
struct Front {
    stand: CardStand,
    current: SocketAddr,
    old: SocketAddr,
    trusted: CertificateDer<'static>,
    process: Child,
    trigger: ShutdownTrigger,
    serving: JoinHandle<()>,
    folder: TempDir,
}

impl Drop for Front {
    fn drop(&mut self) {
        // A test that failed must not leave a server behind.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn key_pem(key: &PrivateKeyDer<'_>) -> String {
    let text = base64(key.secret_der());
    format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
}

impl Front {
    async fn start() -> Self {
        let stand = CardStand::start(Vec::new()).await;
        let folder = TempDir::new().unwrap();
        let place = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let (trusted, key) = server_identity(&[HOST, OLD_HOST]);
        fs::write(place("carta.pem"), to_pem(&trusted)).unwrap();
        fs::write(place("carta.key.pem"), key_pem(&key)).unwrap();

        let socket = place("cns.sock");
        let listener = LocalListener::bind(Path::new(&socket)).await.unwrap();
        let entrance = Entrance::Proxy(CardProxy {
            origins: vec![
                Url::parse(CARD_HOST).unwrap(),
                Url::parse(&format!("https://{OLD_HOST}:8445")).unwrap(),
            ],
            header: CertificateHeader::nginx(),
            secret_sha256: None,
        });
        let (trigger, shutdown) = ShutdownTrigger::new();
        let cards = router(stand.here.gateway.clone(), entrance);
        let serving = tokio::spawn(listener.serve(cards, shutdown));

        let (current, old) = (free_address(), free_address());
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/nginx/cns.conf");
        let mut site = fs::read_to_string(file).unwrap();
        for (sample, ours) in [
            ("listen 443 ssl", format!("listen {current} ssl")),
            ("listen 8445 ssl", format!("listen {old} ssl")),
            ("carta.istituto.example", HOST.to_owned()),
            ("carta-tls12.istituto.example", OLD_HOST.to_owned()),
            ("/etc/nginx/tls/carta.pem", place("carta.pem")),
            ("/etc/nginx/tls/carta.key.pem", place("carta.key.pem")),
            ("/run/varco/cns.sock", socket),
        ] {
            assert!(site.contains(sample), "{sample}");
            site = site.replace(sample, &ours);
        }
        let mut process = nginx(folder.path(), &site);
        await_readiness(&mut process);
        Self {
            stand,
            current,
            old,
            trusted,
            process,
            trigger,
            serving,
            folder,
        }
    }

    fn computer(&self, card: Option<Card>) -> Computer {
        Computer::new(card, &self.trusted, &[TLS_13, TLS_12])
    }

    /// Sends a request to nginx on a connection of its own.
    async fn send(
        &self,
        computer: &Computer,
        (server, name): (SocketAddr, &str),
        request: &str,
    ) -> String {
        let mut stream = computer.connect_as(server, name).await.unwrap();
        tell(&mut stream, request.as_bytes())
            .await
            .expect("an answer")
    }

    /// Where a login ends whose card is shown to nginx, with these headers of the browser's own.
    async fn log_in(&self, computer: &Computer, is_old: bool, more: &str) -> String {
        let mut browser = self.stand.here.browser();
        let sent = browser.open("/login/cns").await.location();
        let target = &sent[url::Position::BeforePath..];
        let (server, host) = match is_old {
            false => ((self.current, HOST), HOST.to_owned()),
            true => ((self.old, OLD_HOST), format!("{OLD_HOST}:8445")),
        };
        let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n");
        let answer = self.send(computer, server, &request).await;
        let back = location(&answer).unwrap_or_else(|| panic!("a redirect, not {answer}"));
        let page = browser.open(back.as_str()).await;
        page.url.path().to_owned()
    }

    async fn end(mut self) {
        let _ = self.process.kill();
        self.trigger.call();
        (&mut self.serving).await.unwrap();
        assert!(!self.folder.path().join("cns.sock").exists());
    }
}

#[tokio::test]
async fn a_card_logs_in_behind_nginx_and_a_wrong_one_gets_its_page() {
    let front = Front::start().await;
    let (card, _) = good_card();
    let good = front.computer(Some(card.clone()));
    assert_eq!(front.log_in(&good, false, "").await, "/");
    // No PSS: TLS 1.2 at the host for old cards.
    let old = front.computer(Some(card.clone().without_pss()));
    assert_eq!(front.log_in(&old, true, "").await, "/");
    let made = |change: fn(&mut rcgen::CertificateParams)| {
        let mut parameters = rcgen::CertificateParams::default();
        change(&mut parameters);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = parameters.self_signed(&key).unwrap().der().clone();
        Some(Card::new(vec![certificate], &key.serialize_der()))
    };
    let expired = made(|parameters| {
        parameters.not_before = rcgen::date_time_ymd(2000, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(2001, 1, 1);
    });
    for wrong in [None, made(|_| {}), expired] {
        let page = front.log_in(&front.computer(wrong), false, "").await;
        assert!(page.starts_with("/login/cns/refused/"), "{page}");
    }
    front.end().await;
}

#[tokio::test]
async fn headers_of_a_browser_do_not_get_through_nginx() {
    let front = Front::start().await;
    let certificate = good_card().0.chain[0].clone();
    let pem = to_pem(&certificate)
        .replace('\n', "%0A")
        .replace(' ', "%20");
    let sequence = format!(":{}:", base64(&certificate));
    let nobody = front.computer(None);
    for (name, value) in [
        ("X-SSL-Client-Cert", &pem),
        ("X_SSL_Client_Cert", &pem),
        ("x-ssl-client-cert", &pem),
        ("Client-Cert", &sequence),
        ("Client_Cert", &sequence),
    ] {
        let page = front
            .log_in(&nobody, false, &format!("{name}: {value}\r\n"))
            .await;
        assert!(page.starts_with("/login/cns/refused/"), "{name}: {page}");
    }
    front.end().await;
}

#[tokio::test]
async fn nginx_resumes_nothing_and_takes_no_other_host() {
    let front = Front::start().await;
    for version in [TLS_13, TLS_12] {
        let computer = Computer::new(Some(good_card().0), &front.trusted, &[version]);
        for _ in 0..3 {
            let mut stream = computer.connect_as(front.current, HOST).await.unwrap();
            let request = format!("GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n");
            // It ends the connection by itself: each login shakes hands anew.
            let answer = tell(&mut stream, request.as_bytes()).await.unwrap();
            assert_eq!(status(&answer), 200);
            let (_, connection) = stream.get_ref();
            assert_eq!(connection.handshake_kind(), Some(HandshakeKind::Full));
        }
    }
    let computer = front.computer(Some(good_card().0));
    for (name, host) in [(HOST, "login.example"), (HOST, OLD_HOST), (OLD_HOST, HOST)] {
        let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let answer = front.send(&computer, (front.current, name), &request).await;
        assert_eq!(status(&answer), 421, "{name} {host}");
    }
    front.end().await;
}

#[tokio::test]
async fn the_socket_is_for_its_owner_and_its_group_and_replaces_only_a_dead_one() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("cns.sock");
    // What a process that was killed leaves behind.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let listener = LocalListener::bind(&path).await.unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
    let other = LocalListener::bind(&path).await.err().unwrap();
    assert_eq!(other.kind(), std::io::ErrorKind::AddrInUse);
    drop(listener);
    assert!(!path.exists());
    fs::write(&path, "somebody's file").unwrap();
    assert!(LocalListener::bind(&path).await.is_err());
    assert_eq!(fs::read_to_string(&path).unwrap(), "somebody's file");
}
