//! Papers for people: the form that raises a PIN, the one that an office has signed, and the receipt of a provisional request.

mod office;

use super::language::Language;
use super::pages::in_words;
use super::visit::Visit;
use crate::document::{About, Document, DocumentError};
use crate::identity::{EmailAddress, PhoneNumber, Places, Sex, Timestamp};
use crate::pin::{
    Contacts, Conversion, DocumentKind, Dossier, IdentityDocument, PersonalDetails, Provisional,
};
use crate::policy::ServiceId;

pub(super) use office::{Asked, OfficeForm, office_form};

/// How many characters of a seal stand on a line.
const SEAL_LINE: usize = 76;

/// The form that the person signs: their data, their document, what they ask for, and the code that ties the paper to the
/// request (PIN rules, From ordinario to dispositivo).
///
/// # Errors
/// [`DocumentError`] when it cannot be written.
pub(super) fn conversion_form(
    visit: &Visit,
    dossier: &Dossier,
    conversion: &Conversion,
) -> Result<Vec<u8>, DocumentError> {
    let texts = visit.language;
    let mut person = vec![fact(
        texts,
        "paper-fiscal-code",
        dossier.person().expose().to_owned(),
    )];
    person.extend(
        dossier
            .details()
            .into_iter()
            .flat_map(|d| personal(d, texts)),
    );
    person.extend(contacts(dossier.contacts(), texts));
    let about = about(
        visit,
        texts,
        "paper-conversion-title",
        conversion.begun,
        &conversion.code,
    );
    Document::new(about)
        .heading(texts.say("paper-conversion-title"))
        .barcode(&conversion.code, texts.say("paper-conversion-code"))
        .subheading(texts.say("paper-person"))
        .facts(person)
        .subheading(texts.say("paper-document"))
        .facts(document(&conversion.document, texts))
        .subheading(texts.say("paper-conversion-asks"))
        .paragraph(texts.say("paper-conversion-asked"))
        .list([
            texts.say("paper-conversion-true"),
            texts.say("paper-conversion-own"),
            texts.say("paper-conversion-copy"),
        ])
        .blanks([
            texts.say("paper-place-and-date"),
            texts.say("paper-signature"),
        ])
        .paragraph(texts.say_with(
            "paper-conversion-until",
            "when",
            &in_words(conversion.ends, texts),
        ))
        .finish()
}

/// The receipt of a request that an application took provisionally. The seal on it is the receipt itself, as a signed token.
///
/// # Errors
/// [`DocumentError`] when it cannot be written.
pub(super) fn receipt(
    visit: &Visit,
    dossier: &Dossier,
    taken: &Provisional,
    seal: &str,
) -> Result<Vec<u8>, DocumentError> {
    // Whoever asks for it may be a server: the paper is in the person's language.
    let texts = Language::from_code(dossier.language()).unwrap_or(visit.language);
    let mut facts = vec![
        fact(texts, "paper-receipt-at", in_words(taken.at, texts)),
        fact(
            texts,
            "paper-fiscal-code",
            dossier.person().expose().to_owned(),
        ),
    ];
    let name = dossier.details().map(PersonalDetails::full_name);
    facts.extend(name.map(|name| fact(texts, "paper-full-name", name)));
    facts.push(fact(
        texts,
        "paper-receipt-service",
        service(visit, taken, texts),
    ));
    let client = visit.gateway.oidc().clients().find(&taken.client);
    let client = client.map(|client| client.name().in_language(texts.code()).to_owned());
    facts.extend(client.map(|client| fact(texts, "paper-receipt-application", client)));
    facts.push(fact(texts, "paper-receipt-number", taken.number.clone()));
    let digest = taken.sha256.clone();
    facts.extend(digest.map(|digest| fact(texts, "paper-receipt-digest", digest)));
    let grade = match taken.raised {
        Some(at) => texts.say_with("paper-receipt-raised", "when", &in_words(at, texts)),
        None => texts.say("paper-receipt-waits"),
    };
    let about = about(
        visit,
        texts,
        "paper-receipt-title",
        taken.at,
        &taken.receipt,
    );
    Document::new(about)
        .heading(texts.say("paper-receipt-title"))
        .barcode(&taken.receipt, texts.say("paper-receipt-name"))
        .facts(facts)
        .paragraph(texts.say("paper-receipt-proves"))
        .paragraph(grade)
        .subheading(texts.say("paper-receipt-seal"))
        .paragraph(texts.say("paper-receipt-seal-is"))
        .paragraph(in_lines(seal))
        .finish()
}

