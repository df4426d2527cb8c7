//! Requests that are made provisionally: how an application says that it took one, and the receipt that proves the day
//! (PIN rules, From ordinario to dispositivo).
//!
//! An ID token whose decision is `provisional` brings a *ticket*; so do the headers of a proxy's answer and the context of an
//! AuthZEN answer, for an application that is registered here as well. When the person has sent the request, minutes or hours
//! later, the application shows the ticket, with its own proof of who it is and the number that it gave the request. It gets a
//! receipt: a token sealed with our key, which says who asked for what, where and when. The same number is the same
//! request, however often it is shown, and so is its receipt.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::answered::Opens;
use super::code::IssuedCode;
use super::provider::OpenIdProvider;
use super::{Client, ErrorCode, ProtocolError, TokenRequest};
use crate::identity::{Person, PersonKey, Timestamp, time_in_italy};
use crate::policy::{Operation, ServiceId};
use crate::session::Session;
use crate::store::StoreError;

/// How long a request may be on its way: longer than any session.
pub(super) const TICKET_LIFE: Duration = Duration::from_secs(12 * 60 * 60);
/// The longest number that an application may give a request.
const LONGEST_NUMBER: usize = 64;
/// The `typ` of a receipt. No profile of ours takes it for anything else.
const TYPE: &str = "receipt+jwt";

/// What a ticket stands for; stored under it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Ticket {
    pub(super) client_id: String,
    pub(super) person: PersonKey,
    pub(super) service: ServiceId,
    pub(super) operation: Operation,
}

/// A request that an application says it took. Only [`OpenIdProvider::submission`] makes one: the application proved who it
/// is, and that the person was sent to it for this.
#[derive(Debug, Clone)]
pub struct Submission {
    id: String,
    client_id: String,
    person: PersonKey,
    service: ServiceId,
    operation: Operation,
    number: String,
    sha256: Option<String>,
}

impl Submission {
    /// Names its receipt: the same for the same number of the same application and person.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The application.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Who made the request.
    #[must_use]
    pub fn person(&self) -> &PersonKey {
        &self.person
    }

    /// For what.
    #[must_use]
    pub fn service(&self) -> &ServiceId {
        &self.service
    }

    /// What of it.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// The number that the application gave the request.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// SHA-256 of what was sent, in lower-case hexadecimal, where the application told it.
    #[must_use]
    pub fn sha256(&self) -> Option<&str> {
        self.sha256.as_deref()
    }
}

/// What a receipt proves.
#[derive(Debug, Clone, Copy)]
pub struct Receipt<'a> {
    /// Its name.
    pub id: &'a str,
    /// Who made the request.
    pub person: &'a PersonKey,
    /// The application that took it.
    pub client: &'a str,
    /// The service, and what of it.
    pub service: &'a str,
    /// The number that the application gave it.
    pub number: &'a str,
    /// SHA-256 of what was sent, where the application told it.
    pub sha256: Option<&'a str>,
    /// When it was taken: from then on time limits do not run.
    pub at: Timestamp,
}

impl OpenIdProvider {
    /// Makes the ticket that goes with a provisional decision; none with any other.
    pub(super) async fn ticket_of(
        &self,
        issued: &IssuedCode,
        person: &Person,
    ) -> Result<Option<String>, ProtocolError> {
        let (Some((service, operation)), Some(Opens::Provisional)) =
            (&issued.service, issued.login.opens)
        else {
            return Ok(None);
        };
        let ticket = Ticket {
            client_id: issued.client_id.clone(),
            person: person.key.clone(),
            service: service.clone(),
            operation: *operation,
        };
        let name = self.random.token();
        self.tickets.put(&name, &ticket).await?;
        Ok(Some(name))
    }

