//! Names of countries, for forms and summaries, by the two letters of ISO 3166-1: those of the Unicode CLDR, brought by
//! `scripts/countries`.

use std::sync::LazyLock;

use crate::http::language::Language;
use crate::identity::Country;

/// A header line with the languages, then a line a country.
const TABLE: &str = include_str!("countries.tsv");

/// The language of the names that a language has none for.
const OTHERWISE: &str = "en";

static COUNTRIES: LazyLock<Countries> = LazyLock::new(Countries::read);

struct Countries {
    languages: Vec<&'static str>,
    rows: Vec<(Country, Vec<&'static str>)>,
}

impl Countries {
    fn read() -> Self {
        let mut lines = TABLE.lines();
        let header = lines.next().unwrap_or_default();
        let row = |line: &'static str| {
            let (code, names) = line.split_once('\t')?;
            Some((Country::parse(code).ok()?, names.split('\t').collect()))
        };
        Self {
            languages: header.split('\t').skip(1).collect(),
            rows: lines.filter_map(row).collect(),
        }
    }

    fn column(&self, language: Language) -> usize {
        let of = |code: &str| self.languages.iter().position(|known| *known == code);
        of(language.code())
            .or_else(|| of(OTHERWISE))
            .unwrap_or_default()
    }
}

/// Every country with its name in a language: Italy first, the others by name.
#[must_use]
pub(in crate::http) fn countries(language: Language) -> Vec<(Country, &'static str)> {
    let column = COUNTRIES.column(language);
    let name = |names: &[&'static str]| names.get(column).copied().unwrap_or_default();
    let rows = COUNTRIES.rows.iter();
    let mut named: Vec<_> = rows.map(|(code, names)| (*code, name(names))).collect();
    named.sort_by_key(|(code, name)| (*code != Country::ITALY, sorting(name)));
    named
}

/// The name of a country in a language, if it is one.
#[must_use]
pub(in crate::http) fn country_name(country: Country, language: Language) -> Option<&'static str> {
    let row = COUNTRIES.rows.iter().find(|(code, _)| *code == country)?;
    row.1.get(COUNTRIES.column(language)).copied()
}

/// What a name is sorted by: people look for `Åland` under A.
fn sorting(name: &str) -> String {
    let first = |char: char| match char {
        'Å' => 'A',
        'É' => 'E',
        other => other,
    };
    name.chars().map(first).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(code: &str) -> Language {
        Language::from_code(code).unwrap()
    }

    #[test]
    fn every_country_has_a_name_in_every_language_and_italy_is_first() {
        for code in ["it", "en"] {
            let named = countries(language(code));
            assert_eq!(named.len(), TABLE.lines().count() - 1);
            assert!(named.iter().all(|(_, name)| !name.is_empty()));
            assert_eq!(named.first().unwrap().0, Country::ITALY);
        }
    }

    #[test]
    fn a_country_is_named_in_the_language_asked_for_and_others_not_at_all() {
        let germany = Country::parse("DE").unwrap();
        assert_eq!(country_name(germany, language("it")), Some("Germania"));
        assert_eq!(country_name(germany, language("en")), Some("Germany"));
        let nowhere = Country::parse("ZZ").unwrap();
        assert_eq!(country_name(nowhere, language("it")), None);
    }
}
