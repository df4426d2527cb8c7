//! The sample application: a site that leaves login to the gateway and shows what it was told.
//!
//! In: a browser. Out: OpenID Connect requests to the gateway, and pages with the claims and the level that came back. It
//! is written against the protocol alone, as an application of somebody else would be. It takes requests (`requests`) and hears of
//! those that count later (`events`). May use `protocol::jose`.

mod book;
mod events;
mod pages;
mod relying_party;
mod requests;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use self::book::{Book, Held};
pub use self::events::{EVENTS, EVENTS_JSON};
pub use self::relying_party::{EVENTS_SECRET, Registration, RelyingPartyError, WayIn};
use self::relying_party::{Question, RelyingParty};
use super::fetch::Fetch;
use super::page::{self, notice};
use crate::crypto::Random;
use crate::identity::Clock;
use crate::store::{ExpiringStore, Shelf, StoreError};

/// Lax: the way back from the gateway is a navigation by GET.
const COOKIE_NAME: &str = "varco-demo-app";
const SESSION_LIFE: Duration = Duration::from_secs(60 * 60);
/// More logins under way than anybody has tabs; the oldest makes room.
const MOST_QUESTIONS: usize = 20;

/// A service that the application lets people open through the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// `resource` of the request: service and operation.
    pub resource: &'static str,
    /// What people read.
    pub name: &'static str,
}

impl Offer {
    /// Whether people send something there.
    fn is_request(&self) -> bool {
        self.resource.ends_with("/request")
    }
}

/// What the application offers, the least demanding first.
pub const OFFERS: [Offer; 3] = [
    Offer {
        resource: "fascicolo-previdenziale/consult",
        name: "Fascicolo previdenziale",
    },
    Offer {
        resource: "naspi/request",
        name: "Domanda di NASpI",
    },
    Offer {
        resource: "domanda-di-pensione/request",
        name: "Domanda di pensione (chiede il livello più alto)",
    },
];

/// The application.
#[derive(Clone)]
pub struct SampleApp(Arc<Parts>);

struct Parts {
    relying_party: RelyingParty,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    sessions: Shelf<AppSession>,
    book: Book,
}

/// What the application remembers of a browser.
#[derive(Default, Serialize, Deserialize)]
struct AppSession {
    /// Logins under way, by `state`: one a tab.
    questions: Vec<(String, Question)>,
    id_token: Option<String>,
    #[serde(with = "as_text")]
    claims: Map<String, Value>,
    /// Services opened, with the level each was opened at.
    opened: BTreeMap<String, String>,
    /// Tickets of those that were opened provisionally.
    tickets: BTreeMap<String, String>,
}

/// Claims are JSON of any form, which stores keep as a text.
mod as_text {
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::{Map, Value};

    pub(super) fn serialize<S: Serializer>(
        claims: &Map<String, Value>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text = serde_json::to_string(claims).map_err(serde::ser::Error::custom)?;
        text.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Map<String, Value>, D::Error> {
        let text = String::deserialize(deserializer)?;
        serde_json::from_str(&text).map_err(D::Error::custom)
    }
}

/// Why a page cannot be shown.
struct Stop {
    status: StatusCode,
    why: String,
}

impl Stop {
    fn because(status: StatusCode, why: impl ToString) -> Self {
        let why = why.to_string();
        Self { status, why }
    }
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        let again = Some(("/", "Torna all'inizio"));
        notice(self.status, "Accesso non riuscito", &self.why, again)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::because(StatusCode::SERVICE_UNAVAILABLE, error)
    }
}

impl From<RelyingPartyError> for Stop {
    fn from(error: RelyingPartyError) -> Self {
        Self::because(StatusCode::BAD_GATEWAY, error)
    }
}

type Answer = Result<Response, Stop>;

impl SampleApp {
    /// The application as it is registered at the gateway.
    #[must_use]
    pub fn new(
        registration: Registration,
        fetch: Fetch,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        store: Arc<dyn ExpiringStore>,
    ) -> Self {
        Self(Arc::new(Parts {
            relying_party: RelyingParty::new(registration, fetch),
            clock,
            random,
            sessions: Shelf::new(store, "demo-app-session", SESSION_LIFE),
            book: Book::default(),
        }))
    }

    /// Every address of the application.
    pub fn router(self) -> Router {
        Router::new()
            .route("/", get(home))
            .route("/session.json", get(session))
            .route("/login", get(login))
            .route("/callback", get(callback))
            .route("/logout", get(logout))
            .route("/goodbye", get(goodbye))
            .route("/requests", post(requests::send))
            .route(EVENTS, get(events::show).post(events::hear))
            .route(EVENTS_JSON, get(events::list))
            .with_state(self)
    }

    async fn session(&self, headers: &HeaderMap) -> Result<Option<AppSession>, Stop> {
        match cookie(headers) {
            Some(id) => Ok(self.0.sessions.get(id).await?),
            None => Ok(None),
        }
    }

