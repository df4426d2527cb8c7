#![no_main]

use std::sync::LazyLock;

use varco::protocol::federation::{EntityId, TrustAnchor};
use varco::protocol::jose::{JwkRules, JwkSet};

#[allow(dead_code)]
#[path = "../entry.rs"]
mod entry;

/// The chain of the seeds: the test that writes them writes the anchor's keys and the time too.
static GENUINE: LazyLock<(Vec<String>, TrustAnchor, i64)> = LazyLock::new(|| {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/chain");
    let read = |name: &str| {
        let path = format!("{folder}/{name}");
        std::fs::read_to_string(path).expect("the seeds were written")
    };
    let keys = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/anchor.jwks")).expect("keys");
    let anchor = TrustAnchor {
        id: EntityId::parse("https://registry.federation.example.it").expect("a name"),
        keys: JwkSet::parse_as(JwkRules::Federation, &keys).expect("keys"),
    };
    let statements: Vec<String> = read("genuine").lines().map(str::to_owned).collect();
    let time = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/chain.time"));
    let now = time.expect("a time").trim().parse().expect("seconds");
    (statements, anchor, now)
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let (genuine, anchor, now) = &*GENUINE;
    entry::chain(data, genuine, anchor, *now);
});
