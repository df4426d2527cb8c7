//! Single logout messages (SAML 2.0 core, 3.7; SPID technical rules, Single Logout): written by us, and read from
//! messages whose signature was verified.

use std::fmt;

use chrono::{DateTime, Utc};

use super::authn_request::write_issuer;
use super::instant::format_instant;
use super::names;
use super::post::{BindingRefusal, decode_post};
use super::read::{self, Children};
use super::redirect::{MessageKind, RedirectQuery};
use super::refusal::{Fault, SamlRefusal, place};
use super::status::{Status, TopStatus};
use crate::crypto::PublicKey;
use crate::protocol::xml::{
    Document, Element, Limits, SignatureRefusal, XmlWriter, verify_enveloped,
};

/// Which session to end at a provider.
#[derive(Clone, PartialEq, Eq)]
pub struct LogoutSubject<'a> {
    /// `NameID`, as the provider gave it.
    pub name_id: &'a str,
    /// Its `NameQualifier`.
    pub name_qualifier: &'a str,
    /// `SessionIndex`, as the provider gave it.
    pub session_index: &'a str,
}

/// What every message of ours carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// `ID`.
    pub id: &'a str,
    /// `IssueInstant`.
    pub issue_instant: DateTime<Utc>,
    /// `Destination`.
    pub destination: &'a str,
    /// Our entity id.
    pub issuer: &'a str,
}

impl Envelope<'_> {
    fn open(&self, xml: &mut XmlWriter, element: &str, in_response_to: Option<&str>) {
        xml.start(element)
            .namespace("samlp", names::PROTOCOL)
            .namespace("saml", names::ASSERTION)
            .attribute("ID", self.id)
            .attribute("Version", names::VERSION)
            .attribute("IssueInstant", &format_instant(self.issue_instant))
            .attribute("Destination", self.destination);
        if let Some(id) = in_response_to {
            xml.attribute("InResponseTo", id);
        }
        write_issuer(xml, self.issuer);
    }

    /// A LogoutRequest, not yet signed.
    #[must_use]
    pub fn logout_request(&self, subject: &LogoutSubject<'_>) -> String {
        let mut xml = XmlWriter::new();
        self.open(&mut xml, "samlp:LogoutRequest", None);
        xml.start("saml:NameID")
            .attribute("Format", names::TRANSIENT)
            .attribute("NameQualifier", subject.name_qualifier)
            .text(subject.name_id)
            .end()
            .element("samlp:SessionIndex", subject.session_index);
        xml.finish()
    }

    /// A LogoutResponse, not yet signed. A `partial` one says that not everybody was reached
    /// (SAML 2.0 core, 3.7.3.2).
    #[must_use]
    pub fn logout_response(&self, in_response_to: &str, partial: bool) -> String {
        let mut xml = XmlWriter::new();
        self.open(&mut xml, "samlp:LogoutResponse", Some(in_response_to));
        let top = if partial {
            TopStatus::Requester
        } else {
            TopStatus::Success
        };
        xml.start("samlp:Status")
            .start("samlp:StatusCode")
            .attribute("Value", top.urn());
        if partial {
            xml.start("samlp:StatusCode")
                .attribute("Value", names::PARTIAL_LOGOUT)
                .end();
        }
        xml.finish()
    }
}

/// A logout message as it came, by either binding.
#[derive(Debug, Clone, Copy)]
pub enum ReceivedLogout<'a> {
    /// The value of a form field.
    Post {
        /// Which field.
        kind: MessageKind,
        /// Its value.
        field: &'a str,
        /// `RelayState`.
        relay_state: Option<&'a str>,
    },
    /// A raw query string.
    Redirect {
        /// Without `?`.
        query: &'a str,
    },
}

/// Why a logout message is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogoutRefusal {
    /// It cannot be taken out of its transport.
    #[error(transparent)]
    Binding(#[from] BindingRefusal),
    /// It cannot be read, or is not signed as it must be.
    #[error(transparent)]
    Saml(#[from] SamlRefusal),
    /// Its issuer is none of our providers.
    #[error("the message comes from nobody we know")]
    UnknownIssuer,
}

impl LogoutRefusal {
    /// The reason code for logs, metrics and pages.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Binding(refusal) => refusal.code().to_owned(),
            Self::Saml(refusal) => refusal.code(),
            Self::UnknownIssuer => "logout-issuer-unknown".to_owned(),
        }
    }
}

/// A logout message whose signature was verified. [`open_logout`] alone makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedLogout {
    id: String,
    issue_instant: DateTime<Utc>,
    destination: Option<String>,
    issuer: String,
    relay_state: Option<String>,
    content: LogoutContent,
}

/// What a logout message says.
#[derive(Clone, PartialEq, Eq)]
pub enum LogoutContent {
    /// End the sessions of this subject.
    Request {
        /// `NameID`.
        name_id: String,
        /// `SessionIndex`, each; none means all sessions of the subject.
        session_indexes: Vec<String>,
        /// Until when the request holds.
        not_on_or_after: Option<DateTime<Utc>>,
    },
    /// An answer to a request of ours.
    Response {
        /// Which.
        in_response_to: String,
        /// How it went.
        status: Status,
    },
}

impl fmt::Debug for LogoutSubject<'_> {
    /// Without the names of the person's session.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogoutSubject").finish_non_exhaustive()
    }
}

impl fmt::Debug for LogoutContent {
    /// Without the names of the person's session.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request {
                not_on_or_after, ..
            } => f
                .debug_struct("Request")
                .field("not_on_or_after", not_on_or_after)
                .finish_non_exhaustive(),
            Self::Response {
                in_response_to,
                status,
            } => f
                .debug_struct("Response")
                .field("in_response_to", in_response_to)
                .field("status", status)
                .finish(),
        }
    }
}

