//! What every store of short-lived things must do, asked of each adapter alike.

use std::sync::Arc;
use std::time::Duration;

use varco::store::{ExpiringStore, MemoryStore, Room, StoreError, StoreKey};

use crate::support::clock::TestClock;

const MINUTE: Duration = Duration::from_secs(60);

fn key(id: &str) -> StoreKey {
    StoreKey::new("test", id)
}

/// An adapter under test, with the clock it ends values by.
struct Bench {
    clock: TestClock,
    store: Arc<dyn ExpiringStore>,
}

impl Bench {
    async fn put(&self, id: &str, value: &str) {
        let value = value.as_bytes().to_vec();
        self.store.put(&key(id), value, MINUTE).await.unwrap();
    }

    async fn get(&self, id: &str) -> Option<String> {
        let value = self.store.get(&key(id)).await.unwrap();
        value.map(|value| String::from_utf8(value).unwrap())
    }

    async fn replace(&self, id: &str, expected: &str, value: &str) -> bool {
        let value = value.as_bytes().to_vec();
        self.store
            .replace(&key(id), expected.as_bytes(), value, MINUTE)
            .await
            .unwrap()
    }

    fn pass(&self, seconds: i64) {
        self.clock.advance(chrono::Duration::seconds(seconds));
    }
}

async fn a_value_reads_back_under_its_own_kind_and_id(bench: Bench) {
    bench.put("a", "one").await;
    bench.put("b", "two").await;
    assert_eq!(bench.get("a").await.as_deref(), Some("one"));
    assert_eq!(bench.get("b").await.as_deref(), Some("two"));
    assert_eq!(bench.get("c").await, None);
    let other_kind = StoreKey::new("other", "a");
    assert_eq!(bench.store.get(&other_kind).await.unwrap(), None);
}

async fn putting_again_replaces_value_and_life(bench: Bench) {
    bench.put("a", "one").await;
    bench.pass(59);
    bench.put("a", "two").await;
    bench.pass(59);
    assert_eq!(bench.get("a").await.as_deref(), Some("two"));
}

async fn a_value_ends_when_its_life_is_over_and_not_before(bench: Bench) {
    bench.put("a", "one").await;
    bench.pass(59);
    assert_eq!(bench.get("a").await.as_deref(), Some("one"));
    bench.pass(1);
    assert_eq!(bench.get("a").await, None);
    assert_eq!(bench.store.take(&key("a")).await.unwrap(), None);
    assert!(!bench.replace("a", "one", "two").await);
}

async fn an_ended_value_leaves_its_place_free(bench: Bench) {
    bench.put("a", "one").await;
    bench.pass(60);
    let made = bench
        .store
        .put_new(&key("a"), b"two".to_vec(), MINUTE)
        .await;
    assert!(made.unwrap());
    assert_eq!(bench.get("a").await.as_deref(), Some("two"));
}

async fn a_new_value_does_not_replace_one_that_is_there(bench: Bench) {
    let put_new = async |value: &str| {
        let value = value.as_bytes().to_vec();
        bench.store.put_new(&key("a"), value, MINUTE).await.unwrap()
    };
    assert!(put_new("one").await);
    bench.pass(59);
    assert!(!put_new("two").await);
    assert_eq!(bench.get("a").await.as_deref(), Some("one"));
    bench.pass(1);
    assert_eq!(
        bench.get("a").await,
        None,
        "a refused put gives no new life"
    );
}

async fn a_value_is_replaced_only_while_it_is_what_was_expected(bench: Bench) {
    assert!(!bench.replace("a", "", "one").await);
    bench.put("a", "one").await;
    assert!(!bench.replace("a", "other", "two").await);
    assert_eq!(bench.get("a").await.as_deref(), Some("one"));
    bench.pass(59);
    assert!(bench.replace("a", "one", "two").await);
    bench.pass(59);
    assert_eq!(
        bench.get("a").await.as_deref(),
        Some("two"),
        "its life starts anew"
    );
}

/// Runs `work` by many at once and counts those that won.
async fn winners<F, W>(store: &Arc<dyn ExpiringStore>, work: W) -> usize
where
    F: Future<Output = bool> + Send + 'static,
    W: Fn(Arc<dyn ExpiringStore>, usize) -> F,
{
    let racers: Vec<_> = (0..32)
        .map(|racer| tokio::spawn(work(Arc::clone(store), racer)))
        .collect();
    let mut won = 0;
    for racer in racers {
        won += usize::from(racer.await.unwrap());
    }
    won
}

async fn of_many_takers_exactly_one_gets_the_value(bench: Bench) {
    bench.put("a", "one").await;
    let won = winners(&bench.store, |store, _| async move {
        store.take(&key("a")).await.unwrap().is_some()
    })
    .await;
    assert_eq!(won, 1);
    assert_eq!(bench.get("a").await, None);
}

