//! Starts the federation: keys, certificates and listeners first, then the gateway, then who talks to it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use rustls_pki_types::CertificateDer;
use tokio::task::JoinSet;
use tokio::time::interval;
use url::Url;

use super::app::{EVENTS_SECRET, Registration, SampleApp};
use super::ca::{CA_FILE, key_certificate, server_identity};
use super::cns::Cards;
use super::fetch::Fetch;
use super::folder::DataFolder;
use super::idp::TestIdp;
use super::idp::service::{IdpService, Services};
use super::idp::service_provider::ServiceProvider;
use super::messages::TestPost;
use super::pins::{CannotGive, NewPeople};
use super::providers::{MINISTRY, PROVIDERS, TestProvider};
use super::site::ProxiedSite;
use super::{DemoError, gateway};
use crate::config;
use crate::crypto::{KeyKind, Random, SystemRandom};
use crate::http::cns::{self, Entrance};
use crate::http::outbox::OutboxKeeper;
use crate::http::revoked::RevocationKeeper;
use crate::http::state::Gateway;
use crate::identity::{AssuranceLevel, Clock, SystemClock, Timestamp};
use crate::policy::Catalogue;
use crate::server::cards::Generation;
use crate::server::{CardTls, Limits, Listener, Shutdown, ShutdownTrigger, Transport, health, tls};
use crate::store::MemoryStore;

/// How long people may look for their card and type its code.
const CARD_PATIENCE: Duration = Duration::from_secs(90);

/// How often it is looked whether the lists of revoked cards changed.
const LISTS_EVERY: Duration = Duration::from_secs(5);

/// How often it is looked whether a message is due.
const OUTBOX_EVERY: Duration = Duration::from_millis(200);

/// Where the listeners are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    /// At their places after this one: +0 gateway, +1 cards, +2 old cards, +3 test providers, +4 sample application, +5 health and metrics.
    From(u16),
    /// Wherever the system has a free one: for tests.
    Free,
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
    /// What the gateway's configuration has besides: sections of TOML, for tests.
    pub further_configuration: String,
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
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
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

    let idps = test_idps(&folder, &addresses.idps, clock.now())?;
    let ministry = test_idp(
        &folder.folder("idps")?,
        &addresses.idps,
        MINISTRY,
        clock.now(),
    )?;
    let registration = Registration {
        issuer: addresses.gateway.clone(),
        client_id: "area-personale".to_owned(),
        client_secret: secret(&folder, "app.secret", random.as_ref())?,
        events_secret: secret(&folder, EVENTS_SECRET, random.as_ref())?,
        origin: addresses.app.clone(),
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
    let store = Arc::new(MemoryStore::new(Arc::clone(&clock)));
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
        listeners.spawn(keep(keeper, built.gateway.clone(), shutdown.clone()));
    }
    let post = TestPost::new(Arc::clone(&clock));
    let outbox = built.outbox.by(post.messengers());
    listeners.spawn(deliver(outbox, built.gateway.clone(), shutdown.clone()));
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
    serve(idp_listener, idp_service.router(), shutdown.clone());
    serve(
        app_listener,
        app.router().merge(site.router()).merge(post.router()),
        shutdown.clone(),
    );
    serve(health_listener, health, shutdown);
    Ok(Running {
        addresses,
        authority: identity.authority,
        ca_file: folder.path(CA_FILE),
        idps,
        ministry,
        cards,
        people,
        client_id,
        gateway: built.gateway,
        trigger,
        listeners,
    })
}

/// Looks again and again whether a list of revoked cards changed: who puts another into the folder sees its cards go.
async fn keep(mut keeper: RevocationKeeper, gateway: Gateway, mut shutdown: Shutdown) {
    let mut turns = interval(LISTS_EVERY);
    loop {
        tokio::select! {
            () = shutdown.called() => return,
            _ = turns.tick() => keeper.turn(&gateway).await,
        }
    }
}

/// Sends what the outbox holds, to where it can be read.
async fn deliver(keeper: OutboxKeeper, gateway: Gateway, mut shutdown: Shutdown) {
    let mut looks = interval(OUTBOX_EVERY);
    loop {
        tokio::select! {
            () = shutdown.called() => return,
            _ = looks.tick() => { keeper.turn(&gateway).await; }
        }
    }
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

/// The nine providers, each with the key it had at the first start.
fn test_idps(folder: &DataFolder, base: &str, now: Timestamp) -> Result<Vec<TestIdp>, DemoError> {
    let folder = folder.folder("idps")?;
    PROVIDERS
        .into_iter()
        .map(|provider| test_idp(&folder, base, provider, now))
        .collect()
}

/// A provider with the key it had at the first start, which is in `folder`.
fn test_idp(
    folder: &DataFolder,
    base: &str,
    provider: TestProvider,
    now: Timestamp,
) -> Result<TestIdp, DemoError> {
    let slug = provider.slug;
    let key = folder.key(&format!("{slug}.key.pem"), KeyKind::Rsa(2048))?;
    let certificate = key_certificate(&provider.test_name(), &key, now)?;
    let address = format!("{base}/{slug}/");
    let base = Url::parse(&address).map_err(|_| DemoError::Address(address))?;
    Ok(TestIdp::new(
        provider,
        base,
        Arc::new(key),
        certificate.to_vec(),
    ))
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
