//! Tokens of a provider, opened and verified with its resolved keys before anything in them is looked at.

use serde_json::{Map, Value};

use super::refusal::OpenIdRefusal;
use crate::crypto::constant_time_eq;
use crate::protocol::jose::{JwtProfile, JwtRefusal, VerifiedJwt};

/// How far clocks may differ, in seconds.
pub(super) const SKEW: i64 = 60;

/// Which token is looked at: the front of its codes, and the clause of its checks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Which {
    pub(super) front: &'static str,
    pub(super) clause: &'static str,
    pub(super) profile: &'static JwtProfile,
}

impl Which {
    /// The refusal of a check of this token.
    pub(super) fn refuse(self, code: &str) -> OpenIdRefusal {
        OpenIdRefusal::check(format!("{}-{code}", self.front), self.clause)
    }

    /// The refusal of what is no verified token.
    pub(super) fn unverified(self, refusal: JwtRefusal) -> OpenIdRefusal {
        self.refused_by(refusal.code())
    }

    /// The refusal of a reader of tokens or of messages, by its code.
    pub(super) fn refused_by(self, code: &str) -> OpenIdRefusal {
        let code = code.replace('_', "-");
        self.refuse(code.strip_prefix("token-").unwrap_or(&code))
    }
}

/// Claims that were verified, with the checks that every token has.
#[derive(Clone, Copy)]
pub(super) struct Judge<'t> {
    pub(super) which: Which,
    pub(super) token: &'t VerifiedJwt,
}

impl<'t> Judge<'t> {
    pub(super) fn refuse(&self, code: &str) -> OpenIdRefusal {
        self.which.refuse(code)
    }

    pub(super) fn claims(&self) -> &'t Map<String, Value> {
        self.token.claims()
    }

    /// `iss` is the provider that was asked.
    pub(super) fn issuer(&self, issuer: &str) -> Result<(), OpenIdRefusal> {
        match self.token.text("iss") {
            Some(there) if there == issuer => Ok(()),
            _ => Err(self.refuse("issuer")),
        }
    }

    /// `aud` is us and nobody else.
    pub(super) fn audience(&self, client: &str) -> Result<(), OpenIdRefusal> {
        match self.token.audiences().as_deref() {
            Some([one]) if *one == client => Ok(()),
            _ => Err(self.refuse("audience")),
        }
    }

    /// `exp` has not come.
    pub(super) fn expiry(&self, now: i64) -> Result<(), OpenIdRefusal> {
        match self.token.time("exp") {
            Some(end) if end > now - SKEW => Ok(()),
            Some(_) => Err(self.refuse("expired")),
            None => Err(self.refuse("exp")),
        }
    }

    /// `iat` has come, and not before the request was made: a token for this request cannot be older than it.
    pub(super) fn issue(&self, asked: i64, now: i64) -> Result<i64, OpenIdRefusal> {
        match self.token.time("iat") {
            Some(begin) if begin > now + SKEW => Err(self.refuse("from-the-future")),
            Some(begin) if begin < asked - SKEW => Err(self.refuse("older-than-request")),
            Some(begin) => Ok(begin),
            None => Err(self.refuse("iat")),
        }
    }

    /// `nbf`, where it is there, has come.
    pub(super) fn begin(&self, now: i64) -> Result<(), OpenIdRefusal> {
        if !self.token.has("nbf") {
            return Ok(());
        }
        match self.token.time("nbf") {
            Some(begin) if begin <= now + SKEW => Ok(()),
            _ => Err(self.refuse("not-yet")),
        }
    }

    /// `sub` is there and of a length that can be kept.
    pub(super) fn subject(&self) -> Result<&'t str, OpenIdRefusal> {
        let subject = self.token.text("sub");
        subject
            .filter(|subject| (1..=255).contains(&subject.len()))
            .ok_or_else(|| self.refuse("subject"))
    }

    /// A claim is this very text.
    pub(super) fn same(&self, name: &str, value: &str, code: &str) -> Result<(), OpenIdRefusal> {
        let there = self.token.text(name).unwrap_or_default();
        if constant_time_eq(there.as_bytes(), value.as_bytes()) && !value.is_empty() {
            Ok(())
        } else {
            Err(self.refuse(code))
        }
    }
}
