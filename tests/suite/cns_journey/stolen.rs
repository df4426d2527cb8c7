//! Codes and tickets on the way back from a card, in other hands or at another time.

use super::*;

/// A browser that showed a good card, and the address that it was sent back to.
async fn shown(stand: &CardStand) -> (Browser, Url) {
    let mut browser = stand.here.browser();
    let computer = stand.computer(Some(good_card().0));
    let sent = browser.open("/login/cns").await;
    let back = stand.show(&computer, &sent).await.unwrap();
    assert_eq!(back.path(), "/login/cns/done");
    (browser, back)
}

#[track_caller]
fn begin_again(answer: &Answer, browser: &Browser) {
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    assert!(
        answer.body.contains("This login is no longer valid"),
        "{}",
        answer.body
    );
    assert!(session_of(browser).is_none());
}

#[tokio::test]
async fn a_stolen_code_is_worth_nothing_in_another_browser_and_the_audit_tells() {
    let stand = stand().await;
    let (mut browser, back) = shown(&stand).await;
    let mut thief = stand.here.browser();
    begin_again(&thief.open(back.as_str()).await, &thief);
    // A thief with a flow of their own fares no better.
    let (_, other) = shown(&stand).await;
    thief.open("/login/cns").await;
    begin_again(&thief.open(other.as_str()).await, &thief);
    let told = async || {
        let events = stand.here.events().into_iter();
        let other = |event: &AuditEvent| matches!(event, AuditEvent::LoginRefused { code, .. } if code == "other-browser");
        events.filter(other).count()
    };
    assert_eq!(told().await, 2);
    // What was seen elsewhere is spent, and is written once.
    begin_again(&thief.open(back.as_str()).await, &thief);
    begin_again(&browser.open(back.as_str()).await, &browser);
    assert_eq!(told().await, 2);
    stand.end().await;
}

#[tokio::test]
async fn a_code_is_used_once_and_in_time_and_for_a_flow_that_goes_on() {
    let stand = stand().await;
    let (mut browser, back) = shown(&stand).await;
    browser.open(back.as_str()).await;
    browser.set_cookie("__Host-varco", "", true);
    begin_again(&browser.open(back.as_str()).await, &browser);

    let (mut late, back) = shown(&stand).await;
    stand.here.clock.advance(Duration::seconds(60));
    begin_again(&late.open(back.as_str()).await, &late);

    let mut cancelled = stand.here.browser();
    let question = app().question();
    let ways_in = cancelled.open_from_elsewhere(&question.url()).await;
    let sent = cancelled.open(&link(&ways_in, "/login/cns?flow=")).await;
    let computer = stand.computer(Some(good_card().0));
    let back = stand.show(&computer, &sent).await.unwrap();
    cancelled.open(&link(&ways_in, "/login/cancel?flow=")).await;
    begin_again(&cancelled.open(back.as_str()).await, &cancelled);
    stand.end().await;
}

#[tokio::test]
async fn a_ticket_is_used_once_and_in_time_and_for_a_flow_that_goes_on() {
    let stand = stand().await;
    let computer = stand.computer(Some(good_card().0));
    let gone = async |url: &Url, says: &str| {
        let page = stand.open(&computer, url).await.unwrap();
        assert_eq!(status(&page), 400);
        assert!(page.contains(says), "{page}");
        assert!(page.contains(&format!("href=\"{ISSUER}/login\"")), "{page}");
    };
    let again = "Ricomincia l&#39;accesso con la carta";
    let mut browser = stand.here.browser();
    let sent = browser.open("/login/cns").await;
    stand.show(&computer, &sent).await.unwrap();
    gone(&sent.location(), again).await;

    let late = browser.open("/login/cns").await;
    stand.here.clock.advance(Duration::minutes(5));
    gone(&late.location(), again).await;
    gone(
        &Url::parse(&format!("{CARD_HOST}/card?ticket=x")).unwrap(),
        again,
    )
    .await;

    let ways_in = browser.open_from_elsewhere(&app().question().url()).await;
    let cancelled = browser.open(&link(&ways_in, "/login/cns?flow=")).await;
    browser.open(&link(&ways_in, "/login/cancel?flow=")).await;
    gone(&cancelled.location(), "Questo accesso non è più valido").await;
    stand.end().await;
}

#[tokio::test]
async fn who_lures_somebody_into_showing_their_card_gets_nothing() {
    let stand = stand().await;
    let mut attacker = stand.here.browser();
    let bait = attacker.open("/login/cns").await;
    // The victim follows the attacker's link and shows their card.
    let computer = stand.computer(Some(good_card().0));
    let back = stand.show(&computer, &bait).await.unwrap();
    let mut victim = stand.here.browser();
    begin_again(&victim.open(back.as_str()).await, &victim);
    // The attacker has the ticket, which is spent. Even the code, out of the victim's history, is by now.
    begin_again(&attacker.open(back.as_str()).await, &attacker);
    let answer = stand
        .open(&stand.computer(None), &bait.location())
        .await
        .unwrap();
    assert_eq!(location(&answer), None);
    stand.end().await;
}