impl SignedLogout {
    /// `ID`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// `IssueInstant`.
    #[must_use]
    pub fn issue_instant(&self) -> DateTime<Utc> {
        self.issue_instant
    }

    /// `Destination`.
    #[must_use]
    pub fn destination(&self) -> Option<&str> {
        self.destination.as_deref()
    }

    /// `Issuer`, whose key signed the message.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// `RelayState` that came with it.
    #[must_use]
    pub fn relay_state(&self) -> Option<&str> {
        self.relay_state.as_deref()
    }

    /// What it says.
    #[must_use]
    pub fn content(&self) -> &LogoutContent {
        &self.content
    }
}

/// Opens a logout message: takes it out of its transport, finds the keys of its issuer with `keys_of`, verifies the
/// signature that the transport has (within the XML for POST, over the query for Redirect), and reads it.
///
/// # Errors
/// [`LogoutRefusal`] for the first thing that is wrong.
pub fn open_logout<'k>(
    received: ReceivedLogout<'_>,
    keys_of: impl FnOnce(&str) -> Option<&'k [PublicKey]>,
) -> Result<SignedLogout, LogoutRefusal> {
    match received {
        ReceivedLogout::Post {
            kind,
            field,
            relay_state,
        } => {
            let text = decode_post(field)?;
            read_message(&text, kind, relay_state, |root, issuer| {
                let keys = keys_of(issuer).ok_or(LogoutRefusal::UnknownIssuer)?;
                verify_enveloped(root, keys)
                    .map(|_| ())
                    .map_err(|refusal| unsigned(refusal).into())
            })
        }
        ReceivedLogout::Redirect { query } => {
            let query = RedirectQuery::parse(query)?;
            let text = query.inflate()?;
            read_message(&text, query.kind(), query.relay_state(), |root, issuer| {
                let keys = keys_of(issuer).ok_or(LogoutRefusal::UnknownIssuer)?;
                // SAML 2.0 bindings, 3.4.4.1: the query is what is signed; a signature within would be another's.
                if root
                    .children_named(names::DSIG, "Signature")
                    .next()
                    .is_some()
                {
                    return Err(place::SIGNATURE.is(Fault::Unexpected).into());
                }
                query
                    .verify(keys)
                    .map_err(|_| unsigned(SignatureRefusal::Signature).into())
            })
        }
    }
}

fn unsigned(refusal: SignatureRefusal) -> SamlRefusal {
    SamlRefusal::Signature {
        place: place::LOGOUT_SIGNATURE,
        refusal,
    }
}

fn read_message(
    text: &str,
    kind: MessageKind,
    relay_state: Option<&str>,
    verify: impl FnOnce(Element<'_>, &str) -> Result<(), LogoutRefusal>,
) -> Result<SignedLogout, LogoutRefusal> {
    let document = Document::parse(text, &Limits::MESSAGE).map_err(SamlRefusal::from)?;
    let root = document.root();
    let expected = match kind {
        MessageKind::Request => "LogoutRequest",
        MessageKind::Response => "LogoutResponse",
    };
    if !root.is(names::PROTOCOL, expected) {
        return Err(place::LOGOUT.is(Fault::Unexpected).into());
    }
    let mut children = Children::of(root);
    let issuer = children.required(names::ASSERTION, "Issuer", place::LOGOUT_ISSUER)?;
    let issuer = read::text(issuer, place::LOGOUT_ISSUER)?;
    let signature = children.optional(names::DSIG, "Signature");
    for element in root.descendants() {
        if element.is(names::DSIG, "Signature") && Some(element) != signature {
            return Err(place::SIGNATURE.is(Fault::Unexpected).into());
        }
    }
    verify(root, &issuer)?;
    children.optional(names::PROTOCOL, "Extensions");
    read::version(root, place::LOGOUT_VERSION)?;
    let content = match kind {
        MessageKind::Request => request(root, &mut children)?,
        MessageKind::Response => response(root, &mut children)?,
    };
    children.end(place::LOGOUT)?;
    Ok(SignedLogout {
        id: read::attribute(root, "ID", place::LOGOUT_ID)?.to_owned(),
        issue_instant: read::instant(root, "IssueInstant", place::LOGOUT_INSTANT)?,
        destination: read::optional_attribute(root, "Destination", place::LOGOUT_DESTINATION)?
            .map(str::to_owned),
        issuer: issuer.into_owned(),
        relay_state: relay_state.map(str::to_owned),
        content,
    })
}

fn request(root: Element<'_>, children: &mut Children<'_>) -> Result<LogoutContent, SamlRefusal> {
    let name_id = children.required(names::ASSERTION, "NameID", place::NAME_ID)?;
    let mut session_indexes = Vec::new();
    while let Some(index) = children.optional(names::PROTOCOL, "SessionIndex") {
        session_indexes.push(read::text(index, place::SESSION_INDEX)?.into_owned());
    }
    Ok(LogoutContent::Request {
        name_id: read::text(name_id, place::NAME_ID)?.into_owned(),
        session_indexes,
        not_on_or_after: read::optional_instant(root, "NotOnOrAfter", place::LOGOUT_END)?,
    })
}

fn response(root: Element<'_>, children: &mut Children<'_>) -> Result<LogoutContent, SamlRefusal> {
    let status = children.required(names::PROTOCOL, "Status", place::STATUS)?;
    Ok(LogoutContent::Response {
        in_response_to: read::attribute(root, "InResponseTo", place::LOGOUT_IN_RESPONSE_TO)?
            .to_owned(),
        status: read::status(status)?,
    })
}

#[cfg(test)]
mod tests;
