//! What can happen. The documentation of each variant is the manual of the audit log.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::identity::{
    AchievedAssurance, AssertedAssurance, AuthenticationMethod, Card, EvidenceId, PersonKey,
    PinGrade, Redacted, RequiredAssurance, Timestamp,
};

use super::federation::TrustChange;
use super::pin::{PinActor, PinStep};

/// An event with its circumstances.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// When it happened, UTC.
    pub at: Timestamp,
    /// The reference that the person was shown, for support.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Where the browser came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_address: Option<Redacted<IpAddr>>,
    /// What happened.
    pub event: AuditEvent,
}

impl AuditRecord {
    /// An event without circumstances.
    #[must_use]
    pub fn new(event: AuditEvent, at: Timestamp) -> Self {
        Self {
            at,
            reference: None,
            client_address: None,
            event,
        }
    }
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The person logged out at the portal.
    LoggedOut,
    /// An application asked for it (OpenID Connect RP-Initiated Logout).
    Application,
    /// The identity provider asked for it (SAML single logout).
    Provider,
    /// Another person logged in with the same browser.
    OtherPerson,
    /// The person ended it from another session of theirs, on the page of their sessions.
    FromElsewhere,
    /// The smart card that a login of it was made with was revoked.
    CardRevoked,
    /// The PIN that a login of it was made with was restored or revoked.
    PinStopped,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum AuditEvent {
    /// The gateway began to serve.
    ServerStarted {
        /// The program's version.
        version: String,
    },
    /// Another catalogue of services was put in force while the gateway served.
    CatalogueReplaced {
        /// How many services it has.
        services: usize,
        /// SHA-256 of its file, in hexadecimal.
        digest: String,
    },
    /// A trusted list took the place of the one before with `varco cns trust import`.
    TrustedListImported {
        /// Its number.
        sequence: u64,
        /// SHA-256 of its text, in hexadecimal.
        digest: String,
        /// Authorities of cards that were not there.
        added: usize,
        /// Authorities of cards that are no longer there.
        removed: usize,
        /// Whether somebody approved that more go than goes without saying.
        removals_accepted: bool,
    },
    /// Other authorities of cards were put in force while the gateway served.
    CardAuthoritiesReplaced {
        /// How many there are.
        authorities: usize,
        /// The digest of the set, in hexadecimal.
        digest: String,
        /// The number of the trusted list, where there is one.
        list: Option<u64>,
    },
    /// Other keys of our entity in a federation were put in use while the gateway served, by a step of a rotation (rules on
    /// CIE, B2). They are named by their thumbprints; of each use the one that is used comes first.
    FederationKeysReplaced {
        /// Those that sign our entity configuration.
        federation: Vec<String>,
        /// Those that sign authorization requests.
        signing: Vec<String>,
        /// Those that open what is encrypted to us.
        encryption: Vec<String>,
    },
    /// What a federation vouches for changed: an alarm, or the end of one (rules on CIE, B4).
    TrustChanged {
        /// The entity id of the anchor or provider.
        entity: String,
        /// What changed.
        change: TrustChange,
    },
    /// A person was sent to a provider.
    LoginStarted {
        /// The way in.
        method: AuthenticationMethod,
        /// The provider's entity id.
        provider: String,
        /// The level that was asked for.
        level: RequiredAssurance,
    },
    /// A person came back and proved who they are.
    LoginSucceeded {
        /// Who.
        person: PersonKey,
        /// The session that took the login.
        session: String,
        /// The way in.
        method: AuthenticationMethod,
        /// The provider's entity id.
        provider: String,
        /// The level that was proved.
        level: AchievedAssurance,
        /// The register's entry.
        evidence: EvidenceId,
        /// The card, where it was one: its issuer, serial number and digest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<Card>,
    },
    /// A provider's answer was refused, or the person broke off there.
    LoginRefused {
        /// The way in.
        method: AuthenticationMethod,
        /// The provider's entity id, where the answer could be tied to a request.
        provider: Option<String>,
        /// The reason code of the check that refused.
        code: String,
        /// The number of the SPID anomaly (8 to 30), where the provider sent one.
        anomaly: Option<u8>,
        /// The register's entry, where one was kept.
        evidence: Option<EvidenceId>,
        /// SHA-256 of the card's certificate, in hexadecimal, where one was shown.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        certificate: Option<String>,
        /// Whose PIN was typed wrong, by somebody who may be anybody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<PersonKey>,
    },
    /// One PIN was tried on so many people that nobody means one of them.
    PinTriedOnMany {
        /// On how many.
        people: usize,
    },
    /// A session began.
    SessionStarted {
        /// The session.
        session: String,
        /// What it is worth.
        level: AchievedAssurance,
    },
    /// A session took a further login of its person.
    SessionRaised {
        /// The session.
        session: String,
        /// What the further login proved.
        level: AchievedAssurance,
    },
    /// A session ended before its time.
    SessionEnded {
        /// The session.
        session: String,
        /// Why.
        reason: EndReason,
    },
    /// A person chose the profile to act in.
    ProfileChosen {
        /// The session.
        session: String,
        /// `personal`, or the category of the professional profile.
        profile: String,
        /// The code of the organisation that they act for.
        organisation: Option<Redacted<String>>,
    },
    /// A service was asked for by somebody with a session, and policy decided.
    AccessDecided {
        /// The session.
        session: String,
        /// The service.
        service: String,
        /// The operation.
        operation: String,
        /// `permit`, `step-up` or `deny`.
        decision: String,
        /// The rules that led to it, in order, as `rule=outcome`.
        rules: Vec<String>,
    },
    /// An application got its tokens.
    TokenIssued {
        /// The session.
        session: String,
        /// The application's client id.
        client: String,
        /// The level it was told.
        level: AssertedAssurance,
    },
    /// An application's request was refused. One that did not prove who it is leaves no event: strangers could fill the
    /// log.
    TokenRefused {
        /// The application's client id.
        client: String,
        /// The reason code.
        code: String,
    },
    /// An authorization code came a second time; everything it gave was revoked (RFC 6749, 4.1.2).
    CodeReused {
        /// The application's client id.
        client: String,
        /// The session the code was for.
        session: String,
    },
    /// A provider asked for a logout.
    LogoutRequested {
        /// The provider's entity id.
        provider: String,
        /// How many sessions it ended.
        ended: usize,
    },
    /// A logout did not reach everyone (SAML 2.0 core, 3.7.3.2, `PartialLogout`).
    LogoutPartial {
        /// The session.
        session: String,
        /// Who was not reached: entity ids and client ids.
        missed: Vec<String>,
    },
    /// The table of the archives was filled anew with `varco profiles import`.
    ProfilesImported {
        /// Rows that were not there.
        added: u32,
        /// Rows whose organisation has another name.
        changed: u32,
        /// Rows that are no longer there.
        removed: u32,
    },
    /// Somebody looked up a person in the archives with `varco profiles show`.
    ProfilesRead {
        /// Whom.
        person: PersonKey,
    },
    /// Something happened in the life of a person's PIN.
    PinChanged {
        /// Whose.
        person: PersonKey,
        /// Names the PIN, where there is one.
        pin: Option<String>,
        /// What happened.
        step: PinStep,
        /// The grade that the PIN has after it.
        grade: Option<PinGrade>,
        /// Who did it.
        by: PinActor,
        /// Why, as an operator wrote it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Redacted<String>>,
    },
    /// Somebody counted who still uses a PIN with `varco pin report`.
    PinsCounted,
    /// Somebody read the log or the register with `varco audit`.
    LedgerRead {
        /// The command.
        command: String,
    },
}

impl AuditEvent {
    /// The event's name in the log, as `varco audit find --type` takes it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::ServerStarted { .. } => "server_started",
            Self::CatalogueReplaced { .. } => "catalogue_replaced",
            Self::TrustedListImported { .. } => "trusted_list_imported",
            Self::CardAuthoritiesReplaced { .. } => "card_authorities_replaced",
            Self::FederationKeysReplaced { .. } => "federation_keys_replaced",
            Self::TrustChanged { .. } => "trust_changed",
            Self::LoginStarted { .. } => "login_started",
            Self::LoginSucceeded { .. } => "login_succeeded",
            Self::LoginRefused { .. } => "login_refused",
            Self::PinTriedOnMany { .. } => "pin_tried_on_many",
            Self::SessionStarted { .. } => "session_started",
            Self::SessionRaised { .. } => "session_raised",
            Self::SessionEnded { .. } => "session_ended",
            Self::ProfileChosen { .. } => "profile_chosen",
            Self::ProfilesImported { .. } => "profiles_imported",
            Self::ProfilesRead { .. } => "profiles_read",
            Self::PinChanged { .. } => "pin_changed",
            Self::PinsCounted => "pins_counted",
            Self::AccessDecided { .. } => "access_decided",
            Self::TokenIssued { .. } => "token_issued",
            Self::TokenRefused { .. } => "token_refused",
            Self::CodeReused { .. } => "code_reused",
            Self::LogoutRequested { .. } => "logout_requested",
            Self::LogoutPartial { .. } => "logout_partial",
            Self::LedgerRead { .. } => "ledger_read",
        }
    }

    /// The session it is about, where it is about one.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        match self {
            Self::LoginSucceeded { session, .. }
            | Self::SessionStarted { session, .. }
            | Self::SessionRaised { session, .. }
            | Self::SessionEnded { session, .. }
            | Self::TokenIssued { session, .. }
            | Self::CodeReused { session, .. }
            | Self::ProfileChosen { session, .. }
            | Self::AccessDecided { session, .. }
            | Self::LogoutPartial { session, .. } => Some(session),
            Self::ServerStarted { .. }
            | Self::CatalogueReplaced { .. }
            | Self::TrustedListImported { .. }
            | Self::CardAuthoritiesReplaced { .. }
            | Self::FederationKeysReplaced { .. }
            | Self::TrustChanged { .. }
            | Self::LoginStarted { .. }
            | Self::LoginRefused { .. }
            | Self::PinTriedOnMany { .. }
            | Self::TokenRefused { .. }
            | Self::LogoutRequested { .. }
            | Self::ProfilesImported { .. }
            | Self::ProfilesRead { .. }
            | Self::PinChanged { .. }
            | Self::PinsCounted
            | Self::LedgerRead { .. } => None,
        }
    }

    /// The person it names, where it names one.
    #[must_use]
    pub fn person(&self) -> Option<&PersonKey> {
        match self {
            Self::LoginSucceeded { person, .. }
            | Self::ProfilesRead { person }
            | Self::PinChanged { person, .. } => Some(person),
            Self::LoginRefused { person, .. } => person.as_ref(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
