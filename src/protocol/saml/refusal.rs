//! Why a message is refused before anybody judges it: the place, and what is wrong there.

use crate::protocol::xml::{EncryptionRefusal, SignatureRefusal, XmlRefusal};

/// What is wrong in one place of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Not there.
    Missing,
    /// There, and empty or only white space.
    Empty,
    /// There, and not what the type says.
    Malformed,
    /// There more often than it may be.
    Repeated,
    /// There, and should not be, or not there.
    Unexpected,
}

impl Fault {
    /// The last word of a reason code.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Empty => "empty",
            Self::Malformed => "malformed",
            Self::Repeated => "repeated",
            Self::Unexpected => "unexpected",
        }
    }
}

/// A place in a message, with the clause that says what must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// The first words of a reason code: `assertion-issuer`.
    pub name: &'static str,
    /// The clause.
    pub clause: &'static str,
}

impl Place {
    /// This place with a fault.
    #[must_use]
    pub const fn is(self, fault: Fault) -> SamlRefusal {
        SamlRefusal::Field { place: self, fault }
    }
}

/// A message that cannot be read, or that is not signed as it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SamlRefusal {
    /// The gate or the parser refused it.
    #[error("the message is not acceptable XML: {0}")]
    Xml(#[from] XmlRefusal),
    /// A field is wrong.
    #[error("{} is {} ({})", place.name, fault.name(), place.clause)]
    Field {
        /// Where.
        place: Place,
        /// What.
        fault: Fault,
    },
    /// A signature is wrong.
    #[error("{} does not verify: {refusal}", place.name)]
    Signature {
        /// Which.
        place: Place,
        /// Why.
        refusal: SignatureRefusal,
    },
    /// What is encrypted does not open.
    #[error("{} does not open: {refusal}", place.name)]
    Encryption {
        /// Which.
        place: Place,
        /// Why.
        refusal: EncryptionRefusal,
    },
}

impl SamlRefusal {
    /// The reason code for logs, metrics and pages; one of a closed set.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Xml(refusal) => refusal.code().to_owned(),
            Self::Field { place, fault } => format!("{}-{}", place.name, fault.name()),
            Self::Signature { place, refusal } => format!("{}-{}", place.name, refusal.code()),
            Self::Encryption { place, refusal } => format!("{}-{}", place.name, refusal.code()),
        }
    }

    /// The clause that the message breaks.
    #[must_use]
    pub fn clause(&self) -> &'static str {
        match self {
            Self::Xml(_) => "SAML 2.0 bindings, 3.5; XML 1.0",
            Self::Field { place, .. }
            | Self::Signature { place, .. }
            | Self::Encryption { place, .. } => place.clause,
        }
    }
}

macro_rules! places {
    ($($constant:ident, $name:literal, $clause:literal;)*) => {
        $(
            #[doc = concat!("`", $name, "`: ", $clause, ".")]
            pub const $constant: Place = Place { name: $name, clause: $clause };
        )*
    };
}

/// The places of the messages that are read here.
pub mod place {
    use super::Place;

