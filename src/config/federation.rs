//! `[federation]`: our own entity in a federation, and the anchors that we trust. `folder` keeps the keys, `rotated` takes up
//! other ones while the gateway runs, `marks` reads our trust marks, again while it runs.

mod folder;
mod marks;
mod rotated;
mod trust;

use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use serde::Deserialize;
use toml::Spanned;
use url::Url;

use super::reader::Reader;
use super::relying_party::OpenIdProvidersSection;
use super::{ConfigErrors, Fault, OrganizationSection};
use crate::fetch::Authorities;
use crate::http::settings::Settings;
use crate::login::openid::entity::{EntityFacts, OwnEntity};
use crate::login::openid::trust::MarkStatus;
use crate::login::openid::{CIE_CALLBACK, Reach, SPID_CALLBACK, place_of};
use crate::protocol::federation::TrustAnchor;
use crate::protocol::jose::{ContentEncryption, KeyManagement};

pub use folder::{FolderError, KeyFolder};
pub use marks::{MarksLook, MarksWatch};
pub use rotated::{KeysLook, KeysWatch};
pub use trust::TrustAnchorSection;

/// The longest life of an entity configuration, in hours.
const LONGEST_LIFE: u64 = 48;
/// The longest that a step of a rotation may wait for chains to end, in hours.
const LONGEST_CHAIN: u64 = 24 * 30;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    entity_id: Option<Spanned<String>>,
    keys: PathBuf,
    authority_hints: Spanned<Vec<Spanned<String>>>,
    contacts: Spanned<Vec<Spanned<String>>>,
    policy: Spanned<String>,
    logo: Spanned<String>,
    trust_marks: Option<PathBuf>,
    lifetime_hours: Option<Spanned<u64>>,
    chain_life_hours: Option<Spanned<u64>>,
    #[serde(default = "key_management")]
    key_management: KeyManagement,
    #[serde(default = "content_encryption")]
    content_encryption: Spanned<ContentEncryption>,
    #[serde(default)]
    encrypted_id_token: bool,
    #[serde(default, rename = "trust_anchor")]
    trust_anchors: Vec<trust::RawAnchor>,
    #[serde(default)]
    trust_mark_status: trust::RawStatus,
    ca: Option<PathBuf>,
    #[serde(default)]
    networks: Vec<Spanned<String>>,
    #[serde(default)]
    danger_allow_http: bool,
    #[serde(default)]
    danger_ignore_critical: bool,
}

fn key_management() -> KeyManagement {
    KeyManagement::RsaOaep256
}

fn content_encryption() -> Spanned<ContentEncryption> {
    Spanned::new(0..0, ContentEncryption::A256CbcHs512)
}

/// `[federation]`.
#[derive(Debug, Clone)]
pub struct FederationSection {
    /// Our entity id; the public address unless told otherwise, with a slash at its end where it is registered so.
    pub entity_id: String,
    /// The folder with our keys.
    pub keys: PathBuf,
    /// Our superiors.
    pub authority_hints: Vec<String>,
    /// The certified mail addresses that the federation writes to.
    pub contacts: Vec<String>,
    /// What becomes of people's data.
    pub policy: Url,
    /// Our logo, SVG.
    pub logo: Url,
    /// The file of the trust marks that we were given, one a line; read again when it changes.
    pub trust_marks: Option<PathBuf>,
    /// How long an entity configuration is valid: 24 hours unless told otherwise.
    pub lifetime: Duration,
    /// The longest that a chain with a superior's statement about us may be in use: 24 hours unless told otherwise, as long as
    /// the anchor's own configuration is valid.
    pub chain_life: TimeDelta,
    /// How what providers tell of people is to be encrypted.
    pub encryption: (KeyManagement, ContentEncryption),
    /// Whether ID tokens are to be encrypted too.
    pub encrypted_id_token: bool,
    /// The anchors whose providers are trusted.
    pub trust_anchors: Vec<TrustAnchorSection>,
    /// How issuers of trust marks are asked if one is still in force: by its name unless told otherwise.
    pub trust_mark_status: MarkStatus,
    /// How the federation's servers are reached.
    pub reach: Reach,
    /// Passes over critical claims that are not understood.
    pub danger_ignore_critical: bool,
}

