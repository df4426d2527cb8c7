//! What an ordinary provider tells, and what it proves.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::CoreGenderClaim;
use openidconnect::{
    AccessTokenHash, AdditionalClaims, ClaimsVerificationError, Nonce, OAuth2TokenResponse as _,
    SignatureVerificationError, TokenResponse as _, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::http::Http;
use super::{TokenResponse, UpstreamClient, UpstreamSettings, VerifiedIdToken};
use crate::identity::{
    AchievedAssurance, AuthenticationEvent, AuthenticationMethod, EvidenceId, FiscalCode, Person,
    PersonKey, Redacted, RequiredAssurance, Timestamp, VerifiedIdentity,
};
use crate::login::openid::pending::PendingLogin;
use crate::login::openid::refusal::OpenIdRefusal;
use crate::login::openid::token::SKEW;

const CLAUSE: &str = "OpenID Connect Core, 3.1.3.7";

/// Whatever a provider tells beside the standard claims.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct MoreClaims {
    #[serde(flatten)]
    members: HashMap<String, Value>,
}

impl AdditionalClaims for MoreClaims {}

impl std::fmt::Debug for MoreClaims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MoreClaims").finish_non_exhaustive()
    }
}

impl MoreClaims {
    fn text(&self, name: &str) -> Option<&str> {
        let text = self.members.get(name).and_then(Value::as_str);
        text.filter(|text| !text.is_empty() && !text.contains(char::is_control))
    }
}

/// What an ID token proves.
pub(super) struct Proved {
    subject: String,
    level: AchievedAssurance,
    at: Timestamp,
    more: MoreClaims,
}

/// A person and what they proved.
pub(super) struct Judged {
    pub(super) subject: String,
    pub(super) level: AchievedAssurance,
    at: Timestamp,
    person: Person,
}

impl Judged {
    pub(super) fn into_identity(
        self,
        provider: &str,
        evidence: EvidenceId,
        now: Timestamp,
    ) -> VerifiedIdentity {
        let event = AuthenticationEvent {
            method: AuthenticationMethod::OpenId,
            provider: provider.to_owned(),
            level: self.level,
            at: self.at.min(now),
            evidence,
            saml: None,
            card: None,
        };
        VerifiedIdentity::from_proof(VerifiedIdToken::new(self.person, event))
    }
}

fn check(code: &'static str) -> OpenIdRefusal {
    OpenIdRefusal::check(code, CLAUSE)
}

fn unverified(error: &ClaimsVerificationError) -> OpenIdRefusal {
    use SignatureVerificationError as S;
    check(match error {
        ClaimsVerificationError::Expired(_) => "upstream-expired",
        ClaimsVerificationError::InvalidAudience(_) => "upstream-audience",
        ClaimsVerificationError::InvalidIssuer(_) => "upstream-issuer",
        ClaimsVerificationError::InvalidNonce(_) => "upstream-nonce",
        ClaimsVerificationError::InvalidSubject(_) => "upstream-subject",
        ClaimsVerificationError::SignatureVerification(S::NoMatchingKey) => "upstream-key-unknown",
        ClaimsVerificationError::SignatureVerification(_) => "upstream-signature",
        _ => "upstream-claims",
    })
}

