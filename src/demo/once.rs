//! `varco demo --once`: one citizen logs in with each provider and by way of the Ministry in each of its protocols, from the application
//! and back to it, over real HTTP and TLS; then opens what the level opens, and is sent up for what it does not: where the
//! provider does not reach the level, to their card. Then people of several kinds ask for everything there is (`matrix.rs`),
//! cards that must be refused are shown (`refused.rs`), the Ministry answers with every error it has (`errors.rs`), and PINs
//! live their whole life (`stages.rs`). Every row of the table happened.

use std::io::{self, Write};

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Running;
use super::citizen::{BrowseError, Citizen, Page};
use super::people::{PEOPLE, TestPerson};
use super::walk::{Place, go_to_provider, log_in, show_card, way_to};
use super::{errors, matrix, refused, stages};
use crate::identity::{AssuranceLevel, AuthenticationMethod, Categories, Category};
use crate::protocol::saml::names::spid_level;

/// A service and operation that level 2 opens.
pub(super) const ORDINARY: (&str, &str) = ("naspi", "request");
/// One that needs less: the session of the first opens it without another login.
pub(super) const EASY: (&str, &str) = ("fascicolo-previdenziale", "consult");
/// One that needs level 3.
pub(super) const DEMANDING: (&str, &str) = ("domanda-di-pensione", "request");

/// What one step of a login came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// How the person logged in last: a way in, with its protocol where there are several.
    pub method: &'static str,
    /// Name of the provider, or of the authority that issued the card.
    pub provider: &'static str,
    /// The level that the session had.
    pub level: AssuranceLevel,
    /// The service asked for.
    pub service: String,
    /// What was to be done there.
    pub operation: &'static str,
    /// `permit` or `provisional` as the application was told, `step-up` when the person was sent to the ways in, `deny` when the
    /// application was refused.
    pub decision: &'static str,
    /// What the person acts as, as the application was told.
    pub categories: Categories,
}

