//! The proof that a PIN was right.

use super::devices::Device;
use crate::identity::{
    AuthenticationEvent, AuthenticationMethod, AuthenticationProof, EmailAddress, EvidenceId,
    Person, PersonKey, PinGrade, Redacted, Sex, Timestamp,
};
use crate::pin::Dossier;

/// Who vouches for a person who logs in with a PIN: the institute that gave it.
const PROVIDER: &str = "pin";

/// A PIN that was right, and whose use is written down. Made by [`PinLogins`](super::PinLogins) alone.
#[derive(Debug, Clone)]
pub struct VerifiedPin {
    person: Person,
    pin: String,
    grade: PinGrade,
    device: Device,
    at: Timestamp,
}

impl VerifiedPin {
    /// Of a dossier whose change was written; `None` when it has no PIN.
    pub(super) fn new(dossier: &Dossier, device: Device, at: Timestamp) -> Option<Self> {
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
            grade: pin.grade,
            device,
            at,
        })
    }

    /// The device that it was typed on, as it is known from now on.
    #[must_use]
    pub fn device(&self) -> &Device {
        &self.device
    }
}

impl AuthenticationProof for VerifiedPin {
    fn into_parts(self) -> (Person, AuthenticationEvent) {
        let event = AuthenticationEvent {
            method: AuthenticationMethod::Pin,
            provider: PROVIDER.to_owned(),
            level: self.grade.level(),
            at: self.at,
            // Its name in the audit, where its whole life is.
            evidence: EvidenceId(self.pin),
            saml: None,
            card: None,
        };
        (self.person, event)
    }
}
