//! An application that logs people in through the gateway, as strict as a good library.

use std::collections::BTreeMap;

use axum::body::Body;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Map, Value, json};
use url::Url;
use varco::crypto::encoding::{base64, base64url, hex};
use varco::crypto::{Random, SigningKey, SystemRandom, sha256};
use varco::downstream::oidc::ClientSettings;
use varco::protocol::jose::{JwkSet, JwsAlgorithm, JwtProfile, JwtSigner, KidRule, UnverifiedJwt};

use super::browser::{Answer, Browser};
use super::gateway::{ISSUER, Shared, TestGateway};

/// The claims of ours in tokens.
pub const METHOD: &str = "https://login.example/claims/method";

/// One application.
#[derive(Clone)]
pub struct TestRelyingParty {
    pub id: String,
    pub redirect_uri: String,
    pub post_logout_redirect_uri: String,
    pub credential: Credential,
    pub algorithm: JwsAlgorithm,
}

/// How it proves itself.
#[derive(Clone)]
pub enum Credential {
    Secret(String),
    Key(&'static SigningKey),
}

/// A login under way: the request that was sent, and the secrets to check the answer by.
#[derive(Clone)]
pub struct Question {
    parameters: Vec<(String, String)>,
    pub verifier: String,
    pub state: String,
    pub nonce: String,
}

/// What came back to the redirect address.
pub struct Callback(pub BTreeMap<String, String>);

/// What a code was worth.
#[derive(Debug, Clone)]
pub struct Tokens {
    pub access_token: String,
    pub id_token: String,
    pub claims: Map<String, Value>,
    pub scope: String,
}

fn token() -> String {
    let random: &dyn Random = &SystemRandom;
    random.token()
}

impl TestRelyingParty {
    /// An application with a shared secret and ES256 tokens.
    pub fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            redirect_uri: format!("https://{id}.example/callback"),
            post_logout_redirect_uri: format!("https://{id}.example/goodbye"),
            credential: Credential::Secret(format!("secret of {id}: 50% + more")),
            algorithm: JwsAlgorithm::Es256,
        }
    }

    /// Its registration; `more` is TOML that adds to it.
    pub fn registration(&self, more: &str) -> ClientSettings {
        let authentication = match &self.credential {
            Credential::Secret(secret) => format!(
                r#"{{ method = "client_secret_basic", secret_sha256 = "{}" }}"#,
                hex(&sha256(secret.as_bytes()))
            ),
            Credential::Key(key) => {
                let jwk = JwtSigner::new(std::sync::Arc::new(Shared(*key)), JwsAlgorithm::Es256)
                    .unwrap()
                    .jwk()
                    .to_json();
                let members: Vec<String> = jwk
                    .as_object()
                    .unwrap()
                    .iter()
                    .map(|(name, value)| format!("{name} = {value}"))
                    .collect();
                format!(
                    r#"{{ method = "private_key_jwt", jwks = {{ keys = [{{ {} }}] }} }}"#,
                    members.join(", ")
                )
            }
        };
        let text = format!(
            r#"
            id = "{}"
            name = {{ it = "Applicazione {}", en = "Application {}" }}
            redirect_uris = ["{}"]
            post_logout_redirect_uris = ["{}"]
            id_token_signed_response_alg = "{}"
            authentication = {authentication}
            {more}
            "#,
            self.id,
            self.id,
            self.id,
            self.redirect_uri,
            self.post_logout_redirect_uri,
            self.algorithm.name(),
        );
        toml::from_str(&text).unwrap()
    }

    /// A fresh request: PKCE, state and nonce of its own.
    pub fn question(&self) -> Question {
        let (verifier, state, nonce) = (token(), token(), token());
        let challenge = base64url(&sha256(verifier.as_bytes()));
        let parameters = [
            ("client_id", self.id.as_str()),
            ("redirect_uri", &self.redirect_uri),
            ("response_type", "code"),
            ("scope", "openid"),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        Question {
            parameters: parameters
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
            verifier,
            state,
            nonce,
        }
    }

    /// Reads what came back, if it came to the right address with the right state and issuer (RFC 9207).
    pub fn receive(&self, question: &Question, answer: &Answer) -> Callback {
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let location = answer.location();
        let mut bare = location.clone();
        bare.set_query(None);
        assert_eq!(bare.as_str(), self.redirect_uri);
        let parameters: BTreeMap<String, String> = location.query_pairs().into_owned().collect();
        assert_eq!(parameters["state"], question.state);
        assert_eq!(parameters["iss"], ISSUER);
        Callback(parameters)
    }

    /// Asks for a person who is logged in, and gets a code without a page.
    pub async fn code(&self, browser: &mut Browser, question: &Question) -> String {
        let answer = browser.open_from_elsewhere(&question.url()).await;
        self.receive(question, &answer).code()
    }

    /// The form that trades a code for tokens.
    pub fn exchange(&self, question: &Question, code: &str) -> Vec<(String, String)> {
        [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &question.verifier),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// Sends a form to `/token` as this client.
    pub async fn send(
        &self,
        gateway: &TestGateway,
        mut form: Vec<(String, String)>,
    ) -> (StatusCode, HeaderMap, Value) {
        let mut request = Request::post("/token").header(CONTENT_TYPE, FORM);
        match &self.credential {
            Credential::Secret(secret) => {
                request = request.header(AUTHORIZATION, basic(&self.id, secret));
            }
            Credential::Key(key) => {
                form.push(("client_assertion_type".into(), ASSERTION_TYPE.into()));
                form.push((
                    "client_assertion".into(),
                    self.assertion(key, &self.assertion_claims(gateway)),
                ));
            }
        }
        let (status, headers, text) = gateway.ask(request.body(encode(&form)).unwrap()).await;
        (status, headers, serde_json::from_str(&text).expect(&text))
    }

    /// The claims of a legal assertion (RFC 7523, 3).
    pub fn assertion_claims(&self, gateway: &TestGateway) -> Map<String, Value> {
        let now = gateway.now().timestamp();
        let claims = json!({
            "iss": self.id, "sub": self.id, "aud": ISSUER, "jti": token(), "iat": now, "exp": now + 60,
        });
        claims.as_object().unwrap().clone()
    }

    pub fn assertion(&self, key: &'static SigningKey, claims: &Map<String, Value>) -> String {
        JwtSigner::new(std::sync::Arc::new(Shared(key)), JwsAlgorithm::Es256)
            .unwrap()
            .sign("JWT", claims)
            .unwrap()
    }

    /// Trades a code for tokens and checks the ID token as OpenID Connect Core, 3.1.3.7, asks.
    pub async fn tokens(&self, gateway: &TestGateway, question: &Question, code: &str) -> Tokens {
        let (status, headers, body) = self.send(gateway, self.exchange(question, code)).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["pragma"], "no-cache");
        assert_eq!(body["token_type"], "Bearer");
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        let (access_token, id_token) = (text("access_token"), text("id_token"));
        let claims = self.verify(gateway, &id_token).await;
        let now = gateway.now().timestamp();
        assert_eq!(claims["iss"], ISSUER);
        assert_eq!(claims["aud"], self.id.as_str());
        assert_eq!(claims["nonce"], question.nonce.as_str());
        assert!(claims["exp"].as_i64().unwrap() > now);
        assert_eq!(claims["iat"], now);
        let half = &sha256(access_token.as_bytes())[..16];
        assert_eq!(claims["at_hash"], base64url(half));
        Tokens {
            access_token,
            id_token,
            claims,
            scope: text("scope"),
        }
    }

    /// The claims of a token that verifies with the keys published at `/jwks`, under the algorithm registered.
    pub async fn verify(&self, gateway: &TestGateway, id_token: &str) -> Map<String, Value> {
        let request = Request::get("/jwks").body(Body::empty()).unwrap();
        let (_, _, jwks) = gateway.ask(request).await;
        let keys = JwkSet::parse(jwks.as_bytes()).unwrap();
        let profile = JwtProfile {
            algorithms: match self.algorithm {
                JwsAlgorithm::Rs256 => &[JwsAlgorithm::Rs256],
                _ => &[JwsAlgorithm::Es256],
            },
            types: &["jwt"],
            may_be_untyped: true,
            kid: KidRule::Optional,
            max_bytes: 8192,
        };
        let token = UnverifiedJwt::parse(id_token, profile.max_bytes).unwrap();
        let verified = token.verify(&profile, keys.keys()).unwrap();
        verified.claims().clone()
    }

    /// The whole way of a person who is logged in.
    pub async fn log_in(&self, gateway: &TestGateway, browser: &mut Browser) -> Tokens {
        let question = self.question();
        let code = self.code(browser, &question).await;
        self.tokens(gateway, &question, &code).await
    }
}

