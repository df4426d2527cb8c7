//! A provider in memory that answers as a test says, and a relying party that trusts it.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::*;
use crate::audit::{AuditError, Recording, RegisterEntry};
use crate::crypto::encoding::from_base64url;
use crate::crypto::{DecryptionKey, KeyKind, Signer, SigningKey, SystemRandom};
use crate::fetch::{FetchError, Reply};
use crate::identity::{AssuranceLevel, Clock, EvidenceId, RequiredAssurance, Timestamp};
use crate::protocol::jose::{
    ContentEncryption, Jwk, JwkSet, JwsAlgorithm, KeyManagement, encrypt_compact, parse_object,
};
use crate::session::{BrowserCookie, BrowserDigest, FlowId};
use crate::store::{BoxFuture, MemoryStore};

pub(super) const CLIENT: &str = "https://login.example";
pub(super) const OP: &str = "https://op.example";
pub(super) const OTHER: &str = "https://other.example";

fn p256() -> Arc<SigningKey> {
    Arc::new(SigningKey::generate(KeyKind::P256).unwrap())
}

static OURS: LazyLock<Arc<SigningKey>> = LazyLock::new(p256);
pub(super) static THEIRS: LazyLock<Arc<SigningKey>> = LazyLock::new(p256);
pub(super) static SECOND: LazyLock<Arc<SigningKey>> = LazyLock::new(p256);
pub(super) static STRANGER: LazyLock<Arc<SigningKey>> = LazyLock::new(p256);
pub(super) static RSA: LazyLock<Arc<SigningKey>> =
    LazyLock::new(|| Arc::new(SigningKey::generate(KeyKind::Rsa(2048)).unwrap()));
pub(super) static OPENS: LazyLock<Arc<DecryptionKey>> =
    LazyLock::new(|| Arc::new(DecryptionKey::generate(KeyKind::P256).unwrap()));
pub(super) static CLOSED: LazyLock<Arc<DecryptionKey>> =
    LazyLock::new(|| Arc::new(DecryptionKey::generate(KeyKind::P256).unwrap()));

/// A signer of the provider's.
pub(super) fn signer(key: &Arc<SigningKey>, algorithm: JwsAlgorithm) -> JwtSigner {
    JwtSigner::new(Arc::clone(key) as Arc<dyn Signer>, algorithm).unwrap()
}

/// A token encrypted to a key, as the profile wants it.
pub(super) fn sealed(token: &str, to: &Arc<DecryptionKey>, cty: Option<&str>) -> String {
    let management = KeyManagement::from_name("ECDH-ES+A256KW").unwrap();
    let key = JweKey::new(Arc::clone(to)).jwk(management).unwrap();
    let with = (management, ContentEncryption::A256CbcHs512);
    encrypt_compact(token.as_bytes(), &key, with, cty, &SystemRandom).unwrap()
}

/// What a provider answers with; a test spoils it.
pub(super) struct Made {
    pub(super) typ: &'static str,
    pub(super) id_token: Value,
    pub(super) id_signer: JwtSigner,
    pub(super) access_token: Value,
    pub(super) userinfo: Value,
    pub(super) userinfo_signer: JwtSigner,
    /// Changes the finished ID token.
    pub(super) finish_id_token: fn(String) -> String,
    /// Changes the finished userinfo answer.
    pub(super) wrap_userinfo: fn(String) -> String,
    pub(super) userinfo_kind: &'static str,
    pub(super) userinfo_status: u16,
    pub(super) token_status: u16,
    pub(super) token_kind: &'static str,
    /// Members of the token answer that take the place of the right ones.
    pub(super) more: Value,
    /// `at_hash` of the access token as it is made.
    pub(super) with_at_hash: bool,
}

impl Made {
    fn new(request: &Value, now: Timestamp) -> Self {
        let (now, usual) = (now.timestamp(), signer(&THEIRS, JwsAlgorithm::Es256));
        Self {
            typ: "JWT",
            id_token: json!({
                "iss": OP, "aud": [CLIENT], "sub": "pairwise", "nonce": request["nonce"],
                "acr": request["acr_values"], "iat": now, "nbf": now, "exp": now + 300,
                "jti": SystemRandom.token_for_test(),
            }),
            id_signer: usual.clone(),
            access_token: json!({
                "iss": OP, "aud": [format!("{OP}/userinfo")], "client_id": CLIENT,
                "sub": "pairwise", "iat": now, "exp": now + 300, "jti": "at",
            }),
            userinfo: json!({
                "iss": OP, "aud": CLIENT, "sub": "pairwise", "iat": now, "exp": now + 300,
                "given_name": "Mario", "family_name": "Rossi", "birthdate": "1980-01-01",
                "https://attributes.eid.gov.it/fiscal_number": "TINIT-RSSMRA80A01H501U",
            }),
            userinfo_signer: usual,
            finish_id_token: |token| token,
            wrap_userinfo: |token| sealed(&token, &OPENS, Some("JWT")),
            userinfo_kind: "application/jose",
            userinfo_status: 200,
            token_status: 200,
            token_kind: "application/json",
            more: json!({}),
            with_at_hash: true,
        }
    }

