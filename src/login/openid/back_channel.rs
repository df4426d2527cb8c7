//! What passes between us and a provider without the browser.

use std::time::Duration;

use url::Url;

use crate::fetch::{Ask, Authorities, Clients, FetchError, Network, NoAuthorities, Reply, Rules};
use crate::store::BoxFuture;

/// The longest answer of a provider: tokens and what it tells of one person.
const LONGEST_ANSWER: usize = 128 * 1024;

/// How a provider's endpoints are asked. A port, so that tests and benchmarks can answer without a socket.
pub trait BackChannel: Send + Sync {
    /// Posts a form.
    fn post<'a>(&'a self, url: &'a Url, form: String) -> BoxFuture<'a, Result<Reply, FetchError>>;

    /// Asks with an access token.
    fn get<'a>(&'a self, url: &'a Url, bearer: &'a str)
    -> BoxFuture<'a, Result<Reply, FetchError>>;
}

/// How the servers of a federation are reached.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Who vouches for the servers.
    pub authorities: Authorities,
    /// Networks of the inside that may be connected to.
    pub networks: Vec<Network>,
    /// Plain HTTP to this machine, for tests.
    pub danger_allow_http: bool,
}

/// The endpoints over HTTP. Each server has a client that reaches it and no other; which servers there are, verified
/// metadata say.
pub struct HttpBackChannel(Clients);

impl HttpBackChannel {
    /// Endpoints that are reached so.
    ///
    /// # Errors
    /// [`NoAuthorities`] when nobody could vouch for a server.
    pub fn new(reach: Reach) -> Result<Self, NoAuthorities> {
        // Looked at now, so that a file that cannot be used is found at the start.
        reach.authorities.certificates()?;
        Ok(Self(Clients::new(Rules {
            networks: reach.networks,
            danger_allow_http_on_loopback: reach.danger_allow_http,
            timeout: Duration::from_secs(8),
            max_bytes: LONGEST_ANSWER,
            ..Rules::for_no_origin(reach.authorities)
        })))
    }

    async fn reply(&self, ask: Ask<'_>) -> Result<Reply, FetchError> {
        let client = self.0.reaching(ask.url());
        let client = client.map_err(|error| FetchError::NoConnection(error.to_string()))?;
        client.reply(ask).await
    }
}

/// What a token endpoint answers with.
const JSON: &[&str] = &["application/json"];
/// What a userinfo endpoint answers with: the document's name and the reference provider's (B10).
const TOKEN: &[&str] = &["application/jose", "application/jwt"];

impl BackChannel for HttpBackChannel {
    fn post<'a>(&'a self, url: &'a Url, form: String) -> BoxFuture<'a, Result<Reply, FetchError>> {
        Box::pin(async move {
            let kind = "application/x-www-form-urlencoded";
            let ask = Ask::post(url, kind, form.into_bytes(), JSON);
            self.reply(ask).await
        })
    }

    fn get<'a>(
        &'a self,
        url: &'a Url,
        bearer: &'a str,
    ) -> BoxFuture<'a, Result<Reply, FetchError>> {
        Box::pin(async move {
            let ask = Ask::get(url, TOKEN).bearer(bearer);
            self.reply(ask).await
        })
    }
}
