//! A provider of the Italian profile without a socket: tests and the benchmark ask it what a browser and a back channel would.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use url::Url;
use varco::crypto::{DecryptionKey, Random, Signer, SystemRandom};
use varco::fetch::{FetchError, Reply};
use varco::identity::{AssuranceLevel, Timestamp};
use varco::login::openid::{BackChannel, Profile, Providers, Standing, TrustedProvider};
use varco::protocol::jose::{
    ContentEncryption, JweKey, JwkSet, JwsAlgorithm, JwtProfile, JwtSigner, KeyManagement,
    encrypt_compact, verify_compact,
};
use varco::store::BoxFuture;

/// The provider's entity id.
pub const OP: &str = "https://op.example";

/// What the provider tells of a person.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    pub given_name: &'a str,
    pub family_name: &'a str,
    pub birth_date: &'a str,
    pub fiscal_code: &'a str,
    /// 1 to 3.
    pub level: u8,
}

/// The keys that the provider knows the gateway by.
pub struct Client {
    pub id: String,
    pub keys: JwkSet,
    pub encryption: Arc<DecryptionKey>,
}

/// What an authorization request says that is signed with one of these keys.
pub fn read_request(request: &Url, keys: &JwkSet) -> Value {
    let mut parameters = request.query_pairs();
    let (_, object) = parameters.find(|(name, _)| name == "request").unwrap();
    let object = verify_compact(&object, &JwtProfile::REQUEST_OBJECT, keys);
    Value::Object(object.unwrap().claims().clone())
}

/// The provider.
pub struct OpenIdDouble {
    signer: JwtSigner,
    client: Client,
    profile: Profile,
    life: Mutex<Timestamp>,
    /// Answers of the token endpoint by code, and of userinfo by access token.
    redeemed: Mutex<HashMap<String, Reply>>,
    told: Mutex<HashMap<String, Reply>>,
    given_back: Mutex<Vec<String>>,
    answers: Mutex<bool>,
}

impl OpenIdDouble {
    /// A provider that signs with an RSA key, and whose trust ends then.
    pub fn new(
        profile: Profile,
        key: Arc<dyn Signer>,
        client: Client,
        expires: Timestamp,
    ) -> Arc<Self> {
        Arc::new(Self {
            signer: JwtSigner::new(key, JwsAlgorithm::Rs256).unwrap(),
            client,
            profile,
            life: Mutex::new(expires),
            redeemed: Mutex::default(),
            told: Mutex::default(),
            given_back: Mutex::default(),
            answers: Mutex::new(true),
        })
    }

    /// The tokens that were given back.
    pub fn given_back(&self) -> Vec<String> {
        self.given_back.lock().unwrap().clone()
    }

    /// Takes the provider off the network, or puts it back.
    pub fn answer(&self, answers: bool) {
        *self.answers.lock().unwrap() = answers;
    }

    /// What an authorization request says, its signature verified.
    pub fn read(&self, request: &Url) -> Value {
        read_request(request, &self.client.keys)
    }

    /// Logs a person in for a request; gives the address that the browser is sent back to.
    pub fn log_in(&self, request: &Url, told: &Told<'_>, now: Timestamp) -> Url {
        let asked = self.read(request);
        let random: &dyn Random = &SystemRandom;
        let (code, now) = (random.token(), now.timestamp());
        let subject = format!("pairwise-{}", told.fiscal_code);
        let access_token = self.sign(
            "at+jwt",
            &json!({
                "iss": OP, "sub": subject, "aud": [format!("{OP}/userinfo")],
                "client_id": self.client.id, "iat": now, "exp": now + 300, "jti": random.token(),
            }),
        );
        let id_token = self.sign(
            "JWT",
            &json!({
                "iss": OP, "sub": subject, "aud": [self.client.id], "nonce": asked["nonce"],
                "acr": format!("https://www.spid.gov.it/SpidL{}", told.level),
                "at_hash": JwsAlgorithm::Rs256.half_hash(&access_token),
                "iat": now, "nbf": now, "exp": now + 300, "jti": random.token(),
            }),
        );
        let userinfo = self.sign(
            "JWT",
            &json!({
                "iss": OP, "sub": subject, "aud": self.client.id, "iat": now, "exp": now + 300,
                "given_name": told.given_name, "family_name": told.family_name,
                "birthdate": told.birth_date,
                "https://attributes.eid.gov.it/fiscal_number": format!("TINIT-{}", told.fiscal_code),
            }),
        );
        let to = JweKey::new(Arc::clone(&self.client.encryption));
        let to = to.jwk(KeyManagement::RsaOaep256).unwrap();
        let with = (KeyManagement::RsaOaep256, ContentEncryption::A256CbcHs512);
        let userinfo =
            encrypt_compact(userinfo.as_bytes(), &to, with, Some("JWT"), random).unwrap();
        let tokens = json!({
            "access_token": access_token, "token_type": "Bearer", "expires_in": 300,
            "id_token": id_token,
        });
        let reply = |kind: &str, body: String| Reply {
            status: 200,
            kind: kind.to_owned(),
            body: body.into_bytes(),
        };
        let mut redeemed = self.redeemed.lock().unwrap();
        redeemed.insert(code.clone(), reply("application/json", tokens.to_string()));
        let mut told = self.told.lock().unwrap();
        told.insert(access_token, reply("application/jose", userinfo));
        self.back(&asked, &[("code", &code)])
    }

