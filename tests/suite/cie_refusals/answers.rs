//! Hostile authorization responses (rules on CIE, B8 and B13).

use varco::login::openid::{Habits, Profile};

use super::{Case, Table, play_all};
use crate::support::hostile::{Hostile, Made, Seen};

fn twice(made: &mut Made, name: &str) {
    let pair = made.answer.iter().find(|(there, _)| *there == name);
    let pair = pair.unwrap().clone();
    made.answer.push(pair);
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("state-none", "no state", "state-missing", |made| made.hush("state")),
    ("state-none", "an empty state", "state-missing", |made| made.say("state", "")),
    ("state-none", "an error without a state", "state-missing", |made| {
        made.answer = vec![("error", "access_denied".to_owned())];
    }),
    ("state-none", "nothing at all", "state-missing", |made| made.answer.clear()),
    ("state-unknown", "a state that was never made", "request-unknown", |made| made.say("state", "0".repeat(64))),
    ("state-unknown", "a state that is too long", "request-unknown", |made| made.say("state", "0".repeat(4096))),
    ("state-unknown", "an error for a state that was never made", "request-unknown", |made| {
        made.answer = vec![("error", "access_denied".to_owned()), ("state", "0".repeat(64))];
    }),
    ("state-unknown", "the state in other letters", "request-unknown", |made| {
        let state = made.answer[1].1.to_uppercase();
        made.say("state", state);
    }),
    ("answer-no-issuer", "no issuer", "answer-issuer-missing", |made| made.hush("iss")),
    ("answer-no-issuer", "an empty issuer", "answer-issuer-missing", |made| made.say("iss", "")),
    ("answer-issuer", "another issuer", "answer-issuer-other", |made| made.say("iss", "https://other.example")),
    ("answer-issuer", "the issuer and a slash", "answer-issuer-other", |made| {
        let issuer = format!("{}/", made.op);
        made.say("iss", issuer);
    }),
    ("answer-issuer", "the issuer in other letters", "answer-issuer-other", |made| {
        let issuer = made.op.replace("http:", "HTTP:");
        made.say("iss", issuer);
    }),
    ("answer-issuer", "an error of another issuer", "answer-issuer-other", |made| {
        made.hush("code");
        made.answer.push(("error", "access_denied".to_owned()));
        made.say("iss", "https://other.example");
    }),
    ("answer-both", "a code and an error", "code-and-error", |made| made.answer.push(("error", "access_denied".to_owned()))),
    ("answer-twice", "two states", "state-missing", |made| twice(made, "state")),
    ("answer-twice", "two codes", "parameter-repeated", |made| twice(made, "code")),
    ("answer-twice", "two issuers, both right", "parameter-repeated", |made| twice(made, "iss")),
    ("answer-twice", "two issuers, the second wrong", "parameter-repeated", |made| {
        made.answer.push(("iss", "https://other.example".to_owned()));
    }),
    ("answer-twice", "a parameter twice that nobody knows", "parameter-repeated", |made| {
        made.answer.extend([("session_state", "a".to_owned()), ("session_state", "b".to_owned())]);
    }),
    ("answer-twice", "parameters without end", "answer-form", |made| {
        made.answer.extend(std::iter::repeat_n(("x", "y".to_owned()), 40));
    }),
];

pub async fn play(table: &mut Table) {
    let hostile = Hostile::believed(Profile::Cie, Habits::default()).await;
    play_all(table, &hostile, CASES).await;
    for row in [
        "with a login that was broken off",
        "with an answer of another issuer",
    ] {
        let seen = used(&hostile, row.starts_with("with a login")).await;
        table.refused("state-used", row, "request-unknown", &seen);
    }
    let what = "by a login that went well, of which nothing is left";
    let seen = used_by_a_login(&hostile).await;
    table.refused("state-used", what, "request-unknown", &seen);

    let seen = late(&hostile, 600).await;
    table.refused(
        "state-expired",
        "after ten minutes",
        "request-unknown",
        &seen,
    );

    let seen = elsewhere(&hostile, true).await;
    table.refused(
        "state-browser",
        "a browser that asked, too",
        "browser-other",
        &seen,
    );
    let seen = elsewhere(&hostile, false).await;
    table.refused(
        "state-browser",
        "a browser without a cookie",
        "browser-unknown",
        &seen,
    );

    // SPID may leave the issuer out, and may not name another.
    let spid = Hostile::believed(Profile::Spid, Habits::default()).await;
    let seen = spid
        .log_in(|made| made.say("iss", "https://other.example"))
        .await;
    table.refused(
        "answer-issuer",
        "another issuer of SPID's",
        "answer-issuer-other",
        &seen,
    );
    // Another provider's address, to which the answer was led (mix-up).
    let mut visit = spid.visit();
    let request = visit.start().await;
    let mut back = visit.prepare(&request, |_| {});
    back.set_path(varco::login::openid::CIE_CALLBACK);
    let answer = visit.come_back(&back).await;
    let seen = visit.seen(answer);
    table.refused(
        "answer-issuer",
        "at the address of another provider",
        "address-other",
        &seen,
    );
}

/// A good answer to a request that a bad one has answered before.
async fn used(hostile: &Hostile, is_error: bool) -> Seen {
    let mut first = hostile.visit();
    let request = first.start().await;
    let bad = first.prepare(&request, |made| match is_error {
        true => {
            made.hush("code");
            made.answer.push(("error", "access_denied".to_owned()));
        }
        false => made.say("iss", "https://other.example"),
    });
    first.come_back(&bad).await;
    let mut second = hostile.visit();
    let good = second.prepare(&request, |_| {});
    second.browser = first.browser;
    let answer = second.come_back(&good).await;
    second.seen(answer)
}

/// The answer of a login that went well, once more, when the person has left.
async fn used_by_a_login(hostile: &Hostile) -> Seen {
    let mut first = hostile.visit();
    let request = first.start().await;
    let good = first.prepare(&request, |_| {});
    first.come_back(&good).await;
    let form = first.browser.open("/logout").await.form();
    let mut fields = form.pairs();
    fields.retain(|(name, value)| *name != "where" || *value != "here");
    first.browser.submit("/logout", &fields).await;
    let mut second = hostile.visit();
    let again = second.prepare(&request, |_| {});
    second.browser = first.browser;
    let answer = second.come_back(&again).await;
    second.seen(answer)
}

async fn late(hostile: &Hostile, seconds: i64) -> Seen {
    let mut visit = hostile.visit();
    let request = visit.start().await;
    hostile.later(seconds);
    let back = visit.prepare(&request, |_| {});
    let answer = visit.come_back(&back).await;
    visit.seen(answer)
}

/// Somebody's answer in another's browser (login CSRF, a stolen code).
async fn elsewhere(hostile: &Hostile, asks_too: bool) -> Seen {
    let mut first = hostile.visit();
    let request = first.start().await;
    let mut second = hostile.visit();
    if asks_too {
        second.start().await;
    }
    let back = second.prepare(&request, |_| {});
    let answer = second.come_back(&back).await;
    second.seen(answer)
}
