//! Puts the pieces of a document onto pages, from top to bottom.
//!
//! Each kind of piece asks the [`Pen`] for room and leaves marks. The pen begins a new page where a piece does not fit.

mod pieces;
mod text;

use super::fonts::{Face, Fonts};
use super::sheet::{Ink, Kind, LaidOut, Mark, PAGE, PartId, mm};
use super::{Document, DocumentError, Envelope, Language};

/// White around the text.
const MARGIN: f32 = mm(20.0);
/// The base line of what stands at the foot.
const FOOT: f32 = PAGE.1 - mm(10.0);
/// Where text ends, above the foot.
const BOTTOM: f32 = PAGE.1 - mm(20.0);
/// Letters of the text, and the space from line to line.
const SIZE: f32 = 10.5;
const LEADING: f32 = 14.5;
const SMALL: f32 = 8.0;

/// The folds of a sheet that goes into a DL envelope, or that is one.
const FOLDS: [f32; 2] = [mm(99.0), mm(198.0)];
/// The left edge of the window of a DL envelope, and where its first line stands.
const WINDOW: (f32, f32) = (mm(115.0), mm(50.0));
/// How wide an address may be: what the window shows, less the play of the sheet in the envelope.
const WINDOW_WIDTH: f32 = mm(78.0);

/// Lays a document out.
pub(super) fn lay_out(document: &Document, fonts: &Fonts) -> Result<LaidOut, DocumentError> {
    let mut pen = Pen::new(fonts, document.about.language);
    pen.issuer(&document.about.issuer);
    match &document.envelope {
        Envelope::None => {}
        Envelope::Window { to } | Envelope::Sealed { to } => pen.address(to),
    }
    for piece in &document.pieces {
        pen.piece(piece)?;
    }
    let is_sealed = matches!(document.envelope, Envelope::Sealed { .. });
    if is_sealed && pen.out.pages.len() > 1 {
        return Err(DocumentError::DoesNotFit);
    }
    pen.feet(document.about.reference.as_deref());
    if is_sealed {
        pen.pattern();
    }
    Ok(pen.out)
}

/// Where writing goes on.
struct Pen<'a> {
    fonts: &'a Fonts,
    language: Language,
    out: LaidOut,
    /// How far down the page is taken.
    y: f32,
    /// The left edge and the width of the column.
    left: f32,
    width: f32,
}

impl<'a> Pen<'a> {
    fn new(fonts: &'a Fonts, language: Language) -> Self {
        Self {
            fonts,
            language,
            out: LaidOut {
                pages: vec![Vec::new()],
                ..LaidOut::default()
            },
            y: MARGIN,
            left: MARGIN,
            width: PAGE.0 - 2.0 * MARGIN,
        }
    }

    fn mark(&mut self, part: Option<PartId>, ink: Ink) {
        if let Some(page) = self.out.pages.last_mut() {
            page.push(Mark { part, ink });
        }
    }

    fn new_page(&mut self) {
        self.out.pages.push(Vec::new());
        self.y = MARGIN;
    }

    /// Makes sure of so much room beneath, on a new page if need be.
    fn room(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > MARGIN {
            self.new_page();
        }
    }

    /// Leaves white, unless a page begins.
    fn gap(&mut self, height: f32) {
        if self.y > MARGIN {
            self.y += height;
        }
    }

    /// One line of text at a place.
    fn put(
        &mut self,
        part: Option<PartId>,
        (face, size): (Face, f32),
        (x, y): (f32, f32),
        text: &str,
    ) {
        let text = self.fonts.of(face).shown(text);
        let ink = Ink::Text {
            face,
            size,
            x,
            y,
            text,
        };
        self.mark(part, ink);
    }

    fn issuer(&mut self, issuer: &str) {
        let part = self.out.part(Kind::Paragraph, None);
        let baseline = MARGIN + SIZE;
        self.put(Some(part), (Face::Strong, SIZE), (MARGIN, baseline), issuer);
        self.y = MARGIN + 2.0 * LEADING;
    }

    /// The address where the window is, the fold marks at the edge, and the text beneath the first fold.
    fn address(&mut self, to: &[String]) {
        let part = self.out.part(Kind::Paragraph, None);
        let (x, mut y) = WINDOW;
        for line in to {
            let lines = text::wrap(self.fonts.of(Face::Text), SIZE, line, WINDOW_WIDTH);
            for line in lines {
                self.put(Some(part), (Face::Text, SIZE), (x, y), &line);
                y += LEADING;
            }
        }
        for fold in FOLDS {
            let ink = Ink::Line {
                from: (mm(4.0), fold),
                to: (mm(8.0), fold),
            };
            self.mark(None, ink);
        }
        self.y = FOLDS[0] + mm(8.0);
    }

    /// The back of a sealed sheet: rows of letters behind the thirds that hold the text, against reading through paper.
    fn pattern(&mut self) {
        self.new_page();
        let letters = self.fonts.of(Face::Code);
        let row = "8B3W6M9R5X2H7K4D".repeat(12);
        let (size, step) = (9.0, 7.0);
        let row: String = row
            .chars()
            .take_while({
                let mut wide = 0.0;
                move |char| {
                    wide += letters.width(char.encode_utf8(&mut [0; 4]), size);
                    wide <= PAGE.0
                }
            })
            .collect();
        let mut y = FOLDS[0] + step;
        let mut turn = 0;
        while y < PAGE.1 {
            let rotated: String = row
                .chars()
                .cycle()
                .skip(turn)
                .take(row.chars().count())
                .collect();
            self.put(None, (Face::Code, size), (0.0, y), &rotated);
            y += step;
            turn = (turn + 5) % 16;
        }
    }

    /// The reference and the number of each page, where there is anything to say.
    fn feet(&mut self, reference: Option<&str>) {
        let letters = self.fonts.of(Face::Text);
        let count = self.out.pages.len();
        let reference = reference.map(|text| letters.shown(text));
        for (index, page) in self.out.pages.iter_mut().enumerate() {
            let number = format!("{}/{count}", index + 1);
            let right = PAGE.0 - MARGIN - letters.width(&number, SMALL);
            let texts = [
                reference.clone().map(|text| (MARGIN, text)),
                (count > 1).then_some((right, number)),
            ];
            for (x, text) in texts.into_iter().flatten() {
                let ink = Ink::Text {
                    face: Face::Text,
                    size: SMALL,
                    x,
                    y: FOOT,
                    text,
                };
                page.push(Mark { part: None, ink });
            }
        }
    }
}
