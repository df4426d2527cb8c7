use super::*;

const CODE: &str = "RSSMRA80A01H501U";

fn full() -> Header {
    Header::read("fiscal_code,category,organisation_code,organisation_name").unwrap()
}

fn company(name: &str) -> Is {
    let organisation = Organisation::new("01234567897", name).unwrap();
    Is::professional(&Profile::new(Category::Company, Some(organisation)).unwrap())
}

#[test]
fn quoted_fields_hold_separators_and_doubled_quotes() {
    for (line, fields) in [
        ("a,b", vec!["a", "b"]),
        ("\"a\",\"b\"", vec!["a", "b"]),
        ("\"a,b\",c", vec!["a,b", "c"]),
        ("\"say \"\"so\"\"\",c", vec!["say \"so\"", "c"]),
        ("\"\",\"\"\"\"", vec!["", "\""]),
        (",,", vec!["", "", ""]),
        ("", vec![""]),
        ("è,ü", vec!["è", "ü"]),
    ] {
        assert_eq!(split(line, ',').unwrap(), fields, "{line}");
    }
    for (line, wrong) in [
        ("\"a,b", LineFault::OpenQuote),
        ("\"a\"\"", LineFault::OpenQuote),
        ("\"a\"b,c", LineFault::StrayQuote),
        ("a\"b,c", LineFault::StrayQuote),
        ("\"a\" ,c", LineFault::StrayQuote),
    ] {
        assert_eq!(split(line, ','), Err(wrong), "{line}");
    }
}

#[test]
fn columns_may_stand_in_any_order_and_semicolons_divide_them_too() {
    let line = format!(
        "\"Alfa; S.r.l.\";company;{};01234567897",
        CODE.to_lowercase()
    );
    let header = Header::read("organisation_name;category;fiscal_code;organisation_code").unwrap();
    let (code, is) = header.row(&line).unwrap();
    assert_eq!(code.expose(), CODE);
    assert_eq!(is, company("Alfa; S.r.l."));
    let short = Header::read("fiscal_code,category").unwrap();
    let (_, is) = short.row(&format!("{CODE},pensioner")).unwrap();
    assert_eq!(Some(is), Is::personal(Category::Pensioner));
}

#[test]
fn a_header_that_is_not_of_these_columns_is_refused() {
    for (line, wrong) in [
        (
            "fiscal_code,categoria",
            LineFault::UnknownColumn("categoria".to_owned()),
        ),
        (
            "fiscal_code,category,category",
            LineFault::DoubledColumn("category"),
        ),
        ("fiscal_code", LineFault::MissingColumn("category")),
        ("category", LineFault::MissingColumn("fiscal_code")),
    ] {
        assert_eq!(Header::read(line).err(), Some(wrong), "{line}");
    }
}

#[test]
fn every_rule_of_a_line_has_its_message_and_none_repeats_the_line() {
    for (line, wrong) in [
        (
            "RSSMRA80A01H501X,citizen,,",
            LineFault::FiscalCode(FiscalCodeError::CheckLetter),
        ),
        ("RSSMRA80A01H501U,astronaut,,", LineFault::Category),
        ("RSSMRA80A01H501U,company,1,", LineFault::HalfAnOrganisation),
        (
            "RSSMRA80A01H501U,company,,Alfa",
            LineFault::HalfAnOrganisation,
        ),
        (
            "RSSMRA80A01H501U,pensioner,1,Alfa",
            LineFault::PersonalWithOrganisation,
        ),
        (
            "RSSMRA80A01H501U,company,a b,Alfa",
            LineFault::Profile(NotAProfile::Code),
        ),
        (
            "RSSMRA80A01H501U,company,1,Al\u{7}fa",
            LineFault::Profile(NotAProfile::Name),
        ),
        (
            "RSSMRA80A01H501U,company",
            LineFault::Columns {
                had: 2,
                expected: 4,
            },
        ),
        (
            "RSSMRA80A01H501U,company,1,Alfa,",
            LineFault::Columns {
                had: 5,
                expected: 4,
            },
        ),
    ] {
        let refused = full().row(line).map(|_| ());
        assert!(!format!("{wrong} {wrong:?}").contains("RSSMRA"));
        assert_eq!(refused, Err(wrong), "{line}");
    }
}

fn lines(text: &[u8]) -> Vec<(u32, Result<String, LineFault>)> {
    // A small buffer, so that lines lie across its ends.
    let mut lines = Lines::new(std::io::BufReader::with_capacity(7, text));
    let mut all = Vec::new();
    while let Some((number, line)) = lines.next().unwrap() {
        all.push((number, line.map(str::to_owned)));
    }
    all
}

#[test]
fn lines_end_as_programs_end_them_and_keep_their_numbers() {
    let text = "\u{feff}first line\r\nsecond\n\nfourth without an end";
    let expected = ["first line", "second", "", "fourth without an end"];
    let expected = (1..).zip(expected.map(|line| Ok(line.to_owned())));
    assert!(lines(text.as_bytes()).into_iter().eq(expected));
    assert!(lines(b"").is_empty());
}

#[test]
fn a_line_that_is_too_long_or_no_text_spoils_no_other() {
    let long = "x".repeat(LONGEST_LINE);
    let text = [
        long.as_bytes(),
        b"\n",
        long.as_bytes(),
        b"y\n\xff\xfe\nlast",
    ]
    .concat();
    let read = lines(&text);
    assert_eq!(read[0], (1, Ok(long)));
    assert_eq!(read[1], (2, Err(LineFault::TooLong)));
    assert_eq!(read[2], (3, Err(LineFault::NotUtf8)));
    assert_eq!(read[3], (4, Ok("last".to_owned())));
}
