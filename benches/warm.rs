//! What a proxy's question and the portal page cost with a session that is there, beside an empty handler of the same
//! server: at most twice as much.
//!
//! CPU time of the serving thread alone, over a real socket with a connection that is kept, in plain HTTP: TLS would cost
//! all three the same and hide what they differ in. The rounds take turns, so that what else runs on the machine meets all
//! alike; of each the best counts.

#![allow(
    clippy::allow_attributes,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops where it cannot measure"
)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;

use axum::Router;
use axum::routing::get;
use tokio::runtime::{Builder, Runtime};
use varco::config::{self, Config, Ports};
use varco::crypto::encoding::hex;
use varco::crypto::{SystemRandom, sha256};
use varco::demo::{Options, start};
use varco::http::state::Gateway;
use varco::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationEvent, AuthenticationMethod,
    AuthenticationProof, Clock as _, EvidenceId, FiscalCode, Person, PersonKey, SystemClock,
    VerifiedIdentity,
};
use varco::server::{Listener, ShutdownTrigger, Transport};
use varco::session::Origin;

/// Requests of one round.
const REQUESTS: u32 = 2000;
const ROUNDS: usize = 7;
const LIMIT: f64 = 2.0;
const SITE: &str = "https://app.bench.example";
const SECRET: &str = "a secret for the benchmark";

/// A login that no provider made: what it leads to is measured here, not itself.
struct BenchProof(Person, AuthenticationEvent);

impl AuthenticationProof for BenchProof {
    fn into_parts(self) -> (Person, AuthenticationEvent) {
        (self.0, self.1)
    }
}

