//! `[cie.saml.contact]` and `[cie.saml.technical]`: the census data of the metadata (CIE SAML manual, census and contact
//! data). They must equal what stands in the application to the Ministry.

use serde::Deserialize;
use toml::Spanned;

use crate::config::reader::Reader;
use crate::protocol::saml::cie_metadata::{CieContact, CieNature};

/// The body itself, which is public.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    ipa_code: Spanned<String>,
    ipa_category: Option<Spanned<String>>,
    vat_number: Option<Spanned<String>>,
    fiscal_code: Option<Spanned<String>>,
    #[serde(default)]
    nace2_codes: Vec<Spanned<String>>,
    municipality: Spanned<String>,
    province: Option<Spanned<String>>,
    country: Option<Spanned<String>>,
    email: Spanned<String>,
    telephone: Option<Spanned<String>>,
}

/// A technological partner: public with an IPA code, private without one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTechnical {
    company: Spanned<String>,
    ipa_code: Option<Spanned<String>>,
    ipa_category: Option<Spanned<String>>,
    vat_number: Option<Spanned<String>>,
    fiscal_code: Option<Spanned<String>>,
    #[serde(default)]
    nace2_codes: Vec<Spanned<String>>,
    municipality: Spanned<String>,
    province: Option<Spanned<String>>,
    country: Option<Spanned<String>>,
    email: Spanned<String>,
    telephone: Option<Spanned<String>>,
}

pub(super) fn read(reader: &mut Reader<'_>, raw: Raw, company: String) -> Option<CieContact> {
    let mut check = Check {
        reader,
        valid: true,
    };
    check.that(&raw.ipa_code, is_code, IPA_CODE);
    let contact = CieContact {
        nature: CieNature::Public {
            ipa_code: raw.ipa_code.into_inner(),
            ipa_category: check.optional(raw.ipa_category, is_code, IPA_CATEGORY),
        },
        vat_number: check.optional(raw.vat_number, is_vat_number, VAT_NUMBER),
        fiscal_code: check.optional(raw.fiscal_code, is_code, FISCAL_CODE),
        nace2_codes: check.all(raw.nace2_codes, is_activity, NACE2_CODE),
        municipality: check.one(raw.municipality, is_municipality, MUNICIPALITY),
        province: check.optional(raw.province, is_two_letters, PROVINCE),
        country: check.optional(raw.country, is_two_letters, COUNTRY),
        company,
        email: check.one(raw.email, is_email, EMAIL),
        telephone: check.optional(raw.telephone, is_telephone, TELEPHONE),
    };
    check.valid.then_some(contact)
}

pub(super) fn read_technical(reader: &mut Reader<'_>, raw: RawTechnical) -> Option<CieContact> {
    let mut check = Check {
        reader,
        valid: true,
    };
    let at = raw.company.span();
    let ipa_category = check.optional(raw.ipa_category, is_code, IPA_CATEGORY);
    let nature = match raw.ipa_code {
        Some(ipa_code) => CieNature::Public {
            ipa_code: check.one(ipa_code, is_code, IPA_CODE),
            ipa_category,
        },
        None => CieNature::Private,
    };
    let contact = CieContact {
        nature,
        vat_number: check.optional(raw.vat_number, is_vat_number, VAT_NUMBER),
        fiscal_code: check.optional(raw.fiscal_code, is_code, FISCAL_CODE),
        nace2_codes: check.all(raw.nace2_codes, is_activity, NACE2_CODE),
        municipality: check.one(raw.municipality, is_municipality, MUNICIPALITY),
        province: check.optional(raw.province, is_two_letters, PROVINCE),
        country: check.optional(raw.country, is_two_letters, COUNTRY),
        company: check.one(raw.company, |name| !name.trim().is_empty(), COMPANY),
        email: check.one(raw.email, is_email, EMAIL),
        telephone: check.optional(raw.telephone, is_telephone, TELEPHONE),
    };
    let complete = contact.fiscal_code.is_some() && !contact.nace2_codes.is_empty();
    if contact.nature == CieNature::Private && !complete {
        let message = "a private partner has a `fiscal_code` and one of `nace2_codes` at least; a public one has an `ipa_code`";
        check.fault(at, message);
    }
    check.valid.then_some(contact)
}

const IPA_CODE: &str =
    "`ipa_code` is the body's code in the index of public bodies, letters, digits and `_`";
const IPA_CATEGORY: &str = "`ipa_category` is the body's category in that index, as in `L37`";
const VAT_NUMBER: &str = "`vat_number` begins with its country, as in `IT12345678903`";
const FISCAL_CODE: &str = "`fiscal_code` is the body's own, as in `12345678903`";
const NACE2_CODE: &str = "one of `nace2_codes` is no code of activity as in `84.30.00`";
const MUNICIPALITY: &str =
    "`municipality` is the Belfiore code of the seat as in `H501`, or a foreign postal code";
const PROVINCE: &str = "`province` is two capital letters as in `RM`; `EE` abroad";
const COUNTRY: &str = "`country` is two capital letters as in `IT`";
const COMPANY: &str = "`company` is the partner's full name";
const EMAIL: &str = "`email` is not an e-mail address";
const TELEPHONE: &str = "`telephone` is written `+39` and digits, without spaces";

struct Check<'a, 'r> {
    reader: &'a mut Reader<'r>,
    valid: bool,
}

impl Check<'_, '_> {
    fn fault(&mut self, span: std::ops::Range<usize>, message: &str) {
        self.reader.fault(span, message);
        self.valid = false;
    }

    fn that(&mut self, text: &Spanned<String>, right: impl Fn(&str) -> bool, message: &str) {
        if !right(text.get_ref()) {
            self.fault(text.span(), message);
        }
    }

    fn one(
        &mut self,
        text: Spanned<String>,
        right: impl Fn(&str) -> bool,
        message: &str,
    ) -> String {
        self.that(&text, right, message);
        text.into_inner()
    }

    fn optional(
        &mut self,
        text: Option<Spanned<String>>,
        right: impl Fn(&str) -> bool,
        message: &str,
    ) -> Option<String> {
        text.map(|text| self.one(text, right, message))
    }

    fn all(
        &mut self,
        texts: Vec<Spanned<String>>,
        right: impl Fn(&str) -> bool + Copy,
        message: &str,
    ) -> Vec<String> {
        texts
            .into_iter()
            .map(|text| self.one(text, right, message))
            .collect()
    }
}

fn is_code(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !text.is_empty() && text.bytes().all(is_part)
}

fn is_vat_number(text: &str) -> bool {
    text.len() > 4 && is_code(text) && is_two_letters(text.get(..2).unwrap_or_default())
}

fn is_activity(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    text.len() >= 2 && text.bytes().all(is_part)
}

fn is_municipality(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ';
    !text.trim().is_empty() && text.bytes().all(is_part)
}

fn is_two_letters(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn is_email(text: &str) -> bool {
    text.split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}

fn is_telephone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    digits.len() > 5 && digits.bytes().all(|byte| byte.is_ascii_digit())
}
