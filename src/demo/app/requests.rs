//! Requests that people send through the application. One that the gateway let pass provisionally is shown to it with the ticket
//! that came in the ID token, and the receipt that it gives proves the day.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::book::{Held, Receipt};
use super::relying_party::{RelyingParty, RelyingPartyError};
use super::{Answer, AppSession, SampleApp, Stop};
use crate::crypto::Random;
use crate::crypto::encoding::hex;
use crate::protocol::jose::{JwsAlgorithm, JwtProfile, KidRule};

/// What receipts may be.
const RECEIPT: JwtProfile = JwtProfile {
    algorithms: &[JwsAlgorithm::Es256],
    types: &["receipt+jwt"],
    may_be_untyped: false,
    kid: KidRule::Required,
    max_bytes: 16 * 1024,
};

/// What a form says.
#[derive(Deserialize)]
pub(super) struct Sent {
    resource: String,
}

/// `POST /requests`: somebody sends a request for a service that the gateway opened. The cookie is `SameSite=Lax`, so no other
/// site's form comes with one.
pub(super) async fn send(
    State(app): State<SampleApp>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Answer {
    let session = app.session(&headers).await?.unwrap_or_default();
    let sub = session.sub().filter(|_| session.has_opened(&sent.resource));
    let sub = sub.ok_or_else(|| {
        let why = "Prima di mandare la domanda bisogna aprire il servizio.";
        Stop::because(StatusCode::FORBIDDEN, why)
    })?;
    let number = number(app.0.random.as_ref());
    let receipt = match session.tickets.get(&sent.resource) {
        Some(ticket) => {
            let take = app.0.relying_party.take_provisionally(ticket, &number, sub);
            Some(take.await?)
        }
        None => None,
    };
    app.0.book.hold(Held {
        number,
        resource: sent.resource,
        sub: sub.to_owned(),
        counts: receipt.is_none(),
        receipt,
    });
    Ok(Redirect::to("/").into_response())
}

impl AppSession {
    /// How the gateway names the person to this application.
    pub(super) fn sub(&self) -> Option<&str> {
        self.claims.get("sub").and_then(Value::as_str)
    }

    fn has_opened(&self, resource: &str) -> bool {
        self.opened.contains_key(resource)
    }

    /// Notes what a service was opened with, and the ticket if it was opened provisionally.
    pub(super) fn open(&mut self, resource: &str, issuer: &str) {
        let own = |name: &str| {
            let claim = self.claims.get(&format!("{issuer}/claims/{name}"));
            claim.and_then(Value::as_str).map(str::to_owned)
        };
        match own("ticket") {
            Some(ticket) => self.tickets.insert(resource.to_owned(), ticket),
            None => self.tickets.remove(resource),
        };
        let level = self.claims.get("acr").and_then(Value::as_str);
        let level = level.unwrap_or_default().to_owned();
        self.opened.insert(resource.to_owned(), level);
    }
}

impl RelyingParty {
    /// Tells the gateway that a request was taken, and believes the receipt only if it is sealed, and about this.
    async fn take_provisionally(
        &self,
        ticket: &str,
        number: &str,
        sub: &str,
    ) -> Result<Receipt, RelyingPartyError> {
        use RelyingPartyError::Wrong;
        let endpoint = format!("{}/receipts", self.issuer());
        let form = [("ticket", ticket), ("number", number)];
        let answer = self.post(&endpoint, &form).await?;
        let seal = answer.get("receipt").and_then(Value::as_str);
        let seal = seal.ok_or(Wrong("no receipt"))?;
        let seal = self.verify(seal, &RECEIPT, &self.keys().await?)?;
        let own = |name: &str| seal.text(&format!("{}/claims/{name}", self.issuer()));
        if seal.text("sub") != Some(sub) || own("number") != Some(number) {
            return Err(Wrong("the receipt is for another request"));
        }
        let read = |text: Option<&str>| {
            let text = text.ok_or(Wrong("the receipt lacks its name or its day"));
            text.map(str::to_owned)
        };
        Ok(Receipt {
            id: read(seal.text("jti"))?,
            day: read(own("day"))?,
        })
    }
}

/// A number for a request: nobody else's, in this start or another.
fn number(random: &dyn Random) -> String {
    let mut drawn = [0; 5];
    random.fill(&mut drawn);
    format!("PROVA-{}", hex(&drawn))
}
