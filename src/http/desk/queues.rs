//! `/desk/calls` and `/desk/conversions`: what waits for an operator, and how one takes it in hand.
//!
//! To take is to claim: until they give it back, decide, or let half an hour pass, nobody else can. It also opens the case
//! of its person.

use axum::response::Response;
use http::StatusCode;

use super::case::AtCase;
use super::guard::{AtDesk, Posted, home};
use crate::desk::{Reason, Task};
use crate::http::flow::see_other;
use crate::http::pages::desk::{self as pages, PERSON_FIELD};
use crate::http::pages::{Action, Refusal};
use crate::http::pin::care;
use crate::identity::FiscalCode;
use crate::pin::{Change, Context, Dossier, PinRefusal, Queue};

/// How much of a queue is shown.
const MOST_SHOWN: usize = 50;

/// A queue as the desk has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Line {
    /// What waits in it.
    pub(in crate::http) queue: Queue,
    /// Whose work it is.
    pub(in crate::http) task: Task,
    /// Where it is shown.
    pub(in crate::http) address: &'static str,
    /// Where something of it is taken.
    pub(in crate::http) take: &'static str,
    /// The key of its title.
    pub(in crate::http) title: &'static str,
    /// The page of a case on which it is worked on.
    page: &'static str,
}

/// People to call.
pub(super) static CALLS: Line = Line {
    queue: Queue::Calls,
    task: Task::CheckAddress,
    address: "/desk/calls",
    take: "/desk/calls/take",
    title: "desk-calls",
    page: "call",
};

/// Conversions to decide.
pub(super) static CONVERSIONS: Line = Line {
    queue: Queue::Conversions,
    task: Task::DecideConversion,
    address: "/desk/conversions",
    take: "/desk/conversions/take",
    title: "desk-conversions",
    page: "conversion",
};

impl Line {
    /// Every queue that is the work of an operator.
    pub(super) fn of(desk: &AtDesk) -> impl Iterator<Item = &'static Self> {
        let role = desk.on_duty.operator().role();
        let all = [&CALLS, &CONVERSIONS].into_iter();
        all.filter(move |line| line.task.is_for(role))
    }

    fn claim(&self, dossier: Dossier, context: &Context<'_>) -> Result<Change, PinRefusal> {
        match self.queue {
            Queue::Calls => dossier.claim_call(context),
            Queue::Conversions => dossier.claim_conversion(context),
        }
    }

    fn release(&self, dossier: Dossier, context: &Context<'_>) -> Result<Change, PinRefusal> {
        match self.queue {
            Queue::Calls => dossier.release_call(context),
            Queue::Conversions => dossier.release_conversion(context),
        }
    }
}

/// `GET /desk/calls`.
pub(super) async fn calls(desk: AtDesk) -> Result<Response, Refusal> {
    show(&desk, &CALLS).await
}

/// `GET /desk/conversions`.
pub(super) async fn conversions(desk: AtDesk) -> Result<Response, Refusal> {
    show(&desk, &CONVERSIONS).await
}

/// `POST /desk/calls/take`.
pub(super) async fn take_call(posted: Posted) -> Result<Response, Refusal> {
    take(&posted, &CALLS).await
}

/// `POST /desk/conversions/take`.
pub(super) async fn take_conversion(posted: Posted) -> Result<Response, Refusal> {
    take(&posted, &CONVERSIONS).await
}

async fn show(desk: &AtDesk, line: &'static Line) -> Result<Response, Refusal> {
    desk.allow(line.task)?;
    let pins = care(&desk.visit.gateway)?.pins();
    let waiting = pages::Waiting {
        line,
        first: pins.queue(line.queue, MOST_SHOWN).await?,
        all: pins.queue_length(line.queue).await?,
    };
    let operators = desk.desk()?.operators();
    Ok(pages::queue(
        desk.at_work(),
        operators,
        &desk.token(),
        &waiting,
    ))
}

/// Gives what an operator has in hand back to its queue.
pub(super) async fn give_back(
    desk: &AtDesk,
    case: &AtCase,
    line: &'static Line,
) -> Result<Response, Refusal> {
    let act = desk.act(line.task, &case.person, Reason::of_the_work())?;
    desk.carry_out(case, &act, |dossier, context| {
        line.release(dossier, context)
    })
    .await?;
    Ok(see_other(line.address))
}

async fn take(posted: &Posted, line: &'static Line) -> Result<Response, Refusal> {
    let desk = &posted.desk;
    let unknown = || Refusal::new(StatusCode::BAD_REQUEST, "bad-request").offering(home());
    let person = posted.typed.get(PERSON_FIELD);
    let person = FiscalCode::parse(person).map_err(|_| unknown())?;
    let act = desk.act(line.task, &person, Reason::of_the_work())?;
    // Taken first: a case about somebody who does not wait would be a look without a reason.
    let back = || Action::new(line.title, line.address);
    desk.carry_out_or(back, &act, |dossier, context| line.claim(dossier, context))
        .await?;
    let case = desk.open(&person).await?;
    Ok(see_other(&case.page(line.page)))
}
