//! The steps of a login as a person takes them, from the gateway's ways in to the page they wanted.

use super::citizen::{BrowseError, Citizen, Link, Page};
use super::idp::TestIdp;
use super::people::TestPerson;
use super::providers::{MINISTRY, TestFederation, TestProvider};
use crate::identity::AuthenticationMethod;

/// Where people log in who do so at a provider.
#[derive(Clone, Copy)]
pub enum Place<'a> {
    /// At a test provider, by SAML.
    Saml(&'a TestIdp),
    /// At the Ministry, by OpenID Connect.
    OpenId,
}

impl<'a> From<&'a TestIdp> for Place<'a> {
    fn from(idp: &'a TestIdp) -> Self {
        Self::Saml(idp)
    }
}

impl Place<'_> {
    /// Who it is.
    #[must_use]
    pub fn provider(self) -> TestProvider {
        match self {
            Self::Saml(idp) => idp.provider,
            Self::OpenId => MINISTRY,
        }
    }

    /// The way in, as policy knows it.
    #[must_use]
    pub fn way(self) -> AuthenticationMethod {
        match self.provider().federation {
            TestFederation::Spid => AuthenticationMethod::Spid,
            TestFederation::Cie => AuthenticationMethod::Cie,
        }
    }

    /// How `varco demo --once` calls logins there: a way in, with its protocol where there are several.
    #[must_use]
    pub fn method(self) -> &'static str {
        match self {
            Self::Saml(idp) => idp.provider.federation.method(),
            Self::OpenId => "cie-openid",
        }
    }

    /// The protocol that an address of "Entra con CIE" may ask for.
    fn protocol(self) -> &'static str {
        match self {
            Self::Saml(_) => "saml",
            Self::OpenId => "openid",
        }
    }
}

/// The link of a page that leads to a provider, if the provider is offered there. "Entra con CIE" leads to the Ministry by
/// either protocol.
#[must_use]
pub fn way_to<'a>(page: &Page, place: impl Into<Place<'a>>) -> Option<Link> {
    let place = place.into();
    let is_there = |link: &Link| match place {
        Place::Saml(idp) if idp.provider.federation == TestFederation::Spid => {
            let mut parameters = link.target.query_pairs();
            link.target.path() == "/login/spid"
                && parameters.any(|(name, value)| name == "idp" && value == idp.entity_id())
        }
        Place::Saml(_) | Place::OpenId => link.target.path() == "/login/cie",
    };
    let mut link = page.links().into_iter().find(is_there)?;
    if place.way() == AuthenticationMethod::Cie {
        let mut query = link.target.query_pairs_mut();
        query.append_pair("protocol", place.protocol());
    }
    Some(link)
}

/// Chooses a provider on the gateway's page and goes there: ends on the provider's login page.
///
/// # Errors
/// [`BrowseError`] when the provider is not offered, or the way does not end where it should.
pub async fn go_to_provider<'a>(
    citizen: &mut Citizen,
    page: &Page,
    place: impl Into<Place<'a>>,
) -> Result<Page, BrowseError> {
    let place = place.into();
    let name = place.provider().name;
    let link = way_to(page, place).ok_or_else(|| page.missing(format!("the provider {name}")))?;
    let sending = citizen.follow(page, &link).await?;
    let arrived = carried_on(citizen, sending, "SAMLRequest").await?;
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
    carried_on(citizen, sending, "SAMLResponse").await
}

/// Lets the provider answer with an error in place of a login: ends on the gateway's page.
///
/// # Errors
/// [`BrowseError`] when a page is not the one that should follow.
pub async fn fail_with(
    citizen: &mut Citizen,
    page: &Page,
    outcome: &str,
) -> Result<Page, BrowseError> {
    let form = page.form_with("password")?.with("outcome", outcome);
    let sending = citizen.submit(page, &form.pressed("login")).await?;
    carried_on(citizen, sending, "SAMLResponse").await
}

/// Where a message leads: by POST a form has to be sent on, by Redirect and by OpenID Connect the browser is there already.
async fn carried_on(citizen: &mut Citizen, page: Page, message: &str) -> Result<Page, BrowseError> {
    match page.form_with(message) {
        Ok(form) => citizen.submit(&page, &form).await,
        Err(_) => Ok(page),
    }
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
