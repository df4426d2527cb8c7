//! Programs that people have, with a smart card: SoftHSM plays the card, and the program asks it through PKCS #11 for the
//! signature of the handshake.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use http::{HeaderMap, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use url::Url;
use varco::demo::citizen::{Citizen, Page};
use varco::demo::cns::{PIN, Tokens};

use super::demo::Demo;

/// Which version of TLS a client speaks and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    Tls12,
    Tls13,
}

impl Version {
    pub const BOTH: [Self; 2] = [Self::Tls12, Self::Tls13];
}

/// Who has the reader: SoftHSM's files do not bear programs that open them at once.
static READER: Mutex<()> = Mutex::new(());

/// Seconds after which a client that hangs is ended, and the test with it.
const PATIENCE: &str = "60";

fn program(name: &str) -> Command {
    let mut command = Command::new("timeout");
    command.args([PATIENCE, name]);
    command
}

fn object(card: &str, kind: &str) -> String {
    format!("pkcs11:token={card};object={card};type={kind}?pin-value={PIN}")
}

/// `curl`, with its cookies and perhaps a card in the reader.
pub struct Curl {
    place: TempDir,
    authority: PathBuf,
    card: Option<(Tokens, PathBuf, &'static str)>,
    version: Option<Version>,
}

/// What `curl` came to: a page, or why not.
pub type Fetched = Result<Page, String>;

impl Curl {
    /// Without a card.
    pub fn new(demo: &Demo) -> Self {
        Self {
            place: TempDir::new().unwrap(),
            authority: demo.ca_file().clone(),
            card: None,
            version: None,
        }
    }

    /// With the token of a card.
    pub fn with_card(mut self, tokens: &Tokens, card: &'static str) -> Self {
        self.card = Some((tokens.clone(), tokens.configuration.clone(), card));
        self
    }

    /// With the token of a card, which is an old one.
    pub fn with_old_card(mut self, tokens: &Tokens, card: &'static str) -> Self {
        self.card = Some((tokens.clone(), tokens.old_configuration.clone(), card));
        self
    }

    /// In one version of TLS only.
    pub fn speaking(mut self, version: Version) -> Self {
        self.version = Some(version);
        self
    }

    /// Opens an address and follows where it leads.
    pub fn open(&self, address: &str) -> Fetched {
        let jar = self.place.path().join("cookies");
        let body = self.place.path().join("body");
        let mut curl = program("curl");
        curl.args(["--silent", "--show-error", "--location", "--noproxy", "*"])
            .args([
                "--max-redirs",
                "20",
                "--write-out",
                "%{http_code} %{url_effective}",
            ])
            .arg("--cacert")
            .arg(&self.authority)
            .arg("--cookie")
            .arg(&jar)
            .arg("--cookie-jar")
            .arg(&jar)
            .arg("--output")
            .arg(&body);
        curl.args(match self.version {
            Some(Version::Tls12) => &["--tlsv1.2", "--tls-max", "1.2"][..],
            Some(Version::Tls13) => &["--tlsv1.3"],
            None => &[],
        });
        if let Some((tokens, configuration, card)) = &self.card {
            curl.env("SOFTHSM2_CONF", configuration)
                .env("PKCS11_MODULE_PATH", &tokens.module)
                .args([
                    "--engine",
                    "pkcs11",
                    "--cert-type",
                    "ENG",
                    "--key-type",
                    "ENG",
                ])
                .args(["--cert", &object(card, "cert")])
                .args(["--key", &object(card, "private")]);
        }
        let reader = self.card.as_ref().map(|_| READER.lock());
        let output = curl.arg(address).output().unwrap();
        drop(reader);
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{}: {said}", output.status));
        }
        let seen = String::from_utf8(output.stdout).unwrap();
        let (status, url) = seen.split_once(' ').unwrap();
        Ok(Page {
            url: Url::parse(url).unwrap(),
            status: StatusCode::from_bytes(status.as_bytes()).unwrap(),
            headers: HeaderMap::new(),
            body: std::fs::read_to_string(&body).unwrap_or_default(),
        })
    }

    /// The claims that the sample application was told of whoever has these cookies.
    pub fn told(&self, demo: &Demo) -> Value {
        let page = self
            .open(&format!("{}/session.json", demo.addresses().app))
            .unwrap();
        let session: Value = serde_json::from_str(&page.body).unwrap();
        session["claims"].clone()
    }
}

/// The address on a card host that a login of this browser leads to, not yet asked for.
pub async fn card_address(demo: &Demo, citizen: &mut Citizen, old: bool) -> Url {
    let addresses = demo.addresses();
    let host = if old {
        &addresses.old_cards
    } else {
        &addresses.cards
    };
    let choice = if old { "?card=old" } else { "" };
    let mut next = Url::parse(&format!("{}/login/cns{choice}", addresses.gateway)).unwrap();
    for _ in 0..5 {
        let page = citizen.step(None, http::Method::GET, &next, None).await;
        let page = page.unwrap();
        next = page.redirect().unwrap_or_else(|| panic!("{}", page.body));
        if next.as_str().starts_with(host.as_str()) {
            return next;
        }
    }
    panic!("the way to the card host has no end: {next}");
}

/// Asks for an address once with `gnutls-cli`, which signs with a token.
pub fn gnutls(demo: &Demo, tokens: &Tokens, card: &str, version: Version, url: &Url) -> String {
    let mut command = program("gnutls-cli");
    command
        .env("SOFTHSM2_CONF", &tokens.configuration)
        .env("GNUTLS_PIN", PIN)
        .arg("--provider")
        .arg(&tokens.module)
        .arg("--x509cafile")
        .arg(demo.ca_file())
        .args([
            "--sni-hostname",
            "localhost",
            "--verify-hostname",
            "localhost",
        ])
        .args(["--x509certfile", &object(card, "cert")])
        .args(["--x509keyfile", &object(card, "private")])
        .args([
            "--priority",
            &format!(
                "NORMAL:-VERS-ALL:+VERS-{}",
                match version {
                    Version::Tls12 => "TLS1.2",
                    Version::Tls13 => "TLS1.3",
                }
            ),
        ])
        .args(["--port", &url.port().unwrap().to_string(), "127.0.0.1"]);
    let _reader = READER.lock();
    ask(command, url)
}

/// Asks for an address once with `openssl s_client`, with a certificate and a key of files.
pub fn openssl(
    demo: &Demo,
    (certificate, key): (&Path, &Path),
    version: Version,
    url: &Url,
) -> String {
    let mut command = program("openssl");
    command
        .args([
            "s_client",
            "-quiet",
            "-verify_return_error",
            "-servername",
            "localhost",
        ])
        .arg("-CAfile")
        .arg(demo.ca_file())
        .arg("-cert")
        .arg(certificate)
        .arg("-key")
        .arg(key)
        .arg(match version {
            Version::Tls12 => "-tls1_2",
            Version::Tls13 => "-tls1_3",
        })
        .args(["-connect", &format!("127.0.0.1:{}", url.port().unwrap())]);
    ask(command, url)
}

/// Writes a request to a program that is a connection, and gives what came back.
fn ask(mut command: Command, url: &Url) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let query = url.query().unwrap_or_default();
    let (path, host) = (url.path(), url.host_str().unwrap());
    let port = url.port().unwrap();
    // Kept open until the server has closed: the program would end with its input.
    let mut input = child.stdin.take().unwrap();
    let head =
        format!("GET {path}?{query} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n");
    // A handshake that failed shows in the output.
    let _ = input.write_all(head.as_bytes());
    let output = child.wait_with_output().unwrap();
    drop(input);
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&said).into_owned()
}
