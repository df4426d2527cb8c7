//! The errors that an identity provider can answer with: SPID's table of anomalies (SPID technical rules, *messaggi di
//! errore*), and CIE's (CIE SAML manual, error codes), whose numbers are the same and whose rows are fewer.

use super::response::StatusPart;
use crate::demo::providers::TestFederation;
use crate::protocol::saml::names;

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anomaly {
    /// Its number.
    pub number: u8,
    /// First-level status.
    pub top: &'static str,
    /// Second-level status, the last part of its URN; empty for none.
    pub second: &'static str,
    /// What it means, in Italian.
    pub meaning: &'static str,
}

/// Every anomaly that reaches the service provider.
pub const ANOMALIES: [Anomaly; 18] = [
    anomaly(8, names::REQUESTER, "", "richiesta non conforme a SAML"),
    anomaly(9, names::VERSION_MISMATCH, "", "versione non riconosciuta"),
    anomaly(11, names::REQUESTER, "", "ID mancante o non valido"),
    anomaly(
        12,
        names::REQUESTER,
        "NoAuthnContext",
        "livello richiesto non riconosciuto",
    ),
    anomaly(
        13,
        names::REQUESTER,
        "RequestDenied",
        "IssueInstant non valido",
    ),
    anomaly(
        14,
        names::REQUESTER,
        "RequestUnsupported",
        "Destination non valida",
    ),
    anomaly(15, names::REQUESTER, "NoPassive", "IsPassive presente"),
    anomaly(
        16,
        names::REQUESTER,
        "RequestUnsupported",
        "AssertionConsumerService non valido",
    ),
    anomaly(
        17,
        names::REQUESTER,
        "RequestUnsupported",
        "NameIDPolicy non valida",
    ),
    anomaly(
        18,
        names::REQUESTER,
        "RequestUnsupported",
        "AttributeConsumingService non valido",
    ),
    anomaly(
        19,
        names::RESPONDER,
        "AuthnFailed",
        "troppi tentativi con credenziali errate",
    ),
    anomaly(
        20,
        names::RESPONDER,
        "AuthnFailed",
        "nessuna credenziale del livello richiesto",
    ),
    anomaly(21, names::RESPONDER, "AuthnFailed", "tempo scaduto"),
    anomaly(22, names::RESPONDER, "AuthnFailed", "consenso negato"),
    anomaly(
        23,
        names::RESPONDER,
        "AuthnFailed",
        "identità sospesa o revocata",
    ),
    anomaly(24, names::RESPONDER, "AuthnFailed", "riservato"),
    anomaly(25, names::RESPONDER, "AuthnFailed", "annullato dall'utente"),
    anomaly(
        30,
        names::RESPONDER,
        "AuthnFailed",
        "tipo di identità diverso da quello richiesto",
    ),
];

/// Every error of CIE's that reaches the service provider. 19, 20 and 24 are reserved.
pub const CIE_ERRORS: [Anomaly; 14] = [
    anomaly(8, names::REQUESTER, "", "richiesta non conforme a SAML"),
    anomaly(9, names::VERSION_MISMATCH, "", "versione non riconosciuta"),
    anomaly(11, names::REQUESTER, "", "ID mancante o non valido"),
    anomaly(
        12,
        names::REQUESTER,
        "NoAuthnContext",
        "livello richiesto non riconosciuto",
    ),
    anomaly(
        13,
        names::REQUESTER,
        "RequestDenied",
        "IssueInstant non valido",
    ),
    anomaly(
        14,
        names::REQUESTER,
        "RequestUnsupported",
        "Destination non valida",
    ),
    anomaly(15, names::REQUESTER, "NoPassive", "IsPassive presente"),
    anomaly(
        16,
        names::REQUESTER,
        "RequestUnsupported",
        "AssertionConsumerService non valido",
    ),
    anomaly(
        17,
        names::REQUESTER,
        "RequestUnsupported",
        "NameIDPolicy non valida",
    ),
    anomaly(
        18,
        names::REQUESTER,
        "RequestUnsupported",
        "AttributeConsumingService non valido",
    ),
    anomaly(21, names::RESPONDER, "AuthnFailed", "tempo scaduto"),
    anomaly(22, names::RESPONDER, "AuthnFailed", "consenso negato"),
    anomaly(
        23,
        names::RESPONDER,
        "AuthnFailed",
        "carta scaduta o revocata",
    ),
    anomaly(25, names::RESPONDER, "AuthnFailed", "annullato dall'utente"),
];

const fn anomaly(
    number: u8,
    top: &'static str,
    second: &'static str,
    meaning: &'static str,
) -> Anomaly {
    Anomaly {
        number,
        top,
        second,
        meaning,
    }
}

impl Anomaly {
    /// The rows of a federation.
    #[must_use]
    pub fn all(federation: TestFederation) -> &'static [Self] {
        match federation {
            TestFederation::Spid => &ANOMALIES,
            TestFederation::Cie => &CIE_ERRORS,
        }
    }

    /// The row of a number in a federation's table.
    #[must_use]
    pub fn find(federation: TestFederation, number: u8) -> Option<Self> {
        Self::all(federation)
            .iter()
            .copied()
            .find(|anomaly| anomaly.number == number)
    }

    /// The status that says so.
    #[must_use]
    pub fn status(&self) -> StatusPart {
        StatusPart {
            code: Some(self.top.to_owned()),
            second: (!self.second.is_empty())
                .then(|| format!("urn:oasis:names:tc:SAML:2.0:status:{}", self.second)),
            message: Some(format!("ErrorCode nr{:02}", self.number)),
        }
    }
}
