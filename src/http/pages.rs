//! Pages: what is common to all, refusals, and forms that post themselves.
//!
//! Templates are compiled in from `templates/`. Every value in them is escaped. A page is complete without JavaScript;
//! the only script there is presses the button of a form that a person could press too.

mod anomaly;
mod cie;
mod cns;
mod countries;
pub(in crate::http) mod desk;
mod elsewhere;
mod explanation;
mod fields;
mod form;
mod layout;
mod login;
mod logout;
mod pin;
mod portal;
mod post;
mod profile;
mod proof;
mod refusal;
pub(in crate::http) mod rome;
mod second_step;
mod service;
mod sessions;

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use url::Url;

use super::visit::Visit;
use crate::downstream::oidc::Client;

pub use anomaly::provider_error;

pub(in crate::http) use cns::{RESUMED, again as card_again, card_host, card_refused, other_way};
pub(in crate::http) use countries::{countries, country_name};
pub(in crate::http) use elsewhere::elsewhere;
pub use explanation::{Explained, ExplainedRule};
pub(in crate::http) use fields::{Asks, Fault, Field, How, TICKED};
pub(in crate::http) use form::{Button, FormPage, notice};
pub use layout::Layout;
pub use login::{login, welcome};
pub(in crate::http) use logout::{HERE, WHERE_FIELD, ministry_left};
pub use logout::{LogoutOutcome, LogoutQuestion, ask_logout, logged_out};
pub(in crate::http) use pin::{
    PERSON_FIELD, PIN_FIELD, PIN_FLOW_FIELD, PROCEDURE_FIELD, new_pin, pin_address, pin_busy,
    pin_closed, pin_expired, pin_form, pin_wait,
};
pub use portal::{other_person, portal};
pub use post::{auto_post, post_again};
pub use profile::profiles;
pub(in crate::http) use profile::{FLOW_FIELD, PROFILE_FIELD};
pub use refusal::{Action, Refusal};
pub(in crate::http) use rome::in_words;
pub(in crate::http) use second_step::{AGAIN_FIELD, CODE_FIELD, STEP_FIELD, code, code_address};
pub use service::service;
pub(in crate::http) use sessions::END_FIELD;
pub use sessions::{Ended, sessions};

/// What a page needs of the Content-Security-Policy beyond the strict default. The middleware writes the header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PagePolicy {
    /// The nonce of the page's one inline script.
    pub script_nonce: Option<String>,
    /// Where forms may lead besides this origin: origins, or a scheme with a colon.
    pub form_targets: Vec<String>,
}

impl PagePolicy {
    /// Of a page whose form may end a login. Browsers hold the redirects after a post to `form-action`, too, and those of a
    /// login lead back to the application, which may lead on to another host of its own: any https address, and those
    /// addresses of development that applications registered.
    pub(in crate::http) fn of_login(visit: &Visit) -> Self {
        let mut form_targets = vec!["https:".to_owned()];
        if !visit.gateway.settings().is_https() {
            form_targets.push("http:".to_owned());
        }
        let clients = visit.gateway.oidc().clients().iter();
        let registered = clients.flat_map(Client::redirect_uris);
        let urls = registered.filter_map(|uri| Url::parse(uri.as_str()).ok());
        for url in urls.filter(|url| url.scheme() == "http") {
            let origin = url.origin().ascii_serialization();
            if !form_targets.contains(&origin) {
                form_targets.push(origin);
            }
        }
        Self {
            form_targets,
            ..Self::default()
        }
    }
}

/// A rendered page with its status and its policy.
pub(in crate::http) fn html<T: askama::Template>(
    status: StatusCode,
    template: &T,
    policy: PagePolicy,
) -> Response {
    // Templates have no fallible filters: writing to a String does not fail.
    let Ok(text) = template.render() else {
        return empty(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    response.extensions_mut().insert(policy);
    response
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
