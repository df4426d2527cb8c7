use super::*;
use crate::crypto::{Signer as _, SigningKey};

/// The RSA key of RFC 7517, A.1, and RFC 7638, 3.1.
const RFC_7638_KEY: &str = r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#;
/// The EC key of RFC 7517, A.1, and a key for encryption beside it.
const RFC_7517_EC: &str = r#"{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","kid":"1"}"#;

fn members(text: &str) -> Map<String, Value> {
    parse_object(text.as_bytes()).unwrap()
}

fn with(text: &str, name: &str, value: Value) -> Map<String, Value> {
    let mut members = members(text);
    members.insert(name.to_owned(), value);
    members
}

#[test]
fn the_thumbprint_is_the_one_of_rfc_7638_section_3_1() {
    let key = Jwk::read(&members(RFC_7638_KEY)).unwrap();
    assert_eq!(
        thumbprint(key.key()),
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    );
    assert_eq!(key.kid(), "2011-04-29");
    assert_eq!(key.algorithm(), JwsAlgorithm::Rs256);
}

#[test]
fn a_set_is_written_as_it_reads_back() {
    let keys = [KeyKind::P256, KeyKind::P384].map(|kind| {
        let key = SigningKey::generate(kind).unwrap();
        Jwk::new(key.public_key().clone(), JwsAlgorithm::usual(kind)).unwrap()
    });
    let set = JwkSet::new(keys.to_vec()).unwrap();
    let again = JwkSet::parse(set.to_json().to_string().as_bytes()).unwrap();
    assert_eq!(again, set);
    let shown = set.to_json().to_string();
    for private in ["\"d\"", "\"p\"", "\"k\""] {
        assert!(!shown.contains(private), "{private}");
    }
}

#[test]
fn keys_for_encryption_and_of_unknown_kinds_are_passed_over() {
    let set = format!(
        r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","x":"AA"}},{RFC_7517_EC},{}]}}"#,
        Value::Object(with(RFC_7638_KEY, "use", json!("enc")))
    );
    let set = JwkSet::parse(set.as_bytes()).unwrap();
    assert_eq!(set.keys().len(), 1);
    assert_eq!(set.keys()[0].kid(), "1");
}

#[test]
fn a_key_that_shows_its_private_part_is_refused() {
    assert_eq!(
        Jwk::read(&with(RFC_7517_EC, "d", json!("AA"))),
        Err(JwkError::Private)
    );
}

#[test]
fn a_symmetric_key_is_refused() {
    assert_eq!(
        Jwk::read(&members(
            r#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMko"}"#
        )),
        Err(JwkError::Symmetric)
    );
}

#[test]
fn an_algorithm_of_another_kind_of_key_is_refused() {
    for alg in ["RS256", "ES384", "HS256", "none"] {
        assert_eq!(
            Jwk::read(&with(RFC_7517_EC, "alg", json!(alg))),
            Err(JwkError::Algorithm),
            "{alg}"
        );
    }
}

#[test]
fn a_point_off_the_curve_and_a_weak_modulus_are_refused() {
    let x = json!("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D5");
    assert!(Jwk::read(&with(RFC_7517_EC, "x", x)).is_err());
    let weak = json!(base64url(&[0xc1; 128]));
    assert_eq!(
        Jwk::read(&with(RFC_7638_KEY, "n", weak)),
        Err(JwkError::Unusable)
    );
}

#[test]
fn sets_that_are_empty_ambiguous_or_too_large_are_refused() {
    let twice = format!(
        r#"{{"keys":[{RFC_7517_EC},{}]}}"#,
        Value::Object(with(RFC_7638_KEY, "kid", json!("1")))
    );
    let many = format!(r#"{{"keys":[{}]}}"#, vec![RFC_7517_EC; 17].join(","));
    for (set, error) in [
        (r#"{"keys":[]}"#, JwkError::Empty),
        ("[]", JwkError::NotASet),
        (r#"{"keys":[1]}"#, JwkError::NotASet),
        (twice.as_str(), JwkError::SameKid),
        (many.as_str(), JwkError::TooMany),
    ] {
        assert_eq!(JwkSet::parse(set.as_bytes()), Err(error), "{set}");
    }
    assert_eq!(
        JwkSet::parse(&vec![b' '; MAX_SET_BYTES + 1]),
        Err(JwkError::NotASet)
    );
}
