mod sessions;

use std::sync::LazyLock;

use axum::body::Body;
use chrono::{DateTime, TimeZone as _, Utc};
use http::header::{CONTENT_TYPE, COOKIE};
use http::{Method, Request};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use url::Url;

use super::*;
use crate::crypto::{
    DigestAlgorithm, KeyKind, SignatureAlgorithm, Signer as _, SigningKey, SystemRandom,
};
use crate::demo::ca::key_certificate;
use crate::demo::citizen::Page;
use crate::demo::providers::PROVIDERS;
use crate::protocol::saml::attributes::SpidAttribute;
use crate::protocol::saml::authn_request::{AuthnRequest as Asked, Comparison, Purpose};
use crate::protocol::saml::names;
use crate::protocol::saml::post::{decode_post, encode_post};
use crate::protocol::saml::redirect::{MessageKind, redirect_url};
use crate::protocol::saml::response::{Answer as Opened, Response as Received, ResponseForm};
use crate::protocol::saml::service_metadata::{
    AttributeSet, Contact, Localized, Organization, ServiceMetadata,
};
use crate::protocol::xml::{Document, Limits, SignaturePlace, XmlSignature, sign_enveloped};
use crate::store::MemoryStore;

const ENTITY: &str = "https://localhost:8443";
const ACS: &str = "https://localhost:8443/spid/acs";
const ARUBA: &str = "https://127.0.0.1:8446/arubaid";

/// The service provider's key, and a provider's.
static KEYS: LazyLock<[(SigningKey, Vec<u8>); 2]> = LazyLock::new(|| {
    std::array::from_fn(|_| {
        let key = SigningKey::generate(KeyKind::Rsa(2048)).unwrap();
        let certificate = key_certificate("prova", &key, noon()).unwrap().to_vec();
        (key, certificate)
    })
});

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        noon()
    }
}

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 21, 12, 0, 0).unwrap()
}

fn sign(xml: String, id: &str, place: SignaturePlace) -> String {
    let with = XmlSignature {
        algorithm: SignatureAlgorithm::RsaSha256,
        digest: DigestAlgorithm::Sha256,
        certificate_der: Some(&KEYS[0].1),
    };
    sign_enveloped(xml, id, place, &KEYS[0].0, &with).unwrap()
}

/// Signs a request of the service provider.
fn signed(request: String) -> String {
    sign(request, "_request", SignaturePlace::AfterIssuer)
}

fn service_metadata() -> String {
    let italian = |text: &str| {
        vec![Localized {
            language: "it".to_owned(),
            text: text.to_owned(),
        }]
    };
    let metadata = ServiceMetadata {
        id: "_metadata",
        entity_id: ENTITY,
        certificates: &[&KEYS[0].1],
        single_logout: "https://localhost:8443/spid/slo",
        assertion_consumer: ACS,
        attribute_sets: &[AttributeSet {
            index: 0,
            name: italian("minimo"),
            attributes: vec![SpidAttribute::Name, SpidAttribute::FiscalNumber],
        }],
        organization: &Organization {
            name: italian("Istituto di prova"),
            display_name: italian("Prova"),
            url: italian("https://istituto.example"),
        },
        contact: &Contact {
            ipa_code: "prova".to_owned(),
            vat_number: None,
            fiscal_code: None,
            email: "spid@istituto.example".to_owned(),
            telephone: None,
        },
    };
    sign(metadata.to_xml(), "_metadata", SignaturePlace::FirstChild)
}

fn router() -> Router {
    let (key, certificate) = &KEYS[1];
    let key = SigningKey::from_pkcs8(key.pkcs8()).unwrap();
    let base = Url::parse(&format!("{ARUBA}/")).unwrap();
    let idp = TestIdp::new(PROVIDERS[0], base, Arc::new(key), certificate.clone());
    let clock = Arc::new(Noon);
    let store = Arc::new(MemoryStore::new(clock.clone()));
    let service = ServiceProvider::parse(&service_metadata()).unwrap();
    let services = Services {
        spid: service,
        cie: None,
    };
    IdpService::new(vec![idp], services, clock, Arc::new(SystemRandom), store).router()
}

