//! `xmlsec1` as the judge of lists.

use std::process::{Command, Stdio};

/// Whether `xmlsec1` finds the signature good, with the key of this certificate and no other. It takes the ids of properties
/// and lists for ids, as other programs do.
pub fn xmlsec1(text: &str, certificate: &[u8]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let (list, key) = (
        folder.path().join("list.xml"),
        folder.path().join("key.der"),
    );
    std::fs::write(&list, text).unwrap();
    std::fs::write(&key, certificate).unwrap();
    Command::new("xmlsec1")
        .arg("--verify")
        .args(["--enabled-key-data", "key-name"])
        .arg("--pubkey-cert-der")
        .arg(&key)
        .args([
            "--id-attr:Id",
            "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
        ])
        .args([
            "--id-attr:Id",
            "http://uri.etsi.org/02231/v2#:TrustServiceStatusList",
        ])
        .arg(&list)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("xmlsec1 is installed")
        .success()
}
