//! CIE login by OpenID Connect through the real router, with a provider that has no socket: what a person's browser sends
//! and gets, from an application to its token, and what is left when the session ends.

use std::sync::Arc;

use chrono::TimeDelta;
use http::StatusCode;
use url::Url;
use varco::audit::{AuditEvent, RegisterOutcome};
use varco::http::cie::CieProtocol;
use varco::identity::{AssuranceLevel, AuthenticationMethod, Clock as _, Methods};
use varco::login::openid::{ErrorHelp, Profile, ProviderError};
use varco::policy::{Catalogue, DEFAULT_CATALOGUE};

use crate::support::browser::{Answer, Browser};
use crate::support::clock::TestClock;
use crate::support::gateway::{ISSUER, TestGateway, session_of};
use crate::support::openid_double::{OP, OpenIdDouble, Told};
use crate::support::openid_rp::{double, with_cie, with_spid};
use crate::support::relying_party::TestRelyingParty;
use crate::support::spid::alfa;
use crate::support::spid_visit;
const MARIO: Told<'_> = Told {
    given_name: "Mario",
    family_name: "Rossi",
    birth_date: "1980-01-01",
    fiscal_code: "RSSMRA80A01H501U",
    level: 2,
};

/// A gateway with CIE, its provider trusted for an hour, and nobody logged in.
struct Scene {
    gateway: TestGateway,
    op: Arc<OpenIdDouble>,
    browser: Browser,
}

impl Scene {
    fn new() -> Self {
        Self::with(CieProtocol::OpenId, None, &[])
    }

    fn with(
        first: CieProtocol,
        by_saml: Option<AssuranceLevel>,
        apps: &[TestRelyingParty],
    ) -> Self {
        let expires = TestClock::new().now() + TimeDelta::hours(1);
        let op = double(Profile::Cie, expires);
        let ways = [AuthenticationMethod::Spid, AuthenticationMethod::Cie];
        let catalogue = Catalogue::parse(DEFAULT_CATALOGUE).unwrap();
        let catalogue = catalogue.offering(Methods::from_iter(ways));
        let clients = apps
            .iter()
            .map(|app| app.registration("services = [\"naspi\"]"));
        let make = with_cie(&op, first);
        let gateway = TestGateway::with_openid(clients.collect(), catalogue, by_saml, make);
        Self {
            browser: gateway.browser(),
            gateway,
            op,
        }
    }

    /// Presses the button; gives where the browser is sent.
    async fn start(&mut self, query: &str) -> Url {
        let answer = self.browser.open(&format!("/login/cie{query}")).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
        let location = answer.location();
        assert!(
            location
                .as_str()
                .starts_with(&format!("{OP}/authorization?"))
        );
        location
    }

    async fn come_back(&mut self, to: &Url) -> Answer {
        self.browser.open_from_elsewhere(to).await
    }

    async fn log_in(&mut self, told: &Told<'_>, query: &str) -> Answer {
        let request = self.start(query).await;
        let back = self.op.log_in(&request, told, self.gateway.now());
        self.come_back(&back).await
    }

