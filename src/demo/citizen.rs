//! A browser without a screen: follows redirects, keeps cookies by the rules that real browsers keep (`SameSite`
//! included) and fills in forms. `varco demo --once` and the whole-flow tests walk through the pages with it.

mod cookies;
mod html;

use http::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use http::response::Parts;
use http::{HeaderMap, Method, Request, StatusCode};
use hyper::body::Bytes;
use rustls_pki_types::CertificateDer;
use url::Url;

use super::cns::HeldCard;
use super::fetch::{Fetch, NoAnswer};

pub use cookies::CookieJar;
pub use html::{Form, Link};

/// Why a step did not end on a page.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrowseError {
    /// No answer: the server cannot be reached, is not trusted, or broke off.
    #[error("no answer from {url}: {reason}")]
    NoAnswer {
        /// What was asked for.
        url: Url,
        /// What went wrong.
        reason: NoAnswer,
    },
    /// More than twenty redirects in a row.
    #[error("redirected in circles, last to {0}")]
    Circles(Url),
    /// An address that is none, or that cannot be asked for.
    #[error("not an address: {0}")]
    Address(String),
    /// The page does not have what the next step needs.
    #[error("{url} answered {status} without {wanted}")]
    Missing {
        /// The page.
        url: Url,
        /// Its status.
        status: StatusCode,
        /// What should have been there.
        wanted: String,
    },
}

/// A page that a step ended on.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where it came from, after every redirect.
    pub url: Url,
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its text.
    pub body: String,
}

/// One person with one browser.
#[derive(Clone)]
pub struct Citizen {
    fetch: Fetch,
    /// The cookies kept so far.
    pub cookies: CookieJar,
}

const REDIRECTS: usize = 20;

/// What parts a form with a file: long enough to be in no file.
const BOUNDARY: &str = "----varco-demo-7f3c61d09b5e4a28";

/// What a request carries.
struct Sent {
    kind: String,
    body: Bytes,
}

impl Sent {
    fn form(encoded: String) -> Self {
        Self {
            kind: "application/x-www-form-urlencoded".to_owned(),
            body: encoded.into(),
        }
    }

    /// A form with a file in it (RFC 7578).
    fn upload(form: &Form, file: &str, pdf: &[u8]) -> Self {
        let mut body = Vec::with_capacity(pdf.len() + 1024);
        for (name, value) in form.fields.iter().filter(|(name, _)| name != file) {
            let part = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{file}\"; filename=\"scansione.pdf\"\r\n\
             Content-Type: application/pdf\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(pdf);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        Self {
            kind: format!("multipart/form-data; boundary={BOUNDARY}"),
            body: body.into(),
        }
    }
}

impl Citizen {
    /// A browser without cookies that trusts this authority only.
    ///
    /// # Errors
    /// [`rustls::Error`] when the certificate is no authority's.
    pub fn new(authority: &CertificateDer<'static>) -> Result<Self, rustls::Error> {
        Ok(Self {
            fetch: Fetch::new(authority)?,
            cookies: CookieJar::default(),
        })
    }

    /// The same with a card in the reader.
    ///
    /// # Errors
    /// [`rustls::Error`] when the certificate is no authority's, or the card's key cannot sign.
    pub fn with_card(
        authority: &CertificateDer<'static>,
        card: &HeldCard,
    ) -> Result<Self, rustls::Error> {
        let mut citizen = Self::new(authority)?;
        citizen.insert(authority, card)?;
        Ok(citizen)
    }

    /// Puts a card into the reader, or another one; cookies stay.
    ///
    /// # Errors
    /// [`rustls::Error`] when the certificate is no authority's, or the card's key cannot sign.
    pub fn insert(
        &mut self,
        authority: &CertificateDer<'static>,
        card: &HeldCard,
    ) -> Result<(), rustls::Error> {
        self.fetch = Fetch::with_card(authority, card)?;
        Ok(())
    }

    /// Types an address.
    ///
    /// # Errors
    /// [`BrowseError`] when it does not end on a page.
    pub async fn open(&mut self, address: &str) -> Result<Page, BrowseError> {
        let url = Url::parse(address).map_err(|_| BrowseError::Address(address.to_owned()))?;
        self.visit(None, Method::GET, url, None).await
    }

    /// Follows a link of a page.
    ///
    /// # Errors
    /// [`BrowseError`] when it does not end on a page.
    pub async fn follow(&mut self, from: &Page, link: &Link) -> Result<Page, BrowseError> {
        self.visit(Some(&from.url), Method::GET, link.target.clone(), None)
            .await
    }

