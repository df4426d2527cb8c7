//! `[cie.openid]` and `[spid.openid]`: logins with OpenID Connect in a federation, with the entity and the anchors of
//! `[federation]`.

use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::reader::Reader;
use super::{Config, ConfigErrors, FederationSection};
use crate::audit::AuthenticationRegister;
use crate::crypto::{Random, SealingKey};
use crate::http::cie::{CieByOpenId, CieWay};
use crate::identity::Clock;
use crate::login::cie::CieServiceProvider;
use crate::login::openid::entity::OwnEntity;
use crate::login::openid::trust::{
    TrustLimits, TrustRefresher, TrustSettings, Wanted, WantedMarks, WantedProviders,
};
use crate::login::openid::{
    AssertionAudience, Habits, HttpBackChannel, OpenIdPorts, OpenIdRelyingParty, Profile,
    RelyingPartyKeys, RelyingPartySettings, TrustedLevelCap,
};
use crate::protocol::federation::{ChainRules, EntityId, TrustAnchor};
use crate::store::ExpiringStore;

/// A section as it is written: its own keys, and what its providers do otherwise than the documents say. (`serde` takes the
/// keys of another structure into no section that refuses unknown ones.)
macro_rules! section {
    ($(#[$doc:meta])* $name:ident { $($key:ident: $kind:ty,)+ }) => {
        $(#[$doc])*
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            $($key: $kind,)+
            #[serde(default)]
            assertion_audience: AssertionAudience,
            #[serde(default)]
            bare_userinfo: bool,
            #[serde(default)]
            any_access_token_audience: bool,
            #[serde(default)]
            languages_as_list: bool,
            #[serde(default)]
            trusted_level_cap: TrustedLevelCap,
        }

        impl $name {
            fn habits(&self) -> Habits {
                Habits {
                    assertion_audience: self.assertion_audience,
                    bare_userinfo: self.bare_userinfo,
                    any_access_token_audience: self.any_access_token_audience,
                    languages_as_list: self.languages_as_list,
                    trusted_level_cap: self.trusted_level_cap,
                    ..Habits::default()
                }
            }
        }
    };
}

section! {
    /// `[cie.openid]` as it is written.
    RawCie {
        provider: Spanned<String>,
    }
}

section! {
    /// `[spid.openid]` as it is written.
    RawSpid {
        providers: Spanned<Vec<Spanned<String>>>,
    }
}

/// The providers of a profile.
#[derive(Debug, Clone)]
pub struct OpenIdProvidersSection {
    /// Their entity ids, one at least.
    pub providers: Vec<EntityId>,
    /// What they do otherwise than the documents say.
    pub habits: Habits,
}

impl RawCie {
    pub(super) fn read(self, reader: &mut Reader<'_>) -> Option<OpenIdProvidersSection> {
        Some(OpenIdProvidersSection {
            providers: vec![entity(&self.provider, reader)?],
            habits: self.habits(),
        })
    }
}

impl RawSpid {
    pub(super) fn read(self, reader: &mut Reader<'_>) -> Option<OpenIdProvidersSection> {
        let named = self.providers.get_ref();
        if named.is_empty() {
            let message = "`providers` are the entity ids of providers, one at least";
            reader.fault(self.providers.span(), message);
            return None;
        }
        let read: Vec<_> = named.iter().map(|one| entity(one, reader)).collect();
        Some(OpenIdProvidersSection {
            providers: read.into_iter().collect::<Option<_>>()?,
            habits: self.habits(),
        })
    }
}

fn entity(text: &Spanned<String>, reader: &mut Reader<'_>) -> Option<EntityId> {
    let entity = EntityId::parse(text.get_ref()).ok();
    if entity.is_none() {
        reader.fault(
            text.span(),
            "an entity id is an `https` address without query",
        );
    }
    entity
}

/// Providers are trusted for what an anchor says of them: whoever names some needs `[federation]` with an anchor.
pub(super) fn check(
    (section, named): (&str, bool),
    federation: Option<&FederationSection>,
    reader: &mut Reader<'_>,
) {
    let has_anchor = federation.is_some_and(|one| !one.trust_anchors.is_empty());
    if named && !has_anchor {
        let message = format!(
            "`[{section}.openid]` needs `[federation]` with a `[[federation.trust_anchor]]`: who else would vouch for it"
        );
        reader.in_section(section, message);
    }
}

/// A provider keeps the rules of one profile: named for both, a login there would count as CIE or as SPID by chance.
pub(super) fn check_apart(
    cie: Option<&OpenIdProvidersSection>,
    spid: Option<&OpenIdProvidersSection>,
    reader: &mut Reader<'_>,
) {
    let of_cie = cie.map(|cie| cie.providers.as_slice()).unwrap_or_default();
    if spid.is_some_and(|spid| spid.providers.iter().any(|one| of_cie.contains(one))) {
        let message = "`[spid.openid]` names the provider of `[cie.openid]`: a login there counts as one of both";
        reader.in_section("spid", message);
    }
}

/// What logins with OpenID share with the rest of the gateway.
pub(super) struct Shared<'a> {
    pub(super) entity: &'a OwnEntity,
    pub(super) anchors: &'a [TrustAnchor],
    pub(super) store: Arc<dyn ExpiringStore>,
    pub(super) random: Arc<dyn Random>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) register: Arc<dyn AuthenticationRegister>,
    /// What tokens are sealed with until their session ends.
    pub(super) sealing: SealingKey,
}

