//! Ordinary OpenID Connect providers: any with discovery, by the crate `openidconnect` (OpenID Connect Core and Discovery 1.0).
//!
//! In and out are those of the federated relying party beside it, and so are the pending requests and the register. The
//! crate reads metadata, keys, tokens and userinfo, and checks them; what it leaves to its caller is checked here: `at_hash`,
//! `auth_time`, the level, and who the person is. Metadata and keys are fetched in the background: nobody who logs in waits
//! for them.

mod claims;
mod http;

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreTokenType,
};
use openidconnect::{
    AuthenticationContextClass, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    StandardErrorResponse, StandardTokenResponse,
};

use super::answer::{Answer, Said};
use super::callback::{CameBack, OpenIdLogin};
use super::evidence;
use super::exchange::Exchanged;
use super::pending::{PendingLogin, PendingLogins};
use super::proof::VerifiedIdToken;
use super::refusal::{OpenIdRefusal, RefusalKind};
use super::start::{StartLogin, StartRefusal};
use crate::audit::AuthenticationRegister;
use crate::crypto::Random;
use crate::fetch::Fetch;
use crate::identity::{AssuranceLevel, Redacted, Timestamp};
use crate::session::BrowserDigest;
use crate::store::ExpiringStore;

use claims::{Judged, MoreClaims};
use http::Http;

/// How long metadata and keys are used before they are asked for again, and for how long at most when nobody answers.
const FRESH: Duration = Duration::from_secs(60 * 60);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// How a provider is used.
#[derive(Debug, Clone)]
pub struct UpstreamSettings {
    /// Its name in addresses: small letters, digits and hyphens.
    pub id: String,
    /// What people call it, in Italian and in English.
    pub name: (String, String),
    /// Its issuer.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// What proves that we are.
    pub client_secret: Redacted<String>,
    /// Scheme, host and port of the gateway, where people come back to.
    pub origin: String,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that holds the fiscal code.
    pub fiscal_code: String,
    /// The level of each class (`acr`) that it gives; what it does not name is worth `level`.
    pub levels: Vec<(String, AssuranceLevel)>,
    /// What a login is worth whose class is none of those.
    pub level: AssuranceLevel,
}

impl UpstreamSettings {
    /// The path that people come back to.
    #[must_use]
    pub fn callback_path(&self) -> String {
        format!("/login/openid/{}/callback", self.id)
    }

    /// The highest level that it can prove.
    #[must_use]
    pub fn highest(&self) -> AssuranceLevel {
        let levels = self.levels.iter().map(|(_, level)| *level);
        levels.fold(self.level, AssuranceLevel::max)
    }
}

/// What a provider needs from outside.
#[derive(Clone)]
pub struct UpstreamPorts {
    /// Where pending requests live, shared by all nodes.
    pub store: Arc<dyn ExpiringStore>,
    /// Where ids come from.
    pub random: Arc<dyn Random>,
    /// Where requests and answers are kept.
    pub register: Arc<dyn AuthenticationRegister>,
    /// What reaches the provider's servers and no others.
    pub fetch: Arc<Fetch>,
}

/// What was discovered, as a client of it, and when.
struct Known {
    client: UpstreamClient,
    at: Timestamp,
}

/// An ordinary provider.
pub struct Upstream {
    settings: UpstreamSettings,
    ports: UpstreamPorts,
    pending: PendingLogins,
    known: RwLock<Option<Arc<Known>>>,
    /// Whether a token named a key that is not known: the provider has new ones.
    has_new_keys: Mutex<bool>,
}

type TokenResponse = StandardTokenResponse<
    IdTokenFields<
        MoreClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

type UpstreamClient = Client<
    MoreClaims,
    openidconnect::core::CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    TokenResponse,
    openidconnect::core::CoreTokenIntrospectionResponse,
    openidconnect::core::CoreRevocableToken,
    openidconnect::core::CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

