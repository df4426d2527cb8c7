//! Receipts of provisional requests: for the application that took one (`POST /receipts`), and for the person
//! (`/pin/receipts`).

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use serde_json::json;

use super::flow::CurrentSession;
use super::language::Language;
use super::oidc::{form_of, json_of, refuse};
use super::pages::{Action, Layout, PagePolicy, Refusal, html, in_words};
use super::papers;
use super::pin::{PinCare, broken, care, change, pdf};
use super::visit::Visit;
use crate::downstream::oidc::{ProtocolError, Receipt, Submission, TokenRequest};
use crate::identity::{FiscalCode, PersonKey, time_in_italy};
use crate::pin::{Dossier, PinRefusal, Provisional};

/// `POST /receipts`: an application says that it took a request provisionally, as often as it likes, and gets the receipt: as
/// JSON, or as a PDF if that is what it accepts.
pub(super) async fn issue(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    match Box::pin(take(&visit, &headers, &body)).await {
        Ok(response) => response,
        Err(error) => refuse(&visit, &error),
    }
}

async fn take(visit: &Visit, headers: &HeaderMap, body: &[u8]) -> Result<Response, ProtocolError> {
    let no_pins = ProtocolError::invalid_request("no_pins", "there are no PINs here");
    let care = visit.gateway.pin_care().ok_or(no_pins)?;
    let form = form_of(headers, body)?;
    let request = TokenRequest {
        authorization: form.authorization,
        form: &form.parameters,
    };
    let oidc = visit.gateway.oidc();
    let submission = oidc.submission(request, visit.gateway.now()).await?;
    let PersonKey::FiscalCode(person) = submission.person() else {
        return Err(no_pins);
    };
    let (dossier, taken) = note(visit, care, person, &submission).await?;
    let seal = seal(visit, &dossier, &taken)?;
    if accepts_pdf(headers) {
        let paper = papers::receipt(visit, &dossier, &taken, &seal)
            .map_err(|_| ProtocolError::unavailable("paper_failed"))?;
        return Ok(pdf(paper, &file_name(&taken)));
    }
    let answer = json!({
        "id": taken.receipt,
        "taken_at": taken.at.timestamp(),
        "day": time_in_italy(taken.at).date().to_string(),
        "receipt": seal,
    });
    Ok(json_of(StatusCode::OK, &answer))
}

/// Notes the request in the dossier, if it is not there yet.
async fn note(
    visit: &Visit,
    care: &PinCare,
    person: &FiscalCode,
    submission: &Submission,
) -> Result<(Dossier, Provisional), ProtocolError> {
    let unavailable = |_| ProtocolError::unavailable("store_failed");
    let taken = Provisional {
        client: submission.client_id().to_owned(),
        service: format!("{}/{}", submission.service(), submission.operation().name()),
        number: submission.number().to_owned(),
        sha256: submission.sha256().map(str::to_owned),
        at: visit.gateway.now(),
        receipt: submission.id().to_owned(),
        raised: None,
    };
    let changed = change(visit, care, person, |dossier, context| {
        dossier.take_provisional(taken.clone(), context)
    });
    let dossier = match changed.await.map_err(unavailable)? {
        Ok(dossier) => dossier,
        Err(PinRefusal::Nothing) => care.dossier(person).await.map_err(unavailable)?.dossier,
        // Since the ticket was given the PIN rose, or stopped: the person has to be asked for again.
        Err(_) => {
            return Err(ProtocolError::invalid_request(
                "not_provisional",
                "the person's PIN is no longer one that requests are taken provisionally with",
            ));
        }
    };
    let there = dossier.provisional(submission.id()).cloned();
    let there = there.ok_or(ProtocolError::unavailable("store_failed"))?;
    if (&there.service, &there.sha256) != (&taken.service, &taken.sha256) {
        return Err(ProtocolError::invalid_request(
            "number_used",
            "this number was given to another request",
        ));
    }
    Ok((dossier, there))
}

fn seal(visit: &Visit, dossier: &Dossier, taken: &Provisional) -> Result<String, ProtocolError> {
    let receipt = Receipt {
        id: &taken.receipt,
        person: &PersonKey::FiscalCode(dossier.person().clone()),
        client: &taken.client,
        service: &taken.service,
        number: &taken.number,
        sha256: taken.sha256.as_deref(),
        at: taken.at,
    };
    let gateway = &visit.gateway;
    gateway.oidc().seal_receipt(&receipt, gateway.now())
}

/// Whether whoever asks wants the paper: it names the type of PDF, which nobody does by chance.
fn accepts_pdf(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT);
    accept
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| {
            accept.split(',').any(|range| {
                let kind = range.split(';').next().unwrap_or_default();
                kind.trim().eq_ignore_ascii_case("application/pdf")
            })
        })
}

fn file_name(taken: &Provisional) -> String {
    format!("ricevuta-{}.pdf", taken.receipt)
}

/// `GET /pin/receipts`: the receipts of whoever is logged in.
pub(super) async fn show(visit: Visit, current: CurrentSession) -> Result<Response, Refusal> {
    let care = care(&visit.gateway)?;
    let dossier = care.dossier(person(&current)?).await?.dossier;
    let texts = visit.language;
    let row = |taken: &Provisional| Row {
        href: format!("/pin/receipts/{}", taken.receipt),
        name: taken.receipt.clone(),
        service: papers::service(&visit, taken, texts),
        number: taken.number.clone(),
        at: in_words(taken.at, texts),
        state: match taken.raised {
            Some(at) => texts.say_with("paper-receipt-raised", "when", &in_words(at, texts)),
            None => texts.say("paper-receipt-waits"),
        },
    };
    let page = ReceiptsPage {
        layout: Layout::new(&visit, texts.say("receipts-title")),
        rows: dossier.all_provisional().iter().rev().map(row).collect(),
    };
    Ok(html(StatusCode::OK, &page, PagePolicy::default()))
}

/// `GET /pin/receipts/{name}`: one of them, as a PDF.
pub(super) async fn paper(
    visit: Visit,
    current: CurrentSession,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let care = care(&visit.gateway)?;
    let dossier = care.dossier(person(&current)?).await?.dossier;
    let absent = || Refusal::new(StatusCode::NOT_FOUND, "not-found");
    let taken = dossier.provisional(&name).ok_or_else(absent)?;
    let seal = seal(&visit, &dossier, taken).map_err(|error| {
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable").because(error.reason)
    })?;
    let paper = papers::receipt(&visit, &dossier, taken, &seal);
    Ok(pdf(
        paper.map_err(|error| broken(&error))?,
        &file_name(taken),
    ))
}

/// Whose receipts they are: a session opens nobody else's.
fn person(current: &CurrentSession) -> Result<&FiscalCode, Refusal> {
    let session = current.session();
    session
        .and_then(|session| session.person().fiscal_code())
        .ok_or_else(|| {
            Refusal::new(StatusCode::FORBIDDEN, "receipts-login")
                .offering(Action::new("receipts-login", "/login"))
        })
}

#[derive(askama::Template)]
#[template(path = "receipts.html")]
struct ReceiptsPage<'a> {
    layout: Layout<'a>,
    rows: Vec<Row>,
}

impl ReceiptsPage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}

/// One receipt.
struct Row {
    href: String,
    name: String,
    service: String,
    number: String,
    at: String,
    state: String,
}
