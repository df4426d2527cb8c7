//! A mail server that is not ours (aiosmtpd), as a process.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

/// Debian's Python, which has Debian's aiosmtpd.
const PYTHON: &str = "/usr/bin/python3";

pub struct MailServer {
    pub port: u16,
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    /// It ends when this does.
    _stdin: ChildStdin,
}

impl MailServer {
    /// A server that says who it is by nothing.
    pub fn plain() -> Self {
        Self::start(&["plain"])
    }

    /// A server with TLS (`tls` from the first byte or `starttls`), a certificate, and one user.
    pub fn with_tls(mode: &str, certificate: &str, key: &str, user: &str, password: &str) -> Self {
        Self::start(&[mode, certificate, key, user, password])
    }

    fn start(arguments: &[&str]) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/smtp/server.py");
        let mut child = Command::new(PYTHON)
            .arg(script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Debian's Python: run `scripts/setup test`");
        let stdin = child.stdin.take().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next().expect("the server starts").unwrap();
        Self {
            port: port.parse().unwrap(),
            child,
            lines,
            _stdin: stdin,
        }
    }

    /// The next message that it took.
    pub fn taken(&mut self) -> Value {
        let line = self.lines.next().expect("a message").unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
