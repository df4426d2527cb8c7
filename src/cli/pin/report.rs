//! `varco pin report`: who used a PIN, by month, grade and category. It names nobody.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Context as _;

use super::runtime;
use crate::audit::{AuditEvent, AuditLog as _, AuditRecord};
use crate::identity::{Category, Clock as _, PinGrade, SystemClock};
use crate::pin::{Dossier, PinStore as _};
use crate::store::SqliteStore;

/// How many dossiers are read at once.
const PAGE: usize = 500;

/// How many used a PIN, and how often.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) people: u64,
    pub(super) logins: u64,
}

/// What is counted together: the month as `2020-07`, the grade that the PIN had in it, and the category, of which one person
/// may have several; `None` counts everybody once.
type Cell = (String, PinGrade, Option<Category>);

/// Who used a PIN, in the months that dossiers remember.
#[derive(Debug, Default)]
pub(super) struct Report {
    cells: BTreeMap<Cell, Use>,
}

impl Report {
    /// Counts. That somebody did is in the audit log before.
    pub(super) fn read(store: &SqliteStore) -> anyhow::Result<Self> {
        let runtime = runtime()?;
        let event = AuditEvent::PinsCounted;
        runtime.block_on(store.record(AuditRecord::new(event, SystemClock.now())))?;
        let mut report = Self::default();
        let mut after = None;
        loop {
            let page = runtime.block_on(store.page(after.as_deref(), PAGE))?;
            for kept in &page.kept {
                report.count(&kept.dossier);
            }
            after = page.next;
            if after.is_none() {
                return Ok(report);
            }
        }
    }

    fn count(&mut self, dossier: &Dossier) {
        for month in dossier.uses() {
            let categories = month.categories.iter().copied().map(Some);
            for category in categories.chain([None]) {
                let cell = (month.month.clone(), month.grade, category);
                let used = self.cells.entry(cell).or_default();
                used.people += 1;
                used.logins += u64::from(month.logins);
            }
        }
    }

    /// The months in which somebody used a PIN, the first one first.
    pub(super) fn months(&self) -> Vec<&str> {
        let mut months: Vec<_> = self
            .cells
            .keys()
            .map(|(month, ..)| month.as_str())
            .collect();
        months.dedup();
        months
    }

    /// How many of one category, or of everybody, used a PIN of a grade in a month.
    pub(super) fn people(&self, month: &str, grade: PinGrade, category: Option<Category>) -> u64 {
        let cell = (month.to_owned(), grade, category);
        self.cells.get(&cell).map_or(0, |used| used.people)
    }

    /// One line a cell (RFC 4180). Everybody is the category `all`: who has several counts in each, and in `all` once.
    pub(super) fn csv(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "month,grade,category,people,logins")?;
        for ((month, grade, category), Use { people, logins }) in &self.cells {
            let category = category.map_or("all", Category::name);
            writeln!(out, "{month},{grade},{category},{people},{logins}")?;
        }
        Ok(())
    }
}

/// Makes a file, or takes the place of what was in it.
pub(super) fn write(
    file: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> anyhow::Result<()> {
    let made = || {
        let mut out = BufWriter::new(File::create(file)?);
        write(&mut out)?;
        out.flush()
    };
    made().with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
impl Report {
    /// A report of people, each as month, grade and category.
    pub(super) fn of(people: &[(&str, PinGrade, Category)]) -> Self {
        let mut report = Self::default();
        for (month, grade, category) in people {
            for category in [Some(*category), None] {
                let cell = ((*month).to_owned(), *grade, category);
                let used = report.cells.entry(cell).or_default();
                used.people += 1;
                used.logins += 1;
            }
        }
        report
    }
}