    /// A ticket for an application that knows its people by a proxy's headers or asks for decisions itself, for a request that
    /// somebody may make provisionally in their session. `None` for an application that is not registered: nobody could
    /// show the ticket.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub async fn ticket_in(
        &self,
        client_id: &str,
        session: &Session,
        (service, operation): (&ServiceId, Operation),
    ) -> Result<Option<String>, StoreError> {
        if self.clients().find(client_id).is_none() {
            return Ok(None);
        }
        let ticket = Ticket {
            client_id: client_id.to_owned(),
            person: session.person().key.clone(),
            service: service.clone(),
            operation,
        };
        let asked = format!("{service}/{operation}");
        let name = self.subjects.ticket(client_id, session.handle(), &asked);
        self.tickets.put(&name, &ticket).await?;
        Ok(Some(name))
    }

    /// Reads what an application says of a request that it took: `ticket`, `number`, and `sha256` if it wants the content
    /// in the receipt. It authenticates as at `/token`.
    ///
    /// # Errors
    /// [`ProtocolError`], with the codes of RFC 6749, 5.2.
    pub async fn submission(
        &self,
        request: TokenRequest<'_>,
        now: Timestamp,
    ) -> Result<Submission, ProtocolError> {
        let authenticated = self.authenticate_client(&request, now).await?;
        let client = authenticated.client();
        let form = request.form;
        let missing = ProtocolError::invalid_request(
            "submission_form",
            "ticket and number are required, the number in 1 to 64 visible characters",
        );
        let ticket = form.one("ticket")?.ok_or(missing)?;
        let number = form.one("number")?.ok_or(missing)?;
        let visible = |byte: u8| byte.is_ascii_graphic();
        if !(1..=LONGEST_NUMBER).contains(&number.len()) || !number.bytes().all(visible) {
            return Err(missing);
        }
        let sha256 = form.one("sha256")?;
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if sha256.is_some_and(|digest| digest.len() != 64 || !digest.bytes().all(digit)) {
            return Err(ProtocolError::invalid_request(
                "submission_digest",
                "sha256 is 64 lower-case hexadecimal digits",
            ));
        }
        let ticket = self.tickets.get(ticket).await?;
        let ticket = ticket
            .filter(|ticket| ticket.client_id == client.id())
            .ok_or(ProtocolError::invalid_grant("ticket_unknown"))?;
        Ok(Submission {
            id: self.subjects.receipt(client.id(), &ticket.person, number),
            client_id: ticket.client_id,
            person: ticket.person,
            service: ticket.service,
            operation: ticket.operation,
            number: number.to_owned(),
            sha256: sha256.map(str::to_owned),
        })
    }

    /// The receipt as a sealed token. The day is the one that calendars in Italy showed. It never expires: it proves
    /// what was.
    ///
    /// # Errors
    /// [`ProtocolError`] when the client is no longer registered, or the key's holder fails.
    pub fn seal_receipt(
        &self,
        receipt: &Receipt<'_>,
        now: Timestamp,
    ) -> Result<String, ProtocolError> {
        let client = self.clients().find(receipt.client);
        let client = client.ok_or(ProtocolError::new(
            ErrorCode::InvalidRequest,
            "client_gone",
            "the client is no longer registered",
        ))?;
        let own = |name: &str| format!("{}/claims/{name}", self.issuer());
        let mut claims: Map<String, Value> = [
            ("iss", json!(self.issuer())),
            ("aud", json!(receipt.client)),
            ("sub", json!(self.subject_of(client, receipt.person))),
            ("jti", json!(receipt.id)),
            ("iat", json!(now.timestamp())),
            // When what the token tells of happened (RFC 8417, 2.2).
            ("toe", json!(receipt.at.timestamp())),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        let day = time_in_italy(receipt.at).date();
        claims.insert(own("service"), json!(receipt.service));
        claims.insert(own("decision"), json!("provisional"));
        claims.insert(own("number"), json!(receipt.number));
        claims.insert(own("day"), json!(day.to_string()));
        if let Some(digest) = receipt.sha256 {
            claims.insert(own("sha256"), json!(digest));
        }
        Ok(self.access_signer().sign(TYPE, &claims)?)
    }

    fn subject_of(&self, client: &Client, person: &PersonKey) -> String {
        self.subjects.subject(client.sector(), person)
    }
}

#[cfg(test)]
mod tests;
