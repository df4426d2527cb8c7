//! The crate's requests by our own HTTP client, and what passed for the register.

use std::sync::{Arc, Mutex};

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

use super::lock;
use crate::fetch::{Fetch, FetchError, Reply};
use crate::login::openid::exchange::{Exchanged, masked};
use crate::store::BoxFuture;

/// One exchange after another with a provider's servers.
pub(super) struct Http {
    fetch: Arc<Fetch>,
    passed: Mutex<Vec<(Vec<u8>, Reply)>>,
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = FetchError;
    type Future = BoxFuture<'c, Result<HttpResponse, FetchError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

impl Http {
    pub(super) fn new(fetch: &Arc<Fetch>) -> Self {
        Self {
            fetch: Arc::clone(fetch),
            passed: Mutex::default(),
        }
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        let sent = request.body().clone();
        let reply = self.fetch.forward(request).await?;
        lock(&self.passed).push((sent, reply.clone()));
        let response = ::http::Response::builder()
            .status(reply.status)
            .header(::http::header::CONTENT_TYPE, reply.kind);
        response.body(reply.body).map_err(|_| FetchError::Broken)
    }

    /// Puts the exchange with the token endpoint into what the register keeps.
    pub(super) fn note_tokens(&self, exchanged: &mut Exchanged) {
        if let Some((sent, reply)) = lock(&self.passed).pop() {
            exchanged.token_request = Some(String::from_utf8_lossy(&sent).into_owned());
            exchanged.token_reply = Some(masked(&reply));
        }
    }

    /// The same of the exchange with the userinfo endpoint, where there was one.
    pub(super) fn note_userinfo(&self, exchanged: &mut Exchanged) {
        exchanged.userinfo_reply = lock(&self.passed).pop().map(|(_, reply)| reply);
    }
}
