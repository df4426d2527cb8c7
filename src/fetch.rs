//! Outgoing HTTP: the one place from which Varco asks other servers for something.
//!
//! In: an [`Ask`], and the [`Rules`] of the use it is for. Out: the whole [`Answer`], or a [`FetchError`] whose code can be
//! logged. Every use has a client of its own, which reaches the origins that its configuration names and no others:
//! HTTPS only (but for what is signed itself), no redirects, no proxies, no cookies; an answer of the expected kind, as long and as late as the rules allow
//! and no longer. An address that a name resolves to is looked at before the connection is made, and that very address
//! is connected to (server-side request forgery, DNS rebinding). Layer 2: uses `crypto` for certificates.

mod address;
mod ask;
mod authorities;
mod clients;
mod error;
mod push;
mod reply;

use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, LAST_MODIFIED};
use http::{HeaderMap, HeaderName, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::sync::Semaphore;
use url::{Origin, Url};

pub use address::{Network, NotANetwork};
pub use ask::{Answer, Ask};
pub use authorities::{Authorities, NoAuthorities};
pub use clients::Clients;
pub use error::FetchError;
pub use push::Pushed;
pub use reply::Reply;

use address::{Guard, GuardedResolver};

/// The longest header block of an answer, in bytes.
const LONGEST_HEADERS: usize = 64 * 1024;

/// How many connections to a server stay open for the next request, and for how long.
const IDLE_CONNECTIONS: usize = 4;
const IDLE_LIFE: Duration = Duration::from_secs(30);

/// What we call ourselves.
const AGENT: &str = concat!("varco/", env!("CARGO_PKG_VERSION"));

/// What one use of outgoing HTTP may do.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The origins that may be asked, as addresses of which only scheme, host and port count.
    pub origins: Vec<Url>,
    /// Who vouches for the servers.
    pub authorities: Authorities,
    /// Networks that are reached although they are not public: an archive inside the institute is in one.
    pub networks: Vec<Network>,
    /// Plain HTTP too, for what carries its authority's signature: revocation lists, whose addresses are plain so that
    /// looking at a certificate needs no other certificate.
    pub plain_http: bool,
    /// Plain HTTP to this machine itself, for tests.
    pub danger_allow_http_on_loopback: bool,
    /// How long a connection may take to come about, its name's resolution included.
    pub connect_timeout: Duration,
    /// How long everything together may take, the last byte of the answer included.
    pub timeout: Duration,
    /// The longest answer, in bytes.
    pub max_bytes: usize,
    /// How many requests may be under way at once; more wait, and their wait counts.
    pub at_once: usize,
}

impl Rules {
    /// Rules for an origin, with servers vouched for by `authorities`: 3 seconds to connect, 10 in all, a mebibyte, 32
    /// at once, public addresses only.
    #[must_use]
    pub fn for_origin_of(url: &Url, authorities: Authorities) -> Self {
        Self {
            origins: vec![url.clone()],
            ..Self::for_no_origin(authorities)
        }
    }

    /// The same before an origin is known: nothing may be asked by them as they are. [`Clients`] names the origins.
    #[must_use]
    pub fn for_no_origin(authorities: Authorities) -> Self {
        Self {
            origins: Vec::new(),
            authorities,
            networks: Vec::new(),
            plain_http: false,
            danger_allow_http_on_loopback: false,
            connect_timeout: Duration::from_secs(3),
            timeout: Duration::from_secs(10),
            max_bytes: 1024 * 1024,
            at_once: 32,
        }
    }
}

/// The client of one use.
pub struct Fetch {
    client: Client<HttpsConnector<HttpConnector<GuardedResolver>>, Full<Bytes>>,
    guard: Arc<Guard>,
    origins: Vec<Origin>,
    places: Semaphore,
    rules: Rules,
}

