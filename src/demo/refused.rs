//! Cards that must be refused, shown by the people who hold them: each gets a page that says what is wrong.

use std::fmt;

use super::Running;
use super::citizen::Citizen;
use super::cns::TestCard;
use super::once::{OnceError, ask};
use super::walk::show_card;

/// A service that every login opens.
const WANTED: (&str, &str) = ("fascicolo-previdenziale", "consult");

/// What the gateway said of a card.
pub(super) struct Refusal {
    card: TestCard,
    status: http::StatusCode,
    heading: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            card,
            status,
            heading,
        } = self;
        let (slug, status) = (card.slug, status.as_u16());
        write!(f, "refused  {slug:20}  {status}  {heading}")
    }
}

/// Shows every flawed card.
///
/// # Errors
/// [`OnceError`] when one opens anything, or is answered by something else than a page that refuses it.
pub(super) async fn cards(demo: &Running) -> Result<Vec<Refusal>, OnceError> {
    let mut refusals = Vec::new();
    for held in demo.cards().iter().filter(|held| held.card.flaw.is_some()) {
        let mut citizen = Citizen::with_card(demo.authority(), held)?;
        let ways_in = ask(demo, &mut citizen, WANTED).await?;
        let page = show_card(&mut citizen, &ways_in).await?;
        let slug = held.card.slug;
        if !page.status.is_client_error() || page.heading().is_empty() {
            return Err(page.missing(format!("a refusal of {slug}")).into());
        }
        let after = ask(demo, &mut citizen, WANTED).await?;
        if after.url.path() != "/login" {
            return Err(OnceError::Told(format!("{slug} was refused and let in")));
        }
        refusals.push(Refusal {
            card: held.card,
            status: page.status,
            heading: page.heading(),
        });
    }
    Ok(refusals)
}
