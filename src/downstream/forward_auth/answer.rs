//! What an application is told, in headers.
//!
//! Every answer carries every header, empty where there is nothing to tell: a proxy that copies them then overwrites what
//! a stranger may have sent under the same name.

use std::fmt::Write as _;

use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{ForwardAuth, Released, Route};
use crate::identity::{AchievedAssurance, AuthenticationMethod, Categories, FiscalCode};
use crate::policy::Operation;
use crate::session::Session;

/// Who it is, by a name that this site or sector alone knows: the same as `sub` of OpenID Connect.
const SUBJECT: HeaderName = HeaderName::from_static("x-varco-subject");
/// The fiscal code.
const FISCAL_NUMBER: HeaderName = HeaderName::from_static("x-varco-fiscal-number");
/// The given name, UTF-8 percent-encoded.
const GIVEN_NAME: HeaderName = HeaderName::from_static("x-varco-given-name");
/// The family name, the same way.
const FAMILY_NAME: HeaderName = HeaderName::from_static("x-varco-family-name");
/// The session's handle.
const SESSION: HeaderName = HeaderName::from_static("x-varco-session");
/// `low`, `substantial` or `high`.
const LEVEL: HeaderName = HeaderName::from_static("x-varco-level");
/// The way in.
const METHOD: HeaderName = HeaderName::from_static("x-varco-method");
/// The categories in which the person acts, with commas between.
const CATEGORY: HeaderName = HeaderName::from_static("x-varco-category");
/// The service.
const SERVICE: HeaderName = HeaderName::from_static("x-varco-service");
/// `consult` or `request`.
const OPERATION: HeaderName = HeaderName::from_static("x-varco-operation");
/// `permit`, `provisional`, `step-up` or `deny`.
const DECISION: HeaderName = HeaderName::from_static("x-varco-decision");
/// Why it is closed: a reason code.
const REASON: HeaderName = HeaderName::from_static("x-varco-reason");

/// What a request that may be made provisionally is registered with at `/receipts`.
const TICKET: HeaderName = HeaderName::from_static("x-varco-ticket");

/// Every header of an answer. Proxies must drop what browsers send under these names, in every spelling.
pub const HEADERS: [HeaderName; 13] = [
    SUBJECT,
    FISCAL_NUMBER,
    GIVEN_NAME,
    FAMILY_NAME,
    SESSION,
    LEVEL,
    METHOD,
    CATEGORY,
    SERVICE,
    OPERATION,
    DECISION,
    REASON,
    TICKET,
];

/// The most characters of a name that are told: providers bound names, but nothing else here does.
const LONGEST_NAME: usize = 100;

/// What stands for itself in a name: RFC 3986, 2.3.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What a permitted request's application is told.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// What it asked for.
    pub route: &'a Route,
    /// What the method does there.
    pub operation: Operation,
    /// Whose session it is.
    pub session: &'a Session,
    /// What the session is worth.
    pub level: AchievedAssurance,
    /// The way in that earned it.
    pub method: AuthenticationMethod,
    /// The categories in which the person acts.
    pub categories: Categories,
    /// The decision's name.
    pub decision: &'static str,
    /// The ticket of a provisional request, where the application can use one.
    pub ticket: Option<&'a str>,
}

impl ForwardAuth {
    /// The headers that let a request pass.
    #[must_use]
    pub fn tell(&self, told: &Told<'_>) -> HeaderMap {
        let person = told.session.person();
        let released = |what| told.route.releases(what);
        let name = |what, name: Option<&str>| match name {
            Some(name) if released(what) => {
                let short = name.char_indices().nth(LONGEST_NAME);
                let short = short.and_then(|(end, _)| name.get(..end)).unwrap_or(name);
                text(&utf8_percent_encode(short, ENCODED).to_string())
            }
            _ => nothing(),
        };
        let subject = self.subjects.subject(told.route.sector(), &person.key);
        let fiscal_number = person
            .fiscal_code()
            .filter(|_| released(Released::FiscalNumber))
            .map_or_else(nothing, |code: &FiscalCode| text(code.expose()));
        let session = match released(Released::Session) {
            true => text(told.session.handle().as_str()),
            false => nothing(),
        };
        let given_name = person.given_name.as_ref();
        let family_name = person.family_name.as_ref();
        let mut headers = HeaderMap::with_capacity(HEADERS.len() + 1);
        for (header, value) in [
            (SUBJECT, text(&subject)),
            (FISCAL_NUMBER, fiscal_number),
            (
                GIVEN_NAME,
                name(
                    Released::GivenName,
                    given_name.map(|name| name.expose().as_str()),
                ),
            ),
            (
                FAMILY_NAME,
                name(
                    Released::FamilyName,
                    family_name.map(|name| name.expose().as_str()),
                ),
            ),
            (SESSION, session),
            (LEVEL, HeaderValue::from_static(told.level.0.name())),
            (METHOD, HeaderValue::from_static(told.method.name())),
            (CATEGORY, text(&list(told.categories))),
            (SERVICE, told.route.service_header()),
            (OPERATION, HeaderValue::from_static(told.operation.name())),
            (DECISION, HeaderValue::from_static(told.decision)),
            (REASON, nothing()),
            (TICKET, told.ticket.map_or_else(nothing, text)),
        ] {
            headers.insert(header, value);
        }
        headers
    }

    /// The headers that tell nothing of anybody: the decision, and a reason code where there is one.
    #[must_use]
    pub fn tell_nothing(decision: &'static str, reason: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(HEADERS.len() + 4);
        for header in HEADERS {
            headers.insert(header, nothing());
        }
        headers.insert(DECISION, HeaderValue::from_static(decision));
        headers.insert(REASON, HeaderValue::from_static(reason));
        headers
    }
}

fn nothing() -> HeaderValue {
    HeaderValue::from_static("")
}

/// Nothing that is told has other characters than a header may have; should it, nothing is told.
fn text(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| nothing())
}

fn list(categories: Categories) -> String {
    let mut list = String::with_capacity(32);
    for category in categories.iter() {
        let comma = if list.is_empty() { "" } else { "," };
        // Writing to a String does not fail.
        let _ = write!(list, "{comma}{}", category.name());
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_tells_nothing_still_has_every_header() {
        let headers = ForwardAuth::tell_nothing("deny", "wrong-category");
        for header in HEADERS {
            let value = headers.get(&header).unwrap();
            match header.as_str() {
                "x-varco-decision" => assert_eq!(value, "deny"),
                "x-varco-reason" => assert_eq!(value, "wrong-category"),
                _ => assert!(value.is_empty(), "{header}"),
            }
        }
    }

    #[test]
    fn categories_are_listed_with_commas() {
        use crate::identity::Category::{Citizen, Company};
        assert_eq!(list(Categories::from_iter([Citizen])), "citizen");
        assert_eq!(
            list(Categories::from_iter([Company, Citizen])),
            "citizen,company"
        );
        assert_eq!(list(Categories::NONE), "");
    }
}
