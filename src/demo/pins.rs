//! The PINs of the demo: who has one from the start, who may ask for one, and what the registers know of them.
//!
//! In: the demo's data folder and the gateway's store. Out: `[pin]` of the gateway's configuration with the files that it names,
//! and dossiers in the store. Two people are invented anew at each start, so that the whole life of a PIN can be lived again
//! and again with one data folder: no letter that was sent yesterday is in their way.

mod give;

use chrono::{Datelike as _, Days, NaiveDate};

use super::DemoError;
use super::folder::DataFolder;
use super::people::{PEOPLE, TestPerson};
use crate::crypto::Random;
use crate::identity::{FiscalCode, PinGrade};
use crate::policy::DEFAULT_CATALOGUE;

pub use give::CannotGive;
pub(super) use give::give;

/// Where all of them live, as the registers know.
pub const STREET: &str = "Via Immaginaria 1";
/// The postal code of that.
pub const POSTAL_CODE: &str = "00185";
/// The city of that.
pub const CITY: &str = "Roma";
/// The province of that.
pub const PROVINCE: &str = "RM";
/// The number of everybody's *tessera sanitaria*.
pub const HEALTH_CARD: &str = "80380001200123456789";

/// The last day of PINs for everybody, in the catalogue that comes with Varco.
const ANNULLED: &str = "until = 2021-09-30";
/// The same in the demo, where PINs are still issued.
const NOT_YET: &str = "until = 2099-12-31";

/// `[pin]` and `[services]` of the gateway's configuration. What the demo's PINs guard is invented, so hashes cost little.
pub(super) const CONFIGURATION: &str = r#"
[services]
file = "services.toml"

[pin]
peppers = [{ number = 1, file = "pin.pepper" }]
registers = "registers.toml"
hash_memory_mib = 7
hash_passes = 1

[pin.rules]
issuance_ends = 2099-12-31
"#;

/// The PIN of a test person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestPin {
    /// Whose it is, by their name at the providers.
    pub username: &'static str,
    /// The PIN.
    pub pin: &'static str,
    /// What it opens.
    pub grade: PinGrade,
}

/// The people who have a PIN from the start.
pub const PINS: [TestPin; 2] = [
    TestPin {
        username: "anna",
        pin: "RDNR2345",
        grade: PinGrade::Ordinary,
    },
    TestPin {
        username: "mario",
        pin: "DSPS6789",
        grade: PinGrade::Dispositive,
    },
];

impl TestPin {
    /// Whose it is.
    #[must_use]
    pub fn person(&self) -> Option<&'static TestPerson> {
        PEOPLE
            .iter()
            .find(|person| person.username == self.username)
    }
}

/// Somebody invented at this start. A woman, born in Rome.
#[derive(Debug, Clone)]
pub struct Invented {
    /// Given name.
    pub given_name: &'static str,
    /// Family name.
    pub family_name: &'static str,
    /// Fiscal code.
    pub fiscal_code: FiscalCode,
    /// Day of birth.
    pub birth_date: NaiveDate,
    /// Mobile telephone.
    pub mobile: &'static str,
    /// E-mail.
    pub email: &'static str,
}

/// Belfiore code of Rome, where [`Invented`] people are born.
const ROME: &str = "H501";

impl Invented {
    /// Somebody new. `stem` is what the names come to in a fiscal code.
    fn draw(
        (given_name, family_name, stem): (&'static str, &'static str, &str),
        (mobile, email): (&'static str, &'static str),
        random: &dyn Random,
    ) -> Option<Self> {
        let mut drawn = [0; 2];
        random.fill(&mut drawn);
        // Sixty years from 1935 on are 21,915 days.
        let days = u64::from(u16::from_be_bytes(drawn) % 21_915);
        let birth_date = NaiveDate::from_ymd_opt(1935, 1, 1)?.checked_add_days(Days::new(days))?;
        let month = "ABCDEHLMPRST"
            .chars()
            .nth(usize::try_from(birth_date.month0()).ok()?)?;
        let (year, day) = (birth_date.year() % 100, birth_date.day() + 40);
        let begin = format!("{stem}{year:02}{month}{day:02}{ROME}");
        let mut checked =
            ('A'..='Z').filter_map(|check| FiscalCode::parse(&format!("{begin}{check}")).ok());
        Some(Self {
            given_name,
            family_name,
            fiscal_code: checked.next()?,
            birth_date,
            mobile,
            email,
        })
    }

