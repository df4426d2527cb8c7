//! Step 9: cards that do not name one person by a fiscal code.

use varco::identity::Timestamp;
use varco::login::cns::CnsRefusal as R;

use super::super::super::certificates::{
    BMP, C, CN, GN, IA5, O, OU, PRINTABLE, Paper, SERIAL_NUMBER, SN, TELETEX, UTF8, attribute, der,
    name,
};
use super::super::{CARD_ID, FISCAL_CODE, NegativeCard, REGION, card_of, subject};
use super::region;

pub(super) fn cards(now: Timestamp) -> Vec<NegativeCard> {
    let usual = format!("{FISCAL_CODE}/{CARD_ID}");
    let other = format!("VRDLGI75C15F205C/{CARD_ID}");
    let named = |label, subject: Vec<u8>, expected| {
        region(
            label,
            Paper {
                subject,
                ..card_of(&REGION, now)
            },
            expected,
        )
    };
    let called = |label, common_name: &str, expected| named(label, subject(common_name), expected);
    let code = |label, code: &str| called(label, &format!("{code}/{CARD_ID}"), R::FiscalCode);
    let typed = |label, tag, value: &[u8]| {
        let only = der(0x31, &[&attribute(CN, tag, value)]);
        named(label, der(0x30, &[&only]), R::CommonNameText)
    };
    let numbered = |label, number: &str| {
        let attributes = [(C, "IT"), (SERIAL_NUMBER, number), (CN, usual.as_str())];
        named(label, name(&attributes), R::SerialNumber)
    };
    let utf16: Vec<u8> = usual.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let two_in_one_set = der(
        0x30,
        &[&der(
            0x31,
            &[
                &attribute(CN, UTF8, usual.as_bytes()),
                &attribute(CN, UTF8, other.as_bytes()),
            ],
        )],
    );
    vec![
        named(
            "no-common-name",
            name(&[(C, "IT"), (O, "Prova"), (GN, "Mario"), (SN, "Rossi")]),
            R::NoCommonName,
        ),
        named("no-subject", der(0x30, &[]), R::NoCommonName),
        named(
            "code-in-serial-number-only",
            name(&[(C, "IT"), (SERIAL_NUMBER, "TINIT-RSSMRA80A01H501U")]),
            R::NoCommonName,
        ),
        named(
            "code-in-unit-only",
            name(&[(C, "IT"), (OU, &usual), (CN, "Mario Rossi")]),
            R::CommonNameForm,
        ),
        named(
            "one-line-injection",
            name(&[(OU, &format!("x/CN={usual}")), (CN, "Mario Rossi")]),
            R::CommonNameForm,
        ),
        named(
            "two-common-names",
            name(&[(C, "IT"), (CN, &usual), (CN, &other)]),
            R::SeveralCommonNames,
        ),
        named(
            "the-same-common-name-twice",
            name(&[(CN, &usual), (CN, &usual)]),
            R::SeveralCommonNames,
        ),
        named(
            "two-common-names-in-one-set",
            two_in_one_set,
            R::SeveralCommonNames,
        ),
        typed("common-name-in-utf-16", BMP, &utf16),
        typed("common-name-in-teletex", TELETEX, usual.as_bytes()),
        typed("common-name-in-ia5", IA5, usual.as_bytes()),
        typed(
            "nul-in-common-name",
            UTF8,
            format!("{FISCAL_CODE}\0/{CARD_ID}").as_bytes(),
        ),
        typed(
            "printable-with-other-characters",
            PRINTABLE,
            format!("{FISCAL_CODE}/6120*").as_bytes(),
        ),
        typed(
            "line-end-in-common-name",
            UTF8,
            format!("{usual}\n").as_bytes(),
        ),
        called("no-slash", FISCAL_CODE, R::CommonNameForm),
        called("empty-common-name", "", R::CommonNameForm),
        called("name-instead-of-code", "Mario Rossi", R::CommonNameForm),
        called(
            "company-code",
            &format!("12345678903/{CARD_ID}"),
            R::CompanyCode,
        ),
        called(
            "temporary-code",
            &format!("12345678901/{CARD_ID}"),
            R::CompanyCode,
        ),
        called(
            "eleven-zeros",
            &format!("00000000000/{CARD_ID}"),
            R::CompanyCode,
        ),
        called("company-code-alone", "12345678903", R::CompanyCode),
        code("bad-check-letter", "RSSMRA80A01H501X"),
        code("lower-case", "rssmra80a01h501u"),
        code("mixed-case", "RSSMRA80A01H501u"),
        code("code-with-prefix", "CF:RSSMRA80A01H501U"),
        code("tinit-in-common-name", "TINIT-RSSMRA80A01H501U"),
        code("code-with-space-before", " RSSMRA80A01H501U"),
        code("code-with-space-after", "RSSMRA80A01H501U "),
        code("code-with-joiner", "RSSMRA80A01H501U\u{200d}"),
        code("code-with-right-to-left-mark", "\u{200f}RSSMRA80A01H501U"),
        code("cyrillic-letter", "RSSMR\u{410}80A01H501U"),
        code("full-width-letters", "\u{ff32}SSMRA80A01H501U"),
        code("arabic-digit", "RSSMRA8\u{660}A01H501U"),
        code("letter-in-a-digit-place", "RSSMRAA0A01H501U"),
        code("no-such-month", "RSSMRA80F01H501U"),
        code("code-cut-short", "RSSMRA80A01H501"),
        code("empty-code", ""),
        called(
            "code-not-first",
            &format!("6120010000000001/{FISCAL_CODE}.x"),
            R::FiscalCode,
        ),
        numbered("tinit-differs", "TINIT-VRDLGI75C15F205C"),
        numbered("tinit-in-lower-case-differs", "tinit-VRDLGI75C15F205C"),
        numbered("tinit-of-the-base-form", "TINIT-RSSMRA80A01H50MM"),
        numbered("tinit-of-nothing", "TINIT-"),
        numbered("it-differs", "IT:VRDLGI75C15F205C"),
        numbered("bare-code-differs", "VRDLGI75C15F205C"),
    ]
}
