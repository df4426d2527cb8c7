//! What the provider can answer instead of a login: every error of the profile (rules on CIE, B8).

/// An error that people can ask the test provider for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// The word, as it goes back to the relying party.
    pub error: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

const fn outcome(error: &'static str, meaning: &'static str) -> Outcome {
    Outcome { error, meaning }
}

/// Every one.
pub const OUTCOMES: [Outcome; 14] = [
    outcome("access_denied", "la persona ha rifiutato"),
    outcome(
        "rejected_by_user",
        "la persona ha rifiutato (fuori dallo standard)",
    ),
    outcome("login_required", "serve l'accesso"),
    outcome("consent_required", "serve il consenso"),
    outcome("temporarily_unavailable", "per ora non disponibile"),
    outcome("server_error", "errore del gestore"),
    outcome("invalid_request", "richiesta sbagliata"),
    outcome("invalid_request_object", "richiesta firmata sbagliata"),
    outcome("invalid_scope", "ambito sconosciuto"),
    outcome("unsupported_response_type", "tipo di risposta non previsto"),
    outcome("unauthorized_client", "servizio non autorizzato"),
    outcome(
        "invalid_client",
        "la federazione non garantisce per il servizio",
    ),
    outcome("request_uri_not_supported", "request_uri non previsto"),
    outcome("registration_not_supported", "registrazione non prevista"),
];

impl Outcome {
    /// The error of a word.
    #[must_use]
    pub fn find(error: &str) -> Option<Self> {
        OUTCOMES.into_iter().find(|outcome| outcome.error == error)
    }
}
