//! `protocol::jose` beside jwcrypto, a foreign library: each reads what the other writes, and what jwcrypto refuses we
//! refuse too.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock};

use serde_json::{Value, json};
use varco::crypto::encoding::{base64url, from_base64url};
use varco::crypto::{DecryptionKey, KeyKind, Signer, SigningKey, SystemRandom};
use varco::protocol::jose::{
    ContentEncryption, JweKey, JweProfile, Jwk, JwsAlgorithm, JwtProfile, JwtSigner, KeyManagement,
    KidRule, UnverifiedJwt, decrypt_compact, encrypt_compact,
};

use crate::support::demo::tool;

const SIGNED: JwtProfile = JwtProfile {
    algorithms: &JwsAlgorithm::ALL,
    types: &["jwt"],
    may_be_untyped: true,
    kid: KidRule::Optional,
    max_bytes: 16 * 1024,
};
const ENCRYPTED: JweProfile = JweProfile {
    key_management: &KeyManagement::ALL,
    content: &ContentEncryption::ALL,
    nested: false,
    max_bytes: 16 * 1024,
};
const CLAIMS: &str = r#"{"iss":"https://ministero.example","sub":"è"}"#;

static KEYS: LazyLock<[Arc<SigningKey>; 4]> = LazyLock::new(|| {
    [
        KeyKind::Rsa(2048),
        KeyKind::P256,
        KeyKind::P384,
        KeyKind::P521,
    ]
    .map(|kind| Arc::new(SigningKey::generate(kind).unwrap()))
});

/// Every signature algorithm with a key for it.
fn signing() -> Vec<(JwsAlgorithm, &'static Arc<SigningKey>)> {
    let key_for = |algorithm: JwsAlgorithm| {
        let fits = |key: &&Arc<SigningKey>| algorithm.fits(key.public_key().kind());
        KEYS.iter().find(fits).unwrap()
    };
    JwsAlgorithm::ALL.map(|one| (one, key_for(one))).to_vec()
}

/// Every way to encrypt, with every key for it.
fn encrypting() -> Vec<(KeyManagement, ContentEncryption, &'static Arc<SigningKey>)> {
    let mut all = Vec::new();
    for management in KeyManagement::ALL {
        for content in ContentEncryption::ALL {
            let fitting = KEYS
                .iter()
                .filter(|key| management.fits(key.public_key().kind()));
            all.extend(fitting.map(|key| (management, content, key)));
        }
    }
    all
}

fn private(key: &SigningKey) -> JweKey {
    JweKey::new(Arc::new(DecryptionKey::from_pkcs8(key.pkcs8()).unwrap()))
}

/// What jwcrypto answers to some jobs, `null` for what it refuses.
fn judged(jobs: &[Value]) -> Vec<Value> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/jwcrypto/judge.py");
    let mut judge = Command::new(tool("jwcrypto/bin/python3"))
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let jobs_text = json!(jobs).to_string();
    let mut input = judge.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(jobs_text.as_bytes()));
    let output = judge.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let answers: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answers.len(), jobs.len());
    answers
}

fn verify_job(key: &SigningKey, token: &str) -> Value {
    json!({"do": "verify", "key": &*key.to_pem(), "token": token})
}

fn decrypt_job(key: &SigningKey, message: &str) -> Value {
    json!({"do": "decrypt", "key": &*key.to_pem(), "token": message})
}

/// A token of ours for each algorithm.
fn our_tokens() -> Vec<(&'static Arc<SigningKey>, JwsAlgorithm, String)> {
    let claims: Value = serde_json::from_str(CLAIMS).unwrap();
    let sign = |(algorithm, key): (JwsAlgorithm, &'static Arc<SigningKey>)| {
        let signer = JwtSigner::new(Arc::clone(key) as Arc<dyn Signer>, algorithm).unwrap();
        (key, algorithm, signer.sign("JWT", &claims).unwrap())
    };
    signing().into_iter().map(sign).collect()
}

fn we_verify(key: &SigningKey, algorithm: JwsAlgorithm, token: &str) -> bool {
    let jwk = Jwk::new(key.public_key().clone(), algorithm).unwrap();
    UnverifiedJwt::parse(token, SIGNED.max_bytes)
        .and_then(|token| token.verify(&SIGNED, &[jwk]))
        .is_ok()
}

#[test]
fn jwcrypto_and_we_name_every_key_alike() {
    let jobs: Vec<Value> = KEYS
        .iter()
        .map(|key| json!({"do": "thumbprint", "key": &*key.to_pem()}))
        .collect();
    for (key, answer) in KEYS.iter().zip(judged(&jobs)) {
        assert_eq!(private(key).kid(), answer);
    }
}

#[test]
fn each_verifies_what_the_other_signs_with_every_algorithm() {
    let ours = our_tokens();
    let mut jobs: Vec<Value> = ours
        .iter()
        .map(|(key, _, token)| verify_job(key, token))
        .collect();
    jobs.extend(signing().into_iter().map(|(algorithm, key)| {
        let header = json!({"alg": algorithm.name(), "typ": "JWT"});
        json!({
            "do": "sign", "key": &*key.to_pem(), "alg": algorithm.name(), "header": header,
            "payload": CLAIMS,
        })
    }));
    let answers = judged(&jobs);
    let (verified, signed) = answers.split_at(ours.len());
    for ((_, algorithm, _), payload) in ours.iter().zip(verified) {
        assert_eq!(payload, CLAIMS, "{algorithm:?}");
    }
    for ((algorithm, key), token) in signing().into_iter().zip(signed) {
        let token = token.as_str().unwrap();
        assert!(we_verify(key, algorithm, token), "{algorithm:?}");
    }
}

