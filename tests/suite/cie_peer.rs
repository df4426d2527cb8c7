//! Varco in a federation that is not ours: the trust anchor, the CIE provider and the SPID provider of `spid-cie-oidc`.
//! `operator` is what whoever runs it does there, `settings` what those providers do otherwise than the documents say, `chromium`
//! a real browser there.

mod chromium;
mod operator;
mod settings;

use std::collections::BTreeSet;

use http::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;
use varco::crypto::encoding::base64url;
use varco::demo::people::{PEOPLE, TestPerson};
use varco::login::openid::Profile;

use crate::support::demo::report;
use crate::support::federated_gateway::{FederatedGateway, unverified};
use crate::support::federation_peer::{Encryption, RELYING_PARTY, Validated};

const USUAL: Encryption = Encryption {
    alg: "RSA-OAEP-256",
    enc: "A256CBC-HS512",
};

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
        assert_eq!(gateway.last_refusal(), "error-rejected");
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
    let nobody = format!("{}/nobody", federation.anchor.id);
    for wrong in [
        Validated::EntityConfiguration(&nobody),
        Validated::AuthorizationRequest("e30.e30.AA", "cie"),
    ] {
        let verdict = federation.validate(&mut judge, wrong).await;
        assert!(verdict.unwrap_err().starts_with("Validation Failed"));
    }
    for (kind, members) in [
        (
            "openid_provider",
            vec![&federation.cie.id, &federation.spid.id],
        ),
        (RELYING_PARTY, vec![&origin]),
    ] {
        let list = format!("{}/list?entity_type={kind}", federation.anchor.id);
        let list = judge.open(&list).await.unwrap().body;
        // In whatever order: the anchor's depends on the ports.
        let list: BTreeSet<String> = serde_json::from_str(&list).unwrap();
        assert_eq!(list, members.into_iter().cloned().collect());
    }
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

fn parameter(url: &Url, wanted: &str) -> String {
    let mut query = url.query_pairs();
    let found = query.find(|(name, _)| name == wanted);
    found.unwrap().1.into_owned()
}
