//! Forms of the desk: the fields of [`fields`](crate::http::pages), the token, and the buttons.

use crate::http::form::TOKEN_FIELD;
use crate::http::language::Language;
use crate::http::pages::{Asks, Fault, Field, How};

/// The field of the reason that the audit log keeps.
pub(in crate::http) static REASON: Asks = Asks {
    name: "reason",
    label: "desk-field-reason",
    hint: Some("desk-field-reason-hint"),
    how: How::Line(500),
    autocomplete: NOT_KEPT,
    required: true,
};

/// What is wrong with a reason that says nothing.
pub(in crate::http) const NO_REASON: Fault = Fault {
    field: "reason",
    text: "desk-wrong-reason",
};

/// The field of the button that prints a form instead of doing what it is for, and its value.
pub(in crate::http) const THEN: &str = "then";
/// See [`THEN`].
pub(in crate::http) const PRINT: &str = "print";

/// Operators type other people's data on shared machines: browsers keep nothing and fill in nothing.
pub(in crate::http) const NOT_KEPT: &str = "off";

/// A form, posted to an address of the desk. It is a template of its own: pages show it as it is, escaped already.
#[derive(askama::Template)]
#[template(path = "desk/form.html")]
pub(in crate::http) struct Form {
    texts: Language,
    action: String,
    token_field: &'static str,
    token: String,
    fields: Vec<Field>,
    buttons: Vec<Button>,
    /// Whether what one comes for is in another form of the page.
    aside: bool,
}

/// A button of a form.
struct Button {
    text: String,
    /// Name and value of what it adds to the form.
    adds: Option<(&'static str, String)>,
    /// Whether browsers send the form as it is: what is missing may come later.
    unchecked: bool,
}

impl Form {
    /// A form without fields and buttons.
    pub(in crate::http) fn new(action: impl Into<String>, token: String, texts: Language) -> Self {
        Self {
            texts,
            action: action.into(),
            token_field: TOKEN_FIELD,
            token,
            fields: Vec::new(),
            buttons: Vec::new(),
            aside: false,
        }
    }

    /// The same, beside the form that one comes for: none of its buttons is the one to press.
    pub(in crate::http) fn aside(self) -> Self {
        Self {
            aside: true,
            ..self
        }
    }

    /// The same with these fields more.
    pub(in crate::http) fn with(mut self, fields: impl IntoIterator<Item = Field>) -> Self {
        self.fields.extend(fields);
        self
    }

    /// The same with one more button, whose text has the key `text`. The first is the one to press.
    pub(in crate::http) fn button(mut self, text: &str) -> Self {
        let text = self.texts.say(text);
        self.buttons.push(Button {
            text,
            adds: None,
            unchecked: false,
        });
        self
    }

    /// The same with one more button, which adds a value to the form.
    pub(in crate::http) fn adding(
        mut self,
        text: &str,
        name: &'static str,
        value: impl Into<String>,
    ) -> Self {
        let text = self.texts.say(text);
        let adds = Some((name, value.into()));
        self.buttons.push(Button {
            text,
            adds,
            unchecked: false,
        });
        self
    }

    /// The same with the button that prints what was typed as a form to sign.
    pub(in crate::http) fn printing(mut self) -> Self {
        self.buttons.push(Button {
            text: self.texts.say("desk-print"),
            adds: Some((THEN, PRINT.to_owned())),
            unchecked: true,
        });
        self
    }

    /// The field of the reason, with what was typed.
    pub(in crate::http) fn reason(self, typed: &str, faults: &[Fault]) -> Self {
        let field = Field::new(&REASON, typed, faults, self.texts);
        self.with([field])
    }

    /// Whether anything is wrong with what was filled in.
    pub(super) fn has_faults(&self) -> bool {
        self.fields.iter().any(|field| field.error.is_some())
    }

    fn texts(&self) -> Language {
        self.texts
    }
}
