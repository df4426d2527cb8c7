use super::*;
use crate::crypto::SystemRandom;

/// The least that Argon2 has: what is tested here does not depend on the cost.
const CHEAP: PinHashCost = PinHashCost {
    memory_kib: 8,
    passes: 1,
};

fn hasher(version: u32, previous: &[u32]) -> PinHasher {
    let pepper = |version: u32| Pepper::new(version, [version.to_be_bytes()[3]; 32]);
    let previous = previous.iter().copied().map(pepper).collect();
    PinHasher::new(CHEAP, pepper(version), previous).unwrap()
}

#[test]
fn the_right_secret_matches_its_own_hash_and_no_other() {
    let hasher = hasher(1, &[]);
    let hash = hasher.hash(b"ABCD2345", &SystemRandom).unwrap();
    let again = hasher.hash(b"ABCD2345", &SystemRandom).unwrap();
    assert_ne!(hash, again, "each has a salt of its own");
    let matched = hasher.verify(b"ABCD2345", Some(&hash)).unwrap();
    let Verdict::Right(matched) = matched else {
        panic!("{matched:?}");
    };
    assert!(matched.is_of(&hash) && !matched.is_of(&again));
    let wrong = hasher.verify(b"ABCD2346", Some(&hash)).unwrap();
    assert_eq!(wrong, Verdict::Wrong);
    assert_eq!(hasher.verify(b"ABCD2345", None).unwrap(), Verdict::Wrong);
}

#[test]
fn argon2id_is_fed_the_keyed_hash_and_never_the_pin() {
    let hash = hasher(1, &[]).hash(b"ABCD2345", &SystemRandom).unwrap();
    let PinHash(Scheme::Peppered { salt, hash, .. }) = hash else {
        panic!("of today");
    };
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params(CHEAP).unwrap());
    let mut out = [0; LENGTH];
    let keyed = hmac_sha256(&[1; 32], b"ABCD2345");
    argon2.hash_password_into(&keyed, &salt, &mut out).unwrap();
    assert_eq!(out.as_slice(), hash);
    argon2
        .hash_password_into(b"ABCD2345", &salt, &mut out)
        .unwrap();
    assert_ne!(out.as_slice(), hash);
}

#[test]
fn a_hash_under_an_old_pepper_or_at_another_cost_is_right_but_old() {
    let hash = hasher(1, &[]).hash(b"ABCD2345", &SystemRandom).unwrap();
    let verdict = hasher(2, &[1]).verify(b"ABCD2345", Some(&hash)).unwrap();
    assert!(matches!(verdict, Verdict::RightButOld(_)));
    let dearer = PinHashCost {
        memory_kib: 16,
        passes: 1,
    };
    let dearer = PinHasher::new(dearer, Pepper::new(1, [1; 32]), Vec::new()).unwrap();
    let verdict = dearer.verify(b"ABCD2345", Some(&hash)).unwrap();
    assert!(matches!(verdict, Verdict::RightButOld(_)));
    let verdict = hasher(2, &[1]).verify(b"ABCD2346", Some(&hash)).unwrap();
    assert_eq!(verdict, Verdict::Wrong);
}

#[test]
fn without_its_pepper_a_hash_is_no_use_and_says_so() {
    let hash = hasher(1, &[]).hash(b"ABCD2345", &SystemRandom).unwrap();
    let verdict = hasher(2, &[]).verify(b"ABCD2345", Some(&hash));
    assert_eq!(verdict, Err(PinHashError::NoPepper(1)));
}

#[test]
fn an_imported_hash_is_right_but_old() {
    let mut out = [0; LENGTH];
    let iterations = NonZeroU32::new(1000).unwrap();
    let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
    pbkdf2::derive(algorithm, iterations, b"salt", b"ABCD2345", &mut out);
    let hash = PinHash::pbkdf2(1000, b"salt".to_vec(), out.to_vec()).unwrap();
    let hasher = hasher(1, &[]);
    let verdict = hasher.verify(b"ABCD2345", Some(&hash)).unwrap();
    assert!(matches!(verdict, Verdict::RightButOld(_)));
    let verdict = hasher.verify(b"ABCD2346", Some(&hash)).unwrap();
    assert_eq!(verdict, Verdict::Wrong);
}

#[test]
fn hashes_read_back_and_other_texts_are_none() {
    let hash = hasher(7, &[]).hash(b"ABCD2345", &SystemRandom).unwrap();
    let text = String::from(hash.clone());
    assert_eq!(PinHash::try_from(text).unwrap(), hash);
    assert_eq!(format!("{hash:?}"), "PinHash([redacted])");
    let zeros = base64url(&[0; 32]);
    for text in [
        String::new(),
        "argon2id$1$8$1$AAAA".to_owned(),
        format!("argon2id$1$0$1$AAAAAAAAAAAAAAAAAAAAAA${zeros}"),
        format!("argon2id$1$8$1$AAAAAAAAAAAAAAAAAAAAAA${zeros}$"),
        format!("pbkdf2-sha256$0$AAAA${zeros}"),
        format!("pbkdf2-sha256$99999999$AAAA${zeros}"),
        format!("md5$AAAA${zeros}"),
    ] {
        assert!(PinHash::try_from(text.clone()).is_err(), "{text}");
    }
}
