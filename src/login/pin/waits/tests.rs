use std::sync::Mutex;

use super::super::devices::Devices;
use super::*;
use crate::crypto::SystemRandom;
use crate::identity::Clock;
use crate::store::MemoryStore;

const HOUR: u64 = 60 * 60;

struct Hands(Mutex<Timestamp>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// Waits over a store in memory, with a clock that moves when told.
struct Stand {
    clock: Arc<Hands>,
    waits: Waits,
}

impl Stand {
    fn new() -> Self {
        let clock = Arc::new(Hands(Mutex::new("2026-11-22T08:00:00Z".parse().unwrap())));
        let store: Arc<dyn ExpiringStore> =
            Arc::new(MemoryStore::new(Arc::clone(&clock) as Arc<dyn Clock>));
        let rules = Arc::new(PinRules::default());
        let waits = Waits::new(&store, [7; 32], &rules);
        Self { clock, waits }
    }

    fn pass(&self, seconds: u64) {
        *self.clock.0.lock().unwrap() += Duration::from_secs(seconds);
    }

    /// The seconds to wait, or the attempt.
    async fn turn(
        &self,
        person: &FiscalCode,
        device: Option<&KnownDevice>,
        source: Option<&str>,
    ) -> Result<Counted, u64> {
        let turn = self.waits.admit(person, device, source, self.clock.now());
        turn.await.unwrap().map_err(|wait| wait.as_secs())
    }

    async fn right(&self, counted: Counted) {
        let told = self.waits.was_right(counted, self.clock.now());
        told.await.unwrap();
    }
}

fn mario() -> FiscalCode {
    FiscalCode::parse("RSSMRA80A01H501U").unwrap()
}

/// Somebody else, each time another number.
fn somebody(number: u32) -> FiscalCode {
    let place = number % 1000;
    let (year, day) = (number / 1000 % 100, number / 100_000 % 28 + 1);
    let begin = format!("VRDLCU{year:02}A{day:02}H{place:03}");
    ('A'..='Z')
        .find_map(|check| FiscalCode::parse(&format!("{begin}{check}")).ok())
        .unwrap()
}

fn known(person: &FiscalCode) -> KnownDevice {
    let devices = Devices::new([7; 32]);
    let device = devices.remember(None, person, &SystemRandom);
    devices.known(Some(&device), person).unwrap()
}

#[tokio::test]
async fn the_third_failure_makes_a_person_wait_wherever_it_comes_from() {
    let stand = Stand::new();
    for source in ["a", "b", "c"] {
        stand.turn(&mario(), None, Some(source)).await.unwrap();
    }
    assert_eq!(stand.turn(&mario(), None, Some("d")).await.unwrap_err(), 30);
    stand.pass(29);
    assert_eq!(stand.turn(&mario(), None, Some("e")).await.unwrap_err(), 1);
    stand.pass(1);
    stand.turn(&mario(), None, Some("f")).await.unwrap();
    assert_eq!(stand.turn(&mario(), None, Some("g")).await.unwrap_err(), 60);
    assert!(stand.turn(&somebody(1), None, Some("g")).await.is_ok());
}

#[tokio::test]
async fn of_guesses_at_the_same_moment_no_more_are_looked_at_than_one_after_another() {
    let stand = Arc::new(Stand::new());
    let guesses: Vec<_> = (0..50)
        .map(|number| {
            let stand = Arc::clone(&stand);
            tokio::spawn(async move {
                let source = number.to_string();
                stand.turn(&mario(), None, Some(&source)).await.is_ok()
            })
        })
        .collect();
    let mut looked_at = 0;
    for guess in guesses {
        looked_at += usize::from(guess.await.unwrap());
    }
    assert_eq!(looked_at, 3);
}

#[tokio::test]
async fn a_success_ends_the_failures_of_a_person() {
    let stand = Stand::new();
    for _ in 0..2 {
        stand.turn(&mario(), None, None).await.unwrap();
    }
    let right = stand.turn(&mario(), None, None).await.unwrap();
    stand.right(right).await;
    for _ in 0..3 {
        stand.turn(&mario(), None, None).await.unwrap();
    }
    assert_eq!(stand.turn(&mario(), None, None).await.unwrap_err(), 30);
}

#[tokio::test]
async fn failures_elsewhere_do_not_make_a_known_device_wait_and_its_own_do() {
    let stand = Stand::new();
    let device = known(&mario());
    for number in 0..200 {
        let source = number.to_string();
        drop(stand.turn(&mario(), None, Some(&source)).await);
        stand.pass(60);
    }
    for _ in 0..3 {
        let counted = stand.turn(&mario(), Some(&device), Some("home")).await;
        assert!(counted.unwrap().is_known());
    }
    let wait = stand.turn(&mario(), Some(&device), Some("home")).await;
    assert_eq!(wait.unwrap_err(), 30);
}

#[tokio::test]
async fn what_a_known_device_fails_at_counts_for_the_person_too() {
    let stand = Stand::new();
    let device = known(&mario());
    for _ in 0..3 {
        stand.turn(&mario(), Some(&device), None).await.unwrap();
    }
    assert_eq!(stand.turn(&mario(), None, None).await.unwrap_err(), 30);
}

#[tokio::test]
async fn a_known_device_that_failed_a_hundred_times_is_a_stranger() {
    let stand = Stand::new();
    let device = known(&mario());
    for _ in 0..100 {
        assert!(
            stand
                .turn(&mario(), Some(&device), None)
                .await
                .unwrap()
                .is_known()
        );
        stand.pass(HOUR);
    }
    let counted = stand.turn(&mario(), Some(&device), None).await.unwrap();
    assert!(!counted.is_known());
}

#[tokio::test]
async fn a_source_that_tries_many_people_waits_and_is_forgiven_with_time() {
    let stand = Stand::new();
    for number in 0..10 {
        assert!(stand.turn(&somebody(number), None, Some("a")).await.is_ok());
    }
    let wait = stand.turn(&somebody(10), None, Some("a")).await;
    assert_eq!(wait.unwrap_err(), 30);
    assert!(stand.turn(&somebody(10), None, Some("b")).await.is_ok());
    // 10 failures are forgiven in 100 minutes.
    stand.pass(101 * 60);
    for number in 20..30 {
        assert!(
            stand.turn(&somebody(number), None, Some("a")).await.is_ok(),
            "{number}"
        );
    }
    assert!(stand.turn(&somebody(30), None, Some("a")).await.is_err());
}

#[tokio::test]
async fn a_source_gets_back_what_was_right_and_keeps_what_others_failed_at() {
    let stand = Stand::new();
    for number in 0..9 {
        assert!(
            stand
                .turn(&somebody(number), None, Some("office"))
                .await
                .is_ok()
        );
    }
    for number in 100..150 {
        let right = stand
            .turn(&somebody(number), None, Some("office"))
            .await
            .unwrap();
        stand.right(right).await;
    }
    assert!(
        stand
            .turn(&somebody(10), None, Some("office"))
            .await
            .is_ok()
    );
    assert!(
        stand
            .turn(&somebody(11), None, Some("office"))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn who_asks_again_too_early_uses_up_nothing() {
    let stand = Stand::new();
    for _ in 0..3 {
        stand.turn(&mario(), None, Some("a")).await.unwrap();
    }
    for _ in 0..100 {
        assert_eq!(stand.turn(&mario(), None, Some("a")).await.unwrap_err(), 30);
    }
    for number in 0..7 {
        assert!(stand.turn(&somebody(number), None, Some("a")).await.is_ok());
    }
}

#[tokio::test]
async fn what_was_not_looked_at_does_not_count() {
    let stand = Stand::new();
    for _ in 0..20 {
        let counted = stand.turn(&mario(), None, Some("a")).await.unwrap();
        let told = stand.waits.was_nothing(counted, stand.clock.now());
        told.await.unwrap();
    }
    for _ in 0..3 {
        stand.turn(&mario(), None, Some("a")).await.unwrap();
    }
    assert_eq!(stand.turn(&mario(), None, Some("a")).await.unwrap_err(), 30);
}
