//! OpenID Provider (OpenID Connect Core 1.0, OAuth 2.0 with RFC 9700): authorization code with PKCE, nothing else.
//!
//! One login, seen from here: [`OpenIdProvider::begin`] proves the client and its redirect address, reads what it
//! asks for and stores a [`PendingAuthorization`], whose [`requirement`](PendingAuthorization::requirement) the login
//! flow then meets. [`OpenIdProvider::answer`] looks once more whether the session meets it and sends a code; the
//! client's server trades it at [`OpenIdProvider::token`] for tokens that tell the level that was achieved.
//!
//! Requested, achieved and asserted levels are three types; only `level` turns one into another. Nothing here knows
//! HTTP: handlers pass texts in and get texts or typed refusals back. Uses `session`, `policy`, `protocol::jose`, the
//! store's ports; never `login`.

mod acts_as;
mod answered;
mod authorization;
mod bearer;
mod claims;
mod client;
mod client_authentication;
mod code;
mod discovery;
mod error;
mod events;
mod grant;
mod id_token;
mod level;
mod logout;
mod parameters;
mod pkce;
mod provider;
mod receipts;
mod redirect_uri;
mod settings;
mod token;
mod userinfo;

pub use authorization::{AuthorizationRefusal, PendingAuthorization};
pub use claims::ReleasedClaim;
pub use client::{Client, ClientAuthentication, Clients, ClientsError};
pub use code::Denial;
pub use error::{ErrorCode, ProtocolError};
pub use events::{AssuranceChange, EventReceiver, EventReceivers, EventsSettings, NotPushed};
pub use level::Acr;
pub use logout::LogoutPlan;
pub use parameters::Parameters;
pub use provider::{Begun, OpenIdProvider, ProviderError, ProviderKeys};
pub use receipts::{Receipt, Submission};
pub use redirect_uri::RedirectUri;
pub use settings::{AuthenticationSettings, ClientSettings};
pub use token::{IssuedTokens, TokenRefusal, TokenRequest, TokenResponse};
pub use userinfo::{UserInfoRefusal, UserInfoRequest};
