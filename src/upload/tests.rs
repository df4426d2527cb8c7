use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::*;

/// A PDF of some pages, with whatever else a test wants in it.
#[derive(Clone)]
struct Made {
    pages: usize,
    catalog: String,
    further: Vec<Vec<u8>>,
    trailer: String,
}

impl Default for Made {
    fn default() -> Self {
        Self {
            pages: 1,
            catalog: String::new(),
            further: Vec::new(),
            trailer: String::new(),
        }
    }
}

impl Made {
    fn catalog(entries: &str) -> Vec<u8> {
        let catalog = entries.to_owned();
        let made = Self::default();
        Self { catalog, ..made }.bytes()
    }

    fn with(object: impl Into<Vec<u8>>) -> Vec<u8> {
        let further = vec![object.into()];
        let made = Self::default();
        Self { further, ..made }.bytes()
    }

    fn bytes(&self) -> Vec<u8> {
        let content = "BT /F1 24 Tf 100 700 Td (Modulo) Tj ET";
        let kids: Vec<_> = (0..self.pages)
            .map(|page| format!("{} 0 R", page + 4))
            .collect();
        let font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>";
        let page = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R \
             /Resources << /Font << /F1 {font} >> >> >>"
        );
        let mut objects = vec![
            format!("<< /Type /Catalog /Pages 2 0 R {} >>", self.catalog).into_bytes(),
            format!(
                "<< /Type /Pages /Kids [{}] /Count {} >>",
                kids.join(" "),
                self.pages
            )
            .into(),
            stream("", content.as_bytes()),
        ];
        objects.extend((0..self.pages).map(|_| page.clone().into_bytes()));
        objects.extend(self.further.iter().cloned());
        let mut file = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n".to_vec();
        let mut table = String::from("0000000000 65535 f \n");
        for (number, object) in (1..).zip(&objects) {
            table.push_str(&format!("{:010} 00000 n \n", file.len()));
            writeln!(file, "{number} 0 obj").unwrap();
            file.extend_from_slice(object);
            file.extend_from_slice(b"\nendobj\n");
        }
        let (begin, count) = (file.len(), objects.len() + 1);
        write!(
            file,
            "xref\n0 {count}\n{table}trailer\n<< /Size {count} /Root 1 0 R {} >>\nstartxref\n{begin}\n%%EOF\n",
            self.trailer
        )
        .unwrap();
        file
    }
}

fn stream(entries: &str, data: &[u8]) -> Vec<u8> {
    let head = format!("<< /Length {} {entries} >>\nstream\n", data.len());
    [head.as_bytes(), data, b"\nendstream"].concat()
}

fn packed(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// An object stream with one object.
fn object_stream(entries: &str, object: &str) -> Vec<u8> {
    let entries = format!("/N 1 /First 5 /Filter /FlateDecode {entries}");
    stream(&entries, &packed(format!("90 0 {object}").as_bytes()))
}

fn refused(file: &[u8]) -> Option<&'static str> {
    content::check(file).err().map(UploadRefusal::code)
}

#[test]
fn what_office_programs_and_scanners_write_is_taken() {
    for file in [
        Made::default().bytes(),
        // Which page is seen first.
        Made::catalog("/OpenAction [4 0 R /XYZ null null 0]"),
        // A form that was signed with a certificate.
        Made::catalog("/AcroForm << /SigFlags 3 /Fields [] >>"),
        // An address to click on, a title with brackets, texts in hexadecimal.
        Made::with("<< /A << /S /URI /URI (https://example.it/a\\)b(c)) >> /T <feff0041> >>"),
        // A photograph: bytes that could spell anything short.
        Made::with(stream("/Filter /DCTDecode", b"\xff\xd8 /JS /AA \xff\xd9")),
        Made::with(object_stream("/Type /ObjStm", "<< /Title (Modulo) >>")),
    ] {
        assert_eq!(refused(&file), None, "{}", String::from_utf8_lossy(&file));
    }
}

