//! Outgoing HTTP against servers that do as they please.

use std::sync::Arc;
use std::time::Duration;

use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use url::Url;
use varco::fetch::{Answer, Ask, Authorities, Fetch, FetchError, Network, Rules};

use crate::support::http_server::{HttpServer, Reply};

const JSON: &[&str] = &["application/json"];
const MOST: usize = 10_000;

/// Rules for a server of a test: quick, small, plain HTTP to loopback.
fn rules(url: &Url) -> Rules {
    Rules {
        danger_allow_http_on_loopback: true,
        connect_timeout: Duration::from_secs(5),
        timeout: Duration::from_secs(20),
        max_bytes: MOST,
        at_once: 4,
        ..Rules::for_origin_of(url, Authorities::System)
    }
}

/// The same for a server that is too slow: the test waits as long as the rules do.
fn impatient(url: &Url) -> Rules {
    Rules {
        timeout: Duration::from_millis(150),
        ..rules(url)
    }
}

async fn get(rules: Rules, url: &Url) -> Result<Answer, FetchError> {
    Fetch::new(rules).unwrap().send(Ask::get(url, JSON)).await
}

async fn answer_to(reply: Reply) -> Result<Answer, FetchError> {
    let server = HttpServer::start(move |_| reply.clone());
    let url = server.url("/");
    get(rules(&url), &url).await
}

