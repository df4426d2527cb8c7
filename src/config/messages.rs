//! `[text_messages]`: who sends text messages (SMS). May be left out as long as nothing wants one sent.

use std::sync::Arc;

use super::Fault;
use super::outgoing::{Outgoing, RawOutgoing};
use super::reader::Reader;
use crate::messages::{HttpTextMessages, HttpTextMessagesSettings, TextMessages};

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
