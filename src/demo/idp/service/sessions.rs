//! Sessions at a test provider, and how they end on either side.

use std::time::Duration;

use axum::response::{IntoResponse as _, Redirect, Response};
use http::{HeaderMap, StatusCode};

use super::{Answer, IdpService, IdpSession, SESSION_LIFE, Stop};
use crate::demo::idp::TestIdp;
use crate::demo::idp::logout;
use crate::demo::page::{self, notice, send};
use crate::protocol::saml::logout::{LogoutContent, ReceivedLogout};
use crate::protocol::saml::outgoing::OutgoingMessage;
use crate::protocol::saml::status::Status;

impl IdpService {
    pub(super) async fn session(
        &self,
        idp: &TestIdp,
        headers: &HeaderMap,
    ) -> Result<Option<(String, IdpSession)>, Stop> {
        let slug = idp.provider.slug;
        let Some(index) = session_cookie(headers, slug) else {
            return Ok(None);
        };
        let session = self.0.sessions.get(index).await?;
        Ok(session
            .filter(|session| session.slug == slug)
            .map(|session| (index.to_owned(), session)))
    }

    pub(super) async fn log_out(&self, slug: &str, headers: &HeaderMap) -> Answer {
        let idp = self.idp(slug)?;
        let (index, session) = self.session(idp, headers).await?.ok_or_else(|| {
            Stop::because(
                StatusCode::BAD_REQUEST,
                "Non c'è nessuna sessione da chiudere.",
            )
        })?;
        self.0.sessions.take(&index).await?;
        let random = self.0.random.as_ref();
        let name_id = &session.name_id;
        let asked = idp.ask_logout(self.service(idp)?, name_id, &index, self.now(), random);
        let outgoing = asked.map_err(Stop::broken)?;
        let mut response = deliver_logout(outgoing);
        set_session_cookie(&mut response, slug, "");
        Ok(response)
    }

    /// The Ministry's simple logout: a plain GET ends its session, and its page is where the browser stays (CIE SAML manual,
    /// Logout).
    pub(super) async fn simple_logout(&self, idp: &TestIdp, headers: &HeaderMap) -> Answer {
        if let Some((index, _)) = self.session(idp, headers).await? {
            self.0.sessions.take(&index).await?;
        }
        let text = "Logout effettuato con successo.";
        let mut response = notice(StatusCode::OK, "Uscita", text, None);
        set_session_cookie(&mut response, idp.provider.slug, "");
        Ok(response)
    }

    pub(super) async fn logout_message(&self, slug: &str, received: ReceivedLogout<'_>) -> Answer {
        let idp = self.idp(slug)?;
        let service = self.service(idp)?;
        let message = logout::read(received, service, &idp.slo())
            .map_err(|why| Stop::because(StatusCode::FORBIDDEN, &why))?;
        let (name_id, session_indexes) = match message.content() {
            LogoutContent::Response { status, .. } => return Ok(logged_out(status)),
            LogoutContent::Request {
                name_id,
                session_indexes,
                ..
            } => (name_id, session_indexes),
        };
        let mut whole = true;
        for index in session_indexes {
            // A session that is not there, or is somebody else's, is told as a partial logout.
            let ended = self.0.sessions.take(index).await?;
            whole &= ended.is_some_and(|it| it.slug == slug && it.name_id == name_id.trim());
        }
        let random = self.0.random.as_ref();
        let outgoing = idp
            .answer_logout(service, &message, !whole, self.now(), random)
            .map_err(Stop::broken)?;
        let mut response = deliver_logout(outgoing);
        set_session_cookie(&mut response, slug, "");
        Ok(response)
    }
}

fn logged_out(status: &Status) -> Response {
    let text = if status.is_success() {
        "Sei uscito dal gestore e dal servizio."
    } else if status.is_partial_logout() {
        "Sei uscito dal gestore; non tutti i servizi hanno risposto."
    } else {
        "Sei uscito dal gestore; il servizio ha rifiutato la richiesta."
    };
    notice(StatusCode::OK, "Uscita", text, None)
}

fn deliver_logout(outgoing: Option<OutgoingMessage>) -> Response {
    match outgoing {
        Some(OutgoingMessage::Redirect(url)) => Redirect::to(&url).into_response(),
        Some(OutgoingMessage::Post { action, fields }) => {
            let fields: Vec<(&str, &str)> = fields
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            send("Uscita dal servizio", &action, &fields)
        }
        None => {
            let text = "Sei uscito dal gestore; il servizio non offre l'uscita comune.";
            notice(StatusCode::OK, "Uscita", text, None)
        }
    }
}

fn session_cookie<'a>(headers: &'a HeaderMap, slug: &str) -> Option<&'a str> {
    page::cookie(headers, &format!("idp-{slug}"))
}

/// Keeps a session in the browser, or ends it when the index is empty. `SameSite=None`: requests come by cross-site POST.
pub(super) fn set_session_cookie(response: &mut Response, slug: &str, index: &str) {
    let life = if index.is_empty() {
        Duration::ZERO
    } else {
        SESSION_LIFE
    };
    let name = format!("idp-{slug}");
    let path = format!("/{slug}");
    page::set_cookie(response, (&name, index), (&path, "None"), life);
}
