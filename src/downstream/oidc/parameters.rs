//! Parameters of a query or a form, decoded strictly.

use percent_encoding::percent_decode;

use super::ProtocolError;

/// The longest query or form that is read, in bytes. State, nonce and `claims` fit many times over.
const MAX_BYTES: usize = 16 * 1024;
/// The most parameters a request may have.
const MAX_COUNT: usize = 64;

/// The parameters of one request. One without a value counts as absent (RFC 6749, 3.1).
#[derive(Clone, Default)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Decodes an `application/x-www-form-urlencoded` query or body.
    ///
    /// # Errors
    /// [`ProtocolError`] when it is too long, has too many parameters or is not UTF-8 underneath.
    pub fn parse(encoded: &[u8]) -> Result<Self, ProtocolError> {
        if encoded.len() > MAX_BYTES {
            return Err(ProtocolError::invalid_request(
                "parameters_too_long",
                "the request is too long",
            ));
        }
        let pairs: Vec<&[u8]> = encoded
            .split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty())
            .collect();
        if pairs.len() > MAX_COUNT {
            return Err(ProtocolError::invalid_request(
                "parameters_too_many",
                "the request has too many parameters",
            ));
        }
        let decoded: Option<Vec<_>> = pairs
            .into_iter()
            .map(|pair| {
                let mut halves = pair.splitn(2, |byte| *byte == b'=');
                let name = decode(halves.next()?)?;
                let value = decode(halves.next().unwrap_or_default())?;
                Some((name, value))
            })
            .collect();
        let mut pairs = decoded.ok_or(ProtocolError::invalid_request(
            "parameters_not_utf8",
            "the request is not UTF-8",
        ))?;
        pairs.retain(|(_, value)| !value.is_empty());
        Ok(Self(pairs))
    }

    /// The one value of a parameter.
    ///
    /// # Errors
    /// [`ProtocolError`] when the parameter is there twice (RFC 6749, 3.1): whoever reads the other one would see
    /// another request.
    pub fn one(&self, name: &str) -> Result<Option<&str>, ProtocolError> {
        let mut values = self.all(name);
        let first = values.next();
        if values.next().is_some() {
            return Err(ProtocolError::invalid_request(
                "parameter_twice",
                "a parameter is there more than once",
            ));
        }
        Ok(first)
    }

    /// Every value of a parameter.
    pub fn all<'p, 'n>(&'p self, name: &'n str) -> impl Iterator<Item = &'p str> + use<'p, 'n> {
        self.0
            .iter()
            .filter(move |(there, _)| there == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every parameter with its value, in the order they came.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether any of the names is there twice.
    pub(super) fn any_twice(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.one(name).is_err())
    }
}

pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    let spaced: Vec<u8> = bytes
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    percent_decode(&spaced)
        .decode_utf8()
        .ok()
        .map(std::borrow::Cow::into_owned)
}

/// Adds parameters to a registered redirect address, leaving every character of the address as it was registered.
pub(super) fn extend_uri(uri: &str, parameters: &[(&str, &str)]) -> String {
    let mut encoded = form_urlencoded::Serializer::new(String::new());
    encoded.extend_pairs(parameters);
    let joint = match uri.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{uri}{joint}{}", encoded.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_decode_as_browsers_encode_them() {
        let parameters = Parameters::parse(b"a=1+2&b=%C3%A8&c=&d&e=x%3Dy=z&&a%20b=c").unwrap();
        assert_eq!(parameters.one("a"), Ok(Some("1 2")));
        assert_eq!(parameters.one("b"), Ok(Some("è")));
        assert_eq!(parameters.one("c"), Ok(None));
        assert_eq!(parameters.one("d"), Ok(None));
        assert_eq!(parameters.one("e"), Ok(Some("x=y=z")));
        assert_eq!(parameters.one("a b"), Ok(Some("c")));
    }

    #[test]
    fn a_parameter_twice_is_refused_where_one_is_meant() {
        let parameters = Parameters::parse(b"state=1&state=1&%73tate=2&nonce=n").unwrap();
        assert!(parameters.one("state").is_err());
        assert_eq!(parameters.all("state").count(), 3);
        assert_eq!(parameters.one("nonce"), Ok(Some("n")));
        assert!(parameters.any_twice(&["nonce", "state"]));
        assert!(!parameters.any_twice(&["nonce"]));
    }

    #[test]
    fn what_is_too_long_too_many_or_not_utf8_is_refused() {
        assert!(Parameters::parse(&vec![b'a'; MAX_BYTES + 1]).is_err());
        assert!(Parameters::parse("a=1&".repeat(MAX_COUNT + 1).as_bytes()).is_err());
        assert!(Parameters::parse(b"a=%FF").is_err());
        assert!(Parameters::parse(b"a=\xff").is_err());
        assert!(Parameters::parse(b"").is_ok());
    }

    #[test]
    fn an_extended_uri_keeps_every_character_of_the_registered_one() {
        let extend = |uri| extend_uri(uri, &[("code", "a b"), ("iss", "https://x")]);
        let tail = "code=a+b&iss=https%3A%2F%2Fx";
        assert_eq!(extend("https://a/CB"), format!("https://a/CB?{tail}"));
        assert_eq!(extend("https://a/%7e?"), format!("https://a/%7e?{tail}"));
        assert_eq!(extend("https://a?x=1"), format!("https://a?x=1&{tail}"));
    }
}
