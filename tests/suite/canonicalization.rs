//! Exclusive canonicalisation against three others, on generated documents: `xmllint` for whole documents, `xmlsec1`
//! for every element with prefix lists and the enveloped transform, `bergshamra` in this process, where proptest can
//! make a disagreement small.

use std::fmt::Write as _;
use std::fs;
use std::process::{Command, Stdio};

use bergshamra::c14n::{C14nMode, canonicalize_doc};
use bergshamra::xml::{NodeSet, XmlDocument};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use varco::crypto::DigestAlgorithm;
use varco::crypto::encoding::base64;
use varco::protocol::xml::{DSIG, Document, EXCLUSIVE_C14N, Element, Limits, canonical};

/// Prefixes of generated documents; the first is the default namespace.
const PREFIXES: [&str; 5] = ["", "p", "q", "r", "P-1"];
/// Namespaces of generated documents; the first takes the default namespace away.
const NAMESPACES: [&str; 4] = ["", "urn:a", "urn:b", "http://c.example/x?y=%20#z"];
/// Every kind of character data, as it is written.
const FRAGMENTS: [&str; 24] = [
    "a",
    "b c",
    "&amp;",
    "&lt;",
    "&gt;",
    ">",
    "&quot;",
    "&apos;",
    "'",
    "&#13;",
    "&#xD;\n",
    "\r\n",
    "\n",
    "\t",
    "&#9;",
    "&#10;",
    "\u{e8}",
    "&#xE8;",
    "\u{1f600}",
    "]] ",
    " ",
    "&#38;amp;",
    "&#x3c;",
    "\u{85}\u{2028}",
];

#[derive(Debug, Clone)]
struct Tree {
    prefix: usize,
    declarations: Vec<(usize, usize)>,
    attributes: Vec<(usize, usize, Vec<usize>)>,
    children: Vec<Child>,
}

#[derive(Debug, Clone)]
enum Child {
    Element(Tree),
    Text(Vec<usize>),
}

fn fragments() -> impl Strategy<Value = Vec<usize>> + Clone {
    vec(0..FRAGMENTS.len(), 0..5)
}

fn tree() -> impl Strategy<Value = Tree> {
    let element = |children: BoxedStrategy<Vec<Child>>| {
        (
            0..PREFIXES.len(),
            vec((0..PREFIXES.len(), 0..NAMESPACES.len()), 0..4),
            vec((0..PREFIXES.len() + 1, 0..4_usize, fragments()), 0..5),
            children,
        )
            .prop_map(|(prefix, declarations, attributes, children)| Tree {
                prefix,
                declarations,
                attributes,
                children,
            })
    };
    let leaf = element(vec(fragments().prop_map(Child::Text), 0..2).boxed());
    let inner = leaf.prop_recursive(4, 32, 4, move |inner| {
        let child = prop_oneof![
            3 => inner.prop_map(Child::Element),
            2 => fragments().prop_map(Child::Text),
        ];
        element(vec(child, 1..5).boxed())
    });
    let child = prop_oneof![
        3 => inner.prop_map(Child::Element),
        2 => fragments().prop_map(Child::Text),
    ];
    element(vec(child, 0..6).boxed())
}

/// Writes a tree as a well-formed document in which every element has an `ID`, `n0`, `n1` and so on.
struct Writer {
    /// Without line feeds and tabs in attributes.
    on_one_line: bool,
    out: String,
    scope: Vec<(usize, usize)>,
    elements: usize,
}

fn written(tree: &Tree) -> (String, usize) {
    written_so(tree, false)
}

fn written_so(tree: &Tree, on_one_line: bool) -> (String, usize) {
    let mut writer = Writer {
        on_one_line,
        out: String::new(),
        scope: Vec::new(),
        elements: 0,
    };
    writer.element(tree);
    (writer.out, writer.elements)
}

impl Writer {
    fn namespace(&self, prefix: usize) -> Option<usize> {
        let found = self.scope.iter().rev().find(|(known, _)| *known == prefix);
        found.map(|(_, namespace)| *namespace)
    }

