//! The checks of an ID token and of the access token beside it (B9), all mandatory.

use super::TrustedProvider;
use super::level::level_of;
use super::pending::PendingLogin;
use super::refusal::OpenIdRefusal;
use super::settings::Habits;
use super::token::{Judge, SKEW, Which};
use crate::identity::{AchievedAssurance, RequiredAssurance, Timestamp};
use crate::protocol::jose::{JwtProfile, VerifiedJwt, verify_compact};

pub(super) const ID_TOKEN: Which = Which {
    front: "id-token",
    clause: "B9; OpenID Connect Core, 3.1.3.7",
    profile: &JwtProfile::ID_TOKEN,
};

const ACCESS_TOKEN: Which = Which {
    front: "access-token",
    clause: "B9; RFC 9068",
    profile: &JwtProfile::ACCESS_TOKEN,
};

/// What a token must agree with.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) client_id: &'a str,
    pub(super) provider: &'a TrustedProvider,
    pub(super) request: &'a PendingLogin,
    pub(super) habits: Habits,
    pub(super) now: Timestamp,
}

/// What an ID token proves.
pub(super) struct Proved {
    pub(super) subject: String,
    pub(super) level: AchievedAssurance,
    pub(super) issued: i64,
    /// When the person authenticated, as far as the provider says; otherwise when it issued the token.
    pub(super) authenticated: i64,
    /// `jti`, where it has one.
    pub(super) id: Option<String>,
}

/// The checks, in order.
pub(super) fn check_id_token(
    token: &VerifiedJwt,
    access_token: &str,
    expected: &Expected<'_>,
) -> Result<Proved, OpenIdRefusal> {
    let judge = Judge {
        which: ID_TOKEN,
        token,
    };
    let now = expected.now.timestamp();
    judge.issuer(&expected.provider.issuer)?;
    judge.audience(expected.client_id)?;
    if token.has("azp") {
        judge.same("azp", expected.client_id, "authorized-party")?;
    }
    judge.expiry(now)?;
    let issued = judge.issue(expected.request.issued.timestamp(), now)?;
    judge.begin(now)?;
    judge.same("nonce", expected.request.nonce.expose(), "nonce")?;
    let subject = judge.subject()?.to_owned();
    // By the digest of the ID token's own algorithm (OpenID Connect Core, 3.1.3.6).
    let hash = token.algorithm().half_hash(access_token);
    judge.same("at_hash", &hash, "at-hash")?;
    let level = level(&judge, expected)?;
    Ok(Proved {
        subject,
        level,
        issued,
        authenticated: authenticated(&judge, issued, expected)?,
        id: token.text("jti").map(str::to_owned),
    })
}

/// `auth_time` is in no profile. A provider that says it all the same is believed: who had to authenticate for this very
/// request did not do so before it, and a login is as old as it is (OpenID Connect Core, 3.1.3.7, 12).
fn authenticated(
    judge: &Judge<'_>,
    issued: i64,
    expected: &Expected<'_>,
) -> Result<i64, OpenIdRefusal> {
    if !judge.token.has("auth_time") {
        return Ok(issued);
    }
    let at = judge.token.time("auth_time");
    let at = at.filter(|at| *at <= expected.now.timestamp() + SKEW);
    let at = at.ok_or_else(|| judge.refuse("auth-time"))?;
    let request = expected.request;
    if request.forced && at < request.issued.timestamp() - SKEW {
        return Err(judge.refuse("old-login"));
    }
    Ok(at.min(issued))
}

/// `acr` is a level of the profile and no lower than the one asked for. A provider may say more than it was asked for,
/// and proves no more than its metadata offer.
fn level(judge: &Judge<'_>, expected: &Expected<'_>) -> Result<AchievedAssurance, OpenIdRefusal> {
    let class = judge.token.text("acr");
    let class = class.ok_or_else(|| judge.refuse("acr"))?;
    let level = level_of(class).ok_or_else(|| judge.refuse("acr-unknown"))?;
    let achieved = AchievedAssurance(level.min(expected.provider.highest));
    if achieved.satisfies(RequiredAssurance(expected.request.level)) {
        Ok(achieved)
    } else {
        Err(judge.refuse("acr-lower"))
    }
}

/// An access token that is a token in itself must be this provider's, for us and for its userinfo; any other is opaque
/// (B9).
pub(super) fn check_access_token(
    access_token: &str,
    expected: &Expected<'_>,
) -> Result<(), OpenIdRefusal> {
    if access_token.split('.').count() != 3 {
        return Ok(());
    }
    let provider = expected.provider;
    let token = verify_compact(access_token, ACCESS_TOKEN.profile, &provider.keys)
        .map_err(|refusal| ACCESS_TOKEN.unverified(refusal))?;
    let judge = Judge {
        which: ACCESS_TOKEN,
        token: &token,
    };
    judge.issuer(&provider.issuer)?;
    judge.same("client_id", expected.client_id, "client")?;
    judge.expiry(expected.now.timestamp())?;
    let audiences = token.audiences().unwrap_or_default();
    let userinfo = provider.userinfo_endpoint.as_str();
    if expected.habits.any_access_token_audience || audiences.contains(&userinfo) {
        Ok(())
    } else {
        Err(judge.refuse("audience"))
    }
}
