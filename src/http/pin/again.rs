//! `/pin/again`: the first half once more, or a new letter (PIN rules, Numbers).
//!
//! Either goes to where the one before went, so it tells a stranger nothing; that it is asked for takes a contact on record,
//! since a new letter makes the one under way useless. The answer is the same whatever there is to send.

use axum::body::Bytes;
use axum::response::Response;
use http::HeaderMap;

use super::asked::{CODE, CONTACTS, EMAIL, FISCAL_CODE, MOBILE, PEC, contacts, fiscal_code, line};
use super::care::{Commanded, PinCare, Sent, care};
use super::typed::Typed;
use crate::http::flow::see_other;
use crate::http::language::Language;
use crate::http::pages::{self, Action, Asks, Button, Fault, Field, FormPage, How, Refusal};
use crate::http::visit::Visit;
use crate::identity::FiscalCode;
use crate::pin::{Contact, Dossier, PinRefusal};

const AGAIN: &str = "/pin/again";
const SENT: &str = "/pin/again/sent";
const WHAT: &str = "what";

static ASKED: [Asks; 5] = {
    let [mobile, email, pec] = CONTACTS;
    [
        CODE,
        Asks {
            how: How::Choice,
            ..line(WHAT, "pin-again-what", 10)
        },
        mobile,
        email,
        pec,
    ]
};

/// What is sent once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum What {
    /// The first half, by SMS or mail.
    FirstHalf,
    /// A letter, and a first half with it.
    Letter,
}

impl What {
    const ALL: [Self; 2] = [Self::FirstHalf, Self::Letter];

    /// The name that forms use.
    pub(in crate::http) fn name(self) -> &'static str {
        match self {
            Self::FirstHalf => "first",
            Self::Letter => "letter",
        }
    }

    /// What a name stands for; `None` for an unknown one.
    pub(in crate::http) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.name() == name)
    }

    /// The key of the text that says it.
    pub(in crate::http) fn text(self) -> &'static str {
        match self {
            Self::FirstHalf => "pin-again-first",
            Self::Letter => "pin-again-letter",
        }
    }
}

/// `GET /pin/again`: the form.
pub(in crate::http) async fn ask(visit: Visit) -> Result<Response, Refusal> {
    care(&visit.gateway)?;
    Ok(show(&visit, &Typed::default(), &[]))
}

/// `POST /pin/again`: sends what can be sent.
pub(in crate::http) async fn answer(
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let sent = Sent::read(
        &visit,
        &headers,
        &body,
        [FISCAL_CODE, WHAT, MOBILE, EMAIL, PEC],
    )?;
    let (care, typed) = (sent.care, &sent.typed);
    let (person, what, claimed) = match read(typed) {
        Ok(read) => read,
        Err(faults) => return Ok(show(&visit, typed, &faults)),
    };
    care.admit(&visit).await?;
    // Whether it was sent is with whoever it was sent to.
    let _ = send(&visit, care, &person, what, &claimed).await?;
    sent.next_beat().await;
    Ok(see_other(SENT))
}

/// Sends it, if the person can have it and all contacts that they claim are on record.
pub(super) async fn send(
    visit: &Visit,
    care: &PinCare,
    person: &FiscalCode,
    what: What,
    claimed: &[Contact],
) -> Result<Commanded, Refusal> {
    let check = |dossier: &Dossier| {
        let known = claimed
            .iter()
            .all(|contact| dossier.contacts().has(contact));
        known.then_some(()).ok_or(PinRefusal::ContactsUnknown)
    };
    match what {
        What::FirstHalf => {
            let minted = care.mint_half().await?;
            care.change_for_strangers(visit, person, |dossier, context| {
                check(&dossier)?;
                dossier.resend_first_half(minted.clone(), None, context)
            })
            .await
        }
        What::Letter => {
            let minted = care.mint().await?;
            care.change_for_strangers(visit, person, |dossier, context| {
                check(&dossier)?;
                dossier.send_new_letter(None, minted.clone(), None, context)
            })
            .await
        }
    }
}

/// `GET /pin/again/sent`: what happens now, whoever asked about whom.
pub(in crate::http) async fn sent(visit: Visit) -> Result<Response, Refusal> {
    care(&visit.gateway)?;
    let texts = visit.language;
    let paragraphs = ["pin-again-sent", "pin-again-sent-limits"].map(|key| texts.say(key));
    let actions = vec![Action::new("action-start", "/")];
    Ok(pages::notice(
        &visit,
        "pin-again-sent-title",
        paragraphs.into(),
        actions,
    ))
}

fn read(typed: &Typed) -> Result<(FiscalCode, What, Vec<Contact>), Vec<Fault>> {
    let what = What::from_name(typed.get(WHAT)).ok_or(Fault {
        field: WHAT,
        text: "pin-again-what-missing",
    });
    let some_contact = contacts(typed).and_then(|contacts| {
        let none = || {
            vec![Fault {
                field: MOBILE,
                text: "pin-again-contact",
            }]
        };
        (!contacts.is_empty()).then_some(contacts).ok_or_else(none)
    });
    match (fiscal_code(typed), what, some_contact) {
        (Ok(code), Ok(what), Ok(contacts)) => Ok((code, what, contacts)),
        (code, what, contacts) => {
            let faults = code.err().into_iter().chain(what.err());
            Err(faults.chain(contacts.err().unwrap_or_default()).collect())
        }
    }
}

fn show(visit: &Visit, typed: &Typed, faults: &[Fault]) -> Response {
    let texts = visit.language;
    let mut page = FormPage::new("pin-again-title", AGAIN);
    page.lead = vec![texts.say("pin-again-lead")];
    page.fields = Field::all(&ASKED, |name| typed.get(name), faults, texts);
    let choice = page.fields.iter_mut().find(|field| field.is(WHAT));
    if let Some(choice) = choice {
        choice.offer(options(texts));
    }
    page.notes = vec![texts.say("pin-again-note")];
    page.buttons = vec![Button {
        label: "pin-again-send",
        name: "go",
        value: "send",
    }];
    page.show(visit)
}

fn options(texts: Language) -> Vec<(String, String)> {
    let option = |what: What| (what.name().to_owned(), texts.say(what.text()));
    What::ALL.map(option).into()
}
