//! The pages of the test Ministry.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use serde_json::{Map, Value};

use super::Ministry;
use super::outcome::{OUTCOMES, Outcome};
use crate::demo::page::{STYLE, page};
use crate::demo::people::{PEOPLE, TestPerson};

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Entra con CIE (prova)</title>
<style>{{ style|safe }}</style></head><body><main><h1>Entra con CIE (prova)</h1>
<p class="note">Questo è il Ministero di prova: le persone sono inventate.</p>
<p>{{ service }} chiede di sapere chi sei, con il livello {{ level }}.</p>
{% if let Some(problem) = problem %}<p class="bad" role="alert">{{ problem }}</p>{% endif %}
<form method="post" action="{{ action }}">
<input type="hidden" name="login" value="{{ login }}">
<label for="username">Nome utente</label><input id="username" name="username" autocomplete="off">
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="off">
<label for="level">Livello da dare</label><select id="level" name="level">
{% for (digit, name, chosen) in levels %}<option value="{{ digit }}"{% if *chosen %} selected{% endif %}>{{ name }}</option>
{% endfor %}</select>
<label for="outcome">Esito</label><select id="outcome" name="outcome"><option value="">accesso riuscito</option>
{% for outcome in outcomes %}<option value="{{ outcome.error }}">{{ outcome.error }}: {{ outcome.meaning }}</option>
{% endfor %}</select>
<p><button name="say" value="login">Entra</button><button class="other" name="say" value="cancel">Annulla</button></p></form>
<h2>Persone di prova</h2><table><tr><th>nome utente</th><th>password</th><th>chi è</th></tr>
{% for person in people %}<tr><td>{{ person.username }}</td><td>{{ person.password }}</td><td>{{ person.name() }}, {{ person.about }}</td></tr>
{% endfor %}</table></main></body></html>"#
)]
struct LoginPage<'a> {
    service: &'a str,
    level: u8,
    problem: Option<&'a str>,
    action: String,
    login: &'a str,
    levels: Vec<(u8, &'static str, bool)>,
    outcomes: &'a [Outcome],
    people: Vec<&'static TestPerson>,
    style: &'a str,
}

/// Where a person types who they are, and chooses what the provider should do.
pub(super) fn login(
    ministry: &Ministry,
    service: &str,
    level: u8,
    login: &str,
    problem: Option<&str>,
) -> Response {
    let ways = [
        (1, "1: nome utente e password"),
        (2, "2: con un secondo fattore, nell'app CieID"),
        (3, "3: con la carta e il suo PIN"),
    ];
    let template = LoginPage {
        service,
        level,
        problem,
        action: format!("{}/login", ministry.provider),
        login,
        levels: ways
            .map(|(digit, name)| (digit, name, digit == level))
            .to_vec(),
        outcomes: &OUTCOMES,
        people: PEOPLE
            .iter()
            .filter(|person| person.fiscal_code.is_some())
            .collect(),
        style: STYLE,
    };
    page(StatusCode::OK, &template)
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Consenso</title>
<style>{{ style|safe }}</style></head><body><main><h1>Entra con CIE (prova)</h1>
<p>{{ service }} riceverà questi dati:</p>
<table>{% for (name, value) in attributes %}<tr><th>{{ name }}</th><td>{{ value }}</td></tr>
{% endfor %}</table>
<form method="post" action="{{ action }}"><input type="hidden" name="login" value="{{ login }}">
<button name="say" value="yes">Acconsento</button><button class="other" name="say" value="no">Non acconsento</button></form></main></body></html>"#
)]
struct ConsentPage<'a> {
    service: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
    action: String,
    login: &'a str,
    style: &'a str,
}

/// Where a person sees what will be told about them, and agrees or not.
pub(super) fn consent(
    ministry: &Ministry,
    service: &str,
    attributes: &Map<String, Value>,
    login: &str,
) -> Response {
    let told = attributes.iter();
    let template = ConsentPage {
        service,
        attributes: told
            .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
            .collect(),
        action: format!("{}/consent", ministry.provider),
        login,
        style: STYLE,
    };
    page(StatusCode::OK, &template)
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Federazione di prova</title>
<style>{{ style|safe }}</style></head><body><main><h1>Federazione di prova</h1>
<p class="note">Questo è il Ministero di prova: garantisce solo per i server della dimostrazione.</p>
<table><tr><th>chi garantisce</th><td><a href="{{ anchor }}/.well-known/openid-federation">{{ anchor }}</a></td></tr>
<tr><th>gestore</th><td><a href="{{ provider }}/.well-known/openid-federation">{{ provider }}</a></td></tr>
<tr><th>servizio</th><td>{% if let Some(id) = relying_party %}<a href="{{ id }}/.well-known/openid-federation">{{ id }}</a>{% else %}nessuno, per ora{% endif %}</td></tr></table>
<form method="post" action="{{ anchor }}/enrol"><button>Registra il servizio con le chiavi che ha ora</button></form>
{% if is_down %}<p class="bad">È tutto spento: il gestore non fa entrare nessuno, e di quello che la federazione garantiva il varco si fida finché non scade, mezz'ora al massimo.</p>{% endif %}
<form method="post" action="{{ anchor }}/switch"><button class="other">{% if is_down %}Riaccendi tutto{% else %}Spegni tutto, per vedere che cosa fa il varco{% endif %}</button></form></main></body></html>"#
)]
struct AnchorPage<'a> {
    anchor: &'a str,
    provider: &'a str,
    relying_party: Option<&'a str>,
    is_down: bool,
    style: &'a str,
}

/// Who is a member, where a relying party that changed its keys is enrolled again, and where all of it is switched off and on.
pub(super) fn anchor(ministry: &Ministry, relying_party: Option<&str>, is_down: bool) -> Response {
    let template = AnchorPage {
        anchor: &ministry.anchor,
        provider: &ministry.provider,
        relying_party,
        is_down,
        style: STYLE,
    };
    page(StatusCode::OK, &template)
}