    fn requests_of(&self, session: &AppSession) -> Vec<Held> {
        session
            .sub()
            .map_or_else(Vec::new, |sub| self.0.book.requests_of(sub))
    }
}

async fn home(State(app): State<SampleApp>, headers: HeaderMap) -> Answer {
    let session = app.session(&headers).await?.unwrap_or_default();
    let ways = app.0.relying_party.ways();
    Ok(pages::home(&session, ways, &app.requests_of(&session)))
}

/// The same for programs: what `varco demo --once` and tests read.
async fn session(State(app): State<SampleApp>, headers: HeaderMap) -> Answer {
    let session = app.session(&headers).await?.unwrap_or_default();
    let requests = app.requests_of(&session);
    let seen = json!({ "claims": session.claims, "opened": session.opened, "requests": requests });
    Ok(Json(seen).into_response())
}

#[derive(Deserialize)]
struct Wish {
    resource: Option<String>,
    idp_hint: Option<String>,
}

async fn login(
    State(app): State<SampleApp>,
    Query(wish): Query<Wish>,
    headers: HeaderMap,
) -> Answer {
    let random = app.0.random.as_ref();
    let question = Question::new(wish.resource, random);
    let state = random.token();
    let to = app
        .0
        .relying_party
        .authorization_url(&question, &state, wish.idp_hint.as_deref())
        .await?;
    let kept = match cookie(&headers) {
        Some(id) => {
            let entry = (state.clone(), question.clone());
            let add = |session: &mut AppSession| {
                if session.questions.len() >= MOST_QUESTIONS {
                    session.questions.remove(0);
                }
                session.questions.push(entry.clone());
            };
            app.0.sessions.update(id, add).await?.is_some()
        }
        None => false,
    };
    let mut response = Redirect::to(&to).into_response();
    if !kept {
        let id = random.token();
        let session = AppSession {
            questions: vec![(state, question)],
            ..AppSession::default()
        };
        app.0.sessions.put(&id, &session).await?;
        set_cookie(&mut response, &id, SESSION_LIFE);
    }
    Ok(response)
}

#[derive(Deserialize)]
struct Callback {
    state: Option<String>,
    iss: Option<String>,
    code: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

async fn callback(
    State(app): State<SampleApp>,
    Query(callback): Query<Callback>,
    headers: HeaderMap,
) -> Answer {
    let id = cookie(&headers).unwrap_or_default();
    let state = callback.state.unwrap_or_default();
    // The question is taken out: a callback is good once.
    let mut question = None;
    let take = |session: &mut AppSession| {
        let place = session
            .questions
            .iter()
            .position(|(known, _)| *known == state);
        question = place.map(|place| session.questions.remove(place).1);
    };
    app.0.sessions.update(id, take).await?;
    let question = question.ok_or_else(|| {
        let why = "Questa risposta non è per un accesso cominciato da questo browser.";
        Stop::because(StatusCode::BAD_REQUEST, why)
    })?;
    if callback.iss.as_deref() != Some(app.0.relying_party.issuer()) {
        return Err(Stop::because(
            StatusCode::BAD_REQUEST,
            "La risposta viene da qualcun altro.",
        ));
    }
    let Some(code) = callback.code else {
        let error = callback.error.unwrap_or_default();
        let why = format!(
            "{error}: {}",
            callback.error_description.unwrap_or_default()
        );
        return Err(Stop::because(StatusCode::FORBIDDEN, why));
    };
    let now = app.0.clock.now();
    let told = app.0.relying_party.redeem(&code, &question, now).await?;
    let keep = |session: &mut AppSession| {
        session.id_token = Some(told.id_token.clone());
        session.claims.clone_from(&told.claims);
        if let Some(resource) = &question.resource {
            session.open(resource, app.0.relying_party.issuer());
        }
    };
    app.0.sessions.update(id, keep).await?;
    Ok(Redirect::to("/").into_response())
}

async fn logout(State(app): State<SampleApp>, headers: HeaderMap) -> Answer {
    let session = match cookie(&headers) {
        Some(id) => app.0.sessions.take(id).await?,
        None => None,
    };
    let to = match session.and_then(|session| session.id_token) {
        Some(id_token) => app.0.relying_party.logout_url(&id_token).await?,
        None => "/goodbye".to_owned(),
    };
    let mut response = Redirect::to(&to).into_response();
    set_cookie(&mut response, "", Duration::ZERO);
    Ok(response)
}

async fn goodbye() -> Response {
    let again = Some(("/", "Entra di nuovo"));
    notice(
        StatusCode::OK,
        "Sei uscito",
        "L'area personale di prova ti ha dimenticato.",
        again,
    )
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    page::cookie(headers, COOKIE_NAME)
}

fn set_cookie(response: &mut Response, id: &str, life: Duration) {
    page::set_cookie(response, (COOKIE_NAME, id), ("/", "Lax"), life);
}
