//! What an operator has open: so that no fiscal code stands in an address that browsers remember and proxies log.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::OnDuty;
use crate::crypto::Random;
use crate::crypto::encoding::from_base64url;
use crate::identity::FiscalCode;
use crate::session::SessionHandle;
use crate::store::{ExpiringStore, Shelf, StoreError};

/// How long a case stays open: a working day's longest visit at an office.
pub const CASE_LIFE: Duration = Duration::from_secs(2 * 60 * 60);

/// The name of an open case: 256 random bits, good for one session of one operator.
#[derive(Clone, PartialEq, Eq)]
pub struct CaseId(String);

impl CaseId {
    /// Reads a name from an address; `None` for anything that Varco did not make.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_token =
            text.len() == 43 && from_base64url(text).is_some_and(|bytes| bytes.len() == 32);
        is_token.then(|| Self(text.to_owned()))
    }

    /// The name, for an address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CaseId([redacted])")
    }
}

/// An open case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    session: SessionHandle,
    /// Whom it is about.
    pub person: FiscalCode,
}

/// All open cases.
pub struct Cases {
    shelf: Shelf<Case>,
    random: Arc<dyn Random>,
}

impl Cases {
    /// Cases in a store.
    #[must_use]
    pub fn new(store: &Arc<dyn ExpiringStore>, random: Arc<dyn Random>) -> Self {
        Self {
            shelf: Shelf::new(Arc::clone(store), "desk-case", CASE_LIFE),
            random,
        }
    }

    /// Opens a case about a person.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn open(&self, on_duty: &OnDuty, person: &FiscalCode) -> Result<CaseId, StoreError> {
        let id = CaseId(self.random.token());
        let case = Case {
            session: on_duty.session().clone(),
            person: person.clone(),
        };
        self.shelf.put(id.as_str(), &case).await?;
        Ok(id)
    }

    /// An open case, if it is this operator's, in this session.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn find(&self, on_duty: &OnDuty, id: &CaseId) -> Result<Option<Case>, StoreError> {
        let case = self.shelf.get(id.as_str()).await?;
        Ok(case.filter(|case| case.session == *on_duty.session()))
    }
}
