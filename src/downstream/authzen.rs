//! Decisions for applications that ask for them: OpenID AuthZEN Authorization API 1.0.
//!
//! In: a caller's secret and a JSON text, bounded by the edge. Out: one answer for each evaluation, with the decision and, in
//! its `context`, the rules that led to it; or [`Malformed`], which names the field. A subject is a session, of which the
//! gateway knows everything itself, or a person, of whom the caller says what it saw in its tokens; a resource is a
//! service, an action an operation. What is unknown is denied, and only what cannot be read is an error (1.0, Errors).
//!
//! Uses `session`, `policy`, `protocol::jose` for strict JSON; never `login`, never another way out.

mod answer;
mod caller;
mod fields;
mod request;

use serde_json::{Value, json};

use crate::archive::Capacity;
use crate::identity::Timestamp;
use crate::policy::{
    Catalogue, Decision, Facts, KnownCategories, Login, Operation, ServiceId, decide,
};
use crate::session::{Actor, Freshness, Session};

pub use answer::Answer;
pub use caller::{Caller, CallerSettings, Callers};
pub use request::{Asked, Evaluation, Malformed, Questions, Semantic, Subject};

/// The metadata document (1.0, Policy Decision Point Metadata) of the gateway at an origin.
#[must_use]
pub fn metadata(origin: &str) -> Value {
    json!({
        "policy_decision_point": origin,
        "access_evaluation_endpoint": format!("{origin}/access/v1/evaluation"),
        "access_evaluations_endpoint": format!("{origin}/access/v1/evaluations"),
    })
}

/// A session that somebody asked about, and in what capacity its person acts now.
#[derive(Debug)]
pub struct Present {
    /// The session.
    pub session: Session,
    /// The capacity.
    pub capacity: Capacity,
}

/// A decision about somebody's session, for the audit log.
#[derive(Debug)]
pub struct Decided<'a> {
    /// Whose.
    pub session: &'a Session,
    /// About what.
    pub asked: (&'a ServiceId, Operation),
    /// What policy says.
    pub decision: Decision,
    /// Where among the answers it is.
    pub place: usize,
    /// Whether it is a provisional permit that the caller knows what to do with.
    pub is_taken_provisionally: bool,
}

/// What a caller gets, and what the audit log should know of it.
#[derive(Debug)]
pub struct Evaluated<'a> {
    /// One for each evaluation, in their order; fewer where the semantic ends early.
    pub answers: Vec<Answer>,
    /// The decisions about sessions.
    pub decided: Vec<Decided<'a>>,
}

/// Answers a caller's questions at `now`, given those of the [sessions](Questions::sessions) in them that there are.
#[must_use]
pub fn evaluate<'a>(
    caller: &Caller,
    questions: &'a Questions,
    present: &'a [Present],
    catalogue: &Catalogue,
    now: Timestamp,
) -> Evaluated<'a> {
    let mut answers = Vec::with_capacity(questions.evaluations.len());
    let mut decided = Vec::new();
    for evaluation in &questions.evaluations {
        let answer = match (&evaluation.subject, &evaluation.asked) {
            (Subject::Unknown(reason), _) | (_, Asked::Unknown(reason)) => Answer::unknown(reason),
            (Subject::Person(_), _) if !caller.may_describe() => {
                Answer::unknown("subject-not-allowed")
            }
            (Subject::Person(person), Asked::Of(service, operation)) => {
                let facts = Facts {
                    logins: &person.logins,
                    categories: person.categories,
                    client: caller.client(),
                };
                let decision = decide(catalogue, service, *operation, &facts, now);
                Answer::of(&decision, evaluation.takes_provisional)
            }
            (Subject::Session(handle), Asked::Of(service, operation)) => {
                let there = present.iter().find(|one| one.session.handle() == handle);
                there.map_or_else(
                    || Answer::unknown("session-ended"),
                    |Present { session, capacity }| {
                        let logins = session.logins(Freshness::default(), now);
                        let facts = Facts {
                            client: caller.client(),
                            ..Actor { session, capacity }.facts(&logins)
                        };
                        let decision = decide(catalogue, service, *operation, &facts, now);
                        let answer = Answer::of(&decision, evaluation.takes_provisional);
                        // A name that a caller made up is nothing to remember.
                        if catalogue.get(service).is_some() {
                            let asked = (service, *operation);
                            let is_provisional = matches!(decision, Decision::Provisional { .. });
                            decided.push(Decided {
                                session,
                                asked,
                                decision,
                                place: answers.len(),
                                is_taken_provisionally: is_provisional
                                    && evaluation.takes_provisional,
                            });
                        }
                        answer
                    },
                )
            }
        };
        let ends = questions.semantic.ends_after(answer.is_permit());
        answers.push(answer);
        if ends {
            break;
        }
    }
    Evaluated { answers, decided }
}

/// What a caller says of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// The logins it saw.
    pub logins: Vec<Login>,
    /// The categories it was told.
    pub categories: KnownCategories,
}
