//! E-mail addresses, the certified ones (PEC) among them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest address (RFC 5321, 4.5.3.1.3, less the brackets), in bytes.
const LONGEST: usize = 254;
/// The longest part before the `@` (RFC 5321, 4.5.3.1.1), in bytes.
const LONGEST_LOCAL: usize = 64;
/// The longest label of a host name (RFC 1035, 2.3.4), in bytes.
const LONGEST_LABEL: usize = 63;

/// An e-mail address that can be written to: a dot-atom, `@`, and a host name of two labels or more (RFC 5322, 3.4.1).
/// Quoted local parts, comments and addresses of machines are refused: nobody's mailbox is called so, and each is a way to
/// say something else to a mail server. The host name is lower case. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// The text is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an e-mail address is a name, `@`, and the name of a host")]
pub struct EmailAddressError;

impl EmailAddress {
    /// Reads an address; surrounding white space is forgiven.
    ///
    /// # Errors
    /// [`EmailAddressError`] for anything else than an address.
    pub fn parse(text: &str) -> Result<Self, EmailAddressError> {
        let text = text.trim();
        let (local, host) = text.split_once('@').ok_or(EmailAddressError)?;
        let fits = text.len() <= LONGEST && local.len() <= LONGEST_LOCAL;
        let is_local = local
            .split('.')
            .all(|atom| !atom.is_empty() && atom.bytes().all(is_of_atom));
        let is_host = host.contains('.') && host.split('.').all(is_label);
        // The last label of a name is never a number: that would be the address of a machine.
        let ends_in_letters = host
            .rsplit('.')
            .next()
            .is_some_and(|last| !last.bytes().all(|byte| byte.is_ascii_digit()));
        (fits && is_local && is_host && ends_in_letters)
            .then(|| Self(format!("{local}@{}", host.to_ascii_lowercase())))
            .ok_or(EmailAddressError)
    }

    /// The address, for whoever writes to it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The address with most of its name hidden, by which its owner knows it and a stranger does not: `m***@example.org`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, host) = self.0.split_once('@').unwrap_or_default();
        let first: String = local.chars().take(1).collect();
        format!("{first}***@{host}")
    }
}

/// `atext` of RFC 5322, 3.2.3.
fn is_of_atom(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

fn is_label(label: &str) -> bool {
    (1..=LONGEST_LABEL).contains(&label.len())
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress([redacted])")
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = EmailAddressError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_its_host_is_lower_case() {
        for (written, address) in [
            ("mario.rossi@example.org", "mario.rossi@example.org"),
            (" Mario+pin@Example.ORG ", "Mario+pin@example.org"),
            ("o'brien@pec.esempio.it", "o'brien@pec.esempio.it"),
        ] {
            assert_eq!(EmailAddress::parse(written).unwrap().expose(), address);
        }
    }

    #[test]
    fn what_a_mail_server_could_read_otherwise_is_refused() {
        for text in [
            "",
            "mario",
            "@example.org",
            "mario@",
            "mario@localhost",
            "mario@[192.0.2.1]",
            "mario@192.0.2.1",
            "\"mario rossi\"@example.org",
            "mario..rossi@example.org",
            ".mario@example.org",
            "mario@-example.org",
            "mario@example..org",
            "mario@example.org\r\nBcc: x@example.org",
            "mario@example.org>",
            "mario rossi@example.org",
            "mario@x@example.org",
            "màrio@example.org",
        ] {
            let refused = EmailAddress::parse(text);
            assert_eq!(refused, Err(EmailAddressError), "{text}");
        }
        let long = format!("{}@example.org", "a".repeat(65));
        assert_eq!(EmailAddress::parse(&long), Err(EmailAddressError));
    }

    #[test]
    fn debug_does_not_show_it_and_its_mask_gives_little_away() {
        let address = EmailAddress::parse("mario.rossi@example.org").unwrap();
        assert_eq!(format!("{address:?}"), "EmailAddress([redacted])");
        assert_eq!(address.masked(), "m***@example.org");
    }
}
