use super::*;

fn service(rest: &str) -> String {
    format!("[[service]]\nid = \"a\"\nname = {{ it = \"A\", en = \"A\" }}\n{rest}")
}

fn errors(text: &str) -> Vec<(usize, String)> {
    let CatalogueErrors(errors) = Catalogue::parse(text).unwrap_err();
    errors
        .into_iter()
        .map(|error| (error.line, error.message))
        .collect()
}

/// Exactly one error, on this line, that says this.
#[track_caller]
fn one_error(text: &str, line: usize, says: &str) {
    let found = errors(text);
    let [(at, message)] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(*at, line, "{message}");
    assert!(message.contains(says), "{message}");
}

#[test]
fn a_whole_service_reads() {
    let catalogue = Catalogue::parse(&service(
        "for = [\"citizen\", \"company\"]\nconsult.level = \"low\"\nrequest.level = \"high\"\n",
    ))
    .unwrap();
    let service = catalogue.get(&ServiceId::parse("a").unwrap()).unwrap();
    let levels = service
        .operations()
        .map(|(operation, rule)| (operation, rule.level().0));
    assert!(levels.eq([
        (Operation::Consult, AssuranceLevel::Low),
        (Operation::Request, AssuranceLevel::High),
    ]));
    assert!(
        service
            .categories()
            .iter()
            .eq([Category::Citizen, Category::Company])
    );
    assert_eq!(service.name().in_language("en"), "A");
}

#[test]
fn an_unknown_key_is_an_error_with_its_line() {
    let valid = "for = [\"citizen\"]\nconsult.level = \"low\"\n";
    one_error(&service(&format!("{valid}color = 1\n")), 6, "color");
    one_error(
        &service("for = [\"citizen\"]\nconsult = { level = \"low\", age = 1 }\n"),
        5,
        "age",
    );
    one_error(&format!("version = 1\n{}", service(valid)), 1, "version");
}

#[test]
fn an_unknown_level_or_category_is_an_error_with_its_line() {
    one_error(
        &service("for = [\"citizen\"]\nconsult.level = \"top\"\n"),
        5,
        "top",
    );
    one_error(
        &service("for = [\"king\"]\nconsult.level = \"low\"\n"),
        4,
        "king",
    );
}

#[test]
fn a_service_for_nobody_is_a_dead_rule() {
    one_error(&service("for = []\nconsult.level = \"low\"\n"), 4, "dead");
}

#[test]
fn a_category_listed_twice_is_an_error() {
    one_error(
        &service("for = [\"citizen\", \"citizen\"]\nconsult.level = \"low\"\n"),
        4,
        "twice",
    );
}

#[test]
fn a_service_without_an_operation_is_an_error() {
    one_error(&service("for = [\"citizen\"]\n"), 2, "no operation");
}

#[test]
fn a_request_that_needs_less_than_a_look_is_a_contradiction() {
    one_error(
        &service("for = [\"citizen\"]\nconsult.level = \"high\"\nrequest = { level = \"low\" }\n"),
        6,
        "contradicts",
    );
}

#[test]
fn one_id_or_one_name_for_two_services_is_an_error() {
    let one = service("for = [\"citizen\"]\nconsult.level = \"low\"\n");
    let found = errors(&format!("{one}{one}"));
    let says: Vec<bool> = found
        .iter()
        .map(|(_, m)| m.contains("twice") || m.contains("same name"))
        .collect();
    assert_eq!(says, [true, true, true], "{found:?}");
}

#[test]
fn an_empty_catalogue_is_an_error() {
    one_error("", 1, "no service");
}

#[test]
fn every_error_is_told_at_once() {
    let text = format!(
        "{}{}{}",
        service("for = []\nconsult.level = \"low\"\n"),
        "[[service]]\nid = \"B\"\n",
        "[[service]]\nid = \"c\"\nname = { it = \"C\", en = \"C\" }\nfor = [\"citizen\"]\ncolor = 1\n",
    );
    let lines: Vec<usize> = errors(&text).into_iter().map(|(line, _)| line).collect();
    assert_eq!(lines, [4, 7, 12]);
}

#[test]
fn the_catalogue_that_comes_with_varco_is_valid() {
    Catalogue::parse(DEFAULT_CATALOGUE).unwrap();
}