#[test]
fn a_file_that_is_something_else_too_is_no_pdf() {
    let pdf = Made::default().bytes();
    for file in [
        b"PK\x03\x04".to_vec(),
        b"<html>".to_vec(),
        Vec::new(),
        [b"GIF89a", pdf.as_slice()].concat(),
        [b"\n", pdf.as_slice()].concat(),
        [pdf.as_slice(), b"PK\x03\x04"].concat(),
        pdf.strip_suffix(b"%%EOF\n").unwrap().to_vec(),
        b"%PDF-3.0\n%%EOF".to_vec(),
    ] {
        assert_eq!(refused(&file), Some("not-pdf"));
    }
    assert_eq!(refused(&[pdf.as_slice(), b"\r\n\0\0"].concat()), None);
}

#[test]
fn scripts_actions_attachments_and_encryption_are_refused_wherever_they_stand() {
    for (entry, code) in [
        (
            "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>",
            "active",
        ),
        ("/OpenAction 9 0 R", "active"),
        ("/OpenAction<</S/GoTo/D[4 0 R /Fit]>>", "active"),
        ("/AA << >>", "active"),
        ("/Names << /JavaScript 9 0 R >>", "active"),
        ("/A << /S /Launch /F (cmd.exe) >>", "active"),
        ("/A << /S /SubmitForm >>", "active"),
        ("/A << /S /GoToR >>", "active"),
        ("/AcroForm << /XFA 9 0 R >>", "active"),
        ("/Names << /EmbeddedFiles 9 0 R >>", "attachments"),
        ("/F << /Type /Filespec >>", "attachments"),
        ("/Subtype /RichMedia", "attachments"),
        ("/Collection << >>", "attachments"),
        // A name may be spelled in hexadecimal.
        ("/A << /S /J#61v#61Script >>", "active"),
        ("/#4a#53 (x)", "active"),
        // What looks like a text or a comment to us may be none to somebody who begins elsewhere.
        ("/T (a /Launch b)", "active"),
        ("%/Launch\n", "active"),
    ] {
        assert_eq!(refused(&Made::catalog(entry)), Some(code), "{entry}");
        for kind in ["/Type /ObjStm", "", "/Type /Other", "/Type 9 0 R"] {
            let hidden = Made::with(object_stream(kind, &format!("<< {entry} >>")));
            assert_eq!(refused(&hidden), Some(code), "{kind} {entry}");
        }
    }
    let encrypted = Made {
        trailer: "/Encrypt 9 0 R".to_owned(),
        ..Made::default()
    };
    assert_eq!(refused(&encrypted.bytes()), Some("encrypted"));
    // An object within a stream, where only the table of contents says that it is one.
    let within = stream("", b"9 0 obj << /S /JavaScript >> endobj");
    assert_eq!(refused(&Made::with(within)), Some("active"));
}

#[test]
fn objects_that_are_hidden_from_this_reader_are_refused() {
    let inner = object_stream("/Type /ObjStm", "<< /S /JavaScript >>");
    let inner = |before: &[u8], after: &[u8]| [before, &inner, after].concat();
    let plain = b"90 0 << >>";
    for object in [
        // An object stream in a text, in a comment, in another stream, in no dictionary.
        inner(b"(9 0 obj ", b")"),
        inner(b"<< /X (9 0 obj ", b") >>"),
        stream("", &inner(b"9 0 obj ", b"")),
        b"(9 0 obj << /N 1 /First 5 >> stream\n".to_vec(),
        b"<< /X stream\n >>".to_vec(),
        b"stream\nx\nendstream".to_vec(),
        // Packed in ways that are not followed.
        stream("/Type /ObjStm /N 1 /First 5 /Filter /ASCIIHexDecode", b"90"),
        stream("/Type /ObjStm /N 1 /First 5 /Filter 9 0 R", &packed(plain)),
        stream(
            "/N 1 /First 5 /Filter [/FlateDecode /FlateDecode]",
            &packed(plain),
        ),
        stream(
            "/N 1 /First 5 /Filter /FlateDecode /DecodeParms << >>",
            &packed(plain),
        ),
        stream("/Type /ObjStm /Filter /FlateDecode", b"not packed"),
        stream("/Type /ObjStm /Filter /FlateDecode", &packed(plain)[..9]),
        // Damaged.
        b"(never closed".to_vec(),
        b"<0g>".to_vec(),
        b">>".to_vec(),
        b"<< /Length 1 >>\nstream\nnever ends".to_vec(),
    ] {
        let file = Made::with(object.clone());
        assert!(
            refused(&file).is_some(),
            "{}",
            String::from_utf8_lossy(&object)
        );
    }
}

