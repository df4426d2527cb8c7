//! What the standard of XML signatures allows and SAML or good sense forbids, genuinely signed by `xmlsec1`: it is the
//! rule that refuses, not a broken signature (attacks 11, 14 and 15).

use std::fs;
use std::process::{Command, Stdio};

use varco::crypto::Signer as _;
use varco::crypto::encoding::base64;

use super::message::{ASSERTION_MARK, RESPONSE_MARK, Style, response};
use super::signing::PROVIDER;
use super::{Case, proven, refuse};

/// Methods of the standard that SAML or good sense forbid, genuinely signed by `xmlsec1`: it is the rule that refuses
/// them, not a broken signature.
pub fn cases() -> Vec<Case> {
    const EXCLUSIVE: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
    const XPATH: &str = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath></ds:Transform>";
    const FILTER: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2002/06/xmldsig-filter2\"><f:XPath xmlns:f=\"http://www.w3.org/2002/06/xmldsig-filter2\" Filter=\"subtract\">//x</f:XPath></ds:Transform>";
    const XSLT: &str = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"><xsl:stylesheet xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\"><xsl:template match=\"/\"><xsl:text>x</xsl:text></xsl:template></xsl:stylesheet></ds:Transform>";
    const BASE64: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#base64\"/>";
    const ENVELOPED: &str =
        "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>";
    let both = format!("{ENVELOPED}{EXCLUSIVE}");
    let inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
    let c14n11 = "http://www.w3.org/2006/12/xml-c14n11";
    let plain = Template::default();
    let with = |transforms: String| Template {
        transforms,
        ..plain.clone()
    };
    let mut cases = Vec::new();
    for (shape, name, template, code) in [
        (
            "weak method",
            "RSA with SHA-1",
            Template {
                method: "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
                ..plain.clone()
            },
            "method",
        ),
        (
            "weak method",
            "digest SHA-1",
            Template {
                digest: "http://www.w3.org/2000/09/xmldsig#sha1",
                ..plain.clone()
            },
            "digest-method",
        ),
        (
            "weak method",
            "RSA with SHA-224",
            Template {
                method: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha224",
                ..plain.clone()
            },
            "method",
        ),
        (
            "weak method",
            "digest SHA-224",
            Template {
                digest: "http://www.w3.org/2001/04/xmldsig-more#sha224",
                ..plain.clone()
            },
            "digest-method",
        ),
        (
            "canonicalisation",
            "inclusive for SignedInfo",
            Template {
                canonicalization: inclusive,
                ..plain.clone()
            },
            "canonicalization-method",
        ),
        (
            "canonicalisation",
            "1.1 for SignedInfo",
            Template {
                canonicalization: c14n11,
                ..plain.clone()
            },
            "canonicalization-method",
        ),
        (
            "canonicalisation",
            "with comments for SignedInfo",
            Template {
                canonicalization: "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
                ..plain.clone()
            },
            "canonicalization-method",
        ),
        (
            "transforms",
            "inclusive",
            with(both.replace("http://www.w3.org/2001/10/xml-exc-c14n#", inclusive)),
            "transforms",
        ),
        (
            "transforms",
            "1.1",
            with(both.replace("http://www.w3.org/2001/10/xml-exc-c14n#", c14n11)),
            "transforms",
        ),
        (
            "transforms",
            "with comments",
            with(both.replace("exc-c14n#", "exc-c14n#WithComments")),
            "transforms",
        ),
        (
            "transforms",
            "XPath",
            with(format!("{XPATH}{EXCLUSIVE}")),
            "transforms",
        ),
        (
            "transforms",
            "XPath besides",
            with(format!("{ENVELOPED}{XPATH}{EXCLUSIVE}")),
            "transforms",
        ),
        (
            "transforms",
            "XPath filter",
            with(format!("{ENVELOPED}{FILTER}{EXCLUSIVE}")),
            "transforms",
        ),
        (
            "transforms",
            "XSLT",
            with(format!("{ENVELOPED}{XSLT}")),
            "transforms",
        ),
        (
            "transforms",
            "only enveloped",
            with(ENVELOPED.to_owned()),
            "transforms",
        ),
        (
            "transforms",
            "canonicalised twice",
            with(format!("{both}{EXCLUSIVE}")),
            "transforms",
        ),
        (
            "references",
            "to the whole document",
            Template {
                uri: " URI=\"\"",
                ..plain.clone()
            },
            "reference",
        ),
        (
            "references",
            "by xpointer",
            Template {
                uri: " URI=\"#xpointer(id('_assertion'))\"",
                ..plain.clone()
            },
            "reference",
        ),
        (
            "references",
            "to the response",
            Template {
                uri: " URI=\"#_response\"",
                ..plain.clone()
            },
            "reference",
        ),
        (
            "references",
            "two",
            Template {
                second: true,
                ..plain.clone()
            },
            "references",
        ),
        (
            "references",
            "with a type",
            Template {
                uri: " Type=\"http://www.w3.org/2000/09/xmldsig#Object\" URI=\"#_assertion\"",
                ..plain.clone()
            },
            "shape",
        ),
    ] {
        let code = format!("assertion-signature-{code}");
        cases.push(proven(
            shape,
            name.to_owned(),
            template.signed(None),
            &[code.as_str()],
        ));
    }
    // What xmlsec1 will not sign either, or only over something else.
    for (shape, name, template, code) in [
        ("transforms", "none", with(String::new()), "transforms"),
        (
            "transforms",
            "base64",
            with(format!("{ENVELOPED}{EXCLUSIVE}{BASE64}")),
            "transforms",
        ),
        (
            "transforms",
            "unknown",
            with(format!("{both}<ds:Transform Algorithm=\"urn:unknown\"/>")),
            "transforms",
        ),
        (
            "transforms",
            "wrong order",
            with(format!("{EXCLUSIVE}{ENVELOPED}")),
            "transforms",
        ),
        (
            "weak method",
            "MD5",
            Template {
                method: "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
                ..plain.clone()
            },
            "method",
        ),
        (
            "weak method",
            "digest MD5",
            Template {
                digest: "http://www.w3.org/2001/04/xmldsig-more#md5",
                ..plain.clone()
            },
            "digest-method",
        ),
        (
            "references",
            "without URI",
            Template {
                uri: "",
                ..plain.clone()
            },
            "reference",
        ),
        (
            "references",
            "to a file",
            Template {
                uri: " URI=\"file:///etc/passwd\"",
                ..plain.clone()
            },
            "reference",
        ),
        (
            "references",
            "to another host",
            Template {
                uri: " URI=\"https://evil.example/a.xml\"",
                ..plain.clone()
            },
            "reference",
        ),
        (
            "references",
            "relative",
            Template {
                uri: " URI=\"a.xml#_assertion\"",
                ..plain.clone()
            },
            "reference",
        ),
    ] {
        let code = format!("assertion-signature-{code}");
        cases.push(refuse(
            shape,
            name.to_owned(),
            template.text(),
            &[code.as_str()],
        ));
    }
    // The public key as the secret of a keyed hash.
    let secrets = [
        ("the key", PROVIDER.key.public_key().spki().to_vec()),
        ("the certificate", PROVIDER.certificate.clone()),
        (
            "the certificate in base64",
            base64(&PROVIDER.certificate).into_bytes(),
        ),
    ];
    for (name, secret) in &secrets {
        let template = Template {
            method: "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
            ..plain.clone()
        };
        cases.push(refuse(
            "HMAC with the public key",
            (*name).to_owned(),
            template.signed(Some(secret)),
            &["assertion-signature-method"],
        ));
    }
    let truncated = Template {
        method: "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256\"><ds:HMACOutputLength>0</ds:HMACOutputLength></ds:SignatureMethod><!--",
        ..plain
    };
    cases.push(refuse(
        "HMAC with the public key",
        "truncated to nothing".to_owned(),
        truncated.text().replace("<!--\"/>", ""),
        &["assertion-signature-shape"],
    ));
    cases
}

