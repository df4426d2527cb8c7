//! What would have left for people: text messages, e-mail, certified e-mail and letters, on one page.
//!
//! In: what the gateway's outbox hands over. Out: nothing leaves; each message stays in memory and is shown under the sample
//! application's origin, `/messages` for people and `/messages.json` for programs, a letter as the PDF that would be printed.
//! The people are invented, so whoever has the page may read their post.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use super::page::{STYLE, notice, page};
use crate::identity::{Clock, Timestamp, time_in_italy};
use crate::messages::{
    Letter, Letters, Mail, Mails, Messengers, NotSent, TextMessage, TextMessages,
};
use crate::store::BoxFuture;

/// Where the page is.
pub const PAGE: &str = "/messages";
/// Where programs read the same.
pub const JSON: &str = "/messages.json";

/// How many messages are shown; older ones go.
const MOST: usize = 500;

/// A message that would have left.
#[derive(Debug, Clone, Serialize)]
struct Left {
    /// When, in UTC.
    at: Timestamp,
    /// `sms`, `email`, `pec` or `letter`.
    way: &'static str,
    /// The number, the address, or the kind of letter.
    to: String,
    subject: String,
    text: String,
    reference: String,
    #[serde(skip)]
    pdf: Option<Vec<u8>>,
}

/// Everything that would have left, the newest first.
#[derive(Clone)]
pub struct TestPost(Arc<Parts>);

struct Parts {
    clock: Arc<dyn Clock>,
    left: Mutex<VecDeque<Left>>,
}

/// The same by certified e-mail.
struct Certified(TestPost);

impl TestPost {
    /// A post that has carried nothing yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Parts {
            clock,
            left: Mutex::default(),
        }))
    }

    /// Every way, all of which end here.
    #[must_use]
    pub fn messengers(&self) -> Messengers {
        Messengers {
            text: Some(Arc::new(self.clone())),
            mail: Some(Arc::new(self.clone())),
            pec: Some(Arc::new(Certified(self.clone()))),
            letters: Some(Arc::new(self.clone())),
        }
    }

    /// The pages.
    pub fn router(self) -> Router {
        Router::new()
            .route(PAGE, get(show))
            .route(JSON, get(list))
            .route("/messages/{reference}", get(letter))
            .with_state(self)
    }

    fn left(&self) -> MutexGuard<'_, VecDeque<Left>> {
        self.0.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a message, once however often it is handed over.
    fn keep(&self, message: Left) -> BoxFuture<'_, Result<(), NotSent>> {
        let mut left = self.left();
        let is_new = left.iter().all(|old| old.reference != message.reference);
        if is_new {
            left.push_front(message);
            left.truncate(MOST);
        }
        Box::pin(async { Ok(()) })
    }

    fn keep_mail(&self, way: &'static str, mail: &Mail) -> BoxFuture<'_, Result<(), NotSent>> {
        self.keep(Left {
            at: self.0.clock.now(),
            way,
            to: mail.to.expose().to_owned(),
            subject: mail.subject.clone(),
            text: mail.text.expose().clone(),
            reference: mail.reference.clone(),
            pdf: None,
        })
    }
}

impl TextMessages for TestPost {
    fn send<'a>(&'a self, message: &'a TextMessage) -> BoxFuture<'a, Result<(), NotSent>> {
        self.keep(Left {
            at: self.0.clock.now(),
            way: "sms",
            to: message.to.expose().to_owned(),
            subject: String::new(),
            text: message.text.expose().clone(),
            reference: message.reference.clone(),
            pdf: None,
        })
    }
}

impl Mails for TestPost {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), NotSent>> {
        self.keep_mail("email", mail)
    }
}

impl Mails for Certified {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), NotSent>> {
        self.0.keep_mail("pec", mail)
    }
}

impl Letters for TestPost {
    fn print<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), NotSent>> {
        self.keep(Left {
            at: self.0.clock.now(),
            way: "letter",
            to: letter.to.expose().join(", "),
            subject: letter.subject.clone(),
            text: letter.text.expose().clone(),
            reference: letter.reference.clone(),
            pdf: Some(letter.pdf.expose().clone()),
        })
    }
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Messaggi usciti</title>
<style>{{ style|safe }}</style></head><body><main><h1>Messaggi usciti</h1>
<p class="note">Tutto quello che il varco avrebbe spedito. Qui non parte nulla, e le persone sono inventate.</p>
{% if messages.is_empty() %}<p>Ancora nessuno.</p>{% else %}
<table id="messages"><tr><th>Quando</th><th>Come</th><th>A chi</th><th>Che cosa</th></tr>
{% for message in messages %}<tr><td>{{ message.when }}</td><td>{{ message.way }}</td><td>{{ message.to }}</td>
<td>{% if !message.subject.is_empty() %}<strong>{{ message.subject }}</strong>{% endif %}
{% for line in message.lines %}<p>{{ line }}</p>{% endfor %}
{% if message.is_letter %}<p><a href="{{ root }}/{{ message.reference }}">La lettera, come viene stampata</a></p>{% endif %}</td></tr>
{% endfor %}</table>{% endif %}</main></body></html>"#
)]
struct MessagesPage {
    messages: Vec<Shown>,
    root: &'static str,
    style: &'static str,
}

