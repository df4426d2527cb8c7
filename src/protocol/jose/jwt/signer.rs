//! Making signed tokens.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::crypto::Signer;
use crate::crypto::encoding::base64url;
use crate::crypto::signer::CannotSign;
use crate::protocol::jose::{Jwk, JwkError, JwsAlgorithm};

/// A private key with the algorithm and the name under which its public half is published.
#[derive(Clone)]
pub struct JwtSigner {
    signer: Arc<dyn Signer>,
    algorithm: JwsAlgorithm,
    jwk: Jwk,
}

impl JwtSigner {
    /// A signer for tokens.
    ///
    /// # Errors
    /// [`JwkError::Algorithm`] when the algorithm is not for this kind of key.
    pub fn new(signer: Arc<dyn Signer>, algorithm: JwsAlgorithm) -> Result<Self, JwkError> {
        let jwk = Jwk::new(signer.public_key().clone(), algorithm)?;
        Ok(Self {
            signer,
            algorithm,
            jwk,
        })
    }

    /// The public half.
    #[must_use]
    pub fn jwk(&self) -> &Jwk {
        &self.jwk
    }

    /// The algorithm.
    #[must_use]
    pub fn algorithm(&self) -> JwsAlgorithm {
        self.algorithm
    }

    /// The key itself.
    #[cfg(test)]
    pub(super) fn key(&self) -> &dyn Signer {
        &*self.signer
    }

    /// Signs claims as a compact token of a type (`JWT`, `at+jwt`).
    ///
    /// # Errors
    /// [`CannotSign`] when the key's holder fails, or when the claims cannot be written as JSON.
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, CannotSign> {
        let mut header = Map::new();
        header.insert("typ".to_owned(), json!(typ));
        self.sign_with(header, claims)
    }

    /// Signs claims under a header that has more members than `alg` and `kid`, which are this key's whatever the header says,
    /// or none more: not even `typ`.
    ///
    /// # Errors
    /// [`CannotSign`] as [`Self::sign`].
    pub fn sign_with(
        &self,
        mut header: Map<String, Value>,
        claims: &impl Serialize,
    ) -> Result<String, CannotSign> {
        header.insert("alg".to_owned(), json!(self.algorithm.name()));
        header.insert("kid".to_owned(), json!(self.jwk.kid()));
        let claims = serde_json::to_vec(claims).map_err(|_| CannotSign)?;
        let mut token = format!(
            "{}.{}",
            base64url(Value::Object(header).to_string().as_bytes()),
            base64url(&claims)
        );
        let signature = self
            .signer
            .sign(self.algorithm.signature(), token.as_bytes())?;
        token.push('.');
        token.push_str(&base64url(&signature));
        Ok(token)
    }
}

impl fmt::Debug for JwtSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtSigner")
            .field("kid", &self.jwk.kid())
            .finish_non_exhaustive()
    }
}
