//! Hostile trust anchors, superiors and providers (rules on CIE, B4 and B13): resolved in the background, they are not believed,
//! and nobody is sent to them.

use http::StatusCode;
use serde_json::json;
use varco::audit::TrustChange;
use varco::identity::{Clock as _, SystemClock};
use varco::login::openid::trust::{MarkStatus, TrustSettings};
use varco::login::openid::{Habits, Profile};

use super::Table;
use crate::suite::federation::refused::{self, Row};
use crate::support::federation::{ANCHOR, Federation, INTERMEDIATE, PROVIDER};
use crate::support::hostile::{Hostile, unset};
use crate::support::http_server::Reply;

/// Rows of the book, with the chains of [`refused`] that break them.
#[rustfmt::skip]
const CHAINS: &[(&str, &[&str])] = &[
    ("statement-type", &["a configuration of another type", "a statement without a type"]),
    ("statement-none", &["no algorithm"]),
    ("statement-hmac", &["a symmetric algorithm", "an algorithm that is not in the profile"]),
    ("statement-kid-empty", &["an empty kid", "no kid"]),
    ("statement-kid-unknown", &["an unknown kid"]),
    ("statement-kid-twice", &["two keys of one kid", "a key without kid"]),
    ("statement-parties", &["a configuration about somebody else", "a configuration of somebody else"]),
    ("statement-no-end", &["a configuration without end", "a statement without end"]),
    ("statement-no-beginning", &["a configuration without beginning"]),
    ("statement-ended", &["an ended configuration", "an ended statement", "an ended anchor"]),
    ("statement-future", &["a configuration from the future", "a statement from the future"]),
    ("statement-key", &[
        "a configuration signed by another key",
        "a statement signed by another key",
        "a statement that the provider signed itself",
        "a configuration with keys that the superior does not know",
        "the same under the name of the key that it knows",
        "an intermediate with a key that the anchor does not know",
        "a header that brings its key",
    ]),
    ("statement-superior", &["no superior at all", "a superior that is no address"]),
    ("key-private", &["a private key", "a private key in the statement"]),
    ("key-symmetric", &["a symmetric key"]),
    ("statement-http", &["a superior without TLS"]),
    ("chain-deep", &["more intermediates than the anchor allows", "more intermediates than its statement allows"]),
    ("policy", &[
        "a parameter that is none of those allowed",
        "operators that must not stand together",
        "a policy that is none",
        "superiors who contradict one another",
    ]),
    ("policy-essential", &["an essential parameter that is missing"]),
    ("mark-issuer", &["a trust mark by an issuer who is not listed", "a trust mark of a kind that the anchor does not know"]),
    ("mark-subject", &["a trust mark about somebody else"]),
    ("mark-ended", &["an ended trust mark"]),
    ("anchor-key", &[
        "another anchor key than the pinned one",
        "another anchor key of another name",
        "an anchor that signs with a pinned key it does not show",
    ]),
    ("statement-critical", &[
        "critical claims of the provider",
        "critical claims of the superior",
        "critical claims of the anchor",
        "critical claims that are no list",
        "a critical operator that nobody knows",
        "a critical operator that another superior uses",
        "a critical header",
    ]),
];

/// Who answers so has said nothing of the provider: that stands in the log and in the metrics, and is told in the audit log when
/// the last good chain has ended.
const UNANSWERED: &[&str] = &["redirect", "insecure", "too-large", "too-many-requests"];

/// A federation that misbehaves otherwise than by one statement: what it is like, what somebody answers in place of it, and what
/// our operator has set.
struct Case {
    row: &'static str,
    what: &'static str,
    code: &'static str,
    federation: fn() -> Federation,
    instead: Option<Instead>,
    set: fn(&mut TrustSettings),
}

