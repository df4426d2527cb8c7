//! How often a file of a conversion is looked at.

use axum::body::Body;
use http::header::CONTENT_TYPE;
use http::{Request, StatusCode};
use varco::identity::{AssuranceLevel, AuthenticationMethod};

use crate::support::browser::{Answer, Browser};
use crate::support::person::person;
use crate::support::pin_care::{CareStand, MARA, send};

/// Sends something that is no PDF, as browsers do.
async fn upload(stand: &CareStand, browser: &Browser, page: &Answer) -> StatusCode {
    let form = page.form();
    let mut body = String::new();
    for name in ["token", "conversion"] {
        let value = form.field(name).unwrap();
        body.push_str(&format!(
            "--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    body.push_str(
        "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\
         Content-Type: application/pdf\r\n\r\nnot a PDF\r\n--xyz--\r\n",
    );
    let cookie = browser.cookie("__Host-varco").unwrap();
    let request = Request::post(&form.action)
        .header(CONTENT_TYPE, "multipart/form-data; boundary=xyz")
        .header("cookie", format!("__Host-varco={cookie}"))
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body))
        .unwrap();
    stand.here.ask(request).await.0
}

#[tokio::test]
async fn one_person_has_six_files_a_minute_looked_at() {
    let stand = CareStand::new();
    stand.with_working_pin().await;
    let mut browser = stand.here.browser();
    let (who, method) = (person(MARA), AuthenticationMethod::Pin);
    let level = AssuranceLevel::Low;
    let logging_in = stand.here.log_in_by(&mut browser, &who, method, level);
    logging_in.await;
    let page = browser.open("/pin/convert").await;
    let document = [
        ("kind", "passport"),
        ("number", "YA0000000"),
        ("issuer", "Questura di Roma"),
        ("expires", "15/3/2031"),
        ("confirmed", "yes"),
    ];
    let page = send(&mut browser, &page, &document).await;
    for _ in 0..6 {
        let refused = upload(&stand, &browser, &page).await;
        assert_eq!(refused, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let refused = upload(&stand, &browser, &page).await;
    assert_eq!(refused, StatusCode::TOO_MANY_REQUESTS);
    stand.here.clock.advance(chrono::Duration::minutes(1));
    let again = upload(&stand, &browser, &page).await;
    assert_eq!(again, StatusCode::UNPROCESSABLE_ENTITY);
}
