//! The card host: one address that reads a card, and a page for who comes by themselves.

use axum::extract::Query;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use tower::ServiceBuilder;

use super::{CNS, CardWay, Entrance, Peer, entrance, refused, way};
use crate::http::flow::{self, see_other};
use crate::http::pages::{self, Action, Refusal};
use crate::http::state::Gateway;
use crate::http::visit::Visit;
use crate::http::{middleware, static_files};
use crate::identity::Timestamp;
use crate::login::cns::{CnsRefusal, Presented, Refused, VerifiedCertificate};

/// The addresses of the card host. It keeps no cookie but the choice of a language.
pub fn router(gateway: Gateway, entrance: Entrance) -> Router {
    let at_the_door = (gateway.clone(), entrance);
    Router::new()
        .route("/", get(show))
        .route("/card", get(card))
        .route("/static/{digest}/{*name}", get(static_files::serve))
        .fallback(async || Refusal::new(StatusCode::NOT_FOUND, "not-found"))
        .method_not_allowed_fallback(async || {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed")
        })
        .layer(
            ServiceBuilder::new()
                .layer(from_fn_with_state(gateway.clone(), middleware::receive))
                .layer(from_fn_with_state(at_the_door, entrance::admit))
                .layer(from_fn_with_state(
                    middleware::Bounds::default(),
                    middleware::bound,
                )),
        )
        .with_state(gateway)
}

/// `GET /`: what this host is for.
async fn show(visit: Visit) -> Response {
    pages::card_host(&visit)
}

#[derive(Debug, Deserialize)]
struct CardQuery {
    ticket: String,
}

/// `GET /card?ticket=TICKET`: reads the card of this connection and goes back to the main host with what it proves, or
/// with what is wrong with it. On a connection that served something else it asks for the same again, on a new one.
async fn card(
    visit: Visit,
    Extension(peer): Extension<Peer>,
    Query(query): Query<CardQuery>,
) -> Result<Response, Refusal> {
    if peer.is_used() {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("ticket", &query.ticket)
            .finish();
        return Ok(closing(see_other(&format!("/card?{query}"))));
    }
    let gateway = &visit.gateway;
    let main = gateway.settings().origin();
    let gone = |code| {
        let again = Action::new("action-login-again", format!("{main}/login"));
        Refusal::new(StatusCode::BAD_REQUEST, code).offering(again)
    };
    let way = way(gateway)?;
    let ticket = way.handovers.admit(&query.ticket).await?;
    let ticket = ticket.ok_or_else(|| gone("card-ticket-gone"))?;
    let now = gateway.now();
    let flow = gateway.flows().find(ticket.flow(), ticket.browser(), now);
    flow.await?.ok_or_else(|| gone("flow-gone"))?;

    let presented = Presented::new(peer.chain());
    let certificate = presented.as_ref().ok().map(Presented::sha256_hex);
    let back = match prove(way, &peer, presented, now).await {
        Ok(proof) => {
            let code = way.handovers.hand_over(ticket, proof).await?;
            format!("{main}/login/cns/done?code={code}")
        }
        Err(code) => {
            gateway.metrics().login(CNS, code);
            tracing::info!(reason = code, reference = %visit.reference, "card-refused");
            flow::record(&visit, refused(code, certificate)).await?;
            let refused = Refused {
                code: code.to_owned(),
                reference: visit.reference.to_string(),
            };
            let id = way.handovers.refuse(ticket, refused).await?;
            format!("{main}/login/cns/refused/{id}")
        }
    };
    Ok(closing(see_other(&back)))
}

/// What the card proves, or the code of what is wrong with it.
async fn prove(
    way: &CardWay,
    peer: &Peer,
    presented: Result<Presented, CnsRefusal>,
    now: Timestamp,
) -> Result<VerifiedCertificate, &'static str> {
    if !peer.is_fresh() {
        return Err(pages::RESUMED);
    }
    let verified = async { way.verifier.verify(&presented?, now).await };
    let verified = verified.await.map_err(CnsRefusal::code)?;
    if !verified.has_usual_card_id() {
        tracing::info!(issuer = verified.issuer_name(), "unusual-card-id");
    }
    Ok(verified)
}

/// The last answer of a connection. The next login shakes hands anew: whoever comes then may have another card, or none,
/// and a browser asks again for one.
fn closing(mut response: Response) -> Response {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}
