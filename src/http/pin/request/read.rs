//! What was typed into the online form, read page by page: values that are right, or what is wrong beside each field.

use chrono::NaiveDate;

use super::asks::{
    ADDITION, BIRTH_DATE, BIRTH_PLACE, CITY, COUNTRY, EMAIL, FISCAL_CODE, GROUP, HOURS, LANDLINE,
    MOBILE, MYSELF, NAME, PEC, POSTAL_CODE, PROVINCE, SEX, STREET, SURNAME, Step,
};
use crate::http::pages::{Fault, TICKED};
use crate::http::pin::typed::Typed;
use crate::identity::{
    Contradiction, Country, Declared, EmailAddress, FiscalCode, PersonalName, PhoneNumber,
    PlaceCode, Places, PostalAddress, PostalAddressError, PostalFields, Sex, Timestamp,
    time_in_italy,
};
use crate::pin::{Application, Contacts, DeliveryHours, Exception, PersonalDetails, PinRules};

/// The people who still get a PIN after issuance has ended and may ask for it here: whoever is under guardianship is served
/// at an office, with the guardian (PIN rules, More facts).
pub(super) const GROUPS: [Exception; 2] = [Exception::Minor, Exception::NoItalianDocument];

/// The oldest that a person can be, in years.
const OLDEST: u32 = 130;

/// What reading the form is told of the world.
#[derive(Clone, Copy)]
pub(in crate::http) struct Today<'a> {
    /// The present moment.
    pub(in crate::http) now: Timestamp,
    /// The rules in force.
    pub(in crate::http) rules: &'a PinRules,
}

/// The form up to some page of it.
#[derive(Debug, Default)]
pub(super) struct Draft {
    who: Option<Who>,
    birth: Option<Birth>,
    home: Option<PostalAddress>,
    contacts: Option<Contacts>,
    hours: Option<DeliveryHours>,
}

/// The first page.
#[derive(Debug, Clone)]
pub(in crate::http) struct Who {
    /// Whose PIN it will be.
    pub(in crate::http) code: FiscalCode,
    /// Where they live.
    pub(in crate::http) country: Country,
    /// Why they still get one.
    pub(in crate::http) group: Option<Exception>,
}

#[derive(Debug)]
pub(in crate::http) struct Birth {
    pub(in crate::http) name: PersonalName,
    pub(in crate::http) surname: PersonalName,
    pub(in crate::http) sex: Sex,
    pub(in crate::http) date: NaiveDate,
    pub(in crate::http) place: PlaceCode,
}

impl Draft {
    /// Reads the pages from the first to `last`.
    ///
    /// # Errors
    /// The first page that is not right, and what is wrong on it.
    pub(super) fn read(
        typed: &Typed,
        last: Step,
        today: Today<'_>,
    ) -> Result<Self, (Step, Vec<Fault>)> {
        let mut draft = Self::default();
        for step in Step::ALL.into_iter().filter(|step| *step <= last) {
            let mut page = Page::of(typed);
            draft.read_step(step, &mut page, today);
            if !page.faults.is_empty() {
                return Err((step, page.faults));
            }
        }
        Ok(draft)
    }

    fn read_step(&mut self, step: Step, page: &mut Page<'_>, today: Today<'_>) {
        match step {
            Step::Who => self.who = who(page, today),
            Step::Birth => self.birth = self.who.as_ref().and_then(|who| birth(page, who, today)),
            Step::Home => self.home = self.who.as_ref().and_then(|who| home(page, who)),
            Step::Contacts => self.contacts = reachable(page),
            Step::Delivery => self.hours = hours(page),
            Step::Confirm => {}
        }
    }

    /// Whose PIN is asked for, and all that was filled in; `None` for a form that was not read to its end.
    pub(super) fn finish(self, language: &str) -> Option<(FiscalCode, Application)> {
        let (who, birth) = (self.who?, self.birth?);
        let details = PersonalDetails {
            name: birth.name,
            surname: birth.surname,
            sex: birth.sex.into(),
            birth_date: birth.date.into(),
            birth_place: birth.place.into(),
            residence: self.home?,
        };
        let application = Application {
            details,
            contacts: self.contacts?,
            hours: Some(self.hours?),
            language: language.to_owned(),
            exception: who.group,
        };
        Some((who.code, application))
    }
}

/// One page while it is read.
pub(in crate::http) struct Page<'a> {
    typed: &'a Typed,
    faults: Vec<Fault>,
}

impl<'a> Page<'a> {
    /// A page of what was typed.
    pub(in crate::http) fn of(typed: &'a Typed) -> Self {
        Self {
            typed,
            faults: Vec::new(),
        }
    }

    /// Notes what is wrong with a field.
    pub(in crate::http) fn fault(&mut self, field: &'static str, text: &'static str) {
        self.faults.push(Fault { field, text });
    }

