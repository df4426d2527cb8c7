//! Documents as programs that are not ours read them: poppler, qpdf, veraPDF, zbar.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::demo::tool;

/// A PDF in a file.
pub struct Pdf {
    folder: tempfile::TempDir,
}

impl Pdf {
    pub fn new(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("document.pdf"), bytes).unwrap();
        Self { folder }
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("document.pdf")
    }

    /// The text of all pages in the order of reading, white space as single spaces.
    pub fn text(&self) -> String {
        let text = said(Command::new("pdftotext").arg(self.file()).arg("-"));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// A line of `pdfinfo`.
    pub fn info(&self, name: &str) -> String {
        let text = said(Command::new("pdfinfo").arg(self.file()));
        let value = text.lines().find_map(|line| line.strip_prefix(name));
        value
            .unwrap_or_else(|| panic!("{name} in {text}"))
            .trim()
            .to_owned()
    }

    /// The structure that a screen reader goes by, with the text.
    pub fn structure(&self) -> String {
        said(Command::new("pdfinfo").arg("-struct-text").arg(self.file()))
    }

    pub fn fonts(&self) -> String {
        said(Command::new("pdffonts").arg(self.file()))
    }

    /// Whether the file is well formed, says `qpdf`.
    pub fn check(&self) {
        said(Command::new("qpdf").arg("--check").arg(self.file()));
    }

    /// Whether the file is what it says that it is, PDF/A-2a and PDF/UA-1, says veraPDF.
    pub fn satisfies_verapdf(&self) {
        let verdicts = self.judged();
        let verdicts: Vec<&str> = verdicts.iter().map(String::as_str).collect();
        assert_eq!(verdicts, ["PASS 2a", "PASS ua1"]);
    }

    /// What veraPDF says of the file: a line for each standard that it says to follow, and one for each rule that it breaks.
    pub fn judged(&self) -> Vec<String> {
        let output = Command::new("java")
            .arg("-cp")
            .arg(tool("verapdf").join("*"))
            .arg("org.verapdf.apps.GreenfieldCliWrapper")
            .args(["--format", "text", "-v", "--flavour", "0"])
            .arg(self.file())
            .output()
            .expect("java is there: run `make setup`");
        let file = format!(" {}", self.file().display());
        let text = String::from_utf8_lossy(&output.stdout);
        text.lines()
            .map(|line| line.replace(&file, "").trim().to_owned())
            .collect()
    }

    /// What its pictures, boxes among them, say to whoever cannot see them, in the order of the file.
    pub fn described(&self) -> Vec<String> {
        let bytes = fs::read(self.file()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let pictures = text.split("/Alt(").skip(1);
        pictures
            .map(|rest| rest.split(')').next().unwrap().to_owned())
            .collect()
    }

    /// What a reader of barcodes finds on the first page.
    pub fn barcode(&self) -> String {
        let picture = self.folder.path().join("page");
        said(
            Command::new("pdftoppm")
                .args(["-r", "150", "-png", "-singlefile"])
                .arg(self.file())
                .arg(&picture),
        );
        let mut zbar = Command::new("zbarimg");
        said(
            zbar.args(["--quiet", "--raw"])
                .arg(picture.with_extension("png")),
        )
        .trim()
        .to_owned()
    }

    /// The words of a page with their boxes: left, top, right, bottom in points.
    pub fn words(&self, page: u32) -> Vec<([f32; 4], String)> {
        let page = page.to_string();
        let text = said(
            Command::new("pdftotext")
                .args(["-bbox", "-f", &page, "-l", &page])
                .arg(self.file())
                .arg("-"),
        );
        text.lines()
            .filter_map(|line| line.trim().strip_prefix("<word "))
            .map(|line| {
                let mut parts = line.split('"');
                let mut number = || parts.nth(1).unwrap().parse::<f32>().unwrap();
                let place = [number(), number(), number(), number()];
                let word = parts.next().unwrap().trim_start_matches('>');
                (place, word.trim_end_matches("</word>").to_owned())
            })
            .collect()
    }
}

fn said(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}: run `scripts/setup test`"));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}
