//! What several forms of strangers ask, and how it is read.

use super::typed::Typed;
use crate::http::pages::{Asks, Fault, How};
use crate::identity::{EmailAddress, FiscalCode, PhoneNumber};
use crate::pin::Contact;

pub(super) const FISCAL_CODE: &str = "fiscal_code";
pub(super) const MOBILE: &str = "mobile";
pub(super) const EMAIL: &str = "email";
pub(super) const PEC: &str = "pec";

/// A field that is filled in with a line of text.
pub(super) const fn line(name: &'static str, label: &'static str, longest: u16) -> Asks {
    Asks {
        name,
        label,
        hint: None,
        how: How::Line(longest),
        autocomplete: "off",
        required: true,
    }
}

/// The fiscal code.
pub(super) const CODE: Asks = Asks {
    hint: Some("pin-fiscal-code-hint"),
    ..line(FISCAL_CODE, "pin-fiscal-code", 20)
};

/// The contacts that messages reach.
pub(super) const CONTACTS: [Asks; 3] = [
    Asks {
        how: How::Telephone,
        required: false,
        autocomplete: "tel",
        ..line(MOBILE, "pin-mobile", 30)
    },
    Asks {
        how: How::Email,
        required: false,
        autocomplete: "email",
        ..line(EMAIL, "pin-email", 254)
    },
    Asks {
        how: How::Email,
        required: false,
        ..line(PEC, "pin-pec", 254)
    },
];

/// The fiscal code that was typed, or what is wrong with it.
pub(super) fn fiscal_code(typed: &Typed) -> Result<FiscalCode, Fault> {
    let text = match typed.get(FISCAL_CODE) {
        "" => "pin-fiscal-code-missing",
        typed => match FiscalCode::parse(typed) {
            Ok(code) => return Ok(code),
            Err(_) => "pin-fiscal-code-wrong",
        },
    };
    Err(Fault {
        field: FISCAL_CODE,
        text,
    })
}

/// The contacts that were typed, the telephone first, or what is wrong with them.
pub(super) fn contacts(typed: &Typed) -> Result<Vec<Contact>, Vec<Fault>> {
    let mobile = |text: &str| {
        let number = PhoneNumber::parse(text).ok();
        let mobile = number.filter(PhoneNumber::takes_texts);
        mobile.map(Contact::Mobile).ok_or("pin-mobile-wrong")
    };
    let mail = |text: &str| EmailAddress::parse(text).map_err(|_| "pin-email-wrong");
    let (mut contacts, mut faults) = (Vec::new(), Vec::new());
    for field in [MOBILE, PEC, EMAIL] {
        let text = typed.get(field);
        if text.is_empty() {
            continue;
        }
        let contact = match field {
            MOBILE => mobile(text),
            PEC => mail(text).map(Contact::Pec),
            _ => mail(text).map(Contact::Email),
        };
        match contact {
            Ok(contact) => contacts.push(contact),
            Err(text) => faults.push(Fault { field, text }),
        }
    }
    if faults.is_empty() {
        Ok(contacts)
    } else {
        Err(faults)
    }
}
