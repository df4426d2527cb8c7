//! Rules for ways in, with dates.

use super::*;

/// One more rule for a way in, after a service.
fn and_method(rule: &str) -> String {
    format!("{}[[method]]\n{rule}\n", with("consult.level = \"low\""))
}

#[test]
fn a_dated_rule_that_is_dead_or_meets_another_is_an_error() {
    for (rule, line, says) in [
        ("method = \"cns\"\nfor = []", 8, "dead"),
        ("method = \"cns\"\nfor = [\"bank\", \"bank\"]", 8, "twice"),
        (
            "method = \"cns\"\nfor = [\"bank\"]\nfrom = 2020-01-02\nuntil = 2020-01-01",
            10,
            "before it begins",
        ),
        (
            "method = \"cns\"\nfor = [\"bank\"]\nfrom = 2020-01-02T10:00:00",
            9,
            "a day",
        ),
        (
            "method = \"cns\"\nfor = [\"bank\"]\nsince = 2020-01-02",
            9,
            "since",
        ),
        ("method = \"card\"\nfor = [\"bank\"]", 7, "card"),
    ] {
        one_error(&and_method(rule), line, says);
    }
    // The rule for the PIN at the end of the file begins while this one still lasts.
    let found = errors(&and_method(
        "method = \"pin\"\nfor = [\"company\", \"bank\"]\nfrom = 2021-09-30",
    ));
    let [(_, message)] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert!(
        message.contains("open `pin` to company at the same time"),
        "{message}"
    );
}

#[test]
fn rules_that_follow_one_another_or_are_for_others_do_not_meet() {
    for rule in [
        "method = \"pin\"\nfor = [\"company\"]\nfrom = 2021-10-01",
        "method = \"pin\"\nfor = [\"bank\"]",
        "method = \"cns\"\nfor = [\"company\"]\nfrom = 2020-01-01\nuntil = 2020-01-01",
    ] {
        parse(&and_method(rule)).unwrap();
    }
}

#[test]
fn a_way_in_opens_at_the_first_midnight_in_italy_and_closes_at_the_last() {
    let catalogue = parse(&with("consult.level = \"low\"")).unwrap();
    let company = Categories::from_iter([Category::Company]);
    let open = |at: &str| catalogue.open_to(company, at.parse().unwrap()).to_string();
    assert_eq!(open("2021-09-30T21:59:59Z"), "spid, pin");
    assert_eq!(open("2021-09-30T22:00:00Z"), "spid");
    let patronato = Categories::from_iter([Category::Patronato]);
    let then = "2020-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(catalogue.open_to(patronato, then).to_string(), "spid");
    assert!(catalogue.open_to(Categories::NONE, then).is_empty());
}
