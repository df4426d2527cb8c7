//! The proof that a PIN was right.

use super::devices::Device;
use crate::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationEvent, AuthenticationMethod,
    AuthenticationProof, EmailAddress, EvidenceId, Person, PersonKey, Redacted, Sex, Timestamp,
};
use crate::pin::Dossier;

/// Who vouches for a person who logs in with a PIN: the institute that gave it.
const PROVIDER: &str = "pin";

/// A PIN that was right, and whose use is written down. Made by [`PinLogins`](super::PinLogins) alone.
#[derive(Debug, Clone)]
pub struct VerifiedPin {
    person: Person,
    pin: String,
    level: AchievedAssurance,
    device: Option<Device>,
    at: Timestamp,
}

impl VerifiedPin {
    /// Of a dossier whose change was written; `None` when it has no PIN.
    pub(super) fn new(dossier: &Dossier, device: Device, at: Timestamp) -> Option<Self> {
        let level = dossier.pin()?.grade.level();
        Some(Self {
            device: Some(device),
            ..Self::of(dossier, level, at)?
        })
    }

    /// The same with the first half of an initial PIN alone: it is worth less than anything, whatever the grade.
    pub(super) fn of_half(dossier: &Dossier, at: Timestamp) -> Option<Self> {
        Self::of(dossier, AchievedAssurance(AssuranceLevel::BelowLow), at)
    }

    fn of(dossier: &Dossier, level: AchievedAssurance, at: Timestamp) -> Option<Self> {
        let pin = dossier.pin()?;
        let mut person = Person::new(PersonKey::FiscalCode(dossier.person().clone()));
        if let Some(details) = dossier.details() {
            person.given_name = Some(details.name.expose().to_owned().into());
            person.family_name = Some(details.surname.expose().to_owned().into());
            person.birth_date = Some(details.birth_date.clone());
            person.birth_place = Some(details.birth_place.expose().as_str().to_owned().into());
            let gender = match details.sex.expose() {
                Sex::Female => "F",
                Sex::Male => "M",
            };
            person.gender = Some(gender.to_owned().into());
        }
        let contacts = dossier.contacts();
        let mobile = contacts.mobile.as_ref();
        person.mobile_phone = mobile.map(|number| number.expose().to_owned().into());
        let text =
            |address: &EmailAddress| -> Redacted<String> { address.expose().to_owned().into() };
        person.email = contacts.email.as_ref().map(text);
        person.digital_address = contacts.pec.as_ref().map(text);
        Some(Self {
            person,
            pin: pin.id.clone(),
            level,
            device: None,
            at,
        })
    }

    /// The device that it was typed on, as it is known from now on, if it is.
    #[must_use]
    pub fn device(&self) -> Option<&Device> {
        self.device.as_ref()
    }
}

impl AuthenticationProof for VerifiedPin {
    fn into_parts(self) -> (Person, AuthenticationEvent) {
        let event = AuthenticationEvent {
            method: AuthenticationMethod::Pin,
            provider: PROVIDER.to_owned(),
            level: self.level,
            at: self.at,
            // Its name in the audit, where its whole life is.
            evidence: EvidenceId(self.pin),
            saml: None,
            card: None,
        };
        (self.person, event)
    }
}