fn body(answer: Result<Answer, FetchError>) -> Vec<u8> {
    match answer {
        Ok(Answer::Whole { body, .. }) => body,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_answer_within_the_rules_is_given_whole() {
    let server = HttpServer::start(|_| Reply::of(200, "Application/JSON; charset=utf-8", "{}"));
    let url = server.url("/people?of=all#part");
    assert_eq!(body(get(rules(&url), &url).await), b"{}");
    let received = server.received();
    assert_eq!(received[0].line, "GET /people?of=all HTTP/1.1");
    assert_eq!(received[0].header("accept"), Some("application/json"));
    assert_eq!(received[0].header("accept-encoding"), Some("identity"));
    assert_eq!(received[0].header("cookie"), None);
    let full = "x".repeat(MOST);
    assert_eq!(
        body(answer_to(Reply::of(200, JSON[0], &full)).await).len(),
        MOST
    );
}

#[tokio::test]
async fn a_document_is_posted_with_the_token() {
    let server = HttpServer::start(|_| Reply::of(200, JSON[0], "{}"));
    let url = server.url("/");
    let fetch = Fetch::new(rules(&url)).unwrap();
    let ask = Ask::post_json(&url, b"{\"a\":1}".to_vec(), JSON).bearer("s3cret");
    fetch.send(ask).await.unwrap();
    let received = server.received();
    assert_eq!(received[0].line, "POST / HTTP/1.1");
    assert_eq!(received[0].header("authorization"), Some("Bearer s3cret"));
    assert_eq!(received[0].header("content-type"), Some(JSON[0]));
    assert_eq!(received[0].body, b"{\"a\":1}");
}

#[tokio::test]
async fn a_token_that_would_make_a_header_of_its_own_is_not_sent() {
    let server = HttpServer::start(|_| Reply::of(200, JSON[0], "{}"));
    let url = server.url("/");
    let fetch = Fetch::new(rules(&url)).unwrap();
    let ask = Ask::get(&url, JSON).bearer("s3cret\r\nx-other: 1");
    assert_eq!(fetch.send(ask).await, Err(FetchError::NotAllowed));
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_again() {
    let server = HttpServer::start(|received| match received.header("if-none-match") {
        Some("\"one\"") => Reply::with(304, &[], ""),
        _ => Reply::with(200, &[("content-type", JSON[0]), ("etag", "\"one\"")], "{}"),
    });
    let url = server.url("/");
    let fetch = Fetch::new(rules(&url)).unwrap();
    let Answer::Whole {
        etag: Some(etag), ..
    } = fetch.send(Ask::get(&url, JSON)).await.unwrap()
    else {
        panic!("no entity tag");
    };
    let again = Ask::get(&url, JSON).unless_still(&etag);
    assert_eq!(fetch.send(again).await, Ok(Answer::NotModified));
    let other = Ask::get(&url, JSON).unless_still("\"two\"");
    assert!(matches!(fetch.send(other).await, Ok(Answer::Whole { .. })));
    // Nobody asked whether it changed: there is nothing that could be meant.
    server.answer(|_| Reply::with(304, &[], ""));
    assert_eq!(
        fetch.send(Ask::get(&url, JSON)).await,
        Err(FetchError::Redirect)
    );
}

#[tokio::test]
async fn a_date_tells_what_did_not_change_where_there_is_no_entity_tag() {
    const DAY: &str = "Sun, 22 Nov 2026 05:00:00 GMT";
    let server = HttpServer::start(|received| match received.header("if-modified-since") {
        Some(DAY) => Reply::with(304, &[], ""),
        _ => Reply::with(
            200,
            &[("content-type", JSON[0]), ("last-modified", DAY)],
            "{}",
        ),
    });
    let url = server.url("/");
    let fetch = Fetch::new(rules(&url)).unwrap();
    let first = fetch.send(Ask::get(&url, JSON)).await.unwrap();
    assert!(matches!(&first, Answer::Whole { last_modified: Some(day), .. } if day == DAY));
    let again = Ask::get(&url, JSON).unless_unmodified_since(DAY);
    assert_eq!(fetch.send(again).await, Ok(Answer::NotModified));
}

#[tokio::test]
async fn plain_http_for_what_is_signed_reaches_no_address_of_the_inside() {
    let server = HttpServer::start(|_| Reply::of(200, JSON[0], "{}"));
    let url = server.url("/");
    let signed = |networks| Rules {
        danger_allow_http_on_loopback: false,
        plain_http: true,
        networks,
        ..rules(&url)
    };
    for url in [&url, &named_localhost(&url)] {
        let refused = get(signed(Vec::new()), url).await;
        assert!(
            refused == Err(FetchError::PrivateAddress) || refused == Err(FetchError::NotAllowed)
        );
    }
    assert!(server.received().is_empty());
    let named = signed(vec!["127.0.0.0/8".parse().unwrap()]);
    assert_eq!(body(get(named, &url).await), b"{}");
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_refused_announced_or_not() {
    let announced = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        MOST + 1
    );
    // Refused by its announcement alone: not a byte of it ever comes.
    let refused = answer_to(Reply::Stall(announced.into_bytes())).await;
    assert_eq!(refused, Err(FetchError::TooLarge));
    let huge = Reply::of(200, JSON[0], "x".repeat(5_000_000));
    assert_eq!(answer_to(huge).await, Err(FetchError::TooLarge));
    let endless = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";
    let endless = Reply::Endless(endless.as_bytes().to_vec());
    assert_eq!(answer_to(endless).await, Err(FetchError::TooLarge));
}

#[tokio::test]
async fn endless_headers_are_refused() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-endless: ".to_vec();
    assert_eq!(
        answer_to(Reply::Endless(head)).await,
        Err(FetchError::Broken)
    );
}

#[tokio::test]
async fn a_server_that_is_too_slow_is_left() {
    let slow_body =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 3\r\n\r\n12";
    for sent in ["", "HTTP/1.1 200", slow_body] {
        let server = HttpServer::start(move |_| Reply::Stall(sent.as_bytes().to_vec()));
        let url = server.url("/");
        let refused = get(impatient(&url), &url).await;
        assert_eq!(refused, Err(FetchError::TooSlow), "{sent}");
    }
}

#[tokio::test]
async fn who_waits_for_a_place_waits_no_longer_than_the_rules_say() {
    let server = HttpServer::start(|received| match received.line.contains("/slow") {
        true => Reply::Stall(Vec::new()),
        false => Reply::of(200, JSON[0], "{}"),
    });
    let (slow, quick) = (server.url("/slow"), server.url("/quick"));
    let one_place = Rules {
        at_once: 1,
        ..impatient(&slow)
    };
    let fetch = Fetch::new(one_place).unwrap();
    let (first, second) = tokio::join!(
        fetch.send(Ask::get(&slow, JSON)),
        fetch.send(Ask::get(&quick, JSON))
    );
    assert_eq!(first, Err(FetchError::TooSlow));
    // It never had the place, or had it when it was too late to be of use: it must not have waited longer.
    assert!(second.is_ok() || second == Err(FetchError::TooSlow));
    // The place is free again.
    assert!(fetch.send(Ask::get(&quick, JSON)).await.is_ok());
}

#[tokio::test]
async fn redirects_are_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let server = HttpServer::start(move |_| {
            Reply::with(
                status,
                &[("location", "/elsewhere"), ("content-type", JSON[0])],
                "{}",
            )
        });
        let url = server.url("/");
        let refused = get(rules(&url), &url).await;
        assert_eq!(refused, Err(FetchError::Redirect), "{status}");
        assert_eq!(server.received().len(), 1);
    }
}

#[tokio::test]
async fn an_answer_of_another_kind_is_refused() {
    for headers in [
        &[("content-type", "text/html")] as &[(&str, &str)],
        &[],
        &[("content-type", "application/jsonp")],
        &[
            ("content-type", "application/json"),
            ("content-encoding", "gzip"),
        ],
    ] {
        let refused = answer_to(Reply::with(200, headers, "{}")).await;
        assert_eq!(refused, Err(FetchError::WrongKind), "{headers:?}");
    }
}

