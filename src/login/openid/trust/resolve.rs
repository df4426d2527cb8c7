//! From a provider's name to a provider that is trusted: chain, trust mark, metadata.

use serde_json::json;

use super::MarkStatus;
use super::failure::Failure;
use super::walk::Walk;
use crate::audit::RegisterEntry;
use crate::crypto::encoding::hex;
use crate::crypto::sha256;
use crate::identity::{AssuranceLevel, Timestamp};
use crate::login::openid::{Profile, TrustedProvider, evidence, level_of};
use crate::protocol::federation::{
    EntityId, FederationRefusal, OpenIdProviderMetadata, ProviderDemands, TrustChain, TrustMark,
    check_status,
};

/// How many issuers of trust marks outside the chain are resolved.
const MOST_ISSUERS: usize = 2;

/// A provider that was resolved, and what it was resolved from.
pub(super) struct Resolved {
    pub(super) provider: TrustedProvider,
    pub(super) chain: TrustChain,
    pub(super) marked: Marked,
}

/// The trust mark that counted.
pub(super) struct Marked {
    mark: TrustMark,
    /// The chain of its issuer, where that is nobody of the provider's own chain.
    issuer: Option<TrustChain>,
    /// What the issuer has answered.
    status: Option<Vec<u8>>,
}

impl Marked {
    /// When it proves nothing any more: its own end, or that of whoever vouches for its issuer's keys.
    fn ends(&self) -> Option<i64> {
        let issuer = self.issuer.as_ref().map(TrustChain::expires);
        self.mark.expires().into_iter().chain(issuer).min()
    }
}

impl Resolved {
    /// The register's entry of the chain (B12): every statement as it was received, the trust mark that counted, the statements
    /// that vouch for its issuer, and what the issuer has said of it.
    pub(super) fn entry(&self, now: Timestamp) -> RegisterEntry {
        let issuer = &self.provider.issuer;
        let came = json!({
            "trust_chain": self.chain.statements(),
            "trust_mark": self.marked.mark.token(),
            "trust_mark_chain": self.marked.issuer.as_ref().map(TrustChain::statements),
            "trust_mark_status": self.marked.status.as_deref().map(String::from_utf8_lossy),
            "metadata": self.chain.metadata().to_json(),
        });
        let came = came.to_string().into_bytes();
        RegisterEntry {
            request_instant: Some(now),
            response_id: Some(hex(&sha256(&came))),
            response_issuer: Some(self.chain.anchor().configuration().id().to_string()),
            provider: Some(issuer.clone()),
            request_raw: json!({ "resolve": issuer }).to_string().into_bytes().into(),
            response_raw: came.into(),
            ..evidence::blank()
        }
    }
}

impl Walk<'_> {
    /// Resolves a provider.
    pub(super) async fn provider(
        &mut self,
        id: &EntityId,
        profile: Profile,
    ) -> Result<Resolved, Failure> {
        let chain = self.chain_of(id).await?;
        let marked = self.mark(&chain).await?;
        let demands = ProviderDemands {
            names_itself_in_answers: profile.wants_issuer_in_answer(),
        };
        let metadata = OpenIdProviderMetadata::read(&chain, demands)?;
        let levels = metadata.acr_values.iter().filter_map(|acr| level_of(acr));
        let highest = levels.max();
        let highest = highest.ok_or(FederationRefusal::Provider("acr_values_supported"))?;
        let ends = marked.ends().into_iter().fold(chain.expires(), i64::min);
        Ok(Resolved {
            provider: trusted(metadata, profile, highest, ends),
            chain,
            marked,
        })
    }

    /// The trust mark that the provider must have, and what its issuer says of it.
    async fn mark(&mut self, chain: &TrustChain) -> Result<Marked, Failure> {
        let settings = self.settings;
        let wanted = |kind: &str| settings.marks.accept(kind);
        let mut issuers = Vec::new();
        for issuer in chain.foreign_mark_issuers(wanted).iter().take(MOST_ISSUERS) {
            match self.chain_of(issuer).await {
                Ok(chain) => issuers.push(chain),
                // Its marks do not count then; another's may.
                Err(failure) => {
                    let code = failure.code();
                    tracing::warn!(%issuer, code, "federation-mark-issuer-unresolved");
                }
            }
        }
        let borrowed: Vec<&TrustChain> = issuers.iter().collect();
        let mark = chain.trust_mark(wanted, &borrowed, self.now())?;
        let status = self.mark_status(chain, &borrowed, &mark).await?;
        let is_foreign = chain.keys_of(mark.issuer()).is_none();
        let mut issuers = issuers.into_iter().filter(|_| is_foreign);
        Ok(Marked {
            issuer: issuers.find(|one| one.subject().id() == mark.issuer()),
            mark,
            status,
        })
    }

    async fn mark_status(
        &mut self,
        chain: &TrustChain,
        issuers: &[&TrustChain],
        mark: &TrustMark,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let by_name = [("id", mark.kind()), ("sub", chain.subject().id().as_str())];
        let by_mark = [("trust_mark", mark.token())];
        let fields: &[(&str, &str)] = match self.settings.status {
            MarkStatus::NotAsked => return Ok(None),
            MarkStatus::ByName => &by_name,
            MarkStatus::ByMark => &by_mark,
        };
        let anchor = chain.anchor().configuration();
        let issuer = issuers.iter().map(|chain| chain.subject());
        let issuer = issuer
            .chain([anchor])
            .find(|configuration| configuration.id() == mark.issuer());
        // Of an intermediate in the chain nothing but its keys is known; the anchor keeps the list of marks.
        let issuer = issuer.unwrap_or(anchor);
        self.spend()?;
        let endpoint = issuer.endpoint("federation_trust_mark_status_endpoint");
        let answer = self.courier.mark_status(endpoint, fields).await?;
        let of_issuer = issuers
            .iter()
            .find(|one| one.subject().id() == mark.issuer());
        let keys = chain
            .keys_of(mark.issuer())
            .or_else(|| of_issuer.and_then(|chain| chain.subject_keys()))
            .ok_or(FederationRefusal::MarkIssuer)?;
        check_status(&answer, mark, keys, self.now())?;
        Ok(Some(answer))
    }
}

fn trusted(
    metadata: OpenIdProviderMetadata,
    profile: Profile,
    highest: AssuranceLevel,
    ends: i64,
) -> TrustedProvider {
    TrustedProvider {
        issuer: metadata.issuer.as_str().to_owned(),
        name: metadata.name,
        profile,
        authorization_endpoint: metadata.authorization_endpoint,
        token_endpoint: metadata.token_endpoint,
        userinfo_endpoint: metadata.userinfo_endpoint,
        revocation_endpoint: metadata.revocation_endpoint,
        keys: metadata.keys,
        highest,
        expires: Timestamp::from_timestamp(ends, 0).unwrap_or_default(),
        evidence: None,
    }
}
