//! Letters as files in a folder, from which a print house takes them.
//!
//! Of each letter there are `REFERENCE.pdf` and `REFERENCE.json`, its manifest, in that order and each whole or not at all: who
//! sees a manifest sees a whole letter that fits it. Whoever printed it moves the manifest to `printed/` and removes the
//! PDF. A letter whose manifest is in either place is there already and is not written again, so however often it is handed over
//! it is printed once.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Finish, Letter, Letters, NotSent};
use crate::crypto::encoding::hex;
use crate::crypto::sha256;
use crate::store::BoxFuture;

const PRINTED: &str = "printed";
/// Bytes of the longest reference, which names files.
const LONGEST_REFERENCE: usize = 80;

/// The folder.
#[derive(Debug, Clone)]
pub struct LetterSpool {
    folder: PathBuf,
}

/// What the print house has to know.
#[derive(Serialize)]
struct Manifest<'a> {
    /// The version of this document's form.
    version: u8,
    reference: &'a str,
    kind: &'a str,
    file: &'a str,
    bytes: usize,
    sha256: String,
    paper: &'a str,
    duplex: bool,
    finish: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    office: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_hours: Option<&'a str>,
    written: String,
}

impl LetterSpool {
    /// The spool in a folder, which is made if it is not there; nobody else may look into it.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(folder.join(PRINTED))?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    fn put(&self, letter: &Letter) -> io::Result<()> {
        let manifest_name = format!("{}.json", letter.reference);
        let manifest_file = self.folder.join(&manifest_name);
        let taken = self.folder.join(PRINTED).join(&manifest_name);
        if manifest_file.try_exists()? || taken.try_exists()? {
            return Ok(());
        }
        let pdf_name = format!("{}.pdf", letter.reference);
        let pdf = letter.pdf.expose();
        let manifest = Manifest {
            version: 1,
            reference: &letter.reference,
            kind: letter.kind,
            file: &pdf_name,
            bytes: pdf.len(),
            sha256: hex(&sha256(pdf)),
            paper: "A4",
            duplex: letter.finish == Finish::Sealed,
            finish: match letter.finish {
                Finish::WindowEnvelope => "dl-window-envelope",
                Finish::Sealed => "z-fold-sealed",
            },
            office: letter.office.as_deref(),
            delivery_hours: letter.hours.as_deref(),
            written: letter.at.to_rfc3339(),
        };
        let manifest = serde_json::to_vec_pretty(&manifest).map_err(io::Error::other)?;
        self.write(&pdf_name, pdf)?;
        self.write(&manifest_name, &manifest)
    }

    /// A file that is there whole or not at all, also after the machine lost its power.
    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let under_way = self.folder.join(format!(".{name}.part"));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&under_way)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&under_way, self.folder.join(name))?;
        File::open(&self.folder)?.sync_all()
    }
}

impl Letters for LetterSpool {
    fn print<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), NotSent>> {
        Box::pin(async move {
            if !is_reference(&letter.reference) {
                return Err(NotSent("letter-reference"));
            }
            let (spool, letter) = (self.clone(), letter.clone());
            // Waiting for a disk is not for the threads that serve people.
            let written = tokio::task::spawn_blocking(move || spool.put(&letter)).await;
            match written {
                Ok(Ok(())) => Ok(()),
                Ok(Err(error)) => {
                    tracing::error!(%error, "letter-not-spooled");
                    Err(NotSent("letter-spool"))
                }
                Err(_) => Err(NotSent("letter-task")),
            }
        })
    }
}

/// Whether a reference can stand in a file's name and in a `Message-ID` as it is.
pub(super) fn is_reference(reference: &str) -> bool {
    (1..=LONGEST_REFERENCE).contains(&reference.len())
        && reference
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    use crate::identity::Redacted;

    fn letter(reference: &str, pdf: &[u8]) -> Letter {
        Letter {
            reference: reference.to_owned(),
            kind: "second-half",
            to: Redacted::new(Vec::new()),
            subject: String::new(),
            text: Redacted::new(String::new()),
            office: None,
            hours: None,
            at: "2020-05-04T08:30:00Z".parse().unwrap(),
            finish: Finish::Sealed,
            pdf: Redacted::new(pdf.to_vec()),
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn a_letter_is_a_pdf_and_a_manifest_that_fits_it() {
        let folder = tempfile::tempdir().unwrap();
        let spool = LetterSpool::open(folder.path()).unwrap();
        spool.print(&letter("L-1", b"%PDF one")).await.unwrap();
        assert_eq!(names(folder.path()), ["L-1.json", "L-1.pdf", "printed"]);
        let manifest = fs::read(folder.path().join("L-1.json")).unwrap();
        let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
        assert_eq!(manifest["file"], "L-1.pdf");
        assert_eq!(manifest["sha256"], hex(&sha256(b"%PDF one")));
        assert_eq!(manifest["finish"], "z-fold-sealed");
        assert_eq!(manifest["duplex"], true);
        assert!(manifest.get("office").is_none());
        for file in ["L-1.json", "L-1.pdf"] {
            let mode = fs::metadata(folder.path().join(file)).unwrap();
            assert_eq!(mode.permissions().mode() & 0o777, 0o600, "{file}");
        }
    }

    #[tokio::test]
    async fn a_letter_that_is_handed_over_twice_is_there_once_as_it_was_first() {
        let folder = tempfile::tempdir().unwrap();
        let spool = LetterSpool::open(folder.path()).unwrap();
        spool.print(&letter("L-1", b"%PDF one")).await.unwrap();
        spool.print(&letter("L-1", b"%PDF two")).await.unwrap();
        let pdf = folder.path().join("L-1.pdf");
        assert_eq!(fs::read(&pdf).unwrap(), b"%PDF one");
        // The print house took it.
        fs::remove_file(&pdf).unwrap();
        fs::rename(
            folder.path().join("L-1.json"),
            folder.path().join("printed/L-1.json"),
        )
        .unwrap();
        spool.print(&letter("L-1", b"%PDF one")).await.unwrap();
        assert_eq!(names(folder.path()), ["printed"]);
    }

    #[tokio::test]
    async fn a_letter_that_was_cut_off_before_its_manifest_is_written_whole() {
        let folder = tempfile::tempdir().unwrap();
        let spool = LetterSpool::open(folder.path()).unwrap();
        fs::write(folder.path().join(".L-1.pdf.part"), b"%PD").unwrap();
        fs::write(folder.path().join("L-1.pdf"), b"%PDF on").unwrap();
        spool.print(&letter("L-1", b"%PDF one")).await.unwrap();
        assert_eq!(names(folder.path()), ["L-1.json", "L-1.pdf", "printed"]);
        let pdf = fs::read(folder.path().join("L-1.pdf")).unwrap();
        assert_eq!(pdf, b"%PDF one");
    }

    #[tokio::test]
    async fn a_reference_cannot_lead_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let spool = LetterSpool::open(folder.path()).unwrap();
        for reference in ["", "../x", "a/b", "a.b", "a b", "à", &"a".repeat(81)] {
            let refused = spool.print(&letter(reference, b"%PDF")).await;
            assert_eq!(refused, Err(NotSent("letter-reference")), "{reference}");
        }
        assert_eq!(names(folder.path()), ["printed"]);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_takes_no_letter() {
        let folder = tempfile::tempdir().unwrap();
        let spool = LetterSpool::open(&folder.path().join("spool")).unwrap();
        fs::remove_dir_all(folder.path().join("spool")).unwrap();
        let refused = spool.print(&letter("L-1", b"%PDF")).await;
        assert_eq!(refused, Err(NotSent("letter-spool")));
    }
}
