//! The provider as a whole: what it is made of, where it keeps things, how a login begins.

use std::sync::Arc;
use std::time::Duration;

use super::authorization::AuthorizationRefusal;
use super::code::IssuedCode;
use super::grant::{AccessGrant, UsedCode};
use super::receipts::{TICKET_LIFE, Ticket};
use super::{
    Client, Clients, EventReceivers, Parameters, PendingAuthorization, ProtocolError, discovery,
};
use crate::crypto::{PublicKey, Random, Signer};
use crate::downstream::SubjectSecret;
use crate::identity::Timestamp;
use crate::policy::{Catalogue, LiveCatalogue};
use crate::protocol::jose::{Jwk, JwkError, JwkSet, JwsAlgorithm, JwtSigner};
use crate::session::{FLOW_LIFE, Session};
use crate::store::{ExpiringStore, Shelf};

/// How long a code lives (RFC 6749, 4.1.2; rule 6: at most a minute).
pub(super) const CODE_LIFE: Duration = Duration::from_secs(60);
/// How long an access token lives, and an ID token may be taken.
pub(super) const TOKEN_LIFE: Duration = Duration::from_secs(5 * 60);
/// The longest life a client may give its assertion, and how far its clock may be off.
pub(super) const ASSERTION_LIFE: Duration = Duration::from_secs(10 * 60);
/// See [`ASSERTION_LIFE`].
pub(super) const CLOCK_SKEW: Duration = Duration::from_secs(60);

/// The keys tokens are signed with.
pub struct ProviderKeys {
    /// P-256: ID tokens by default, and every access token.
    pub es256: Arc<dyn Signer>,
    /// RSA: ID tokens of the clients registered for RS256; needed only if there are any.
    pub rs256: Option<Arc<dyn Signer>>,
    /// Keys of the past, published until the last token under them has expired.
    pub previous: Vec<PublicKey>,
    /// The secret behind `sub` and `sid`, 256 bits. It must never change.
    pub subject_secret: [u8; 32],
}

/// Why the provider cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProviderError {
    /// A key of the wrong kind.
    #[error("a key for signing tokens: {0}")]
    Key(#[from] JwkError),
    /// A client wants RS256 and there is no RSA key.
    #[error("client {0:?} is registered for RS256, but there is no RSA key for tokens")]
    NoRsaKey(String),
}

/// The OpenID Provider.
pub struct OpenIdProvider {
    issuer: String,
    clients: Clients,
    catalogue: LiveCatalogue,
    es256: JwtSigner,
    rs256: Option<JwtSigner>,
    jwks: JwkSet,
    discovery: String,
    pub(super) subjects: SubjectSecret,
    pub(super) random: Arc<dyn Random>,
    pub(super) pending: Shelf<PendingAuthorization>,
    pub(super) codes: Shelf<IssuedCode>,
    pub(super) used_codes: Shelf<UsedCode>,
    pub(super) access: Shelf<AccessGrant>,
    pub(super) revoked: Shelf<()>,
    pub(super) assertions: Shelf<()>,
    pub(super) tickets: Shelf<Ticket>,
    pub(super) receivers: EventReceivers,
}

/// A request that was accepted and stored.
pub struct Begun {
    /// The id under which [`OpenIdProvider::answer`] finds it: goes into the flow's `ReturnTo::OpenId`, never to the
    /// browser.
    pub id: String,
    /// What was asked.
    pub pending: PendingAuthorization,
}

impl OpenIdProvider {
    /// Makes the provider. `issuer` is the gateway's base URL without a slash at its end: it is compared by clients
    /// character by character.
    ///
    /// # Errors
    /// [`ProviderError`] for keys of the wrong kind.
    pub fn new(
        issuer: String,
        clients: Clients,
        keys: ProviderKeys,
        catalogue: LiveCatalogue,
        store: &Arc<dyn ExpiringStore>,
        random: Arc<dyn Random>,
    ) -> Result<Self, ProviderError> {
        let es256 = JwtSigner::new(keys.es256, JwsAlgorithm::Es256)?;
        let rs256 = keys
            .rs256
            .map(|signer| JwtSigner::new(signer, JwsAlgorithm::Rs256))
            .transpose()?;
        if rs256.is_none()
            && let Some(client) = clients
                .iter()
                .find(|client| client.id_token_algorithm() == JwsAlgorithm::Rs256)
        {
            return Err(ProviderError::NoRsaKey(client.id().to_owned()));
        }
        let mut published = vec![es256.jwk().clone()];
        published.extend(rs256.as_ref().map(|signer| signer.jwk().clone()));
        for key in keys.previous {
            let algorithm = JwsAlgorithm::usual(key.kind());
            published.push(Jwk::new(key, algorithm)?);
        }
        // A used code is remembered while anything that it gave may live.
        let given = CODE_LIFE + TOKEN_LIFE;
        let shelf_life = ASSERTION_LIFE + 2 * CLOCK_SKEW;
        Ok(Self {
            discovery: discovery::document(&issuer, rs256.is_some()).to_string(),
            jwks: JwkSet::new(published)?,
            issuer,
            clients,
            catalogue,
            es256,
            rs256,
            subjects: SubjectSecret::new(keys.subject_secret),
            random,
            pending: Shelf::new(Arc::clone(store), "oidc-authorization", FLOW_LIFE).forgettable(),
            codes: Shelf::new(Arc::clone(store), "oidc-code", CODE_LIFE),
            used_codes: Shelf::new(Arc::clone(store), "oidc-used-code", given),
            access: Shelf::new(Arc::clone(store), "oidc-access", TOKEN_LIFE),
            revoked: Shelf::new(Arc::clone(store), "oidc-revoked", given),
            assertions: Shelf::new(Arc::clone(store), "oidc-assertion", shelf_life),
            tickets: Shelf::new(Arc::clone(store), "oidc-ticket", TICKET_LIFE),
            receivers: EventReceivers::default(),
        })
    }

