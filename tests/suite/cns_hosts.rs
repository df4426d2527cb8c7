//! The hosts where cards are shown, as strangers and proxies meet them.

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use url::Url;
use varco::crypto::certificate::to_pem;
use varco::crypto::encoding::{base64, hex};
use varco::crypto::sha256;
use varco::http::cns::{CardProxy, CertificateHeader, Entrance, Peer, router};

use crate::support::browser::Answer;
use crate::support::card_stand::{CARD_HOST, CardStand, OLD_CARD_HOST, good_card, location};
use crate::support::gateway::{ISSUER, TestGateway, session_of};
use crate::support::wire::status;

const SECRET: &str = "a secret between proxy and gateway";

async fn ask(router: &Router, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    (parts.status, parts.headers, text)
}

#[tokio::test]
async fn who_shows_no_card_is_helped_and_may_try_again_or_go_another_way() {
    let stand = CardStand::start(Vec::new()).await;
    let mut browser = stand.here.browser();
    let computer = stand.computer(None);
    let page = stand
        .log_in(&mut browser, &computer, "/login/cns")
        .await
        .unwrap();
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    for part in [
        "We did not see your card",
        "the reader is connected",
        "close all windows of the browser",
        "error page of the browser before",
        "Try again with the card",
        "Try the login for older cards",
        "Log in in another way",
        "Code to quote",
    ] {
        assert!(page.body.contains(part), "{part} in {}", page.body);
    }
    // The page stays, in the other language too, and is nobody else's.
    let again = browser.open(&format!("{}?lang=it", page.url.path())).await;
    assert!(
        again.body.contains("Non abbiamo visto la tua carta"),
        "{}",
        again.body
    );
    let reference = |page: &Answer| {
        let start = page.body.find("<strong>").unwrap() + "<strong>".len();
        page.body[start..start + 11].to_owned()
    };
    assert_eq!(
        reference(&page),
        reference(&again),
        "the one of the card's request"
    );
    let other = stand.here.browser().open(page.url.as_str()).await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST);
    stand.end().await;
}

#[tokio::test]
async fn a_handshake_that_went_on_from_another_proves_nothing() {
    let stand = CardStand::start(Vec::new()).await;
    let entrance = Entrance::Tls(Url::parse(CARD_HOST).unwrap());
    let cards = router(stand.here.gateway.clone(), entrance);
    let chain = good_card().0.chain;
    let chain: Vec<Vec<u8>> = chain
        .iter()
        .map(|certificate| certificate.to_vec())
        .collect();
    let mut browser = stand.here.browser();
    for (is_fresh, path) in [(true, "/login/cns/done"), (false, "/login/cns/refused/")] {
        let url = browser.open("/login/cns").await.location();
        let mut request = Request::get(&url[url::Position::BeforePath..])
            .header("host", "carta.login.example")
            .body(Body::empty())
            .unwrap();
        let name = Some("carta.login.example".to_owned());
        let peer = Peer::new(name, chain.clone(), is_fresh);
        request.extensions_mut().insert(peer);
        let (_, headers, _) = ask(&cards, request).await;
        let back = Url::parse(headers["location"].to_str().unwrap()).unwrap();
        assert!(back.path().starts_with(path), "{back}");
        if !is_fresh {
            let page = browser.open(back.as_str()).await;
            assert!(
                page.body.contains("The card must be read again"),
                "{}",
                page.body
            );
            assert!(session_of(&browser).is_none());
        }
    }
    stand.end().await;
}

#[tokio::test]
async fn who_comes_by_themselves_is_told_where_to_go() {
    let stand = CardStand::start(Vec::new()).await;
    let computer = stand.computer(None);
    let open = async |path: &str| {
        let url = Url::parse(&format!("{CARD_HOST}{path}")).unwrap();
        stand.open(&computer, &url).await.unwrap()
    };
    let page = open("/").await;
    assert_eq!(status(&page), 200);
    assert!(page.contains(&format!("href=\"{ISSUER}/login\"")), "{page}");
    for header in [
        "content-security-policy: default-src 'none'",
        "x-content-type-options: nosniff",
        "strict-transport-security: max-age=63072000",
        "cache-control: no-store",
    ] {
        assert!(page.contains(header), "{header} in {page}");
    }
    let style = page
        .split("href=\"")
        .find(|rest| rest.contains("varco.css"))
        .unwrap();
    assert_eq!(status(&open(style.split('"').next().unwrap()).await), 200);
    // Nothing else of the gateway's is here.
    for path in [
        "/login",
        "/authorize",
        "/login/cns",
        "/health/ready",
        "/metrics",
        "/jwks",
    ] {
        assert_eq!(status(&open(path).await), 404, "{path}");
    }
    assert_eq!(status(&open("/card").await), 400);
    stand.end().await;
}

