//! Messages that must be accepted: one genuine content in every manner that providers write and sign it.

use varco::crypto::encoding::base64;
use varco::crypto::{DigestAlgorithm, SignatureAlgorithm};

use super::message::{Style, response};
use super::signing::{
    Manner, P256, P384, PROVIDER, RSA_3072, RSA_4096, TestKey, sign_assertion, sign_both,
};
use super::{Case, Expected};

fn accept(shape: &'static str, name: String, text: String, key: &'static TestKey) -> Case {
    Case {
        shape,
        name,
        text: text.into_bytes(),
        key,
        expected: Expected::Accept,
    }
}

pub fn cases() -> Vec<Case> {
    [
        writing(),
        namespaces(),
        signatures(),
        algorithms(),
        key_infos(),
    ]
    .concat()
}

/// Both signed, and the assertion alone, in one style.
fn in_style(shape: &'static str, name: &str, style: &Style) -> Vec<Case> {
    let message = response(style);
    let manner = Manner {
        declares: !style.high,
        ..Manner::of(&PROVIDER)
    };
    vec![
        accept(
            shape,
            format!("{name}, both signed"),
            sign_both(&message, &manner),
            &PROVIDER,
        ),
        accept(
            shape,
            format!("{name}, assertion signed"),
            sign_assertion(&message, &manner),
            &PROVIDER,
        ),
    ]
}

fn writing() -> Vec<Case> {
    let plain = Style::default;
    [
        ("plain", "plain", plain()),
        (
            "indentation",
            "line feeds",
            Style {
                between: "\n  ",
                ..plain()
            },
        ),
        (
            "indentation",
            "tabs",
            Style {
                between: "\n\t",
                ..plain()
            },
        ),
        (
            "CRLF",
            "between elements",
            Style {
                between: "\r\n    ",
                ..plain()
            },
        ),
        (
            "CRLF",
            "within tags",
            Style {
                space: "\r\n  ",
                between: "\r\n",
                ..plain()
            },
        ),
        (
            "attribute order",
            "reversed",
            Style {
                reversed: true,
                ..plain()
            },
        ),
        (
            "quotes",
            "apostrophes",
            Style {
                quote: '\'',
                ..plain()
            },
        ),
        (
            "white space in tags",
            "line feeds",
            Style {
                space: "\n\t ",
                ..plain()
            },
        ),
        (
            "empty elements",
            "start and end tag",
            Style {
                open: true,
                ..plain()
            },
        ),
        (
            "character references",
            "decimal and hexadecimal",
            Style {
                references: true,
                ..plain()
            },
        ),
        (
            "character references",
            "with CRLF",
            Style {
                references: true,
                between: "\r\n",
                ..plain()
            },
        ),
        (
            "large texts",
            "20 kB",
            Style {
                filler: 20_000,
                ..plain()
            },
        ),
        (
            "large texts",
            "200 kB",
            Style {
                filler: 200_000,
                ..plain()
            },
        ),
        (
            "XML declaration",
            "with encoding",
            Style {
                before: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
                ..plain()
            },
        ),
        (
            "XML declaration",
            "stand-alone",
            Style {
                before: "<?xml version='1.0' encoding='utf-8' standalone='no' ?>\r\n",
                ..plain()
            },
        ),
    ]
    .iter()
    .flat_map(|(shape, name, style)| in_style(shape, name, style))
    .collect()
}

fn namespaces() -> Vec<Case> {
    let prefixes = [
        ("samlp", "saml"),
        ("saml2p", "saml2"),
        ("", "saml"),
        ("samlp", ""),
        ("", ""),
        // A prefix of one language and another meaning.
        ("saml", "samlp"),
        ("ns0", "ns1"),
        ("_p.-1", "\u{e0}\u{e8}"),
    ];
    let mut cases = Vec::new();
    for (protocol, assertion) in prefixes {
        for high in [false, true] {
            if high && protocol == assertion {
                continue;
            }
            for unused in [false, true] {
                let style = Style {
                    protocol,
                    assertion,
                    high,
                    unused,
                    ..Style::default()
                };
                let shape = match (high, protocol, assertion) {
                    (true, _, _) => "namespaces declared high",
                    (_, "", _) | (_, _, "") => "default namespaces",
                    _ => "prefixes",
                };
                let name = format!("{protocol:?} and {assertion:?}, high {high}, unused {unused}");
                cases.extend(in_style(shape, &name, &style));
            }
        }
    }
    cases
}

