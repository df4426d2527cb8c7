//! The emergency rule of March 2020: for a request that says so, the first eight characters of the initial PIN are enough.

use chrono::Duration;
use http::StatusCode;
use serde_json::json;
use varco::audit::PinStep;
use varco::identity::PinGrade;
use varco::pin::{ChangeNotice, HistoryEntry, MessageKind, PinState, PinStore as _};

use crate::support::browser::{Answer, Browser};
use crate::support::gateway::session_of;
use crate::support::pin_stand::{PinSettings, PinStand, log_in, somebody, type_in, wrong};
use crate::support::relying_party::{Question, TestRelyingParty, user_info};

const HOME: &str = "192.0.2.1";
const LOW: &str = "minimum_level = \"low\"\nservices = [\"naspi\", \"stato-pratica\"]";

fn stand(registration: &str, takes_first_half: bool) -> (PinStand, TestRelyingParty) {
    let app = TestRelyingParty::new("domande");
    let stand = PinStand::with(PinSettings {
        clients: vec![app.registration(registration)],
        takes_first_half,
        ..PinSettings::default()
    });
    (stand, app)
}

fn asking(app: &TestRelyingParty) -> Question {
    app.question()
        .with("resource", "naspi/request")
        .with("idp_hint", "pin")
}

/// The application sends the browser, and somebody types what they have.
async fn typed(browser: &mut Browser, question: &Question, number: usize, pin: &str) -> Answer {
    let page = browser.open_from_elsewhere(&question.url()).await;
    assert_eq!(page.url.path(), "/login/pin", "{}", page.body);
    type_in(browser, &page, &somebody(number), pin).await
}

#[tokio::test]
async fn where_the_catalogue_says_so_the_first_half_is_enough_to_submit() {
    let (stand, app) = stand(LOW, true);
    // Whatever the PIN will be good for once it is whole.
    for (number, grade) in [(1, PinGrade::Ordinary), (2, PinGrade::Dispositive)] {
        let initial = stand.issue(&somebody(number), grade).await;
        let mut browser = stand.browser(HOME);
        let question = asking(&app);
        let answer = typed(&mut browser, &question, number, &initial[..8]).await;
        let code = app.receive(&question, &answer).code();
        let tokens = app.tokens(&stand.here, &question, &code).await;
        assert_eq!(tokens.claims["acr"], "0", "less than any level");
        assert_eq!(tokens.claims["amr"], json!(["pin"]));
        assert_eq!(
            tokens.claims["https://login.example/claims/decision"],
            "permit"
        );
        let (status, ..) = user_info(&stand.here, &tokens.access_token).await;
        assert_eq!(status, StatusCode::OK);

        // The PIN is as it was: nothing but the word of it to its holder.
        let dossier = stand.dossier(&somebody(number)).await;
        assert!(!dossier.pin().unwrap().was_used);
        assert_eq!(dossier.history().last().unwrap().step, PinStep::HalfUsed);
        let told = stand.pins.outbox_due(stand.here.now(), 100).await.unwrap();
        let is_word = |kind: &MessageKind| {
            matches!(
                kind,
                MessageKind::Notice {
                    change: ChangeNotice::HalfUsed,
                    ..
                }
            )
        };
        let words = told.iter().filter(|row| is_word(&row.outgoing.kind));
        assert_eq!(words.count(), 3 * number, "to all contacts");
        let page = log_in(&mut stand.browser(HOME), &somebody(number), &initial).await;
        assert_eq!(
            page.status,
            StatusCode::OK,
            "the first access: {}",
            page.body
        );
    }
}

#[tokio::test]
async fn what_half_a_pin_may_ask_for_an_ordinary_one_may_too() {
    let (stand, app) = stand(LOW, true);
    let pin = stand.working(&somebody(1), PinGrade::Ordinary).await;
    let question = asking(&app);
    let answer = typed(&mut stand.browser(HOME), &question, 1, &pin).await;
    let code = app.receive(&question, &answer).code();
    let tokens = app.tokens(&stand.here, &question, &code).await;
    assert_eq!(tokens.claims["acr"], "https://www.spid.gov.it/SpidL1");
    assert_eq!(
        tokens.claims["https://login.example/claims/decision"],
        "permit"
    );
}

