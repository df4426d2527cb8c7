//! HTTP-Redirect binding (SAML 2.0 bindings, 3.4): raw DEFLATE, base64, and a signature over the octets of the query
//! string exactly as it travels.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::bufread::DeflateDecoder;
use flate2::write::DeflateEncoder;
use percent_encoding::percent_decode_str;

use super::names::DEFLATE;
use super::post::{BindingRefusal, unbroken};
use crate::crypto::encoding::base64;
use crate::crypto::keys::BadSignature;
use crate::crypto::signer::CannotSign;
use crate::crypto::{PublicKey, SignatureAlgorithm, Signer};

/// The largest message taken, in bytes of XML. A SPID response has some 10 kB.
pub const MAX_MESSAGE: usize = 128 * 1024;

/// Which parameter carries the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// `SAMLRequest`.
    Request,
    /// `SAMLResponse`.
    Response,
}

impl MessageKind {
    /// The name of the parameter.
    #[must_use]
    pub fn parameter(self) -> &'static str {
        match self {
            Self::Request => "SAMLRequest",
            Self::Response => "SAMLResponse",
        }
    }
}

const ALGORITHMS: [(&str, SignatureAlgorithm); 5] = [
    (
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        SignatureAlgorithm::RsaSha256,
    ),
    (
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
        SignatureAlgorithm::RsaSha384,
    ),
    (
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
        SignatureAlgorithm::RsaSha512,
    ),
    (
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        SignatureAlgorithm::EcdsaSha256,
    ),
    (
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
        SignatureAlgorithm::EcdsaSha384,
    ),
];

/// The address that carries a signed message to `location`.
///
/// # Errors
/// [`CannotSign`] when the signer fails or the algorithm is none of its key.
pub fn redirect_url(
    location: &str,
    kind: MessageKind,
    xml: &str,
    relay_state: Option<&str>,
    algorithm: SignatureAlgorithm,
    signer: &dyn Signer,
) -> Result<String, CannotSign> {
    let uri = ALGORITHMS
        .iter()
        .find_map(|(uri, with)| (*with == algorithm).then_some(*uri))
        .ok_or(CannotSign)?;
    let message = base64(&deflate(xml));
    let mut query = format!("{}={}", kind.parameter(), quote_plus(&message));
    if let Some(relay_state) = relay_state {
        query.push_str("&RelayState=");
        query.push_str(&quote_plus(relay_state));
    }
    query.push_str("&SigAlg=");
    query.push_str(&quote_plus(uri));
    let signature = base64(&signer.sign(algorithm, query.as_bytes())?);
    let joint = if location.contains('?') { '&' } else { '?' };
    Ok(format!(
        "{location}{joint}{query}&Signature={}",
        quote_plus(&signature)
    ))
}

fn deflate(xml: &str) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(xml.as_bytes());
    encoder.finish().unwrap_or_default()
}

/// Percent-encodes as the official tool does when it rebuilds the signed octets: upper-case hexadecimal, and `+` for
/// a space.
fn quote_plus(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b'-' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// A message that came in a query string. The octets that its signature covers are kept as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectQuery<'a> {
    kind: MessageKind,
    message: String,
    relay_state: Option<String>,
    raw_message: &'a str,
    raw_relay_state: Option<&'a str>,
    raw_algorithm: &'a str,
    algorithm: SignatureAlgorithm,
    signature: Vec<u8>,
}

