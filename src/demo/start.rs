//! Starts the federation: keys, certificates and listeners first, then the gateway, then who talks to it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use rustls_pki_types::CertificateDer;
use tokio::task::JoinSet;
use url::Url;

use super::app::{EVENTS_SECRET, Registration, SampleApp};
use super::ca::{CA_FILE, server_identity};
use super::cns::Cards;
use super::fetch::Fetch;
use super::folder::DataFolder;
use super::idp::TestIdp;
use super::idp::service::{IdpService, Services};
use super::idp::service_provider::ServiceProvider;
use super::messages::TestPost;
use super::ministry::Ministry;
use super::ministry::service::MinistryService;
use super::pins::{CannotGive, NewPeople};
use super::providers::{MINISTRY, PROVIDERS};
use super::site::ProxiedSite;
use super::turning::{self, LISTS_EVERY, OUTBOX_EVERY, TRUST_EVERY};
use super::walk::Place;
use super::{DemoError, gateway};
use crate::config;
use crate::crypto::{Random, SystemRandom};
use crate::http::cns::{self, Entrance};
use crate::http::state::Gateway;
use crate::http::trusted::TrustKeeper;
use crate::identity::{AssuranceLevel, Clock, SystemClock};
use crate::policy::Catalogue;
use crate::server::cards::Generation;
use crate::server::{CardTls, Limits, Listener, Shutdown, ShutdownTrigger, Transport, health, tls};
use crate::store::{ExpiringStore, MemoryStore};

/// How long people may look for their card and type its code.
const CARD_PATIENCE: Duration = Duration::from_secs(90);

/// Where the listeners are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    /// At their places after this one: +0 gateway, +1 cards, +2 old cards, +3 test providers, +4 sample application, +5 health and metrics.
    From(u16),
    /// Wherever the system has a free one: for tests.
    Free,
}

/// The protocols in which people log in with CIE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CieProtocols {
    /// SAML, and OpenID Connect where that cannot serve or is asked for.
    #[default]
    Both,
    /// SAML alone.
    Saml,
    /// OpenID Connect alone.
    OpenId,
}

impl CieProtocols {
    /// Whether SAML is one of them.
    #[must_use]
    pub fn has_saml(self) -> bool {
        self != Self::OpenId
    }

    /// Whether OpenID Connect is one of them.
    #[must_use]
    pub fn has_openid(self) -> bool {
        self != Self::Saml
    }
}

/// What a demo is started with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the listeners are.
    pub ports: Ports,
    /// The folder for everything that stays from one start to the next.
    pub data: PathBuf,
    /// Metadata of further identity providers.
    pub idp_metadata: Vec<PathBuf>,
    /// The lowest level that the gateway is content with.
    pub minimum_level: AssuranceLevel,
    /// How the gateway and the Ministry speak with each other.
    pub cie: CieProtocols,
    /// What the gateway's configuration has besides: sections of TOML, for tests.
    pub further_configuration: String,
}

impl Options {
    /// An ordinary demo in a folder, wherever the system has free ports.
    #[must_use]
    pub fn at(data: impl Into<PathBuf>) -> Self {
        Self {
            ports: Ports::Free,
            data: data.into(),
            idp_metadata: Vec::new(),
            minimum_level: AssuranceLevel::Substantial,
            cie: CieProtocols::default(),
            further_configuration: String::new(),
        }
    }
}

/// Where everything is, without slashes at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// The gateway. By name: to a browser it is another site than the rest.
    pub gateway: String,
    /// Where browsers show their card to the gateway.
    pub cards: String,
    /// The same for old cards.
    pub old_cards: String,
    /// The test providers.
    pub idps: String,
    /// The sample application.
    pub app: String,
    /// Health and metrics.
    pub health: String,
}

/// A demo that runs until it is stopped or dropped.
pub struct Running {
    addresses: Addresses,
    authority: CertificateDer<'static>,
    ca_file: PathBuf,
    idps: Vec<TestIdp>,
    ministry: TestIdp,
    federation: MinistryService,
    cie: CieProtocols,
    cards: Cards,
    people: NewPeople,
    client_id: String,
    gateway: Gateway,
    trigger: ShutdownTrigger,
    listeners: JoinSet<()>,
}

