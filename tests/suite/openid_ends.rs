//! Tokens of OpenID providers when a session ends without its person (rules on CIE, B11: SPID's at expiry too), and an
//! application's hint at a provider.

use std::sync::Arc;

use chrono::TimeDelta;
use http::StatusCode;
use url::Url;
use varco::audit::AuditEvent;
use varco::crypto::{DecryptionKey, SigningKey, SystemRandom};
use varco::http::openid::give_back_expired;
use varco::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationEvent, AuthenticationMethod, Card, CardKind,
    Clock as _, EvidenceId, Methods,
};
use varco::login::openid::Profile;
use varco::policy::{Catalogue, DEFAULT_CATALOGUE};
use varco::protocol::jose::{JweKey, JwkSet, JwsAlgorithm, JwtProfile, JwtSigner, verify_compact};
use varco::session::{Before, Origin};

use crate::support::browser::Browser;
use crate::support::clock::TestClock;
use crate::support::gateway::{ISSUER, Shared, TestGateway, session_of};
use crate::support::keys;
use crate::support::openid_double::{Client, OP, OpenIdDouble, Told};
use crate::support::openid_rp::{self, double, with_spid};
use crate::support::person::{person, vouch_for};
use crate::support::relying_party::TestRelyingParty;
use crate::support::spid::alfa;
use crate::support::spid_visit::{self, known_to_providers};

/// The test providers' Anna, as this one tells of her.
fn anna() -> Told<'static> {
    let anna = &varco::demo::people::PEOPLE[0];
    Told {
        given_name: anna.given_name,
        family_name: anna.family_name,
        birth_date: anna.birth_date,
        fiscal_code: anna.fiscal_code.unwrap(),
        level: 2,
    }
}

/// A gateway with a SPID provider of a federation, trusted for a day.
struct Scene {
    gateway: TestGateway,
    op: Arc<OpenIdDouble>,
    browser: Browser,
}

impl Scene {
    fn new(apps: &[&TestRelyingParty]) -> Self {
        let expires = TestClock::new().now() + TimeDelta::hours(24);
        Self::of(double(Profile::Spid, expires), apps)
    }

    fn of(op: Arc<OpenIdDouble>, apps: &[&TestRelyingParty]) -> Self {
        let catalogue = Catalogue::parse(DEFAULT_CATALOGUE).unwrap();
        let catalogue = catalogue.offering(Methods::from_iter([AuthenticationMethod::Spid]));
        let clients = apps
            .iter()
            .map(|app| app.registration("services = [\"naspi\"]"));
        let gateway = TestGateway::with_openid(clients.collect(), catalogue, None, with_spid(&op));
        Self {
            browser: gateway.browser(),
            gateway,
            op,
        }
    }

    async fn log_in(&mut self) {
        let sent = self.browser.open(&format!("/login/spid?idp={OP}")).await;
        let back = self
            .op
            .log_in(&sent.location(), &anna(), self.gateway.now());
        let portal = self.browser.open_from_elsewhere(&back).await;
        assert_eq!(portal.url.path(), "/", "{}", portal.body);
    }

    fn later(&self, minutes: i64) {
        self.gateway.clock.advance(TimeDelta::minutes(minutes));
    }

    /// What the gateway does again and again. What it starts runs when this waits.
    async fn turn(&self) {
        give_back_expired(&self.gateway.gateway).await.unwrap();
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
    }

    fn partial(&self) -> Vec<Vec<String>> {
        let events = self.gateway.events().into_iter();
        let partial = events.filter_map(|event| match event {
            AuditEvent::LogoutPartial { missed, .. } => Some(missed),
            _ => None,
        });
        partial.collect()
    }
}

/// A session ends twelve hours after it began, whoever uses it; the token of a login made shortly before would outlive it.
async fn until_shortly_before_the_end(scene: &mut Scene) {
    scene.log_in().await;
    for _ in 0..28 {
        scene.later(25);
        let portal = scene.browser.open("/").await;
        assert!(portal.body.contains(anna().given_name));
    }
    scene.later(17);
    scene.log_in().await;
    scene.turn().await;
    assert!(scene.op.given_back().is_empty());
}

#[tokio::test]
async fn the_token_of_a_session_that_expires_goes_back() {
    let mut scene = Scene::new(&[]);
    until_shortly_before_the_end(&mut scene).await;
    scene.later(4);
    scene.turn().await;
    assert_eq!(scene.op.given_back().len(), 1);
    scene.turn().await;
    assert_eq!(scene.op.given_back().len(), 1, "once");
    assert!(scene.partial().is_empty());
}

#[tokio::test]
async fn a_provider_that_does_not_take_the_token_of_an_expired_session_is_named_in_the_audit() {
    let mut scene = Scene::new(&[]);
    until_shortly_before_the_end(&mut scene).await;
    scene.op.answer(false);
    scene.later(4);
    scene.turn().await;
    assert_eq!(scene.partial(), [[OP]]);
}

/// Nobody used it for half an hour: its token, which lives five minutes, is dead by itself.
#[tokio::test]
async fn of_a_session_that_nobody_uses_nothing_is_left_to_give_back() {
    let mut scene = Scene::new(&[]);
    scene.log_in().await;
    scene.later(30);
    scene.turn().await;
    assert!(scene.op.given_back().is_empty());
    assert!(scene.partial().is_empty());
}

