//! The URL map.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get, post};
use http::StatusCode;
use tower::ServiceBuilder;

use super::pages::Refusal;
use super::state::Gateway;
use super::{
    authzen, cie, cns, desk, federation, forward_auth, login, logout, middleware, oidc, openid,
    pin, portal, profile, receipts, services, sessions, spid, static_files,
};

/// Every address of the gateway. Health and metrics are not here: they have a listener of their own.
pub fn router(gateway: Gateway) -> Router {
    let pages = Router::new()
        .route("/", get(portal::show))
        .route("/login", get(login::show))
        .route("/login/cancel", get(login::cancel))
        .route("/login/spid", get(spid::start))
        .route("/login/cie", get(cie::start))
        .route("/cie/metadata", get(cie::metadata))
        .route("/cie/acs", post(cie::consume))
        .route("/login/openid/{id}", get(openid::start_upstream))
        .route(
            "/login/openid/{id}/callback",
            get(openid::upstream_callback),
        )
        .route("/cie/callback", get(openid::cie_callback))
        .route("/spid/callback/{place}", get(openid::spid_callback))
        .route("/login/cns", get(cns::start))
        .route("/login/cns/done", get(cns::done))
        .route(
            "/login/cns/code",
            get(cns::ask_for_code).post(cns::code_typed),
        )
        .route("/login/cns/refused/{id}", get(cns::show_refusal))
        .route("/login/pin", get(pin::ask).post(pin::enter))
        .route("/login/pin/new", post(pin::go_on))
        .route("/spid/metadata", get(spid::metadata))
        .route("/spid/acs", post(spid::consume))
        .route(
            "/spid/slo",
            get(spid::logout_by_redirect).post(spid::logout_by_post),
        )
        .merge(pin::routes())
        .route("/profile", get(profile::show).post(profile::choose))
        .route("/logout", get(logout::ask).post(logout::end))
        .route("/sessions", get(sessions::show).post(sessions::end))
        .route("/services/{id}/{operation}", get(services::show))
        .route("/.well-known/openid-configuration", get(oidc::discovery))
        .route(
            "/.well-known/oauth-authorization-server",
            get(oidc::discovery),
        )
        .route("/jwks", get(oidc::jwks))
        .route(
            "/authorize",
            get(oidc::authorize).post(oidc::authorize_posted),
        )
        .route("/token", post(oidc::token))
        .route("/receipts", post(receipts::issue))
        .route("/pin/receipts", get(receipts::show))
        .route("/pin/receipts/{name}", get(receipts::paper))
        .route(
            "/userinfo",
            get(oidc::user_info).post(oidc::user_info_posted),
        )
        .route("/forward-auth/login", get(forward_auth::login))
        .merge(desk::router())
        .route("/static/{digest}/{*name}", get(static_files::serve));

    let bounds = middleware::Bounds::default().without_certificates(gateway.clone());
    // What servers ask for has no page and no visit: it must cost little.
    let asked_by_servers = Router::new()
        .route("/forward-auth", any(forward_auth::check))
        .route("/forward-auth/original/", any(forward_auth::check))
        .route("/forward-auth/original/{*target}", any(forward_auth::check))
        .route("/access/v1/evaluation", post(authzen::evaluation))
        .route("/access/v1/evaluations", post(authzen::evaluations))
        .route(
            "/.well-known/authzen-configuration",
            get(authzen::configuration),
        )
        .route(
            "/.well-known/openid-federation",
            get(federation::configuration),
        )
        .route("/resolve", get(federation::resolve))
        .route("/.varco/start", get(forward_auth::start))
        .route("/.varco/callback", get(forward_auth::callback))
        .route("/.varco/logout", get(forward_auth::logout))
        .layer(from_fn_with_state(bounds.clone(), middleware::bound))
        .layer(from_fn_with_state(gateway.clone(), middleware::observe))
        .with_state(gateway.clone());

    let pages = pages
        .fallback(async || Refusal::new(StatusCode::NOT_FOUND, "not-found"))
        .method_not_allowed_fallback(async || {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed")
        })
        .layer(
            // The first layer is the first to see a request. As one stack they are copied once for each request; one
            // by one, each would copy those below it.
            ServiceBuilder::new()
                .layer(from_fn_with_state(gateway.clone(), middleware::receive))
                .layer(from_fn_with_state(bounds, middleware::bound)),
        )
        .with_state(gateway);
    pages.merge(asked_by_servers)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use axum::body::Body;
    use http::{Request, Response, header};
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;
    use crate::http::state::tests::gateway;
    use crate::http::visit::ClientAddress;

    async fn ask(request: Request<Body>) -> (Response<()>, String) {
        let router = router(gateway("https://login.example"));
        let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        (Response::from_parts(parts, ()), text)
    }

    /// A body that never comes.
    struct Never;

    impl hyper::body::Body for Never {
        type Data = axum::body::Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
            Poll::Pending
        }
    }

    type Asked = Pin<Box<dyn Future<Output = Result<axum::response::Response, Infallible>>>>;

    /// Asks with a body that never comes, and gives what is answered at once, or the request under way.
    async fn ask_slowly(router: &Router, from: [u8; 4]) -> Result<StatusCode, Asked> {
        let body = Body::new(Never);
        let mut request = Request::post("/logout").body(body).unwrap();
        request.extensions_mut().insert(ClientAddress(from.into()));
        let mut asked: Asked = Box::pin(router.clone().oneshot(request));
        match std::future::poll_fn(|cx| Poll::Ready(asked.as_mut().poll(cx))).await {
            Poll::Ready(answer) => Ok(answer.unwrap().status()),
            Poll::Pending => Err(asked),
        }
    }

    #[tokio::test]
    async fn slow_bodies_do_not_take_the_places_of_whole_requests() {
        let router = router(gateway("https://login.example"));
        let mut under_way = Vec::new();
        for client in 0..=255 {
            for _ in 0..3 {
                let asked = ask_slowly(&router, [192, 0, 2, client]).await;
                under_way.push(asked.expect_err("a request under way"));
            }
        }
        for request in [Request::get("/login"), Request::post("/logout")] {
            let request = request.body(Body::from("a=b")).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            assert_ne!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        }
    }

    #[tokio::test]
    async fn one_address_has_few_bodies_under_way() {
        let router = router(gateway("https://login.example"));
        let mut under_way = Vec::new();
        let refused = loop {
            match ask_slowly(&router, [192, 0, 2, 1]).await {
                Ok(status) => break status,
                Err(asked) => under_way.push(asked),
            }
        };
        assert_eq!(refused, StatusCode::SERVICE_UNAVAILABLE);
        assert!(under_way.len() <= 64, "{}", under_way.len());
        assert!(ask_slowly(&router, [192, 0, 2, 2]).await.is_err());
        under_way.clear();
        assert!(ask_slowly(&router, [192, 0, 2, 1]).await.is_err());
    }

    async fn get(path: &str) -> (Response<()>, String) {
        ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    #[tokio::test]
    async fn an_unknown_address_is_a_page_that_says_what_to_do() {
        let (answer, page) = get("/no/such").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert!(page.contains("Pagina non trovata"));
        assert!(page.contains("Torna alla pagina iniziale"));
        assert!(page.contains("Codice da comunicare"));
    }

    #[tokio::test]
    async fn a_wrong_method_is_a_page_and_names_the_right_ones() {
        let request = Request::delete("/static/x/y").body(Body::empty()).unwrap();
        let (answer, page) = ask(request).await;
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.headers()[header::ALLOW], "GET,HEAD");
        assert!(page.contains("Richiesta non prevista"));
    }

    #[tokio::test]
    async fn every_response_carries_the_security_headers() {
        let (answer, _) = get("/no/such").await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cache-control", "no-store"),
            (
                "strict-transport-security",
                "max-age=63072000; includeSubDomains",
            ),
        ] {
            assert_eq!(answer.headers()[name], value);
        }
        let policy = answer.headers()["content-security-policy"]
            .to_str()
            .unwrap();
        assert!(policy.starts_with("default-src 'none';"));
        assert!(policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("script-src") && !policy.contains("unsafe"));
    }

    #[tokio::test]
    async fn a_body_over_the_bound_is_a_413_page_and_closes_the_connection() {
        let large = vec![b'a'; crate::http::middleware::LARGEST_BODY + 1];
        let (answer, page) = ask(Request::post("/").body(Body::from(large)).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(answer.headers()[header::CONNECTION], "close");
        assert!(page.contains("Richiesta troppo grande"));
    }

    #[tokio::test]
    async fn a_page_speaks_the_language_asked_for_and_remembers_a_choice() {
        let (answer, page) = get("/no/such?lang=en").await;
        assert!(page.contains("<html lang=\"en\">"));
        assert!(page.contains("Page not found"));
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.starts_with("__Host-varco-language=en;"));

        let wishing = Request::get("/no/such").header(header::ACCEPT_LANGUAGE, "en-GB,it;q=0.5");
        let (answer, page) = ask(wishing.body(Body::empty()).unwrap()).await;
        assert!(page.contains("Page not found"));
        assert!(!answer.headers().contains_key(header::SET_COOKIE));

        let remembered =
            Request::get("/no/such").header(header::COOKIE, "__Host-varco-language=en");
        let (_, page) = ask(remembered.body(Body::empty()).unwrap()).await;
        assert!(page.contains("Page not found"));
    }

    #[tokio::test]
    async fn the_language_switch_keeps_the_rest_of_the_address_and_escapes_it() {
        let (_, page) = get("/login?a=%22%3E%3Cb&lang=en&c=1").await;
        assert!(
            page.contains("/login?a=%22%3E%3Cb&amp;c=1&amp;lang=it")
                || page.contains("/login?a=%22%3E%3Cb&#38;c=1&#38;lang=it")
        );
        assert!(!page.contains("\"><b"));
    }

    #[tokio::test]
    async fn the_language_switch_never_leaves_the_gateway() {
        for path in [
            "//evil.example/",
            "///evil.example/",
            "/\\evil.example/",
            "/\\/evil.example/",
        ] {
            let (answer, page) = get(path).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND);
            assert!(page.contains("href=\"/?lang=en\""), "{path}: {page}");
            assert!(!page.contains("evil.example"), "{path}");
        }
        let (_, page) = get("/no//such").await;
        assert!(page.contains("href=\"/no//such?lang=en\""), "{page}");
    }

    #[tokio::test]
    async fn static_files_are_kept_by_browsers_and_change_address_with_their_content() {
        let folder = static_files::folder();
        for (name, kind) in [
            ("varco.css", "text/css; charset=utf-8"),
            (
                "dist/css/bootstrap-italia.min.css",
                "text/css; charset=utf-8",
            ),
            ("dist/svg/sprites.svg", "image/svg+xml"),
            (
                "dist/fonts/Titillium_Web/titillium-web-v10-latin-ext_latin-600.woff2",
                "font/woff2",
            ),
        ] {
            let (answer, content) = get(&format!("{folder}/{name}")).await;
            assert_eq!(answer.status(), StatusCode::OK, "{name}");
            assert_eq!(answer.headers()[header::CONTENT_TYPE], kind);
            assert!(
                answer.headers()[header::CACHE_CONTROL]
                    .to_str()
                    .unwrap()
                    .contains("immutable")
            );
            assert!(!content.is_empty());
        }
        assert_eq!(
            get("/static/0/varco.css").await.0.status(),
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            get(&format!("{folder}/package.json")).await.0.status(),
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            get(&format!("{folder}/../Cargo.toml")).await.0.status(),
            StatusCode::NOT_FOUND
        );
    }

    #[tokio::test]
    async fn style_sheets_name_no_other_host() {
        let folder = static_files::folder();
        for name in ["varco.css", "dist/css/bootstrap-italia.min.css"] {
            let (_, content) = get(&format!("{folder}/{name}")).await;
            assert!(!content.contains("url(http") && !content.contains("url(\"http"));
            assert!(!content.contains("url(//") && !content.contains("@import"));
        }
    }
}