#[tokio::test]
async fn an_error_of_the_server_and_what_is_no_http_are_told_apart() {
    for status in [206, 401, 404, 500, 503] {
        let refused = answer_to(Reply::of(status, JSON[0], "{}")).await;
        assert!(matches!(refused, Err(FetchError::Status(said)) if said == status));
    }
    let half = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n12";
    for broken in ["garbage\r\n\r\n", "", half] {
        let refused = answer_to(Reply::Bytes(broken.as_bytes().to_vec())).await;
        assert_eq!(refused, Err(FetchError::Broken), "{broken}");
    }
}

#[tokio::test]
async fn nobody_but_the_named_origins_is_asked() {
    let (named, other) = (
        HttpServer::start(|_| Reply::of(200, JSON[0], "{}")),
        HttpServer::start(|_| Reply::of(200, JSON[0], "{}")),
    );
    let fetch = Fetch::new(rules(&named.url("/"))).unwrap();
    let mut with_credentials = named.url("/");
    with_credentials.set_username("admin").unwrap();
    for url in [other.url("/"), with_credentials] {
        let refused = fetch.send(Ask::get(&url, JSON)).await;
        assert_eq!(refused, Err(FetchError::NotAllowed), "{url}");
    }
    assert!(named.received().is_empty() && other.received().is_empty());
}

#[tokio::test]
async fn a_private_address_is_refused_unless_the_configuration_names_its_network() {
    let (tls, authorities, _folder) = tls();
    let server = HttpServer::start_tls(tls, |_| Reply::of(200, JSON[0], "{}"));
    let by_address = server.url("/");
    let by_name = named_localhost(&by_address);
    for url in [&by_address, &by_name] {
        let strict = Rules {
            danger_allow_http_on_loopback: false,
            authorities: authorities.clone(),
            ..rules(url)
        };
        assert_eq!(
            get(strict.clone(), url).await,
            Err(FetchError::PrivateAddress),
            "{url}"
        );
        let networks = ["127.0.0.0/8", "::1/128"];
        let inside = Rules {
            networks: networks
                .map(|text| text.parse::<Network>().unwrap())
                .to_vec(),
            ..strict
        };
        assert_eq!(body(get(inside, url).await), b"{}", "{url}");
    }
}

#[tokio::test]
async fn plain_http_is_refused_unless_loopback_is_allowed() {
    let server = HttpServer::start(|_| Reply::of(200, JSON[0], "{}"));
    let url = server.url("/");
    let strict = Rules {
        danger_allow_http_on_loopback: false,
        networks: vec!["127.0.0.0/8".parse().unwrap()],
        ..rules(&url)
    };
    assert_eq!(get(strict, &url).await, Err(FetchError::Insecure));
    assert!(server.received().is_empty());
    let by_name = named_localhost(&url);
    assert_eq!(body(get(rules(&by_name), &by_name).await), b"{}");
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_not_asked() {
    let (tls, authorities, _folder) = tls();
    let (_, others, _other_folder) = self::tls();
    let server = HttpServer::start_tls(tls, |_| Reply::of(200, JSON[0], "{}"));
    let url = server.url("/");
    let vouched = Rules {
        authorities,
        ..rules(&url)
    };
    assert_eq!(body(get(vouched, &url).await), b"{}");
    for authorities in [others, Authorities::System] {
        let rules = Rules {
            authorities,
            ..rules(&url)
        };
        let refused = get(rules, &url).await;
        assert!(
            matches!(refused, Err(FetchError::NoConnection(_))),
            "{refused:?}"
        );
    }
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_name_that_leads_nowhere_and_a_closed_port_are_no_connection() {
    let closed = {
        let server = HttpServer::start(|_| Reply::Stall(Vec::new()));
        server.url("/")
    };
    let nowhere = Url::parse("https://nobody.invalid/").unwrap();
    for url in [closed, nowhere] {
        let refused = get(rules(&url), &url).await;
        assert!(
            matches!(refused, Err(FetchError::NoConnection(_))),
            "{refused:?}"
        );
        assert_eq!(refused.unwrap_err().code(), "no-connection");
    }
}

fn named_localhost(url: &Url) -> Url {
    let mut named = url.clone();
    named.set_host(Some("localhost")).unwrap();
    named
}

/// A certificate for this machine, and who vouches for it.
fn tls() -> (Arc<rustls::ServerConfig>, Authorities, tempfile::TempDir) {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let chain: Vec<CertificateDer<'static>> = vec![made.cert.der().clone()];
    let config = varco::server::tls::from_der(chain, key).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, made.cert.pem()).unwrap();
    (config, Authorities::File(file), folder)
}
