//! The named checks of a response, in order. What is missing, empty or malformed was refused when the response was
//! opened; here every value is there, and each check compares one of them with the request, with us, or with the time.
//! Comparison is exact, never by prefix (attacks, 1, row 23).

use chrono::Duration;

use super::SpidRefusal;
use super::settings::SpidSettings;
use crate::identity::{AchievedAssurance, AssuranceLevel, RequiredAssurance};
use crate::login::saml::check::{self, AssertionCheck, Check, HeaderCheck};
use crate::protocol::saml::assertion::Assertion;
use crate::protocol::saml::names;
use crate::protocol::saml::response::ResponseHeader;

/// How far a provider's clock may be from ours, either way. It also covers providers that cut an instant to whole
/// seconds: their answer may be stamped before our request was.
pub(super) const SKEW: Duration = Duration::seconds(60);

type Expected<'a> = check::Expected<'a, SpidSettings>;

/// Runs the checks of the header; the first that fails refuses.
pub(super) fn check_header(
    header: &ResponseHeader<'_>,
    expected: &Expected<'_>,
) -> Result<(), SpidRefusal> {
    check::run(HEADER_CHECKS, |holds| holds(header, expected))
}

/// Runs the checks of a verified assertion; the first that fails refuses.
pub(super) fn check_assertion(
    assertion: &Assertion<'_>,
    expected: &Expected<'_>,
) -> Result<(), SpidRefusal> {
    check::run(ASSERTION_CHECKS, |holds| holds(assertion, expected))
}

/// The checks of the header, before any signature is looked at. `InResponseTo` is how the request was found.
const HEADER_CHECKS: &[HeaderCheck<SpidSettings>] = &[
    Check {
        code: "response-issuer-other",
        clause: "SPID technical rules, Response: Issuer",
        holds: |header, expected| header.issuer.value == expected.request.provider,
    },
    Check {
        code: "response-issuer-format-other",
        clause: "SPID technical rules, Response: Issuer",
        holds: |header, _| {
            header
                .issuer
                .format
                .is_none_or(|format| format == names::ENTITY)
        },
    },
    Check {
        code: "response-destination-other",
        clause: "SPID technical rules, Response: Destination",
        holds: |header, expected| header.destination == expected.settings.assertion_consumer,
    },
    Check {
        code: "response-issued-before-request",
        clause: "SPID technical rules, Response: IssueInstant",
        holds: |header, expected| header.issue_instant + SKEW >= expected.request.issued,
    },
    Check {
        code: "response-issued-in-future",
        clause: "SPID technical rules, Response: IssueInstant",
        holds: |header, expected| header.issue_instant <= expected.now + SKEW,
    },
];