fn asked(level: u8) -> String {
    asked_for(level, None)
}

fn asked_for(level: u8, purpose: Option<Purpose>) -> String {
    Asked {
        id: "_request",
        issue_instant: noon(),
        destination: &format!("{ARUBA}/sso"),
        issuer: ENTITY,
        class_ref: names::spid_class(level).unwrap(),
        comparison: Comparison::Minimum,
        force_authn: level > 1,
        assertion_consumer_service: 0,
        attribute_consuming_service: 0,
        purpose,
    }
    .to_xml()
}

/// One request to the service, as a page.
async fn ask(router: &Router, path: &str, form: Option<&[(&str, &str)]>) -> Page {
    ask_with(router, path, form, "").await
}

async fn ask_with(
    router: &Router,
    path: &str,
    form: Option<&[(&str, &str)]>,
    cookie: &str,
) -> Page {
    let mut request = Request::builder().uri(path).header(COOKIE, cookie);
    let mut body = String::new();
    if let Some(fields) = form {
        request = request
            .method(Method::POST)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        body = form_urlencoded::Serializer::new(body)
            .extend_pairs(fields)
            .finish();
    }
    let request = request.body(Body::from(body)).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Page {
        url: Url::parse(ARUBA).unwrap(),
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

async fn post_request(router: &Router, xml: &str) -> Page {
    let message = encode_post(xml);
    let form = [("SAMLRequest", message.as_str()), ("RelayState", "state")];
    ask(router, "/arubaid/sso", Some(&form)).await
}

/// What came back to the service provider: the status's anomaly, or the attributes.
fn came_back(page: &Page) -> Result<Vec<(String, String)>, u16> {
    let form = page.form_with("SAMLResponse").unwrap();
    assert_eq!(form.action.as_str(), ACS);
    assert_eq!(form.value("RelayState"), Some("state"));
    let xml = decode_post(form.value("SAMLResponse").unwrap()).unwrap();
    let document = Document::parse(&xml, &Limits::MESSAGE).unwrap();
    let keys = [KEYS[1].0.public_key().clone()];
    match Received::read(&document, ResponseForm::SPID)
        .unwrap()
        .open(&keys)
        .unwrap()
    {
        Opened::Asserted(assertion) => Ok(assertion
            .content()
            .attributes
            .iter()
            .map(|it| (it.name.to_owned(), it.values[0].to_string()))
            .collect()),
        Opened::Encrypted(_) => panic!("SPID's are in the clear"),
        Opened::Failed(status) => Err(status.anomaly.unwrap()),
    }
}

async fn log_in(router: &Router, fields: &[(&str, &str)]) -> Page {
    let page = post_request(router, &signed(asked(2))).await;
    fill_in(router, &page, fields).await
}

async fn fill_in(router: &Router, page: &Page, fields: &[(&str, &str)]) -> Page {
    let mut form = page.form_with("password").unwrap();
    for (name, value) in fields {
        form = form.with(name, value);
    }
    let fields: Vec<(&str, &str)> = form
        .fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    ask(router, "/arubaid/login", Some(&fields)).await
}

const ANNA: [(&str, &str); 2] = [("username", "anna"), ("password", "prova-anna")];

#[tokio::test]
async fn a_person_who_agrees_is_told_about_and_one_who_does_not_is_not() {
    let router = router();
    for (say, expected) in [("yes", None), ("no", Some(22))] {
        let consent = log_in(&router, &ANNA).await;
        let form = consent.form_with("login").unwrap();
        let login = form.value("login").unwrap();
        let fields = [("login", login), ("say", say)];
        let back = came_back(&ask(&router, "/arubaid/consent", Some(&fields)).await);
        match expected {
            Some(anomaly) => assert_eq!(back, Err(anomaly)),
            None => assert_eq!(back.unwrap()[0], ("name".to_owned(), "Anna".to_owned())),
        }
        // A login is used up by its answer.
        let again = ask(&router, "/arubaid/consent", Some(&fields)).await;
        assert_eq!(again.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn every_outcome_of_the_table_can_be_chosen() {
    let router = router();
    for anomaly in crate::demo::idp::anomaly::ANOMALIES {
        let number = anomaly.number.to_string();
        let page = log_in(&router, &[("outcome", &number)]).await;
        assert_eq!(came_back(&page), Err(u16::from(anomaly.number)));
    }
    assert_eq!(
        came_back(&log_in(&router, &[("say", "cancel")]).await),
        Err(25)
    );
    let nonsense = log_in(&router, &[("outcome", "nonsense")]).await;
    assert_eq!(nonsense.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn three_wrong_passwords_end_the_login() {
    let router = router();
    let wrong = [("username", "anna"), ("password", "wrong")];
    let second = log_in(&router, &wrong).await;
    let third = fill_in(&router, &second, &wrong).await;
    assert_eq!(came_back(&fill_in(&router, &third, &wrong).await), Err(19));
}

#[tokio::test]
async fn a_request_by_redirect_is_verified_over_its_query() {
    let router = router();
    let url = redirect_url(
        "/arubaid/sso",
        MessageKind::Request,
        &asked(3),
        Some("state"),
        SignatureAlgorithm::RsaSha256,
        &KEYS[0].0,
    )
    .unwrap();
    assert!(ask(&router, &url, None).await.form_with("password").is_ok());
    let changed = url.replace("RelayState=state", "RelayState=other");
    assert_eq!(
        ask(&router, &changed, None).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn an_unsigned_request_or_a_stranger_s_is_answered_with_a_page() {
    let router = router();
    let page = post_request(&router, &asked(2)).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let stranger = asked(2).replace(ENTITY, "https://elsewhere.example");
    let request = signed(stranger);
    assert_eq!(
        post_request(&router, &request).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn each_rule_of_the_request_that_is_broken_has_its_anomaly() {
    let router = router();
    for (from, to, anomaly) in [
        (r#"Version="2.0""#, r#"Version="1.1""#, 9),
        ("SpidL2", "SpidL4", 12),
        ("2026-11-21T12:00:00Z", "2026-11-21T11:00:00Z", 13),
        ("2026-11-21T12:00:00Z", "2026-11-21T13:00:00Z", 13),
        ("arubaid/sso", "posteid/sso", 14),
        (
            r#" ForceAuthn="true""#,
            r#" ForceAuthn="true" IsPassive="true""#,
            15,
        ),
        (
            r#"AssertionConsumerServiceIndex="0""#,
            r#"AssertionConsumerServiceIndex="7""#,
            16,
        ),
        ("nameid-format:transient", "nameid-format:persistent", 17),
        (
            r#"AttributeConsumingServiceIndex="0""#,
            r#"AttributeConsumingServiceIndex="7""#,
            18,
        ),
        (r#" ForceAuthn="true""#, "", 8),
    ] {
        let changed = asked(2).replace(from, to);
        assert_ne!(changed, asked(2), "{from}");
        let request = signed(changed);
        assert_eq!(
            came_back(&post_request(&router, &request).await),
            Err(anomaly),
            "{to}"
        );
    }
}

#[tokio::test]
async fn a_professional_identity_is_asked_of_those_who_have_one() {
    let router = router();
    for (username, password, expected) in [
        ("anna", "prova-anna", Some(30)),
        ("giulia", "prova-giulia", None),
    ] {
        let request = signed(asked_for(2, Some(Purpose::ProfessionalForLegalPerson)));
        let page = post_request(&router, &request).await;
        let fields = [("username", username), ("password", password)];
        let page = fill_in(&router, &page, &fields).await;
        match expected {
            Some(anomaly) => assert_eq!(came_back(&page), Err(anomaly)),
            None => assert!(page.form_with("login").is_ok()),
        }
    }
}
