//! A gateway as people and applications meet it: the real router over memory, with a clock that tests move.

mod kinds;
mod people;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use url::Url;
use varco::audit::{AuditEvent, AuditLog, AuditRecord, Recording, RegisterEntry};
use varco::crypto::{Random, Signer, SystemRandom};
use varco::desk::{Desk, OperatorSettings, Operators};
use varco::downstream::authzen::{CallerSettings, Callers};
use varco::downstream::forward_auth::{ForwardAuth, Proxies, ProxySettings, RouteSettings, Routes};
use varco::downstream::oidc::{ClientSettings, Clients, OpenIdProvider, ProviderKeys};
use varco::http::cie::{CieByOpenId, CieProtocol, CieWay};
use varco::http::cns::{CardHosts, CardWay, SecondStepWay};
use varco::http::metrics::Metrics;
use varco::http::pin::{PinCare, PinWay};
use varco::http::settings::{Organization, Settings};
use varco::http::state::{Gateway, Parts};
use varco::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationEvent, AuthenticationMethod, Clock as _,
    EvidenceId, Methods, Person, RequiredAssurance, Timestamp,
};
use varco::login::cns::{CnsVerifier, Handovers};
use varco::login::openid::entity::OwnEntity;
use varco::login::openid::{OpenIdRelyingParty, Upstream};
use varco::messages::TextMessages;
use varco::policy::{Catalogue, DEFAULT_CATALOGUE, LiveCatalogue};
use varco::session::{
    FlowId, FlowOutcome, Flows, Origin, SessionHandle, SessionId, SessionLimits, Sessions,
};
use varco::store::{ExpiringStore, MemoryStore};

use super::archive::TestArchive;
use super::browser::Browser;
use super::cie;
use super::clock::TestClock;
use super::keys;
use super::person::vouch_for;
use super::spid::{TestRegister, service_provider};

pub const ISSUER: &str = "https://login.example";
pub const PROVIDER: &str = "https://alfa.example";

/// A gateway and what tests reach of it.
#[derive(Clone)]
pub struct TestGateway {
    pub clock: TestClock,
    pub gateway: Gateway,
    pub router: Router,
    /// Who people are.
    pub archive: TestArchive,
    audit: Arc<TestAudit>,
    register: Arc<TestRegister>,
}

/// `[forward_auth]`, `[authzen]` and `[desk]` of a configuration.
#[derive(Default, serde::Deserialize)]
struct Tables {
    #[serde(default)]
    proxy: Vec<ProxySettings>,
    #[serde(default)]
    route: Vec<RouteSettings>,
    #[serde(default)]
    caller: Vec<CallerSettings>,
    #[serde(default)]
    operator: Vec<OperatorSettings>,
    /// Logins with CIE, believed up to this level.
    #[serde(skip)]
    cie: Option<AssuranceLevel>,
    /// Our entity in a federation.
    #[serde(skip)]
    federation: Option<OwnEntity>,
    #[serde(skip)]
    openid: Option<MakeOpenId>,
    #[serde(skip)]
    cards: Option<CardsOf>,
    #[serde(skip)]
    pins: Option<MakePins>,
    #[serde(skip)]
    care: Option<MakeCare>,
}

/// Logins with a PIN, and the catalogue that says until when.
pub struct PinsOf {
    pub catalogue: Catalogue,
    pub way: MakePins,
}

/// Logins with OpenID Connect: what of a federation, what of ordinary providers.
#[derive(Default)]
pub struct OpenIdWays {
    /// The relying party of a federation.
    pub party: Option<Arc<OpenIdRelyingParty>>,
    /// Where "Entra con CIE" leads first, and the Ministry's provider in that federation.
    pub cie: Option<(CieProtocol, String)>,
    pub upstreams: Vec<Arc<Upstream>>,
}

/// Makes logins with OpenID Connect that count in a store and a register.
pub type MakeOpenId = Box<dyn FnOnce(&Arc<dyn ExpiringStore>, Arc<TestRegister>) -> OpenIdWays>;

/// Makes logins with a PIN that count in a store.
type MakePins = Box<dyn FnOnce(Arc<dyn ExpiringStore>) -> PinWay>;

/// Makes the care for PINs that counts in a store.
pub type MakeCare = Box<dyn FnOnce(&Arc<dyn ExpiringStore>) -> PinCare>;

/// Logins with cards: where cards are shown, what tells good ones, and what follows them.
pub struct CardsOf {
    pub hosts: CardHosts,
    pub verifier: CnsVerifier,
    pub second_step: Option<SecondStep>,
}

/// `[[card]]` rules for the catalogue, and who sends the codes that they want.
pub struct SecondStep {
    pub rules: String,
    pub messages: Arc<dyn TextMessages>,
}

/// The audit log, in memory.
#[derive(Default)]
pub struct TestAudit(Mutex<Vec<AuditEvent>>);

impl AuditLog for TestAudit {
    fn record_all(&self, records: Vec<AuditRecord>) -> Recording<'_, ()> {
        let events = records.into_iter().map(|record| record.event);
        self.0.lock().unwrap().extend(events);
        Box::pin(async { Ok(()) })
    }
}

