//! `varco serve` as a member of the real federation, and an application behind it: each a server of its own, over TLS.

use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;

use http::StatusCode;
use serde_json::{Map, Value, json};
use varco::crypto::encoding::{from_base64url, hex};
use varco::crypto::{SystemRandom, sha256};
use varco::demo::app::{Registration, SampleApp};
use varco::demo::ca::{ServerIdentity, server_identity};
use varco::demo::citizen::{Citizen, Link, Page};
use varco::demo::fetch::Fetch;
use varco::demo::folder::DataFolder;
use varco::demo::people::TestPerson;
use varco::downstream::oidc::ReleasedClaim;
use varco::identity::{Clock as _, SystemClock};
use varco::login::openid::Profile;
use varco::server::{Listener, ShutdownTrigger, Transport, tls};
use varco::store::MemoryStore;

use super::configured::{Configured, Ran, varco};
use super::federation_peer::{Encryption, PeerFederation};
use super::serving::Serving;

const MARKS: &str = "federation.marks";
const SECRET: &str = "the-application-s-secret";

/// What the reference providers do otherwise than the documents say, by the name of its setting; with the reason for which
/// their logins are refused without it.
pub const HABITS: [(&str, &str); 3] = [
    ("languages_as_list", "error-request"),
    ("any_access_token_audience", "access-token-audience"),
    ("bare_userinfo", "userinfo-issuer"),
];

/// More round trips than anything takes that is waited for here.
const ROUND_TRIPS: usize = 20_000;

/// The gateway in the federation.
pub struct FederatedGateway {
    pub federation: PeerFederation,
    pub configured: Configured,
    pub serving: Serving,
    /// Its address, which is its entity id.
    pub origin: String,
    /// The application's address.
    pub app: String,
    identity: ServerIdentity,
    _app: ShutdownTrigger,
}

impl FederatedGateway {
    /// As an operator does it: the gateway with its keys first, then the superior enrols it and gives it a trust mark, which
    /// it shows from then on. Returns when the gateway trusts both providers. `status` is how the issuer of their trust marks
    /// is asked.
    pub async fn start(encryption: Encryption, status: &str) -> Self {
        let configured = Configured::new();
        let folder = DataFolder::open(configured.folder()).unwrap();
        let identity = server_identity(&folder, SystemClock.now()).unwrap();
        let federation = PeerFederation::start(configured.folder(), encryption);
        let keys = configured.path("federation");
        let new = ["keys", "federation", "new", "--bits", "2048", "--out"];
        varco(&[&new[..], &[&keys]].concat()).expect(0);
        let pinned = json!({ "keys": federation.anchor.keys });
        configured.write("anchor.jwks", &pinned.to_string());
        configured.write(MARKS, "");

        let chain = vec![identity.certificate.clone()];
        let tls = tls::from_der(chain, identity.key.clone_key()).unwrap();
        let listener = Listener::bind(([127, 0, 0, 1], 0).into(), Transport::Tls(tls));
        let listener = listener.await.unwrap();
        let app = format!("https://{}", listener.address());

        let base = std::fs::read_to_string(configured.path("varco.toml")).unwrap();
        // Its address is its name, so it is chosen before: whoever takes it meanwhile makes us choose another.
        let started = (0..10).find_map(|_| {
            let free = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = free.local_addr().unwrap().to_string();
            drop(free);
            let text = configuration((&base, status), &address, &app, &federation);
            configured.write("varco.toml", &text);
            let serving = Serving::try_start(&configured)?;
            Some((format!("https://{address}"), serving))
        });
        let (origin, serving) = started.unwrap_or_else(|| {
            let log = std::fs::read_to_string(configured.path("log.jsonl"));
            panic!("it does not serve: {}", log.unwrap());
        });
        let registration = Registration {
            issuer: origin.clone(),
            client_id: "applicazione".to_owned(),
            client_secret: SECRET.to_owned(),
            events_secret: "unused".to_owned(),
            origin: app.clone(),
            ways: Vec::new(),
        };
        let clock = Arc::new(SystemClock);
        let application = SampleApp::new(
            registration,
            Fetch::new(&identity.authority).unwrap(),
            clock.clone(),
            Arc::new(SystemRandom),
            Arc::new(MemoryStore::new(clock)),
        );
        let (trigger, shutdown) = ShutdownTrigger::new();
        tokio::spawn(listener.serve(application.router(), shutdown));

        let mut gateway = Self {
            federation,
            configured,
            serving,
            origin,
            app,
            identity,
            _app: trigger,
        };
        gateway.become_a_member().await;
        for provider in [
            gateway.federation.cie.id.clone(),
            gateway.federation.spid.id.clone(),
        ] {
            gateway.wait_for_trust(&provider).await;
        }
        gateway
    }

