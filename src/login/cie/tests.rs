//! The service provider against the Ministry of the tests: what it sends, and every case of what it takes.

mod cases;
mod encrypted;
mod flow;
mod sent;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::testing::{ISSUED, MINISTRYS, OURS, correct, keys, ministry, settings};
use super::*;
use crate::audit::{AuditError, AuthenticationRegister, Recording, RegisterEntry};
use crate::crypto::{DigestAlgorithm, SignatureAlgorithm, Signer as _, SigningKey, SystemRandom};
use crate::identity::{Clock, EvidenceId, Timestamp};
use crate::login::saml::{AcsForm, RefusalKind};
use crate::protocol::saml::outgoing::OutgoingMessage;
use crate::protocol::saml::post::{decode_post, encode_post};
use crate::protocol::xml::{XmlSignature, sign_enveloped};
use crate::session::{BrowserCookie, BrowserDigest, FlowId};
use crate::store::MemoryStore;

/// When the tests' requests are made: the instant in which [`correct`] answers.
fn issued() -> Timestamp {
    ISSUED.parse().unwrap()
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

struct Bench {
    cie: CieServiceProvider,
    register: Arc<TestRegister>,
    clock: Arc<StoppedClock>,
}

impl Bench {
    fn new() -> Self {
        Self::with(settings())
    }

    fn with(settings: CieSettings) -> Self {
        let clock = Arc::new(StoppedClock(Mutex::new(issued())));
        let register = Arc::new(TestRegister::default());
        let ports = SamlPorts {
            store: Arc::new(MemoryStore::new(clock.clone())),
            random: Arc::new(SystemRandom),
            register: register.clone(),
        };
        Self {
            cie: CieServiceProvider::new(settings, keys(), ministry(), ports).unwrap(),
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
        let message = self.cie.start(login, self.now()).await.unwrap();
        Sent::of(message)
    }

    /// Answers a request with a text, from the browser that made it.
    async fn answer(
        &self,
        browser: &Browser,
        sent: &Sent,
        xml: &str,
    ) -> Result<CieLogin, CieRefusal> {
        let form = AcsForm {
            saml_response: encode_post(xml).into(),
            relay_state: Some(&sent.relay_state),
            client_address: None,
        };
        self.cie
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

    fn login(&self, level: AssuranceLevel) -> StartCieLogin<'_> {
        StartCieLogin {
            flow: &self.flow,
            browser: &self.digest,
            level: RequiredAssurance(level),
            binding: None,
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

/// Signs the element with this id, right after its issuer, if it is there and has one.
fn sign(xml: String, id: &str, key: &SigningKey) -> String {
    let with = XmlSignature {
        algorithm: SignatureAlgorithm::RsaSha256,
        digest: DigestAlgorithm::Sha256,
        certificate_der: None,
    };
    sign_enveloped(xml.clone(), id, SignaturePlace::AfterIssuer, key, &with).unwrap_or(xml)
}

/// Signs assertion and response, as the Ministry does.
fn signed(xml: String) -> String {
    let xml = sign(xml, "_assertion", &MINISTRYS.key);
    sign(xml, "_response", &MINISTRYS.key)
}

#[test]
fn a_foreign_certificate_and_a_key_that_is_not_rsa_stop_the_set_up() {
    let set_up = |keys| {
        let ports = Bench::new().cie.exchange.ports().clone();
        CieServiceProvider::new(settings(), keys, ministry(), ports)
            .map(|_| ())
            .unwrap_err()
    };
    let mut foreign = keys();
    foreign.signing.signer = MINISTRYS.key.clone();
    assert_eq!(set_up(foreign), CieSetupError::ForeignCertificate);
    let mut elliptic = keys();
    elliptic.signing.signer = Arc::new(SigningKey::generate(KeyKind::P256).unwrap());
    assert_eq!(set_up(elliptic), CieSetupError::KeyKind);
    // A certificate for encryption that is another key's, one without a key, a key without one.
    let mut foreign = keys();
    foreign.decryption.reverse();
    assert_eq!(set_up(foreign), CieSetupError::ForeignCertificate);
    let mut without_key = keys();
    without_key.decryption.clear();
    assert_eq!(set_up(without_key), CieSetupError::ForeignCertificate);
    let mut without_certificate = keys();
    without_certificate.encryption_certificate = None;
    assert_eq!(
        set_up(without_certificate),
        CieSetupError::ForeignCertificate
    );
    let mut elliptic = keys();
    let on_curve = SigningKey::generate(KeyKind::P256).unwrap();
    let on_curve = DecryptionKey::from_pkcs8(on_curve.pkcs8()).unwrap();
    elliptic.decryption.push(on_curve);
    assert_eq!(set_up(elliptic), CieSetupError::KeyKind);
}
