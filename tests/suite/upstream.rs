//! An ordinary OpenID Connect provider: npm `oidc-provider`, which is certified, logs people in at the gateway.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};
use url::Url;
use varco::audit::AuditEvent;
use varco::config::Config;
use varco::crypto::SystemRandom;
use varco::fetch::{Authorities, Fetch, Rules};
use varco::identity::{AssuranceLevel, AuthenticationMethod, Clock as _, Methods, SystemClock};
use varco::login::openid::{Upstream, UpstreamPorts, UpstreamSettings};
use varco::policy::Catalogue;

use crate::support::browser::{Answer, Browser};
use crate::support::gateway::{ISSUER, MakeOpenId, OpenIdWays, TestGateway, session_of};
use crate::support::relying_party::TestRelyingParty;

const SECRET: &str = "a secret of the tests, long enough for HS256";

const CATALOGUE: &str = r#"
    [[method]]
    method = "openid"
    for = ["citizen"]

    [[service]]
    id = "domanda"
    name = { it = "Domanda", en = "Application" }
    for = ["citizen"]
    consult.level = "low"
    request.level = "substantial"
"#;

/// The peer; it ends when its standard input does.
struct Peer {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    issuer: String,
}

impl Peer {
    fn start(fiscal_code: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/oidc-provider");
        assert!(
            folder.join("node_modules/oidc-provider").is_dir(),
            "oidc-provider is not installed: run `make setup`"
        );
        let told = json!({
            "clientId": "varco", "clientSecret": SECRET, "fiscalCode": fiscal_code,
            "givenName": "Anna", "familyName": "Provetti",
            "redirectUri": format!("{ISSUER}/login/openid/prova/callback"),
        });
        let mut process = Command::new("node")
            .arg(folder.join("serve.mjs"))
            .arg(told.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut peer = Self {
            input: process.stdin.take(),
            output: BufReader::new(process.stdout.take().unwrap()),
            issuer: String::new(),
            process,
        };
        peer.issuer = peer.hear()["issuer"].as_str().unwrap().to_owned();
        peer
    }

    fn hear(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("the peer says: {line}"))
    }

    /// Logs somebody in for a request at a class, or refuses; gives where the browser is sent back to.
    fn answer(&mut self, request: &Url, acr: &str, deny: bool) -> Url {
        let asked = json!({ "authorize": request.as_str(), "acr": acr, "deny": deny });
        writeln!(self.input.as_mut().unwrap(), "{asked}").unwrap();
        Url::parse(self.hear()["callback"].as_str().unwrap()).unwrap()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.process.wait();
    }
}

struct Scene {
    gateway: TestGateway,
    upstream: Arc<Upstream>,
    browser: Browser,
    peer: Peer,
}

impl Scene {
    async fn new(fiscal_code: &str, apps: &[TestRelyingParty]) -> Self {
        let scene = Self::undiscovered(fiscal_code, apps);
        scene.upstream.refresh(scene.gateway.now()).await.unwrap();
        scene
    }

