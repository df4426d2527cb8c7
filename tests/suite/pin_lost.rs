//! A half that did not come, a lost PIN, the end of one (PIN rules, Lost PIN and Numbers).

use chrono::Duration;
use http::StatusCode;
use varco::pin::{PinStatus, Recipient};

use crate::support::browser::{Answer, Browser};
use crate::support::pin_care::{CARD, CareStand, MARA, link, send, told};

/// Asks to restore a PIN; gives the page that follows.
async fn ask(browser: &mut Browser, typed: &[(&str, &str)]) -> Answer {
    let page = browser.open("/pin/restore").await;
    send(browser, &page, typed).await
}

const RIGHT: [(&str, &str); 3] = [
    ("fiscal_code", MARA),
    ("mobile", "333 1234567"),
    ("email", "mara@example.org"),
];

/// Follows a link and presses its button.
async fn follow(browser: &mut Browser, link: &str, fiscal_code: &str) -> Answer {
    let page = browser.open(link).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    send(browser, &page, &[("fiscal_code", fiscal_code)]).await
}

fn is_working(stand: &CareStand, dossier: &varco::pin::Dossier) -> bool {
    let status = dossier.status(&stand.rules, stand.here.now());
    matches!(status, PinStatus::Working(_))
}

#[tokio::test]
async fn a_link_and_two_contacts_restore_a_pin_and_the_old_one_stops_at_once() {
    let stand = CareStand::new();
    stand.with_working_pin().await;
    let mut browser = stand.here.browser();
    let answer = ask(&mut browser, &RIGHT).await;
    assert_eq!(answer.url.path(), "/pin/restore/sent");
    let sent = stand.drain().await;
    assert_eq!(told(&sent)[0], "restore-link by email");
    // Neither asking nor opening the link stops anything: programs follow links, too.
    let link = link(&sent);
    browser.open(&link).await;
    assert!(is_working(&stand, &stand.dossier().await));

    stand.here.clock.advance(Duration::minutes(5));
    let answer = follow(&mut browser, &link, MARA).await;
    assert!(
        answer.body.contains("The PIN has been restored"),
        "{}",
        answer.body
    );
    let dossier = stand.dossier().await;
    let status = dossier.status(&stand.rules, stand.here.now());
    assert!(matches!(status, PinStatus::Initial(_)));
    assert_eq!(dossier.stopped(), Some(stand.here.now()));
    let sent = stand.drain().await;
    let (first, second) = (&sent[0], &sent[1]);
    assert_eq!(
        told(&sent)[..2],
        ["first-half by sms", "second-half by email"]
    );
    assert!(matches!(&first.to, Recipient::Sms(number) if number.expose() == "+393331234567"));
    assert!(matches!(&second.to, Recipient::Email(to) if to.expose() == "mara@example.org"));
}

#[tokio::test]
async fn a_link_works_once_for_its_person_and_for_24_hours() {
    let stand = CareStand::new();
    stand.with_working_pin().await;
    let mut browser = stand.here.browser();
    ask(&mut browser, &RIGHT).await;
    let old = link(&stand.drain().await);
    stand.here.clock.advance(Duration::minutes(1));
    ask(&mut browser, &RIGHT).await;
    let new = link(&stand.drain().await);
    for (link, person) in [
        (old.as_str(), MARA),
        (new.as_str(), "BNCNNA75L63F205J"),
        ("/pin/restore/link/AAAA", MARA),
    ] {
        let refused = follow(&mut browser, link, person).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{link}");
        assert!(refused.body.contains("The link is not good"));
    }
    assert!(is_working(&stand, &stand.dossier().await));
    stand.here.clock.advance(Duration::hours(24));
    let late = follow(&mut browser, &new, MARA).await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST);

    ask(&mut browser, &RIGHT).await;
    let new = link(&stand.drain().await);
    stand
        .here
        .clock
        .advance(Duration::hours(24) - Duration::seconds(1));
    let in_time = follow(&mut browser, &new, MARA).await;
    assert_eq!(in_time.status, StatusCode::OK);
    let twice = follow(&mut browser, &new, MARA).await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn asking_to_restore_is_answered_the_same_whatever_there_is() {
    let stand = CareStand::new();
    let mut browser = stand.here.browser();
    let nobody = ask(&mut browser, &RIGHT).await;
    stand.with_halves().await;
    let never_used = ask(&mut browser, &RIGHT).await;
    assert!(stand.drain().await.is_empty());
    stand.here.clock.advance(Duration::minutes(1));
    stand.with_working_pin().await;
    let wrong = [RIGHT[0], RIGHT[1], ("email", "other@example.org")];
    let other_contacts = ask(&mut browser, &wrong).await;
    assert!(stand.drain().await.is_empty());
    let right = ask(&mut browser, &RIGHT).await;
    assert!(!stand.drain().await.is_empty());
    for answer in [nobody, never_used, other_contacts] {
        assert_eq!(answer.status, right.status);
        assert_eq!(answer.url, right.url);
        assert_eq!(answer.body, right.body);
    }
}

