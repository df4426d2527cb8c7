//! What a code gave, and how it is taken back.

use serde::{Deserialize, Serialize};

use super::ProtocolError;
use super::acts_as::ActsAs;
use super::claims::RequestedClaims;
use super::code::IssuedCode;
use super::provider::OpenIdProvider;
use crate::session::SessionHandle;
use crate::store::StoreError;

/// Names everything that one code gives: revoking it revokes all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct GrantId(pub(super) String);

/// What is remembered of a code that was shown; stored under it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct UsedCode {
    grant: GrantId,
    pub(super) client_id: String,
    pub(super) session: SessionHandle,
}

/// What an access token stands for; stored under its `jti`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct AccessGrant {
    pub(super) grant: GrantId,
    pub(super) client_id: String,
    pub(super) session: SessionHandle,
    pub(super) claims: RequestedClaims,
    pub(super) acts_as: Option<ActsAs>,
}

/// Why a code is worth nothing.
pub(super) enum Unredeemed {
    /// It is unknown or expired, or the store failed.
    Refused(ProtocolError),
    /// It was shown before; everything that it gave is revoked.
    Reused(UsedCode),
}

impl<E: Into<ProtocolError>> From<E> for Unredeemed {
    fn from(error: E) -> Self {
        Self::Refused(error.into())
    }
}

impl OpenIdProvider {
    /// Redeems a code: of any number of takers, whenever they come, exactly one gets it. A second showing means that the
    /// code was stolen or the client is confused: what the first one got is revoked (RFC 6749, 4.1.2).
    ///
    /// The code is marked before it is looked at more closely, so one that was shown by the wrong client or with the
    /// wrong verifier is spent as well.
    pub(super) async fn redeem(&self, code: &str) -> Result<IssuedCode, Unredeemed> {
        let Some(issued) = self.codes.get(code).await? else {
            return Err(match self.used_codes.get(code).await? {
                None => ProtocolError::invalid_grant("code_unknown").into(),
                Some(used) => self.reused(used).await?,
            });
        };
        let used = UsedCode {
            grant: issued.grant.clone(),
            client_id: issued.client_id.clone(),
            session: issued.session.clone(),
        };
        if self.used_codes.put_new(code, &used).await? {
            Ok(issued)
        } else {
            Err(self.reused(used).await?)
        }
    }

    async fn reused(&self, used: UsedCode) -> Result<Unredeemed, StoreError> {
        self.revoked.put(&used.grant.0, &()).await?;
        Ok(Unredeemed::Reused(used))
    }

    /// Whether what the grant gave still holds. The mark outlives everything that the grant can have given, so the
    /// order in which a revocation and the tokens reach the store does not matter.
    pub(super) async fn holds(&self, grant: &GrantId) -> Result<bool, StoreError> {
        Ok(self.revoked.get(&grant.0).await?.is_none())
    }
}
