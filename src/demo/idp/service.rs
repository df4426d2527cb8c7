//! The test providers as one web service: each has its own path, entity id and key, and knows the service provider of its
//! federation.

mod login;
mod routes;
mod sessions;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};

use super::request::{AuthnRequest, Incoming, RequestRefusal};
use super::service_provider::ServiceProvider;
use super::{Consent, TestIdp, pages};
use crate::crypto::Random;
use crate::demo::page::notice;
use crate::demo::people::PEOPLE;
use crate::demo::providers::TestFederation;
use crate::identity::{Clock, Timestamp};
use crate::store::{ExpiringStore, Shelf, StoreError};

const LOGIN_LIFE: Duration = Duration::from_secs(15 * 60);
const SESSION_LIFE: Duration = Duration::from_secs(30 * 60);

/// What the test providers share.
#[derive(Clone)]
pub struct IdpService(Arc<Parts>);

struct Parts {
    idps: Vec<TestIdp>,
    services: Services,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    logins: Shelf<Login>,
    sessions: Shelf<IdpSession>,
}

/// The service providers that the test providers serve: one for each federation.
#[derive(Debug, Clone)]
pub struct Services {
    /// As SPID's providers know it.
    pub spid: ServiceProvider,
    /// As the Ministry knows it, where it is registered there.
    pub cie: Option<ServiceProvider>,
}

/// A login that has begun.
#[derive(Serialize, Deserialize)]
struct Login {
    slug: String,
    request: AuthnRequest,
    wrong_passwords: u8,
    /// Set once the password was right.
    person: Option<String>,
    level: u8,
    open_session: bool,
}

/// A person's session at a provider.
#[derive(Clone, Serialize, Deserialize)]
struct IdpSession {
    slug: String,
    person: String,
    name_id: String,
}

/// Why a step does not go on: the page that says so.
struct Stop {
    status: StatusCode,
    why: String,
}

impl Stop {
    fn because(status: StatusCode, why: &str) -> Self {
        let why = why.to_owned();
        Self { status, why }
    }

    fn broken(error: impl ToString) -> Self {
        Self::because(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
    }
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        notice(self.status, "Non si può continuare", &self.why, None)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::because(StatusCode::SERVICE_UNAVAILABLE, &error.to_string())
    }
}

type Answer = Result<Response, Stop>;
type Fields = HashMap<String, String>;

impl IdpService {
    /// The service of these providers.
    #[must_use]
    pub fn new(
        idps: Vec<TestIdp>,
        services: Services,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        store: Arc<dyn ExpiringStore>,
    ) -> Self {
        Self(Arc::new(Parts {
            idps,
            services,
            clock,
            random,
            logins: Shelf::new(store.clone(), "demo-login", LOGIN_LIFE),
            sessions: Shelf::new(store, "demo-idp-session", SESSION_LIFE),
        }))
    }

    /// Every address of the service.
    pub fn router(self) -> Router {
        routes::router(self)
    }

    fn idp(&self, slug: &str) -> Result<&TestIdp, Stop> {
        self.0
            .idps
            .iter()
            .find(|idp| idp.provider.slug == slug)
            .ok_or_else(|| Stop::because(StatusCode::NOT_FOUND, "Questo gestore non c'è."))
    }

    /// The service provider that a provider serves.
    fn service(&self, idp: &TestIdp) -> Result<&ServiceProvider, Stop> {
        let services = &self.0.services;
        let service = match idp.provider.federation {
            TestFederation::Spid => Some(&services.spid),
            TestFederation::Cie => services.cie.as_ref(),
        };
        service.ok_or_else(|| Stop::because(StatusCode::NOT_FOUND, "Nessun servizio registrato."))
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    async fn begin(&self, slug: &str, headers: &HeaderMap, incoming: Incoming<'_>) -> Answer {
        let idp = self.idp(slug)?;
        let service = self.service(idp)?;
        let sso = idp.sso();
        let here = (idp.provider.federation, sso.as_str());
        let request = match AuthnRequest::read(incoming, service, here, self.now()) {
            Ok(request) => request,
            Err(RequestRefusal::Page(why)) => {
                let why = format!("Il fornitore del servizio ha sbagliato la richiesta: {why}");
                return Err(Stop::because(StatusCode::FORBIDDEN, &why));
            }
            Err(RequestRefusal::Answer {
                anomaly,
                in_response_to,
                relay_state,
            }) => {
                // SPID sends what has no better place to the default address.
                let to = service.default_consumer().unwrap_or_default();
                return self.refuse(idp, anomaly, in_response_to.as_deref(), to, relay_state);
            }
        };
        // Only at level 1 may a session take the place of a login (SPID technical rules, single sign-on).
        if request.level == 1
            && !request.force
            && let Some((index, session)) = self.session(idp, headers).await?
            && let Some(person) = PEOPLE.iter().find(|it| it.username == session.person)
        {
            let consent = Consent {
                person,
                level: 1,
                session_index: Some(index),
                name_id: session.name_id,
            };
            return self.succeed(idp, &request, &consent);
        }
        let login = Login {
            slug: slug.to_owned(),
            request,
            wrong_passwords: 0,
            person: None,
            level: 0,
            open_session: false,
        };
        let id = self.0.random.token();
        self.0.logins.put(&id, &login).await?;
        Ok(pages::login(idp, service, &login.request, &id, None))
    }
}

#[cfg(test)]
mod tests;