#[tokio::test]
async fn the_tokens_of_a_session_that_somebody_else_ends_go_back() {
    let mut scene = Scene::new(&[]);
    scene.log_in().await;
    // Raised with a card that a list names later.
    let handle = session_of(&scene.browser).unwrap().handle().clone();
    let card = Card {
        kind: CardKind::Health,
        issuer: "Regione Esempio - CA Cittadini".to_owned(),
        issuer_id: "aa".to_owned(),
        serial: "07".to_owned(),
        sha256: "00".repeat(32),
        second_step: None,
    };
    let event = AuthenticationEvent {
        method: AuthenticationMethod::Cns,
        provider: card.issuer.clone(),
        level: AchievedAssurance(AssuranceLevel::High),
        at: scene.gateway.now(),
        evidence: EvidenceId("card".to_owned()),
        saml: None,
        card: Some(card),
    };
    let identity = vouch_for(person(anna().fiscal_code), event);
    let sessions = scene.gateway.gateway.sessions();
    let (origin, now) = (Origin::default(), scene.gateway.now());
    let raised = sessions.establish(Some(&handle), identity, origin, now);
    assert!(matches!(raised.await.unwrap().before, Before::SamePerson));
    scene.turn().await;
    assert!(scene.op.given_back().is_empty());
    sessions.end_by_card("aa", "07").await.unwrap();
    assert_eq!(sessions.take_ended_as_revoked().len(), 1);
    scene.turn().await;
    assert_eq!(scene.op.given_back().len(), 1);
}

#[tokio::test]
async fn a_logout_that_another_provider_asks_for_gives_the_tokens_back_at_once() {
    let mut scene = Scene::new(&[]);
    let gateway = scene.gateway.clone();
    spid_visit::log_in(&gateway, &mut scene.browser, alfa()).await;
    scene.log_in().await;
    let service = known_to_providers(&gateway).await;
    let asked = alfa().ask_logout(
        &service,
        "_anna",
        "session-at-the-provider",
        gateway.now(),
        &SystemRandom,
    );
    spid_visit::carry(&mut scene.browser, asked.unwrap().unwrap()).await;
    assert!(session_of(&scene.browser).is_some());
    for _ in 0..8 {
        tokio::task::yield_now().await;
    }
    assert_eq!(scene.op.given_back().len(), 1);
}

#[tokio::test]
async fn an_application_s_hint_leads_straight_to_a_spid_provider_of_the_federation() {
    let app = TestRelyingParty::new("portale");
    let mut scene = Scene::new(&[&app]);
    let question = || {
        let question = app.question().with("idp_hint", OP);
        question.with("resource", "naspi")
    };
    let sent = scene.browser.open_from_elsewhere(&question().url()).await;
    assert_eq!(sent.status, StatusCode::FOUND, "{}", sent.body);
    let request = sent.location();
    assert!(
        request
            .as_str()
            .starts_with(&format!("{OP}/authorization?"))
    );
    let question = question();
    let sent = scene.browser.open_from_elsewhere(&question.url()).await;
    let back = scene
        .op
        .log_in(&sent.location(), &anna(), scene.gateway.now());
    let answer = scene.browser.open_from_elsewhere(&back).await;
    assert!(!app.receive(&question, &answer).code().is_empty());

    // Who is trusted no more is only a hint: the person chooses.
    scene.later(24 * 60);
    let question = app.question().with("idp_hint", OP);
    let page = scene.browser.open_from_elsewhere(&question.url()).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.url.path(), "/login");
    assert!(page.body.contains("Aruba"), "{}", page.body);
}

/// Rules on CIE, B2: a step of a rotation while people are under way.
#[tokio::test]
async fn a_login_that_began_before_a_rotation_s_step_ends_well_after_it() {
    let old = openid_rp::signer();
    let ec = Arc::new(Shared(keys::gateway_ec()));
    let new = JwtSigner::new(ec, JwsAlgorithm::Es256).unwrap();
    let opens = |key: &SigningKey| Arc::new(DecryptionKey::from_pkcs8(key.pkcs8()).unwrap());
    let encryption = opens(keys::gateway_rsa());
    let client = Client {
        id: ISSUER.to_owned(),
        keys: JwkSet::new(vec![old.jwk().clone(), new.jwk().clone()]).unwrap(),
        encryption: Arc::clone(&encryption),
    };
    let expires = TestClock::new().now() + TimeDelta::hours(1);
    let provider = Arc::new(Shared(keys::provider_rsa()));
    let op = OpenIdDouble::new(Profile::Spid, provider, client, expires);
    let mut scene = Scene::of(op, &[]);

    let address = format!("/login/spid?idp={OP}");
    let is_signed_by = |request: &Url, signer: &JwtSigner| {
        let mut pairs = request.query_pairs();
        let (_, object) = pairs.find(|(name, _)| name == "request").unwrap();
        let key = JwkSet::new(vec![signer.jwk().clone()]).unwrap();
        verify_compact(&object, &JwtProfile::REQUEST_OBJECT, &key).is_ok()
    };
    let request = scene.browser.open(&address).await.location();
    assert!(is_signed_by(&request, &old));
    let back = scene.op.log_in(&request, &anna(), scene.gateway.now());

    let party = scene.gateway.gateway.openid().unwrap();
    let next = opens(keys::gateway_ec());
    party.change_keys(new.clone(), [next, encryption].map(JweKey::new).to_vec());
    let portal = scene.browser.open_from_elsewhere(&back).await;
    assert_eq!(portal.url.path(), "/", "{}", portal.body);
    assert!(portal.body.contains(anna().given_name));
    let request = scene.browser.open(&address).await.location();
    assert!(is_signed_by(&request, &new) && !is_signed_by(&request, &old));
}
