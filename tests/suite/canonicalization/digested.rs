//! Every element of a document, digested by `xmlsec1` and by us.

use super::*;

/// A template for `xmlsec1` to sign: one reference to each element with each prefix list, the root without the
/// signature.
fn template(text: &str, elements: usize) -> String {
    let mut references = String::new();
    for number in 0..elements {
        for list in lists() {
            let enveloped = match number {
                0 => format!("<ds:Transform Algorithm=\"{DSIG}enveloped-signature\"/>"),
                _ => String::new(),
            };
            let inclusive = match list.is_empty() {
                true => String::new(),
                false => format!(
                    "<ec:InclusiveNamespaces xmlns:ec=\"{EXCLUSIVE_C14N}\" PrefixList=\"{}\"/>",
                    list.join(" ")
                ),
            };
            let _ = write!(
                references,
                "<ds:Reference URI=\"#n{number}\"><ds:Transforms>{enveloped}<ds:Transform Algorithm=\"{EXCLUSIVE_C14N}\">{inclusive}</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue></ds:DigestValue></ds:Reference>"
            );
        }
    }
    let signature = format!(
        "<ds:Signature xmlns:ds=\"{DSIG}\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE_C14N}\"/><ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256\"/>{references}</ds:SignedInfo><ds:SignatureValue></ds:SignatureValue></ds:Signature>"
    );
    match text.strip_suffix("/>") {
        Some(open) if elements == 1 => {
            let name = open
                .split(|char: char| !char.is_alphanumeric() && !"<:-".contains(char))
                .next();
            format!(
                "{open}>{signature}</{}>",
                name.unwrap().trim_start_matches('<')
            )
        }
        _ => {
            let end = text.rfind("</").unwrap();
            format!("{}{signature}{}", &text[..end], &text[end..])
        }
    }
}

#[test]
fn every_element_is_digested_as_xmlsec1_digests_it() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    fs::write(&key, "secret").unwrap();
    let mut compared = 0;
    for (at, (text, elements)) in documents(60).into_iter().enumerate() {
        let text = template(&text, elements);
        let path = folder.path().join(format!("{at}.xml"));
        fs::write(&path, &text).unwrap();
        let mut command = Command::new("xmlsec1");
        command.arg("--sign").arg("--hmackey").arg(&key);
        for namespace in NAMESPACES {
            let name = if namespace.is_empty() {
                "e".to_owned()
            } else {
                format!("{namespace}:e")
            };
            command.arg("--id-attr:ID").arg(name);
        }
        let output = command
            .arg(&path)
            .stderr(Stdio::piped())
            .output()
            .expect("xmlsec1 is installed");
        assert!(
            output.status.success(),
            "{text}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let signed = String::from_utf8(output.stdout).unwrap();
        let theirs: Vec<&str> = signed
            .split("<ds:DigestValue>")
            .skip(1)
            .map(|after| after.split('<').next().unwrap())
            .collect();

        let document = Document::parse(&text, &Limits::METADATA).unwrap();
        let signature = document.root().only(DSIG, "Signature").unwrap();
        let mut theirs = theirs.into_iter();
        for number in 0..elements {
            let element = document.element_by_id(&format!("n{number}")).unwrap();
            let without = (number == 0).then_some(signature);
            for list in lists() {
                let form = canonical(element, &list, without).unwrap();
                let digest = base64(&DigestAlgorithm::Sha256.digest(&form));
                assert_eq!(
                    Some(digest.as_str()),
                    theirs.next(),
                    "n{number} {list:?} of {text}\n{}",
                    String::from_utf8_lossy(&form)
                );
                compared += 1;
            }
        }
        assert_eq!(theirs.next(), None);
    }
    assert!(compared > 1_000, "{compared} forms are too few");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bergshamra_writes_the_same_form_of_any_element(tree in tree(), number in 0..8_usize, list in 0..4_usize) {
        // Its parser leaves line feeds and tabs in attributes as they are (XML 1.0, 3.3.3 makes them spaces).
        let (text, elements) = written_so(&tree, true);
        let id = format!("n{}", number % elements);
        let list = &lists()[list];

        let document = Document::parse(&text, &Limits::MESSAGE).unwrap();
        let form = ours(document.element_by_id(&id).unwrap(), list);

        let parsed = XmlDocument::parse(text.clone()).unwrap();
        let tree = parsed.parse_doc().unwrap();
        let ids = parsed.build_id_map(&tree).unwrap();
        let nodes = NodeSet::tree_without_comments(ids[&id], &tree);
        let theirs = canonicalize_doc(&tree, C14nMode::Exclusive, Some(&nodes), list).unwrap();
        prop_assert_eq!(form, String::from_utf8(theirs).unwrap());
    }

    #[test]
    fn the_form_of_a_form_is_itself(tree in tree(), number in 0..8_usize) {
        let (text, elements) = written(&tree);
        let document = Document::parse(&text, &Limits::MESSAGE).unwrap();
        let element = document.element_by_id(&format!("n{}", number % elements)).unwrap();
        let once = ours(element, &[]);
        let again = Document::parse(&once, &Limits::MESSAGE).unwrap();
        prop_assert_eq!(ours(again.root(), &[]), once);
    }

    #[test]
    fn what_is_around_an_element_does_not_change_its_form(tree in tree()) {
        let (text, _) = written(&tree);
        let alone = Document::parse(&text, &Limits::MESSAGE).unwrap();
        let form = ours(alone.root(), &[]);
        // The text declares every prefix that it uses.
        let around = format!(
            "<w:w xmlns:w=\"urn:w\" xmlns:p=\"urn:w\" xmlns:q=\"urn:a\" xml:lang=\"it\"> {text}</w:w>"
        );
        let document = Document::parse(&around, &Limits::MESSAGE).unwrap();
        prop_assert_eq!(ours(document.element_by_id("n0").unwrap(), &[]), form);
    }
}
