//! What the browser is given to carry.

use super::{ALGORITHM, SpidServiceProvider};
use crate::protocol::saml::binding::Binding;
use crate::protocol::saml::post::encode_post;
use crate::protocol::saml::redirect::{MessageKind, redirect_url};
use crate::protocol::xml::SignError;

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

/// A signed message, and what the register keeps of it.
pub(super) struct Signed {
    pub(super) message: OutgoingMessage,
    /// The XML for POST; for Redirect the whole signed query string.
    pub(super) raw: String,
}

impl SpidServiceProvider {
    /// Signs a message and wraps it for its binding (B11, B12).
    pub(super) fn send(
        &self,
        xml: String,
        id: &str,
        (binding, location): (Binding, &str),
        kind: MessageKind,
        relay_state: Option<&str>,
    ) -> Result<Signed, SignError> {
        match binding {
            Binding::Post => {
                let raw = self.sign(xml, id)?;
                let mut fields = vec![(kind.parameter(), encode_post(&raw))];
                fields.extend(relay_state.map(|state| ("RelayState", state.to_owned())));
                let action = location.to_owned();
                Ok(Signed {
                    message: OutgoingMessage::Post { action, fields },
                    raw,
                })
            }
            Binding::Redirect => {
                let signer = self.key.signer.as_ref();
                let address = redirect_url(location, kind, &xml, relay_state, ALGORITHM, signer)?;
                let raw = address
                    .split_once('?')
                    .map_or_else(String::new, |(_, query)| query.to_owned());
                Ok(Signed {
                    message: OutgoingMessage::Redirect(address),
                    raw,
                })
            }
        }
    }
}
