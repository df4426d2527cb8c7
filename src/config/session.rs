//! `[session]`: when sessions end. May be left out.

use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::reader::Reader;
use crate::session::SessionLimits;

/// The longest a session may last: longer ones are what NIST SP 800-63B, section 7, advises against at this level.
const LONGEST: u64 = 24 * 60;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    idle_minutes: Option<Spanned<u64>>,
    absolute_minutes: Option<Spanned<u64>>,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<SessionLimits> {
    let raw: Raw = reader.optional("session")?;
    let mut limits = SessionLimits::default();
    let mut valid = true;
    for (key, given, limit) in [
        ("idle_minutes", &raw.idle_minutes, &mut limits.idle),
        (
            "absolute_minutes",
            &raw.absolute_minutes,
            &mut limits.absolute,
        ),
    ] {
        let Some(minutes) = given else { continue };
        if (2..=LONGEST).contains(minutes.get_ref()) {
            *limit = Duration::from_secs(minutes.get_ref() * 60);
        } else {
            reader.fault(
                minutes.span(),
                format!("`{key}` is from 2 to {LONGEST} minutes"),
            );
            valid = false;
        }
    }
    if valid && limits.idle > limits.absolute {
        reader.in_section(
            "session",
            "`idle_minutes` is longer than `absolute_minutes`",
        );
        valid = false;
    }
    valid.then_some(limits)
}
