//! Messages on their way out: signed, wrapped for their binding, for the browser to carry.

use std::fmt;
use std::sync::Arc;

use super::binding::Binding;
use super::post::encode_post;
use super::redirect::{MessageKind, redirect_url};
use crate::crypto::{DigestAlgorithm, SignatureAlgorithm, Signer};
use crate::protocol::xml::{SignError, SignaturePlace, XmlSignature, sign_enveloped};

/// The one signature method of our messages: every provider must take it (SPID technical rules, trasmissione; CIE SAML
/// manual, binding).
const ALGORITHM: SignatureAlgorithm = SignatureAlgorithm::RsaSha256;

/// A message on its way to a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutgoingMessage {
    /// A form that submits itself (HTTP-POST).
    Post {
        /// Where to.
        action: String,
        /// Its hidden fields.
        fields: Vec<(&'static str, String)>,
    },
    /// An address to go to (HTTP-Redirect).
    Redirect(String),
}

/// A signed message, and what a register keeps of it.
pub struct SentMessage {
    /// What the browser carries.
    pub message: OutgoingMessage,
    /// The XML for POST; for Redirect the whole signed query string.
    pub raw: String,
}

/// The key that signs our messages, and the certificates that are published.
#[derive(Clone)]
pub struct SamlKey {
    /// The key.
    pub signer: Arc<dyn Signer>,
    /// Its certificate, DER.
    pub certificate: Vec<u8>,
    /// Certificates published beside it, DER: the one before while messages signed with it may be under way, or the next
    /// one while the metadata are distributed (lead time of days).
    pub also_published: Vec<Vec<u8>>,
}

impl fmt::Debug for SamlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SamlKey").finish_non_exhaustive()
    }
}

impl SamlKey {
    /// The certificates to publish, the current one first.
    #[must_use]
    pub fn published(&self) -> Vec<&[u8]> {
        std::iter::once(&self.certificate)
            .chain(&self.also_published)
            .map(Vec::as_slice)
            .collect()
    }

    /// Signs a document within its XML.
    ///
    /// # Errors
    /// [`SignError`] when there is no such element, or the key fails.
    pub fn sign(&self, xml: String, id: &str, place: SignaturePlace) -> Result<String, SignError> {
        let with = XmlSignature {
            algorithm: ALGORITHM,
            digest: DigestAlgorithm::Sha256,
            certificate_der: Some(&self.certificate),
        };
        sign_enveloped(xml, id, place, self.signer.as_ref(), &with)
    }

    /// Signs a message and wraps it for its binding: within its XML for HTTP-POST, over the query for HTTP-Redirect.
    ///
    /// # Errors
    /// [`SignError`] when the message cannot be signed.
    pub fn send(
        &self,
        xml: String,
        id: &str,
        (binding, location): (Binding, &str),
        kind: MessageKind,
        relay_state: Option<&str>,
    ) -> Result<SentMessage, SignError> {
        match binding {
            Binding::Post => {
                let raw = self.sign(xml, id, SignaturePlace::AfterIssuer)?;
                let mut fields = vec![(kind.parameter(), encode_post(&raw))];
                fields.extend(relay_state.map(|state| ("RelayState", state.to_owned())));
                let action = location.to_owned();
                Ok(SentMessage {
                    message: OutgoingMessage::Post { action, fields },
                    raw,
                })
            }
            Binding::Redirect => {
                let signer = self.signer.as_ref();
                let address = redirect_url(location, kind, &xml, relay_state, ALGORITHM, signer)?;
                let raw = address
                    .split_once('?')
                    .map_or_else(String::new, |(_, query)| query.to_owned());
                Ok(SentMessage {
                    message: OutgoingMessage::Redirect(address),
                    raw,
                })
            }
        }
    }
}
