//! What a person does with a form between downloading and sending it: they print it, sign it, lay it on a scanner with their
//! document, and get one PDF of pictures.

use std::fmt::Write as _;

use crate::upload::{PdfGate, UploadRefusal};

/// A4 in points.
const PAGE: &str = "[0 0 595 842]";
/// A signature, by a person in a hurry: in points of a box of 110 by 30.
const SIGNATURE: &str = "0 8 m 6 34 14 30 10 10 c 8 0 16 4 22 16 c 26 24 30 18 27 9 c 34 22 42 20 40 10 c \
46 22 54 22 52 10 c 62 30 76 34 66 6 c 60 -10 78 12 110 14 c S";
/// Where it begins: lines to sign on are on the right.
const FROM_LEFT: u32 = 330;

/// A document, as much of it as an operator compares.
pub(super) struct Card<'a> {
    /// What it is.
    pub(super) title: &'a str,
    /// What it says, a line each.
    pub(super) lines: &'a [String],
}

/// A form, signed, and the copy of a document, as one PDF of pictures. `above` is how far from the lower edge of its last page the
/// line to sign on is, in points.
///
/// # Errors
/// [`UploadRefusal`] when the form cannot be drawn.
pub(super) async fn signed(
    form: Vec<u8>,
    above: u32,
    card: &Card<'_>,
) -> Result<Vec<u8>, UploadRefusal> {
    let printed = PdfGate::default().check(form).await?;
    let mut pdf = Pdf::new();
    let last = printed.pages().len();
    for (number, picture) in (1..).zip(printed.pages()) {
        let (width, height) = size(picture).ok_or(UploadRefusal::Unreadable)?;
        let image = pdf.add(
            &format!(
                "/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB \
                 /BitsPerComponent 8 /Filter /DCTDecode"
            ),
            Some(picture),
        );
        let mut drawn = "q 595 0 0 842 0 0 cm /Scan Do Q\n".to_owned();
        if number == last {
            let sign =
                format!("q 0.1 0.15 0.5 RG 1.4 w 1 0 0 1 {FROM_LEFT} {above} cm {SIGNATURE} Q\n");
            drawn.push_str(&sign);
        }
        pdf.page(&format!("/XObject << /Scan {image} 0 R >>"), &drawn);
    }
    let mut drawn = "0.93 0.95 0.9 rg 130 540 335 210 re f 0.3 G 1 w 130 540 335 210 re S 0 g\n\
                     BT /Text 12 Tf 150 718 Td 22 TL\n"
        .to_owned();
    for line in [card.title]
        .into_iter()
        .chain(card.lines.iter().map(String::as_str))
    {
        // Writing to a String does not fail.
        let _ = writeln!(drawn, "({}) Tj T*", escaped(line));
    }
    drawn.push_str("ET\n");
    pdf.page("", &drawn);
    Ok(pdf.finish())
}

/// Width and height of a JPEG image: they stand in its frame header (ITU-T T.81, B.2.2).
fn size(picture: &[u8]) -> Option<(u16, u16)> {
    let mut rest = picture.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let (marker, length) = (rest.get(1)?, rest.get(2..4)?);
        let length = u16::from_be_bytes(length.try_into().ok()?);
        let is_frame = matches!(marker, 0xc0..=0xc2);
        if is_frame {
            let number = |at: usize| {
                let bytes = rest.get(at..at + 2)?;
                Some(u16::from_be_bytes(bytes.try_into().ok()?))
            };
            return Some((number(7)?, number(5)?));
        }
        rest = rest.get(2 + usize::from(length)..)?;
    }
}

/// Text within parentheses (ISO 32000-2, 7.3.4.2); what is not ASCII the font would show as something else.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '(' | ')' | '\\' => out.extend(['\\', letter]),
            ' '..='~' => out.push(letter),
            _ => out.push('?'),
        }
    }
    out
}

