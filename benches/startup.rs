//! How fast `varco serve` gives its first answer on keys that exist, and how much memory it holds when idle: both
//! beside their limits.

#![allow(
    clippy::allow_attributes,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops where it cannot measure"
)]

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread::park_timeout;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use varco::demo::fetch::Fetch;
use varco::demo::{Options, start};

const LONGEST_START: Duration = Duration::from_millis(50);
const MOST_MEMORY: u64 = 40 * 1024;
/// The best of so many starts: what else runs on the machine only ever adds.
const STARTS: usize = 5;

struct Gateway {
    origin: String,
    child: Child,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn main() -> ExitCode {
    let runtime = Runtime::new().expect("a runtime");
    let data = tempfile::tempdir().expect("a folder");
    let options = Options::at(data.path());
    // A demo leaves keys, metadata and a configuration that `varco serve` takes.
    let (origin, fetch) = runtime.block_on(async {
        let demo = start(&options).await.expect("the demo starts");
        let origin = demo.addresses().gateway.clone();
        let fetch = Fetch::new(demo.authority()).expect("a client");
        demo.stop().await;
        (origin, fetch)
    });
    let mut best = Duration::MAX;
    let mut memory = 0;
    for _ in 0..STARTS {
        let begun = Instant::now();
        let gateway = serve(&data.path().join("varco.toml"), &origin);
        wait_for_port(&gateway, begun);
        let url = format!("{}/.well-known/openid-configuration", gateway.origin);
        let (parts, _) = runtime
            .block_on(fetch.send(http::Request::get(&url), String::new()))
            .expect("an answer");
        assert!(parts.status.is_success(), "{}", parts.status);
        best = best.min(begun.elapsed());
        // Whatever start-up leaves to be done in the background gets the time for it.
        park_timeout(Duration::from_secs(1));
        memory = memory.max(resident_kilobytes(gateway.child.id()));
    }
    let milliseconds = best.as_secs_f64() * 1000.0;
    println!(
        "first discovery answer after {milliseconds:.1} ms, the best of {STARTS} starts (limit {} ms)",
        LONGEST_START.as_millis()
    );
    println!(
        "idle memory {:.1} MB (limit {} MB)",
        memory as f64 / 1024.0,
        MOST_MEMORY / 1024
    );
    if best <= LONGEST_START && memory < MOST_MEMORY {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn serve(configuration: &Path, origin: &str) -> Gateway {
    let child = Command::new(env!("CARGO_BIN_EXE_varco"))
        .args(["serve", "--config"])
        .arg(configuration)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("varco starts");
    Gateway {
        origin: origin.to_owned(),
        child,
    }
}

/// Knocks every millisecond until somebody opens.
fn wait_for_port(gateway: &Gateway, begun: Instant) {
    let port = gateway.origin.rsplit(':').next().expect("a port");
    while TcpStream::connect(format!("127.0.0.1:{port}")).is_err() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "varco serve does not answer"
        );
        park_timeout(Duration::from_millis(1));
    }
}

fn resident_kilobytes(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok())
        .expect("VmRSS")
}
