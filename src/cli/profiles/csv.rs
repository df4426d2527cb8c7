//! The file of profiles: CSV (RFC 4180) with a record a line.
//!
//! No value of ours has a line break in it, so a quoted field must end in its line: a quote that was forgotten then spoils one
//! line and not the rest of the file, every fault has its line, and memory is bounded by the longest line.

use std::io::{self, BufRead};

use crate::archive::{NotAProfile, Organisation, Profile};
use crate::identity::{Category, FiscalCode, FiscalCodeError};
use crate::store::sqlite::profiles::Is;

/// The longest line, in bytes: the columns together take much less.
const LONGEST_LINE: usize = 4096;

/// The most columns that a line is divided into.
const MOST_COLUMNS: usize = 64;

const COLUMNS: [&str; 4] = [
    "fiscal_code",
    "category",
    "organisation_code",
    "organisation_name",
];

/// What is wrong with a line. Nothing of the line is repeated: it may be a fiscal code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum LineFault {
    #[error("the line is longer than {LONGEST_LINE} bytes")]
    TooLong,
    #[error("the line is not UTF-8")]
    NotUtf8,
    #[error("a quoted field does not end in its line")]
    OpenQuote,
    #[error("a quote stands inside a field that is not quoted, or is not doubled in one that is")]
    StrayQuote,
    #[error("the line has {had} columns and the header {expected}")]
    Columns { had: usize, expected: usize },
    #[error("the header has the column {0:?}, which is unknown; there are {known}", known = COLUMNS.join(", "))]
    UnknownColumn(String),
    #[error("the header has the column `{0}` twice")]
    DoubledColumn(&'static str),
    #[error("the header has no column `{0}`")]
    MissingColumn(&'static str),
    #[error("fiscal_code: {0}")]
    FiscalCode(#[from] FiscalCodeError),
    #[error("category: there is no such category; there are {known}", known = categories())]
    Category,
    #[error("{0}")]
    Profile(#[from] NotAProfile),
    #[error("organisation_code and organisation_name go together")]
    HalfAnOrganisation,
    #[error("a category of people in their own affairs has no organisation")]
    PersonalWithOrganisation,
}

fn categories() -> String {
    Category::ALL.map(Category::name).join(", ")
}

/// The lines of a file, with their numbers from one.
pub(super) struct Lines<R> {
    reader: R,
    line: Vec<u8>,
    number: u32,
    bytes: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            reader,
            line: Vec::new(),
            number: 0,
            bytes: 0,
        }
    }

    /// How much of the file was read.
    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes
    }

    /// The next line without its end. Of one that is too long no more is kept than that it is.
    pub(super) fn next(&mut self) -> io::Result<Option<(u32, Result<&str, LineFault>)>> {
        self.line.clear();
        let mut is_long = false;
        loop {
            let chunk = self.reader.fill_buf()?;
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let taken = end.unwrap_or(chunk.len());
            let room = LONGEST_LINE.saturating_sub(self.line.len());
            is_long |= taken > room;
            self.line.extend(chunk.iter().take(taken.min(room)));
            let used = taken + usize::from(end.is_some());
            self.reader.consume(used);
            self.bytes += u64::try_from(used).unwrap_or_default();
            match (end, used) {
                (None, 0) if self.line.is_empty() && !is_long => return Ok(None),
                (None, 0) | (Some(_), _) => break,
                (None, _) => {}
            }
        }
        self.number = self.number.checked_add(1).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "the file has too many lines")
        })?;
        if is_long {
            return Ok(Some((self.number, Err(LineFault::TooLong))));
        }
        let line = std::str::from_utf8(&self.line).map_err(|_| LineFault::NotUtf8);
        let line = line.map(|line| {
            let line = line.strip_suffix('\r').unwrap_or(line);
            // Some programs begin a file of theirs with a byte order mark.
            match self.number {
                1 => line.strip_prefix('\u{feff}').unwrap_or(line),
                _ => line,
            }
        });
        Ok(Some((self.number, line)))
    }
}

/// What the columns are.
pub(super) struct Header {
    separator: char,
    /// The place of each of [`COLUMNS`].
    places: [Option<usize>; 4],
    count: usize,
}

impl Header {
    pub(super) fn read(line: &str) -> Result<Self, LineFault> {
        // Spreadsheets write `;` where the comma is the decimal sign.
        let separator = if line.contains(';') { ';' } else { ',' };
        let names = split(line, separator)?;
        let mut places = [None; 4];
        for (place, name) in names.iter().enumerate() {
            let known = COLUMNS.iter().zip(&mut places);
            let column = known.into_iter().find(|(column, _)| *column == name);
            let Some((column, slot)) = column else {
                return Err(LineFault::UnknownColumn(name.chars().take(40).collect()));
            };
            if slot.replace(place).is_some() {
                return Err(LineFault::DoubledColumn(column));
            }
        }
        let [code, category, ..] = places;
        for (place, column) in [code, category].into_iter().zip(COLUMNS) {
            if place.is_none() {
                return Err(LineFault::MissingColumn(column));
            }
        }
        Ok(Self {
            separator,
            places,
            count: names.len(),
        })
    }

    /// What a line says.
    pub(super) fn row(&self, line: &str) -> Result<(FiscalCode, Is), LineFault> {
        let fields = split(line, self.separator)?;
        if fields.len() != self.count {
            return Err(LineFault::Columns {
                had: fields.len(),
                expected: self.count,
            });
        }
        let [code, category, organisation, name] = self.places.map(|place| {
            let field = place.and_then(|place| fields.get(place));
            field.map(|field| field.trim()).unwrap_or_default()
        });
        let code = FiscalCode::parse(code)?;
        let category = Category::from_name(category).ok_or(LineFault::Category)?;
        let organisation = match (organisation, name) {
            ("", "") => None,
            ("", _) | (_, "") => return Err(LineFault::HalfAnOrganisation),
            (code, name) => Some(Organisation::new(code, name)?),
        };
        let is = match (Is::personal(category), organisation) {
            (Some(_), Some(_)) => return Err(LineFault::PersonalWithOrganisation),
            (Some(is), None) => is,
            (None, organisation) => Is::professional(&Profile::new(category, organisation)?),
        };
        Ok((code, is))
    }
}

/// Divides a line into its fields (RFC 4180, 2).
fn split(line: &str, separator: char) -> Result<Vec<String>, LineFault> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => {
                let end = rest.find(separator).unwrap_or(rest.len());
                let (field, after) = rest.split_at(end);
                if field.contains('"') {
                    return Err(LineFault::StrayQuote);
                }
                (field.to_owned(), after)
            }
        };
        fields.push(field);
        if after.is_empty() || fields.len() > MOST_COLUMNS {
            return Ok(fields);
        }
        // Only the separator may follow a quoted field.
        rest = after.strip_prefix(separator).ok_or(LineFault::StrayQuote)?;
    }
}

/// The field that begins after an opening quote, and what follows the closing one.
fn unquote(text: &str) -> Result<(String, &str), LineFault> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let (part, after) = rest.split_once('"').ok_or(LineFault::OpenQuote)?;
        field.push_str(part);
        match after.strip_prefix('"') {
            Some(doubled) => {
                field.push('"');
                rest = doubled;
            }
            None => return Ok((field, after)),
        }
    }
}

#[cfg(test)]
mod tests;
