//! `/desk/case/{id}/recognise`: who is on the telephone says their temporary telephone PIN (PIN rules, More facts).

use axum::extract::Path;
use axum::response::Response;

use super::case::AtCase;
use super::guard::{AtDesk, Posted};
use crate::crypto::Verdict;
use crate::desk::{Reason, Task};
use crate::http::pages::desk::{Form, TaskPage};
use crate::http::pages::{Asks, Fault, Field, How, Refusal};
use crate::http::pin::care;
use crate::pin::TelephoneCode;

/// What the person says.
static CODE: Asks = Asks {
    name: "code",
    label: "desk-recognise-code",
    hint: None,
    how: How::Digits(12),
    autocomplete: "off",
    required: true,
};

const WRONG: Fault = Fault {
    field: "code",
    text: "desk-recognise-wrong",
};

/// `GET`: the form.
pub(super) async fn show(desk: AtDesk, Path(id): Path<String>) -> Result<Response, Refusal> {
    desk.allow(Task::Recognise)?;
    let case = desk.case(&id).await?;
    Ok(page(&desk, &case, &[]))
}

/// `POST`: holds it against the one on record. The try counts before the answer is known.
pub(super) async fn recognise(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let (desk, typed) = (&posted.desk, &posted.typed);
    let case = desk.case(&id).await?;
    let act = desk.act(Task::Recognise, &case.person, Reason::of_the_work())?;
    let Ok(said) = TelephoneCode::parse(typed.get(CODE.name)) else {
        return Ok(page(desk, &case, &[WRONG]));
    };
    let care = care(&desk.visit.gateway)?;
    let dossier = desk.look(&case.person).await?;
    let now = desk.visit.gateway.now();
    let kept = dossier.and_then(|dossier| dossier.telephone(care.rules(), now).cloned());
    desk.carry_out(&case, &act, |dossier, context| {
        dossier.try_telephone_pin(context)
    })
    .await?;
    let kept = kept.map(|kept| kept.hash);
    let verdict = care
        .hash(move |hasher, _| hasher.verify(said.expose().as_bytes(), kept.as_ref()))
        .await?;
    let matched = verdict.ok().and_then(Verdict::matched);
    let Some(matched) = matched else {
        return Ok(page(desk, &case, &[WRONG]));
    };
    desk.carry_out(&case, &act, |dossier, context| {
        dossier.telephone_pin_matched(&matched, context)
    })
    .await?;
    Ok(case.shown())
}

fn page(desk: &AtDesk, case: &AtCase, faults: &[Fault]) -> Response {
    let texts = desk.visit.language;
    // What was said is not shown again.
    let form = Form::new(case.page("recognise"), desk.token(), texts)
        .with([Field::new(&CODE, "", faults, texts)])
        .button("desk-recognise");
    let page = TaskPage {
        lead: vec![texts.say("desk-recognise-lead")],
        forms: vec![form],
        ..desk.page("desk-recognise", case)
    };
    page.show()
}
