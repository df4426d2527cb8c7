//! What our resolve endpoint tells of the chains that are in force.

use super::LiveProviders;
use crate::identity::Timestamp;
use crate::login::openid::entity::{KnownChain, KnownChains};

impl KnownChains for LiveProviders {
    fn chain(&self, subject: &str, now: Timestamp) -> Option<KnownChain> {
        let (provider, chain) = self.usable(subject, now)?;
        Some(KnownChain {
            statements: chain.statements().to_vec(),
            anchor: chain.anchor().configuration().id().to_string(),
            metadata: chain.metadata().to_json(),
            expires: provider.expires,
        })
    }
}
