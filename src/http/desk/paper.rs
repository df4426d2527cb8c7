//! What an office registers with form MV35: who stands there, the document that they show, and where the form is filed (PIN
//! rules, Asking for one).

use axum::response::Response;

use super::case::AtCase;
use super::guard::AtDesk;
use crate::desk::Reason;
use crate::http::language::Language;
use crate::http::pages::desk::{NO_REASON, PRINT, REASON, THEN, document_key};
use crate::http::pages::{Asks, Fault, Field, How, Refusal, TICKED};
use crate::http::papers::{self, Asked, OfficeForm};
use crate::http::pin::request::{Page, day};
use crate::http::pin::{Typed, broken, pdf};
use crate::identity::{FiscalCode, Line, Timestamp};
use crate::pin::{Applicant, Context, DocumentKind, IdentityDocument, OfficeVisit};

const APPLICANT: &str = "applicant";
const APPLICANT_CODE: &str = "applicant_code";
const DOCUMENT: &str = "document";
const DOCUMENT_NUMBER: &str = "document_number";
const DOCUMENT_ISSUER: &str = "document_issuer";
const DOCUMENT_EXPIRES: &str = "document_expires";
const FORM: &str = "form";
const SEEN: &str = "seen";

const HOLDER: &str = "holder";
const GUARDIAN: &str = "guardian";
const PARENT: &str = "parent";

const fn asks(name: &'static str, label: &'static str, how: How) -> Asks {
    Asks {
        name,
        label,
        hint: None,
        how,
        autocomplete: "off",
        required: true,
    }
}

static ASKS: [Asks; 8] = [
    Asks {
        hint: Some("desk-applicant-hint"),
        ..asks(APPLICANT, "desk-applicant", How::Choice)
    },
    Asks {
        required: false,
        ..asks(APPLICANT_CODE, "desk-applicant-code", How::Line(20))
    },
    asks(DOCUMENT, "desk-document-kind", How::Choice),
    asks(DOCUMENT_NUMBER, "desk-document-number", How::Line(20)),
    asks(DOCUMENT_ISSUER, "desk-document-issuer", How::Line(80)),
    Asks {
        hint: Some("pin-birth-date-hint"),
        ..asks(DOCUMENT_EXPIRES, "desk-document-until", How::Digits(10))
    },
    Asks {
        hint: Some("desk-form-hint"),
        ..asks(FORM, "desk-form", How::Line(40))
    },
    asks(SEEN, "desk-seen", How::Tick),
];

/// The fields, with what was typed. A new form has a number, which is good for the paper that is printed from it; an office
/// that files its papers otherwise types its own.
pub(super) fn fields(desk: &AtDesk, typed: &Typed, faults: &[Fault]) -> Vec<Field> {
    let texts = desk.visit.language;
    let number = format!("MV35-{}", desk.visit.reference);
    let field = |asks: &'static Asks| {
        let typed = match asks.name {
            FORM if faults.is_empty() => number.as_str(),
            name => typed.get(name),
        };
        let mut field = Field::new(asks, typed, faults, texts);
        field.offer(options(asks.name, texts));
        field
    };
    ASKS.iter().map(field).collect()
}

fn options(field: &str, texts: Language) -> Vec<(String, String)> {
    let say = |(value, key): (&str, &str)| (value.to_owned(), texts.say(key));
    match field {
        APPLICANT => [
            (HOLDER, "desk-applicant-holder"),
            (GUARDIAN, "desk-applicant-guardian"),
            (PARENT, "desk-applicant-parent"),
        ]
        .map(say)
        .into(),
        DOCUMENT => DocumentKind::ALL
            .map(|kind| say((kind.name(), document_key(kind))))
            .into(),
        _ => Vec::new(),
    }
}

/// The reason that was typed, or what is wrong with it.
pub(super) fn reason(typed: &Typed) -> Result<Reason, Vec<Fault>> {
    Reason::parse(typed.get(REASON.name)).map_err(|_| vec![NO_REASON])
}

/// Two parts of a form, or everything that is wrong with either.
pub(super) fn both<A, B>(
    one: Result<A, Vec<Fault>>,
    other: Result<B, Vec<Fault>>,
) -> Result<(A, B), Vec<Fault>> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (one, other) => Err([one.err(), other.err()]
            .into_iter()
            .flatten()
            .flatten()
            .collect()),
    }
}

/// What there is before anybody signed: who stands there, the document, and the number of the form.
pub(super) struct Shown {
    pub(super) applicant: Applicant,
    pub(super) document: IdentityDocument,
    pub(super) form: Line<40>,
}

