//! CIE where the Ministry's two protocols are both there, through the real router: by which of them an application's hint leads,
//! and what a person is offered when one of them does not serve.

use std::sync::Arc;

use chrono::TimeDelta;
use http::StatusCode;
use varco::http::cie::CieProtocol;
use varco::identity::{AssuranceLevel, AuthenticationMethod, Clock as _, Methods};
use varco::login::openid::{ErrorHelp, Profile, ProviderError};
use varco::policy::{Catalogue, DEFAULT_CATALOGUE};

use crate::support::browser::Browser;
use crate::support::cie::ministry;
use crate::support::clock::TestClock;
use crate::support::gateway::TestGateway;
use crate::support::openid_double::{OP, OpenIdDouble, Told};
use crate::support::openid_rp::{double, with_cie};
use crate::support::relying_party::TestRelyingParty;

/// A gateway whose Ministry can be trusted in OpenID Connect for an hour, and in SAML up to a level if at all.
fn gateway(
    app: &TestRelyingParty,
    by_saml: Option<AssuranceLevel>,
) -> (TestGateway, Arc<OpenIdDouble>) {
    let expires = TestClock::new().now() + TimeDelta::hours(1);
    let op = double(Profile::Cie, expires);
    let ways = [AuthenticationMethod::Spid, AuthenticationMethod::Cie];
    let catalogue = Catalogue::parse(DEFAULT_CATALOGUE).unwrap();
    let catalogue = catalogue.offering(Methods::from_iter(ways));
    let make = with_cie(&op, CieProtocol::Saml);
    let clients = vec![app.registration("")];
    let gateway = TestGateway::with_openid(clients, catalogue, by_saml, make);
    (gateway, op)
}

/// Where a hint leads.
#[derive(Debug, PartialEq)]
enum Led {
    Saml,
    OpenId,
    WaysIn,
}

async fn led(app: &TestRelyingParty, browser: &mut Browser, hint: &str) -> Led {
    let question = app.question().with("idp_hint", hint);
    let answer = browser.open_from_elsewhere(&question.url()).await;
    if answer.status == StatusCode::FOUND {
        let to = answer.location();
        assert!(to.as_str().starts_with(&format!("{OP}/authorization?")));
        return Led::OpenId;
    }
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    match answer.body.contains("SAMLRequest") {
        true => Led::Saml,
        false => {
            assert_eq!(answer.url.path(), "/login");
            Led::WaysIn
        }
    }
}

#[tokio::test]
async fn a_hint_with_the_ministrys_entity_id_leads_by_that_protocol_and_by_no_other() {
    let app = TestRelyingParty::new("portale");
    let (gateway, _) = gateway(&app, Some(AssuranceLevel::High));
    let mut browser = gateway.browser();
    let by_saml = ministry().entity_id();
    assert_eq!(led(&app, &mut browser, "cie").await, Led::Saml);
    assert_eq!(led(&app, &mut browser, by_saml).await, Led::Saml);
    assert_eq!(led(&app, &mut browser, OP).await, Led::OpenId);
    for stranger in ["https://cie.example/other", "openid", "saml", ""] {
        assert_eq!(led(&app, &mut browser, stranger).await, Led::WaysIn);
    }
    // Nobody vouches for the provider any more.
    gateway.clock.advance(TimeDelta::hours(1));
    assert_eq!(led(&app, &mut browser, OP).await, Led::WaysIn);
    assert_eq!(led(&app, &mut browser, "cie").await, Led::Saml);
    assert_eq!(led(&app, &mut browser, by_saml).await, Led::Saml);
}

#[tokio::test]
async fn a_hint_with_the_name_of_a_protocol_that_is_not_there_leads_to_the_ways_in() {
    let app = TestRelyingParty::new("portale");
    let (gateway, _) = gateway(&app, None);
    let mut browser = gateway.browser();
    let by_saml = ministry().entity_id();
    assert_eq!(led(&app, &mut browser, by_saml).await, Led::WaysIn);
    assert_eq!(led(&app, &mut browser, "cie").await, Led::OpenId);
}

#[tokio::test]
async fn the_other_protocol_is_offered_to_whom_the_provider_cannot_serve_and_to_nobody_else() {
    let app = TestRelyingParty::new("portale");
    for by_saml in [Some(AssuranceLevel::High), None] {
        let (gateway, op) = gateway(&app, by_saml);
        for error in ProviderError::all().filter(|error| !error.word().is_empty()) {
            let mut browser = gateway.browser();
            let sent = browser.open("/login/cie?protocol=openid").await.location();
            let page = op.refuse(&sent, error.word());
            let page = browser.open_from_elsewhere(&page).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN);
            let is_offered = page.body.contains("protocol=saml");
            let should_be = by_saml.is_some() && error.help() == ErrorHelp::NotNow;
            assert_eq!(is_offered, should_be, "{}: {}", error.word(), page.body);
        }
        // Nobody answers when the code is to be redeemed.
        op.answer(false);
        let mut browser = gateway.browser();
        let sent = browser.open("/login/cie?protocol=openid").await.location();
        let told = Told {
            given_name: "Mario",
            family_name: "Rossi",
            birth_date: "1980-01-01",
            fiscal_code: "RSSMRA80A01H501U",
            level: 2,
        };
        let back = op.log_in(&sent, &told, gateway.now());
        let page = browser.open_from_elsewhere(&back).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(page.body.contains("protocol=saml"), by_saml.is_some());
    }
}