/// Who answers otherwise, and how, of a federation at its address.
type Instead = (&'static str, fn(&Federation) -> Reply);

impl Case {
    fn new(row: &'static str, what: &'static str, code: &'static str) -> Self {
        Self {
            row,
            what,
            code,
            federation: flat,
            instead: None,
            set: |_| {},
        }
    }

    fn of(self, federation: fn() -> Federation) -> Self {
        Self { federation, ..self }
    }

    fn answering(self, place: &'static str, reply: fn(&Federation) -> Reply) -> Self {
        let instead = Some((place, reply));
        Self { instead, ..self }
    }

    fn set(self, set: fn(&mut TrustSettings)) -> Self {
        Self { set, ..self }
    }
}

fn flat() -> Federation {
    Federation::flat(SystemClock.now().timestamp())
}

fn deep() -> Federation {
    Federation::deep(SystemClock.now().timestamp())
}

fn statement(token: String) -> Reply {
    Reply::of(200, "application/entity-statement+jwt", token)
}

fn redirect(_: &Federation) -> Reply {
    Reply::with(302, &[("location", "/op/elsewhere")], "")
}

fn without_end(_: &Federation) -> Reply {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/entity-statement+jwt\r\n\r\n";
    Reply::Endless(head.as_bytes().to_vec())
}

/// What the anchor says of somebody else, when it is asked about the provider.
fn about_another(federation: &Federation) -> Reply {
    let mut of_another = federation.statements[0].clone();
    of_another.claims["sub"] = json!("https://other.example.it");
    statement(of_another.signed())
}

fn with_slash(federation: &Federation) -> Reply {
    let mut of_another = federation.statements[0].clone();
    let subject = of_another.claims["sub"].as_str().unwrap();
    of_another.claims["sub"] = json!(format!("{subject}/"));
    statement(of_another.signed())
}

/// What the provider's configuration is, wholly another's and rightly signed.
fn of_another(federation: &Federation) -> Reply {
    let mut configuration = federation.provider.clone();
    for claim in ["iss", "sub"] {
        configuration.claims[claim] = json!("https://other.example.it");
    }
    statement(configuration.signed())
}

fn in_a_circle() -> Federation {
    let mut federation = deep();
    // Each says that it is below the other.
    federation.intermediate.claims["authority_hints"] = json!([PROVIDER]);
    let mut circle = federation.statements[0].clone();
    circle.claims["iss"] = json!(PROVIDER);
    federation.statements = vec![federation.statements[0].clone(), circle];
    federation
}

fn marks_asked(settings: &mut TrustSettings) {
    settings.status = MarkStatus::ByName;
}

#[rustfmt::skip]
fn cases() -> Vec<Case> {
    vec![
        Case::new("statement-none", "`none` of the superior", "token_algorithm").of(|| {
            let mut f = flat();
            f.statements[0].header["alg"] = json!("none");
            f
        }),
        Case::new("statement-hmac", "a symmetric algorithm of the anchor", "token_algorithm").of(|| {
            let mut f = flat();
            f.anchor.header["alg"] = json!("HS512");
            f
        }),
        Case::new("statement-no-beginning", "a statement without beginning", "statement-form").of(|| {
            let mut f = flat();
            unset(&mut f.statements[0].claims, "iat");
            f
        }),
        Case::new("statement-not-asked-for", "another's configuration", "statement-issuer").answering("/op/.well-known", of_another),
        Case::new("statement-not-asked-for", "the provider's in the anchor's place", "anchor-keys").answering("/ta/.well-known", |f| statement(f.provider.signed())),
        Case::new("statement-not-asked-for", "the anchor's in the provider's place", "statement-issuer").answering("/op/.well-known", |f| statement(f.anchor.signed())),
        Case::new("statement-subject", "a statement about another", "statement-issuer").answering("/ta/fetch", about_another),
        Case::new("statement-subject", "a statement about the provider and a slash", "statement-issuer").answering("/ta/fetch", with_slash),
        Case::new("statement-subject", "a statement about itself", "chain-loop").answering("/ta/fetch", |f| statement(f.anchor.signed())),
        Case::new("statement-subject", "the provider's own configuration", "token_no_key").answering("/ta/fetch", |f| statement(f.provider.signed())),
        Case::new("statement-superior", "a superior who has none", "superior-not-named").of(|| {
            let mut f = deep();
            unset(&mut f.intermediate.claims, "authority_hints");
            f
        }),
        Case::new("statement-superior", "a superior who knows nothing of it", "not-vouched-for").of(|| {
            let mut f = deep();
            f.provider.claims["authority_hints"] = json!([ANCHOR]);
            f
        }),
        Case::new("registration-missing", "no word of how to register", "provider-metadata").of(|| {
            let mut f = flat();
            unset(f.metadata(), "client_registration_types_supported");
            f
        }),
        Case::new("registration-empty", "no way to register", "provider-metadata").of(|| {
            let mut f = flat();
            f.metadata()["client_registration_types_supported"] = json!([]);
            f
        }),
        Case::new("registration-empty", "other ways to register alone", "provider-metadata").of(|| {
            let mut f = flat();
            f.metadata()["client_registration_types_supported"] = json!(["explicit"]);
            f
        }),
        Case::new("key-private", "a private key for tokens", "keys-private").of(|| {
            let mut f = flat();
            f.metadata()["jwks"]["keys"][0]["d"] = json!("AAAA");
            f
        }),
        Case::new("key-private", "a private key of the anchor", "keys-private").of(|| {
            let mut f = flat();
            f.anchor.claims["jwks"]["keys"][0]["d"] = json!("AAAA");
            f
        }),
        Case::new("key-symmetric", "a symmetric key for tokens", "keys-symmetric").of(|| {
            let mut f = flat();
            let key = json!({ "kty": "oct", "kid": "secret", "k": "c2VjcmV0" });
            f.metadata()["jwks"]["keys"].as_array_mut().unwrap().push(key);
            f
        }),
        Case::new("statement-size", "a configuration that is too large", "too-large").of(|| {
            let mut f = flat();
            f.provider.claims["filler"] = json!("f".repeat(64 * 1024));
            f
        }),
        Case::new("statement-size", "a configuration that is too large to be read", "token_too_long").of(|| {
            let mut f = flat();
            f.provider.claims["filler"] = json!("f".repeat(50 * 1024));
            f
        }).set(|settings| settings.rules.max_bytes = 1024 * 1024),
        Case::new("statement-size", "a configuration without end", "too-large").answering("/op/.well-known", without_end),
        Case::new("statement-size", "a statement without end", "too-large").answering("/ta/fetch", without_end),
        Case::new("statement-http", "a provider without TLS", "insecure").set(|settings| settings.rules.danger_allow_http_on_loopback = false),
        Case::new("statement-http", "an anchor whose statements come without TLS", "insecure").of(|| {
            let mut f = flat();
            let entity = &mut f.anchor.claims["metadata"]["federation_entity"];
            entity["federation_fetch_endpoint"] = json!("http://registry.federation.example/fetch");
            f
        }),
        Case::new("statement-http", "an endpoint of the provider without TLS", "provider-metadata").of(|| {
            let mut f = flat();
            f.metadata()["token_endpoint"] = json!("http://idserver.example/token");
            f
        }),
        Case::new("statement-redirect", "the provider's configuration elsewhere", "redirect").answering("/op/.well-known", redirect),
        Case::new("statement-redirect", "the anchor's configuration elsewhere", "redirect").answering("/ta/.well-known", redirect),
        Case::new("statement-redirect", "the anchor's statement elsewhere", "redirect").answering("/ta/fetch", redirect),
        Case::new("chain-loop", "superiors who lead in a circle", "chain-loop").of(in_a_circle),
        Case::new("chain-loop", "a provider that is its own superior", "chain-loop").of(|| {
            let mut f = flat();
            f.provider.claims["authority_hints"] = json!([PROVIDER]);
            f
        }),
        Case::new("chain-deep", "an intermediate where none may be", "chain-too-long").of(deep).set(|settings| settings.chain.most_intermediates = 0),
        Case::new("chain-deep", "more requests than may be made", "too-many-requests").of(deep).set(|settings| settings.limits.requests = 3),
        Case::new("policy", "a policy that no value can meet", "policy-not-met").of(|| {
            let mut f = flat();
            let policy = &mut f.statements[0].claims["metadata_policy"]["openid_provider"];
            policy["acr_values_supported"] = json!({ "superset_of": ["https://www.spid.gov.it/SpidL9"] });
            f
        }),
        Case::new("policy", "a policy that leaves nothing of what a login needs", "provider-metadata").of(|| {
            let mut f = flat();
            f.metadata()["code_challenge_methods_supported"] = json!(["plain"]);
            f
        }),
        Case::new("policy-essential", "an essential parameter that is nothing", "policy-essential").of(|| {
            let mut f = flat();
            f.metadata()["tos_uri"] = json!(null);
            f.statements[0].claims["metadata_policy"]["openid_provider"]["tos_uri"] = json!({ "essential": true });
            f
        }),
        Case::new("mark-issuer", "a trust mark by the provider itself", "trust-mark-issuer").of(|| {
            let mut f = flat();
            f.mark.claims["iss"] = json!(PROVIDER);
            f
        }),
        Case::new("mark-issuer", "no trust mark", "trust-mark-missing").of(|| {
            let mut f = flat();
            f.mark_entry = json!(null);
            f
        }),
        Case::new("mark-subject", "the trust mark of an intermediate", "statement-subject").of(|| {
            let mut f = flat();
            f.mark.claims["sub"] = json!(INTERMEDIATE);
            f
        }),
        Case::new("mark-revoked", "a trust mark that is not in force", "trust-mark-revoked").set(marks_asked)
            .answering("/ta/trust_mark_status", |_| Reply::of(200, "application/json", r#"{"active":false}"#)),
        Case::new("mark-revoked", "a trust mark that its issuer does not know", "trust-mark-revoked").set(marks_asked)
            .answering("/ta/trust_mark_status", |_| Reply::of(404, "application/json", r#"{"error":"not_found"}"#)),
        Case::new("mark-revoked", "a trust mark asked for by itself", "trust-mark-revoked").set(|settings| settings.status = MarkStatus::ByMark)
            .answering("/ta/trust_mark_status", |_| Reply::of(200, "application/json", r#"{"active":false}"#)),
        Case::new("mark-revoked", "no answer that says whether it is in force", "statement-form").set(marks_asked)
            .answering("/ta/trust_mark_status", |_| Reply::of(200, "application/json", r#"{"active":"true"}"#)),
    ]
}

pub async fn play(table: &mut Table) {
    let now = SystemClock.now().timestamp();
    let mut chains: Vec<(Federation, Row)> = refused::all(now).collect();
    for (row, names) in CHAINS {
        for name in *names {
            let place = chains.iter().position(|(_, broken)| broken.what == *name);
            let place = place.unwrap_or_else(|| panic!("no chain is {name:?}"));
            let (mut federation, broken) = chains.swap_remove(place);
            (broken.change)(&mut federation);
            let hostile = hostile(federation, |_| {});
            table.not_believed(row, name, broken.code, hostile).await;
        }
    }
    for case in cases() {
        let hostile = hostile((case.federation)(), case.set);
        if let Some((place, reply)) = case.instead {
            let base = hostile.stand.server.url("/");
            let base = base.as_str().trim_end_matches('/');
            let federation = (case.federation)().moved(base);
            hostile.stand.instead(place, reply(&federation));
        }
        table
            .not_believed(case.row, case.what, case.code, hostile)
            .await;
    }
}

fn hostile(federation: Federation, set: fn(&mut TrustSettings)) -> Hostile {
    let strict = (Profile::Cie, Habits::default());
    Hostile::new(federation, strict, |settings, _| set(settings))
}

impl Table {
    /// A provider that must not be believed, for a reason: the page of logins does not lead to it, whoever tries all the same
    /// gets a page that says so and no session, nobody is sent anywhere, and log and audit log have the reason.
    async fn not_believed(
        &mut self,
        row: &'static str,
        what: &str,
        code: &str,
        mut hostile: Hostile,
    ) {
        let seen = hostile.not_believed().await;
        let mut faults = Vec::new();
        if seen.code.as_deref() != Some(code) {
            faults.push(format!("{:?} in the log", seen.code));
        }
        let mut expected = vec![TrustChange::ProviderRefused {
            code: code.to_owned(),
            until: None,
        }];
        if UNANSWERED.contains(&code) {
            expected.clear();
        }
        if seen.told != expected {
            faults.push(format!("{:?} in the audit log", seen.told));
        }
        if seen.offered {
            faults.push("the login page leads there".to_owned());
        }
        let says_so = seen
            .page
            .contains("We cannot reach the Ministry of the Interior, or cannot");
        if seen.status != StatusCode::SERVICE_UNAVAILABLE || !says_so {
            faults.push(format!("{}: {}", seen.status, seen.page));
        }
        if seen.session || !hostile.gateway.register().is_empty() {
            faults.push("somebody is logged in".to_owned());
        }
        self.close(row, what, code, faults);
    }
}
