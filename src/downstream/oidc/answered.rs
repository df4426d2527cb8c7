//! Which login an application is told of, and what it is told that it is worth.

use std::time::Duration;

use chrono::serde::ts_nanoseconds;
use serde::{Deserialize, Serialize};

use super::authorization::PendingAuthorization;
use super::code::{Denial, login_required};
use super::level::unmet;
use super::provider::OpenIdProvider;
use super::{Acr, Client, ProtocolError};
use crate::identity::{
    AchievedAssurance, AuthenticationEvent, AuthenticationMethod, SecondStep, Timestamp,
};
use crate::policy::{Decision, DenyReason, Facts, decide};
use crate::session::{Actor, Earned, Freshness, Session};

/// The login that the tokens will tell of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct AnsweredLogin {
    pub(super) acr: Acr,
    /// What it proved when it was made.
    pub(super) proved: AchievedAssurance,
    pub(super) method: AuthenticationMethod,
    pub(super) provider: String,
    /// What followed the card, where something had to.
    pub(super) second_step: Option<SecondStep>,
    #[serde(with = "ts_nanoseconds")]
    pub(super) at: Timestamp,
    /// How it opens the service, where one was asked for.
    pub(super) opens: Option<Opens>,
}

/// How a login opens a service. The order is that of preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Opens {
    /// For a request that is worked once the person's ordinary PIN has become a better one.
    Provisional,
    /// Without reserve.
    Permit,
}

impl Opens {
    /// The decision's name, as everywhere else.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Provisional => "provisional",
            Self::Permit => "permit",
        }
    }
}

/// A login that may count, and how old it is taken to be: one made for the request is new, however long its pages took.
struct Candidate<'s> {
    earned: Earned<'s>,
    age: Duration,
}

impl OpenIdProvider {
    /// The login to tell of. It must meet everything by itself: what one login proved and another one opens is no answer.
    /// Of those that do, it is one that opens the service without reserve, if there is one, and then the one that is worth
    /// most.
    pub(super) fn answered_login(
        &self,
        pending: &PendingAuthorization,
        client: &Client,
        actor: Actor<'_>,
        now: Timestamp,
    ) -> Result<AnsweredLogin, ProtocolError> {
        let mut candidates = candidates(pending, actor.session, now);
        if candidates.is_empty() {
            return Err(login_required("no_login_counts"));
        }
        // The floor is read again: it may have been raised since the request came.
        let floor = self.floor(client, pending.service.as_ref());
        let required = pending.levels.required(pending.floor.max(floor));
        candidates.retain(|candidate| candidate.earned.level.satisfies(required));
        candidates.sort_by_key(|candidate| (candidate.earned.level, candidate.earned.event.at));

        let mut best: Option<(Option<Opens>, Earned<'_>)> = None;
        let mut refusal = unmet("level_too_low");
        for candidate in &candidates {
            match self.opens(pending, actor, candidate, now) {
                Ok(opens) if best.is_none_or(|(before, _)| before <= opens) => {
                    best = Some((opens, candidate.earned));
                }
                Ok(_) => {}
                Err(why) => refusal = why,
            }
        }
        let (opens, Earned { level, event }) = best.ok_or(refusal)?;
        Ok(AnsweredLogin {
            acr: pending.levels.answer(level).ok_or(unmet("acr_not_met"))?,
            proved: event.level,
            method: event.method,
            provider: event.provider.clone(),
            second_step: event.card.as_ref().and_then(|card| card.second_step),
            at: event.at,
            opens,
        })
    }

    /// Asks policy how this very login opens the service; nothing where the request names none.
    fn opens(
        &self,
        pending: &PendingAuthorization,
        actor: Actor<'_>,
        candidate: &Candidate<'_>,
        now: Timestamp,
    ) -> Result<Option<Opens>, ProtocolError> {
        let Some((service, operation)) = &pending.service else {
            return Ok(None);
        };
        let login = [candidate.earned.login(candidate.age)];
        let facts = Facts {
            client: Some(&pending.client_id),
            ..actor.facts(&login)
        };
        match decide(&self.catalogue(), service, *operation, &facts, now) {
            Decision::Permit { .. } => Ok(Some(Opens::Permit)),
            Decision::Provisional { .. } => Ok(Some(Opens::Provisional)),
            Decision::StepUp { .. } => Err(unmet("service_level_not_met")),
            Decision::Deny {
                reason: DenyReason::OutOfReach,
                ..
            } => Err(unmet("service_out_of_reach")),
            Decision::Deny {
                reason: DenyReason::CategoriesUnavailable,
                ..
            } => Err(Denial::TryLater.error()),
            Decision::Deny { .. } => Err(Denial::NotPermitted.error()),
        }
    }
}

/// The logins that may count. Those made since the request count as what they proved; older ones as what they are still
/// worth, if they were young enough for `max_age` when it came. After `prompt=login` only logins made since count.
fn candidates<'s>(
    pending: &PendingAuthorization,
    session: &'s Session,
    now: Timestamp,
) -> Vec<Candidate<'s>> {
    let events = session.events();
    let made_before = events
        .iter()
        .rposition(|event| pending.seen.as_ref() == Some(&event.evidence))
        .map_or(0, |last| last + 1);
    let counts = |(index, event): (usize, &'s AuthenticationEvent)| {
        if index >= made_before {
            let level = event.level;
            return Some(Candidate {
                earned: Earned { level, event },
                age: Duration::ZERO,
            });
        }
        if pending.force || !young_enough(pending, event) {
            return None;
        }
        Some(Candidate {
            earned: session.worth(event, Freshness::default(), now)?,
            age: (now - event.at).to_std().unwrap_or_default(),
        })
    };
    events.iter().enumerate().filter_map(counts).collect()
}

/// Whether a login was young enough when the request came. One whose provider's clock runs ahead counts as of then.
fn young_enough(pending: &PendingAuthorization, event: &AuthenticationEvent) -> bool {
    pending
        .max_age
        .is_none_or(|most| (pending.asked_at - event.at).to_std().unwrap_or_default() <= most)
}