    /// Submits a form of a page.
    ///
    /// # Errors
    /// [`BrowseError`] when it does not end on a page.
    pub async fn submit(&mut self, from: &Page, form: &Form) -> Result<Page, BrowseError> {
        let encoded = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&form.fields)
            .finish();
        if form.method == Method::POST {
            let sent = Sent::form(encoded);
            let action = form.action.clone();
            return self
                .visit(Some(&from.url), Method::POST, action, Some(sent))
                .await;
        }
        let mut url = form.action.clone();
        url.set_query(Some(&encoded));
        self.visit(Some(&from.url), Method::GET, url, None).await
    }

    /// Submits a form of a page with a PDF in one of its fields.
    ///
    /// # Errors
    /// [`BrowseError`] when it does not end on a page.
    pub async fn upload(
        &mut self,
        from: &Page,
        form: &Form,
        (field, pdf): (&str, &[u8]),
    ) -> Result<Page, BrowseError> {
        let sent = Sent::upload(form, field, pdf);
        let action = form.action.clone();
        self.visit(Some(&from.url), Method::POST, action, Some(sent))
            .await
    }

    /// Fetches a file that belongs to a page: a picture on it, or what a link of it leads to.
    ///
    /// # Errors
    /// [`BrowseError`] when it is not there, or of another kind.
    pub async fn download(
        &mut self,
        from: &Page,
        url: &Url,
        kind: &str,
    ) -> Result<Bytes, BrowseError> {
        let (parts, bytes) = self
            .exchange(Some(&from.url), Method::GET, url, None)
            .await?;
        let given = parts.headers.get(CONTENT_TYPE);
        if parts.status == StatusCode::OK && given.is_some_and(|given| given == kind) {
            return Ok(bytes);
        }
        Err(BrowseError::Missing {
            url: url.clone(),
            status: parts.status,
            wanted: format!("a file of the kind {kind}"),
        })
    }

    /// One request without following where it leads.
    ///
    /// # Errors
    /// [`BrowseError::NoAnswer`] when there is no answer.
    pub async fn step(
        &mut self,
        from: Option<&Url>,
        method: Method,
        url: &Url,
        form: Option<&str>,
    ) -> Result<Page, BrowseError> {
        let sent = form.map(|form| Sent::form(form.to_owned()));
        self.step_with(from, method, url, sent).await
    }

    async fn step_with(
        &mut self,
        from: Option<&Url>,
        method: Method,
        url: &Url,
        sent: Option<Sent>,
    ) -> Result<Page, BrowseError> {
        let (parts, body) = self.exchange(from, method, url, sent).await?;
        Ok(Page {
            url: url.clone(),
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    }

    async fn exchange(
        &mut self,
        from: Option<&Url>,
        method: Method,
        url: &Url,
        sent: Option<Sent>,
    ) -> Result<(Parts, Bytes), BrowseError> {
        let mut request = Request::builder().method(&method).uri(url.as_str());
        if let Some(cookies) = self.cookies.header(from, &method, url) {
            request = request.header(COOKIE, cookies);
        }
        if let Some(from) = from.filter(|_| method == Method::POST) {
            request = request.header(ORIGIN, from.origin().ascii_serialization());
        }
        let mut body = Bytes::new();
        if let Some(sent) = sent {
            request = request.header(CONTENT_TYPE, sent.kind);
            body = sent.body;
        }
        let (parts, body) = self.fetch.send(request, body).await.map_err(|reason| {
            let url = url.clone();
            BrowseError::NoAnswer { url, reason }
        })?;
        for cookie in parts.headers.get_all(SET_COOKIE) {
            if let Ok(cookie) = cookie.to_str() {
                self.cookies.keep(url, cookie);
            }
        }
        Ok((parts, body))
    }

    async fn visit(
        &mut self,
        from: Option<&Url>,
        mut method: Method,
        mut url: Url,
        mut sent: Option<Sent>,
    ) -> Result<Page, BrowseError> {
        for _ in 0..REDIRECTS {
            let page = self.step_with(from, method, &url, sent.take()).await?;
            let Some(next) = page.redirect() else {
                return Ok(page);
            };
            url = next;
            method = Method::GET;
        }
        Err(BrowseError::Circles(url))
    }
}

impl Page {
    /// Where the page sends the browser on to, if it does.
    #[must_use]
    pub fn redirect(&self) -> Option<Url> {
        if !self.status.is_redirection() {
            return None;
        }
        let location = self.headers.get(LOCATION)?.to_str().ok()?;
        self.url.join(location).ok()
    }

    /// The page's heading, without marks; empty when it has none.
    #[must_use]
    pub fn heading(&self) -> String {
        html::heading(&self.body)
    }

    /// Every form of the page.
    #[must_use]
    pub fn forms(&self) -> Vec<Form> {
        html::forms(&self.url, &self.body)
    }

    /// Every link of the page.
    #[must_use]
    pub fn links(&self) -> Vec<Link> {
        html::links(&self.url, &self.body)
    }

    /// The addresses of the page's pictures.
    #[must_use]
    pub fn pictures(&self) -> Vec<Url> {
        html::pictures(&self.url, &self.body)
    }

    /// The form that has a button that carries a value.
    ///
    /// # Errors
    /// [`BrowseError::Missing`] when there is none.
    pub fn form_to_press(&self, value: &str) -> Result<Form, BrowseError> {
        let has = |form: &Form| form.buttons.iter().any(|(_, carried)| carried == value);
        let form = self.forms().into_iter().find(has);
        form.ok_or_else(|| self.missing(format!("a button for {value}")))
    }

    /// The form that has a field of this name.
    ///
    /// # Errors
    /// [`BrowseError::Missing`] when there is none.
    pub fn form_with(&self, field: &str) -> Result<Form, BrowseError> {
        self.forms()
            .into_iter()
            .find(|form| form.value(field).is_some())
            .ok_or_else(|| self.missing(format!("a form with the field {field}")))
    }

    /// The first link whose address contains a text.
    ///
    /// # Errors
    /// [`BrowseError::Missing`] when there is none.
    pub fn link_to(&self, part: &str) -> Result<Link, BrowseError> {
        self.links()
            .into_iter()
            .find(|link| link.target.as_str().contains(part))
            .ok_or_else(|| self.missing(format!("a link to {part}")))
    }

    /// The error for something that should have been on the page.
    #[must_use]
    pub fn missing(&self, wanted: String) -> BrowseError {
        BrowseError::Missing {
            url: self.url.clone(),
            status: self.status,
            wanted,
        }
    }
}
