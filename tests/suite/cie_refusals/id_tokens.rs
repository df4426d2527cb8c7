//! Hostile ID tokens (rules on CIE, B9 and B13).

use serde_json::{Value, json};
use varco::crypto::encoding::{base64url, from_base64url};
use varco::crypto::{Signer as _, hmac_sha256};
use varco::login::openid::{Habits, Profile};
use varco::protocol::jose::JwsAlgorithm;

use super::{Case, Table, play_all};
use crate::support::federation::{jwk, stranger_key};
use crate::support::gateway::ISSUER;
use crate::support::hostile::{Hostile, Made, enveloped_to, sealed, unset, usual_header};
use crate::support::keys;

const OTHER: &str = "https://other.example";

/// The parts of a token, header and claims read.
fn parts(token: &str) -> (Value, Value, String) {
    let parts: Vec<&str> = token.split('.').collect();
    let read = |part: &str| serde_json::from_slice(&from_base64url(part).unwrap()).unwrap();
    (read(parts[0]), read(parts[1]), parts[2].to_owned())
}

fn encoded(value: &Value) -> String {
    base64url(value.to_string().as_bytes())
}

/// The same claims under `none`, however it is written, and without a signature.
fn unsigned(token: &str, none: &str) -> String {
    let (mut header, claims, _) = parts(token);
    header["alg"] = json!(none);
    format!("{}.{}.", encoded(&header), encoded(&claims))
}

/// The same claims under HMAC, with a secret that is no secret: a public key in one of its forms.
fn by_hmac(token: &str, secret: &[u8]) -> String {
    let (mut header, claims, _) = parts(token);
    header["alg"] = json!("HS256");
    header["kid"] = json!("rsa");
    let signed = format!("{}.{}", encoded(&header), encoded(&claims));
    let signature = hmac_sha256(secret, signed.as_bytes());
    format!("{signed}.{}", base64url(&signature))
}

/// The same under another signature.
fn with_signature(token: &str, change: fn(Vec<u8>) -> Vec<u8>) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let signature = change(from_base64url(signature).unwrap());
    format!("{signed}.{}", base64url(&signature))
}

/// Other claims under the same signature.
fn with_claims(token: &str, change: fn(&mut Value)) -> String {
    let (header, mut claims, signature) = parts(token);
    change(&mut claims);
    format!("{}.{}.{signature}", encoded(&header), encoded(&claims))
}

/// Another header over the same signature.
fn with_header(token: &str, change: fn(&mut Value)) -> String {
    let (mut header, claims, signature) = parts(token);
    change(&mut header);
    format!("{}.{}.{signature}", encoded(&header), encoded(&claims))
}

fn claim(made: &mut Made, name: &str, value: Value) {
    made.id_token.claims[name] = value;
}