/// Names of headers by which one program or another tells a certificate.
const SPELLINGS: [&str; 16] = [
    "Client-Cert",
    "client_cert",
    "CLIENT-CERT",
    "Client-Cert-Chain",
    "X-SSL-Client-Cert",
    "X_SSL_CLIENT_CERT",
    "x-ssl-client-s-dn",
    "X-SSL-Client-Verify",
    "SSL-Client-Cert",
    "SSL_CLIENT_CERT",
    "SSL_CLIENT_S_DN",
    "X-ARR-ClientCert",
    "x_arr_clientcert",
    "X-Forwarded-Client-Cert",
    "X_Forwarded-Client_Cert",
    "X-Client-Cert",
];

#[tokio::test]
async fn a_header_that_tells_of_a_certificate_is_refused_on_every_public_listener() {
    let stand = CardStand::start(Vec::new()).await;
    let value = {
        let certificate = &good_card().0.chain[0];
        format!(":{}:", base64(certificate))
    };
    let computer = stand.computer(None);
    let mut refused = 0;
    for name in SPELLINGS {
        for host in [CARD_HOST, OLD_CARD_HOST] {
            let mut browser = stand.here.browser();
            let there = browser.open("/login/cns").await.location();
            let url = Url::parse(host)
                .unwrap()
                .join(&there[url::Position::BeforePath..])
                .unwrap();
            let target = &url[url::Position::BeforePath..];
            let host = url.host_str().unwrap();
            let request = format!(
                "GET {target} HTTP/1.1\r\nHost: {host}\r\n{name}: {value}\r\nConnection: close\r\n\r\n"
            );
            let answer = stand.send(&computer, &url, &request).await.unwrap();
            assert_eq!(status(&answer), 400, "{name}");
            assert_eq!(location(&answer), None);
            refused += 1;
        }
        for path in [
            "/",
            "/login/cns",
            "/authorize",
            "/token",
            "/forward-auth",
            "/no/such",
        ] {
            let request = Request::get(path).header(name, value.as_str());
            let (answer, _, _) = stand.here.ask(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer, StatusCode::BAD_REQUEST, "{name} {path}");
            refused += 1;
        }
    }
    let counted = stand.here.gateway.metrics().encode().unwrap();
    let line = format!("varco_refused_certificate_headers_total {refused}");
    assert!(counted.contains(&line), "{line} in {counted}");
    stand.end().await;
}

/// The card host behind a proxy, which asks for `/card` with these headers.
struct Proxied {
    here: TestGateway,
    cards: Router,
}

impl Proxied {
    fn new(stand: &CardStand, header: CertificateHeader, secret: Option<&str>) -> Self {
        let entrance = Entrance::Proxy(CardProxy {
            origins: vec![Url::parse(CARD_HOST).unwrap()],
            header,
            secret_sha256: secret.map(|secret| hex(&sha256(secret.as_bytes()))),
        });
        Self {
            cards: router(stand.here.gateway.clone(), entrance),
            here: stand.here.clone(),
        }
    }

    /// What came of a login whose card the proxy tells of by these headers: the status of the card host, and where the
    /// browser ended up.
    async fn log_in(&self, headers: &[(&str, &str)]) -> (StatusCode, Option<String>) {
        self.log_in_at("carta.login.example", headers).await
    }

