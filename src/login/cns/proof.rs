//! The proof that a card was verified.

use super::subject::Holder;
use super::trust::Anchor;
use crate::crypto::encoding::hex;
use crate::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationEvent, AuthenticationMethod,
    AuthenticationProof, Card, CardKind, EvidenceId, FiscalCode, Person, PersonKey, Timestamp,
};
use crate::protocol::x509::{Certificate, IssuerId};

/// A card that passed every check, at one moment. Made by [`CnsVerifier::verify`](super::CnsVerifier::verify) alone.
/// `Debug` does not show whose it is.
#[derive(Debug, Clone)]
pub struct VerifiedCertificate {
    holder: Holder,
    issuer: IssuerId,
    card: Card,
    at: Timestamp,
}

impl VerifiedCertificate {
    pub(super) fn new(
        certificate: &Certificate,
        issuer: &Certificate,
        anchor: &Anchor,
        holder: Holder,
        at: Timestamp,
    ) -> Self {
        let id = IssuerId::of(issuer);
        Self {
            holder,
            issuer: id,
            card: Card {
                kind: anchor.kind(),
                issuer: issuer.subject().display().to_owned(),
                issuer_id: id.hex(),
                serial: certificate.serial().hex(),
                sha256: hex(&certificate.sha256()),
                second_step: None,
            },
            at,
        }
    }

    /// The fiscal code of its holder, as the card writes it: with *omocodia* it is a code of its own.
    #[must_use]
    pub fn fiscal_code(&self) -> &FiscalCode {
        &self.holder.fiscal_code
    }

    /// The identity of the authority that issued it.
    #[must_use]
    pub fn issuer(&self) -> IssuerId {
        self.issuer
    }

    /// The name of that authority.
    #[must_use]
    pub fn issuer_name(&self) -> &str {
        &self.card.issuer
    }

    /// What the card is.
    #[must_use]
    pub fn kind(&self) -> CardKind {
        self.card.kind
    }

    /// The serial number in lower-case hexadecimal.
    #[must_use]
    pub fn serial_hex(&self) -> &str {
        &self.card.serial
    }

    /// SHA-256 of the certificate in lower-case hexadecimal.
    #[must_use]
    pub fn sha256_hex(&self) -> &str {
        &self.card.sha256
    }

    /// Whether the card's own number follows the fiscal code in the form of the profile. Issuers vary; it decides nothing
    /// and is worth a line in the log.
    #[must_use]
    pub fn has_usual_card_id(&self) -> bool {
        self.holder.has_usual_card_id
    }
}

impl AuthenticationProof for VerifiedCertificate {
    fn into_parts(self) -> (Person, AuthenticationEvent) {
        let mut person = Person::new(PersonKey::FiscalCode(self.holder.fiscal_code));
        person.given_name = self.holder.given_name.map(Into::into);
        person.family_name = self.holder.surname.map(Into::into);
        let event = AuthenticationEvent {
            method: AuthenticationMethod::Cns,
            provider: self.card.issuer.clone(),
            level: AchievedAssurance(AssuranceLevel::High),
            at: self.at,
            // The certificate is the evidence, and the audit has its digest.
            evidence: EvidenceId(self.card.sha256.clone()),
            saml: None,
            card: Some(self.card),
        };
        (person, event)
    }
}
