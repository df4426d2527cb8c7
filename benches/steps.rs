//! What the benchmarks of logins share: many logins walked step by step through the real router, and CPU time counted.

use std::fs;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use http::header::{LOCATION, SET_COOKIE};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;
use url::Url;
use varco::identity::FiscalCode;

/// Logins in a batch, all under way at once.
pub(crate) const LOGINS: usize = 400;
/// Batches; the best counts: what else runs on the machine only ever adds.
const BATCHES: usize = 3;
const LIMIT: f64 = 2.0;

/// What each part costs a login, in microseconds.
pub(crate) type Figures = Vec<(&'static str, f64)>;

fn total(figures: &Figures) -> f64 {
    figures.iter().map(|(_, micros)| micros).sum()
}

/// The best of several batches.
pub(crate) fn best(measure: impl Fn() -> Figures) -> Figures {
    (0..BATCHES)
        .map(|_| measure())
        .min_by(|one, other| total(one).total_cmp(&total(other)))
        .expect("one batch at least")
}

/// CPU time of all threads of this process so far, in microseconds.
fn cpu_time() -> f64 {
    let threads = fs::read_dir("/proc/self/task").expect("Linux");
    threads
        .filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("schedstat")).ok())
        .filter_map(|line| line.split_whitespace().next()?.parse::<f64>().ok())
        .sum::<f64>()
        / 1000.0
}

/// CPU time of `work`, per login of a batch.
pub(crate) fn per_login(work: impl FnOnce()) -> f64 {
    let before = cpu_time();
    work();
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let logins = LOGINS as f64;
    (cpu_time() - before) / logins
}

/// Prints what logins cost beside their cryptographic operations, and whether that is within the limit.
pub(crate) fn verdict(kind: &str, login: &Figures, cryptography: &Figures) -> ExitCode {
    let ratio = total(login) / total(cryptography);
    println!(
        "A whole {kind} login, CPU time of the gateway per login (best of {BATCHES} x {LOGINS}):"
    );
    for (name, micros) in login {
        println!("  {name:<44} {micros:>8.1} us");
    }
    println!("  {:<44} {:>8.1} us", "sum", total(login));
    println!("Its cryptographic operations, the same way:");
    for (name, micros) in cryptography {
        println!("  {name:<44} {micros:>8.1} us");
    }
    println!("  {:<44} {:>8.1} us", "sum", total(cryptography));
    println!("ratio {ratio:.2} (limit {LIMIT:.1})");
    if ratio <= LIMIT {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Sends requests all at once; gives the answers, and what they cost a login. Only what the gateway does between a request
/// and its answer counts, not what browsers and applications do to make the one and read the other.
pub(crate) fn ask_at_once(
    runtime: &Runtime,
    router: &Router,
    requests: Vec<Request<Body>>,
) -> (Vec<Answer>, f64) {
    let mut answers = Vec::with_capacity(requests.len());
    let micros = per_login(|| {
        runtime.block_on(async {
            let asked: Vec<_> = requests
                .into_iter()
                .map(|request| tokio::spawn(serve(router.clone(), request)))
                .collect();
            for answer in asked {
                answers.push(answer.await.expect("an answer"));
            }
        });
    });
    (answers, micros)
}

/// What the gateway answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    body: Bytes,
}

async fn serve(router: Router, request: Request<Body>) -> Answer {
    let response = router.oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: body.collect().await.expect("a body").to_bytes(),
    }
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    pub(crate) fn location(&self, base: &Url) -> Url {
        let location = self.headers.get(LOCATION);
        let location = location.unwrap_or_else(|| panic!("no redirect: {}", self.text()));
        let location = location.to_str().expect("a text");
        base.join(location).expect("an address")
    }
}

/// The fiscal code of a person who did not log in yet: a front door sees each of them once.
pub(crate) fn somebody_else() -> String {
    static SEEN: AtomicUsize = AtomicUsize::new(0);
    let seen = SEEN.fetch_add(1, Ordering::Relaxed);
    let letter = |place: u32| {
        char::from(b'A' + u8::try_from(seen / 26_usize.pow(place) % 26).expect("a letter"))
    };
    let letters: String = (0..6).map(letter).collect();
    ('A'..='Z')
        .map(|check| format!("{letters}85C55F205{check}"))
        .find(|code| FiscalCode::parse(code).is_ok())
        .expect("one check letter is right")
}

/// Keeps the cookies of an answer as a browser does.
pub(crate) fn keep_cookies(cookies: &mut String, headers: &HeaderMap) {
    for cookie in headers.get_all(SET_COOKIE) {
        let pair = cookie
            .to_str()
            .expect("a text")
            .split(';')
            .next()
            .expect("a pair");
        if !cookies.is_empty() {
            cookies.push_str("; ");
        }
        cookies.push_str(pair);
    }
}
