//! Access tokens that still open something, until the session that came with them ends (B11).

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::exchange::{Tokens, mask};
use super::{OpenIdRelyingParty, TrustedProvider};
use crate::audit::{RegisterEntry, RegisterOutcome};
use crate::crypto::SealingKey;
use crate::identity::{EvidenceId, Redacted, Timestamp};
use crate::store::{ExpiringStore, StoreError, StoreKey};

/// Tokens that were not given back: the provider did not take them, or is not trusted any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotGivenBack {
    /// The provider that gave them.
    pub provider: String,
}

#[derive(Serialize, Deserialize)]
struct Live {
    provider: String,
    access_token: Redacted<String>,
    refresh_token: Option<Redacted<String>>,
}

/// What is kept of live tokens, under the evidence of their login and sealed: who reads the store holds no token.
pub(super) struct LiveTokens {
    store: Arc<dyn ExpiringStore>,
    key: SealingKey,
}

impl LiveTokens {
    pub(super) fn new(store: Arc<dyn ExpiringStore>, key: SealingKey) -> Self {
        Self { store, key }
    }

    fn place(evidence: &EvidenceId) -> StoreKey {
        StoreKey::new("openid-tokens", &evidence.0)
    }

    async fn take(&self, evidence: &EvidenceId) -> Result<Option<Live>, StoreError> {
        let sealed = self.store.take(&Self::place(evidence)).await?;
        let opened = sealed.map(|sealed| {
            let opened = self.key.open(evidence.0.as_bytes(), &sealed);
            let opened = opened.map_err(|_| StoreError::Unreadable)?;
            postcard::from_bytes(&opened).map_err(|_| StoreError::Unreadable)
        });
        opened.transpose()
    }
}

impl OpenIdRelyingParty {
    /// Keeps the access token of a login for its end. One that would outlive a session that nobody uses is given back at
    /// once, since when it expires nobody is there to do it; so is a refresh token, which nobody asked for.
    pub(super) async fn keep_tokens(
        &self,
        provider: &TrustedProvider,
        evidence: &EvidenceId,
        tokens: Tokens,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let life = Duration::from_secs(tokens.life);
        let live = Live {
            provider: provider.issuer.clone(),
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
        };
        if life > self.settings.shortest_session || live.refresh_token.is_some() {
            if self.give_back(live, now).await.is_err() {
                tracing::warn!(code = "tokens-not-given-back");
            }
            return Ok(());
        }
        let plain = postcard::to_allocvec(&live).map_err(|_| StoreError::Unreadable)?;
        let context = evidence.0.as_bytes();
        let sealed = self.live.key.seal(self.random(), context, &plain);
        let place = LiveTokens::place(evidence);
        self.live.store.put(&place, sealed, life).await
    }

    /// How long tokens are kept at most: what lives longer went back at once.
    #[must_use]
    pub fn longest_kept(&self) -> Duration {
        self.settings.shortest_session
    }

    /// Gives back the tokens of a login, if any still live. Nothing is left of them here, whatever the provider says.
    ///
    /// # Errors
    /// [`NotGivenBack`] when the provider does not take them.
    pub async fn revoke(&self, evidence: &EvidenceId, now: Timestamp) -> Result<(), NotGivenBack> {
        match self.live.take(evidence).await {
            Ok(Some(live)) => self.give_back(live, now).await,
            Ok(None) => Ok(()),
            Err(_) => Err(NotGivenBack {
                provider: String::new(),
            }),
        }
    }

    /// Refresh tokens first: with one gone, its access token goes too (B11).
    async fn give_back(&self, live: Live, now: Timestamp) -> Result<(), NotGivenBack> {
        let failed = || NotGivenBack {
            provider: live.provider.clone(),
        };
        let provider = self.trusted(&live.provider, now).ok_or_else(failed)?;
        let refresh = live
            .refresh_token
            .iter()
            .map(|token| ("refresh_token", token));
        let mut all_gone = true;
        for (kind, token) in refresh.chain([("access_token", &live.access_token)]) {
            all_gone &= self.give_one_back(&provider, kind, token, now).await;
        }
        if all_gone { Ok(()) } else { Err(failed()) }
    }

    /// Revokes a token (RFC 7009) and keeps in the register that it was; tells whether the provider took it. The reference
    /// provider answers 400 for a token that it does not know any more, where RFC 7009, 2.2, says 200: either way it is gone.
    async fn give_one_back(
        &self,
        provider: &TrustedProvider,
        kind: &str,
        token: &Redacted<String>,
        now: Timestamp,
    ) -> bool {
        let endpoint = &provider.revocation_endpoint;
        let fields = |token| [("token", token), ("token_type_hint", kind)];
        let Ok(form) = self.form(provider, endpoint, &fields(token.expose()), now) else {
            return false;
        };
        let replied = self.ports.back_channel.post(endpoint, form).await;
        let (taken, said) = match &replied {
            Ok(reply) => (matches!(reply.status, 200 | 400), reply.body.clone()),
            Err(error) => (false, error.code().as_bytes().to_vec()),
        };
        let masked = mask(token.expose());
        let shown = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields(&masked))
            .finish();
        let shown = format!("{endpoint}?{shown}");
        let entry = RegisterEntry {
            provider: Some(provider.issuer.clone()),
            response_issuer: Some(provider.issuer.clone()),
            request_instant: Some(now),
            request_raw: shown.into_bytes().into(),
            response_raw: said.into(),
            outcome: if taken {
                RegisterOutcome::Accepted
            } else {
                let code = "revocation".to_owned();
                RegisterOutcome::Refused { code }
            },
            ..super::evidence::blank()
        };
        let kept = self.ports.register.record(entry, now).await;
        taken && kept.is_ok()
    }
}
