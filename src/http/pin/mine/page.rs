//! The page of one's own PIN, and the one of the ways to a PIN.

use axum::response::Response;

use super::{DO, Deed, Holder, MINE, TERM, What, may_have_telephone_pin};
use crate::audit::PinActor;
use crate::http::form::{TOKEN_FIELD, token};
use crate::http::language::Language;
use crate::http::pages::{self, Action, Layout, PagePolicy, Refusal, html, in_words};
use crate::http::pin::care::PinCare;
use crate::http::pin::request::REQUEST;
use crate::http::visit::Visit;
use crate::identity::{PinGrade, Timestamp};
use crate::pin::{Context, PinRefusal, PinStatus, TelephoneCode, TelephoneTerm};
use http::StatusCode;

/// What was just done.
pub(super) enum Done {
    /// A message or a letter is on its way.
    Sent,
    /// A telephone PIN was made: this is the one time that it is shown.
    Telephone(TelephoneCode),
    /// The telephone PIN was ended.
    TelephoneEnded,
    /// The PIN was revoked.
    Revoked,
}

/// The ways to a PIN, for whoever is not logged in.
pub(super) fn hub(visit: &Visit) -> Response {
    let actions = [
        ("pin-hub-instead", "/login"),
        ("pin-hub-request", REQUEST),
        ("pin-hub-again", "/pin/again"),
        ("pin-hub-restore", "/pin/restore"),
        ("pin-hub-revoke", "/pin/revoke"),
    ];
    let actions = actions.map(|(label, href)| Action::new(label, href));
    let texts = visit.language;
    let paragraphs = vec![texts.say("pin-hub-lead"), texts.say("pin-hub-note")];
    pages::notice(visit, "pin-hub-title", paragraphs, actions.into())
}

/// One's own PIN.
pub(super) async fn mine(
    visit: &Visit,
    care: &PinCare,
    holder: &Holder<'_>,
    done: Option<Done>,
) -> Result<Response, Refusal> {
    let (texts, now, rules) = (visit.language, visit.gateway.now(), care.rules());
    let dossier = care.dossier(holder.person).await?.dossier;
    let status = dossier.status(rules, now);
    let context = Context {
        now,
        random: visit.gateway.random(),
        rules,
        by: &PinActor::Holder,
        reference: None,
        client_address: None,
    };
    let (letter, letter_from) = match dossier.check_new_letter(&context) {
        Ok(()) => (true, None),
        Err(PinRefusal::NoLetterBefore(from)) => (false, Some(from)),
        Err(_) => (false, None),
    };
    let grade = dossier.pin().map(|pin| pin.grade);
    let can_revoke = !matches!(status, PinStatus::None | PinStatus::Revoked);
    let telephone_ends = dossier.telephone(rules, now).map(|pin| pin.ends);
    let page = MinePage {
        layout: Layout::new(visit, texts.say("pin-mine-title")),
        status: texts.say(status_text(&status)),
        facts: facts(&status, grade, texts),
        has_first_half: matches!(status, PinStatus::Initial(pair) if pair.resent < rules.half_resends),
        has_letter: letter,
        no_letter: letter_from.map(|from| in_words_with("pin-mine-no-letter", from, texts)),
        can_request: matches!(status, PinStatus::None | PinStatus::Revoked),
        can_revoke,
        can_convert: matches!(status, PinStatus::Working(_)) && grade == Some(PinGrade::Ordinary),
        has_receipts: !dossier.all_provisional().is_empty(),
        telephone: telephone_ends.map(|ends| in_words_with("pin-telephone-until", ends, texts)),
        may_telephone: may_have_telephone_pin(visit, holder.session),
        terms: TelephoneTerm::ALL.map(|term| (term.name(), texts.say(term_text(term)))),
        notice: match &done {
            Some(Done::Sent) => Some(texts.say("pin-mine-sent")),
            Some(Done::TelephoneEnded) => Some(texts.say("pin-telephone-ended")),
            Some(Done::Revoked) => Some(texts.say("pin-revoked")),
            Some(Done::Telephone(_)) | None => None,
        },
        code: match &done {
            Some(Done::Telephone(code)) => Some(in_fours(code.expose())),
            _ => None,
        },
        token: token(holder.id),
    };
    Ok(html(StatusCode::OK, &page, PagePolicy::default()))
}

