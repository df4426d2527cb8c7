//! The second step after a card, where policy wants one: `/login/cns/code`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::Query;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::{CNS, gone, refused, way};
use crate::crypto::Random;
use crate::http::flow::{self, Browser, see_other};
use crate::http::form;
use crate::http::oidc::{read, unusable};
use crate::http::pages::{self, Refusal};
use crate::http::starts;
use crate::http::visit::Visit;
use crate::identity::SecondStep;
use crate::login::cns::CardLogin;
use crate::login::cns::second_step::{Code, SecondSteps, Typed};
use crate::messages::{TextMessage, TextMessages};
use crate::session::FlowId;
use crate::store::{Admission, ExpiringStore, RateLimit};

/// How many codes a minute are sent to one person, whatever they begin anew: a text costs, and rings somebody's telephone.
const CODES_PER_MINUTE: u32 = 3;

/// What second steps take.
pub struct SecondStepWay {
    steps: SecondSteps,
    messages: Arc<dyn TextMessages>,
    limit: RateLimit,
}

impl SecondStepWay {
    /// Second steps whose codes go by these messages.
    #[must_use]
    pub fn new(
        store: &Arc<dyn ExpiringStore>,
        random: Arc<dyn Random>,
        messages: Arc<dyn TextMessages>,
    ) -> Self {
        Self {
            steps: SecondSteps::new(store, random),
            messages,
            limit: RateLimit::new(Arc::clone(store), "cns-codes", CODES_PER_MINUTE),
        }
    }
}

fn second(visit: &Visit) -> Result<&SecondStepWay, Refusal> {
    // The configuration is refused when a rule of the catalogue wants a step that nobody can send.
    let missing =
        || Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable").because("no-messages");
    way(&visit.gateway)?
        .second_step
        .as_ref()
        .ok_or_else(missing)
}

/// Sends a code to the person of a card and asks for it.
pub(super) async fn begin(
    visit: &Visit,
    browser: &Browser,
    login: CardLogin,
    step: SecondStep,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    let second = second(visit)?;
    let (now, flow) = (gateway.now(), login.flow.clone());
    let person = login.identity.person();
    let standing = gateway.standing_of(person).await?;
    let Some(to) = standing.mobile().cloned() else {
        let code = "second-step-no-telephone";
        flow::record(visit, refused(code, None)).await?;
        gateway.metrics().login(CNS, code);
        return Err(Refusal::new(StatusCode::FORBIDDEN, code).offering(pages::other_way(&flow)));
    };
    match second.limit.admit(&person.key.canonical(), now).await? {
        Admission::Admitted => {}
        Admission::Wait(wait) => return Err(starts::too_many(wait)),
    }
    let code = second
        .steps
        .begin(login, &browser.digest(), (step, to), now)
        .await?;
    send(visit, second, &code, &flow).await?;
    Ok(see_other(&pages::code_address(&code.id)))
}

/// What `/login/cns/code` is asked with.
#[derive(Debug, Deserialize)]
pub(in crate::http) struct CodeQuery {
    step: String,
}

/// `GET /login/cns/code`: the page that asks for the code.
pub(in crate::http) async fn ask(
    visit: Visit,
    browser: Browser,
    Query(query): Query<CodeQuery>,
) -> Result<Response, Refusal> {
    let steps = &second(&visit)?.steps;
    let now = visit.gateway.now();
    let pending = steps.find(&query.step, &browser.digest(), now).await?;
    let pending = pending.ok_or_else(gone)?;
    Ok(pages::code(&visit, &query.step, &pending, None))
}

/// `POST /login/cns/code`: a code that was typed, or the wish for another one.
pub(in crate::http) async fn answer(
    visit: Visit,
    browser: Browser,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    form::check_origin(gateway, &headers)?;
    let form = read(&body)?;
    let field = |name| form.one(name).map_err(|error| unusable(&error));
    let (step, typed) = (field(pages::STEP_FIELD)?, field(pages::CODE_FIELD)?);
    let step = step.ok_or_else(gone)?;
    let second = second(&visit)?;
    let (digest, now) = (browser.digest(), gateway.now());
    let pending = second.steps.find(step, &digest, now).await?;
    let pending = pending.ok_or_else(gone)?;
    if field(pages::AGAIN_FIELD)?.is_some() {
        if let Some(code) = second.steps.again(step, &digest, now).await? {
            send(&visit, second, &code, &pending.flow).await?;
        }
        return Ok(see_other(&pages::code_address(step)));
    }
    let typed = typed.unwrap_or_default();
    match second.steps.typed(step, &digest, typed, now).await? {
        Typed::Right(login) => flow::logged_in(&visit, &browser, &login.flow, login.identity).await,
        Typed::Wrong { left } => Ok(pages::code(&visit, step, &pending, Some(left))),
        Typed::Over => {
            let code = "second-step-failed";
            flow::record(&visit, refused(code, None)).await?;
            gateway.metrics().login(CNS, code);
            let refusal = Refusal::new(StatusCode::FORBIDDEN, code);
            Err(refusal
                .offering(pages::card_again(&pending.flow))
                .offering(pages::other_way(&pending.flow)))
        }
    }
}

async fn send(
    visit: &Visit,
    second: &SecondStepWay,
    code: &Code,
    flow: &FlowId,
) -> Result<(), Refusal> {
    let organization = &visit.gateway.settings().organization().name;
    let arguments = [
        ("organization", organization.as_str()),
        ("code", code.digits.expose()),
    ];
    let message = TextMessage {
        to: code.to.clone(),
        text: visit
            .language
            .say_all("second-step-message", &arguments)
            .into(),
        reference: code.reference.clone(),
    };
    second.messages.send(&message).await.map_err(|error| {
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "second-step-not-sent")
            .because(error.0)
            .offering(pages::card_again(flow))
            .offering(pages::other_way(flow))
    })
}
