//! What a whole login costs the gateway in CPU time (authorize, AuthnRequest, assertion consumer, code, token), beside
//! the cryptographic operations in it, both measured in this run: at most twice as much.
//!
//! The steps run in batches, so that the kernel's accounting of CPU time, which is exact to a tick only, does not
//! matter. Many logins are under way at once, as at a front door: audit log and register, which are real files, write
//! many records a transaction. What browsers, the application and the provider do lies between the steps and does not
//! count. Requests go through the real router, without TLS.

#![allow(
    clippy::allow_attributes,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops where it cannot measure"
)]

mod application;
mod steps;

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use steps::{
    Answer, Figures, LOGINS, ask_at_once, best, keep_cookies, per_login, somebody_else, verdict,
};
use tokio::runtime::Runtime;
use url::Url;
use varco::config::{self, Ports};
use varco::crypto::{
    Random, SealingKey, SignatureAlgorithm, Signer as _, SigningKey, SystemRandom, hmac_sha256,
    sha256,
};
use varco::demo::idp::request::{AuthnRequest, Incoming};
use varco::demo::idp::service_provider::ServiceProvider;
use varco::demo::idp::{Consent, TestIdp};
use varco::demo::people::{PEOPLE, TestPerson};
use varco::identity::{Clock as _, SystemClock};
use varco::protocol::saml::post::encode_post;

/// One login under way: what its browser and its application hold.
#[derive(Default)]
struct Login {
    cookies: String,
    location: Option<Url>,
    request: String,
    relay_state: String,
    response: String,
    code: String,
}

struct Bench {
    runtime: Runtime,
    router: Router,
    provider: ServiceProvider,
    idp: TestIdp,
    origin: Url,
}

fn main() -> ExitCode {
    let data = tempfile::tempdir().expect("a folder");
    let bench = Bench::new(data.path());
    // Once for nothing: caches, lazy tables, the database's first pages.
    bench.batch();
    let login = best(|| bench.batch());
    let cryptography = best(|| operations(data.path()));
    verdict("SPID", &login, &cryptography)
}

impl Bench {
    /// A gateway as the demo configures it, with one more application.
    fn new(data: &Path) -> Self {
        let runtime = application::runtime();
        let (config, origin, idp) = application::demo(&runtime, data, |demo| {
            demo.idps().first().expect("a provider").clone()
        });
        let ports = Ports {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        };
        let built = config::build(&config, ports).expect("a gateway");
        let metadata = built.spid.metadata();
        let provider = ServiceProvider::parse(metadata).expect("our metadata");
        let router = varco::http::router::router(built.gateway);
        Self {
            runtime,
            router,
            provider,
            idp,
            origin,
        }
    }

    /// Walks `LOGINS` logins, step by step: each step of all of them, then the next.
    fn batch(&self) -> Figures {
        let mut logins: Vec<Login> = (0..LOGINS).map(|_| Login::default()).collect();
        let authorize = self.step(&mut logins, Self::ask, Self::redirected);
        let start = self.step(&mut logins, Self::follow, Self::sent_to_provider);
        logins.iter_mut().for_each(|login| self.answer(login));
        let consume = self.step(&mut logins, Self::come_back, Self::called_back);
        let token = self.step(&mut logins, Self::trade, Self::traded);
        vec![
            ("/authorize", authorize),
            ("/login/spid: the signed AuthnRequest", start),
            ("/spid/acs: the response, and the code", consume),
            ("/token", token),
        ]
    }

    /// One step of all logins at once. Only what the gateway does between a request and its answer counts, not what
    /// browsers and applications do to make the one and read the other.
    fn step(
        &self,
        logins: &mut [Login],
        ask: fn(&Self, &Login) -> Request<Body>,
        take: fn(&Self, &mut Login, &Answer),
    ) -> f64 {
        let requests: Vec<_> = logins.iter().map(|login| ask(self, login)).collect();
        let (answers, micros) = ask_at_once(&self.runtime, &self.router, requests);
        for (login, answer) in logins.iter_mut().zip(&answers) {
            keep_cookies(&mut login.cookies, &answer.headers);
            take(self, login, answer);
        }
        micros
    }

    fn request(&self, url: &Url, login: &Login, body: Option<String>) -> Request<Body> {
        application::request(&self.origin, url, &login.cookies, body)
    }

    fn ask(&self, login: &Login) -> Request<Body> {
        let url = application::authorize(&self.origin, self.idp.entity_id());
        self.request(&url, login, None)
    }

    fn redirected(&self, login: &mut Login, answer: &Answer) {
        login.location = Some(answer.location(&self.origin));
    }

    fn follow(&self, login: &Login) -> Request<Body> {
        let url = login.location.as_ref().expect("an address");
        self.request(url, login, None)
    }

    fn sent_to_provider(&self, login: &mut Login, answer: &Answer) {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        login.request = field(answer.text(), "SAMLRequest");
        login.relay_state = field(answer.text(), "RelayState");
    }

