//! `varco serve` in a process of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use super::configured::Configured;

pub struct Serving {
    pub process: Child,
    /// Where people and applications are served.
    pub people: SocketAddr,
    /// Where health and metrics are.
    pub platform: SocketAddr,
    /// Where cards are shown.
    pub cards: Vec<SocketAddr>,
    log: String,
}

impl Serving {
    pub fn start(configured: &Configured) -> Self {
        Self::try_start(configured).expect("it serves")
    }

    /// `None` when it ended before it served: somebody else has its port, for example.
    pub fn try_start(configured: &Configured) -> Option<Self> {
        let log = configured.path("log.jsonl");
        let mut process = Command::new(env!("CARGO_BIN_EXE_varco"))
            .args(["serve", "--config", &configured.path("varco.toml")])
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = process.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        if line.is_empty() {
            process.wait().unwrap();
            return None;
        }
        // "ORIGIN on ADDRESS; health and metrics on http://ADDRESS", and then "; cards at ORIGIN on ADDRESS" for each
        let mut addresses = line.trim().split(" on ").skip(1).map(|part| {
            let address = part.split(';').next().unwrap();
            address.trim_start_matches("http://").parse().unwrap()
        });
        Some(Self {
            people: addresses.next().unwrap(),
            platform: addresses.next().unwrap(),
            cards: addresses.collect(),
            process,
            log,
        })
    }

    /// Everything it logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// The most memory it ever had in use, in kB.
    pub fn peak_memory(&self) -> u64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let value = line.unwrap().split_whitespace().nth(1).unwrap();
        value.parse().unwrap()
    }

    pub fn get(address: SocketAddr, path: &str) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:18080\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // A test that failed must not leave a server behind.
        let _ = self.process.kill();
    }
}
