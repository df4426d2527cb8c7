//! CIE login by SAML through the real router, with the Ministry as a test provider: what a person's browser sends and gets.

use http::StatusCode;
use url::Url;
use varco::audit::{AuditEvent, RegisterOutcome};
use varco::crypto::{Oaep, SystemRandom};
use varco::demo::idp::anomaly::CIE_ERRORS;
use varco::demo::idp::response::EncryptionPart;
use varco::demo::idp::service_provider::ServiceProvider;
use varco::demo::people::PEOPLE;
use varco::identity::{AssuranceLevel, AuthenticationMethod};
use varco::protocol::xml::ContentEncryption;

use crate::support::cie::{ENTITY, answer, bring, ministry, read_request, start, success};
use crate::support::gateway::{ISSUER, TestGateway, session_of};
use crate::support::relying_party::TestRelyingParty;
use crate::support::spid::alfa;
use crate::support::spid_visit;

fn gateway() -> TestGateway {
    TestGateway::with_cie(AssuranceLevel::High)
}

fn refusals(gateway: &TestGateway) -> Vec<String> {
    gateway
        .events()
        .into_iter()
        .filter_map(|event| match event {
            AuditEvent::LoginRefused { code, .. } => Some(code),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn a_person_logs_in_by_either_binding_and_lands_on_the_portal() {
    for (binding, status) in [("post", StatusCode::OK), ("redirect", StatusCode::FOUND)] {
        let gateway = gateway();
        let mut browser = gateway.browser();
        let out = browser.open(&format!("/login/cie?binding={binding}")).await;
        assert_eq!(out.status, status);
        let request = read_request(&gateway, &out).await;
        assert_eq!((request.level, request.force), (2, true));
        let wanted = ["name", "familyName", "dateOfBirth", "fiscalNumber"];
        assert_eq!(request.attributes, wanted);
        let back = answer(&gateway, &mut browser, &request, &PEOPLE[0]).await;
        assert_eq!(back.status, StatusCode::OK);
        assert_eq!(back.url.path(), "/");
        assert!(back.body.contains("Anna"), "{}", back.body);
        let succeeded = gateway.events().into_iter().any(|event| {
            matches!(event, AuditEvent::LoginSucceeded { method, provider, .. }
                if method == AuthenticationMethod::Cie && provider == ministry().entity_id())
        });
        assert!(succeeded);
        let [entry] = gateway.register().try_into().unwrap();
        assert_eq!(entry.outcome, RegisterOutcome::Accepted);
        assert_eq!(entry.level, Some(AssuranceLevel::Substantial));
    }
}

#[tokio::test]
async fn an_assertion_that_the_ministry_encrypts_for_the_published_key_logs_the_person_in() {
    let gateway = gateway();
    let metadata = gateway.browser().open("/cie/metadata").await;
    let service = ServiceProvider::parse(&metadata.body).unwrap();
    let recipient = service.encryption.expect("a key to encrypt for");
    for content in [ContentEncryption::Cbc, ContentEncryption::Gcm] {
        let mut browser = gateway.browser();
        let request = start(&gateway, &mut browser, "").await;
        let mut response = success(&gateway, &request, &PEOPLE[0]);
        response.encryption = Some(EncryptionPart {
            recipient: recipient.clone(),
            content,
            oaep: Oaep::Sha1,
            key: [1; 32],
            iv: [2; 16],
        });
        let xml = ministry().sign(&response).unwrap();
        assert!(!xml.contains("fiscalNumber"));
        let back = bring(&mut browser, &xml, request.relay_state.as_deref()).await;
        assert_eq!(back.url.path(), "/", "{content:?}: {}", back.body);
        assert!(back.body.contains("Anna"));
    }
    // The register keeps it as it came: whoever reads it needs the key too.
    let entries = gateway.register();
    let raw = String::from_utf8(entries[0].response_raw.expose().clone()).unwrap();
    assert!(raw.contains("EncryptedAssertion") && !raw.contains("fiscalNumber"));
}

#[tokio::test]
async fn the_button_is_on_the_page_of_the_ways_in_and_leads_to_the_ministry() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    for page in ["/", "/login?level=3"] {
        let ways = browser.open(page).await;
        assert!(ways.body.contains("Entra con CIE"), "{page}");
        assert!(ways.body.contains("/login/cie?level="), "{page}");
    }
    let without = TestGateway::with_clients(Vec::new());
    let ways = without.browser().open("/").await;
    assert!(!ways.body.contains("Entra con CIE"));
    for address in ["/login/cie", "/cie/metadata"] {
        let answer = without.browser().open(address).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
    }
}

#[tokio::test]
async fn a_cap_keeps_cie_from_logins_that_need_more() {
    let gateway = TestGateway::with_cie(AssuranceLevel::Substantial);
    let mut browser = gateway.browser();
    let ways = browser.open("/login?level=3").await;
    assert!(ways.body.contains("CIE does not reach the level"));
    assert!(!ways.body.contains("/login/cie"));
    let refused = browser.open("/login/cie?level=3").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("CIE is not enough"));
    // What it may still do, it does; and is believed no further than that.
    let request = start(&gateway, &mut browser, "?level=2").await;
    let mut response = success(&gateway, &request, &PEOPLE[0]);
    let statement = response.assertion.as_mut().unwrap();
    let statement = statement.statement.as_mut().unwrap();
    statement.class_ref = Some("https://www.spid.gov.it/SpidL3".to_owned());
    let xml = ministry().sign(&response).unwrap();
    let back = bring(&mut browser, &xml, request.relay_state.as_deref()).await;
    assert_eq!(back.url.path(), "/");
    let [entry] = gateway.register().try_into().unwrap();
    assert_eq!(entry.level, Some(AssuranceLevel::Substantial));
}

#[tokio::test]
async fn cie_raises_the_session_that_spid_began_and_the_other_way_round() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    spid_visit::log_in(&gateway, &mut browser, alfa()).await;
    let first = session_of(&browser).unwrap();
    let request = start(&gateway, &mut browser, "?level=3").await;
    assert_eq!(request.level, 3);
    answer(&gateway, &mut browser, &request, &PEOPLE[0]).await;
    let second = session_of(&browser).unwrap();
    assert_eq!(first.handle(), second.handle());
    assert_ne!(first.cookie_value(), second.cookie_value());
    let raised = gateway.events().into_iter().any(|event| {
        matches!(event, AuditEvent::SessionRaised { level, .. } if level.0 == AssuranceLevel::High)
    });
    assert!(raised);
}

