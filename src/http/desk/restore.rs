//! `/desk/case/{id}/restore`: an office gives a new initial PIN for a lost one, with form MV35 and a document (PIN rules, Lost PIN).

use axum::extract::Path;
use axum::response::Response;

use super::case::AtCase;
use super::guard::{AtDesk, Posted};
use super::issue;
use super::paper::{self, both, reason};
use crate::desk::Task;
use crate::http::pages::desk::{Form, REASON, TaskPage};
use crate::http::pages::{Fault, Refusal};
use crate::http::papers::Asked;
use crate::http::pin::{Typed, care};

/// `GET`: the form.
pub(super) async fn show(desk: AtDesk, Path(id): Path<String>) -> Result<Response, Refusal> {
    desk.allow(Task::Restore)?;
    let case = desk.case(&id).await?;
    Ok(page(&desk, &case, &Typed::default(), &[]))
}

/// `POST`: the old PIN stops, and a whole new one leaves in a sealed envelope that the office prints;
/// or the form to sign is printed.
pub(super) async fn restore(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let (desk, typed) = (&posted.desk, &posted.typed);
    desk.allow(Task::Restore)?;
    let case = desk.case(&id).await?;
    let office = desk.office()?;
    let now = desk.visit.gateway.now();
    if paper::is_to_print(typed) {
        return match paper::read_unsigned(typed, now) {
            Ok(shown) => desk.print(&case, Asked::Restore, &shown).await,
            Err(faults) => Ok(page(desk, &case, typed, &faults)),
        };
    }
    let visit = paper::read(desk, office, typed, now);
    let (visit, reason) = match both(visit, reason(typed)) {
        Ok(filled) => filled,
        Err(faults) => return Ok(page(desk, &case, typed, &faults)),
    };
    let act = desk.act(Task::Restore, &case.person, reason)?;
    let minted = care(&desk.visit.gateway)?.mint().await?;
    desk.carry_out(&case, &act, |dossier, context| {
        let visit = paper::at(&visit, context);
        dossier.restore_at_office(visit, minted.clone(), act.reason(), context)
    })
    .await?;
    Ok(issue::envelope(desk, &case, "desk-restored-title", office))
}

fn page(desk: &AtDesk, case: &AtCase, typed: &Typed, faults: &[Fault]) -> Response {
    let texts = desk.visit.language;
    let form = Form::new(case.page("restore"), desk.token(), texts)
        .with(paper::fields(desk, typed, faults))
        .reason(typed.get(REASON.name), faults)
        .button("desk-restore")
        .printing();
    let page = TaskPage {
        lead: vec![texts.say("desk-restore-lead")],
        forms: vec![form],
        ..desk.page("desk-restore", case)
    };
    page.show()
}
