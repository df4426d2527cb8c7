//! What is sent to people: text messages, e-mail, certified e-mail (PEC), letters.
//!
//! In: a recipient and what to say. Out: whoever carries it took it over, or a [`NotSent`] whose code can be logged. What is said
//! may be a secret (a code, half a PIN) and the recipient is personal: neither is in any log or error. Every message has
//! a reference of its own; handed over twice, it is the same message twice, and whoever can tell sends it once.
//!
//! For text messages no standard exists, so the adapter speaks one small document over HTTP, which a relay of the institute
//! translates for whatever operator it has. E-mail goes to a mail server (RFC 5321), certified e-mail to that of its provider.
//! Letters are put as PDF into a folder from which a print house takes them.
//!
//! Layer 3: uses `identity`, `crypto`, `fetch`, `document` and the store's future type.

mod http;
mod smtp;
mod spool;

use std::sync::Arc;

use crate::identity::{EmailAddress, PhoneNumber, Redacted, Timestamp};
use crate::store::BoxFuture;

pub use http::{HttpTextMessages, HttpTextMessagesSettings};
pub use smtp::{SmtpError, SmtpMails, SmtpSecurity, SmtpSettings, SmtpUser};
pub use spool::LetterSpool;

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

/// An e-mail.
#[derive(Debug, Clone)]
pub struct Mail {
    /// To whom.
    pub to: EmailAddress,
    /// What it is about. Never a secret: subjects stand in lists and in logs of mail servers.
    pub subject: String,
    /// What it says, as plain text.
    pub text: Redacted<String>,
    /// The code of its language, as `it`.
    pub language: String,
    /// When it was written.
    pub at: Timestamp,
    /// Names this message: part of its `Message-ID`, so a mailbox that gets it twice can tell.
    pub reference: String,
}

/// Whoever sends e-mail; certified e-mail alike.
pub trait Mails: Send + Sync {
    /// Hands an e-mail over.
    ///
    /// # Errors
    /// [`NotSent`] when it was not taken. It may then be handed over again with the same reference.
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), NotSent>>;
}

/// How a letter is folded and closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// Folded in three, in a DL envelope with a window on the right.
    WindowEnvelope,
    /// Printed on both sides, folded in three like a Z, sealed along the edges.
    Sealed,
}

/// A letter, ready to print.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Names this letter and its files: letters, digits, hyphens and underscores.
    pub reference: String,
    /// What kind of letter it is, for whoever sorts them; says nothing of a person.
    pub kind: &'static str,
    /// Whose it is, as it stands on the envelope.
    pub to: Redacted<Vec<String>>,
    /// What it is about.
    pub subject: String,
    /// What it says, for whoever shows it rather than printing it.
    pub text: Redacted<String>,
    /// Where it is printed, if not by the print house: an office.
    pub office: Option<String>,
    /// When somebody can take it in, for whoever delivers it.
    pub hours: Option<String>,
    /// When it was written.
    pub at: Timestamp,
    /// How it is closed.
    pub finish: Finish,
    /// The PDF.
    pub pdf: Redacted<Vec<u8>>,
}

/// Whoever prints letters.
pub trait Letters: Send + Sync {
    /// Hands a letter over. One that was handed over before is not printed again.
    ///
    /// # Errors
    /// [`NotSent`] when it was not taken. It may then be handed over again with the same reference.
    fn print<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), NotSent>>;
}

/// Every way by which messages leave that there is.
#[derive(Clone, Default)]
pub struct Messengers {
    /// Text messages.
    pub text: Option<Arc<dyn TextMessages>>,
    /// E-mail.
    pub mail: Option<Arc<dyn Mails>>,
    /// Certified e-mail.
    pub pec: Option<Arc<dyn Mails>>,
    /// Letters.
    pub letters: Option<Arc<dyn Letters>>,
}
