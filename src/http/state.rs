//! What handlers share.

use std::sync::Arc;

use super::cie::CieWay;
use super::cns::CardWay;
use super::dossiers::Dossiers;
use super::fragments::Fragments;
use super::metrics::Metrics;
use super::noted::Noted;
use super::openid::Watched;
use super::pin::{PinCare, PinWay};
use super::settings::Settings;
use super::ways::WayIn;
use crate::archive::{Archive, ArchiveError, Capacity, Standing};
use crate::audit::AuditLog;
use crate::crypto::Random;
use crate::desk::Desk;
use crate::downstream::authzen::Callers;
use crate::downstream::forward_auth::ForwardAuth;
use crate::downstream::oidc::OpenIdProvider;
use crate::identity::{Clock, Person, Timestamp};
use crate::login::openid::entity::OwnEntity;
use crate::login::openid::{OpenIdRelyingParty, Upstream};
use crate::login::spid::SpidServiceProvider;
use crate::policy::{Catalogue, LiveCatalogue};
use crate::session::{Flows, Session, Sessions};
use crate::store::{ExpiringStore, RateLimit};
use crate::upload::PdfGate;

/// The gateway, cheap to clone: the state of the router. It is assembled from its [`Parts`] in one place, by `cli` or
/// by a test.
#[derive(Clone)]
pub struct Gateway(Arc<Assembled>);

struct Assembled {
    parts: Parts,
    ways: Vec<WayIn>,
    noted: Noted,
    watched: Watched,
    login_starts: Option<RateLimit>,
    fragments: Fragments,
}

/// Everything that a gateway is made of.
pub struct Parts {
    /// Where the gateway lives and whose it is.
    pub settings: Settings,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where unguessable bytes come from.
    pub random: Arc<dyn Random>,
    /// Where short-lived things are kept.
    pub store: Arc<dyn ExpiringStore>,
    /// Who is logged in.
    pub sessions: Sessions,
    /// Who is on the way.
    pub flows: Flows,
    /// Who people are.
    pub archive: Arc<dyn Archive>,
    /// What opens with what.
    pub catalogue: LiveCatalogue,
    /// The SPID service provider.
    pub spid: Arc<SpidServiceProvider>,
    /// Logins with CIE, where there are any.
    pub cie: Option<CieWay>,
    /// Our entity in a federation, where we are in one.
    pub federation: Option<Arc<OwnEntity>>,
    /// The relying party of an OpenID federation, where the gateway is in one.
    pub openid: Option<Arc<OpenIdRelyingParty>>,
    /// Ordinary OpenID Connect providers, where there are any.
    pub upstreams: Vec<Arc<Upstream>>,
    /// Logins with a card, where there are any.
    pub cns: Option<CardWay>,
    /// Logins with a PIN, where there are any.
    pub pin: Option<PinWay>,
    /// The care for PINs from request to end, where there are any.
    pub pin_care: Option<PinCare>,
    /// What applications see.
    pub oidc: OpenIdProvider,
    /// What proxies see.
    pub forward_auth: ForwardAuth,
    /// Who may ask for decisions.
    pub callers: Callers,
    /// What operators do, where there are any.
    pub desk: Option<Desk>,
    /// What happened.
    pub audit: Arc<dyn AuditLog>,
    /// What is counted.
    pub metrics: Metrics,
    /// What looks at files that people send.
    pub uploads: PdfGate,
}

impl Gateway {
    /// A gateway of these parts.
    #[must_use]
    pub fn new(mut parts: Parts) -> Self {
        if let Some(care) = &parts.pin_care {
            let dossiers = Dossiers::new(care.store());
            parts.sessions = parts.sessions.heeding_pins(Arc::new(dossiers));
        }
        let ways = parts
            .spid
            .providers()
            .all()
            .iter()
            .filter(|provider| provider.metadata.is_some())
            .map(|provider| WayIn {
                name: provider.name.clone(),
                entity_id: provider.entity_id.clone(),
                highest: provider.highest,
            })
            .collect();
        let login_starts = parts
            .settings
            .login_starts_per_minute()
            .map(|most| RateLimit::new(Arc::clone(&parts.store), "login-starts", most));
        Self(Arc::new(Assembled {
            parts,
            ways,
            noted: Noted::default(),
            watched: Watched::default(),
            login_starts,
            fragments: Fragments::default(),
        }))
    }

