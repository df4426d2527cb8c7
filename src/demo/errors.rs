//! What the Ministry answers in place of a login: every error of CIE by SAML (CIE SAML manual, error codes) and by OpenID
//! Connect (rules on CIE, B8), met by somebody who reads Italian and by somebody who reads English.

use std::fmt;

use http::StatusCode;

use super::Running;
use super::citizen::Citizen;
use super::idp::anomaly::CIE_ERRORS;
use super::ministry::outcome::OUTCOMES;
use super::once::{EASY, OnceError, ask};
use super::walk::{Place, fail_with, go_to_provider};

/// What the gateway said of an error.
pub(super) struct Error {
    method: &'static str,
    /// The number, or the word.
    name: String,
    status: StatusCode,
    /// In Italian and in English.
    headings: [String; 2],
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (method, name, status) = (self.method, &self.name, self.status.as_u16());
        let [italian, english] = &self.headings;
        write!(
            f,
            "error  {method:10}  {name:26}  {status}  {italian} / {english}"
        )
    }
}

/// Lets the Ministry answer with every error it has, by both protocols.
///
/// # Errors
/// [`OnceError`] when one logs anybody in, or is answered by something else than a page in the person's language that leads back
/// to the ways in.
pub(super) async fn of_the_ministry(demo: &Running) -> Result<Vec<Error>, OnceError> {
    let [mut italian, mut english] = [reader(demo, "it").await?, reader(demo, "en").await?];
    let mut errors = Vec::new();
    for place in demo.by_cie() {
        for (name, outcome) in outcomes(place) {
            let met = (place, outcome.as_str());
            let (status, in_italian) = meet(demo, &mut italian, met).await?;
            let (_, in_english) = meet(demo, &mut english, met).await?;
            if in_italian == in_english {
                return Err(OnceError::Told(format!("{name} has no English page")));
            }
            errors.push(Error {
                method: place.method(),
                name,
                status,
                headings: [in_italian, in_english],
            });
        }
    }
    Ok(errors)
}

/// What the Ministry can answer: how the table calls it, and how its login page does.
fn outcomes(place: Place<'_>) -> Vec<(String, String)> {
    match place {
        Place::Saml(_) => CIE_ERRORS
            .iter()
            .map(|error| (format!("nr{:02}", error.number), error.number.to_string()))
            .collect(),
        Place::OpenId => OUTCOMES
            .iter()
            .map(|outcome| (outcome.error.to_owned(), outcome.error.to_owned()))
            .collect(),
    }
}

/// A browser whose person reads a language.
struct Reader {
    citizen: Citizen,
    language: &'static str,
}

async fn reader(demo: &Running, language: &'static str) -> Result<Reader, OnceError> {
    let mut citizen = Citizen::new(demo.authority())?;
    let address = format!("{}/?lang={language}", demo.addresses().gateway);
    citizen.open(&address).await?;
    Ok(Reader { citizen, language })
}

/// Meets an error: the status and the heading of the gateway's page.
async fn meet(
    demo: &Running,
    reader: &mut Reader,
    (place, outcome): (Place<'_>, &str),
) -> Result<(StatusCode, String), OnceError> {
    let Reader { citizen, language } = reader;
    // Whom an error had logged in would be led on from here.
    let ways_in = ask(demo, citizen, EASY).await?;
    let login = go_to_provider(citizen, &ways_in, place).await?;
    let page = fail_with(citizen, &login, outcome).await?;
    let heading = page.heading();
    let is_told = page.status == StatusCode::FORBIDDEN
        && !heading.is_empty()
        && page.body.contains(&format!("<html lang=\"{language}\""));
    if !is_told {
        let what = format!("a page in {language} for {outcome}");
        return Err(page.missing(what).into());
    }
    page.link_to("/login?choose")?;
    Ok((page.status, heading))
}
