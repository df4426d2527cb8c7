//! Headers by which proxies tell a client's certificate: read from the one trusted proxy, refused from everybody else.

use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode;

use crate::crypto::certificate::all_from_pem;
use crate::crypto::encoding::from_base64;

/// How the names of such headers begin, in lower case and with `-` for `_`: RFC 9440, nginx, Apache, HAProxy, Traefik,
/// Envoy, Azure, AWS and those that copy them.
const BEGINNINGS: [&str; 17] = [
    "client-cert",
    "client-verify",
    "ssl-client",
    "ssl-cert",
    "tls-client",
    "x-amzn-mtls",
    "x-arr-clientcert",
    "x-arr-client-cert",
    "x-client-cert",
    "x-client-verify",
    "x-clientcert",
    "x-forwarded-client-cert",
    "x-forwarded-ssl-client",
    "x-forwarded-tls-client",
    "x-ssl-cert",
    "x-ssl-client",
    "x-tls-client",
];
/// `Client-Cert` (RFC 9440, 2.2).
const CLIENT_CERT: HeaderName = HeaderName::from_static("client-cert");
/// `Client-Cert-Chain` (RFC 9440, 2.3).
const CLIENT_CERT_CHAIN: HeaderName = HeaderName::from_static("client-cert-chain");
/// Where nginx tells the certificate unless told otherwise.
const NGINX: HeaderName = HeaderName::from_static("x-ssl-client-cert");
/// The longest value that is looked at, in bytes: a certificate of 8 kB in PEM with every line end escaped.
const LONGEST_VALUE: usize = 16 * 1024;
/// The most certificates of a chain, besides the person's own.
const MOST_FURTHER: usize = 3;

/// Whether a header tells of a client's certificate, in whatever spelling: programs behind some gateways see `-` and `_` as
/// one.
#[must_use]
pub(in crate::http) fn tells_of_a_certificate(name: &HeaderName) -> bool {
    let name = name.as_str();
    BEGINNINGS.iter().any(|beginning| {
        name.len() >= beginning.len()
            && name
                .bytes()
                .zip(beginning.bytes())
                .all(|(byte, expected)| byte == expected || (byte == b'_' && expected == b'-'))
    })
}

/// How the proxy in front of the card host tells a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateHeader {
    /// `Client-Cert: :BASE64:` and, if the proxy sends it, `Client-Cert-Chain` (RFC 9440).
    Rfc9440,
    /// nginx's `$ssl_client_escaped_cert`: PEM in percent encoding, in a header of this name. Made by
    /// [`nginx_in`](Self::nginx_in) and [`nginx`](Self::nginx) only.
    Nginx(NginxHeader),
}

/// The name of nginx's header: one that is refused on every other listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NginxHeader(HeaderName);

/// The proxy told no certificate that can be read as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the headers tell no certificate that can be read")]
pub(super) struct Unclear;

impl CertificateHeader {
    /// nginx's, in its usual header.
    #[must_use]
    pub fn nginx() -> Self {
        Self::Nginx(NginxHeader(NGINX))
    }

    /// nginx's in a header of another name; `None` for a name that public listeners would let through.
    #[must_use]
    pub fn nginx_in(name: HeaderName) -> Option<Self> {
        tells_of_a_certificate(&name).then_some(Self::Nginx(NginxHeader(name)))
    }

    /// The certificates that the headers tell, end entity first, DER; none when the person chose none. Every header of the
    /// kind must be the proxy's own: one in another spelling or a second value is somebody else's.
    ///
    /// # Errors
    /// [`Unclear`] when it is not one certificate in the expected form, or there is more.
    pub(super) fn read(&self, headers: &HeaderMap) -> Result<Vec<Vec<u8>>, Unclear> {
        let expected: &[&HeaderName] = match self {
            Self::Rfc9440 => &[&CLIENT_CERT, &CLIENT_CERT_CHAIN],
            Self::Nginx(NginxHeader(name)) => &[name],
        };
        let strange = |name: &HeaderName| tells_of_a_certificate(name) && !expected.contains(&name);
        if headers.keys().any(strange) {
            return Err(Unclear);
        }
        match self {
            Self::Rfc9440 => {
                let further = match one(headers, &CLIENT_CERT_CHAIN)? {
                    Some(value) => chain(value)?,
                    None => Vec::new(),
                };
                let Some(value) = one(headers, &CLIENT_CERT)? else {
                    // A chain of nobody.
                    return further.is_empty().then(Vec::new).ok_or(Unclear);
                };
                let mut certificates = vec![byte_sequence(value)?];
                certificates.extend(further);
                Ok(certificates)
            }
            Self::Nginx(NginxHeader(name)) => match one(headers, name)? {
                Some(value) => Ok(vec![escaped_pem(value)?]),
                None => Ok(Vec::new()),
            },
        }
    }
}

