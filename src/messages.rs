//! What is sent to people: text messages.
//!
//! In: a number and a text. Out: the gateway of messages took it, or a [`NotSent`] whose code can be logged. The text may
//! be a secret (a code) and the number is personal: neither is in any log or error. No standard exists for sending, so the
//! adapter speaks one small document over HTTP, which a relay of the institute translates for whatever operator it has.
//!
//! Layer 3: uses `identity`, `fetch` and the store's future type.

mod http;

use crate::identity::{PhoneNumber, Redacted};
use crate::store::BoxFuture;

pub use http::{HttpTextMessages, HttpTextMessagesSettings};

/// A text message (SMS).
#[derive(Debug, Clone)]
pub struct TextMessage {
    /// To whom.
    pub to: PhoneNumber,
    /// What it says.
    pub text: Redacted<String>,
    /// Names this message: whoever is asked twice to send the same one sends it once.
    pub reference: String,
}

/// A message was not taken: the code says why, and names nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the message was not sent: {0}")]
pub struct NotSent(pub &'static str);

/// Whoever sends text messages.
pub trait TextMessages: Send + Sync {
    /// Hands a message over.
    ///
    /// # Errors
    /// [`NotSent`] when it was not taken. It may then be handed over again with the same reference.
    fn send<'a>(&'a self, message: &'a TextMessage) -> BoxFuture<'a, Result<(), NotSent>>;
}
