//! The proof that a response was verified and judged.

use crate::identity::{AuthenticationEvent, AuthenticationProof, Person};

/// Made by [`consume`](super::CieServiceProvider::consume) alone, at the end of all checks.
pub(super) struct CieProof {
    person: Person,
    event: AuthenticationEvent,
}

impl CieProof {
    pub(super) fn new(person: Person, event: AuthenticationEvent) -> Self {
        Self { person, event }
    }
}

impl AuthenticationProof for CieProof {
    fn into_parts(self) -> (Person, AuthenticationEvent) {
        (self.person, self.event)
    }
}