#[derive(Deserialize, Default)]
#[serde(transparent)]
struct Optional(Option<Raw>);

pub(super) fn read(
    reader: &mut Reader<'_>,
    edge: Option<&Settings>,
) -> Option<Option<FederationSection>> {
    let Optional(Some(raw)) = reader.optional("federation")? else {
        return Some(None);
    };
    let mut faults: Vec<(std::ops::Range<usize>, String)> = Vec::new();
    let mut check = |span: std::ops::Range<usize>, right: bool, message: &str| {
        if !right {
            faults.push((span, message.to_owned()));
        }
    };
    let origin = edge.map(Settings::origin);
    if let (Some(entity_id), Some(origin)) = (&raw.entity_id, &origin) {
        let written = entity_id.get_ref();
        check(
            entity_id.span(),
            written.strip_suffix('/').unwrap_or(written) == *origin,
            "`entity_id` is the public address, with or without a slash at its end: as it is registered",
        );
    }
    let hints = raw.authority_hints.get_ref();
    let is_entity = |text: &String| {
        Url::parse(text).is_ok_and(|url| url.host().is_some()) && !text.contains(['?', '#'])
    };
    check(
        raw.authority_hints.span(),
        !hints.is_empty() && hints.iter().all(|hint| is_entity(hint.get_ref())),
        "`authority_hints` are the entity ids of our superiors, one at least",
    );
    let contacts = raw.contacts.get_ref();
    let is_mail = |text: &String| {
        let parts = text.split_once('@');
        parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
    };
    check(
        raw.contacts.span(),
        !contacts.is_empty() && contacts.iter().all(|one| is_mail(one.get_ref())),
        "`contacts` are addresses of certified mail (PEC), one at least",
    );
    let logo = web_address(raw.logo.get_ref()).filter(|url| url.path().ends_with(".svg"));
    check(
        raw.logo.span(),
        logo.is_some(),
        "`logo` is an `https` address that ends in `.svg`",
    );
    let policy = web_address(raw.policy.get_ref());
    check(
        raw.policy.span(),
        policy.is_some(),
        "`policy` is an `https` address",
    );
    let hours = |given: &Option<Spanned<u64>>| given.as_ref().map_or(24, |one| *one.get_ref());
    let (lifetime, chain_life) = (hours(&raw.lifetime_hours), hours(&raw.chain_life_hours));
    if let Some(given) = &raw.lifetime_hours {
        let message = format!("`lifetime_hours` is from 1 to {LONGEST_LIFE}");
        check(
            given.span(),
            (1..=LONGEST_LIFE).contains(&lifetime),
            &message,
        );
    }
    if let Some(given) = &raw.chain_life_hours {
        let message = format!("`chain_life_hours` is from 1 to {LONGEST_CHAIN}");
        let fits = (1..=LONGEST_CHAIN).contains(&chain_life);
        check(given.span(), fits, &message);
    }
    let content = *raw.content_encryption.get_ref();
    check(
        raw.content_encryption.span(),
        ContentEncryption::ITALIAN.contains(&content),
        "`content_encryption` is A128CBC-HS256 or A256CBC-HS512: the profile knows no other",
    );
    let valid = faults.is_empty();
    for (span, message) in faults {
        reader.fault(span, message);
    }
    let texts = |all: &[Spanned<String>]| all.iter().map(|one| one.get_ref().clone()).collect();
    let section = FederationSection {
        entity_id: match raw.entity_id {
            Some(entity_id) => entity_id.into_inner(),
            None => origin?,
        },
        keys: reader.path(raw.keys),
        authority_hints: texts(raw.authority_hints.get_ref()),
        contacts: texts(raw.contacts.get_ref()),
        policy: policy?,
        logo: logo?,
        trust_marks: raw.trust_marks.map(|path| reader.path(path)),
        lifetime: Duration::from_secs(lifetime * 3600),
        chain_life: TimeDelta::hours(i64::try_from(chain_life).ok()?),
        encryption: (raw.key_management, content),
        encrypted_id_token: raw.encrypted_id_token,
        trust_anchors: trust::read(raw.trust_anchors, reader)?,
        trust_mark_status: raw.trust_mark_status.into(),
        reach: Reach {
            authorities: raw
                .ca
                .map_or(Authorities::System, |ca| Authorities::File(reader.path(ca))),
            networks: trust::networks(&raw.networks, reader)?,
            danger_allow_http: raw.danger_allow_http,
        },
        danger_ignore_critical: raw.danger_ignore_critical,
    };
    valid.then_some(Some(section))
}

