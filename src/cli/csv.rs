//! Files that commands take in: CSV (RFC 4180) with a header line and a record a line.
//!
//! No value of ours has a line break in it, so a quoted field must end in its line: a quote that was forgotten then spoils one
//! line and not the rest of the file, every fault has its line, and memory is bounded by the longest line.

mod lines;

use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::Path;

use anyhow::Context as _;

use super::Output;
use super::progress::Progress;

use lines::{Lines, split};

/// How many faults are printed. The others are counted: they are mostly of one kind.
const FAULTS_TOLD: usize = 100;

/// What is wrong with a line, whatever its columns are. Nothing of the line is repeated: it may be a fiscal code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum CsvFault {
    #[error("the line is longer than {} bytes", lines::LONGEST)]
    TooLong,
    #[error("the line is not UTF-8")]
    NotUtf8,
    #[error("a quoted field does not end in its line")]
    OpenQuote,
    #[error("a quote stands inside a field that is not quoted, or is not doubled in one that is")]
    StrayQuote,
    #[error("the line has {had} columns and the header {expected}")]
    Columns { had: usize, expected: usize },
    #[error("the header has the column {name:?}, which is unknown; there are {known}")]
    UnknownColumn { name: String, known: String },
    #[error("the header has the column `{0}` twice")]
    DoubledColumn(&'static str),
    #[error("the header has no column `{0}`")]
    MissingColumn(&'static str),
}

/// The columns that a kind of file has.
pub(super) struct Columns<const N: usize> {
    /// Their names, those first that every file must have.
    pub(super) names: [&'static str; N],
    /// How many every file must have.
    pub(super) required: usize,
}

/// What the columns of one file are.
#[derive(Debug)]
pub(super) struct Header<const N: usize> {
    separator: char,
    /// The place of each column.
    places: [Option<usize>; N],
    count: usize,
}

impl<const N: usize> Header<N> {
    pub(super) fn read(line: &str, columns: &Columns<N>) -> Result<Self, CsvFault> {
        // Spreadsheets write `;` where the comma is the decimal sign.
        let separator = if line.contains(';') { ';' } else { ',' };
        let names = split(line, separator)?;
        let mut places = [None; N];
        for (place, name) in names.iter().enumerate() {
            let known = columns.names.iter().zip(&mut places);
            let column = known.into_iter().find(|(column, _)| *column == name);
            let Some((column, slot)) = column else {
                return Err(CsvFault::UnknownColumn {
                    name: name.chars().take(40).collect(),
                    known: columns.names.join(", "),
                });
            };
            if slot.replace(place).is_some() {
                return Err(CsvFault::DoubledColumn(column));
            }
        }
        let required = places.iter().zip(columns.names).take(columns.required);
        for (place, column) in required {
            if place.is_none() {
                return Err(CsvFault::MissingColumn(column));
            }
        }
        Ok(Self {
            separator,
            places,
            count: names.len(),
        })
    }

    /// A line's fields in the order of [`Columns`], without the white space around them; empty where the file has no such
    /// column.
    pub(super) fn fields(&self, line: &str) -> Result<[String; N], CsvFault> {
        let fields = split(line, self.separator)?;
        if fields.len() != self.count {
            return Err(CsvFault::Columns {
                had: fields.len(),
                expected: self.count,
            });
        }
        Ok(self.places.map(|place| {
            let field = place.and_then(|place| fields.get(place));
            field
                .map(|field| field.trim().to_owned())
                .unwrap_or_default()
        }))
    }
}

/// Reads a whole file, and gives each line that is neither its header nor empty to `row`, with its number. `doing` stands beside
/// the progress.
pub(super) fn scan<const N: usize>(
    (file, doing): (&Path, &'static str),
    columns: &Columns<N>,
    faults: &mut Faults,
    output: &mut Output<'_>,
    mut row: impl FnMut(u32, [String; N], &mut Faults) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let opened = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    let size = opened.metadata().map_or(0, |about| about.len());
    let mut progress = Progress::new(doing, size);
    let mut lines = Lines::new(BufReader::with_capacity(1 << 16, opened.take(u64::MAX)));
    let mut header = None;
    while let Some((number, line)) = lines.next()? {
        let fields = match (&header, line) {
            (_, Err(fault)) => Err(fault),
            (None, Ok(line)) => match Header::read(line, columns) {
                Ok(read) => {
                    header = Some(read);
                    continue;
                }
                Err(fault) => {
                    // Without it no other line means anything.
                    faults.add(number, fault.to_string());
                    return Ok(());
                }
            },
            (Some(_), Ok("")) => continue,
            (Some(header), Ok(line)) => header.fields(line),
        };
        match fields {
            Ok(fields) => row(number, fields, faults)?,
            Err(fault) => faults.add(number, fault.to_string()),
        }
        progress.tell(lines.bytes_read(), output.err)?;
    }
    progress.end(output.err)?;
    if header.is_none() {
        faults.add(1, "the header line is missing".to_owned());
    }
    Ok(())
}

/// What is wrong with a file, by line.
#[derive(Default)]
pub(super) struct Faults {
    told: Vec<(u32, String)>,
    more: usize,
}

impl Faults {
    pub(super) fn add(&mut self, line: u32, message: String) {
        if self.told.len() < FAULTS_TOLD {
            self.told.push((line, message));
        } else {
            self.more += 1;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    pub(super) fn print(&self, file: &Path, output: &mut Output<'_>) -> anyhow::Result<()> {
        for (line, message) in &self.told {
            writeln!(output.err, "{}:{line}: {message}", file.display())?;
        }
        if self.more > 0 {
            writeln!(output.err, "and {} faults more", self.more)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