async fn of_many_makers_exactly_one_makes_the_value(bench: Bench) {
    let won = winners(&bench.store, |store, racer| async move {
        let value = racer.to_string().into_bytes();
        store.put_new(&key("a"), value, MINUTE).await.unwrap()
    })
    .await;
    assert_eq!(won, 1);
    assert!(bench.get("a").await.is_some());
}

async fn of_many_changers_exactly_one_changes_the_value(bench: Bench) {
    bench.put("a", "one").await;
    let won = winners(&bench.store, |store, racer| async move {
        let value = format!("changed by {racer}").into_bytes();
        store
            .replace(&key("a"), b"one", value, MINUTE)
            .await
            .unwrap()
    })
    .await;
    assert_eq!(won, 1);
    assert!(bench.get("a").await.unwrap().starts_with("changed by"));
}

/// One test a rule, for an adapter.
macro_rules! conformance {
    ($adapter:ident, $make:expr, [$($rule:ident),* $(,)?]) => {
        mod $adapter {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $rule() {
                    super::$rule($make).await;
                }
            )*
        }
    };
    ($adapter:ident, $make:expr) => {
        conformance!($adapter, $make, [
            a_value_reads_back_under_its_own_kind_and_id,
            putting_again_replaces_value_and_life,
            a_value_ends_when_its_life_is_over_and_not_before,
            an_ended_value_leaves_its_place_free,
            a_new_value_does_not_replace_one_that_is_there,
            a_value_is_replaced_only_while_it_is_what_was_expected,
            of_many_takers_exactly_one_gets_the_value,
            of_many_makers_exactly_one_makes_the_value,
            of_many_changers_exactly_one_changes_the_value,
        ]);
    };
}

fn memory() -> Bench {
    let clock = TestClock::new();
    Bench {
        store: Arc::new(MemoryStore::new(Arc::new(clock.clone()))),
        clock,
    }
}

conformance!(memory, super::memory());

/// A memory store with room for exactly one lasting value of ten bytes: a quarter of it is for forgettable ones.
fn room_for_one() -> MemoryStore {
    let room = key("a").size() + 10;
    let bound = (room..).find(|bound| bound - bound / 4 == room).unwrap();
    MemoryStore::bounded(Arc::new(TestClock::new()), bound)
}

#[tokio::test]
async fn what_strangers_begin_cannot_take_the_room_of_what_must_stay() {
    let clock = TestClock::new();
    let store = MemoryStore::bounded(Arc::new(clock.clone()), 4096);
    let flow = |number: usize| StoreKey::within(Room::Forgettable, "flow", &number.to_string());
    for number in 0..1000 {
        store
            .put(&flow(number), vec![0; 100], MINUTE)
            .await
            .unwrap();
        clock.advance(chrono::Duration::milliseconds(1));
    }
    // The oldest made place for the newest, within their quarter.
    assert_eq!(store.get(&flow(0)).await.unwrap(), None);
    assert!(store.get(&flow(999)).await.unwrap().is_some());
    for number in 0..15 {
        let session = key(&number.to_string());
        store.put(&session, vec![0; 100], MINUTE).await.unwrap();
    }
    let too_large = store.put(&flow(0), vec![0; 1024], MINUTE).await;
    assert!(matches!(too_large, Err(StoreError::Full)));
}

#[tokio::test]
async fn a_full_memory_refuses_what_is_new_and_keeps_what_is_there() {
    let store = room_for_one();
    store.put(&key("a"), vec![1; 10], MINUTE).await.unwrap();
    let refused = store.put(&key("b"), vec![2; 10], MINUTE).await;
    assert!(matches!(refused, Err(StoreError::Full)));
    let refused = store.put_new(&key("b"), vec![2; 10], MINUTE).await;
    assert!(matches!(refused, Err(StoreError::Full)));
    assert_eq!(store.get(&key("a")).await.unwrap(), Some(vec![1; 10]));
}

#[tokio::test]
async fn a_change_that_does_not_fit_keeps_the_value_as_it_was() {
    let store = room_for_one();
    store.put(&key("a"), vec![1; 10], MINUTE).await.unwrap();
    let refused = store.put(&key("a"), vec![2; 11], MINUTE).await;
    assert!(matches!(refused, Err(StoreError::Full)));
    let refused = store
        .replace(&key("a"), &[1; 10], vec![2; 11], MINUTE)
        .await;
    assert!(matches!(refused, Err(StoreError::Full)));
    assert_eq!(store.get(&key("a")).await.unwrap(), Some(vec![1; 10]));
}

#[tokio::test]
async fn a_full_memory_has_room_for_a_change_of_the_same_size_and_after_a_take() {
    let store = room_for_one();
    store.put(&key("a"), vec![1; 10], MINUTE).await.unwrap();
    store.put(&key("a"), vec![2; 10], MINUTE).await.unwrap();
    assert_eq!(store.take(&key("a")).await.unwrap(), Some(vec![2; 10]));
    store.put(&key("b"), vec![3; 10], MINUTE).await.unwrap();
}
