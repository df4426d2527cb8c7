//! The steps of a login as a person takes them, from the gateway's ways in to the page they wanted.

use super::citizen::{BrowseError, Citizen, Link, Page};
use super::idp::TestIdp;
use super::people::TestPerson;
use super::providers::TestFederation;

/// The link of a page that leads to a provider, if the provider is offered there.
#[must_use]
pub fn way_to(page: &Page, idp: &TestIdp) -> Option<Link> {
    page.links().into_iter().find(|link| {
        let mut parameters = link.target.query_pairs();
        match idp.provider.federation {
            TestFederation::Spid => {
                link.target.path() == "/login/spid"
                    && parameters.any(|(name, value)| name == "idp" && value == idp.entity_id())
            }
            TestFederation::Cie => link.target.path() == "/login/cie",
        }
    })
}

/// Chooses a provider on the gateway's page and goes there: ends on the provider's login page.
///
/// # Errors
/// [`BrowseError`] when the provider is not offered, or the way does not end where it should.
pub async fn go_to_provider(
    citizen: &mut Citizen,
    page: &Page,
    idp: &TestIdp,
) -> Result<Page, BrowseError> {
    let name = &idp.provider.name;
    let link = way_to(page, idp).ok_or_else(|| page.missing(format!("the provider {name}")))?;
    let sending = citizen.follow(page, &link).await?;
    // By Redirect the link has led there already; by POST a form has to be sent on.
    let arrived = match sending.form_with("SAMLRequest") {
        Ok(form) => citizen.submit(&sending, &form).await?,
        Err(_) => sending,
    };
    arrived.form_with("password")?;
    Ok(arrived)
}

/// Logs in on the provider's page with a level, agrees, and goes back: ends wherever the gateway leads.
///
/// # Errors
/// [`BrowseError`] when a page is not the one that should follow.
pub async fn log_in(
    citizen: &mut Citizen,
    page: &Page,
    person: &TestPerson,
    level: u8,
) -> Result<Page, BrowseError> {
    let form = page
        .form_with("password")?
        .with("username", person.username)
        .with("password", person.password)
        .with("level", &level.to_string())
        .with("outcome", "")
        .pressed("login");
    let consent = citizen.submit(page, &form).await?;
    let form = consent.form_with("login")?.pressed("yes");
    let sending = citizen.submit(&consent, &form).await?;
    let form = sending.form_with("SAMLResponse")?;
    citizen.submit(&sending, &form).await
}

/// The link of a page that leads to the login with a card, or with an old one, if it is offered there.
#[must_use]
pub fn way_to_cards(page: &Page, old: bool) -> Option<Link> {
    let is_old = |link: &Link| {
        let mut parameters = link.target.query_pairs();
        parameters.any(|(name, value)| name == "card" && value == "old")
    };
    page.links()
        .into_iter()
        .find(|link| link.target.path() == "/login/cns" && is_old(link) == old)
}

/// Chooses the PIN on the gateway's page and types it: ends wherever the gateway leads.
///
/// # Errors
/// [`BrowseError`] when PINs are not offered, or the way does not end on a page.
pub async fn enter_pin(
    citizen: &mut Citizen,
    page: &Page,
    fiscal_code: &str,
    pin: &str,
) -> Result<Page, BrowseError> {
    let form = citizen.follow(page, &page.link_to("/login/pin")?).await?;
    let typed = form.form_with("pin")?;
    let typed = typed.with("person", fiscal_code).with("pin", pin);
    citizen.submit(&form, &typed).await
}

/// Shows the card in the reader: ends wherever the gateway leads, which is a page that says what is wrong with the card if
/// anything is.
///
/// # Errors
/// [`BrowseError`] when cards are not offered, or the way does not end on a page.
pub async fn show_card(citizen: &mut Citizen, page: &Page) -> Result<Page, BrowseError> {
    let link = way_to_cards(page, false)
        .ok_or_else(|| page.missing("the login with a card".to_owned()))?;
    citizen.follow(page, &link).await
}