#[tokio::test]
async fn two_contacts_are_needed_one_of_them_for_mail() {
    let stand = CareStand::new();
    let mut browser = stand.here.browser();
    for typed in [&RIGHT[..2], &[RIGHT[0], RIGHT[2]]] {
        let page = ask(&mut browser, typed).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("Two contacts are needed"));
        for (_, value) in typed {
            assert!(page.body.contains(&format!("value=\"{value}\"")), "{value}");
        }
    }
}

#[tokio::test]
async fn one_person_is_sent_a_few_links_a_minute_wherever_they_are_asked_for() {
    let stand = CareStand::new();
    stand.with_working_pin().await;
    for client in [
        "192.0.2.1",
        "192.0.2.2",
        "192.0.2.3",
        "192.0.2.4",
        "192.0.2.5",
    ] {
        let mut browser = stand.here.browser().on("a browser", client);
        let answer = ask(&mut browser, &RIGHT).await;
        assert_eq!(answer.url.path(), "/pin/restore/sent");
    }
    let sent = told(&stand.drain().await);
    let links = sent.iter().filter(|told| *told == "restore-link by email");
    assert_eq!(links.count(), 3);
}

/// Sends the form that revokes a PIN.
async fn revoke(browser: &mut Browser, card: &str) -> Answer {
    let page = browser.open("/pin/revoke").await;
    send(
        browser,
        &page,
        &[("fiscal_code", MARA), ("health_card", card)],
    )
    .await
}

#[tokio::test]
async fn the_number_of_the_tessera_sanitaria_revokes_a_pin() {
    let stand = CareStand::new();
    stand.with_working_pin().await;
    let mut browser = stand.here.browser();
    let wrong = revoke(&mut browser, "80380001200123456780").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong
            .body
            .contains("The number does not match this fiscal code")
    );
    assert!(is_working(&stand, &stand.dossier().await));

    let done = revoke(&mut browser, "80380 00120 01234 56789").await;
    assert!(done.body.contains("The PIN is revoked"), "{}", done.body);
    let dossier = stand.dossier().await;
    let status = dossier.status(&stand.rules, stand.here.now());
    assert!(matches!(status, PinStatus::Revoked));
    assert_eq!(dossier.stopped(), Some(stand.here.now()));
    let expected = ["revoked by sms", "revoked by pec", "revoked by email"];
    assert_eq!(told(&stand.drain().await), expected);
}

#[tokio::test]
async fn revoking_tells_nobody_without_the_card_whether_there_is_a_pin() {
    let stand = CareStand::new();
    let mut browser = stand.here.browser();
    let answers = async |browser: &mut Browser| {
        let wrong = revoke(browser, "80380001200123456780").await;
        let right = revoke(browser, CARD).await;
        stand.here.clock.advance(Duration::minutes(1));
        [wrong, right]
    };
    let without = answers(&mut browser).await;
    stand.with_working_pin().await;
    let with = answers(&mut browser).await;
    for (one, other) in without.iter().zip(&with) {
        assert_eq!(one.status, other.status);
        assert_eq!(one.body, other.body);
    }
}

