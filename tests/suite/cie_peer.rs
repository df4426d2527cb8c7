//! Varco in a federation that is not ours: the trust anchor, the CIE provider and the SPID provider of `spid-cie-oidc`.

use std::collections::BTreeSet;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;
use varco::crypto::encoding::base64url;
use varco::demo::ca::server_identity;
use varco::demo::citizen::Citizen;
use varco::demo::folder::DataFolder;
use varco::demo::people::{PEOPLE, TestPerson};
use varco::identity::{Clock as _, SystemClock};
use varco::login::openid::Profile;

use crate::support::demo::report;
use crate::support::federated_gateway::{FederatedGateway, unverified};
use crate::support::federation_peer::{Encryption, PeerFederation, RELYING_PARTY, Validated};

const USUAL: Encryption = Encryption {
    alg: "RSA-OAEP-256",
    enc: "A256CBC-HS512",
};

#[tokio::test(flavor = "multi_thread")]
async fn the_real_federation_comes_up_and_its_validators_say_yes_and_no() {
    let folder = TempDir::new().unwrap();
    let data = DataFolder::open(folder.path()).unwrap();
    let identity = server_identity(&data, SystemClock.now()).unwrap();
    let mut federation = PeerFederation::start(folder.path(), USUAL);
    let mut citizen = Citizen::new(&identity.authority).unwrap();
    let anchor = federation.anchor.id.clone();

    let relying_party = "https://rp.example";
    let keys = federation.anchor.keys.clone();
    let marks = federation.enrol(relying_party, &keys, json!({}));
    assert_eq!(marks.as_array().unwrap().len(), 1);
    let providers = [&*federation.cie.id, &*federation.spid.id];
    for (kind, members) in [
        ("openid_provider", &providers[..]),
        (RELYING_PARTY, &[relying_party]),
    ] {
        let list = format!("{anchor}/list?entity_type={kind}");
        let list = citizen.open(&list).await.unwrap().body;
        // In whatever order: the anchor's depends on the ports.
        let list: BTreeSet<String> = serde_json::from_str(&list).unwrap();
        assert_eq!(list, members.iter().map(ToString::to_string).collect());
        for member in members {
            let statement = format!("{anchor}/fetch?sub={member}");
            let statement = citizen.open(&statement).await.unwrap();
            let kind = statement.headers.get("content-type").unwrap();
            assert_eq!(kind, "application/entity-statement+jwt");
        }
    }

    let nobody = format!("{anchor}/nobody");
    for (judged, is_good) in [
        (Validated::EntityConfiguration(&federation.cie.id), true),
        (Validated::EntityConfiguration(&nobody), false),
        (
            Validated::Metadata(r#"{"client_id": "nobody"}"#, "cie"),
            false,
        ),
        (Validated::AuthorizationRequest("e30.e30.AA", "cie"), false),
    ] {
        let verdict = federation.validate(&mut citizen, judged).await;
        assert_eq!(verdict.is_ok(), is_good, "{judged:?}: {verdict:?}");
        if let Err(why) = verdict {
            assert!(why.starts_with("Validation Failed"), "{why}");
        }
    }
}

/// What the application offers, with the level that each needs.
const SERVICES: [(&str, u8); 3] = [
    ("fascicolo-previdenziale/consult", 1),
    ("naspi/request", 2),
    ("domanda-di-pensione/request", 3),
];

const PROFILES: [(Profile, &str); 2] = [(Profile::Cie, "cie"), (Profile::Spid, "spid")];

/// The application was told of this person, at this level, by this method.
#[track_caller]
fn check(told: &Value, person: &TestPerson, (level, method): (u8, &str), issuer: &str) {
    let claims = &told["claims"];
    let class = format!("https://www.spid.gov.it/SpidL{level}");
    assert_eq!(claims["acr"], json!(class), "{told}");
    assert_eq!(claims["fiscal_number"], json!(person.fiscal_code), "{told}");
    assert_eq!(claims["given_name"], json!(person.given_name));
    assert_eq!(claims["family_name"], json!(person.family_name));
    assert_eq!(claims[format!("{issuer}/claims/method")], json!(method));
}

#[tokio::test(flavor = "multi_thread")]
async fn people_log_in_at_the_real_providers_from_application_to_token() {
    let mut gateway = FederatedGateway::start(USUAL, "by-name").await;
    let (origin, app) = (gateway.origin.clone(), gateway.app.clone());
    for ((profile, name), person) in PROFILES.into_iter().zip(&PEOPLE) {
        // From one level to the next: each service asks for more than the session has.
        let mut citizen = gateway.citizen();
        for (resource, level) in SERVICES {
            let ways = gateway.ask(&mut citizen, resource).await;
            assert_eq!(ways.url.path(), "/login", "{}", ways.body);
            let back = (&mut citizen, &ways);
            let back = gateway.log_in(back, profile, person).await;
            assert_eq!(back.url.as_str(), format!("{app}/"), "{}", back.body);
            let told = gateway.told(&mut citizen).await;
            check(&told, person, (level, name), &origin);
            assert!(told["opened"].get(resource).is_some(), "{told}");
            let line = format!("{name:<5} level {level}: from the application to its token");
            report("spid-cie-oidc", &line);
        }
        // The session opens what needs less without another login.
        let back = gateway.ask(&mut citizen, SERVICES[0].0).await;
        assert_eq!(back.url.as_str(), format!("{app}/"), "{}", back.body);

        // Who logs out is logged out there too: no token of theirs opens anything any more (B11).
        let provider = match profile {
            Profile::Cie => &mut gateway.federation.cie,
            Profile::Spid => &mut gateway.federation.spid,
        };
        assert_eq!(provider.access_tokens(&origin), (3, 0), "{name}");
        let goodbye = citizen.open(&format!("{app}/logout")).await.unwrap();
        assert_eq!(goodbye.url.as_str(), format!("{app}/goodbye"));
        assert_eq!(provider.access_tokens(&origin), (0, 3), "{name}");
        report(
            "spid-cie-oidc",
            &format!("{name:<5} logout: 3 access tokens revoked there"),
        );

        // Who does not agree there gets a page here, and nobody is logged in.
        let ways = gateway.ask(&mut citizen, SERVICES[1].0).await;
        let consent = (&mut citizen, &ways);
        let consent = gateway.identify(consent, profile, person).await;
        let form = consent.form_with("agree").unwrap().with("agree", "");
        let refused = citizen.submit(&consent, &form).await.unwrap();
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
        assert!(refused.url.as_str().starts_with(&origin), "{}", refused.url);
        assert_eq!(gateway.told(&mut citizen).await["claims"], json!({}));
    }

    // Whatever our metadata ask for, everything of the profile is opened (B6).
    let person = &PEOPLE[0];
    for alg in ["RSA-OAEP", "RSA-OAEP-256"] {
        for enc in ["A128CBC-HS256", "A256CBC-HS512"] {
            gateway.federation.encrypt(Encryption { alg, enc });
            let mut citizen = gateway.citizen();
            let ways = gateway.ask(&mut citizen, SERVICES[1].0).await;
            let to_cie = (&mut citizen, &ways);
            gateway.log_in(to_cie, Profile::Cie, person).await;
            let told = gateway.told(&mut citizen).await;
            check(&told, person, (2, "cie"), &origin);
            let line = format!("cie   userinfo by {alg} and {enc}: read");
            report("spid-cie-oidc", &line);
        }
    }

    // What the anchor keeps of our keys is what we use.
    gateway.run(&["keys", "federation", "status"]).expect(0);
    // Everything that passed is in the register, whole.
    gateway.run(&["audit", "verify"]).expect(0);
}

/// The fields that a validator of the package's has something against, and what it has: two lines for each.
fn faults(verdict: Result<(), String>) -> Vec<(String, String)> {
    let Err(text) = verdict else {
        return Vec::new();
    };
    let lines: Vec<&str> = text.lines().skip(1).collect();
    let pairs = lines.chunks(2);
    pairs
        .filter(|pair| pair.len() == 2)
        .map(|pair| (pair[0].trim().to_owned(), pair[1].trim().to_owned()))
        .collect()
}

/// An object with other claims. Nobody verifies it: the validators look at claims alone.
fn as_object(claims: &Value) -> String {
    let claims = base64url(claims.to_string().as_bytes());
    format!("e30.{claims}.AA")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_validators_accept_what_the_running_gateway_publishes_and_sends() {
    let gateway = FederatedGateway::start(USUAL, "by-mark").await;
    let origin = gateway.origin.clone();
    let mut judge = gateway.citizen();
    let federation = &gateway.federation;
    let configuration = Validated::EntityConfiguration(&origin);
    let verdict = federation.validate(&mut judge, configuration).await;
    assert_eq!(verdict, Ok(()));
    let published = gateway.published().await;
    let metadata = &published["metadata"]["openid_relying_party"];
    for (_, name) in PROFILES {
        let text = metadata.to_string();
        let verdict = federation.validate(&mut judge, Validated::Metadata(&text, name));
        assert_eq!(verdict.await, Ok(()), "{name}");
        let mut nameless = metadata.clone();
        nameless.as_object_mut().unwrap().remove("client_name");
        let text = nameless.to_string();
        let verdict = federation.validate(&mut judge, Validated::Metadata(&text, name));
        assert_eq!(faults(verdict.await)[0].0, "client_name");
    }

    for (profile, name) in PROFILES {
        let mut citizen = gateway.citizen();
        let ways = gateway.ask(&mut citizen, SERVICES[1].0).await;
        let way = gateway.way_to(profile, &ways).target;
        let sent = citizen.step(Some(&ways.url), Method::GET, &way, None).await;
        let sent = sent.unwrap().redirect().unwrap();
        let object = parameter(&sent, "request");

        // The provider's own check takes it: its login page is what it answers a request with that passed, and an error of
        // ours what it answers any other.
        let page = citizen.open(sent.as_str()).await.unwrap();
        assert!(page.form_with("password").is_ok(), "{}", page.url);

        // The anchor's page has the same schema. It lacks the step before it that the provider has, which takes `scope` and
        // `acr_values` apart into words (`views/authz_request_view.py`, `string_to_list`): RFC 6749, 3.3, OpenID Connect Core,
        // 3.1.2.1, the Italian profile and the package's own relying party (`views/rp_begin.py`) all send texts. These two, and
        // nothing else, it has something against.
        let judged = Validated::AuthorizationRequest(&object, name);
        let verdict = faults(federation.validate(&mut judge, judged).await);
        let no_list = "value is not a valid list (type=type_error.list)";
        let texts = ["scope", "acr_values"].map(|field| (field.to_owned(), no_list.to_owned()));
        assert_eq!(verdict, texts, "{name}");
        let mut claims = Value::Object(unverified(&object));
        for field in ["scope", "acr_values"] {
            let words: Vec<&str> = claims[field].as_str().unwrap().split(' ').collect();
            claims[field] = json!(words);
        }
        let as_read = as_object(&claims);
        let judged = Validated::AuthorizationRequest(&as_read, name);
        let verdict = federation.validate(&mut judge, judged).await;
        assert_eq!(verdict, Ok(()), "{name}");
        report(
            "spid-cie-oidc",
            &format!("{name:<5} validators: entity configuration, metadata and request accepted"),
        );

        // It does look: each of these it has something against.
        for (field, value) in [
            ("ui_locales", json!("it")),
            ("state", json!("short")),
            ("nonce", json!("short")),
            ("code_challenge_method", json!("plain")),
            ("prompt", json!("login")),
            ("redirect_uri", json!("nowhere")),
            ("acr_values", json!(["https://www.spid.gov.it/SpidL4"])),
        ] {
            let mut other = claims.clone();
            other[field] = value;
            let object = as_object(&other);
            let judged = Validated::AuthorizationRequest(&object, name);
            let verdict = faults(federation.validate(&mut judge, judged).await);
            let about = &verdict[0].0;
            assert!(about.starts_with(field), "{field}: {verdict:?}");
        }
    }
}

/// The same whatever order lists have: those of metadata are sets.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(all) => {
            let mut all: Vec<Value> = all.iter().map(sorted).collect();
            all.sort_by_key(Value::to_string);
            Value::Array(all)
        }
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), sorted(value)))
            .collect(),
        other => other.clone(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_changes_keys_and_loses_a_provider_in_the_real_federation() {
    let mut gateway = FederatedGateway::start(USUAL, "not-asked").await;
    let origin = gateway.origin.clone();

    // What the anchor makes of its providers' metadata, we make of them too, and so does its own page.
    let mut judge = gateway.citizen();
    for provider in [&gateway.federation.cie, &gateway.federation.spid] {
        let resolved = gateway.wait_for_trust(&provider.id).await;
        let ours = &resolved["metadata"]["openid_provider"];
        let said = &provider.metadata["openid_provider"];
        let policy = provider.policy();
        let federation = &gateway.federation;
        let theirs = federation.apply_policy(&mut judge, said, &policy).await;
        assert_eq!(sorted(ours), sorted(&theirs), "{}", provider.id);
        assert_ne!(sorted(ours), sorted(said));
    }

    // A key that the anchor does not keep is not used, whatever we publish (B2).
    let next = |gateway: &FederatedGateway| {
        gateway.run(&["keys", "federation", "next", "--use", "signing"])
    };
    next(&gateway).expect(0);
    let refused = next(&gateway);
    assert!(refused.expect(1).err.contains("not every superior shows"));
    let with_both = gateway.to_be_published();
    let core = &with_both["metadata"]["openid_relying_party"]["jwks"]["keys"];
    assert_eq!(core.as_array().unwrap().len(), 3);
    gateway.be_kept(&with_both);
    next(&gateway).expect(0);
    let early = next(&gateway);
    assert!(early.expect(1).err.contains("may be in use until"));

    // Started again it shows both, and people go on logging in with the one that everybody knows. The Ministry's provider has
    // gone away meanwhile: it is said, and whoever has SPID does not notice.
    gateway.federation.cie.stop();
    gateway.restart();
    let published = gateway.published().await;
    assert_eq!(published["metadata"], with_both["metadata"]);
    assert_eq!(published["trust_marks"].as_array().unwrap().len(), 1);
    let spid = gateway.federation.spid.id.clone();
    gateway.wait_for_trust(&spid).await;
    let mut citizen = gateway.citizen();
    let ways = gateway.ask(&mut citizen, SERVICES[1].0).await;
    assert!(
        ways.body
            .contains("non riusciamo a collegarci con il Ministero")
    );
    assert!(ways.link_to("/login/cie").is_err());
    gateway
        .log_in((&mut citizen, &ways), Profile::Spid, &PEOPLE[1])
        .await;
    let told = gateway.told(&mut citizen).await;
    check(&told, &PEOPLE[1], (2, "spid"), &origin);
    report(
        "spid-cie-oidc",
        "operator: a key announced, kept and waiting; policies of both providers as the anchor's page applies them; SPID goes on without the Ministry",
    );
}

fn parameter(url: &Url, wanted: &str) -> String {
    let mut query = url.query_pairs();
    let found = query.find(|(name, _)| name == wanted);
    found.unwrap().1.into_owned()
}
