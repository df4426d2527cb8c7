//! The pages of a conversion.

use axum::response::Response;
use http::StatusCode;

use super::{
    AGAIN, CONFIRMED, CONVERSION, CONVERT, EXPIRES, FILE, Holder, ISSUER, KIND, NUMBER, UPLOAD,
};
use crate::http::form::{TOKEN_FIELD, token};
use crate::http::language::Language;
use crate::http::pages::{
    self, Action, Asks, Button, Fault, Field, FormPage, How, Layout, PagePolicy, html, in_words,
};
use crate::http::papers;
use crate::http::pin::asked::line;
use crate::http::pin::typed::Typed;
use crate::http::visit::Visit;
use crate::pin::{Conversion, DocumentKind, Dossier};

/// What the first page asks.
static DOCUMENT: [Asks; 5] = [
    Asks {
        how: How::Choice,
        ..line(KIND, "document-kind", 20)
    },
    line(NUMBER, "document-number", 20),
    Asks {
        hint: Some("document-issuer-hint"),
        ..line(ISSUER, "document-issuer", 80)
    },
    Asks {
        hint: Some("document-expires-hint"),
        how: How::Digits(10),
        ..line(EXPIRES, "document-expires", 10)
    },
    Asks {
        how: How::Tick,
        ..line(CONFIRMED, "convert-confirm", 3)
    },
];

/// Data to confirm, and the document.
pub(super) fn document(
    visit: &Visit,
    holder: &Holder<'_>,
    dossier: &Dossier,
    typed: &Typed,
    faults: &[Fault],
) -> Response {
    let texts = visit.language;
    let mut fields = Field::all(&DOCUMENT, |name| typed.get(name), faults, texts);
    for field in &mut fields {
        if field.is(KIND) {
            field.offer(kinds(texts));
        }
    }
    let mut page = FormPage::new("convert-title", CONVERT);
    page.step = Some(texts.say("convert-step-one"));
    page.lead = vec![texts.say("convert-lead"), texts.say("convert-look")];
    page.hidden = vec![(TOKEN_FIELD, token(holder.id))];
    page.summary = dossier
        .details()
        .into_iter()
        .flat_map(|details| papers::personal(details, texts))
        .chain(papers::contacts(dossier.contacts(), texts))
        .collect();
    page.fields = fields;
    page.notes = vec![texts.say("convert-wrong-data")];
    page.buttons = vec![Button {
        label: "convert-go",
        name: "go",
        value: "on",
    }];
    page.show(visit)
}

fn kinds(texts: Language) -> Vec<(String, String)> {
    let kinds = DocumentKind::ALL.into_iter();
    let option = |kind: DocumentKind| (kind.name().to_owned(), texts.say(papers::kind_text(kind)));
    kinds.map(option).collect()
}

/// The form to sign, and where it comes back. `why` is the key of what is wrong with a file.
pub(super) fn form(
    visit: &Visit,
    holder: &Holder<'_>,
    begun: &Conversion,
    why: Option<&str>,
) -> Response {
    let texts = visit.language;
    let limits = visit.gateway.uploads().limits();
    let megabytes = limits.max_bytes / (1024 * 1024);
    let page = FormToSign {
        layout: Layout::new(visit, texts.say("convert-form-title")),
        code: &begun.code,
        until: texts.say_with("convert-until", "when", &in_words(begun.ends, texts)),
        document: papers::document(&begun.document, texts).collect(),
        bounds: texts.say_all(
            "convert-bounds",
            &[
                ("megabytes", &megabytes.to_string()),
                ("pages", &limits.max_pages.to_string()),
            ],
        ),
        wrong: why.map(|key| texts.say(key)),
        paper: UPLOAD,
        again: format!("{CONVERT}?{AGAIN}"),
        token_field: TOKEN_FIELD,
        token: token(holder.id),
        conversion_field: CONVERSION,
        conversion: &begun.id,
        file_field: FILE,
    };
    let status = match why {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    html(status, &page, PagePolicy::default())
}

#[derive(askama::Template)]
#[template(path = "pin_convert.html")]
struct FormToSign<'a> {
    layout: Layout<'a>,
    code: &'a str,
    until: String,
    document: Vec<(String, String)>,
    bounds: String,
    wrong: Option<String>,
    paper: &'a str,
    again: String,
    token_field: &'a str,
    token: String,
    conversion_field: &'a str,
    conversion: &'a str,
    file_field: &'a str,
}

impl FormToSign<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}

/// The form came: operators have to decide.
pub(super) fn waiting(visit: &Visit, begun: &Conversion) -> Response {
    let texts = visit.language;
    let came = begun
        .upload
        .as_ref()
        .map(|upload| in_words(upload.at, texts));
    let came = came.map(|when| texts.say_with("convert-came", "when", &when));
    let mut paragraphs: Vec<String> = came.into_iter().collect();
    paragraphs.push(texts.say("convert-waits"));
    paragraphs.push(texts.say("convert-waits-mail"));
    let actions = vec![Action::new("pin-mine-title", "/pin")];
    pages::notice(visit, "convert-waits-title", paragraphs, actions)
}

/// The PIN is dispositive.
pub(super) fn raised(visit: &Visit) -> Response {
    let texts = visit.language;
    let paragraphs = vec![
        texts.say("convert-raised"),
        texts.say("convert-raised-next"),
    ];
    let actions = vec![Action::new("action-start", "/")];
    pages::notice(visit, "convert-raised-title", paragraphs, actions)
}