#[tokio::test]
async fn numbers_of_cards_are_not_tried_one_after_the_other() {
    let stand = CareStand::new();
    stand.with_working_pin().await;
    let mut stranger = stand.here.browser().on("a browser", "192.0.2.1");
    let mut statuses = Vec::new();
    for last in 0..4 {
        let number = format!("8038000120012345678{last}");
        statuses.push(revoke(&mut stranger, &number).await.status);
    }
    assert_eq!(statuses[..3], [StatusCode::UNPROCESSABLE_ENTITY; 3]);
    assert_eq!(statuses[3], StatusCode::TOO_MANY_REQUESTS);
    // Who tries keeps nobody else from it.
    let mut holder = stand.here.browser().on("a browser", "198.51.100.7");
    assert_eq!(revoke(&mut holder, CARD).await.status, StatusCode::OK);
}

#[tokio::test]
async fn numbers_of_cards_are_not_tried_from_everywhere_without_end() {
    let stand = CareStand::new();
    let mut refused = 0;
    for client in 0..31 {
        let address = format!("192.0.{client}.1");
        let mut browser = stand.here.browser().on("a browser", &address);
        let answer = revoke(&mut browser, "80380001200123456780").await;
        refused += usize::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(refused, 1);
}

#[tokio::test]
async fn a_stranger_who_asks_all_the_time_keeps_nobody_from_restoring() {
    let stand = CareStand::new();
    stand.with_working_pin().await;
    let mut stranger = stand.here.browser().on("a browser", "192.0.2.1");
    let wrong = [RIGHT[0], RIGHT[1], ("email", "stranger@example.org")];
    for _ in 0..10 {
        ask(&mut stranger, &wrong).await;
    }
    let mut holder = stand.here.browser().on("a browser", "198.51.100.7");
    ask(&mut holder, &RIGHT).await;
    assert_eq!(told(&stand.drain().await)[0], "restore-link by email");
}

/// Asks for something to be sent again.
async fn again(browser: &mut Browser, what: &str, contact: (&str, &str)) -> Answer {
    let page = browser.open("/pin/again").await;
    send(
        browser,
        &page,
        &[("fiscal_code", MARA), ("what", what), contact],
    )
    .await
}

const MOBILE: (&str, &str) = ("mobile", "333 1234567");

#[tokio::test]
async fn the_first_half_is_sent_again_and_the_letter_stays_good() {
    let stand = CareStand::new();
    stand.with_halves().await;
    let mut browser = stand.here.browser();
    let answer = again(&mut browser, "first", MOBILE).await;
    assert_eq!(answer.url.path(), "/pin/again/sent");
    assert_eq!(told(&stand.drain().await), ["first-half by sms"]);
}

#[tokio::test]
async fn a_new_letter_comes_a_day_after_the_last_and_four_times_in_thirty_days() {
    let stand = CareStand::new();
    stand.with_halves().await;
    let mut browser = stand.here.browser();
    let day = Duration::days(1);
    let mut letters = 1;
    stand.here.clock.advance(day - Duration::seconds(1));
    again(&mut browser, "letter", MOBILE).await;
    assert!(stand.drain().await.is_empty(), "not within a day");
    stand.here.clock.advance(Duration::seconds(1));
    for _ in 1..=29 {
        again(&mut browser, "letter", MOBILE).await;
        let sent = told(&stand.drain().await);
        if !sent.is_empty() {
            assert_eq!(sent, ["first-half by sms", "second-half by letter"]);
            letters += 1;
        }
        stand.here.clock.advance(day);
    }
    assert_eq!(letters, 4);
    // Thirty days after the first letter there is room for another.
    again(&mut browser, "letter", MOBILE).await;
    assert_eq!(stand.drain().await.len(), 2);
}

#[tokio::test]
async fn a_stranger_has_nothing_sent_again_and_is_answered_the_same() {
    let stand = CareStand::new();
    let mut browser = stand.here.browser();
    let nobody = again(&mut browser, "first", MOBILE).await;
    stand.with_halves().await;
    for what in ["first", "letter"] {
        stand.here.clock.advance(Duration::days(1));
        let stranger = again(&mut browser, what, ("email", "stranger@example.org")).await;
        assert!(stand.drain().await.is_empty());
        assert_eq!((&stranger.url, &stranger.body), (&nobody.url, &nobody.body));
    }
    let right = again(&mut browser, "first", MOBILE).await;
    assert_eq!(right.body, nobody.body);
    let none = browser
        .submit("/pin/again", &[("fiscal_code", MARA), ("what", "first")])
        .await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
}
