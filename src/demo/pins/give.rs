//! Gives the demo's people the PINs that they have from the start.

use chrono::{Days, NaiveDate};

use super::{
    CITY, EXPIRED, Invented, NewPeople, PINS, POSTAL_CODE, PROVINCE, ROME, STREET, TestPin,
};
use crate::audit::PinActor;
use crate::config::{ConfigErrors, PinSection};
use crate::crypto::{PinHash, PinHashError, PinHasher, Random};
use crate::demo::DemoError;
use crate::demo::people::{MOBILE, TestPerson};
use crate::identity::{
    Categories, Category, Country, EmailAddress, FiscalCode, PersonalName, PhoneNumber, PinGrade,
    PlaceCode, PostalAddress, PostalFields, Sex, Timestamp,
};
use crate::pin::{
    Contacts, Context, Dossier, Imported, Kept, PersonalDetails, PinRefusal, PinStatus, PinStore,
    Version, WorkingPin, WriteError,
};
use crate::store::StoreError;

/// How long ago the expired PIN was set: more than the six months that a citizen's is good for.
const SET: Days = Days::new(200);
/// How long ago it was used: less than the six months after which a PIN is switched off.
const USED: Days = Days::new(30);

/// Why a PIN of the demo cannot be given.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CannotGive {
    /// What is written here of somebody is not well formed.
    #[error("{0} is not well formed")]
    Data(&'static str),
    /// The rules are against it.
    #[error(transparent)]
    Refused(#[from] PinRefusal),
    /// It cannot be hashed.
    #[error(transparent)]
    Hash(#[from] PinHashError),
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] StoreError),
    /// It cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Gives people their PINs. Whoever has one that works keeps it; whoever lost theirs, or let it expire, has the one of the
/// demo again.
pub(in crate::demo) async fn give(
    section: &PinSection,
    pins: &dyn PinStore,
    people: &NewPeople,
    (random, now): (&dyn Random, Timestamp),
) -> Result<(), DemoError> {
    let hasher = section.hasher().map_err(ConfigErrors::one)?;
    let giver = Giver {
        pins,
        hasher: &hasher,
        context: Context {
            now,
            random,
            rules: &section.rules,
            by: &PinActor::Import,
            reference: None,
            client_address: None,
        },
    };
    for pin in &PINS {
        giver.give_tested(pin).await?;
    }
    giver.give_expired(&people.returner).await?;
    Ok(())
}

struct Giver<'a> {
    pins: &'a dyn PinStore,
    hasher: &'a PinHasher,
    context: Context<'a>,
}

impl Giver<'_> {
    async fn give_tested(&self, pin: &TestPin) -> Result<(), CannotGive> {
        let malformed = || CannotGive::Data(pin.username);
        let holder = pin.person().ok_or_else(malformed)?;
        let code = holder.fiscal_code.ok_or_else(malformed)?;
        let code = FiscalCode::parse(code).map_err(|_| malformed())?;
        let version = match self.pins.load(&code).await? {
            None => Version::NEW,
            Some(Kept { dossier, version }) => {
                let status = dossier.status(self.context.rules, self.context.now);
                if matches!(status, PinStatus::Working(_)) {
                    return Ok(());
                }
                version
            }
        };
        let imported = Imported {
            hash: self.hash(pin.pin)?,
            grade: pin.grade,
            set: self.context.now,
            used: self.context.now,
            categories: holder.standing().personal(),
            details: Some(details_of(holder).ok_or_else(malformed)?),
            contacts: contacts_of(holder).ok_or_else(malformed)?,
            language: "it".to_owned(),
        };
        self.write(Dossier::new(code), imported, version).await
    }

    async fn give_expired(&self, holder: &Invented) -> Result<(), CannotGive> {
        let now = self.context.now;
        let ago = |days| now.checked_sub_days(days).unwrap_or(now);
        let malformed = || CannotGive::Data(holder.family_name);
        let imported = Imported {
            hash: self.hash(EXPIRED)?,
            grade: PinGrade::Ordinary,
            set: ago(SET),
            used: ago(USED),
            categories: Categories::from_iter([Category::Citizen]),
            details: Some(holder.details().ok_or_else(malformed)?),
            contacts: holder.contacts().ok_or_else(malformed)?,
            language: "it".to_owned(),
        };
        let code = holder.fiscal_code.clone();
        // That somebody of another start has her fiscal code is not likely, and she has lived it all then.
        let version = match self.pins.load(&code).await? {
            None => Version::NEW,
            Some(kept) => kept.version,
        };
        self.write(Dossier::new(code), imported, version).await
    }

    fn hash(&self, pin: &'static str) -> Result<PinHash, CannotGive> {
        let pin = WorkingPin::parse(pin).map_err(|_| CannotGive::Data("a PIN"))?;
        Ok(pin.hash(self.hasher, self.context.random)?)
    }

    async fn write(
        &self,
        dossier: Dossier,
        imported: Imported,
        version: Version,
    ) -> Result<(), CannotGive> {
        let change = dossier.import(imported, &self.context)?;
        self.pins.write(change, version).await?;
        Ok(())
    }
}

impl Invented {
    pub(super) fn details(&self) -> Option<PersonalDetails> {
        Some(PersonalDetails {
            name: PersonalName::parse(self.given_name).ok()?,
            surname: PersonalName::parse(self.family_name).ok()?,
            sex: Sex::Female.into(),
            birth_date: self.birth_date.into(),
            birth_place: PlaceCode::parse(ROME).ok()?.into(),
            residence: residence()?,
        })
    }

    pub(super) fn contacts(&self) -> Option<Contacts> {
        Some(Contacts {
            mobile: Some(PhoneNumber::parse(self.mobile).ok()?),
            landline: None,
            email: Some(EmailAddress::parse(self.email).ok()?),
            pec: None,
        })
    }
}

pub(super) fn details_of(person: &TestPerson) -> Option<PersonalDetails> {
    let sex = match person.gender {
        "F" => Sex::Female,
        _ => Sex::Male,
    };
    Some(PersonalDetails {
        name: PersonalName::parse(person.given_name).ok()?,
        surname: PersonalName::parse(person.family_name).ok()?,
        sex: sex.into(),
        birth_date: person.birth_date.parse::<NaiveDate>().ok()?.into(),
        birth_place: PlaceCode::parse(person.birth_place).ok()?.into(),
        residence: residence()?,
    })
}

pub(super) fn contacts_of(person: &TestPerson) -> Option<Contacts> {
    let username = person.username;
    Some(Contacts {
        mobile: Some(PhoneNumber::parse(MOBILE).ok()?),
        landline: None,
        email: Some(EmailAddress::parse(&format!("{username}@example.org")).ok()?),
        pec: Some(EmailAddress::parse(&format!("{username}@pec.example.org")).ok()?),
    })
}

fn residence() -> Option<PostalAddress> {
    PostalAddress::new(&PostalFields {
        street: STREET,
        addition: "",
        postal_code: POSTAL_CODE,
        city: CITY,
        province: PROVINCE,
        country: Country::ITALY,
    })
    .ok()
}
