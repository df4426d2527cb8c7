//! What is about to be signed.

use serde_json::{Map, Value, json};

use crate::crypto::signer::CannotSign;
use crate::protocol::jose::JwtSigner;

/// A token before its signature: tests change it, the Ministry does not.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The header, but for `alg` and `kid`, which are the key's.
    pub header: Map<String, Value>,
    /// What the token says.
    pub claims: Map<String, Value>,
}

/// An object with further members, which take the place of those of the same name.
pub(super) fn with(object: Value, more: impl IntoIterator<Item = (String, Value)>) -> Value {
    match object {
        Value::Object(mut members) => {
            members.extend(more);
            Value::Object(members)
        }
        other => other,
    }
}

impl Draft {
    /// A token of a type with these claims; `claims` is an object.
    pub(super) fn new(typ: &str, claims: Value) -> Self {
        let mut header = Map::new();
        header.insert("typ".to_owned(), json!(typ));
        let claims = match claims {
            Value::Object(claims) => claims,
            _ => Map::new(),
        };
        Self { header, claims }
    }

    /// The compact token.
    ///
    /// # Errors
    /// [`CannotSign`] when the key's holder fails.
    pub fn sign(&self, signer: &JwtSigner) -> Result<String, CannotSign> {
        signer.sign_with(self.header.clone(), &self.claims)
    }
}
