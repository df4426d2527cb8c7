//! Reads the file section by section, so that a fault in one does not hide those of the others.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::{ConfigErrors, Fault};

/// The file on its way to a configuration.
pub(super) struct Reader<'a> {
    text: &'a str,
    file: &'a Path,
    folder: &'a Path,
    sections: BTreeMap<String, (Range<usize>, Spanned<DeValue<'a>>)>,
    /// Where each section begins, for faults that no single key is to blame for.
    begins: BTreeMap<String, Range<usize>>,
    faults: Vec<(Range<usize>, Fault)>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, file: &'a Path, folder: &'a Path) -> Self {
        let (document, broken) = DeTable::parse_recoverable(text);
        let mut reader = Self {
            text,
            file,
            folder,
            sections: BTreeMap::new(),
            begins: BTreeMap::new(),
            faults: Vec::new(),
        };
        for error in &broken {
            reader.toml(error, 0..0);
        }
        for (key, value) in document.into_inner() {
            let (name, span) = (key.get_ref().to_string(), key.span());
            reader.begins.insert(name.clone(), span.clone());
            reader.sections.insert(name, (span, value));
        }
        reader
    }

    /// A section that must be there.
    pub(super) fn required<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        if !self.sections.contains_key(name) {
            self.fault(0..0, format!("the section `[{name}]` is missing"));
            return None;
        }
        self.section(name)
    }

    /// A section that may be left out.
    pub(super) fn optional<T: DeserializeOwned + Default>(&mut self, name: &str) -> Option<T> {
        if self.sections.contains_key(name) {
            self.section(name)
        } else {
            Some(T::default())
        }
    }

    fn section<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let (span, value) = self.sections.remove(name)?;
        match T::deserialize(ValueDeserializer::from(value)) {
            Ok(section) => Some(section),
            Err(error) => {
                self.toml(&error, span);
                None
            }
        }
    }

    /// Whatever no section took is unknown.
    pub(super) fn refuse_unknown_sections(&mut self) {
        for (name, (span, _)) in std::mem::take(&mut self.sections) {
            self.fault(span, format!("unknown section or key `{name}`"));
        }
    }

    /// Notes a fault at a place in the file.
    pub(super) fn fault(&mut self, span: Range<usize>, message: impl Into<String>) {
        let before = self.text.bytes().take(span.start);
        let line = before.filter(|byte| *byte == b'\n').count() + 1;
        let fault = Fault {
            file: self.file.to_owned(),
            line: (span != (0..0)).then_some(line),
            message: message.into(),
        };
        self.faults.push((span, fault));
    }

    /// Notes a fault of a section that no single key is to blame for.
    pub(super) fn in_section(&mut self, name: &str, message: impl Into<String>) {
        let span = self.begins.get(name).cloned().unwrap_or(0..0);
        self.fault(span, message);
    }

    /// Notes a fault of another file that this one names at a place.
    pub(super) fn fault_elsewhere(&mut self, span: Range<usize>, fault: Fault) {
        self.faults.push((span, fault));
    }

    fn toml(&mut self, error: &toml::de::Error, otherwise: Range<usize>) {
        let span = error.span().unwrap_or(otherwise);
        self.fault(span, error.message().trim());
    }

    /// A path of the file, from the file's folder.
    pub(super) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.folder.join(path)
    }

    /// The configuration, if nothing was wrong.
    pub(super) fn finish<T>(mut self, config: Option<T>) -> Result<T, ConfigErrors> {
        self.faults.sort_by_key(|(span, _)| span.start);
        let faults: Vec<Fault> = self.faults.into_iter().map(|(_, fault)| fault).collect();
        match config {
            Some(config) if faults.is_empty() => Ok(config),
            // Whatever is missing left a fault.
            _ => Err(ConfigErrors::from_faults(faults)),
        }
    }
}
