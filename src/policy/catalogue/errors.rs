//! What is wrong in a catalogue, all of it, with lines.

use std::fmt;
use std::ops::Range;

use super::Catalogue;

/// One thing wrong in a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueError {
    /// The line, counting from one.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

/// Everything wrong in a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct CatalogueErrors(pub Vec<CatalogueError>);

/// Collects what is wrong.
pub(super) struct Errors<'a> {
    text: &'a str,
    found: Vec<CatalogueError>,
}

impl<'a> Errors<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            found: Vec::new(),
        }
    }

    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        let before = self.text.bytes().take(span.start);
        before.filter(|byte| *byte == b'\n').count() + 1
    }

    pub(super) fn at(&mut self, span: &Range<usize>, message: impl Into<String>) {
        self.found.push(CatalogueError {
            line: self.line(span),
            message: message.into(),
        });
    }

    pub(super) fn toml(&mut self, error: &toml::de::Error, otherwise: Range<usize>) {
        self.at(&error.span().unwrap_or(otherwise), error.message().trim());
    }

    /// The catalogue, if nothing was wrong.
    pub(super) fn finish(mut self, catalogue: Catalogue) -> Result<Catalogue, CatalogueErrors> {
        if self.found.is_empty() {
            return Ok(catalogue);
        }
        self.found.sort_by_key(|error| error.line);
        Err(CatalogueErrors(self.found))
    }
}
