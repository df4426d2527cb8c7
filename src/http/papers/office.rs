//! Form MV35, filled in, for the person at an office to sign (PIN rules, Asking for one).

use super::{about, contacts, fact, kind_text, personal};
use crate::document::{Document, DocumentError};
use crate::http::language::Language;
use crate::http::visit::Visit;
use crate::identity::{FiscalCode, Timestamp};
use crate::pin::{Applicant, Application, Contacts, Dossier, IdentityDocument, PersonalDetails};

/// What is asked for with the form.
#[derive(Clone, Copy)]
pub(in crate::http) enum Asked<'a> {
    /// A PIN, by somebody of whom nothing may be known before.
    Issue(&'a Application),
    /// That an ordinary PIN become dispositive.
    Convert,
    /// A new PIN for a lost one.
    Restore,
    /// Other contacts.
    Contacts(&'a Contacts),
}

impl Asked<'_> {
    /// Its place among the boxes of the form.
    fn place(self) -> usize {
        match self {
            Self::Issue(_) => 0,
            Self::Convert => 1,
            Self::Restore => 2,
            Self::Contacts(_) => 3,
        }
    }
}

/// The texts of the boxes, in their order.
const BOXES: [&str; 4] = [
    "paper-mv35-issue",
    "paper-mv35-convert",
    "paper-mv35-restore",
    "paper-mv35-contacts",
];

/// What a form is filled in with.
pub(in crate::http) struct OfficeForm<'a> {
    /// What is asked for.
    pub(in crate::http) asked: Asked<'a>,
    /// Whose PIN it is.
    pub(in crate::http) person: &'a FiscalCode,
    /// What is on record of them.
    pub(in crate::http) dossier: Option<&'a Dossier>,
    /// Who stands there and signs.
    pub(in crate::http) applicant: &'a Applicant,
    /// The document that they show.
    pub(in crate::http) document: &'a IdentityDocument,
    /// The number under which it will be filed.
    pub(in crate::http) number: &'a str,
    /// The office.
    pub(in crate::http) office: &'a str,
    /// The operator's name.
    pub(in crate::http) operator: &'a str,
    /// The day on which it is printed.
    pub(in crate::http) made: Timestamp,
}

/// The form, in the person's language where it is known. What is not on record is a line to write on.
///
/// # Errors
/// [`DocumentError`] when it cannot be written.
pub(in crate::http) fn office_form(
    visit: &Visit,
    form: &OfficeForm<'_>,
) -> Result<Vec<u8>, DocumentError> {
    let language = form
        .dossier
        .and_then(|dossier| Language::from_code(dossier.language()));
    let texts = language.unwrap_or(visit.language);
    let title = "paper-mv35-title";
    let about = about(visit, texts, title, form.made, form.number);
    let asked = form.asked.place();
    let boxes = BOXES.iter().enumerate();
    let paper = Document::new(about).heading(texts.say(title));
    let paper = if form.number.is_ascii() {
        paper.barcode(form.number, texts.say("paper-mv35-number"))
    } else {
        paper.facts([(texts.say("paper-mv35-number"), form.number)])
    };
    paper
        .subheading(texts.say("paper-conversion-asks"))
        .ticks(boxes.map(|(place, text)| (place == asked, texts.say(text))))
        .subheading(texts.say("paper-mv35-person"))
        .facts(person(form, texts))
        .subheading(texts.say("paper-mv35-applicant"))
        .facts(applicant(form, texts))
        .paragraph(texts.say("paper-mv35-declares"))
        .blanks([
            texts.say("paper-place-and-date"),
            texts.say("paper-signature"),
        ])
        .subheading(texts.say("paper-mv35-office-part"))
        .facts([fact(
            texts,
            "paper-mv35-office",
            format!("{}, {}", form.office, form.operator),
        )])
        .ticks([(false, texts.say("paper-mv35-seen"))])
        .blanks([
            texts.say("paper-mv35-date"),
            texts.say("paper-mv35-operator-signature"),
        ])
        .finish()
}

/// Whose PIN it is, and how they are reached from now on.
fn person(form: &OfficeForm<'_>, texts: Language) -> Vec<(String, String)> {
    let mut facts = vec![fact(
        texts,
        "paper-fiscal-code",
        form.person.expose().to_owned(),
    )];
    let known = form.dossier.and_then(Dossier::details);
    let details: Option<&PersonalDetails> = match form.asked {
        Asked::Issue(application) => Some(&application.details),
        _ => known,
    };
    match details {
        Some(details) => facts.extend(personal(details, texts)),
        None => facts.push(fact(texts, "paper-full-name", String::new())),
    }
    // One line each: the form is one sheet of paper.
    let reached = match form.asked {
        Asked::Issue(application) => Some(&application.contacts),
        Asked::Contacts(wanted) => Some(wanted),
        Asked::Convert | Asked::Restore => form.dossier.map(Dossier::contacts),
    };
    let reached = reached.map(|reached| contacts(reached, texts));
    let reached = reached.into_iter().flatten().map(|(_, contact)| contact);
    let reached: Vec<String> = reached.collect();
    facts.push(fact(texts, "paper-mv35-reached", reached.join(", ")));
    facts
}

/// Who signs, and the document that they show.
fn applicant(form: &OfficeForm<'_>, texts: Language) -> Vec<(String, String)> {
    let (who, code) = match form.applicant {
        // No form is printed for a delegate: nobody reads one from what was typed.
        Applicant::Holder | Applicant::Delegate => ("desk-applicant-holder", None),
        Applicant::Guardian(code) => ("desk-applicant-guardian", Some(code)),
        Applicant::Parent(code) => ("desk-applicant-parent", Some(code)),
    };
    let mut facts = vec![fact(texts, "paper-mv35-who", texts.say(who))];
    if let Some(code) = code {
        facts.push(fact(texts, "paper-full-name", String::new()));
        facts.push(fact(texts, "paper-fiscal-code", code.expose().to_owned()));
    }
    let document = form.document;
    let said = [
        texts.say(kind_text(document.kind)),
        document.number.expose().to_owned(),
        document.issuer.expose().to_owned(),
        texts.say_with(
            "desk-document-expires",
            "day",
            &document.expires.format("%d/%m/%Y").to_string(),
        ),
    ];
    facts.push(fact(texts, "paper-document", said.join(", ")));
    facts
}
