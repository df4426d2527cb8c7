use super::*;

const TEXT: &str =
    "<p:a xmlns:p='urn:p' xmlns='urn:d' ID='x' p:b='1' c='2'><d>t&amp;u</d><p:d/><d/> </p:a>";

#[test]
fn names_are_compared_with_their_namespace() {
    let document = Document::parse(TEXT, &Limits::MESSAGE).unwrap();
    let root = document.root();
    assert!(root.is("urn:p", "a"));
    assert!(!root.is("urn:d", "a"));
    assert!(!root.is("", "a"));
    assert_eq!(root.attribute("b"), None);
    assert_eq!(root.attribute_ns("urn:p", "b"), Some("1"));
    assert_eq!(root.attribute("c"), Some("2"));
    assert_eq!(root.attribute_ns("urn:d", "c"), None);
    assert_eq!(root.id(), Some("x"));
    assert_eq!(root.children_named("urn:d", "d").count(), 2);
    let undeclared =
        Document::parse("<a xmlns='urn:a'><b xmlns=''/></a>", &Limits::MESSAGE).unwrap();
    assert!(undeclared.root().elements().all(|b| b.is("", "b")));
}

#[test]
fn one_child_means_exactly_one() {
    let document = Document::parse(TEXT, &Limits::MESSAGE).unwrap();
    let root = document.root();
    assert_eq!(root.only("urn:d", "d"), Err(ShapeRefusal::Repeated("d")));
    assert_eq!(root.only("urn:d", "e"), Err(ShapeRefusal::Missing("e")));
    assert_eq!(
        root.optional("urn:d", "d"),
        Err(ShapeRefusal::Repeated("d"))
    );
    assert_eq!(root.optional("urn:d", "e"), Ok(None));
    let only = root.only("urn:p", "d").unwrap();
    assert_eq!(only.parent(), Some(root));
    assert_eq!(only.source(), "<p:d/>");
    assert_eq!(only.previous().unwrap().text().unwrap(), "t&u");
}

#[test]
fn text_is_whole_or_nothing() {
    let document = Document::parse(TEXT, &Limits::MESSAGE).unwrap();
    assert_eq!(document.root().text(), None);
    assert!(document.root().has_no_text());
    for (text, whole) in [
        ("<a/>", "".to_owned()),
        (
            "<a>admin@example.org<!-- -->.evil.example</a>",
            "admin@example.org.evil.example".to_owned(),
        ),
        ("<a>x&#13;\r\ny&#10;</a>", "x\r\ny\n".to_owned()),
    ] {
        let document = Document::parse(text, &Limits::METADATA).unwrap();
        assert_eq!(document.root().text().unwrap(), whole);
    }
}

#[test]
fn debug_shows_no_content() {
    let document = Document::parse(TEXT, &Limits::MESSAGE).unwrap();
    assert_eq!(
        format!("{document:?} {:?}", document.root()),
        "Document([redacted]) Element(a)"
    );
}
