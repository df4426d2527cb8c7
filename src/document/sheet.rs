//! A document laid out: pages with marks at places, and the structure that says what the marks are.

use super::fonts::Face;

/// Points (1/72 inch) in a millimetre.
pub(super) const fn mm(millimetres: f32) -> f32 {
    millimetres * 72.0 / 25.4
}

/// A4 (ISO 216), in points.
pub(super) const PAGE: (f32, f32) = (mm(210.0), mm(297.0));

/// What is drawn, in points from the top left corner of its page.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ink {
    /// One line of text; `y` is its base line.
    Text {
        face: Face,
        size: f32,
        x: f32,
        y: f32,
        text: String,
    },
    /// A thin line.
    Line { from: (f32, f32), to: (f32, f32) },
    /// The outline of a rectangle.
    Frame { x: f32, y: f32, w: f32, h: f32 },
    /// Filled rectangles of one height: the bars of a code, as left edges and widths.
    Bars {
        y: f32,
        h: f32,
        bars: Vec<(f32, f32)>,
    },
}

/// Ink, and the part of the document that it shows; `None` for what only decorates (fold marks, frames, page numbers).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mark {
    pub(super) part: Option<PartId>,
    pub(super) ink: Ink,
}

/// What a part of the document is, to whoever cannot see it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A heading: how deep, and what it says.
    Heading(u16, String),
    Paragraph,
    Table,
    Row,
    /// A cell that names its row.
    RowHeading,
    /// A cell that names its column.
    ColumnHeading,
    Cell,
    List,
    Point,
    /// A picture: what it shows, its page, and where it is on it (left, top, width, height).
    Figure {
        described: String,
        page: usize,
        place: [f32; 4],
    },
}

/// Which part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PartId(pub(super) usize);

/// A part and the one that holds it; `None` for the document.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    pub(super) kind: Kind,
    pub(super) within: Option<PartId>,
}

/// Where a heading came to stand, for the outline.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Landmark {
    pub(super) page: usize,
    pub(super) y: f32,
    pub(super) text: String,
}

/// The whole.
#[derive(Debug, Default)]
pub(super) struct LaidOut {
    pub(super) pages: Vec<Vec<Mark>>,
    pub(super) parts: Vec<Part>,
    pub(super) landmarks: Vec<Landmark>,
}

impl LaidOut {
    pub(super) fn part(&mut self, kind: Kind, within: Option<PartId>) -> PartId {
        self.parts.push(Part { kind, within });
        PartId(self.parts.len() - 1)
    }
}