    fn element(&mut self, tree: &Tree) {
        let outside = self.scope.len();
        let mut declared: Vec<(usize, usize)> = Vec::new();
        for (prefix, namespace) in &tree.declarations {
            // A prefix cannot be taken away, and nothing is declared twice.
            if (*prefix == 0 || *namespace != 0)
                && declared.iter().all(|(known, _)| known != prefix)
            {
                declared.push((*prefix, *namespace));
            }
        }
        self.scope.extend(&declared);
        let used = tree
            .attributes
            .iter()
            .map(|(prefix, ..)| *prefix)
            .chain([tree.prefix]);
        for prefix in used.filter(|prefix| *prefix != 0 && *prefix < PREFIXES.len()) {
            if self.namespace(prefix).is_none() {
                declared.push((prefix, 1 + prefix % 3));
                self.scope.push((prefix, 1 + prefix % 3));
            }
        }
        let name = match PREFIXES[tree.prefix] {
            "" => "e".to_owned(),
            prefix => format!("{prefix}:e"),
        };
        let _ = write!(self.out, "<{name} ID=\"n{}\"", self.elements);
        self.elements += 1;
        for (prefix, namespace) in declared {
            let colon = if prefix == 0 { "" } else { ":" };
            let _ = write!(
                self.out,
                "\n xmlns{colon}{}=\"{}\"",
                PREFIXES[prefix], NAMESPACES[namespace]
            );
        }
        let mut names = Vec::new();
        for (prefix, local, value) in &tree.attributes {
            let local = ["x", "y", "Y", "z"][*local];
            let (name, namespace) = match PREFIXES.get(*prefix) {
                Some(&"") => (local.to_owned(), 0),
                Some(name) => (format!("{name}:{local}"), self.namespace(*prefix).unwrap()),
                None => (format!("xml:{local}"), NAMESPACES.len()),
            };
            if !names.contains(&(namespace, local)) {
                names.push((namespace, local));
                let mut value = text_of(value);
                if self.on_one_line {
                    value.retain(|char| !matches!(char, '\r' | '\n' | '\t'));
                }
                let _ = write!(self.out, " {name}=\"{value}\"");
            }
        }
        if tree.children.is_empty() {
            self.out.push_str("/>");
        } else {
            self.out.push('>');
            for child in &tree.children {
                match child {
                    Child::Element(tree) => self.element(tree),
                    Child::Text(text) => self.out.push_str(&text_of(text)),
                }
            }
            let _ = write!(self.out, "</{name}>");
        }
        self.scope.truncate(outside);
    }
}

fn text_of(fragments: &[usize]) -> String {
    fragments
        .iter()
        .map(|fragment| FRAGMENTS[*fragment])
        .collect()
}

/// Prefix lists of every kind.
fn lists() -> Vec<Vec<&'static str>> {
    vec![
        vec![],
        vec!["p"],
        vec!["#default"],
        vec!["q", "#default", "unknown", "P-1"],
    ]
}

/// Documents that are the same in every run.
fn documents(count: usize) -> Vec<(String, usize)> {
    let mut runner = TestRunner::deterministic();
    (0..count)
        .map(|_| written(&tree().new_tree(&mut runner).unwrap().current()))
        .collect()
}

fn ours(element: Element<'_>, list: &[&'static str]) -> String {
    String::from_utf8(canonical(element, list, None).unwrap()).unwrap()
}

#[test]
fn whole_documents_come_out_as_xmllint_writes_them() {
    let documents = documents(400);
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<_> = documents
        .iter()
        .enumerate()
        .map(|(at, (text, _))| {
            let path = folder.path().join(format!("{at}.xml"));
            fs::write(&path, text).unwrap();
            path
        })
        .collect();
    let lint = |paths: &[std::path::PathBuf]| {
        let output = Command::new("xmllint")
            .arg("--exc-c14n")
            .args(paths)
            .output()
            .expect("xmllint is installed");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    };
    let forms: Vec<String> = documents
        .iter()
        .map(|(text, _)| ours(Document::parse(text, &Limits::MESSAGE).unwrap().root(), &[]))
        .collect();
    assert!(
        forms.concat().len() > 100_000,
        "the documents are worth comparing"
    );
    if lint(&paths) != forms.concat() {
        // One by one, to say which.
        for ((path, form), (text, _)) in paths.iter().zip(&forms).zip(&documents) {
            assert_eq!(&lint(std::slice::from_ref(path)), form, "{text}");
        }
    }
}

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
