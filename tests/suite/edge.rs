//! What strangers may put on the wire, through the real server.

use std::time::Duration;

use tokio::net::TcpStream;
use varco::http::middleware::LARGEST_BODY;
use varco::http::router::router;
use varco::server::{Limits, Listener, Transport};

use crate::support::edge::{Served, gateway};
use crate::support::logs::Logs;
use crate::support::wire::{answers, exchange, get, post, status};

#[tokio::test]
async fn a_body_of_ten_megabytes_is_a_413_page_and_leaves_only_its_reason_in_the_log() {
    let (logs, _guard) = Logs::capture();
    let server = Served::edge().await;
    let body = b"SAMLResponse="
        .iter()
        .copied()
        .chain(b"hostile".iter().copied().cycle());
    let body: Vec<u8> = body.take(10 * 1024 * 1024).collect();
    let answer = exchange(server.address, &post("/logout", &body)).await;
    assert_eq!(status(&answer), 413);
    assert!(answer.contains("Richiesta troppo grande"));
    let logs = logs.text();
    assert!(logs.contains("\"reason\":\"too-large\""));
    assert!(!logs.contains("hostile") && !logs.contains("SAMLResponse"));
    server.end().await;
}

#[tokio::test]
async fn a_chunked_body_without_end_is_cut_at_the_bound() {
    let server = Served::edge().await;
    let mut bytes =
        b"POST /logout HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..=(LARGEST_BODY / 4096) {
        bytes.extend_from_slice(b"1000\r\n");
        bytes.extend_from_slice(&[b'a'; 4096]);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    assert_eq!(status(&exchange(server.address, &bytes).await), 413);
    server.end().await;
}

#[tokio::test]
async fn a_form_that_cannot_be_read_is_a_page_that_says_so() {
    let server = Served::edge().await;
    for body in [&b"token=a&token=b"[..], b"token=%FF%FE"] {
        let answer = exchange(server.address, &post("/logout", body)).await;
        assert_eq!(status(&answer), 400);
        assert!(answer.contains("Richiesta non accettata"), "{answer}");
    }
    server.end().await;
}

#[tokio::test]
async fn what_is_not_http_never_reaches_a_handler() {
    let server = Served::edge().await;
    for (bytes, expected) in [
        // A header that goes on in the next line (obs-fold, RFC 9112, 5.2).
        (
            &b"GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n"[..],
            400,
        ),
        (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        (
            b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            400,
        ),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
            400,
        ),
        (
            b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
            400,
        ),
        (
            b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
        ),
        (b"GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-A: \0\r\n\r\n", 400),
    ] {
        let answer = exchange(server.address, bytes).await;
        assert_eq!(
            status(&answer),
            expected,
            "{}",
            String::from_utf8_lossy(bytes)
        );
        assert_eq!(answers(&answer), 1);
    }
    server.end().await;
}

#[tokio::test]
async fn a_request_smuggled_behind_two_lengths_is_not_answered() {
    let server = Served::edge().await;
    for head in [
        "Content-Length: 6\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 6",
    ] {
        let bytes = format!(
            "POST /logout HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\n0\r\n\r\n\
             GET /login HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        );
        let answer = exchange(server.address, bytes.as_bytes()).await;
        assert_eq!(answers(&answer), 1, "{head}");
    }
    server.end().await;
}

#[tokio::test]
async fn a_head_without_measure_is_refused() {
    let server = Served::edge().await;
    let many = "X-A: b\r\n".repeat(100);
    let long = format!("X-A: {}\r\n", "b".repeat(128 * 1024));
    for fields in [many, long] {
        let bytes = format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        let answer = exchange(server.address, bytes.as_bytes()).await;
        assert_eq!(status(&answer), 431);
    }
    server.end().await;
}

#[tokio::test]
async fn a_head_that_does_not_come_ends_the_connection() {
    let limits = Limits {
        head: Duration::from_millis(50),
        ..Limits::default()
    };
    let server = Served::start(router(gateway()), Transport::DangerPlain, limits).await;
    for beginning in [&b""[..], b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "] {
        // Returns only when the server closes.
        let answer = exchange(server.address, beginning).await;
        assert!(answer.is_empty() || status(&answer) == 408, "{answer}");
    }
    server.end().await;
}

#[tokio::test]
async fn one_address_cannot_hold_every_connection() {
    let limits = Limits {
        connections: 4,
        connections_per_address: 1,
        ..Limits::default()
    };
    let server = Served::start(router(gateway()), Transport::DangerPlain, limits).await;
    let held = TcpStream::connect(server.address).await.unwrap();
    // Closed at once and without an answer, as often as it is tried, while the first is held.
    for _ in 0..8 {
        assert_eq!(exchange(server.address, &get("/login")).await, "");
    }
    drop(held);
    // The place comes back, once the server sees that the client is gone.
    while exchange(server.address, &get("/login")).await.is_empty() {
        tokio::task::yield_now().await;
    }
    server.end().await;
}

#[tokio::test]
async fn the_path_and_the_query_of_a_stranger_are_not_logged() {
    let (logs, _guard) = Logs::capture();
    let server = Served::edge().await;
    let answer = exchange(server.address, &get("/RSSMRA80A01H501U?RSSMRA80A01H501U")).await;
    assert_eq!(status(&answer), 404);
    let logs = logs.text();
    assert!(logs.contains("not-found"));
    assert!(!logs.contains("RSSMRA"));
    server.end().await;
}

#[tokio::test]
async fn plain_http_is_bound_to_loopback_only() {
    let everywhere = "0.0.0.0:0".parse().unwrap();
    assert!(
        Listener::bind(everywhere, Transport::DangerPlain)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn requests_under_way_are_answered_after_the_end_is_called_for() {
    let (entered, mut seen) = tokio::sync::mpsc::channel(1);
    let (release, waits) = tokio::sync::watch::channel(false);
    let slow = axum::Router::new().route(
        "/",
        axum::routing::get(move || async move {
            entered.send(()).await.unwrap();
            waits.clone().wait_for(|go| *go).await.unwrap();
            "done"
        }),
    );
    let server = Served::start(slow, Transport::DangerPlain, Limits::default()).await;
    let address = server.address;
    let request = tokio::spawn(async move { exchange(address, &get("/")).await });
    seen.recv().await.unwrap();
    server.call_for_the_end();
    release.send(true).unwrap();
    assert!(request.await.unwrap().ends_with("done"));
    server.end().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
