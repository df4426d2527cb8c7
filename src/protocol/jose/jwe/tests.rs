use std::sync::LazyLock;

use super::*;
use crate::crypto::encoding::from_base64;
use crate::crypto::{ContentCipher, KeyKind, Oaep, SystemRandom};

const EVERYTHING: JweProfile = JweProfile {
    key_management: &KeyManagement::ALL,
    content: &ContentEncryption::ALL,
    nested: false,
    max_bytes: 8192,
};

/// A key of each kind that the others are not.
static KEYS: LazyLock<Vec<JweKey>> = LazyLock::new(|| {
    [
        KeyKind::Rsa(2048),
        KeyKind::P256,
        KeyKind::P384,
        KeyKind::P521,
    ]
    .map(|kind| JweKey::new(Arc::new(DecryptionKey::generate(kind).unwrap())))
    .to_vec()
});

fn rsa() -> &'static JweKey {
    &KEYS[0]
}

fn refusal(message: &str, profile: &JweProfile, keys: &[JweKey]) -> JweRefusal {
    decrypt_compact(message, profile, keys).unwrap_err()
}

/// A header as the Italian federation wants it, with members of the test's choice; `null` takes one away.
fn header(changes: &Value) -> Map<String, Value> {
    let mut header = Map::new();
    for (name, value) in [
        ("alg", "RSA-OAEP-256"),
        ("enc", "A256CBC-HS512"),
        ("cty", "JWT"),
        ("kid", rsa().kid()),
    ] {
        header.insert(name.to_owned(), json!(value));
    }
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(header.remove(name)),
            value => drop(header.insert(name.clone(), value.clone())),
        }
    }
    header
}

/// A message to the RSA key, right in everything but the header or the content key of the test's choice.
fn message(header: &Map<String, Value>, content_key: &[u8], encrypted_key: &[u8]) -> String {
    let protected = base64url(Value::Object(header.clone()).to_string().as_bytes());
    let cipher = ContentCipher::Aes256CbcHmacSha512;
    let sealed = cipher
        .seal(content_key, &[9; 16], protected.as_bytes(), b"a token")
        .unwrap();
    let parts = [encrypted_key, &[9; 16], &sealed.ciphertext, &sealed.tag];
    format!("{protected}.{}", parts.map(base64url).join("."))
}

fn with_header(changes: &Value) -> String {
    let encrypted = Oaep::Sha256
        .encrypt(rsa().key.public_key(), &[7; 64])
        .unwrap();
    message(&header(changes), &[7; 64], &encrypted)
}

#[test]
fn the_examples_of_rfc_7516_and_rfc_7520_decrypt_or_are_refused_for_their_algorithm() {
    let vectors: Value = serde_json::from_str(include_str!("../rfc_vectors.json")).unwrap();
    let text = |vector: &Value, name: &str| vector[name].as_str().map(str::to_owned);
    let vectors = vectors["jwe"].as_array().unwrap();
    assert_eq!(vectors.len(), 8);
    for vector in vectors {
        let key = text(vector, "private").map(|der| {
            let key = DecryptionKey::from_pkcs8(&from_base64(&der).unwrap()).unwrap();
            let key = JweKey::new(Arc::new(key));
            JweKey {
                kid: text(vector, "kid").unwrap_or(key.kid),
                key: key.key,
            }
        });
        let message = text(vector, "message").unwrap();
        let decrypted = decrypt_compact(&message, &EVERYTHING, key.as_slice());
        let outcome = decrypted
            .map(|decrypted| decrypted.token().unwrap().to_owned())
            .map_err(|refusal| refusal.code().to_owned());
        let wanted = text(vector, "plain").ok_or_else(|| text(vector, "refusal").unwrap());
        assert_eq!(outcome, wanted, "{}", vector["clause"]);
    }
}

#[test]
fn every_combination_reads_back_with_its_key_alone() {
    for management in KeyManagement::ALL {
        for content in ContentEncryption::ALL {
            for key in KEYS.iter() {
                let Ok(jwk) = key.jwk(management) else {
                    continue;
                };
                let made = |text: &[u8]| {
                    let with = (management, content);
                    encrypt_compact(text, &jwk, with, Some("JWT"), &SystemRandom).unwrap()
                };
                let message = made(b"a token");
                let decrypted = decrypt_compact(&message, &EVERYTHING, &KEYS).unwrap();
                assert_eq!(decrypted.token(), Some("a token"));
                assert_eq!(decrypted.kid(), key.kid());
                assert_ne!(message, made(b"a token"), "fresh for each message");
                assert_eq!(
                    decrypt_compact(&made(b""), &EVERYTHING, &KEYS)
                        .unwrap()
                        .bytes(),
                    b""
                );
                let stranger = DecryptionKey::generate(key.key.public_key().kind()).unwrap();
                let stranger = JweKey {
                    kid: key.kid.clone(),
                    key: Arc::new(stranger),
                };
                assert_eq!(
                    refusal(&message, &EVERYTHING, &[stranger]),
                    JweRefusal::Decryption
                );
            }
        }
    }
}

