//! The transaction register that every SPID service provider keeps (SPID technical rules, Log; DPCM 24 October 2014,
//! article 13, paragraph 2): for 24 months, request and response of each authentication, whole.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::Recording;
use crate::identity::{AssuranceLevel, EvidenceId, Redacted, Timestamp};

/// How an authentication ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegisterOutcome {
    /// The response was verified and taken.
    Accepted,
    /// The response was refused, for the named check.
    Refused {
        /// The reason code of the check.
        code: String,
    },
}

/// One authentication: the index fields that the rules suggest, and both messages raw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterEntry {
    /// `ID` of the AuthnRequest; `None` when the response could not be tied to one.
    pub request_id: Option<String>,
    /// `IssueInstant` of the AuthnRequest.
    pub request_instant: Option<Timestamp>,
    /// `ID` of the Response, where it could be read.
    pub response_id: Option<String>,
    /// `IssueInstant` of the Response, as its sender wrote it.
    pub response_instant: Option<String>,
    /// `Issuer` of the Response, where it could be read.
    pub response_issuer: Option<String>,
    /// `ID` of the Assertion.
    pub assertion_id: Option<String>,
    /// `NameID` of the Assertion's subject.
    pub subject: Option<Redacted<String>>,
    /// Its `NameQualifier`.
    pub name_qualifier: Option<String>,
    /// Entity id of the provider that the request went to.
    pub provider: Option<String>,
    /// The level that was proved.
    pub level: Option<AssuranceLevel>,
    /// Accepted, or why not.
    pub outcome: RegisterOutcome,
    /// The login flow's reference: a digest, not the id itself.
    pub flow: Option<String>,
    /// Where the person's browser came from.
    pub client_address: Option<Redacted<IpAddr>>,
    /// The AuthnRequest as sent: XML for POST; for Redirect the whole signed query string, or the signature would be lost.
    #[serde(with = "raw")]
    pub request_raw: Redacted<Vec<u8>>,
    /// The Response as received, decoded from base64 where it is. Bounded, so a stranger cannot fill the disk.
    #[serde(with = "raw")]
    pub response_raw: Redacted<Vec<u8>>,
}

/// Messages as base64, which is a third longer than they are; as arrays of numbers they would be four times as long.
mod raw {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::crypto::encoding::{base64, from_base64};
    use crate::identity::Redacted;

    pub(super) fn serialize<S: Serializer>(
        raw: &Redacted<Vec<u8>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64(raw.expose()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Redacted<Vec<u8>>, D::Error> {
        let text = String::deserialize(deserializer)?;
        from_base64(&text)
            .map(Redacted::new)
            .ok_or_else(|| D::Error::custom("not base64"))
    }
}

/// Keeps each authentication for 24 months: sealed (confidentiality), chained (immutability), and deleted when its time
/// is over.
pub trait AuthenticationRegister: Send + Sync {
    /// Keeps one authentication; returns its evidence id when it is safe on disk. A login whose entry cannot be kept
    /// must be refused.
    fn record(&self, entry: RegisterEntry, now: Timestamp) -> Recording<'_, EvidenceId>;
}
