//! The grant token of attribute authorities in a response's extensions. It is encrypted for the authority, so a
//! service provider can check its shape and no more (AgID's validator, attribute authority cases 03 to 09).

use super::names;
use super::read;
use super::refusal::{Fault, SamlRefusal, place};
use crate::crypto::encoding::from_base64url;
use crate::protocol::xml::Element;

const GRANTED: &str = "GrantedAttributeAuthority";
const TOKEN: &str = "GrantToken";

/// Checks the extensions of a response: no grant is as good as a well-formed one.
pub(super) fn check_extensions(extensions: Element<'_>) -> Result<(), SamlRefusal> {
    let mut granted = None;
    for extension in extensions.elements() {
        if extension.local_name() != GRANTED {
            // Other extensions are somebody else's, and nothing is read from them.
            continue;
        }
        if extension.namespace() != names::SPID {
            return Err(place::GRANT.is(Fault::Unexpected));
        }
        if granted.replace(extension).is_some() {
            return Err(place::GRANT.is(Fault::Repeated));
        }
    }
    granted.map_or(Ok(()), check_grant)
}

fn check_grant(granted: Element<'_>) -> Result<(), SamlRefusal> {
    // Providers write the token with and without SPID's namespace.
    let mut tokens = granted.elements().filter(|child| {
        child.local_name() == TOKEN && ["", names::SPID].contains(&child.namespace())
    });
    let token = tokens.next().ok_or(place::GRANT_TOKEN.is(Fault::Missing))?;
    if tokens.next().is_some() {
        return Err(place::GRANT_TOKEN.is(Fault::Repeated));
    }
    read::attribute(token, "Destination", place::GRANT_DESTINATION)?;
    let text = read::text(token, place::GRANT_TOKEN)?;
    if is_compact_token(&text) {
        Ok(())
    } else {
        Err(place::GRANT_TOKEN.is(Fault::Malformed))
    }
}

/// Whether a text is a JWS or JWE in compact form (RFC 7515, 7.1; RFC 7516, 7.1): three or five parts in URL base64, of
/// which the first is a JSON object that names an algorithm.
fn is_compact_token(text: &str) -> bool {
    let parts: Vec<Option<Vec<u8>>> = text.split('.').map(from_base64url).collect();
    if ![3, 5].contains(&parts.len()) || parts.iter().any(Option::is_none) {
        return false;
    }
    parts
        .first()
        .and_then(Option::as_deref)
        .and_then(|header| serde_json::from_slice::<serde_json::Value>(header).ok())
        .is_some_and(|header| header.get("alg").is_some_and(serde_json::Value::is_string))
}
