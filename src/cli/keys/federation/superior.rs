//! Asking our superiors what they keep of us.

use anyhow::Context as _;
use url::Url;

use crate::config::FederationSection;
use crate::fetch::{Answer, Ask, Clients};
use crate::identity::{Clock as _, SystemClock};
use crate::login::openid::entity::{KeptKeys, KeyUse};
use crate::protocol::federation::{ChainRules, EntityConfiguration, EntityId, TrustAnchor};

const STATEMENT: &[&str] = &["application/entity-statement+jwt", "application/jose"];

/// What a superior answered.
pub(super) struct Superior {
    pub(super) id: String,
    /// What it keeps of us, or why that cannot be told.
    pub(super) kept: anyhow::Result<KeptKeys>,
}

/// Whether every superior shows a key; those that do not answer do not.
pub(super) fn all_show(superiors: &[Superior], key_use: KeyUse, kid: &str) -> bool {
    let shows = |one: &Superior| one.kept.as_ref().is_ok_and(|kept| kept.shows(key_use, kid));
    !superiors.is_empty() && superiors.iter().all(shows)
}

/// Asks every superior. An anchor is believed on its pinned keys; another superior on the keys that it shows under its own
/// name, for which its server's certificate vouches.
pub(super) fn ask_all(section: &FederationSection) -> anyhow::Result<Vec<Superior>> {
    let anchors = section.anchors()?;
    let clients = Clients::new(section.rules());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the runtime cannot start")?;
    let superiors = section.authority_hints.iter().map(|id| Superior {
        id: id.clone(),
        kept: runtime.block_on(ask(section, &clients, id, &anchors)),
    });
    Ok(superiors.collect())
}

async fn ask(
    section: &FederationSection,
    clients: &Clients,
    id: &str,
    anchors: &[TrustAnchor],
) -> anyhow::Result<KeptKeys> {
    let now = SystemClock.now().timestamp();
    let (id, us) = (EntityId::parse(id)?, EntityId::parse(&section.entity_id)?);
    let rules = ChainRules::default();
    let token = statement(clients, &id.configuration_address()?).await?;
    let superior = match anchors.iter().find(|anchor| anchor.id == id) {
        Some(anchor) => anchor.verify(&token, rules, now)?.configuration().clone(),
        None => EntityConfiguration::verify(&token, &id, rules, now)?,
    };
    let endpoint = superior.endpoint("federation_fetch_endpoint");
    let mut address = Url::parse(endpoint.context("it names no fetch endpoint")?)?;
    address.query_pairs_mut().append_pair("sub", us.as_str());
    let about_us = statement(clients, &address).await?;
    Ok(KeptKeys::read(&about_us, (&id, superior.keys()), &us, now)?)
}

async fn statement(clients: &Clients, address: &Url) -> anyhow::Result<String> {
    let client = clients.reaching(address)?;
    let answer = client.send(Ask::get(address, STATEMENT)).await?;
    let Answer::Whole { body, .. } = answer else {
        anyhow::bail!("{address} answers with nothing");
    };
    Ok(String::from_utf8(body)?.trim().to_owned())
}
