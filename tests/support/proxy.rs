//! A real nginx or Caddy in front of an application, with the configuration of `deploy/`: only addresses, files and the
//! secret are filled in.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use axum::Router;
use http::HeaderMap;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::ServerName;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use varco::crypto::encoding::hex;
use varco::crypto::sha256;
use varco::identity::AssuranceLevel;
use varco::server::{Limits, Transport};

use super::demo::Demo;
use super::edge::Served;

const SECRET: &str = "a-secret-between-proxy-and-gateway";
/// What the application's page begins with.
pub const PAGE: &str = "Pagina dell'applicazione";

/// A program that stands in front.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Program {
    Nginx,
    Caddy,
}

/// The federation, an application that shows what it received, and a proxy in front of it.
pub struct Front {
    pub demo: Demo,
    /// Where browsers find the application.
    pub origin: String,
    address: SocketAddr,
    process: Child,
    _application: Served,
    _folder: TempDir,
}

impl Drop for Front {
    fn drop(&mut self) {
        // A test that failed must not leave a server behind.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Front {
    pub fn start(program: Program) -> Self {
        let address = free_address();
        let origin = format!("https://{address}");
        let kind = format!("{program:?}").to_lowercase();
        let hash = hex(&sha256(SECRET.as_bytes()));
        let configuration = format!(
            r#"
            [[forward_auth.proxy]]
            kind = "{kind}"
            secret_sha256 = "{hash}"
            addresses = ["127.0.0.1"]

            [[forward_auth.route]]
            origin = "{origin}"
            path = "/"
            service = "dis-coll"

            [[forward_auth.route]]
            origin = "{origin}"
            path = "/pensione"
            service = "domanda-di-pensione"
            methods = {{ GET = "request" }}
            release = ["fiscal_number", "given_name"]

            [[forward_auth.route]]
            origin = "{origin}"
            path = "/aziende"
            service = "servizi-aziende"
            "#
        );
        let demo = Demo::configured(AssuranceLevel::Substantial, Vec::new(), &configuration);
        let echo = Router::new().fallback(show);
        let application = demo.block_on(Served::start(
            echo,
            Transport::DangerPlain,
            Limits::default(),
        ));
        let folder = TempDir::new().unwrap();
        let sample = Sample {
            demo: &demo,
            address,
            application: application.address,
            folder: folder.path(),
        };
        let mut process = match program {
            Program::Nginx => sample.nginx(),
            Program::Caddy => sample.caddy(),
        };
        await_readiness(&mut process);
        Self {
            demo,
            origin,
            address,
            process,
            _application: application,
            _folder: folder,
        }
    }

    /// Sends a request as it is written and gives the whole answer.
    pub async fn say(&self, request: &str) -> String {
        let mut roots = RootCertStore::empty();
        roots.add(self.demo.authority().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(self.address).await.unwrap();
        let name = ServerName::from(self.address.ip());
        let connector = TlsConnector::from(Arc::new(config));
        let mut stream = connector.connect(name, stream).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // Some servers close without saying so in TLS.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Host and port, as they stand in requests.
    pub fn host(&self) -> String {
        self.address.to_string()
    }
}

/// Nobody else is given it between now and the proxy's start, short of bad luck: the system hands out others first.
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

async fn show(headers: HeaderMap) -> String {
    let lines = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        format!("\n{name}: {value}")
    });
    format!("{PAGE}{}", lines.collect::<String>())
}

/// nginx with this site, its files in a folder.
pub fn nginx(folder: &Path, site: &str) -> Child {
    let place = folder.to_str().unwrap();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|name| format!("{name}_temp_path {place}/{name};\n"))
        .collect();
    let whole = format!(
        "daemon off; master_process off; pid {place}/nginx.pid; error_log stderr notice;\n\
         events {{}}\nhttp {{\naccess_log off;\n{temporary}{site}\n}}\n"
    );
    let file = folder.join("nginx.conf");
    fs::write(&file, whole).unwrap();
    let program = ["/usr/sbin/nginx", "nginx"]
        .into_iter()
        .find(|program| Path::new(program).exists())
        .unwrap_or("nginx");
    run(Command::new(program)
        .args(["-p", place, "-e", "stderr", "-c"])
        .arg(file))
}

