//! Trusted lists: who may issue what, as a Member State publishes it (ETSI TS 119 612).
//!
//! In: a [`SignedList`], so that nothing is read before it is verified. Out: a [`TrustedList`] with its number, its dates
//! and its services as they stand today; what a service was before (`ServiceHistory`) is not read, since it would let
//! in what was withdrawn. What the list says is told, not judged: which services to trust is the caller's. Bounded.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::saml::instant::parse_instant;
use super::xml::{Element, ShapeRefusal, SignedList, XML};
use crate::crypto::encoding::from_base64;

/// Namespace of trusted lists (ETSI TS 119 612, annex C).
const TSL: &str = "http://uri.etsi.org/02231/v2#";
/// What the root says it is (ETSI TS 119 612, 5.2.1).
const TAG: &str = "http://uri.etsi.org/19612/TSLTag";
/// The versions of the format that are read (ETSI TS 119 612, 5.3.1): 5, and 6 since V2.3.1. For what is read they do not
/// differ.
const VERSIONS: [&str; 2] = ["5", "6"];
/// The kind of a Member State's list (ETSI TS 119 612, 5.3.3 and annex D.2).
const GENERIC: &str = "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric";

/// The kind of a service that vouches for the identity of people: the authorities of CNS and of the electronic identity
/// card are listed so (ETSI TS 119 612, 5.5.1.2).
pub const IDENTITY_VERIFICATION: &str = "http://uri.etsi.org/TrstSvc/Svctype/IdV";
/// The status of a service that a Member State recognises by its own law (ETSI TS 119 612, 5.5.4).
pub const RECOGNISED_NATIONALLY: &str =
    "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/recognisedatnationallevel";

/// The Italian list has 20 providers with 460 services; these bounds leave room.
const MAX_PROVIDERS: usize = 2_000;
const MAX_SERVICES: usize = 20_000;
/// Digital identities of one service, certificates among them.
const MAX_IDENTITIES: usize = 32;
/// The longest name or address that is kept, in bytes.
const MAX_TEXT: usize = 2_048;
/// The longest certificate, in bytes of DER.
const MAX_CERTIFICATE: usize = 16 * 1024;

/// Why a signed document is not a trusted list that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ListRefusal {
    /// Another document, or one of another version or kind.
    #[error("the document is not a Member State's trusted list of version 5 or 6")]
    NotAList,
    /// An element is missing or repeated.
    #[error(transparent)]
    Shape(#[from] ShapeRefusal),
    /// The territory is not two capital letters.
    #[error("the territory is not a country's code")]
    Territory,
    /// The sequence number is not a positive number.
    #[error("the sequence number is not a positive number")]
    Sequence,
    /// A date is not an instant in UTC.
    #[error("a date is not an instant in UTC")]
    Instant,
    /// A name or address is empty or without measure.
    #[error("a name or address is empty or too long")]
    Text,
    /// More providers, services or identities than any list has.
    #[error("the list has too many providers, services or identities")]
    TooMany,
    /// A certificate is not one in base64, or without measure.
    #[error("a certificate is not one in base64, or too long")]
    Certificate,
}

impl ListRefusal {
    /// The reason code for logs and tests.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAList => "list-kind",
            Self::Shape(_) => "list-shape",
            Self::Territory => "list-territory",
            Self::Sequence => "list-sequence",
            Self::Instant => "list-instant",
            Self::Text => "list-text",
            Self::TooMany => "list-too-many",
            Self::Certificate => "list-service-certificate",
        }
    }
}

/// A trusted list.
#[derive(Debug, Clone)]
pub struct TrustedList<'a> {
    /// Whose it is: a country's code (5.3.10).
    pub territory: Cow<'a, str>,
    /// Its number: each issue has a higher one (5.3.2).
    pub sequence: u64,
    /// When it was issued (5.3.14).
    pub issued: DateTime<Utc>,
    /// When the next issue comes at the latest; `None` for a list that was closed (5.3.15).
    pub next_update: Option<DateTime<Utc>>,
    /// The services of all providers, in their order.
    pub services: Vec<ListedService<'a>>,
}

/// A service as it stands when the list is issued (5.5).
#[derive(Debug, Clone)]
pub struct ListedService<'a> {
    /// The provider's name (5.4.1).
    pub provider: Cow<'a, str>,
    /// The service's name (5.5.2).
    pub name: Cow<'a, str>,
    /// The address that tells what it does (5.5.1), [`IDENTITY_VERIFICATION`] for example.
    pub kind: Cow<'a, str>,
    /// The address that tells what it is worth (5.5.4), [`RECOGNISED_NATIONALLY`] for example.
    pub status: Cow<'a, str>,
    /// Since when it has this status (5.5.5). It may be to come.
    pub since: DateTime<Utc>,
    identity: Element<'a>,
}

impl ListedService<'_> {
    /// The certificates by which the service is known, in DER: most have one (5.5.3).
    ///
    /// # Errors
    /// [`ListRefusal`] when one cannot be read, or there are too many.
    pub fn certificates(&self) -> Result<Vec<Vec<u8>>, ListRefusal> {
        let mut certificates = Vec::new();
        for (number, id) in self.identity.children_named(TSL, "DigitalId").enumerate() {
            if number == MAX_IDENTITIES {
                return Err(ListRefusal::TooMany);
            }
            for certificate in id.children_named(TSL, "X509Certificate") {
                certificates.push(der(certificate)?);
            }
        }
        Ok(certificates)
    }
}

