#![no_main]

use std::sync::LazyLock;

use varco::crypto::PublicKey;

#[allow(dead_code)]
#[path = "../entry.rs"]
mod entry;

/// The key that signed the seeds; the test that writes them writes it too.
static KEYS: LazyLock<Vec<PublicKey>> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/provider.der");
    let spki = std::fs::read(path).expect("the seeds were written");
    vec![PublicKey::from_spki(&spki).expect("it is a key")]
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    entry::verify(data, &KEYS);
});
