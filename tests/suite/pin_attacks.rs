//! Attacks on logins with a PIN, through the real router: many guesses at one person, one guess at everybody, floods, and
//! what the time of an answer tells.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::Duration as Span;
use http::{StatusCode, header};
use tokio::task::JoinSet;
use varco::audit::{AuditEvent, PinStep};
use varco::crypto::{PinHashCost, Random as _, SystemRandom};
use varco::identity::PinGrade;

use crate::support::browser::Browser;
use crate::support::gateway::session_of;
use crate::support::pin_stand::{PinSettings, PinStand, log_in, somebody, type_in, wrong};
use crate::support::spid::alfa;
use crate::support::spid_visit;

mod timed;

const HOME: &str = "192.0.2.1";

/// An address of a stranger: each number is another network.
fn stranger(number: usize) -> String {
    format!(
        "198.{}.{}.{}",
        18 + number / 62_500,
        number / 250 % 250,
        number % 250 + 1
    )
}

fn browser_at(stand: &PinStand, address: &str) -> Browser {
    stand.browser(Box::leak(address.to_owned().into_boxed_str()))
}

/// Somebody who has logged in from home before, and does so again.
async fn at_home(stand: &PinStand, number: usize) -> (Browser, String) {
    let pin = stand
        .working(&somebody(number), PinGrade::Dispositive)
        .await;
    let mut home = stand.browser(HOME);
    log_in(&mut home, &somebody(number), &pin).await;
    assert!(session_of(&home).is_some());
    (home, pin)
}

/// Whether somebody gets in, in a browser that has closed its session.
async fn gets_in(browser: &mut Browser, number: usize, pin: &str) -> bool {
    browser.set_cookie("__Host-varco", "closed", true);
    log_in(browser, &somebody(number), pin).await;
    session_of(browser).is_some()
}

/// Runs as many strangers, no more at once than the house serves.
async fn strangers<F: Future<Output = ()> + Send + 'static>(
    count: usize,
    stranger: impl Fn(usize) -> F,
) {
    let mut under_way = JoinSet::new();
    for number in 0..count {
        if under_way.len() >= 32 {
            under_way.join_next().await.unwrap().unwrap();
        }
        under_way.spawn(stranger(number));
    }
    while let Some(done) = under_way.join_next().await {
        done.unwrap();
    }
}

