//! What superiors and anchors demand, and anchors that are not the pinned ones.

use serde_json::json;

use super::{
    Peer::{Accepts, Refuses},
    Row, row,
};
use crate::support::federation::{ANCHOR, anchor_key, jwks, stranger_key};

/// Upon anchor and provider.
pub fn rows() -> Vec<Row> {
    vec![
        row(
            "a superior whom the provider does not name",
            "superior-not-named",
            Refuses,
            |f| {
                f.provider.claims["authority_hints"] = json!(["https://other.example.it"]);
            },
        ),
        row("no superior at all", "superior-not-named", Refuses, |f| {
            f.provider
                .claims
                .as_object_mut()
                .unwrap()
                .remove("authority_hints");
        }),
        row("a superior that is no address", "entity-id", Refuses, |f| {
            f.provider.claims["authority_hints"] = json!([ANCHOR, "registry"]);
        }),
        row("a superior without TLS", "entity-id", Accepts, |f| {
            f.provider.claims["authority_hints"] = json!([ANCHOR, "http://registry.example.it"]);
        }),
        row("a private key", "keys-private", Accepts, |f| {
            f.provider.claims["jwks"]["keys"][0]["d"] = json!("AAAA");
        }),
        row(
            "a private key in the statement",
            "keys-private",
            Accepts,
            |f| {
                f.statements[0].claims["jwks"]["keys"][0]["d"] = json!("AAAA");
            },
        ),
        row("a symmetric key", "keys-symmetric", Accepts, |f| {
            let key = json!({ "kty": "oct", "kid": "secret", "k": "c2VjcmV0" });
            f.provider.claims["jwks"]["keys"]
                .as_array_mut()
                .unwrap()
                .push(key);
        }),
        row("no keys", "statement-form", Refuses, |f| {
            f.statements[0]
                .claims
                .as_object_mut()
                .unwrap()
                .remove("jwks");
        }),
        row(
            "a configuration that is too large",
            "token_too_long",
            Accepts,
            |f| {
                f.provider.claims["filler"] = json!("a".repeat(64 * 1024));
            },
        ),
        row(
            "another anchor key than the pinned one",
            "anchor-keys",
            Accepts,
            |f| {
                for draft in [&mut f.anchor, &mut f.statements[0]] {
                    draft.key = stranger_key();
                }
                f.anchor.claims["jwks"] = jwks(&[(stranger_key(), "anchor")]);
            },
        ),
        row(
            "another anchor key of another name",
            "anchor-keys",
            Accepts,
            |f| {
                for draft in [&mut f.anchor, &mut f.statements[0]] {
                    draft.key = stranger_key();
                    draft.header["kid"] = json!("new");
                }
                f.anchor.claims["jwks"] =
                    jwks(&[(stranger_key(), "new"), (anchor_key(), "anchor")]);
            },
        ),
        row(
            "an anchor that signs with a pinned key it does not show",
            "token_no_key",
            Refuses,
            |f| {
                f.anchor.claims["jwks"] = jwks(&[(stranger_key(), "new")]);
            },
        ),
        row(
            "critical claims of the provider",
            "statement-critical",
            Accepts,
            |f| {
                f.provider.claims["crit"] = json!(["jti"]);
            },
        ),
        row(
            "critical claims of the superior",
            "statement-critical",
            Accepts,
            |f| {
                f.statements[0].claims["crit"] = json!(["jti"]);
            },
        ),
        row(
            "critical claims of the anchor",
            "statement-critical",
            Accepts,
            |f| {
                f.anchor.claims["crit"] = json!(["jti"]);
            },
        ),
        row(
            "critical claims that are no list",
            "statement-form",
            Refuses,
            |f| {
                f.provider.claims["crit"] = json!("jti");
            },
        ),
        row(
            "a critical operator that nobody knows",
            "policy-critical",
            Refuses,
            |f| {
                let statement = &mut f.statements[0].claims;
                statement["metadata_policy_crit"] = json!(["regexp"]);
                statement["metadata_policy"]["openid_provider"]["issuer"] =
                    json!({ "regexp": ".*" });
            },
        ),
        row(
            "an essential parameter that is missing",
            "policy-essential",
            Refuses,
            |f| {
                f.statements[0].claims["metadata_policy"]["openid_provider"]["tos_uri"] =
                    json!({ "essential": true });
            },
        ),
        row(
            "a parameter that is none of those allowed",
            "policy-not-met",
            Refuses,
            |f| {
                f.statements[0].claims["metadata_policy"]["openid_provider"]["op_name"] =
                    json!({ "one_of": ["Altro"] });
            },
        ),
        row(
            "operators that must not stand together",
            "policy-combination",
            Refuses,
            |f| {
                f.statements[0].claims["metadata_policy"]["openid_provider"]["op_name"] =
                    json!({ "one_of": ["a"], "add": ["a"] });
            },
        ),
        row("a policy that is none", "policy-form", Refuses, |f| {
            f.statements[0].claims["metadata_policy"] = json!({ "openid_provider": "any" });
        }),
        row("metadata that are none", "statement-form", Refuses, |f| {
            f.provider.claims["metadata"] = json!([]);
        }),
        row("constraints in a text", "statement-form", Refuses, |f| {
            f.statements[0].claims["constraints"] = json!("{\"max_path_length\":0}");
        }),
        row(
            "constraints that are a list",
            "statement-form",
            Refuses,
            |f| {
                f.statements[0].claims["constraints"] = json!([]);
            },
        ),
        row(
            "a path length below nothing",
            "statement-form",
            Accepts,
            |f| {
                f.anchor.claims["constraints"] = json!({ "max_path_length": -1 });
            },
        ),
        row("a name that is excluded", "naming", Accepts, |f| {
            f.statements[0].claims["constraints"] =
                json!({ "naming_constraints": { "excluded": [".idserver.example.it"] } });
        }),
        row("a name that is not permitted", "naming", Accepts, |f| {
            f.anchor.claims["constraints"] =
                json!({ "naming_constraints": { "permitted": ["idserver.example.it"] } });
        }),
        row(
            "a type that is not allowed",
            "not-a-provider",
            Accepts,
            |f| {
                f.statements[0].claims["constraints"] =
                    json!({ "allowed_entity_types": ["openid_relying_party"] });
            },
        ),
        row(
            "a type that the profile does not allow to leaves",
            "not-a-provider",
            Accepts,
            |f| {
                f.anchor.claims["constraints"] =
                    json!({ "allowed_leaf_entity_types": ["openid_relying_party"] });
            },
        ),
    ]
}

