//! A queue: who waits, since when, and who has it in hand.

use axum::response::Response;
use http::StatusCode;

use super::form::Form;
use super::words::name_of;
use super::{AtWork, Operator};
use crate::desk::Operators;
use crate::http::desk::Line;
use crate::http::language::Language;
use crate::http::pages::in_words;
use crate::http::pages::{Layout, PagePolicy, html};
use crate::identity::Timestamp;
use crate::pin::{Claim, Dossier, Kept, PersonalDetails, Queue};

/// The field that says whose work is taken.
pub(in crate::http) const PERSON_FIELD: &str = "person";

/// What waits in a queue.
pub(in crate::http) struct Waiting {
    /// The queue.
    pub(in crate::http) line: &'static Line,
    /// Those who wait longest.
    pub(in crate::http) first: Vec<Kept>,
    /// How many wait in all.
    pub(in crate::http) all: u64,
}

/// Somebody who waits.
struct Row {
    name: String,
    fiscal_code: String,
    since: Option<String>,
    /// Who has it in hand, and until when.
    taken: Option<String>,
    /// Who said what they think.
    opinions: Vec<String>,
    /// How it is taken; not by who may not.
    take: Option<Form>,
}

/// The page.
#[must_use]
pub(in crate::http) fn queue(
    at: AtWork<'_>,
    operators: &Operators,
    token: &str,
    waiting: &Waiting,
) -> Response {
    let (texts, line) = (at.visit.language, waiting.line);
    let shown = u64::try_from(waiting.first.len()).unwrap_or(u64::MAX);
    let more = waiting.all.saturating_sub(shown);
    let dossiers = waiting.first.iter().map(|kept| &kept.dossier);
    let page = QueuePage {
        layout: Layout::new(at.visit, texts.say(line.title)),
        operator: Operator::new(at.on_duty, texts),
        rows: dossiers
            .map(|dossier| Row::new(dossier, at, operators, token, line))
            .collect(),
        more: (more > 0).then(|| texts.say_with("desk-queue-more", "more", &more.to_string())),
    };
    html(StatusCode::OK, &page, PagePolicy::default())
}

impl Row {
    fn new(
        dossier: &Dossier,
        at: AtWork<'_>,
        operators: &Operators,
        token: &str,
        line: &'static Line,
    ) -> Self {
        let (texts, now) = (at.visit.language, at.visit.gateway.now());
        let (person, me) = (dossier.person(), at.on_duty.operator().person());
        let (since, claim, details) = state(dossier, line.queue);
        let taken = claim.filter(|claim| now < claim.until);
        let opinions = match line.queue {
            Queue::Calls => &[],
            Queue::Conversions => dossier
                .conversion()
                .map(|conversion| conversion.opinions.as_slice())
                .unwrap_or_default(),
        };
        let may_take = person != me
            && taken.is_none_or(|claim| claim.operator == *me)
            && opinions.iter().all(|opinion| opinion.operator != *me);
        let taken = taken.map(|claim| {
            let until = in_words(claim.until, texts);
            let name = name_of(&claim.operator, operators, texts);
            texts.say_all("desk-taken", &[("name", &name), ("until", &until)])
        });
        let take = Form::new(line.take, token.to_owned(), texts);
        Self {
            name: details.map(PersonalDetails::full_name).unwrap_or_default(),
            fiscal_code: person.expose().to_owned(),
            since: since.map(|since| in_words(since, texts)),
            taken,
            opinions: opinions
                .iter()
                .map(|opinion| name_of(&opinion.operator, operators, texts))
                .collect(),
            take: may_take.then(|| take.adding("desk-take", PERSON_FIELD, person.expose())),
        }
    }
}

/// Since when something waits, who has it in hand, and what is known of its person.
fn state(
    dossier: &Dossier,
    queue: Queue,
) -> (Option<Timestamp>, Option<&Claim>, Option<&PersonalDetails>) {
    match queue {
        Queue::Calls => {
            let request = dossier.request();
            (
                request.map(|request| request.asked),
                request.and_then(|request| request.claim.as_ref()),
                request.map(|request| &request.application.details),
            )
        }
        Queue::Conversions => {
            let conversion = dossier.conversion();
            (
                conversion.and_then(|conversion| Some(conversion.upload.as_ref()?.at)),
                conversion.and_then(|conversion| conversion.claim.as_ref()),
                dossier.details(),
            )
        }
    }
}

#[derive(askama::Template)]
#[template(path = "desk/queue.html")]
struct QueuePage<'a> {
    layout: Layout<'a>,
    operator: Operator,
    rows: Vec<Row>,
    more: Option<String>,
}

impl QueuePage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}