impl<'a> RedirectQuery<'a> {
    /// Reads the raw query string (without `?`). Each parameter of the binding may be there once, and signature and
    /// algorithm must be there; parameters of no meaning here are left alone, as the binding allows.
    ///
    /// # Errors
    /// [`BindingRefusal`] when it is too large or not a signed message of this binding.
    pub fn parse(raw: &'a str) -> Result<Self, BindingRefusal> {
        // Percent-encoding may triple what base64 made of a message that DEFLATE could not shrink.
        if raw.len() > MAX_MESSAGE * 4 {
            return Err(BindingRefusal::TooLarge);
        }
        let names = [
            "SAMLRequest",
            "SAMLResponse",
            "RelayState",
            "SigAlg",
            "Signature",
            "SAMLEncoding",
        ];
        let mut found: [Option<&'a str>; 6] = [None; 6];
        for pair in raw.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            // Names are compared as they travel: an encoded spelling is another parameter, and carries nothing.
            let place = names.iter().position(|known| *known == name);
            if let Some(slot) = place.and_then(|place| found.get_mut(place))
                && slot.replace(value).is_some()
            {
                return Err(BindingRefusal::Parameters);
            }
        }
        let [
            request,
            response,
            relay_state,
            Some(raw_algorithm),
            Some(signature),
            encoding,
        ] = found
        else {
            return Err(BindingRefusal::Parameters);
        };
        let (kind, raw_message) = match (request, response) {
            (Some(message), None) => (MessageKind::Request, message),
            (None, Some(message)) => (MessageKind::Response, message),
            _ => return Err(BindingRefusal::Parameters),
        };
        if let Some(encoding) = encoding
            && unquote(encoding)? != DEFLATE
        {
            return Err(BindingRefusal::Parameters);
        }
        let uri = unquote(raw_algorithm)?;
        let algorithm = ALGORITHMS
            .iter()
            .find_map(|(known, algorithm)| (*known == uri).then_some(*algorithm))
            .ok_or(BindingRefusal::Algorithm)?;
        Ok(Self {
            kind,
            message: unquote(raw_message)?,
            relay_state: relay_state.map(unquote).transpose()?,
            raw_message,
            raw_relay_state: relay_state,
            raw_algorithm,
            algorithm,
            signature: unbroken(&unquote(signature)?).ok_or(BindingRefusal::Base64)?,
        })
    }

    /// Which parameter carried the message.
    #[must_use]
    pub fn kind(&self) -> MessageKind {
        self.kind
    }

    /// `RelayState`, decoded.
    #[must_use]
    pub fn relay_state(&self) -> Option<&str> {
        self.relay_state.as_deref()
    }

    /// The message itself. What it inflates to is bounded by [`MAX_MESSAGE`].
    ///
    /// # Errors
    /// [`BindingRefusal`] when it is not base64, not DEFLATE, not UTF-8, or too large.
    pub fn inflate(&self) -> Result<String, BindingRefusal> {
        let deflated = unbroken(&self.message).ok_or(BindingRefusal::Base64)?;
        let bound = u64::try_from(MAX_MESSAGE).unwrap_or(u64::MAX);
        let mut decoder = DeflateDecoder::new(deflated.as_slice()).take(bound + 1);
        let mut bytes = Vec::new();
        decoder
            .read_to_end(&mut bytes)
            .map_err(|_| BindingRefusal::Deflate)?;
        if bytes.len() > MAX_MESSAGE {
            return Err(BindingRefusal::TooLarge);
        }
        // Whatever follows the end of the stream is not part of the message: nothing may hide there.
        if !decoder.into_inner().into_inner().is_empty() {
            return Err(BindingRefusal::Deflate);
        }
        String::from_utf8(bytes).map_err(|_| BindingRefusal::Utf8)
    }

    /// Verifies the signature over the octets as they came, with any one of the keys.
    ///
    /// # Errors
    /// [`BadSignature`] when it verifies with none.
    pub fn verify(&self, keys: &[PublicKey]) -> Result<(), BadSignature> {
        let mut signed = format!("{}={}", self.kind.parameter(), self.raw_message);
        if let Some(relay_state) = self.raw_relay_state {
            signed.push_str("&RelayState=");
            signed.push_str(relay_state);
        }
        signed.push_str("&SigAlg=");
        signed.push_str(self.raw_algorithm);
        keys.iter()
            .find_map(|key| {
                key.verify(self.algorithm, signed.as_bytes(), &self.signature)
                    .ok()
            })
            .ok_or(BadSignature)
    }
}

fn unquote(raw: &str) -> Result<String, BindingRefusal> {
    percent_decode_str(&raw.replace('+', " "))
        .decode_utf8()
        .map(String::from)
        .map_err(|_| BindingRefusal::Parameters)
}

#[cfg(test)]
mod tests;