/// Upon anchor, intermediate and provider.
pub fn deep_rows() -> Vec<Row> {
    vec![
        row(
            "more intermediates than the anchor allows",
            "path-length",
            Accepts,
            |f| {
                f.anchor.claims["constraints"] = json!({ "max_path_length": 0 });
            },
        ),
        row(
            "more intermediates than its statement allows",
            "path-length",
            Accepts,
            |f| {
                f.statements[1].claims["constraints"] = json!({ "max_path_length": 0 });
            },
        ),
        row(
            "a name below the intermediate that the anchor excludes",
            "naming",
            Accepts,
            |f| {
                f.statements[1].claims["constraints"] =
                    json!({ "naming_constraints": { "excluded": [".idserver.example.it"] } });
            },
        ),
        row(
            "an intermediate with a key that the anchor does not know",
            "token_signature",
            Accepts,
            |f| {
                f.statements[0].key = stranger_key();
                f.intermediate.key = stranger_key();
                f.intermediate.claims["jwks"] = jwks(&[(stranger_key(), "intermediate")]);
            },
        ),
        row(
            "superiors who contradict one another",
            "policy-merge",
            Refuses,
            |f| {
                for (statement, value) in f.statements.iter_mut().zip(["a", "b"]) {
                    statement.claims["metadata_policy"] =
                        json!({ "openid_provider": { "op_name": { "value": value } } });
                }
            },
        ),
        row(
            "a critical operator that another superior uses",
            "policy-critical",
            Accepts,
            |f| {
                f.statements[0].claims["metadata_policy_crit"] = json!(["regexp"]);
                f.statements[1].claims["metadata_policy"]["openid_provider"]["issuer"] =
                    json!({ "regexp": ".*" });
            },
        ),
        row(
            "a type that the anchor does not allow below",
            "not-a-provider",
            Accepts,
            |f| {
                f.statements[1].claims["constraints"] =
                    json!({ "allowed_leaf_entity_types": ["openid_relying_party"] });
            },
        ),
    ]
}