    async fn log_in_at(
        &self,
        host: &str,
        headers: &[(&str, &str)],
    ) -> (StatusCode, Option<String>) {
        let mut browser = self.here.browser();
        let url = browser.open("/login/cns").await.location();
        let mut request = Request::get(&url[url::Position::BeforePath..]).header("host", host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (status, headers, _) = ask(&self.cards, request.body(Body::empty()).unwrap()).await;
        let Some(back) = headers.get("location") else {
            return (status, None);
        };
        let page = browser.open(back.to_str().unwrap()).await;
        (status, Some(page.url.path().to_owned()))
    }
}

fn certificates() -> (String, String) {
    let certificate = &good_card().0.chain[0];
    let escape = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    let pem = to_pem(certificate).bytes().map(escape).collect();
    (format!(":{}:", base64(certificate)), pem)
}

#[tokio::test]
async fn a_proxy_tells_the_certificate_and_it_is_verified_all_the_same() {
    let stand = CardStand::start(Vec::new()).await;
    let (sequence, pem) = certificates();
    let rfc = Proxied::new(&stand, CertificateHeader::Rfc9440, None);
    let nginx = Proxied::new(&stand, CertificateHeader::nginx(), None);
    let in_portal = (StatusCode::SEE_OTHER, Some("/".to_owned()));
    assert_eq!(rfc.log_in(&[("Client-Cert", &sequence)]).await, in_portal);
    assert_eq!(
        nginx.log_in(&[("X-SSL-Client-Cert", &pem)]).await,
        in_portal
    );
    let refused = |answer: (StatusCode, Option<String>)| {
        let path = answer.1.unwrap();
        assert!(path.starts_with("/login/cns/refused/"), "{path}");
    };
    // No certificate, and one of nobody's.
    refused(rfc.log_in(&[]).await);
    let stranger = rcgen::generate_simple_self_signed(["a.example".to_owned()]).unwrap();
    let stranger = format!(":{}:", base64(stranger.cert.der()));
    refused(rfc.log_in(&[("Client-Cert", &stranger)]).await);
    stand.end().await;
}

#[tokio::test]
async fn a_proxy_that_is_unclear_or_lets_headers_through_is_refused() {
    let stand = CardStand::start(Vec::new()).await;
    let (sequence, pem) = certificates();
    let rfc = Proxied::new(&stand, CertificateHeader::Rfc9440, None);
    let nothing = (StatusCode::BAD_REQUEST, None);
    for headers in [
        vec![
            ("Client-Cert", sequence.as_str()),
            ("Client-Cert", sequence.as_str()),
        ],
        vec![
            ("Client-Cert", sequence.as_str()),
            ("client_cert", sequence.as_str()),
        ],
        vec![
            ("Client-Cert", sequence.as_str()),
            ("X-SSL-Client-Cert", pem.as_str()),
        ],
        vec![("X-SSL-Client-Cert", pem.as_str())],
        vec![("X-SSL-Client-Verify", "SUCCESS")],
        vec![("Client-Cert", "CN=RSSMRA80A01H501U")],
    ] {
        assert_eq!(rfc.log_in(&headers).await, nothing, "{headers:?}");
    }
    let misdirected = (StatusCode::MISDIRECTED_REQUEST, None);
    let certificate = [("Client-Cert", sequence.as_str())];
    assert_eq!(
        rfc.log_in_at("login.example", &certificate).await,
        misdirected
    );
    stand.end().await;
}

#[tokio::test]
async fn only_the_proxy_that_knows_the_secret_is_believed() {
    let stand = CardStand::start(Vec::new()).await;
    let (sequence, _) = certificates();
    let proxied = Proxied::new(&stand, CertificateHeader::Rfc9440, Some(SECRET));
    let certificate = ("Client-Cert", sequence.as_str());
    let known = proxied
        .log_in(&[certificate, ("X-Varco-Proxy", SECRET)])
        .await;
    assert_eq!(known, (StatusCode::SEE_OTHER, Some("/".to_owned())));
    let long = "x".repeat(1000);
    for headers in [
        vec![certificate],
        vec![certificate, ("X-Varco-Proxy", "")],
        vec![certificate, ("X-Varco-Proxy", "another secret")],
        vec![certificate, ("X-Varco-Proxy", long.as_str())],
        vec![
            certificate,
            ("X-Varco-Proxy", SECRET),
            ("X-Varco-Proxy", SECRET),
        ],
    ] {
        let (status, page) = proxied.log_in(&headers).await;
        assert_eq!(
            (status, page),
            (StatusCode::BAD_REQUEST, None),
            "{headers:?}"
        );
    }
    stand.end().await;
}

#[tokio::test]
async fn a_client_starts_only_so_many_logins_a_minute() {
    let stand = CardStand::start(Vec::new()).await;
    let most = stand
        .here
        .gateway
        .settings()
        .login_starts_per_minute()
        .unwrap();
    let mut browser = stand.here.browser().on("curl/8", "192.0.2.7");
    for _ in 0..most {
        let answer = browser.open("/login/cns").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    }
    let answer = browser.open("/login/cns").await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    stand.end().await;
}

#[tokio::test]
async fn without_logins_with_a_card_there_is_no_trace_of_them() {
    let here = TestGateway::with_clients(Vec::new());
    let mut browser = here.browser();
    for path in [
        "/login/cns",
        "/login/cns/done?code=x",
        "/login/cns/refused/x",
    ] {
        assert_eq!(
            browser.open(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    for path in ["/", "/login"] {
        assert!(
            !browser.open(path).await.body.contains("Entra con CNS"),
            "{path}"
        );
    }
}