#[tokio::test]
async fn an_answer_of_a_spid_provider_does_not_pass_for_the_ministrys_nor_the_reverse() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    // The Ministry of these tests signs with the very key of the SPID provider.
    let request = start(&gateway, &mut browser, "").await;
    let xml = ministry()
        .sign(&success(&gateway, &request, &PEOPLE[0]))
        .unwrap();
    let back = spid_visit::bring(&mut browser, &xml, request.relay_state.as_deref()).await;
    assert_eq!(back.status, StatusCode::FORBIDDEN);
    let request = spid_visit::start(&gateway, &mut browser, alfa(), "").await;
    let xml = alfa()
        .sign(&spid_visit::success(&gateway, alfa(), &request, &PEOPLE[0]))
        .unwrap();
    let back = bring(&mut browser, &xml, request.relay_state.as_deref()).await;
    assert_eq!(back.status, StatusCode::FORBIDDEN);
    assert!(session_of(&browser).is_none());
}

#[tokio::test]
async fn every_error_of_the_ministry_is_a_page_in_both_languages_that_leads_back() {
    let gateway = gateway();
    for error in &CIE_ERRORS {
        let (italian, english) = match error.number {
            21 => ("tempo scaduto", "time is up"),
            22 => ("consenso non dato", "consent not given"),
            23 => ("carta non più valida", "card no longer valid"),
            25 => ("accesso annullato", "login cancelled"),
            _ => ("non hai sbagliato nulla", "you did nothing wrong"),
        };
        for (language, words) in [("it", italian), ("en", english)] {
            let mut browser = gateway.browser();
            browser.open(&format!("/?lang={language}")).await;
            let request = start(&gateway, &mut browser, "").await;
            let id = Some(request.id.as_str());
            let now = gateway.now();
            let response = ministry().refusal(id, &request.consumer, error, now, &SystemRandom);
            let xml = ministry().sign(&response).unwrap();
            let back = bring(&mut browser, &xml, request.relay_state.as_deref()).await;
            assert_eq!(back.status, StatusCode::FORBIDDEN, "{}", error.number);
            let page = back.body.to_lowercase();
            assert!(page.contains(words), "{} {language}: {page}", error.number);
            assert!(page.contains("/login?choose&"), "{}", error.number);
        }
    }
    assert_eq!(gateway.register().len(), 2 * CIE_ERRORS.len());
}