fn status_text(status: &PinStatus<'_>) -> &'static str {
    match status {
        PinStatus::None => "pin-status-none",
        PinStatus::Initial(_) => "pin-status-initial",
        PinStatus::PairEnded => "pin-status-pair-ended",
        PinStatus::Working(_) => "pin-status-working",
        PinStatus::Expired(_) => "pin-status-expired",
        PinStatus::SwitchedOff => "pin-status-switched-off",
        PinStatus::Locked => "pin-status-locked",
        PinStatus::Revoked => "pin-status-revoked",
    }
}

fn term_text(term: TelephoneTerm) -> &'static str {
    match term {
        TelephoneTerm::Day => "pin-term-day",
        TelephoneTerm::Week => "pin-term-week",
        TelephoneTerm::Month => "pin-term-month",
        TelephoneTerm::ThreeMonths => "pin-term-three-months",
    }
}

/// What there is to know of a PIN: a name and a value each.
fn facts(
    status: &PinStatus<'_>,
    grade: Option<PinGrade>,
    texts: Language,
) -> Vec<(String, String)> {
    let fact = |name: &str, value: String| (texts.say(name), value);
    let mut facts = Vec::new();
    let is_alive = !matches!(status, PinStatus::None | PinStatus::Revoked);
    if let Some(grade) = grade.filter(|_| is_alive) {
        let text = match grade {
            PinGrade::Ordinary => "pin-grade-ordinary",
            PinGrade::Dispositive => "pin-grade-dispositive",
        };
        facts.push(fact("pin-grade", texts.say(text)));
    }
    match status {
        PinStatus::Initial(pair) => facts.push(fact("pin-fact-halves", in_words(pair.ends, texts))),
        PinStatus::Working(working) | PinStatus::Expired(working) => {
            if let Some(expires) = working.expires {
                facts.push(fact("pin-fact-expires", in_words(expires, texts)));
            }
            facts.push(fact("pin-fact-used", in_words(working.used, texts)));
        }
        _ => {}
    }
    facts
}

fn in_words_with(key: &str, at: Timestamp, texts: Language) -> String {
    texts.say_with(key, "when", &in_words(at, texts))
}

/// Digits in groups of four, which are more easily read aloud.
fn in_fours(digits: &str) -> String {
    let (first, second) = digits.split_at_checked(4).unwrap_or((digits, ""));
    format!("{first} {second}")
}

#[derive(askama::Template)]
#[template(path = "pin_mine.html")]
struct MinePage<'a> {
    layout: Layout<'a>,
    status: String,
    facts: Vec<(String, String)>,
    /// Whether the first half can be sent again.
    has_first_half: bool,
    /// Whether a letter can be had.
    has_letter: bool,
    /// From when on, if not now.
    no_letter: Option<String>,
    can_request: bool,
    can_revoke: bool,
    /// Whether it can become dispositive.
    can_convert: bool,
    /// Whether requests were taken provisionally.
    has_receipts: bool,
    /// Until when the telephone PIN is good.
    telephone: Option<String>,
    may_telephone: bool,
    terms: [(&'static str, String); 4],
    /// What was just done.
    notice: Option<String>,
    /// The telephone PIN that was just made.
    code: Option<String>,
    token: String,
}

impl MinePage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }

    /// The names that the page's forms are posted with.
    fn action(&self) -> &'static str {
        MINE
    }

    fn token_field(&self) -> &'static str {
        TOKEN_FIELD
    }

    fn deed_field(&self) -> &'static str {
        DO
    }

    fn term_field(&self) -> &'static str {
        TERM
    }

    fn first_half(&self) -> &'static str {
        Deed::Again(What::FirstHalf).name()
    }

    fn letter(&self) -> &'static str {
        Deed::Again(What::Letter).name()
    }

    fn make_telephone(&self) -> &'static str {
        Deed::Telephone.name()
    }

    fn end_telephone(&self) -> &'static str {
        Deed::EndTelephone.name()
    }

    fn revoke(&self) -> &'static str {
        Deed::Revoke.name()
    }
}