    fn undiscovered(fiscal_code: &str, apps: &[TestRelyingParty]) -> Self {
        let peer = Peer::start(fiscal_code);
        let issuer = Url::parse(&peer.issuer).unwrap();
        let settings = UpstreamSettings {
            id: "prova".to_owned(),
            name: ("Ente amico".to_owned(), "Friendly body".to_owned()),
            issuer: peer.issuer.clone(),
            client_id: "varco".to_owned(),
            client_secret: SECRET.to_owned().into(),
            origin: ISSUER.to_owned(),
            scopes: vec!["profile".to_owned(), "fiscal".to_owned()],
            fiscal_code: "fiscal_number".to_owned(),
            levels: vec![
                ("urn:prova:1".to_owned(), AssuranceLevel::Low),
                ("urn:prova:2".to_owned(), AssuranceLevel::Substantial),
            ],
            level: AssuranceLevel::Low,
        };
        let rules = Rules {
            danger_allow_http_on_loopback: true,
            ..Rules::for_origin_of(&issuer, Authorities::System)
        };
        let fetch = Arc::new(Fetch::new(rules).unwrap());
        let catalogue = Catalogue::parse(CATALOGUE).unwrap();
        let catalogue = catalogue.offering(Methods::from_iter([AuthenticationMethod::OpenId]));
        let clients = apps
            .iter()
            .map(|app| app.registration("minimum_level = \"low\"\nservices = [\"domanda\"]"));
        let (sender, made) = std::sync::mpsc::channel();
        let make: MakeOpenId = Box::new(move |store, register| {
            let ports = UpstreamPorts {
                store: Arc::clone(store),
                random: Arc::new(SystemRandom),
                register,
                fetch,
            };
            let upstream = Arc::new(Upstream::new(settings, ports));
            sender.send(Arc::clone(&upstream)).unwrap();
            OpenIdWays {
                upstreams: vec![upstream],
                ..OpenIdWays::default()
            }
        });
        let gateway = TestGateway::with_openid(clients.collect(), catalogue, None, make);
        // The peer has no clock but the machine's.
        gateway.clock.set(SystemClock.now());
        Self {
            browser: gateway.browser(),
            gateway,
            upstream: made.recv().unwrap(),
            peer,
        }
    }

    async fn log_in(&mut self, query: &str, acr: &str) -> Answer {
        let sent = self
            .browser
            .open(&format!("/login/openid/prova{query}"))
            .await;
        assert_eq!(sent.status, StatusCode::FOUND, "{}", sent.body);
        let back = self.peer.answer(&sent.location(), acr, false);
        self.browser.open_from_elsewhere(&back).await
    }

    fn refusals(&self) -> Vec<String> {
        let events = self.gateway.events().into_iter();
        let refused = events.filter_map(|event| match event {
            AuditEvent::LoginRefused { code, .. } => Some(code),
            _ => None,
        });
        refused.collect()
    }
}

const ANNA: &str = "RSSMRA80A01H501U";

