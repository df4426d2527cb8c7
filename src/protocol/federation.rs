//! OpenID Federation 1.0, as the Italian profile of SPID and CIE speaks it (an older draft) and as today's standard does;
//! where the two differ, both are read (rules on CIE, B0).
//!
//! In: entity statements and trust marks as strangers sent them, and the anchors whose keys our operator pinned. Out: a
//! [`TrustChain`], which only [`TrustChain::verify`] can make: the metadata of its subject as everybody above it allows them,
//! until when, and every statement for the evidence; from it a [`TrustMark`] and [`OpenIdProviderMetadata`]. Or a
//! [`FederationRefusal`] with a reason code. Everything is bounded: tokens by their use, chains by [`ChainRules`], lists and
//! sets each by their own. May use `crypto` and `protocol::jose`; has no clock (`now` is in seconds since 1970 UTC) and no
//! network.

mod anchor;
mod chain;
mod claims;
mod constraints;
mod entity_id;
mod metadata;
mod policy;
mod provider;
mod refusal;
mod statement;
mod trust_mark;

pub use anchor::{AnchorConfiguration, TrustAnchor};
pub use chain::TrustChain;
pub use entity_id::EntityId;
pub use metadata::Metadata;
pub use policy::{MetadataPolicy, ParameterPolicy, PolicyRefusal};
pub use provider::{OpenIdProviderMetadata, ProviderDemands};
pub use refusal::FederationRefusal;
pub use statement::{ChainRules, EntityConfiguration, SubordinateStatement};
pub use trust_mark::{TrustMark, check_status};
