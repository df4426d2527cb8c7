//! What providers may do one way or another (rules on CIE, B0, B6, B9, B10, B13): each variant, from the chain to the person,
//! logs the person in.

use serde_json::{Value, json};
use varco::identity::{Clock as _, SystemClock};
use varco::login::openid::trust::MarkStatus;
use varco::login::openid::{Habits, Profile};
use varco::protocol::jose::{ContentEncryption, JwsAlgorithm, KeyManagement};

use super::Table;
use crate::suite::federation::variants::variants;
use crate::support::federation::Federation;
use crate::support::gateway::ISSUER;
use crate::support::hostile::{
    Hostile, Made, encrypted_by, enveloped, sealed, unset, usual_header, with_every_key,
};
use crate::support::http_server::Reply;

/// The row of variants that the book does not name.
pub const ROW: &str = "valid";

type Variant = (&'static str, fn(&mut Made));

/// What becomes of a token.
type Encrypted = fn(&str) -> String;

fn under(token: &str, change: fn(&mut Value)) -> String {
    let mut header = usual_header();
    change(&mut header);
    enveloped(header, token.as_bytes())
}

#[rustfmt::skip]
const VARIANTS: &[Variant] = &[
    ("as it is", |_| {}),
    ("one audience as a text", |made| made.id_token.claims["aud"] = json!(ISSUER)),
    ("one audience of userinfo in a list", |made| made.userinfo.claims["aud"] = json!([ISSUER])),
    ("us as who asked", |made| made.id_token.claims["azp"] = json!(ISSUER)),
    ("without nbf", |made| unset(&mut made.id_token.claims, "nbf")),
    ("without jti", |made| unset(&mut made.id_token.claims, "jti")),
    ("without a type", |made| unset(&mut made.id_token.header, "typ")),
    ("a type in small letters", |made| made.id_token.header["typ"] = json!("jwt")),
    ("a type in its long form", |made| made.userinfo.header["typ"] = json!("application/JWT")),
    ("a clock that is almost a minute ahead", |made| {
        for name in ["iat", "nbf"] { Made::shift(&mut made.id_token, name, made.now, 59); }
        Made::shift(&mut made.userinfo, "iat", made.now, 59);
    }),
    ("a clock that is almost a minute behind", |made| {
        Made::shift(&mut made.id_token, "exp", made.now, -59);
        Made::shift(&mut made.userinfo, "exp", made.now, -59);
    }),
    ("a higher level than was asked for", |made| made.id_token.claims["acr"] = json!("https://www.spid.gov.it/SpidL3")),
    ("an opaque access token", |made| made.opaque = Some("opaque")),
    ("an access token by an RSA key", |made| Made::by(&mut made.access_token, JwsAlgorithm::Rs256)),
    ("several audiences of the access token", |made| {
        let userinfo = made.access_token.claims["aud"][0].clone();
        made.access_token.claims["aud"] = json!([made.op, userinfo]);
    }),
    ("a token type in small letters", |made| made.token_more = json!({ "token_type": "bearer" })),
    ("a refresh token that nobody asked for", |made| made.token_more = json!({ "refresh_token": "r" })),
    ("userinfo as the reference provider names it", |made| made.userinfo_reply = |body| Reply::of(200, "application/jwt", body)),
    ("userinfo with a charset", |made| made.userinfo_reply = |body| Reply::of(200, "application/jose; charset=utf-8", body)),
    ("what is inside in small letters", |made| made.userinfo_as = |token| under(token, |header| header["cty"] = json!("jwt"))),
    ("what is inside in its long form", |made| made.userinfo_as = |token| under(token, |header| header["cty"] = json!("application/jwt"))),
    ("a message that does not name its key, of which there is one", |made| made.userinfo_as = |token| under(token, |header| unset(header, "kid"))),
    ("a message with a type", |made| made.userinfo_as = |token| under(token, |header| header["typ"] = json!("JWE"))),
    ("claims that nobody knows", |made| {
        made.id_token.claims["x"] = json!({ "y": [1] });
        made.userinfo.claims["x"] = json!({ "y": [1] });
    }),
    ("a parameter that nobody knows", |made| made.answer.push(("session_state", "x".to_owned()))),
    ("no family name", |made| unset(&mut made.userinfo.claims, "family_name")),
    ("claims of the person in the ID token too", |made| made.id_token.claims["given_name"] = json!("Mario")),
];

/// Every way in which a token may be signed.
const SIGNED: [JwsAlgorithm; 6] = JwsAlgorithm::ITALIAN;

/// Every way in which a message may be encrypted, as what becomes of a token: the two of RSA, the three on curves.
#[rustfmt::skip]
const ENCRYPTED: [(&str, Encrypted); 10] = [
    ("RSA-OAEP A128CBC-HS256", |t| encrypted_by(KeyManagement::RsaOaep, ContentEncryption::A128CbcHs256, t)),
    ("RSA-OAEP A256CBC-HS512", |t| encrypted_by(KeyManagement::RsaOaep, ContentEncryption::A256CbcHs512, t)),
    ("RSA-OAEP-256 A128CBC-HS256", |t| encrypted_by(KeyManagement::RsaOaep256, ContentEncryption::A128CbcHs256, t)),
    ("RSA-OAEP-256 A256CBC-HS512", |t| encrypted_by(KeyManagement::RsaOaep256, ContentEncryption::A256CbcHs512, t)),
    ("ECDH-ES A128CBC-HS256", |t| encrypted_by(KeyManagement::EcdhEs, ContentEncryption::A128CbcHs256, t)),
    ("ECDH-ES A256CBC-HS512", |t| encrypted_by(KeyManagement::EcdhEs, ContentEncryption::A256CbcHs512, t)),
    ("ECDH-ES+A128KW A128CBC-HS256", |t| encrypted_by(KeyManagement::EcdhEsA128Kw, ContentEncryption::A128CbcHs256, t)),
    ("ECDH-ES+A128KW A256CBC-HS512", |t| encrypted_by(KeyManagement::EcdhEsA128Kw, ContentEncryption::A256CbcHs512, t)),
    ("ECDH-ES+A256KW A128CBC-HS256", |t| encrypted_by(KeyManagement::EcdhEsA256Kw, ContentEncryption::A128CbcHs256, t)),
    ("ECDH-ES+A256KW A256CBC-HS512", |t| encrypted_by(KeyManagement::EcdhEsA256Kw, ContentEncryption::A256CbcHs512, t)),
];

pub async fn play(table: &mut Table) {
    by_tokens(table).await;
    by_habits(table).await;
    by_chains(table).await;
}

async fn by_tokens(table: &mut Table) {
    let hostile = Hostile::believed(Profile::Cie, Habits::default()).await;
    for (what, vary) in VARIANTS {
        let seen = hostile.log_in(vary).await;
        table.accepted(ROW, what, &seen);
    }
    for algorithm in SIGNED {
        let of_id = hostile.log_in(|made| Made::by(&mut made.id_token, algorithm));
        let what = format!("an ID token by {}", algorithm.name());
        table.accepted(ROW, &what, &of_id.await);
        let of_userinfo = hostile.log_in(|made| Made::by(&mut made.userinfo, algorithm));
        let what = format!("userinfo by {}", algorithm.name());
        table.accepted(ROW, &what, &of_userinfo.await);
    }
    for (what, encrypted) in ENCRYPTED {
        let seen = hostile.log_in(|made| made.userinfo_as = encrypted).await;
        table.accepted(ROW, &format!("userinfo by {what}"), &seen);
    }
    let mut visit = hostile.visit();
    let request = visit.start().await;
    hostile.later(599);
    let back = visit.prepare(&request, |_| {});
    let answer = visit.come_back(&back).await;
    let seen = visit.seen(answer);
    table.accepted(ROW, "an answer in the last second of its request", &seen);
}

async fn by_habits(table: &mut Table) {
    let encrypted = Habits {
        encrypted_id_token: true,
        ..Habits::default()
    };
    let hostile = Hostile::believed(Profile::Cie, encrypted).await;
    for (what, encrypted) in ENCRYPTED {
        let seen = hostile.log_in(|made| made.id_token_as = encrypted).await;
        table.accepted(ROW, &format!("an ID token encrypted by {what}"), &seen);
    }
    let reference = Habits {
        bare_userinfo: true,
        any_access_token_audience: true,
        ..Habits::default()
    };
    let hostile = Hostile::believed(Profile::Cie, reference).await;
    let bare = hostile.log_in(|made| {
        for name in ["iss", "aud", "iat", "exp"] {
            unset(&mut made.userinfo.claims, name);
        }
        made.access_token.claims["aud"] = json!([made.op, "/oidc/op/userinfo"]);
        made.userinfo_as = sealed;
    });
    table.accepted(ROW, "the reference provider's habits", &bare.await);

    let spid = Hostile::believed(Profile::Spid, Habits::default()).await;
    table.accepted(ROW, "SPID with an issuer", &spid.log_in(|_| {}).await);
    let seen = spid.log_in(|made| made.hush("iss")).await;
    table.accepted(ROW, "SPID without an issuer", &seen);
}

async fn by_chains(table: &mut Table) {
    let now = SystemClock.now().timestamp();
    for (what, make) in variants() {
        let row = match what {
            "more ways to register than one" => "registration-more",
            _ => ROW,
        };
        let mut federation = make(now);
        // Entities of this machine have addresses, which are in no tree of names.
        for statement in &mut federation.statements {
            let constraints = statement.claims.get_mut("constraints");
            if let Some(constraints) = constraints.and_then(Value::as_object_mut) {
                constraints.remove("naming_constraints");
            }
        }
        let hostile = Hostile::new(federation, (Profile::Cie, Habits::default()), |_, _| {});
        play_chain(table, (row, what), hostile, |_| {}).await;
    }
    let one_key = Federation::flat(now);
    let hostile = Hostile::new(one_key, (Profile::Cie, Habits::default()), |_, _| {});
    let unnamed = |made: &mut Made| unset(&mut made.id_token.header, "kid");
    play_chain(
        table,
        (ROW, "no name of the key, of which there is one"),
        hostile,
        unnamed,
    )
    .await;

    let mut of_spid = with_every_key();
    unset(
        of_spid.metadata(),
        "authorization_response_iss_parameter_supported",
    );
    unset(
        of_spid.metadata(),
        "revocation_endpoint_auth_methods_supported",
    );
    let hostile = Hostile::new(of_spid, (Profile::Spid, Habits::default()), |_, _| {});
    play_chain(
        table,
        (ROW, "a SPID provider without what CIE demands"),
        hostile,
        |_| {},
    )
    .await;

    for status in [MarkStatus::ByName, MarkStatus::ByMark] {
        let hostile = Hostile::new(
            with_every_key(),
            (Profile::Cie, Habits::default()),
            |settings, _| settings.status = status,
        );
        let what = format!("a trust mark in force, asked for {status:?}");
        play_chain(table, (ROW, &what), hostile, |_| {}).await;
    }
}

/// A provider that must be believed, and a login with it.
async fn play_chain(
    table: &mut Table,
    (row, what): (&'static str, &str),
    mut hostile: Hostile,
    vary: fn(&mut Made),
) {
    if let Err(code) = hostile.resolve().await {
        table.note(row, what, super::End::Wrong(code));
        return;
    }
    let seen = hostile.log_in(vary).await;
    table.accepted(row, what, &seen);
}
