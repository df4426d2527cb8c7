//! PINs for tests: hashes that cost nothing, an invented person, and what their messages said.

use varco::audit::PinActor;
use varco::crypto::{Pepper, PinHashCost, PinHasher, PinMatch, SystemRandom};
use varco::identity::{
    Categories, Category, Country, EmailAddress, FiscalCode, PersonalName, PhoneNumber, PlaceCode,
    PostalAddress, PostalFields, Sex, Timestamp,
};
use varco::pin::{
    Application, Change, Contacts, Context, Dossier, Half, MessageKind, MintedPin, Outgoing,
    PersonalDetails, PinRules, PinStatus, WorkingPin,
};

/// A hasher at the least cost that Argon2 has.
pub fn hasher() -> PinHasher {
    let cost = PinHashCost {
        memory_kib: 8,
        passes: 1,
    };
    PinHasher::new(cost, Pepper::new(1, [1; 32]), Vec::new()).unwrap()
}

/// A well-formed fiscal code of somebody invented; each number is another person.
pub fn person(number: u32) -> FiscalCode {
    let text = format!("RSSMRA80A01{}{:03}", "H", number % 1000);
    let day = 1 + number / 1000;
    let text = text.replace("A01", &format!("A{day:02}"));
    (b'A'..=b'Z')
        .find_map(|letter| FiscalCode::parse(&format!("{text}{}", char::from(letter))).ok())
        .unwrap()
}

/// An application of somebody who can be reached in every way.
pub fn application() -> Application {
    Application {
        details: PersonalDetails {
            name: PersonalName::parse("Mara").unwrap(),
            surname: PersonalName::parse("Rossi").unwrap(),
            sex: Sex::Male.into(),
            birth_date: "1980-01-01".parse::<chrono::NaiveDate>().unwrap().into(),
            birth_place: PlaceCode::parse("H501").unwrap().into(),
            residence: PostalAddress::new(&PostalFields {
                street: "Via dei Mille 12",
                addition: "",
                postal_code: "00185",
                city: "Roma",
                province: "RM",
                country: Country::ITALY,
            })
            .unwrap(),
        },
        contacts: Contacts {
            mobile: Some(PhoneNumber::parse("+393331234567").unwrap()),
            landline: None,
            email: Some(EmailAddress::parse("mara@example.org").unwrap()),
            pec: Some(EmailAddress::parse("mara@pec.example.org").unwrap()),
        },
        hours: None,
        language: "it".to_owned(),
        exception: None,
    }
}

/// What a command is told when the holder asks.
pub fn by_holder(rules: &PinRules, now: Timestamp) -> Context<'_> {
    by(&PinActor::Holder, rules, now)
}

/// What a command is told when somebody asks.
pub fn by<'a>(actor: &'a PinActor, rules: &'a PinRules, now: Timestamp) -> Context<'a> {
    Context {
        now,
        random: &SystemRandom,
        rules,
        by: actor,
        reference: None,
        client_address: None,
    }
}

/// A new initial PIN.
pub fn mint() -> MintedPin {
    MintedPin::mint(&hasher(), &SystemRandom).unwrap()
}

/// The categories of somebody without any other.
pub fn citizen() -> Categories {
    Categories::from_iter([Category::Citizen])
}

/// The halves that some messages carry.
pub fn halves(messages: &[Outgoing]) -> (Option<Half>, Option<Half>) {
    let mut found = (None, None);
    for message in messages {
        match &message.kind {
            MessageKind::FirstHalf { half, .. } => found.0 = Some(half.clone()),
            MessageKind::SecondHalf { half, .. } => found.1 = Some(half.clone()),
            MessageKind::WholePin { first, second, .. } => {
                found = (Some(first.clone()), Some(second.clone()));
            }
            _ => {}
        }
    }
    found
}

/// Proofs that somebody knew both halves of the pair that waits.
pub fn proofs(dossier: &Dossier, first: &Half, second: &Half, now: Timestamp) -> [PinMatch; 2] {
    let PinStatus::Initial(pair) = dossier.status(&PinRules::default(), now) else {
        panic!("no halves wait");
    };
    [(first, &pair.first), (second, &pair.second)].map(|(half, hash)| {
        let verdict = hasher().verify(half.expose().as_bytes(), Some(hash));
        verdict.unwrap().matched().expect("the half is right")
    })
}

/// Somebody who asked for a PIN, got both halves and made the first access, and the PIN that they have.
pub fn with_working_pin(
    person: FiscalCode,
    rules: &PinRules,
    now: Timestamp,
) -> (Change, WorkingPin) {
    let context = by_holder(rules, now);
    let dossier = Dossier::new(person.clone());
    let asked = dossier.ask(application(), true, mint(), &context).unwrap();
    let (Some(first), Some(second)) = halves(asked.outbox()) else {
        panic!("two halves leave");
    };
    let [first, second] = proofs(asked.dossier(), &first, &second, now);
    let pin = WorkingPin::generate(&person, asked.dossier().details(), &SystemRandom);
    let hash = pin.hash(&hasher(), &SystemRandom).unwrap();
    let dossier = asked.dossier().clone();
    let change = dossier.first_access(&first, &second, hash, citizen(), &context);
    (change.unwrap(), pin)
}
