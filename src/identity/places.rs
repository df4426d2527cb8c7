//! The places that fiscal codes know: Italian municipalities, those of the past included, and foreign countries.
//!
//! The table is `places/places.tsv`, made by `scripts/places`. People are born in places that were merged, renamed or moved to
//! another province since, and a code keeps what was true then: a name finds every place that ever had it.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::PlaceCode;
use super::letters::readings;

const TABLE: &str = include_str!("places/places.tsv");

/// A place with the names it has and had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    code: PlaceCode,
    is_there: bool,
    province: &'static str,
    names: &'static str,
}

/// Every place. Read once, when the first is asked for.
pub struct Places {
    places: Vec<Place>,
    by_name: HashMap<String, Vec<usize>>,
}

impl Place {
    /// Its code.
    #[must_use]
    pub fn code(&self) -> PlaceCode {
        self.code
    }

    /// Whether there is such a place today.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.is_there
    }

    /// The two letters of its province, the last it belonged to; empty for a country.
    #[must_use]
    pub fn province(&self) -> &'static str {
        self.province
    }

    /// Its name, today's.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.names().next().unwrap_or_default()
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.split('|')
    }

    /// A line of the table.
    fn read(line: &'static str) -> Option<Self> {
        let mut columns = line.split('\t');
        Some(Self {
            code: PlaceCode::parse(columns.next()?).ok()?,
            is_there: columns.next()? == "1",
            province: columns.next()?,
            names: columns.next()?,
        })
    }
}

impl Places {
    /// The places.
    #[must_use]
    pub fn all() -> &'static Self {
        static PLACES: LazyLock<Places> = LazyLock::new(Places::read);
        &PLACES
    }

    /// The places that have or had a name, however its accents, spaces and hyphens are written. A province in brackets after
    /// it, as in `Abano (PD)`, is left aside.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &Place> {
        let name = name.split('(').next().unwrap_or_default();
        let found = key(name).and_then(|key| self.by_name.get(&key));
        found
            .into_iter()
            .flatten()
            .filter_map(|index| self.places.get(*index))
    }

    /// The place of a code.
    #[must_use]
    pub fn get(&self, code: PlaceCode) -> Option<&Place> {
        let index = self.places.binary_search_by_key(&code, |place| place.code);
        index.ok().and_then(|index| self.places.get(index))
    }

    /// The foreign countries of today, by name.
    pub fn countries(&self) -> Vec<&Place> {
        let is_country = |place: &&Place| place.code.is_abroad() && place.is_there;
        let mut countries: Vec<&Place> = self.places.iter().filter(is_country).collect();
        countries.sort_by_key(|country| country.name());
        countries
    }

    fn read() -> Self {
        let places: Vec<Place> = TABLE.lines().filter_map(Place::read).collect();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, place) in places.iter().enumerate() {
            for key in place.names().filter_map(key) {
                by_name.entry(key).or_default().push(index);
            }
        }
        Self { places, by_name }
    }
}

/// What two spellings of one name have in common.
fn key(name: &str) -> Option<String> {
    let plain_name = name.replace(['(', ')', ',', '/'], " ");
    let [plain, _] = readings(&plain_name)?;
    (!plain.is_empty()).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(name: &str) -> Vec<&'static str> {
        let places = Places::all().named(name);
        places.map(|place| place.code.as_str()).collect()
    }

    #[test]
    fn every_line_of_the_table_is_read_and_in_order() {
        let places = &Places::all().places;
        assert_eq!(places.len(), TABLE.lines().count());
        assert!(places.is_sorted_by(|one, next| one.code < next.code));
        for place in places {
            assert!(place.names().all(|name| key(name).is_some()), "{place:?}");
            assert_eq!(place.code.is_abroad(), place.province.is_empty());
        }
    }

    #[test]
    fn a_place_is_found_by_any_spelling_and_language_of_its_name() {
        for (name, code) in [
            ("Roma", "H501"),
            (" roma (RM)", "H501"),
            ("BOLZANO", "A952"),
            ("Bozen", "A952"),
            ("San Dona' di Piave", "H823"),
            ("SAN DONÀ DI PIAVE", "H823"),
            ("L'Aquila", "A345"),
            ("l’aquila", "A345"),
            ("Reggio nell'Emilia", "H223"),
            ("Francia", "Z110"),
            ("Germany", "Z112"),
            ("Cina", "Z210"),
            ("Stati Uniti", "Z404"),
        ] {
            assert_eq!(codes(name), [code], "{name}");
        }
        for name in ["", "   ", "(RM)", "Atlantide", "Рим"] {
            assert!(codes(name).is_empty(), "{name}");
        }
    }

    #[test]
    fn places_of_the_past_and_several_places_of_one_name_are_found() {
        let gone = Places::all().named("Abbadia Alpina").next().unwrap();
        assert_eq!((gone.code.as_str(), gone.is_there), ("A003", false));
        assert!(codes("Jugoslavia").contains(&"Z118"));
        let samone = codes("Samone");
        assert_eq!(
            samone.len(),
            2,
            "one near Turin, one near Trento: {samone:?}"
        );
    }

    #[test]
    fn the_countries_are_those_of_today_in_order() {
        let countries = Places::all().countries();
        assert!(countries.len() > 190);
        assert!(countries.iter().all(|country| country.code.is_abroad()));
        assert!(
            !countries
                .iter()
                .any(|country| country.name() == "Jugoslavia")
        );
        assert!(countries.is_sorted_by_key(|country| country.name()));
    }
}