impl Config {
    /// "Entra con CIE", where there is something that it leads to.
    pub(super) fn cie_way(
        &self,
        saml: Option<Arc<CieServiceProvider>>,
        party: Option<&Arc<OpenIdRelyingParty>>,
    ) -> Option<CieWay> {
        let section = self.cie.as_ref()?;
        let provider = section
            .openid
            .as_ref()
            .and_then(|cie| cie.providers.first());
        let openid = party.zip(provider).map(|(party, provider)| CieByOpenId {
            party: Arc::clone(party),
            provider: provider.to_string(),
        });
        Some(CieWay {
            first: section.first,
            saml,
            openid,
        })
    }

    /// The relying party, and what resolves whom it may trust; nothing where no section names a provider.
    ///
    /// # Errors
    /// [`ConfigErrors`] when nobody could vouch for the federation's servers.
    pub(super) fn relying_party(
        &self,
        federation: &FederationSection,
        shared: Shared<'_>,
    ) -> Result<Option<(OpenIdRelyingParty, TrustRefresher)>, ConfigErrors> {
        let cie = self.cie.as_ref().and_then(|cie| cie.openid.as_ref());
        let spid = self.spid.openid.as_ref();
        let wanted = [(Profile::Cie, cie), (Profile::Spid, spid)];
        let wanted: Vec<Wanted> = wanted
            .into_iter()
            .filter_map(|(profile, section)| {
                Some(Wanted {
                    profile,
                    providers: WantedProviders::Named(section?.providers.clone()),
                })
            })
            .collect();
        if wanted.is_empty() {
            return Ok(None);
        }
        let back_channel = HttpBackChannel::new(federation.reach.clone())
            .map_err(|error| ConfigErrors::one(federation.unvouched(&error)))?;
        let settings = TrustSettings {
            anchors: shared.anchors.to_vec(),
            wanted,
            chain: ChainRules {
                danger_ignore_critical: federation.danger_ignore_critical,
                ..ChainRules::default()
            },
            marks: WantedMarks::OfProviders,
            status: federation.trust_mark_status,
            rules: federation.rules(),
            limits: TrustLimits::default(),
        };
        let Shared {
            entity,
            store,
            random,
            clock,
            register,
            sealing,
            ..
        } = shared;
        let (refresher, live) =
            TrustRefresher::new(settings, Arc::clone(&register), Arc::clone(&random), clock);
        let habits = |section: Option<&OpenIdProvidersSection>| Habits {
            encrypted_id_token: federation.encrypted_id_token,
            ..section.map(|section| section.habits).unwrap_or_default()
        };
        let settings = RelyingPartySettings {
            client_id: entity.facts().entity_id.clone(),
            origin: self.edge.origin(),
            minimum_level: self.spid.minimum_level,
            shortest_session: self.session.idle,
            cie: habits(cie),
            spid: habits(spid),
        };
        let keys = RelyingPartyKeys {
            signer: entity.keys().signer.clone(),
            decryption: entity.keys().decryption.clone(),
            sealing,
        };
        let ports = OpenIdPorts {
            store,
            random,
            register,
            back_channel: Arc::new(back_channel),
            providers: Arc::new(live),
        };
        let party = OpenIdRelyingParty::new(settings, keys, ports);
        Ok(Some((party, refresher)))
    }
}
