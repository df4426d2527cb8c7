//! Statements that are not what they should be: types, algorithms, key names, parties, times.

use serde_json::json;

use super::{
    Peer::{Accepts, Refuses},
    Row, now, row,
};
use crate::support::federation::{PROVIDER, jwk, jwks, provider_key, stranger_key};

pub fn rows() -> Vec<Row> {
    vec![
        row(
            "a configuration of another type",
            "token_type",
            Refuses,
            |f| {
                f.provider.header["typ"] = json!("JWT");
            },
        ),
        row("a statement without a type", "token_type", Refuses, |f| {
            f.statements[0]
                .header
                .as_object_mut()
                .unwrap()
                .remove("typ");
        }),
        row("no algorithm", "token_algorithm", Refuses, |f| {
            f.provider.header["alg"] = json!("none");
        }),
        row("a symmetric algorithm", "token_algorithm", Refuses, |f| {
            f.statements[0].header["alg"] = json!("HS256");
        }),
        row(
            "an algorithm that is not in the profile",
            "token_algorithm",
            Refuses,
            |f| {
                f.provider.header["alg"] = json!("RS384");
            },
        ),
        row("an empty kid", "token_no_key", Refuses, |f| {
            f.provider.header["kid"] = json!("");
        }),
        row("an unknown kid", "token_no_key", Refuses, |f| {
            f.provider.header["kid"] = json!("other");
        }),
        row("no kid", "token_no_kid", Refuses, |f| {
            f.provider.header.as_object_mut().unwrap().remove("kid");
        }),
        row("two keys of one kid", "keys", Refuses, |f| {
            f.provider.claims["jwks"] =
                jwks(&[(provider_key(), "provider"), (stranger_key(), "provider")]);
        }),
        row("a key without kid", "keys", Refuses, |f| {
            let mut key = jwk(provider_key(), "provider");
            key.as_object_mut().unwrap().remove("kid");
            f.provider.claims["jwks"]["keys"]
                .as_array_mut()
                .unwrap()
                .push(key);
        }),
        row(
            "a header that brings its key",
            "token_header_key",
            Accepts,
            |f| {
                f.provider.header["jwk"] = jwk(provider_key(), "provider");
            },
        ),
        row("a critical header", "token_critical", Accepts, |f| {
            f.provider.header["crit"] = json!(["exp"]);
        }),
        row(
            "a configuration about somebody else",
            "statement-subject",
            Refuses,
            |f| {
                f.provider.claims["sub"] = json!("https://other.example.it");
            },
        ),
        row(
            "a configuration of somebody else",
            "statement-issuer",
            Refuses,
            |f| {
                f.provider.claims["iss"] = json!("https://other.example.it");
            },
        ),
        row(
            "a statement of another superior",
            "statement-issuer",
            Accepts,
            |f| {
                f.statements[0].claims["iss"] = json!("https://other.example.it");
            },
        ),
        row(
            "a statement about another entity",
            "statement-issuer",
            Accepts,
            |f| {
                f.statements[0].claims["sub"] = json!("https://other.example.it");
            },
        ),
        row(
            "a slash more in the name",
            "statement-issuer",
            Accepts,
            |f| {
                f.statements[0].claims["sub"] = json!(format!("{PROVIDER}/"));
            },
        ),
        row("a statement about nobody", "statement-form", Refuses, |f| {
            f.statements[0]
                .claims
                .as_object_mut()
                .unwrap()
                .remove("sub");
        }),
        row(
            "a configuration without end",
            "statement-form",
            Refuses,
            |f| {
                f.provider.claims.as_object_mut().unwrap().remove("exp");
            },
        ),
        row("a statement without end", "statement-form", Refuses, |f| {
            f.statements[0]
                .claims
                .as_object_mut()
                .unwrap()
                .remove("exp");
        }),
        row(
            "a configuration without beginning",
            "statement-form",
            Refuses,
            |f| {
                f.provider.claims.as_object_mut().unwrap().remove("iat");
            },
        ),
        row(
            "an ended configuration",
            "statement-expired",
            Accepts,
            |f| {
                f.provider.claims["exp"] = json!(now() - 1);
            },
        ),
        row("an ended statement", "statement-expired", Refuses, |f| {
            f.statements[0].claims["exp"] = json!(now() - 1);
        }),
        row("an ended anchor", "statement-expired", Refuses, |f| {
            f.anchor.claims["exp"] = json!(now() - 1);
        }),
        row(
            "a configuration from the future",
            "statement-future",
            Accepts,
            |f| {
                f.provider.claims["iat"] = json!(now() + 120);
            },
        ),
        row(
            "a statement from the future",
            "statement-future",
            Accepts,
            |f| {
                f.statements[0].claims["iat"] = json!(now() + 120);
            },
        ),
        row(
            "a configuration signed by another key",
            "token_signature",
            Refuses,
            |f| {
                f.provider.key = stranger_key();
            },
        ),
        row(
            "a statement signed by another key",
            "token_signature",
            Refuses,
            |f| {
                f.statements[0].key = stranger_key();
            },
        ),
        row(
            "a statement that the provider signed itself",
            "token_no_key",
            Refuses,
            |f| {
                f.statements[0].key = provider_key();
                f.statements[0].header["kid"] = json!("provider");
            },
        ),
        row(
            "a configuration with keys that the superior does not know",
            "token_no_key",
            Accepts,
            |f| {
                f.provider.key = stranger_key();
                f.provider.header["kid"] = json!("new");
                f.provider.claims["jwks"] = jwks(&[(stranger_key(), "new")]);
            },
        ),
        row(
            "the same under the name of the key that it knows",
            "token_signature",
            Accepts,
            |f| {
                f.provider.key = stranger_key();
                f.provider.claims["jwks"] = jwks(&[(stranger_key(), "provider")]);
            },
        ),
    ]
}
