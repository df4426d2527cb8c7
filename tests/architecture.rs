//! The layers of the house, held by reading the source: which folder may use which, which third-party crate stays
//! behind which fence, how long a file may be, and who may vouch for a person.

use std::fs;
use std::path::{Path, PathBuf};

/// Folder of `src/` (longest prefix wins) and the folders of ours it may use besides itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("identity", &[]),
    ("crypto", &[]),
    ("policy", &["identity"]),
    ("audit", &["identity", "crypto"]),
    ("protocol", &["crypto"]),
    // What is printed or handed over as PDF.
    ("document", &["identity"]),
    // The port and its types; the adapter that asks over HTTP is beneath.
    ("archive.rs", &["identity", "store"]),
    ("archive", &["identity", "store", "fetch"]),
    // What is sent to people; the adapter is beneath.
    (
        "messages",
        &["identity", "crypto", "store", "fetch", "document"],
    ),
    // Files that people send us.
    ("upload", &["crypto"]),
    // The life of a PIN, pure; of the store it knows the port's types.
    ("pin", &["identity", "crypto", "audit", "store"]),
    // Requests that we send, whoever needs one.
    ("fetch", &["identity", "crypto"]),
    (
        "session",
        &["identity", "crypto", "policy", "audit", "store", "archive"],
    ),
    (
        "mandate",
        &["identity", "crypto", "policy", "audit", "store"],
    ),
    // The ports in `store.rs` know nothing of what is kept; the adapters beneath may.
    ("store.rs", &["identity", "crypto", "policy", "audit"]),
    (
        "store",
        &[
            "identity", "crypto", "policy", "audit", "protocol", "session", "mandate", "archive",
            "pin",
        ],
    ),
    // `login` and `downstream` never use each other.
    ("login", BELOW_LOGIN),
    ("downstream", BELOW_LOGIN),
    ("desk", BELOW_LOGIN),
    ("http", BELOW_HTTP),
    ("server", BELOW_HTTP),
    ("config", EVERYTHING),
    ("telemetry", EVERYTHING),
    ("demo", EVERYTHING),
    ("cli", EVERYTHING),
    ("main.rs", EVERYTHING),
    ("lib.rs", EVERYTHING),
];
const BELOW_LOGIN: &[&str] = &[
    "identity", "crypto", "policy", "audit", "protocol", "session", "mandate", "store", "archive",
    "fetch", "messages", "document", "upload", "pin",
];
const BELOW_HTTP: &[&str] = &[
    "identity",
    "crypto",
    "policy",
    "audit",
    "protocol",
    "session",
    "mandate",
    "store",
    "archive",
    "fetch",
    "messages",
    "document",
    "upload",
    "pin",
    "login",
    "downstream",
    "desk",
    "http",
    "server",
    "telemetry",
];
const EVERYTHING: &[&str] = &[
    "identity",
    "crypto",
    "policy",
    "audit",
    "protocol",
    "session",
    "mandate",
    "store",
    "archive",
    "fetch",
    "messages",
    "document",
    "upload",
    "pin",
    "login",
    "downstream",
    "desk",
    "http",
    "server",
    "config",
    "telemetry",
    "demo",
    "cli",
];

/// Third-party crate and the only folders that may name it.
const FENCES: &[(&str, &[&str])] = &[
    ("aws_lc_rs", &["crypto"]),
    ("argon2", &["crypto"]),
    ("rcgen", &["crypto", "demo"]),
    ("roxmltree", &["protocol/xml"]),
    ("rusqlite", &["store"]),
    ("axum", &["http", "server", "demo"]),
    ("askama", &["http", "demo"]),
    ("clap", &["cli", "main.rs"]),
    ("krilla", &["document"]),
    ("lettre", &["messages"]),
    ("openidconnect", &["login/openid/upstream"]),
    ("skrifa", &["document"]),
    // It reads certificates more leniently than a login may: `protocol::x509` has a reader of its own (decision 0016).
    ("x509_parser", &["crypto", "demo"]),
];

/// Folders whose subfolders are peers that must not use one another.
const PEERS: &[&str] = &["login", "downstream"];

/// What is no peer but there for all of them: it uses none of them.
const COMMON: &[&str] = &["saml"];

const LONGEST_FILE: usize = 430;

fn source_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(source_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// Every source file: its path below `src/` with `/`, and its text.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    source_files(&root)
        .into_iter()
        .map(|path| {
            let name = path
                .strip_prefix(&root)
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/");
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

fn is_in(file: &str, place: &str) -> bool {
    file == place || file.starts_with(&format!("{place}/")) || file == format!("{place}.rs")
}

/// The names that follow `prefix` in the code of a file; comments do not count.
fn paths_after<'a>(text: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> + 'a {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(move |line| {
            line.match_indices(prefix).filter_map(move |(at, _)| {
                let before = line[..at].chars().next_back();
                let free = !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':');
                free.then(|| &line[at + prefix.len()..])
            })
        })
}

fn first_name(path: &str) -> &str {
    path.split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
        .unwrap_or_default()
}

/// Every folder of ours that a file names by `crate::`, a braced list included.
fn own_uses(text: &str) -> Vec<String> {
    paths_after(text, "crate::")
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(list) => list
                .split('}')
                .next()
                .unwrap_or_default()
                .split(',')
                .map(|item| first_name(item.trim()).to_owned())
                .collect(),
            None => vec![first_name(rest).to_owned()],
        })
        .filter(|name| !name.is_empty())
        .collect()
}

