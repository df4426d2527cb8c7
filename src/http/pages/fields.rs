//! Fields of forms that people fill in: a label, a hint, what was typed, and what is wrong with it, beside it.
//!
//! What a field asks is said once ([`Asks`]); a page shows it with what was typed ([`Field`]). A form that is shown again
//! has all that was typed in it, a list of what is wrong at its top, and each fault at its field, tied to it for those who
//! hear the page (WCAG 2.1, 3.3.1 and 3.3.3).

use crate::http::language::Language;

/// What a field asks. Texts are keys.
#[derive(Debug)]
pub(in crate::http) struct Asks {
    /// The field's name.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What helps to fill it in.
    pub hint: Option<&'static str>,
    /// How it is filled in.
    pub how: How,
    /// What browsers may fill in by themselves (WCAG 2.1, 1.3.5).
    pub autocomplete: &'static str,
    /// Whether a form without it is refused.
    pub required: bool,
}

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum How {
    /// A line of text of at most so many characters.
    Line(u16),
    /// Digits, dots and slashes.
    Digits(u16),
    /// A telephone number.
    Telephone,
    /// An e-mail address.
    Email,
    /// One of many, from a list.
    List,
    /// One of few, all to be seen.
    Choice,
    /// A statement to agree to.
    Tick,
}

/// What is wrong with what was typed: the field's name and the key of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) struct Fault {
    /// The field.
    pub field: &'static str,
    /// What is wrong, and how it would be right.
    pub text: &'static str,
}

/// The value of a field that was ticked.
pub(in crate::http) const TICKED: &str = "yes";

/// A field as a page shows it.
pub(in crate::http) struct Field {
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) hint: Option<String>,
    pub(super) how: How,
    pub(super) autocomplete: &'static str,
    pub(super) required: bool,
    pub(super) value: String,
    pub(super) error: Option<String>,
    /// The values to choose from, and what they are called.
    pub(super) options: Vec<(String, String)>,
}

impl Field {
    /// A field with what was typed in it.
    pub(in crate::http) fn new(
        asks: &'static Asks,
        typed: &str,
        faults: &[Fault],
        texts: Language,
    ) -> Self {
        let fault = faults.iter().find(|fault| fault.field == asks.name);
        Self {
            name: asks.name,
            label: texts.say(asks.label),
            hint: asks.hint.map(|hint| texts.say(hint)),
            how: asks.how,
            autocomplete: asks.autocomplete,
            required: asks.required,
            value: typed.to_owned(),
            error: fault.map(|fault| texts.say(fault.text)),
            options: Vec::new(),
        }
    }

    /// Several fields, each with what was typed in it.
    pub(in crate::http) fn all<'a>(
        asked: &'static [Asks],
        typed: impl Fn(&str) -> &'a str,
        faults: &[Fault],
        texts: Language,
    ) -> Vec<Self> {
        let field = |asks: &'static Asks| Self::new(asks, typed(asks.name), faults, texts);
        asked.iter().map(field).collect()
    }

    /// Says what there is to choose from: values, and what they are called.
    pub(in crate::http) fn offer(&mut self, options: Vec<(String, String)>) {
        self.options = options;
    }

    /// Whether it is the field of a name.
    pub(in crate::http) fn is(&self, name: &str) -> bool {
        self.name == name
    }

    /// The same under another label.
    pub(in crate::http) fn called(self, label: String) -> Self {
        Self { label, ..self }
    }

    /// The same, which browsers neither keep nor fill in: an operator types other people's data.
    pub(in crate::http) fn kept_by_nobody(self) -> Self {
        Self {
            autocomplete: "off",
            ..self
        }
    }

    /// The ids of what describes the field, for `aria-describedby`.
    pub(super) fn described_by(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.name));
        let ids: Vec<String> = error.into_iter().chain(hint).collect();
        ids.join(" ")
    }

    /// The id to jump to: the first choice, where there are several to see.
    pub(super) fn anchor(&self) -> String {
        match self.how {
            How::Choice => format!("{}-1", self.name),
            _ => self.name.to_owned(),
        }
    }

    /// The `type` of its input.
    pub(super) fn input_type(&self) -> &'static str {
        match self.how {
            How::Telephone => "tel",
            How::Email => "email",
            _ => "text",
        }
    }

    /// Whether the keyboard of a telephone shows digits first.
    pub(super) fn is_of_digits(&self) -> bool {
        matches!(self.how, How::Digits(_))
    }

    /// How much can be typed.
    pub(super) fn longest(&self) -> u16 {
        match self.how {
            How::Line(longest) | How::Digits(longest) => longest,
            How::Telephone => 30,
            How::Email | How::List | How::Choice | How::Tick => 254,
        }
    }

    pub(super) fn is_list(&self) -> bool {
        self.how == How::List
    }

    pub(super) fn is_choice(&self) -> bool {
        self.how == How::Choice
    }

    pub(super) fn is_tick(&self) -> bool {
        self.how == How::Tick
    }

    pub(super) fn is_ticked(&self) -> bool {
        self.value == TICKED
    }
}