fn about(visit: &Visit, texts: Language, title: &str, made: Timestamp, reference: &str) -> About {
    About {
        title: texts.say(title),
        issuer: visit.gateway.settings().organization().name.clone(),
        language: match texts.code() {
            "it" => crate::document::Language::Italian,
            _ => crate::document::Language::English,
        },
        made,
        reference: Some(reference.to_owned()),
    }
}

fn fact(texts: Language, name: &str, value: String) -> (String, String) {
    (texts.say(name), value)
}

/// What there is to confirm of a person: a name and a value each.
pub(super) fn personal(
    details: &PersonalDetails,
    texts: Language,
) -> impl Iterator<Item = (String, String)> + use<> {
    let sex = match details.sex.expose() {
        Sex::Female => "paper-female",
        Sex::Male => "paper-male",
    };
    let birth = details.birth_date.expose().format("%d/%m/%Y");
    let place = *details.birth_place.expose();
    let place = Places::all()
        .get(place)
        .map_or(place.as_str(), |known| known.name());
    [
        fact(texts, "paper-full-name", details.full_name()),
        fact(texts, "paper-sex", texts.say(sex)),
        fact(texts, "paper-birth", format!("{birth}, {place}")),
        fact(
            texts,
            "paper-residence",
            details.residence.lines().join(", "),
        ),
    ]
    .into_iter()
}

/// How a person is reached: a name and a value each.
pub(super) fn contacts(contacts: &Contacts, texts: Language) -> Vec<(String, String)> {
    let number = |name, number: &Option<PhoneNumber>| {
        let number = number.as_ref().map(|number| number.expose().to_owned());
        number.map(|number| fact(texts, name, number))
    };
    let address = |name, address: &Option<EmailAddress>| {
        let address = address.as_ref().map(|address| address.expose().to_owned());
        address.map(|address| fact(texts, name, address))
    };
    [
        number("paper-mobile", &contacts.mobile),
        number("paper-landline", &contacts.landline),
        address("paper-email", &contacts.email),
        address("paper-pec", &contacts.pec),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// An identity document: a name and a value each.
pub(super) fn document(
    document: &IdentityDocument,
    texts: Language,
) -> impl Iterator<Item = (String, String)> + use<> {
    let kind = texts.say(kind_text(document.kind));
    let expires = document.expires.format("%d/%m/%Y").to_string();
    [
        fact(texts, "document-kind", kind),
        fact(
            texts,
            "document-number",
            document.number.expose().to_owned(),
        ),
        fact(
            texts,
            "document-issuer",
            document.issuer.expose().to_owned(),
        ),
        fact(texts, "document-expires", expires),
    ]
    .into_iter()
}

/// What a kind of document is called: the key of a text.
pub(super) fn kind_text(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::IdentityCard => "document-identity-card",
        DocumentKind::DrivingLicence => "document-driving-licence",
        DocumentKind::Passport => "document-passport",
    }
}

/// The service of a request, in words; its identifier, where the catalogue has it no more.
pub(super) fn service(visit: &Visit, taken: &Provisional, texts: Language) -> String {
    let id = taken
        .service
        .split('/')
        .next()
        .and_then(|id| ServiceId::parse(id).ok());
    let catalogue = visit.gateway.catalogue();
    let found = id.and_then(|id| {
        let service = catalogue.get(&id)?;
        Some(service.name().in_language(texts.code()).to_owned())
    });
    found.unwrap_or_else(|| taken.service.clone())
}

/// A long word in lines that fit on paper.
fn in_lines(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let lines = letters.chunks(SEAL_LINE).map(|line| line.iter().collect());
    lines.collect::<Vec<String>>().join("\n")
}
