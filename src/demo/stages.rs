//! The life of a PIN, as `varco demo --once` lives it: somebody asks for one online, gets its halves by two ways, makes the first
//! access, looks and requests, has it raised (`conversion`), loses it, has it restored, and has it revoked; somebody else renews
//! one that has expired. The halves and the links are read where the demo shows what would have left. Every stage happened over HTTP and TLS.

mod conversion;

use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use super::Running;
use super::citizen::{Citizen, Page};
use super::matrix::PIN_ISSUER;
use super::messages::JSON;
use super::once::{DEMANDING, EASY, ORDINARY, OnceError, Row, Seen, ask, decision};
use super::pins::{CITY, EXPIRED, HEALTH_CARD, Invented, POSTAL_CODE, PROVINCE, STREET};
use super::walk::enter_pin;
use crate::identity::{AssuranceLevel, AuthenticationMethod};
use crate::pin::Half;

/// How often it is looked whether a message left, and how many times.
const LOOKS: (Duration, u32) = (Duration::from_millis(100), 100);

/// One stage that was reached.
pub(super) struct Stage {
    name: &'static str,
    came_to: String,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stage  {:14}  {}", self.name, self.came_to)
    }
}

/// What the table gets.
pub(super) struct Told<'a> {
    /// A row for each login and each request.
    pub(super) rows: &'a mut Vec<Row>,
    /// A row for each stage.
    pub(super) stages: &'a mut Vec<Stage>,
}

impl Told<'_> {
    fn stage(&mut self, name: &'static str, came_to: impl Into<String>) {
        let came_to = came_to.into();
        self.stages.push(Stage { name, came_to });
    }
}

/// Lives the whole life of a PIN.
///
/// # Errors
/// [`OnceError`] when a stage does not come to what it should.
pub(super) async fn life(demo: &Running, told: &mut Told<'_>) -> Result<(), OnceError> {
    let people = demo.new_people();
    let mut holder = Holder::new(demo, &people.newcomer)?;
    holder.ask_for_a_pin(told).await?;
    let (first, second) = holder.halves("letter", people.newcomer.name()).await?;
    let came_to = format!("first half by sms to {}, second by letter", first.to);
    told.stage("halves", came_to);
    let pin = holder.first_access(&[first.found, second.found]).await?;
    told.stage("first access", "a working PIN of 8 characters, ordinary");
    let low = AssuranceLevel::Low;
    holder.look(told, EASY, ("permit", low)).await?;
    holder.look(told, DEMANDING, ("step-up", low)).await?;
    holder.look(told, ORDINARY, ("provisional", low)).await?;
    holder.convert(told).await?;
    let pin = holder.restore(&pin, told).await?;
    holder.revoke(&pin, told).await?;

    let mut holder = Holder::new(demo, &people.returner)?;
    holder.renew(told).await
}

/// A message that would have left, with what was looked for in it.
struct Found {
    to: String,
    found: String,
}

/// A message as the demo shows it.
#[derive(Deserialize)]
struct Message {
    way: String,
    to: String,
    text: String,
    reference: String,
}

/// Somebody with a browser and a letter box.
struct Holder<'a> {
    demo: &'a Running,
    person: &'a Invented,
    citizen: Citizen,
    /// The messages that were read.
    read: HashSet<String>,
}

impl<'a> Holder<'a> {
    fn new(demo: &'a Running, person: &'a Invented) -> Result<Self, OnceError> {
        Ok(Self {
            demo,
            person,
            citizen: Citizen::new(demo.authority())?,
            read: HashSet::new(),
        })
    }

    async fn open(&mut self, path: &str) -> Result<Page, OnceError> {
        let address = format!("{}{path}", self.demo.addresses().gateway);
        Ok(self.citizen.open(&address).await?)
    }

    /// Fills in the form that has a field, and presses a button.
    async fn fill(
        &mut self,
        page: &Page,
        field: &str,
        typed: &[(&str, &str)],
        button: &str,
    ) -> Result<Page, OnceError> {
        let form = page.form_with(field)?;
        let form = typed
            .iter()
            .fold(form, |form, (name, value)| form.with(name, value));
        Ok(self.citizen.submit(page, &form.pressed(button)).await?)
    }