/// A message with an unsigned signature on its assertion, for `xmlsec1` to sign.
#[derive(Clone)]
struct Template {
    canonicalization: &'static str,
    method: &'static str,
    digest: &'static str,
    uri: &'static str,
    transforms: String,
    second: bool,
}

impl Default for Template {
    fn default() -> Self {
        Self {
            canonicalization: "http://www.w3.org/2001/10/xml-exc-c14n#",
            method: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            digest: "http://www.w3.org/2001/04/xmlenc#sha256",
            uri: " URI=\"#_assertion\"",
            transforms: "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/><ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>".to_owned(),
            second: false,
        }
    }
}

impl Template {
    fn text(&self) -> String {
        let Self {
            canonicalization,
            method,
            digest,
            uri,
            transforms,
            second,
        } = self;
        let reference = format!(
            "<ds:Reference{uri}><ds:Transforms>{transforms}</ds:Transforms><ds:DigestMethod Algorithm=\"{digest}\"/><ds:DigestValue></ds:DigestValue></ds:Reference>"
        );
        let references = if *second {
            format!("{reference}{reference}")
        } else {
            reference
        };
        let signature = format!(
            "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{canonicalization}\"/><ds:SignatureMethod Algorithm=\"{method}\"/>{references}</ds:SignedInfo><ds:SignatureValue></ds:SignatureValue></ds:Signature>"
        );
        response(&Style::default())
            .replace(RESPONSE_MARK, "")
            .replace(ASSERTION_MARK, &signature)
    }

    /// Signed by `xmlsec1`, with the provider's key or with a secret.
    fn signed(&self, secret: Option<&[u8]>) -> String {
        let folder = tempfile::tempdir().unwrap();
        let (message, key) = (folder.path().join("m.xml"), folder.path().join("key"));
        fs::write(&message, self.text()).unwrap();
        let option = match secret {
            Some(secret) => {
                fs::write(&key, secret).unwrap();
                "--hmackey"
            }
            None => {
                fs::write(&key, PROVIDER.key.to_pem().as_bytes()).unwrap();
                "--privkey-pem"
            }
        };
        let output = Command::new("xmlsec1")
            .arg("--sign")
            .arg(option)
            .arg(&key)
            .args([
                "--id-attr:ID",
                "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
            ])
            .args([
                "--id-attr:ID",
                "urn:oasis:names:tc:SAML:2.0:protocol:Response",
            ])
            .arg(&message)
            .stderr(Stdio::piped())
            .output()
            .expect("xmlsec1 is installed");
        assert!(
            output.status.success(),
            "{}\n{}",
            self.text(),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }
}
