//! `/pin/convert`: from ordinary to dispositive, online (PIN rules, From ordinario to dispositivo).
//!
//! Logged in with the ordinary PIN, the person confirms the data on record and says which document they have. The form comes
//! as a PDF with a code that ties it to the request; signed, and with a copy of the document, it comes back as one PDF, which
//! is looked at before anything is kept of it. Then two operators decide (`/desk`). Where the person stands is in the dossier:
//! each page is the one of the step they are at, whenever they come back.

mod page;

use axum::body::{Body, Bytes};
use axum::extract::RawQuery;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::care::{PinCare, care};
use super::openly::change;
use super::request::read::day;
use super::typed::Typed;
use crate::http::flow::{CurrentSession, see_other};
use crate::http::form::{self, TOKEN_FIELD};
use crate::http::multipart::Multipart;
use crate::http::pages::{Action, Fault, Refusal, TICKED};
use crate::http::papers;
use crate::http::visit::Visit;
use crate::identity::{AuthenticationMethod, FiscalCode, Line, PinGrade, Timestamp};
use crate::pin::{Conversion, DocumentKind, Dossier, IdentityDocument, PinRefusal, PinStatus};
use crate::session::{Session, SessionId};
use crate::upload::UploadRefusal;

/// Where the conversion is.
pub(super) const CONVERT: &str = "/pin/convert";
/// What the address says of who wants to name another document.
const AGAIN: &str = "again";
/// Where its form is, and comes back to: the one address that takes a file.
pub(in crate::http) const UPLOAD: &str = "/pin/convert/form";
/// The field of the one file.
const FILE: &str = "file";
/// The field that names the conversion that a file is for.
const CONVERSION: &str = "conversion";

const KIND: &str = "kind";
const NUMBER: &str = "number";
const ISSUER: &str = "issuer";
const EXPIRES: &str = "expires";
const CONFIRMED: &str = "confirmed";

/// Somebody who is logged in with the PIN that they want to raise.
struct Holder<'a> {
    id: &'a SessionId,
    person: &'a FiscalCode,
}

impl<'a> Holder<'a> {
    /// Who asks, if a login with the PIN is in their session.
    fn of(current: &'a CurrentSession) -> Result<Self, Refusal> {
        let of_pin = |session: &Session| {
            let mut logins = session.events().iter();
            logins.any(|login| login.method == AuthenticationMethod::Pin)
        };
        let there = current.0.as_ref();
        there
            .filter(|(_, session)| of_pin(session))
            .and_then(|(id, session)| {
                let person = session.person().fiscal_code()?;
                Some(Self { id, person })
            })
            .ok_or_else(|| {
                Refusal::new(StatusCode::FORBIDDEN, "convert-login")
                    .offering(Action::new("convert-login-pin", "/login/pin"))
                    .offering(Action::new("convert-login-other", "/login"))
            })
    }
}

