//! OpenID Connect from the application's side: authorization code with PKCE, and every check of OpenID Connect Core,
//! 3.1.3.7, that applies.

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::request::Builder;
use http::{Method, Request};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use super::events::EVENTS;
use crate::crypto::encoding::{base64, base64url};
use crate::crypto::{Random, constant_time_eq, sha256};
use crate::demo::fetch::{Fetch, NoAnswer};
use crate::identity::Timestamp;
use crate::protocol::jose::{
    JwkSet, JwsAlgorithm, JwtProfile, KidRule, VerifiedJwt, parse_object, verify_compact,
};

/// What ID tokens may be.
const ID_TOKEN: JwtProfile = JwtProfile {
    algorithms: &[JwsAlgorithm::Es256, JwsAlgorithm::Rs256],
    types: &["jwt"],
    may_be_untyped: true,
    kid: KidRule::Optional,
    max_bytes: 16 * 1024,
};
/// Clocks may differ by so many seconds.
const SKEW: i64 = 60;
/// The file of [`Registration::events_secret`] in the demo's folder, for the gateway.
pub const EVENTS_SECRET: &str = "events.secret";
const SCOPE: &str = "openid profile email phone fiscal_number registry company";

/// The application as the gateway knows it.
#[derive(Clone)]
pub struct Registration {
    /// The gateway.
    pub issuer: String,
    /// `client_id`.
    pub client_id: String,
    /// The secret for `/token`.
    pub client_secret: String,
    /// The secret by which the application knows who pushes events.
    pub events_secret: String,
    /// Where the application lives, without a slash at the end.
    pub origin: String,
    /// Ways in that it leads to by itself, by a hint to the gateway.
    pub ways: Vec<WayIn>,
}

/// A way in that the application names to the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayIn {
    /// What people read.
    pub name: &'static str,
    /// `idp_hint` of the request: a method, or the entity id of a provider.
    pub hint: String,
}

impl Registration {
    /// Where codes go.
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        format!("{}/callback", self.origin)
    }

    /// Where people go after they logged out.
    #[must_use]
    pub fn post_logout_redirect_uri(&self) -> String {
        format!("{}/goodbye", self.origin)
    }

    /// Where events go.
    #[must_use]
    pub fn events_uri(&self) -> String {
        format!("{}{EVENTS}", self.origin)
    }
}

/// A login under way: what must come back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Question {
    pub(super) resource: Option<String>,
    nonce: String,
    verifier: String,
}

impl Question {
    pub(super) fn new(resource: Option<String>, random: &dyn Random) -> Self {
        Self {
            resource,
            nonce: random.token(),
            verifier: random.token(),
        }
    }
}

/// What the gateway told about a person.
pub(super) struct Told {
    pub(super) id_token: String,
    pub(super) claims: Map<String, Value>,
}

/// Why the application does not believe that anybody logged in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RelyingPartyError {
    /// The gateway did not answer.
    #[error("the gateway did not answer: {0}")]
    NoAnswer(#[from] NoAnswer),
    /// The gateway refused.
    #[error("the gateway answered {0}")]
    Refused(String),
    /// An answer lacks something, or is not what it should be.
    #[error("the gateway's answer is wrong: {0}")]
    Wrong(&'static str),
}

use RelyingPartyError::Wrong;

/// Where the gateway's endpoints are.
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    end_session_endpoint: String,
    jwks_uri: String,
}

pub(super) struct RelyingParty {
    registration: Registration,
    fetch: Fetch,
}

impl RelyingParty {
    pub(super) fn new(registration: Registration, fetch: Fetch) -> Self {
        Self {
            registration,
            fetch,
        }
    }

    pub(super) fn issuer(&self) -> &str {
        &self.registration.issuer
    }

    pub(super) fn ways(&self) -> &[WayIn] {
        &self.registration.ways
    }

    /// Who tokens are for.
    pub(super) fn audience(&self) -> &str {
        &self.registration.client_id
    }

    pub(super) fn events_secret(&self) -> &str {
        &self.registration.events_secret
    }

