//! A real Italian federation that is not ours (PyPI `spid-cie-oidc`): a trust anchor, a provider with the CIE profile and one
//! with the SPID profile, each a process with a port of its own, for people who are in the demo too.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use varco::demo::citizen::{Citizen, Page};
use varco::demo::people::{PEOPLE, TestPerson};

use super::demo::tool;

/// The kinds of entities at the anchor.
const PROVIDER: &str = "openid_provider";
pub const RELYING_PARTY: &str = "openid_relying_party";

/// One of the entities.
pub struct PeerEntity {
    /// Its entity id.
    pub id: String,
    /// Its federation keys, public.
    pub keys: Value,
    /// What it says of itself, by entity type.
    pub metadata: Value,
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    stdin: ChildStdin,
}

/// The federation; it ends when it is dropped.
pub struct PeerFederation {
    pub anchor: PeerEntity,
    pub cie: PeerEntity,
    pub spid: PeerEntity,
}

/// What the providers encrypt for relying parties with, whatever these say they want.
#[derive(Clone, Copy)]
pub struct Encryption {
    pub alg: &'static str,
    pub enc: &'static str,
}

/// What a validator of the anchor looks at.
#[derive(Debug, Clone, Copy)]
pub enum Validated<'a> {
    /// The entity configuration of an entity id, which it asks for.
    EntityConfiguration(&'a str),
    /// The metadata of a relying party, as JSON, by a profile.
    Metadata(&'a str, &'static str),
    /// An authorization request, as a signed object, by a profile.
    AuthorizationRequest(&'a str, &'static str),
}

impl PeerEntity {
    /// Starts the process; it waits to be told who is the anchor. `folder` holds the demo's CA and certificate.
    fn spawn(role: &str, folder: &Path) -> (Self, u16) {
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/peers/spid-cie-oidc/entity.py"
        );
        let mut child = Command::new(tool("spid-cie-oidc/bin/python"))
            .args([script, role])
            .arg(folder)
            .args(["server.pem", "server.key.pem", "ca.pem"].map(|file| folder.join(file)))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut entity = Self {
            id: String::new(),
            keys: Value::Null,
            metadata: Value::Null,
            stdin: child.stdin.take().unwrap(),
            lines: BufReader::new(child.stdout.take().unwrap()).lines(),
            child,
        };
        let port = entity.hear()["port"].as_u64().unwrap();
        (entity, u16::try_from(port).unwrap())
    }

    /// What the anchor makes of what a provider says of itself: as the production anchor does, which keeps the keys itself
    /// (rules on CIE, B0), with every operator of policies that takes effect on them.
    pub fn policy(&self) -> Value {
        let name = self.metadata[PROVIDER]["organization_name"].as_str();
        json!({
            "jwks": { "value": self.metadata[PROVIDER]["jwks"] },
            "organization_name": { "value": format!("{} (registro)", name.unwrap()) },
            "scopes_supported": { "superset_of": ["openid"], "subset_of": ["openid", "profile", "offline_access"] },
            "response_modes_supported": { "subset_of": ["query", "form_post", "fragment"] },
            "subject_types_supported": { "subset_of": ["pairwise"], "essential": true },
            "grant_types_supported": { "superset_of": ["authorization_code"] },
            "claims_supported": { "add": ["gender", "birthdate"] },
            "op_policy_uri": { "default": format!("{}/policy", self.id) },
        })
    }

    fn hear(&mut self) -> Value {
        let line = self.lines.next().expect("the peer goes on").unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn say(&mut self, order: &Value) {
        writeln!(self.stdin, "{order}").unwrap();
    }

    fn order(&mut self, order: &Value) -> Value {
        self.say(order);
        self.hear()
    }

    /// It serves no more.
    pub fn stop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// A provider's access tokens for a relying party: how many still open something, and how many were revoked.
    pub fn access_tokens(&mut self, client: &str) -> (u64, u64) {
        let counted = self.order(&json!({ "issued": client }));
        let count = |name: &str| counted[name].as_u64().unwrap();
        (count("live"), count("revoked"))
    }
}

