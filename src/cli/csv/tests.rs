use super::*;

const COLUMNS: Columns<4> = Columns {
    names: ["fiscal_code", "category", "code", "name"],
    required: 2,
};

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
        ("\"a,b", CsvFault::OpenQuote),
        ("\"a\"\"", CsvFault::OpenQuote),
        ("\"a\"b,c", CsvFault::StrayQuote),
        ("a\"b,c", CsvFault::StrayQuote),
        ("\"a\" ,c", CsvFault::StrayQuote),
    ] {
        assert_eq!(split(line, ','), Err(wrong), "{line}");
    }
}

#[test]
fn columns_may_stand_in_any_order_and_semicolons_divide_them_too() {
    let header = Header::read("name;category;fiscal_code;code", &COLUMNS).unwrap();
    let fields = header.fields("\"Alfa; S.r.l.\"; company ;A;1").unwrap();
    assert_eq!(fields, ["A", "company", "1", "Alfa; S.r.l."]);
    let short = Header::read("fiscal_code,category", &COLUMNS).unwrap();
    assert_eq!(
        short.fields("A,pensioner").unwrap(),
        ["A", "pensioner", "", ""]
    );
}

#[test]
fn a_line_with_more_or_fewer_columns_than_the_header_is_refused() {
    let header = Header::read("fiscal_code,category,code,name", &COLUMNS).unwrap();
    for (line, had) in [("A,company", 2), ("A,company,1,Alfa,", 5)] {
        let wrong = CsvFault::Columns { had, expected: 4 };
        assert_eq!(header.fields(line), Err(wrong), "{line}");
    }
}

#[test]
fn a_header_that_is_not_of_these_columns_is_refused() {
    let unknown = CsvFault::UnknownColumn {
        name: "categoria".to_owned(),
        known: "fiscal_code, category, code, name".to_owned(),
    };
    for (line, wrong) in [
        ("fiscal_code,categoria", unknown),
        (
            "fiscal_code,category,category",
            CsvFault::DoubledColumn("category"),
        ),
        ("fiscal_code", CsvFault::MissingColumn("category")),
        ("category", CsvFault::MissingColumn("fiscal_code")),
    ] {
        assert_eq!(Header::read(line, &COLUMNS).err(), Some(wrong), "{line}");
    }
}

fn lines(text: &[u8]) -> Vec<(u32, Result<String, CsvFault>)> {
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
    let long = "x".repeat(lines::LONGEST);
    let text = [
        long.as_bytes(),
        b"\n",
        long.as_bytes(),
        b"y\n\xff\xfe\nlast",
    ]
    .concat();
    let read = lines(&text);
    assert_eq!(read[0], (1, Ok(long)));
    assert_eq!(read[1], (2, Err(CsvFault::TooLong)));
    assert_eq!(read[2], (3, Err(CsvFault::NotUtf8)));
    assert_eq!(read[3], (4, Ok("last".to_owned())));
}
