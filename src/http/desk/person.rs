//! What operators type of a person, as the person says it: the same fields and checks as those of the online form, on one page.

use super::case::AtCase;
use super::guard::AtDesk;
use crate::http::language::Language;
use crate::http::pages::Refusal;
use crate::http::pages::{Asks, Fault, Field, How};
use crate::http::pin::request::{
    BIRTH, CONTACTS, COUNTRY, DELIVERY, GROUP, HOME_ABROAD, POSTAL_CODE, PROVINCE, Page, Today,
    Who, birth, contacts, home, hours, options, reachable,
};
use crate::http::pin::{Typed, care};
use crate::identity::Country;
use crate::pin::{Application, Exception, PersonalDetails};

/// The country of residence, and why the person may have a PIN still.
static WHO: [Asks; 2] = [
    Asks {
        name: COUNTRY,
        label: "pin-country",
        hint: None,
        how: How::List,
        autocomplete: "off",
        required: true,
    },
    Asks {
        name: GROUP,
        label: "desk-exception",
        hint: None,
        how: How::List,
        autocomplete: "off",
        required: false,
    },
];

/// How a person is taken on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// They stand before the operator: no contact is needed, and no letter leaves.
    Office,
    /// They are on the telephone.
    Telephone,
}

impl By {
    fn asks(self) -> impl Iterator<Item = &'static Asks> {
        let delivery: &'static [Asks] = match self {
            Self::Office => &[],
            Self::Telephone => &DELIVERY,
        };
        WHO.iter()
            .chain(&BIRTH)
            .chain(&HOME_ABROAD)
            .chain(&CONTACTS)
            .chain(delivery)
    }

    /// Why somebody may have a PIN still: guardians come to an office (PIN rules, More facts).
    fn exceptions(self) -> Vec<Exception> {
        let all = Exception::ALL.into_iter();
        let is_for = |exception: &Exception| {
            self == Self::Office || *exception != Exception::UnderGuardianship
        };
        all.filter(is_for).collect()
    }
}

/// The fields, with what was typed.
pub(super) fn fields(by: By, typed: &Typed, faults: &[Fault], texts: Language) -> Vec<Field> {
    let field = |asks: &'static Asks| {
        let (value, choices) = match asks.name {
            COUNTRY => (country(typed).code().to_owned(), options(COUNTRY, texts)),
            GROUP => {
                let none = (String::new(), texts.say("desk-exception-none"));
                let groups = by.exceptions().into_iter();
                let groups = groups.map(|group| {
                    let text = texts.say(crate::http::pages::desk::exception_key(group));
                    (group.name().to_owned(), text)
                });
                let choices = std::iter::once(none).chain(groups).collect();
                (typed.get(GROUP).to_owned(), choices)
            }
            name => (typed.get(name).to_owned(), options(name, texts)),
        };
        let mut field = Field::new(asks, &value, faults, texts);
        field.offer(choices);
        // The country is on the same page: one label for Italy and for abroad.
        let field = match asks.name {
            POSTAL_CODE => field.called(texts.say("desk-postal-code")),
            PROVINCE => field.called(texts.say("desk-region")),
            _ => field,
        };
        field.kept_by_nobody()
    };
    by.asks().map(field).collect()
}

/// The country that was chosen; Italy, where none was yet.
fn country(typed: &Typed) -> Country {
    Country::parse(typed.get(COUNTRY)).unwrap_or(Country::ITALY)
}

/// Reads what was typed.
///
/// # Errors
/// Everything that is wrong, or contradicts the fiscal code.
pub(super) fn read(
    desk: &AtDesk,
    case: &AtCase,
    by: By,
    typed: &Typed,
) -> Result<Result<Application, Vec<Fault>>, Refusal> {
    let gateway = &desk.visit.gateway;
    let today = Today {
        now: gateway.now(),
        rules: care(gateway)?.rules(),
    };
    let mut faults = Vec::new();
    let group = match typed.get(GROUP) {
        "" => None,
        name => {
            let group = Exception::from_name(name);
            let group = group.filter(|group| by.exceptions().contains(group));
            if group.is_none() {
                faults.push(Fault {
                    field: GROUP,
                    text: "pin-group-missing",
                });
            }
            group
        }
    };
    let who = Who {
        code: case.person.clone(),
        country: country(typed),
        group,
    };
    // Each part is read by itself, so that what is wrong in one hides nothing in the others.
    let mut part = |read: &mut dyn FnMut(&mut Page<'_>)| {
        let mut page = Page::of(typed);
        read(&mut page);
        faults.extend(page.faults());
    };
    let (mut born, mut residence, mut reached, mut at_home) = (None, None, None, None);
    part(&mut |page| born = birth(page, &who, today));
    part(&mut |page| residence = home(page, &who));
    part(&mut |page| {
        reached = match by {
            By::Office => contacts(page),
            By::Telephone => reachable(page),
        }
    });
    if by == By::Telephone {
        part(&mut |page| at_home = hours(page));
    }
    let application = (|| {
        let born = born?;
        Some(Application {
            details: PersonalDetails {
                name: born.name,
                surname: born.surname,
                sex: born.sex.into(),
                birth_date: born.date.into(),
                birth_place: born.place.into(),
                residence: residence?,
            },
            contacts: reached?,
            hours: at_home,
            language: desk.visit.language.code().to_owned(),
            exception: group,
        })
    })();
    Ok(application.filter(|_| faults.is_empty()).ok_or(faults))
}