/// A private key of the tests as the gateway takes them.
pub struct Shared(pub &'static dyn Signer);

impl Signer for Shared {
    fn public_key(&self) -> &varco::crypto::PublicKey {
        self.0.public_key()
    }

    fn sign(
        &self,
        algorithm: varco::crypto::SignatureAlgorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, varco::crypto::signer::CannotSign> {
        self.0.sign(algorithm, message)
    }
}

impl TestGateway {
    fn with(
        clients: Vec<ClientSettings>,
        catalogue: Catalogue,
        tables: Tables,
        tune: impl FnOnce(Settings) -> Settings,
    ) -> Self {
        let clock = TestClock::new();
        let store: Arc<dyn ExpiringStore> = Arc::new(MemoryStore::new(Arc::new(clock.clone())));
        let random: Arc<dyn Random> = Arc::new(SystemRandom);
        let catalogue = LiveCatalogue::new(catalogue);
        let audit = Arc::new(TestAudit::default());
        let keys = ProviderKeys {
            es256: Arc::new(Shared(keys::gateway_ec())),
            rs256: Some(Arc::new(Shared(keys::gateway_rsa()))),
            previous: Vec::new(),
            subject_secret: [7; 32],
        };
        let forward_auth = ForwardAuth::new(
            Proxies::register(tables.proxy).unwrap(),
            Routes::register(tables.route, &catalogue.current(), false).unwrap(),
            keys.subject_secret,
            &store,
            Arc::clone(&random),
        );
        let oidc = OpenIdProvider::new(
            ISSUER.to_owned(),
            Clients::register(clients, &catalogue.current()).unwrap(),
            keys,
            catalogue.clone(),
            &store,
            Arc::clone(&random),
        );
        let link = |text: &str| Url::parse(text).unwrap();
        let organization = Organization {
            name: "Istituto di prova".to_owned(),
            site: link("https://istituto.example"),
            support: link("mailto:aiuto@istituto.example"),
        };
        let least = RequiredAssurance(AssuranceLevel::Substantial);
        let limits = SessionLimits::default();
        let register = Arc::new(TestRegister::default());
        let spid = service_provider(ISSUER, &store, Arc::clone(&register));
        let cie = tables
            .cie
            .map(|cap| cie::way(&store, Arc::clone(&register), cap));
        let openid = tables
            .openid
            .map(|make| make(&store, Arc::clone(&register)));
        let openid = openid.unwrap_or_default();
        let cie = match (&openid.party, openid.cie) {
            (Some(party), Some((first, provider))) => Some(CieWay {
                first,
                saml: cie.and_then(|way| way.saml),
                openid: Some(CieByOpenId {
                    party: Arc::clone(party),
                    provider,
                }),
            }),
            _ => cie,
        };
        let archive = TestArchive::default();
        let cns = tables.cards.map(|cards| CardWay {
            hosts: cards.hosts,
            verifier: cards.verifier,
            handovers: Handovers::new(&store, Arc::clone(&random)),
            second_step: cards
                .second_step
                .map(|step| SecondStepWay::new(&store, Arc::clone(&random), step.messages)),
        });
        let operators = Operators::register(tables.operator).unwrap();
        let desk =
            (!operators.is_empty()).then(|| Desk::new(operators, &store, Arc::clone(&random)));
        let gateway = Gateway::new(Parts {
            settings: tune(Settings::new(link(ISSUER), false, organization, least).unwrap()),
            clock: Arc::new(clock.clone()),
            sessions: Sessions::new(Arc::clone(&store), limits, Arc::clone(&random)),
            flows: Flows::new(Arc::clone(&store), Arc::clone(&random)),
            random,
            pin: tables.pins.map(|make| make(Arc::clone(&store))),
            pin_care: tables.care.map(|make| make(&store)),
            store,
            archive: Arc::new(archive.clone()),
            catalogue,
            spid,
            cie,
            federation: tables.federation.map(Arc::new),
            openid: openid.party,
            upstreams: openid.upstreams,
            cns,
            oidc: oidc.unwrap(),
            forward_auth,
            callers: Callers::register(tables.caller).unwrap(),
            desk,
            audit: Arc::clone(&audit) as Arc<dyn AuditLog>,
            metrics: Metrics::default(),
            uploads: varco::upload::PdfGate::default(),
        });
        Self {
            clock,
            router: varco::http::router::router(gateway.clone()),
            gateway,
            archive,
            audit,
            register,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(self.router.clone(), Url::parse(ISSUER).unwrap())
    }

    /// What the SPID register keeps so far.
    pub fn register(&self) -> Vec<RegisterEntry> {
        self.register.entries()
    }

    /// What happened so far.
    pub fn events(&self) -> Vec<AuditEvent> {
        self.audit.0.lock().unwrap().clone()
    }

    /// Sends a request that comes from a server, not from a browser.
    pub async fn ask(&self, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&body).into_owned();
        (parts.status, parts.headers, text)
    }
}

/// The catalogue that comes with Varco, for an installation with SPID only.
fn usual() -> Catalogue {
    let only_spid = Methods::from_iter([AuthenticationMethod::Spid]);
    Catalogue::parse(DEFAULT_CATALOGUE)
        .unwrap()
        .offering(only_spid)
}

/// The session whose cookie a browser holds.
pub fn session_of(browser: &Browser) -> Option<SessionId> {
    SessionId::parse(browser.cookie("__Host-varco")?)
}
