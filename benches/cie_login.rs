//! What a whole CIE login by OpenID Connect costs the gateway in CPU time (authorize, request object, callback with token and
//! userinfo, code, token), beside the cryptographic operations in it, both measured in this run: at most twice as much.
//!
//! As the benchmark of SPID logins does it, with audit log and register in real files. The provider has no socket: what it
//! signs and encrypts lies between the steps and does not count, and no more does the network.

#![allow(
    clippy::allow_attributes,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    dead_code,
    unreachable_pub,
    reason = "a benchmark prints, and stops where it cannot measure; the provider is the tests'"
)]

mod application;
#[path = "../tests/support/openid_double.rs"]
mod openid_double;
mod steps;

use std::hint::black_box;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use chrono::TimeDelta;
use http::{Request, StatusCode};
use openid_double::{Client, OP, OpenIdDouble, Told};
use steps::{
    Answer, Figures, LOGINS, ask_at_once, best, keep_cookies, per_login, somebody_else, verdict,
};
use tokio::runtime::Runtime;
use url::Url;
use varco::archive::NoArchive;
use varco::config::{self, Config, Ports};
use varco::crypto::{
    DecryptionKey, KeyKind, Random, SealingKey, SignatureAlgorithm, Signer, SigningKey,
    SystemRandom, hmac_sha256, sha256,
};
use varco::downstream::authzen::Callers;
use varco::downstream::forward_auth::{ForwardAuth, Proxies, Routes};
use varco::downstream::oidc::OpenIdProvider;
use varco::http::cie::{CieByOpenId, CieProtocol, CieWay};
use varco::http::metrics::Metrics;
use varco::http::state::{Gateway, Parts};
use varco::identity::{
    AssuranceLevel, AuthenticationMethod, Clock as _, Methods, RequiredAssurance, SystemClock,
};
use varco::login::openid::{
    Habits, OpenIdPorts, OpenIdRelyingParty, Profile, RelyingPartyKeys, RelyingPartySettings,
};
use varco::policy::LiveCatalogue;
use varco::protocol::jose::{
    ContentEncryption, JweKey, JweProfile, JwkSet, JwsAlgorithm, JwtSigner, KeyManagement,
    decrypt_compact, encrypt_compact,
};
use varco::session::{Flows, SessionLimits, Sessions};
use varco::store::{ExpiringStore, MemoryStore};
use varco::upload::PdfGate;

/// One login under way: what its browser and its application hold.
#[derive(Default)]
struct Login {
    cookies: String,
    location: Option<Url>,
    code: String,
}

struct Bench {
    runtime: Runtime,
    router: Router,
    provider: Arc<OpenIdDouble>,
    origin: Url,
}

fn main() -> ExitCode {
    let data = tempfile::tempdir().expect("a folder");
    let bench = Bench::new(data.path());
    // Once for nothing: caches, lazy tables, the database's first pages.
    bench.batch();
    let login = best(|| bench.batch());
    let cryptography = best(operations);
    verdict("CIE (OpenID Connect)", &login, &cryptography)
}

impl Bench {
    /// A gateway as the demo configures it, with one more application and one more way in.
    fn new(data: &Path) -> Self {
        let runtime = application::runtime();
        let (config, origin, ()) = application::demo(&runtime, data, |_| ());
        let (gateway, provider) = gateway(&config);
        Self {
            runtime,
            router: varco::http::router::router(gateway),
            provider,
            origin,
        }
    }

    /// Walks `LOGINS` logins, step by step: each step of all of them, then the next.
    fn batch(&self) -> Figures {
        let mut logins: Vec<Login> = (0..LOGINS).map(|_| Login::default()).collect();
        let authorize = self.step(&mut logins, Self::ask, Self::redirected);
        let start = self.step(&mut logins, Self::follow, Self::redirected);
        logins.iter_mut().for_each(|login| self.answer(login));
        let callback = self.step(&mut logins, Self::follow, Self::called_back);
        let token = self.step(&mut logins, Self::trade, Self::traded);
        vec![
            ("/authorize", authorize),
            ("/login/cie: the signed request object", start),
            ("/cie/callback: tokens, userinfo, and the code", callback),
            ("/token", token),
        ]
    }

