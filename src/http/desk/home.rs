//! `/desk`: where operators begin, and the search by fiscal code.

use axum::response::Response;

use super::guard::{AtDesk, Posted};
use super::queues::Line;
use crate::desk::{Reason, Task};
use crate::http::flow;
use crate::http::pages::Refusal;
use crate::http::pages::desk::{self as pages, Search};
use crate::http::pages::{Asks, Fault};
use crate::http::pin::care;
use crate::identity::FiscalCode;

/// `GET /desk`.
pub(super) async fn show(desk: AtDesk) -> Result<Response, Refusal> {
    page(&desk, &Search::default()).await
}

async fn page(desk: &AtDesk, search: &Search<'_>) -> Result<Response, Refusal> {
    let pins = care(&desk.visit.gateway)?.pins();
    let mut queues = Vec::new();
    for line in Line::of(desk) {
        queues.push((line, pins.queue_length(line.queue).await?));
    }
    Ok(pages::home(desk.at_work(), desk.token(), search, &queues))
}

/// `POST /desk/search`: opens a case about a person, which is in the audit log before anything is shown.
pub(super) async fn search(posted: Posted) -> Result<Response, Refusal> {
    let typed = (posted.typed.get("fiscal_code"), posted.typed.get("reason"));
    let desk = &posted.desk;
    let (person, reason) = match (FiscalCode::parse(typed.0), Reason::parse(typed.1)) {
        (Ok(person), Ok(reason)) => (person, reason),
        (person, reason) => {
            let wrong = |is_wrong: bool, asks: &Asks, text| {
                let field = asks.name;
                is_wrong.then_some(Fault { field, text })
            };
            let code = wrong(
                person.is_err(),
                &pages::FISCAL_CODE,
                "desk-wrong-fiscal-code",
            );
            let reason = wrong(reason.is_err(), &pages::REASON, "desk-wrong-reason");
            let search = Search {
                fiscal_code: typed.0,
                reason: typed.1,
                faults: code.into_iter().chain(reason).collect(),
            };
            return page(desk, &search).await;
        }
    };
    let act = desk.act(Task::LookUp, &person, reason)?;
    flow::record(&desk.visit, act.looked_up()).await?;
    Ok(desk.open(&person).await?.shown())
}
