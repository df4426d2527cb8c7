//! Style sheets, fonts and icons, embedded in the program.
//!
//! They live under `/static/DIGEST/`, where the digest is of all of them: a new release has new addresses, so browsers
//! may keep what they have for a year, and the files name one another by relative paths.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::RustEmbed;

use crate::crypto::encoding::hex;
use crate::crypto::sha256;

use super::pages::Refusal;

/// What this project wrote.
#[derive(RustEmbed)]
#[folder = "src/http/static"]
struct Own;

/// What set-up brought: of bootstrap-italia only what the pages use, with the licences that must travel along.
#[derive(RustEmbed)]
#[folder = "src/http/assets/node_modules/bootstrap-italia"]
#[include = "LICENSE"]
#[include = "dist/css/bootstrap-italia.min.css"]
#[include = "dist/svg/sprites.svg"]
#[include = "dist/fonts/Titillium_Web/OFL.txt"]
#[include = "dist/fonts/Titillium_Web/*-300.woff2"]
#[include = "dist/fonts/Titillium_Web/*-regular.woff2"]
#[include = "dist/fonts/Titillium_Web/*-600.woff2"]
#[include = "dist/fonts/Titillium_Web/*-700.woff2"]
struct Brought;

struct File {
    kind: &'static str,
    plain: Cow<'static, [u8]>,
    /// The same compressed, where that pays.
    gzip: Option<Vec<u8>>,
}

static FILES: LazyLock<BTreeMap<String, File>> = LazyLock::new(|| {
    let own = Own::iter().filter_map(|name| Some((name.clone(), Own::get(&name)?)));
    let brought = Brought::iter().filter_map(|name| Some((name.clone(), Brought::get(&name)?)));
    own.chain(brought)
        .map(|(name, file)| (name.to_string(), File::new(&name, file.data)))
        .collect()
});

/// The digest of every name and content: part of each address.
static DIGEST: LazyLock<String> = LazyLock::new(|| {
    let mut all = Vec::new();
    for name in Own::iter().chain(Brought::iter()) {
        let content = Own::get(&name).or_else(|| Brought::get(&name));
        let hash = content.map(|file| file.metadata.sha256_hash());
        all.extend_from_slice(name.as_bytes());
        all.extend_from_slice(&hash.unwrap_or_default());
    }
    hex(&sha256(&all)).chars().take(16).collect()
});

impl File {
    fn new(name: &str, plain: Cow<'static, [u8]>) -> Self {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending);
        let (kind, compressible) = match ending {
            Some("css") => ("text/css; charset=utf-8", true),
            Some("svg") => ("image/svg+xml", true),
            Some("woff2") => ("font/woff2", false),
            // Licences.
            _ => ("text/plain; charset=utf-8", true),
        };
        let gzip = compressible.then(|| compress(&plain)).flatten();
        Self { kind, plain, gzip }
    }
}

fn compress(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}

/// The folder of all static files, to prefix names with.
pub(super) fn folder() -> String {
    format!("/static/{}", *DIGEST)
}

/// `GET /static/{digest}/{*name}`.
pub(super) async fn serve(
    Path((digest, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let file = FILES.get(&name).filter(|_| digest == *DIGEST);
    let Some(file) = file else {
        return Err(Refusal::new(StatusCode::NOT_FOUND, "not-found"));
    };
    let wants_gzip = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| coding.trim() == "gzip");
    let fixed = [
        (header::CONTENT_TYPE, file.kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "Accept-Encoding"),
    ];
    let fixed = fixed.map(|(name, value)| (name, HeaderValue::from_static(value)));
    Ok(match &file.gzip {
        Some(gzip) if wants_gzip => {
            let coding = HeaderValue::from_static("gzip");
            (fixed, [(header::CONTENT_ENCODING, coding)], gzip.as_slice()).into_response()
        }
        _ => (fixed, file.plain.clone()).into_response(),
    })
}
