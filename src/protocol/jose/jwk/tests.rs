use super::*;
use crate::crypto::{Signer as _, SigningKey};
use crate::protocol::jose::parse_object;

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
    assert_eq!(key.algorithm(), Some(JwsAlgorithm::Rs256));
}

#[test]
fn a_set_is_written_as_it_reads_back() {
    let keys = [KeyKind::P256, KeyKind::P384, KeyKind::P521].map(|kind| {
        let key = SigningKey::generate(kind).unwrap();
        Jwk::new(key.public_key().clone(), JwsAlgorithm::usual(kind)).unwrap()
    });
    let encryption = SigningKey::generate(KeyKind::P256).unwrap();
    let encryption =
        EncryptionJwk::new(encryption.public_key().clone(), KeyManagement::EcdhEs).unwrap();
    let set = JwkSet::with_encryption(keys.to_vec(), vec![encryption]).unwrap();
    let again = JwkSet::parse(set.to_json().to_string().as_bytes()).unwrap();
    assert_eq!(again, set);
    let shown = set.to_json().to_string();
    for private in ["\"d\"", "\"p\"", "\"k\""] {
        assert!(!shown.contains(private), "{private}");
    }
}

#[test]
fn keys_for_encryption_are_kept_apart_and_unknown_kinds_passed_over() {
    let mut encryption = with(RFC_7638_KEY, "use", json!("enc"));
    let mut unusable = encryption.clone();
    unusable.insert("kid".to_owned(), json!("unusable"));
    encryption.insert("alg".to_owned(), json!("RSA-OAEP-256"));
    let set = json!({"keys": [
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        members(RFC_7517_EC),
        encryption,
        unusable,
    ]});
    let set = JwkSet::parse(set.to_string().as_bytes()).unwrap();
    assert_eq!(set.keys().len(), 1);
    assert_eq!(set.keys()[0].kid(), "1");
    // The other names RS256 for itself, with which nothing is encrypted.
    assert_eq!(set.encryption_keys().len(), 1);
    let key = &set.encryption_keys()[0];
    assert_eq!(key.algorithm(), Some(KeyManagement::RsaOaep256));
    assert_eq!(key.kid(), "2011-04-29");
}

#[test]
fn a_private_or_symmetric_key_makes_every_set_invalid_whatever_it_is_for() {
    for usage in [json!("sig"), json!("enc"), json!("other"), Value::Null] {
        for (name, value, error) in [
            ("d", json!("AA"), JwkError::Private),
            ("kty", json!("oct"), JwkError::Symmetric),
        ] {
            let mut bad = with(RFC_7517_EC, name, value);
            bad.insert("use".to_owned(), usage.clone());
            let set = json!({"keys": [members(RFC_7638_KEY), bad]});
            for rules in [
                JwkRules::Configured,
                JwkRules::Published,
                JwkRules::Federation,
            ] {
                let read = JwkSet::parse_as(rules, set.to_string().as_bytes());
                assert_eq!(read, Err(error), "{usage} {rules:?}");
            }
        }
    }
}

#[test]
fn a_key_that_cannot_be_used_is_an_error_in_our_configuration_only() {
    let weak = with(RFC_7638_KEY, "n", json!(base64url(&[0xc1; 128])));
    let curve = with(RFC_7517_EC, "crv", json!("secp256k1"));
    let algorithm = with(RFC_7638_KEY, "alg", json!("RSA1_5"));
    for (unusable, error) in [
        (weak, JwkError::Unusable),
        (curve, JwkError::Unusable),
        (algorithm, JwkError::Algorithm),
    ] {
        let set = json!({"keys": [unusable, members(RFC_7517_EC)]}).to_string();
        assert_eq!(JwkSet::parse(set.as_bytes()), Err(error));
        for rules in [JwkRules::Published, JwkRules::Federation] {
            let set = JwkSet::parse_as(rules, set.as_bytes()).unwrap();
            assert_eq!(set.keys().len(), 1);
        }
    }
}

#[test]
fn in_a_federation_every_key_has_a_name() {
    let mut unnamed = members(RFC_7638_KEY);
    unnamed.remove("kid");
    let set = json!({"keys": [members(RFC_7517_EC), unnamed]}).to_string();
    let parse = |rules| JwkSet::parse_as(rules, set.as_bytes());
    assert_eq!(parse(JwkRules::Federation), Err(JwkError::Unnamed));
    let named = parse(JwkRules::Published).unwrap();
    assert_eq!(
        named.keys()[1].kid(),
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    );
    let empty = json!({"keys": [with(RFC_7517_EC, "kid", json!(""))]}).to_string();
    let read = JwkSet::parse(empty.as_bytes());
    assert_eq!(read, Err(JwkError::Member("kid")));
}

#[test]
fn a_name_is_not_shared_between_a_key_for_signatures_and_one_for_encryption() {
    let mut encryption = with(RFC_7638_KEY, "use", json!("enc"));
    encryption.insert("alg".to_owned(), json!("RSA-OAEP"));
    encryption.insert("kid".to_owned(), json!("1"));
    let set = json!({"keys": [members(RFC_7517_EC), encryption]}).to_string();
    assert_eq!(JwkSet::parse(set.as_bytes()), Err(JwkError::SameKid));
}

#[test]
fn a_key_without_an_algorithm_verifies_those_of_its_kind() {
    let mut rsa = members(RFC_7638_KEY);
    let named = Jwk::read(&rsa).unwrap();
    rsa.remove("alg");
    let open = Jwk::read(&rsa).unwrap();
    for algorithm in JwsAlgorithm::ALL {
        assert_eq!(named.verifies(algorithm), algorithm == JwsAlgorithm::Rs256);
        let with_rsa = algorithm.fits(KeyKind::Rsa(2048));
        assert_eq!(open.verifies(algorithm), with_rsa);
    }
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
