//! What is under way on one connection.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// The requests under way on one connection. HTTP/2 answers pings by itself: that a client answers them says that it is
/// there, not that it needs its connection.
#[derive(Debug, Clone)]
pub(super) struct Activity(Arc<watch::Sender<usize>>);

/// One request under way, until dropped.
#[derive(Debug)]
pub(super) struct UnderWay(Activity);

impl Default for Activity {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Activity {
    /// A request begins.
    pub(super) fn begin(&self) -> UnderWay {
        self.0.send_modify(|count| *count = count.saturating_add(1));
        UnderWay(self.clone())
    }

    /// Returns once no request has been under way for so long.
    pub(super) async fn idle(&self, limit: Duration) {
        let mut requests = self.0.subscribe();
        loop {
            // Every beginning and every end starts the time anew.
            let changed = timeout(limit, requests.changed()).await;
            if changed.is_err() && *requests.borrow() == 0 {
                return;
            }
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let Activity(count) = &self.0;
        count.send_modify(|count| *count = count.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_millis(5);

    #[tokio::test]
    async fn a_request_under_way_keeps_its_connection() {
        let activity = Activity::default();
        let under_way = activity.begin();
        // Ten times the limit: the wait is what is tried.
        let idle = timeout(LIMIT * 10, activity.idle(LIMIT)).await;
        assert!(idle.is_err());
        drop(under_way);
        activity.idle(LIMIT).await;
    }
}