#[test]
fn each_decrypts_what_the_other_encrypts_in_every_combination() {
    let all = encrypting();
    let ours: Vec<String> = all
        .iter()
        .map(|(management, content, key)| {
            let jwk = private(key).jwk(*management).unwrap();
            let with = (*management, *content);
            encrypt_compact(CLAIMS.as_bytes(), &jwk, with, Some("JWT"), &SystemRandom).unwrap()
        })
        .collect();
    let read = all.iter().zip(&ours);
    let mut jobs: Vec<Value> = read
        .map(|((.., key), message)| decrypt_job(key, message))
        .collect();
    jobs.extend(all.iter().map(|(management, content, key)| {
        let header = json!({"alg": management.name(), "enc": content.name()});
        json!({"do": "encrypt", "key": &*key.to_pem(), "header": header, "payload": CLAIMS})
    }));
    let answers = judged(&jobs);
    let (decrypted, encrypted) = answers.split_at(ours.len());
    for (combination, plain) in all.iter().zip(decrypted) {
        assert_eq!(plain, CLAIMS, "{combination:?}");
    }
    for (combination, message) in all.iter().zip(encrypted) {
        let key = private(combination.2);
        let decrypted = decrypt_compact(message.as_str().unwrap(), &ENCRYPTED, &[key]).unwrap();
        assert_eq!(decrypted.token(), Some(CLAIMS), "{combination:?}");
    }
}

/// Every way to spoil a compact message in one place: a bit of each part, a character of its spelling, a part more or less.
fn spoiled(message: &str) -> Vec<String> {
    let parts: Vec<&str> = message.split('.').collect();
    let mut all = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let mut put = |part: String| {
            let mut parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            parts[index] = part;
            all.push(parts.join("."));
        };
        let bytes = from_base64url(part).unwrap();
        for place in [0, bytes.len() / 2, bytes.len().saturating_sub(1)] {
            let mut bytes = bytes.clone();
            if let Some(byte) = bytes.get_mut(place) {
                *byte ^= 1;
                put(base64url(&bytes));
            }
        }
        put(String::new());
        put(format!("{part}AA"));
        put(format!("{part}.{part}"));
        put(base64url(&[bytes.as_slice(), &[0]].concat()));
        put(base64url(
            bytes.split_last().map_or(&[][..], |(_, rest)| rest),
        ));
    }
    for drop in 0..parts.len() {
        let mut fewer = parts.clone();
        fewer.remove(drop);
        all.push(fewer.join("."));
    }
    all.retain(|spoiled| spoiled != message);
    all
}

/// A token that says another algorithm than it was signed with.
fn relabelled(token: &str, name: &str) -> String {
    let (header, rest) = token.split_once('.').unwrap();
    let mut header: Value = serde_json::from_slice(&from_base64url(header).unwrap()).unwrap();
    header["alg"] = json!(name);
    format!("{}.{rest}", base64url(header.to_string().as_bytes()))
}

#[test]
fn what_jwcrypto_refuses_we_refuse() {
    let mut cases: Vec<(Value, bool)> = Vec::new();
    for (key, algorithm, token) in our_tokens() {
        let others = JwsAlgorithm::ALL.into_iter().map(JwsAlgorithm::name);
        let relabels = others.chain(["none", "HS256"]);
        let relabels = relabels.filter(|name| *name != algorithm.name());
        let tokens = spoiled(&token)
            .into_iter()
            .chain(relabels.map(|name| relabelled(&token, name)));
        for token in tokens {
            let ours = JwsAlgorithm::ALL
                .into_iter()
                .filter(|algorithm| algorithm.fits(key.public_key().kind()))
                .any(|algorithm| we_verify(key, algorithm, &token));
            cases.push((verify_job(key, &token), ours));
        }
    }
    for (management, content, key) in encrypting() {
        let ours = private(key);
        let with = (management, content);
        let jwk = ours.jwk(management).unwrap();
        let message = encrypt_compact(CLAIMS.as_bytes(), &jwk, with, None, &SystemRandom).unwrap();
        for message in spoiled(&message) {
            let opened = decrypt_compact(&message, &ENCRYPTED, std::slice::from_ref(&ours));
            cases.push((decrypt_job(key, &message), opened.is_ok()));
        }
    }
    assert!(cases.len() > 1000, "{} cases", cases.len());
    let jobs: Vec<Value> = cases.iter().map(|(job, _)| job.clone()).collect();
    for ((job, we_accept), answer) in cases.iter().zip(judged(&jobs)) {
        let they_accept = !answer.is_null();
        assert!(!we_accept || they_accept, "only we accept {job}");
        // No spoiled message may pass with either: what they take is theirs, what we take would be a hole.
        assert!(!we_accept, "spoiled and accepted: {job}");
    }
}
