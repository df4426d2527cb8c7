use super::*;

const ORDINARY: PinGrade = PinGrade::Ordinary;
const DISPOSITIVE: PinGrade = PinGrade::Dispositive;

fn drawn(report: &Report, language: &str) -> String {
    let mut out = Vec::new();
    draw(report, Language::from_code(language).unwrap(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn report() -> Report {
    Report::of(&[
        ("2019-11", ORDINARY, Category::Citizen),
        ("2019-11", DISPOSITIVE, Category::Pensioner),
        ("2020-01", DISPOSITIVE, Category::Pensioner),
        ("2020-01", DISPOSITIVE, Category::ResidentAbroad),
        ("2020-01", ORDINARY, Category::ResidentAbroad),
        ("2020-01", ORDINARY, Category::ResidentAbroad),
    ])
}

/// What stands between two parts of a text, the first time.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split_once(after).unwrap().0.trim()
}

/// The number that an element's line has for an attribute.
fn number(line: &str, attribute: &str) -> u64 {
    let value = between(line, &format!(" {attribute}=\""), "\"");
    value.parse().unwrap()
}

#[test]
fn everything_that_is_drawn_is_said_in_the_language_that_was_asked_for() {
    for (language, title, lines) in [
        (
            "it",
            "Chi usa ancora il PIN",
            [
                "2019-11: 1 con PIN ordinario, 1 con PIN dispositivo.",
                "2019-12: 0 con PIN ordinario, 0 con PIN dispositivo.",
                "2020-01: 2 con PIN ordinario, 2 con PIN dispositivo.",
                "pensionato: 0 con PIN ordinario, 1 con PIN dispositivo.",
                "residente all'estero senza documento italiano: 2 con PIN ordinario, 1 con PIN dispositivo.",
            ],
        ),
        (
            "en",
            "Who still uses the PIN",
            [
                "2019-11: 1 with an ordinary PIN, 1 with a dispositive PIN.",
                "2019-12: 0 with an ordinary PIN, 0 with a dispositive PIN.",
                "2020-01: 2 with an ordinary PIN, 2 with a dispositive PIN.",
                "pensioner: 0 with an ordinary PIN, 1 with a dispositive PIN.",
                "resident abroad without an Italian document: 2 with an ordinary PIN, 1 with a dispositive PIN.",
            ],
        ),
    ] {
        let svg = drawn(&report(), language);
        assert!(svg.contains(&format!(r#"role="img" lang="{language}""#)));
        assert!(svg.contains(r#"aria-labelledby="title description""#));
        assert_eq!(between(&svg, r#"<title id="title">"#, "</title>"), title);
        let said = between(&svg, r#"<desc id="description">"#, "</desc>");
        let said: Vec<_> = said.lines().collect();
        assert_eq!(said, lines);
    }
}

#[test]
fn bars_are_as_long_as_their_people_and_grades_stand_in_one_bar() {
    let svg = drawn(&report(), "it");
    let heights = |grade: PinGrade| -> Vec<u64> {
        let fill = format!("fill=\"{}\"", colour(grade));
        let bars = svg.lines().filter(|line| line.contains(&fill));
        let months = bars.filter(|line| number(line, "width") == 29);
        months.map(|line| number(line, "height")).collect()
    };
    // Four people are the highest bar; nobody's has none.
    assert_eq!(heights(ORDINARY), [HEIGHT / 4, HEIGHT / 2]);
    assert_eq!(heights(DISPOSITIVE), [HEIGHT / 4, HEIGHT / 2]);
}

#[test]
fn the_last_two_years_are_drawn_up_to_the_last_use() {
    let used = ["2018-01", "2019-03", "2020-11"];
    let drawn = months(&used);
    assert_eq!(drawn.len(), 24);
    assert_eq!(drawn.first().map(String::as_str), Some("2018-12"));
    assert_eq!(drawn.last().map(String::as_str), Some("2020-11"));
    assert_eq!(
        months(&["2020-12", "2021-02"]),
        ["2020-12", "2021-01", "2021-02"]
    );
}

#[test]
fn a_picture_of_nobody_says_so() {
    let svg = drawn(&Report::default(), "en");
    assert_eq!(
        between(&svg, r#"<desc id="description">"#, "</desc>"),
        "Nobody used a PIN."
    );
    assert!(svg.contains(">Nobody used a PIN.</text>"));
}
