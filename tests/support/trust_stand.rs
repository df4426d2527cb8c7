//! A federation that is served on loopback, and a refresher that resolves it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use url::Url;
use varco::crypto::SystemRandom;
use varco::fetch::{Authorities, Rules};
use varco::identity::{Clock as _, Timestamp};
use varco::login::openid::trust::{
    LiveProviders, MarkStatus, Round, TrustLimits, TrustRefresher, TrustSettings, Wanted,
    WantedMarks, WantedProviders,
};
use varco::login::openid::{Profile, Providers as _, Standing, TrustedProvider};
use varco::protocol::federation::{ChainRules, EntityId, TrustAnchor};

use super::clock::TestClock;
use super::federation::{Federation, pinned};
use super::http_server::{HttpServer, Received, Reply};
use super::spid::TestRegister;

const STATEMENT: &str = "application/entity-statement+jwt";

/// Endpoints that answer what is theirs.
pub type Endpoints = Box<dyn Fn(&Received) -> Option<Reply> + Send>;

/// What the federation's servers do.
pub struct Served {
    /// The federation at a moment.
    pub make: Box<dyn Fn(i64) -> Federation + Send>,
    /// Answers that come instead, by the beginning of what follows the method in the request line.
    pub instead: Vec<(String, Reply)>,
    /// Who is on the anchor's list.
    pub list: Value,
    /// What the provider's own endpoints answer, where it has some.
    pub endpoints: Option<Endpoints>,
    /// How many seconds pass while the anchor's configuration is asked for.
    pub slow: i64,
    now: i64,
    base: String,
}

impl Served {
    fn answer(&self, received: &Received) -> Reply {
        let target = received.line.split(' ').nth(1).unwrap_or_default();
        let mut instead = self.instead.iter();
        if let Some((_, reply)) = instead.find(|(beginning, _)| target.starts_with(beginning)) {
            return reply.clone();
        }
        if let Some(reply) = self.endpoints.as_ref().and_then(|answer| answer(received)) {
            return reply;
        }
        let federation = (self.make)(self.now).moved(&self.base);
        let url = Url::parse(&format!("{}{target}", self.base)).unwrap();
        let subject = url.query_pairs().find(|(name, _)| name == "sub");
        let subject = subject.map(|(_, value)| value.into_owned());
        let statement = federation.statements.iter().find(|statement| {
            let issuer = statement.claims["iss"].as_str().unwrap_or_default();
            let place = format!("{issuer}/fetch");
            place.ends_with(url.path()) && statement.claims["sub"].as_str() == subject.as_deref()
        });
        let found = match url.path() {
            "/ta/.well-known/openid-federation" => federation.anchor.signed(),
            "/sa/.well-known/openid-federation" => federation.intermediate.signed(),
            "/op/.well-known/openid-federation" => federation.provider_signed(),
            "/ta/list" => return Reply::of(200, "application/json", self.list.to_string()),
            "/ta/trust_mark_status" => {
                return Reply::of(200, "application/json", r#"{"active":true}"#);
            }
            _ => match statement {
                Some(statement) => statement.signed(),
                None => return Reply::of(404, "application/json", r#"{"error":"not_found"}"#),
            },
        };
        Reply::of(200, STATEMENT, found)
    }
}

/// The stand.
pub struct TrustStand {
    pub server: HttpServer,
    pub served: Arc<Mutex<Served>>,
    pub refresher: TrustRefresher,
    pub live: LiveProviders,
    pub register: Arc<TestRegister>,
    pub clock: TestClock,
    pub provider: String,
    settings: TrustSettings,
}

fn refresher(
    settings: TrustSettings,
    register: &Arc<TestRegister>,
    clock: &TestClock,
) -> (TrustRefresher, LiveProviders) {
    TrustRefresher::new(
        settings,
        Arc::clone(register) as _,
        Arc::new(SystemRandom),
        Arc::new(clock.clone()),
    )
}

impl TrustStand {
    /// A federation of anchor and provider, where the provider is named.
    pub fn new() -> Self {
        Self::with(Federation::flat, |_, _| {})
    }

    /// Another one, with other settings; what changes them is given where everything is.
    pub fn with(
        make: impl Fn(i64) -> Federation + Send + 'static,
        change: impl Fn(&mut TrustSettings, &str),
    ) -> Self {
        let server = HttpServer::start(|_| Reply::of(503, "text/plain", ""));
        let base = server.url("/").as_str().trim_end_matches('/').to_owned();
        let clock = TestClock::new();
        let provider = format!("{base}/op");
        let served = Arc::new(Mutex::new(Served {
            make: Box::new(make),
            instead: Vec::new(),
            list: json!([provider]),
            endpoints: None,
            slow: 0,
            now: clock.now().timestamp(),
            base: base.clone(),
        }));
        let (answering, passing) = (Arc::clone(&served), clock.clone());
        server.answer(move |received| {
            let mut served = answering.lock().unwrap();
            if received.line.starts_with("GET /ta/.well-known") {
                passing.advance(chrono::Duration::seconds(served.slow));
                served.now += served.slow;
            }
            served.answer(received)
        });
        let mut settings = TrustSettings {
            anchors: vec![TrustAnchor {
                id: EntityId::parse(&format!("{base}/ta")).unwrap(),
                keys: pinned().keys,
            }],
            wanted: vec![Wanted {
                profile: Profile::Cie,
                providers: WantedProviders::Named(vec![EntityId::parse(&provider).unwrap()]),
            }],
            chain: ChainRules::default(),
            marks: WantedMarks::OfProviders,
            status: MarkStatus::NotAsked,
            rules: Rules {
                danger_allow_http_on_loopback: true,
                max_bytes: 64 * 1024,
                timeout: Duration::from_secs(20),
                ..Rules::for_origin_of(&server.url("/"), Authorities::System)
            },
            limits: TrustLimits::default(),
        };
        change(&mut settings, &base);
        let register = Arc::new(TestRegister::default());
        let (refresher, live) = refresher(settings.clone(), &register, &clock);
        Self {
            settings,
            server,
            served,
            refresher,
            live,
            register,
            clock,
            provider,
        }
    }

    /// Another refresher of the same, for whoever keeps one.
    pub fn another(&self) -> (TrustRefresher, LiveProviders) {
        refresher(self.settings.clone(), &self.register, &self.clock)
    }

    /// One round, now.
    pub async fn round(&mut self) -> Round {
        let now = self.tick();
        self.refresher.refresh_due(now).await
    }

    /// Has the anchor's or another's servers answer otherwise where the target of a request begins so.
    pub fn instead(&self, beginning: &str, reply: Reply) {
        let instead = (beginning.to_owned(), reply);
        self.served.lock().unwrap().instead = vec![instead];
    }

    /// Nobody of the federation answers any more.
    pub fn die(&self) {
        self.instead("/", Reply::of(503, "text/plain", "later"));
    }

    pub fn later(&self, seconds: i64) {
        self.clock.advance(chrono::Duration::seconds(seconds));
        self.tick();
    }

    /// The servers have the same time as the stand's clock; gives it.
    pub fn tick(&self) -> Timestamp {
        let now = self.now();
        self.served.lock().unwrap().now = now.timestamp();
        now
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn trusted(&self) -> Option<Arc<TrustedProvider>> {
        self.live.provider(&self.provider, self.now())
    }

    pub fn standing(&self) -> Standing {
        self.live.standing(&self.provider, self.now())
    }

    /// How many requests have come.
    pub fn asked(&self) -> usize {
        self.server.received().len()
    }
}
