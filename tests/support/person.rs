//! Invented people, and logins that no provider made.

use varco::identity::{
    AuthenticationEvent, AuthenticationProof, FiscalCode, Person, PersonKey, VerifiedIdentity,
};

struct TestProof(Person, AuthenticationEvent);

impl AuthenticationProof for TestProof {
    fn into_parts(self) -> (Person, AuthenticationEvent) {
        (self.0, self.1)
    }
}

/// A login as if a provider had vouched for it.
pub fn vouch_for(person: Person, event: AuthenticationEvent) -> VerifiedIdentity {
    VerifiedIdentity::from_proof(TestProof(person, event))
}

/// A person of whom only the fiscal code is known.
pub fn person(fiscal_code: &str) -> Person {
    Person::new(PersonKey::FiscalCode(
        FiscalCode::parse(fiscal_code).unwrap(),
    ))
}