/// Reads what the program says until it serves, and leaves the rest unread.
pub fn await_readiness(process: &mut Child) {
    let mut said = BufReader::new(process.stderr.take().unwrap());
    let mut all = String::new();
    loop {
        let begun = all.len();
        assert!(said.read_line(&mut all).unwrap() > 0, "it ended:\n{all}");
        let line = &all[begun..];
        if line.contains("using the \"epoll\"") || line.contains("serving initial configuration") {
            break;
        }
    }
    // Its pipe must not fill up.
    std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
}

struct Sample<'a> {
    demo: &'a Demo,
    address: SocketAddr,
    application: SocketAddr,
    folder: &'a Path,
}

impl Sample<'_> {
    /// A file of `deploy/` with everything of this place in it.
    fn filled(&self, path: &str, more: &[(&str, String)]) -> String {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("deploy")
            .join(path);
        let mut text = fs::read_to_string(file).unwrap();
        let mut fill = |sample: &str, ours: &str| {
            assert!(text.contains(sample), "deploy/{path} has no {sample}");
            text = text.replace(sample, ours);
        };
        let gateway = self.demo.addresses().gateway.trim_start_matches("https://");
        for (sample, ours) in more {
            fill(sample, ours);
        }
        fill(
            "https://pratiche.istituto.example",
            &format!("https://{}", self.address),
        );
        fill("127.0.0.1:8080", &self.application.to_string());
        if path.starts_with("nginx") {
            let port = gateway.rsplit(':').next().unwrap();
            // By number: `localhost` has a second address, where nobody listens.
            fill(
                "server accesso.istituto.example:443",
                &format!("server 127.0.0.1:{port}"),
            );
            fill("accesso.istituto.example", "localhost");
            fill("the-secret", SECRET);
        } else {
            fill("accesso.istituto.example", gateway);
        }
        text
    }

    fn path(&self, name: &str) -> String {
        self.demo.file(name).to_str().unwrap().to_owned()
    }

    fn nginx(&self) -> Child {
        let site = self.filled(
            "nginx/varco.conf",
            &[
                ("listen 443 ssl", format!("listen {} ssl", self.address)),
                ("/etc/nginx/tls/pratiche.pem", self.path("server.pem")),
                (
                    "/etc/nginx/tls/pratiche.key.pem",
                    self.path("server.key.pem"),
                ),
                ("/etc/ssl/certs/ca-certificates.crt", self.path("ca.pem")),
            ],
        );
        nginx(self.folder, &site)
    }

    fn caddy(&self) -> Child {
        let tls = format!(
            "tls {} {}",
            self.path("server.pem"),
            self.path("server.key.pem")
        );
        let sample = "# tls /etc/caddy/pratiche.pem /etc/caddy/pratiche.key.pem";
        let site = self.filled("caddy/Caddyfile", &[(sample, tls)]);
        let whole = format!("{{\nadmin off\nauto_https off\ndefault_sni 127.0.0.1\n}}\n{site}");
        let file = self.folder.join("Caddyfile");
        fs::write(&file, whole).unwrap();
        run(Command::new("caddy")
            .args(["run", "--adapter", "caddyfile", "--config"])
            .arg(file)
            .env("VARCO_PROXY_SECRET", SECRET)
            .env("SSL_CERT_FILE", self.path("ca.pem"))
            .env("HOME", self.folder)
            .env("XDG_DATA_HOME", self.folder)
            .env("XDG_CONFIG_HOME", self.folder))
    }
}

fn run(command: &mut Command) -> Child {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    command
        .stderr(Stdio::piped())
        .spawn()
        .expect("run `make setup`")
}