/// The objects that every file of a scanner has: catalogue, list of pages, font.
const OWN: usize = 3;

/// A PDF as a scanner writes it (ISO 32000-2, 7.5).
struct Pdf {
    bytes: Vec<u8>,
    /// Where each object begins, the first ones still to come.
    offsets: Vec<usize>,
    pages: Vec<usize>,
}

impl Pdf {
    fn new() -> Self {
        Self {
            bytes: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(),
            offsets: vec![0; OWN],
            pages: Vec::new(),
        }
    }

    /// Adds an object with these entries and perhaps a stream; gives its number.
    fn add(&mut self, entries: &str, stream: Option<&[u8]>) -> usize {
        self.offsets.push(self.bytes.len());
        let number = self.offsets.len();
        self.write(number, entries, stream);
        number
    }

    fn write(&mut self, number: usize, entries: &str, stream: Option<&[u8]>) {
        let head = match stream {
            Some(stream) => {
                let length = stream.len();
                format!("{number} 0 obj\n<< {entries} /Length {length} >>\nstream\n")
            }
            None => format!("{number} 0 obj\n<< {entries} >>\n"),
        };
        self.bytes.extend_from_slice(head.as_bytes());
        if let Some(stream) = stream {
            self.bytes.extend_from_slice(stream);
            self.bytes.extend_from_slice(b"\nendstream\n");
        }
        self.bytes.extend_from_slice(b"endobj\n");
    }

    /// Adds a page with what is drawn on it.
    fn page(&mut self, resources: &str, drawn: &str) {
        let content = self.add("", Some(drawn.as_bytes()));
        let page = self.add(
            &format!(
                "/Type /Page /Parent 2 0 R /MediaBox {PAGE} /Contents {content} 0 R \
                 /Resources << /Font << /Text 3 0 R >> {resources} >>"
            ),
            None,
        );
        self.pages.push(page);
    }

    fn finish(mut self) -> Vec<u8> {
        let kids: String = self
            .pages
            .iter()
            .map(|page| format!("{page} 0 R "))
            .collect();
        let own = [
            "/Type /Catalog /Pages 2 0 R".to_owned(),
            format!("/Type /Pages /Kids [ {kids}] /Count {}", self.pages.len()),
            "/Type /Font /Subtype /Type1 /BaseFont /Helvetica".to_owned(),
        ];
        for (place, entries) in own.iter().enumerate() {
            if let Some(offset) = self.offsets.get_mut(place) {
                *offset = self.bytes.len();
            }
            self.write(place + 1, entries, None);
        }
        let start = self.bytes.len();
        let size = self.offsets.len() + 1;
        let mut end = format!("xref\n0 {size}\n0000000000 65535 f \n");
        for offset in &self.offsets {
            end.push_str(&format!("{offset:010} 00000 n \n"));
        }
        end.push_str(&format!(
            "trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
        ));
        self.bytes.extend_from_slice(end.as_bytes());
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{About, Document, Language};

    #[test]
    fn a_text_cannot_end_its_own_parentheses() {
        assert_eq!(escaped("a (b\\) è"), r"a \(b\\\) ?");
    }

    #[tokio::test]
    async fn a_scan_is_a_pdf_of_the_pages_and_the_document_that_the_gate_takes() {
        let about = About {
            title: "Modulo".to_owned(),
            issuer: "Istituto".to_owned(),
            language: Language::Italian,
            made: "2026-11-22T12:00:00Z".parse().unwrap(),
            reference: None,
        };
        let form = Document::new(about).heading("Modulo").blanks(["Firma"]);
        let card = Card {
            title: "CARTA D'IDENTITA' - FAC-SIMILE",
            lines: &["CA00000AA".to_owned()],
        };
        let scan = signed(form.finish().unwrap(), 300, &card).await.unwrap();
        let gate = PdfGate::default();
        assert_eq!(gate.check(scan).await.unwrap().pages().len(), 2);
    }
}
