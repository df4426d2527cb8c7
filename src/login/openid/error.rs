//! What a provider may say instead of logging somebody in (OpenID Connect Core, 3.1.2.6; RFC 6749, 4.1.2.1).

/// A provider's error, of a closed set: what it says beside the word is its own affair and shown to nobody. It is a place in the
/// table, so that refusals that carry it stay small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProviderError(u8);

/// What a person can be told; one page each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorHelp {
    /// The person refused, or gave up.
    Denied,
    /// The provider asks for a login or a consent that it did not get.
    NotDone,
    /// The provider cannot now.
    NotNow,
    /// The provider finds our request or registration wrong: not the person's doing.
    OurFault,
    /// An error that no rule knows.
    Unknown,
}

struct Row {
    word: &'static str,
    code: &'static str,
    help: ErrorHelp,
}

const fn row(word: &'static str, code: &'static str, help: ErrorHelp) -> Row {
    Row { word, code, help }
}

/// What no rule knows; the last of the table.
const NOT_KNOWN: Row = row("", "error-unknown", ErrorHelp::Unknown);
const UNKNOWN: ProviderError = ProviderError(17);

/// Every error that the profile, RFC 6749 or the reference provider knows (B8).
static ROWS: [Row; 18] = [
    row("access_denied", "error-access-denied", ErrorHelp::Denied),
    // Not of any standard: the reference provider's.
    row("rejected_by_user", "error-rejected", ErrorHelp::Denied),
    row("login_required", "error-login-required", ErrorHelp::NotDone),
    row(
        "consent_required",
        "error-consent-required",
        ErrorHelp::NotDone,
    ),
    row(
        "interaction_required",
        "error-interaction",
        ErrorHelp::NotDone,
    ),
    row(
        "account_selection_required",
        "error-account",
        ErrorHelp::NotDone,
    ),
    row(
        "temporarily_unavailable",
        "error-unavailable",
        ErrorHelp::NotNow,
    ),
    row("server_error", "error-server", ErrorHelp::NotNow),
    row("invalid_request", "error-request", ErrorHelp::OurFault),
    row(
        "invalid_request_object",
        "error-object",
        ErrorHelp::OurFault,
    ),
    row(
        "request_not_supported",
        "error-object-unknown",
        ErrorHelp::OurFault,
    ),
    row(
        "request_uri_not_supported",
        "error-uri-unknown",
        ErrorHelp::OurFault,
    ),
    row("invalid_scope", "error-scope", ErrorHelp::OurFault),
    row(
        "unsupported_response_type",
        "error-type",
        ErrorHelp::OurFault,
    ),
    row(
        "unauthorized_client",
        "error-client-unauthorized",
        ErrorHelp::OurFault,
    ),
    // The federation does not vouch for us, as the provider sees it (B0).
    row("invalid_client", "error-client", ErrorHelp::OurFault),
    row(
        "registration_not_supported",
        "error-registration",
        ErrorHelp::OurFault,
    ),
    NOT_KNOWN,
];

impl ProviderError {
    /// Every error that is known, the unknown one last.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..=u8::MAX).map(Self).take(ROWS.len())
    }

    /// The error of a word; an unknown word is an unknown error.
    #[must_use]
    pub fn of(word: &str) -> Self {
        let is_it = |error: &Self| error.word() == word && !word.is_empty();
        Self::all().find(is_it).unwrap_or(UNKNOWN)
    }

    fn row(self) -> &'static Row {
        // Every error was made from the table.
        ROWS.get(usize::from(self.0)).unwrap_or(&NOT_KNOWN)
    }

    /// The word that the provider writes; empty for the unknown one.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.row().word
    }

    /// The reason code for logs, metrics and the register.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.row().code
    }

    /// What the person can be told.
    #[must_use]
    pub fn help(self) -> ErrorHelp {
        self.row().help
    }

    /// Whether we are to blame.
    #[must_use]
    pub fn is_our_fault(self) -> bool {
        self.row().help == ErrorHelp::OurFault
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_error_has_a_code_of_its_own_and_what_nobody_knows_is_unknown() {
        let codes: BTreeSet<&str> = ProviderError::all().map(ProviderError::code).collect();
        assert_eq!(codes.len(), ROWS.len());
        for error in ProviderError::all() {
            assert_eq!(ProviderError::of(error.word()), error);
        }
        for word in ["Access_denied", "<script>", "access_denied "] {
            assert_eq!(ProviderError::of(word).help(), ErrorHelp::Unknown);
        }
    }
}
