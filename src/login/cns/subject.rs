//! Step 9: whom a card names (rules on CNS, 1.6.9 and 1.8; AgID profile of the authentication certificate, `subject`).
//!
//! The fiscal code is what stands before the first `/` of the one common name, read from DER. What stands after it is the
//! card's affair. A fiscal code anywhere else names nobody; where `serialNumber` has one, it must be the same.

use super::refusal::CnsRefusal;
use crate::identity::FiscalCode;
use crate::protocol::x509::{Name, Oid};

/// The holder of a card.
#[derive(Debug, Clone)]
pub(super) struct Holder {
    pub(super) fiscal_code: FiscalCode,
    pub(super) given_name: Option<String>,
    pub(super) surname: Option<String>,
    /// Whether the rest of the common name is `<card id of 16 digits>.<28 characters of Base64>`, as the profile has it.
    pub(super) has_usual_card_id: bool,
}

/// Names longer than this are not shown to anybody.
const LONGEST_NAME: usize = 128;

/// Reads the holder.
pub(super) fn holder(subject: &Name) -> Result<Holder, CnsRefusal> {
    let common_names: Vec<_> = subject.all(&Oid::COMMON_NAME).take(2).collect();
    let common_name = match *common_names.as_slice() {
        [] => return Err(CnsRefusal::NoCommonName),
        [only] => only.map_err(|_| CnsRefusal::CommonNameText)?,
        _ => return Err(CnsRefusal::SeveralCommonNames),
    };
    let (code, card_id) = match common_name.split_once('/') {
        Some((code, card_id)) => (code, Some(card_id)),
        None => (common_name, None),
    };
    if code.len() == 11 && code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(CnsRefusal::CompanyCode);
    }
    let card_id = card_id.ok_or(CnsRefusal::CommonNameForm)?;
    let fiscal_code = fiscal_code(code).ok_or(CnsRefusal::FiscalCode)?;
    for serial_number in subject.all(&Oid::SERIAL_NUMBER) {
        let agrees = serial_number.is_ok_and(|value| agrees(value, &fiscal_code));
        if !agrees {
            return Err(CnsRefusal::SerialNumber);
        }
    }
    Ok(Holder {
        fiscal_code,
        given_name: only_name(subject, &Oid::GIVEN_NAME),
        surname: only_name(subject, &Oid::SURNAME),
        has_usual_card_id: is_usual(card_id),
    })
}

/// A fiscal code exactly as it is written. `FiscalCode::parse` forgives case and white space, which people type and
/// certificates must not have.
fn fiscal_code(text: &str) -> Option<FiscalCode> {
    FiscalCode::parse(text)
        .ok()
        .filter(|code| code.expose() == text)
}

/// Whether `serialNumber` may stand beside this fiscal code: it names the same one (`TINIT-`, ETSI EN 319 412-1, 5.1.3;
/// `IT:` in older certificates; or nothing before it), or something else than a fiscal code.
fn agrees(serial_number: &str, fiscal_code: &FiscalCode) -> bool {
    let after = |prefix: &str| {
        serial_number
            .split_at_checked(prefix.len())
            .filter(|(start, _)| start.eq_ignore_ascii_case(prefix))
            .map(|(_, rest)| rest)
    };
    match after("TINIT-").or_else(|| after("IT:")) {
        Some(code) => code == fiscal_code.expose(),
        None => {
            FiscalCode::parse(serial_number).is_ok_and(|code| code == *fiscal_code)
                || FiscalCode::parse(serial_number).is_err()
        }
    }
}

/// The one value of a name, where there is one that can be shown: not every issuer writes them.
fn only_name(subject: &Name, kind: &Oid) -> Option<String> {
    let mut values = subject.all(kind);
    let value = values.next()?.ok()?.trim();
    let fits = !value.is_empty() && value.len() <= LONGEST_NAME && values.next().is_none();
    (fits && !value.contains(is_invisible)).then(|| value.to_owned())
}

/// Characters that show nothing and turn the text round them about: on a page they could make one name look another.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn is_usual(card_id: &str) -> bool {
    let Some((number, hash)) = card_id.split_once('.') else {
        return false;
    };
    let Some(hash) = hash.strip_suffix('=') else {
        return false;
    };
    number.len() == 16
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && hash.len() == 27
        && hash
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_mislead_are_left_out() {
        let shown = |name: &str| {
            // One attribute `GN` in UTF-8, short enough for short lengths.
            let value = [
                &[0x0c, u8::try_from(name.len()).unwrap()][..],
                name.as_bytes(),
            ]
            .concat();
            let kind = [0x06, 0x03, 0x55, 0x04, 0x2a];
            let wrap = |tag: u8, inside: Vec<u8>| {
                [vec![tag, u8::try_from(inside.len()).unwrap()], inside].concat()
            };
            let attribute = wrap(0x30, [&kind[..], &value].concat());
            let name = wrap(0x30, wrap(0x31, attribute));
            only_name(&Name::parse(&name).unwrap(), &Oid::GIVEN_NAME)
        };
        assert_eq!(shown("Niccol\u{f2}").as_deref(), Some("Niccol\u{f2}"));
        assert_eq!(shown(" Mario ").as_deref(), Some("Mario"));
        for misleading in [
            "",
            " ",
            "Ma\u{202e}oir",
            "Mario\u{200b}",
            "\u{feff}Mario",
            "Ma\nrio",
        ] {
            assert_eq!(shown(misleading), None, "{misleading:?}");
        }
    }

    #[test]
    fn the_form_of_the_profile_is_told_from_others() {
        assert!(is_usual("6120010000000001.AbCdEfGhIjKlMnOpQrStUvWxYz0="));
        assert!(is_usual("6120010000000001.ab/cd+ef/GhIjKlMnOpQrStUvW+="));
        for other in [
            "",
            "6120010000000001",
            "6120010000000001.",
            "612001000000000.AbCdEfGhIjKlMnOpQrStUvWxYz0=",
            "6120010000000001.AbCdEfGhIjKlMnOpQrStUvWxYz01",
            "6120010000000001.AbCdEfGhIjKlMnOpQrStUvWxYz_=",
        ] {
            assert!(!is_usual(other), "{other}");
        }
    }
}