    /// What is wrong with it.
    pub(in crate::http) fn faults(self) -> Vec<Fault> {
        self.faults
    }

    /// A field that has to be there: `missing` where nothing was typed, `wrong` where that cannot be read.
    pub(in crate::http) fn needs<T>(
        &mut self,
        field: &'static str,
        (missing, wrong): (&'static str, &'static str),
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.typed.get(field);
        let value = if text.is_empty() { None } else { read(text) };
        if value.is_none() {
            self.fault(field, if text.is_empty() { missing } else { wrong });
        }
        value
    }

    /// A field that may be left out.
    fn may<T>(
        &mut self,
        field: &'static str,
        wrong: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.typed.get(field);
        (!text.is_empty())
            .then(|| self.needs(field, (wrong, wrong), read))
            .flatten()
    }
}

fn who(page: &mut Page<'_>, today: Today<'_>) -> Option<Who> {
    let code = page.needs(
        FISCAL_CODE,
        ("pin-fiscal-code-missing", "pin-fiscal-code-wrong"),
        |text| FiscalCode::parse(text).ok(),
    );
    let country = page.needs(
        COUNTRY,
        ("pin-country-missing", "pin-country-missing"),
        |text| Country::parse(text).ok(),
    );
    let group = if today.rules.issues_to_everybody(today.now) {
        Some(None)
    } else {
        let group = page.needs(GROUP, ("pin-group-missing", "pin-group-missing"), |text| {
            Exception::from_name(text).filter(|group| GROUPS.contains(group))
        });
        group.map(Some)
    };
    let myself = page.needs(
        MYSELF,
        ("pin-myself-missing", "pin-myself-missing"),
        |text| (text == TICKED).then_some(()),
    );
    myself?;
    Some(Who {
        code: code?,
        country: country?,
        group: group?,
    })
}

/// Who somebody is, if it does not contradict their fiscal code.
pub(in crate::http) fn birth(page: &mut Page<'_>, who: &Who, today: Today<'_>) -> Option<Birth> {
    let personal_name = |text: &str| PersonalName::parse(text).ok();
    let name = page.needs(NAME, ("pin-name-missing", "pin-name-wrong"), personal_name);
    let surname = page.needs(
        SURNAME,
        ("pin-surname-missing", "pin-surname-wrong"),
        personal_name,
    );
    let sex = page.needs(
        SEX,
        ("pin-sex-missing", "pin-sex-missing"),
        Sex::from_letter,
    );
    let date = page.needs(
        BIRTH_DATE,
        ("pin-birth-date-missing", "pin-birth-date-wrong"),
        |text| day(text).filter(|day| is_lifetime(*day, today.now)),
    );
    let place = page.needs(
        BIRTH_PLACE,
        ("pin-birth-place-missing", "pin-birth-place-unknown"),
        |text| place(text, &who.code),
    );
    let birth = Birth {
        name: name?,
        surname: surname?,
        sex: sex?,
        date: date?,
        place: place?,
    };
    let declared = Declared {
        family_name: birth.surname.expose(),
        given_name: birth.name.expose(),
        birth_date: birth.date,
        sex: birth.sex,
        birth_place: birth.place,
    };
    for contradiction in declared.contradictions(&who.code) {
        let (field, text) = match contradiction {
            Contradiction::FamilyName => (SURNAME, "pin-surname-contradicts"),
            Contradiction::GivenName => (NAME, "pin-name-contradicts"),
            Contradiction::BirthDate => (BIRTH_DATE, "pin-birth-date-contradicts"),
            Contradiction::Sex => (SEX, "pin-sex-contradicts"),
            Contradiction::BirthPlace => (BIRTH_PLACE, "pin-birth-place-contradicts"),
        };
        page.fault(field, text);
    }
    let age = time_in_italy(today.now).date().years_since(birth.date);
    if who.group == Some(Exception::Minor) && age >= Some(today.rules.age_of_majority) {
        page.fault(BIRTH_DATE, "pin-birth-date-of-age");
    }
    Some(birth)
}

/// A day as people write it: `23/7/1975`, with hyphens, dots or spaces, or as browsers fill it in, `1975-07-23`.
pub(in crate::http) fn day(text: &str) -> Option<NaiveDate> {
    let parts: Vec<&str> = text.split(['/', '-', '.', ' ']).collect();
    let [first, month, last] = parts.as_slice() else {
        return None;
    };
    let (year, day) = if first.len() == 4 {
        (first, last)
    } else {
        (last, first)
    };
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        (is_number && digits.contains(&text.len()))
            .then(|| text.parse::<u32>().ok())
            .flatten()
    };
    let year = i32::try_from(number(year, 4..=4)?).ok()?;
    NaiveDate::from_ymd_opt(year, number(month, 1..=2)?, number(day, 1..=2)?)
}

