//! What the Ministry says when it does not log a person in (CIE SAML manual, error codes). The numbers are SPID's, what they
//! mean is not.

use crate::login::saml::ProviderError;
use crate::protocol::saml::refusal::SamlRefusal;

/// A row of the table. Those of the person's own doing have a page each; those of a request that the Ministry found wrong
/// are our fault, share a page, and alarm the operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CieError {
    /// 8, 9, 11 to 18: the Ministry found our request wrong.
    Request(u8),
    /// 21: the person took too long.
    TimedOut,
    /// 22: the person did not consent to sending the data.
    ConsentDenied,
    /// 23: the card has expired or was revoked.
    CardNotValid,
    /// 25: the person gave up.
    Cancelled,
    /// Any other number, the reserved 19, 20 and 24 among them, or none.
    Other(Option<u16>),
}

impl CieError {
    /// The error of a number in a status message. The number alone counts: the manual misspells a sub-status.
    #[must_use]
    pub fn from_number(number: Option<u16>) -> Self {
        match number {
            Some(number @ (8 | 9 | 11..=18)) => {
                u8::try_from(number).map_or(Self::Other(None), Self::Request)
            }
            Some(21) => Self::TimedOut,
            Some(22) => Self::ConsentDenied,
            Some(23) => Self::CardNotValid,
            Some(25) => Self::Cancelled,
            other => Self::Other(other),
        }
    }
}

impl ProviderError for CieError {
    const CLAUSE: &'static str = "CIE SAML manual, error codes";

    fn code(self) -> String {
        match self.number() {
            Some(number) => format!("cie-error-{number:02}"),
            None => "cie-error-other".to_owned(),
        }
    }

    fn number(self) -> Option<u8> {
        match self {
            Self::Request(number) => Some(number),
            Self::TimedOut => Some(21),
            Self::ConsentDenied => Some(22),
            Self::CardNotValid => Some(23),
            Self::Cancelled => Some(25),
            Self::Other(number) => number.and_then(|number| u8::try_from(number).ok()),
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Request(_) => "cie-error-request",
            Self::TimedOut => "cie-error-21",
            Self::ConsentDenied => "cie-error-22",
            Self::CardNotValid => "cie-error-23",
            Self::Cancelled => "cie-error-25",
            Self::Other(_) => "cie-error-other",
        }
    }

    fn alarms(self) -> bool {
        matches!(self, Self::Request(_))
    }

    fn clause_of(refusal: &SamlRefusal) -> &'static str {
        match refusal {
            SamlRefusal::Xml(_) => refusal.clause(),
            SamlRefusal::Field { place, .. }
            | SamlRefusal::Signature { place, .. }
            | SamlRefusal::Encryption { place, .. } => {
                let of_response = ["response", "status"];
                if of_response
                    .iter()
                    .any(|start| place.name.starts_with(start))
                {
                    "CIE SAML manual, authentication response: Response"
                } else {
                    "CIE SAML manual, authentication response: Assertion"
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_the_table_has_its_page() {
        for (number, text, alarms) in [
            (8, "cie-error-request", true),
            (9, "cie-error-request", true),
            (10, "cie-error-other", false),
            (11, "cie-error-request", true),
            (12, "cie-error-request", true),
            (13, "cie-error-request", true),
            (14, "cie-error-request", true),
            (15, "cie-error-request", true),
            (16, "cie-error-request", true),
            (17, "cie-error-request", true),
            (18, "cie-error-request", true),
            (19, "cie-error-other", false),
            (20, "cie-error-other", false),
            (21, "cie-error-21", false),
            (22, "cie-error-22", false),
            (23, "cie-error-23", false),
            (24, "cie-error-other", false),
            (25, "cie-error-25", false),
            (30, "cie-error-other", false),
            (999, "cie-error-other", false),
        ] {
            let error = CieError::from_number(Some(number));
            assert_eq!(error.text(), text, "{number}");
            assert_eq!(error.alarms(), alarms, "{number}");
            if number <= 30 {
                assert_eq!(error.number().map(u16::from), Some(number));
                assert_eq!(error.code(), format!("cie-error-{number:02}"));
            }
        }
        assert_eq!(CieError::from_number(None).text(), "cie-error-other");
        assert_eq!(CieError::from_number(Some(999)).code(), "cie-error-other");
    }
}
