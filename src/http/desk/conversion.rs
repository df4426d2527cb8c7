//! `/desk/case/{id}/conversion`: an online conversion, and what an operator thinks of it. Two of the same mind decide (PIN
//! rules, From ordinario to dispositivo).

use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};

use super::case::AtCase;
use super::guard::{AtDesk, Posted};
use super::queues::{self, CONVERSIONS};
use crate::desk::{Reason, Task};
use crate::http::pages::Fault;
use crate::http::pages::Refusal;
use crate::http::pages::desk::{
    Form, NO_REASON, Picture, REASON, Row, TaskPage, day, details_rows, document_key, name_of,
};
use crate::http::pages::in_words;
use crate::http::pin::care;
use crate::pin::{Conversion, Dossier};

/// The field of the button that was pressed.
const OPINION: &str = "opinion";
const ACCEPT: &str = "accept";
const REJECT: &str = "reject";
const RELEASE: &str = "release";

/// `GET`: the conversion, for whoever has it in hand.
pub(super) async fn show(desk: AtDesk, Path(id): Path<String>) -> Result<Response, Refusal> {
    desk.allow(Task::DecideConversion)?;
    let case = desk.case(&id).await?;
    page(&desk, &case, "", &[]).await
}

/// `POST`: for it, against it, or given back.
pub(super) async fn decide(Path(id): Path<String>, posted: Posted) -> Result<Response, Refusal> {
    let desk = &posted.desk;
    let case = desk.case(&id).await?;
    let opinion = posted.typed.get(OPINION);
    if opinion == RELEASE {
        return queues::give_back(desk, &case, &CONVERSIONS).await;
    }
    let typed = posted.typed.get(REASON.name);
    let Ok(reason) = Reason::parse(typed) else {
        return page(desk, &case, typed, &[NO_REASON]).await;
    };
    let accept = match opinion {
        ACCEPT => true,
        REJECT => false,
        _ => return page(desk, &case, typed, &[]).await,
    };
    let act = desk.act(Task::DecideConversion, &case.person, reason)?;
    desk.carry_out(&case, &act, |dossier, context| {
        dossier.judge_conversion(accept, act.reason(), context)
    })
    .await?;
    Ok(case.shown())
}

async fn page(
    desk: &AtDesk,
    case: &AtCase,
    reason: &str,
    faults: &[Fault],
) -> Result<Response, Refusal> {
    let Some(dossier) = desk.in_hand(case).await? else {
        return Ok(case.shown());
    };
    let texts = desk.visit.language;
    let address = case.page("conversion");
    let upload = dossier.conversion().and_then(|it| it.upload.as_ref());
    let pages = upload.map_or(0, |upload| upload.pages);
    let pictures = (1..=pages).map(|number| Picture {
        address: format!("{address}/page/{number}"),
        text: texts.say_all(
            "desk-conversion-page",
            &[("number", &number.to_string()), ("of", &pages.to_string())],
        ),
    });
    let form = Form::new(address.clone(), desk.token(), texts)
        .reason(reason, faults)
        .adding("desk-conversion-accept", OPINION, ACCEPT)
        .adding("desk-conversion-reject", OPINION, REJECT);
    let release = Form::new(address.clone(), desk.token(), texts)
        .aside()
        .adding("desk-release", OPINION, RELEASE);
    let page = TaskPage {
        lead: vec![texts.say("desk-conversion-lead")],
        rows: rows(desk, &dossier)?,
        pictures: pictures.collect(),
        forms: vec![form, release],
        ..desk.page("desk-conversion", case)
    };
    Ok(page.show())
}

/// `GET .../page/{number}`: a page of the signed form, drawn by us; the file itself is never opened (PIN rules, From ordinario
/// to dispositivo).
pub(super) async fn picture(
    desk: AtDesk,
    Path((id, number)): Path<(String, usize)>,
) -> Result<Response, Refusal> {
    let absent = || Refusal::new(StatusCode::NOT_FOUND, "not-found");
    desk.allow(Task::DecideConversion)?;
    let case = desk.case(&id).await?;
    let dossier = desk.in_hand(&case).await?.ok_or_else(absent)?;
    let upload = dossier.conversion().and_then(|it| it.upload.as_ref());
    let upload = upload.ok_or_else(absent)?;
    let pages = usize::try_from(upload.pages).unwrap_or_default();
    if !(1..=pages).contains(&number) {
        return Err(absent());
    }
    let gateway = &desk.visit.gateway;
    let file = care(gateway)?.pins().blob(&upload.blob).await?;
    let file = file.ok_or_else(absent)?;
    let drawn = gateway.uploads().draw(&file, number).await;
    let image = drawn
        .map_err(|why| Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "busy").because(why.code()))?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], image).into_response())
}

impl AtDesk {
    /// The dossier of a case whose conversion this operator has in hand.
    async fn in_hand(&self, case: &AtCase) -> Result<Option<Dossier>, Refusal> {
        let dossier = self.look(&case.person).await?;
        let has = |conversion: &Conversion| {
            conversion.upload.is_some() && self.has(conversion.claim.as_ref())
        };
        Ok(dossier.filter(|dossier| dossier.conversion().is_some_and(has)))
    }
}

/// What is asked, what was confirmed, and what colleagues said.
fn rows(desk: &AtDesk, dossier: &Dossier) -> Result<Vec<Row>, Refusal> {
    let texts = desk.visit.language;
    let operators = desk.desk()?.operators();
    let mut rows = Vec::new();
    if let Some(details) = dossier.details() {
        rows.extend(details_rows(details, texts));
    }
    let Some(conversion) = dossier.conversion() else {
        return Ok(rows);
    };
    let document = &conversion.document;
    let said = [
        texts.say(document_key(document.kind)),
        document.number.expose().to_owned(),
        document.issuer.expose().to_owned(),
        texts.say_with("desk-document-expires", "day", &day(document.expires)),
    ];
    rows.push(Row::new(texts, "desk-document", said));
    rows.push(Row::new(
        texts,
        "desk-conversion-code",
        [conversion.code.clone()],
    ));
    if let Some(upload) = &conversion.upload {
        rows.push(Row::new(
            texts,
            "desk-conversion-since",
            [in_words(upload.at, texts)],
        ));
    }
    let opinions = conversion.opinions.iter().map(|opinion| {
        let key = if opinion.accept {
            "desk-opinion-for"
        } else {
            "desk-opinion-against"
        };
        let name = name_of(&opinion.operator, operators, texts);
        texts.say_all(key, &[("name", &name), ("reason", opinion.reason.expose())])
    });
    let opinions: Vec<String> = opinions.collect();
    if !opinions.is_empty() {
        rows.push(Row::new(texts, "desk-opinions", opinions));
    }
    Ok(rows)
}