#[tokio::test]
async fn a_refused_answer_is_a_page_audited_with_its_code_and_in_the_register() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    let request = start(&gateway, &mut browser, "").await;
    let mut response = success(&gateway, &request, &PEOPLE[0]);
    response.sign_response = false;
    let xml = ministry().sign(&response).unwrap();
    let back = bring(&mut browser, &xml, request.relay_state.as_deref()).await;
    assert_eq!(back.status, StatusCode::FORBIDDEN);
    assert!(back.body.contains("did not pass our security checks"));
    assert_eq!(refusals(&gateway), ["response-signature-missing"]);
    let [entry] = gateway.register().try_into().unwrap();
    let code = "response-signature-missing".to_owned();
    assert_eq!(entry.outcome, RegisterOutcome::Refused { code });
    // Somebody without a fiscal number cannot be recognised: eIDAS does not come this way.
    let request = start(&gateway, &mut browser, "").await;
    let back = answer(&gateway, &mut browser, &request, &PEOPLE[5]).await;
    assert_eq!(back.status, StatusCode::FORBIDDEN);
    assert_eq!(refusals(&gateway)[1], "fiscal-number-missing");
}

#[tokio::test]
async fn bad_input_at_the_acs_is_a_4xx_page_and_leaves_no_trace() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    for fields in [
        vec![],
        vec![("SAMLRequest", "PGE+")],
        vec![("SAMLResponse", "not base64!")],
        vec![("SAMLResponse", "PGEvPg==")],
        vec![("SAMLResponse", "PGEvPg=="), ("SAMLResponse", "PGEvPg==")],
    ] {
        let back = browser.submit("/cie/acs", &fields).await;
        assert!(back.status.is_client_error(), "{fields:?}");
    }
    assert!(gateway.register().is_empty() && refusals(&gateway).is_empty());
}

#[tokio::test]
async fn logging_out_ends_our_session_first_and_then_shows_the_ministrys_page_by_a_plain_get() {
    let gateway = gateway();
    let mut browser = gateway.browser();
    let request = start(&gateway, &mut browser, "").await;
    answer(&gateway, &mut browser, &request, &PEOPLE[0]).await;
    let handle = session_of(&browser).unwrap().handle().clone();
    let question = browser.open("/logout").await;
    assert!(question.body.contains("Ministry of the Interior (CIE)"));
    let form = question.form();
    let pairs: Vec<(&str, &str)> = form
        .pairs()
        .into_iter()
        .filter(|(name, _)| *name != "where")
        .collect();
    let left = browser.submit("/logout", &pairs).await;
    assert_eq!(left.location().as_str(), "https://cie.example/slo");
    let found = gateway.gateway.sessions();
    let found = found.find_by_handle(&handle, gateway.now()).await.unwrap();
    assert!(found.is_none());
    assert!(
        !left.location().as_str().contains('?'),
        "no message is sent"
    );
}

#[tokio::test]
async fn whom_an_application_expects_back_is_told_of_the_ministrys_session_and_led_on() {
    let app = TestRelyingParty::new("portale");
    let gateway = TestGateway::with_cie_for(vec![app.registration("")], AssuranceLevel::High);
    let mut browser = gateway.browser();
    let request = start(&gateway, &mut browser, "").await;
    answer(&gateway, &mut browser, &request, &PEOPLE[0]).await;
    let tokens = app.log_in(&gateway, &mut browser).await;
    let mut logout = Url::parse(&format!("{ISSUER}/logout")).unwrap();
    logout
        .query_pairs_mut()
        .append_pair("id_token_hint", &tokens.id_token)
        .append_pair("post_logout_redirect_uri", &app.post_logout_redirect_uri);
    let left = browser.open_from_elsewhere(&logout).await;
    assert_eq!(left.status, StatusCode::OK, "{}", left.body);
    assert!(session_of(&browser).is_none());
    assert!(
        left.body
            .contains("at the Ministry of the Interior is still open")
    );
    for way in [
        app.post_logout_redirect_uri.as_str(),
        "https://cie.example/slo",
    ] {
        assert!(
            left.body.contains(&format!("href=\"{way}\"")),
            "{way}\n{}",
            left.body
        );
    }
}

#[tokio::test]
async fn our_metadata_are_the_ministrys_kind_and_name_us_as_toward_nobody_else() {
    let gateway = gateway();
    let metadata = gateway.browser().open("/cie/metadata").await;
    assert_eq!(metadata.status, StatusCode::OK);
    assert!(metadata.body.contains(&format!("entityID=\"{ENTITY}\"")));
    for part in [
        "<cie:Public></cie:Public><cie:IPACode>prova</cie:IPACode>",
        "<cie:Municipality>H501</cie:Municipality>",
        "contactType=\"administrative\"",
        "<md:Company>Istituto di prova</md:Company>",
        "bindings:HTTP-Redirect\" Location=\"https://login.example/logout\"",
    ] {
        assert!(metadata.body.contains(part), "{part}\n{}", metadata.body);
    }
}