impl Fetch {
    /// A client that keeps these rules.
    ///
    /// # Errors
    /// [`NoAuthorities`] when nobody could vouch for a server.
    pub fn new(rules: Rules) -> Result<Self, NoAuthorities> {
        let guard = Arc::new(Guard::new(
            rules.networks.clone(),
            rules.plain_http,
            rules.danger_allow_http_on_loopback,
        ));
        let mut http = HttpConnector::new_with_resolver(GuardedResolver::new(Arc::clone(&guard)));
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(rules.connect_timeout));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(rules.authorities.client_config()?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .pool_idle_timeout(IDLE_LIFE)
            .pool_timer(hyper_util::rt::TokioTimer::new())
            .http1_max_buf_size(LONGEST_HEADERS)
            .build(connector);
        Ok(Self {
            client,
            guard,
            origins: rules.origins.iter().map(Url::origin).collect(),
            places: Semaphore::new(rules.at_once),
            rules,
        })
    }

    /// Sends a request and gives the whole answer.
    ///
    /// # Errors
    /// [`FetchError`] when it may not be sent, is not answered, or not by what the rules and the request expect.
    pub async fn send(&self, ask: Ask<'_>) -> Result<Answer, FetchError> {
        self.admit(ask.url)?;
        self.in_turn(self.exchange(ask)).await
    }

    /// An exchange once there is a place for it, within the time that it may take.
    async fn in_turn<T>(
        &self,
        exchange: impl Future<Output = Result<T, FetchError>>,
    ) -> Result<T, FetchError> {
        let exchange = async {
            let _place = self.places.acquire().await;
            exchange.await
        };
        tokio::time::timeout(self.rules.timeout, exchange)
            .await
            .map_err(|_| FetchError::TooSlow)?
    }

    /// Whether an address may be asked at all, before anything is sent.
    fn admit(&self, url: &Url) -> Result<(), FetchError> {
        let has_credentials = !url.username().is_empty() || url.password().is_some();
        if has_credentials || !self.origins.contains(&url.origin()) {
            return Err(FetchError::NotAllowed);
        }
        self.guard.admit(url)
    }

    async fn response(&self, ask: Ask<'_>) -> Result<Response<Incoming>, FetchError> {
        let request = self.client.request(ask.into_request()?);
        request
            .await
            .map_err(|error| FetchError::from_client(&error))
    }

    async fn exchange(&self, ask: Ask<'_>) -> Result<Answer, FetchError> {
        let conditional = ask.is_conditional();
        let expected = ask.content_types;
        let response = self.response(ask).await?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_MODIFIED if conditional => return Ok(Answer::NotModified),
            status if status.is_redirection() => return Err(FetchError::Redirect),
            status => return Err(FetchError::Status(status)),
        }
        check_kind(response.headers(), expected)?;
        let owned = |name: HeaderName| text(response.headers(), name.as_str()).map(str::to_owned);
        let (etag, last_modified) = (owned(ETAG), owned(LAST_MODIFIED));
        Ok(Answer::Whole {
            body: self.read(response).await?,
            etag,
            last_modified,
        })
    }

    /// Reads a body up to the bound and not a byte further.
    async fn read(&self, response: Response<Incoming>) -> Result<Vec<u8>, FetchError> {
        let most = self.rules.max_bytes;
        let announced = text(response.headers(), CONTENT_LENGTH.as_str());
        let announced = announced.and_then(|length| length.parse::<usize>().ok());
        if announced.is_some_and(|length| length > most) {
            return Err(FetchError::TooLarge);
        }
        let mut body = response.into_body();
        // What is announced is within the bound, and long content that grows would be there twice.
        let mut bytes = Vec::with_capacity(announced.unwrap_or(0));
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| FetchError::Broken)?;
            if let Some(data) = frame.data_ref() {
                if data.len() > most - bytes.len() {
                    return Err(FetchError::TooLarge);
                }
                bytes.extend_from_slice(data);
            }
        }
        Ok(bytes)
    }
}

/// The content type must be one of the expected, and the content as it is: nothing here unpacks.
fn check_kind(headers: &HeaderMap, expected: &[&str]) -> Result<(), FetchError> {
    let kind = text(headers, CONTENT_TYPE.as_str()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let is_expected = expected
        .iter()
        .any(|expected| expected.eq_ignore_ascii_case(essence));
    let is_plain = text(headers, CONTENT_ENCODING.as_str())
        .is_none_or(|encoding| encoding.eq_ignore_ascii_case("identity"));
    if is_expected && is_plain {
        Ok(())
    } else {
        Err(FetchError::WrongKind)
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