impl<'a> TrustedList<'a> {
    /// Reads a verified list.
    ///
    /// # Errors
    /// [`ListRefusal`] when it is not one of the format, or out of all bounds.
    pub fn read(list: SignedList<'a>) -> Result<Self, ListRefusal> {
        let root = list.root();
        let is_list =
            root.is(TSL, "TrustServiceStatusList") && root.attribute("TSLTag") == Some(TAG);
        if !is_list {
            return Err(ListRefusal::NotAList);
        }
        let scheme = root.only(TSL, "SchemeInformation")?;
        let version = text(scheme.only(TSL, "TSLVersionIdentifier")?)?;
        let kind = text(scheme.only(TSL, "TSLType")?)?;
        if !VERSIONS.contains(&&*version) || kind != GENERIC {
            return Err(ListRefusal::NotAList);
        }
        Ok(Self {
            territory: territory(scheme.only(TSL, "SchemeTerritory")?)?,
            sequence: sequence(scheme.only(TSL, "TSLSequenceNumber")?)?,
            issued: instant(scheme.only(TSL, "ListIssueDateTime")?)?,
            next_update: match scheme.only(TSL, "NextUpdate")?.optional(TSL, "dateTime")? {
                Some(moment) => Some(instant(moment)?),
                None => None,
            },
            services: services(root)?,
        })
    }
}

fn services<'a>(root: Element<'a>) -> Result<Vec<ListedService<'a>>, ListRefusal> {
    let mut services = Vec::new();
    // A list without providers is possible (5.2.1).
    let Some(providers) = root.optional(TSL, "TrustServiceProviderList")? else {
        return Ok(services);
    };
    let providers = providers.children_named(TSL, "TrustServiceProvider");
    for (number, provider) in providers.enumerate() {
        if number == MAX_PROVIDERS {
            return Err(ListRefusal::TooMany);
        }
        let information = provider.only(TSL, "TSPInformation")?;
        let name = name(information.only(TSL, "TSPName")?)?;
        let listed = provider.only(TSL, "TSPServices")?;
        for listed in listed.children_named(TSL, "TSPService") {
            if services.len() == MAX_SERVICES {
                return Err(ListRefusal::TooMany);
            }
            services.push(service(listed, &name)?);
        }
    }
    Ok(services)
}

fn service<'a>(
    listed: Element<'a>,
    provider: &Cow<'a, str>,
) -> Result<ListedService<'a>, ListRefusal> {
    let information = listed.only(TSL, "ServiceInformation")?;
    Ok(ListedService {
        provider: provider.clone(),
        name: name(information.only(TSL, "ServiceName")?)?,
        kind: text(information.only(TSL, "ServiceTypeIdentifier")?)?,
        status: text(information.only(TSL, "ServiceStatus")?)?,
        since: instant(information.only(TSL, "StatusStartingTime")?)?,
        identity: information.only(TSL, "ServiceDigitalIdentity")?,
    })
}

/// The Italian one of a name in several languages, else the first (5.1.4).
fn name<'a>(names: Element<'a>) -> Result<Cow<'a, str>, ListRefusal> {
    let mut all = names.children_named(TSL, "Name");
    let first = names.children_named(TSL, "Name").next();
    let italian = all.find(|name| name.attribute_ns(XML, "lang") == Some("it"));
    let name = text(italian.or(first).ok_or(ShapeRefusal::Missing("Name"))?)?;
    // A name is one line, wherever it is shown: XML 1.0, 2.2 allows line feeds and the control characters after U+007F.
    if name.contains(char::is_control) {
        let words = name.split(|char: char| char.is_control() || char == ' ');
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        return Ok(Cow::Owned(words.join(" ")));
    }
    Ok(name)
}

fn territory<'a>(element: Element<'a>) -> Result<Cow<'a, str>, ListRefusal> {
    let code = text(element)?;
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    is_code.then_some(code).ok_or(ListRefusal::Territory)
}

fn sequence(element: Element<'_>) -> Result<u64, ListRefusal> {
    let digits = text(element)?;
    // `parse` would also take a sign.
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| digits.parse().ok()).flatten();
    number
        .filter(|number| *number > 0)
        .ok_or(ListRefusal::Sequence)
}

fn instant(element: Element<'_>) -> Result<DateTime<Utc>, ListRefusal> {
    parse_instant(&text(element)?).ok_or(ListRefusal::Instant)
}

/// A text without the white space around it.
fn text<'a>(element: Element<'a>) -> Result<Cow<'a, str>, ListRefusal> {
    let text = match element.text().ok_or(ListRefusal::Text)? {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    };
    if text.is_empty() || text.len() > MAX_TEXT {
        return Err(ListRefusal::Text);
    }
    Ok(text)
}

fn der(element: Element<'_>) -> Result<Vec<u8>, ListRefusal> {
    const REFUSED: ListRefusal = ListRefusal::Certificate;
    let text = element.text().ok_or(REFUSED)?;
    // Four characters for three bytes, and line breaks.
    if text.len() > MAX_CERTIFICATE * 2 {
        return Err(REFUSED);
    }
    let digits: String = text
        .chars()
        .filter(|char| !char.is_ascii_whitespace())
        .collect();
    from_base64(&digits)
        .filter(|der| !der.is_empty() && der.len() <= MAX_CERTIFICATE)
        .ok_or(REFUSED)
}
