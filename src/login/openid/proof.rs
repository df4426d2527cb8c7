//! The proof that an ID token was verified and judged.

use crate::identity::{AuthenticationEvent, AuthenticationProof, Person};

/// An ID token, with what the provider tells of its person, that passed every check. Made at the end of all checks of
/// [`callback`](super::OpenIdRelyingParty::callback) alone.
pub(super) struct VerifiedIdToken {
    person: Person,
    event: AuthenticationEvent,
}

impl VerifiedIdToken {
    pub(super) fn new(person: Person, event: AuthenticationEvent) -> Self {
        Self { person, event }
    }
}

impl AuthenticationProof for VerifiedIdToken {
    fn into_parts(self) -> (Person, AuthenticationEvent) {
        (self.person, self.event)
    }
}
