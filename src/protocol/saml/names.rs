//! Every namespace, URN and class reference of SAML 2.0 and SPID, in one place.

/// `urn:oasis:names:tc:SAML:2.0:protocol`.
pub const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
/// `urn:oasis:names:tc:SAML:2.0:assertion`.
pub const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// `urn:oasis:names:tc:SAML:2.0:metadata`.
pub const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
/// XML signatures.
pub const DSIG: &str = crate::protocol::xml::DSIG;
/// SPID's extensions of metadata and messages.
pub const SPID: &str = "https://spid.gov.it/saml-extensions";
/// CIE's extensions of metadata (CIE SAML manual, census and contact data).
pub const CIE: &str = "https://www.cartaidentita.interno.gov.it/saml-extensions";
/// The prefix `xml`.
pub const XML: &str = crate::protocol::xml::XML;

/// The only version.
pub const VERSION: &str = "2.0";

/// Name format of an entity id.
pub const ENTITY: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity";
/// Name format of a subject that is new at every login.
pub const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
/// Confirmation by bearing the assertion (SAML 2.0 profiles, 3.3).
pub const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
/// Attribute names that are plain words.
pub const BASIC: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic";

/// HTTP-POST binding (SAML 2.0 bindings, 3.5).
pub const HTTP_POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
/// HTTP-Redirect binding (SAML 2.0 bindings, 3.4).
pub const HTTP_REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
/// The only encoding of HTTP-Redirect.
pub const DEFLATE: &str = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE";

/// Top-level status: it worked.
pub const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";
/// Top-level status: the asker is at fault.
pub const REQUESTER: &str = "urn:oasis:names:tc:SAML:2.0:status:Requester";
/// Top-level status: the answerer is at fault.
pub const RESPONDER: &str = "urn:oasis:names:tc:SAML:2.0:status:Responder";
/// Top-level status: not this version.
pub const VERSION_MISMATCH: &str = "urn:oasis:names:tc:SAML:2.0:status:VersionMismatch";
/// Second-level status of a logout that did not reach everybody.
pub const PARTIAL_LOGOUT: &str = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout";

/// `SpidL1`, `SpidL2`, `SpidL3` in order (SPID technical rules, AuthnRequest; Avviso 5).
pub const SPID_LEVELS: [&str; 3] = [
    "https://www.spid.gov.it/SpidL1",
    "https://www.spid.gov.it/SpidL2",
    "https://www.spid.gov.it/SpidL3",
];

/// The level, 1 to 3, of a class reference; `None` for any other text, the pre-Avviso 5 URNs included.
#[must_use]
pub fn spid_level(class_ref: &str) -> Option<u8> {
    (1..)
        .zip(SPID_LEVELS)
        .find_map(|(digit, name)| (name == class_ref).then_some(digit))
}

/// The class reference of a level; `None` for anything but 1, 2 and 3.
#[must_use]
pub fn spid_class(level: u8) -> Option<&'static str> {
    (1..)
        .zip(SPID_LEVELS)
        .find_map(|(digit, name)| (digit == level).then_some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_three_class_references_are_levels() {
        for level in 1..=3 {
            assert_eq!(spid_level(spid_class(level).unwrap()), Some(level));
        }
        for other in [
            "",
            "urn:oasis:names:tc:SAML:2.0:ac:classes:SpidL1",
            "https://www.spid.gov.it/SpidL2 ",
            "https://www.spid.gov.it/SpidL22",
            "https://www.spid.gov.it/spidL2",
            "http://www.spid.gov.it/SpidL2",
            "https://www.spid.gov.it/SpidL4",
        ] {
            assert_eq!(spid_level(other), None, "{other}");
        }
        assert_eq!(spid_class(0), None);
        assert_eq!(spid_class(4), None);
    }
}
