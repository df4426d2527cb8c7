//! What each page of the online form asks (PIN rules, Online form).

use crate::http::pages::{Asks, How};
use crate::http::pin::asked::{self, CODE, line};
use crate::identity::{EmailAddress, PhoneNumber};
use crate::pin::Contacts;

pub(super) use crate::http::pin::asked::{EMAIL, FISCAL_CODE, MOBILE, PEC};

/// A page of the form, in the order of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// Fiscal code and country of residence.
    Who,
    /// Name, surname, sex, place and date of birth.
    Birth,
    /// Residence.
    Home,
    /// How to be reached.
    Contacts,
    /// When the letter may come.
    Delivery,
    /// All of it to look over.
    Confirm,
}

impl Step {
    pub(super) const ALL: [Self; 6] = [
        Self::Who,
        Self::Birth,
        Self::Home,
        Self::Contacts,
        Self::Delivery,
        Self::Confirm,
    ];

    /// Its name in the form.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Who => "who",
            Self::Birth => "birth",
            Self::Home => "home",
            Self::Contacts => "contacts",
            Self::Delivery => "delivery",
            Self::Confirm => "confirm",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }

    /// Its number, from one.
    pub(super) fn number(self) -> usize {
        Self::ALL.iter().take_while(|step| **step < self).count() + 1
    }

    pub(super) fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|step| *step > self)
    }

    pub(super) fn before(self) -> Option<Self> {
        Self::ALL.into_iter().rfind(|step| *step < self)
    }

    /// The key of its title.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Who => "pin-request-who",
            Self::Birth => "pin-request-birth",
            Self::Home => "pin-request-home",
            Self::Contacts => "pin-request-contacts",
            Self::Delivery => "pin-request-delivery",
            Self::Confirm => "pin-request-confirm",
        }
    }
}

pub(in crate::http) const COUNTRY: &str = "country";
pub(in crate::http) const GROUP: &str = "group";
pub(super) const MYSELF: &str = "myself";
pub(super) const NAME: &str = "name";
pub(super) const SURNAME: &str = "surname";
pub(super) const SEX: &str = "sex";
pub(super) const BIRTH_DATE: &str = "birth_date";
pub(super) const BIRTH_PLACE: &str = "birth_place";
pub(super) const STREET: &str = "street";
pub(super) const ADDITION: &str = "addition";
pub(in crate::http) const POSTAL_CODE: &str = "postal_code";
pub(super) const CITY: &str = "city";
pub(in crate::http) const PROVINCE: &str = "province";
pub(super) const LANDLINE: &str = "landline";
pub(super) const HOURS: &str = "hours";

/// The fields of [`Step::Who`]; the group is asked only where issuance has ended.
pub(super) static WHO: [Asks; 4] = [
    CODE,
    Asks {
        how: How::List,
        autocomplete: "country",
        ..line(COUNTRY, "pin-country", 2)
    },
    Asks {
        how: How::Choice,
        hint: Some("pin-group-hint"),
        ..line(GROUP, "pin-group", 30)
    },
    Asks {
        how: How::Tick,
        hint: Some("pin-myself-hint"),
        ..line(MYSELF, "pin-myself", 3)
    },
];

/// The fields of [`Step::Birth`].
pub(in crate::http) static BIRTH: [Asks; 5] = [
    Asks {
        autocomplete: "given-name",
        ..line(NAME, "pin-name", 80)
    },
    Asks {
        autocomplete: "family-name",
        hint: Some("pin-surname-hint"),
        ..line(SURNAME, "pin-surname", 80)
    },
    Asks {
        how: How::Choice,
        autocomplete: "sex",
        hint: Some("pin-sex-hint"),
        ..line(SEX, "pin-sex", 1)
    },
    Asks {
        how: How::Digits(10),
        autocomplete: "bday",
        hint: Some("pin-birth-date-hint"),
        ..line(BIRTH_DATE, "pin-birth-date", 10)
    },
    Asks {
        hint: Some("pin-birth-place-hint"),
        ..line(BIRTH_PLACE, "pin-birth-place", 80)
    },
];

const STREET_AND_NUMBER: Asks = Asks {
    autocomplete: "address-line1",
    ..line(STREET, "pin-street", 80)
};

const FURTHER_LINE: Asks = Asks {
    required: false,
    autocomplete: "address-line2",
    hint: Some("pin-addition-hint"),
    ..line(ADDITION, "pin-addition", 80)
};

/// The fields of [`Step::Home`] in Italy.
pub(super) static HOME_IN_ITALY: [Asks; 5] = [
    STREET_AND_NUMBER,
    FURTHER_LINE,
    Asks {
        how: How::Digits(5),
        autocomplete: "postal-code",
        ..line(POSTAL_CODE, "pin-cap", 5)
    },
    Asks {
        autocomplete: "address-level2",
        ..line(CITY, "pin-comune", 60)
    },
    Asks {
        autocomplete: "address-level1",
        hint: Some("pin-province-hint"),
        ..line(PROVINCE, "pin-province", 2)
    },
];

/// The fields of [`Step::Home`] abroad.
pub(in crate::http) static HOME_ABROAD: [Asks; 5] = [
    STREET_AND_NUMBER,
    FURTHER_LINE,
    Asks {
        required: false,
        autocomplete: "postal-code",
        ..line(POSTAL_CODE, "pin-postal-code", 12)
    },
    Asks {
        autocomplete: "address-level2",
        ..line(CITY, "pin-city", 60)
    },
    Asks {
        required: false,
        autocomplete: "address-level1",
        ..line(PROVINCE, "pin-region", 40)
    },
];

/// The fields of [`Step::Contacts`]: of the telephones one is needed, of the addresses one.
pub(in crate::http) static CONTACTS: [Asks; 4] = {
    let [mobile, email, pec] = asked::CONTACTS;
    [
        Asks {
            hint: Some("pin-mobile-hint"),
            ..mobile
        },
        Asks {
            how: How::Telephone,
            required: false,
            autocomplete: "home tel",
            ..line(LANDLINE, "pin-landline", 30)
        },
        email,
        Asks {
            hint: Some("pin-pec-hint"),
            ..pec
        },
    ]
};

/// The field of [`Step::Delivery`].
pub(in crate::http) static DELIVERY: [Asks; 1] = [Asks {
    how: How::Choice,
    ..line(HOURS, "pin-hours", 20)
}];

/// The name of every field, for those that go along unseen.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    WHO.iter()
        .chain(&BIRTH)
        .chain(&HOME_IN_ITALY)
        .chain(&CONTACTS)
        .chain(&DELIVERY)
        .map(|asks| asks.name)
}

/// What is on record for a field of the contacts, as it is typed.
pub(in crate::http) fn on_record<'a>(contacts: &'a Contacts, field: &str) -> &'a str {
    let phone = |phone: &'a Option<PhoneNumber>| phone.as_ref().map(PhoneNumber::expose);
    let mail = |mail: &'a Option<EmailAddress>| mail.as_ref().map(EmailAddress::expose);
    let there = match field {
        MOBILE => phone(&contacts.mobile),
        LANDLINE => phone(&contacts.landline),
        EMAIL => mail(&contacts.email),
        PEC => mail(&contacts.pec),
        _ => None,
    };
    there.unwrap_or_default()
}
