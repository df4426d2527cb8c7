//! Messages on paper: a letter in a window envelope, or a sealed sheet that an office hands over.

use super::words::Words;
use crate::document::{self, About, Document};
use crate::identity::{Redacted, Timestamp};
use crate::messages::{Finish, Letter, NotSent};
use crate::pin::{MessageKind, Outgoing, Recipient};

/// The letter that a row of the outbox becomes. The same row becomes the same letter, byte for byte: its date is that
/// of the row.
pub(super) fn letter(
    outgoing: &Outgoing,
    words: &Words<'_>,
    written: Timestamp,
) -> Result<Letter, NotSent> {
    let about = About {
        title: words.subject(),
        issuer: words.institute().to_owned(),
        language: match words.language().code() {
            "en" => document::Language::English,
            _ => document::Language::Italian,
        },
        made: written,
        reference: Some(outgoing.reference.clone()),
    };
    let (to, office, hours) = match &outgoing.to {
        Recipient::Letter(to) => {
            let name = to.name.expose().clone();
            let lines: Vec<String> = [name].into_iter().chain(to.address.lines()).collect();
            (lines, None, to.hours.map(|hours| hours.name().to_owned()))
        }
        Recipient::Envelope { name, office } => {
            let office = office.expose().to_owned();
            (
                vec![name.expose().clone(), office.clone()],
                Some(office),
                None,
            )
        }
        _ => return Err(NotSent("not-a-letter")),
    };
    let (sheet, finish) = if office.is_some() {
        (Document::sealed(about, to.clone()), Finish::Sealed)
    } else {
        (Document::letter(about, to.clone()), Finish::WindowEnvelope)
    };
    let code = match &outgoing.kind {
        MessageKind::FirstHalf { half, .. } | MessageKind::SecondHalf { half, .. } => {
            Some(half.expose().to_owned())
        }
        MessageKind::WholePin { first, second, .. } => {
            Some(format!("{}{}", first.expose(), second.expose()))
        }
        _ => None,
    };
    let (above, beneath) = (words.on_paper(), words.closing());
    let sheet = sheet.heading(words.subject()).paragraph(&above);
    let sheet = match &code {
        Some(code) => sheet.code(code),
        None => sheet,
    };
    let pdf = sheet
        .paragraph(&beneath)
        .finish()
        .map_err(|_| NotSent("letter-document"))?;
    let text = [above, code.unwrap_or_default(), beneath].join("\n\n");
    Ok(Letter {
        reference: outgoing.reference.clone(),
        kind: outgoing.kind.name(),
        to: Redacted::new(to),
        subject: words.subject(),
        text: Redacted::new(text),
        office,
        hours,
        at: written,
        finish,
        pdf: Redacted::new(pdf),
    })
}
