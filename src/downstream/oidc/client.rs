//! Registered applications.

use std::collections::BTreeMap;
use std::fmt;

use super::{AuthenticationSettings, ClientSettings, EventReceiver, RedirectUri, ReleasedClaim};
use crate::identity::RequiredAssurance;
use crate::policy::{Catalogue, ServiceId, Text};
use crate::protocol::jose::{JwkSet, JwsAlgorithm};

/// How a client proves itself at `/token`.
#[derive(Clone)]
pub enum ClientAuthentication {
    /// A secret of which only the hash is kept.
    SecretBasic {
        /// SHA-256 of the secret, in lower-case hexadecimal.
        secret_sha256: String,
    },
    /// A token signed with one of these keys.
    PrivateKeyJwt {
        /// The client's registered keys.
        jwks: JwkSet,
    },
}

impl ClientAuthentication {
    /// The method's registered name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::SecretBasic { .. } => "client_secret_basic",
            Self::PrivateKeyJwt { .. } => "private_key_jwt",
        }
    }
}

impl fmt::Debug for ClientAuthentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One application, checked. Only [`Clients::register`] makes one.
#[derive(Debug, Clone)]
pub struct Client {
    id: String,
    name: Text,
    redirect_uris: Vec<RedirectUri>,
    post_logout_redirect_uris: Vec<RedirectUri>,
    authentication: ClientAuthentication,
    id_token_algorithm: JwsAlgorithm,
    services: Vec<ServiceId>,
    floor: RequiredAssurance,
    released: Vec<ReleasedClaim>,
    sector: String,
    events: Option<EventReceiver>,
}

impl Client {
    fn check(settings: ClientSettings, catalogue: &Catalogue) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if !(1..=64).contains(&settings.id.len()) || !settings.id.bytes().all(legal) {
            faults.push("`id` is not 1 to 64 letters, digits, `-`, `_` and `.`".to_owned());
        }
        if Text::LANGUAGES
            .iter()
            .filter_map(|language| settings.name.only_in(language))
            .any(|name| name.trim().is_empty())
        {
            faults.push("`name` is empty in a language".to_owned());
        }
        let mut uris = |key: &str, texts: &[String]| -> Vec<RedirectUri> {
            let mut accepted = Vec::new();
            for text in texts {
                match RedirectUri::register(text) {
                    Ok(uri) => accepted.push(uri),
                    Err(fault) => faults.push(format!("`{key}`: {text:?}: {fault}")),
                }
            }
            accepted
        };
        let redirect_uris = uris("redirect_uris", &settings.redirect_uris);
        let post_logout_redirect_uris = uris(
            "post_logout_redirect_uris",
            &settings.post_logout_redirect_uris,
        );
        if settings.redirect_uris.is_empty() {
            faults.push("`redirect_uris` is empty".to_owned());
        }
        let authentication = match settings.authentication {
            AuthenticationSettings::ClientSecretBasic { secret_sha256 } => {
                let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
                if secret_sha256.len() != 64 || !secret_sha256.bytes().all(hex) {
                    faults
                        .push("`secret_sha256` is not 64 lower-case hexadecimal digits".to_owned());
                }
                ClientAuthentication::SecretBasic { secret_sha256 }
            }
            AuthenticationSettings::PrivateKeyJwt { jwks } => {
                ClientAuthentication::PrivateKeyJwt { jwks }
            }
        };
        if !matches!(
            settings.id_token_signed_response_alg,
            JwsAlgorithm::Es256 | JwsAlgorithm::Rs256
        ) {
            faults.push("`id_token_signed_response_alg` is not ES256 or RS256".to_owned());
        }
        let events = settings.events.map(|events| {
            EventReceiver::check(events, &settings.id)
                .map_err(|found| faults.extend(found))
                .ok()
        });
        let unknown = settings
            .services
            .iter()
            .filter(|id| catalogue.get(id).is_none());
        faults.extend(unknown.map(|id| format!("`services`: the catalogue has no {id:?}")));
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            sector: settings.sector.unwrap_or_else(|| settings.id.clone()),
            id: settings.id,
            name: settings.name,
            redirect_uris,
            post_logout_redirect_uris,
            authentication,
            id_token_algorithm: settings.id_token_signed_response_alg,
            services: settings.services,
            floor: RequiredAssurance(settings.minimum_level),
            released: settings.claims,
            events: events.flatten(),
        })
    }

    /// `client_id`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name that people see.
    #[must_use]
    pub fn name(&self) -> &Text {
        &self.name
    }

    /// Every registered address.
    pub fn redirect_uris(&self) -> impl Iterator<Item = &RedirectUri> {
        self.redirect_uris.iter()
    }

    /// The registered address that is exactly this text.
    #[must_use]
    pub fn redirect_uri(&self, text: &str) -> Option<&RedirectUri> {
        self.redirect_uris.iter().find(|uri| uri.as_str() == text)
    }

    /// The registered address after logout that is exactly this text.
    #[must_use]
    pub fn post_logout_redirect_uri(&self, text: &str) -> Option<&RedirectUri> {
        self.post_logout_redirect_uris
            .iter()
            .find(|uri| uri.as_str() == text)
    }

    /// How it proves itself.
    #[must_use]
    pub fn authentication(&self) -> &ClientAuthentication {
        &self.authentication
    }

    /// The algorithm of its ID tokens.
    #[must_use]
    pub fn id_token_algorithm(&self) -> JwsAlgorithm {
        self.id_token_algorithm
    }

    /// The services it may name in `resource`.
    #[must_use]
    pub fn services(&self) -> &[ServiceId] {
        &self.services
    }

    /// The level it is never answered below.
    #[must_use]
    pub fn floor(&self) -> RequiredAssurance {
        self.floor
    }

    /// What it may learn of a person.
    #[must_use]
    pub fn released(&self) -> &[ReleasedClaim] {
        &self.released
    }

    /// The sector within which a person has one `sub`.
    #[must_use]
    pub fn sector(&self) -> &str {
        &self.sector
    }

    /// Where it hears of events, if it wants to.
    #[must_use]
    pub fn events(&self) -> Option<&EventReceiver> {
        self.events.as_ref()
    }
}