    /// One step of all logins at once.
    fn step(
        &self,
        logins: &mut [Login],
        ask: fn(&Self, &Login) -> Request<Body>,
        take: fn(&Self, &mut Login, &Answer),
    ) -> f64 {
        let requests = logins.iter().map(|login| ask(self, login)).collect();
        let (answers, micros) = ask_at_once(&self.runtime, &self.router, requests);
        for (login, answer) in logins.iter_mut().zip(&answers) {
            keep_cookies(&mut login.cookies, &answer.headers);
            take(self, login, answer);
        }
        micros
    }

    fn request(&self, url: &Url, login: &Login) -> Request<Body> {
        application::request(&self.origin, url, &login.cookies, None)
    }

    fn ask(&self, login: &Login) -> Request<Body> {
        let url = application::authorize(&self.origin, "cie");
        self.request(&url, login)
    }

    fn redirected(&self, login: &mut Login, answer: &Answer) {
        login.location = Some(answer.location(&self.origin));
    }

    fn follow(&self, login: &Login) -> Request<Body> {
        let url = login.location.as_ref().expect("an address");
        self.request(url, login)
    }

    /// What the provider does: a person logs in there.
    fn answer(&self, login: &mut Login) {
        let request = login.location.take().expect("an address");
        let told = Told {
            given_name: "Anna",
            family_name: "Provetti",
            birth_date: "1985-03-15",
            fiscal_code: &somebody_else(),
            level: 2,
        };
        login.location = Some(self.provider.log_in(&request, &told, SystemClock.now()));
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

/// The demo's gateway with "Entra con CIE", and the provider that it leads to.
fn gateway(config: &Config) -> (Gateway, Arc<OpenIdDouble>) {
    let ports = Ports {
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    };
    let built = config::build(config, ports).expect("a gateway");
    let origin = config.edge.origin();
    let key = |kind| Arc::new(SigningKey::generate(kind).expect("a key"));
    let rsa = KeyKind::Rsa(2048);
    let signer = JwtSigner::new(key(rsa), JwsAlgorithm::Rs256).expect("an RSA key");
    let encryption = Arc::new(DecryptionKey::generate(rsa).expect("a key"));
    let client = Client {
        id: origin.clone(),
        keys: JwkSet::new(vec![signer.jwk().clone()]).expect("a key"),
        encryption: Arc::clone(&encryption),
    };
    let expires = SystemClock.now() + TimeDelta::days(1);
    let provider = OpenIdDouble::new(Profile::Cie, key(rsa), client, expires);

    let store: Arc<dyn ExpiringStore> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let party = Arc::new(OpenIdRelyingParty::new(
        RelyingPartySettings {
            client_id: origin.clone(),
            origin: origin.clone(),
            minimum_level: RequiredAssurance(AssuranceLevel::Substantial),
            shortest_session: Duration::from_secs(30 * 60),
            cie: Habits::default(),
            spid: Habits::default(),
        },
        RelyingPartyKeys {
            signer,
            decryption: vec![JweKey::new(encryption)],
            sealing: SealingKey::new(&[9; 32]),
        },
        OpenIdPorts {
            store: Arc::clone(&store),
            random: Arc::clone(&random),
            register: Arc::clone(&built.durable) as _,
            back_channel: Arc::clone(&provider) as _,
            providers: Arc::clone(&provider) as _,
        },
    ));
    let ways = [AuthenticationMethod::Spid, AuthenticationMethod::Cie];
    let catalogue = config.catalogue.clone().offering(Methods::from_iter(ways));
    let catalogue = LiveCatalogue::new(catalogue);
    let keys = config.openid.keys().expect("keys");
    let forward_auth = ForwardAuth::new(
        Proxies::default(),
        Routes::default(),
        keys.subject_secret,
        &store,
        Arc::clone(&random),
    );
    let oidc = OpenIdProvider::new(
        origin,
        config.openid.clients.clone(),
        keys,
        catalogue.clone(),
        &store,
        Arc::clone(&random),
    );
    let gateway = Gateway::new(Parts {
        settings: config.edge.clone(),
        clock: Arc::new(SystemClock),
        sessions: Sessions::new(
            Arc::clone(&store),
            SessionLimits::default(),
            Arc::clone(&random),
        ),
        flows: Flows::new(Arc::clone(&store), Arc::clone(&random)),
        random,
        store,
        archive: Arc::new(NoArchive),
        catalogue,
        spid: built.spid,
        cie: Some(CieWay {
            first: CieProtocol::OpenId,
            saml: None,
            openid: Some(CieByOpenId {
                party: Arc::clone(&party),
                provider: OP.to_owned(),
            }),
        }),
        openid: Some(party),
        upstreams: Vec::new(),
        federation: None,
        cns: None,
        pin: None,
        pin_care: None,
        oidc: oidc.expect("an OpenID Provider"),
        forward_auth,
        callers: Callers::default(),
        desk: None,
        audit: built.durable,
        metrics: Metrics::default(),
        uploads: PdfGate::default(),
    });
    (gateway, provider)
}

/// The cryptographic operations of as many logins, alone: those without which there is no login of this kind, each as
/// often as one login needs it. What a transaction does once for many records (the heads of the ledgers) is left out.
fn operations() -> Figures {
    let rsa = SigningKey::generate(KeyKind::Rsa(2048)).expect("a key");
    let ec = SigningKey::generate(KeyKind::P256).expect("a key");
    let opens = JweKey::new(Arc::new(
        DecryptionKey::generate(KeyKind::Rsa(2048)).expect("a key"),
    ));
    let sealing = SealingKey::new(&[7; 32]);
    let (rsa_algorithm, ec_algorithm) = (
        SignatureAlgorithm::RsaSha256,
        SignatureAlgorithm::EcdsaSha256,
    );
    let token = [b't'; 900];
    let claims = [b'c'; 700];
    let text = [b't'; 14_000];
    let signature = rsa.sign(rsa_algorithm, &token).expect("a signature");
    let text = |length: usize| text.get(..length).expect("shorter");
    let to = opens.jwk(KeyManagement::RsaOaep256).expect("an RSA key");
    let with = (KeyManagement::RsaOaep256, ContentEncryption::A256CbcHs512);
    let userinfo = encrypt_compact(&token, &to, with, Some("JWT"), &SystemRandom);
    let (userinfo, opens) = (userinfo.expect("a message"), [opens]);
    // So often that a tick of the kernel's accounting does not matter.
    let each = |work: &dyn Fn()| per_login(|| (0..LOGINS * 5).for_each(|_| work())) / 5.0;
    vec![
        (
            "two RSA-2048 signatures: request, assertion",
            each(&|| {
                for _ in 0..2 {
                    black_box(rsa.sign(rsa_algorithm, &token).expect("a signature"));
                }
            }),
        ),
        (
            "decryption of userinfo: RSA-OAEP, AES, HMAC",
            each(&|| {
                let opened = decrypt_compact(&userinfo, &JweProfile::ITALIAN, &opens);
                black_box(opened.expect("opened"));
            }),
        ),
        (
            "three RSA-2048 verifications of tokens",
            each(&|| {
                for _ in 0..3 {
                    let key = black_box(rsa.public_key());
                    let verdict = key.verify(rsa_algorithm, &token, &signature);
                    verdict.expect("verified");
                }
            }),
        ),
        (
            "two ES256 signatures of our tokens",
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
            "secrets: random, hashed",
            each(&|| {
                for _ in 0..TOKENS {
                    let mut token = [0; 32];
                    SystemRandom.fill(&mut token);
                    black_box(token);
                }
                for _ in 0..HASHES {
                    black_box(sha256(text(43)));
                }
            }),
        ),
    ]
}

/// The records of a login, in bytes: the register's entry, then the events that it started and succeeded, that a session
/// began, that access was decided and tokens issued.
const RECORDS: [usize; 6] = [11_000, 210, 330, 210, 360, 230];
/// State, nonce, verifier, two ids of tokens, and those of any login: browser, stored request, flow, session, its secret,
/// code, grant, access token.
const TOKENS: usize = 13;
/// The ids of what is stored, once for each step that needs it, and what is compared by its digest.
const HASHES: usize = 30;
