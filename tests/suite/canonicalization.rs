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

mod digested;

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
