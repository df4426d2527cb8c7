//! What the fuzz targets and the suite's own mutations call: each takes any bytes and panics when a promise of
//! `protocol::xml` or `protocol::saml` is broken.

use std::collections::HashSet;

use varco::crypto::PublicKey;
use varco::protocol::saml::response::{Answer, Response};
use varco::protocol::xml::{Document, Element, Limits, canonical};

/// The only person that the seeds prove.
pub const GENUINE: &str = "AT-genuine-person";

fn depth(element: Element<'_>) -> usize {
    std::iter::successors(Some(element), |element| element.parent()).count()
}

/// What passes the gate is within its limits, and its ids are unique names.
pub fn gate(data: &[u8]) {
    let limits = Limits::MESSAGE;
    let Ok(document) = Document::from_bytes(data, &limits) else {
        return;
    };
    assert!(data.len() <= limits.max_bytes);
    assert!(!data.starts_with(b"\xef\xbb\xbf") && !data.contains(&0));
    assert!(!data.windows(2).any(|window| window == b"<!"));
    let mut ids = HashSet::new();
    let mut attributes = 0;
    for element in document.root().descendants() {
        assert!(depth(element) <= limits.max_depth);
        attributes += element.attributes().count();
        if let Some(id) = element.id() {
            assert!(!id.contains([':', ' ', '#']) && ids.insert(id));
        }
        let _ = element.text();
    }
    assert!(attributes <= limits.max_attributes);
}

/// Whatever passes the gate has a canonical form, for each of its elements, and the form's form is itself.
pub fn c14n(data: &[u8]) {
    let Ok(document) = Document::from_bytes(data, &Limits::MESSAGE) else {
        return;
    };
    for element in document.root().descendants().take(8) {
        let form = canonical(element, &[], None).expect("every element has a form");
        let again = Document::from_bytes(&form, &Limits::METADATA).expect("a form is a document");
        assert_eq!(again.root().local_name(), element.local_name());
        assert_eq!(again.root().namespace(), element.namespace());
        assert_eq!(
            again.root().descendants().count(),
            element.descendants().count()
        );
        assert_eq!(
            canonical(again.root(), &[], None).as_deref(),
            Ok(form.as_slice())
        );
        canonical(element, &["p", "#default"], element.elements().next()).expect("nor with a list");
    }
}

/// Nothing proves another person than the one that the provider signed for. Says whether anything was proved.
pub fn verify(data: &[u8], keys: &[PublicKey]) -> bool {
    let Ok(document) = Document::from_bytes(data, &Limits::MESSAGE) else {
        return false;
    };
    let Ok(Answer::Asserted(assertion)) = Response::read(&document).and_then(|r| r.open(keys))
    else {
        return false;
    };
    assert_eq!(assertion.content().subject.name_id, GENUINE);
    true
}