fn web_address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (url.scheme() == "https" && url.host().is_some()).then_some(url)
}

/// Where providers send people back to: the Ministry, and each SPID provider to an address of its own.
fn redirect_uris(edge: &Settings, spid: Option<&OpenIdProvidersSection>) -> Vec<String> {
    let origin = edge.origin();
    let spid = spid.into_iter().flat_map(|section| &section.providers);
    let spid = spid.map(|provider| format!("{SPID_CALLBACK}{}", place_of(provider.as_str())));
    std::iter::once(CIE_CALLBACK.to_owned())
        .chain(spid)
        .map(|path| format!("{origin}{path}"))
        .collect()
}

impl FederationSection {
    /// Reads everything that the section names: our entity, and the anchors with their pinned keys.
    ///
    /// # Errors
    /// [`ConfigErrors`] with every file that cannot be used.
    pub(super) fn read_files(
        &self,
        organization: &OrganizationSection,
        edge: &Settings,
        spid: Option<&OpenIdProvidersSection>,
    ) -> Result<(OwnEntity, Vec<TrustAnchor>), ConfigErrors> {
        match (self.entity(organization, edge, spid), self.anchors()) {
            (Ok(entity), Ok(anchors)) => Ok((entity, anchors)),
            (entity, anchors) => {
                let errors = [entity.err(), anchors.err()];
                let errors = errors.iter().flatten();
                let faults = errors.flat_map(|errors| errors.faults().to_vec());
                Err(ConfigErrors::from_faults(faults.collect()))
            }
        }
    }

    /// Reads the keys and trust marks, and makes our entity of them.
    ///
    /// # Errors
    /// [`ConfigErrors`] with every file that cannot be used.
    pub fn entity(
        &self,
        organization: &OrganizationSection,
        edge: &Settings,
        spid: Option<&OpenIdProvidersSection>,
    ) -> Result<OwnEntity, ConfigErrors> {
        let keys = KeyFolder::open(&self.keys)
            .and_then(|folder| folder.keys(self.encryption.0))
            .map_err(|error| vec![Fault::of_file(&self.keys, error.to_string())]);
        let (keys, marks) = match (keys, self.marks()) {
            (Ok(keys), Ok(marks)) => (keys, marks),
            (keys, marks) => {
                let faults = [keys.err(), marks.err()];
                let faults = faults.into_iter().flatten().flatten().collect();
                return Err(ConfigErrors::from_faults(faults));
            }
        };
        let facts = EntityFacts {
            entity_id: self.entity_id.clone(),
            origin: edge.origin(),
            organization_name: organization.name.it.clone(),
            client_name: organization.display_name.it.clone(),
            homepage: organization.site.clone(),
            policy: self.policy.clone(),
            logo: self.logo.clone(),
            contacts: self.contacts.clone(),
            authority_hints: self.authority_hints.clone(),
            redirect_uris: redirect_uris(edge, spid),
            lifetime: self.lifetime,
            userinfo_encryption: self.encryption,
            encrypted_id_token: self.encrypted_id_token,
        };
        Ok(OwnEntity::new(facts, keys, marks))
    }
}