    /// The online form, page by page.
    async fn ask_for_a_pin(&mut self, told: &mut Told<'_>) -> Result<(), OnceError> {
        let person = self.person;
        let born = person.birth_date.format("%d/%m/%Y").to_string();
        let pages: [(&[(&str, &str)], &str); 6] = [
            (
                &[
                    ("fiscal_code", person.fiscal_code.expose()),
                    ("country", "IT"),
                    ("myself", "yes"),
                ],
                "next",
            ),
            (
                &[
                    ("name", person.given_name),
                    ("surname", person.family_name),
                    ("sex", "F"),
                    ("birth_date", &born),
                    ("birth_place", "Roma"),
                ],
                "next",
            ),
            (
                &[
                    ("street", STREET),
                    ("postal_code", POSTAL_CODE),
                    ("city", CITY),
                    ("province", PROVINCE),
                ],
                "next",
            ),
            (
                &[("mobile", person.mobile), ("email", person.email)],
                "next",
            ),
            (&[("hours", "morning")], "next"),
            (&[], "send"),
        ];
        let mut page = self.open("/pin/request").await?;
        for (typed, button) in pages {
            page = self.fill(&page, "step", typed, button).await?;
        }
        if page.url.path() != "/pin/request/done" {
            return Err(page.missing("a request that was sent".to_owned()).into());
        }
        told.stage("request", page.heading());
        Ok(())
    }

