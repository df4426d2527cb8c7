//! The pages of the online form.

use axum::response::Response;

use super::asks::{
    BIRTH, CONTACTS, COUNTRY, DELIVERY, GROUP, HOME_ABROAD, HOME_IN_ITALY, HOURS, SEX, Step, WHO,
    names,
};
use super::read::{GROUPS, Today};
use crate::http::language::Language;
use crate::http::pages::{
    Action, Asks, Button, Fault, Field, FormPage, How, countries, country_name,
};
use crate::http::pin::typed::Typed;
use crate::http::visit::Visit;
use crate::identity::Country;
use crate::pin::{DeliveryHours, Exception};

/// Where the form is.
pub(in crate::http::pin) const REQUEST: &str = "/pin/request";
/// The field that says which page was filled in.
pub(super) const STEP: &str = "step";
/// The field of the buttons.
pub(super) const GO: &str = "go";
pub(super) const BACK: &str = "back";

/// A page of the form with what was typed, and what is wrong with it.
pub(super) fn show(
    visit: &Visit,
    typed: &Typed,
    step: Step,
    faults: &[Fault],
    today: Today<'_>,
) -> Response {
    let texts = visit.language;
    let is_italian = typed_country(typed) == Country::ITALY;
    let asked: &'static [Asks] = match step {
        Step::Who => &WHO,
        Step::Birth => &BIRTH,
        Step::Home if is_italian => &HOME_IN_ITALY,
        Step::Home => &HOME_ABROAD,
        Step::Contacts => &CONTACTS,
        Step::Delivery => &DELIVERY,
        Step::Confirm => &[],
    };
    let is_asked = |asks: &&Asks| asks.name != GROUP || !issues_to_everybody(today);
    let fields: Vec<Field> = asked
        .iter()
        .filter(is_asked)
        .map(|asks| {
            let typed = match asks.name {
                COUNTRY => typed_country(typed).code().to_owned(),
                name => typed.get(name).to_owned(),
            };
            let mut field = Field::new(asks, &typed, faults, texts);
            field.offer(options(asks.name, texts));
            field
        })
        .collect();
    let is_shown = |name: &str| fields.iter().any(|field| field.is(name));
    let unseen = names()
        .filter(|name| !is_shown(name) && !typed.get(name).is_empty())
        .map(|name| (name, typed.get(name).to_owned()));
    let mut page = FormPage::new(step.title(), REQUEST);
    page.step = Some(texts.say_all(
        "pin-request-step",
        &[
            ("number", &step.number().to_string()),
            ("of", &Step::ALL.len().to_string()),
        ],
    ));
    page.hidden = [(STEP, step.name().to_owned())]
        .into_iter()
        .chain(unseen)
        .collect();
    page.fields = fields;
    page.buttons = buttons(step);
    match step {
        Step::Who => {
            page.lead = vec![texts.say("pin-request-lead")];
            if !issues_to_everybody(today) {
                page.lead.push(texts.say("pin-request-ended"));
            }
            page.links = vec![Action::new("pin-request-instead", "/login")];
        }
        Step::Contacts => page.lead = vec![texts.say("pin-request-contacts-lead")],
        Step::Delivery => page.lead = vec![texts.say("pin-request-delivery-lead")],
        Step::Confirm => {
            page.lead = vec![texts.say("pin-request-confirm-lead")];
            page.summary = summary(typed, texts);
            page.notes = vec![texts.say("pin-request-confirm-note")];
        }
        Step::Birth | Step::Home => {}
    }
    page.show(visit)
}

fn issues_to_everybody(today: Today<'_>) -> bool {
    today.rules.issues_to_everybody(today.now)
}

/// The country that was chosen; Italy, where none was yet.
fn typed_country(typed: &Typed) -> Country {
    Country::parse(typed.get(COUNTRY)).unwrap_or(Country::ITALY)
}

fn buttons(step: Step) -> Vec<Button> {
    let button = |label, value| Button {
        label,
        name: GO,
        value,
    };
    let onward = match step {
        Step::Confirm => button("pin-request-send", "send"),
        _ => button("form-next", "next"),
    };
    let back = step.before().map(|_| button("form-back", BACK));
    [onward].into_iter().chain(back).collect()
}

/// What there is to choose from in a field.
pub(in crate::http) fn options(field: &str, texts: Language) -> Vec<(String, String)> {
    match field {
        COUNTRY => {
            let named = countries(texts).into_iter();
            named
                .map(|(code, name)| (code.to_string(), name.to_owned()))
                .collect()
        }
        GROUP => {
            let groups = GROUPS.into_iter();
            groups
                .map(|group| (group.name().to_owned(), texts.say(group_text(group))))
                .collect()
        }
        SEX => ["F", "M"]
            .map(|letter| (letter.to_owned(), texts.say(sex_text(letter))))
            .into(),
        HOURS => DeliveryHours::ALL
            .map(|hours| (hours.name().to_owned(), texts.say(hours_text(hours))))
            .into(),
        _ => Vec::new(),
    }
}

fn group_text(group: Exception) -> &'static str {
    match group {
        Exception::Minor => "pin-group-minor",
        Exception::NoItalianDocument => "pin-group-no-document",
        Exception::UnderGuardianship => "pin-group-guardianship",
    }
}

fn sex_text(letter: &str) -> &'static str {
    match letter {
        "F" => "pin-sex-female",
        _ => "pin-sex-male",
    }
}

fn hours_text(hours: DeliveryHours) -> &'static str {
    match hours {
        DeliveryHours::Morning => "pin-hours-morning",
        DeliveryHours::Afternoon => "pin-hours-afternoon",
        DeliveryHours::Evening => "pin-hours-evening",
    }
}

/// All that was typed, to look over: as it was typed, with choices in words.
fn summary(typed: &Typed, texts: Language) -> Vec<(String, String)> {
    let country = typed_country(typed);
    let home: &[Asks] = if country == Country::ITALY {
        &HOME_IN_ITALY
    } else {
        &HOME_ABROAD
    };
    let shown = WHO
        .iter()
        .chain(&BIRTH)
        .chain(home)
        .chain(&CONTACTS)
        .chain(&DELIVERY);
    shown
        .filter(|asks| asks.how != How::Tick && !typed.get(asks.name).is_empty())
        .map(|asks| {
            let value = typed.get(asks.name);
            let value = match asks.name {
                COUNTRY => country_name(country, texts).unwrap_or_default().to_owned(),
                name => {
                    let options = options(name, texts).into_iter();
                    let chosen = options.into_iter().find(|(option, _)| option == value);
                    chosen.map_or_else(|| value.to_owned(), |(_, text)| text)
                }
            };
            (texts.say(asks.label), value)
        })
        .collect()
}
