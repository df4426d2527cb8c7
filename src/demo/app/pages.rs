//! The pages of the sample application.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use serde_json::Value;

use super::book::{Heard, Held};
use super::{AppSession, EVENTS, OFFERS, Offer, WayIn};
use crate::demo::messages;
use crate::demo::page::{STYLE, page};
use crate::demo::site::{HIGH_PAGE, PAGE};
use crate::identity::time_in_italy;

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Area personale di prova</title>
<style>{{ style|safe }}</style></head><body><main><h1>Area personale di prova</h1>
{% if claims.is_empty() %}<p>Non sappiamo chi sei.</p><p><a class="button" id="login" href="/login">Entra</a>
{% for (name, address) in ways %}<a class="button other" href="{{ address }}">{{ name }}</a>
{% endfor %}</p>
{% else %}<p>Questo ci ha detto il varco, con il livello <strong id="level">{{ level }}</strong>:</p>
<table id="claims">{% for (name, value) in claims %}<tr><th>{{ name }}</th><td>{{ value }}</td></tr>
{% endfor %}</table>
<p><a class="button" id="logout" href="/logout">Esci</a></p>{% endif %}
<h2>Servizi</h2><ul>{% for (offer, opened) in offers %}<li><a href="/login?resource={{ offer.resource }}">{{ offer.name }}</a>
{% if let Some(level) = opened %} <strong class="opened">aperto con {{ level }}</strong>
{% if offer.is_request() %}<form method="post" action="/requests"><input type="hidden" name="resource" value="{{ offer.resource }}"><button class="other">Manda la domanda</button></form>{% endif %}{% endif %}</li>
{% endfor %}</ul>
{% if !requests.is_empty() %}<h2>Le tue domande</h2>
<table id="requests"><tr><th>Numero</th><th>Servizio</th><th>Stato</th></tr>
{% for request in requests %}<tr><td>{{ request.number }}</td><td>{{ request.resource }}</td><td>{% if request.counts %}<strong class="counts">in lavorazione</strong>{% else %}<strong>provvisoria</strong>: aspetta che il PIN diventi dispositivo{% endif %}
{% if let Some(receipt) = request.receipt %}<br>ricevuta {{ receipt.id }} del {{ receipt.day }}{% endif %}</td></tr>
{% endfor %}</table>{% endif %}
<h2>Dietro un proxy</h2><ul><li><a href="{{ proxied }}">Pratiche</a></li><li><a href="{{ proxied_high }}">Pratica di pensione (chiede il livello più alto)</a></li></ul>
<h2>Posta</h2><ul><li><a href="{{ messages }}">Messaggi usciti</a></li><li><a href="{{ events }}">Eventi che il varco ci ha detto</a></li></ul></main></body></html>"#
)]
struct HomePage<'a> {
    claims: Vec<(&'a str, String)>,
    level: &'a str,
    ways: Vec<(&'a str, String)>,
    offers: Vec<(&'a Offer, Option<&'a String>)>,
    proxied: &'a str,
    proxied_high: &'a str,
    messages: &'a str,
    events: &'a str,
    requests: &'a [Held],
    style: &'a str,
}

/// Who the person is, as far as the gateway told, what they may open, and what they asked for.
pub(super) fn home(session: &AppSession, ways: &[WayIn], requests: &[Held]) -> Response {
    let shown = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let template = HomePage {
        claims: session
            .claims
            .iter()
            .map(|(name, value)| (name.as_str(), shown(value)))
            .collect(),
        level: session
            .claims
            .get("acr")
            .and_then(Value::as_str)
            .unwrap_or_default(),
        ways: ways.iter().map(|way| (way.name, led_by(way))).collect(),
        offers: OFFERS
            .iter()
            .map(|offer| (offer, session.opened.get(offer.resource)))
            .collect(),
        proxied: PAGE,
        proxied_high: HIGH_PAGE,
        messages: messages::PAGE,
        events: EVENTS,
        requests,
        style: STYLE,
    };
    page(StatusCode::OK, &template)
}

/// Where the application's login by a way in is.
fn led_by(way: &WayIn) -> String {
    let mut query = form_urlencoded::Serializer::new("/login?".to_owned());
    query.append_pair("idp_hint", &way.hint).finish()
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Eventi</title>
<style>{{ style|safe }}</style></head><body><main><h1>Eventi</h1>
<p class="note">Quello che il varco ci ha detto senza che lo chiedessimo: gettoni firmati (RFC 8417), mandati qui (RFC 8935).</p>
{% if events.is_empty() %}<p>Ancora nessuno.</p>{% else %}
<table id="events"><tr><th>Quando</th><th>Di chi</th><th>Livello</th><th>Ricevute delle domande che ora contano</th></tr>
{% for event in events %}<tr><td>{{ event.when }}</td><td>{{ event.heard.sub }}</td><td>da {{ event.heard.from }} a {{ event.heard.to }}</td>
<td>{% for receipt in event.heard.receipts %}{{ receipt }}<br>{% endfor %}</td></tr>
{% endfor %}</table>{% endif %}<p><a class="button" href="/">Area personale di prova</a></p></main></body></html>"#
)]
struct EventsPage<'a> {
    events: Vec<Shown<'a>>,
    style: &'a str,
}

struct Shown<'a> {
    when: String,
    heard: &'a Heard,
}

/// What was heard.
pub(super) fn events(heard: &[Heard]) -> Response {
    let shown = heard.iter().map(|heard| Shown {
        when: time_in_italy(heard.at).format("%H:%M:%S").to_string(),
        heard,
    });
    let template = EventsPage {
        events: shown.collect(),
        style: STYLE,
    };
    page(StatusCode::OK, &template)
}