impl Running {
    /// Where everything is.
    #[must_use]
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// The development CA's certificate, for clients.
    #[must_use]
    pub fn authority(&self) -> &CertificateDer<'static> {
        &self.authority
    }

    /// The file with the same certificate.
    #[must_use]
    pub fn ca_file(&self) -> &PathBuf {
        &self.ca_file
    }

    /// The test providers.
    #[must_use]
    pub fn idps(&self) -> &[TestIdp] {
        &self.idps
    }

    /// The Ministry of the Interior as CIE's provider by SAML.
    #[must_use]
    pub fn ministry(&self) -> &TestIdp {
        &self.ministry
    }

    /// The same as the anchor of a federation, and as CIE's provider by OpenID Connect.
    #[must_use]
    pub fn federation(&self) -> &MinistryService {
        &self.federation
    }

    /// The protocols in which people log in with CIE.
    #[must_use]
    pub fn cie(&self) -> CieProtocols {
        self.cie
    }

    /// Where people log in with CIE: once for each protocol.
    pub(super) fn by_cie(&self) -> impl Iterator<Item = Place<'_>> {
        let saml = self.cie.has_saml().then_some(Place::Saml(&self.ministry));
        let openid = self.cie.has_openid().then_some(Place::OpenId);
        saml.into_iter().chain(openid)
    }

    /// The test cards.
    #[must_use]
    pub fn cards(&self) -> &Cards {
        &self.cards
    }

    /// The people invented at this start, for the life of a PIN.
    #[must_use]
    pub fn new_people(&self) -> &NewPeople {
        &self.people
    }

    /// The sample application's id at the gateway.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The services of the gateway.
    #[must_use]
    pub fn catalogue(&self) -> Arc<Catalogue> {
        self.gateway.catalogue()
    }

    /// Ends the demo once every answer under way is given.
    pub async fn stop(mut self) {
        self.trigger.call();
        while self.listeners.join_next().await.is_some() {}
    }
}

/// Starts the demo. It serves when this returns.
///
/// # Errors
/// [`DemoError`] says what is missing, in use or damaged.
pub async fn start(options: &Options) -> Result<Running, DemoError> {
    start_with(options, Arc::new(SystemClock)).await
}

