//! Writes what was laid out as PDF, with its structure.

use std::num::NonZeroU16;

use chrono::{Datelike as _, Timelike as _};
use krilla::color::luma;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, BBox, ContentTag, Identifier, ListNumbering, Node, SpanTag,
    TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
};
use krilla::{Document, SerializeSettings};

use super::fonts::Fonts;
use super::sheet::{Ink, Kind, LaidOut, Mark, PAGE, PartId};
use super::{About, DocumentError};
use crate::identity::Timestamp;

/// The program that writes.
const WRITER: &str = "Varco";
/// Lines that divide, lightly.
const GREY: u8 = 120;

/// The file.
pub(super) fn write(
    about: &About,
    laid_out: &LaidOut,
    fonts: &Fonts,
) -> Result<Vec<u8>, DocumentError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|_| DocumentError::Write)?;
    let mut document = Document::new_with(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    });
    document.set_metadata(metadata(about));

    let mut leaves: Vec<Vec<Identifier>> = vec![Vec::new(); laid_out.parts.len()];
    for marks in &laid_out.pages {
        let size = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or(DocumentError::Write)?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        for mark in marks {
            let identifier = surface.start_tagged(tag(mark));
            draw(&mut surface, &mark.ink, fonts);
            surface.end_tagged();
            if let Some(leaves) = mark.part.and_then(|part| leaves.get_mut(part.0)) {
                leaves.push(identifier);
            }
        }
        surface.finish();
        page.finish();
    }
    document.set_outline(outline(laid_out));
    let mut tree = TagTree::new().with_lang(Some(about.language.tag().to_owned()));
    for node in nodes(laid_out, &leaves, None) {
        tree.push(node);
    }
    document.set_tag_tree(tree);
    document.finish().map_err(|_| DocumentError::Write)
}

fn metadata(about: &About) -> Metadata {
    Metadata::new()
        .title(about.title.clone())
        .authors(vec![about.issuer.clone()])
        .language(about.language.tag().to_owned())
        .creator(WRITER.to_owned())
        .creation_date(date(about.made))
}

fn date(at: Timestamp) -> DateTime {
    // Each of them is small enough for its type.
    let small = |value: u32| u8::try_from(value).unwrap_or_default();
    DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn tag(mark: &Mark) -> ContentTag<'static> {
    match (&mark.part, &mark.ink) {
        (None, _) => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)),
        (Some(_), Ink::Text { .. }) => ContentTag::Span(SpanTag::empty()),
        (Some(_), _) => ContentTag::Other,
    }
}

fn draw(surface: &mut Surface<'_>, ink: &Ink, fonts: &Fonts) {
    match ink {
        Ink::Text {
            face,
            size,
            x,
            y,
            text,
        } => {
            let letters = fonts.of(*face);
            surface.set_stroke(None);
            surface.set_fill(Some(Fill::default()));
            surface.draw_glyphs(
                Point::from_xy(*x, *y),
                &letters.glyphs(text),
                letters.font.clone(),
                text,
                *size,
                false,
            );
        }
        Ink::Line { from, to } => {
            let mut path = PathBuilder::new();
            path.move_to(from.0, from.1);
            path.line_to(to.0, to.1);
            stroke(surface, path.finish());
        }
        Ink::Frame { x, y, w, h } => {
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(*x, *y, *w, *h) {
                path.push_rect(rect);
            }
            stroke(surface, path.finish());
        }
        Ink::Bars { y, h, bars } => {
            let mut path = PathBuilder::new();
            for (x, w) in bars {
                if let Some(rect) = Rect::from_xywh(*x, *y, *w, *h) {
                    path.push_rect(rect);
                }
            }
            surface.set_stroke(None);
            surface.set_fill(Some(Fill::default()));
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}

fn stroke(surface: &mut Surface<'_>, path: Option<Path>) {
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke {
        paint: luma::Color::new(GREY).into(),
        width: 0.6,
        ..Stroke::default()
    }));
    if let Some(path) = path {
        surface.draw_path(&path);
    }
}

fn outline(laid_out: &LaidOut) -> Outline {
    let mut outline = Outline::new();
    for landmark in &laid_out.landmarks {
        let place = XyzDestination::new(landmark.page, Point::from_xy(0.0, landmark.y));
        outline.push_child(OutlineNode::new(landmark.text.clone(), place));
    }
    outline
}

/// The parts that a part holds, in the order in which they were laid out, which is the order of reading.
fn nodes(laid_out: &LaidOut, leaves: &[Vec<Identifier>], within: Option<PartId>) -> Vec<Node> {
    let parts = laid_out.parts.iter().zip(leaves).enumerate();
    parts
        .filter(|(_, (part, _))| part.within == within)
        .map(|(index, (part, leaves_here))| {
            // A box to tick stands before its words.
            let mut children = nodes(laid_out, leaves, Some(PartId(index)));
            children.extend(leaves_here.iter().map(|leaf| Node::Leaf(*leaf)));
            if part.kind == Kind::Point {
                let body = TagGroup::with_children(Tag::LBody, children);
                children = vec![Node::Group(body)];
            }
            Node::Group(TagGroup::with_children(kind(&part.kind), children))
        })
        .collect()
}

fn kind(kind: &Kind) -> TagKind {
    match kind {
        Kind::Heading(level, text) => {
            let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
            Tag::Hn(level, Some(text.clone())).into()
        }
        Kind::Paragraph => Tag::P.into(),
        Kind::Table => Tag::Table.into(),
        Kind::Row => Tag::TR.into(),
        Kind::RowHeading => Tag::TH(TableHeaderScope::Row).into(),
        Kind::ColumnHeading => Tag::TH(TableHeaderScope::Column).into(),
        Kind::Cell => Tag::TD.into(),
        Kind::List => Tag::L(ListNumbering::None).into(),
        Kind::Point => Tag::LI.into(),
        Kind::Figure {
            described,
            page,
            place: [x, y, w, h],
        } => {
            let place = Rect::from_xywh(*x, *y, *w, *h).map(|rect| BBox::new(*page, rect));
            Tag::Figure(Some(described.clone())).with_bbox(place).into()
        }
    }
}
