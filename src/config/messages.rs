//! `[text_messages]`: who sends text messages (SMS). May be left out as long as nothing wants one sent. And every way by which
//! messages leave together.

use std::sync::Arc;

use super::outgoing::{Outgoing, RawOutgoing};
use super::reader::Reader;
use super::{Config, ConfigErrors, Fault, LettersSection};
use crate::messages::{HttpTextMessages, HttpTextMessagesSettings, Messengers, TextMessages};

/// The longest answer to a message, in bytes; nothing of it is read.
const LONGEST_ANSWER: usize = 64 * 1024;

/// `[text_messages]`.
#[derive(Debug, Clone)]
pub struct TextMessagesSection(Outgoing);

impl TextMessagesSection {
    /// The gateway of messages. It is not asked for anything yet.
    ///
    /// # Errors
    /// [`Fault`] names the file that cannot be used.
    pub fn open(&self) -> Result<Arc<dyn TextMessages>, Fault> {
        let Self(server) = self;
        let settings = HttpTextMessagesSettings {
            url: server.url.clone(),
            token: server.token()?,
            rules: server.rules(LONGEST_ANSWER),
        };
        let messages = HttpTextMessages::new(settings).map_err(|error| server.unvouched(&error))?;
        Ok(Arc::new(messages))
    }
}

/// What becomes of messages about PINs for which a section is missing.
const WITHOUT: [(&str, &str); 4] = [
    (
        "text_messages",
        "first halves and news for mobile telephones",
    ),
    (
        "mail",
        "first halves, links that restore a PIN, and news for e-mail addresses",
    ),
    ("pec", "halves and news for certified e-mail addresses"),
    (
        "letters",
        "second halves and sealed envelopes, without which nobody gets a PIN,",
    ),
];

impl Config {
    /// Which ways are missing by which messages about PINs would leave, and what becomes of those: a sentence each. There are
    /// no such messages without `[pin]`.
    pub(super) fn missing_ways(&self) -> Vec<String> {
        if self.pin.is_none() {
            return Vec::new();
        }
        let there = [
            self.text_messages.is_some(),
            self.mail.is_some(),
            self.pec.is_some(),
            self.letters.is_some(),
        ];
        let missing = WITHOUT.into_iter().zip(there).filter(|(_, there)| !there);
        missing
            .map(|((section, what), _)| {
                format!(
                    "there is `[pin]` and no `[{section}]`: {what} wait until there is one, and are given up when they \
                     are over"
                )
            })
            .collect()
    }

    /// Every way by which messages leave. Nothing is sent yet.
    ///
    /// # Errors
    /// [`ConfigErrors`] with every file and folder that cannot be used.
    pub fn messengers(&self) -> Result<Messengers, ConfigErrors> {
        let mut faults = Vec::new();
        let name = &self.organization.display_name.it;
        let text = opened(&self.text_messages, TextMessagesSection::open, &mut faults);
        let mail = opened(&self.mail, |mail| mail.open(name), &mut faults);
        let pec = opened(&self.pec, |mail| mail.open(name), &mut faults);
        let letters = opened(&self.letters, LettersSection::open, &mut faults);
        if !faults.is_empty() {
            return Err(ConfigErrors::from_faults(faults));
        }
        Ok(Messengers {
            text,
            mail,
            pec,
            letters,
        })
    }
}

/// What a section opens, if it is there and can be; what is wrong with it otherwise is noted.
fn opened<S, T>(
    section: &Option<S>,
    open: impl FnOnce(&S) -> Result<T, Fault>,
    faults: &mut Vec<Fault>,
) -> Option<T> {
    let opened = section.as_ref().map(open).transpose();
    opened.map_err(|fault| faults.push(fault)).ok().flatten()
}

/// Nothing where the section is left out; `None` where something is wrong in it.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<Option<TextMessagesSection>> {
    let raw: Option<RawOutgoing> = reader.optional("text_messages")?;
    let Some(raw) = raw else {
        return Some(None);
    };
    if let Some(cache) = &raw.cache_seconds {
        reader.fault(cache.span(), "unknown key `cache_seconds`");
        return None;
    }
    raw.read(reader).map(TextMessagesSection).map(Some)
}