    /// Refuses a request with an error.
    pub fn refuse(&self, request: &Url, error: &str) -> Url {
        self.back(&self.read(request), &[("error", error)])
    }

    fn back(&self, asked: &Value, parameters: &[(&str, &str)]) -> Url {
        let mut url = Url::parse(asked["redirect_uri"].as_str().unwrap()).unwrap();
        url.query_pairs_mut()
            .extend_pairs(parameters)
            .append_pair("state", asked["state"].as_str().unwrap())
            .append_pair("iss", OP);
        url
    }

    fn sign(&self, typ: &str, claims: &Value) -> String {
        self.signer.sign(typ, claims).unwrap()
    }

    fn trusted(&self) -> TrustedProvider {
        let at = |path: &str| Url::parse(&format!("{OP}/{path}")).unwrap();
        TrustedProvider {
            issuer: OP.to_owned(),
            name: "Ministero di prova".to_owned(),
            profile: self.profile,
            authorization_endpoint: at("authorization"),
            token_endpoint: at("token"),
            userinfo_endpoint: at("userinfo"),
            revocation_endpoint: at("revocation"),
            keys: JwkSet::new(vec![self.signer.jwk().clone()]).unwrap(),
            highest: AssuranceLevel::High,
            expires: *self.life.lock().unwrap(),
            evidence: None,
        }
    }
}

impl BackChannel for OpenIdDouble {
    fn post<'a>(&'a self, url: &'a Url, form: String) -> BoxFuture<'a, Result<Reply, FetchError>> {
        if !*self.answers.lock().unwrap() {
            return Box::pin(async { Err(FetchError::TooSlow) });
        }
        let fields: HashMap<String, String> = form_urlencoded::parse(form.as_bytes())
            .into_owned()
            .collect();
        let reply = match (url.path(), fields.get("code")) {
            ("/token", Some(code)) => self.redeemed.lock().unwrap().remove(code),
            ("/revocation", None) => {
                let token = fields["token"].clone();
                self.given_back.lock().unwrap().push(token);
                Some(Reply {
                    status: 200,
                    kind: String::new(),
                    body: Vec::new(),
                })
            }
            _ => None,
        };
        Box::pin(async move { reply.ok_or(FetchError::Broken) })
    }

    fn get<'a>(&'a self, _: &'a Url, bearer: &'a str) -> BoxFuture<'a, Result<Reply, FetchError>> {
        let reply = self.told.lock().unwrap().remove(bearer);
        Box::pin(async move { reply.ok_or(FetchError::Broken) })
    }
}

impl Providers for OpenIdDouble {
    fn provider(&self, issuer: &str, now: Timestamp) -> Option<Arc<TrustedProvider>> {
        let provider = self.trusted();
        (issuer == OP && now < provider.expires).then(|| Arc::new(provider))
    }

    fn of_profile(&self, profile: Profile, now: Timestamp) -> Vec<Arc<TrustedProvider>> {
        let provider = self.provider(OP, now);
        provider
            .filter(|one| one.profile == profile)
            .into_iter()
            .collect()
    }

    fn standing(&self, issuer: &str, now: Timestamp) -> Standing {
        match self.provider(issuer, now) {
            Some(_) => Standing::Ready,
            None => Standing::Unreachable,
        }
    }
}
