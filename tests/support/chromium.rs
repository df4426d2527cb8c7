//! A real Chromium, which a script of `tests/peers/browser` drives (decision 0003).

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use varco::crypto::certificate::from_pem;
use varco::crypto::encoding::base64;
use varco::crypto::{PublicKey, sha256};

use super::demo::{Demo, target_folder};

/// Where the scripts are.
pub const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/browser");

/// What every script is told: which browser, whom it trusts, where the demo is, where pictures go; and `more`.
pub fn task(demo: &Demo, more: Value) -> Value {
    let addresses = demo.addresses();
    let mut task = json!({
        "browser": "/usr/bin/chromium",
        "spki": key_digest(&demo.ca_file().with_file_name("server.pem")),
        "gateway": addresses.gateway,
        "app": addresses.app,
        "idps": addresses.idps,
        "screenshots": target_folder("screenshots"),
    });
    let Value::Object(more) = more else {
        panic!("an object: {more}");
    };
    task.as_object_mut().unwrap().extend(more);
    task
}

/// By what Chromium knows the key of a server, whose certificate is in this file: it looks for the key in what the server
/// sends, where the authority's certificate is not.
pub fn key_digest(certificate: &Path) -> String {
    let server = std::fs::read(certificate).unwrap();
    let key = PublicKey::from_certificate(&from_pem(&server).unwrap()).unwrap();
    base64(&sha256(key.spki()))
}

/// Runs a script to its end; what it saw.
pub fn drive(script: &str, task: &Value) -> Value {
    let mut node = Command::new("node");
    seen(node.current_dir(SCRIPTS).args([script, &task.to_string()]))
}

/// What a command that runs a script saw.
pub fn seen(command: &mut Command) -> Value {
    let output = command.output().expect("node is there: run `make setup`");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "Chromium or its driver: {stderr}");
    serde_json::from_slice(&output.stdout).unwrap()
}