/// The checks of a verified assertion.
const ASSERTION_CHECKS: &[AssertionCheck<SpidSettings>] = &[
    Check {
        code: "assertion-issuer-other",
        clause: "SPID technical rules, Assertion: Issuer",
        holds: |assertion, expected| assertion.issuer.value == expected.request.provider,
    },
    Check {
        code: "assertion-issuer-format-other",
        clause: "SPID technical rules, Assertion: Issuer",
        holds: |assertion, _| assertion.issuer.format == Some(names::ENTITY),
    },
    Check {
        code: "assertion-issued-before-request",
        clause: "SPID technical rules, Assertion: IssueInstant",
        holds: |assertion, expected| assertion.issue_instant + SKEW >= expected.request.issued,
    },
    Check {
        code: "assertion-issued-in-future",
        clause: "SPID technical rules, Assertion: IssueInstant",
        holds: |assertion, expected| assertion.issue_instant <= expected.now + SKEW,
    },
    Check {
        code: "name-id-format-other",
        clause: "SPID technical rules, Assertion: NameID",
        holds: |assertion, _| assertion.subject.format == names::TRANSIENT,
    },
    Check {
        code: "subject-confirmation-method-other",
        clause: "SPID technical rules, Assertion: SubjectConfirmation",
        holds: |assertion, _| assertion.subject.method == names::BEARER,
    },
    Check {
        code: "recipient-other",
        clause: "SPID technical rules, Assertion: SubjectConfirmationData",
        holds: |assertion, expected| {
            assertion.subject.recipient == expected.settings.assertion_consumer
        },
    },
    Check {
        code: "subject-confirmation-in-response-to-other",
        clause: "SPID technical rules, Assertion: SubjectConfirmationData",
        holds: |assertion, expected| assertion.subject.in_response_to == expected.request.id,
    },
    Check {
        code: "subject-confirmation-expired",
        clause: "SPID technical rules, Assertion: SubjectConfirmationData",
        holds: |assertion, expected| expected.now < assertion.subject.not_on_or_after + SKEW,
    },
    Check {
        code: "subject-confirmation-not-yet",
        clause: "SAML 2.0 core, 2.4.1.2",
        holds: |assertion, expected| {
            assertion
                .subject
                .not_before
                .is_none_or(|start| start <= expected.now + SKEW)
        },
    },
    Check {
        code: "conditions-not-yet",
        clause: "SPID technical rules, Assertion: Conditions",
        holds: |assertion, expected| assertion.conditions.not_before <= expected.now + SKEW,
    },
    Check {
        code: "conditions-expired",
        clause: "SPID technical rules, Assertion: Conditions",
        holds: |assertion, expected| expected.now < assertion.conditions.not_on_or_after + SKEW,
    },
    Check {
        code: "audience-other",
        clause: "SPID technical rules, Assertion: AudienceRestriction",
        holds: |assertion, expected| {
            // Each restriction must admit us (SAML 2.0 core, 2.5.1.4).
            assertion.conditions.audiences.iter().all(|restriction| {
                restriction
                    .iter()
                    .any(|audience| *audience == expected.settings.entity_id)
            })
        },
    },
    Check {
        code: "authn-instant-in-future",
        clause: "SAML 2.0 core, 2.7.2",
        holds: |assertion, expected| assertion.authentication.instant <= expected.now + SKEW,
    },
    Check {
        code: "authn-instant-before-request",
        clause: "SAML 2.0 core, 3.4.1: ForceAuthn",
        // What was asked for is a login made for this request, not one that the provider remembers.
        holds: |assertion, expected| {
            let request = expected.request;
            !request.forced || assertion.authentication.instant + SKEW >= request.issued
        },
    },
    Check {
        code: LEVEL_UNKNOWN,
        clause: LEVEL_CLAUSE,
        holds: |assertion, _| level_of(assertion).is_ok(),
    },
    Check {
        code: "level-too-low",
        clause: "SPID technical rules, AuthnRequest: RequestedAuthnContext",
        // A higher level is never an error, whatever the comparison asked for (technical rules, note).
        holds: |assertion, expected| {
            level_of(assertion)
                .is_ok_and(|level| level.satisfies(RequiredAssurance(expected.request.level)))
        },
    },
];

const LEVEL_UNKNOWN: &str = "level-unknown";
const LEVEL_CLAUSE: &str = "SPID technical rules, Assertion: AuthnContextClassRef";

/// The level that the assertion proves.
pub(super) fn level_of(assertion: &Assertion<'_>) -> Result<AchievedAssurance, SpidRefusal> {
    names::spid_level(&assertion.authentication.class_ref)
        .and_then(AssuranceLevel::from_digit)
        .map(AchievedAssurance)
        .ok_or_else(|| SpidRefusal::check(LEVEL_UNKNOWN, LEVEL_CLAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_check_has_a_name_of_its_own_a_clause_and_a_case() {
        let cases = [
            include_str!("tests/cases.rs"),
            include_str!("tests/cases/response.rs"),
            include_str!("tests/cases/subject.rs"),
            include_str!("tests/cases/conditions.rs"),
            include_str!("tests/flow.rs"),
        ]
        .concat();
        let header = HEADER_CHECKS.iter().map(|check| (check.code, check.clause));
        let assertion = ASSERTION_CHECKS
            .iter()
            .map(|check| (check.code, check.clause));
        let mut codes: Vec<&str> = Vec::new();
        for (code, clause) in header.chain(assertion) {
            assert!(!clause.is_empty(), "{code}");
            assert!(!codes.contains(&code), "{code} is used twice");
            assert!(cases.contains(&format!("\"{code}\"")), "no case for {code}");
            codes.push(code);
        }
        assert_eq!(codes.len(), 22);
    }
}
