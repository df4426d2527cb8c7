use super::*;
use crate::protocol::xml::{Document, Limits};

/// The canonical form of the element with `ID="x"`, or of the root.
fn form(text: &str, prefixes: &[&str]) -> String {
    let document = Document::parse(text, &Limits::METADATA).unwrap();
    let element = document.element_by_id("x").unwrap_or(document.root());
    let prefixes: Vec<String> = prefixes.iter().map(|prefix| (*prefix).to_owned()).collect();
    let prefixes: Vec<&str> = prefixes.iter().map(String::as_str).collect();
    String::from_utf8(canonical(element, &prefixes, None).unwrap()).unwrap()
}

#[test]
fn the_example_of_the_standard_comes_out_as_printed() {
    // Exclusive XML Canonicalization 1.0, 2.2: one element in two contexts.
    let first = "<n0:local xmlns:n0=\"http://foobar.org/\" xmlns:n3=\"ftp://example.org/\"><n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\" ID=\"x\"><n3:stuff xmlns:n3=\"ftp://example.org/\"/></n1:elem2></n0:local>";
    let second = "<n2:pdu xmlns:n1=\"http://example.com\" xmlns:n2=\"http://foo.example/\" xml:lang=\"fr\" xml:space=\"retain\"><n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\" ID=\"x\"><n3:stuff xmlns:n3=\"ftp://example.org/\"/></n1:elem2></n2:pdu>";
    let expected = "<n1:elem2 xmlns:n1=\"http://example.net\" ID=\"x\" xml:lang=\"en\"><n3:stuff xmlns:n3=\"ftp://example.org/\"></n3:stuff></n1:elem2>";
    assert_eq!(form(first, &[]), expected);
    assert_eq!(form(second, &[]), expected);
}

#[test]
fn declarations_are_written_where_they_are_used() {
    assert_eq!(
        form(
            "<a xmlns='urn:d' xmlns:p='urn:p' xmlns:q='urn:q'><p:b q:c=''/><p:e/></a>",
            &[]
        ),
        "<a xmlns=\"urn:d\"><p:b xmlns:p=\"urn:p\" xmlns:q=\"urn:q\" q:c=\"\"></p:b><p:e xmlns:p=\"urn:p\"></p:e></a>"
    );
    assert_eq!(
        form(
            "<p:a xmlns:p='urn:1'><p:b xmlns:p='urn:2'><p:c xmlns:p='urn:1'/></p:b><p:d/></p:a>",
            &[]
        ),
        "<p:a xmlns:p=\"urn:1\"><p:b xmlns:p=\"urn:2\"><p:c xmlns:p=\"urn:1\"></p:c></p:b><p:d></p:d></p:a>"
    );
}

#[test]
fn the_default_namespace_is_taken_away_only_where_it_was() {
    assert_eq!(
        form(
            "<a xmlns='urn:d'><b xmlns=''><c/></b><p:e xmlns:p='urn:p' xmlns=''><f/></p:e></a>",
            &[]
        ),
        "<a xmlns=\"urn:d\"><b xmlns=\"\"><c></c></b><p:e xmlns:p=\"urn:p\"><f xmlns=\"\"></f></p:e></a>"
    );
    assert_eq!(
        form("<a xmlns='urn:d'><b xmlns='' ID='x'/></a>", &[]),
        "<b ID=\"x\"></b>"
    );
}

#[test]
fn listed_prefixes_are_written_used_or_not() {
    let text = "<a xmlns='urn:d' xmlns:p='urn:p' xmlns:q='urn:q'><q:b ID='x'><q:c xmlns:p='urn:p2'/><q:c/></q:b></a>";
    assert_eq!(
        form(text, &["p", "unknown", "xml"]),
        "<q:b xmlns:p=\"urn:p\" xmlns:q=\"urn:q\" ID=\"x\"><q:c xmlns:p=\"urn:p2\"></q:c><q:c></q:c></q:b>"
    );
    assert_eq!(
        form(text, &["#default"]),
        "<q:b xmlns=\"urn:d\" xmlns:q=\"urn:q\" ID=\"x\"><q:c></q:c><q:c></q:c></q:b>"
    );
}

#[test]
fn attributes_come_in_order_of_namespace_and_name() {
    assert_eq!(
        form(
            "<e xmlns:a='http://www.w3.org' xmlns:b='http://www.ietf.org' attr='3' attr2='2' b:attr='1' a:attr='0' xml:lang='it'/>",
            &[]
        ),
        "<e xmlns:a=\"http://www.w3.org\" xmlns:b=\"http://www.ietf.org\" attr=\"3\" attr2=\"2\" b:attr=\"1\" a:attr=\"0\" xml:lang=\"it\"></e>"
    );
}

#[test]
fn characters_are_written_in_their_one_form() {
    assert_eq!(
        form("<a b='&lt;>&quot;\"&apos;&#9;&#10;&#13;\t\n&amp;'>&lt;&gt;\"'&#9;\r\n&#13;&amp;\u{e8}</a>".replace("\"&apos;", "&apos;").as_str(), &[]),
        "<a b=\"&lt;>&quot;'&#x9;&#xA;&#xD;  &amp;\">&lt;&gt;\"'\t\n&#xD;&amp;\u{e8}</a>"
    );
}

#[test]
fn comments_are_left_out_and_so_is_one_element() {
    let text = "<a><!-- 1 -->b<c><d/></c><!-- 2 -->e</a>";
    assert_eq!(form(text, &[]), "<a>b<c><d></d></c>e</a>");
    let document = Document::parse(text, &Limits::METADATA).unwrap();
    let root = document.root();
    let without = canonical(root, &[], root.elements().next()).unwrap();
    assert_eq!(without, b"<a>be</a>");
    assert_eq!(canonical(root, &[], Some(root)), Err(C14nRefusal::Empty));
}

#[test]
fn only_the_element_itself_is_written() {
    assert_eq!(form("<a>b<c ID='x'/>d<e/></a>", &[]), "<c ID=\"x\"></c>");
}

#[test]
fn an_output_that_outgrows_its_source_is_refused() {
    let names = |count: usize| {
        let far_up = format!("xmlns:z=\"urn:{}\"", "a".repeat(200));
        format!("<a {far_up}>{}</a>", "<z:b/>".repeat(count))
    };
    let verdict = |text: &str| {
        let document = Document::parse(text, &Limits::MESSAGE).unwrap();
        canonical(document.root(), &[], None).map(|form| form.len())
    };
    assert!(verdict(&names(100)).is_ok());
    assert_eq!(verdict(&names(9_000)), Err(C14nRefusal::TooLarge));
    // Escapes are no such growth.
    assert!(verdict(&format!("<a>{}</a>", ">".repeat(200_000))).is_ok());
}