impl Question {
    /// Sets a parameter, in place of any there was.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Leaves a parameter out.
    pub fn without(mut self, name: &str) -> Self {
        self.parameters.retain(|(there, _)| there != name);
        self
    }

    pub fn url(&self) -> Url {
        let mut url = Url::parse(ISSUER).unwrap().join("/authorize").unwrap();
        url.query_pairs_mut().extend_pairs(&self.parameters);
        url
    }

    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }
}

impl Callback {
    pub fn code(&self) -> String {
        assert_eq!(self.0.get("error"), None);
        self.0["code"].clone()
    }

    pub fn error(&self) -> &str {
        assert_eq!(self.0.get("code"), None);
        &self.0["error"]
    }
}

pub const FORM: &str = "application/x-www-form-urlencoded";
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A Basic header (RFC 6749, 2.3.1).
pub fn basic(id: &str, secret: &str) -> String {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encode(id), encode(secret));
    format!("Basic {}", base64(pair.as_bytes()))
}

pub fn encode(form: &[(String, String)]) -> Body {
    Body::from(
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish(),
    )
}

/// What `/userinfo` tells the holder of a token.
pub async fn user_info(
    gateway: &TestGateway,
    access_token: &str,
) -> (StatusCode, HeaderMap, Value) {
    let request = Request::get("/userinfo")
        .header(AUTHORIZATION, format!("Bearer {access_token}"))
        .body(Body::empty())
        .unwrap();
    let (status, headers, text) = gateway.ask(request).await;
    (status, headers, serde_json::from_str(&text).expect(&text))
}
