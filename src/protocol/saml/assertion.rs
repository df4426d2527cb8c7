//! What an assertion says, typed. Only [`Response::open`](super::response::Response::open) reads one, and only after
//! it verified the signature.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, Utc};

use super::names;
use super::read::{self, Children, Issuer};
use super::refusal::{Fault, SamlRefusal, place};
use super::response::ResponseForm;
use crate::protocol::xml::Element;

/// An assertion's content (SAML 2.0 core, 2.3.3). Every field that the federations demand is there and well-formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion<'doc> {
    /// `ID`.
    pub id: &'doc str,
    /// `IssueInstant`.
    pub issue_instant: DateTime<Utc>,
    /// `Issuer`; its format is there where the form demands it.
    pub issuer: Issuer<'doc>,
    /// `Subject`.
    pub subject: Subject<'doc>,
    /// `Conditions`.
    pub conditions: Conditions<'doc>,
    /// `AuthnStatement`.
    pub authentication: Authentication<'doc>,
    /// `AttributeStatement`, one attribute at least.
    pub attributes: Vec<Attribute<'doc>>,
}

/// Whom it is about, and who may present it.
#[derive(Clone, PartialEq, Eq)]
pub struct Subject<'doc> {
    /// The text of `NameID`, without the white space around it.
    pub name_id: Cow<'doc, str>,
    /// Its `Format`.
    pub format: &'doc str,
    /// Its `NameQualifier`.
    pub name_qualifier: &'doc str,
    /// `SubjectConfirmation/@Method`.
    pub method: &'doc str,
    /// `SubjectConfirmationData/@Recipient`.
    pub recipient: &'doc str,
    /// `SubjectConfirmationData/@InResponseTo`.
    pub in_response_to: &'doc str,
    /// `SubjectConfirmationData/@NotOnOrAfter`.
    pub not_on_or_after: DateTime<Utc>,
    /// `SubjectConfirmationData/@NotBefore`, which a bearer's should not have, and which counts where it is.
    pub not_before: Option<DateTime<Utc>>,
}

/// When and for whom it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conditions<'doc> {
    /// From when.
    pub not_before: DateTime<Utc>,
    /// Until when, exclusively.
    pub not_on_or_after: DateTime<Utc>,
    /// The audiences of each `AudienceRestriction`: each of them must admit us (SAML 2.0 core, 2.5.1.4).
    pub audiences: Vec<Vec<Cow<'doc, str>>>,
}

/// How the person authenticated.
#[derive(Clone, PartialEq, Eq)]
pub struct Authentication<'doc> {
    /// When.
    pub instant: DateTime<Utc>,
    /// The class reference, as it stands there.
    pub class_ref: Cow<'doc, str>,
    /// The provider's session. Its presence or absence says nothing: providers differ.
    pub session_index: Option<&'doc str>,
}

/// One attribute.
#[derive(Clone, PartialEq, Eq)]
pub struct Attribute<'doc> {
    /// `Name`.
    pub name: &'doc str,
    /// The texts of its values, without the white space around them; one at least, maybe empty.
    pub values: Vec<Cow<'doc, str>>,
}