/// Verifies the ID token by the crate, and checks what it leaves to its caller.
pub(super) fn id_token(
    client: &UpstreamClient,
    tokens: &TokenResponse,
    request: &PendingLogin,
    settings: &UpstreamSettings,
    now: Timestamp,
) -> Result<Proved, OpenIdRefusal> {
    let token = tokens.id_token().ok_or_else(|| check("token-id"))?;
    let skew = TimeDelta::seconds(SKEW);
    let asked = request.issued - skew;
    let verifier = client
        .id_token_verifier()
        .set_time_fn(move || now - skew)
        .set_issue_time_verifier_fn(move |issued: DateTime<Utc>| {
            let fits = (asked..=now + skew).contains(&issued);
            fits.then_some(()).ok_or_else(String::new)
        });
    let nonce = Nonce::new(request.nonce.expose().clone());
    let claims = token
        .claims(&verifier, &nonce)
        .map_err(|error| unverified(&error))?;
    if let Some(hash) = claims.access_token_hash() {
        let algorithm = token
            .signing_alg()
            .map_err(|_| check("upstream-signature"))?;
        let key = token
            .signing_key(&verifier)
            .map_err(|_| check("upstream-signature"))?;
        let right = AccessTokenHash::from_token(tokens.access_token(), algorithm, key);
        if right.as_ref() != Ok(hash) {
            return Err(check("upstream-at-hash"));
        }
    }
    let at = match claims.auth_time() {
        // Who has to log in anew did so for this request.
        Some(at) if request.forced && at < asked => return Err(check("upstream-old-login")),
        None if request.forced => return Err(check("upstream-auth-time")),
        Some(at) => at,
        None => claims.issue_time(),
    };
    let class = claims.auth_context_ref().map(|class| class.as_str());
    let mapped = settings
        .levels
        .iter()
        .find(|(name, _)| Some(name.as_str()) == class);
    let level = AchievedAssurance(mapped.map_or(settings.level, |(_, level)| *level));
    if !level.satisfies(RequiredAssurance(request.level)) {
        return Err(check("upstream-acr-lower"));
    }
    Ok(Proved {
        subject: claims.subject().to_string(),
        level,
        at,
        more: claims.additional_claims().clone(),
    })
}

/// What the provider's userinfo tells, where it has one: about the same subject, or nothing.
pub(super) async fn userinfo(
    client: &UpstreamClient,
    tokens: &TokenResponse,
    proved: &Proved,
    http: &Http,
) -> Result<Option<UserInfoClaims<MoreClaims, CoreGenderClaim>>, OpenIdRefusal> {
    let subject = openidconnect::SubjectIdentifier::new(proved.subject.clone());
    let Ok(request) = client.user_info(tokens.access_token().clone(), Some(subject)) else {
        return Ok(None);
    };
    match request.request_async(http).await {
        Ok(claims) => Ok(Some(claims)),
        Err(openidconnect::UserInfoError::Request(error)) => Err(OpenIdRefusal::unreachable(
            format!("userinfo-{}", error.code()),
        )),
        Err(openidconnect::UserInfoError::ClaimsVerification(_)) => {
            Err(check("upstream-userinfo-subject"))
        }
        Err(_) => Err(check("upstream-userinfo")),
    }
}

/// The person: by the fiscal code, without which nobody is logged in.
pub(super) fn judge(
    proved: Proved,
    told: Option<UserInfoClaims<MoreClaims, CoreGenderClaim>>,
    settings: &UpstreamSettings,
) -> Result<Judged, OpenIdRefusal> {
    let more = told.as_ref().map(UserInfoClaims::additional_claims);
    let code = proved.more.text(&settings.fiscal_code);
    let code = code.or_else(|| more?.text(&settings.fiscal_code));
    let code = code.ok_or_else(|| check("fiscal-number-missing"))?;
    let code = FiscalCode::parse(code.strip_prefix("TINIT-").unwrap_or(code))
        .map_err(|_| check("fiscal-number-malformed"))?;
    let mut person = Person::new(PersonKey::FiscalCode(code));
    if let Some(told) = &told {
        let clean = |text: &str| (!text.contains(char::is_control)).then(|| text.to_owned());
        let given = told.given_name().and_then(|names| names.get(None));
        let family = told.family_name().and_then(|names| names.get(None));
        person.given_name = given.and_then(|name| clean(name)).map(Redacted::new);
        person.family_name = family.and_then(|name| clean(name)).map(Redacted::new);
    }
    Ok(Judged {
        subject: proved.subject,
        level: proved.level,
        at: proved.at,
        person,
    })
}