    /// A browser that trusts all these servers.
    pub fn citizen(&self) -> Citizen {
        Citizen::new(&self.identity.authority).unwrap()
    }

    /// What it says of itself, as it is served.
    pub async fn published(&self) -> Map<String, Value> {
        let address = format!("{}/.well-known/openid-federation", self.origin);
        let page = self.citizen().open(&address).await.unwrap();
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        unverified(&page.body)
    }

    /// The anchor keeps what an entity configuration of ours says, as the production anchor does: the core keys by policy
    /// (rules on CIE, B0 and B2). Gives the trust marks.
    pub fn be_kept(&mut self, published: &Map<String, Value>) -> Value {
        let metadata = &published["metadata"]["openid_relying_party"];
        let policy = json!({ "openid_relying_party": {
            "jwks": { "value": metadata["jwks"] },
            "grant_types": { "subset_of": ["authorization_code", "refresh_token"] },
            "client_registration_types": { "subset_of": ["automatic"], "essential": true },
            "userinfo_encrypted_response_alg": { "one_of": ["RSA-OAEP", "RSA-OAEP-256"] },
        }});
        let keys = &published["jwks"]["keys"];
        self.federation.enrol(&self.origin, keys, policy)
    }

    /// What the next start would say of itself, with the keys' folder as it is now.
    pub fn to_be_published(&self) -> Map<String, Value> {
        let shown = self.run(&["metadata", "federation", "--decoded"]);
        serde_json::from_str(&shown.expect(0).out).unwrap()
    }

    /// Ends it and starts it again at the same address.
    pub fn restart(&mut self) {
        self.serving.process.kill().unwrap();
        self.serving.process.wait().unwrap();
        self.serving = Serving::start(&self.configured);
    }

    async fn become_a_member(&mut self) {
        let published = self.published().await;
        assert_eq!(published["trust_marks"], json!([]));
        let marks = self.be_kept(&published);
        let marks = marks.as_array().unwrap().iter();
        let lines: Vec<&str> = marks
            .map(|mark| mark["trust_mark"].as_str().unwrap())
            .collect();
        assert_eq!(lines.len(), 1);
        self.configured.write(MARKS, &lines.join("\n"));
        let told = Command::new("kill")
            .args(["-HUP", &self.serving.process.id().to_string()])
            .status();
        assert!(told.unwrap().success());
        let mut citizen = self.citizen();
        let address = format!("{}/.well-known/openid-federation", self.origin);
        for _ in 0..ROUND_TRIPS {
            let page = citizen.open(&address).await.unwrap();
            let shown = &unverified(&page.body)["trust_marks"];
            if shown[0]["trust_mark"] == lines[0] {
                return;
            }
        }
        panic!("the trust mark is not shown: {}", self.serving.log());
    }

    /// Waits until its resolve endpoint knows a provider, and gives what that says.
    pub async fn wait_for_trust(&self, provider: &str) -> Map<String, Value> {
        let anchor = &self.federation.anchor.id;
        let address = format!(
            "{}/resolve?sub={provider}&trust_anchor={anchor}",
            self.origin
        );
        let mut citizen = self.citizen();
        for _ in 0..ROUND_TRIPS {
            let page = citizen.open(&address).await.unwrap();
            if page.status == StatusCode::OK {
                let resolved = unverified(&page.body);
                assert_eq!(resolved["sub"], provider);
                assert_eq!(resolved["trust_chain"].as_array().unwrap().len(), 3);
                return resolved;
            }
        }
        panic!("{provider} is not trusted: {}", self.serving.log());
    }

    /// Asks the application for a service: ends on the application, or on the gateway's ways in.
    pub async fn ask(&self, citizen: &mut Citizen, resource: &str) -> Page {
        let address = format!("{}/login?resource={resource}", self.app);
        citizen.open(&address).await.unwrap()
    }

    /// The link on the ways in that leads to the provider of a profile.
    pub fn way_to(&self, profile: Profile, page: &Page) -> Link {
        let spid = &self.federation.spid.id;
        let leads = |link: &Link| match profile {
            Profile::Cie => link.target.path() == "/login/cie",
            Profile::Spid => {
                let mut query = link.target.query_pairs();
                query.any(|(name, value)| name == "idp" && value == spid.as_str())
            }
        };
        let way = page.links().into_iter().find(leads);
        way.unwrap_or_else(|| panic!("{profile:?} is not offered: {}", page.body))
    }