    async fn log_out(&mut self) -> Answer {
        let form = self.browser.open("/logout").await.form();
        let mut fields = form.pairs();
        fields.retain(|(name, value)| *name != "where" || *value != "here");
        self.browser.submit("/logout", &fields).await
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

#[tokio::test]
async fn a_person_logs_in_with_cie_by_openid_and_lands_on_the_portal() {
    let mut scene = Scene::new();
    let request = scene.start("").await;
    assert_eq!(
        scene.op.read(&request)["acr_values"],
        "https://www.spid.gov.it/SpidL2"
    );
    let back = scene.op.log_in(&request, &MARIO, scene.gateway.now());
    assert!(
        back.as_str()
            .starts_with(&format!("{ISSUER}/cie/callback?"))
    );
    let portal = scene.come_back(&back).await;
    assert_eq!(portal.status, StatusCode::OK, "{}", portal.body);
    assert_eq!(portal.url.path(), "/");
    assert!(portal.body.contains("Mario"), "{}", portal.body);
    let succeeded = scene.gateway.events().into_iter().any(|event| {
        matches!(event, AuditEvent::LoginSucceeded { method, provider, .. }
            if method == AuthenticationMethod::Cie && provider == OP)
    });
    assert!(succeeded);
    let [entry] = scene.gateway.register().try_into().unwrap();
    assert_eq!(entry.outcome, RegisterOutcome::Accepted);
    assert_eq!(entry.level, Some(AssuranceLevel::Substantial));
    // The same answer again, and in another browser, logs nobody in.
    let again = scene.come_back(&back).await;
    assert_eq!(again.status, StatusCode::FORBIDDEN);
    let mut thief = scene.gateway.browser();
    assert_eq!(
        thief.open_from_elsewhere(&back).await.status,
        StatusCode::FORBIDDEN
    );
    assert!(session_of(&thief).is_none());
}

#[tokio::test]
async fn an_application_gets_its_token_with_the_level_and_the_provider_of_the_login() {
    let app = TestRelyingParty::new("portale");
    let mut scene = Scene::with(CieProtocol::OpenId, None, std::slice::from_ref(&app));
    let question = app
        .question()
        .with("idp_hint", "cie")
        .with("resource", "naspi");
    let sent = scene.browser.open_from_elsewhere(&question.url()).await;
    let request = sent.location();
    let high = Told { level: 3, ..MARIO };
    let back = scene.op.log_in(&request, &high, scene.gateway.now());
    let answer = scene.come_back(&back).await;
    let code = app.receive(&question, &answer).code();
    let tokens = app.tokens(&scene.gateway, &question, &code).await;
    let claim = |name: &str| &tokens.claims[&format!("{ISSUER}/claims/{name}")];
    assert_eq!(tokens.claims["acr"], "https://www.spid.gov.it/SpidL3");
    assert_eq!(tokens.claims["amr"], serde_json::json!(["mfa", "hwk"]));
    assert_eq!(claim("method"), "cie");
    assert_eq!(claim("provider"), OP);
}

#[tokio::test]
async fn cie_raises_a_session_of_spid_and_changes_its_cookie() {
    let mut scene = Scene::new();
    let gateway = scene.gateway.clone();
    spid_visit::log_in(&gateway, &mut scene.browser, alfa()).await;
    let before = session_of(&scene.browser).unwrap().cookie_value();
    // The test provider's Anna.
    let anna = &varco::demo::people::PEOPLE[0];
    let told = Told {
        given_name: anna.given_name,
        family_name: anna.family_name,
        birth_date: anna.birth_date,
        fiscal_code: anna.fiscal_code.unwrap(),
        level: 3,
    };
    let back = scene.log_in(&told, "?level=3").await;
    assert_eq!(back.url.path(), "/", "{}", back.body);
    assert_ne!(session_of(&scene.browser).unwrap().cookie_value(), before);
    let events = gateway.events();
    let raised = |event: &AuditEvent| matches!(event, AuditEvent::SessionRaised { .. });
    assert!(events.iter().any(raised));
}

#[tokio::test]
async fn a_spid_provider_of_the_federation_is_offered_beside_those_of_saml() {
    let expires = TestClock::new().now() + TimeDelta::hours(1);
    let op = double(Profile::Spid, expires);
    let catalogue = Catalogue::parse(DEFAULT_CATALOGUE).unwrap();
    let catalogue = catalogue.offering(Methods::from_iter([AuthenticationMethod::Spid]));
    let gateway = TestGateway::with_openid(Vec::new(), catalogue, None, with_spid(&op));
    let mut browser = gateway.browser();
    let ways = browser.open("/").await;
    assert!(ways.body.contains("Ministero di prova") && ways.body.contains("Aruba"));
    let sent = browser.open(&format!("/login/spid?idp={OP}")).await;
    let back = op.log_in(&sent.location(), &MARIO, gateway.now());
    assert!(back.path().starts_with("/spid/callback/"), "{back}");
    let portal = browser.open_from_elsewhere(&back).await;
    assert_eq!(portal.url.path(), "/", "{}", portal.body);
    let succeeded = gateway.events().into_iter().any(|event| {
        matches!(event, AuditEvent::LoginSucceeded { method, provider, .. }
            if method == AuthenticationMethod::Spid && provider == OP)
    });
    assert!(succeeded);
    // The Ministry's address is another: nothing of it comes in there.
    let mut elsewhere = back.clone();
    elsewhere.set_path("/cie/callback");
    let sent = browser.open(&format!("/login/spid?idp={OP}")).await;
    let back = op.log_in(&sent.location(), &MARIO, gateway.now());
    elsewhere.set_query(back.query());
    let refused = browser.open_from_elsewhere(&elsewhere).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn every_error_is_a_page_in_both_languages_that_leads_back_to_the_ways_in() {
    let mut seen = Vec::new();
    for error in ProviderError::all() {
        let word = if error.word().is_empty() {
            "nuovo"
        } else {
            error.word()
        };
        for (language, words) in [
            (
                "it",
                [
                    "Accesso annullato",
                    "non completato",
                    "non disponibile al momento",
                    "non riuscito",
                ],
            ),
            (
                "en",
                [
                    "Login cancelled",
                    "Login not completed",
                    "not available right now",
                    "not successful",
                ],
            ),
        ] {
            let mut scene = Scene::new();
            scene.browser.open(&format!("/?lang={language}")).await;
            let request = scene.start("").await;
            let back = scene.op.refuse(&request, word);
            let page = scene.come_back(&back).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{word}");
            let expected = match error.help() {
                ErrorHelp::Denied => words[0],
                ErrorHelp::NotDone | ErrorHelp::Unknown => words[1],
                ErrorHelp::NotNow => words[2],
                ErrorHelp::OurFault => words[3],
            };
            assert!(page.body.contains(expected), "{word}: {}", page.body);
            assert!(page.body.contains("Ministero di prova"), "{word}");
            assert!(page.body.contains("/login?choose"), "{word}");
            assert!(!page.body.contains(word) || !word.contains('_'), "{word}");
            assert_eq!(scene.refusals(), [error.code()]);
            assert_eq!(scene.gateway.register().len(), 1);
            seen.push(error.code());
        }
    }
    assert_eq!(seen.len(), 36);
}

#[tokio::test]
async fn an_answer_that_fails_a_check_is_a_page_and_stands_in_the_audit_log() {
    let mut scene = Scene::new();
    let request = scene.start("").await;
    let low = Told { level: 1, ..MARIO };
    let back = scene.op.log_in(&request, &low, scene.gateway.now());
    let page = scene.come_back(&back).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(
        page.body.contains("did not pass our security checks"),
        "{}",
        page.body
    );
    assert_eq!(scene.refusals(), ["id-token-acr-lower"]);
    assert!(session_of(&scene.browser).is_none());
    // What answers nothing is not written down.
    let url = Url::parse(&format!("{ISSUER}/cie/callback?code=x&state=y&iss={OP}")).unwrap();
    assert_eq!(scene.come_back(&url).await.status, StatusCode::FORBIDDEN);
    assert_eq!(scene.refusals().len(), 1);
}

#[tokio::test]
async fn no_citizen_waits_for_a_provider_that_is_not_trusted_and_the_button_says_so() {
    let mut scene = Scene::new();
    assert!(
        scene
            .browser
            .open("/")
            .await
            .body
            .contains("/login/cie?level=")
    );
    scene.gateway.clock.advance(TimeDelta::hours(1));
    for page in ["/", "/login?level=2"] {
        let ways = scene.browser.open(page).await;
        assert!(!ways.body.contains("/login/cie?"), "{page}");
        assert!(
            ways.body
                .contains("we cannot reach the Ministry of the Interior"),
            "{page}"
        );
        assert!(ways.body.contains("Entra con SPID"), "{page}");
    }
    let refused = scene.browser.open("/login/cie").await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.body.contains("/login?choose"), "{}", refused.body);
}

#[tokio::test]
async fn the_protocol_that_fails_is_left_for_the_other_without_an_outage() {
    let high = Some(AssuranceLevel::High);
    let mut scene = Scene::with(CieProtocol::OpenId, high, &[]);
    scene.start("").await;
    scene.gateway.clock.advance(TimeDelta::hours(1));
    let by_saml = scene.browser.open("/login/cie").await;
    assert_eq!(by_saml.status, StatusCode::OK);
    assert!(by_saml.body.contains("SAMLRequest"), "{}", by_saml.body);
    // And the other way round the button leads to SAML as long as it is there.
    let mut scene = Scene::with(CieProtocol::Saml, high, &[]);
    assert!(
        scene
            .browser
            .open("/login/cie")
            .await
            .body
            .contains("SAMLRequest")
    );
    scene.start("?protocol=openid").await;
}

#[tokio::test]
async fn tokens_go_back_at_logout_wherever_the_person_logs_out() {
    let mut scene = Scene::new();
    scene.log_in(&MARIO, "").await;
    assert!(scene.op.given_back().is_empty());
    let left = scene.log_out().await;
    assert_eq!(left.status, StatusCode::OK);
    assert!(session_of(&scene.browser).is_none_or(|id| id.cookie_value().is_empty()));
    assert_eq!(scene.op.given_back().len(), 1);
    let partial = |event: &AuditEvent| matches!(event, AuditEvent::LogoutPartial { .. });
    assert!(!scene.gateway.events().iter().any(partial));
    assert_eq!(
        scene.gateway.register().len(),
        2,
        "the revocation is evidence too"
    );
}

#[tokio::test]
async fn a_logout_that_the_provider_does_not_hear_of_ends_the_session_all_the_same() {
    let mut scene = Scene::new();
    scene.log_in(&MARIO, "").await;
    scene.op.answer(false);
    scene.log_out().await;
    let missed: Vec<String> = scene
        .gateway
        .events()
        .into_iter()
        .filter_map(|event| match event {
            AuditEvent::LogoutPartial { missed, .. } => Some(missed),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(missed, [OP]);
    let portal = scene.browser.open("/").await;
    assert!(!portal.body.contains("Mario"));
}

#[tokio::test]
async fn the_tokens_of_somebody_else_who_was_logged_in_here_go_back_too() {
    let mut scene = Scene::new();
    scene.log_in(&MARIO, "").await;
    let gateway = scene.gateway.clone();
    spid_visit::log_in(&gateway, &mut scene.browser, alfa()).await;
    // Given back by a task of its own: it runs when this one waits.
    tokio::task::yield_now().await;
    assert_eq!(scene.op.given_back().len(), 1);
}