impl fmt::Debug for Subject<'_> {
    /// Without the name of the person's session.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject")
            .field("format", &self.format)
            .field("in_response_to", &self.in_response_to)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Authentication<'_> {
    /// Without the name of the person's session.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentication")
            .field("instant", &self.instant)
            .field("class_ref", &self.class_ref)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Attribute<'_> {
    /// Without the values, which are the person's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attribute")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl<'doc> Assertion<'doc> {
    /// Reads a verified assertion.
    pub(super) fn read(element: Element<'doc>, form: ResponseForm) -> Result<Self, SamlRefusal> {
        let id = read::attribute(element, "ID", place::ASSERTION_ID)?;
        read::version(element, place::ASSERTION_VERSION)?;
        let issue_instant = read::instant(element, "IssueInstant", place::ASSERTION_INSTANT)?;
        let mut children = Children::of(element);
        let issuer = read::issuer(
            children.required(names::ASSERTION, "Issuer", place::ASSERTION_ISSUER)?,
            place::ASSERTION_ISSUER,
            place::ASSERTION_ISSUER_FORMAT,
        )?;
        if form.issuer_format && issuer.format.is_none() {
            return Err(place::ASSERTION_ISSUER_FORMAT.is(Fault::Missing));
        }
        children.optional(names::DSIG, "Signature");
        let subject = children.required(names::ASSERTION, "Subject", place::SUBJECT)?;
        let conditions = children.required(names::ASSERTION, "Conditions", place::CONDITIONS)?;
        // The schema lets statements come in any order; SPID has one of each.
        let (mut authentication, mut attributes) = (None, None);
        loop {
            if let Some(statement) = children.optional(names::ASSERTION, "AuthnStatement") {
                if authentication.replace(statement).is_some() {
                    return Err(place::AUTHN_STATEMENT.is(Fault::Repeated));
                }
            } else if let Some(statement) =
                children.optional(names::ASSERTION, "AttributeStatement")
            {
                if attributes.replace(statement).is_some() {
                    return Err(place::ATTRIBUTE_STATEMENT.is(Fault::Repeated));
                }
            } else {
                break;
            }
        }
        children.end(place::ASSERTION)?;
        Ok(Self {
            id,
            issue_instant,
            issuer,
            subject: read_subject(subject)?,
            conditions: read_conditions(conditions)?,
            authentication: read_authentication(
                authentication.ok_or(place::AUTHN_STATEMENT.is(Fault::Missing))?,
            )?,
            attributes: read_attributes(
                attributes.ok_or(place::ATTRIBUTE_STATEMENT.is(Fault::Missing))?,
            )?,
        })
    }
}

