//! Reading claims that several tokens of a federation have.

use serde_json::{Map, Value};

use super::{EntityId, FederationRefusal};

/// How far our clock and another's may be apart (Italian profile: at most a minute).
const SKEW: i64 = 60;

/// The most names in a list of entities: hints, issuers.
const MOST_NAMES: usize = 256;

/// A claim that must be text.
pub(super) fn text<'c>(
    claims: &'c Map<String, Value>,
    name: &'static str,
) -> Result<&'c str, FederationRefusal> {
    claims
        .get(name)
        .and_then(Value::as_str)
        .ok_or(FederationRefusal::Form(name))
}

/// A claim that is an array of texts; `None` when it is not there.
pub(super) fn texts(
    claims: &Map<String, Value>,
    name: &'static str,
) -> Result<Option<Vec<String>>, FederationRefusal> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    list_of_texts(value)
        .map(Some)
        .ok_or(FederationRefusal::Form(name))
}

/// A value that is an array of texts.
pub(super) fn list_of_texts(value: &Value) -> Option<Vec<String>> {
    let values = value
        .as_array()
        .filter(|values| values.len() <= MOST_NAMES)?;
    values
        .iter()
        .map(|value| value.as_str().map(str::to_owned))
        .collect()
}

/// A claim that must be the name of an entity.
pub(super) fn entity(
    claims: &Map<String, Value>,
    name: &'static str,
) -> Result<EntityId, FederationRefusal> {
    EntityId::parse(text(claims, name)?)
}

/// When something was issued: not in the future.
pub(super) fn issued(issued: Option<i64>, now: i64) -> Result<i64, FederationRefusal> {
    match issued.ok_or(FederationRefusal::Form("iat"))? {
        later if later > now.saturating_add(SKEW) => Err(FederationRefusal::Future),
        issued => Ok(issued),
    }
}

/// When something ends: in the future, by our clock alone.
pub(super) fn expires(expires: i64, now: i64) -> Result<i64, FederationRefusal> {
    if expires <= now {
        return Err(FederationRefusal::Expired);
    }
    Ok(expires)
}