/// Where a person stands.
enum Stage<'d> {
    /// There is nothing to raise: no PIN, or not one that works.
    Nothing,
    /// It is dispositive already.
    Raised,
    /// Data to confirm, and a document to name. A conversion that was begun and whose form came too late is one.
    Document,
    /// A form to sign and to send.
    Form(&'d Conversion),
    /// Operators have to decide.
    Waiting(&'d Conversion),
}

impl<'d> Stage<'d> {
    fn of(dossier: &'d Dossier, care: &PinCare, now: Timestamp) -> Self {
        let grade = dossier.pin().map(|pin| pin.grade);
        match (dossier.status(care.rules(), now), dossier.conversion()) {
            (PinStatus::Working(_), _) if grade == Some(PinGrade::Dispositive) => Self::Raised,
            (PinStatus::Working(_), Some(begun)) if begun.upload.is_some() => Self::Waiting(begun),
            (PinStatus::Working(_), Some(begun)) if now < begun.ends => Self::Form(begun),
            (PinStatus::Working(_), _) => Self::Document,
            _ => Self::Nothing,
        }
    }
}

/// `GET /pin/convert`; with `again`, who has a form to sign names another document.
pub(in crate::http) async fn show(
    visit: Visit,
    current: CurrentSession,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let care = care(&visit.gateway)?;
    let holder = Holder::of(&current)?;
    let dossier = care.dossier(holder.person).await?.dossier;
    let document = || page::document(&visit, &holder, &dossier, &Typed::default(), &[]);
    Ok(match Stage::of(&dossier, care, visit.gateway.now()) {
        Stage::Nothing => return Err(not_now()),
        Stage::Raised => page::raised(&visit),
        Stage::Document => document(),
        Stage::Form(_) if query.as_deref() == Some(AGAIN) => document(),
        Stage::Form(begun) => page::form(&visit, &holder, begun, None),
        Stage::Waiting(begun) => page::waiting(&visit, begun),
    })
}

/// `POST /pin/convert`: the data are confirmed, and the document is named. What was begun before and not sent is dropped.
pub(in crate::http) async fn begin(
    visit: Visit,
    current: CurrentSession,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let care = care(&visit.gateway)?;
    let holder = Holder::of(&current)?;
    let fields = [TOKEN_FIELD, KIND, NUMBER, ISSUER, EXPIRES, CONFIRMED];
    let typed = Typed::read(&body, fields)?;
    let token = Some(typed.get(TOKEN_FIELD));
    form::check(&visit.gateway, &headers, holder.id, token)?;
    let show_again = async |faults: &[Fault]| {
        let dossier = care.dossier(holder.person).await?.dossier;
        Ok(page::document(&visit, &holder, &dossier, &typed, faults))
    };
    let document = match named_document(&typed) {
        Ok(document) => document,
        Err(faults) => return show_again(&faults).await,
    };
    let begun = change(&visit, care, holder.person, |dossier, context| {
        dossier.begin_conversion(document.clone(), context)
    });
    match begun.await? {
        // Where they stand is another page than the one that they saw.
        Ok(_) | Err(PinRefusal::AlreadyRequested | PinRefusal::AlreadyDispositive) => {
            Ok(see_other(CONVERT))
        }
        Err(PinRefusal::DocumentExpired) => show_again(&[fault(EXPIRES, "document-expired")]).await,
        Err(_) => Err(not_now()),
    }
}

/// `GET /pin/convert/form`: the form to sign.
pub(in crate::http) async fn form(
    visit: Visit,
    current: CurrentSession,
) -> Result<Response, Refusal> {
    let care = care(&visit.gateway)?;
    let holder = Holder::of(&current)?;
    let dossier = care.dossier(holder.person).await?.dossier;
    let Stage::Form(begun) = Stage::of(&dossier, care, visit.gateway.now()) else {
        return Ok(see_other(CONVERT));
    };
    let paper = papers::conversion_form(&visit, &dossier, begun);
    let paper = paper.map_err(|error| broken(&error))?;
    Ok(pdf(paper, &format!("pin-{}.pdf", begun.code)))
}

/// `POST /pin/convert/form`: the signed form and the copy of the document, as one PDF.
pub(in crate::http) async fn submit(
    visit: Visit,
    current: CurrentSession,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let care = care(&visit.gateway)?;
    let holder = Holder::of(&current)?;
    let unreadable = || Refusal::new(StatusCode::BAD_REQUEST, "bad-request").because("multipart");
    let sent = Multipart::parse(&headers, &body).ok_or_else(unreadable)?;
    let token = sent.text(TOKEN_FIELD);
    form::check(&visit.gateway, &headers, holder.id, token)?;
    let conversion = sent.text(CONVERSION).ok_or_else(unreadable)?;
    let file = sent.bytes(FILE).ok_or_else(unreadable)?;

    let dossier = care.dossier(holder.person).await?.dossier;
    let Stage::Form(begun) = Stage::of(&dossier, care, visit.gateway.now()) else {
        return Ok(see_other(CONVERT));
    };
    if file.is_empty() {
        return Ok(page::form(&visit, &holder, begun, Some("upload-missing")));
    }
    care.admit_upload(&visit, holder.person).await?;
    let checked = match visit.gateway.uploads().check(file.to_vec()).await {
        Ok(checked) => checked,
        Err(refusal) => {
            let (code, reference) = (refusal.code(), &visit.reference);
            tracing::info!(code, %reference, "upload-refused");
            return Ok(page::form(&visit, &holder, begun, Some(told(refusal))));
        }
    };
    let pages = u32::try_from(checked.pages().len()).unwrap_or(u32::MAX);
    let submitted = change(&visit, care, holder.person, |dossier, context| {
        dossier.submit_form(conversion, checked.bytes().to_vec(), pages, context)
    });
    match submitted.await? {
        // A form that came meanwhile, or another that took its place: the page says where they stand.
        Ok(_) | Err(PinRefusal::Stale) => Ok(see_other(CONVERT)),
        Err(_) => Err(not_now()),
    }
}

/// What a person is told of a file that is not taken: the key of a text.
fn told(refusal: UploadRefusal) -> &'static str {
    match refusal {
        UploadRefusal::TooLarge => "upload-too-large",
        UploadRefusal::NotPdf => "upload-not-pdf",
        UploadRefusal::Unreadable => "upload-unreadable",
        UploadRefusal::Encrypted => "upload-encrypted",
        UploadRefusal::Active => "upload-active",
        UploadRefusal::Attachments => "upload-attachments",
        UploadRefusal::TooManyPages => "upload-too-many-pages",
        UploadRefusal::TooCostly => "upload-too-costly",
        UploadRefusal::Unavailable => "upload-unavailable",
    }
}

