//! Security events: what applications are told of a person without having asked (RFC 8417).
//!
//! In: a row of the outbox, as an [`AssuranceChange`]. Out: a signed token, pushed to the application that the change is for
//! (RFC 8935), or the reason why it has to be pushed again. A token is signed when it is pushed, with the key of that day;
//! its `jti` is the change's own, so whoever hears of a change twice knows that it is the same.

mod receiver;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::provider::OpenIdProvider;
use super::{Client, ProtocolError};
use crate::identity::{AssuranceLevel, PersonKey, Timestamp};
use crate::pin::{MessageKind, Outgoing, Recipient};

pub use receiver::{EventReceiver, EventReceivers, EventsSettings, NotPushed};

/// The media type of the tokens (RFC 8417, 7.2), and their `typ` without `application/`.
const TYPE: &str = "secevent+jwt";
/// CAEP 1.0, 3.4.
const ASSURANCE_LEVEL_CHANGE: &str =
    "https://schemas.openid.net/secevent/caep/event-type/assurance-level-change";
/// The names of our levels are eIDAS's; with a slash between, they are the `acr` values.
const LEVELS: &str = "http://eidas.europa.eu/LoA";

/// The credential of a person proves more than it did, or less.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssuranceChange {
    /// Names the change toward this application: the same however often it is told.
    pub id: String,
    /// Whose credential.
    pub person: PersonKey,
    /// What it proved before.
    pub from: AssuranceLevel,
    /// What it proves now.
    pub to: AssuranceLevel,
    /// When it changed.
    pub at: Timestamp,
    /// The receipts of the requests that the application holds provisionally, and can work now.
    pub receipts: Vec<String>,
}

impl AssuranceChange {
    /// What a row of the outbox tells an application, and which; `None` for a row that is for a person.
    #[must_use]
    pub fn of(row: &Outgoing) -> Option<(&str, Self)> {
        let (
            Recipient::Application { client },
            MessageKind::AssuranceRaised {
                person,
                previous,
                current,
                at,
                receipts,
            },
        ) = (&row.to, &row.kind)
        else {
            return None;
        };
        let change = Self {
            id: row.reference.clone(),
            person: PersonKey::FiscalCode(person.clone()),
            from: previous.0,
            to: current.0,
            at: *at,
            receipts: receipts.clone(),
        };
        Some((client, change))
    }
}

impl OpenIdProvider {
    /// The token that tells an application of a change. It has neither `sub` nor `exp`: nobody can take it for an ID token
    /// (RFC 8417, 4.5 and 4.6; Shared Signals Framework 1.0).
    fn security_event(
        &self,
        client: &Client,
        audience: &str,
        change: &AssuranceChange,
        now: Timestamp,
    ) -> Result<String, ProtocolError> {
        let claims = [
            ("iss", json!(self.issuer())),
            ("jti", json!(change.id)),
            ("iat", json!(now.timestamp())),
            ("aud", json!(audience)),
            ("sub_id", self.subject_identifier(client, &change.person)),
            (
                "events",
                json!({ ASSURANCE_LEVEL_CHANGE: self.payload(change) }),
            ),
        ];
        let claims: Map<String, Value> = claims
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        Ok(self.id_token_signer(client).sign(TYPE, &claims)?)
    }

    /// The person as this application knows them (RFC 9493, 3.2.4).
    fn subject_identifier(&self, client: &Client, person: &PersonKey) -> Value {
        json!({
            "format": "iss_sub",
            "iss": self.issuer(),
            "sub": self.subjects.subject(client.sector(), person),
        })
    }

    fn payload(&self, change: &AssuranceChange) -> Value {
        let direction = if change.from < change.to {
            "increase"
        } else {
            "decrease"
        };
        // A name of our own, as in ID tokens: the receipts are no part of CAEP.
        let receipts = format!("{}/claims/receipts", self.issuer());
        json!({
            "namespace": LEVELS,
            "previous_level": change.from.name(),
            "current_level": change.to.name(),
            "change_direction": direction,
            "initiating_entity": "admin",
            "event_timestamp": change.at.timestamp(),
            receipts: change.receipts,
        })
    }
}

#[cfg(test)]
mod tests;
