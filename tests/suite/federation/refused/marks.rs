//! Trust marks, and who has them.

use serde_json::{Value, json};

use super::{
    Peer::{Accepts, Refuses},
    Row, now, row,
};
use crate::support::federation::{ANCHOR, MARK, PROVIDER, jwks, provider_key, stranger_key};

pub fn rows() -> Vec<Row> {
    vec![
        row("no trust mark", "trust-mark-missing", Accepts, |f| {
            f.mark_entry = Value::Null;
        }),
        row(
            "a trust mark of another kind",
            "trust-mark-missing",
            Accepts,
            |f| {
                let kind = format!("{ANCHOR}/openid_relying_party/public");
                f.anchor.claims["trust_mark_issuers"][&kind] = json!([ANCHOR]);
                f.mark.claims["id"] = json!(kind);
                f.mark_entry["id"] = json!(kind);
            },
        ),
        row(
            "a trust mark of a kind that the anchor does not know",
            "trust-mark-issuer",
            Accepts,
            |f| {
                f.anchor.claims["trust_mark_issuers"] = json!({ format!("{MARK}/"): [ANCHOR] });
            },
        ),
        row(
            "a trust mark by an issuer who is not listed",
            "trust-mark-issuer",
            Accepts,
            |f| {
                f.mark.claims["iss"] = json!("https://other.example.it");
            },
        ),
        row(
            "a trust mark by a listed issuer whose keys nobody knows",
            "trust-mark-issuer",
            Accepts,
            |f| {
                f.anchor.claims["trust_mark_issuers"][MARK] = json!(["https://other.example.it"]);
                f.mark.claims["iss"] = json!("https://other.example.it");
            },
        ),
        row(
            "a trust mark about somebody else",
            "statement-subject",
            Accepts,
            |f| {
                f.mark.claims["sub"] = json!("https://other.example.it");
            },
        ),
        row("an ended trust mark", "statement-expired", Accepts, |f| {
            f.mark.claims["exp"] = json!(now() - 1);
        }),
        row(
            "a trust mark from the future",
            "statement-future",
            Accepts,
            |f| {
                f.mark.claims["iat"] = json!(now() + 120);
            },
        ),
        row(
            "a trust mark signed by another key",
            "token_signature",
            Accepts,
            |f| {
                f.mark.key = stranger_key();
            },
        ),
        row(
            "a token of another use as a trust mark",
            "token_type",
            Accepts,
            |f| {
                f.mark.header["typ"] = json!("JWT");
            },
        ),
        row(
            "a trust mark of another kind than its entry says",
            "trust-mark-entry",
            Accepts,
            |f| {
                f.mark.claims["id"] = json!(format!("{ANCHOR}/openid_relying_party/public"));
            },
        ),
        row(
            "a trust mark that spells its kind in two ways",
            "trust-mark-entry",
            Accepts,
            |f| {
                f.mark.claims["trust_mark_type"] = json!("https://other.example.it");
            },
        ),
        row(
            "an entry that names another issuer",
            "trust-mark-entry",
            Accepts,
            |f| {
                f.mark_entry["iss"] = json!("https://other.example.it");
            },
        ),
        row(
            "a trust mark that needs its owner's delegation",
            "trust-mark-owner",
            Accepts,
            |f| {
                f.anchor.claims["trust_mark_owners"] = json!({ MARK: { "sub": PROVIDER, "jwks": jwks(&[(provider_key(), "provider")]) } });
            },
        ),
        row(
            "an entity that is no provider",
            "not-a-provider",
            Refuses,
            |f| {
                f.provider.claims["metadata"] = json!({ "federation_entity": {} });
            },
        ),
    ]
}
