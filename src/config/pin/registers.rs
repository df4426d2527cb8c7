//! Who confirms where somebody lives, and that a *tessera sanitaria* is theirs: a table, or servers that are asked.

use std::path::PathBuf;
use std::sync::Arc;

use toml::Spanned;

use crate::archive::{HttpRegisters, NoRegisters, RegisterTable, Registers};
use crate::config::archives::{HttpArchivesSection, read_http};
use crate::config::outgoing::RawOutgoing;
use crate::config::reader::Reader;
use crate::config::{Fault, files};

/// The registers of `[pin]`.
#[derive(Debug, Clone)]
pub(super) enum RegistersSection {
    /// A table, or nobody.
    Table(Option<PathBuf>),
    /// Servers, of which there is one at least.
    Http {
        /// Of who lives where.
        residence: Option<Box<HttpArchivesSection>>,
        /// Of whose the cards are.
        health_card: Option<Box<HttpArchivesSection>>,
    },
}

impl RegistersSection {
    /// `registers`, or `residence_register` and `health_card_register`.
    pub(super) fn read(
        table: Option<Spanned<PathBuf>>,
        (residence, health_card): (Option<RawOutgoing>, Option<RawOutgoing>),
        reader: &mut Reader<'_>,
    ) -> Option<Self> {
        if residence.is_none() && health_card.is_none() {
            let file = table.map(|file| reader.path(file.into_inner()));
            return Some(Self::Table(file));
        }
        if let Some(table) = table {
            let message =
                "`registers` and a register that is asked: one of them would never be; choose";
            reader.fault(table.span(), message);
            return None;
        }
        let mut server = |raw: Option<RawOutgoing>| match raw {
            Some(raw) => read_http(raw, reader).map(|section| Some(Box::new(section))),
            None => Some(None),
        };
        let (residence, health_card) = (server(residence), server(health_card));
        Some(Self::Http {
            residence: residence?,
            health_card: health_card?,
        })
    }

    /// Opens them. Servers are not asked for anything yet.
    ///
    /// # Errors
    /// [`Fault`] names the file that cannot be used.
    pub(super) fn open(&self) -> Result<Arc<dyn Registers>, Fault> {
        let (residence, health_card) = match self {
            Self::Table(None) => return Ok(Arc::new(NoRegisters)),
            Self::Table(Some(file)) => {
                let table = RegisterTable::parse(&files::text(file)?);
                let table = table.map_err(|error| Fault::of_file(file, error.to_string()))?;
                return Ok(Arc::new(table));
            }
            Self::Http {
                residence,
                health_card,
            } => (residence, health_card),
        };
        let mut registers = HttpRegisters::new();
        if let Some(section) = residence {
            let opened = registers.of_residence(section.settings()?, section.cache);
            registers = opened.map_err(|error| section.server.unvouched(&error))?;
        }
        if let Some(section) = health_card {
            let opened = registers.of_health_cards(section.settings()?, section.cache);
            registers = opened.map_err(|error| section.server.unvouched(&error))?;
        }
        Ok(Arc::new(registers))
    }
}
