//! `/pin/restore`: a new initial PIN in place of a lost one (PIN rules, Lost PIN).
//!
//! The person names two contacts on record, and a link goes to the one of them that takes mail. Following it shows a button,
//! since programs follow links before people do; pressing it, with the fiscal code, stops the old PIN and sends the two halves
//! of a new one to the two contacts. What is answered is the same whatever there is to restore.

use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use http::{HeaderMap, StatusCode};

use super::asked::{CODE, CONTACTS, EMAIL, FISCAL_CODE, MOBILE, PEC, contacts, fiscal_code};
use super::care::{Sent, care};
use super::typed::Typed;
use crate::http::flow::see_other;
use crate::http::pages::{self, Action, Asks, Button, Fault, Field, FormPage, Refusal};
use crate::http::visit::Visit;
use crate::identity::FiscalCode;
use crate::pin::Contact;

const RESTORE: &str = "/pin/restore";
const SENT: &str = "/pin/restore/sent";
const FOLLOWED: &str = "/pin/restore/followed";

/// What the link carries, in the form of the page that it leads to.
const LINK: &str = "link";
/// The longest that it can be.
const LONGEST_LINK: usize = 64;

static ASKED: [Asks; 4] = {
    let [mobile, email, pec] = CONTACTS;
    [CODE, mobile, email, pec]
};
static AGAIN: [Asks; 1] = [CODE];

/// `GET /pin/restore`: the form.
pub(in crate::http) async fn ask(visit: Visit) -> Result<Response, Refusal> {
    care(&visit.gateway)?;
    Ok(show(&visit, &Typed::default(), &[]))
}

/// `POST /pin/restore`: sends a link, if there is somebody to send it to.
pub(in crate::http) async fn answer(
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let sent = Sent::read(&visit, &headers, &body, [FISCAL_CODE, MOBILE, EMAIL, PEC])?;
    let (care, typed) = (sent.care, &sent.typed);
    let (person, claimed) = match read(typed) {
        Ok(read) => read,
        Err(faults) => return Ok(show(&visit, typed, &faults)),
    };
    care.admit(&visit).await?;
    let asked = care.change_for_strangers(&visit, &person, |dossier, context| {
        dossier.ask_restore(claimed.clone(), context)
    });
    // Whether a link was sent is in the mailbox of whoever it was sent to.
    let _ = asked.await?;
    sent.next_beat().await;
    Ok(see_other(SENT))
}

/// `GET /pin/restore/sent`: what happens now, whoever asked about whom.
pub(in crate::http) async fn sent(visit: Visit) -> Result<Response, Refusal> {
    care(&visit.gateway)?;
    let texts = visit.language;
    let paragraphs = ["pin-restore-sent", "pin-restore-sent-not"].map(|key| texts.say(key));
    let actions = vec![
        Action::new("action-start", "/"),
        Action::new("pin-hub-revoke", super::revoke::REVOKE),
    ];
    Ok(pages::notice(
        &visit,
        "pin-restore-sent-title",
        paragraphs.into(),
        actions,
    ))
}

/// `GET /pin/restore/link/{link}`: where the link leads. Nothing happens before the button is pressed.
pub(in crate::http) async fn follow(
    visit: Visit,
    Path(link): Path<String>,
) -> Result<Response, Refusal> {
    care(&visit.gateway)?;
    if !is_link(&link) {
        return Err(gone());
    }
    Ok(show_followed(&visit, &Typed::default(), &link, &[]))
}

/// `POST /pin/restore/followed`: restores the PIN that a link was sent for.
pub(in crate::http) async fn restore(
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let sent = Sent::read(&visit, &headers, &body, [FISCAL_CODE, LINK])?;
    let (care, typed) = (sent.care, &sent.typed);
    let link = typed.get(LINK);
    if !is_link(link) {
        return Err(gone());
    }
    let person = match fiscal_code(typed) {
        Ok(person) => person,
        Err(fault) => return Ok(show_followed(&visit, typed, link, &[fault])),
    };
    care.admit(&visit).await?;
    care.admit_try(&visit, &person).await?;
    let minted = care.mint().await?;
    let restored = care.change(&visit, &person, |dossier, context| {
        dossier.restore(link, minted.clone(), context)
    });
    let restored = restored.await?;
    sent.next_beat().await;
    restored.map_err(|_| gone())?;
    let texts = visit.language;
    let paragraphs = ["pin-restored", "pin-restored-next"].map(|key| texts.say(key));
    let actions = vec![
        Action::new("pin-hub-login", "/login/pin"),
        Action::new("action-start", "/"),
    ];
    Ok(pages::notice(
        &visit,
        "pin-restored-title",
        paragraphs.into(),
        actions,
    ))
}

/// The refusal of a link that restores nothing (any more).
fn gone() -> Refusal {
    let again = Action::new("pin-restore-again", RESTORE);
    Refusal::new(StatusCode::BAD_REQUEST, "pin-link-gone").offering(again)
}

/// Whether a text can be what a link carries.
fn is_link(text: &str) -> bool {
    let is_of_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=LONGEST_LINK).contains(&text.len()) && text.bytes().all(is_of_token)
}

fn read(typed: &Typed) -> Result<(FiscalCode, [Contact; 2]), Vec<Fault>> {
    let (code, contacts) = (fiscal_code(typed), contacts(typed));
    let (code, contacts) = match (code, contacts) {
        (Ok(code), Ok(contacts)) => (code, contacts),
        (code, contacts) => {
            let faults = code.err().into_iter();
            return Err(faults.chain(contacts.err().unwrap_or_default()).collect());
        }
    };
    // The telephone comes first: of three contacts, it and the certified address.
    let [one, other] = contacts
        .into_iter()
        .take(2)
        .collect::<Vec<_>>()
        .try_into()
        .map_err(|few: Vec<Contact>| {
            let field = match few.first() {
                Some(Contact::Mobile(_)) => EMAIL,
                _ => MOBILE,
            };
            let text = "pin-restore-two";
            vec![Fault { field, text }]
        })?;
    Ok((code, [one, other]))
}

fn show(visit: &Visit, typed: &Typed, faults: &[Fault]) -> Response {
    let texts = visit.language;
    let mut page = FormPage::new("pin-restore-title", RESTORE);
    page.lead = vec![texts.say("pin-restore-lead")];
    page.links = vec![Action::new("pin-hub-instead", "/login")];
    page.fields = Field::all(&ASKED, |name| typed.get(name), faults, texts);
    page.notes = vec![texts.say("pin-restore-note")];
    page.buttons = vec![Button {
        label: "pin-restore-send",
        name: "go",
        value: "send",
    }];
    page.show(visit)
}

fn show_followed(visit: &Visit, typed: &Typed, link: &str, faults: &[Fault]) -> Response {
    let texts = visit.language;
    let mut page = FormPage::new("pin-restore-title", FOLLOWED);
    page.lead = vec![texts.say("pin-restore-followed")];
    page.hidden = vec![(LINK, link.to_owned())];
    page.fields = Field::all(&AGAIN, |name| typed.get(name), faults, texts);
    page.buttons = vec![Button {
        label: "pin-restore-now",
        name: "go",
        value: "restore",
    }];
    page.show(visit)
}
