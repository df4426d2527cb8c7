//! The axum edge: every page a person sees and every address an application calls.
//!
//! In: HTTP requests, each bounded by [`middleware`] before a handler sees it. Out: pages rendered on the server and
//! complete without JavaScript, redirects, and the protocols' own answers. [`router`] is the URL map; [`state`] holds
//! what handlers need; a handler that cannot do what was asked returns a [`pages::Refusal`], which becomes a page that
//! says what happened and what to do next. Layer 5: it may use every layer below.

mod authzen;
pub mod cie;
pub mod cns;
pub mod cookies;
mod desk;
pub mod device;
pub mod dossiers;
mod federation;
pub mod flow;
pub mod form;
mod forward_auth;
mod fragments;
pub mod language;
pub mod login;
mod logout;
pub mod metrics;
pub mod middleware;
pub mod multipart;
mod noted;
mod oidc;
pub mod openid;
pub mod outbox;
pub mod pages;
mod papers;
pub mod pin;
mod portal;
mod profile;
mod receipts;
pub mod revoked;
pub mod router;
mod saml;
mod services;
mod sessions;
pub mod settings;
pub mod shares;
mod spid;
mod starts;
pub mod state;
mod static_files;
pub mod trusted;
pub mod visit;
pub mod ways;
