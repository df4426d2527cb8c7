//! A real Chromium lives the life of a PIN, with the upload of a real PDF, and works at the operators' desk.

use std::sync::LazyLock;

use serde_json::{Value, json};
use varco::demo::pins::{CITY, EXPIRED, HEALTH_CARD, Invented, POSTAL_CODE, PROVINCE, STREET};
use varco::identity::{AssuranceLevel, FiscalCode};

use crate::support::chromium::{drive, task};
use crate::support::demo::Demo;

/// One walk for all tests: later pages need what earlier ones did.
static SEEN: LazyLock<Value> = LazyLock::new(|| {
    let demo = Demo::start(AssuranceLevel::Substantial, Vec::new());
    let new = demo.new_people();
    let mut returner = invented(&new.returner);
    returner["pin"] = EXPIRED.into();
    let people = json!({
        "people": {
            "newcomer": invented(&new.newcomer),
            "returner": returner,
            "mara": somebody("RSSMRA80A01H501", ("Mara", "Rossi", "M"), "01/01/1980"),
            "laura": somebody("BNCLRA90A41H501", ("Laura", "Bianchi", "F"), "01/01/1990"),
            "anna": "PRVNNA85C55F205D",
            "card": HEALTH_CARD,
        },
    });
    drive("pins.mjs", &task(&demo, people))
});

/// Somebody whom the demo invented at its start.
fn invented(person: &Invented) -> Value {
    json!({
        "code": person.fiscal_code.expose(),
        "name": person.given_name,
        "surname": person.family_name,
        "sex": "F",
        "born": person.birth_date.format("%d/%m/%Y").to_string(),
        "home": home(STREET),
        "mobile": person.mobile,
        "email": person.email,
    })
}

/// Somebody of whom the registers know nothing. `begin` is their fiscal code but for its last letter.
fn somebody(begin: &str, (name, surname, sex): (&str, &str, &str), born: &str) -> Value {
    let mut codes = ('A'..='Z').map(|check| format!("{begin}{check}"));
    let code = codes.find(|code| FiscalCode::parse(code).is_ok()).unwrap();
    json!({
        "code": code,
        "name": name,
        "surname": surname,
        "sex": sex,
        "born": born,
        "home": home("Via dei Mille 12"),
        "mobile": "+393339876543",
        "email": format!("{}@example.org", name.to_lowercase()),
    })
}

fn home(street: &str) -> Value {
    json!({ "street": street, "postal_code": POSTAL_CODE, "city": CITY, "province": PROVINCE })
}

/// What was seen, if the walk came to its end and no page complained.
fn seen() -> &'static Value {
    let seen = &*SEEN;
    assert_eq!(seen["ok"], true, "{}", seen["error"]);
    assert_eq!(seen["complaints"], json!([]));
    seen
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value}"))
}

#[test]
fn a_person_asks_for_a_pin_and_has_one_of_eight_characters_at_the_end() {
    let ordinary = &seen()["ordinary"];
    assert_eq!(ordinary["level"], "https://www.spid.gov.it/SpidL1");
    assert_eq!(ordinary["pin"], 8);
}

#[test]
fn a_real_pdf_is_uploaded_and_what_is_none_is_refused_with_a_word() {
    let upload = &seen()["upload"];
    assert!(text(&upload["form"]).starts_with("pin-"));
    assert!(text(&upload["refused"]).contains("PDF"), "{upload:#}");
    assert!(upload["sent"].as_u64().unwrap() > 10_000);
    assert!(text(&upload["text"]).contains("operatori"), "{upload:#}");
}

#[test]
fn two_operators_see_both_pages_of_the_upload_and_the_second_decides() {
    let conversion = &seen()["conversion"];
    for eyes in ["first", "second"] {
        let drawn = conversion[eyes].as_array().unwrap();
        assert_eq!(drawn.len(), 2, "{conversion:#}");
        assert!(drawn.iter().all(|wide| wide.as_u64().unwrap() > 400));
    }
    let history = text(&conversion["text"]);
    for step in ["Conversione accettata", "Primo parere favorevole"] {
        assert!(history.contains(step), "{history}");
    }
}

#[test]
fn the_contact_centre_reads_aloud_sends_again_and_recognises() {
    let seen = seen();
    assert!(text(&seen["aloud"]).contains("Prima metà"));
    assert!(text(&seen["again"]).contains("Prima metà inviata di nuovo"));
    assert!(text(&seen["recognised"]).contains("Riconosciuta al telefono"));
}

#[test]
fn an_office_prints_form_mv35_from_what_is_typed_and_nothing_typed_is_lost() {
    let seen = seen();
    let form = &seen["mv35"];
    assert_eq!(form["name"], "MV35.pdf");
    let (number, paper) = (text(&form["number"]), text(&form["text"]));
    assert!(
        number.starts_with("MV35-") && paper.contains(number),
        "{paper}"
    );
    assert!(paper.contains("Mara Rossi"), "{paper}");
    assert!(text(&form["page"]).contains("busta sigillata"));
    let contacts = &seen["contacts"];
    assert!(text(&contacts["text"]).contains("Recapiti cambiati"));
    assert!(text(&contacts["text"]).contains("+393391000009"));
}

#[test]
fn a_lost_pin_is_restored_by_a_link_and_the_card_ends_it() {
    assert!(text(&seen()["revoked"]).contains("revocato"));
}

#[test]
fn no_page_of_a_pin_or_of_the_desk_has_a_barrier_that_axe_can_find_nor_runs_off_a_phone_s_edge() {
    let pages = seen()["pages"].as_object().unwrap();
    assert!(pages.len() >= 130, "{}", pages.len());
    for (page, found) in pages {
        assert!(found["checked"].as_u64().unwrap() > 5, "{page}: {found:#}");
        assert_eq!(found["barriers"], json!([]), "{page}");
    }
}
