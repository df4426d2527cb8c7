//! What was taken provisionally: its receipt, and the news that it counts.

use super::*;

fn claim(tokens: &Tokens, name: &str) -> Option<String> {
    let claims = &tokens.claims;
    let issuer = claims["iss"].as_str().unwrap();
    let claim = claims.get(&format!("{issuer}/claims/{name}"))?;
    Some(claim.as_str().unwrap().to_owned())
}

fn receipt_request(
    app: &TestRelyingParty,
    ticket: &str,
    number: &str,
    accept: &str,
) -> Request<Body> {
    let secret = format!("secret of {}: 50% + more", app.id);
    Request::post("/receipts")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(AUTHORIZATION, basic(&app.id, &secret))
        .header(ACCEPT, accept)
        .body(Body::from(format!("ticket={ticket}&number={number}")))
        .unwrap()
}

/// What an application that took a request is answered.
async fn register(
    stand: &CareStand,
    app: &TestRelyingParty,
    ticket: &str,
    number: &str,
) -> (StatusCode, Value) {
    let request = receipt_request(app, ticket, number, "application/json");
    let (status, _, text) = stand.here.ask(request).await;
    (status, serde_json::from_str(&text).expect(&text))
}

async fn verified(stand: &CareStand, receipt: &str) -> VerifiedJwt {
    const RECEIPT: JwtProfile = JwtProfile {
        algorithms: &[JwsAlgorithm::Es256],
        types: &["receipt+jwt"],
        may_be_untyped: false,
        kid: KidRule::Optional,
        max_bytes: 8192,
    };
    let request = Request::get("/jwks").body(Body::empty()).unwrap();
    let (_, _, jwks) = stand.here.ask(request).await;
    let keys = JwkSet::parse(jwks.as_bytes()).unwrap();
    let token = UnverifiedJwt::parse(receipt, 8192).unwrap();
    token.verify(&RECEIPT, keys.keys()).unwrap()
}

#[tokio::test]
async fn a_provisional_request_has_a_receipt_that_proves_its_day_however_late_it_is_asked_for() {
    let (stand, app) = stand().await;
    let mut browser = logged_in(&stand).await;
    let tokens = ask(&stand, &app, &mut browser).await;
    assert_eq!(claim(&tokens, "decision").as_deref(), Some("provisional"));
    let ticket = claim(&tokens, "ticket").expect("a ticket");

    // The form of the request took longer than the tokens live.
    stand.here.clock.advance(chrono::Duration::minutes(25));
    let taken_at = stand.here.clock.now().timestamp();
    let (status, first) = register(&stand, &app, &ticket, "2026-1").await;
    assert_eq!(status, StatusCode::OK, "{first}");
    assert_eq!(first["taken_at"], taken_at);
    assert_eq!(first["day"], "2026-11-21");
    let receipt = verified(&stand, first["receipt"].as_str().unwrap()).await;
    assert_eq!(receipt.text("jti"), first["id"].as_str());
    assert_eq!(receipt.time("toe"), Some(taken_at));
    assert_eq!(receipt.text("sub"), tokens.claims["sub"].as_str());

    stand.here.clock.advance(chrono::Duration::hours(2));
    let (_, again) = register(&stand, &app, &ticket, "2026-1").await;
    assert_eq!(
        (&again["id"], &again["taken_at"]),
        (&first["id"], &first["taken_at"])
    );
    let request = receipt_request(&app, &ticket, "2026-1", "application/pdf");
    let pdf = Pdf::new(&bytes_of(&stand, request).await);
    pdf.satisfies_verapdf();
    let paper = pdf.text();
    for shown in [
        first["id"].as_str().unwrap(),
        MARA,
        "Mara Rossi",
        "2026-1",
        "21 novembre 2026",
    ] {
        assert!(paper.contains(shown), "{shown} in {paper}");
    }
    assert_eq!(stand.dossier().await.all_provisional().len(), 1);

    // The person finds it, and nobody else does.
    let mut browser = logged_in(&stand).await;
    let mine = browser.open("/pin").await;
    assert!(mine.body.contains("/pin/receipts"), "{}", mine.body);
    let list = browser.open("/pin/receipts").await;
    assert!(list.body.contains("2026-1"), "{}", list.body);
    let address = format!("/pin/receipts/{}", first["id"].as_str().unwrap());
    assert_eq!(browser.open(&address).await.status, StatusCode::OK);
    let mut other = stand.here.browser();
    let level = varco::identity::AssuranceLevel::Substantial;
    stand
        .here
        .log_in(&mut other, &person("PRVNNA85C55F205D"), level)
        .await;
    assert_eq!(other.open(&address).await.status, StatusCode::NOT_FOUND);
    let nobody = stand.here.browser().open(&address).await;
    assert_eq!(nobody.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_application_is_told_which_of_its_requests_count_once_the_pin_is_dispositive() {
    let (stand, app) = stand().await;
    let mut browser = logged_in(&stand).await;
    let tokens = ask(&stand, &app, &mut browser).await;
    let ticket = claim(&tokens, "ticket").unwrap();
    let (_, one) = register(&stand, &app, &ticket, "1").await;
    let (_, two) = register(&stand, &app, &ticket, "2").await;

    let page = begin(&mut browser).await;
    let form = paper(&stand, &browser).await;
    upload(&stand, &browser, &page, &form).await;
    stand.drain().await;
    let sent = accept(&stand).await;
    let events: Vec<_> = sent
        .iter()
        .filter_map(varco::downstream::oidc::AssuranceChange::of)
        .collect();
    let [(client, change)] = events.as_slice() else {
        panic!("one event for one application: {events:?}");
    };
    assert_eq!(*client, "domande");
    let receipts: Vec<&str> = [&one, &two].map(|one| one["id"].as_str().unwrap()).to_vec();
    assert_eq!(change.receipts, receipts);

    // The request is permitted now, without a ticket; what was taken keeps its day, and nothing new is provisional.
    let tokens = ask(&stand, &app, &mut browser).await;
    assert_eq!(claim(&tokens, "decision").as_deref(), Some("permit"));
    assert_eq!(claim(&tokens, "ticket"), None);
    let (_, again) = register(&stand, &app, &ticket, "1").await;
    assert_eq!(again["id"], one["id"]);
    let (status, refused) = register(&stand, &app, &ticket, "3").await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{refused}");
}

#[tokio::test]
async fn one_that_waits_is_never_forgotten_for_another() {
    let (stand, app) = stand().await;
    let mut browser = logged_in(&stand).await;
    let tokens = ask(&stand, &app, &mut browser).await;
    let ticket = claim(&tokens, "ticket").unwrap();
    for number in 0..100 {
        let (status, _) = register(&stand, &app, &ticket, &number.to_string()).await;
        assert_eq!(status, StatusCode::OK);
    }
    let (status, _) = register(&stand, &app, &ticket, "one-more").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(stand.dossier().await.all_provisional().len(), 100);
}
