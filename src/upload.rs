//! One PDF that a stranger sends us, and what may be shown of it.
//!
//! In: bytes from an upload. Out: a [`CheckedPdf`], which only [`PdfGate::check`] makes, or an [`UploadRefusal`] whose code
//! can be logged. The type is told by the content and never by a name or a header; scripts, actions, attachments and
//! encryption are refused by the names that they cannot do without (`content`), wherever those stand. What is left is
//! drawn by another program, bounded in time, memory and output (`poppler`): operators look at images of the pages, and
//! nobody opens the file itself (PIN rules, From ordinario to dispositivo).

mod content;
mod poppler;

use tokio::sync::Semaphore;

use crate::crypto::encoding::hex;
use crate::crypto::sha256;

pub use poppler::Tools;

/// What an upload may be.
#[derive(Debug, Clone)]
pub struct UploadLimits {
    /// The largest file, in bytes.
    pub max_bytes: usize,
    /// The most pages.
    pub max_pages: usize,
    /// The longer side of a page's image, in pixels.
    pub image_pixels: u32,
    /// The largest image of a page, in bytes.
    pub max_image_bytes: usize,
    /// How many files are looked at at once; each takes a process or two.
    pub at_once: usize,
}

impl Default for UploadLimits {
    /// 5 MiB and 10 pages: a form and both sides of a document, from a telephone. Images that an A4 page can be read on.
    fn default() -> Self {
        Self {
            max_bytes: 5 * 1024 * 1024,
            max_pages: 10,
            image_pixels: 1600,
            max_image_bytes: 2 * 1024 * 1024,
            at_once: 2,
        }
    }
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UploadRefusal {
    /// Larger than an upload may be.
    #[error("the file is too large")]
    TooLarge,
    /// It does not begin and end as a PDF does, or something else is around it.
    #[error("the file is not a PDF from its first byte to its last")]
    NotPdf,
    /// A PDF that cannot be taken apart, or whose pages cannot be drawn.
    #[error("the PDF cannot be read")]
    Unreadable,
    /// Behind a password, or otherwise encrypted.
    #[error("the PDF is encrypted")]
    Encrypted,
    /// Something in it does things: scripts, actions on opening, programs to start, forms that send.
    #[error("the PDF has scripts or actions")]
    Active,
    /// Other files, sounds or films are inside.
    #[error("the PDF has other files in it")]
    Attachments,
    /// More pages than a form and a document need.
    #[error("the PDF has too many pages")]
    TooManyPages,
    /// Reading or drawing it takes more time, memory or room than a form and a document do.
    #[error("the PDF costs too much to draw")]
    TooCostly,
    /// The program that draws is not there, or too much is being drawn: not the file's fault.
    #[error("pages cannot be drawn now")]
    Unavailable,
}

impl UploadRefusal {
    /// The reason code, for logs and for the text that people see.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::NotPdf => "not-pdf",
            Self::Unreadable => "unreadable",
            Self::Encrypted => "encrypted",
            Self::Active => "active",
            Self::Attachments => "attachments",
            Self::TooManyPages => "too-many-pages",
            Self::TooCostly => "too-costly",
            Self::Unavailable => "unavailable",
        }
    }
}

/// A PDF that was found harmless, and its pages as images. Only [`PdfGate::check`] makes one.
#[derive(Clone)]
pub struct CheckedPdf {
    bytes: Vec<u8>,
    pages: Vec<Vec<u8>>,
}

impl CheckedPdf {
    /// The file as it was sent: evidence, for nobody to open.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its pages in order, each a JPEG image made here.
    #[must_use]
    pub fn pages(&self) -> &[Vec<u8>] {
        &self.pages
    }

    /// SHA-256 of the file, in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex(&sha256(&self.bytes))
    }
}

impl std::fmt::Debug for CheckedPdf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckedPdf")
            .field("bytes", &self.bytes.len())
            .field("pages", &self.pages.len())
            .finish()
    }
}

/// Looks at uploads, a few at a time.
#[derive(Debug)]
pub struct PdfGate {
    limits: UploadLimits,
    tools: Tools,
    places: Semaphore,
}

impl Default for PdfGate {
    /// The usual limits, and the programs as they are found on the path.
    fn default() -> Self {
        Self::new(UploadLimits::default(), Tools::default())
    }
}

impl PdfGate {
    /// A gate that draws with these programs.
    #[must_use]
    pub fn new(limits: UploadLimits, tools: Tools) -> Self {
        Self {
            places: Semaphore::new(limits.at_once),
            limits,
            tools,
        }
    }

    /// One page of a file that was found harmless before, as a JPEG image; pages are counted from one.
    ///
    /// # Errors
    /// [`UploadRefusal`] when it cannot be drawn (any more), [`Unavailable`](UploadRefusal::Unavailable) when too much is
    /// being drawn already.
    pub async fn draw(&self, file: &[u8], page: usize) -> Result<Vec<u8>, UploadRefusal> {
        let Ok(_place) = self.places.try_acquire() else {
            return Err(UploadRefusal::Unavailable);
        };
        self.tools.draw(file, page, &self.limits).await
    }

    /// What an upload may be.
    #[must_use]
    pub fn limits(&self) -> &UploadLimits {
        &self.limits
    }

    /// Looks at a file and draws its pages.
    ///
    /// # Errors
    /// [`UploadRefusal`] names the first rule that the file breaks.
    pub async fn check(&self, bytes: Vec<u8>) -> Result<CheckedPdf, UploadRefusal> {
        if bytes.len() > self.limits.max_bytes {
            return Err(UploadRefusal::TooLarge);
        }
        // A burst is told to come back: a queue would hold the files in memory.
        let Ok(_place) = self.places.try_acquire() else {
            return Err(UploadRefusal::Unavailable);
        };
        let bytes = tokio::task::spawn_blocking(move || content::check(&bytes).map(|()| bytes))
            .await
            .map_err(|_| UploadRefusal::Unavailable)??;
        let count = self.tools.count_pages(&bytes).await?;
        if count > self.limits.max_pages {
            return Err(UploadRefusal::TooManyPages);
        }
        let mut pages = Vec::with_capacity(count);
        for number in 1..=count {
            pages.push(self.tools.draw(&bytes, number, &self.limits).await?);
        }
        Ok(CheckedPdf { bytes, pages })
    }
}

#[cfg(test)]
mod tests;
