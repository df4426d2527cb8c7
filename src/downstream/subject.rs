//! What applications call a person: pairwise identifiers (OpenID Connect Core, 8.1) that tell nothing of the person.

use crate::crypto::encoding::base64url;
use crate::crypto::hmac_sha256;
use crate::identity::PersonKey;
use crate::session::SessionHandle;

/// The secret behind every `sub` and `sid`. Whoever changes it makes every person unknown to every application. All ways
/// out share it: a person has one name within a sector, whatever its applications speak.
#[derive(Clone)]
pub struct SubjectSecret(zeroize::Zeroizing<[u8; 32]>);

impl SubjectSecret {
    /// Takes the 256 bits.
    #[must_use]
    pub fn new(secret: [u8; 32]) -> Self {
        Self(zeroize::Zeroizing::new(secret))
    }

    /// `sub`: stable for a person within a sector, unrelated in another, and not to be turned back into a fiscal code
    /// by trying them all, because the key is secret.
    #[must_use]
    pub fn subject(&self, sector: &str, person: &PersonKey) -> String {
        self.name("sub", sector, &person.canonical())
    }

    /// `sid`: one session as one application knows it, so that two cannot compare notes.
    #[must_use]
    pub fn session(&self, client_id: &str, session: &SessionHandle) -> String {
        self.name("sid", client_id, session.as_str())
    }

    /// The name of the receipt for what an application gave a number: sixteen letters and digits that cannot be taken for
    /// one another, in groups of four.
    #[must_use]
    pub fn receipt(&self, client_id: &str, person: &PersonKey, number: &str) -> String {
        const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        // The application comes first, with its length: its numbers are its own.
        let person = person.canonical();
        let what = format!("{}:{person}{number}", person.len());
        let digest = self.digest("receipt", client_id, &what);
        let mut name = String::with_capacity(19);
        for (index, byte) in digest.iter().take(16).enumerate() {
            if index > 0 && index % 4 == 0 {
                name.push('-');
            }
            let letter = LETTERS.get(usize::from(byte % 32));
            name.extend(letter.copied().map(char::from));
        }
        name
    }

    /// The ticket by which an application shows that somebody was sent to it, in a session, for an operation of a service. It
    /// is the same however often it is asked for, so that asking again takes no room.
    #[must_use]
    pub fn ticket(&self, client_id: &str, session: &SessionHandle, asked: &str) -> String {
        self.name(
            "ticket",
            client_id,
            &format!("{}:{asked}", session.as_str()),
        )
    }

    fn name(&self, purpose: &str, context: &str, what: &str) -> String {
        base64url(&self.digest(purpose, context, what))
    }

    fn digest(&self, purpose: &str, context: &str, what: &str) -> [u8; 32] {
        // The length in front keeps context and rest apart whatever they contain.
        let message = format!("{purpose}:{}:{context}{what}", context.len());
        hmac_sha256(self.0.as_slice(), message.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::FiscalCode;

    fn person(code: &str) -> PersonKey {
        PersonKey::FiscalCode(FiscalCode::parse(code).unwrap())
    }

    #[test]
    fn a_subject_is_stable_pairwise_and_not_the_fiscal_code() {
        let secret = SubjectSecret::new([1; 32]);
        let mario = person("RSSMRA80A01H501U");
        let subject = secret.subject("app", &mario);
        assert_eq!(subject, secret.subject("app", &mario));
        assert_ne!(subject, secret.subject("other", &mario));
        assert_ne!(subject, SubjectSecret::new([2; 32]).subject("app", &mario));
        assert!(!subject.contains("RSS"));
        assert_eq!(subject.len(), 43);
    }

    #[test]
    fn a_receipt_is_named_by_who_asked_whom_for_what() {
        let secret = SubjectSecret::new([1; 32]);
        let mario = person("RSSMRA80A01H501U");
        let name = secret.receipt("app", &mario, "2026/1");
        assert_eq!(name, secret.receipt("app", &mario, "2026/1"));
        assert_eq!(name.len(), 19);
        assert!(name.split('-').all(|group| group.len() == 4), "{name}");
        for other in [
            secret.receipt("app", &mario, "2026/2"),
            secret.receipt("other", &mario, "2026/1"),
            secret.receipt("app", &person("SMPMRA70L02H501P"), "2026/1"),
        ] {
            assert_ne!(name, other);
        }
    }

    #[test]
    fn context_and_name_cannot_run_into_each_other() {
        let secret = SubjectSecret::new([1; 32]);
        assert_ne!(secret.name("sub", "ab", "c"), secret.name("sub", "a", "bc"));
        assert_ne!(secret.name("sub", "a", "b"), secret.name("sid", "a", "b"));
    }
}