/// Why a login did not go as it should.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OnceError {
    /// A page did not come, or not the right one.
    #[error(transparent)]
    Browse(#[from] BrowseError),
    /// The application was told something wrong.
    #[error("{0}")]
    Told(String),
    /// The client cannot be made.
    #[error(transparent)]
    Tls(#[from] rustls::Error),
}

/// What the application says of a browser's session there.
#[derive(Deserialize)]
pub(super) struct Seen {
    claims: Map<String, Value>,
    opened: Map<String, Value>,
    pub(super) requests: Vec<Request>,
}

/// A request that the application took from a browser's person.
#[derive(Deserialize)]
pub(super) struct Request {
    pub(super) number: String,
    /// Whether it can be worked.
    pub(super) counts: bool,
    pub(super) receipt: Option<Receipt>,
}

/// The receipt of one that was made provisionally.
#[derive(Deserialize)]
pub(super) struct Receipt {
    pub(super) id: String,
    pub(super) day: String,
}

impl Seen {
    /// Asks the application.
    pub(super) async fn look(demo: &Running, citizen: &mut Citizen) -> Result<Self, OnceError> {
        let address = format!("{}/session.json", demo.addresses().app);
        let page = citizen.open(&address).await?;
        Ok(serde_json::from_str(&page.body)
            .map_err(|_| page.missing("what the application was told".to_owned()))?)
    }

    /// The level in the token.
    pub(super) fn level(&self) -> Result<AssuranceLevel, OnceError> {
        let acr = self.text("acr").unwrap_or_default();
        spid_level(acr)
            .and_then(AssuranceLevel::from_digit)
            .ok_or_else(|| OnceError::Told(format!("the token's acr is {acr:?}")))
    }

    /// The categories in the token.
    pub(super) fn categories(&self, demo: &Running) -> Result<Categories, OnceError> {
        let name = format!("{}/claims/category", demo.addresses().gateway);
        let told = self.claims.get(&name).and_then(Value::as_array);
        let read = |value: &Value| Category::from_name(value.as_str()?);
        told.and_then(|told| told.iter().map(read).collect())
            .ok_or_else(|| OnceError::Told("the token names no categories".to_owned()))
    }

    /// The decision in the token.
    fn decision(&self, demo: &Running) -> Result<&'static str, OnceError> {
        let name = format!("{}/claims/decision", demo.addresses().gateway);
        match self.text(&name) {
            Some("permit") => Ok("permit"),
            Some("provisional") => Ok("provisional"),
            other => Err(OnceError::Told(format!("the decision is {other:?}"))),
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }
}

/// Walks every login, prints the table and, below it, what went wrong. Tells whether nothing did.
///
/// # Errors
/// [`io::Error`] when the table cannot be printed.
pub async fn run(demo: &Running, out: &mut dyn Write) -> io::Result<bool> {
    let mut rows = Vec::new();
    let mut failures = Vec::new();
    let by_spid = demo.idps().iter().map(Place::Saml);
    for place in by_spid.chain(demo.by_cie()) {
        if let Err(error) = every_step(demo, place, &mut rows).await {
            let (method, provider) = (place.method(), place.provider().name);
            failures.push(format!("{provider} by {method}: {error}"));
        }
    }
    if let Err(error) = matrix::rows(demo, &mut rows).await {
        failures.push(format!("the matrix: {error}"));
    }
    let mut stages = Vec::new();
    let mut life = stages::Told {
        rows: &mut rows,
        stages: &mut stages,
    };
    if let Err(error) = stages::life(demo, &mut life).await {
        failures.push(format!("the life of a PIN: {error}"));
    }
    let refusals = refused::cards(demo).await;
    let refusals = refusals.unwrap_or_else(|error| {
        failures.push(format!("cards that must be refused: {error}"));
        Vec::new()
    });
    let errors = errors::of_the_ministry(demo).await;
    let errors = errors.unwrap_or_else(|error| {
        failures.push(format!("errors of the Ministry: {error}"));
        Vec::new()
    });
    print(&rows, out)?;
    for stage in &stages {
        writeln!(out, "{stage}")?;
    }
    for refusal in &refusals {
        writeln!(out, "{refusal}")?;
    }
    for error in &errors {
        writeln!(out, "{error}")?;
    }
    for failure in &failures {
        writeln!(out, "FAILED {failure}")?;
    }
    Ok(failures.is_empty())
}

async fn every_step(
    demo: &Running,
    place: Place<'_>,
    rows: &mut Vec<Row>,
) -> Result<(), OnceError> {
    let [person, ..] = &PEOPLE;
    let mut citizen = Citizen::new(demo.authority())?;
    let mut row = |(method, provider), (level, categories), asked: (&str, _), decision| {
        let (service, operation) = asked;
        rows.push(Row {
            method,
            provider,
            level,
            service: service.to_owned(),
            operation,
            decision,
            categories,
        });
    };

    let ways_in = ask(demo, &mut citizen, ORDINARY).await?;
    let login = go_to_provider(&mut citizen, &ways_in, place).await?;
    let back = log_in(&mut citizen, &login, person, 2).await?;
    let as_told = told(demo, &mut citizen, &back, person, ORDINARY).await?;
    expect(as_told.0, AssuranceLevel::Substantial)?;
    let by_provider = (place.method(), place.provider().name);
    row(by_provider, as_told, ORDINARY, "permit");

    let back = ask(demo, &mut citizen, EASY).await?;
    let as_told = told(demo, &mut citizen, &back, person, EASY).await?;
    row(by_provider, as_told, EASY, "permit");

    let ways_in = ask(demo, &mut citizen, DEMANDING).await?;
    if ways_in.url.path() != "/login" {
        return Err(ways_in
            .missing("the ways in, for a higher level".to_owned())
            .into());
    }
    row(by_provider, as_told, DEMANDING, "step-up");
    let is_offered = way_to(&ways_in, place).is_some();
    let can_reach = place.provider().highest == AssuranceLevel::High;
    if is_offered != can_reach {
        let what = if is_offered { "offered" } else { "not offered" };
        return Err(OnceError::Told(format!("{what} for level 3")));
    }
    let (by, back) = if can_reach {
        let login = go_to_provider(&mut citizen, &ways_in, place).await?;
        (by_provider, log_in(&mut citizen, &login, person, 3).await?)
    } else {
        let held = demo.cards().find(person.username);
        let held = held.ok_or_else(|| OnceError::Told(format!("{} has no card", person.name())))?;
        citizen.insert(demo.authority(), held)?;
        let back = show_card(&mut citizen, &ways_in).await?;
        (
            (AuthenticationMethod::Cns.name(), held.card.issuer.name),
            back,
        )
    };
    let as_told = told(demo, &mut citizen, &back, person, DEMANDING).await?;
    expect(as_told.0, AssuranceLevel::High)?;
    row(by, as_told, DEMANDING, "permit");
    Ok(())
}

/// Asks the application for a service: ends on the application, or on the gateway's ways in.
pub(super) async fn ask(
    demo: &Running,
    citizen: &mut Citizen,
    (service, operation): (&str, &str),
) -> Result<Page, BrowseError> {
    let address = format!(
        "{}/login?resource={service}/{operation}",
        demo.addresses().app
    );
    citizen.open(&address).await
}

/// What the application was told after it got its token: level and categories, if it is about this person and this
/// service.
async fn told(
    demo: &Running,
    citizen: &mut Citizen,
    page: &Page,
    person: &TestPerson,
    (service, operation): (&str, &str),
) -> Result<(AssuranceLevel, Categories), OnceError> {
    let app = &demo.addresses().app;
    if !page.status.is_success() || !page.url.as_str().starts_with(app.as_str()) {
        return Err(page.missing("the application".to_owned()).into());
    }
    let seen = Seen::look(demo, citizen).await?;
    if seen.text("fiscal_number") != person.fiscal_code {
        return Err(OnceError::Told(
            "the token is about somebody else".to_owned(),
        ));
    }
    if !seen.opened.contains_key(&format!("{service}/{operation}")) {
        return Err(OnceError::Told(format!("{service} was not opened")));
    }
    Ok((seen.level()?, seen.categories(demo)?))
}

/// Where a decision led: to the application with a token that names it, to the ways in, or to the application with a refusal.
pub(super) async fn decision(
    demo: &Running,
    citizen: &mut Citizen,
    page: &Page,
) -> Result<&'static str, OnceError> {
    let at_app = page.url.as_str().starts_with(demo.addresses().app.as_str());
    match (at_app, page.url.path(), page.status) {
        (true, "/", StatusCode::OK) => Seen::look(demo, citizen).await?.decision(demo),
        (true, "/callback", StatusCode::FORBIDDEN) if page.body.contains("access_denied") => {
            Ok("deny")
        }
        (false, "/login", StatusCode::OK) => Ok("step-up"),
        _ => Err(page.missing("what a decision leads to".to_owned()).into()),
    }
}

