//! Trust marks (OpenID Federation 1.0, section 7): what somebody whom the anchor names for it confirms of an entity. In the
//! Italian federation every entity must have one for what it does.

use serde_json::{Map, Value};

use super::claims::{entity, expires, issued, list_of_texts, text};
use super::{EntityId, FederationRefusal, TrustChain};
use crate::protocol::jose::{
    JwkSet, JwtProfile, UnverifiedJwt, VerifiedJwt, parse_object, verify_compact,
};

/// How the kind of a trust mark is spelt: by the Italian profile, by drafts between, today.
const SPELLINGS: [&str; 3] = ["id", "trust_mark_id", "trust_mark_type"];

/// The most marks of an entity that are looked at.
const MOST_MARKS: usize = 16;

/// A trust mark that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustMark {
    kind: String,
    issuer: EntityId,
    subject: EntityId,
    expires: Option<i64>,
    token: String,
}

impl TrustMark {
    /// What it confirms: the name that the anchor knows the kind by.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Who issued it.
    #[must_use]
    pub fn issuer(&self) -> &EntityId {
        &self.issuer
    }

    /// When it ends, in seconds since 1970 UTC; some do not.
    #[must_use]
    pub fn expires(&self) -> Option<i64> {
        self.expires
    }

    /// As it was received.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }
}

impl TrustChain {
    /// The first good trust mark of the subject of a kind that is wanted. Its issuer must be named by the anchor for its kind,
    /// and be the anchor, somebody of this chain, or the subject of one of `issuers` whose chain ends at the same anchor: it is
    /// the anchor's issuer, whom no other anchor can give keys to (7.3).
    ///
    /// # Errors
    /// What is wrong with the first mark of a wanted kind; [`FederationRefusal::NoTrustMark`] when there is none.
    pub fn trust_mark(
        &self,
        wanted: impl Fn(&str) -> bool,
        issuers: &[&TrustChain],
        now: i64,
    ) -> Result<TrustMark, FederationRefusal> {
        let entries = match self.subject().claims().get("trust_marks") {
            None => return Err(FederationRefusal::NoTrustMark),
            Some(entries) => entries
                .as_array()
                .ok_or(FederationRefusal::Form("trust_marks"))?,
        };
        let mut first = None;
        for entry in entries.iter().take(MOST_MARKS) {
            match self.read_mark(entry, &wanted, issuers, now) {
                Ok(None) => {}
                Ok(Some(mark)) => return Ok(mark),
                Err(refusal) => first = first.or(Some(refusal)),
            }
        }
        Err(first.unwrap_or(FederationRefusal::NoTrustMark))
    }

    /// The issuers of the marks of wanted kinds whose keys this chain does not know: whoever resolves chains may resolve theirs.
    #[must_use]
    pub fn foreign_mark_issuers(&self, wanted: impl Fn(&str) -> bool) -> Vec<EntityId> {
        let entries = self.subject().claims().get("trust_marks");
        let entries = entries.and_then(Value::as_array).into_iter().flatten();
        let mut foreign = Vec::new();
        for entry in entries.take(MOST_MARKS) {
            let Ok(entry) = Entry::read(entry) else {
                continue;
            };
            let issuer = entry.unverified.unverified_claims().get("iss");
            let issuer = issuer.and_then(Value::as_str).map(EntityId::parse);
            let Some(Ok(issuer)) = issuer.filter(|_| wanted(&entry.kind)) else {
                continue;
            };
            let is_named = self.check_issuer(&entry.kind, &issuer).is_ok();
            if is_named && self.keys_of(&issuer).is_none() && !foreign.contains(&issuer) {
                foreign.push(issuer);
            }
        }
        foreign
    }

    /// Verifies one entry; `None` when its kind is not wanted.
    fn read_mark(
        &self,
        entry: &Value,
        wanted: impl Fn(&str) -> bool,
        issuers: &[&TrustChain],
        now: i64,
    ) -> Result<Option<TrustMark>, FederationRefusal> {
        let Entry {
            kind,
            said_issuer,
            token,
            unverified,
        } = Entry::read(entry)?;
        if !wanted(&kind) {
            return Ok(None);
        }
        let issuer = entity(unverified.unverified_claims(), "iss")?;
        if said_issuer.is_some_and(|said| said != issuer.as_str()) {
            return Err(FederationRefusal::MarkEntry);
        }
        self.check_issuer(&kind, &issuer)?;
        let anchor = self.anchor().configuration().id();
        let mut others = issuers.iter().filter(|chain| {
            *chain.subject().id() == issuer && chain.anchor().configuration().id() == anchor
        });
        let keys = match self.keys_of(&issuer) {
            Some(keys) => Some(keys),
            None => others.find_map(|chain| chain.subject_keys()),
        };
        let keys = keys.ok_or(FederationRefusal::MarkIssuer)?;
        let jwt = unverified.verify(&JwtProfile::TRUST_MARK, keys.keys())?;
        if text(jwt.claims(), "sub")? != self.subject().id().as_str() {
            return Err(FederationRefusal::Subject);
        }
        if kind_in(jwt.claims())?.is_none_or(|confirmed| confirmed != kind) {
            return Err(FederationRefusal::MarkEntry);
        }
        issued(jwt.time("iat"), now)?;
        let ends = match jwt.has("exp") {
            false => None,
            true => Some(jwt.time("exp").ok_or(FederationRefusal::Form("exp"))?),
        };
        if let Some(end) = ends {
            expires(end, now)?;
        }
        Ok(Some(TrustMark {
            kind,
            issuer,
            subject: self.subject().id().clone(),
            expires: ends,
            token: token.to_owned(),
        }))
    }

