//! Pages drawn by poppler's programs, each in a process of its own.
//!
//! The file goes in by standard input and the image comes back by standard output: nothing touches the disk, and a page that
//! breaks the program breaks that process alone. The system bounds what a process may take (`prlimit`), we bound how long it
//! may take and how much it may answer.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::time::timeout;

use super::{UploadLimits, UploadRefusal};

/// How much memory a process may map, in bytes.
const MOST_MEMORY: &str = "--as=805306368";
/// How much processor time a process may take, in seconds.
const MOST_TIME: &str = "--cpu=10";
/// No process writes a file or leaves a memory image, which would hold a person's document.
const NO_FILES: [&str; 2] = ["--fsize=0", "--core=0"];
/// How long a process may take by the clock.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest list of facts about a file, in bytes.
const LONGEST_FACTS: usize = 64 * 1024;

/// The programs, by name or path.
#[derive(Debug, Clone)]
pub struct Tools {
    /// `prlimit` of util-linux, which starts the others.
    pub prlimit: PathBuf,
    /// `pdfinfo` of poppler.
    pub pdfinfo: PathBuf,
    /// `pdftoppm` of poppler.
    pub pdftoppm: PathBuf,
}

impl Default for Tools {
    /// As they are found on the path.
    fn default() -> Self {
        Self {
            prlimit: "prlimit".into(),
            pdfinfo: "pdfinfo".into(),
            pdftoppm: "pdftoppm".into(),
        }
    }
}

impl Tools {
    /// How many pages the file has, by the program that will draw them, and whether it too finds nothing forbidden.
    pub(super) async fn count_pages(&self, file: &[u8]) -> Result<usize, UploadRefusal> {
        let mut command = self.bounded(&self.pdfinfo);
        command.arg("-");
        let facts = run(command, file, LONGEST_FACTS).await?;
        let facts = String::from_utf8_lossy(&facts);
        let fact = |name: &str| {
            let mut values = facts.lines().filter_map(|line| line.strip_prefix(name));
            values.next_back().map(str::trim)
        };
        if fact("Encrypted:") != Some("no") {
            return Err(UploadRefusal::Encrypted);
        }
        if fact("JavaScript:") != Some("no") || fact("Form:") == Some("XFA") {
            return Err(UploadRefusal::Active);
        }
        fact("Pages:")
            .and_then(|pages| pages.parse().ok())
            .filter(|pages| *pages > 0)
            .ok_or(UploadRefusal::Unreadable)
    }

    /// One page as a JPEG image.
    pub(super) async fn draw(
        &self,
        file: &[u8],
        page: usize,
        limits: &UploadLimits,
    ) -> Result<Vec<u8>, UploadRefusal> {
        let mut command = self.bounded(&self.pdftoppm);
        let (page, pixels) = (page.to_string(), limits.image_pixels.to_string());
        command.args(["-f", &page, "-l", &page, "-scale-to", &pixels]);
        command.args(["-jpeg", "-jpegopt", "quality=80", "-q", "-"]);
        let image = run(command, file, limits.max_image_bytes).await?;
        if image.starts_with(&[0xff, 0xd8, 0xff]) {
            Ok(image)
        } else {
            Err(UploadRefusal::Unreadable)
        }
    }

    /// A program with nothing of our environment but where programs are, and in a language that is known.
    fn bounded(&self, program: &PathBuf) -> Command {
        let mut command = Command::new(&self.prlimit);
        command
            .args([MOST_MEMORY, MOST_TIME])
            .args(NO_FILES)
            .arg("--")
            .arg(program)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LC_ALL", "C")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        command
    }
}

/// Runs a program on the file and gives what it writes, up to `most` bytes.
async fn run(mut command: Command, file: &[u8], most: usize) -> Result<Vec<u8>, UploadRefusal> {
    let mut child = command.spawn().map_err(|error| {
        tracing::error!(%error, "uploads-cannot-be-looked-at");
        UploadRefusal::Unavailable
    })?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(UploadRefusal::Unavailable);
    };
    let talk = async {
        let feed = async move {
            // A program that has seen enough stops reading: what it says counts.
            let _ = input.write_all(file).await;
            drop(input);
        };
        let mut answer = Vec::new();
        let bound = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        let mut bounded = output.take(bound);
        let ((), read) = tokio::join!(feed, bounded.read_to_end(&mut answer));
        read.map_err(|_| UploadRefusal::Unreadable)?;
        if answer.len() > most {
            return Err(UploadRefusal::TooCostly);
        }
        let status = child.wait().await;
        let status = status.map_err(|_| UploadRefusal::Unavailable)?;
        match status.code() {
            Some(0) => Ok(answer),
            // `prlimit` could not start it.
            Some(126 | 127) => Err(UploadRefusal::Unavailable),
            Some(_) => Err(UploadRefusal::Unreadable),
            // Ended by a signal: of the bounds, or of its own fault.
            None => Err(UploadRefusal::TooCostly),
        }
    };
    // A process that is left alone is killed with its handle.
    timeout(PATIENCE, talk)
        .await
        .unwrap_or(Err(UploadRefusal::TooCostly))
}