#[test]
fn object_streams_inflate_within_a_bound() {
    let zeros = packed(&vec![b' '; 20 * 1024 * 1024]);
    let bomb = stream("/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode", &zeros);
    assert_eq!(refused(&Made::with(bomb.clone())), None);
    let two = Made {
        further: vec![bomb.clone(), bomb],
        ..Made::default()
    };
    assert_eq!(refused(&two.bytes()), Some("too-costly"));
}

fn gate(limits: UploadLimits) -> PdfGate {
    PdfGate::new(limits, Tools::default())
}

#[tokio::test]
async fn pages_become_images_that_were_made_here() {
    let made = Made {
        pages: 2,
        ..Made::default()
    };
    let checked = gate(UploadLimits::default())
        .check(made.bytes())
        .await
        .unwrap();
    assert_eq!(checked.bytes(), made.bytes());
    assert_eq!(checked.pages().len(), 2);
    for page in checked.pages() {
        assert!(page.starts_with(&[0xff, 0xd8, 0xff]) && page.ends_with(&[0xff, 0xd9]));
    }
    assert!(!format!("{checked:?}").contains("37, 80"), "{checked:?}");
}

#[tokio::test]
async fn a_page_is_drawn_again_for_whoever_looks_at_it() {
    let made = Made {
        pages: 2,
        ..Made::default()
    };
    let gate = gate(UploadLimits::default());
    let checked = gate.check(made.bytes()).await.unwrap();
    let page = gate.draw(checked.bytes(), 2).await.unwrap();
    assert_eq!(Some(&page), checked.pages().last());
    assert_eq!(
        gate.draw(checked.bytes(), 3).await,
        Err(UploadRefusal::Unreadable)
    );
}

#[tokio::test]
async fn size_pages_and_images_are_bounded() {
    let made = Made {
        pages: 3,
        ..Made::default()
    };
    let check = async |limits| gate(limits).check(made.bytes()).await.unwrap_err();
    let limits = UploadLimits::default();
    let small = UploadLimits {
        max_bytes: 100,
        ..limits.clone()
    };
    assert_eq!(check(small).await, UploadRefusal::TooLarge);
    let short = UploadLimits {
        max_pages: 2,
        ..limits.clone()
    };
    assert_eq!(check(short).await, UploadRefusal::TooManyPages);
    let coarse = UploadLimits {
        max_image_bytes: 1000,
        ..limits.clone()
    };
    assert_eq!(check(coarse).await, UploadRefusal::TooCostly);
    let full = UploadLimits {
        at_once: 0,
        ..limits
    };
    assert_eq!(check(full).await, UploadRefusal::Unavailable);
}

#[tokio::test]
async fn a_file_without_pages_that_can_be_drawn_is_refused() {
    let bare = b"%PDF-1.5\n1 0 obj\n<< >>\nendobj\n%%EOF\n".to_vec();
    let refusal = gate(UploadLimits::default()).check(bare).await.unwrap_err();
    assert_eq!(refusal, UploadRefusal::Unreadable);
}

#[tokio::test]
async fn a_program_that_is_not_there_is_our_fault() {
    for tools in [
        Tools {
            prlimit: "/nowhere/prlimit".into(),
            ..Tools::default()
        },
        Tools {
            pdfinfo: "/nowhere/pdfinfo".into(),
            ..Tools::default()
        },
    ] {
        let gate = PdfGate::new(UploadLimits::default(), tools);
        let refusal = gate.check(Made::default().bytes()).await.unwrap_err();
        assert_eq!(refusal, UploadRefusal::Unavailable);
    }
}
