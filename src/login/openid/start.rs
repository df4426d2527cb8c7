//! Sending a person to a provider (B7).

use chrono::TimeDelta;
use serde_json::{Map, Value, json};

use super::level::class_ref;
use super::pending::PendingLogin;
use super::{OpenIdRelyingParty, Profile, TrustedProvider};
use crate::crypto::encoding::{base64url, hex};
use crate::crypto::signer::CannotSign;
use crate::crypto::{Random, sha256};
use crate::identity::{AssuranceLevel, RequiredAssurance, Timestamp};
use crate::session::{BrowserDigest, FlowId};
use crate::store::StoreError;

/// How long a request object and a client assertion may be used, in seconds: the time that a browser or a connection takes.
pub(super) const SIGNED_LIFE: i64 = 60;

/// What a login starts with.
#[derive(Debug, Clone, Copy)]
pub struct StartLogin<'a> {
    /// The flow that the answer will go on with.
    pub flow: &'a FlowId,
    /// The browser that must bring the answer.
    pub browser: &'a BrowserDigest,
    /// Entity id of the provider.
    pub provider: &'a str,
    /// The least level; the configured minimum counts if it is higher.
    pub level: RequiredAssurance,
    /// Whether the person must give credentials even where the provider remembers them.
    pub force: bool,
    /// Whether to ask how to reach the person and where they were born, too.
    pub contacts: bool,
    /// The language that the person reads.
    pub language: &'a str,
}

/// Why a login does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartRefusal {
    /// The provider is not trusted now: unknown, or the federation has not vouched for it lately.
    #[error("the provider is not trusted now")]
    NotTrusted,
    /// The provider cannot reach the level.
    #[error("the provider cannot reach the level")]
    LevelOutOfReach,
    /// The request could not be signed.
    #[error("the request could not be signed: {0}")]
    Signing(#[from] CannotSign),
    /// The request could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl StartRefusal {
    /// The reason code for logs, metrics and pages.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotTrusted => "provider-not-trusted",
            Self::LevelOutOfReach => "level-out-of-reach",
            Self::Signing(_) => "signing",
            Self::Store(_) => "store",
        }
    }
}

/// What of a request must be unguessable.
struct Secrets {
    state: String,
    nonce: String,
    verifier: String,
    request_id: String,
}

impl Secrets {
    fn new(random: &dyn Random) -> Self {
        // The profile wants letters and digits, 32 at least.
        let digits = || {
            let mut bytes = [0; 32];
            random.fill(&mut bytes);
            hex(&bytes)
        };
        Self {
            state: digits(),
            nonce: digits(),
            verifier: random.token(),
            request_id: digits(),
        }
    }
}

impl OpenIdRelyingParty {
    /// Makes, signs and keeps a request, and gives the address that the browser carries it to. The request is good for one
    /// answer, within ten minutes, from the same browser. The provider is trusted from memory: nothing is fetched.
    ///
    /// # Errors
    /// [`StartRefusal`] when the provider cannot serve or we cannot.
    pub async fn start(
        &self,
        login: StartLogin<'_>,
        now: Timestamp,
    ) -> Result<String, StartRefusal> {
        let level = login.level.max(self.settings.minimum_level);
        let trusted = self.trusted(login.provider, now);
        let provider = trusted.ok_or(StartRefusal::NotTrusted)?;
        if provider.highest < level.0 {
            return Err(StartRefusal::LevelOutOfReach);
        }
        let secrets = Secrets::new(self.random());
        let redirect_uri = self
            .settings
            .redirect_uri(provider.profile, &provider.issuer);
        let claims = self.request_object(&provider, &login, level.0, &secrets, &redirect_uri, now);
        let request = self.keys().signer.sign("oauth-authz-req+jwt", &claims)?;
        let address = self.address(&provider, &secrets, &request);
        let pending = PendingLogin {
            provider: provider.issuer.clone(),
            redirect_uri,
            issued: now,
            request_id: secrets.request_id,
            nonce: secrets.nonce.into(),
            verifier: secrets.verifier.into(),
            level: level.0,
            forced: login.force || level.0 > AssuranceLevel::Low,
            flow: login.flow.clone(),
            browser: login.browser.clone(),
            raw: address.clone().into(),
        };
        self.pending.keep(&secrets.state, &pending).await?;
        Ok(address)
    }

    fn request_object(
        &self,
        provider: &TrustedProvider,
        login: &StartLogin<'_>,
        level: AssuranceLevel,
        secrets: &Secrets,
        redirect_uri: &str,
        now: Timestamp,
    ) -> Value {
        let client = &self.settings.client_id;
        // Above level 1 nobody may be logged in for what they did in another login.
        let anew = login.force || level > AssuranceLevel::Low;
        let prompt = if anew { "consent login" } else { "consent" };
        let languages = if self.settings.habits(provider.profile).languages_as_list {
            json!([login.language])
        } else {
            json!(login.language)
        };
        json!({
            "iss": client,
            // No other audience: a request for one provider is good at no other.
            "aud": provider.issuer,
            "client_id": client,
            "response_type": "code",
            "scope": provider.profile.scope(),
            "redirect_uri": redirect_uri,
            "state": secrets.state,
            "nonce": secrets.nonce,
            "code_challenge": challenge(&secrets.verifier),
            "code_challenge_method": "S256",
            "prompt": prompt,
            "acr_values": class_ref(level),
            "claims": { "userinfo": attributes(provider.profile, login.contacts) },
            "ui_locales": languages,
            "iat": now.timestamp(),
            "exp": (now + TimeDelta::seconds(SIGNED_LIFE)).timestamp(),
            "jti": secrets.request_id,
            // There is no `sub`: it could be shown as a client assertion (B7).
        })
    }

    /// What stands outside the signed request is equal to what stands in it.
    fn address(&self, provider: &TrustedProvider, secrets: &Secrets, request: &str) -> String {
        let mut address = provider.authorization_endpoint.clone();
        address.query_pairs_mut().extend_pairs([
            ("client_id", self.settings.client_id.as_str()),
            ("response_type", "code"),
            ("scope", provider.profile.scope()),
            ("code_challenge", &challenge(&secrets.verifier)),
            ("code_challenge_method", "S256"),
            ("request", request),
        ]);
        address.into()
    }
}

/// RFC 7636, 4.2.
pub(super) fn challenge(verifier: &str) -> String {
    base64url(&sha256(verifier.as_bytes()))
}

/// The name that the profiles give an attribute of their own.
macro_rules! eid {
    ($name:literal) => {
        concat!("https://attributes.eid.gov.it/", $name)
    };
}
pub(super) use eid;

/// What is asked of the person (OIDC profiles, attributes). Without the fiscal number nobody can be logged in.
fn attributes(profile: Profile, contacts: bool) -> Value {
    let mut asked = Map::new();
    asked.insert(
        eid!("fiscal_number").to_owned(),
        json!({ "essential": true }),
    );
    let mut more = vec!["given_name", "family_name", "birthdate"];
    if contacts && profile == Profile::Spid {
        more.extend([
            "gender",
            "place_of_birth",
            "email",
            "phone_number",
            eid!("e_delivery_service"),
        ]);
    }
    for name in more {
        asked.insert(name.to_owned(), json!({ "essential": false }));
    }
    Value::Object(asked)
}
