use super::*;
use crate::protocol::xml::Document;

fn refused(text: &str) -> Option<XmlRefusal> {
    Document::parse(text, &Limits::MESSAGE).err()
}

#[test]
fn ordinary_documents_pass() {
    for text in [
        "<a/>",
        "<?xml version=\"1.0\"?><a/>",
        "<?xml version='1.0' encoding='utf-8'?>\r\n<a/>\n",
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\" ?><a/>",
        "<a xmlns='urn:a' xmlns:b='http://b/'><b:c d = '>' e=\"/>\" b:e=''/> </a >",
        "<a xmlns='urn:a'><b xmlns=''/></a>",
        "<a b='&amp;&lt;&gt;&quot;&apos;&#65;&#x41;&#xD;'>&#13;&#10;&#x1F600;</a>",
        "<_a\u{e8}>\u{1f600}</_a\u{e8}>",
        "<a xml:lang='it' xml:space='preserve'/>",
    ] {
        assert_eq!(refused(text), None, "{text}");
    }
}

#[test]
fn every_rule_of_the_gate_has_its_reason() {
    use XmlRefusal as R;
    for (text, reason) in [
        ("\u{feff}<a/>", R::ByteOrderMark),
        ("<a>\0</a>", R::Nul),
        ("<?xml version=\"1.1\"?><a/>", R::Declaration),
        ("<?xml encoding=\"UTF-8\"?><a/>", R::Declaration),
        ("<?xml version=\"1.0\" other=\"1\"?><a/>", R::Declaration),
        (
            "<?xml version=\"1.0\" standalone=\"maybe\"?><a/>",
            R::Declaration,
        ),
        (
            "<?xml version=\"1.0\"encoding=\"UTF-8\"?><a/>",
            R::Declaration,
        ),
        ("<?xml ?><a/>", R::Declaration),
        (
            "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>",
            R::NotUtf8,
        ),
        (
            "<?xml version=\"1.0\" encoding=\"IBM037\"?><a/>",
            R::NotUtf8,
        ),
        ("<?xml\tversion=\"1.0\"?><a/>", R::ProcessingInstruction),
        (" <?xml version=\"1.0\"?><a/>", R::ProcessingInstruction),
        ("<!DOCTYPE a><a/>", R::Doctype),
        ("<!doctype a><a/>", R::Doctype),
        (
            "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
            R::Doctype,
        ),
        ("<a/><!ENTITY b 'c'>", R::Doctype),
        ("<?b?><a/>", R::ProcessingInstruction),
        ("<a><?b?></a>", R::ProcessingInstruction),
        ("<a><!-- b --></a>", R::Comment),
        ("<a><![CDATA[b]]></a>", R::Cdata),
        ("<a>b\rc</a>", R::LoneCarriageReturn),
        ("<a>b\r&amp;</a>", R::LoneCarriageReturn),
        ("<a>&b;</a>", R::Reference),
        ("<a b='&b;'/>", R::Reference),
        ("<a>&</a>", R::Reference),
        ("<a>&#xD800;</a>", R::Reference),
        ("<a>&#0;</a>", R::Reference),
        ("<a>&#x110000;</a>", R::Reference),
        ("<a>&#x+41;</a>", R::Reference),
        ("<a>&#;</a>", R::Reference),
        ("<:a/>", R::Name),
        ("<a:/>", R::Name),
        ("<a:b:c xmlns:a='urn:a'/>", R::Name),
        ("<1/>", R::Name),
        ("<a :b='1'/>", R::Name),
        ("<a p:xmlns='urn:b' xmlns:p='urn:p'/>", R::Name),
        ("<a xmlns:xmlns='urn:b'/>", R::Name),
        ("<a b='1' b='1'/>", R::DuplicateAttribute),
        ("<a xmlns='urn:a' xmlns='urn:b'/>", R::DuplicateAttribute),
        (
            "<a xmlns:p='urn:a' xmlns:q='urn:a' p:b='' q:b=''/>",
            R::DuplicateAttribute,
        ),
        ("<a xmlns='1'/>", R::RelativeNamespace),
        ("<a xmlns:p='1'/>", R::RelativeNamespace),
        ("<a xmlns:p=''/>", R::RelativeNamespace),
        ("<a xml:id='b'/>", R::XmlId),
        ("<a ID='1'/>", R::BadId),
        ("<a ID='b:c'/>", R::BadId),
        ("<a ID=''/>", R::BadId),
        ("<a ID=' b'/>", R::BadId),
        ("<a ID='b'><c ID='b'/></a>", R::DuplicateId),
        ("<a ID='b'><c ID='&#98;'/></a>", R::DuplicateId),
        ("", R::Malformed),
        ("a", R::Malformed),
        ("<a>", R::Malformed),
        ("<a></b>", R::Malformed),
        ("</a>", R::Malformed),
        ("<a/><b/>", R::Malformed),
        ("<a/>b", R::Malformed),
        ("<a b=1/>", R::Malformed),
        ("<a b='<'/>", R::Malformed),
        ("<a b='1'c='2'/>", R::Malformed),
        ("<p:a/>", R::Malformed),
        ("<a>]]></a>", R::Malformed),
        ("<a>\u{1}</a>", R::Malformed),
        ("<a>\u{ffff}</a>", R::Malformed),
    ] {
        assert_eq!(refused(text), Some(reason), "{text}");
    }
}

