use super::*;
use crate::identity::{AssuranceLevel, AuthenticationMethod::Spid, Category};

mod dated;

fn service(rest: &str) -> String {
    format!("[[service]]\nid = \"a\"\nname = {{ it = \"A\", en = \"A\" }}\n{rest}")
}

/// SPID for all, the PIN for citizens until a day. They stand at the end, so that lines count from the service.
const METHODS: &str = r#"
[[method]]
method = "spid"
for = ["citizen", "company", "patronato"]

[[method]]
method = "pin"
for = ["citizen", "company"]
until = 2021-09-30
"#;

fn parse(text: &str) -> Result<Catalogue, CatalogueErrors> {
    Catalogue::parse(&format!("{text}{METHODS}"))
}

fn errors(text: &str) -> Vec<(usize, String)> {
    let CatalogueErrors(errors) = parse(text).unwrap_err();
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
    let catalogue = parse(&service(
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
fn a_service_may_say_all_there_is_to_say() {
    let catalogue = parse(
        r#"
[[service]]
id = "a"
name = { it = "A", en = "B", de = "C", fr = "D", sl = "E" }
for = ["citizen"]
client = "portale"
consult = { level = "low", methods = ["spid"], max_age = "8h" }
request = { level = "substantial", max_age = "15m", provisional = true }
"#,
    )
    .unwrap();
    let service = catalogue.get(&ServiceId::parse("a").unwrap()).unwrap();
    assert_eq!(service.client(), Some("portale"));
    let names = Text::LANGUAGES.map(|language| service.name().in_language(language));
    assert_eq!(names, ["A", "B", "C", "D", "E"]);
    let consult = service.rule(Operation::Consult).unwrap();
    assert_eq!(consult.methods(), Methods::from_iter([Spid]));
    assert_eq!(consult.max_age(), Some(Duration::from_secs(8 * 3600)));
    assert!(!consult.is_provisional());
    let request = service.rule(Operation::Request).unwrap();
    assert_eq!(request.methods(), Methods::ALL);
    assert_eq!(request.max_age(), Some(Duration::from_secs(15 * 60)));
    assert!(request.is_provisional());
}

/// One service for citizens with these operations.
fn with(operations: &str) -> String {
    service(&format!("for = [\"citizen\"]\n{operations}\n"))
}

#[test]
fn a_language_without_a_text_has_the_italian_one_and_an_empty_text_is_an_error() {
    let catalogue = parse(&with("consult.level = \"low\"")).unwrap();
    let service = catalogue.services().next().unwrap();
    assert_eq!(service.name().in_language("sl"), "A");
    assert_eq!(service.name().only_in("sl"), None);
    let empty = with("consult.level = \"low\"").replace("en = \"A\"", "en = \"A\", sl = \" \"");
    one_error(&empty, 3, "empty name in `sl`");
}

#[test]
fn a_max_age_that_is_none_or_says_nothing_is_an_error() {
    for (age, says) in [
        ("15", "minutes or hours"),
        ("m", "minutes or hours"),
        ("+5m", "minutes or hours"),
        ("99999999999999999999h", "minutes or hours"),
        ("0m", "dead"),
        ("25h", "dead"),
    ] {
        let operation = format!("consult = {{ level = \"low\", max_age = \"{age}\" }}");
        one_error(&with(&operation), 5, says);
    }
}

#[test]
fn a_way_in_that_could_never_open_the_operation_is_a_dead_rule() {
    for (operation, says) in [
        (r#"{ level = "low", methods = [] }"#, "dead"),
        (r#"{ level = "low", methods = ["spid", "spid"] }"#, "twice"),
        (
            r#"{ level = "high", methods = ["spid", "pin"] }"#,
            "never reach high",
        ),
        (r#"{ level = "low", methods = ["cns"] }"#, "no `[[method]]`"),
    ] {
        one_error(&with(&format!("consult = {operation}")), 5, says);
    }
}

#[test]
fn kinds_of_card_are_listed_once_and_beside_cns_only() {
    let of = |rest: &str| {
        let text = with(&format!("consult = {{ level = \"low\", {rest} }}"));
        errors(&format!(
            "{text}[[method]]\nmethod = \"cns\"\nfor = [\"citizen\"]\n"
        ))
    };
    let says = |rest: &str| {
        of(rest)
            .into_iter()
            .map(|(_, said)| said)
            .collect::<String>()
    };
    assert!(says("cards = []").contains("no kind of card"));
    assert!(says("cards = [\"other\", \"other\"]").contains("twice"));
    assert!(says("cards = [\"plastic\"]").contains("plastic"));
    let without_cns = says("methods = [\"spid\"], cards = [\"health\"]");
    assert!(without_cns.contains("`cns` is not among"), "{without_cns}");
}

#[test]
fn a_category_or_an_operation_that_nothing_could_ever_open_is_a_dead_rule() {
    let consult = "consult.level = \"low\"\n";
    one_error(
        &service(&format!("for = [\"citizen\", \"bank\"]\n{consult}")),
        4,
        "is for bank, to whom",
    );
    one_error(
        &service(&format!("for = [\"bank\"]\n{consult}")),
        5,
        "`consult` of `a` to anybody",
    );
    // Patronati have no PIN here, which alone is listed for the request.
    one_error(
        &service(
            "for = [\"patronato\"]\nconsult.level = \"low\"\nrequest = { level = \"low\", methods = [\"pin\"] }\n",
        ),
        6,
        "no `[[method]]` opens to patronato",
    );
}

#[test]
fn a_provisional_request_without_a_before_and_an_after_is_a_contradiction() {
    for (operation, says) in [
        (
            r#"consult = { level = "substantial", provisional = true }"#,
            "for requests",
        ),
        (
            r#"request = { level = "low", provisional = true }"#,
            "opens it anyway",
        ),
        (
            r#"request = { level = "high", provisional = true }"#,
            "never becomes whole",
        ),
        (
            r#"request = { level = "substantial", methods = ["spid"], provisional = true }"#,
            "not among",
        ),
    ] {
        one_error(&with(operation), 5, says);
    }
    one_error(
        &service(
            "for = [\"patronato\"]\nrequest = { level = \"substantial\", provisional = true }\n",
        ),
        5,
        "to those it is for",
    );
}

#[test]
fn a_first_half_is_for_requests_that_a_pin_opens() {
    for (operation, says) in [
        (
            r#"consult = { level = "low", first_half = true }"#,
            "for requests",
        ),
        (
            r#"request = { level = "high", first_half = true }"#,
            "no PIN ever reaches high",
        ),
        (
            r#"request = { level = "substantial", methods = ["spid"], first_half = true }"#,
            "not among",
        ),
        (
            r#"request = { level = "substantial", provisional = true, first_half = true }"#,
            "so is an ordinary one",
        ),
        (
            // It has a key of its own, and is no level that anything can be opened to.
            r#"request = { level = "below-low" }"#,
            "unknown variant `below-low`",
        ),
    ] {
        one_error(&with(operation), 5, says);
    }
    let request = with(r#"request = { level = "low", first_half = true }"#);
    assert!(parse(&request).is_ok());
}

#[test]
fn the_owner_of_a_service_is_registered_lists_it_and_is_the_only_one() {
    let catalogue = parse(&with("client = \"portale\"\nconsult.level = \"low\"")).unwrap();
    let a = [ServiceId::parse("a").unwrap()];
    let wrong = |applications: &[(&'static str, &'static str)]| {
        let listed = applications
            .iter()
            .map(|(name, listed)| (*name, if listed.is_empty() { &[][..] } else { &a[..] }));
        let found = catalogue.ownership(&listed.collect::<Vec<_>>());
        assert!(found.iter().all(|error| error.line == 5), "{found:?}");
        found
            .into_iter()
            .map(|error| error.message)
            .collect::<Vec<_>>()
            .join("; ")
    };
    assert_eq!(wrong(&[("portale", "a"), ("other", "")]), "");
    assert!(wrong(&[]).contains("no registered application"));
    assert!(wrong(&[("portale", "")]).contains("does not list it"));
    assert!(wrong(&[("portale", "a"), ("other", "a")]).contains("`other` lists it too"));
}

#[test]
fn the_catalogue_that_comes_with_varco_is_valid_in_five_languages() {
    let catalogue = Catalogue::parse(DEFAULT_CATALOGUE).unwrap();
    for service in catalogue.services() {
        for language in Text::LANGUAGES {
            assert!(
                service.name().only_in(language).is_some(),
                "{} {language}",
                service.id()
            );
        }
    }
}