    places! {
        RESPONSE, "response", "SAML 2.0 core, 3.3.3";
        RESPONSE_ID, "response-id", "SPID technical rules, Response: ID";
        RESPONSE_VERSION, "response-version", "SPID technical rules, Response: Version";
        RESPONSE_INSTANT, "response-issue-instant", "SPID technical rules, Response: IssueInstant";
        RESPONSE_IN_RESPONSE_TO, "response-in-response-to", "SPID technical rules, Response: InResponseTo";
        RESPONSE_DESTINATION, "response-destination", "SPID technical rules, Response: Destination";
        RESPONSE_ISSUER, "response-issuer", "SPID technical rules, Response: Issuer";
        RESPONSE_ISSUER_FORMAT, "response-issuer-format", "SPID technical rules, Response: Issuer";
        RESPONSE_SIGNATURE, "response", "SPID technical rules, Response: Signature";
        STATUS, "status", "SPID technical rules, Response: Status";
        STATUS_CODE, "status-code", "SPID technical rules, Response: StatusCode";
        ASSERTION, "assertion", "SPID technical rules, Response: Assertion";
        ENCRYPTED_ASSERTION, "assertion", "SAML 2.0 core, 2.3.4";
        ENCRYPTED, "encrypted-element", "SPID technical rules, Response: assertions are not encrypted";
        SIGNATURE, "signature", "SAML 2.0 core, 5.4";
        ASSERTION_ID, "assertion-id", "SPID technical rules, Assertion: ID";
        ASSERTION_VERSION, "assertion-version", "SPID technical rules, Assertion: Version";
        ASSERTION_INSTANT, "assertion-issue-instant", "SPID technical rules, Assertion: IssueInstant";
        ASSERTION_ISSUER, "assertion-issuer", "SPID technical rules, Assertion: Issuer";
        ASSERTION_ISSUER_FORMAT, "assertion-issuer-format", "SPID technical rules, Assertion: Issuer";
        ASSERTION_SIGNATURE, "assertion", "SPID technical rules, Assertion: Signature";
        SUBJECT, "subject", "SPID technical rules, Assertion: Subject";
        NAME_ID, "name-id", "SPID technical rules, Assertion: NameID";
        NAME_ID_FORMAT, "name-id-format", "SPID technical rules, Assertion: NameID";
        NAME_QUALIFIER, "name-qualifier", "SPID technical rules, Assertion: NameID";
        CONFIRMATION, "subject-confirmation", "SPID technical rules, Assertion: SubjectConfirmation";
        CONFIRMATION_METHOD, "subject-confirmation-method", "SPID technical rules, Assertion: SubjectConfirmation";
        CONFIRMATION_DATA, "subject-confirmation-data", "SPID technical rules, Assertion: SubjectConfirmationData";
        RECIPIENT, "recipient", "SPID technical rules, Assertion: SubjectConfirmationData";
        CONFIRMATION_IN_RESPONSE_TO, "subject-confirmation-in-response-to", "SPID technical rules, Assertion: SubjectConfirmationData";
        CONFIRMATION_END, "subject-confirmation-not-on-or-after", "SPID technical rules, Assertion: SubjectConfirmationData";
        CONFIRMATION_START, "subject-confirmation-not-before", "SAML 2.0 core, 2.4.1.2";
        CONDITIONS, "conditions", "SPID technical rules, Assertion: Conditions";
        CONDITIONS_START, "conditions-not-before", "SPID technical rules, Assertion: Conditions";
        CONDITIONS_END, "conditions-not-on-or-after", "SPID technical rules, Assertion: Conditions";
        AUDIENCE_RESTRICTION, "audience-restriction", "SPID technical rules, Assertion: AudienceRestriction";
        AUDIENCE, "audience", "SPID technical rules, Assertion: Audience";
        AUTHN_STATEMENT, "authn-statement", "SPID technical rules, Assertion: AuthnStatement";
        AUTHN_INSTANT, "authn-instant", "SAML 2.0 core, 2.7.2";
        AUTHN_CONTEXT, "authn-context", "SPID technical rules, Assertion: AuthnContext";
        CLASS_REF, "authn-context-class-ref", "SPID technical rules, Assertion: AuthnContextClassRef";
        ATTRIBUTE_STATEMENT, "attribute-statement", "SPID technical rules, Assertion: AttributeStatement";
        ATTRIBUTE, "attribute", "SPID technical rules, Assertion: AttributeStatement";
        ATTRIBUTE_NAME, "attribute-name", "SAML 2.0 core, 2.7.3.1";
        ATTRIBUTE_VALUE, "attribute-value", "SPID technical rules, Assertion: AttributeStatement";
        GRANT, "grant", "SPID attribute authorities: GrantedAttributeAuthority";
        GRANT_TOKEN, "grant-token", "SPID attribute authorities: GrantToken";
        GRANT_DESTINATION, "grant-token-destination", "SPID attribute authorities: GrantToken";
        LOGOUT, "logout", "SPID technical rules, Single Logout";
        LOGOUT_ID, "logout-id", "SPID technical rules, Single Logout: ID";
        LOGOUT_VERSION, "logout-version", "SPID technical rules, Single Logout: Version";
        LOGOUT_INSTANT, "logout-issue-instant", "SPID technical rules, Single Logout: IssueInstant";
        LOGOUT_END, "logout-not-on-or-after", "SAML 2.0 core, 3.7.1";
        LOGOUT_DESTINATION, "logout-destination", "SPID technical rules, Single Logout: Destination";
        LOGOUT_ISSUER, "logout-issuer", "SPID technical rules, Single Logout: Issuer";
        LOGOUT_IN_RESPONSE_TO, "logout-in-response-to", "SPID technical rules, Single Logout: InResponseTo";
        LOGOUT_SIGNATURE, "logout", "SPID technical rules, Single Logout: Signature";
        SESSION_INDEX, "session-index", "SAML 2.0 core, 3.7.1";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_names_the_place_and_the_fault() {
        let refusal = place::ASSERTION_INSTANT.is(Fault::Empty);
        assert_eq!(refusal.code(), "assertion-issue-instant-empty");
        assert_eq!(
            refusal.clause(),
            "SPID technical rules, Assertion: IssueInstant"
        );
    }
}