#[tokio::test]
async fn failures_make_wait_wherever_they_come_from_and_a_known_device_does_not_wait_for_them() {
    let stand = PinStand::new();
    let (mut home, pin) = at_home(&stand, 1).await;
    for number in 0..3 {
        let mut browser = browser_at(&stand, &stranger(number));
        let page = log_in(&mut browser, &somebody(1), &wrong(&pin, number)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let mut new_phone = browser_at(&stand, &stranger(9));
    let page = log_in(&mut new_phone, &somebody(1), &pin).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{}", page.body);
    assert_eq!(page.headers[header::RETRY_AFTER], "30");
    assert!(page.body.contains("30 seconds") && page.body.contains("SPID"));
    assert!(gets_in(&mut home, 1, &pin).await);
    // A success ends the failures, for everybody.
    assert!(gets_in(&mut new_phone, 1, &pin).await);
}

#[tokio::test]
async fn ten_thousand_wrong_pins_from_a_thousand_addresses_open_nothing_and_lock_nobody_out() {
    let stand = Arc::new(PinStand::new());
    let (mut home, pin) = at_home(&stand, 1).await;
    let (looked_at, told_to_wait) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    strangers(1000, |number| {
        let (stand, pin) = (Arc::clone(&stand), pin.clone());
        let (looked_at, told_to_wait) = (Arc::clone(&looked_at), Arc::clone(&told_to_wait));
        async move {
            let mut browser = browser_at(&stand, &stranger(number));
            let page = browser.open("/login/pin").await;
            for guess in 0..10 {
                let guess = wrong(&pin, number * 10 + guess);
                let answer = type_in(&mut browser, &page, &somebody(1), &guess).await;
                match answer.status {
                    StatusCode::UNPROCESSABLE_ENTITY => &looked_at,
                    StatusCode::TOO_MANY_REQUESTS => &told_to_wait,
                    other => panic!("{other}: {}", answer.body),
                }
                .fetch_add(1, Ordering::SeqCst);
            }
            assert!(session_of(&browser).is_none());
        }
    })
    .await;
    let (looked_at, waiting) = (
        looked_at.load(Ordering::SeqCst),
        told_to_wait.load(Ordering::SeqCst),
    );
    println!("10,000 wrong PINs at one person: {looked_at} looked at, {waiting} told to wait");
    assert_eq!((looked_at, waiting), (3, 9_997));
    assert!(
        gets_in(&mut home, 1, &pin).await,
        "the right person, from home"
    );
}

#[tokio::test]
async fn patient_strangers_close_the_pin_to_strangers_and_not_to_whom_it_belongs() {
    let stand = PinStand::new();
    let (mut home, pin) = at_home(&stand, 1).await;
    for number in 0..100 {
        let mut browser = browser_at(&stand, &stranger(number));
        let page = log_in(&mut browser, &somebody(1), &wrong(&pin, number)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{number}");
        stand.here.clock.advance(Span::hours(1));
    }
    let dossier = stand.dossier(&somebody(1)).await;
    let closed = dossier.history().iter();
    let closed = closed.filter(|entry| entry.step == PinStep::ClosedToStrangers);
    assert_eq!(closed.count(), 1);
    // A new telephone is a stranger too: the same answer as ever.
    let mut new_phone = browser_at(&stand, &stranger(1000));
    let page = log_in(&mut new_phone, &somebody(1), &pin).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(gets_in(&mut home, 1, &pin).await);
    stand.here.clock.advance(Span::hours(1));
    assert!(
        !gets_in(&mut new_phone, 1, &pin).await,
        "until it is restored"
    );
    assert!(gets_in(&mut home, 1, &pin).await);
}

#[tokio::test]
async fn one_guess_each_at_ten_thousand_people_opens_nothing_and_is_noticed_once() {
    let stand = Arc::new(PinStand::with(PinSettings {
        waiting: 4096,
        ..PinSettings::default()
    }));
    // One of them has just the PIN that is tried on everybody, and one who comes early in the row does not.
    let (mut home, sprayed) = at_home(&stand, 9_999).await;
    let (mut early_home, early) = at_home(&stand, 0).await;
    let opened = Arc::new(AtomicUsize::new(0));
    strangers(1000, |number| {
        let (stand, sprayed, opened) = (Arc::clone(&stand), sprayed.clone(), Arc::clone(&opened));
        async move {
            let mut browser = browser_at(&stand, &stranger(number));
            let page = browser.open("/login/pin").await;
            for person in number * 10..number * 10 + 10 {
                let answer = type_in(&mut browser, &page, &somebody(person), &sprayed).await;
                let refused = [
                    StatusCode::UNPROCESSABLE_ENTITY,
                    StatusCode::TOO_MANY_REQUESTS,
                    StatusCode::SERVICE_UNAVAILABLE,
                ];
                if !refused.contains(&answer.status) {
                    opened.fetch_add(1, Ordering::SeqCst);
                }
            }
            assert!(session_of(&browser).is_none());
        }
    })
    .await;
    assert_eq!(opened.load(Ordering::SeqCst), 0);
    let events = stand.here.events();
    let told = events.iter();
    let told = told.filter(|event| matches!(event, AuditEvent::PinTriedOnMany { people: 20 }));
    assert_eq!(told.count(), 1);
    let looked_at = events.iter();
    let looked_at = looked_at.filter(|event| matches!(event, AuditEvent::LoginRefused { .. }));
    println!(
        "one guess at 10,000 people: {} looked at, none opened",
        looked_at.count()
    );
    assert!(gets_in(&mut home, 9_999, &sprayed).await);
    assert!(gets_in(&mut early_home, 0, &early).await);
}

#[tokio::test]
async fn the_source_that_tries_many_people_waits_and_others_do_not() {
    let stand = PinStand::new();
    let (_, pin) = at_home(&stand, 5_000).await;
    let mut browser = browser_at(&stand, &stranger(1));
    for number in 0..10 {
        let page = log_in(&mut browser, &somebody(number), &wrong(&pin, number)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let page = log_in(&mut browser, &somebody(10), &pin).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    let mut elsewhere = browser_at(&stand, &stranger(2));
    assert!(gets_in(&mut elsewhere, 5_000, &pin).await);
}

#[tokio::test]
async fn a_full_queue_is_said_at_once_and_counts_for_nobody() {
    let stand = Arc::new(PinStand::with(PinSettings {
        cost: PinHashCost {
            memory_kib: 4 * 1024,
            passes: 2,
        },
        waiting: 0,
        ..PinSettings::default()
    }));
    let pin = stand.working(&somebody(1), PinGrade::Ordinary).await;
    let floods = (0..50).map(|number| {
        let stand = Arc::clone(&stand);
        tokio::spawn(async move {
            let mut browser = browser_at(&stand, &stranger(number));
            let page = browser.open("/login/pin").await;
            let guess = wrong("ZZZZZZZZ", number);
            type_in(&mut browser, &page, &somebody(number), &guess)
                .await
                .status
        })
    });
    let (mut wrong_ones, mut busy) = (0, 0);
    for flood in floods.collect::<Vec<_>>() {
        match flood.await.unwrap() {
            StatusCode::UNPROCESSABLE_ENTITY => wrong_ones += 1,
            StatusCode::SERVICE_UNAVAILABLE => busy += 1,
            other => panic!("{other}"),
        }
    }
    assert!(wrong_ones >= 1 && busy >= 1, "{wrong_ones} {busy}");
    let mut browser = stand.browser(HOME);
    assert!(gets_in(&mut browser, 1, &pin).await);
}
