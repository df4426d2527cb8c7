//! The service provider against a provider of the tests: what it sends, and every official case of what it takes.

mod cases;
mod flow;
mod logout;
mod sent;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::testing::{KEY, key, metadata, settings};
use super::*;
use crate::audit::{AuditError, AuthenticationRegister, Recording, RegisterEntry};
use crate::crypto::{KeyKind, Signer as _, SigningKey, SystemRandom};
use crate::identity::{AssuranceLevel, Clock, EvidenceId, RequiredAssurance, Timestamp};
use crate::login::saml::{AcsForm, RefusalKind};
use crate::protocol::saml::authn_request::Comparison;
use crate::protocol::saml::binding::Binding;
use crate::protocol::saml::outgoing::OutgoingMessage;
use crate::protocol::saml::post::{decode_post, encode_post};
use crate::protocol::saml::testing::{self, PROVIDER, SERVICE};
use crate::session::{BrowserCookie, BrowserDigest, FlowId};
use crate::store::MemoryStore;

/// When the tests' requests are made: the second in which [`testing::correct`] answers.
fn issued() -> Timestamp {
    testing::ISSUED.parse().unwrap()
}

fn after(seconds: i64) -> Timestamp {
    issued() + chrono::Duration::seconds(seconds)
}

struct StoppedClock(Mutex<Timestamp>);

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A register that remembers, and fails when told to.
#[derive(Default)]
struct TestRegister {
    entries: Mutex<Vec<RegisterEntry>>,
    fails: Mutex<bool>,
}

impl AuthenticationRegister for TestRegister {
    fn record(&self, entry: RegisterEntry, _: Timestamp) -> Recording<'_, EvidenceId> {
        Box::pin(async move {
            if *self.fails.lock().unwrap() {
                return Err(AuditError::Unavailable("test".to_owned()));
            }
            let mut entries = self.entries.lock().unwrap();
            entries.push(entry);
            Ok(EvidenceId(entries.len().to_string()))
        })
    }
}

/// A second provider, with a key of its own.
const OTHER_PROVIDER: &str = "https://other-idp.example";

struct Bench {
    spid: SpidServiceProvider,
    register: Arc<TestRegister>,
    clock: Arc<StoppedClock>,
}

impl Bench {
    fn new() -> Self {
        Self::with(settings())
    }

    fn with(settings: SpidSettings) -> Self {
        let clock = Arc::new(StoppedClock(Mutex::new(issued())));
        let register = Arc::new(TestRegister::default());
        let mut other = metadata(OTHER_PROVIDER);
        other.keys = vec![testing::FOREIGN_KEY.public_key().clone()];
        let mut low = metadata("https://low.example");
        low.highest_level = Some(2);
        let providers = Providers::new(
            ProviderCatalogue::parse(DEFAULT_PROVIDERS).unwrap(),
            [metadata(PROVIDER), other, low],
        );
        let ports = SamlPorts {
            store: Arc::new(MemoryStore::new(clock.clone())),
            random: Arc::new(SystemRandom),
            register: register.clone(),
        };
        Self {
            spid: SpidServiceProvider::new(settings, key(), providers, ports).unwrap(),
            register,
            clock,
        }
    }

    fn advance(&self, seconds: i64) {
        *self.clock.0.lock().unwrap() += chrono::Duration::seconds(seconds);
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Starts a login at level 2 by POST.
    async fn start(&self, browser: &Browser) -> Sent {
        self.start_at(browser, AssuranceLevel::Substantial).await
    }

    async fn start_at(&self, browser: &Browser, level: AssuranceLevel) -> Sent {
        let login = browser.login(level);
        let message = self.spid.start(login, self.now()).await.unwrap();
        Sent::of(message)
    }

    /// Answers a request with a text, from the browser that made it.
    async fn answer(
        &self,
        browser: &Browser,
        sent: &Sent,
        xml: &str,
    ) -> Result<SpidLogin, SpidRefusal> {
        let form = AcsForm {
            saml_response: encode_post(xml).into(),
            relay_state: Some(&sent.relay_state),
            client_address: None,
        };
        self.spid
            .consume(form, Some(&browser.digest), self.now())
            .await
    }
}

/// A browser with one flow.
struct Browser {
    digest: BrowserDigest,
    flow: FlowId,
}

impl Browser {
    fn new() -> Self {
        let token = (&SystemRandom as &dyn Random).token();
        Self {
            digest: BrowserCookie::generate(&SystemRandom).digest(),
            flow: FlowId::parse(&token).unwrap(),
        }
    }

    fn login(&self, level: AssuranceLevel) -> StartLogin<'_> {
        StartLogin {
            flow: &self.flow,
            browser: &self.digest,
            provider: PROVIDER,
            level: RequiredAssurance(level),
            binding: Binding::Post,
            attribute_set: None,
            purpose: None,
            force: false,
        }
    }
}

/// What was sent by POST.
struct Sent {
    id: String,
    xml: String,
    relay_state: String,
    action: String,
}

impl Sent {
    fn of(message: OutgoingMessage) -> Self {
        let OutgoingMessage::Post { action, fields } = message else {
            panic!("a form was asked for");
        };
        let fields: HashMap<&str, String> = fields.into_iter().collect();
        let xml = decode_post(&fields["SAMLRequest"]).unwrap();
        Self {
            id: value_of(&xml, " ID=\""),
            xml,
            relay_state: fields["RelayState"].clone(),
            action,
        }
    }
}

/// The text between a start and the next quotation mark.
fn value_of(xml: &str, start: &str) -> String {
    let (_, rest) = xml.split_once(start).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[test]
fn a_foreign_certificate_a_key_that_is_not_rsa_and_missing_sets_stop_the_set_up() {
    let ports = || SamlPorts {
        store: Arc::new(MemoryStore::new(Arc::new(StoppedClock(Mutex::new(
            issued(),
        ))))),
        random: Arc::new(SystemRandom),
        register: Arc::new(TestRegister::default()),
    };
    let set_up = |settings, key| {
        SpidServiceProvider::new(settings, key, Providers::default(), ports())
            .map(|_| ())
            .unwrap_err()
    };
    let mut foreign = key();
    foreign.signer = Arc::new(SigningKey::generate(KeyKind::Rsa(2048)).unwrap());
    assert_eq!(set_up(settings(), foreign), SetupError::ForeignCertificate);
    let mut elliptic = key();
    elliptic.signer = Arc::new(SigningKey::generate(KeyKind::P256).unwrap());
    assert_eq!(set_up(settings(), elliptic), SetupError::KeyKind);
    let mut without = settings();
    without.attribute_sets.clear();
    assert_eq!(set_up(without, key()), SetupError::AttributeSets);
    let mut doubled = settings();
    doubled.attribute_sets.extend(standard_attribute_sets());
    assert_eq!(set_up(doubled, key()), SetupError::AttributeSets);
}
