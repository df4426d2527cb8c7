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
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::crypto::{KeyKind, SigningKey};

    static KEY: LazyLock<SigningKey> =
        LazyLock::new(|| SigningKey::generate(KeyKind::P256).unwrap());

    fn query(relay_state: Option<&str>) -> String {
        let url = redirect_url(
            "https://idp.example/sso",
            MessageKind::Request,
            "<a>è/+=</a>",
            relay_state,
            SignatureAlgorithm::EcdsaSha256,
            &*KEY,
        )
        .unwrap();
        url.split_once('?').unwrap().1.to_owned()
    }

    fn verifies(query: &str) -> bool {
        RedirectQuery::parse(query)
            .is_ok_and(|query| query.verify(&[KEY.public_key().clone()]).is_ok())
    }

    #[test]
    fn a_signed_query_reads_back_and_verifies() {
        let raw = query(Some("relay state/+"));
        let read = RedirectQuery::parse(&raw).unwrap();
        assert_eq!(read.kind(), MessageKind::Request);
        assert_eq!(read.relay_state(), Some("relay state/+"));
        assert_eq!(read.inflate().as_deref(), Ok("<a>è/+=</a>"));
        assert!(verifies(&raw));
        assert!(verifies(&query(None)));
    }

    #[test]
    fn the_order_of_a_sent_query_is_the_order_that_is_signed_and_escapes_are_upper_case() {
        let raw = query(Some("r/s"));
        let names: Vec<&str> = raw
            .split('&')
            .map(|pair| pair.split_once('=').unwrap().0)
            .collect();
        assert_eq!(names, ["SAMLRequest", "RelayState", "SigAlg", "Signature"]);
        assert!(raw.contains("RelayState=r%2Fs"));
        assert!(raw.contains("SigAlg=http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23ecdsa"));
    }

    #[test]
    fn an_address_that_has_a_query_keeps_it() {
        let url = redirect_url(
            "https://idp.example/sso?tenant=1",
            MessageKind::Response,
            "<a/>",
            None,
            SignatureAlgorithm::EcdsaSha256,
            &*KEY,
        )
        .unwrap();
        assert!(url.starts_with("https://idp.example/sso?tenant=1&SAMLResponse="));
    }

    #[test]
    fn the_signature_covers_the_octets_as_they_came_and_not_a_re_encoding() {
        let raw = query(Some("r/s"));
        assert!(!verifies(&raw.replace("r%2Fs", "r%2fs")));
        assert!(!verifies(&raw.replace("r%2Fs", "r/s")));
        // A sender that signs lower-case escapes is as right: what it sent is what is verified.
        let lower = raw.replace("r%2Fs", "r%2fs");
        let (signed, _) = lower.split_once("&Signature=").unwrap();
        let signature = KEY
            .sign(SignatureAlgorithm::EcdsaSha256, signed.as_bytes())
            .unwrap();
        assert!(verifies(&format!(
            "{signed}&Signature={}",
            quote_plus(&base64(&signature))
        )));
    }

    #[test]
    fn the_order_of_the_parameters_on_arrival_does_not_matter_to_what_is_signed() {
        let raw = query(Some("r"));
        let mut pairs: Vec<&str> = raw.split('&').collect();
        pairs.reverse();
        assert!(verifies(&pairs.join("&")));
    }

    #[test]
    fn a_changed_dropped_or_doubled_parameter_is_refused() {
        let raw = query(Some("r"));
        assert!(!verifies(&raw.replace("RelayState=r", "RelayState=s")));
        assert!(!verifies(&raw.replace("&RelayState=r", "")));
        for doubled in [
            "RelayState=r",
            "SAMLRequest=x",
            "SAMLResponse=x",
            "Signature=x",
            "SigAlg=x",
        ] {
            assert_eq!(
                RedirectQuery::parse(&format!("{raw}&{doubled}")),
                Err(BindingRefusal::Parameters),
                "{doubled}"
            );
        }
        let unsigned = raw.split_once("&SigAlg").unwrap().0;
        assert_eq!(
            RedirectQuery::parse(unsigned),
            Err(BindingRefusal::Parameters)
        );
    }

    #[test]
    fn weak_and_keyed_hash_algorithms_are_refused() {
        for uri in [
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
            "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
            "",
        ] {
            let raw = format!("SAMLRequest=x&SigAlg={}&Signature=AAAA", quote_plus(uri));
            assert_eq!(
                RedirectQuery::parse(&raw),
                Err(BindingRefusal::Algorithm),
                "{uri}"
            );
        }
    }

    #[test]
    fn a_signature_of_another_key_is_refused() {
        let other = SigningKey::generate(KeyKind::P256).unwrap();
        let raw = query(Some("r"));
        let read = RedirectQuery::parse(&raw).unwrap();
        assert!(read.verify(&[other.public_key().clone()]).is_err());
        assert!(read.verify(&[]).is_err());
        assert!(
            read.verify(&[other.public_key().clone(), KEY.public_key().clone()])
                .is_ok()
        );
    }

    fn carrying(bytes: &[u8]) -> String {
        format!(
            "SAMLRequest={}&SigAlg={}&Signature=AAAA",
            quote_plus(&base64(bytes)),
            quote_plus(ALGORITHMS[0].0)
        )
    }

    #[test]
    fn a_deflate_bomb_is_refused_within_the_bound() {
        let bomb = deflate(&"x".repeat(64 * 1024 * 1024));
        assert!(bomb.len() < 100_000);
        let raw = carrying(&bomb);
        assert_eq!(
            RedirectQuery::parse(&raw).unwrap().inflate(),
            Err(BindingRefusal::TooLarge)
        );
    }

    #[test]
    fn what_is_not_one_whole_raw_deflate_stream_is_refused() {
        let mut trailing = deflate("<a/>");
        trailing.extend_from_slice(b"<b/>");
        let mut cut = deflate(&"<a/>".repeat(100));
        cut.truncate(5);
        for bytes in [trailing, cut, b"<a/>".to_vec()] {
            let raw = carrying(&bytes);
            assert_eq!(
                RedirectQuery::parse(&raw).unwrap().inflate(),
                Err(BindingRefusal::Deflate)
            );
        }
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&[0xff, 0xfe]).unwrap();
        let raw = carrying(&encoder.finish().unwrap());
        assert_eq!(
            RedirectQuery::parse(&raw).unwrap().inflate(),
            Err(BindingRefusal::Utf8)
        );
    }
}
