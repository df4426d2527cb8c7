//! The pages of a test provider.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use super::TestIdp;
use super::anomaly::Anomaly;
use super::request::AuthnRequest;
use super::service_provider::ServiceProvider;
use crate::demo::page::{STYLE, page};
use crate::demo::people::{PEOPLE, TestPerson};

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ name }}: accesso</title>
<style>{{ style|safe }}</style></head><body><main><h1>{{ name }}</h1>
<p class="note">Questo è un gestore di identità di prova: le persone sono inventate.</p>
<p>{{ service }} chiede di sapere chi sei, con il livello {{ system }} {{ level }}.</p>
{% if let Some(problem) = problem %}<p class="bad" role="alert">{{ problem }}</p>{% endif %}
<form method="post" action="{{ action }}">
<input type="hidden" name="login" value="{{ login }}">
<label for="username">Nome utente</label><input id="username" name="username" autocomplete="off">
<label for="password">Password</label><input id="password" name="password" type="password" autocomplete="off">
<label for="level">Livello da dare</label><select id="level" name="level">
{% for (digit, chosen) in levels %}<option value="{{ digit }}"{% if *chosen %} selected{% endif %}>{{ system }} {{ digit }}</option>
{% endfor %}</select>
<label for="outcome">Esito</label><select id="outcome" name="outcome"><option value="">accesso riuscito</option>
{% for anomaly in anomalies %}<option value="{{ anomaly.number }}"{% if *out_of_reach && anomaly.number == 20 %} selected{% endif %}>nr{{ "{:02}"|format(anomaly.number) }}: {{ anomaly.meaning }}</option>
{% endfor %}</select>
<label><input type="checkbox" name="session"{% if *level == 1 %} checked{% endif %}> apri una sessione presso il gestore (serve al logout unico)</label>
<button name="say" value="login">Entra</button><button class="other" name="say" value="cancel">Annulla</button></form>
<h2>Persone di prova</h2><table><tr><th>nome utente</th><th>password</th><th>chi è</th></tr>
{% for person in people %}<tr><td>{{ person.username }}</td><td>{{ person.password }}</td><td>{{ person.name() }}, {{ person.about }}</td></tr>
{% endfor %}</table></main></body></html>"#
)]
struct LoginPage<'a> {
    name: String,
    system: &'a str,
    service: &'a str,
    level: &'a u8,
    problem: Option<&'a str>,
    action: String,
    login: &'a str,
    levels: Vec<(u8, bool)>,
    anomalies: &'a [Anomaly],
    out_of_reach: &'a bool,
    people: &'a [TestPerson],
    style: &'a str,
}

/// Where a person types who they are, and chooses what the provider should do.
pub(super) fn login(
    idp: &TestIdp,
    service: &ServiceProvider,
    request: &AuthnRequest,
    login: &str,
    problem: Option<&str>,
) -> Response {
    let highest = idp.provider.highest.digit();
    let given = request.level.min(highest);
    let template = LoginPage {
        name: idp.provider.test_name(),
        system: idp.provider.federation.name(),
        service: &service.name,
        level: &request.level,
        problem,
        action: format!("{}/login", idp.entity_id()),
        login,
        levels: (1..=highest).map(|digit| (digit, digit == given)).collect(),
        anomalies: Anomaly::all(idp.provider.federation),
        out_of_reach: &(request.level > highest),
        people: &PEOPLE,
        style: STYLE,
    };
    page(StatusCode::OK, &template)
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ name }}: consenso</title>
<style>{{ style|safe }}</style></head><body><main><h1>{{ name }}</h1>
<p>{{ service }} riceverà questi dati:</p>
<table>{% for (name, value) in attributes %}<tr><th>{{ name }}</th><td>{% if let Some(value) = value %}{{ value }}{% endif %}</td></tr>
{% endfor %}</table>
<form method="post" action="{{ action }}"><input type="hidden" name="login" value="{{ login }}">
<button name="say" value="yes">Acconsento</button><button class="other" name="say" value="no">Non acconsento</button></form></main></body></html>"#
)]
struct ConsentPage<'a> {
    name: String,
    service: &'a str,
    attributes: &'a [(String, Option<String>)],
    action: String,
    login: &'a str,
    style: &'a str,
}

/// Where a person sees what will be told about them, and agrees or not.
pub(super) fn consent(
    idp: &TestIdp,
    service: &ServiceProvider,
    attributes: &[(String, Option<String>)],
    login: &str,
) -> Response {
    let template = ConsentPage {
        name: idp.provider.test_name(),
        service: &service.name,
        attributes,
        action: format!("{}/consent", idp.entity_id()),
        login,
        style: STYLE,
    };
    page(StatusCode::OK, &template)
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{ name }}</title>
<style>{{ style|safe }}</style></head><body><main><h1>{{ name }}</h1>
<p>Gestore di identità di prova. Livello massimo: {{ system }} {{ highest }}. <a href="{{ entity_id }}/metadata">Metadata</a></p>
{% if let Some(person) = person %}<p>In questo browser è aperta la sessione di {{ person }}.</p>
<form method="post" action="{{ entity_id }}/logout"><button>Esci ovunque</button></form>
{% else %}<p>In questo browser non c'è nessuna sessione aperta.</p>{% endif %}</main></body></html>"#
)]
struct HomePage<'a> {
    name: String,
    system: &'a str,
    entity_id: &'a str,
    highest: u8,
    person: Option<String>,
    style: &'a str,
}

/// The provider itself, with the session that this browser has there.
pub(super) fn home(idp: &TestIdp, person: Option<&TestPerson>) -> Response {
    let template = HomePage {
        name: idp.provider.test_name(),
        system: idp.provider.federation.name(),
        entity_id: idp.entity_id(),
        highest: idp.provider.highest.digit(),
        person: person.map(TestPerson::name),
        style: STYLE,
    };
    page(StatusCode::OK, &template)
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Gestori di prova</title>
<style>{{ style|safe }}</style></head><body><main><h1>Gestori di identità di prova</h1>
<ul>{% for idp in idps %}<li><a href="{{ idp.entity_id() }}">{{ idp.provider.test_name() }}</a></li>{% endfor %}</ul></main></body></html>"#
)]
struct ListPage<'a> {
    idps: &'a [TestIdp],
    style: &'a str,
}

/// Every test provider.
pub(super) fn list(idps: &[TestIdp]) -> Response {
    page(StatusCode::OK, &ListPage { idps, style: STYLE })
}
