//! The exchanges with a provider's endpoints (B9, B10, B11): every one is kept for the register as it was.

use chrono::TimeDelta;
use serde_json::{Value, json};
use url::Url;

use super::pending::PendingLogin;
use super::refusal::OpenIdRefusal;
use super::settings::AssertionAudience;
use super::start::SIGNED_LIFE;
use super::{OpenIdRelyingParty, TrustedProvider};
use crate::crypto::signer::CannotSign;
use crate::fetch::{FetchError, Reply};
use crate::identity::{Redacted, Timestamp};
use crate::protocol::jose::parse_object;

/// RFC 7523, 2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The longest token that is taken from a provider, in bytes.
const LONGEST_TOKEN: usize = 64 * 1024;
/// How long an access token lives whose provider does not say, in seconds.
const USUAL_LIFE: u64 = 10 * 60;

const CLAUSE: &str = "B9; RFC 6749, 5.1";

/// What passed between us and a provider, for the register.
#[derive(Default)]
pub(super) struct Exchanged {
    pub(super) token_request: Option<String>,
    pub(super) token_reply: Option<Reply>,
    pub(super) userinfo_reply: Option<Reply>,
}

/// What a code was redeemed for.
pub(super) struct Tokens {
    pub(super) access_token: Redacted<String>,
    /// Asked for by nobody; some providers give one all the same.
    pub(super) refresh_token: Option<Redacted<String>>,
    pub(super) id_token: Redacted<String>,
    /// The life of the access token, in seconds.
    pub(super) life: u64,
}

/// What is wrong with an answer that came.
fn reply_refusal(front: &str, reply: &Reply) -> OpenIdRefusal {
    match reply.status {
        500.. => OpenIdRefusal::unreachable(format!("{front}-server")),
        _ => OpenIdRefusal::check(format!("{front}-refused"), "B9; RFC 6749, 5.2"),
    }
}

fn fetch_refusal(front: &str, error: &FetchError) -> OpenIdRefusal {
    OpenIdRefusal::unreachable(format!("{front}-{}", error.code()))
}

impl OpenIdRelyingParty {
    /// Redeems a code (RFC 6749, 4.1.3; RFC 7523; RFC 7636).
    pub(super) async fn redeem(
        &self,
        provider: &TrustedProvider,
        request: &PendingLogin,
        code: &str,
        exchanged: &mut Exchanged,
        now: Timestamp,
    ) -> Result<Tokens, OpenIdRefusal> {
        let form = self.form(
            provider,
            &provider.token_endpoint,
            &[
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", &request.redirect_uri),
                ("code_verifier", request.verifier.expose()),
            ],
            now,
        );
        let form = form.map_err(|_| OpenIdRefusal::unavailable("signing"))?;
        exchanged.token_request = Some(form.clone());
        let asked = self.ports.back_channel.post(&provider.token_endpoint, form);
        let reply = asked
            .await
            .map_err(|error| fetch_refusal("token", &error))?;
        let tokens = read_tokens(&reply);
        exchanged.token_reply = Some(masked(&reply));
        tokens
    }

    /// Asks for what the provider tells of the person; gives the token that it answers with.
    pub(super) async fn userinfo(
        &self,
        provider: &TrustedProvider,
        tokens: &Tokens,
        exchanged: &mut Exchanged,
    ) -> Result<String, OpenIdRefusal> {
        let bearer = tokens.access_token.expose();
        let asked = self
            .ports
            .back_channel
            .get(&provider.userinfo_endpoint, bearer);
        let reply = asked
            .await
            .map_err(|error| fetch_refusal("userinfo", &error))?;
        let reply = exchanged.userinfo_reply.insert(reply);
        if reply.status != 200 {
            return Err(reply_refusal("userinfo", reply));
        }
        // Plain JSON is signed by nobody (B10).
        if !["application/jose", "application/jwt"].contains(&reply.kind.as_str()) {
            return Err(OpenIdRefusal::check("userinfo-kind", "B10"));
        }
        String::from_utf8(reply.body.clone())
            .map_err(|_| OpenIdRefusal::check("userinfo-form", "B10"))
    }