#[test]
fn the_four_mandatory_combinations_and_no_counter_mode_pass_the_federation() {
    let jwk = |management| rsa().jwk(management).unwrap();
    for management in [KeyManagement::RsaOaep, KeyManagement::RsaOaep256] {
        for content in ContentEncryption::ALL {
            let with = (management, content);
            let random = &SystemRandom;
            let message = encrypt_compact(b"x", &jwk(management), with, Some("JWT"), random);
            let decrypted = decrypt_compact(&message.unwrap(), &JweProfile::ITALIAN, &KEYS);
            let wanted = if ContentEncryption::ITALIAN.contains(&content) {
                Ok(())
            } else {
                Err(JweRefusal::ContentEncryption)
            };
            assert_eq!(decrypted.map(drop), wanted, "{with:?}");
        }
    }
}

#[test]
fn a_changed_character_anywhere_is_noticed() {
    let message = with_header(&json!({}));
    assert!(decrypt_compact(&message, &JweProfile::ITALIAN, &KEYS).is_ok());
    for index in 0..message.len() {
        let mut bytes = message.clone().into_bytes();
        bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(
            decrypt_compact(&changed, &JweProfile::ITALIAN, &KEYS).is_err(),
            "{index}"
        );
    }
}

#[test]
fn a_header_that_the_federation_does_not_know_is_refused() {
    use JweRefusal as R;
    let key = rsa().jwk(KeyManagement::RsaOaep).unwrap().to_json();
    for (changes, wanted) in [
        (json!({"alg": "RSA1_5"}), R::KeyManagement),
        (json!({"alg": "dir"}), R::KeyManagement),
        (json!({"alg": "A256KW"}), R::KeyManagement),
        (
            json!({"alg": "PBES2-HS256+A128KW", "p2c": 1}),
            R::KeyManagement,
        ),
        (json!({"alg": "none"}), R::KeyManagement),
        (json!({"alg": ["RSA-OAEP"]}), R::KeyManagement),
        (json!({"alg": null}), R::KeyManagement),
        (json!({"enc": "A256GCM"}), R::ContentEncryption),
        (json!({"enc": "A192CBC-HS384"}), R::ContentEncryption),
        (json!({"enc": "none"}), R::ContentEncryption),
        (json!({"enc": null}), R::ContentEncryption),
        (json!({"zip": "DEF"}), R::Compressed),
        (json!({"zip": null, "crit": ["exp"], "exp": 1}), R::Critical),
        (json!({"crit": []}), R::Critical),
        (json!({"jwk": key}), R::HeaderKey),
        (
            json!({"jku": "https://attacker.example/jwks"}),
            R::HeaderKey,
        ),
        (
            json!({"x5u": "https://attacker.example/chain"}),
            R::HeaderKey,
        ),
        (json!({"x5c": ["MIIB"]}), R::HeaderKey),
        (json!({"cty": null}), R::NotNested),
        (json!({"cty": "json"}), R::NotNested),
        (json!({"cty": 1}), R::NotNested),
        (json!({"kid": "another"}), R::NoKey),
        (json!({"kid": ""}), R::NoKey),
        (json!({"kid": 1}), R::NoKey),
        (json!({"kid": KEYS[1].kid()}), R::NoKey),
        (json!({"alg": "ECDH-ES"}), R::NoKey),
    ] {
        let message = with_header(&changes);
        assert_eq!(
            refusal(&message, &JweProfile::ITALIAN, &KEYS),
            wanted,
            "{changes}"
        );
    }
    for fine in [
        json!({"cty": "jwt"}),
        json!({"cty": "application/jwt"}),
        json!({"typ": "JWT"}),
        json!({"kid": null}),
    ] {
        let message = with_header(&fine);
        let decrypted = decrypt_compact(&message, &JweProfile::ITALIAN, &KEYS);
        assert_eq!(decrypted.unwrap().bytes(), b"a token", "{fine}");
    }
}