fn hash(made: &mut Made, value: Value) {
    made.with_at_hash = false;
    claim(made, "at_hash", value);
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("id-issuer", "another issuer", "id-token-issuer", |made| claim(made, "iss", json!(OTHER))),
    ("id-issuer", "the issuer and a slash", "id-token-issuer", |made| {
        let issuer = json!(format!("{}/", made.op));
        claim(made, "iss", issuer);
    }),
    ("id-issuer", "the issuer in a list", "id-token-issuer", |made| {
        let issuer = json!([made.op]);
        claim(made, "iss", issuer);
    }),
    ("id-issuer", "no issuer", "id-token-issuer", |made| unset(&mut made.id_token.claims, "iss")),
    ("id-issuer", "ourselves as issuer", "id-token-issuer", |made| claim(made, "iss", json!(ISSUER))),

    ("id-audience", "another audience", "id-token-audience", |made| claim(made, "aud", json!(OTHER))),
    ("id-audience", "another audience in a list", "id-token-audience", |made| claim(made, "aud", json!([OTHER]))),
    ("id-audience", "us and a slash", "id-token-audience", |made| claim(made, "aud", json!(format!("{ISSUER}/")))),
    ("id-audience", "no audience", "id-token-audience", |made| unset(&mut made.id_token.claims, "aud")),
    ("id-audience", "an empty list", "id-token-audience", |made| claim(made, "aud", json!([]))),
    ("id-audience", "nothing", "id-token-audience", |made| claim(made, "aud", Value::Null)),
    ("id-audience", "an object", "id-token-audience", |made| claim(made, "aud", json!({ "aud": ISSUER }))),
    ("id-audience", "the userinfo endpoint, as in an access token", "id-token-audience", |made| {
        let audience = made.access_token.claims["aud"].clone();
        claim(made, "aud", audience);
    }),
    ("id-audience-more", "somebody else beside us", "id-token-audience", |made| claim(made, "aud", json!([ISSUER, OTHER]))),
    ("id-audience-more", "somebody else before us", "id-token-audience", |made| claim(made, "aud", json!([OTHER, ISSUER]))),
    ("id-audience-more", "us twice", "id-token-audience", |made| claim(made, "aud", json!([ISSUER, ISSUER]))),
    ("id-audience-more", "us and a number", "id-token-audience", |made| claim(made, "aud", json!([ISSUER, 1]))),
    ("id-audience-more", "somebody else beside us, and us as who asked", "id-token-audience", |made| {
        claim(made, "aud", json!([ISSUER, OTHER]));
        claim(made, "azp", json!(ISSUER));
    }),
    ("id-audience-more", "somebody else as who asked", "id-token-authorized-party", |made| claim(made, "azp", json!(OTHER))),

    ("id-no-subject", "no subject", "id-token-subject", |made| unset(&mut made.id_token.claims, "sub")),
    ("id-no-subject", "an empty subject", "id-token-subject", |made| claim(made, "sub", json!(""))),
    ("id-no-subject", "nothing as subject", "id-token-subject", |made| claim(made, "sub", Value::Null)),
    ("id-no-subject", "a number as subject", "id-token-subject", |made| claim(made, "sub", json!(7))),
    ("id-no-subject", "a subject that is too long", "id-token-subject", |made| claim(made, "sub", json!("s".repeat(256)))),

    ("id-no-beginning", "no beginning", "id-token-iat", |made| unset(&mut made.id_token.claims, "iat")),
    ("id-no-beginning", "a text as beginning", "id-token-iat", |made| claim(made, "iat", json!("1790000000"))),
    ("id-no-beginning", "nothing as beginning", "id-token-iat", |made| claim(made, "iat", Value::Null)),
    ("id-no-beginning", "a beginning more than a minute ahead", "id-token-from-the-future", |made| Made::shift(&mut made.id_token, "iat", made.now, 61)),
    ("id-no-beginning", "a beginning before the request", "id-token-older-than-request", |made| Made::shift(&mut made.id_token, "iat", made.now, -61)),
    ("id-no-beginning", "not to be used before a time ahead", "id-token-not-yet", |made| Made::shift(&mut made.id_token, "nbf", made.now, 61)),

    ("id-none", "`none` without a signature", "id-token-algorithm", |made| made.id_token_as = |token| unsigned(token, "none")),
    ("id-none", "`None`", "id-token-algorithm", |made| made.id_token_as = |token| unsigned(token, "None")),
    ("id-none", "`NONE`", "id-token-algorithm", |made| made.id_token_as = |token| unsigned(token, "NONE")),
    ("id-none", "an empty algorithm", "id-token-algorithm", |made| made.id_token_as = |token| unsigned(token, "")),
    ("id-none", "`none` over a good signature", "id-token-algorithm", |made| made.id_token_as = |token| with_header(token, |header| header["alg"] = json!("none"))),
    ("id-none", "no algorithm", "id-token-algorithm", |made| made.id_token_as = |token| with_header(token, |header| unset(header, "alg"))),
    ("id-none", "an algorithm that is not in the profile", "id-token-algorithm", |made| {
        Made::by(&mut made.id_token, JwsAlgorithm::Rs384);
    }),

    ("id-signature", "the key of a stranger under the name of the provider's", "id-token-signature", |made| made.id_token.key = stranger_key()),
    ("id-signature", "the key of a stranger under its own name", "id-token-no-key", |made| {
        made.id_token.key = stranger_key();
        made.id_token.header["kid"] = json!("stranger");
    }),
    ("id-signature", "the key of a stranger that the token brings", "id-token-header-key", |made| {
        made.id_token.key = stranger_key();
        made.id_token.header["jwk"] = jwk(stranger_key(), "core");
    }),
    ("id-signature", "an address where its key is", "id-token-header-key", |made| {
        made.id_token.header["jku"] = json!(OTHER);
    }),
    ("id-signature", "a bit that was changed", "id-token-signature", |made| made.id_token_as = |token| with_signature(token, |mut signature| { signature[3] ^= 1; signature })),
    ("id-signature", "nothing but zeros", "id-token-signature", |made| made.id_token_as = |token| with_signature(token, |signature| vec![0; signature.len()])),
    ("id-signature", "no signature", "id-token-signature", |made| made.id_token_as = |token| with_signature(token, |_| Vec::new())),
    ("id-signature", "half a signature", "id-token-signature", |made| made.id_token_as = |token| with_signature(token, |signature| signature[..32].to_vec())),
    ("id-signature", "a signature and one byte more", "id-token-signature", |made| made.id_token_as = |token| with_signature(token, |mut signature| { signature.push(0); signature })),
    ("id-signature", "other claims under it", "id-token-signature", |made| made.id_token_as = |token| with_claims(token, |claims| claims["sub"] = json!("somebody else"))),
    ("id-signature", "another header over it", "id-token-signature", |made| made.id_token_as = |token| with_header(token, |header| header["cty"] = json!("x"))),
    ("id-signature", "another key of the provider's named", "id-token-no-key", |made| made.id_token.header["kid"] = json!("rsa")),
    ("id-signature", "an algorithm of another key", "id-token-no-key", |made| made.id_token.header["alg"] = json!("RS256")),
    ("id-signature", "PSS named over PKCS#1", "id-token-signature", |made| {
        Made::by(&mut made.id_token, JwsAlgorithm::Rs256);
        made.id_token_as = |token| with_header(token, |header| header["alg"] = json!("PS256"));
    }),
    ("id-signature", "a token of another use", "id-token-type", |made| made.id_token.header["typ"] = json!("at+jwt")),
    ("id-signature", "a critical header that nobody knows", "id-token-critical", |made| made.id_token.header["crit"] = json!(["exp"])),
    ("id-signature", "no token at all", "id-token-form", |made| made.id_token_as = |token| token.replace('.', "")),
    ("id-signature", "a token that is too long", "id-token-too-long", |made| claim(made, "filler", json!("f".repeat(32 * 1024)))),

    ("id-no-kid", "no name of the key, of which there are several", "id-token-no-kid", |made| unset(&mut made.id_token.header, "kid")),
    ("id-no-kid", "an empty name", "id-token-no-key", |made| made.id_token.header["kid"] = json!("")),
    ("id-no-kid", "a name that is none", "id-token-no-key", |made| made.id_token.header["kid"] = json!(["core"])),
    ("id-no-kid", "nothing as a name", "id-token-no-key", |made| made.id_token.header["kid"] = Value::Null),

    ("id-confusion", "the public key in DER as the secret", "id-token-algorithm", |made| made.id_token_as = |token| by_hmac(token, keys::provider_rsa().public_key().spki())),
    ("id-confusion", "the public key as it is published", "id-token-algorithm", |made| made.id_token_as = |token| by_hmac(token, jwk(keys::provider_rsa(), "rsa").to_string().as_bytes())),
    ("id-confusion", "its modulus", "id-token-algorithm", |made| made.id_token_as = |token| {
        let jwk = jwk(keys::provider_rsa(), "rsa");
        by_hmac(token, &from_base64url(jwk["n"].as_str().unwrap()).unwrap())
    }),
    ("id-confusion", "an empty secret", "id-token-algorithm", |made| made.id_token_as = |token| by_hmac(token, b"")),
    ("id-confusion", "our name as the secret", "id-token-algorithm", |made| made.id_token_as = |token| by_hmac(token, ISSUER.as_bytes())),

    ("id-nonce", "another nonce", "id-token-nonce", |made| claim(made, "nonce", json!("0".repeat(64)))),
    ("id-nonce", "no nonce", "id-token-nonce", |made| unset(&mut made.id_token.claims, "nonce")),
    ("id-nonce", "an empty nonce", "id-token-nonce", |made| claim(made, "nonce", json!(""))),
    ("id-nonce", "the nonce in a list", "id-token-nonce", |made| {
        let nonce = json!([made.id_token.claims["nonce"]]);
        claim(made, "nonce", nonce);
    }),
    ("id-nonce", "the nonce and something more", "id-token-nonce", |made| {
        let nonce = json!(format!("{}0", made.id_token.claims["nonce"].as_str().unwrap()));
        claim(made, "nonce", nonce);
    }),
    ("id-nonce", "the state in its place", "id-token-nonce", |made| {
        let state = json!(made.answer[1].1);
        claim(made, "nonce", state);
    }),

    ("id-ended", "ended a minute ago", "id-token-expired", |made| Made::shift(&mut made.id_token, "exp", made.now, -60)),
    ("id-ended", "ended long ago", "id-token-expired", |made| claim(made, "exp", json!(1))),
    ("id-ended", "ended before the beginning of time", "id-token-expired", |made| claim(made, "exp", json!(-1))),
    ("id-ended", "no end", "id-token-exp", |made| unset(&mut made.id_token.claims, "exp")),
    ("id-ended", "a text as end", "id-token-exp", |made| claim(made, "exp", json!("9999999999"))),
    ("id-ended", "an end beyond all time", "id-token-exp", |made| claim(made, "exp", json!(1e300))),

    ("id-acr-lower", "level 1 where 2 was asked for", "id-token-acr-lower", |made| claim(made, "acr", json!("https://www.spid.gov.it/SpidL1"))),
    ("id-acr-absent", "no level", "id-token-acr", |made| unset(&mut made.id_token.claims, "acr")),
    ("id-acr-absent", "nothing as level", "id-token-acr", |made| claim(made, "acr", Value::Null)),
    ("id-acr-absent", "levels in a list", "id-token-acr", |made| claim(made, "acr", json!(["https://www.spid.gov.it/SpidL2"]))),
    ("id-acr-absent", "a number as level", "id-token-acr", |made| claim(made, "acr", json!(3))),
    ("id-acr-unknown", "a level that there is not", "id-token-acr-unknown", |made| claim(made, "acr", json!("https://www.spid.gov.it/SpidL4"))),
    ("id-acr-unknown", "an empty level", "id-token-acr-unknown", |made| claim(made, "acr", json!(""))),
    ("id-acr-unknown", "the level in other letters", "id-token-acr-unknown", |made| claim(made, "acr", json!("https://www.spid.gov.it/spidl2"))),
    ("id-acr-unknown", "a level and a space", "id-token-acr-unknown", |made| claim(made, "acr", json!("https://www.spid.gov.it/SpidL2 "))),
    ("id-acr-unknown", "two levels in one text", "id-token-acr-unknown", |made| claim(made, "acr", json!("https://www.spid.gov.it/SpidL1 https://www.spid.gov.it/SpidL2"))),
    ("id-acr-unknown", "the level of another federation", "id-token-acr-unknown", |made| claim(made, "acr", json!("http://eidas.europa.eu/LoA/high"))),

    ("id-hash-wrong", "the digest of another access token", "id-token-at-hash", |made| hash(made, json!(JwsAlgorithm::Es256.half_hash("another")))),
    ("id-hash-wrong", "half of another digest", "id-token-at-hash", |made| {
        let token = made.access_token.signed();
        made.opaque = Some(Box::leak(token.clone().into_boxed_str()));
        hash(made, json!(JwsAlgorithm::Es512.half_hash(&token)));
    }),
    ("id-hash-wrong", "an empty digest", "id-token-at-hash", |made| hash(made, json!(""))),
    ("id-hash-absent", "no digest", "id-token-at-hash", |made| made.with_at_hash = false),
    ("id-hash-absent", "nothing as digest", "id-token-at-hash", |made| hash(made, Value::Null)),

    ("id-encrypted", "encrypted to us", "id-token-encrypted", |made| made.id_token_as = sealed),
    ("id-encrypted", "encrypted to somebody else", "id-token-encrypted", |made| made.id_token_as = to_somebody_else),
];

