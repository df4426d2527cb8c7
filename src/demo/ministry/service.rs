//! The Ministry as a web service: the anchor's addresses, the provider's pages and its endpoints.

mod anchor;
mod endpoints;
mod login;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request as Incoming, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{Request, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Ministry;
use super::member::{BadMember, Member, Registered};
use super::provider::Grant;
use super::request::LoginRequest;
use crate::crypto::Random;
use crate::demo::fetch::Fetch;
use crate::demo::page::notice;
use crate::identity::{Clock, Timestamp};
use crate::store::{ExpiringStore, Shelf, StoreError};

const LOGIN_LIFE: Duration = Duration::from_secs(15 * 60);
const CODE_LIFE: Duration = Duration::from_secs(60);
const TOKEN_LIFE: Duration = Duration::from_secs(5 * 60);
/// Longer than anything signed is good for.
const SEEN_LIFE: Duration = Duration::from_secs(15 * 60);

/// Both of the Ministry's entities.
#[derive(Clone)]
pub struct MinistryService(Arc<Parts>);

struct Parts {
    ministry: Ministry,
    /// The one that may be enrolled.
    relying_party: String,
    /// What the anchor keeps of it.
    enrolled: Mutex<Option<Registered>>,
    /// Whether neither anchor nor provider answer anybody.
    is_down: AtomicBool,
    fetch: Fetch,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    logins: Shelf<Login>,
    codes: Shelf<Grant>,
    tokens: Shelf<Grant>,
    /// Ids of what was signed for one use.
    seen: Shelf<()>,
}

/// A login that has begun.
#[derive(Serialize, Deserialize)]
struct Login {
    request: LoginRequest,
    /// The relying party's name.
    name: String,
    /// Set once the password was right.
    agreed: Option<(String, u8)>,
}

type Fields = HashMap<String, String>;

/// Why there is no page: one that says so.
struct Stop {
    status: StatusCode,
    why: String,
}

impl Stop {
    fn because(status: StatusCode, why: impl Into<String>) -> Self {
        let why = why.into();
        Self { status, why }
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::because(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
    }
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        notice(self.status, "Non si può continuare", &self.why, None)
    }
}

/// Why an endpoint does not do what it was asked, as OAuth and OpenID Federation say it.
struct Refused {
    status: StatusCode,
    error: &'static str,
    why: String,
}

impl Refused {
    fn because(status: StatusCode, error: &'static str, why: impl Into<String>) -> Self {
        let why = why.into();
        Self { status, error, why }
    }

    fn broken(error: impl ToString) -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::because(status, "server_error", error.to_string())
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::broken(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let said = json!({ "error": self.error, "error_description": self.why });
        answer(self.status, "application/json", said.to_string())
    }
}

impl MinistryService {
    /// The service of a Ministry for one relying party, which `fetch` reaches.
    #[must_use]
    pub fn new(
        ministry: Ministry,
        relying_party: String,
        fetch: Fetch,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        store: &Arc<dyn ExpiringStore>,
    ) -> Self {
        let shelf = || Arc::clone(store);
        Self(Arc::new(Parts {
            ministry,
            relying_party,
            enrolled: Mutex::default(),
            is_down: AtomicBool::new(false),
            fetch,
            clock,
            random,
            logins: Shelf::new(shelf(), "demo-cie-login", LOGIN_LIFE),
            codes: Shelf::new(shelf(), "demo-cie-code", CODE_LIFE),
            tokens: Shelf::new(shelf(), "demo-cie-token", TOKEN_LIFE),
            seen: Shelf::new(shelf(), "demo-cie-seen", SEEN_LIFE),
        }))
    }

    /// Every address of the service, to be served under the address that the Ministry was made with.
    pub fn router(self) -> Router {
        let anchor = Router::new()
            .route("/.well-known/openid-federation", get(anchor::configuration))
            .route("/list", get(anchor::list))
            .route("/fetch", get(anchor::fetch))
            .route("/trust_mark_status", post(anchor::mark_status))
            .layer(from_fn_with_state(self.clone(), unless_down))
            // What the people of the demo are shown of it is there all the same.
            .route("/", get(anchor::home))
            .route("/enrol", post(anchor::enrol))
            .route("/switch", post(anchor::switch));
        let provider = Router::new()
            .route(
                "/.well-known/openid-federation",
                get(endpoints::configuration),
            )
            .route("/authorization", get(login::by_query).post(login::by_form))
            .route("/login", post(login::log_in))
            .route("/consent", post(login::agree))
            .route("/token", post(endpoints::token))
            .route(
                "/userinfo",
                get(endpoints::userinfo).post(endpoints::userinfo),
            )
            .route("/introspection", post(endpoints::introspect))
            .route("/revocation", post(endpoints::revoke))
            .layer(from_fn_with_state(self.clone(), unless_down));
        Router::new()
            .nest(&format!("/{}", super::ANCHOR_PATH), anchor)
            .nest(&format!("/{}", super::PROVIDER_PATH), provider)
            .with_state(self)
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Whose it is.
    #[must_use]
    pub fn ministry(&self) -> &Ministry {
        &self.0.ministry
    }

    /// Lets anchor and provider answer everybody with 503, or again as they should.
    pub fn switch(&self, is_down: bool) {
        self.0.is_down.store(is_down, Ordering::Relaxed);
    }

    fn is_down(&self) -> bool {
        self.0.is_down.load(Ordering::Relaxed)
    }

    fn enrolled(&self) -> Option<Registered> {
        let enrolled = self.0.enrolled.lock();
        enrolled.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The relying party of an id as it shows itself now, and as it was enrolled. Who may be and is not yet, is: the demo has
    /// no portal where somebody files a request and somebody else grants it.
    async fn member(&self, id: &str) -> Result<(Member, Registered), BadMember> {
        if id != self.0.relying_party {
            return Err(BadMember("unknown to the federation"));
        }
        let address = format!("{id}/.well-known/openid-federation");
        let request = Request::builder().uri(address);
        let answer = self.0.fetch.send(request, String::new()).await;
        let (parts, body) = answer.map_err(|_| BadMember("no answer"))?;
        let kind = parts.headers.get(CONTENT_TYPE);
        if parts.status != StatusCode::OK
            || kind.is_none_or(|kind| kind != "application/entity-statement+jwt")
        {
            return Err(BadMember("not an entity configuration"));
        }
        let text = std::str::from_utf8(&body).map_err(|_| BadMember("not a token"))?;
        let enrolled = self.enrolled();
        let member = Member::read(id, text, enrolled.as_ref(), self.now())?;
        let enrolled = enrolled.unwrap_or_else(|| member.shown.clone());
        self.enrol(Some(enrolled.clone()));
        Ok((member, enrolled))
    }

    fn enrol(&self, registered: Option<Registered>) {
        let mut enrolled = self
            .0
            .enrolled
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *enrolled = registered;
    }

    /// Whether an id is seen for the first time.
    async fn is_new(&self, whose: &str, id: &str) -> Result<bool, StoreError> {
        self.0.seen.put_new(&format!("{whose} {id}"), &()).await
    }
}

/// What the Ministry answers while it is down.
async fn unless_down(
    State(service): State<MinistryService>,
    request: Incoming,
    next: Next,
) -> Response {
    if service.is_down() {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        return Stop::because(status, "Il Ministero di prova è spento.").into_response();
    }
    next.run(request).await
}

fn answer(status: StatusCode, kind: &'static str, body: String) -> Response {
    let headers = [(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-store")];
    (status, headers, body).into_response()
}

fn json_answer(document: &Value) -> Response {
    answer(StatusCode::OK, "application/json", document.to_string())
}