    /// Goes to a provider, logs in there and agrees: ends wherever the gateway leads.
    pub async fn log_in(
        &self,
        (citizen, page): (&mut Citizen, &Page),
        profile: Profile,
        person: &TestPerson,
    ) -> Page {
        let consent = self.identify((citizen, page), profile, person).await;
        let form = consent.form_with("agree").unwrap_or_else(|error| {
            panic!("{error}: {}", consent.body);
        });
        citizen.submit(&consent, &form).await.unwrap()
    }

    /// Goes to a provider and logs in there: ends where it asks whether to tell us.
    pub async fn identify(
        &self,
        (citizen, page): (&mut Citizen, &Page),
        profile: Profile,
        person: &TestPerson,
    ) -> Page {
        let way = self.way_to(profile, page);
        let login = citizen.follow(page, &way).await.unwrap();
        let form = login.form_with("password").unwrap_or_else(|error| {
            panic!("{error}: {}\n{}", login.body, self.serving.log());
        });
        // It read who we are in our entity configuration.
        assert!(login.body.contains("Istituto di prova"), "{}", login.body);
        let form = form
            .with("username", person.username)
            .with("password", person.password);
        citizen.submit(&login, &form).await.unwrap()
    }

    /// What the application was told, and checked, when it traded its code.
    pub async fn told(&self, citizen: &mut Citizen) -> Value {
        let address = format!("{}/session.json", self.app);
        let page = citizen.open(&address).await.unwrap();
        serde_json::from_str(&page.body).unwrap()
    }

    /// The reason of the refusal that the audit log has last.
    pub fn last_refusal(&self) -> String {
        let found = self.run(&["audit", "find", "--type", "login_refused"]);
        let last = found.expect(0).out.lines().last().expect("a refusal");
        let (_, code) = last.split_once("\"code\":\"").expect(last);
        code.split('"').next().unwrap().to_owned()
    }

    /// Runs a command with its configuration, on a thread where it may block.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        std::thread::scope(|scope| {
            let running = scope.spawn(|| self.configured.run(arguments));
            running.join().unwrap()
        })
    }
}

/// The claims of a token that somebody else verifies.
pub fn unverified(token: &str) -> Map<String, Value> {
    let payload = token.split('.').nth(1).unwrap_or_default();
    serde_json::from_slice(&from_base64url(payload).unwrap()).unwrap()
}

fn configuration(
    (base, status): (&str, &str),
    address: &str,
    app: &str,
    federation: &PeerFederation,
) -> String {
    let claims: Vec<String> = ReleasedClaim::ALL
        .into_iter()
        .map(|claim| format!("\"{}\"", claim.name()))
        .collect();
    let plain = "public_url = \"http://127.0.0.1:18080\"\nlisten = \"127.0.0.1:0\"\ndanger_allow_http = true\n";
    assert!(base.contains(plain));
    let over_tls = format!(
        "public_url = \"https://{address}\"\nlisten = \"{address}\"\ncertificate = \"server.pem\"\nkey = \"server.key.pem\"\n"
    );
    let text = base.replacen(plain, &over_tls, 1).replacen(
        "[spid]\n",
        "[spid]\nminimum_level = \"low\"\n",
        1,
    );
    let habits: String = HABITS
        .iter()
        .map(|(habit, _)| format!("{habit} = true\n"))
        .collect();
    format!(
        r#"{text}
[[openid.client]]
id = "applicazione"
name = {{ it = "Applicazione di prova", en = "Test application" }}
redirect_uris = ["{app}/callback"]
post_logout_redirect_uris = ["{app}/goodbye"]
authentication = {{ method = "client_secret_basic", secret_sha256 = "{secret}" }}
services = ["fascicolo-previdenziale", "naspi", "domanda-di-pensione"]
minimum_level = "low"
claims = [{claims}]

# Longer than their access tokens live: these are kept until the session ends.
[session]
idle_minutes = 60

[federation]
keys = "federation"
authority_hints = ["{anchor}"]
contacts = ["pec@istituto.example"]
policy = "https://istituto.example/privacy"
logo = "https://istituto.example/logo.svg"
trust_marks = "{MARKS}"
trust_mark_status = "{status}"
ca = "ca.pem"
networks = ["127.0.0.0/8"]

[[federation.trust_anchor]]
entity_id = "{anchor}"
keys = "anchor.jwks"

[cie.openid]
provider = "{cie}"
{habits}

[spid.openid]
providers = ["{spid}"]
{habits}
"#,
        secret = hex(&sha256(SECRET.as_bytes())),
        claims = claims.join(", "),
        anchor = federation.anchor.id,
        cie = federation.cie.id,
        spid = federation.spid.id,
    )
}
