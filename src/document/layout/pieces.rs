//! Each kind of piece on the page.

use super::text::wrap;
use super::{LEADING, Pen, SIZE, SMALL};
use crate::document::fonts::Face;
use crate::document::sheet::{Ink, Kind, Landmark, PartId, mm};
use crate::document::{DocumentError, Language, Piece, barcode};

/// White within a cell, from its edge to its text.
const PADDING: f32 = mm(1.5);
/// The width of one module of a barcode: what a reader held in the hand still tells apart.
const MODULE: f32 = mm(0.33);
const BAR_HEIGHT: f32 = mm(12.0);
const CODE_SIZE: f32 = 20.0;
const BOX: f32 = mm(3.2);
/// The share of a table of facts that the names take.
const NAMES: f32 = 0.36;

impl Pen<'_> {
    pub(super) fn piece(&mut self, piece: &Piece) -> Result<(), DocumentError> {
        match piece {
            Piece::Heading(text) => self.heading(text, 1, 16.0),
            Piece::Subheading(text) => self.heading(text, 2, 12.0),
            Piece::Paragraph(text) => self.paragraph(text),
            Piece::Facts(facts) => self.facts(facts),
            Piece::Table { headings, rows } => self.table(headings, rows),
            Piece::List(points) => self.list(points),
            Piece::Ticks(boxes) => self.ticks(boxes),
            Piece::Code(code) => self.code(code),
            Piece::Barcode { code, described } => return self.barcode(code, described),
            Piece::Blanks(labels) => self.blanks(labels),
            Piece::NewPage => self.new_page(),
        }
        Ok(())
    }

    fn heading(&mut self, text: &str, level: u16, size: f32) {
        let leading = size * 1.3;
        self.gap(mm(2.5));
        // A heading does not stand alone at the foot of a page.
        self.room(leading + 3.0 * LEADING);
        let shown = self.fonts.of(Face::Strong).shown(text);
        self.out.landmarks.push(Landmark {
            page: self.out.pages.len() - 1,
            y: self.y,
            text: shown.clone(),
        });
        let part = self.out.part(Kind::Heading(level, shown), None);
        self.lines(part, (Face::Strong, size), leading, text);
        self.y += mm(1.5);
    }

    fn paragraph(&mut self, text: &str) {
        let part = self.out.part(Kind::Paragraph, None);
        self.lines(part, (Face::Text, SIZE), LEADING, text);
        self.y += mm(2.0);
    }

    /// Lines in the column, over as many pages as they take.
    fn lines(&mut self, part: PartId, letters: (Face, f32), leading: f32, text: &str) {
        let (face, size) = letters;
        for line in wrap(self.fonts.of(face), size, text, self.width) {
            self.room(leading);
            let at = (self.left, self.y + size);
            self.put(Some(part), letters, at, &line);
            self.y += leading;
        }
    }

    fn facts(&mut self, facts: &[(String, String)]) {
        let table = self.out.part(Kind::Table, None);
        let names = self.width * NAMES;
        let columns = [names, self.width - names];
        for (name, value) in facts {
            let cells = [
                (Kind::RowHeading, Face::Strong, name.as_str()),
                (Kind::Cell, Face::Text, value.as_str()),
            ];
            self.row(table, &columns, cells);
        }
        self.y += mm(2.5);
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a table has a handful of columns"
    )]
    fn table(&mut self, headings: &[String], rows: &[Vec<String>]) {
        let table = self.out.part(Kind::Table, None);
        let columns = vec![self.width / headings.len().max(1) as f32; headings.len()];
        let cells = headings
            .iter()
            .map(|text| (Kind::ColumnHeading, Face::Strong, text.as_str()));
        self.row(table, &columns, cells);
        for row in rows {
            let texts = row.iter().map(String::as_str).chain(std::iter::repeat(""));
            let cells = texts.map(|text| (Kind::Cell, Face::Text, text));
            self.row(table, &columns, cells.take(columns.len()));
        }
        self.y += mm(2.5);
    }

    /// One row: as high as its highest cell, whole on one page.
    fn row<'t>(
        &mut self,
        table: PartId,
        columns: &[f32],
        cells: impl IntoIterator<Item = (Kind, Face, &'t str)>,
    ) {
        let cells: Vec<(Kind, Face, Vec<String>)> = columns
            .iter()
            .zip(cells)
            .map(|(width, (kind, face, text))| {
                let lines = wrap(self.fonts.of(face), SIZE, text, width - 2.0 * PADDING);
                (kind, face, lines)
            })
            .collect();
        let count = cells.iter().map(|(_, _, lines)| lines.len()).max();
        let height: f32 = (0..count.unwrap_or(0).max(1)).map(|_| LEADING).sum::<f32>() + PADDING;
        self.room(height);
        let row = self.out.part(Kind::Row, Some(table));
        let mut x = self.left;
        for (width, (kind, face, lines)) in columns.iter().zip(cells) {
            let frame = Ink::Frame {
                x,
                y: self.y,
                w: *width,
                h: height,
            };
            self.mark(None, frame);
            let cell = self.out.part(kind, Some(row));
            let mut y = self.y + PADDING / 2.0 + SIZE;
            for line in lines {
                self.put(Some(cell), (face, SIZE), (x + PADDING, y), &line);
                y += LEADING;
            }
            x += width;
        }
        self.y += height;
    }

    fn list(&mut self, points: &[String]) {
        let list = self.out.part(Kind::List, None);
        for point in points {
            let part = self.out.part(Kind::Point, Some(list));
            self.room(LEADING);
            let at = (self.left + mm(1.0), self.y + SIZE);
            self.put(None, (Face::Text, SIZE), at, "•");
            self.indented(part, mm(5.0), point);
        }
        self.y += mm(2.0);
    }

    fn ticks(&mut self, boxes: &[(bool, String)]) {
        let list = self.out.part(Kind::List, None);
        for (ticked, text) in boxes {
            let part = self.out.part(Kind::Point, Some(list));
            self.room(LEADING);
            let (x, y) = (self.left, self.y + SIZE - BOX + 0.5);
            let described = ticked_or_not(self.language, *ticked);
            let figure = self.figure(described, [x, y, BOX, BOX], Some(part));
            let frame = Ink::Frame {
                x,
                y,
                w: BOX,
                h: BOX,
            };
            self.mark(Some(figure), frame);
            let cross = [((x, y), (x + BOX, y + BOX)), ((x, y + BOX), (x + BOX, y))];
            for (from, to) in cross.into_iter().filter(|_| *ticked) {
                self.mark(Some(figure), Ink::Line { from, to });
            }
            self.indented(part, mm(5.0), text);
            self.y += mm(0.8);
        }
        self.y += mm(2.0);
    }

    fn figure(&mut self, described: &str, place: [f32; 4], within: Option<PartId>) -> PartId {
        let kind = Kind::Figure {
            described: described.to_owned(),
            page: self.out.pages.len() - 1,
            place,
        };
        self.out.part(kind, within)
    }

    fn indented(&mut self, part: PartId, by: f32, text: &str) {
        self.left += by;
        self.width -= by;
        self.lines(part, (Face::Text, SIZE), LEADING, text);
        self.left -= by;
        self.width += by;
    }

    fn code(&mut self, code: &str) {
        let chars: Vec<char> = code.chars().filter(|char| !char.is_whitespace()).collect();
        let groups: Vec<String> = chars
            .chunks(4)
            .map(|group| group.iter().collect())
            .collect();
        let text = groups.join(" ");
        let height = CODE_SIZE * 1.8;
        self.room(height + mm(3.0));
        let letters = self.fonts.of(Face::Code);
        let wide = letters.width(&letters.shown(&text), CODE_SIZE) + 2.0 * mm(5.0);
        let frame = Ink::Frame {
            x: self.left,
            y: self.y,
            w: wide,
            h: height,
        };
        self.mark(None, frame);
        let part = self.out.part(Kind::Paragraph, None);
        let at = (self.left + mm(5.0), self.y + CODE_SIZE * 1.25);
        self.put(Some(part), (Face::Code, CODE_SIZE), at, &text);
        self.y += height + mm(3.0);
    }

    fn barcode(&mut self, code: &str, described: &str) -> Result<(), DocumentError> {
        let (bars, wide) = barcode::bars(code).ok_or(DocumentError::Barcode)?;
        let height = BAR_HEIGHT + LEADING + mm(2.0);
        self.room(height);
        let place = [self.left, self.y, f32::from(wide) * MODULE, BAR_HEIGHT];
        let figure = self.figure(described, place, None);
        let bars = bars
            .into_iter()
            .map(|(at, width)| {
                (
                    self.left + f32::from(at) * MODULE,
                    f32::from(width) * MODULE,
                )
            })
            .collect();
        let ink = Ink::Bars {
            y: self.y,
            h: BAR_HEIGHT,
            bars,
        };
        self.mark(Some(figure), ink);
        let part = self.out.part(Kind::Paragraph, None);
        // Under the first bar, behind the quiet zone.
        let at = (self.left + 10.0 * MODULE, self.y + BAR_HEIGHT + SIZE);
        self.put(Some(part), (Face::Code, SIZE), at, code);
        self.y += height;
        Ok(())
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "there is a handful of lines side by side"
    )]
    fn blanks(&mut self, labels: &[String]) {
        let height = mm(14.0) + LEADING;
        self.room(height);
        let between = mm(8.0);
        let count = labels.len().max(1) as f32;
        let wide = (self.width - between * (count - 1.0)) / count;
        let line = self.y + mm(14.0);
        let mut x = self.left;
        for label in labels {
            let ink = Ink::Line {
                from: (x, line),
                to: (x + wide, line),
            };
            self.mark(None, ink);
            let part = self.out.part(Kind::Paragraph, None);
            self.put(
                Some(part),
                (Face::Text, SMALL),
                (x, line + SMALL + 2.0),
                label,
            );
            x += wide + between;
        }
        self.y += height;
    }
}

/// What a box says to whoever cannot see it.
fn ticked_or_not(language: Language, ticked: bool) -> &'static str {
    match (language, ticked) {
        (Language::Italian, true) => "casella barrata",
        (Language::Italian, false) => "casella vuota",
        (Language::English, true) => "ticked box",
        (Language::English, false) => "empty box",
    }
}
