//! Whom we trust in a federation: the anchors with their pinned keys, and how its servers are reached.

use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::FederationSection;
use crate::config::reader::Reader;
use crate::config::{ConfigErrors, Fault, files};
use crate::fetch::{Authorities, Network, NoAuthorities, Rules};
use crate::login::openid::trust::MarkStatus;
use crate::protocol::federation::{EntityId, TrustAnchor};
use crate::protocol::jose::{JwkRules, JwkSet};

/// The longest answer of a federation's servers, in bytes.
const LONGEST_ANSWER: usize = 256 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAnchor {
    entity_id: Spanned<String>,
    keys: PathBuf,
}

/// How issuers of trust marks are asked, as it is written.
#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawStatus {
    NotAsked,
    #[default]
    ByName,
    ByMark,
}

impl From<RawStatus> for MarkStatus {
    fn from(raw: RawStatus) -> Self {
        match raw {
            RawStatus::NotAsked => Self::NotAsked,
            RawStatus::ByName => Self::ByName,
            RawStatus::ByMark => Self::ByMark,
        }
    }
}

/// An anchor: `[[federation.trust_anchor]]`.
#[derive(Debug, Clone)]
pub struct TrustAnchorSection {
    /// Its entity id.
    pub entity_id: EntityId,
    /// The file of its keys (JWKS), which came by another way than the anchor's own configuration.
    pub keys: PathBuf,
}

pub(super) fn read(
    raw: Vec<RawAnchor>,
    reader: &mut Reader<'_>,
) -> Option<Vec<TrustAnchorSection>> {
    let read = raw.into_iter().map(|anchor| {
        let entity_id = EntityId::parse(anchor.entity_id.get_ref()).ok();
        if entity_id.is_none() {
            let message = "`entity_id` of an anchor is an `https` address without query";
            reader.fault(anchor.entity_id.span(), message);
        }
        Some(TrustAnchorSection {
            entity_id: entity_id?,
            keys: reader.path(anchor.keys),
        })
    });
    let read: Vec<_> = read.collect();
    read.into_iter().collect()
}

pub(super) fn networks(raw: &[Spanned<String>], reader: &mut Reader<'_>) -> Option<Vec<Network>> {
    let read = raw.iter().map(|text| match text.get_ref().parse() {
        Ok(network) => Some(network),
        Err(error) => {
            reader.fault(text.span(), format!("`networks`: {error}"));
            None
        }
    });
    let read: Vec<_> = read.collect();
    read.into_iter().collect()
}

impl FederationSection {
    /// The anchors with their pinned keys.
    ///
    /// # Errors
    /// [`ConfigErrors`] with every file that cannot be used.
    pub fn anchors(&self) -> Result<Vec<TrustAnchor>, ConfigErrors> {
        let (mut anchors, mut faults) = (Vec::new(), Vec::new());
        for anchor in &self.trust_anchors {
            let keys = files::text(&anchor.keys).and_then(|text| {
                JwkSet::parse_as(JwkRules::Configured, text.as_bytes())
                    .map_err(|error| Fault::of_file(&anchor.keys, error.to_string()))
            });
            match keys {
                Ok(keys) => anchors.push(TrustAnchor {
                    id: anchor.entity_id.clone(),
                    keys,
                }),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() {
            Ok(anchors)
        } else {
            Err(ConfigErrors::from_faults(faults))
        }
    }

    /// The bounds of what is asked of the federation's servers; which they are, its statements say.
    #[must_use]
    pub fn rules(&self) -> Rules {
        Rules {
            networks: self.reach.networks.clone(),
            danger_allow_http_on_loopback: self.reach.danger_allow_http,
            max_bytes: LONGEST_ANSWER,
            ..Rules::for_no_origin(self.reach.authorities.clone())
        }
    }

    /// The fault of servers for which nobody could vouch.
    pub(in crate::config) fn unvouched(&self, error: &NoAuthorities) -> Fault {
        let file = match &self.reach.authorities {
            Authorities::File(file) => file.as_path(),
            Authorities::System => self.keys.as_path(),
        };
        Fault::of_file(file, error.to_string())
    }
}
