//! What a provider says when it does not log the person in (SPID technical rules, error messages; *tabella anomalie*).

use crate::login::saml::ProviderError;
use crate::protocol::saml::refusal::SamlRefusal;

/// An anomaly of the table. Those of the person's own doing have a page each; those of a request that the provider found
/// wrong are our fault, share a page, and alarm the operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anomaly {
    /// 08 to 18: the provider found our request wrong.
    Request(u8),
    /// 19: wrong credentials too many times.
    TooManyAttempts,
    /// 20: the person has no credentials of the level that was asked for.
    CredentialsTooLow,
    /// 21: the person took too long.
    TimedOut,
    /// 22: the person did not consent to sending the data.
    ConsentDenied,
    /// 23: the identity is suspended or revoked, or its credentials are blocked.
    IdentitySuspended,
    /// 25: the person gave up.
    Cancelled,
    /// 30: the identity is not of the kind that the purpose asked for.
    WrongIdentityType,
    /// Any other number, 24 among them, or none.
    Other(Option<u16>),
}

impl Anomaly {
    /// The anomaly of a number in a status message.
    #[must_use]
    pub fn from_number(number: Option<u16>) -> Self {
        match number {
            Some(number @ 8..=18) => u8::try_from(number).map_or(Self::Other(None), Self::Request),
            Some(19) => Self::TooManyAttempts,
            Some(20) => Self::CredentialsTooLow,
            Some(21) => Self::TimedOut,
            Some(22) => Self::ConsentDenied,
            Some(23) => Self::IdentitySuspended,
            Some(25) => Self::Cancelled,
            Some(30) => Self::WrongIdentityType,
            other => Self::Other(other),
        }
    }
}

impl ProviderError for Anomaly {
    const CLAUSE: &'static str = "SPID technical rules, error messages";

    fn code(self) -> String {
        match self.number() {
            Some(number) => format!("anomaly-{number:02}"),
            None => "anomaly-other".to_owned(),
        }
    }

    fn number(self) -> Option<u8> {
        match self {
            Self::Request(number) => Some(number),
            Self::TooManyAttempts => Some(19),
            Self::CredentialsTooLow => Some(20),
            Self::TimedOut => Some(21),
            Self::ConsentDenied => Some(22),
            Self::IdentitySuspended => Some(23),
            Self::Cancelled => Some(25),
            Self::WrongIdentityType => Some(30),
            Self::Other(number) => number.and_then(|number| u8::try_from(number).ok()),
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Request(12) => "anomaly-12",
            Self::Request(_) => "anomaly-request",
            Self::TooManyAttempts => "anomaly-19",
            Self::CredentialsTooLow => "anomaly-20",
            Self::TimedOut => "anomaly-21",
            Self::ConsentDenied => "anomaly-22",
            Self::IdentitySuspended => "anomaly-23",
            Self::Cancelled => "anomaly-25",
            Self::WrongIdentityType => "anomaly-30",
            Self::Other(_) => "anomaly-other",
        }
    }

    fn alarms(self) -> bool {
        matches!(self, Self::Request(_))
    }

    fn clause_of(refusal: &SamlRefusal) -> &'static str {
        refusal.clause()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_the_table_has_its_page() {
        for (number, text, alarms) in [
            (8, "anomaly-request", true),
            (9, "anomaly-request", true),
            (10, "anomaly-request", true),
            (11, "anomaly-request", true),
            (12, "anomaly-12", true),
            (13, "anomaly-request", true),
            (14, "anomaly-request", true),
            (15, "anomaly-request", true),
            (16, "anomaly-request", true),
            (17, "anomaly-request", true),
            (18, "anomaly-request", true),
            (19, "anomaly-19", false),
            (20, "anomaly-20", false),
            (21, "anomaly-21", false),
            (22, "anomaly-22", false),
            (23, "anomaly-23", false),
            (24, "anomaly-other", false),
            (25, "anomaly-25", false),
            (30, "anomaly-30", false),
            (7, "anomaly-other", false),
            (999, "anomaly-other", false),
        ] {
            let anomaly = Anomaly::from_number(Some(number));
            assert_eq!(anomaly.text(), text, "{number}");
            assert_eq!(anomaly.alarms(), alarms, "{number}");
            if number <= 30 {
                assert_eq!(anomaly.number().map(u16::from), Some(number));
                assert_eq!(anomaly.code(), format!("anomaly-{number:02}"));
            }
        }
        assert_eq!(Anomaly::from_number(None).text(), "anomaly-other");
        assert_eq!(Anomaly::from_number(Some(999)).code(), "anomaly-other");
    }
}
