//! What waits for a thread that works for many at once.

use std::time::{Duration, Instant};

use tokio::sync::mpsc;

/// A queue whose thread rests between its rounds. To be woken costs whoever asks and the thread the same for one question as
/// for many: whoever comes alone waits for nobody, and those who come one after the other share a round.
pub(super) struct SharedRounds<T> {
    queue: mpsc::Receiver<T>,
    /// How many share a round at most.
    most: usize,
    /// How long after a round the next begins at the earliest.
    pause: Duration,
    has_begun: bool,
}

impl<T> SharedRounds<T> {
    pub(super) fn new(queue: mpsc::Receiver<T>, most: usize, pause: Duration) -> Self {
        Self {
            queue,
            most,
            pause,
            has_begun: false,
        }
    }

    /// The round before is over. Waits until somebody asks, and takes all who ask by the time that the pause is over. `false` when
    /// nobody can ask any more.
    #[expect(
        clippy::disallowed_methods,
        reason = "waking up for each question that comes is what the rest saves"
    )]
    pub(super) fn next(&mut self, round: &mut Vec<T>) -> bool {
        let served = self.has_begun.then(Instant::now);
        self.has_begun = true;
        if self.queue.blocking_recv_many(round, self.most) == 0 {
            return false;
        }
        let rest = rest(self.pause, served.map(|served| served.elapsed()));
        if round.len() < self.most && !rest.is_zero() {
            std::thread::sleep(rest);
            let room = self.most - round.len();
            round.extend(std::iter::from_fn(|| self.queue.try_recv().ok()).take(room));
        }
        true
    }
}

/// How long to rest when the last round, if there was one, is so long ago.
fn rest(pause: Duration, ago: Option<Duration>) -> Duration {
    ago.map_or(Duration::ZERO, |ago| pause.saturating_sub(ago))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSE: Duration = Duration::from_millis(15);

    #[test]
    fn whoever_comes_alone_waits_for_nobody() {
        assert_eq!(rest(PAUSE, None), Duration::ZERO);
        assert_eq!(rest(PAUSE, Some(PAUSE)), Duration::ZERO);
        assert_eq!(rest(PAUSE, Some(Duration::from_secs(3600))), Duration::ZERO);
        assert_eq!(rest(PAUSE, Some(Duration::ZERO)), PAUSE);
        assert_eq!(rest(PAUSE, Some(PAUSE / 3)), PAUSE - PAUSE / 3);
    }

    #[test]
    fn those_who_wait_share_a_round_up_to_its_size() {
        let (asks, queue) = mpsc::channel(8);
        let mut rounds = SharedRounds::new(queue, 2, Duration::ZERO);
        for number in 0..3 {
            asks.try_send(number).unwrap();
        }
        let mut round = Vec::new();
        assert!(rounds.next(&mut round));
        assert_eq!(round, [0, 1]);
        round.clear();
        assert!(rounds.next(&mut round));
        assert_eq!(round, [2]);
        drop(asks);
        assert!(!rounds.next(&mut Vec::new()));
    }
}