/// The same by another clock than the machine's, which all of it goes by but TLS.
///
/// # Errors
/// As [`start`].
pub async fn start_with(options: &Options, clock: Arc<dyn Clock>) -> Result<Running, DemoError> {
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let folder = DataFolder::open(&options.data)?;
    let cards = Cards::open(&folder, random.as_ref(), clock.now())?;
    let identity = server_identity(&folder, clock.now())?;
    let chain = || vec![identity.certificate.clone()];
    let tls = Transport::Tls(tls::from_der(chain(), identity.key.clone_key())?);

    let at = |place, transport: &Transport| listen(options.ports, place, transport.clone());
    let gateway_listener = at(0, &tls).await?;
    // What these serve is known once the gateway is there, which has to know their addresses.
    let card_listener = at(1, &Transport::DangerPlain).await?;
    let old_card_listener = at(2, &Transport::DangerPlain).await?;
    let idp_listener = at(3, &tls).await?;
    let app_listener = at(4, &tls).await?;
    let health_listener = at(5, &Transport::DangerPlain).await?;
    let by_name = |listener: &Listener| format!("https://localhost:{}", listener.address().port());
    let addresses = Addresses {
        gateway: by_name(&gateway_listener),
        cards: by_name(&card_listener),
        old_cards: by_name(&old_card_listener),
        idps: format!("https://{}", idp_listener.address()),
        app: format!("https://{}", app_listener.address()),
        health: format!("http://{}", health_listener.address()),
    };

    let keys = folder.folder("idps")?;
    let open = |provider| TestIdp::open(&keys, &addresses.idps, provider, clock.now());
    let idps: Vec<TestIdp> = PROVIDERS.into_iter().map(open).collect::<Result<_, _>>()?;
    let ministry = open(MINISTRY)?;
    let federation = Ministry::open(&addresses.idps, &folder)?;
    let registration = Registration {
        issuer: addresses.gateway.clone(),
        client_id: "area-personale".to_owned(),
        client_secret: secret(&folder, "app.secret", random.as_ref())?,
        events_secret: secret(&folder, EVENTS_SECRET, random.as_ref())?,
        origin: addresses.app.clone(),
        ways: gateway::ways_of_cie(options.cie, &ministry, &federation),
    };
    let fetch = Fetch::new(&identity.authority)?;
    let site = ProxiedSite::new(
        &addresses.app,
        &addresses.gateway,
        secret(&folder, "proxy.secret", random.as_ref())?,
        fetch.clone(),
    );
    let people = NewPeople::draw(random.as_ref()).ok_or(CannotGive::Data("somebody new"))?;
    let inputs = gateway::Inputs {
        site: &site,
        folder: &folder,
        options,
        addresses: &addresses,
        idps: &idps,
        ministry: &ministry,
        federation: &federation,
        registration: &registration,
        people: &people,
    };
    let configuration = inputs.write(random.as_ref(), clock.now())?;
    let ports = config::Ports {
        clock: Arc::clone(&clock),
        random: Arc::clone(&random),
    };
    let mut built = gateway::build(&configuration, &people, ports).await?;
    let cie = built.cie.as_ref().map(|cie| cie.metadata());
    let services = Services {
        spid: ServiceProvider::parse(built.spid.metadata())?,
        cie: cie.map(ServiceProvider::parse).transpose()?,
    };
    let store: Arc<dyn ExpiringStore> = Arc::new(MemoryStore::new(Arc::clone(&clock)));
    let federation = MinistryService::new(
        federation,
        addresses.gateway.clone(),
        fetch.clone(),
        Arc::clone(&clock),
        Arc::clone(&random),
        &store,
    );
    let idp_service = IdpService::new(
        idps.iter().chain([&ministry]).cloned().collect(),
        services,
        Arc::clone(&clock),
        Arc::clone(&random),
        store.clone(),
    );
    let client_id = registration.client_id.clone();
    let app = SampleApp::new(registration, fetch, Arc::clone(&clock), random, store);

    let (trigger, shutdown) = ShutdownTrigger::new();
    let mut listeners = JoinSet::new();
    if let Some(mut keeper) = built.revocation.take() {
        keeper.begin(&built.gateway).await;
        let gateway = built.gateway.clone();
        let turn = async move || keeper.turn(&gateway).await;
        listeners.spawn(turning::turn(LISTS_EVERY, shutdown.clone(), turn));
    }
    let post = TestPost::new(Arc::clone(&clock));
    let outbox = built.outbox.by(post.messengers());
    let gateway = built.gateway.clone();
    let turn = async move || {
        outbox.turn(&gateway).await;
    };
    listeners.spawn(turning::turn(OUTBOX_EVERY, shutdown.clone(), turn));
    let mut serve = |listener: Listener, router: Router, shutdown: Shutdown| {
        listeners.spawn(listener.serve(router, shutdown));
    };
    let health = health::router(built.gateway.clone(), shutdown.clone());
    serve(
        gateway_listener,
        crate::http::router::router(built.gateway.clone()),
        shutdown.clone(),
    );
    for (listener, origin, generation) in [
        (card_listener, &addresses.cards, Generation::Current),
        (old_card_listener, &addresses.old_cards, Generation::Old),
    ] {
        let shown = (chain(), identity.key.clone_key());
        let tls = CardTls::from_der(shown, generation, built.anchors.clone())?;
        let listener = listener
            .for_cards(tls)
            .within(Limits::of_cards(CARD_PATIENCE));
        let origin = Url::parse(origin).map_err(|_| DemoError::Address(origin.clone()))?;
        let router = cns::router(built.gateway.clone(), Entrance::Tls(origin));
        serve(listener, router, shutdown.clone());
    }
    let idp_router = idp_service.router().merge(federation.clone().router());
    serve(idp_listener, idp_router, shutdown.clone());
    serve(
        app_listener,
        app.router().merge(site.router()).merge(post.router()),
        shutdown.clone(),
    );
    serve(health_listener, health, shutdown.clone());
    if let Some(refresher) = built.trust.take() {
        let mut keeper = TrustKeeper::new(refresher);
        // Whoever comes first finds the button as everybody after them.
        keeper.turn(&built.gateway).await;
        let gateway = built.gateway.clone();
        let turn = async move || keeper.turn(&gateway).await;
        listeners.spawn(turning::turn(TRUST_EVERY, shutdown, turn));
    }
    Ok(Running {
        addresses,
        authority: identity.authority,
        ca_file: folder.path(CA_FILE),
        idps,
        ministry,
        federation,
        cie: options.cie,
        cards,
        people,
        client_id,
        gateway: built.gateway,
        trigger,
        listeners,
    })
}

async fn listen(ports: Ports, place: u16, transport: Transport) -> Result<Listener, DemoError> {
    let port = match ports {
        Ports::From(base) => base.checked_add(place).ok_or(DemoError::Port(base))?,
        Ports::Free => 0,
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    Listener::bind(address, transport)
        .await
        .map_err(|error| DemoError::Listen { address, error })
}

/// A secret of a file, made at the first start.
fn secret(folder: &DataFolder, file: &str, random: &dyn Random) -> Result<String, DemoError> {
    if let Some(secret) = folder.read(file)? {
        return Ok(secret);
    }
    let secret = random.token();
    folder.write(file, &secret)?;
    Ok(secret)
}
