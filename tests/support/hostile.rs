//! A Ministry that misbehaves as a test says, over real HTTP from its trust anchor to its userinfo endpoint, and a gateway where
//! people log in with it: whom to trust is resolved by the keeper of the background, people come through the real router.

mod envelope;
mod made;
mod visit;

use std::sync::{Arc, Mutex};

use http::StatusCode;
use serde_json::json;
use varco::audit::{AuditEvent, TrustChange};
use varco::fetch::Authorities;
use varco::http::cie::CieProtocol;
use varco::http::trusted::TrustKeeper;
use varco::identity::{AuthenticationMethod, Clock as _, Methods, SystemClock};
use varco::login::openid::trust::{LiveProviders, TrustSettings};
use varco::login::openid::{BackChannel, Habits, HttpBackChannel, Profile, Providers, Reach};
use varco::policy::{Catalogue, DEFAULT_CATALOGUE};

use super::federation::{Federation, jwks, provider_core_key};
use super::gateway::{OpenIdWays, TestGateway, session_of};
use super::http_server::{Received, Reply};
use super::keys;
use super::logs::Logs;
use super::openid_rp::{Parties, relying_party};
use super::trust_stand::TrustStand;

pub use envelope::{encrypted_by, enveloped, enveloped_to, sealed, usual_header};
pub use made::{Made, core_p521, unset};
pub use visit::{Seen, Visit};

/// What the provider's endpoints answer next.
#[derive(Default)]
struct Ready {
    token: Option<Reply>,
    /// Beside the access token that it is told for.
    userinfo: Option<(String, Reply)>,
}

/// The Ministry and the gateway.
pub struct Hostile {
    pub stand: TrustStand,
    pub gateway: TestGateway,
    keeper: TrustKeeper,
    live: LiveProviders,
    profile: Profile,
    ready: Arc<Mutex<Ready>>,
}

/// What people and operators see of a provider that was not believed.
pub struct NotBelieved {
    /// The reason in the log.
    pub code: Option<String>,
    /// What the audit log has of the provider.
    pub told: Vec<TrustChange>,
    /// The page that somebody gets who tries all the same.
    pub page: String,
    pub status: StatusCode,
    /// Whether the login page leads to the provider.
    pub offered: bool,
    pub session: bool,
}

/// The usual federation now, whose provider signs with keys of every kind that the profile has.
pub fn with_every_key() -> Federation {
    let mut federation = Federation::flat(SystemClock.now().timestamp());
    federation.metadata()["jwks"] = jwks(&[
        (provider_core_key(), "core"),
        (keys::provider_rsa(), "rsa"),
        (core_p521(), "p521"),
    ]);
    federation
}

impl Hostile {
    /// A provider of a federation, and what our operator has set.
    pub fn new(
        federation: Federation,
        (profile, habits): (Profile, Habits),
        change: impl Fn(&mut TrustSettings, &str),
    ) -> Self {
        let make = move |_| federation.clone();
        let stand = TrustStand::with(make, |settings, base| {
            settings.wanted[0].profile = profile;
            change(settings, base);
        });
        let ready = Arc::new(Mutex::new(Ready::default()));
        let answering = Arc::clone(&ready);
        stand.served.lock().unwrap().endpoints = Some(Box::new(move |received| {
            answering.lock().unwrap().answer(received)
        }));
        let reach = Reach {
            authorities: Authorities::System,
            networks: Vec::new(),
            danger_allow_http: true,
        };
        let (refresher, live) = stand.another();
        let parties = Parties {
            providers: Arc::new(live.clone()) as Arc<dyn Providers>,
            back_channel: Arc::new(HttpBackChannel::new(reach).unwrap()) as Arc<dyn BackChannel>,
            habits,
        };
        let ministry = stand.provider.clone();
        let ways = [AuthenticationMethod::Spid, AuthenticationMethod::Cie];
        let catalogue = Catalogue::parse(DEFAULT_CATALOGUE).unwrap();
        let catalogue = catalogue.offering(Methods::from_iter(ways));
        let gateway = TestGateway::with_openid(
            Vec::new(),
            catalogue,
            None,
            Box::new(move |store, register| OpenIdWays {
                party: Some(Arc::new(relying_party(parties, store, register))),
                cie: (profile == Profile::Cie).then_some((CieProtocol::OpenId, ministry)),
                upstreams: Vec::new(),
            }),
        );
        // As the federation, which was made by the machine's clock.
        let now = SystemClock.now();
        stand.clock.set(now);
        gateway.clock.set(now);
        Self {
            keeper: TrustKeeper::new(refresher),
            live,
            stand,
            gateway,
            profile,
            ready,
        }
    }

