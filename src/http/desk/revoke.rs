//! `/desk/case/{id}/revoke`: an operator stops a PIN (PIN rules, Lost PIN).

use axum::extract::Path;
use axum::response::Response;

use super::case::AtCase;
use super::guard::{AtDesk, Posted};
use crate::desk::{Reason, Task};
use crate::http::pages::Fault;
use crate::http::pages::Refusal;
use crate::http::pages::desk::{Form, NO_REASON, REASON, TaskPage};

/// `GET`: the form.
pub(super) async fn show(desk: AtDesk, Path(id): Path<String>) -> Result<Response, Refusal> {
    desk.allow(Task::Revoke)?;
    let case = desk.case(&id).await?;
    Ok(page(&desk, &case, "", &[]))
}

/// `POST`: revokes it.
pub(super) async fn revoke(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let desk = &posted.desk;
    let case = desk.case(&id).await?;
    let typed = posted.typed.get(REASON.name);
    let Ok(reason) = Reason::parse(typed) else {
        return Ok(page(desk, &case, typed, &[NO_REASON]));
    };
    let act = desk.act(Task::Revoke, &case.person, reason)?;
    desk.carry_out(&case, &act, |dossier, context| {
        dossier.revoke(Some(act.reason()), context)
    })
    .await?;
    Ok(case.shown())
}

fn page(desk: &AtDesk, case: &AtCase, reason: &str, faults: &[Fault]) -> Response {
    let texts = desk.visit.language;
    let form = Form::new(case.page("revoke"), desk.token(), texts)
        .reason(reason, faults)
        .button("desk-revoke");
    TaskPage {
        lead: vec![texts.say("desk-revoke-lead")],
        forms: vec![form],
        ..desk.page("desk-revoke", case)
    }
    .show()
}