    fn finish(mut self) -> (Reply, Reply) {
        let access = signer(&THEIRS, JwsAlgorithm::Es256);
        let access_token = access.sign("at+jwt", &self.access_token).unwrap();
        if self.with_at_hash {
            let hash = self.id_signer.algorithm().half_hash(&access_token);
            self.id_token["at_hash"] = json!(hash);
        }
        let id_token = self.id_signer.sign(self.typ, &self.id_token).unwrap();
        let mut answer = json!({
            "access_token": access_token, "token_type": "Bearer", "expires_in": 300,
            "id_token": (self.finish_id_token)(id_token),
        });
        for (name, value) in self.more.as_object().unwrap() {
            answer[name] = value.clone();
        }
        let userinfo = self.userinfo_signer.sign("JWT", &self.userinfo).unwrap();
        let token = Reply {
            status: self.token_status,
            kind: self.token_kind.to_owned(),
            body: answer.to_string().into_bytes(),
        };
        let userinfo = Reply {
            status: self.userinfo_status,
            kind: self.userinfo_kind.to_owned(),
            body: (self.wrap_userinfo)(userinfo).into_bytes(),
        };
        (token, userinfo)
    }
}

trait TokenForTest {
    fn token_for_test(&self) -> String;
}

impl TokenForTest for SystemRandom {
    fn token_for_test(&self) -> String {
        let random: &dyn Random = self;
        random.token()
    }
}

/// The provider: its answers, and what it was asked.
#[derive(Default)]
pub(super) struct Double {
    token: Mutex<Option<Reply>>,
    userinfo: Mutex<Option<Reply>>,
    pub(super) revocation: Mutex<Option<u16>>,
    pub(super) forms: Mutex<Vec<(String, HashMap<String, String>)>>,
    pub(super) bearers: Mutex<Vec<String>>,
    pub(super) trusted: Mutex<HashMap<String, Arc<TrustedProvider>>>,
}

impl BackChannel for Double {
    fn post<'a>(&'a self, url: &'a Url, form: String) -> BoxFuture<'a, Result<Reply, FetchError>> {
        let fields = form_urlencoded::parse(form.as_bytes()).into_owned();
        let mut forms = self.forms.lock().unwrap();
        forms.push((url.to_string(), fields.collect()));
        let reply = match url.path() {
            "/token" => self.token.lock().unwrap().take(),
            _ => self.revocation.lock().unwrap().map(|status| Reply {
                status,
                kind: String::new(),
                body: Vec::new(),
            }),
        };
        Box::pin(async move { reply.ok_or(FetchError::TooSlow) })
    }

    fn get<'a>(&'a self, _: &'a Url, bearer: &'a str) -> BoxFuture<'a, Result<Reply, FetchError>> {
        self.bearers.lock().unwrap().push(bearer.to_owned());
        let reply = self.userinfo.lock().unwrap().take();
        Box::pin(async move { reply.ok_or(FetchError::TooSlow) })
    }
}

impl Providers for Double {
    fn provider(&self, issuer: &str, _: Timestamp) -> Option<Arc<TrustedProvider>> {
        self.trusted.lock().unwrap().get(issuer).cloned()
    }

    fn of_profile(&self, profile: Profile, _: Timestamp) -> Vec<Arc<TrustedProvider>> {
        let trusted = self.trusted.lock().unwrap();
        let of_it = trusted.values().filter(|one| one.profile == profile);
        of_it.cloned().collect()
    }

    fn standing(&self, _: &str, _: Timestamp) -> Standing {
        Standing::Ready
    }
}

/// A register that remembers, and fails when told to.
#[derive(Default)]
pub(super) struct TestRegister {
    pub(super) entries: Mutex<Vec<RegisterEntry>>,
    pub(super) fails: Mutex<bool>,
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

struct StoppedClock(Mutex<Timestamp>);

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A relying party, its provider, and what is kept of them.
pub(super) struct Scene {
    pub(super) party: OpenIdRelyingParty,
    pub(super) double: Arc<Double>,
    pub(super) register: Arc<TestRegister>,
    clock: Arc<StoppedClock>,
    pub(super) browser: BrowserDigest,
    pub(super) flow: FlowId,
}

/// A request under way.
pub(super) struct Sent {
    pub(super) url: Url,
    /// The claims of the request object, which a test of its own verifies.
    pub(super) request: Value,
}

impl Sent {
    pub(super) fn state(&self) -> &str {
        self.request["state"].as_str().unwrap()
    }

    /// What a provider of the profile sends the browser back with.
    pub(super) fn answer(&self) -> String {
        format!("code=c0de&state={}&iss={OP}", self.state())
    }
}

impl Scene {
    pub(super) fn new() -> Self {
        Self::with(Profile::Cie, Habits::default())
    }