/// Everything that is wrong with the registered clients, one sentence each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub struct ClientsError(pub Vec<String>);

/// The registered clients by their id.
#[derive(Debug, Clone, Default)]
pub struct Clients(BTreeMap<String, Client>);

impl Clients {
    /// Checks every client, its services against the catalogue.
    ///
    /// # Errors
    /// [`ClientsError`] with all faults of all clients at once.
    pub fn register(
        settings: Vec<ClientSettings>,
        catalogue: &Catalogue,
    ) -> Result<Self, ClientsError> {
        let mut clients = BTreeMap::new();
        let mut faults = Vec::new();
        for one in settings {
            let id = one.id.clone();
            match Client::check(one, catalogue) {
                Ok(client) => {
                    if clients.insert(id.clone(), client).is_some() {
                        faults.push(format!("client {id:?}: registered twice"));
                    }
                }
                Err(found) => {
                    faults.extend(found.into_iter().map(|f| format!("client {id:?}: {f}")));
                }
            }
        }
        if faults.is_empty() {
            Ok(Self(clients))
        } else {
            Err(ClientsError(faults))
        }
    }

    /// The client of an id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Client> {
        self.0.get(id)
    }

    /// Every client, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Client> {
        self.0.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::DEFAULT_CATALOGUE;

    fn settings() -> ClientSettings {
        toml::from_str(
            r#"
            id = "app"
            name = { it = "App", en = "App" }
            redirect_uris = ["https://app.example/cb", "http://127.0.0.1:8080/cb"]
            authentication = { method = "client_secret_basic", secret_sha256 = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b" }
            "#,
        )
        .unwrap()
    }

    fn register(settings: Vec<ClientSettings>) -> Result<Clients, ClientsError> {
        Clients::register(settings, &Catalogue::parse(DEFAULT_CATALOGUE).unwrap())
    }

    #[test]
    fn a_redirect_address_matches_character_by_character() {
        let clients = register(vec![settings()]).unwrap();
        let client = clients.find("app").unwrap();
        assert!(client.redirect_uri("https://app.example/cb").is_some());
        assert!(client.redirect_uri("http://127.0.0.1:8081/cb").is_none());
        assert!(client.redirect_uri("https://app.example/CB").is_none());
    }

    #[test]
    fn every_fault_of_every_client_is_told_at_once() {
        let mut one = settings();
        one.id = "no spaces".to_owned();
        one.redirect_uris = vec!["http://app.example".to_owned()];
        one.post_logout_redirect_uris = vec!["x".to_owned()];
        one.name = toml::from_str("it = \"App\"\nen = \" \"").unwrap();
        one.services = vec![ServiceId::parse("no-such-service").unwrap()];
        one.id_token_signed_response_alg = JwsAlgorithm::Es384;
        one.authentication = AuthenticationSettings::ClientSecretBasic {
            secret_sha256: "secret".to_owned(),
        };
        let mut other = settings();
        other.redirect_uris.clear();
        let ClientsError(faults) = register(vec![one, other, settings(), settings()]).unwrap_err();
        assert_eq!(faults.len(), 9, "{faults:#?}");
        assert!(faults[8].contains("twice"));
    }

    #[test]
    fn debug_of_a_client_does_not_show_the_hash_of_its_secret() {
        let clients = register(vec![settings()]).unwrap();
        assert!(!format!("{clients:?}").contains("2bb80d53"));
    }

    #[test]
    fn without_a_sector_a_client_is_one_of_its_own() {
        let clients = register(vec![settings()]).unwrap();
        assert_eq!(clients.find("app").unwrap().sector(), "app");
    }
}