#[test]
fn only_id_is_an_id() {
    for text in [
        "<a ID='b'><c Id='b' id='b' AssertionID='b'/></a>",
        "<a xmlns:p='urn:p' ID='b' p:ID='b'/>",
        "<a Id='1'/>",
        "<a xmlns:p='urn:p' p:ID='1'/>",
    ] {
        assert_eq!(refused(text), None, "{text}");
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_refused() {
    let utf_16: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let with_mark: Vec<u8> = [&[0xff, 0xfe], utf_16.as_slice()].concat();
    for (bytes, reason) in [
        (utf_16.as_slice(), XmlRefusal::Nul),
        (&with_mark, XmlRefusal::NotUtf8),
        (b"<a>\xff</a>", XmlRefusal::NotUtf8),
        // An overlong `<`, and a surrogate.
        (b"<a>\xc0\xbc</a>", XmlRefusal::NotUtf8),
        (b"<a>\xed\xa0\x80</a>", XmlRefusal::NotUtf8),
        (b"+ADw-a/+AD4-", XmlRefusal::Malformed),
    ] {
        let refusal = Document::from_bytes(bytes, &Limits::MESSAGE).err();
        assert_eq!(refusal, Some(reason));
    }
}

#[test]
fn size_depth_and_counts_are_bounded_before_the_parser() {
    let many =
        |count: usize, make: &dyn Fn(usize) -> String| -> String { (0..count).map(make).collect() };
    let deep = format!("{}{}", "<a>".repeat(48), "</a>".repeat(48));
    assert_eq!(refused(&deep), None);
    for (text, reason) in [
        (
            format!("<a>{}</a>", " ".repeat(256 * 1024)),
            XmlRefusal::TooLarge,
        ),
        ("<a>".repeat(49), XmlRefusal::TooDeep),
        (
            format!("<a>{}</a>", "<b/>".repeat(10_000)),
            XmlRefusal::TooManyNodes,
        ),
        (
            format!("<a {}/>", many(65, &|n| format!("b{n}='' "))),
            XmlRefusal::TooManyAttributes,
        ),
        (
            format!("<a>{}</a>", "<b c='' d=''/>".repeat(5_001)),
            XmlRefusal::TooManyAttributes,
        ),
        (
            format!(
                "<a {}><b {}/></a>",
                many(40, &|n| format!("xmlns:a{n}='urn:a' ")),
                many(25, &|n| format!("xmlns:b{n}='urn:b' "))
            ),
            XmlRefusal::TooManyNamespaces,
        ),
        (format!("<{}/>", "a".repeat(257)), XmlRefusal::Name),
    ] {
        assert_eq!(refused(&text), Some(reason));
    }
}

#[test]
fn the_heaviest_attacks_cost_next_to_nothing() {
    let wide = format!(
        "<a {}/>",
        (0..1_000_000)
            .map(|n| format!("b{n}='' "))
            .collect::<String>()
    );
    // Even where the size would do.
    for text in ["<a>".repeat(100_000), wide, "<a b='".repeat(100_000)] {
        assert!(Document::parse(&text, &Limits::METADATA).is_err());
    }
}

#[test]
fn metadata_may_have_comments() {
    let text = "<!-- & <b> --><a><!-- c -->d<!-- e -->f</a>";
    let document = Document::parse(text, &Limits::METADATA).unwrap();
    assert_eq!(document.root().text().unwrap(), "df");
    assert_eq!(refused(text), Some(XmlRefusal::Comment));
}

#[test]
fn namespaces_go_out_of_scope_with_their_element() {
    let text = format!(
        "<a>{}</a>",
        "<b xmlns:c='urn:c'/><b xmlns:c='urn:c'></b>".repeat(200)
    );
    assert_eq!(refused(&text), None);
}

#[test]
fn a_namespace_name_without_measure_is_refused() {
    let named = |length: usize| format!("<a xmlns:z=\"urn:{}\"/>", "a".repeat(length - 4));
    assert_eq!(refused(&named(256)), None);
    assert_eq!(refused(&named(257)), Some(XmlRefusal::LongNamespace));
}
