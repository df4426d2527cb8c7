//! The stored state of one login, from the moment somebody needs it until it hands over.

use std::sync::Arc;
use std::time::Duration;

use chrono::serde::ts_nanoseconds;
use serde::{Deserialize, Serialize};

use super::freshness::age;
use super::{BrowserDigest, FlowId, SessionHandle};
use crate::crypto::Random;
use crate::identity::{RequiredAssurance, Timestamp};
use crate::policy::{Operation, ServiceId};
use crate::store::{ExpiringStore, Shelf, StoreError};

/// How long a person may take to log in.
pub const FLOW_LIFE: Duration = Duration::from_secs(15 * 60);

/// What a login must achieve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// The service and operation that was asked for, where one was named.
    pub service: Option<(ServiceId, Operation)>,
    /// The id of the application that asks; `None` when the gateway asks for itself.
    pub client: Option<String>,
    /// The least level, whatever the service needs.
    pub level: RequiredAssurance,
    /// The greatest age of the login, in whole seconds (OpenID Connect Core, 3.1.2.1, `max_age`).
    pub max_age: Option<Duration>,
    /// A login in this very flow, however fresh the last (`prompt=login`).
    pub force: bool,
    /// Straight to this method or provider, by name or entity id, without asking the person where there is no need to.
    pub provider_hint: Option<String>,
    /// Whether the person may be shown a page at all (`prompt=none` says no).
    pub interactive: bool,
    /// Whether more than who the person is will be told on: how to reach them, where they were born.
    pub contacts: bool,
}

impl Requirement {
    /// A login of at least this level, by any provider, for no service in particular.
    #[must_use]
    pub fn of_level(level: RequiredAssurance) -> Self {
        Self {
            service: None,
            client: None,
            level,
            max_age: None,
            force: false,
            provider_hint: None,
            interactive: true,
            contacts: false,
        }
    }
}

/// Where a flow hands over when it is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnTo {
    /// The portal page.
    Portal,
    /// A stored OpenID Connect authorization request.
    OpenId {
        /// The stored request's id.
        authorization: String,
    },
    /// A page of an application behind a proxy (forward auth).
    Site {
        /// Scheme, host and port of the application.
        origin: String,
        /// The page: path and query.
        target: String,
        /// The browser as its cookie on that site names it; `None` where the application is on the gateway's own host.
        browser: Option<BrowserDigest>,
    },
    /// The operators' desk.
    Desk,
}

/// What became of the login itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowOutcome {
    /// The person logged in, in this flow.
    LoggedIn,
    /// The person or the provider broke off.
    Refused {
        /// The reason code, as in the audit log: never a text of the provider's.
        code: String,
    },
}

/// One login under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginFlow {
    /// Its name.
    pub id: FlowId,
    /// The browser it is bound to.
    browser: BrowserDigest,
    /// The session the browser had when the flow began: its cookie is `SameSite=Lax` and does not come with the
    /// provider's cross-site POST. Set anew when the flow's login establishes one.
    pub session: Option<SessionHandle>,
    /// What must be achieved.
    pub requirement: Requirement,
    /// Where it hands over.
    pub return_to: ReturnTo,
    /// When it began.
    #[serde(with = "ts_nanoseconds")]
    pub started: Timestamp,
    /// What became of the login, once it ended.
    pub outcome: Option<FlowOutcome>,
}

/// What a flow begins with.
#[derive(Debug, Clone)]
pub struct NewFlow {
    /// The browser it will be bound to.
    pub browser: BrowserDigest,
    /// The session the browser has.
    pub session: Option<SessionHandle>,
    /// What must be achieved.
    pub requirement: Requirement,
    /// Where it hands over.
    pub return_to: ReturnTo,
}

/// All flows. Each is stored under its own id and bound to its browser: two tabs never disturb each other.
pub struct Flows {
    shelf: Shelf<LoginFlow>,
    random: Arc<dyn Random>,
}

impl Flows {
    /// Flows in a store.
    #[must_use]
    pub fn new(store: Arc<dyn ExpiringStore>, random: Arc<dyn Random>) -> Self {
        Self {
            shelf: Shelf::new(store, "flow", FLOW_LIFE).forgettable(),
            random,
        }
    }

    /// Begins a flow.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn begin(&self, new: NewFlow, now: Timestamp) -> Result<LoginFlow, StoreError> {
        let flow = LoginFlow {
            id: FlowId::generate(self.random.as_ref()),
            browser: new.browser,
            session: new.session,
            requirement: new.requirement,
            return_to: new.return_to,
            started: now,
            outcome: None,
        };
        self.shelf.put(flow.id.as_str(), &flow).await?;
        Ok(flow)
    }

    /// The flow of an id, if it is this browser's and not over.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn find(
        &self,
        id: &FlowId,
        browser: &BrowserDigest,
        now: Timestamp,
    ) -> Result<Option<LoginFlow>, StoreError> {
        let flow = self.shelf.get(id.as_str()).await?;
        Ok(flow.filter(|flow| flow.admits(browser, now)))
    }

    /// Keeps what a step changed; tells whether the flow was still there. Changes made by nobody else are lost: `change`
    /// runs on the flow as it is stored.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn change(
        &self,
        id: &FlowId,
        change: impl FnMut(&mut LoginFlow),
    ) -> Result<Option<LoginFlow>, StoreError> {
        self.shelf.update(id.as_str(), change).await
    }

    /// Ends a flow and gives it to whoever ended it: of several, exactly one gets it.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn finish(
        &self,
        id: &FlowId,
        browser: &BrowserDigest,
        now: Timestamp,
    ) -> Result<Option<LoginFlow>, StoreError> {
        // Looked at first: a stranger who learned the id must not be able to end the flow.
        let Some(flow) = self.find(id, browser, now).await? else {
            return Ok(None);
        };
        Ok(self.shelf.remove(id.as_str()).await?.then_some(flow))
    }
}

impl LoginFlow {
    fn admits(&self, browser: &BrowserDigest, now: Timestamp) -> bool {
        // A change starts the store's clock anew; the flow's own never does.
        self.browser.matches(browser) && age(self.started, now) < FLOW_LIFE
    }
}