#[tokio::test]
async fn oidc_provider_logs_a_person_in_at_the_level_of_its_class() {
    let app = TestRelyingParty::new("portale");
    let mut scene = Scene::new(ANNA, std::slice::from_ref(&app)).await;
    let ways = scene.browser.open("/login?level=2").await;
    assert!(
        ways.body.contains("Log in with Friendly body"),
        "{}",
        ways.body
    );

    let question = app
        .question()
        .with("idp_hint", "prova")
        .with("resource", "domanda")
        .with("acr_values", "https://www.spid.gov.it/SpidL2");
    let sent = scene.browser.open_from_elsewhere(&question.url()).await;
    let request = sent.location();
    let asked = |name: &str| {
        let mut pairs = request.query_pairs();
        pairs
            .find(|(there, _)| there == name)
            .map(|(_, value)| value.into_owned())
    };
    assert_eq!(asked("acr_values").as_deref(), Some("urn:prova:2"));
    assert_eq!(asked("code_challenge_method").as_deref(), Some("S256"));
    let back = scene.peer.answer(&request, "urn:prova:2", false);
    let answer = scene.browser.open_from_elsewhere(&back).await;
    let code = app.receive(&question, &answer).code();
    let tokens = app.tokens(&scene.gateway, &question, &code).await;
    assert_eq!(tokens.claims["acr"], "https://www.spid.gov.it/SpidL2");
    assert_eq!(tokens.claims[&format!("{ISSUER}/claims/method")], "openid");
    assert_eq!(
        tokens.claims[&format!("{ISSUER}/claims/provider")],
        scene.peer.issuer.as_str()
    );
    // What was exchanged is evidence, without what still opens something.
    let [entry] = scene.gateway.register().try_into().unwrap();
    let came = String::from_utf8(entry.response_raw.expose().clone()).unwrap();
    assert!(
        came.contains("id_token") && came.contains("sha-256:"),
        "{came}"
    );
    let again = scene.browser.open_from_elsewhere(&back).await;
    assert_eq!(again.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_class_that_is_lower_than_asked_and_a_refusal_log_nobody_in() {
    let mut scene = Scene::new(ANNA, &[]).await;
    let refused = scene.log_in("?level=2", "urn:prova:1").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let sent = scene.browser.open("/login/openid/prova").await;
    let back = scene.peer.answer(&sent.location(), "urn:prova:2", true);
    let refused = scene.browser.open_from_elsewhere(&back).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("Login cancelled"), "{}", refused.body);
    assert_eq!(
        scene.refusals(),
        ["upstream-acr-lower", "error-access-denied"]
    );
    assert!(session_of(&scene.browser).is_none());
}

#[tokio::test]
async fn a_person_without_a_fiscal_code_that_is_one_is_not_logged_in() {
    let mut scene = Scene::new("RSSMRA80A01H501A", &[]).await;
    let refused = scene.log_in("", "urn:prova:2").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(scene.refusals(), ["fiscal-number-malformed"]);
}

#[tokio::test]
async fn nobody_waits_for_a_provider_of_which_nothing_is_known_yet() {
    let mut scene = Scene::undiscovered(ANNA, &[]);
    let refused = scene.browser.open("/login/openid/prova").await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.body.contains("Friendly body"), "{}", refused.body);
    scene.upstream.refresh(scene.gateway.now()).await.unwrap();
    let back = scene.log_in("", "urn:prova:2").await;
    assert_eq!(back.url.path(), "/", "{}", back.body);
    let unknown = scene.browser.open("/login/openid/altro").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

const EXAMPLE: &str = include_str!("../../docs/varco.example.toml");
const SECTION: &str = r#"
[[upstream]]
id = "regione"
name = { it = "Regione", en = "Region" }
issuer = "https://login.regione.example"
client_id = "istituto"
client_secret_file = "regione.secret"
fiscal_code = "fiscal_number"
"#;

fn faults(text: &str) -> String {
    let text = format!("{EXAMPLE}\n{text}");
    match Config::parse(&text, Path::new("varco.toml"), Path::new("")) {
        Ok(_) => String::new(),
        Err(errors) => errors.to_string(),
    }
}

#[test]
fn an_ordinary_provider_is_configured_by_its_issuer_its_secret_and_what_its_classes_are_worth() {
    assert_eq!(faults(SECTION), "");
    let more = r#"
        scopes = ["profile"]
        level = "substantial"
        levels = { "urn:x:3" = "high" }
        hosts = ["https://keys.regione.example"]
        networks = ["10.0.0.0/8"]
    "#;
    let text = format!("{EXAMPLE}\n{SECTION}{more}");
    let config = Config::parse(&text, Path::new("varco.toml"), Path::new("")).unwrap();
    let ways = config.ways_in();
    assert!(ways.contains(AuthenticationMethod::OpenId));
    assert_eq!(config.upstreams[0].level, AssuranceLevel::Substantial);
    assert_eq!(config.upstreams[0].levels["urn:x:3"], AssuranceLevel::High);
    for (text, fault) in [
        (SECTION.replace("\"regione\"", "\"La Regione\""), "`id`"),
        (SECTION.replace("https://login", "http://login"), "`issuer`"),
        (
            SECTION.replace(".example\"\nclient", ".example?x=y\"\nclient"),
            "`issuer`",
        ),
        (format!("{SECTION}hosts = [\"ftp://x\"]"), "`hosts`"),
        (format!("{SECTION}networks = [\"inside\"]"), "`networks`"),
        (format!("{SECTION}level = \"3\""), "unknown variant"),
        // The name of no level that a login can have.
        (format!("{SECTION}level = \"below-low\""), "unknown variant"),
        (
            format!("{SECTION}levels = {{ \"urn:x:3\" = \"below-low\" }}"),
            "unknown variant",
        ),
        (format!("{SECTION}client_secret = \"x\""), "client_secret"),
        (format!("{SECTION}{SECTION}"), "twice"),
    ] {
        assert!(faults(&text).contains(fault), "{text}: {}", faults(&text));
    }
}
