//! OpenID Federation against npm `@openid-federation/core`, an implementation that shares nothing with ours.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

mod chains;
mod mutated;
mod policy;
mod providers;
pub mod refused;
pub mod variants;

pub use mutated::write_seeds;

/// Has a script of the peer judge cases; gives its verdicts, one a case.
fn judged(script: &str, cases: &Value) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/openid-federation");
    assert!(
        folder.join("node_modules/@openid-federation").is_dir(),
        "@openid-federation/core is not installed: run `make setup`"
    );
    let mut node = Command::new("node")
        .arg(folder.join(script))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = node.stdin.take().unwrap();
    input.write_all(cases.to_string().as_bytes()).unwrap();
    drop(input);
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success());
    let verdicts: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(verdicts.len(), cases.as_array().unwrap().len());
    verdicts
}