struct Shown {
    when: String,
    way: &'static str,
    to: String,
    subject: String,
    lines: Vec<String>,
    reference: String,
    is_letter: bool,
}

async fn show(State(post): State<TestPost>) -> Response {
    let messages = post.left().iter().map(shown).collect();
    let template = MessagesPage {
        messages,
        root: PAGE,
        style: STYLE,
    };
    page(StatusCode::OK, &template)
}

fn shown(left: &Left) -> Shown {
    let lines = left.text.lines().filter(|line| !line.is_empty());
    Shown {
        when: time_in_italy(left.at).format("%H:%M:%S").to_string(),
        way: match left.way {
            "sms" => "SMS",
            "email" => "e-mail",
            "pec" => "PEC",
            _ => "lettera",
        },
        to: left.to.clone(),
        subject: left.subject.clone(),
        lines: lines.map(str::to_owned).collect(),
        reference: left.reference.clone(),
        is_letter: left.pdf.is_some(),
    }
}

async fn list(State(post): State<TestPost>) -> Response {
    let left: Vec<Left> = post.left().iter().cloned().collect();
    let mut response = Json(left).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn letter(State(post): State<TestPost>, Path(reference): Path<String>) -> Response {
    let left = post.left();
    let letter = left.iter().find(|left| left.reference == reference);
    let Some(pdf) = letter.and_then(|left| left.pdf.clone()) else {
        return notice(
            StatusCode::NOT_FOUND,
            "Lettera non trovata",
            "Forse la prova è ricominciata da capo.",
            Some((PAGE, "Messaggi usciti")),
        );
    };
    let mut response = pdf.into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "application/pdf"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use http::Request;
    use serde_json::Value;
    use tower::ServiceExt as _;

    use super::*;
    use crate::identity::{EmailAddress, PhoneNumber, Redacted, SystemClock};
    use crate::messages::Finish;

    async fn get(post: &TestPost, address: &str) -> (StatusCode, Vec<u8>) {
        let request = Request::get(address).body(Body::empty()).unwrap();
        let response = post.clone().router().oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, body.to_vec())
    }

    fn mail(reference: &str) -> Mail {
        Mail {
            to: EmailAddress::parse("maria@example.org").unwrap(),
            subject: "La prima metà".to_owned(),
            text: Redacted::new("ABCD EFGH <b>".to_owned()),
            language: "it".to_owned(),
            at: SystemClock.now(),
            reference: reference.to_owned(),
        }
    }

    #[tokio::test]
    async fn every_message_is_on_the_page_and_in_the_list_the_newest_first() {
        let post = TestPost::new(Arc::new(SystemClock));
        let (_, page) = get(&post, PAGE).await;
        assert!(String::from_utf8(page).unwrap().contains("Ancora nessuno"));
        let ways = post.messengers();
        let text = TextMessage {
            to: PhoneNumber::parse("+393331234567").unwrap(),
            text: Redacted::new("codice".to_owned()),
            reference: "r-1".to_owned(),
        };
        let letter = Letter {
            reference: "r-4".to_owned(),
            kind: "second-half",
            to: Redacted::new(vec!["Maria Bianchi".to_owned(), "Roma".to_owned()]),
            subject: "La seconda metà".to_owned(),
            text: Redacted::new("JKMN2345".to_owned()),
            office: None,
            hours: None,
            at: SystemClock.now(),
            finish: Finish::WindowEnvelope,
            pdf: Redacted::new(b"%PDF-".to_vec()),
        };
        ways.text.unwrap().send(&text).await.unwrap();
        let way = ways.mail.unwrap();
        way.send(&mail("r-2")).await.unwrap();
        // Handed over twice, it is there once.
        way.send(&mail("r-2")).await.unwrap();
        ways.pec.unwrap().send(&mail("r-3")).await.unwrap();
        ways.letters.unwrap().print(&letter).await.unwrap();

        let (_, list) = get(&post, JSON).await;
        let list: Vec<Value> = serde_json::from_slice(&list).unwrap();
        let ways: Vec<&str> = list
            .iter()
            .map(|left| left["way"].as_str().unwrap())
            .collect();
        assert_eq!(ways, ["letter", "pec", "email", "sms"]);
        assert_eq!(list[0]["to"], "Maria Bianchi, Roma");
        let (_, page) = get(&post, PAGE).await;
        let page = String::from_utf8(page).unwrap();
        for part in [
            "+393331234567",
            "maria@example.org",
            "JKMN2345",
            "/messages/r-4",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
        assert!(!page.contains("<b>"), "escaped: {page}");
        assert_eq!(
            get(&post, "/messages/r-4").await,
            (StatusCode::OK, b"%PDF-".to_vec())
        );
        assert_eq!(get(&post, "/messages/r-2").await.0, StatusCode::NOT_FOUND);
    }
}
