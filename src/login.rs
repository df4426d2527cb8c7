//! The ways in: one folder a method.
//!
//! In: a login flow's wish for a level, and what a provider sends back. Out: a message for the browser to carry, and at
//! the end a proof that becomes a [`VerifiedIdentity`](crate::identity::VerifiedIdentity); nothing else can make one.
//! Layer 4: may use everything below, never `downstream`, and no method uses another; what the two that speak SAML have in
//! common is in [`saml`].

pub mod cie;
pub mod cns;
pub mod openid;
pub mod pin;
pub mod saml;
pub mod spid;
