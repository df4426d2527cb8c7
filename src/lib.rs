//! Varco: a federated identity gateway. A person proves who they are in a way that the State recognises; Varco turns that
//! into one session with an assurance level; the level, with who the person is, decides which services open.
//! Applications behind it speak OpenID Connect and never SPID.
//!
//! One login, start to end: an application sends the browser to `/authorize`; [`downstream`] proves the client and says
//! what is needed; [`policy`] looks at the [`session`] there is; a login flow leads the person to a provider, by
//! [`login`]; what comes back is parsed strictly by [`protocol`], verified with keys of [`crypto`], checked by named checks
//! and becomes a verified [`identity`]; the session rises and the application is told the level that was achieved. All
//! of it is in the [`audit`] log. `docs/decisions` says why things are as they are, `docs/attacks.md` which attack is met
//! where; `tests/architecture.rs` holds the layers.
//!
//! # The map
//!
//! - [`identity`]: the vocabulary, pure: levels, methods, people, fiscal codes, clocks. Everything speaks it.
//! - [`login`]: ways in, one folder a method. A proof of theirs is the only thing that makes a verified identity.
//! - [`session`]: the unified session, the stored login flow, and the dispatcher that leads it.
//! - [`archive`]: who a person is in the institute's archives, and the profile in which they act.
//! - [`pin`]: the life of the institute's own PIN, pure: dossiers, commands, what leaves, and the port that keeps it.
//! - [`policy`]: the decision, pure: the catalogue of services, and what opens with what and why.
//! - [`downstream`]: ways out, one folder a protocol: what applications speak.
//! - [`desk`]: what operators do for people, and which of them may do what.
//! - [`protocol`]: wire formats, pure and narrow: XML, SAML, JOSE, OpenID Federation. No clock of their own, no trust of their own.
//! - [`crypto`]: keys, signatures, digests, randomness, sealing, certificates: the only user of aws-lc.
//! - [`store`]: where things are kept: ports, and the adapters for memory and SQLite.
//! - [`audit`]: what happened: the events of the audit log and the entries of the 24-month register, and their ports.
//! - [`document`]: letters, forms and receipts, written as PDF that prints and reads aloud.
//! - [`fetch`]: what we ask of other servers: the one outgoing HTTP client, with its bounds.
//! - [`messages`]: what is sent to people: text messages.
//! - [`upload`]: files that people send: looked at, drawn, never opened.
//! - [`http`]: the edge: addresses, handlers, pages, texts, cookies. `http::router` is the URL map.
//! - [`server`]: listeners, TLS, health, the end of the process.
//! - [`config`]: the configuration file, valid whole or not at all, and how a gateway is built from it.
//! - [`telemetry`]: the logs that `varco serve` writes.
//! - `demo`: the federation in a box: test identity providers, the Ministry, a sample application, invented people.
//! - [`cli`]: the commands, one file each.

/// The allocator of whatever links this library: the program, the benchmarks and the tests alike
/// (`docs/decisions/0014-the-program-brings-its-allocator.md`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod archive;
pub mod audit;
pub mod cli;
pub mod config;
pub mod crypto;
#[cfg(feature = "demo")]
pub mod demo;
pub mod desk;
pub mod document;
pub mod downstream;
pub mod fetch;
pub mod http;
pub mod identity;
pub mod login;
pub mod messages;
pub mod pin;
pub mod policy;
pub mod protocol;
pub mod server;
pub mod session;
pub mod store;
pub mod telemetry;
pub mod upload;
