//! `/login/pin`: the form, and what comes of what was typed.

use axum::body::Bytes;
use axum::extract::Query;
use axum::response::Response;
use http::HeaderMap;
use serde::Deserialize;
use tokio::time::Instant;

use super::{PIN, context, gone, guided, refused, unavailable, way};
use crate::audit::AuditEvent;
use crate::http::flow::{self, Browser, CurrentSession, with_cookie};
use crate::http::form;
use crate::http::login::{self, Beginning};
use crate::http::oidc::{read, unusable};
use crate::http::pages::{self, Refusal};
use crate::http::shares::network;
use crate::http::starts;
use crate::http::state::Gateway;
use crate::http::visit::Visit;
use crate::identity::{
    AchievedAssurance, AssuranceLevel, Categories, FiscalCode, Person, PersonKey, VerifiedIdentity,
};
use crate::login::pin::{Attempt, Checked, Entered, PinRefused, TypedPin, VerifiedPin};
use crate::policy::OperationRule;
use crate::session::{FlowId, LoginFlow};

/// How much is shown again of what is no fiscal code.
const LONGEST_SHOWN: usize = 32;

/// What `/login/pin` is asked with.
#[derive(Debug, Deserialize)]
pub(in crate::http) struct StartQuery {
    /// The flow to log in for; without one a login for the portal begins.
    flow: Option<String>,
}

/// `GET /login/pin`: the form.
pub(in crate::http) async fn ask(
    visit: Visit,
    browser: Browser,
    current: CurrentSession,
    Query(query): Query<StartQuery>,
) -> Result<Response, Refusal> {
    let gateway = &visit.gateway;
    if !way(gateway)?.is_open(&gateway.catalogue(), gateway.now()) {
        return Err(pages::pin_closed(None));
    }
    starts::admit(&visit).await?;
    let asked = (query.flow.as_deref(), None);
    let beginning = login::beginning(&visit, (&browser, &current), PIN, asked).await?;
    let flow = match beginning {
        Beginning::In(flow, _) => flow,
        Beginning::Elsewhere(response) => return Ok(response),
    };
    let page = pages::pin_form(&visit, &flow, "", None);
    Ok(browser.remembered(gateway, page))
}

/// `POST /login/pin`: a fiscal code and a PIN.
pub(in crate::http) async fn enter(
    visit: Visit,
    browser: Browser,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let began = Instant::now();
    let gateway = &visit.gateway;
    let way = way(gateway)?;
    form::check_origin(gateway, &headers)?;
    let form = read(&body)?;
    let field = |name| form.one(name).map_err(|error| unusable(&error));
    let id = field(pages::PIN_FLOW_FIELD)?.ok_or_else(gone)?;
    let typed = field(pages::PERSON_FIELD)?.unwrap_or_default();
    let secret = TypedPin::parse(field(pages::PIN_FIELD)?.unwrap_or_default());
    let flow = flow::find(gateway, &browser, id).await?;
    let session = flow::session_of(gateway, &flow).await?;
    let serves = flow::level_by(PIN, gateway, &flow, session.as_ref()).await;
    if serves.is_none() {
        return flow::next(&visit, &browser, &flow, session.as_ref()).await;
    }
    // What has not the form of one says nothing of anybody, and costs nothing.
    let Ok(person) = FiscalCode::parse(typed) else {
        let typed = shown(typed);
        return Ok(pages::pin_form(
            &visit,
            &flow,
            &typed,
            Some("pin-wrong-person"),
        ));
    };
    let Ok(secret) = secret else {
        let wrong = Some("pin-wrong-form");
        return Ok(pages::pin_form(&visit, &flow, person.expose(), wrong));
    };

    // What comes from this machine comes from a proxy, or from whoever runs it.
    let client = visit.client.map(|client| network(client.0));
    let client = client.filter(|client| !client.is_loopback());
    let share = client.map(|client| way.shares.take(client));
    let Some(_share) = share.map_or(Some(None), |share| share.map(Some)) else {
        gateway.metrics().login(PIN, "busy");
        return Err(pages::pin_busy(Some(&flow)));
    };
    let attempt = Attempt {
        person: &person,
        secret,
        takes_half: takes_half(gateway, &flow),
        device: gateway.settings().cookies().device(&headers),
        source: client.map(|client| client.to_string()),
    };
    let context = context(&visit, way.logins().rules());
    let checked = way.logins.check(attempt, &context).await;
    let right = match checked.map_err(|failure| unavailable(&failure))? {
        Checked::Right(right) => right,
        Checked::Refused(why) => {
            gateway.metrics().login(PIN, why.code());
            return match why {
                PinRefused::Wait(wait) => Err(pages::pin_wait(&visit, &flow, wait)),
                PinRefused::Busy => Err(pages::pin_busy(Some(&flow))),
                PinRefused::Wrong { code, is_alarm } => {
                    note_wrong(&visit, &person, code, is_alarm).await?;
                    way.next_beat(began).await;
                    let wrong = Some("pin-wrong");
                    Ok(pages::pin_form(&visit, &flow, person.expose(), wrong))
                }
            };
        }
    };
    let Some(categories) = open_categories(&visit, &person).await? else {
        let code = "category-closed";
        gateway.metrics().login(PIN, code);
        flow::record(&visit, refused(&person, code)).await?;
        return Err(pages::pin_closed(Some(&flow)));
    };
    let digest = browser.digest();
    let entered = way
        .logins
        .enter(*right, (&flow.id, &digest), categories, &context);
    match entered.await.map_err(|failure| unavailable(&failure))? {
        Entered::In(proof) => logged_in(&visit, &browser, &flow.id, *proof).await,
        Entered::Guided(procedure, step) => {
            guided::begin(&visit, &browser, &flow, (procedure, step)).await
        }
        Entered::Changed => {
            let wrong = Some("pin-wrong");
            Ok(pages::pin_form(&visit, &flow, person.expose(), wrong))
        }
    }
}

