//! Lines of what is known, as pages of the desk show them.

use chrono::NaiveDate;

use crate::http::language::Language;
use crate::identity::Places;
use crate::pin::{Contacts, PersonalDetails};

/// A line of what is known: what it is, and its values.
#[derive(askama::Template)]
#[template(path = "desk/row.html")]
pub(in crate::http) struct Row {
    label: String,
    values: Vec<String>,
    /// Whether it is read aloud, letter by letter.
    is_aloud: bool,
}

impl Row {
    /// A line whose label has the key `label`.
    pub(in crate::http) fn new(
        texts: Language,
        label: &str,
        values: impl IntoIterator<Item = String>,
    ) -> Self {
        Self {
            label: texts.say(label),
            values: values.into_iter().collect(),
            is_aloud: false,
        }
    }

    /// A line that is read aloud, letter by letter.
    pub(in crate::http) fn aloud(texts: Language, label: &str, value: String) -> Self {
        Self {
            is_aloud: true,
            ..Self::new(texts, label, [value])
        }
    }
}

/// What somebody said of themselves.
pub(in crate::http) fn details_rows(details: &PersonalDetails, texts: Language) -> Vec<Row> {
    let code = *details.birth_place.expose();
    let place = Places::all().get(code).map_or_else(
        || code.to_string(),
        |place| match place.province() {
            "" => place.name().to_owned(),
            province => format!("{} ({province})", place.name()),
        },
    );
    vec![
        Row::new(texts, "desk-surname", [details.surname.expose().to_owned()]),
        Row::new(texts, "desk-name", [details.name.expose().to_owned()]),
        Row::new(
            texts,
            "desk-born",
            [day(*details.birth_date.expose()), place],
        ),
        Row::new(texts, "desk-residence", details.residence.lines()),
    ]
}

/// A day as Italian forms write it.
pub(in crate::http) fn day(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

/// How somebody is reached.
pub(in crate::http) fn contact_rows(contacts: &Contacts, texts: Language) -> Vec<Row> {
    let phones = [&contacts.mobile, &contacts.landline];
    let phones = phones.into_iter().flatten();
    let mails = [&contacts.email, &contacts.pec].into_iter().flatten();
    let phones: Vec<String> = phones.map(|phone| phone.expose().to_owned()).collect();
    let mails: Vec<String> = mails.map(|mail| mail.expose().to_owned()).collect();
    [("desk-phones", phones), ("desk-mails", mails)]
        .into_iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(label, values)| Row::new(texts, label, values))
        .collect()
}
