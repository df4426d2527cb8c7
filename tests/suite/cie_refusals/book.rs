//! The rule book's list of what must be refused (rules on CIE, B13), item by item.

use crate::support::shared::shared;

/// A paragraph of the book.
pub struct Paragraph {
    /// What it is about: its first words.
    pub name: &'static str,
    /// The paragraph, as it is written.
    pub text: &'static str,
    /// Its items, in its order.
    pub rows: &'static [Row],
}

/// An item.
pub struct Row {
    pub id: &'static str,
    /// The words of the paragraph that it stands in.
    pub words: &'static str,
    /// The book says that this is to be accepted.
    pub must_accept: bool,
}

const fn row(id: &'static str, words: &'static str) -> Row {
    Row {
        id,
        words,
        must_accept: false,
    }
}

#[rustfmt::skip]
pub const BOOK: [Paragraph; 4] = [
    Paragraph {
        name: "EC/statement",
        text: "wrong typ; alg none/HS*; kid empty, unknown, duplicated; iss != sub in EC *; sub != requested *; missing exp *; missing iat *; expired; iat in future; signature by a key not in the superior's statement; statement for another sub; superior not in authority_hints; missing/empty `client_registration_types_supported` *; unknown extra registration types must be accepted *; private or symmetric key in jwks; EC > size cap; http URL; redirect; loop; too deep; policy error; `essential` missing; trust mark by unlisted issuer, wrong sub, expired, revoked; TA key changed; `crit` unknown.",
        rows: &[
            row("statement-type", "wrong typ"),
            row("statement-none", "alg none"),
            row("statement-hmac", "HS*"),
            row("statement-kid-empty", "kid empty"),
            row("statement-kid-unknown", "unknown"),
            row("statement-kid-twice", "duplicated"),
            row("statement-parties", "iss != sub in EC"),
            row("statement-not-asked-for", "sub != requested"),
            row("statement-no-end", "missing exp"),
            row("statement-no-beginning", "missing iat"),
            row("statement-ended", "expired"),
            row("statement-future", "iat in future"),
            row("statement-key", "signature by a key not in the superior's statement"),
            row("statement-subject", "statement for another sub"),
            row("statement-superior", "superior not in authority_hints"),
            row("registration-missing", "missing"),
            row("registration-empty", "empty `client_registration_types_supported`"),
            Row { id: "registration-more", words: "unknown extra registration types must be accepted", must_accept: true },
            row("key-private", "private"),
            row("key-symmetric", "symmetric key in jwks"),
            row("statement-size", "EC > size cap"),
            row("statement-http", "http URL"),
            row("statement-redirect", "redirect"),
            row("chain-loop", "loop"),
            row("chain-deep", "too deep"),
            row("policy", "policy error"),
            row("policy-essential", "`essential` missing"),
            row("mark-issuer", "trust mark by unlisted issuer"),
            row("mark-subject", "wrong sub"),
            row("mark-ended", "expired"),
            row("mark-revoked", "revoked"),
            row("anchor-key", "TA key changed"),
            row("statement-critical", "`crit` unknown"),
        ],
    },
    Paragraph {
        name: "Authorization response",
        text: "no/unknown/used/expired state; state of another browser; iss missing (CIE) or wrong; code+error both; duplicate parameters.",
        rows: &[
            row("state-none", "no"),
            row("state-unknown", "unknown"),
            row("state-used", "used"),
            row("state-expired", "expired state"),
            row("state-browser", "state of another browser"),
            row("answer-no-issuer", "iss missing (CIE)"),
            row("answer-issuer", "wrong"),
            row("answer-both", "code+error both"),
            row("answer-twice", "duplicate parameters"),
        ],
    },
    Paragraph {
        name: "ID token",
        text: "wrong iss *; wrong aud *; extra aud; missing sub *, iat *; alg none *; bad signature *; kid absent with several keys *; RS256 key confusion (HS256 with public key); nonce wrong *; exp past; acr lower/absent/unknown; at_hash wrong/absent; encrypted when not asked, plain when asked.",
        rows: &[
            row("id-issuer", "wrong iss"),
            row("id-audience", "wrong aud"),
            row("id-audience-more", "extra aud"),
            row("id-no-subject", "missing sub"),
            row("id-no-beginning", "iat"),
            row("id-none", "alg none"),
            row("id-signature", "bad signature"),
            row("id-no-kid", "kid absent with several keys"),
            row("id-confusion", "RS256 key confusion (HS256 with public key)"),
            row("id-nonce", "nonce wrong"),
            row("id-ended", "exp past"),
            row("id-acr-lower", "acr lower"),
            row("id-acr-absent", "absent"),
            row("id-acr-unknown", "unknown"),
            row("id-hash-wrong", "at_hash wrong"),
            row("id-hash-absent", "absent"),
            row("id-encrypted", "encrypted when not asked"),
            row("id-plain", "plain when asked"),
        ],
    },
    Paragraph {
        name: "UserInfo",
        text: "sub mismatch *; plain JSON; unsigned inside JWE; wrong recipient key; alg RSA1_5 or dir; enc outside list; zip; `cty` missing; > size cap; iss/aud/exp wrong.",
        rows: &[
            row("told-subject", "sub mismatch"),
            row("told-json", "plain JSON"),
            row("told-unsigned", "unsigned inside JWE"),
            row("told-recipient", "wrong recipient key"),
            row("told-rsa1-5", "alg RSA1_5"),
            row("told-dir", "dir"),
            row("told-content", "enc outside list"),
            row("told-zip", "zip"),
            row("told-kind", "`cty` missing"),
            row("told-size", "> size cap"),
            row("told-issuer", "iss"),
            row("told-audience", "aud"),
            row("told-ended", "exp wrong"),
        ],
    },
];

/// What stands between two items. A star says that a suite has a module for the one before it.
fn is_between(text: &str) -> bool {
    let words = text.split([' ', ';', ',', '/', '*', '.']);
    words
        .filter(|word| !word.is_empty())
        .all(|word| word == "or")
}

#[test]
fn no_item_of_a_paragraph_is_left_out() {
    for Paragraph { name, text, rows } in &BOOK {
        let mut rest = *text;
        for row in *rows {
            let (before, after) = rest
                .split_once(row.words)
                .unwrap_or_else(|| panic!("{name}: no {:?} in {rest:?}", row.words));
            assert!(is_between(before), "{name}: {before:?} is in no row");
            rest = after;
        }
        assert!(is_between(rest), "{name}: {rest:?} is in no row");
    }
    let mut ids: Vec<&str> = BOOK
        .iter()
        .flat_map(|one| one.rows)
        .map(|row| row.id)
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "each row has a name of its own");
}

#[test]
fn the_paragraphs_are_those_of_the_rule_book() {
    let rules = std::fs::read_to_string(shared("rules/cie.md")).unwrap();
    let (_, section) = rules.split_once("\n### B13.").unwrap();
    let paragraphs: Vec<&str> = section
        .lines()
        .skip(1)
        // What the market does follows.
        .take_while(|line| !line.starts_with("**"))
        .collect();
    let ours = BOOK.map(|one| format!("{}: {}", one.name, one.text));
    assert_eq!(paragraphs, ours);
}