    pub(super) async fn authorization_url(
        &self,
        question: &Question,
        state: &str,
        idp_hint: Option<&str>,
    ) -> Result<String, RelyingPartyError> {
        let mut url = address(&self.discover().await?.authorization_endpoint)?;
        let challenge = base64url(&sha256(question.verifier.as_bytes()));
        let redirect_uri = self.registration.redirect_uri();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.registration.client_id)
            .append_pair("redirect_uri", &redirect_uri)
            .append_pair("scope", SCOPE)
            .append_pair("state", state)
            .append_pair("nonce", &question.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        let optional = [
            ("resource", question.resource.as_deref()),
            ("idp_hint", idp_hint),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        Ok(url.into())
    }

    pub(super) async fn logout_url(&self, id_token: &str) -> Result<String, RelyingPartyError> {
        let mut url = address(&self.discover().await?.end_session_endpoint)?;
        let back = self.registration.post_logout_redirect_uri();
        url.query_pairs_mut()
            .append_pair("id_token_hint", id_token)
            .append_pair("post_logout_redirect_uri", &back);
        Ok(url.into())
    }

    /// Trades a code for what the gateway tells, and believes it only if every check holds.
    pub(super) async fn redeem(
        &self,
        code: &str,
        question: &Question,
        now: Timestamp,
    ) -> Result<Told, RelyingPartyError> {
        let discovery = self.discover().await?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.registration.redirect_uri()),
            ("code_verifier", &question.verifier),
        ];
        let answer = self.post(&discovery.token_endpoint, &form).await?;
        let text = |name: &str| answer.get(name).and_then(Value::as_str);
        let id_token = text("id_token").ok_or(Wrong("no ID token"))?;
        let access_token = text("access_token").ok_or(Wrong("no access token"))?;
        let keys = self.keys().await?;
        let mut claims = self.believe(id_token, &keys, question, now)?;
        let request = request_get(&discovery.userinfo_endpoint)
            .header(AUTHORIZATION, format!("Bearer {access_token}"));
        let about = self.object(request, String::new()).await?;
        // OpenID Connect Core, 5.3.2: answers about somebody else are not used.
        if about.get("sub") != claims.get("sub") {
            return Err(Wrong("userinfo is about somebody else"));
        }
        claims.extend(about);
        Ok(Told {
            id_token: id_token.to_owned(),
            claims,
        })
    }

    fn believe(
        &self,
        id_token: &str,
        keys: &JwkSet,
        question: &Question,
        now: Timestamp,
    ) -> Result<Map<String, Value>, RelyingPartyError> {
        let token = self.verify(id_token, &ID_TOKEN, keys)?;
        let now = now.timestamp();
        let in_time = token.time("exp").is_some_and(|end| now < end + SKEW)
            && token.time("iat").is_some_and(|start| start <= now + SKEW);
        if !in_time {
            return Err(Wrong("the ID token is not of this time"));
        }
        let nonce = token.text("nonce").unwrap_or_default();
        if !constant_time_eq(nonce.as_bytes(), question.nonce.as_bytes()) {
            return Err(Wrong("the ID token answers another request"));
        }
        Ok(token.claims().clone())
    }

    /// Posts a form as the application, with its secret.
    pub(super) async fn post(
        &self,
        endpoint: &str,
        form: &[(&str, &str)],
    ) -> Result<Map<String, Value>, RelyingPartyError> {
        // Neither name nor secret has characters that form encoding would change (RFC 6749, 2.3.1).
        let Registration {
            client_id,
            client_secret,
            ..
        } = &self.registration;
        let basic = base64(format!("{client_id}:{client_secret}").as_bytes());
        let request = request(Method::POST, endpoint)
            .header(AUTHORIZATION, format!("Basic {basic}"))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        self.object(request, form).await
    }

    /// A token of the gateway for this application, of whatever use.
    pub(super) fn verify(
        &self,
        token: &str,
        profile: &JwtProfile,
        keys: &JwkSet,
    ) -> Result<VerifiedJwt, RelyingPartyError> {
        let token = verify_compact(token, profile, keys);
        let token = token.map_err(|_| Wrong("a token's signature"))?;
        if token.text("iss") != Some(self.issuer()) {
            return Err(Wrong("a token is from another issuer"));
        }
        if token.audiences() != Some(vec![self.audience()]) {
            return Err(Wrong("a token is for another application"));
        }
        Ok(token)
    }

    /// The keys that the gateway publishes.
    pub(super) async fn keys(&self) -> Result<JwkSet, RelyingPartyError> {
        let discovery = self.discover().await?;
        let keys = self.json(request_get(&discovery.jwks_uri), String::new());
        JwkSet::parse(&keys.await?).map_err(|_| Wrong("no key set"))
    }

    async fn discover(&self) -> Result<Discovery, RelyingPartyError> {
        let url = format!("{}/.well-known/openid-configuration", self.issuer());
        let bytes = self.json(request_get(&url), String::new()).await?;
        let discovery: Discovery =
            serde_json::from_slice(&bytes).map_err(|_| Wrong("the discovery document"))?;
        // OpenID Connect Discovery, 4.3.
        if discovery.issuer != self.issuer() {
            return Err(Wrong("discovery names another issuer"));
        }
        Ok(discovery)
    }

    async fn object(
        &self,
        request: Builder,
        body: String,
    ) -> Result<Map<String, Value>, RelyingPartyError> {
        let bytes = self.json(request, body).await?;
        parse_object(&bytes).map_err(|_| Wrong("not a JSON object"))
    }

    async fn json(&self, request: Builder, body: String) -> Result<Vec<u8>, RelyingPartyError> {
        let (parts, bytes) = self.fetch.send(request, body).await?;
        if parts.status.is_success() {
            return Ok(bytes.to_vec());
        }
        let error = parse_object(&bytes).unwrap_or_default();
        let code = error
            .get("error")
            .and_then(Value::as_str)
            .unwrap_or_default();
        Err(RelyingPartyError::Refused(format!(
            "{} {code}",
            parts.status
        )))
    }
}

fn address(text: &str) -> Result<Url, RelyingPartyError> {
    Url::parse(text).map_err(|_| Wrong("an endpoint is no address"))
}

fn request(method: Method, url: &str) -> Builder {
    Request::builder()
        .method(method)
        .uri(url)
        .header(ACCEPT, "application/json")
}

fn request_get(url: &str) -> Builder {
    request(Method::GET, url)
}
