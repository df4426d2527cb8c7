//! What was not taken: when it is tried again, and when it is given up.

use super::*;

#[tokio::test]
async fn what_is_not_taken_is_tried_again_after_pauses_that_grow() {
    let post = Post::new();
    *post.ways.refuses_mail.lock().unwrap() = Some("mail-connection");
    post.put(email(), post.notice(ChangeNotice::Locked), "it");
    let mut pauses = Vec::new();
    for _ in 0..8 {
        let now = post.gateway.clock.now();
        assert_eq!(post.turn().await, 0);
        let pause = post.outbox.due()[0] - now;
        pauses.push(pause.num_seconds());
        // Not before its time.
        post.gateway.clock.advance(pause - Duration::seconds(1));
        let tried = *post.ways.mails_tried.lock().unwrap();
        post.turn().await;
        assert_eq!(*post.ways.mails_tried.lock().unwrap(), tried);
        post.gateway.clock.advance(Duration::seconds(1));
    }
    assert_eq!(pauses, [30, 60, 120, 240, 480, 900, 900, 900]);
    *post.ways.refuses_mail.lock().unwrap() = None;
    assert_eq!(post.turn().await, 1);
    assert_eq!(post.outbox.len(), 0);
}

#[tokio::test]
async fn a_mailbox_that_is_not_there_is_not_asked_for_every_few_minutes() {
    let post = Post::new();
    *post.ways.refuses_mail.lock().unwrap() = Some("mail-refused");
    post.put(email(), post.notice(ChangeNotice::Locked), "it");
    let now = post.gateway.clock.now();
    post.turn().await;
    assert_eq!(post.outbox.due()[0] - now, Duration::hours(6));
}

#[tokio::test]
async fn a_way_that_is_down_delays_no_other_and_is_left_alone_after_three_failures() {
    let post = Post::new();
    *post.ways.refuses_mail.lock().unwrap() = Some("mail-timeout");
    for _ in 0..200 {
        post.put(email(), post.notice(ChangeNotice::Locked), "it");
    }
    post.put(letter(), post.second_half(), "it");
    post.put(mobile(), post.notice(ChangeNotice::Locked), "it");
    assert_eq!(post.turn().await, 2);
    let tried = *post.ways.mails_tried.lock().unwrap();
    // Three of each handful that is looked at together.
    assert!(tried <= 12, "{tried}");
    assert_eq!(post.outbox.len(), 200, "none is lost");
    *post.ways.refuses_mail.lock().unwrap() = None;
    post.gateway.clock.advance(Duration::minutes(1));
    assert_eq!(post.turn().await, 200);
}

#[tokio::test]
async fn what_was_handed_over_and_not_taken_out_is_the_same_message_when_it_is_handed_over_again() {
    let post = Post::new();
    *post.outbox.is_stuck.lock().unwrap() = true;
    post.put(letter(), post.second_half(), "it");
    post.put(mobile(), post.first_half(), "it");
    post.turn().await;
    post.gateway.clock.advance(Duration::days(2));
    *post.outbox.is_stuck.lock().unwrap() = false;
    assert_eq!(post.turn().await, 2);
    let letters = post.ways.letters.lock().unwrap();
    assert_eq!(letters.len(), 2);
    assert_eq!(letters[0].reference, letters[1].reference);
    assert_eq!(letters[0].pdf.expose(), letters[1].pdf.expose());
    let texts = post.ways.texts.lock().unwrap();
    assert_eq!(texts[0].reference, texts[1].reference);
    assert_eq!(texts[0].text, texts[1].text);
}

#[tokio::test]
async fn a_code_that_is_over_and_news_of_a_month_ago_are_given_up() {
    let post = Post::new();
    *post.ways.refuses_mail.lock().unwrap() = Some("mail-connection");
    post.put(email(), post.first_half(), "it");
    post.put(email(), post.notice(ChangeNotice::Locked), "it");
    post.turn().await;
    post.gateway
        .clock
        .advance(Duration::days(30) - Duration::seconds(1));
    post.turn().await;
    assert_eq!(post.outbox.len(), 2);
    *post.ways.refuses_mail.lock().unwrap() = None;
    post.gateway.clock.advance(Duration::minutes(15));
    assert_eq!(post.turn().await, 0);
    assert_eq!(post.outbox.len(), 0, "its secret is gone too");
    assert!(post.ways.mails.lock().unwrap().is_empty());
}

#[tokio::test]
async fn how_much_waits_and_what_left_is_counted() {
    let post = Post::new();
    *post.ways.refuses_mail.lock().unwrap() = Some("mail-connection");
    post.put(email(), post.notice(ChangeNotice::Locked), "it");
    post.put(mobile(), post.notice(ChangeNotice::Locked), "it");
    post.turn().await;
    let metrics = post.gateway.gateway.metrics().encode().unwrap();
    for line in [
        "varco_outbox_waiting 1",
        "varco_outbox_total{way=\"email\",outcome=\"failed\"} 1",
        "varco_outbox_total{way=\"sms\",outcome=\"sent\"} 1",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
}