impl Upstream {
    /// A provider of which nothing is known yet.
    #[must_use]
    pub fn new(settings: UpstreamSettings, ports: UpstreamPorts) -> Self {
        Self {
            pending: PendingLogins::new(&ports.store),
            settings,
            ports,
            known: RwLock::default(),
            has_new_keys: Mutex::default(),
        }
    }

    /// How it is used.
    #[must_use]
    pub fn settings(&self) -> &UpstreamSettings {
        &self.settings
    }

    /// Asks for metadata and keys, if they are due or new ones are wanted; what was known stays while nobody answers.
    /// Gives the reason code where it failed.
    ///
    /// # Errors
    /// The reason code, for the log.
    pub async fn refresh(&self, now: Timestamp) -> Result<(), &'static str> {
        let wanted = {
            let mut new_keys = lock(&self.has_new_keys);
            std::mem::take(&mut *new_keys)
        };
        let is_fresh = self
            .known(now)
            .is_some_and(|known| age(&known, now) < FRESH);
        if is_fresh && !wanted {
            return Ok(());
        }
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(|_| "issuer")?;
        let http = Http::new(&self.ports.fetch);
        let discovered = CoreProviderMetadata::discover_async(issuer, &http).await;
        // What goes wrong may quote the other side: the log gets none of it.
        let metadata = discovered.map_err(|_| "discovery")?;
        let client = self.client(metadata)?;
        let known = Known { client, at: now };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(known));
        Ok(())
    }

    /// Whether people can be sent there.
    #[must_use]
    pub fn is_ready(&self, now: Timestamp) -> bool {
        self.known(now).is_some()
    }

    fn known(&self, now: Timestamp) -> Option<Arc<Known>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.clone().filter(|known| age(known, now) < LONGEST)
    }

    fn client(&self, metadata: CoreProviderMetadata) -> Result<UpstreamClient, &'static str> {
        let redirect = format!("{}{}", self.settings.origin, self.settings.callback_path());
        let redirect = RedirectUrl::new(redirect).map_err(|_| "redirect-uri")?;
        let client = Client::from_provider_metadata(
            metadata,
            ClientId::new(self.settings.client_id.clone()),
            Some(ClientSecret::new(
                self.settings.client_secret.expose().clone(),
            )),
        );
        Ok(client.set_redirect_uri(redirect))
    }

    /// Makes and keeps a request, and gives the address that the browser carries it to.
    ///
    /// # Errors
    /// [`StartRefusal`] when the provider cannot serve or we cannot.
    pub async fn start(
        &self,
        login: StartLogin<'_>,
        now: Timestamp,
    ) -> Result<String, StartRefusal> {
        let known = self.known(now).ok_or(StartRefusal::NotTrusted)?;
        if self.settings.highest() < login.level.0 {
            return Err(StartRefusal::LevelOutOfReach);
        }
        let random = self.ports.random.as_ref();
        let (state, nonce) = (random.token(), random.token());
        let verifier = PkceCodeVerifier::new(random.token());
        let (kept_state, kept_nonce) = (state.clone(), nonce.clone());
        let mut request = known
            .client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new(kept_state),
                || Nonce::new(kept_nonce),
            )
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_scopes(self.settings.scopes.iter().cloned().map(Scope::new));
        for (class, _) in self.classes_from(login.level.0) {
            request = request.add_auth_context_value(AuthenticationContextClass::new(class));
        }
        if login.force {
            // A provider that is told a greatest age says when the person authenticated.
            request = request
                .add_prompt(CoreAuthPrompt::Login)
                .set_max_age(Duration::ZERO);
        }
        let (address, _, _) = request.url();
        let pending = PendingLogin {
            provider: self.settings.issuer.clone(),
            redirect_uri: format!("{}{}", self.settings.origin, self.settings.callback_path()),
            issued: now,
            request_id: random.token(),
            nonce: nonce.into(),
            verifier: verifier.secret().clone().into(),
            level: login.level.0,
            forced: login.force,
            flow: login.flow.clone(),
            browser: login.browser.clone(),
            raw: address.to_string().into(),
        };
        self.pending.keep(&state, &pending).await?;
        Ok(address.into())
    }

    /// The classes that reach a level, lowest first: the first is the one that is wanted most.
    fn classes_from(&self, level: AssuranceLevel) -> Vec<(String, AssuranceLevel)> {
        let mut classes = self.settings.levels.clone();
        classes.retain(|(_, reached)| *reached >= level);
        classes.sort_by_key(|(_, reached)| *reached);
        classes
    }

    /// Takes the answer to a request: as the federated relying party does, and into the same register.
    ///
    /// # Errors
    /// [`OpenIdRefusal`] with the code of the check that failed.
    pub async fn callback(
        &self,
        came: CameBack<'_>,
        browser: Option<&BrowserDigest>,
        now: Timestamp,
    ) -> Result<OpenIdLogin, OpenIdRefusal> {
        let answer = Answer::parse(came.query)?;
        let state = answer.state();
        let state = state.ok_or_else(|| OpenIdRefusal::no_request("state-missing"))?;
        let address = format!("{}{}", self.settings.origin, came.path);
        let request = self.pending.claim(state, &address, browser, now).await?;
        let mut exchanged = Exchanged::default();
        let judged = self.judge(&request, &answer, &mut exchanged, now).await;
        if judged
            .as_ref()
            .is_err_and(|refusal| refusal.code == "upstream-key-unknown")
        {
            *lock(&self.has_new_keys) = true;
        }
        let client_address = came.client_address;
        let mut entry = evidence::entry(
            &request,
            &answer,
            came.query,
            &exchanged,
            None,
            client_address,
        );
        match &judged {
            Ok(judged) => {
                entry.subject = Some(judged.subject.clone().into());
                entry.level = Some(judged.level.0);
            }
            Err(refusal) => entry.outcome = refusal.outcome(),
        }
        let evidence = self.ports.register.record(entry, now).await.ok();
        let tied = |refusal: OpenIdRefusal| refusal.tied(&request, evidence.as_ref());
        match (judged, &evidence) {
            (Ok(judged), Some(evidence)) => Ok(OpenIdLogin {
                flow: request.flow.clone(),
                identity: judged.into_identity(&request.provider, evidence.clone(), now),
            }),
            (Ok(_), None) => Err(tied(OpenIdRefusal::unavailable("register"))),
            (Err(refusal), _) => Err(tied(refusal)),
        }
    }

    async fn judge(
        &self,
        request: &PendingLogin,
        answer: &Answer,
        exchanged: &mut Exchanged,
        now: Timestamp,
    ) -> Result<Judged, OpenIdRefusal> {
        let code = match answer.read(&self.settings.issuer, false)? {
            Said::Code(code) => code,
            Said::Error(error) => return Err(OpenIdRefusal::provider(error)),
        };
        let known = self.known(now);
        let known = known.ok_or_else(|| OpenIdRefusal::unreachable("provider-not-trusted"))?;
        let client = &known.client;
        let http = Http::new(&self.ports.fetch);
        let redeeming = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| OpenIdRefusal::unreachable("provider-has-no-token-endpoint"))?
            .set_pkce_verifier(PkceCodeVerifier::new(request.verifier.expose().clone()))
            .request_async(&http);
        let tokens = redeeming.await;
        http.note_tokens(exchanged);
        let tokens = tokens.map_err(|error| match error {
            RequestTokenError::Request(error) => {
                OpenIdRefusal::unreachable(format!("token-{}", error.code()))
            }
            RequestTokenError::ServerResponse(_) => {
                OpenIdRefusal::new(RefusalKind::Answer, "token-refused", "RFC 6749, 5.2")
            }
            _ => OpenIdRefusal::new(RefusalKind::Answer, "token-form", "RFC 6749, 5.1"),
        })?;
        let proved = claims::id_token(client, &tokens, request, &self.settings, now)?;
        let told = claims::userinfo(client, &tokens, &proved, &http).await;
        http.note_userinfo(exchanged);
        claims::judge(proved, told?, &self.settings)
    }
}

fn age(known: &Known, now: Timestamp) -> Duration {
    (now - known.at).to_std().unwrap_or_default()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