/// Whether what was typed is to be printed as a form to sign, and nothing else done.
pub(super) fn is_to_print(typed: &Typed) -> bool {
    typed.get(THEN) == PRINT
}

/// Reads what was typed.
///
/// # Errors
/// Everything that is wrong.
pub(super) fn read(
    desk: &AtDesk,
    office: &Line<60>,
    typed: &Typed,
    now: Timestamp,
) -> Result<OfficeVisit, Vec<Fault>> {
    let mut page = Page::of(typed);
    let shown = shown(&mut page, now);
    let seen = page.needs(SEEN, ("desk-seen-missing", "desk-seen-missing"), |text| {
        (text == TICKED).then_some(())
    });
    let faults = page.faults();
    let shown = shown.filter(|_| seen.is_some()).ok_or(faults)?;
    Ok(OfficeVisit {
        at: now,
        operator: desk.on_duty.operator().person().clone(),
        applicant: shown.applicant,
        document: shown.document,
        form: shown.form,
        office: office.clone(),
    })
}

/// The visit at the moment of a command: while it was read, and while other operators wrote first, time went on.
pub(super) fn at(visit: &OfficeVisit, context: &Context<'_>) -> OfficeVisit {
    OfficeVisit {
        at: context.now,
        ..visit.clone()
    }
}

/// Reads what was typed for a form that is to be signed yet.
///
/// # Errors
/// Everything that is wrong.
pub(super) fn read_unsigned(typed: &Typed, now: Timestamp) -> Result<Shown, Vec<Fault>> {
    let mut page = Page::of(typed);
    shown(&mut page, now).ok_or_else(|| page.faults())
}

fn shown(page: &mut Page<'_>, now: Timestamp) -> Option<Shown> {
    let applicant = applicant(page);
    let kind = page.needs(
        DOCUMENT,
        ("desk-choice-missing", "desk-choice-missing"),
        DocumentKind::from_name,
    );
    let line = ("desk-line-missing", "pin-line-wrong");
    let number = page.needs(DOCUMENT_NUMBER, line, |text| Line::parse(text).ok());
    let issuer = page.needs(DOCUMENT_ISSUER, line, |text| Line::parse(text).ok());
    let expires = page.needs(
        DOCUMENT_EXPIRES,
        ("desk-line-missing", "pin-birth-date-wrong"),
        day,
    );
    let form = page.needs(FORM, line, |text| Line::parse(text).ok());
    let shown = Shown {
        applicant: applicant?,
        document: IdentityDocument {
            kind: kind?,
            number: number?,
            issuer: issuer?,
            expires: expires?,
        },
        form: form?,
    };
    if !shown.document.is_valid(now) {
        page.fault(DOCUMENT_EXPIRES, "desk-why-document-expired");
        return None;
    }
    Some(shown)
}

fn applicant(page: &mut Page<'_>) -> Option<Applicant> {
    let who = page.needs(
        APPLICANT,
        ("desk-choice-missing", "desk-choice-missing"),
        |text| {
            [HOLDER, GUARDIAN, PARENT]
                .into_iter()
                .find(|who| *who == text)
        },
    )?;
    if who == HOLDER {
        return Some(Applicant::Holder);
    }
    let code = page.needs(
        APPLICANT_CODE,
        ("desk-applicant-code-missing", "desk-wrong-fiscal-code"),
        |text| FiscalCode::parse(text).ok(),
    )?;
    Some(match who {
        GUARDIAN => Applicant::Guardian(code),
        _ => Applicant::Parent(code),
    })
}

impl AtDesk {
    /// Form MV35, filled in, for the person to sign. Nothing changes by it.
    ///
    /// # Errors
    /// "Unavailable" when the store fails or the paper cannot be written.
    pub(super) async fn print(
        &self,
        case: &AtCase,
        asked: Asked<'_>,
        shown: &Shown,
    ) -> Result<Response, Refusal> {
        let dossier = self.look(&case.person).await?;
        let form = OfficeForm {
            asked,
            person: &case.person,
            dossier: dossier.as_ref(),
            applicant: &shown.applicant,
            document: &shown.document,
            number: shown.form.expose(),
            office: self.office()?.expose(),
            operator: self.on_duty.operator().name(),
            made: self.visit.gateway.now(),
        };
        let paper = papers::office_form(&self.visit, &form).map_err(|error| broken(&error))?;
        Ok(pdf(paper, "MV35.pdf"))
    }
}