    /// Given and family name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }
}

/// The people invented at this start.
#[derive(Debug, Clone)]
pub struct NewPeople {
    /// Who has no PIN and may ask for one: the registers know her.
    pub newcomer: Invented,
    /// Who has an ordinary PIN that has expired: [`EXPIRED`].
    pub returner: Invented,
}

/// The expired PIN of [`NewPeople::returner`].
pub const EXPIRED: &str = "SCDT3456";

impl NewPeople {
    /// Two new people.
    pub(super) fn draw(random: &dyn Random) -> Option<Self> {
        let newcomer = ("Nuova", "Arrivi", "RRVNVU");
        let returner = ("Remota", "Scadenti", "SCDRMT");
        Some(Self {
            newcomer: Invented::draw(newcomer, ("+393391000001", "nuova@example.org"), random)?,
            returner: Invented::draw(returner, ("+393391000002", "remota@example.org"), random)?,
        })
    }
}

/// Writes the files that [`CONFIGURATION`] names, but for the pepper.
pub(super) fn write(folder: &DataFolder, people: &NewPeople) -> Result<(), DemoError> {
    let catalogue = DEFAULT_CATALOGUE.replace(ANNULLED, NOT_YET);
    folder.write("services.toml", catalogue)?;
    let mut registers = String::from("# What the registers know; written anew at each start.\n");
    let invented = [&people.newcomer, &people.returner].map(|one| one.fiscal_code.expose());
    let tested = PINS
        .iter()
        .filter_map(|pin| pin.person().and_then(|person| person.fiscal_code));
    for person in invented.into_iter().chain(tested) {
        registers.push_str(&format!(
            "\n[[person]]\nfiscal_code = \"{person}\"\nhealth_card = \"{HEALTH_CARD}\"\nresidence = {{ \
             street = \"{STREET}\", postal_code = \"{POSTAL_CODE}\", city = \"{CITY}\", province = \"{PROVINCE}\" }}\n"
        ));
    }
    folder.write("registers.toml", registers)
}

#[cfg(test)]
mod tests {
    use super::give::{contacts_of, details_of};
    use super::*;
    use crate::crypto::SystemRandom;
    use crate::identity::{Declared, PlaceCode, Sex};
    use crate::pin::WorkingPin;

    #[test]
    fn the_last_day_of_pins_is_another_one_than_in_the_catalogue_that_comes_with_varco() {
        assert!(DEFAULT_CATALOGUE.contains(ANNULLED));
    }

    #[test]
    fn every_pin_is_one_that_its_holder_may_have() {
        for test in &PINS {
            let person = test.person().unwrap();
            let code = FiscalCode::parse(person.fiscal_code.unwrap()).unwrap();
            let pin = WorkingPin::parse(test.pin).unwrap();
            assert!(pin.is_fit_for(&code, details_of(person).as_ref()));
            assert!(contacts_of(person).is_some());
        }
    }

    #[test]
    fn people_who_are_invented_do_not_contradict_their_fiscal_codes() {
        for _ in 0..200 {
            let NewPeople { newcomer, returner } = NewPeople::draw(&SystemRandom).unwrap();
            for one in [newcomer, returner] {
                assert!(one.contacts().unwrap().check().is_ok());
                let declared = Declared {
                    family_name: one.family_name,
                    given_name: one.given_name,
                    birth_date: one.birth_date,
                    sex: Sex::Female,
                    birth_place: PlaceCode::parse(ROME).unwrap(),
                };
                assert!(one.details().is_some());
                assert!(declared.contradictions(&one.fiscal_code).is_empty());
            }
        }
    }
}
