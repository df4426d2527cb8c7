//! Who gets to the desk, and which of the forms that come are from there.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use http::{Method, StatusCode};

use super::HOME;
use crate::desk::{Act, Desk, Entry, NotAllowed, OnDuty, Reason, Task};
use crate::http::flow::{self, Browser, CurrentSession};
use crate::http::form::{self, TOKEN_FIELD};
use crate::http::oidc::{read, unusable};
use crate::http::pages::desk::AtWork;
use crate::http::pages::{Action, Refusal};
use crate::http::pin::Typed;
use crate::http::state::Gateway;
use crate::http::visit::Visit;
use crate::identity::{FiscalCode, Line};
use crate::session::{Requirement, ReturnTo, SessionId};

/// An operator's request. A handler that takes it is reached by nobody else.
pub(super) struct AtDesk {
    /// The request as pages see it.
    pub(super) visit: Visit,
    /// The operator.
    pub(super) on_duty: OnDuty,
    session: SessionId,
}

/// A form that an operator posted from a page of the desk.
pub(super) struct Posted {
    /// Who posted it.
    pub(super) desk: AtDesk,
    /// What was typed.
    pub(super) typed: Typed,
}

impl From<NotAllowed> for Refusal {
    fn from(why: NotAllowed) -> Self {
        let refusal = match why {
            NotAllowed::Role => Self::new(StatusCode::FORBIDDEN, "desk-role"),
            NotAllowed::Oneself => Self::new(StatusCode::FORBIDDEN, "desk-oneself"),
        };
        refusal.offering(home())
    }
}

/// The way back to where operators begin.
pub(super) fn home() -> Action {
    Action::new("desk-home", HOME)
}

impl AtDesk {
    /// The desk.
    ///
    /// # Errors
    /// The refusal "not found" where there is none.
    pub(super) fn desk(&self) -> Result<&Desk, Refusal> {
        self.visit.gateway.desk().ok_or_else(absent)
    }

    /// The token of the forms on this operator's pages.
    pub(super) fn token(&self) -> String {
        form::token(&self.session)
    }

    /// The operator's request, for pages.
    pub(super) fn at_work(&self) -> AtWork<'_> {
        AtWork {
            visit: &self.visit,
            on_duty: &self.on_duty,
        }
    }

    /// Whether it is this operator's work at all: for pages with a form, which need not be filled in vain.
    ///
    /// # Errors
    /// The page that says that it is not.
    pub(super) fn allow(&self, task: Task) -> Result<(), Refusal> {
        let role = self.on_duty.operator().role();
        task.is_for(role)
            .then_some(())
            .ok_or_else(|| NotAllowed::Role.into())
    }

    /// The office that the operator is at.
    ///
    /// # Errors
    /// The page that says that they are at none.
    pub(super) fn office(&self) -> Result<&Line<60>, Refusal> {
        let office = self.on_duty.operator().office();
        office.ok_or_else(|| NotAllowed::Role.into())
    }

    /// Leave to do something to a person.
    ///
    /// # Errors
    /// The page that says why this operator may not.
    pub(super) fn act(
        &self,
        task: Task,
        person: &FiscalCode,
        reason: Reason,
    ) -> Result<Act, Refusal> {
        Ok(self.on_duty.act(task, person, reason)?)
    }

    async fn admit(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Response> {
        let Some(desk) = gateway.desk() else {
            return Err(absent().into_response());
        };
        let Ok(visit) = Visit::from_request_parts(parts, gateway).await;
        let CurrentSession(current) = CurrentSession::from_request_parts(parts, gateway)
            .await
            .map_err(Refusal::into_response)?;
        let session = current.as_ref().map(|(_, session)| session);
        match (desk.operators().admit(session, gateway.now()), current) {
            (Entry::Admitted(on_duty), Some((session, _))) => Ok(Self {
                visit,
                on_duty,
                session,
            }),
            (Entry::LogIn(level), current) if parts.method == Method::GET => {
                let Ok(browser) = Browser::from_request_parts(parts, gateway).await;
                let session = current.as_ref().map(|(_, session)| session);
                let wanted = Requirement::of_level(level);
                let login = flow::begin(&visit, &browser, session, wanted, ReturnTo::Desk);
                Err(Box::pin(login).await.unwrap_or_else(Refusal::into_response))
            }
            // What was posted is not done, and whoever typed it must know.
            (Entry::LogIn(_), _) => Err(Refusal::new(StatusCode::FORBIDDEN, "desk-login-again")
                .offering(home())
                .into_response()),
            (Entry::Admitted(_) | Entry::Refused, _) => {
                Err(Refusal::new(StatusCode::FORBIDDEN, "desk-operators-only").into_response())
            }
        }
    }
}

fn absent() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "not-found").because("no-desk")
}

impl FromRequestParts<Gateway> for AtDesk {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        gateway: &Gateway,
    ) -> Result<Self, Self::Rejection> {
        Self::admit(parts, gateway).await
    }
}

impl FromRequest<Gateway> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, gateway: &Gateway) -> Result<Self, Self::Rejection> {
        let (mut parts, body) = request.into_parts();
        let desk = AtDesk::admit(&mut parts, gateway).await?;
        let headers = parts.headers.clone();
        let body = Bytes::from_request(Request::from_parts(parts, body), gateway)
            .await
            .map_err(axum::response::IntoResponse::into_response)?;
        let read = || {
            let form = read(&body)?;
            for (name, _) in form.pairs() {
                form.one(name).map_err(|error| unusable(&error))?;
            }
            let token = form.one(TOKEN_FIELD).map_err(|error| unusable(&error))?;
            form::check(gateway, &headers, &desk.session, token)?;
            Ok(Typed::of(form))
        };
        let typed = read().map_err(Refusal::into_response)?;
        Ok(Self { desk, typed })
    }
}
