//! The pages of the sample application.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use serde_json::Value;

use super::{AppSession, OFFERS, Offer};
use crate::demo::messages;
use crate::demo::page::{STYLE, page};
use crate::demo::site::{HIGH_PAGE, PAGE};

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Area personale di prova</title>
<style>{{ style|safe }}</style></head><body><main><h1>Area personale di prova</h1>
{% if claims.is_empty() %}<p>Non sappiamo chi sei.</p><p><a class="button" id="login" href="/login">Entra</a></p>
{% else %}<p>Questo ci ha detto il varco, con il livello <strong id="level">{{ level }}</strong>:</p>
<table id="claims">{% for (name, value) in claims %}<tr><th>{{ name }}</th><td>{{ value }}</td></tr>
{% endfor %}</table>
<p><a class="button" id="logout" href="/logout">Esci</a></p>{% endif %}
<h2>Servizi</h2><ul>{% for (offer, opened) in offers %}<li><a href="/login?resource={{ offer.resource }}">{{ offer.name }}</a>
{% if let Some(level) = opened %} <strong class="opened">aperto con {{ level }}</strong>{% endif %}</li>
{% endfor %}</ul>
<h2>Dietro un proxy</h2><ul><li><a href="{{ proxied }}">Pratiche</a></li><li><a href="{{ proxied_high }}">Pratica di pensione (chiede il livello più alto)</a></li></ul>
<h2>Posta</h2><p><a href="{{ messages }}">Messaggi usciti</a></p></main></body></html>"#
)]
struct HomePage<'a> {
    claims: Vec<(&'a str, String)>,
    level: &'a str,
    offers: Vec<(&'a Offer, Option<&'a String>)>,
    proxied: &'a str,
    proxied_high: &'a str,
    messages: &'a str,
    style: &'a str,
}

/// Who the person is, as far as the gateway told, and what they may open.
pub(super) fn home(session: &AppSession) -> Response {
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
        offers: OFFERS
            .iter()
            .map(|offer| (offer, session.opened.get(offer.resource)))
            .collect(),
        proxied: PAGE,
        proxied_high: HIGH_PAGE,
        messages: messages::PAGE,
        style: STYLE,
    };
    page(StatusCode::OK, &template)
}
