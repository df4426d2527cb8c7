//! What messages say, in the person's language.

use super::super::language::Language;
use super::super::pages::rome;
use super::super::settings::Settings;
use crate::identity::{PinGrade, Timestamp};
use crate::pin::{ChangeNotice, MessageKind};

/// Where the link that restores a PIN leads; what it carries follows.
const RESTORE: &str = "/pin/restore/link/";

/// The words of one message.
pub(super) struct Words<'a> {
    language: Language,
    institute: &'a str,
    origin: String,
    stem: &'static str,
    arguments: Vec<(&'static str, String)>,
}

impl<'a> Words<'a> {
    pub(super) fn new(settings: &'a Settings, kind: &MessageKind, language: Language) -> Self {
        let origin = settings.origin();
        Self {
            language,
            institute: &settings.organization().name,
            stem: stem(kind),
            arguments: arguments(kind, &origin, language),
            origin,
        }
    }

    pub(super) fn language(&self) -> Language {
        self.language
    }

    /// Whose message it is.
    pub(super) fn institute(&self) -> &'a str {
        self.institute
    }

    /// What it is about. Never holds a secret.
    pub(super) fn subject(&self) -> String {
        self.language.say(&format!("{}-subject", self.stem))
    }

    /// In one breath, with who says it.
    pub(super) fn as_text_message(&self) -> String {
        format!("{}: {}", self.institute, self.worded("text"))
    }

    /// As an e-mail.
    pub(super) fn as_mail(&self) -> String {
        let (text, closing) = (capitalized(&self.worded("text")), self.closing());
        let automatic = self.language.say("message-automatic");
        format!("{text}\n\n{closing}\n\n{automatic}\n\n{}\n", self.institute)
    }

    /// On paper, where a code has a place of its own.
    pub(super) fn on_paper(&self) -> String {
        let letter = format!("{}-letter", self.stem);
        let has_own = self.language.knows(&letter);
        capitalized(&self.worded(if has_own { "letter" } else { "text" }))
    }

    /// What everybody should know who gets it by mail or by post.
    pub(super) fn closing(&self) -> String {
        self.language
            .say_with("message-closing", "address", &self.origin)
    }

    fn worded(&self, which: &str) -> String {
        let arguments: Vec<(&str, &str)> = self
            .arguments
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let key = format!("{}-{which}", self.stem);
        self.language.say_all(&key, &arguments)
    }
}

/// A text that follows a name begins small; one that stands alone does not.
fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}

/// The key that a message's texts begin with.
fn stem(kind: &MessageKind) -> &'static str {
    match kind {
        MessageKind::FirstHalf { .. } => "message-first-half",
        MessageKind::SecondHalf { .. } => "message-second-half",
        MessageKind::WholePin { .. } => "message-whole-pin",
        MessageKind::RestoreLink { .. } => "message-restore-link",
        MessageKind::AssuranceRaised { .. } => "message-converted",
        MessageKind::Notice { change, .. } => match change {
            ChangeNotice::RequestTaken => "message-request-taken",
            ChangeNotice::RequestRefused { .. } => "message-request-refused",
            ChangeNotice::Issued {
                grade: PinGrade::Ordinary,
            } => "message-issued-ordinary",
            ChangeNotice::Issued {
                grade: PinGrade::Dispositive,
            } => "message-issued-dispositive",
            ChangeNotice::FirstAccess { expires: Some(_) } => "message-first-access",
            ChangeNotice::FirstAccess { expires: None } => "message-first-access-lasting",
            ChangeNotice::Renewed { expires: Some(_) } => "message-renewed",
            ChangeNotice::Renewed { expires: None } => "message-renewed-lasting",
            ChangeNotice::WillExpire { days: 1, .. } => "message-will-expire-tomorrow",
            ChangeNotice::WillExpire { .. } => "message-will-expire",
            ChangeNotice::SwitchedOff => "message-switched-off",
            ChangeNotice::ClosedToStrangers => "message-closed-to-strangers",
            ChangeNotice::Locked => "message-locked",
            ChangeNotice::RestoreAsked => "message-restore-asked",
            ChangeNotice::HalfUsed => "message-half-used",
            ChangeNotice::Restored => "message-restored",
            ChangeNotice::Revoked => "message-revoked",
            ChangeNotice::PairEnded => "message-pair-ended",
            ChangeNotice::ConversionSubmitted => "message-conversion-submitted",
            ChangeNotice::Converted => "message-converted",
            ChangeNotice::ConversionRejected { .. } => "message-conversion-rejected",
            ChangeNotice::TelephonePinMade { .. } => "message-telephone-pin",
            ChangeNotice::ContactsChanged => "message-contacts-changed",
        },
    }
}

/// What the texts of a message need.
fn arguments(kind: &MessageKind, origin: &str, language: Language) -> Vec<(&'static str, String)> {
    let moment = |at: Timestamp| rome::in_words(at, language);
    let address = ("address", origin.to_owned());
    match kind {
        MessageKind::FirstHalf { half, ends } | MessageKind::SecondHalf { half, ends } => vec![
            ("half", grouped(half.expose())),
            ("ends", moment(*ends)),
            address,
        ],
        MessageKind::WholePin { grade, ends, .. } => vec![
            ("grade", grade.name().to_owned()),
            ("ends", moment(*ends)),
            address,
        ],
        MessageKind::RestoreLink { token, ends } => {
            let link = format!("{origin}{RESTORE}{}", token.expose());
            vec![("link", link), ("ends", moment(*ends))]
        }
        MessageKind::AssuranceRaised { .. } => Vec::new(),
        MessageKind::Notice { change, .. } => match change {
            ChangeNotice::RequestRefused { reason }
            | ChangeNotice::ConversionRejected { reason } => {
                vec![("reason", reason.expose().clone())]
            }
            ChangeNotice::FirstAccess { expires } | ChangeNotice::Renewed { expires } => {
                let expires = expires.map(|at| ("expires", moment(at)));
                expires.into_iter().collect()
            }
            ChangeNotice::WillExpire { days, expires } => {
                vec![("days", days.to_string()), ("expires", moment(*expires))]
            }
            ChangeNotice::TelephonePinMade { ends } => vec![("ends", moment(*ends))],
            ChangeNotice::RequestTaken
            | ChangeNotice::Issued { .. }
            | ChangeNotice::SwitchedOff
            | ChangeNotice::ClosedToStrangers
            | ChangeNotice::Locked
            | ChangeNotice::RestoreAsked
            | ChangeNotice::HalfUsed
            | ChangeNotice::Restored
            | ChangeNotice::Revoked
            | ChangeNotice::PairEnded
            | ChangeNotice::ConversionSubmitted
            | ChangeNotice::Converted
            | ChangeNotice::ContactsChanged => Vec::new(),
        },
    }
}

/// Eight characters in two groups of four, as people read them.
fn grouped(half: &str) -> String {
    half.split_at_checked(4).map_or_else(
        || half.to_owned(),
        |(first, rest)| format!("{first} {rest}"),
    )
}