fn to_somebody_else(token: &str) -> String {
    let key = keys::stranger_rsa().public_key();
    enveloped_to(key, usual_header(), token.as_bytes())
}

/// Where our metadata ask for encrypted ID tokens.
#[rustfmt::skip]
const ENCRYPTED: &[Case] = &[
    ("id-plain", "a plain token", "id-token-plain", |_| {}),
    ("id-plain", "a plain one without a signature", "id-token-plain", |made| made.id_token_as = |token| unsigned(token, "none")),
    ("id-encrypted", "encrypted to somebody else under our key's name", "id-token-message-decryption", |made| made.id_token_as = to_somebody_else),
    ("id-none", "`none` inside", "id-token-algorithm", |made| made.id_token_as = |token| sealed(&unsigned(token, "none"))),
    ("id-signature", "a stranger's signature inside", "id-token-signature", |made| {
        made.id_token.key = stranger_key();
        made.id_token_as = sealed;
    }),
    ("id-signature", "claims alone inside", "id-token-form", |made| made.id_token_as = |token| sealed(&parts(token).1.to_string())),
    ("id-encrypted", "encrypted twice", "id-token-form", |made| made.id_token_as = |token| sealed(&sealed(token))),
];

pub async fn play(table: &mut Table) {
    let hostile = Hostile::believed(Profile::Cie, Habits::default()).await;
    play_all(table, &hostile, CASES).await;
    // The answer of one login in another of the same person.
    let mut first = hostile.visit();
    let request = first.start().await;
    let mut second = hostile.visit();
    let other = second.start().await;
    let nonce = crate::support::openid_double::read_request(
        &request,
        &crate::support::openid_rp::client_keys(),
    )["nonce"]
        .clone();
    let back = second.prepare(&other, |made| claim(made, "nonce", nonce));
    let answer = second.come_back(&back).await;
    let seen = second.seen(answer);
    table.refused(
        "id-nonce",
        "the nonce of another login under way",
        "id-token-nonce",
        &seen,
    );

    let habits = Habits {
        encrypted_id_token: true,
        ..Habits::default()
    };
    let hostile = Hostile::believed(Profile::Cie, habits).await;
    play_all(table, &hostile, ENCRYPTED).await;
}
