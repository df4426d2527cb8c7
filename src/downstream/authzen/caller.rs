//! Who may ask for decisions.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use crate::crypto::encoding::hex;
use crate::crypto::{constant_time_eq, sha256};

/// The longest `Authorization` header that is looked at, in bytes.
const LONGEST_HEADER: usize = 256;

/// One `[[authzen.caller]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallerSettings {
    /// Its name, for the configuration alone.
    pub name: String,
    /// SHA-256, in lower-case hexadecimal, of the random secret that it shows as a bearer token.
    pub secret_sha256: String,
    /// Whether it may describe a person, with levels and categories, and ask what would be open to them. Otherwise it
    /// asks about sessions alone.
    #[serde(default)]
    pub may_describe_people: bool,
    /// The application that it asks for, where services are reserved to the one that owns them.
    pub client: Option<String>,
}

/// A caller that has shown its secret. Only [`Callers::authenticate`] gives one away.
#[derive(Clone)]
pub struct Caller {
    secret_sha256: String,
    may_describe: bool,
    client: Option<String>,
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("may_describe", &self.may_describe)
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

impl Caller {
    /// Whether it may describe people.
    #[must_use]
    pub fn may_describe(&self) -> bool {
        self.may_describe
    }

    /// The application that it asks for.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        self.client.as_deref()
    }
}

/// The callers, by their names.
#[derive(Debug, Clone, Default)]
pub struct Callers(BTreeMap<String, Caller>);

impl Callers {
    /// Checks every caller.
    ///
    /// # Errors
    /// Everything that is wrong, with the place of the caller in the list.
    pub fn register(settings: Vec<CallerSettings>) -> Result<Self, Vec<(usize, String)>> {
        let mut callers: BTreeMap<String, Caller> = BTreeMap::new();
        let mut faults = Vec::new();
        let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        for (place, one) in settings.into_iter().enumerate() {
            let mut fault = |text: String| faults.push((place, text));
            if one.name.trim().is_empty() {
                fault("`name` is empty".to_owned());
            }
            if one.secret_sha256.len() != 64 || !one.secret_sha256.bytes().all(hex) {
                fault("`secret_sha256` is not 64 lower-case hexadecimal digits".to_owned());
            }
            if callers
                .values()
                .any(|other| other.secret_sha256 == one.secret_sha256)
            {
                fault(
                    "`secret_sha256` is another caller's: give each a secret of its own".to_owned(),
                );
            }
            let caller = Caller {
                secret_sha256: one.secret_sha256,
                may_describe: one.may_describe_people,
                client: one.client,
            };
            if callers.insert(one.name.clone(), caller).is_some() {
                fault(format!("{:?} is there twice", one.name));
            }
        }
        if faults.is_empty() {
            Ok(Self(callers))
        } else {
            Err(faults)
        }
    }

    /// The caller of an `Authorization` header (RFC 6750, 2.1); `None` for nobody's.
    #[must_use]
    pub fn authenticate(&self, authorization: &str) -> Option<&Caller> {
        if authorization.len() > LONGEST_HEADER {
            return None;
        }
        let (scheme, secret) = authorization.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let shown = hex(&sha256(secret.as_bytes()));
        self.0
            .values()
            .find(|caller| constant_time_eq(caller.secret_sha256.as_bytes(), shown.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(name: &str, secret: &str) -> CallerSettings {
        CallerSettings {
            name: name.to_owned(),
            secret_sha256: hex(&sha256(secret.as_bytes())),
            may_describe_people: false,
            client: None,
        }
    }

    #[test]
    fn only_a_callers_own_secret_proves_it() {
        let callers = Callers::register(vec![settings("a", "s"), settings("b", "t")]).unwrap();
        let is = |header: &str| callers.authenticate(header).is_some();
        assert!(is("Bearer s") && is("bearer t"));
        for bad in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer x",
            "Basic s",
            "s",
            "Bearer  s",
            "Bearer s ",
        ] {
            assert!(!is(bad), "{bad:?}");
        }
        assert!(!is(&format!("Bearer {}", "s".repeat(1000))));
        assert!(Callers::default().authenticate("Bearer s").is_none());
        assert!(!format!("{callers:?}").contains(&hex(&sha256(b"s"))));
    }

    #[test]
    fn every_fault_of_a_caller_is_told() {
        let mut short = settings("c", "u");
        short.secret_sha256.pop();
        let all = vec![
            settings("a", "s"),
            settings("b", "s"),
            settings("a", "t"),
            settings(" ", "v"),
            short,
        ];
        let faults = Callers::register(all).unwrap_err();
        let places: Vec<usize> = faults.iter().map(|(place, _)| *place).collect();
        assert_eq!(places, [1, 2, 3, 4], "{faults:?}");
    }
}