    /// A form for an endpoint, with what proves that it is ours (B9: `private_key_jwt`).
    pub(super) fn form(
        &self,
        provider: &TrustedProvider,
        endpoint: &Url,
        fields: &[(&str, &str)],
        now: Timestamp,
    ) -> Result<String, CannotSign> {
        let client = &self.settings.client_id;
        let audience = match self.settings.habits(provider.profile).assertion_audience {
            AssertionAudience::Endpoint => endpoint.as_str(),
            AssertionAudience::Issuer => &provider.issuer,
        };
        let claims = json!({
            "iss": client,
            "sub": client,
            "aud": [audience],
            "iat": now.timestamp(),
            "exp": (now + TimeDelta::seconds(SIGNED_LIFE)).timestamp(),
            "jti": self.random().token(),
        });
        let assertion = self.keys().signer.sign("JWT", &claims)?;
        Ok(form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", client)
            .append_pair("client_assertion_type", ASSERTION_TYPE)
            .append_pair("client_assertion", &assertion)
            .extend_pairs(fields)
            .finish())
    }
}

/// A token answer (RFC 6749, 5.1; OpenID Connect Core, 3.1.3.3).
fn read_tokens(reply: &Reply) -> Result<Tokens, OpenIdRefusal> {
    if reply.status != 200 {
        return Err(reply_refusal("token", reply));
    }
    let check = |code: &'static str| OpenIdRefusal::check(code, CLAUSE);
    if reply.kind != "application/json" {
        return Err(check("token-kind"));
    }
    let answer = parse_object(&reply.body).map_err(|_| check("token-form"))?;
    let token = |name: &str| {
        let token = answer.get(name).and_then(Value::as_str);
        token.filter(|token| {
            (1..=LONGEST_TOKEN).contains(&token.len())
                && token.bytes().all(|b| b.is_ascii_graphic())
        })
    };
    let is_bearer = answer.get("token_type").and_then(Value::as_str);
    if !is_bearer.is_some_and(|kind| kind.eq_ignore_ascii_case("bearer")) {
        return Err(check("token-type"));
    }
    let access_token = token("access_token").ok_or_else(|| check("token-access"))?;
    let id_token = token("id_token").ok_or_else(|| check("token-id"))?;
    let life = answer.get("expires_in").and_then(Value::as_u64);
    Ok(Tokens {
        access_token: access_token.to_owned().into(),
        refresh_token: token("refresh_token").map(|token| token.to_owned().into()),
        id_token: id_token.to_owned().into(),
        life: life.unwrap_or(USUAL_LIFE),
    })
}

/// What stands in the register in place of a token that still opens something.
pub(super) fn mask(token: impl AsRef<[u8]>) -> String {
    let digest = crate::crypto::sha256(token.as_ref());
    format!("sha-256:{}", crate::crypto::encoding::hex(&digest))
}

/// The answer with the digests of its live tokens in their place: the register is kept for 24 months and opens nothing, and
/// `at_hash` can still be checked with it. An answer of success that cannot be read (a name twice, a brace too few) may have
/// live tokens in it all the same: its own digest stands for it. An error has none, and stays as it is.
pub(super) fn masked(reply: &Reply) -> Reply {
    let Ok(mut answer) = parse_object(&reply.body) else {
        let body = match reply.status {
            200 => mask(&reply.body).into_bytes(),
            _ => reply.body.clone(),
        };
        return Reply {
            body,
            ..reply.clone()
        };
    };
    for name in ["access_token", "refresh_token"] {
        if let Some(Value::String(token)) = answer.get_mut(name) {
            *token = mask(&*token);
        }
    }
    Reply {
        body: Value::Object(answer).to_string().into_bytes(),
        ..reply.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply {
            status,
            kind: "application/json".to_owned(),
            body: body.as_bytes().to_vec(),
        }
    }

    /// What is refused for its form has live tokens in it all the same.
    #[test]
    fn the_register_gets_no_live_token_of_an_answer_that_cannot_be_read() {
        for body in [
            r#"{"access_token":"opens","token_type":"Bearer"}"#,
            r#"{"access_token":"opens","access_token":"opens"}"#,
            r#"{"access_token":"opens","id_token":"#,
            r#"[{"access_token":"opens"}]"#,
        ] {
            let kept = masked(&reply(200, body));
            assert!(!kept.body.windows(5).any(|five| five == b"opens"), "{body}");
            assert!(kept.body.windows(8).any(|eight| eight == b"sha-256:"));
            assert_eq!((kept.status, &*kept.kind), (200, "application/json"));
        }
        let error = reply(503, "<p>Torniamo presto</p>");
        assert_eq!(masked(&error), error);
    }
}
