//! The demo, started for one test on free ports, and what lies in `target/` for tests.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::runtime::Runtime;
use varco::demo::{Options, Running, start_with};
use varco::identity::{AssuranceLevel, Clock, SystemClock};

/// A demo that serves until it is dropped, whoever asks from whatever thread or process.
pub struct Demo {
    running: Option<Running>,
    runtime: Runtime,
    data: TempDir,
}

impl Demo {
    pub fn start(minimum_level: AssuranceLevel, idp_metadata: Vec<PathBuf>) -> Self {
        Self::configured(minimum_level, idp_metadata, "")
    }

    /// A demo whose gateway has further sections in its configuration.
    pub fn configured(
        minimum_level: AssuranceLevel,
        idp_metadata: Vec<PathBuf>,
        further_configuration: &str,
    ) -> Self {
        let change = |options: &mut Options| {
            options.idp_metadata = idp_metadata;
            options.minimum_level = minimum_level;
            options.further_configuration = further_configuration.to_owned();
        };
        Self::with(change, Arc::new(SystemClock))
    }

    /// A demo that is not an ordinary one, by another clock.
    pub fn with(change: impl FnOnce(&mut Options), clock: Arc<dyn Clock>) -> Self {
        let data = TempDir::new().unwrap();
        let mut options = Options::at(data.path());
        change(&mut options);
        let runtime = Runtime::new().unwrap();
        let running = runtime.block_on(start_with(&options, clock)).unwrap();
        Self {
            running: Some(running),
            runtime,
            data,
        }
    }

    /// A file of the demo's folder: its CA, for example, and the keys of its servers.
    pub fn file(&self, name: &str) -> PathBuf {
        self.data.path().join(name)
    }

    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }
}

impl Deref for Demo {
    type Target = Running;

    fn deref(&self) -> &Running {
        self.running.as_ref().unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.stop());
        }
    }
}

fn target(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("target")
        .join(path)
}

/// Something that `make setup` brought.
pub fn tool(path: &str) -> PathBuf {
    let tool = target("tools").join(path);
    assert!(
        tool.exists(),
        "{} is missing: run `make setup`",
        tool.display()
    );
    tool
}

/// A folder of `target/`, made where it is missing.
pub fn target_folder(name: &str) -> PathBuf {
    let folder = target(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Adds a line to a report that `make test` prints at its end, as it does every text in this folder.
pub fn report(name: &str, line: &str) {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.txt"));
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .unwrap();
    writeln!(file, "{line}").unwrap();
}
