//! Reading fields of messages: absent, empty and malformed are three different faults, and none of them is forgiven.

use std::borrow::Cow;
use std::iter::Peekable;

use chrono::{DateTime, Utc};

use super::instant::parse_instant;
use super::refusal::{Fault, Place, SamlRefusal};
use super::status::{Status, TopStatus, anomaly_number};
use super::{names, refusal::place};
use crate::protocol::xml::{Element, WHITE_SPACE};

/// The value of an attribute that must be there and not be empty.
pub(super) fn attribute<'a>(
    element: Element<'a>,
    name: &str,
    place: Place,
) -> Result<&'a str, SamlRefusal> {
    let value = element.attribute(name).ok_or(place.is(Fault::Missing))?;
    if value.trim_matches(WHITE_SPACE).is_empty() {
        return Err(place.is(Fault::Empty));
    }
    Ok(value)
}

/// The value of an attribute that may be missing, but not be empty.
pub(super) fn optional_attribute<'a>(
    element: Element<'a>,
    name: &str,
    place: Place,
) -> Result<Option<&'a str>, SamlRefusal> {
    match element.attribute(name) {
        None => Ok(None),
        Some(_) => attribute(element, name, place).map(Some),
    }
}

/// An instant that must be there.
pub(super) fn instant(
    element: Element<'_>,
    name: &str,
    place: Place,
) -> Result<DateTime<Utc>, SamlRefusal> {
    parse_instant(attribute(element, name, place)?).ok_or(place.is(Fault::Malformed))
}

/// An instant that may be missing.
pub(super) fn optional_instant(
    element: Element<'_>,
    name: &str,
    place: Place,
) -> Result<Option<DateTime<Utc>>, SamlRefusal> {
    match element.attribute(name) {
        None => Ok(None),
        Some(_) => instant(element, name, place).map(Some),
    }
}

/// The text of an element, without the white space around it, which must not be empty.
pub(super) fn text(element: Element<'_>, place: Place) -> Result<Cow<'_, str>, SamlRefusal> {
    let text = optional_text(element, place)?;
    if text.is_empty() {
        return Err(place.is(Fault::Empty));
    }
    Ok(text)
}

/// The text of an element, without the white space around it.
pub(super) fn optional_text(
    element: Element<'_>,
    place: Place,
) -> Result<Cow<'_, str>, SamlRefusal> {
    Ok(match element.text().ok_or(place.is(Fault::Malformed))? {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(WHITE_SPACE)),
        Cow::Owned(text) => Cow::Owned(text.trim_matches(WHITE_SPACE).to_owned()),
    })
}

/// `Version`, which must be 2.0.
pub(super) fn version(element: Element<'_>, place: Place) -> Result<(), SamlRefusal> {
    if attribute(element, "Version", place)? == names::VERSION {
        Ok(())
    } else {
        Err(place.is(Fault::Malformed))
    }
}

/// Who says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer<'a> {
    /// The entity id, without the white space around it.
    pub value: Cow<'a, str>,
    /// `Format`, where there is one.
    pub format: Option<&'a str>,
}

/// An `Issuer` with its two places.
pub(super) fn issuer(
    element: Element<'_>,
    place: Place,
    format: Place,
) -> Result<Issuer<'_>, SamlRefusal> {
    Ok(Issuer {
        value: text(element, place)?,
        format: optional_attribute(element, "Format", format)?,
    })
}

/// A `Status` (SAML 2.0 core, 3.2.2).
pub(super) fn status(element: Element<'_>) -> Result<Status, SamlRefusal> {
    let mut children = Children::of(element);
    let code = children.required(names::PROTOCOL, "StatusCode", place::STATUS_CODE)?;
    let message = children.optional(names::PROTOCOL, "StatusMessage");
    children.optional(names::PROTOCOL, "StatusDetail");
    children.end(place::STATUS)?;
    let value = attribute(code, "Value", place::STATUS_CODE)?;
    let mut below = Children::of(code);
    let second = below.optional(names::PROTOCOL, "StatusCode");
    below.end(place::STATUS_CODE)?;
    Ok(Status {
        top: TopStatus::from_urn(value).ok_or(place::STATUS_CODE.is(Fault::Malformed))?,
        second: second
            .map(|code| attribute(code, "Value", place::STATUS_CODE).map(str::to_owned))
            .transpose()?,
        anomaly: message
            .and_then(Element::text)
            .and_then(|text| anomaly_number(&text)),
    })
}

/// The children of an element, taken one after the other in the order that the schema gives.
pub(super) struct Children<'a> {
    rest: Peekable<Box<dyn Iterator<Item = Element<'a>> + 'a>>,
}

impl<'a> Children<'a> {
    pub(super) fn of(element: Element<'a>) -> Self {
        let children: Box<dyn Iterator<Item = Element<'a>> + 'a> = Box::new(element.elements());
        Self {
            rest: children.peekable(),
        }
    }

    /// The next child, if it has this name.
    pub(super) fn optional(&mut self, namespace: &str, local: &str) -> Option<Element<'a>> {
        self.rest.next_if(|child| child.is(namespace, local))
    }

    /// The next child, which must have this name.
    pub(super) fn required(
        &mut self,
        namespace: &str,
        local: &str,
        place: Place,
    ) -> Result<Element<'a>, SamlRefusal> {
        self.optional(namespace, local)
            .ok_or(place.is(Fault::Missing))
    }

    /// That no child is left. One of the same name as the one taken last would be left too.
    pub(super) fn end(&mut self, place: Place) -> Result<(), SamlRefusal> {
        match self.rest.next() {
            None => Ok(()),
            Some(_) => Err(place.is(Fault::Unexpected)),
        }
    }
}