    /// The issuer, as it stands in every token.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The registered applications.
    #[must_use]
    pub fn clients(&self) -> &Clients {
        &self.clients
    }

    /// The services that clients may name.
    pub(super) fn catalogue(&self) -> Arc<Catalogue> {
        self.catalogue.current()
    }

    /// The discovery document, which also is the metadata of RFC 8414.
    #[must_use]
    pub fn discovery(&self) -> &str {
        &self.discovery
    }

    /// The public keys.
    #[must_use]
    pub fn jwks(&self) -> &JwkSet {
        &self.jwks
    }

    /// The endpoint that client assertions may name as their audience.
    pub(super) fn token_endpoint(&self) -> String {
        format!("{}/token", self.issuer)
    }

    /// The signer of access tokens.
    pub(super) fn access_signer(&self) -> &JwtSigner {
        &self.es256
    }

    /// The signer of a client's ID tokens. The RSA key is there whenever a client needs it: [`Self::new`] saw to that.
    pub(super) fn id_token_signer(&self, client: &Client) -> &JwtSigner {
        match client.id_token_algorithm() {
            JwsAlgorithm::Rs256 => self.rs256.as_ref().unwrap_or(&self.es256),
            _ => &self.es256,
        }
    }

    /// Reads an authorization request and keeps it for its login. `session` is the one the browser has, if any.
    ///
    /// # Errors
    /// [`AuthorizationRefusal`], which says whether the client may be told.
    pub async fn begin(
        &self,
        parameters: &Parameters,
        session: Option<&Session>,
        now: Timestamp,
    ) -> Result<Begun, AuthorizationRefusal> {
        let pending = self.read_authorization(parameters, session, now)?;
        let id = self.random.token();
        self.pending
            .put(&id, &pending)
            .await
            .map_err(|_| self.refused(&pending, ProtocolError::unavailable("store_failed")))?;
        Ok(Begun { id, pending })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::crypto::{KeyKind, SigningKey, SystemRandom};
    use crate::downstream::oidc::ClientSettings;
    use crate::identity::{Clock, SystemClock};
    use crate::policy::DEFAULT_CATALOGUE;
    use crate::store::MemoryStore;

    #[derive(serde::Deserialize)]
    struct Settings {
        client: Vec<ClientSettings>,
    }

    /// A provider with one client `app`, for tests of its parts.
    pub(in super::super) fn provider() -> OpenIdProvider {
        with_clients(
            r#"
            [[client]]
            id = "app"
            name = { it = "App", en = "App" }
            redirect_uris = ["https://app.example/cb", "https://app.example/cb?tenant=1"]
            post_logout_redirect_uris = ["https://app.example/bye"]
            services = ["naspi"]
            claims = ["given_name"]
            # SHA-256 of "secret"
            authentication = { method = "client_secret_basic", secret_sha256 = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b" }

            [[client]]
            id = "other"
            name = { it = "Altra", en = "Other" }
            redirect_uris = ["https://other.example/cb"]
            authentication = { method = "client_secret_basic", secret_sha256 = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b" }
            "#,
        )
        .unwrap()
    }

    pub(in super::super) fn with_clients(clients: &str) -> Result<OpenIdProvider, ProviderError> {
        let catalogue = LiveCatalogue::new(Catalogue::parse(DEFAULT_CATALOGUE).unwrap());
        let settings: Settings = toml::from_str(clients).unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let store: Arc<dyn ExpiringStore> = Arc::new(MemoryStore::new(clock));
        OpenIdProvider::new(
            "https://varco.example".to_owned(),
            Clients::register(settings.client, &catalogue.current()).unwrap(),
            ProviderKeys {
                es256: Arc::new(SigningKey::generate(KeyKind::P256).unwrap()),
                rs256: None,
                previous: vec![
                    SigningKey::generate(KeyKind::P256)
                        .unwrap()
                        .public_key()
                        .clone(),
                ],
                subject_secret: [7; 32],
            },
            catalogue,
            &store,
            Arc::new(SystemRandom),
        )
    }

    #[test]
    fn a_client_for_rs256_needs_an_rsa_key() {
        let clients = r#"
            [[client]]
            id = "old"
            name = { it = "x", en = "x" }
            redirect_uris = ["https://old.example/cb"]
            id_token_signed_response_alg = "RS256"
            authentication = { method = "client_secret_basic", secret_sha256 = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b" }
        "#;
        assert!(matches!(
            with_clients(clients),
            Err(ProviderError::NoRsaKey(client)) if client == "old"
        ));
    }

    #[test]
    fn present_and_past_keys_are_published_and_none_of_their_private_parts() {
        let provider = provider();
        assert_eq!(provider.jwks().keys().len(), 2);
        let document = provider.jwks().to_json().to_string();
        assert!(!document.contains("\"d\""));
    }
}
