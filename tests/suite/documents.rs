//! Documents: what programs that are not ours find in them.

use varco::document::{About, Document, DocumentError, Language};

use crate::support::pdf::Pdf;

const MILLIMETRE: f32 = 72.0 / 25.4;

fn about() -> About {
    About {
        title: "Richiesta di conversione".to_owned(),
        issuer: "Istituto di prova".to_owned(),
        language: Language::Italian,
        made: "2020-05-04T08:30:00Z".parse().unwrap(),
        reference: Some("CONV-7F3K-9QWX".to_owned()),
    }
}

fn address() -> Vec<String> {
    ["Žiga Čeh", "Via delle Ginestre 12/B", "34100 Trieste TS"]
        .map(str::to_owned)
        .to_vec()
}

fn form() -> Document {
    Document::new(about())
        .heading("Richiesta di conversione")
        .paragraph("Il/la sottoscritto/a chiede che il proprio PIN diventi dispositivo.")
        .subheading("Dati")
        .facts([("Cognome e nome", "Čeh Žiga"), ("Documento", "")])
        .table(
            vec!["Recapito".to_owned(), "Valore".to_owned()],
            vec![vec!["E-mail".to_owned(), "ziga@example.it".to_owned()]],
        )
        .list(["una copia del documento", "questo modulo, firmato"])
        .ticks([(true, "carta d'identità"), (false, "passaporto")])
        .barcode("CONV-7F3K-9QWX", "codice della richiesta")
        .blanks(["Luogo e data", "Firma"])
}

