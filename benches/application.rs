//! The application of the benchmarks of logins: a demo that knows it, and the requests at both ends of a login.

use std::fs;
use std::path::Path;

use axum::body::Body;
use http::Request;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST};
use tokio::runtime::{Builder, Runtime};
use url::Url;
use varco::config::Config;
use varco::crypto::encoding::{base64, base64url, hex};
use varco::crypto::sha256;
use varco::demo::{Options, Running, start};

use crate::steps::Answer;

const VERIFIER: &str = "a-verifier-of-forty-three-characters-at-least";
const SECRET: &str = "a secret for the benchmark";
const CALLBACK: &str = "https://bench.example/callback";

pub(crate) fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// The configuration of a demo with one more application, the demo's origin, and what `look` sees of it.
pub(crate) fn demo<T>(
    runtime: &Runtime,
    data: &Path,
    look: impl FnOnce(&Running) -> T,
) -> (Config, Url, T) {
    let options = Options::at(data);
    let (origin, seen) = runtime.block_on(async {
        let demo = start(&options).await.expect("the demo starts");
        let origin = Url::parse(&demo.addresses().gateway).expect("an address");
        let seen = look(&demo);
        demo.stop().await;
        (origin, seen)
    });
    let file = data.join("varco.toml");
    let written = fs::read_to_string(&file).expect("the demo's configuration");
    let secret = hex(&sha256(SECRET.as_bytes()));
    let client = format!(
        r#"
        [[openid.client]]
        id = "bench"
        name = {{ it = "Banco", en = "Bench" }}
        redirect_uris = ["{CALLBACK}"]
        authentication = {{ method = "client_secret_basic", secret_sha256 = "{secret}" }}
        services = ["naspi"]
        claims = ["given_name", "family_name", "fiscal_number"]
        [store]"#
    );
    let text = written.replacen("\n[store]", &client, 1);
    let config = Config::parse(&text, &file, data).expect("a valid configuration");
    (config, origin, seen)
}

/// A request of a browser as the listener gives it to the router: with a body it posts a form.
pub(crate) fn request(
    origin: &Url,
    url: &Url,
    cookies: &str,
    body: Option<String>,
) -> Request<Body> {
    let host = &origin[url::Position::BeforeHost..url::Position::AfterPort];
    let mut request = Request::get(&url[url::Position::BeforePath..]).header(HOST, host);
    if !cookies.is_empty() {
        request = request.header(COOKIE, cookies);
    }
    let Some(body) = body else {
        return request.body(Body::empty()).expect("a request");
    };
    request
        .method("POST")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .expect("a request")
}

/// Where the application sends the browser, with the way in that it names.
pub(crate) fn authorize(origin: &Url, hint: &str) -> Url {
    let challenge = base64url(&sha256(VERIFIER.as_bytes()));
    let mut url = origin.join("/authorize").expect("an address");
    url.query_pairs_mut().extend_pairs([
        ("client_id", "bench"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid profile"),
        ("state", "state"),
        ("nonce", "nonce"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("resource", "naspi"),
        ("idp_hint", hint),
    ]);
    url
}

/// The code that the browser brings back.
pub(crate) fn code(origin: &Url, answer: &Answer) -> String {
    let callback = answer.location(origin);
    let code = callback.query_pairs().find(|(name, _)| name == "code");
    code.expect("a code").1.into_owned()
}

/// What the application trades the code with.
pub(crate) fn trade(origin: &Url, code: &str) -> Request<Body> {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ])
        .finish();
    let secret: String = form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    let credentials = base64(format!("bench:{secret}").as_bytes());
    let credentials = format!("Basic {credentials}").parse().expect("a header");
    let token = origin.join("/token").expect("an address");
    let mut request = request(origin, &token, "", Some(body));
    request.headers_mut().insert(AUTHORIZATION, credentials);
    request
}
