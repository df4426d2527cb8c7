//! What the desk calls things: steps, states, grades and who did something.

use crate::audit::{PinActor, PinStep};
use crate::desk::Operators;
use crate::http::language::Language;
use crate::http::pages::in_words;
use crate::identity::{DeskRole, FiscalCode, PinGrade};
use crate::pin::{DeliveryHours, DocumentKind, Exception, PinRefusal, PinStatus};

/// The text that names a role.
pub(super) fn role_key(role: DeskRole) -> &'static str {
    match role {
        DeskRole::Office => "desk-role-office",
        DeskRole::ContactCentre => "desk-role-contact-centre",
        DeskRole::Supervisor => "desk-role-supervisor",
    }
}

/// The text that names a grade.
pub(super) fn grade_key(grade: PinGrade) -> &'static str {
    match grade {
        PinGrade::Ordinary => "desk-grade-ordinary",
        PinGrade::Dispositive => "desk-grade-dispositive",
    }
}

/// The text that names a kind of document.
pub(in crate::http) fn document_key(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::IdentityCard => "desk-document-identity-card",
        DocumentKind::DrivingLicence => "desk-document-driving-licence",
        DocumentKind::Passport => "desk-document-passport",
    }
}

/// The text that says what a PIN is at a moment.
pub(super) fn status_key(status: &PinStatus<'_>) -> &'static str {
    match status {
        PinStatus::None => "desk-status-none",
        PinStatus::Initial(_) => "desk-status-initial",
        PinStatus::PairEnded => "desk-status-pair-ended",
        PinStatus::Working(_) => "desk-status-working",
        PinStatus::Expired(_) => "desk-status-expired",
        PinStatus::SwitchedOff => "desk-status-switched-off",
        PinStatus::Locked => "desk-status-locked",
        PinStatus::Revoked => "desk-status-revoked",
    }
}

/// Who did something: an operator by name and role, if they still work here.
pub(super) fn actor(by: &PinActor, operators: &Operators, texts: Language) -> String {
    match by {
        PinActor::Holder => texts.say("desk-by-holder"),
        PinActor::System => texts.say("desk-by-system"),
        PinActor::Import => texts.say("desk-by-import"),
        PinActor::Operator { person, role } => {
            let role = texts.say(role_key(*role));
            match operators.find(person) {
                Some(operator) => format!("{}, {role}", operator.name()),
                None => texts.say_with("desk-by-former", "role", &role),
            }
        }
    }
}

/// An operator's name; one who left has none any more.
pub(in crate::http) fn name_of(
    operator: &FiscalCode,
    operators: &Operators,
    texts: Language,
) -> String {
    match operators.find(operator) {
        Some(operator) => operator.name().to_owned(),
        None => texts.say("desk-by-nobody-now"),
    }
}

/// The text that names a group of people who still get a PIN.
pub(in crate::http) fn exception_key(exception: Exception) -> &'static str {
    match exception {
        Exception::Minor => "pin-group-minor",
        Exception::NoItalianDocument => "pin-group-no-document",
        Exception::UnderGuardianship => "pin-group-guardianship",
    }
}

/// The text that names hours of the day.
pub(in crate::http) fn hours_key(hours: DeliveryHours) -> &'static str {
    match hours {
        DeliveryHours::Morning => "pin-hours-morning",
        DeliveryHours::Afternoon => "pin-hours-afternoon",
        DeliveryHours::Evening => "pin-hours-evening",
    }
}

/// The text that says what happened to a PIN.
pub(super) fn step_key(step: PinStep) -> &'static str {
    match step {
        PinStep::Requested => "desk-step-requested",
        PinStep::CallClaimed => "desk-step-call-claimed",
        PinStep::CallReleased => "desk-step-call-released",
        PinStep::RequestRefused => "desk-step-request-refused",
        PinStep::Issued => "desk-step-issued",
        PinStep::HalfResent => "desk-step-half-resent",
        PinStep::LetterResent => "desk-step-letter-resent",
        PinStep::HalfUsed => "desk-step-half-used",
        PinStep::PairDied => "desk-step-pair-died",
        PinStep::PairEnded => "desk-step-pair-ended",
        PinStep::FirstAccess => "desk-step-first-access",
        PinStep::Rehashed => "desk-step-rehashed",
        PinStep::Renewed => "desk-step-renewed",
        PinStep::Warned => "desk-step-warned",
        PinStep::SwitchedOff => "desk-step-switched-off",
        PinStep::ClosedToStrangers => "desk-step-closed-to-strangers",
        PinStep::Locked => "desk-step-locked",
        PinStep::RestoreAsked => "desk-step-restore-asked",
        PinStep::Restored => "desk-step-restored",
        PinStep::Revoked => "desk-step-revoked",
        PinStep::ConversionBegun => "desk-step-conversion-begun",
        PinStep::ConversionSubmitted => "desk-step-conversion-submitted",
        PinStep::ConversionClaimed => "desk-step-conversion-claimed",
        PinStep::ConversionReleased => "desk-step-conversion-released",
        PinStep::AcceptanceProposed => "desk-step-acceptance-proposed",
        PinStep::RejectionProposed => "desk-step-rejection-proposed",
        PinStep::ConversionAccepted => "desk-step-conversion-accepted",
        PinStep::ConversionRejected => "desk-step-conversion-rejected",
        PinStep::ConversionDropped => "desk-step-conversion-dropped",
        PinStep::GradeRaised => "desk-step-grade-raised",
        PinStep::ProvisionalTaken => "desk-step-provisional-taken",
        PinStep::TelephonePinMade => "desk-step-telephone-pin-made",
        PinStep::TelephonePinUsed => "desk-step-telephone-pin-used",
        PinStep::TelephonePinEnded => "desk-step-telephone-pin-ended",
        PinStep::ContactsChanged => "desk-step-contacts-changed",
        PinStep::Imported => "desk-step-imported",
        PinStep::LookedUp => "desk-step-looked-up",
    }
}

/// Why the rules do not allow something, in words.
pub(in crate::http) fn why_not(refusal: &PinRefusal, texts: Language) -> String {
    texts.say(match refusal {
        PinRefusal::NoLetterBefore(free) => {
            return texts.say_with("desk-why-no-letter", "free", &in_words(*free, texts));
        }
        PinRefusal::Contacts(_) | PinRefusal::ContactsUnknown => "desk-why-contacts",
        PinRefusal::IssuanceEnded => "desk-why-issuance-ended",
        PinRefusal::OfAge => "desk-why-of-age",
        PinRefusal::Delegate => "desk-why-delegate",
        PinRefusal::AlreadyIssued => "desk-why-already-issued",
        PinRefusal::AlreadyRequested => "desk-why-already-requested",
        PinRefusal::AlreadyDispositive => "desk-why-already-dispositive",
        PinRefusal::NoAddress => "desk-why-no-address",
        PinRefusal::NeverUsed => "desk-why-never-used",
        PinRefusal::Claimed => "desk-why-claimed",
        PinRefusal::NotClaimed => "desk-why-not-claimed",
        PinRefusal::SameOperator => "desk-why-same-operator",
        PinRefusal::DocumentExpired => "desk-why-document-expired",
        PinRefusal::NotProven => "desk-why-not-proven",
        PinRefusal::Nothing => "desk-why-nothing",
        PinRefusal::TooMany => "desk-why-too-many",
        _ => "desk-why-state",
    })
}
