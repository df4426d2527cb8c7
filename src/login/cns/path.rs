//! Step 3: the path from a card to an authority that is trusted (rules on CNS, 1.6.3; RFC 5280, 6.1).
//!
//! Normally the card's direct issuer is an anchor. What else the caller sent may hold one authority in between; it is
//! looked at only when its name is asked for, and never more certificates than were allowed.

use std::cmp::Ordering;

use super::refusal::CnsRefusal;
use super::trust::{Anchor, Anchors};
use crate::crypto::certificate::signature::judge_key;
use crate::identity::Timestamp;
use crate::protocol::x509::{Certificate, IssuingRefusal, Oid};

/// How long a path may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathRules {
    max_between: u8,
}

impl PathRules {
    /// At most so many authorities between the card and the anchor, three at the most:
    /// [`Presented`](super::Presented) carries no more.
    #[must_use]
    pub fn new(max_between: u8) -> Self {
        Self {
            max_between: max_between.min(3),
        }
    }
}

/// One authority in between: a sub-authority of a Region, should one ever appear (rules on CNS, 1.6.3).
impl Default for PathRules {
    fn default() -> Self {
        Self::new(1)
    }
}

/// A path that holds: the card's issuer first, the anchor last. The card itself is not in it.
pub(super) struct Path<'a> {
    anchor: &'a Anchor,
    between: Vec<Certificate>,
}

impl<'a> Path<'a> {
    /// Who signed the card.
    pub(super) fn issuer(&self) -> &Certificate {
        self.between
            .first()
            .unwrap_or_else(|| self.anchor.certificate())
    }

    /// Where the trust comes from.
    pub(super) fn anchor(&self) -> &'a Anchor {
        self.anchor
    }

    /// The authorities between the card and the anchor.
    pub(super) fn between(&self) -> &[Certificate] {
        &self.between
    }
}

/// Finds the path of a card, or says what the best attempt at one lacked.
pub(super) fn find<'a>(
    card: &Certificate,
    sent: &'a [Vec<u8>],
    anchors: &'a Anchors,
    rules: PathRules,
    now: Timestamp,
) -> Result<Path<'a>, CnsRefusal> {
    let mut search = Search {
        sent,
        anchors,
        rules,
        now,
        best: CnsRefusal::UnknownIssuer,
    };
    search.from(card, &[]).ok_or(search.best)
}

struct Search<'a> {
    sent: &'a [Vec<u8>],
    anchors: &'a Anchors,
    rules: PathRules,
    now: Timestamp,
    best: CnsRefusal,
}

impl<'a> Search<'a> {
    /// Continues a path from its last certificate, which has these authorities below it (the card's issuer first).
    fn from(&mut self, last: &Certificate, below: &[Certificate]) -> Option<Path<'a>> {
        let anchors = self.anchors;
        for anchor in anchors.find(last.issuer()) {
            match self.step(last, anchor.certificate(), below.len()) {
                Ok(()) => {
                    return Some(Path {
                        anchor,
                        between: below.to_vec(),
                    });
                }
                Err(refusal) => self.note(refusal),
            }
        }
        let sent = self.sent;
        for der in sent {
            let authority = match Certificate::parse(der) {
                Ok(authority) if authority.subject() == last.issuer() => authority,
                _ => continue,
            };
            // Its own anchor was tried above, and nothing comes twice in a path.
            if &authority == last || below.contains(&authority) {
                continue;
            }
            if authority.may_issue() && !authority.has_critical_constraints() {
                self.note(CnsRefusal::IssuerCertificate);
                continue;
            }
            match self.step(last, &authority, below.len()) {
                Err(refusal) => self.note(refusal),
                Ok(()) if below.len() >= usize::from(self.rules.max_between) => {
                    self.note(CnsRefusal::PathTooLong);
                }
                Ok(()) => {
                    let below = [below, std::slice::from_ref(&authority)].concat();
                    if let Some(path) = self.from(&authority, &below) {
                        return Some(path);
                    }
                }
            }
        }
        None
    }

    /// Whether one authority issued what is below it, and may have: so many authorities stand between it and the card.
    fn step(
        &self,
        last: &Certificate,
        authority: &Certificate,
        between: usize,
    ) -> Result<(), CnsRefusal> {
        may_issue(authority)?;
        last.is_signed_by(authority).map_err(refusal)?;
        let path_len = authority
            .basic_constraints()
            .and_then(|basic| basic.path_len);
        if path_len.is_some_and(|most| usize::try_from(most).is_ok_and(|most| between > most)) {
            return Err(CnsRefusal::PathLength);
        }
        if authority.is_valid_at(self.now) {
            Ok(())
        } else {
            Err(CnsRefusal::IssuerExpired)
        }
    }

    /// Keeps the refusal of the attempt that came furthest: it tells most.
    fn note(&mut self, refusal: CnsRefusal) {
        if rank(refusal).cmp(&rank(self.best)) == Ordering::Greater {
            self.best = refusal;
        }
    }
}

/// What makes a certificate an authority's that may issue cards (RFC 5280, 6.1.4 k to n).
fn may_issue(authority: &Certificate) -> Result<(), CnsRefusal> {
    if !authority.may_issue() {
        return Err(CnsRefusal::IssuerNotAuthority);
    }
    if judge_key(authority.public_key()).is_err() || authority.constrains_paths() {
        return Err(CnsRefusal::IssuerCertificate);
    }
    // Purposes and the Netscape type of an authority bind what is below it, as OpenSSL has it.
    let is_for_clients = authority
        .extended_key_usage()
        .is_none_or(|purposes| purposes.contains(&Oid::CLIENT_AUTH))
        && authority
            .netscape_type()
            .is_none_or(|bits| bits & NETSCAPE_TLS_AUTHORITY != 0);
    if is_for_clients {
        Ok(())
    } else {
        Err(CnsRefusal::IssuerPurpose)
    }
}

/// `sslCA` of the Netscape type.
const NETSCAPE_TLS_AUTHORITY: u8 = 0x04;

fn refusal(refusal: IssuingRefusal) -> CnsRefusal {
    match refusal {
        IssuingRefusal::Name => CnsRefusal::UnknownIssuer,
        IssuingRefusal::KeyIdentifier => CnsRefusal::IssuerKey,
        IssuingRefusal::Obsolete => CnsRefusal::ObsoleteSignature,
        IssuingRefusal::Algorithm => CnsRefusal::SignatureAlgorithm,
        IssuingRefusal::Signature => CnsRefusal::IssuerSignature,
    }
}

/// How far an attempt came.
fn rank(refusal: CnsRefusal) -> u8 {
    match refusal {
        CnsRefusal::UnknownIssuer => 0,
        CnsRefusal::IssuerNotAuthority | CnsRefusal::IssuerKey => 1,
        CnsRefusal::IssuerSignature => 2,
        CnsRefusal::ObsoleteSignature | CnsRefusal::SignatureAlgorithm => 3,
        CnsRefusal::IssuerCertificate | CnsRefusal::IssuerPurpose => 4,
        CnsRefusal::PathTooLong => 5,
        CnsRefusal::PathLength => 6,
        _ => 7,
    }
}
