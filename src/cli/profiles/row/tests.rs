use super::*;

fn fields(line: &str) -> [String; 4] {
    let fields: Vec<String> = line.split(',').map(str::to_owned).collect();
    fields.try_into().unwrap()
}

fn company(name: &str) -> Is {
    let organisation = Organisation::new("01234567897", name).unwrap();
    Is::professional(&Profile::new(Category::Company, Some(organisation)).unwrap())
}

#[test]
fn a_line_says_what_a_person_is() {
    let line = "rssmra80a01h501u,company,01234567897,Alfa S.r.l.";
    let (code, is) = read(&fields(line)).unwrap();
    assert_eq!(code.expose(), "RSSMRA80A01H501U");
    assert_eq!(is, company("Alfa S.r.l."));
    let (_, is) = read(&fields("RSSMRA80A01H501U,pensioner,,")).unwrap();
    assert_eq!(Some(is), Is::personal(Category::Pensioner));
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
    ] {
        let refused = read(&fields(line)).map(|_| ());
        assert!(!format!("{wrong} {wrong:?}").contains("RSSMRA"));
        assert_eq!(refused, Err(wrong), "{line}");
    }
}
