//! What a fiscal code says of the person it was given to (D.M. 23 December 1976, articles 2 to 6), and whether what
//! somebody says of themselves agrees with it.
//!
//! A code tells less than a register: three letters of each name, a year without its century. So agreement proves nothing;
//! disagreement is a mistake, or the code of somebody else. *Omocodia* (a letter in place of a digit, from the right, where
//! two people would have had the same code) is read back before anything is compared.

use chrono::{Datelike as _, NaiveDate};

use super::{FiscalCode, MONTHS, digit};
use crate::identity::letters::readings;
use crate::identity::{PlaceCode, Sex};

/// What somebody says of themselves.
#[derive(Debug, Clone, Copy)]
pub struct Declared<'a> {
    /// The family name, all of it; of a married woman, the one she was born with.
    pub family_name: &'a str,
    /// The given name, all of it.
    pub given_name: &'a str,
    /// The day of birth.
    pub birth_date: NaiveDate,
    /// The sex.
    pub sex: Sex,
    /// The place of birth: a municipality, or a country where that is not Italy.
    pub birth_place: PlaceCode,
}

/// A part of what somebody says that is not what the fiscal code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Contradiction {
    /// Characters 1 to 3.
    FamilyName,
    /// Characters 4 to 6.
    GivenName,
    /// Characters 7 to 11.
    BirthDate,
    /// Characters 10 and 11, where forty is added for a woman.
    Sex,
    /// Characters 12 to 15.
    BirthPlace,
}

/// What is added to a woman's day of birth.
const WOMAN: u32 = 40;

impl Declared<'_> {
    /// Every part that contradicts a fiscal code, in the order of the code.
    #[must_use]
    pub fn contradictions(&self, code: &FiscalCode) -> Vec<Contradiction> {
        [
            (
                code.has_family_name(self.family_name),
                Contradiction::FamilyName,
            ),
            (
                code.has_given_name(self.given_name),
                Contradiction::GivenName,
            ),
            (code.is_born_on(self.birth_date), Contradiction::BirthDate),
            (code.sex() == self.sex, Contradiction::Sex),
            (code.is_born_in(self.birth_place), Contradiction::BirthPlace),
        ]
        .into_iter()
        .filter_map(|(agrees, contradiction)| (!agrees).then_some(contradiction))
        .collect()
    }
}

impl FiscalCode {
    /// Whether its first three letters are those of a family name (article 3): the first three consonants; after them the
    /// vowels where there are fewer; after those, X.
    #[must_use]
    pub fn has_family_name(&self, name: &str) -> bool {
        self.has_letters(0..3, name, |consonants| consonants)
    }

    /// Whether its fourth to sixth letters are those of a given name (article 4): as of a family name, but the first, third
    /// and fourth consonant where there are four.
    #[must_use]
    pub fn has_given_name(&self, name: &str) -> bool {
        self.has_letters(3..6, name, |consonants| match consonants.as_slice() {
            [first, _, third, fourth, ..] => vec![*first, *third, *fourth],
            _ => consonants,
        })
    }

    /// Whether it was given to somebody born on a day (of any century: the code has two digits of the year).
    #[must_use]
    pub fn is_born_on(&self, date: NaiveDate) -> bool {
        let year = self.number(6..8);
        let day = self.number(9..11).map(|day| match day {
            41.. => day - WOMAN,
            _ => day,
        });
        let month = self.0.as_bytes().get(8);
        let month = MONTHS.iter().zip(1..).find(|(it, _)| Some(*it) == month);
        year == u32::try_from(date.year().rem_euclid(100)).ok()
            && month.is_some_and(|(_, month)| month == date.month())
            && day == Some(date.day())
    }

    /// The sex that it says.
    #[must_use]
    pub fn sex(&self) -> Sex {
        match self.number(9..11) {
            Some(41..) => Sex::Female,
            _ => Sex::Male,
        }
    }

    /// Whether it was given to somebody born in a place.
    #[must_use]
    pub fn is_born_in(&self, place: PlaceCode) -> bool {
        let letter = self.0.get(11..12);
        let number = self.number(12..15);
        let said = letter
            .zip(number)
            .map(|(letter, number)| format!("{letter}{number:03}"));
        said.as_deref() == Some(place.as_str())
    }

    /// The number in some of the places of digits, whether or not *omocodia* wrote letters there.
    fn number(&self, places: std::ops::Range<usize>) -> Option<u32> {
        let written = self.0.as_bytes().get(places)?;
        written
            .iter()
            .try_fold(0, |number, byte| Some(number * 10 + digit(*byte)?))
    }

    /// Whether three of its letters are those of a name, whose consonants are chosen so.
    fn has_letters(
        &self,
        places: std::ops::Range<usize>,
        name: &str,
        choose: impl Fn(Vec<char>) -> Vec<char>,
    ) -> bool {
        let written = self.0.get(places);
        let of = |reading: &String| -> String {
            let is_vowel = |letter: &char| "AEIOU".contains(*letter);
            let (vowels, consonants): (Vec<char>, Vec<char>) = reading.chars().partition(is_vowel);
            let chosen = choose(consonants).into_iter().chain(vowels);
            chosen.chain(std::iter::repeat('X')).take(3).collect()
        };
        let readings = readings(name).filter(|[plain, _]| !plain.is_empty());
        readings.is_some_and(|readings| {
            readings
                .iter()
                .any(|reading| Some(of(reading).as_str()) == written)
        })
    }
}

#[cfg(test)]
mod tests;
