//! Documents for people: letters, forms, receipts, as PDF.
//!
//! In: what a document says, piece by piece in reading order ([`Document`]). Out: the bytes of a PDF that prints the same
//! everywhere (PDF/A-2a: its fonts are in it) and that a screen reader can read (PDF/UA-1: headings, tables and lists are
//! marked as such). The same pieces make the same bytes, so a letter that is written twice is the same letter.
//!
//! A document is plain on purpose: nothing in it runs, links, or comes from outside. It lays text out in the Latin script
//! only; a character that the fonts lack is shown as `?`.
//!
//! Layer 2: uses `identity`. The only user of `krilla` and `skrifa` (decision 0022).

mod barcode;
mod fonts;
mod layout;
mod sheet;
mod write;

use crate::identity::Timestamp;

/// In which language a document is, for whoever reads it aloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Italian.
    Italian,
    /// English.
    English,
}

impl Language {
    /// Its tag (BCP 47).
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Italian => "it",
            Self::English => "en",
        }
    }
}

/// What a document is, beside what it says.
#[derive(Debug, Clone)]
pub struct About {
    /// Its title, which readers of PDF show.
    pub title: String,
    /// Who issues it: the first line of the first page.
    pub issuer: String,
    /// Its language.
    pub language: Language,
    /// When it was made. Part of the file, so the same document has to be given the same moment.
    pub made: Timestamp,
    /// What ties the paper to its case: at the foot of every page. Never a secret, for it may show through a window.
    pub reference: Option<String>,
}

/// Where an envelope needs things to be.
#[derive(Debug, Clone)]
enum Envelope {
    /// None: a form or a receipt.
    None,
    /// A DL envelope with a window, the sheet folded in three.
    Window { to: Vec<String> },
    /// The sheet is its own envelope: folded in three like a Z and sealed along its edges, text inside.
    Sealed { to: Vec<String> },
}

/// One piece of a document.
#[derive(Debug, Clone)]
enum Piece {
    Heading(String),
    Subheading(String),
    Paragraph(String),
    Facts(Vec<(String, String)>),
    Table {
        headings: Vec<String>,
        rows: Vec<Vec<String>>,
    },
    List(Vec<String>),
    Ticks(Vec<(bool, String)>),
    Code(String),
    Barcode {
        code: String,
        described: String,
    },
    Blanks(Vec<String>),
    NewPage,
}

/// A document could not be written. Names nothing of what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// A sealed sheet holds one page of text, no more.
    #[error("the text does not fit on one sealed sheet")]
    DoesNotFit,
    /// The code has characters that a barcode cannot hold (only printable ASCII), or too many.
    #[error("a barcode cannot hold the code")]
    Barcode,
    /// Whatever writes PDF found a fault in the document.
    #[error("the PDF cannot be written")]
    Write,
}

/// A document on its way: pieces are added in the order in which they are read, then [`Document::finish`] lays them out
/// on as many A4 pages as they take.
#[derive(Debug, Clone)]
pub struct Document {
    about: About,
    envelope: Envelope,
    pieces: Vec<Piece>,
}

impl Document {
    /// A form or a receipt: text from top to bottom.
    #[must_use]
    pub fn new(about: About) -> Self {
        Self::in_envelope(about, Envelope::None)
    }

    /// A letter, folded in three for a DL envelope with a window on the right, through which the lines of `to` are read.
    #[must_use]
    pub fn letter(about: About, to: Vec<String>) -> Self {
        Self::in_envelope(about, Envelope::Window { to })
    }

    /// A sheet that is its own envelope, for what nobody but its holder may read: folded in three like a Z, sealed along
    /// the edges. Address outside; the text on the two thirds that face each other; behind the code a pattern, so that
    /// nobody reads it against the light.
    #[must_use]
    pub fn sealed(about: About, to: Vec<String>) -> Self {
        Self::in_envelope(about, Envelope::Sealed { to })
    }

    fn in_envelope(about: About, envelope: Envelope) -> Self {
        Self {
            about,
            envelope,
            pieces: Vec::new(),
        }
    }

    /// The heading of a document; every document begins with one.
    #[must_use]
    pub fn heading(self, text: impl Into<String>) -> Self {
        self.with(Piece::Heading(text.into()))
    }

    /// The heading of a section.
    #[must_use]
    pub fn subheading(self, text: impl Into<String>) -> Self {
        self.with(Piece::Subheading(text.into()))
    }

    /// A paragraph. Each line of the text begins on a line of its own.
    #[must_use]
    pub fn paragraph(self, text: impl Into<String>) -> Self {
        self.with(Piece::Paragraph(text.into()))
    }

    /// Names and values, one pair a row. An empty value leaves a line to write on.
    #[must_use]
    pub fn facts<N: Into<String>, V: Into<String>>(
        self,
        facts: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let facts = facts
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        self.with(Piece::Facts(facts.collect()))
    }

    /// A table with a row of headings. A row that is shorter ends in empty cells.
    #[must_use]
    pub fn table(self, headings: Vec<String>, rows: Vec<Vec<String>>) -> Self {
        self.with(Piece::Table { headings, rows })
    }

    /// A list of points.
    #[must_use]
    pub fn list<T: Into<String>>(self, points: impl IntoIterator<Item = T>) -> Self {
        self.with(Piece::List(points.into_iter().map(Into::into).collect()))
    }

    /// Boxes, ticked or for somebody to tick.
    #[must_use]
    pub fn ticks<T: Into<String>>(self, boxes: impl IntoIterator<Item = (bool, T)>) -> Self {
        let boxes = boxes
            .into_iter()
            .map(|(ticked, text)| (ticked, text.into()));
        self.with(Piece::Ticks(boxes.collect()))
    }

    /// A code that somebody has to type: large, in letters that cannot be taken for one another, in groups of four.
    #[must_use]
    pub fn code(self, code: impl Into<String>) -> Self {
        self.with(Piece::Code(code.into()))
    }

    /// A code that a machine reads (Code 128), with the same in letters beneath. `described` says what it is to whoever
    /// cannot see it.
    #[must_use]
    pub fn barcode(self, code: impl Into<String>, described: impl Into<String>) -> Self {
        self.with(Piece::Barcode {
            code: code.into(),
            described: described.into(),
        })
    }

    /// Lines to write on, side by side, each with what belongs on it beneath: place and date, signature.
    #[must_use]
    pub fn blanks<T: Into<String>>(self, labels: impl IntoIterator<Item = T>) -> Self {
        self.with(Piece::Blanks(labels.into_iter().map(Into::into).collect()))
    }

    /// Goes on at the top of a new page.
    #[must_use]
    pub fn new_page(self) -> Self {
        self.with(Piece::NewPage)
    }

    fn with(mut self, piece: Piece) -> Self {
        self.pieces.push(piece);
        self
    }

    /// The PDF.
    ///
    /// # Errors
    /// [`DocumentError`] when it cannot be written.
    pub fn finish(&self) -> Result<Vec<u8>, DocumentError> {
        let fonts = fonts::Fonts::open().ok_or(DocumentError::Write)?;
        let laid_out = layout::lay_out(self, &fonts)?;
        write::write(&self.about, &laid_out, &fonts)
    }
}