/// The one value of a header; `None` without it, and when it is empty.
fn one<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Unclear> {
    let mut values = headers.get_all(name).iter();
    let value: Option<&HeaderValue> = values.next();
    if values.next().is_some() {
        return Err(Unclear);
    }
    let Some(value) = value else { return Ok(None) };
    if value.len() > LONGEST_VALUE * (1 + MOST_FURTHER) {
        return Err(Unclear);
    }
    let text = value.to_str().map_err(|_| Unclear)?.trim_matches(' ');
    Ok((!text.is_empty()).then_some(text))
}

/// A byte sequence of structured fields without parameters (RFC 8941, 3.3.5).
fn byte_sequence(text: &str) -> Result<Vec<u8>, Unclear> {
    let base64 = text
        .strip_prefix(':')
        .and_then(|rest| rest.strip_suffix(':'));
    let base64 = base64.filter(|base64| base64.len() <= LONGEST_VALUE);
    let bytes = base64.and_then(from_base64).ok_or(Unclear)?;
    (!bytes.is_empty()).then_some(bytes).ok_or(Unclear)
}

/// A list of byte sequences.
fn chain(text: &str) -> Result<Vec<Vec<u8>>, Unclear> {
    let members: Vec<&str> = text
        .split(',')
        .map(|member| member.trim_matches([' ', '\t']))
        .collect();
    if members.len() > MOST_FURTHER {
        return Err(Unclear);
    }
    members.into_iter().map(byte_sequence).collect()
}

