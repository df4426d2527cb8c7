//! A login at the provider, step by step: request, password, consent, answer (rules on CIE, B7 and B8).

use axum::extract::{Form, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use url::Url;

use super::{Fields, Login, MinistryService, Stop};
use crate::demo::ministry::outcome::Outcome;
use crate::demo::ministry::pages;
use crate::demo::ministry::provider::Grant;
use crate::demo::ministry::request::{self, BadRequest, LoginRequest};
use crate::demo::people::TestPerson;

type Answer = Result<Response, Stop>;

pub(super) async fn by_query(
    State(service): State<MinistryService>,
    Query(fields): Query<Fields>,
) -> Answer {
    service.begin(&fields).await
}

pub(super) async fn by_form(
    State(service): State<MinistryService>,
    Form(fields): Form<Fields>,
) -> Answer {
    service.begin(&fields).await
}

pub(super) async fn log_in(
    State(service): State<MinistryService>,
    Form(fields): Form<Fields>,
) -> Answer {
    let (id, mut login) = service.taken(&fields).await?;
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let chosen = match (field("say"), field("outcome")) {
        ("cancel", _) => "access_denied",
        (_, outcome) => outcome,
    };
    if !chosen.is_empty() {
        let unknown = || Stop::because(StatusCode::BAD_REQUEST, "Questo esito non c'è.");
        let outcome = Outcome::find(chosen).ok_or_else(unknown)?;
        return service.refuse(&login.request, outcome.error, outcome.meaning);
    }
    let Some(person) = TestPerson::find(field("username"), field("password")) else {
        service.0.logins.put(&id, &login).await?;
        let problem = Some("Nome utente o password non corretti.");
        return Ok(service.page(&login, &id, problem));
    };
    if person.fiscal_code.is_none() {
        service.0.logins.put(&id, &login).await?;
        let problem = Some("Chi non ha un codice fiscale non ha una CIE.");
        return Ok(service.page(&login, &id, problem));
    }
    let level = match field("level").parse() {
        Ok(level) if (1..=3).contains(&level) => level,
        _ => {
            return Err(Stop::because(
                StatusCode::BAD_REQUEST,
                "Questo livello non c'è.",
            ));
        }
    };
    login.agreed = Some((person.username.to_owned(), level));
    service.0.logins.put(&id, &login).await?;
    let grant = Grant {
        request: login.request,
        username: person.username.to_owned(),
        level,
    };
    let attributes = grant.attributes();
    Ok(pages::consent(
        service.ministry(),
        &login.name,
        &attributes,
        &id,
    ))
}

pub(super) async fn agree(
    State(service): State<MinistryService>,
    Form(fields): Form<Fields>,
) -> Answer {
    let (_, login) = service.taken(&fields).await?;
    let first = || Stop::because(StatusCode::BAD_REQUEST, "Prima serve l'accesso.");
    let (username, level) = login.agreed.ok_or_else(first)?;
    if fields.get("say").map(String::as_str) != Some("yes") {
        return service.refuse(&login.request, "access_denied", "the person does not agree");
    }
    let code = service.0.random.token();
    let grant = Grant {
        request: login.request,
        username,
        level,
    };
    service.0.codes.put(&code, &grant).await?;
    let (request, issuer) = (&grant.request, &service.ministry().provider);
    go_back(
        &request.redirect_uri,
        &[("code", &code), ("state", &request.state), ("iss", issuer)],
    )
}

impl MinistryService {
    async fn begin(&self, fields: &Fields) -> Answer {
        let missing = || Stop::because(StatusCode::BAD_REQUEST, "client_id is missing");
        let client = fields.get("client_id").ok_or_else(missing)?;
        let found = self.member(client).await;
        let refused = |error: String| Stop::because(StatusCode::FORBIDDEN, error);
        let (member, enrolled) = found.map_err(|error| refused(error.to_string()))?;
        let provider = &self.ministry().provider;
        let request = match request::read(fields, &member, &enrolled, provider, self.now()) {
            Ok(request) => request,
            Err(BadRequest { error, why, back }) => {
                let (to, state) = back.ok_or_else(|| refused(format!("{error}: {why}")))?;
                return self.go_back_with(&to, &state, error, why);
            }
        };
        if !self.is_new(client, &request.id).await? {
            return self.refuse(&request, "invalid_request", "the request was used before");
        }
        let login = Login {
            request,
            name: member.name,
            agreed: None,
        };
        let id = self.0.random.token();
        self.0.logins.put(&id, &login).await?;
        Ok(self.page(&login, &id, None))
    }

    fn page(&self, login: &Login, id: &str, problem: Option<&str>) -> Response {
        pages::login(
            self.ministry(),
            &login.name,
            login.request.level,
            id,
            problem,
        )
    }

    /// The login of a form, taken out of the store: who does not put it back has used it up.
    async fn taken(&self, fields: &Fields) -> Result<(String, Login), Stop> {
        let id = fields.get("login").cloned().unwrap_or_default();
        let login = self.0.logins.take(&id).await?;
        let gone = "Questo accesso non c'è più: ricomincia dal servizio.";
        let login = login.ok_or_else(|| Stop::because(StatusCode::BAD_REQUEST, gone))?;
        Ok((id, login))
    }

    fn refuse(&self, request: &LoginRequest, error: &str, why: &str) -> Answer {
        self.go_back_with(&request.redirect_uri, &request.state, error, why)
    }

    fn go_back_with(&self, to: &str, state: &str, error: &str, why: &str) -> Answer {
        let issuer = &self.ministry().provider;
        let said = [
            ("error", error),
            ("error_description", why),
            ("state", state),
            ("iss", issuer),
        ];
        go_back(to, &said)
    }
}

fn go_back(to: &str, parameters: &[(&str, &str)]) -> Answer {
    let mut url = Url::parse(to).map_err(|_| Stop::because(StatusCode::BAD_REQUEST, to))?;
    url.query_pairs_mut().extend_pairs(parameters);
    Ok(Redirect::to(url.as_str()).into_response())
}