    /// The newest message of a way to somebody that was not read yet and has something in it.
    async fn message(
        &mut self,
        (way, to): (&'static str, &str),
        find: impl Fn(&str) -> Option<String>,
    ) -> Result<Found, OnceError> {
        let address = format!("{}{JSON}", self.demo.addresses().app);
        let (pause, looks) = LOOKS;
        for _ in 0..looks {
            let page = self.citizen.open(&address).await?;
            let left: Vec<Message> = serde_json::from_str(&page.body)
                .map_err(|_| page.missing("what would have left".to_owned()))?;
            let theirs = left
                .into_iter()
                .filter(|message| message.way == way && message.to.contains(to))
                .filter(|message| !self.read.contains(&message.reference));
            let found = theirs
                .filter_map(|message| find(&message.text).map(|found| (message, found)))
                .next();
            if let Some((message, found)) = found {
                self.read.insert(message.reference);
                let to = message.to;
                return Ok(Found { to, found });
            }
            tokio::time::sleep(pause).await;
        }
        Err(OnceError::Told(format!("no message to {to} by {way}")))
    }

    /// Both halves: the first by SMS, the second another way.
    async fn halves(
        &mut self,
        way: &'static str,
        to: impl AsRef<str>,
    ) -> Result<(Found, Found), OnceError> {
        let first = self.message(("sms", self.person.mobile), half).await?;
        let second = self.message((way, to.as_ref()), half).await?;
        Ok((first, second))
    }

    /// Asks the application for something, logs in with a PIN, and gives the page that follows.
    async fn log_in(&mut self, pin: &str) -> Result<Page, OnceError> {
        let ways_in = ask(self.demo, &mut self.citizen, EASY).await?;
        let person = self.person.fiscal_code.expose();
        Ok(enter_pin(&mut self.citizen, &ways_in, person, pin).await?)
    }

    /// Types the halves, and then the PIN that is shown for them. Ends in the application.
    async fn first_access(&mut self, halves: &[String; 2]) -> Result<String, OnceError> {
        let page = self.log_in(&halves.concat()).await?;
        self.take_new_pin(&page).await
    }

    /// Types the PIN that a page shows. Ends in the application.
    async fn take_new_pin(&mut self, page: &Page) -> Result<String, OnceError> {
        let shown = shown(page).ok_or_else(|| page.missing("a new PIN".to_owned()))?;
        let back = self.fill(page, "step", &[("pin", &shown)], "").await?;
        match decision(self.demo, &mut self.citizen, &back).await? {
            "permit" => Ok(shown),
            other => Err(OnceError::Told(format!("after a first access: {other}"))),
        }
    }

    /// Asks for a service: a row of what it came to, if it is what it should.
    async fn look(
        &mut self,
        told: &mut Told<'_>,
        (service, operation): (&str, &'static str),
        (meant, level): (&'static str, AssuranceLevel),
    ) -> Result<(), OnceError> {
        let page = ask(self.demo, &mut self.citizen, (service, operation)).await?;
        let decision = decision(self.demo, &mut self.citizen, &page).await?;
        let seen = Seen::look(self.demo, &mut self.citizen).await?;
        let came_to = seen.level()?;
        if (decision, came_to) != (meant, level) {
            let what = format!("{service}/{operation} is {decision} at {came_to}, not {meant}");
            return Err(OnceError::Told(what));
        }
        told.rows.push(Row {
            method: AuthenticationMethod::Pin.name(),
            provider: PIN_ISSUER,
            level,
            service: service.to_owned(),
            operation,
            decision,
            categories: seen.categories(self.demo)?,
        });
        Ok(())
    }

    /// Fails unless the session that the PIN opened has ended and the PIN opens no other.
    async fn is_out(&mut self, pin: &str) -> Result<(), OnceError> {
        let page = ask(self.demo, &mut self.citizen, EASY).await?;
        if page.url.path() != "/login" {
            return Err(OnceError::Told("the session has not ended".to_owned()));
        }
        let page = self.log_in(pin).await?;
        match page.url.path() {
            "/login/pin" if page.form_with("pin").is_ok() => Ok(()),
            _ => Err(page
                .missing("the form again, for a wrong PIN".to_owned())
                .into()),
        }
    }

    /// A link by mail, two halves by two ways, and another first access.
    async fn restore(&mut self, old: &str, told: &mut Told<'_>) -> Result<String, OnceError> {
        let person = self.person;
        let typed = [
            ("fiscal_code", person.fiscal_code.expose()),
            ("mobile", person.mobile),
            ("email", person.email),
        ];
        let page = self.open("/pin/restore").await?;
        self.fill(&page, "fiscal_code", &typed, "send").await?;
        let begin = format!("{}/pin/restore/link/", self.demo.addresses().gateway);
        let link = |text: &str| {
            let mut words = text.split_whitespace();
            words
                .find(|word| word.starts_with(&begin))
                .map(str::to_owned)
        };
        let link = self.message(("email", person.email), link).await?;
        let page = self.citizen.open(&link.found).await?;
        let [code, ..] = typed;
        let page = self.fill(&page, "fiscal_code", &[code], "restore").await?;
        if !page.status.is_success() {
            return Err(page.missing("a restored PIN".to_owned()).into());
        }
        let heading = page.heading();
        self.is_out(old).await?;
        let (first, second) = self.halves("email", person.email).await?;
        let pin = self.first_access(&[first.found, second.found]).await?;
        let came_to = format!("{heading}: the old one opens nothing, halves by sms and e-mail");
        told.stage("restore", came_to);
        Ok(pin)
    }

    /// The number of the *tessera sanitaria* ends it.
    async fn revoke(&mut self, pin: &str, told: &mut Told<'_>) -> Result<(), OnceError> {
        let typed = [
            ("fiscal_code", self.person.fiscal_code.expose()),
            ("health_card", HEALTH_CARD),
        ];
        let page = self.open("/pin/revoke").await?;
        let page = self.fill(&page, "health_card", &typed, "revoke").await?;
        if !page.status.is_success() {
            return Err(page.missing("a revoked PIN".to_owned()).into());
        }
        let heading = page.heading();
        self.is_out(pin).await?;
        told.stage("revocation", format!("{heading}: it opens nothing"));
        Ok(())
    }

    /// An expired PIN begins the guided renewal, and the new one is of the same grade.
    async fn renew(&mut self, told: &mut Told<'_>) -> Result<(), OnceError> {
        let expired = self.log_in(EXPIRED).await?;
        told.stage("expiry", expired.heading());
        let page = self.fill(&expired, "step", &[], "1").await?;
        self.take_new_pin(&page).await?;
        told.stage("renewal", "a new PIN, ordinary as before");
        let low = AssuranceLevel::Low;
        self.look(told, EASY, ("permit", low)).await?;
        self.look(told, ORDINARY, ("provisional", low)).await
    }
}

/// A half of an initial PIN in a text: eight characters, or two groups of four.
fn half(text: &str) -> Option<String> {
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|word| word.trim_end_matches(['.', ',']))
        .collect();
    let is_half = |text: &str| Half::parse(text).is_ok_and(|half| half.expose() == text);
    let grouped = words.windows(2).map(|pair| pair.concat());
    words
        .iter()
        .map(|word| (*word).to_owned())
        .chain(grouped)
        .find(|text| is_half(text))
}

/// The PIN that a page shows.
fn shown(page: &Page) -> Option<String> {
    let (_, rest) = page.body.split_once("class=\"varco-pin\"")?;
    let (_, rest) = rest.split_once("<strong>")?;
    let (pin, _) = rest.split_once("</strong>")?;
    Some(pin.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_is_found_however_it_is_written() {
        for text in [
            "la prima metà è ABCD EFGH. La seconda metà",
            "Qui sotto\n\nABCDEFGH\n\nChi legge",
        ] {
            assert_eq!(half(text).as_deref(), Some("ABCDEFGH"), "{text}");
        }
        for text in ["il tuo PIN è stato emesso", "fermo posta casa mia"] {
            assert_eq!(half(text), None, "{text}");
        }
    }
}
