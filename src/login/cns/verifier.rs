//! From what was presented to a proof: the ten steps of the rules on CNS, section 1.6, in their order.

use std::sync::Arc;

use super::checks::{self, Judged};
use super::path::{self, Path, PathRules};
use super::presented::Presented;
use super::proof::VerifiedCertificate;
use super::refusal::CnsRefusal;
use super::revocation::{Revocation, RevocationStatus};
use super::subject;
use super::trust::LiveAnchors;
use crate::identity::Timestamp;
use crate::protocol::x509::Certificate;

/// Verifies cards against the anchors in force and what is known of their revocation.
#[derive(Clone)]
pub struct CnsVerifier {
    anchors: LiveAnchors,
    revocation: Arc<dyn RevocationStatus>,
    rules: PathRules,
}

impl CnsVerifier {
    /// A verifier. It follows `anchors` when they are replaced.
    #[must_use]
    pub fn new(
        anchors: LiveAnchors,
        revocation: Arc<dyn RevocationStatus>,
        rules: PathRules,
    ) -> Self {
        Self {
            anchors,
            revocation,
            rules,
        }
    }

    /// Verifies a card at this moment. That the caller holds its key was proved by whoever made `presented` (step 1).
    ///
    /// # Errors
    /// [`CnsRefusal`]: the first check that failed.
    pub async fn verify(
        &self,
        presented: &Presented,
        now: Timestamp,
    ) -> Result<VerifiedCertificate, CnsRefusal> {
        let card = Certificate::parse(presented.leaf())?;
        checks::alone(&card)?;
        let anchors = self.anchors.current();
        let path = path::find(&card, presented.further(), &anchors, self.rules, now)
            .map_err(|refusal| elsewhere(&card, refusal))?;
        checks::with_path(&Judged {
            card: &card,
            path: &path,
            now,
        })?;
        self.not_revoked(&card, &path, now).await?;
        let holder = subject::holder(card.subject())?;
        Ok(VerifiedCertificate::new(
            &card,
            path.issuer(),
            path.anchor(),
            holder,
            now,
        ))
    }

    /// Step 8, for the card and for each authority in between. The anchor is trusted until it leaves the set.
    async fn not_revoked(
        &self,
        card: &Certificate,
        path: &Path<'_>,
        now: Timestamp,
    ) -> Result<(), CnsRefusal> {
        let issuers = path
            .between()
            .iter()
            .chain(std::iter::once(path.anchor().certificate()));
        let certificates = std::iter::once(card).chain(path.between());
        for (certificate, issuer) in certificates.zip(issuers) {
            match self.revocation.status(certificate, issuer, now).await {
                Revocation::Good => {}
                Revocation::Revoked => return Err(CnsRefusal::Revoked),
                Revocation::Unknown => return Err(CnsRefusal::RevocationUnknown),
            }
        }
        Ok(())
    }
}

/// An electronic identity card whose authority is not among the anchors is told to take its own way in: to be shown
/// another door a card needs no trust.
fn elsewhere(card: &Certificate, refusal: CnsRefusal) -> CnsRefusal {
    if refusal == CnsRefusal::UnknownIssuer && checks::is_cie(card) {
        CnsRefusal::Cie
    } else {
        refusal
    }
}