#[test]
fn a_form_says_what_was_put_in_and_reads_aloud_in_its_order() {
    let pdf = Pdf::new(&form().finish().unwrap());
    pdf.check();
    assert_eq!(pdf.info("Tagged:"), "yes");
    assert_eq!(pdf.info("Title:"), "Richiesta di conversione");
    assert_eq!(pdf.info("Pages:"), "1");
    assert!(pdf.info("Page size:").contains("A4"));
    assert_eq!(pdf.info("JavaScript:"), "no");
    assert_eq!(pdf.info("Encrypted:"), "no");
    let text = pdf.text();
    for part in ["Čeh Žiga", "carta d'identità", "CONV-7F3K-9QWX", "Firma"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let structure = pdf.structure();
    for part in ["H1", "H2", "Table", "TH", "TD", "LI", "LBody", "Figure"] {
        assert!(structure.contains(part), "{part} in {structure}");
    }
    let heading = structure.find("H1").unwrap();
    let table = structure.find("Table").unwrap();
    assert!(heading < table, "{structure}");
}

#[test]
fn every_kind_of_document_is_pdf_a_and_pdf_ua_by_a_foreign_judge() {
    let letter = Document::letter(about(), address())
        .heading("La seconda metà del PIN")
        .code("ABCDEFGH");
    let sealed = Document::sealed(about(), address())
        .heading("Il suo PIN")
        .code("ABCDEFGH23456789");
    let long = (0..120).fold(form(), |long, number| {
        long.paragraph(format!("Paragrafo {number}: {}", "testo ".repeat(20)))
    });
    for document in [form(), letter, sealed, long] {
        Pdf::new(&document.finish().unwrap()).satisfies_verapdf();
    }
    // The judge finds what is wrong: here, a file whose structure is not to be found.
    let mut file = form().finish().unwrap();
    let structure = b"/StructTreeRoot";
    let mut windows = file.windows(structure.len());
    let place = windows.position(|bytes| bytes == structure).unwrap();
    file[place + 1] = b'X';
    let verdicts = Pdf::new(&file).judged();
    assert!(verdicts.contains(&"FAIL ua1".to_owned()), "{verdicts:?}");
}

#[test]
fn every_font_is_in_the_file() {
    let fonts = Pdf::new(&form().finish().unwrap()).fonts();
    let rows: Vec<&str> = fonts.lines().skip(2).collect();
    assert_eq!(rows.len(), 3, "{fonts}");
    for row in rows {
        let flags: Vec<&str> = row.split_whitespace().rev().take(5).collect();
        // From the right: object and generation, then whether it has Unicode, is a subset, is embedded.
        assert_eq!(flags[2..], ["yes", "yes", "yes"], "{row}");
    }
}

#[test]
fn the_barcode_says_the_code() {
    for code in ["CONV-7F3K-9QWX", "a~ !0", "L-2020-000000000001"] {
        let document = Document::new(about())
            .heading("Codice")
            .barcode(code, "codice");
        let pdf = Pdf::new(&document.finish().unwrap());
        assert_eq!(pdf.barcode(), code);
    }
    let long = Document::new(about()).barcode("è", "codice").finish();
    assert_eq!(long, Err(DocumentError::Barcode));
}

#[test]
fn the_same_document_is_the_same_file() {
    assert_eq!(form().finish(), form().finish());
}

#[test]
fn a_long_text_goes_on_on_numbered_pages_and_nothing_is_lost() {
    let mut document = Document::new(about()).heading("Condizioni");
    for number in 0..120 {
        document = document.paragraph(format!("Paragrafo {number}: {}", "testo ".repeat(20)));
    }
    let pdf = Pdf::new(&document.finish().unwrap());
    let pages: u32 = pdf.info("Pages:").parse().unwrap();
    assert!(pages > 3, "{pages}");
    let text = pdf.text();
    assert!((0..120).all(|number| text.contains(&format!("Paragrafo {number}:"))));
    assert!(text.contains(&format!(" 1/{pages} ")) && text.contains(&format!("{pages}/{pages}")));
    for page in 1..=pages {
        for (place, word) in pdf.words(page) {
            let [left, top, right, bottom] = place;
            assert!(left >= 19.9 * MILLIMETRE && top > 0.0, "{word}");
            assert!(right <= 190.1 * MILLIMETRE && bottom <= 297.0 * MILLIMETRE);
        }
    }
}

#[test]
fn the_address_of_a_letter_is_in_the_window_and_the_text_beneath_the_fold() {
    let document = Document::letter(about(), address())
        .heading("La seconda metà del PIN")
        .paragraph("La prima metà è arrivata con un SMS.");
    let pdf = Pdf::new(&document.finish().unwrap());
    let words = pdf.words(1);
    let place = |wanted: &str| words.iter().find(|(_, word)| word == wanted).unwrap().0;
    for word in ["Žiga", "34100"] {
        let [left, top, _, bottom] = place(word).map(|point| point / MILLIMETRE);
        assert!(left >= 115.0 && top >= 40.0 && bottom <= 80.0, "{word}");
    }
    assert!(place("seconda")[1] / MILLIMETRE > 99.0);
}

#[test]
fn the_code_of_a_sealed_sheet_is_inside_and_its_back_is_printed_over() {
    let sealed = |text: &str| {
        Document::sealed(about(), address())
            .heading("Il suo PIN")
            .paragraph(text)
            .code("ABCDEFGH23456789")
    };
    let pdf = Pdf::new(
        &sealed("Il PIN serve per il primo accesso.")
            .finish()
            .unwrap(),
    );
    assert_eq!(pdf.info("Pages:"), "2");
    let words = pdf.words(1);
    let (place, _) = words.iter().find(|(_, word)| word == "ABCD").unwrap();
    assert!(place[1] / MILLIMETRE > 99.0, "beneath the first fold");
    let back = pdf.words(2);
    let covered = |y: f32| back.iter().any(|(place, _)| place[1] <= y && y <= place[3]);
    assert!(covered(place[1]) && covered(place[3]));
    assert!(!back.iter().any(|(place, _)| place[3] / MILLIMETRE < 99.0));
    let long = sealed(&"troppo ".repeat(2000)).finish();
    assert_eq!(long, Err(DocumentError::DoesNotFit));
}

#[test]
fn a_text_cannot_steer_what_reads_the_file() {
    let document = Document::new(about())
        .heading("Nome\u{202e}\u{0}) Tj (x")
        .facts([("Nome", "(\\) <</JS>>\u{7}")]);
    let pdf = Pdf::new(&document.finish().unwrap());
    pdf.check();
    assert!(pdf.text().contains("(\\) <</JS>>"), "{}", pdf.text());
    assert_eq!(pdf.info("JavaScript:"), "no");
}
