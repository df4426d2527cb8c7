//! What is wrong, where, and what to do.

use std::fmt;
use std::path::{Path, PathBuf};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file it is in.
    pub file: PathBuf,
    /// The line, counting from one, where one can be told.
    pub line: Option<usize>,
    /// What is wrong and what to do.
    pub message: String,
}

impl Fault {
    /// A fault of a file as a whole.
    #[must_use]
    pub fn of_file(file: &Path, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: None,
            message: message.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for Fault {}

/// Everything that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors(Vec<Fault>);

impl ConfigErrors {
    /// A single fault.
    #[must_use]
    pub fn one(fault: Fault) -> Self {
        Self(vec![fault])
    }

    /// Several, in the order given.
    #[must_use]
    pub fn from_faults(faults: Vec<Fault>) -> Self {
        Self(faults)
    }

    /// What is wrong, in the order of the file.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.0
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