    fn answer(&self, login: &mut Login) {
        let now = SystemClock.now();
        let incoming = Incoming::Post {
            message: &login.request,
            relay_state: None,
        };
        let sso = self.idp.sso();
        let here = (self.idp.provider.federation, sso.as_str());
        let request = AuthnRequest::read(incoming, &self.provider, here, now)
            .expect("a request that conforms");
        let random: &dyn Random = &SystemRandom;
        let consent = Consent {
            person: &TestPerson {
                fiscal_code: Some(somebody_else().leak()),
                ..*PEOPLE.first().expect("a person")
            },
            level: 2,
            session_index: None,
            name_id: random.xml_id(),
        };
        let audience = &self.provider.entity_id;
        let answer = self.idp.success(&request, audience, &consent, now, random);
        login.response = encode_post(&self.idp.sign(&answer).expect("a signature"));
    }

    /// What the provider's form posts.
    fn come_back(&self, login: &Login) -> Request<Body> {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("SAMLResponse", &login.response)
            .append_pair("RelayState", &login.relay_state)
            .finish();
        let acs = self.origin.join("/spid/acs").expect("an address");
        self.request(&acs, login, Some(body))
    }

    fn called_back(&self, login: &mut Login, answer: &Answer) {
        login.code = application::code(&self.origin, answer);
    }

    fn trade(&self, login: &Login) -> Request<Body> {
        application::trade(&self.origin, &login.code)
    }

    fn traded(&self, _: &mut Login, answer: &Answer) {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        assert!(answer.text().contains("id_token"));
    }
}

/// The value of a hidden field: base64 or a token, so nothing in it is escaped.
fn field(page: &str, name: &str) -> String {
    let (_, after) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .expect("the field");
    after.split('"').next().expect("its value").to_owned()
}

/// The cryptographic operations of as many logins, alone: those without which there is no login of this kind, each as
/// often as one login needs it. What a transaction does once for many records (the heads of the ledgers) is left out.
fn operations(data: &Path) -> Figures {
    let key = |name: &str| {
        SigningKey::from_pem(&fs::read(data.join(name)).expect("a key")).expect("a key")
    };
    let rsa = key("spid.key.pem");
    let ec = key("es256.key.pem");
    let sealing = SealingKey::new(&[7; 32]);
    let (rsa_algorithm, ec_algorithm) = (
        SignatureAlgorithm::RsaSha256,
        SignatureAlgorithm::EcdsaSha256,
    );
    let info = [b'i'; 900];
    let claims = [b'c'; 700];
    let text = [b't'; 14_000];
    let signature = rsa.sign(rsa_algorithm, &info).expect("a signature");
    let text = |length: usize| text.get(..length).expect("shorter");
    // So often that a tick of the kernel's accounting does not matter.
    let each = |work: &dyn Fn()| per_login(|| (0..LOGINS * 20).for_each(|_| work())) / 20.0;
    vec![
        (
            "RSA-2048 signature of the AuthnRequest",
            each(&|| {
                black_box(rsa.sign(rsa_algorithm, &info).expect("a signature"));
            }),
        ),
        (
            "two RSA-2048 verifications of the response",
            each(&|| {
                for _ in 0..2 {
                    let key = black_box(rsa.public_key());
                    let verdict = key.verify(rsa_algorithm, &info, &signature);
                    verdict.expect("verified");
                }
            }),
        ),
        (
            "digests of request, response and assertion",
            each(&|| {
                for length in REFERENCES {
                    black_box(sha256(text(length)));
                }
            }),
        ),
        (
            "two ES256 signatures of the tokens",
            each(&|| {
                for _ in 0..2 {
                    black_box(ec.sign(ec_algorithm, &claims).expect("a signature"));
                }
            }),
        ),
        (
            "sealing, digest and chain of six records",
            each(&|| {
                for length in RECORDS {
                    let sealed = sealing.seal(&SystemRandom, b"audit 1", text(length));
                    black_box(hmac_sha256(&[7; 32], &sha256(&sealed)));
                }
            }),
        ),
        (
            "secrets: random, hashed, compared",
            each(&|| {
                for _ in 0..TOKENS {
                    let mut token = [0; 32];
                    SystemRandom.fill(&mut token);
                    black_box(token);
                }
                for _ in 0..HASHES {
                    black_box(sha256(text(43)));
                }
                for _ in 0..KEYED_HASHES {
                    black_box(hmac_sha256(&[7; 32], text(80)));
                }
            }),
        ),
    ]
}

/// What the references of the three signatures digest, in bytes.
const REFERENCES: [usize; 3] = [1_000, 6_000, 3_000];
/// The records of a login, in bytes: the register's entry, then the events that it started and succeeded, that a session
/// began, that access was decided and tokens issued.
const RECORDS: [usize; 6] = [13_600, 210, 330, 210, 360, 230];
/// Browser, stored request, flow, relay state, nonce of the page, session, its secret, code, grant, access token.
const TOKENS: usize = 10;
/// The ids of what is stored, once for each step that needs it (21); the browser's cookie (three steps), the session's
/// secret, the relay state, the flow in the register, PKCE's verifier, the client's secret, the access token in the ID
/// token.
const HASHES: usize = 30;
/// `sub`, `sid`, and the person among the sessions.
const KEYED_HASHES: usize = 3;
