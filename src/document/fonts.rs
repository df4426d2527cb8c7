//! The letters: Titillium Web for text and Roboto Mono for codes, as the institute's pages have them. They come with the
//! design system (SIL Open Font License, embedding allowed) and hold the Latin script with the letters of every language
//! of the Union that is written in it.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider as _};

macro_rules! font {
    ($file:literal) => {
        include_bytes!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/src/http/assets/node_modules/bootstrap-italia/src/fonts/",
            $file
        ))
    };
}

const TEXT: &[u8] = font!("Titillium_Web/titillium-web-v10-latin-ext_latin-regular.ttf");
const STRONG: &[u8] = font!("Titillium_Web/titillium-web-v10-latin-ext_latin-600.ttf");
const CODE: &[u8] = font!("Roboto_Mono/roboto-mono-v13-latin-ext_latin-700.ttf");

/// Which letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    Text,
    Strong,
    Code,
}

/// The three faces, read once a document.
pub(super) struct Fonts {
    text: Letters,
    strong: Letters,
    code: Letters,
}

/// One face: for writing, and for measuring.
pub(super) struct Letters {
    pub(super) font: Font,
    measured: FontRef<'static>,
    widths: GlyphMetrics<'static>,
}

/// What stands for a character that the fonts lack.
const LACKING: char = '?';

impl Fonts {
    /// `None` if a font that was built in could not be read, which the tests rule out.
    pub(super) fn open() -> Option<Self> {
        Some(Self {
            text: Letters::open(TEXT)?,
            strong: Letters::open(STRONG)?,
            code: Letters::open(CODE)?,
        })
    }

    pub(super) fn of(&self, face: Face) -> &Letters {
        match face {
            Face::Text => &self.text,
            Face::Strong => &self.strong,
            Face::Code => &self.code,
        }
    }
}

impl Letters {
    fn open(bytes: &'static [u8]) -> Option<Self> {
        let measured = FontRef::new(bytes).ok()?;
        Some(Self {
            font: Font::new(bytes.into(), 0)?,
            widths: measured.glyph_metrics(Size::unscaled(), LocationRef::default()),
            measured,
        })
    }

    /// The text as these letters can show it: white space is a space, what is lacking is `?`.
    pub(super) fn shown(&self, text: &str) -> String {
        let charmap = self.measured.charmap();
        text.chars()
            .map(|char| if char.is_whitespace() { ' ' } else { char })
            .filter(|char| !char.is_control())
            .map(|char| charmap.map(char).map_or(LACKING, |_| char))
            .collect()
    }

    /// How wide a text is, in points, in letters of a size.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars()
            .map(|char| self.advance(char).1 * size)
            .sum::<f32>()
    }

    /// The letters of a text, for whoever draws them.
    pub(super) fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        text.char_indices()
            .map(|(at, char)| {
                let (id, advance) = self.advance(char);
                let range = at..at + char.len_utf8();
                KrillaGlyph::new(id, advance, 0.0, 0.0, 0.0, range, None)
            })
            .collect()
    }

    /// The letter for a character, and how far it leads, as a share of the size.
    fn advance(&self, char: char) -> (GlyphId, f32) {
        let charmap = self.measured.charmap();
        let glyph = charmap.map(char).or_else(|| charmap.map(LACKING));
        let glyph = glyph.unwrap_or_default();
        let units = self.widths.advance_width(glyph).unwrap_or_default();
        (
            GlyphId::new(glyph.to_u32()),
            units / self.font.units_per_em(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letters_of_the_union_are_there() {
        let fonts = Fonts::open().unwrap();
        let names = "Škofljica Žiga Čeh Łódź Győr Đurđa Straße Åsa Øyvind Þór Íñigo Ștefan Ģirts Ŋ – “«€»” 0123456789";
        for face in [Face::Text, Face::Strong] {
            assert_eq!(fonts.of(face).shown(names), names, "{face:?}");
        }
    }

    #[test]
    fn what_the_letters_lack_is_a_question_mark_and_nothing_steers() {
        let letters = Fonts::open().unwrap().text;
        assert_eq!(
            letters.shown("Ω\u{202e}мир\u{7}\tx"),
            "?????  x".replace("  ", " ")
        );
        assert_eq!(letters.shown("a\r\nb"), "a  b");
    }

    #[test]
    fn a_wider_text_is_wider() {
        let letters = Fonts::open().unwrap().text;
        assert!(letters.width("mm", 10.0) > letters.width("ii", 10.0));
        let code = Fonts::open().unwrap().code;
        assert!((code.width("ii", 10.0) - code.width("MM", 10.0)).abs() < 0.01);
    }
}