    /// A provider that is believed, with the keys of [`with_every_key`].
    pub async fn believed(profile: Profile, habits: Habits) -> Self {
        let mut hostile = Self::new(with_every_key(), (profile, habits), |_, _| {});
        hostile.resolve().await.unwrap();
        hostile
    }

    /// Resolves whom to trust, as the gateway does in the background; where the provider is not, gives the reason that the
    /// log has.
    pub async fn resolve(&mut self) -> Result<(), String> {
        self.stand.tick();
        let (logs, _capturing) = Logs::capture();
        self.keeper.turn(&self.gateway.gateway).await;
        let provider = self.stand.provider.as_str();
        if self.live.provider(provider, self.gateway.now()).is_some() {
            return Ok(());
        }
        let lines = visit::lines(&logs);
        let mut of_provider = lines
            .iter()
            .filter(|line| visit::find(line, "entity") == Some(provider));
        let code = of_provider.find_map(|line| visit::find(line, "code"));
        Err(code.unwrap_or("no reason").to_owned())
    }

    /// What the audit log has of the provider.
    fn told(&self) -> Vec<TrustChange> {
        let events = self.gateway.events().into_iter();
        let told = events.filter_map(|event| match event {
            AuditEvent::TrustChanged { entity, change } => Some((entity, change)),
            _ => None,
        });
        told.filter(|(entity, _)| *entity == self.stand.provider)
            .map(|(_, change)| change)
            .collect()
    }

    pub fn later(&self, seconds: i64) {
        self.stand.later(seconds);
        self.gateway
            .clock
            .advance(chrono::Duration::seconds(seconds));
    }

    /// Resolves a provider that should not be believed, and has somebody try to log in with it.
    pub async fn not_believed(&mut self) -> NotBelieved {
        let code = self.resolve().await.err();
        let mut browser = self.gateway.browser();
        let ways = browser.open("/login").await;
        let tried = browser.open("/login/cie").await;
        NotBelieved {
            code,
            told: self.told(),
            offered: ways.body.contains("/login/cie?"),
            status: tried.status,
            page: tried.body,
            session: session_of(&browser).is_some(),
        }
    }

    /// Somebody who comes with a browser of their own.
    pub fn visit(&self) -> Visit<'_> {
        Visit::new(self)
    }

    /// A whole login of somebody, with what the provider makes of it spoilt.
    pub async fn log_in(&self, spoil: impl FnOnce(&mut Made)) -> Seen {
        let mut visit = self.visit();
        let request = visit.start().await;
        let back = visit.prepare(&request, spoil);
        let answer = visit.come_back(&back).await;
        visit.seen(answer)
    }
}

impl Ready {
    fn answer(&mut self, received: &Received) -> Option<Reply> {
        let gone = || Reply::of(400, "application/json", r#"{"error":"invalid_request"}"#);
        let target = received.line.split(' ').nth(1)?;
        match target {
            "/op/token" => Some(self.token.take().unwrap_or_else(gone)),
            "/op/userinfo" => {
                let bearer = received.header("authorization")?.strip_prefix("Bearer ")?;
                let told = self.userinfo.take();
                let told = told.filter(|(access_token, _)| access_token == bearer);
                Some(told.map_or_else(gone, |(_, reply)| reply))
            }
            "/op/revoke" => Some(Reply::of(200, "application/json", json!({}).to_string())),
            _ => None,
        }
    }
}
