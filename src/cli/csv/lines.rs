//! The lines of a file, and the fields of a line.

use std::io::{self, BufRead};

use super::CsvFault;

/// The longest line, in bytes: the columns together take much less.
pub(super) const LONGEST: usize = 4096;

/// The most columns that a line is divided into.
const MOST_COLUMNS: usize = 64;

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
    pub(super) fn next(&mut self) -> io::Result<Option<(u32, Result<&str, CsvFault>)>> {
        self.line.clear();
        let mut is_long = false;
        loop {
            let chunk = self.reader.fill_buf()?;
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let taken = end.unwrap_or(chunk.len());
            let room = LONGEST.saturating_sub(self.line.len());
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
            return Ok(Some((self.number, Err(CsvFault::TooLong))));
        }
        let line = std::str::from_utf8(&self.line).map_err(|_| CsvFault::NotUtf8);
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

/// Divides a line into its fields (RFC 4180, 2).
pub(super) fn split(line: &str, separator: char) -> Result<Vec<String>, CsvFault> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => {
                let end = rest.find(separator).unwrap_or(rest.len());
                let (field, after) = rest.split_at(end);
                if field.contains('"') {
                    return Err(CsvFault::StrayQuote);
                }
                (field.to_owned(), after)
            }
        };
        fields.push(field);
        if after.is_empty() || fields.len() > MOST_COLUMNS {
            return Ok(fields);
        }
        // Only the separator may follow a quoted field.
        rest = after.strip_prefix(separator).ok_or(CsvFault::StrayQuote)?;
    }
}

/// The field that begins after an opening quote, and what follows the closing one.
fn unquote(text: &str) -> Result<(String, &str), CsvFault> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let (part, after) = rest.split_once('"').ok_or(CsvFault::OpenQuote)?;
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