    /// Where the gateway lives and whose it is.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.parts.settings
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.parts.clock.now()
    }

    /// Where unguessable bytes come from.
    #[must_use]
    pub fn random(&self) -> &dyn Random {
        self.0.parts.random.as_ref()
    }

    /// Where short-lived things are kept.
    #[must_use]
    pub fn store(&self) -> &dyn ExpiringStore {
        self.0.parts.store.as_ref()
    }

    /// Who is logged in.
    #[must_use]
    pub fn sessions(&self) -> &Sessions {
        &self.0.parts.sessions
    }

    /// Who is on the way.
    #[must_use]
    pub fn flows(&self) -> &Flows {
        &self.0.parts.flows
    }

    /// What the archives know of the person of a session, and what their login proves. The archives are asked each time:
    /// how long an answer counts is theirs to say.
    ///
    /// # Errors
    /// [`ArchiveError`] when they do not answer.
    pub async fn standing(&self, session: &Session) -> Result<Standing, ArchiveError> {
        self.standing_of(session.person()).await
    }

    /// The same of a person who is not logged in yet.
    ///
    /// # Errors
    /// [`ArchiveError`] when they do not answer.
    pub async fn standing_of(&self, person: &Person) -> Result<Standing, ArchiveError> {
        let standing = self.0.parts.archive.standing(&person.key, self.now()).await;
        match standing {
            Ok(standing) => Ok(standing.with_login_of(person)),
            Err(error) => {
                tracing::warn!(code = "archives-unavailable", reason = error.code());
                Err(error)
            }
        }
    }

    /// In what capacity the person of a session acts now.
    pub async fn capacity(&self, session: &Session) -> Capacity {
        match self.standing(session).await {
            Ok(standing) => standing.capacity(session.profile()),
            Err(_) => Capacity::Unavailable,
        }
    }

    /// What opens with what, now. Whoever makes several decisions for one answer takes it once, so that they agree.
    #[must_use]
    pub fn catalogue(&self) -> Arc<Catalogue> {
        self.0.parts.catalogue.current()
    }

    /// The providers that people may choose.
    #[must_use]
    pub fn ways(&self) -> &[WayIn] {
        &self.0.ways
    }

    /// The provider with an entity id.
    #[must_use]
    pub fn way(&self, entity_id: &str) -> Option<&WayIn> {
        self.0.ways.iter().find(|way| way.entity_id == entity_id)
    }

    /// Pieces of pages that many people share.
    #[must_use]
    pub(super) fn fragments(&self) -> &Fragments {
        &self.0.fragments
    }

    /// How often one client may start a login, where that is limited.
    #[must_use]
    pub fn login_starts(&self) -> Option<&RateLimit> {
        self.0.login_starts.as_ref()
    }

    /// Logins with CIE, where there are any.
    #[must_use]
    pub fn cie(&self) -> Option<&CieWay> {
        self.0.parts.cie.as_ref()
    }

    /// Logins with a card, where there are any.
    #[must_use]
    pub fn cns(&self) -> Option<&CardWay> {
        self.0.parts.cns.as_ref()
    }

    /// Logins with a PIN, where there are any.
    #[must_use]
    pub fn pin(&self) -> Option<&PinWay> {
        self.0.parts.pin.as_ref()
    }

    /// The care for PINs from request to end, where there are any.
    #[must_use]
    pub fn pin_care(&self) -> Option<&PinCare> {
        self.0.parts.pin_care.as_ref()
    }

    /// Our entity in a federation, where we are in one.
    #[must_use]
    pub fn federation(&self) -> Option<&OwnEntity> {
        self.0.parts.federation.as_deref()
    }

    /// The SPID service provider.
    #[must_use]
    pub fn spid(&self) -> &SpidServiceProvider {
        &self.0.parts.spid
    }

    /// The relying party of an OpenID federation, where the gateway is in one.
    #[must_use]
    pub fn openid(&self) -> Option<&Arc<OpenIdRelyingParty>> {
        self.0.parts.openid.as_ref()
    }

    /// Ordinary OpenID Connect providers.
    #[must_use]
    pub fn upstreams(&self) -> &[Arc<Upstream>] {
        &self.0.parts.upstreams
    }

    /// What applications see.
    #[must_use]
    pub fn oidc(&self) -> &OpenIdProvider {
        &self.0.parts.oidc
    }

    /// What proxies see.
    #[must_use]
    pub fn forward_auth(&self) -> &ForwardAuth {
        &self.0.parts.forward_auth
    }

    /// Who may ask for decisions.
    #[must_use]
    pub fn callers(&self) -> &Callers {
        &self.0.parts.callers
    }

    /// What operators do, where there are any.
    #[must_use]
    pub fn desk(&self) -> Option<&Desk> {
        self.0.parts.desk.as_ref()
    }

    /// Which decisions the audit log has already.
    pub(super) fn noted(&self) -> &Noted {
        &self.0.noted
    }

    /// Logins whose tokens may still live.
    pub(super) fn watched(&self) -> &Watched {
        &self.0.watched
    }

    /// What happened.
    #[must_use]
    pub fn audit(&self) -> &dyn AuditLog {
        self.0.parts.audit.as_ref()
    }

    /// What is counted.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.0.parts.metrics
    }

    /// What looks at files that people send.
    #[must_use]
    pub fn uploads(&self) -> &PdfGate {
        &self.0.parts.uploads
    }
}

#[cfg(test)]
pub(crate) mod tests;