fn escaped_pem(text: &str) -> Result<Vec<u8>, Unclear> {
    if text.len() > LONGEST_VALUE {
        return Err(Unclear);
    }
    let pem: Vec<u8> = percent_decode(text.as_bytes()).collect();
    let certificates = all_from_pem(&pem).ok_or(Unclear)?;
    let [certificate] = certificates.try_into().map_err(|_| Unclear)?;
    Ok(certificate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::certificate::to_pem;
    use crate::crypto::encoding::base64;

    fn sent(fields: &[(&str, &str)]) -> HeaderMap {
        let field = |(name, value): &(&str, &str)| {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            (name, HeaderValue::from_bytes(value.as_bytes()).unwrap())
        };
        fields.iter().map(field).collect()
    }

    fn sequence(bytes: &[u8]) -> String {
        format!(":{}:", base64(bytes))
    }

    fn escaped(der: &[u8]) -> String {
        let escape = |byte: u8| match byte {
            b'\n' => "%0A".to_owned(),
            b' ' => "%20".to_owned(),
            b'+' => "%2B".to_owned(),
            b'/' => "%2F".to_owned(),
            b'=' => "%3D".to_owned(),
            byte => char::from(byte).to_string(),
        };
        to_pem(der).bytes().map(escape).collect()
    }

    #[test]
    fn every_spelling_of_a_certificate_header_is_known() {
        for name in [
            "Client-Cert",
            "CLIENT_CERT",
            "Client-Cert-Chain",
            "client_cert-chain",
            "X-SSL-Client-Cert",
            "X_SSL_CLIENT_CERT",
            "X-SSL-Client-Verify",
            "X-SSL-Client-S-DN",
            "X-SSL-CERT",
            "SSL-Client-Cert",
            "SSL_CLIENT_CERT",
            "SSL_CLIENT_S_DN_CN",
            "X-ARR-ClientCert",
            "X_ARR_ClientCert",
            "X-Forwarded-Client-Cert",
            "X_Forwarded_Client-Cert",
            "X-Forwarded-Tls-Client-Cert-Info",
            "X-Client-Cert",
            "X-ClientCert-Fingerprint",
            "X-Amzn-Mtls-Clientcert-Leaf",
        ] {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            assert!(tells_of_a_certificate(&name), "{name}");
        }
        for name in [
            "client",
            "x-ssl-cipher",
            "x-forwarded-for",
            "cookie",
            "x-client-ip",
            "x-forwarded-proto",
        ] {
            assert!(
                !tells_of_a_certificate(&HeaderName::from_static(name)),
                "{name}"
            );
        }
    }

    #[test]
    fn rfc_9440_tells_a_certificate_and_its_chain() {
        let read = |fields: &[(&str, &str)]| CertificateHeader::Rfc9440.read(&sent(fields));
        let (leaf, issuer) = (sequence(b"leaf"), sequence(b"issuer"));
        assert_eq!(read(&[]), Ok(Vec::new()));
        assert_eq!(read(&[("Client-Cert", &leaf)]), Ok(vec![b"leaf".to_vec()]));
        let chain = format!("{issuer}, {}", sequence(b"root"));
        assert_eq!(
            read(&[("Client-Cert", &leaf), ("Client-Cert-Chain", &chain)]),
            Ok(vec![b"leaf".to_vec(), b"issuer".to_vec(), b"root".to_vec()])
        );
    }

    #[test]
    fn what_is_not_one_certificate_in_the_expected_form_is_unclear() {
        let leaf = sequence(b"leaf");
        let large = sequence(&vec![0; LONGEST_VALUE]);
        let long = [leaf.as_str(); MOST_FURTHER + 1].join(", ");
        let pem = escaped(b"leaf");
        for fields in [
            vec![
                ("Client-Cert", leaf.as_str()),
                ("Client-Cert", leaf.as_str()),
            ],
            vec![("Client-Cert", "::")],
            vec![("Client-Cert", "bGVhZg==")],
            vec![("Client-Cert", ":bGVhZg:")],
            vec![("Client-Cert", ":bGVhZg==:;a=1")],
            vec![("Client-Cert", ":bGVhZg==:, :bGVhZg==:")],
            vec![("Client-Cert", large.as_str())],
            vec![("Client-Cert", pem.as_str())],
            vec![("Client-Cert-Chain", leaf.as_str())],
            vec![
                ("Client-Cert", leaf.as_str()),
                ("Client-Cert-Chain", long.as_str()),
            ],
            vec![
                ("Client-Cert", leaf.as_str()),
                ("Client_Cert", leaf.as_str()),
            ],
            vec![
                ("Client-Cert", leaf.as_str()),
                ("X-SSL-Client-Cert", pem.as_str()),
            ],
            vec![
                ("Client-Cert", leaf.as_str()),
                ("X-SSL-Client-Verify", "SUCCESS"),
            ],
        ] {
            let told = CertificateHeader::Rfc9440.read(&sent(&fields));
            assert_eq!(told, Err(Unclear), "{fields:?}");
        }
    }

    #[test]
    fn nginx_tells_one_certificate_as_escaped_pem() {
        let nginx = CertificateHeader::nginx();
        let read = |value: &str| nginx.read(&sent(&[("X-SSL-Client-Cert", value)]));
        assert_eq!(read(&escaped(b"leaf")), Ok(vec![b"leaf".to_vec()]));
        assert_eq!(read(""), Ok(Vec::new()));
        let two = format!("{}{}", escaped(b"leaf"), escaped(b"other"));
        for unclear in [two.as_str(), "C=IT, CN=Somebody", "(null)", ":bGVhZg==:"] {
            assert_eq!(read(unclear), Err(Unclear), "{unclear}");
        }
        let renamed = CertificateHeader::nginx_in(HeaderName::from_static("ssl-client-cert"));
        let value = escaped(b"leaf");
        assert!(
            renamed
                .unwrap()
                .read(&sent(&[("SSL-Client-Cert", &value)]))
                .is_ok()
        );
        // A name that public listeners let through would be a way around them.
        assert_eq!(
            CertificateHeader::nginx_in(HeaderName::from_static("x-card")),
            None
        );
    }
}