fn expect(level: AssuranceLevel, wanted: AssuranceLevel) -> Result<(), OnceError> {
    if level == wanted {
        return Ok(());
    }
    Err(OnceError::Told(format!(
        "the token says {level}, not {wanted}"
    )))
}

/// Prints the rows in columns.
fn print(rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let head = [
        "method",
        "provider",
        "level",
        "service",
        "operation",
        "decision",
        "as",
    ];
    let lines: Vec<[String; 7]> = rows
        .iter()
        .map(|row| {
            [
                row.method.to_owned(),
                row.provider.to_owned(),
                row.level.to_string(),
                row.service.clone(),
                row.operation.to_owned(),
                row.decision.to_owned(),
                row.categories.to_string(),
            ]
        })
        .collect();
    let mut widths = head.map(str::len);
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let head = head.map(str::to_owned);
    for line in std::iter::once(&head).chain(&lines) {
        let cells: Vec<String> = line
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        writeln!(out, "{}", cells.join("  ").trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_aligned() {
        let row = |provider, decision| Row {
            method: "spid",
            provider,
            level: AssuranceLevel::Substantial,
            service: ORDINARY.0.to_owned(),
            operation: ORDINARY.1,
            decision,
            categories: Categories::from_iter([Category::Citizen]),
        };
        let mut out = Vec::new();
        print(
            &[row("Register.it", "permit"), row("Poste", "step-up")],
            &mut out,
        )
        .unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "method  provider     level        service  operation  decision  as\n\
             spid    Register.it  substantial  naspi    request    permit    citizen\n\
             spid    Poste        substantial  naspi    request    step-up   citizen\n"
        );
    }
}
