//! What a provider tells of the person (B10): encrypted to us, signed by it, about the person of the ID token.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::id_token::Expected;
use super::refusal::OpenIdRefusal;
use super::start::eid;
use super::token::{Judge, Which};
use crate::identity::{Company, FiscalCode, Person, PersonKey, Redacted};
use crate::protocol::jose::{JwtProfile, VerifiedJwt};

pub(super) const USERINFO: Which = Which {
    front: "userinfo",
    clause: "B10; OpenID Connect Core, 5.3.2",
    profile: &JwtProfile::USERINFO,
};

const ATTRIBUTES: &str = "OIDC profiles, attributes of the person";

/// The checks of the token inside, then the person.
pub(super) fn check_userinfo(
    token: &VerifiedJwt,
    subject: &str,
    expected: &Expected<'_>,
) -> Result<Person, OpenIdRefusal> {
    let judge = Judge {
        which: USERINFO,
        token,
    };
    let now = expected.now.timestamp();
    let bare = expected.habits.bare_userinfo;
    let wanted = |name: &str| !bare || token.has(name);
    if wanted("iss") {
        judge.issuer(&expected.provider.issuer)?;
    }
    if wanted("aud") {
        judge.audience(expected.client_id)?;
    }
    if wanted("exp") {
        judge.expiry(now)?;
    }
    if wanted("iat") {
        judge.issue(expected.request.issued.timestamp(), now)?;
    }
    judge.begin(now)?;
    judge.same("sub", subject, "subject")?;
    person(judge.claims())
}

/// The person that the attributes describe. The key is the fiscal code, always; whatever else is missing, empty, or a date
/// that is none, is simply not known.
fn person(claims: &Map<String, Value>) -> Result<Person, OpenIdRefusal> {
    let number = text(claims, eid!("fiscal_number"))?;
    let number = number.ok_or_else(|| OpenIdRefusal::check("fiscal-number-missing", ATTRIBUTES))?;
    let code = FiscalCode::parse(without_prefix(&number, "TINIT-"))
        .map_err(|_| OpenIdRefusal::check("fiscal-number-malformed", ATTRIBUTES))?;
    let mut person = Person::new(PersonKey::FiscalCode(code));
    let redacted = |name: &str| Ok(text(claims, name)?.map(Redacted::new));
    person.given_name = redacted("given_name")?;
    person.family_name = redacted("family_name")?;
    person.birth_date = text(claims, "birthdate")?
        .and_then(|date| NaiveDate::parse_from_str(&date, "%Y-%m-%d").ok())
        .map(Redacted::new);
    person.birth_place = match claims.get("place_of_birth") {
        Some(Value::Object(place)) => text(place, "locality")?.map(Redacted::new),
        _ => None,
    };
    person.gender = redacted("gender")?;
    person.email = redacted("email")?;
    person.mobile_phone = redacted("phone_number")?;
    person.digital_address = redacted(eid!("e_delivery_service"))?;
    person.company = company(claims)?;
    Ok(person)
}

/// The company of a professional identity.
fn company(claims: &Map<String, Value>) -> Result<Option<Company>, OpenIdRefusal> {
    let Some(name) = text(claims, eid!("company_name"))? else {
        return Ok(None);
    };
    let bare = |name: &str, prefix: &str| {
        let number = text(claims, name)?;
        Ok(number.map(|number| without_prefix(&number, prefix).to_owned().into()))
    };
    Ok(Some(Company {
        name: name.into(),
        fiscal_number: bare(eid!("company_fiscal_number"), "TINIT-")?,
        vat_number: bare(eid!("vat_number"), "VATIT-")?,
        registered_office: text(claims, eid!("registered_office"))?.map(Redacted::new),
    }))
}

/// An attribute of text; nothing where it is missing, empty or of another form.
fn text(claims: &Map<String, Value>, name: &str) -> Result<Option<String>, OpenIdRefusal> {
    match claims.get(name).and_then(Value::as_str) {
        Some(value) if value.contains(char::is_control) => {
            Err(OpenIdRefusal::check("attribute-value-control", ATTRIBUTES))
        }
        value => Ok(value.filter(|value| !value.is_empty()).map(str::to_owned)),
    }
}

/// The text without the prefix of ETSI EN 319 412-1, once and in any case.
fn without_prefix<'a>(text: &'a str, prefix: &str) -> &'a str {
    match text.split_at_checked(prefix.len()) {
        Some((start, rest)) if start.eq_ignore_ascii_case(prefix) => rest,
        _ => text,
    }
}