impl Drop for PeerEntity {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl PeerFederation {
    /// Starts all three, with both providers enrolled at the anchor. `folder` holds the CA and the certificate of the demo
    /// that they are for.
    pub fn start(folder: &Path, encryption: Encryption) -> Self {
        let (mut anchor, port) = PeerEntity::spawn("anchor", folder);
        let (mut cie, cie_port) = PeerEntity::spawn("cie", folder);
        let (mut spid, spid_port) = PeerEntity::spawn("spid", folder);
        anchor.id = format!("https://127.0.0.1:{port}");
        cie.id = format!("https://127.0.0.1:{cie_port}/oidc/op");
        spid.id = format!("https://127.0.0.1:{spid_port}/oidc/op");
        let told = json!({
            "anchor": anchor.id,
            "jwe": [encryption.alg, encryption.enc],
            "people": PEOPLE.iter().map(as_known).collect::<Vec<_>>(),
        });
        let mut federation = Self { anchor, cie, spid };
        // Each makes its keys while the others do.
        federation.each(|entity| entity.say(&told));
        federation.each(|entity| {
            let mut told = entity.hear();
            (entity.keys, entity.metadata) = (told["jwks"].take(), told["metadata"].take());
        });
        let Self { anchor, cie, spid } = &mut federation;
        for provider in [cie, spid] {
            let mut order = enrolment(&provider.id, PROVIDER, &provider.keys);
            order["policy"] = json!({ PROVIDER: provider.policy() });
            let marks = anchor.order(&order);
            provider.order(&marks);
        }
        federation
    }

    fn each(&mut self, work: impl FnMut(&mut PeerEntity)) {
        [&mut self.anchor, &mut self.cie, &mut self.spid]
            .into_iter()
            .for_each(work);
    }

    /// Makes a relying party a member, with these federation keys and this policy of the anchor's for it. Gives the trust
    /// marks that it has to show.
    pub fn enrol(&mut self, entity_id: &str, keys: &Value, policy: Value) -> Value {
        let mut order = enrolment(entity_id, RELYING_PARTY, keys);
        order["policy"] = policy;
        self.anchor.order(&order)["trust_marks"].take()
    }

    /// How the Ministry's provider encrypts from now on.
    pub fn encrypt(&mut self, encryption: Encryption) {
        let order = json!({ "jwe": [encryption.alg, encryption.enc] });
        self.cie.order(&order);
    }

    /// What the anchor's page makes of metadata by a policy.
    pub async fn apply_policy(
        &self,
        citizen: &mut Citizen,
        metadata: &Value,
        policy: &Value,
    ) -> Value {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("md", &metadata.to_string())
            .append_pair("policy", &policy.to_string())
            .finish();
        let address = format!("{}/onboarding/tools/apply-policy?{query}", self.anchor.id);
        let page = citizen.open(&address).await.unwrap();
        let (_, result) = page.body.split_once("name=\"result\">").expect(&page.body);
        let (result, _) = result.split_once("</textarea>").unwrap();
        let marks = [
            ("&quot;", "\""),
            ("&#x27;", "'"),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&amp;", "&"),
        ];
        let text = marks
            .iter()
            .fold(result.to_owned(), |text, (mark, character)| {
                text.replace(mark, character)
            });
        serde_json::from_str(&text).expect(&text)
    }

    /// What a validator says: nothing when it finds all in order, and what it misses otherwise.
    pub async fn validate(&self, citizen: &mut Citizen, what: Validated<'_>) -> Result<(), String> {
        let (path, field, value) = match what {
            Validated::EntityConfiguration(id) => ("validate-ec".to_owned(), "url", id),
            Validated::Metadata(text, profile) => {
                let query = format!("metadata_type=rp_metadata&provider_profile={profile}");
                (format!("validate-md?{query}"), "md", text)
            }
            Validated::AuthorizationRequest(object, profile) => {
                let path = format!("validate-authn-request?provider_profile={profile}");
                (path, "md", object)
            }
        };
        let address = format!("{}/onboarding/tools/{path}", self.anchor.id);
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair(field, value)
            .finish();
        let url = address.parse().unwrap();
        let page = citizen.step(None, http::Method::POST, &url, Some(&form));
        verdict(&page.await.unwrap())
    }
}

/// Its pages say what they think and answer 200 whatever that is.
fn verdict(page: &Page) -> Result<(), String> {
    let refused = page.body.find("Validation Failed");
    let accepted = page.body.contains("Successfully");
    match refused {
        None if accepted => Ok(()),
        None => Err(format!("no verdict: {}", page.status)),
        Some(at) => {
            let text: String = page.body[at..].chars().take(2000).collect();
            Err(text.split('<').next().unwrap_or_default().to_owned())
        }
    }
}

fn enrolment(entity_id: &str, kind: &str, keys: &Value) -> Value {
    json!({ "enrol": entity_id, "type": kind, "jwks": keys })
}

/// A person with the names that the package's tables of attributes know.
fn as_known(person: &TestPerson) -> Value {
    let fiscal_number = person.fiscal_code.map(|code| format!("TINIT-{code}"));
    json!({
        "username": person.username,
        "password": person.password,
        "attributes": {
            "given_name": person.given_name,
            "family_name": person.family_name,
            "birthdate": person.birth_date,
            "date_of_birth": person.birth_date,
            "fiscal_number": fiscal_number,
            "https://attributes.eid.gov.it/fiscal_number": fiscal_number,
            "email": format!("{}@example.org", person.username),
        },
    })
}
