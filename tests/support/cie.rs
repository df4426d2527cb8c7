//! A CIE service provider with the Ministry as a test provider, for gateways of the tests, and a person's way through it.

use std::sync::{Arc, LazyLock};

use http::StatusCode;
use url::Url;
use varco::crypto::{DecryptionKey, Random, SystemRandom};
use varco::demo::idp::request::{AuthnRequest, Incoming};
use varco::demo::idp::response::ResponseMaker;
use varco::demo::idp::service_provider::ServiceProvider;
use varco::demo::idp::{Consent, TestIdp};
use varco::demo::people::TestPerson;
use varco::demo::providers::MINISTRY;
use varco::http::cie::{CieProtocol, CieWay};
use varco::identity::{AssuranceLevel, Timestamp};
use varco::login::cie::{CieKeys, CieServiceProvider, CieSettings, Fingerprint, Ministry};
use varco::login::saml::SamlPorts;
use varco::protocol::saml::cie_metadata::{CieContact, CieNature};
use varco::protocol::saml::outgoing::SamlKey;
use varco::protocol::saml::post::encode_post;
use varco::protocol::saml::service_metadata::{Localized, Organization};
use varco::store::ExpiringStore;

use super::browser::{Answer, Browser};
use super::gateway::{ISSUER, TestGateway};
use super::keys;
use super::spid::{Lasting, TestRegister, certificate};

/// Our entity id toward the Ministry: another than toward SPID.
pub const ENTITY: &str = "https://login.example/cie";

static MINISTRY_IDP: LazyLock<TestIdp> = LazyLock::new(|| {
    let base = Url::parse("https://cie.example/").unwrap();
    let key = keys::provider_rsa();
    let certificate = certificate("https://cie.example", key);
    TestIdp::new(MINISTRY, base, Arc::new(Lasting(key)), certificate)
});

/// The Ministry.
pub fn ministry() -> &'static TestIdp {
    &MINISTRY_IDP
}

/// Logins with CIE by SAML that are believed up to a level.
pub fn way(
    store: &Arc<dyn ExpiringStore>,
    register: Arc<TestRegister>,
    trusted_level_cap: AssuranceLevel,
) -> CieWay {
    let text = |text: &str| {
        vec![Localized {
            language: "it".to_owned(),
            text: text.to_owned(),
        }]
    };
    let settings = CieSettings {
        entity_id: ENTITY.to_owned(),
        assertion_consumer: format!("{ISSUER}/cie/acs"),
        single_logout: format!("{ISSUER}/logout"),
        organization: Organization {
            name: text("Istituto di prova"),
            display_name: text("Prova"),
            url: text("https://istituto.example"),
        },
        administrative: CieContact {
            nature: CieNature::Public {
                ipa_code: "prova".to_owned(),
                ipa_category: None,
            },
            vat_number: None,
            fiscal_code: None,
            nace2_codes: Vec::new(),
            municipality: "H501".to_owned(),
            province: None,
            country: None,
            company: "Istituto di prova".to_owned(),
            email: "cie@istituto.example".to_owned(),
            telephone: None,
        },
        technical: None,
        trusted_level_cap,
    };
    let own = certificate(ENTITY, keys::gateway_rsa());
    let keys = CieKeys {
        signing: SamlKey {
            signer: Arc::new(Lasting(keys::gateway_rsa())),
            certificate: own.clone(),
            also_published: Vec::new(),
        },
        encryption_certificate: Some(own),
        decryption: vec![DecryptionKey::from_pkcs8(keys::gateway_rsa().pkcs8()).unwrap()],
    };
    let metadata = ministry().metadata();
    let pinned = [Fingerprint::of(metadata.as_bytes())];
    let pinned = Ministry::read(metadata.as_bytes(), &pinned, Timestamp::UNIX_EPOCH).unwrap();
    let ports = SamlPorts {
        store: Arc::clone(store),
        random: Arc::new(SystemRandom) as Arc<dyn Random>,
        register,
    };
    let provider = CieServiceProvider::new(settings, keys, pinned, ports).unwrap();
    CieWay {
        first: CieProtocol::Saml,
        saml: Some(Arc::new(provider)),
        openid: None,
    }
}

/// Starts a login and gives the request as the Ministry reads it, signature and all.
pub async fn start(gateway: &TestGateway, browser: &mut Browser, query: &str) -> AuthnRequest {
    let answer = browser.open(&format!("/login/cie{query}")).await;
    read_request(gateway, &answer).await
}

/// Reads the request that the gateway's answer carries to the Ministry.
pub async fn read_request(gateway: &TestGateway, answer: &Answer) -> AuthnRequest {
    let metadata = gateway.browser().open("/cie/metadata").await;
    assert_eq!(metadata.status, StatusCode::OK);
    let service = ServiceProvider::parse(&metadata.body).unwrap();
    let (query, form);
    let incoming = if answer.status == StatusCode::FOUND {
        query = answer.location().query().unwrap().to_owned();
        Incoming::Redirect(&query)
    } else {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        form = answer.form();
        assert_eq!(form.action, ministry().sso());
        Incoming::Post {
            message: form.field("SAMLRequest").unwrap(),
            relay_state: form.field("RelayState"),
        }
    };
    let sso = ministry().sso();
    let here = (MINISTRY.federation, sso.as_str());
    AuthnRequest::read(incoming, &service, here, gateway.now()).unwrap()
}

/// The Ministry's answer where somebody logged in.
pub fn success(
    gateway: &TestGateway,
    request: &AuthnRequest,
    person: &TestPerson,
) -> ResponseMaker {
    let consent = Consent {
        person,
        level: request.level,
        session_index: Some("session-at-the-ministry".to_owned()),
        name_id: format!("_{}", person.username),
    };
    ministry().success(request, ENTITY, &consent, gateway.now(), &SystemRandom)
}

/// Brings an answer to the gateway, as the Ministry's page makes the browser do: by a POST from another site.
pub async fn bring(browser: &mut Browser, xml: &str, relay_state: Option<&str>) -> Answer {
    let message = encode_post(xml);
    let mut fields = vec![("SAMLResponse", message.as_str())];
    fields.extend(relay_state.map(|state| ("RelayState", state)));
    let acs = Url::parse(&format!("{ISSUER}/cie/acs")).unwrap();
    browser.submit_from_elsewhere(&acs, &fields).await
}

/// Answers a request as a person's successful login.
pub async fn answer(
    gateway: &TestGateway,
    browser: &mut Browser,
    request: &AuthnRequest,
    person: &TestPerson,
) -> Answer {
    let xml = ministry().sign(&success(gateway, request, person)).unwrap();
    bring(browser, &xml, request.relay_state.as_deref()).await
}