#[test]
fn a_message_that_names_no_key_is_refused_while_two_of_ours_fit() {
    let next = DecryptionKey::generate(KeyKind::Rsa(2048)).unwrap();
    let keys = [rsa().clone(), JweKey::new(Arc::new(next))];
    let unnamed = with_header(&json!({"kid": null}));
    assert_eq!(
        refusal(&unnamed, &JweProfile::ITALIAN, &keys),
        JweRefusal::NoKey
    );
    let named = with_header(&json!({}));
    assert!(decrypt_compact(&named, &JweProfile::ITALIAN, &keys).is_ok());
}

#[test]
fn whatever_fails_from_the_private_key_on_is_one_refusal() {
    let public = rsa().key.public_key();
    let header = header(&json!({}));
    let right = [7; 64];
    let shorter = Oaep::Sha256.encrypt(public, &right[1..]).unwrap();
    let other_digest = Oaep::Sha1.encrypt(public, &right).unwrap();
    let rejected = rsa().key.implicit_rejection(&shorter);
    for (what, content_key, encrypted_key) in [
        ("no encrypted key", right, vec![]),
        ("not of the modulus", right, vec![0xff; 256]),
        ("of another length", right, vec![1; 255]),
        ("a content key of another length", right, shorter.clone()),
        (
            "the zeros that a careless reader goes on with",
            [0; 64],
            shorter,
        ),
        ("another digest", right, other_digest),
    ] {
        let message = message(&header, &content_key, &encrypted_key);
        assert_eq!(
            refusal(&message, &JweProfile::ITALIAN, &KEYS),
            JweRefusal::Decryption,
            "{what}"
        );
    }
    assert_ne!(*rejected, [0; 64]);
}

#[test]
fn an_ephemeral_key_that_is_none_of_the_curve_is_refused() {
    let ours = &KEYS[1];
    let jwk = ours.jwk(KeyManagement::EcdhEs).unwrap();
    let with = (KeyManagement::EcdhEs, ContentEncryption::A128CbcHs256);
    let good = encrypt_compact(b"x", &jwk, with, Some("JWT"), &SystemRandom).unwrap();
    let (protected, rest) = good.split_once('.').unwrap();
    let header = parse_object(&from_base64url(protected).unwrap()).unwrap();
    let other_curve = required_members(KEYS[2].key.public_key());
    let mut off_curve = header["epk"].clone();
    off_curve["y"] = off_curve["x"].clone();
    let mut private = header["epk"].clone();
    private["d"] = json!("AA");
    for (changed, value) in [
        ("epk", Value::Object(other_curve)),
        ("epk", off_curve),
        ("epk", private),
        ("epk", rsa().jwk(KeyManagement::RsaOaep).unwrap().to_json()),
        ("epk", json!("key")),
        ("epk", Value::Null),
        ("apu", json!(1)),
        ("apv", json!("not base64url!")),
    ] {
        let mut header = header.clone();
        header.insert(changed.to_owned(), value);
        let protected = base64url(Value::Object(header.clone()).to_string().as_bytes());
        assert_eq!(
            refusal(&format!("{protected}.{rest}"), &JweProfile::ITALIAN, &KEYS),
            JweRefusal::EphemeralKey,
            "{header:?}"
        );
    }
    // What is agreed directly has no encrypted key.
    let with_key = good.replacen("..", ".AAAA.", 1);
    assert_eq!(
        refusal(&with_key, &JweProfile::ITALIAN, &KEYS),
        JweRefusal::Form
    );
}

#[test]
fn what_is_not_five_parts_of_strict_base64url_is_refused() {
    let good = with_header(&json!({}));
    let header_twice = format!(
        "{}.{}",
        base64url(br#"{"alg":"RSA-OAEP-256","alg":"dir"}"#),
        good.split_once('.').unwrap().1
    );
    for message in [
        "",
        "....",
        "a.b.c",
        &format!("{good}.AA"),
        &format!("{good}="),
        &format!(" {good}"),
        &good.replacen('.', "=.", 1),
        &header_twice,
    ] {
        assert!(
            matches!(
                refusal(message, &JweProfile::ITALIAN, &KEYS),
                JweRefusal::Form | JweRefusal::Json
            ),
            "{message}"
        );
    }
    let long = "A".repeat(64 * 1024 + 1);
    assert_eq!(
        refusal(&long, &JweProfile::ITALIAN, &KEYS),
        JweRefusal::TooLong
    );
}

#[test]
fn debug_shows_neither_keys_nor_content() {
    let decrypted = decrypt_compact(&with_header(&json!({})), &JweProfile::ITALIAN, &KEYS);
    assert_eq!(format!("{:?}", decrypted.unwrap()), "Decrypted { .. }");
    let shown = format!("{:?}", rsa());
    assert_eq!(shown, format!("JweKey {{ kid: {:?}, .. }}", rsa().kid()));
}
