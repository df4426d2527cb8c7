//! A person's way through SPID: out with a request, back with what a test provider answers.

use http::StatusCode;
use url::Url;
use varco::crypto::SystemRandom;
use varco::demo::idp::request::{AuthnRequest, Incoming};
use varco::demo::idp::response::ResponseMaker;
use varco::demo::idp::service_provider::ServiceProvider;
use varco::demo::idp::{Consent, TestIdp};
use varco::demo::people::{PEOPLE, TestPerson};
use varco::protocol::saml::outgoing::OutgoingMessage;
use varco::protocol::saml::post::encode_post;

use super::browser::{Answer, Browser};
use super::gateway::{ISSUER, TestGateway};

/// What a provider knows of the gateway: its published metadata.
pub async fn known_to_providers(gateway: &TestGateway) -> ServiceProvider {
    let metadata = gateway.browser().open("/spid/metadata").await;
    assert_eq!(metadata.status, StatusCode::OK);
    ServiceProvider::parse(&metadata.body).unwrap()
}

/// Starts a login and gives the request as the provider reads it, signature and all.
pub async fn start(
    gateway: &TestGateway,
    browser: &mut Browser,
    idp: &TestIdp,
    more: &str,
) -> AuthnRequest {
    let address = format!("/login/spid?idp={}{more}", idp.entity_id());
    let answer = browser.open(&address).await;
    read_request(gateway, idp, &answer).await
}

/// Reads the request that the gateway's answer carries to a provider.
pub async fn read_request(gateway: &TestGateway, idp: &TestIdp, answer: &Answer) -> AuthnRequest {
    let service = known_to_providers(gateway).await;
    let (query, form);
    let incoming = if answer.status == StatusCode::FOUND {
        let location = answer.location();
        query = location.query().unwrap().to_owned();
        Incoming::Redirect(&query)
    } else {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        form = answer.form();
        assert_eq!(form.action, idp.sso());
        Incoming::Post {
            message: form.field("SAMLRequest").unwrap(),
            relay_state: form.field("RelayState"),
        }
    };
    let sso = idp.sso();
    let here = (idp.provider.federation, sso.as_str());
    AuthnRequest::read(incoming, &service, here, gateway.now()).unwrap()
}

/// The answer of a provider where somebody logged in.
pub fn success(
    gateway: &TestGateway,
    idp: &TestIdp,
    request: &AuthnRequest,
    person: &TestPerson,
) -> ResponseMaker {
    let consent = Consent {
        person,
        level: request.level,
        session_index: Some("session-at-the-provider".to_owned()),
        name_id: format!("_{}", person.username),
    };
    idp.success(request, ISSUER, &consent, gateway.now(), &SystemRandom)
}

/// Brings an answer to the gateway, as the provider's page makes the browser do: by a POST from another site.
pub async fn bring(browser: &mut Browser, xml: &str, relay_state: Option<&str>) -> Answer {
    let message = encode_post(xml);
    let mut fields = vec![("SAMLResponse", message.as_str())];
    fields.extend(relay_state.map(|state| ("RelayState", state)));
    let acs = Url::parse(&format!("{ISSUER}/spid/acs")).unwrap();
    browser.submit_from_elsewhere(&acs, &fields).await
}

/// A whole login: out, and back as Anna.
pub async fn log_in(gateway: &TestGateway, browser: &mut Browser, idp: &TestIdp) -> Answer {
    let request = start(gateway, browser, idp, "").await;
    answer(gateway, browser, idp, &request, &PEOPLE[0]).await
}

/// Answers a request as a person's successful login.
pub async fn answer(
    gateway: &TestGateway,
    browser: &mut Browser,
    idp: &TestIdp,
    request: &AuthnRequest,
    person: &TestPerson,
) -> Answer {
    let xml = idp.sign(&success(gateway, idp, request, person)).unwrap();
    bring(browser, &xml, request.relay_state.as_deref()).await
}

/// Carries a message of a provider to the gateway.
pub async fn carry(browser: &mut Browser, message: OutgoingMessage) -> Answer {
    match message {
        OutgoingMessage::Post { action, fields } => {
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            let url = Url::parse(&action).unwrap();
            browser.submit_from_elsewhere(&url, &fields).await
        }
        OutgoingMessage::Redirect(address) => {
            browser
                .open_from_elsewhere(&Url::parse(&address).unwrap())
                .await
        }
    }
}