    pub(super) fn with(profile: Profile, habits: Habits) -> Self {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let clock = Arc::new(StoppedClock(Mutex::new(now)));
        let double = Arc::new(Double::default());
        *double.revocation.lock().unwrap() = Some(200);
        for issuer in [OP, OTHER] {
            let provider = Arc::new(provider(issuer, profile, now));
            let mut trusted = double.trusted.lock().unwrap();
            trusted.insert(issuer.to_owned(), provider);
        }
        let register = Arc::new(TestRegister::default());
        let settings = RelyingPartySettings {
            client_id: CLIENT.to_owned(),
            origin: CLIENT.to_owned(),
            minimum_level: RequiredAssurance(AssuranceLevel::Low),
            shortest_session: Duration::from_secs(30 * 60),
            cie: habits,
            spid: habits,
        };
        let keys = RelyingPartyKeys {
            signer: signer(&OURS, JwsAlgorithm::Es256),
            decryption: vec![JweKey::new(Arc::clone(&OPENS))],
            sealing: SealingKey::new(&[9; 32]),
        };
        let ports = OpenIdPorts {
            store: Arc::new(MemoryStore::new(clock.clone())),
            random: Arc::new(SystemRandom),
            register: register.clone(),
            back_channel: double.clone(),
            providers: double.clone(),
        };
        Self {
            party: OpenIdRelyingParty::new(settings, keys, ports),
            double,
            register,
            clock,
            browser: BrowserCookie::generate(&SystemRandom).digest(),
            flow: FlowId::parse(&SystemRandom.token_for_test()).unwrap(),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn advance(&self, seconds: i64) {
        *self.clock.0.lock().unwrap() += chrono::Duration::seconds(seconds);
    }

    pub(super) async fn start(&self, level: AssuranceLevel) -> Sent {
        self.read(&self.try_start(level).await.unwrap())
    }

    pub(super) async fn try_start(&self, level: AssuranceLevel) -> Result<String, StartRefusal> {
        let login = StartLogin {
            flow: &self.flow,
            browser: &self.browser,
            provider: OP,
            level: RequiredAssurance(level),
            force: false,
            contacts: false,
            language: "it",
        };
        self.party.start(login, self.now()).await
    }

    /// What a request says.
    pub(super) fn read(&self, url: &str) -> Sent {
        let url = Url::parse(url).unwrap();
        let (_, request) = url
            .query_pairs()
            .find(|(name, _)| name == "request")
            .unwrap();
        let payload = request.split('.').nth(1).unwrap();
        let claims = parse_object(&from_base64url(payload).unwrap()).unwrap();
        Sent {
            request: Value::Object(claims),
            url,
        }
    }

    /// Puts another state of the provider in force.
    pub(super) fn change_provider(&self, change: impl FnOnce(&mut TrustedProvider)) {
        let mut trusted = self.double.trusted.lock().unwrap();
        let mut provider = TrustedProvider::clone(&trusted[OP]);
        change(&mut provider);
        trusted.insert(OP.to_owned(), Arc::new(provider));
    }

    /// Makes the provider ready to answer a request.
    pub(super) fn prepare(&self, sent: &Sent, spoil: impl FnOnce(&mut Made)) {
        let mut made = Made::new(&sent.request, self.now());
        spoil(&mut made);
        let (token, userinfo) = made.finish();
        *self.double.token.lock().unwrap() = Some(token);
        *self.double.userinfo.lock().unwrap() = Some(userinfo);
    }

    pub(super) async fn come_back(&self, query: &str) -> Result<OpenIdLogin, OpenIdRefusal> {
        let came = CameBack {
            path: CIE_CALLBACK,
            query,
            client_address: None,
        };
        self.party
            .callback(came, Some(&self.browser), self.now())
            .await
    }

    /// A whole login at a level, its answers spoilt.
    pub(super) async fn log_in(
        &self,
        spoil: impl FnOnce(&mut Made),
    ) -> Result<OpenIdLogin, OpenIdRefusal> {
        let sent = self.start(AssuranceLevel::Substantial).await;
        self.prepare(&sent, spoil);
        self.come_back(&sent.answer()).await
    }

    /// The code of the check that refuses a login with spoilt answers.
    pub(super) async fn refusal(&self, spoil: impl FnOnce(&mut Made)) -> String {
        self.log_in(spoil).await.unwrap_err().code.into_owned()
    }
}

/// A provider with two keys.
fn provider(issuer: &str, profile: Profile, now: Timestamp) -> TrustedProvider {
    let at = |path: &str| Url::parse(&format!("{issuer}/{path}")).unwrap();
    let key = |key: &SigningKey, algorithm| Jwk::new(key.public_key().clone(), algorithm).unwrap();
    TrustedProvider {
        issuer: issuer.to_owned(),
        name: "Ministero di prova".to_owned(),
        profile,
        authorization_endpoint: at("authorization"),
        token_endpoint: at("token"),
        userinfo_endpoint: at("userinfo"),
        revocation_endpoint: at("revocation"),
        keys: JwkSet::new(vec![
            key(&THEIRS, JwsAlgorithm::Es256),
            key(&SECOND, JwsAlgorithm::Es256),
            key(&RSA, JwsAlgorithm::Rs512),
        ])
        .unwrap(),
        highest: AssuranceLevel::High,
        expires: now + chrono::Duration::hours(1),
        evidence: Some(EvidenceId("chain".to_owned())),
    }
}