/// Whether a flow leads to a request that takes the first half of an initial PIN alone.
fn takes_half(gateway: &Gateway, flow: &LoginFlow) -> bool {
    let requirement = &flow.requirement;
    let catalogue = gateway.catalogue();
    let service = requirement.service.as_ref();
    let rule = service.and_then(|(id, operation)| catalogue.get(id)?.rule(*operation));
    let below = AchievedAssurance(AssuranceLevel::BelowLow);
    below.satisfies(requirement.level) && rule.is_some_and(OperationRule::takes_first_half)
}

/// Writes a wrong PIN down, and that one PIN is tried on everybody, the moment that it turns out.
async fn note_wrong(
    visit: &Visit,
    person: &FiscalCode,
    code: &'static str,
    is_alarm: bool,
) -> Result<(), Refusal> {
    let mut events = vec![refused(person, code)];
    if is_alarm {
        let people = way(&visit.gateway)?.logins.rules().alarm_people;
        tracing::error!(people, "pin-tried-on-everybody");
        visit.gateway.metrics().login(PIN, "alarm");
        events.push(AuditEvent::PinTriedOnMany { people });
    }
    flow::record_all(visit, events).await
}

/// What was typed in place of a fiscal code, as far as it is shown again.
fn shown(typed: &str) -> String {
    typed.chars().take(LONGEST_SHOWN).collect()
}

/// Everything that a person is, if any of it may use a PIN now; nothing if none of it may (PIN rules, annulment by category).
async fn open_categories(
    visit: &Visit,
    person: &FiscalCode,
) -> Result<Option<Categories>, Refusal> {
    let gateway = &visit.gateway;
    let person = Person::new(PersonKey::FiscalCode(person.clone()));
    let standing = gateway.standing_of(&person).await?;
    let profiles = standing.profiles().iter();
    let professional: Categories = profiles.map(|profile| profile.category()).collect();
    let all = standing.personal().or(professional);
    let open = gateway.catalogue().open_to(all, gateway.now());
    Ok(open.contains(PIN).then_some(all))
}

/// Goes on with somebody whose PIN was right; their device is known from now on.
pub(super) async fn logged_in(
    visit: &Visit,
    browser: &Browser,
    flow: &FlowId,
    proof: VerifiedPin,
) -> Result<Response, Refusal> {
    let cookies = visit.gateway.settings().cookies();
    let device = proof.device();
    let device = device.and_then(|device| cookies.set_device(device));
    let identity = VerifiedIdentity::from_proof(proof);
    let response = flow::logged_in(visit, browser, flow, identity).await?;
    Ok(with_cookie(response, device))
}
