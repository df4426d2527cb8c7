//! The twenty-six letters of a name, as registers write names that have others.

/// The readings of a name in the letters A to Z, without spaces, apostrophes, hyphens, dots and accents: a first one that
/// drops every mark, and a second one where a letter is also written with two (`Ü` as `U` and as `UE`: Italian registers
/// took names over both ways). `None` for a name that is not in Latin letters.
pub(super) fn readings(name: &str) -> Option<[String; 2]> {
    let mut plain = String::with_capacity(name.len());
    let mut spelt_out = String::with_capacity(name.len());
    for char in name.chars().flat_map(char::to_uppercase) {
        match char {
            'A'..='Z' => {
                plain.push(char);
                spelt_out.push(char);
            }
            // A diaeresis of its own, after its letter.
            '\u{308}' if spelt_out.ends_with(['A', 'O', 'U']) => spelt_out.push('E'),
            '\u{300}'..='\u{36f}' => {}
            ' ' | '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | '-' | '‐' | '‑' | '.' | '\u{a0}' =>
                {}
            _ => {
                let (short, long) = other(char)?;
                plain.push_str(short);
                spelt_out.push_str(long);
            }
        }
    }
    Some([plain, spelt_out])
}

/// A word in the letters A to Z and digits, every mark dropped, to compare spellings; `None` for one that is not in Latin
/// letters.
#[must_use]
pub fn spelled(word: &str) -> Option<String> {
    let parts = word.split_inclusive(|char: char| char.is_ascii_digit());
    let mut spelled = String::with_capacity(word.len());
    for part in parts {
        let letters = part.trim_end_matches(|char: char| char.is_ascii_digit());
        let [plain, _] = readings(letters)?;
        spelled.push_str(&plain);
        spelled.extend(part.chars().skip(letters.chars().count()));
    }
    Some(spelled)
}

/// A letter of the Latin alphabets of Europe in those of the fiscal code.
fn other(char: char) -> Option<(&'static str, &'static str)> {
    let same = match char {
        'À' | 'Á' | 'Â' | 'Ã' | 'Ā' | 'Ă' | 'Ą' => "A",
        'Ç' | 'Ć' | 'Ĉ' | 'Ċ' | 'Č' => "C",
        'Ď' | 'Đ' | 'Ð' => "D",
        'È' | 'É' | 'Ê' | 'Ë' | 'Ē' | 'Ĕ' | 'Ė' | 'Ę' | 'Ě' | 'Ə' => "E",
        'Ĝ' | 'Ğ' | 'Ġ' | 'Ģ' => "G",
        'Ĥ' | 'Ħ' => "H",
        'Ì' | 'Í' | 'Î' | 'Ï' | 'Ĩ' | 'Ī' | 'Ĭ' | 'Į' | 'İ' => "I",
        'Ĵ' => "J",
        'Ķ' => "K",
        'Ĺ' | 'Ļ' | 'Ľ' | 'Ł' => "L",
        'Ñ' | 'Ń' | 'Ņ' | 'Ň' => "N",
        'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ō' | 'Ŏ' | 'Ő' => "O",
        'Ŕ' | 'Ř' => "R",
        'Ś' | 'Ŝ' | 'Ş' | 'Š' | 'Ș' => "S",
        'Ţ' | 'Ť' | 'Ŧ' | 'Ț' => "T",
        'Ù' | 'Ú' | 'Û' | 'Ũ' | 'Ū' | 'Ŭ' | 'Ů' | 'Ű' | 'Ų' => "U",
        'Ŵ' => "W",
        'Ý' | 'Ŷ' | 'Ÿ' => "Y",
        'Ź' | 'Ż' | 'Ž' => "Z",
        'Þ' => "TH",
        'Ĳ' => "IJ",
        // What `ß` becomes in upper case comes as two letters already; this is the one that has a capital of its own.
        'ẞ' => "SS",
        'Ä' => return Some(("A", "AE")),
        'Æ' => return Some(("A", "AE")),
        'Å' => return Some(("A", "AA")),
        'Ö' | 'Ø' => return Some(("O", "OE")),
        'Œ' => return Some(("O", "OE")),
        'Ü' => return Some(("U", "UE")),
        _ => return None,
    };
    Some((same, same))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str) -> (String, String) {
        let [plain, spelt_out] = readings(name).unwrap();
        (plain, spelt_out)
    }

    #[test]
    fn spaces_apostrophes_hyphens_and_accents_are_no_letters() {
        for (name, letters) in [
            ("De Rossi", "DEROSSI"),
            ("D'Angelo", "DANGELO"),
            ("D’Angelo", "DANGELO"),
            ("Nicolò", "NICOLO"),
            ("nicolo'", "NICOLO"),
            ("Nicolo\u{300}", "NICOLO"),
            ("Bianchi-Neri", "BIANCHINERI"),
            ("Łukasz", "LUKASZ"),
            ("Šarić", "SARIC"),
            ("Țepeș", "TEPES"),
            ("Weiß", "WEISS"),
            ("Þóra", "THORA"),
        ] {
            assert_eq!(read(name), (letters.to_owned(), letters.to_owned()));
        }
    }

    #[test]
    fn an_umlaut_has_two_readings_however_it_is_encoded() {
        for (name, plain, spelt_out) in [
            ("Müller", "MULLER", "MUELLER"),
            ("Mu\u{308}ller", "MULLER", "MUELLER"),
            ("Jørgensen", "JORGENSEN", "JOERGENSEN"),
            ("Pälë", "PALE", "PAELE"),
            ("Pa\u{308}le\u{308}", "PALE", "PAELE"),
        ] {
            assert_eq!(read(name), (plain.to_owned(), spelt_out.to_owned()));
        }
    }

    #[test]
    fn a_word_is_spelled_with_its_digits() {
        assert_eq!(spelled("12bis").as_deref(), Some("12BIS"));
        assert_eq!(spelled("Libertà"), Some("LIBERTA".to_owned()));
        assert_eq!(spelled("3ª"), None);
    }

    #[test]
    fn what_is_not_in_latin_letters_has_no_reading() {
        for name in [
            "Иванов",
            "王",
            "Ro55i",
            "Rossi;",
            "Ｒｏｓｓｉ",
            "R\u{202e}ossi",
        ] {
            assert_eq!(readings(name), None, "{name}");
        }
    }
}
