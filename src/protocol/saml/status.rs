//! What a response says of its success (SAML 2.0 core, 3.2.2), and the number of SPID's table of anomalies in it.

/// The first level of a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopStatus {
    /// It worked.
    Success,
    /// The asker is at fault.
    Requester,
    /// The answerer is at fault.
    Responder,
    /// The version is not understood.
    VersionMismatch,
}

impl TopStatus {
    /// The status of a URN; `None` for any that SAML does not allow at the first level.
    #[must_use]
    pub fn from_urn(urn: &str) -> Option<Self> {
        use super::names;
        match urn {
            names::SUCCESS => Some(Self::Success),
            names::REQUESTER => Some(Self::Requester),
            names::RESPONDER => Some(Self::Responder),
            names::VERSION_MISMATCH => Some(Self::VersionMismatch),
            _ => None,
        }
    }

    /// The URN of the status.
    #[must_use]
    pub fn urn(self) -> &'static str {
        use super::names;
        match self {
            Self::Success => names::SUCCESS,
            Self::Requester => names::REQUESTER,
            Self::Responder => names::RESPONDER,
            Self::VersionMismatch => names::VERSION_MISMATCH,
        }
    }
}

/// A status as a message carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The first level.
    pub top: TopStatus,
    /// The second level, whatever it says: providers do not agree on it.
    pub second: Option<String>,
    /// The number of the anomaly in `StatusMessage`, where there is one.
    pub anomaly: Option<u16>,
}

impl Status {
    /// Whether it worked, with nothing added.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.top == TopStatus::Success
    }

    /// Whether a logout did not reach everybody (SAML 2.0 core, 3.7.3.2).
    #[must_use]
    pub fn is_partial_logout(&self) -> bool {
        self.second.as_deref() == Some(super::names::PARTIAL_LOGOUT)
    }
}

/// The number `NN` of the first `nrNN` in a status message (`ErrorCode nr25`), whatever the sub-status is: some
/// providers pair them otherwise than the table. White space and leading zeros are forgiven.
#[must_use]
pub fn anomaly_number(message: &str) -> Option<u16> {
    let lower = message.to_ascii_lowercase();
    lower.match_indices("nr").find_map(|(start, found)| {
        let rest = lower.get(start + found.len()..)?.trim_start();
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        rest.get(..digits)?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_an_anomaly_is_found_in_a_status_message() {
        for (message, number) in [
            ("ErrorCode nr19", Some(19)),
            ("ErrorCode nr08", Some(8)),
            ("ErrorCode nr 25", Some(25)),
            ("errorcode NR0030", Some(30)),
            ("Il numero: ErrorCode nr22 (consenso negato)", Some(22)),
            ("ErrorCode nr", None),
            ("ErrorCode 19", None),
            ("nr99999999999", None),
            ("", None),
        ] {
            assert_eq!(anomaly_number(message), number, "{message}");
        }
    }

    #[test]
    fn only_the_four_first_level_statuses_of_saml_are_statuses() {
        use TopStatus as T;
        for status in [T::Success, T::Requester, T::Responder, T::VersionMismatch] {
            assert_eq!(T::from_urn(status.urn()), Some(status));
        }
        for urn in [
            "",
            "urn:oasis:names:tc:SAML:2.0:status:statuscodenonvalido",
            "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed",
            "urn:oasis:names:tc:SAML:2.0:status:success",
        ] {
            assert_eq!(T::from_urn(urn), None);
        }
    }
}