fn read_subject(element: Element<'_>) -> Result<Subject<'_>, SamlRefusal> {
    let mut children = Children::of(element);
    let name_id = children.required(names::ASSERTION, "NameID", place::NAME_ID)?;
    let confirmation =
        children.required(names::ASSERTION, "SubjectConfirmation", place::CONFIRMATION)?;
    children.end(place::SUBJECT)?;
    let mut below = Children::of(confirmation);
    let data = below.required(
        names::ASSERTION,
        "SubjectConfirmationData",
        place::CONFIRMATION_DATA,
    )?;
    below.end(place::CONFIRMATION)?;
    Children::of(data).end(place::CONFIRMATION_DATA)?;
    Ok(Subject {
        name_id: read::text(name_id, place::NAME_ID)?,
        format: read::attribute(name_id, "Format", place::NAME_ID_FORMAT)?,
        name_qualifier: read::attribute(name_id, "NameQualifier", place::NAME_QUALIFIER)?,
        method: read::attribute(confirmation, "Method", place::CONFIRMATION_METHOD)?,
        recipient: read::attribute(data, "Recipient", place::RECIPIENT)?,
        in_response_to: read::attribute(data, "InResponseTo", place::CONFIRMATION_IN_RESPONSE_TO)?,
        not_on_or_after: read::instant(data, "NotOnOrAfter", place::CONFIRMATION_END)?,
        not_before: read::optional_instant(data, "NotBefore", place::CONFIRMATION_START)?,
    })
}

fn read_conditions(element: Element<'_>) -> Result<Conditions<'_>, SamlRefusal> {
    let not_before = read::instant(element, "NotBefore", place::CONDITIONS_START)?;
    let not_on_or_after = read::instant(element, "NotOnOrAfter", place::CONDITIONS_END)?;
    let mut audiences = Vec::new();
    for condition in element.elements() {
        if condition.is(names::ASSERTION, "AudienceRestriction") {
            audiences.push(read_audiences(condition)?);
        } else if !condition.is(names::ASSERTION, "OneTimeUse") {
            // A condition that is not understood makes the assertion's validity unknowable (SAML 2.0 core, 2.5.1).
            return Err(place::CONDITIONS.is(Fault::Unexpected));
        }
    }
    if audiences.is_empty() {
        return Err(place::AUDIENCE_RESTRICTION.is(Fault::Missing));
    }
    Ok(Conditions {
        not_before,
        not_on_or_after,
        audiences,
    })
}

fn read_audiences(element: Element<'_>) -> Result<Vec<Cow<'_, str>>, SamlRefusal> {
    let audiences = element
        .elements()
        .map(|child| {
            if child.is(names::ASSERTION, "Audience") {
                read::text(child, place::AUDIENCE)
            } else {
                Err(place::AUDIENCE_RESTRICTION.is(Fault::Unexpected))
            }
        })
        .collect::<Result<Vec<_>, _>>()?;
    if audiences.is_empty() {
        return Err(place::AUDIENCE.is(Fault::Missing));
    }
    Ok(audiences)
}

fn read_authentication(element: Element<'_>) -> Result<Authentication<'_>, SamlRefusal> {
    let mut children = Children::of(element);
    children.optional(names::ASSERTION, "SubjectLocality");
    let context = children.required(names::ASSERTION, "AuthnContext", place::AUTHN_CONTEXT)?;
    children.end(place::AUTHN_STATEMENT)?;
    let mut below = Children::of(context);
    let class_ref = below.required(names::ASSERTION, "AuthnContextClassRef", place::CLASS_REF)?;
    // What else a context may have (declarations, authorities) is not read, but a second class would be ambiguous.
    if context
        .children_named(names::ASSERTION, "AuthnContextClassRef")
        .count()
        > 1
    {
        return Err(place::CLASS_REF.is(Fault::Repeated));
    }
    Ok(Authentication {
        instant: read::instant(element, "AuthnInstant", place::AUTHN_INSTANT)?,
        class_ref: read::text(class_ref, place::CLASS_REF)?,
        session_index: element
            .attribute("SessionIndex")
            .filter(|index| !index.trim().is_empty()),
    })
}

fn read_attributes(element: Element<'_>) -> Result<Vec<Attribute<'_>>, SamlRefusal> {
    let mut attributes: Vec<Attribute<'_>> = Vec::new();
    for child in element.elements() {
        if !child.is(names::ASSERTION, "Attribute") {
            return Err(place::ATTRIBUTE_STATEMENT.is(Fault::Unexpected));
        }
        let name = read::attribute(child, "Name", place::ATTRIBUTE_NAME)?;
        if attributes.iter().any(|known| known.name == name) {
            return Err(place::ATTRIBUTE.is(Fault::Repeated));
        }
        let values = child
            .elements()
            .map(|value| {
                if value.is(names::ASSERTION, "AttributeValue") {
                    read::optional_text(value, place::ATTRIBUTE_VALUE)
                } else {
                    Err(place::ATTRIBUTE.is(Fault::Unexpected))
                }
            })
            .collect::<Result<Vec<_>, _>>()?;
        if values.is_empty() {
            return Err(place::ATTRIBUTE_VALUE.is(Fault::Missing));
        }
        attributes.push(Attribute { name, values });
    }
    if attributes.is_empty() {
        return Err(place::ATTRIBUTE.is(Fault::Missing));
    }
    Ok(attributes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::saml::testing::correct;
    use crate::protocol::xml::{Document, Limits};

    #[test]
    fn debug_of_an_assertion_shows_nothing_of_the_person() {
        let xml = correct("_request");
        let document = Document::parse(&xml, &Limits::MESSAGE).unwrap();
        let element = document.root().only(names::ASSERTION, "Assertion").unwrap();
        let assertion = Assertion::read(element, ResponseForm::SPID).unwrap();
        let shown = format!("{assertion:?}");
        assert!(shown.contains("_request") && shown.contains("fiscalNumber"));
        let values = assertion.attributes.iter().flat_map(|one| &one.values);
        let personal = values.map(Cow::as_ref).filter(|value| !value.is_empty());
        for value in personal.chain(["_transient", "_session"]) {
            assert!(!shown.contains(value), "{value}");
        }
    }
}
