//! An open case: what is known of a person's credential, what can be done, and what happened.

use axum::response::Response;
use http::StatusCode;

use super::rows::{Row, contact_rows, details_rows};
use super::words::{actor, grade_key, status_key, step_key};
use super::{AtWork, Operator};
use crate::desk::Operators;
use crate::http::language::Language;
use crate::http::pages::in_words;
use crate::http::pages::{Action, Layout, PagePolicy, html};
use crate::identity::FiscalCode;
use crate::pin::{Dossier, HistoryEntry, PersonalDetails, PinRules, PinStatus};

/// What a page about a case is made of.
pub(in crate::http) struct Open<'a> {
    /// Who has it open.
    pub(in crate::http) at: AtWork<'a>,
    /// Who works at the desk.
    pub(in crate::http) operators: &'a Operators,
    /// The rules in force.
    pub(in crate::http) rules: &'a PinRules,
    /// Whom it is about.
    pub(in crate::http) person: &'a FiscalCode,
    /// What is kept of them; `None` where nothing is.
    pub(in crate::http) dossier: Option<&'a Dossier>,
}

/// Something that happened.
struct Past {
    when: String,
    what: String,
    who: String,
    grade: Option<String>,
    why: Option<String>,
}

impl Past {
    fn new(entry: &HistoryEntry, operators: &Operators, texts: Language) -> Self {
        Self {
            when: in_words(entry.at, texts),
            what: texts.say(step_key(entry.step)),
            who: actor(&entry.by, operators, texts),
            grade: entry.grade.map(|grade| texts.say(grade_key(grade))),
            why: entry.reason.as_ref().map(|why| why.expose().clone()),
        }
    }
}

/// The page; `actions` are what this operator can do now.
#[must_use]
pub(in crate::http) fn case(open: &Open<'_>, actions: Vec<Action>) -> Response {
    let AtWork { visit, on_duty } = open.at;
    let texts = visit.language;
    let dossier = open.dossier;
    let page = CasePage {
        layout: Layout::new(visit, texts.say("desk-case-title")),
        operator: Operator::new(on_duty, texts),
        fiscal_code: open.person.expose(),
        name: dossier
            .and_then(Dossier::details)
            .map(PersonalDetails::full_name),
        person: dossier
            .map(|dossier| person(dossier, texts))
            .unwrap_or_default(),
        status: texts.say(status_key(&open.status())),
        credential: dossier
            .map(|dossier| credential(dossier, open))
            .unwrap_or_default(),
        actions,
        history: dossier
            .map(Dossier::history)
            .unwrap_or_default()
            .iter()
            .rev()
            .map(|entry| Past::new(entry, open.operators, texts))
            .collect(),
    };
    html(StatusCode::OK, &page, PagePolicy::default())
}

impl Open<'_> {
    /// What the PIN is now.
    fn status(&self) -> PinStatus<'_> {
        let now = self.at.visit.gateway.now();
        self.dossier
            .map_or(PinStatus::None, |dossier| dossier.status(self.rules, now))
    }
}

/// Who somebody is and how to reach them.
fn person(dossier: &Dossier, texts: Language) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Some(details) = dossier.details() {
        rows.extend(details_rows(details, texts));
    }
    rows.extend(contact_rows(dossier.contacts(), texts));
    rows
}

/// The credential, and what is under way.
fn credential(dossier: &Dossier, open: &Open<'_>) -> Vec<Row> {
    let visit = open.at.visit;
    let (texts, now) = (visit.language, visit.gateway.now());
    let mut rows = Vec::new();
    let mut add = |label: &str, value: String| rows.push(Row::new(texts, label, [value]));
    if let Some(pin) = dossier.pin() {
        add("desk-grade", texts.say(grade_key(pin.grade)));
        add("desk-issued", in_words(pin.issued, texts));
    }
    match open.status() {
        PinStatus::Initial(pair) => add("desk-pair-ends", in_words(pair.ends, texts)),
        PinStatus::Working(working) | PinStatus::Expired(working) => {
            add("desk-used", in_words(working.used, texts));
            if let Some(expires) = working.expires {
                add("desk-expires", in_words(expires, texts));
            }
        }
        _ => {}
    }
    if let Some(request) = dossier.request() {
        add("desk-request-since", in_words(request.asked, texts));
    }
    if let Some(upload) = dossier.conversion().and_then(|it| it.upload.as_ref()) {
        add("desk-conversion-since", in_words(upload.at, texts));
    }
    if let Some(telephone) = dossier.telephone(open.rules, now) {
        add("desk-telephone-until", in_words(telephone.ends, texts));
    }
    if let Err(free) = dossier.next_letter(open.rules, now) {
        add("desk-letter-from", in_words(free, texts));
    }
    rows
}

#[derive(askama::Template)]
#[template(path = "desk/case.html")]
struct CasePage<'a> {
    layout: Layout<'a>,
    operator: Operator,
    fiscal_code: &'a str,
    name: Option<String>,
    person: Vec<Row>,
    status: String,
    credential: Vec<Row>,
    actions: Vec<Action>,
    history: Vec<Past>,
}

impl CasePage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}
