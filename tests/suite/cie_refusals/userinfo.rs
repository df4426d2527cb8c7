//! Hostile userinfo answers (rules on CIE, B10 and B13).

use serde_json::{Value, json};
use varco::crypto::Signer as _;
use varco::crypto::encoding::{base64url, from_base64url};
use varco::login::openid::{Habits, Profile};

use super::{Case, Table, play_all};
use crate::support::federation::stranger_key;
use crate::support::gateway::ISSUER;
use crate::support::hostile::{
    Hostile, Made, enveloped, enveloped_to, sealed, unset, usual_header,
};
use crate::support::http_server::Reply;
use crate::support::keys;

const OTHER: &str = "https://other.example";

fn claim(made: &mut Made, name: &str, value: Value) {
    made.userinfo.claims[name] = value;
}

/// Encrypted to us under another header than the usual.
fn under(token: &str, change: fn(&mut Value)) -> String {
    let mut header = usual_header();
    change(&mut header);
    enveloped(header, token.as_bytes())
}

/// What a token says, without its signature.
fn said(token: &str) -> String {
    let payload = token.split('.').nth(1).unwrap();
    String::from_utf8(from_base64url(payload).unwrap()).unwrap()
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("told-subject", "another subject", "userinfo-subject", |made| claim(made, "sub", json!("somebody else"))),
    ("told-subject", "the subject in other letters", "userinfo-subject", |made| claim(made, "sub", json!("Pairwise"))),
    ("told-subject", "the subject and a space", "userinfo-subject", |made| claim(made, "sub", json!("pairwise "))),
    ("told-subject", "the subject in a list", "userinfo-subject", |made| claim(made, "sub", json!(["pairwise"]))),
    ("told-subject", "no subject", "userinfo-subject", |made| unset(&mut made.userinfo.claims, "sub")),

    ("told-json", "plain JSON under its own name", "userinfo-kind", |made| {
        made.userinfo_as = said;
        made.userinfo_reply = |body| Reply::of(200, "application/json", body);
    }),
    ("told-json", "plain JSON under the name of a token", "userinfo-message-form", |made| made.userinfo_as = said),
    ("told-json", "an encrypted token under the name of JSON", "userinfo-kind", |made| {
        made.userinfo_reply = |body| Reply::of(200, "application/json", body);
    }),
    ("told-json", "signed and not encrypted", "userinfo-message-form", |made| made.userinfo_as = str::to_owned),
    ("told-json", "no kind at all", "userinfo-kind", |made| made.userinfo_reply = |body| Reply::with(200, &[], body)),

    ("told-unsigned", "claims alone", "userinfo-form", |made| made.userinfo_as = |token| sealed(&said(token))),
    ("told-unsigned", "`none`", "userinfo-algorithm", |made| made.userinfo_as = |token| {
        let header = base64url(br#"{"alg":"none","typ":"JWT","kid":"core"}"#);
        sealed(&format!("{header}.{}.", base64url(said(token).as_bytes())))
    }),
    ("told-unsigned", "a token without its signature", "userinfo-signature", |made| made.userinfo_as = |token| {
        let (signed, _) = token.rsplit_once('.').unwrap();
        sealed(&format!("{signed}."))
    }),
    ("told-unsigned", "a stranger's signature", "userinfo-signature", |made| made.userinfo.key = stranger_key()),
    ("told-unsigned", "a stranger's signature under its own name", "userinfo-no-key", |made| {
        made.userinfo.key = stranger_key();
        made.userinfo.header["kid"] = json!("stranger");
    }),
    ("told-unsigned", "encrypted twice", "userinfo-form", |made| made.userinfo_as = |token| sealed(&sealed(token))),
    ("told-unsigned", "what is no text", "userinfo-form", |made| made.userinfo_as = |_| enveloped(usual_header(), &[0xff, 0xfe])),
    ("told-unsigned", "nothing", "userinfo-form", |made| made.userinfo_as = |_| sealed("")),

    ("told-recipient", "another's key", "userinfo-message-no-key", |made| made.userinfo_as = |token| {
        let mut header = usual_header();
        header["kid"] = json!("somebody");
        enveloped_to(keys::stranger_rsa().public_key(), header, token.as_bytes())
    }),
    ("told-recipient", "another's key under the name of ours", "userinfo-message-decryption", |made| made.userinfo_as = |token| {
        enveloped_to(keys::stranger_rsa().public_key(), usual_header(), token.as_bytes())
    }),
    ("told-recipient", "our key under another name", "userinfo-message-no-key", |made| made.userinfo_as = |token| under(token, |header| header["kid"] = json!("somebody"))),
    ("told-recipient", "the key that it brings", "userinfo-message-header-key", |made| made.userinfo_as = |token| under(token, |header| header["jwk"] = json!({}))),
    ("told-recipient", "a tag that was changed", "userinfo-message-decryption", |made| made.userinfo_as = |token| {
        let (all, tag) = sealed(token).rsplit_once('.').map(|(all, tag)| (all.to_owned(), from_base64url(tag).unwrap())).unwrap();
        let tag: Vec<u8> = tag.iter().map(|byte| byte ^ 1).collect();
        format!("{all}.{}", base64url(&tag))
    }),

    ("told-rsa1-5", "RSA1_5", "userinfo-message-key-management", |made| made.userinfo_as = |token| under(token, |header| header["alg"] = json!("RSA1_5"))),
    ("told-rsa1-5", "RSA1_5 in small letters", "userinfo-message-key-management", |made| made.userinfo_as = |token| under(token, |header| header["alg"] = json!("rsa1_5"))),
    ("told-rsa1-5", "a password", "userinfo-message-key-management", |made| made.userinfo_as = |token| under(token, |header| header["alg"] = json!("PBES2-HS256+A128KW"))),
    ("told-rsa1-5", "OAEP with a digest that is not in the profile", "userinfo-message-key-management", |made| made.userinfo_as = |token| under(token, |header| header["alg"] = json!("RSA-OAEP-512"))),
    ("told-dir", "a key that is agreed on elsewhere", "userinfo-message-key-management", |made| made.userinfo_as = |token| under(token, |header| header["alg"] = json!("dir"))),
    ("told-dir", "a shared secret that wraps", "userinfo-message-key-management", |made| made.userinfo_as = |token| under(token, |header| header["alg"] = json!("A256KW"))),
    ("told-dir", "no algorithm", "userinfo-message-key-management", |made| made.userinfo_as = |token| under(token, |header| unset(header, "alg"))),

    ("told-content", "Galois counter mode with 128 bits", "userinfo-message-content-encryption", |made| made.userinfo_as = |token| under(token, |header| header["enc"] = json!("A128GCM"))),
    ("told-content", "Galois counter mode with 256 bits", "userinfo-message-content-encryption", |made| made.userinfo_as = |token| under(token, |header| header["enc"] = json!("A256GCM"))),
    ("told-content", "the size between", "userinfo-message-content-encryption", |made| made.userinfo_as = |token| under(token, |header| header["enc"] = json!("A192CBC-HS384"))),
    ("told-content", "none", "userinfo-message-content-encryption", |made| made.userinfo_as = |token| under(token, |header| header["enc"] = json!("none"))),
    ("told-content", "no word of it", "userinfo-message-content-encryption", |made| made.userinfo_as = |token| under(token, |header| unset(header, "enc"))),

    ("told-zip", "compressed", "userinfo-message-compressed", |made| made.userinfo_as = |token| under(token, |header| header["zip"] = json!("DEF"))),
    ("told-zip", "compressed, of a size that is none", "userinfo-message-compressed", |made| made.userinfo_as = |_| {
        let mut header = usual_header();
        header["zip"] = json!("DEF");
        enveloped(header, &vec![b'a'; 4 * 1024 * 1024])
    }),
    ("told-zip", "compressed by a way that nobody knows", "userinfo-message-compressed", |made| made.userinfo_as = |token| under(token, |header| header["zip"] = json!("none"))),

    ("told-kind", "no word of what is inside", "userinfo-message-not-nested", |made| made.userinfo_as = |token| under(token, |header| unset(header, "cty"))),
    ("told-kind", "JSON announced", "userinfo-message-not-nested", |made| made.userinfo_as = |token| under(token, |header| header["cty"] = json!("json"))),
    ("told-kind", "a list announced", "userinfo-message-not-nested", |made| made.userinfo_as = |token| under(token, |header| header["cty"] = json!(["JWT"]))),
    ("told-kind", "a critical header", "userinfo-message-critical", |made| made.userinfo_as = |token| under(token, |header| header["crit"] = json!(["exp"]))),

    ("told-size", "a message that is too long", "userinfo-message-too-long", |made| claim(made, "filler", json!("f".repeat(48 * 1024)))),
    ("told-size", "a token in it that is too long", "userinfo-too-long", |made| claim(made, "filler", json!("f".repeat(26 * 1024)))),
    ("told-size", "an answer that is too long to be read", "userinfo-too-large", |made| {
        made.userinfo_reply = |body| Reply::of(200, "application/jose", body + &"A".repeat(128 * 1024));
    }),
    ("told-size", "an answer without end", "userinfo-too-large", |made| made.userinfo_reply = |_| {
        Reply::Endless(b"HTTP/1.1 200 OK\r\ncontent-type: application/jose\r\n\r\n".to_vec())
    }),

    ("told-issuer", "another issuer", "userinfo-issuer", |made| claim(made, "iss", json!(OTHER))),
    ("told-issuer", "the issuer and a slash", "userinfo-issuer", |made| {
        let issuer = json!(format!("{}/", made.op));
        claim(made, "iss", issuer);
    }),
    ("told-issuer", "no issuer", "userinfo-issuer", |made| unset(&mut made.userinfo.claims, "iss")),
    ("told-audience", "another audience", "userinfo-audience", |made| claim(made, "aud", json!(OTHER))),
    ("told-audience", "somebody else beside us", "userinfo-audience", |made| claim(made, "aud", json!([ISSUER, OTHER]))),
    ("told-audience", "no audience", "userinfo-audience", |made| unset(&mut made.userinfo.claims, "aud")),
    ("told-ended", "ended a minute ago", "userinfo-expired", |made| Made::shift(&mut made.userinfo, "exp", made.now, -60)),
    ("told-ended", "no end", "userinfo-exp", |made| unset(&mut made.userinfo.claims, "exp")),
    ("told-ended", "a text as end", "userinfo-exp", |made| claim(made, "exp", json!("9999999999"))),
    ("told-ended", "no beginning", "userinfo-iat", |made| unset(&mut made.userinfo.claims, "iat")),
    ("told-ended", "a beginning ahead", "userinfo-from-the-future", |made| Made::shift(&mut made.userinfo, "iat", made.now, 61)),
    ("told-ended", "made before the request", "userinfo-older-than-request", |made| Made::shift(&mut made.userinfo, "iat", made.now, -61)),
];

/// What is looked at all the same where the provider's userinfo may lack it.
#[rustfmt::skip]
const BARE: &[Case] = &[
    ("told-issuer", "another issuer, of whom may be silent of it", "userinfo-issuer", |made| claim(made, "iss", json!(OTHER))),
    ("told-audience", "another audience, of whom may be silent of it", "userinfo-audience", |made| claim(made, "aud", json!(OTHER))),
    ("told-ended", "ended, of whom may be silent of it", "userinfo-expired", |made| claim(made, "exp", json!(1))),
    ("told-subject", "another subject, of whom may be silent of the rest", "userinfo-subject", |made| claim(made, "sub", json!("x"))),
];

pub async fn play(table: &mut Table) {
    let hostile = Hostile::believed(Profile::Cie, Habits::default()).await;
    play_all(table, &hostile, CASES).await;
    let habits = Habits {
        bare_userinfo: true,
        ..Habits::default()
    };
    let hostile = Hostile::believed(Profile::Cie, habits).await;
    play_all(table, &hostile, BARE).await;
}