fn layer_violations(file: &str, text: &str) -> Vec<String> {
    let Some((own, allowed)) = LAYERS
        .iter()
        .filter(|(place, _)| is_in(file, place) && (*place != "store" || file != "store.rs"))
        .max_by_key(|(place, _)| place.len())
    else {
        return vec![format!(
            "{file}: its folder has no layer in tests/architecture.rs"
        )];
    };
    let own = own.trim_end_matches(".rs");
    let mut found: Vec<String> = own_uses(text)
        .into_iter()
        .filter(|used| used != own && EVERYTHING.contains(&used.as_str()))
        .filter(|used| !allowed.contains(&used.as_str()))
        .map(|used| format!("{file} uses crate::{used}, which its layer forbids"))
        .collect();
    for folder in PEERS {
        let Some(method) = file.strip_prefix(&format!("{folder}/")) else {
            continue;
        };
        let method = first_name(method);
        found.extend(
            paths_after(text, &format!("crate::{folder}::"))
                .map(first_name)
                .filter(|used| *used != method && used.starts_with(|c: char| c.is_lowercase()))
                .filter(|used| *folder != "login" || !COMMON.contains(used))
                .map(|used| format!("{file} uses its peer crate::{folder}::{used}")),
        );
    }
    found
}

fn fence_violations(file: &str, text: &str) -> Vec<String> {
    FENCES
        .iter()
        .filter(|(_, places)| !places.iter().any(|place| is_in(file, place)))
        .filter(|(name, _)| paths_after(text, &format!("{name}::")).next().is_some())
        .map(|(name, places)| format!("{file} names {name}, which stays in {places:?}"))
        .collect()
}

#[test]
fn no_folder_uses_one_that_its_layer_forbids() {
    let found: Vec<String> = sources()
        .iter()
        .flat_map(|(file, text)| layer_violations(file, text))
        .collect();
    assert!(found.is_empty(), "forbidden edges:\n{}", found.join("\n"));
}

#[test]
fn third_party_crates_stay_behind_their_fences() {
    let found: Vec<String> = sources()
        .iter()
        .flat_map(|(file, text)| fence_violations(file, text))
        .collect();
    assert!(found.is_empty(), "through the fence:\n{}", found.join("\n"));
}

#[test]
fn no_source_file_is_too_long_to_read() {
    let found: Vec<String> = sources()
        .iter()
        .map(|(file, text)| (file, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_FILE)
        .map(|(file, lines)| format!("{file}: {lines} lines"))
        .collect();
    assert!(
        found.is_empty(),
        "over {LONGEST_FILE} lines:\n{}",
        found.join("\n")
    );
}

#[test]
fn only_login_methods_vouch_for_a_person() {
    let found: Vec<String> = sources()
        .into_iter()
        .filter(|(file, text)| {
            text.contains("AuthenticationProof for ") && !file.starts_with("login/")
        })
        .map(|(file, _)| file)
        .collect();
    assert!(found.is_empty(), "proofs made outside login: {found:?}");
}

#[test]
fn the_checker_sees_a_forbidden_edge_in_every_spelling() {
    for text in [
        "use crate::http::router;",
        "use crate::{identity, http};",
        "    let page = crate::http::pages::refusal();",
        "pub(crate) use crate::http;",
    ] {
        assert!(
            !layer_violations("identity/person.rs", text).is_empty(),
            "{text}"
        );
    }
    assert!(layer_violations("identity/person.rs", "// crate::http is above us").is_empty());
    assert!(!layer_violations("login/spid.rs", "use crate::downstream::oidc;").is_empty());
    assert!(!layer_violations("login/spid/checks.rs", "use crate::login::cie::Checks;").is_empty());
    assert!(
        layer_violations("login/spid/checks.rs", "use crate::login::spid::Settings;").is_empty()
    );
    assert!(layer_violations("login/spid/start.rs", "use crate::login::saml::Kept;").is_empty());
    assert!(!layer_violations("login/saml/kept.rs", "use crate::login::spid::Kept;").is_empty());
    assert!(!layer_violations("store.rs", "use crate::session::Session;").is_empty());
    assert!(layer_violations("store/sqlite.rs", "use crate::session::Session;").is_empty());
    assert!(!layer_violations("newcomer/file.rs", "").is_empty());
    assert!(!fence_violations("http/router.rs", "use aws_lc_rs::digest;").is_empty());
    assert!(fence_violations("server/tls.rs", "use rustls::crypto::aws_lc_rs;").is_empty());
    assert!(
        !fence_violations("login/spid.rs", "fn f() { roxmltree::Document::parse(x) }").is_empty()
    );
}
