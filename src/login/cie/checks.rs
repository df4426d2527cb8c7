//! The named checks of the Ministry's response, in order. They are CIE's own, although most compare what SPID's compare:
//! each holds a clause of the Ministry's manual, and changes with it alone. Comparison is exact, never by prefix (attacks,
//! 1, row 23).

use chrono::Duration;

use super::CieRefusal;
use super::settings::CieSettings;
use crate::identity::{AchievedAssurance, AssuranceLevel, RequiredAssurance};
use crate::login::saml::check::{self, AssertionCheck, Check, HeaderCheck};
use crate::protocol::saml::assertion::Assertion;
use crate::protocol::saml::names;
use crate::protocol::saml::response::ResponseHeader;

/// How far the Ministry's clock may be from ours, either way.
pub(super) const SKEW: Duration = Duration::seconds(60);

type Expected<'a> = check::Expected<'a, CieSettings>;

/// Runs the checks of the header; the first that fails refuses.
pub(super) fn check_header(
    header: &ResponseHeader<'_>,
    expected: &Expected<'_>,
) -> Result<(), CieRefusal> {
    check::run(HEADER_CHECKS, |holds| holds(header, expected))
}

/// Runs the checks of a verified assertion; the first that fails refuses.
pub(super) fn check_assertion(
    assertion: &Assertion<'_>,
    expected: &Expected<'_>,
) -> Result<(), CieRefusal> {
    check::run(ASSERTION_CHECKS, |holds| holds(assertion, expected))
}

/// The checks of the header, before any signature is looked at. `InResponseTo` is how the request was found.
const HEADER_CHECKS: &[HeaderCheck<CieSettings>] = &[
    Check {
        code: "response-issuer-other",
        clause: "CIE SAML manual, Response: Issuer",
        holds: |header, expected| header.issuer.value == expected.request.provider,
    },
    Check {
        code: "response-issuer-format-other",
        clause: "CIE SAML manual, Response: Issuer",
        holds: |header, _| {
            header
                .issuer
                .format
                .is_none_or(|format| format == names::ENTITY)
        },
    },
    Check {
        code: "response-destination-other",
        clause: "CIE SAML manual, Response: Destination",
        holds: |header, expected| header.destination == expected.settings.assertion_consumer,
    },
    Check {
        code: "response-issued-before-request",
        clause: "CIE SAML manual, Response: IssueInstant",
        holds: |header, expected| header.issue_instant + SKEW >= expected.request.issued,
    },
    Check {
        code: "response-issued-in-future",
        clause: "CIE SAML manual, Response: IssueInstant",
        holds: |header, expected| header.issue_instant <= expected.now + SKEW,
    },
];

/// The checks of a verified assertion.
const ASSERTION_CHECKS: &[AssertionCheck<CieSettings>] = &[
    Check {
        code: "assertion-issuer-other",
        clause: "CIE SAML manual, Assertion: Issuer",
        holds: |assertion, expected| assertion.issuer.value == expected.request.provider,
    },
    Check {
        code: "assertion-issuer-format-other",
        clause: "CIE SAML manual, Assertion: Issuer",
        // The manual's examples have it and leave it out.
        holds: |assertion, _| {
            assertion
                .issuer
                .format
                .is_none_or(|format| format == names::ENTITY)
        },
    },
    Check {
        code: "assertion-issued-before-request",
        clause: "CIE SAML manual, Assertion: IssueInstant",
        holds: |assertion, expected| assertion.issue_instant + SKEW >= expected.request.issued,
    },
    Check {
        code: "assertion-issued-in-future",
        clause: "CIE SAML manual, Assertion: IssueInstant",
        holds: |assertion, expected| assertion.issue_instant <= expected.now + SKEW,
    },
    Check {
        code: "name-id-format-other",
        clause: "CIE SAML manual, Assertion: NameID",
        holds: |assertion, _| assertion.subject.format == names::TRANSIENT,
    },
    Check {
        code: "subject-confirmation-method-other",
        clause: "CIE SAML manual, Assertion: SubjectConfirmation",
        holds: |assertion, _| assertion.subject.method == names::BEARER,
    },
    Check {
        code: "recipient-other",
        clause: "CIE SAML manual, Assertion: SubjectConfirmationData",
        holds: |assertion, expected| {
            assertion.subject.recipient == expected.settings.assertion_consumer
        },
    },
    Check {
        code: "subject-confirmation-in-response-to-other",
        clause: "CIE SAML manual, Assertion: SubjectConfirmationData",
        holds: |assertion, expected| assertion.subject.in_response_to == expected.request.id,
    },
    Check {
        code: "subject-confirmation-expired",
        clause: "CIE SAML manual, Assertion: SubjectConfirmationData",
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
        clause: "CIE SAML manual, Assertion: Conditions",
        holds: |assertion, expected| assertion.conditions.not_before <= expected.now + SKEW,
    },
    Check {
        code: "conditions-expired",
        clause: "CIE SAML manual, Assertion: Conditions",
        holds: |assertion, expected| expected.now < assertion.conditions.not_on_or_after + SKEW,
    },
    Check {
        code: "audience-other",
        clause: "CIE SAML manual, Assertion: AudienceRestriction",
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
        clause: "CIE SAML manual, AuthnRequest: ForceAuthn",
        // What was asked for is a login made for this request, not one that the Ministry remembers.
        holds: |assertion, expected| {
            assertion.authentication.instant + SKEW >= expected.request.issued
        },
    },
    Check {
        code: LEVEL_UNKNOWN,
        clause: LEVEL_CLAUSE,
        holds: |assertion, _| level_of(assertion).is_ok(),
    },
    Check {
        code: "level-too-low",
        clause: "CIE SAML manual, AuthnRequest: RequestedAuthnContext",
        // A higher class is no error, since the manual says that it is always the highest; nor is it believed.
        holds: |assertion, expected| {
            level_of(assertion)
                .is_ok_and(|level| level.satisfies(RequiredAssurance(expected.request.level)))
        },
    },
];

const LEVEL_UNKNOWN: &str = "level-unknown";
const LEVEL_CLAUSE: &str = "CIE SAML manual, Assertion: AuthnContextClassRef";

/// The level that the assertion proves.
pub(super) fn level_of(assertion: &Assertion<'_>) -> Result<AchievedAssurance, CieRefusal> {
    names::spid_level(&assertion.authentication.class_ref)
        .and_then(AssuranceLevel::from_digit)
        .map(AchievedAssurance)
        .ok_or_else(|| CieRefusal::check(LEVEL_UNKNOWN, LEVEL_CLAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_named_check_has_a_name_of_its_own_a_clause_and_a_case() {
        let cases = [
            include_str!("tests/cases.rs"),
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