fn main() -> ExitCode {
    let data = tempfile::tempdir().expect("a folder");
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let gateway = gateway(&runtime, data.path());
    let cookies = runtime.block_on(session(&gateway));
    let server = Server::start(gateway);
    let ask = |path: &str, headers: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: gateway\r\nCookie: {cookies}\r\n{headers}\r\n")
    };
    let proxy = format!(
        "X-Varco-Proxy: {SECRET}\r\nX-Original-Method: GET\r\nX-Original-URL: {SITE}/page?a=b\r\n\
         Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\nAccept-Language: it-IT,it;q=0.8\r\n"
    );
    let targets = [
        ("an empty handler", ask("/empty", &proxy), "HTTP/1.1 200"),
        (
            "/forward-auth, permitted",
            ask("/forward-auth", &proxy),
            "x-varco-decision: permit",
        ),
        ("the portal page", ask("/", &proxy), "text/html"),
    ];
    let mut best = [f64::INFINITY; 3];
    for _ in 0..ROUNDS {
        for ((_, request, expected), best) in targets.iter().zip(&mut best) {
            *best = server.measure(request, expected).min(*best);
        }
    }
    let [empty, ..] = best;
    println!(
        "CPU time of the server for one request, kept connection, best of {ROUNDS} x {REQUESTS}:"
    );
    let mut kept = true;
    for ((name, ..), micros) in targets.iter().zip(best) {
        let ratio = micros / empty;
        kept &= ratio <= LIMIT;
        println!("  {name:<28} {micros:>8.1} us   ratio {ratio:.2} (limit {LIMIT:.1})");
    }
    if kept {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// A gateway as the demo configures it, with a site behind a proxy.
fn gateway(runtime: &Runtime, data: &Path) -> Gateway {
    let hash = hex(&sha256(SECRET.as_bytes()));
    let options = Options {
        further_configuration: format!(
            r#"
            [[forward_auth.proxy]]
            kind = "nginx"
            secret_sha256 = "{hash}"
            addresses = ["127.0.0.1"]

            [[forward_auth.route]]
            origin = "{SITE}"
            path = "/"
            service = "dis-coll"
            release = ["fiscal_number", "given_name", "family_name"]
            "#
        ),
        ..Options::at(data)
    };
    runtime.block_on(async {
        let demo = start(&options).await.expect("the demo starts");
        demo.stop().await;
    });
    let config = Config::load(&data.join("varco.toml")).expect("a valid configuration");
    let ports = Ports {
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    };
    config::build(&config, ports).expect("a gateway").gateway
}

/// Logs somebody in, and gives the cookies of the gateway and of the site.
async fn session(gateway: &Gateway) -> String {
    let now = SystemClock.now();
    let code = FiscalCode::parse("PRVNNA85C55F205D").expect("a fiscal code");
    let mut person = Person::new(PersonKey::FiscalCode(code));
    person.given_name = Some("Anna".to_owned().into());
    person.family_name = Some("Provetti".to_owned().into());
    let event = AuthenticationEvent {
        method: AuthenticationMethod::Spid,
        provider: "https://idp.example".to_owned(),
        level: AchievedAssurance(AssuranceLevel::High),
        at: now,
        evidence: EvidenceId("bench".to_owned()),
        saml: None,
        card: None,
    };
    let identity = VerifiedIdentity::from_proof(BenchProof(person, event));
    let sessions = gateway.sessions();
    let established = sessions.establish(None, identity, Origin::default(), now);
    let id = established.await.expect("a session").id;
    let lent = sessions.lend(id.handle(), SITE, now).await;
    let key = lent.expect("a store").expect("a session");
    format!(
        "__Host-varco={}; __Host-varco-app={}",
        id.cookie_value(),
        key.cookie_value()
    )
}

/// The gateway and the empty handler, behind one listener with a thread of its own.
struct Server {
    address: SocketAddr,
    /// Where the kernel tells the CPU time of its thread.
    schedstat: String,
    _running: ShutdownTrigger,
}

impl Server {
    fn start(gateway: Gateway) -> Self {
        let (tell, told) = channel();
        let (trigger, shutdown) = ShutdownTrigger::new();
        thread::spawn(move || {
            let runtime = Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async move {
                let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
                let listener = Listener::bind(anywhere, Transport::DangerPlain);
                let listener = listener.await.expect("a socket");
                let thread = fs::read_link("/proc/thread-self").expect("Linux");
                tell.send((listener.address(), thread)).expect("a reader");
                let empty = Router::new().route("/empty", get(async || ()));
                let router = varco::http::router::router(gateway).merge(empty);
                listener.serve(router, shutdown).await;
            });
        });
        let (address, thread) = told.recv().expect("a server");
        Self {
            address,
            schedstat: format!("/proc/{}/schedstat", thread.display()),
            _running: trigger,
        }
    }

    /// CPU time of the serving thread so far, in microseconds.
    fn cpu_time(&self) -> f64 {
        let line = fs::read_to_string(&self.schedstat).expect("Linux");
        let nanoseconds = line.split_whitespace().next().expect("a number");
        nanoseconds.parse::<f64>().expect("a number") / 1000.0
    }

    /// What one request costs, in microseconds.
    fn measure(&self, request: &str, expected: &str) -> f64 {
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_nodelay(true).expect("a connection");
        let mut buffer = vec![0; 256 * 1024];
        let mut exchange = || {
            stream.write_all(request.as_bytes()).expect("a request");
            read_answer(&mut stream, &mut buffer)
        };
        // Once for nothing: caches, and the answer must be the right one.
        let answer = exchange();
        assert!(answer.contains(expected), "{answer}");
        let before = self.cpu_time();
        for _ in 0..REQUESTS {
            exchange();
        }
        (self.cpu_time() - before) / f64::from(REQUESTS)
    }
}

/// Reads one answer with a length, and gives it.
fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) -> String {
    let mut filled = 0;
    loop {
        let rest = buffer.get_mut(filled..).expect("an answer that fits");
        let read = stream.read(rest).expect("an answer");
        assert!(read > 0, "the server closed");
        filled += read;
        let so_far = buffer.get(..filled).unwrap_or_default();
        let Some(end) = so_far.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(so_far.get(..end).unwrap_or_default()).into_owned();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse::<usize>().expect("a length"));
        if filled >= end + 4 + length {
            return head;
        }
    }
}