/// The document that was typed, if the person confirmed their data too.
fn named_document(typed: &Typed) -> Result<IdentityDocument, Vec<Fault>> {
    let kind = DocumentKind::from_name(typed.get(KIND));
    let number = Line::parse(typed.get(NUMBER)).ok();
    let issuer = Line::parse(typed.get(ISSUER)).ok();
    let expires = day(typed.get(EXPIRES));
    let mut faults = Vec::new();
    for (is_right, field, text) in [
        (kind.is_some(), KIND, "document-kind-missing"),
        (number.is_some(), NUMBER, "document-number-missing"),
        (issuer.is_some(), ISSUER, "document-issuer-missing"),
        (expires.is_some(), EXPIRES, "document-expires-missing"),
        (
            typed.get(CONFIRMED) == TICKED,
            CONFIRMED,
            "convert-confirm-missing",
        ),
    ] {
        if !is_right {
            faults.push(fault(field, text));
        }
    }
    match (kind, number, issuer, expires) {
        (Some(kind), Some(number), Some(issuer), Some(expires)) if faults.is_empty() => {
            Ok(IdentityDocument {
                kind,
                number,
                issuer,
                expires,
            })
        }
        _ => Err(faults),
    }
}

fn fault(field: &'static str, text: &'static str) -> Fault {
    Fault { field, text }
}

fn not_now() -> Refusal {
    let mine = Action::new("pin-mine-title", "/pin");
    Refusal::new(StatusCode::CONFLICT, "pin-not-now").offering(mine)
}

/// A paper that cannot be written is our fault.
pub(in crate::http) fn broken(error: &crate::document::DocumentError) -> Refusal {
    tracing::error!(%error, "paper-not-written");
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "unavailable").because("paper")
}

/// A PDF to keep.
pub(in crate::http) fn pdf(paper: Vec<u8>, name: &str) -> Response {
    let mut response = Response::new(Body::from(paper));
    let kind = HeaderValue::from_static("application/pdf");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    if let Ok(name) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
        let disposition = header::CONTENT_DISPOSITION;
        response.headers_mut().insert(disposition, name);
    }
    response
}
