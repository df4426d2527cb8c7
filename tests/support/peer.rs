//! Programs of others that judge ours, as `make setup` brings them.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Runs a script of the peer; gives what it printed.
pub fn openid_client(script: &str, authority: Option<&Path>, arguments: &Value) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/openid-client");
    assert!(
        folder.join("node_modules/openid-client").is_dir(),
        "openid-client is not installed: run `make setup`"
    );
    let mut node = Command::new("node");
    node.arg(folder.join(script)).arg(arguments.to_string());
    if let Some(authority) = authority {
        node.env("NODE_EXTRA_CA_CERTS", authority);
    }
    let output = node.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}
