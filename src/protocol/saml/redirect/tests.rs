//! Signed queries: what is signed is what came, and what it inflates to is bounded.

use std::sync::LazyLock;

use super::*;
use crate::crypto::{KeyKind, SigningKey};

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(KeyKind::P256).unwrap());

fn query(relay_state: Option<&str>) -> String {
    let url = redirect_url(
        "https://idp.example/sso",
        MessageKind::Request,
        "<a>è/+=</a>",
        relay_state,
        SignatureAlgorithm::EcdsaSha256,
        &*KEY,
    )
    .unwrap();
    url.split_once('?').unwrap().1.to_owned()
}

fn verifies(query: &str) -> bool {
    RedirectQuery::parse(query).is_ok_and(|query| query.verify(&[KEY.public_key().clone()]).is_ok())
}

#[test]
fn a_signed_query_reads_back_and_verifies() {
    let raw = query(Some("relay state/+"));
    let read = RedirectQuery::parse(&raw).unwrap();
    assert_eq!(read.kind(), MessageKind::Request);
    assert_eq!(read.relay_state(), Some("relay state/+"));
    assert_eq!(read.inflate().as_deref(), Ok("<a>è/+=</a>"));
    assert!(verifies(&raw));
    assert!(verifies(&query(None)));
}

#[test]
fn the_order_of_a_sent_query_is_the_order_that_is_signed_and_escapes_are_upper_case() {
    let raw = query(Some("r/s"));
    let names: Vec<&str> = raw
        .split('&')
        .map(|pair| pair.split_once('=').unwrap().0)
        .collect();
    assert_eq!(names, ["SAMLRequest", "RelayState", "SigAlg", "Signature"]);
    assert!(raw.contains("RelayState=r%2Fs"));
    assert!(raw.contains("SigAlg=http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23ecdsa"));
}

#[test]
fn an_address_that_has_a_query_keeps_it() {
    let url = redirect_url(
        "https://idp.example/sso?tenant=1",
        MessageKind::Response,
        "<a/>",
        None,
        SignatureAlgorithm::EcdsaSha256,
        &*KEY,
    )
    .unwrap();
    assert!(url.starts_with("https://idp.example/sso?tenant=1&SAMLResponse="));
}

#[test]
fn the_signature_covers_the_octets_as_they_came_and_not_a_re_encoding() {
    let raw = query(Some("r/s"));
    assert!(!verifies(&raw.replace("r%2Fs", "r%2fs")));
    assert!(!verifies(&raw.replace("r%2Fs", "r/s")));
    // A sender that signs lower-case escapes is as right: what it sent is what is verified.
    let lower = raw.replace("r%2Fs", "r%2fs");
    let (signed, _) = lower.split_once("&Signature=").unwrap();
    let signature = KEY
        .sign(SignatureAlgorithm::EcdsaSha256, signed.as_bytes())
        .unwrap();
    assert!(verifies(&format!(
        "{signed}&Signature={}",
        quote_plus(&base64(&signature))
    )));
}

#[test]
fn the_order_of_the_parameters_on_arrival_does_not_matter_to_what_is_signed() {
    let raw = query(Some("r"));
    let mut pairs: Vec<&str> = raw.split('&').collect();
    pairs.reverse();
    assert!(verifies(&pairs.join("&")));
}

#[test]
fn a_changed_dropped_or_doubled_parameter_is_refused() {
    let raw = query(Some("r"));
    assert!(!verifies(&raw.replace("RelayState=r", "RelayState=s")));
    assert!(!verifies(&raw.replace("&RelayState=r", "")));
    for doubled in [
        "RelayState=r",
        "SAMLRequest=x",
        "SAMLResponse=x",
        "Signature=x",
        "SigAlg=x",
    ] {
        assert_eq!(
            RedirectQuery::parse(&format!("{raw}&{doubled}")),
            Err(BindingRefusal::Parameters),
            "{doubled}"
        );
    }
    let unsigned = raw.split_once("&SigAlg").unwrap().0;
    assert_eq!(
        RedirectQuery::parse(unsigned),
        Err(BindingRefusal::Parameters)
    );
}

#[test]
fn weak_and_keyed_hash_algorithms_are_refused() {
    for uri in [
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "",
    ] {
        let raw = format!("SAMLRequest=x&SigAlg={}&Signature=AAAA", quote_plus(uri));
        assert_eq!(
            RedirectQuery::parse(&raw),
            Err(BindingRefusal::Algorithm),
            "{uri}"
        );
    }
}

#[test]
fn a_signature_of_another_key_is_refused() {
    let other = SigningKey::generate(KeyKind::P256).unwrap();
    let raw = query(Some("r"));
    let read = RedirectQuery::parse(&raw).unwrap();
    assert!(read.verify(&[other.public_key().clone()]).is_err());
    assert!(read.verify(&[]).is_err());
    assert!(
        read.verify(&[other.public_key().clone(), KEY.public_key().clone()])
            .is_ok()
    );
}

fn carrying(bytes: &[u8]) -> String {
    format!(
        "SAMLRequest={}&SigAlg={}&Signature=AAAA",
        quote_plus(&base64(bytes)),
        quote_plus(ALGORITHMS[0].0)
    )
}

#[test]
fn a_deflate_bomb_is_refused_within_the_bound() {
    let bomb = deflate(&"x".repeat(64 * 1024 * 1024));
    assert!(bomb.len() < 100_000);
    let raw = carrying(&bomb);
    assert_eq!(
        RedirectQuery::parse(&raw).unwrap().inflate(),
        Err(BindingRefusal::TooLarge)
    );
}

#[test]
fn what_is_not_one_whole_raw_deflate_stream_is_refused() {
    let mut trailing = deflate("<a/>");
    trailing.extend_from_slice(b"<b/>");
    let mut cut = deflate(&"<a/>".repeat(100));
    cut.truncate(5);
    for bytes in [trailing, cut, b"<a/>".to_vec()] {
        let raw = carrying(&bytes);
        assert_eq!(
            RedirectQuery::parse(&raw).unwrap().inflate(),
            Err(BindingRefusal::Deflate)
        );
    }
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&[0xff, 0xfe]).unwrap();
    let raw = carrying(&encoder.finish().unwrap());
    assert_eq!(
        RedirectQuery::parse(&raw).unwrap().inflate(),
        Err(BindingRefusal::Utf8)
    );
}

proptest::proptest! {
    #[test]
    fn any_message_and_relay_state_travel_whole(xml in "\\PC{0,200}", relay_state in "\\PC{0,80}") {
        let url = redirect_url(
            "https://idp.example/sso",
            MessageKind::Response,
            &xml,
            Some(&relay_state),
            SignatureAlgorithm::EcdsaSha256,
            &*KEY,
        )
        .unwrap();
        let query = RedirectQuery::parse(url.split_once('?').unwrap().1).unwrap();
        proptest::prop_assert_eq!(query.inflate().unwrap(), xml);
        proptest::prop_assert_eq!(query.relay_state(), Some(relay_state.as_str()));
        proptest::prop_assert!(query.verify(&[KEY.public_key().clone()]).is_ok());
    }

    #[test]
    fn no_query_makes_the_reader_panic(raw in "(SAMLRequest|SigAlg|Signature|RelayState|[&=%+a-zA-Z0-9/]){0,40}") {
        if let Ok(query) = RedirectQuery::parse(&raw) {
            let _ = query.inflate();
            proptest::prop_assert!(query.verify(&[KEY.public_key().clone()]).is_err());
        }
    }
}
