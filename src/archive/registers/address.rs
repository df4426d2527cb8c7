//! When two ways to write an address mean the same door.

use crate::identity::{PostalAddress, spelled};

/// Words of Italian streets as people write them, and what they are compared by.
const SHORTENED: [(&str, &str); 15] = [
    ("V", "VIA"),
    ("VLE", "VIALE"),
    ("PZA", "PIAZZA"),
    ("PZZA", "PIAZZA"),
    ("PLE", "PIAZZALE"),
    ("PZALE", "PIAZZALE"),
    ("CSO", "CORSO"),
    ("LGO", "LARGO"),
    ("VLO", "VICOLO"),
    ("STR", "STRADA"),
    ("LOC", "LOCALITA"),
    ("FRAZ", "FRAZIONE"),
    // `S.` is any of them.
    ("SAN", "S"),
    ("SANTA", "S"),
    ("SANTO", "S"),
];

/// Words that say no more than that a number follows.
const BEFORE_NUMBERS: [&str; 4] = ["N", "NR", "NUM", "CIVICO"];

/// What two spellings of one address have in common: case, accents, punctuation and the usual short forms are left aside, and
/// so is what helps to find the door behind the street door.
pub(super) fn key(address: &PostalAddress) -> String {
    let fields = address.fields();
    let street: Vec<String> = words(fields.street)
        .filter(|word| !BEFORE_NUMBERS.contains(&word.as_str()))
        .map(|word| {
            let known = SHORTENED.iter().find(|(written, _)| *written == word);
            known.map_or(word, |(_, compared)| (*compared).to_owned())
        })
        .collect();
    let joined = |text: &str| words(text).collect::<String>();
    [
        fields.country.code(),
        &joined(fields.postal_code),
        &joined(fields.city),
        &joined(fields.province),
        // `12/A`, `12 A` and `12A` are one number.
        &street.concat(),
    ]
    .join("|")
}

/// The words and numbers of a text. What is not in Latin letters stays as it is, in upper case.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let is_between =
        |char: char| char.is_whitespace() || matches!(char, ',' | ';' | '/' | '-' | '\'' | '’');
    text.split(is_between).filter_map(|word| {
        let word: String = word.chars().filter(|char| char.is_alphanumeric()).collect();
        let word = spelled(&word).unwrap_or_else(|| word.to_uppercase());
        (!word.is_empty()).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{Country, PostalFields};

    fn at(street: &str, city: &str) -> String {
        key(&PostalAddress::new(&PostalFields {
            street,
            addition: "",
            postal_code: "30027",
            city,
            province: "VE",
            country: Country::ITALY,
        })
        .unwrap())
    }

    #[test]
    fn spellings_of_one_door_are_the_same() {
        let written = at("Piazza della Libertà 12/A", "San Donà di Piave");
        for (street, city) in [
            ("PIAZZA DELLA LIBERTA' 12 A", "SAN DONA' DI PIAVE"),
            ("p.zza della libertà, n. 12a", "San Dona di Piave"),
            ("P.za della Liberta 12-A", "S. Donà di Piave"),
        ] {
            // The city is a name of the table of places: it is not shortened.
            let same = at(street, city) == written;
            assert_eq!(same, !city.starts_with("S."), "{street}, {city}");
        }
        let saint = at("Via Santa Maria 3", "Venezia");
        assert_eq!(at("V. S. Maria 3", "Venezia"), saint);
    }

    #[test]
    fn other_doors_are_not() {
        let written = at("Via Roma 12", "Venezia");
        for (street, city) in [
            ("Via Roma 1", "Venezia"),
            ("Via Roma 121", "Venezia"),
            ("Via Roma 12/B", "Venezia"),
            ("Viale Roma 12", "Venezia"),
            ("Via Roma 12", "Mestre"),
        ] {
            assert_ne!(at(street, city), written, "{street}, {city}");
        }
    }

    #[test]
    fn what_is_behind_the_street_door_does_not_count_and_the_country_does() {
        let with = |addition, country: &str| {
            let address = PostalAddress::new(&PostalFields {
                street: "12 High Street",
                addition,
                postal_code: "SW1A 1AA",
                city: "London",
                province: "",
                country: Country::parse(country).unwrap(),
            });
            key(&address.unwrap())
        };
        assert_eq!(with("Flat 3", "GB"), with("", "GB"));
        assert_ne!(with("", "GB"), with("", "CA"));
    }
}
