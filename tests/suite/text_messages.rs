//! Text messages, when their gateway is well and when it is not.

use varco::fetch::{Authorities, Rules};
use varco::identity::{PhoneNumber, Redacted};
use varco::messages::{
    HttpTextMessages, HttpTextMessagesSettings, NotSent, TextMessage, TextMessages as _,
};

use crate::support::http_server::{HttpServer, Reply};

fn gateway_at(server: &HttpServer) -> HttpTextMessages {
    let url = server.url("/sms");
    let rules = Rules {
        danger_allow_http_on_loopback: true,
        ..Rules::for_origin_of(&url, Authorities::System)
    };
    HttpTextMessages::new(HttpTextMessagesSettings {
        url,
        token: Some(Redacted::new("s3cret".to_owned())),
        rules,
    })
    .unwrap()
}

fn message() -> TextMessage {
    TextMessage {
        to: PhoneNumber::parse("+393331234567").unwrap(),
        text: "Codice 123456".to_owned().into(),
        reference: "r-1".to_owned(),
    }
}

fn taken() -> Reply {
    Reply::of(200, "application/json", "{}")
}

#[tokio::test]
async fn a_message_is_handed_over_in_the_body_with_the_token_and_its_reference() {
    let server = HttpServer::start(|_| taken());
    gateway_at(&server).send(&message()).await.unwrap();
    let received = &server.received()[0];
    assert_eq!(received.line, "POST /sms HTTP/1.1");
    assert_eq!(received.header("authorization"), Some("Bearer s3cret"));
    let said: serde_json::Value = serde_json::from_slice(&received.body).unwrap();
    let expected = serde_json::json!({
        "to": "+393331234567", "text": "Codice 123456", "reference": "r-1",
    });
    assert_eq!(said, expected);
}

#[tokio::test]
async fn whatever_is_not_taken_was_not_sent() {
    let server = HttpServer::start(|_| taken());
    for (status, code) in [(500, "status"), (302, "redirect"), (404, "status")] {
        server.answer(move |_| Reply::of(status, "application/json", "{}"));
        let sent = gateway_at(&server).send(&message()).await;
        assert_eq!(sent, Err(NotSent(code)), "{status}");
    }
    server.answer(|_| Reply::of(200, "text/html", "<p>Welcome"));
    assert!(gateway_at(&server).send(&message()).await.is_err());
    server.answer(|_| Reply::Bytes(Vec::new()));
    assert!(gateway_at(&server).send(&message()).await.is_err());
}

#[test]
fn a_message_shows_neither_number_nor_text() {
    let shown = format!("{:?}", message());
    assert!(!shown.contains("123"), "{shown}");
}
