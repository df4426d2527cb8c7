//! Tokens, messages, key sets and forms through the entry functions of the fuzz targets: no input may panic, prove what was not
//! signed, or read differently the second time.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::mutation::entry::{GENUINE_TOKEN, form, genuine_messages, key_set, message, token};

/// A set of one key, and one with a key for signatures and another for encryption.
const KEY_SET: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","kid":"1","use":"sig","alg":"ES256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;
const BOTH_USES: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","kid":"1","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},{"kty":"EC","crv":"P-256","kid":"2","use":"enc","alg":"ECDH-ES","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}"#;

/// Writes what the fuzz targets of tokens, messages, key sets and forms start from.
pub fn write_seeds(folder: &Path) {
    let seed = |target: &str, name: &str, content: &[u8]| {
        let seeds = folder.join("corpus").join(target);
        fs::create_dir_all(&seeds).unwrap();
        fs::write(seeds.join(name), content).unwrap();
    };
    seed("token", "genuine", GENUINE_TOKEN.as_bytes());
    for (number, genuine) in genuine_messages().iter().enumerate() {
        seed("message", &number.to_string(), genuine.as_bytes());
    }
    seed("key_set", "one", KEY_SET.as_bytes());
    seed("key_set", "both", BOTH_USES.as_bytes());
    seed(
        "form",
        "question",
        b"response_type=code&scope=openid+profile&state=%C3%A9",
    );
}

/// A text with a few of its bytes replaced, left out or doubled.
fn mutated(text: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let edit = (0..text.len(), 0..3u8, any::<u8>());
    proptest::collection::vec(edit, 1..6).prop_map(move |edits| {
        let mut bytes = text.as_bytes().to_vec();
        for (place, kind, byte) in edits {
            let place = place % bytes.len();
            match kind {
                0 => bytes[place] = byte,
                1 => drop(bytes.remove(place)),
                _ => bytes.insert(place, bytes[place]),
            }
        }
        bytes
    })
}

#[test]
fn the_genuine_token_proves_what_it_says() {
    assert!(token(GENUINE_TOKEN.as_bytes()));
}

#[test]
fn a_genuine_message_opens_and_no_mutation_of_it_does() {
    for genuine in genuine_messages() {
        assert!(message(genuine.as_bytes()));
        for place in 0..genuine.len() {
            let mut bytes = genuine.clone().into_bytes();
            bytes[place] ^= 1;
            assert!(!message(&bytes), "{place}");
            bytes.remove(place);
            assert!(!message(&bytes), "without {place}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mutated_token_proves_nothing_new(data in mutated(GENUINE_TOKEN)) {
        token(&data);
    }

    #[test]
    fn any_bytes_are_read_without_harm(data in proptest::collection::vec(any::<u8>(), 0..2000)) {
        token(&data);
        message(&data);
        key_set(&data);
        form(&data);
    }

    #[test]
    fn a_form_reads_the_same_again(data in "([a-z%+&=;é\u{0}]|%[0-9A-F]{2}){0,200}") {
        form(data.as_bytes());
    }

    #[test]
    fn a_mutated_set_with_both_uses_reads_the_same_again(data in mutated(BOTH_USES)) {
        key_set(&data);
    }

    #[test]
    fn a_mutated_key_set_reads_the_same_again(data in mutated(KEY_SET)) {
        key_set(&data);
    }
}
