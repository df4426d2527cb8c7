//! `/desk/case/{id}/convert`: an office raises a PIN *ordinario* at once, with form MV35 and a document (PIN rules, From
//! ordinario to dispositivo).

use axum::extract::Path;
use axum::response::Response;

use super::case::AtCase;
use super::guard::{AtDesk, Posted};
use super::paper::{self, both, reason};
use crate::desk::Task;
use crate::http::pages::desk::{Form, REASON, TaskPage};
use crate::http::pages::{Fault, Refusal};
use crate::http::papers::Asked;
use crate::http::pin::Typed;

/// `GET`: the form.
pub(super) async fn show(desk: AtDesk, Path(id): Path<String>) -> Result<Response, Refusal> {
    desk.allow(Task::Convert)?;
    let case = desk.case(&id).await?;
    Ok(page(&desk, &case, &Typed::default(), &[]))
}

/// `POST`: raises it, or prints the form to sign.
pub(super) async fn convert(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let (desk, typed) = (&posted.desk, &posted.typed);
    desk.allow(Task::Convert)?;
    let case = desk.case(&id).await?;
    let now = desk.visit.gateway.now();
    if paper::is_to_print(typed) {
        return match paper::read_unsigned(typed, now) {
            Ok(shown) => desk.print(&case, Asked::Convert, &shown).await,
            Err(faults) => Ok(page(desk, &case, typed, &faults)),
        };
    }
    let visit = paper::read(desk, desk.office()?, typed, now);
    let (visit, reason) = match both(visit, reason(typed)) {
        Ok(filled) => filled,
        Err(faults) => return Ok(page(desk, &case, typed, &faults)),
    };
    let act = desk.act(Task::Convert, &case.person, reason)?;
    desk.carry_out(&case, &act, |dossier, context| {
        dossier.raise_at_office(paper::at(&visit, context), act.reason(), context)
    })
    .await?;
    Ok(case.shown())
}

fn page(desk: &AtDesk, case: &AtCase, typed: &Typed, faults: &[Fault]) -> Response {
    let texts = desk.visit.language;
    let form = Form::new(case.page("convert"), desk.token(), texts)
        .with(paper::fields(desk, typed, faults))
        .reason(typed.get(REASON.name), faults)
        .button("desk-convert")
        .printing();
    let page = TaskPage {
        lead: vec![texts.say("desk-convert-lead")],
        forms: vec![form],
        ..desk.page("desk-convert", case)
    };
    page.show()
}