/// Whether somebody born on a day can be alive.
fn is_lifetime(day: NaiveDate, now: Timestamp) -> bool {
    let age = time_in_italy(now).date().years_since(day);
    age.is_some_and(|age| age <= OLDEST)
}

/// The place of a name; of several, the one that the fiscal code means.
fn place(name: &str, code: &FiscalCode) -> Option<PlaceCode> {
    let places: Vec<PlaceCode> = Places::all()
        .named(name)
        .map(|place| place.code())
        .collect();
    let meant = places.iter().find(|place| code.is_born_in(**place));
    meant.or(places.first()).copied()
}

/// Where somebody lives.
pub(in crate::http) fn home(page: &mut Page<'_>, who: &Who) -> Option<PostalAddress> {
    let typed = page.typed;
    let is_italian = who.country == Country::ITALY;
    // Every missing field is told at once; what is wrong with those that are there, the address says one by one.
    for (field, text) in [
        (STREET, "pin-street-missing"),
        (CITY, "pin-city-missing"),
        (POSTAL_CODE, "pin-cap-wrong"),
        (PROVINCE, "pin-province-wrong"),
    ] {
        let is_needed = is_italian || [STREET, CITY].contains(&field);
        if is_needed && typed.get(field).is_empty() {
            page.fault(field, text);
        }
    }
    if !page.faults.is_empty() {
        return None;
    }
    let address = PostalAddress::new(&PostalFields {
        street: typed.get(STREET),
        addition: typed.get(ADDITION),
        postal_code: typed.get(POSTAL_CODE),
        city: typed.get(CITY),
        province: typed.get(PROVINCE),
        country: who.country,
    });
    match address {
        Ok(address) if is_italian && !is_municipality(&address) => {
            page.fault(CITY, "pin-city-unknown");
            None
        }
        Ok(address) => Some(address),
        Err(error) => {
            let (field, text) = match error {
                PostalAddressError::Street => (STREET, "pin-line-wrong"),
                PostalAddressError::Addition => (ADDITION, "pin-line-wrong"),
                PostalAddressError::City => (CITY, "pin-line-wrong"),
                PostalAddressError::PostalCode if is_italian => (POSTAL_CODE, "pin-cap-wrong"),
                PostalAddressError::PostalCode => (POSTAL_CODE, "pin-line-wrong"),
                PostalAddressError::Province if is_italian => (PROVINCE, "pin-province-wrong"),
                PostalAddressError::Province => (PROVINCE, "pin-line-wrong"),
            };
            page.fault(field, text);
            None
        }
    }
}

/// Whether there is such a municipality in such a province today.
fn is_municipality(address: &PostalAddress) -> bool {
    let fields = address.fields();
    let mut there = Places::all()
        .named(fields.city)
        .filter(|place| place.is_there() && !place.code().is_abroad());
    there.any(|place| place.province() == fields.province)
}

/// How somebody is reached, by at least one telephone and one address.
pub(in crate::http) fn reachable(page: &mut Page<'_>) -> Option<Contacts> {
    let contacts = contacts(page);
    let typed = page.typed;
    let nothing_in = |fields: [&str; 2]| fields.iter().all(|field| typed.get(field).is_empty());
    let (no_telephone, no_mail) = (nothing_in([MOBILE, LANDLINE]), nothing_in([EMAIL, PEC]));
    if no_telephone {
        page.fault(MOBILE, "pin-telephone-missing");
    }
    if no_mail {
        page.fault(EMAIL, "pin-mail-missing");
    }
    contacts.filter(|_| page.faults.is_empty())
}

/// How somebody is reached, as far as they say.
pub(in crate::http) fn contacts(page: &mut Page<'_>) -> Option<Contacts> {
    let phone = |text: &str| PhoneNumber::parse(text).ok();
    let mail = |text: &str| EmailAddress::parse(text).ok();
    let mobile = page.may(MOBILE, "pin-mobile-wrong", |text| {
        phone(text).filter(PhoneNumber::takes_texts)
    });
    let contacts = Contacts {
        mobile,
        landline: page.may(LANDLINE, "pin-landline-wrong", phone),
        email: page.may(EMAIL, "pin-email-wrong", mail),
        pec: page.may(PEC, "pin-email-wrong", mail),
    };
    if contacts.email.is_some() && contacts.email == contacts.pec {
        page.fault(PEC, "pin-pec-same");
    }
    page.faults.is_empty().then_some(contacts)
}

/// When a letter may come.
pub(in crate::http) fn hours(page: &mut Page<'_>) -> Option<DeliveryHours> {
    page.needs(
        HOURS,
        ("pin-hours-missing", "pin-hours-missing"),
        DeliveryHours::from_name,
    )
}

#[cfg(test)]
mod tests;