fn signatures() -> Vec<Case> {
    let of = || Manner::of(&PROVIDER);
    let mut cases = Vec::new();
    for (shape, name, manner) in [
        (
            "signature's prefix",
            "default",
            Manner { prefix: "", ..of() },
        ),
        (
            "signature's prefix",
            "dsig",
            Manner {
                prefix: "dsig",
                ..of()
            },
        ),
        (
            "signature's layout",
            "indented",
            Manner {
                between: "\n  ",
                ..of()
            },
        ),
        (
            "signature's layout",
            "CRLF",
            Manner {
                between: "\r\n",
                ..of()
            },
        ),
        (
            "signature's layout",
            "folded at 64",
            Manner {
                fold: Some((64, "\n")),
                ..of()
            },
        ),
        (
            "signature's layout",
            "folded at 76, CRLF",
            Manner {
                fold: Some((76, "\r\n")),
                ..of()
            },
        ),
        (
            "signature's layout",
            "folded at 64, as character references",
            Manner {
                fold: Some((64, "&#13;\n")),
                ..of()
            },
        ),
        ("signature's layout", "Ids", Manner { ids: true, ..of() }),
    ] {
        let message = response(&Style::default());
        cases.push(accept(
            shape,
            name.to_owned(),
            sign_both(&message, &manner),
            &PROVIDER,
        ));
    }
    // PrefixList: used prefixes, unused ones, unknown ones, the default namespace.
    let lists = [
        "xs",
        "xs xsi",
        "saml samlp ds",
        "unknown",
        "#default",
        "#default xs unused1 unused2",
        "-",
        "",
        "xs\nxsi",
    ];
    for list in lists {
        let shape = match list.contains('\n') {
            false => "InclusiveNamespaces",
            true => "InclusiveNamespaces, line by line",
        };
        for (protocol, assertion, unused) in [
            ("samlp", "saml", true),
            ("", "saml", false),
            ("samlp", "", true),
        ] {
            let style = Style {
                protocol,
                assertion,
                unused,
                high: true,
                ..Style::default()
            };
            let message = response(&style);
            for (which, list, info_list) in [
                ("transform", Some(list), None),
                ("SignedInfo", None, Some(list)),
                ("both", Some(list), Some(list)),
            ] {
                let manner = Manner {
                    list,
                    info_list,
                    ..of()
                };
                cases.push(accept(
                    shape,
                    format!("{which} {list:?}, {protocol:?} and {assertion:?}, unused {unused}"),
                    sign_assertion(&message, &manner),
                    &PROVIDER,
                ));
            }
        }
    }
    cases
}

fn algorithms() -> Vec<Case> {
    let message = response(&Style::default());
    let rsa = [
        SignatureAlgorithm::RsaSha256,
        SignatureAlgorithm::RsaSha384,
        SignatureAlgorithm::RsaSha512,
    ];
    let digests = [
        DigestAlgorithm::Sha256,
        DigestAlgorithm::Sha384,
        DigestAlgorithm::Sha512,
    ];
    let keys: [(&'static TestKey, &[SignatureAlgorithm]); 5] = [
        (&PROVIDER, &rsa),
        (&RSA_3072, &rsa),
        (&RSA_4096, &rsa),
        (&P256, &[SignatureAlgorithm::EcdsaSha256]),
        (&P384, &[SignatureAlgorithm::EcdsaSha384]),
    ];
    let mut cases = Vec::new();
    for (key, algorithms) in keys {
        for algorithm in algorithms {
            for digest in digests {
                let manner = Manner {
                    algorithm: *algorithm,
                    digest,
                    ..Manner::of(key)
                };
                cases.push(accept(
                    "algorithms",
                    format!("{} {algorithm:?} {digest:?}", key.name),
                    sign_both(&message, &manner),
                    key,
                ));
            }
        }
    }
    cases
}

fn key_infos() -> Vec<Case> {
    let message = response(&Style::default());
    let certificate = |key: &TestKey| {
        format!(
            "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
            base64(&key.certificate)
        )
    };
    [
        ("own certificate", certificate(&PROVIDER)),
        // Keys come from metadata: what stands here changes nothing.
        ("a stranger's certificate", certificate(&super::signing::STRANGER)),
        ("empty", "<ds:KeyInfo></ds:KeyInfo>".to_owned()),
        (
            "empty certificate",
            "<ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo>".to_owned(),
        ),
        (
            "no certificate at all",
            "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>not base64</ds:X509Certificate></ds:X509Data></ds:KeyInfo>".to_owned(),
        ),
    ]
    .into_iter()
    .map(|(name, key_info)| {
        let manner = Manner { key_info, ..Manner::of(&PROVIDER) };
        accept("KeyInfo is not asked", name.to_owned(), sign_both(&message, &manner), &PROVIDER)
    })
    .collect()
}