    /// Whether the anchor names an issuer for a kind of mark. Kinds are compared as they are written, slash by slash. An owner's
    /// delegation (7.2) is not in the Italian profile and not understood: a kind that has an owner is refused.
    fn check_issuer(&self, kind: &str, issuer: &EntityId) -> Result<(), FederationRefusal> {
        let claims = self.anchor().configuration().claims();
        let owners = claims.get("trust_mark_owners");
        if owners.is_some_and(|owners| owners.get(kind).is_some()) {
            return Err(FederationRefusal::MarkOwner);
        }
        // The Italian anchor writes the same under `trust_marks_issuers` too, which no standard knows.
        let issuers = claims
            .get("trust_mark_issuers")
            .and_then(|all| all.get(kind));
        let issuers = issuers.ok_or(FederationRefusal::MarkIssuer)?;
        let issuers =
            list_of_texts(issuers).ok_or(FederationRefusal::Form("trust_mark_issuers"))?;
        if issuers.iter().any(|named| named == issuer.as_str()) {
            Ok(())
        } else {
            Err(FederationRefusal::MarkIssuer)
        }
    }
}

/// An entry of `trust_marks`, of which nothing is verified yet.
struct Entry<'e> {
    kind: String,
    said_issuer: Option<&'e str>,
    token: &'e str,
    unverified: UnverifiedJwt<'e>,
}

impl<'e> Entry<'e> {
    fn read(entry: &'e Value) -> Result<Self, FederationRefusal> {
        let entry = entry
            .as_object()
            .ok_or(FederationRefusal::Form("trust_marks"))?;
        let token = text(entry, "trust_mark")?;
        let said_issuer = match entry.get("iss") {
            None => None,
            Some(_) => Some(text(entry, "iss")?),
        };
        Ok(Self {
            kind: kind_in(entry)?
                .ok_or(FederationRefusal::MarkEntry)?
                .to_owned(),
            said_issuer,
            token,
            unverified: UnverifiedJwt::parse(token, JwtProfile::TRUST_MARK.max_bytes)?,
        })
    }
}

/// The kind of a mark in whichever spellings are there; they must agree.
fn kind_in(members: &Map<String, Value>) -> Result<Option<&str>, FederationRefusal> {
    let mut kind = None;
    for spelling in SPELLINGS {
        if !members.contains_key(spelling) {
            continue;
        }
        let spelt = text(members, spelling).map_err(|_| FederationRefusal::MarkEntry)?;
        if kind.is_some_and(|kind| kind != spelt) {
            return Err(FederationRefusal::MarkEntry);
        }
        kind = Some(spelt);
    }
    Ok(kind)
}

/// What the issuer of a mark answers when it is asked whether the mark is still in force: the object `{"active": true}` of the
/// Italian profile, or the signed answer of OpenID Federation 1.0 (8.4.2), which names the mark and is verified with the
/// issuer's keys. Asked by kind and subject, an issuer may name the mark by one that it signs anew.
///
/// # Errors
/// [`FederationRefusal::MarkRevoked`] when it says no; otherwise what is wrong with the answer.
pub fn check_status(
    answer: &[u8],
    mark: &TrustMark,
    issuer_keys: &JwkSet,
    now: i64,
) -> Result<(), FederationRefusal> {
    const BAD: FederationRefusal = FederationRefusal::Form("status");
    let in_force = if answer.trim_ascii_start().starts_with(b"{") {
        let answer = parse_object(answer).map_err(|_| BAD)?;
        answer.get("active").and_then(Value::as_bool).ok_or(BAD)?
    } else {
        let token = str::from_utf8(answer).map_err(|_| BAD)?.trim();
        let jwt = verify_compact(token, &JwtProfile::TRUST_MARK_STATUS, issuer_keys)?;
        check_answer(&jwt, mark, issuer_keys, now)?;
        text(jwt.claims(), "status")? == "active"
    };
    if in_force {
        Ok(())
    } else {
        Err(FederationRefusal::MarkRevoked)
    }
}

fn check_answer(
    answer: &VerifiedJwt,
    mark: &TrustMark,
    issuer_keys: &JwkSet,
    now: i64,
) -> Result<(), FederationRefusal> {
    issued(answer.time("iat"), now)?;
    if text(answer.claims(), "iss")? != mark.issuer.as_str() {
        return Err(FederationRefusal::Issuer);
    }
    let named = text(answer.claims(), "trust_mark")?;
    if named == mark.token {
        return Ok(());
    }
    let named = verify_compact(named, &JwtProfile::TRUST_MARK, issuer_keys)?;
    let is_same = text(named.claims(), "sub")? == mark.subject.as_str()
        && kind_in(named.claims())? == Some(mark.kind.as_str());
    if is_same {
        Ok(())
    } else {
        Err(FederationRefusal::Subject)
    }
}
