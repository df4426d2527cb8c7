//! Where PINs are hashed: on threads of their own, few, of the lowest priority, behind a short queue.
//!
//! A hash takes tens of milliseconds of a processor and megabytes of memory, and strangers can ask for it. On the threads
//! that serve everybody, or on as many as there are requests, a flood of PINs would slow every other way in. Here it takes
//! what time nobody else wants, and once the queue is full the next one is told so at once.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// The lowest priority that a thread can have.
const LOWEST_PRIORITY: i32 = 19;

type Job = Box<dyn FnOnce() + Send>;

/// The work broke off: a fault of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("hashing broke off")]
pub struct BrokeOff;

/// The threads and their queue. The threads end when the pool is dropped.
#[derive(Debug)]
pub struct HashPool {
    queue: Sender<Job>,
    places: Arc<Semaphore>,
}

/// A place in the queue, until its work is done or it is dropped.
#[derive(Debug)]
pub struct Place {
    queue: Sender<Job>,
    permit: OwnedSemaphorePermit,
}

impl HashPool {
    /// A pool of so many threads, before which so many may wait.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(threads: NonZeroUsize, waiting: usize) -> std::io::Result<Self> {
        let (sender, receiver) = channel::<Job>();
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..threads.get() {
            let receiver = Arc::clone(&receiver);
            let thread = thread::Builder::new().name("pin-hash".to_owned());
            thread.spawn(move || serve(&receiver))?;
        }
        let places = threads.get().saturating_add(waiting);
        let places = places.min(Semaphore::MAX_PERMITS);
        Ok(Self {
            queue: sender,
            places: Arc::new(Semaphore::new(places)),
        })
    }

    /// A place for one piece of work; `None` at once when there is none.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        let permit = Arc::clone(&self.places).try_acquire_owned().ok()?;
        Some(Place {
            queue: self.queue.clone(),
            permit,
        })
    }
}

impl Place {
    /// Does the work on one of the threads. What nobody waits for any more is not begun.
    ///
    /// # Errors
    /// [`BrokeOff`] when the work panics.
    pub async fn run<R: Send + 'static>(
        self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, BrokeOff> {
        let (answer, answered) = oneshot::channel();
        let permit = self.permit;
        let job: Job = Box::new(move || {
            if !answer.is_closed() {
                let done = work();
                drop(permit);
                // Whoever asked may have gone meanwhile.
                answer.send(done).ok();
            }
        });
        self.queue.send(job).map_err(|_| BrokeOff)?;
        answered.await.map_err(|_| BrokeOff)
    }
}

fn serve(queue: &Mutex<Receiver<Job>>) {
    // On Linux the priority is a thread's own. Where it cannot be set, few threads and a short queue still bound the work.
    if let Err(error) = rustix::process::setpriority_process(None, LOWEST_PRIORITY) {
        tracing::warn!(%error, "pin-hash-priority");
    }
    loop {
        // The lock is held while waiting: the others wait for it instead.
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // A job that panics tells whoever asked by dropping its end; the thread stays for the next.
        if catch_unwind(AssertUnwindSafe(job)).is_err() {
            tracing::error!("pin-hash-panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(waiting: usize) -> HashPool {
        HashPool::start(NonZeroUsize::MIN, waiting).unwrap()
    }

    /// Keeps the one thread of a pool busy until the sender is dropped.
    async fn occupied(pool: &HashPool) -> Sender<()> {
        let (release, released) = channel::<()>();
        let (begun, begins) = oneshot::channel();
        let work = move || {
            begun.send(()).unwrap();
            released.recv().ok();
        };
        tokio::spawn(pool.place().unwrap().run(work));
        begins.await.unwrap();
        release
    }

    #[tokio::test]
    async fn a_full_queue_turns_the_next_one_away_at_once() {
        let pool = pool(2);
        let release = occupied(&pool).await;
        let waiting: Vec<_> = (0..2)
            .map(|number| tokio::spawn(pool.place().unwrap().run(move || number)))
            .collect();
        assert!(pool.place().is_none());
        drop(release);
        for (number, answer) in waiting.into_iter().enumerate() {
            assert_eq!(answer.await.unwrap(), Ok(number));
        }
        assert_eq!(pool.place().unwrap().run(|| 3).await, Ok(3));
    }

    #[tokio::test]
    async fn a_place_that_is_not_used_comes_back() {
        let pool = pool(0);
        let place = pool.place();
        assert!(place.is_some());
        assert!(pool.place().is_none());
        drop(place);
        assert!(pool.place().is_some());
    }

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_is_not_done() {
        let pool = pool(1);
        let release = occupied(&pool).await;
        let (done, begun) = channel::<()>();
        let asked = tokio::spawn(pool.place().unwrap().run(move || done.send(())));
        tokio::task::yield_now().await;
        asked.abort();
        assert!(asked.await.unwrap_err().is_cancelled());
        drop(release);
        while pool.place().is_none() {
            tokio::task::yield_now().await;
        }
        pool.place().unwrap().run(|| ()).await.unwrap();
        assert!(begun.recv().is_err(), "its work was dropped undone");
    }

    #[tokio::test]
    async fn a_job_that_panics_takes_neither_thread_nor_place_with_it() {
        let pool = pool(0);
        let broken: Result<(), _> = pool.place().unwrap().run(|| panic!("a test")).await;
        assert_eq!(broken, Err(BrokeOff));
        while pool.place().is_none() {
            tokio::task::yield_now().await;
        }
        assert_eq!(pool.place().unwrap().run(|| 1).await, Ok(1));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn only_the_pool_s_own_threads_have_the_lowest_priority() {
        let priority = || rustix::process::getpriority_process(None).unwrap();
        let here = priority();
        let there = pool(0).place().unwrap().run(priority);
        assert_eq!(there.await, Ok(LOWEST_PRIORITY));
        assert_eq!(priority(), here);
    }
}