#[tokio::test]
async fn by_default_a_first_half_is_a_wrong_pin() {
    let (stand, app) = stand(LOW, false);
    let initial = stand.issue(&somebody(1), PinGrade::Ordinary).await;
    let mut browser = stand.browser(HOME);
    let answer = typed(&mut browser, &asking(&app), 1, &initial[..8]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let PinState::Initial(pair) = stand
        .dossier(&somebody(1))
        .await
        .pin()
        .unwrap()
        .state
        .clone()
    else {
        panic!("an initial PIN");
    };
    assert_eq!(pair.tries, 0, "and no try on the pair");
}

#[tokio::test]
async fn a_first_half_opens_no_page_of_ours_and_no_other_service() {
    let (stand, app) = stand(LOW, true);
    let initial = stand.issue(&somebody(1), PinGrade::Dispositive).await;
    let mut browser = stand.browser(HOME);
    let question = asking(&app);
    let answer = typed(&mut browser, &question, 1, &initial[..8]).await;
    app.receive(&question, &answer).code();
    assert_eq!(session_of(&browser), None, "the browser gets nothing");
    for (address, secret) in [("/", "PRVNNA"), ("/pin", "PRVNNA"), ("/sessions", "PRVNNA")] {
        let page = browser.open(address).await;
        assert!(!page.body.contains(secret), "{address}: {}", page.body);
    }
    // Neither for another service, nor without one, nor again for the same.
    for resource in [
        "stato-pratica/consult",
        "naspi/consult",
        "",
        "naspi/request",
    ] {
        let question = app.question().with("prompt", "none");
        let question = match resource {
            "" => question,
            resource => question.with("resource", resource),
        };
        let answer = browser.open_from_elsewhere(&question.url()).await;
        let heard = app.receive(&question, &answer);
        assert_eq!(heard.error(), "login_required", "{resource}");
    }
    // And nowhere else is a half taken for anything.
    let question = app.question().with("resource", "stato-pratica/consult");
    let question = question.with("idp_hint", "pin");
    let refused = typed(&mut stand.browser(HOME), &question, 1, &initial[..8]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refused = log_in(&mut stand.browser("192.0.2.3"), &somebody(1), &initial[..8]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn an_application_that_asks_for_a_level_is_given_no_half() {
    let (strict, app) = stand("services = [\"naspi\"]", true);
    let initial = strict.issue(&somebody(1), PinGrade::Dispositive).await;
    let refused = typed(&mut strict.browser(HOME), &asking(&app), 1, &initial[..8]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    let (stand, app) = stand(LOW, true);
    let initial = stand.issue(&somebody(1), PinGrade::Dispositive).await;
    let question = asking(&app).with("acr_values", "https://www.spid.gov.it/SpidL1");
    let refused = typed(&mut stand.browser(HOME), &question, 1, &initial[..8]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_right_half_gives_back_no_tries_on_the_pair() {
    let (stand, app) = stand(LOW, true);
    let initial = stand.issue(&somebody(1), PinGrade::Ordinary).await;
    let mut turn = 0;
    // Whoever has the first half tries second ones, and shows the first in between.
    for number in 0..5 {
        turn += 1;
        stand.here.clock.advance(Duration::hours(2));
        let address = format!("198.51.{}.1", turn % 200);
        let guess = format!("{}{}", &initial[..8], wrong(&initial[8..], number));
        let page = log_in(&mut stand.browser(&address), &somebody(1), &guess).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        if number < 4 {
            let question = asking(&app);
            let mut browser = stand.browser(&address);
            let answer = typed(&mut browser, &question, 1, &initial[..8]).await;
            app.receive(&question, &answer).code();
        }
    }
    let page = log_in(&mut stand.browser(HOME), &somebody(1), &initial).await;
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "the pair died"
    );
}

#[tokio::test]
async fn guessing_first_halves_kills_the_pair_and_tells_nobody_who_has_one() {
    let (stand, app) = stand(LOW, true);
    let initial = stand.issue(&somebody(1), PinGrade::Ordinary).await;
    let mut bodies = Vec::new();
    for number in 0..5 {
        stand.here.clock.advance(Duration::hours(2));
        for person in [1, 2] {
            let guess = wrong(&initial[..8], number);
            let page = typed(&mut stand.browser(HOME), &asking(&app), person, &guess).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            let flow = page.form().field("flow").unwrap().to_owned();
            let body = page.body.replace(&flow, "F");
            bodies.push(body.replace(somebody(person).expose(), "P"));
        }
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    stand.here.clock.advance(Duration::hours(2));
    let question = asking(&app);
    let refused = typed(&mut stand.browser(HOME), &question, 1, &initial[..8]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let dossier = stand.dossier(&somebody(1)).await;
    let died = |entry: &HistoryEntry| entry.step == PinStep::PairDied;
    assert!(dossier.history().iter().any(died));
}
