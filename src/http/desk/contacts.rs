//! `/desk/case/{id}/contacts`: an office changes the contacts on record, with form MV35 and a document: whoever holds them can
//! restore the PIN (PIN rules, Lost PIN).

use axum::extract::Path;
use axum::response::Response;

use super::case::AtCase;
use super::guard::{AtDesk, Posted};
use super::paper::{self, both, reason};
use crate::desk::Task;
use crate::http::pages::desk::{Form, REASON, TaskPage};
use crate::http::pages::{Fault, Field, Refusal};
use crate::http::papers::Asked;
use crate::http::pin::Typed;
use crate::http::pin::request::{CONTACTS, Page, contacts, on_record};
use crate::pin::Contacts;

/// `GET`: the form, with the contacts on record in it.
pub(super) async fn show(desk: AtDesk, Path(id): Path<String>) -> Result<Response, Refusal> {
    desk.allow(Task::ChangeContacts)?;
    let case = desk.case(&id).await?;
    page(&desk, &case, None, &[]).await
}

/// `POST`: changes them, or prints the form to sign.
pub(super) async fn change(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let (desk, typed) = (&posted.desk, &posted.typed);
    desk.allow(Task::ChangeContacts)?;
    let case = desk.case(&id).await?;
    let office = desk.office()?;
    let now = desk.visit.gateway.now();
    let wanted = wanted(typed);
    if paper::is_to_print(typed) {
        let filled = both(wanted, paper::read_unsigned(typed, now));
        return match filled {
            Ok((wanted, shown)) => desk.print(&case, Asked::Contacts(&wanted), &shown).await,
            Err(faults) => page(desk, &case, Some(typed), &faults).await,
        };
    }
    let visit = paper::read(desk, office, typed, now);
    let ((wanted, visit), reason) = match both(both(wanted, visit), reason(typed)) {
        Ok(filled) => filled,
        Err(faults) => return page(desk, &case, Some(typed), &faults).await,
    };
    let act = desk.act(Task::ChangeContacts, &case.person, reason)?;
    desk.carry_out(&case, &act, |dossier, context| {
        let visit = paper::at(&visit, context);
        dossier.change_contacts_at_office(wanted.clone(), visit, act.reason(), context)
    })
    .await?;
    Ok(case.shown())
}

/// The contacts that the person wants.
fn wanted(typed: &Typed) -> Result<Contacts, Vec<Fault>> {
    let mut page = Page::of(typed);
    let wanted = contacts(&mut page);
    wanted.ok_or_else(|| page.faults())
}

/// `typed` is nothing where the form is new.
async fn page(
    desk: &AtDesk,
    case: &AtCase,
    typed: Option<&Typed>,
    faults: &[Fault],
) -> Result<Response, Refusal> {
    let dossier = desk.look(&case.person).await?;
    let Some(dossier) = dossier else {
        return Ok(case.shown());
    };
    let texts = desk.visit.language;
    let value = |name: &str| match typed {
        Some(typed) => typed.get(name),
        None => on_record(dossier.contacts(), name),
    };
    let fields = Field::all(&CONTACTS, value, faults, texts);
    let nothing = Typed::default();
    let typed = typed.unwrap_or(&nothing);
    let form = Form::new(case.page("contacts"), desk.token(), texts)
        .with(fields.into_iter().map(Field::kept_by_nobody))
        .with(paper::fields(desk, typed, faults))
        .reason(typed.get(REASON.name), faults)
        .button("desk-contacts")
        .printing();
    let page = TaskPage {
        lead: vec![texts.say("desk-contacts-lead")],
        forms: vec![form],
        ..desk.page("desk-contacts", case)
    };
    Ok(page.show())
}
