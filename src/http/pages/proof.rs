//! How a level was earned: one login, as the portal and the page of sessions tell it.

use super::explanation::method_key;
use super::rome::in_words;
use crate::http::visit::Visit;
use crate::identity::AuthenticationEvent;
use crate::session::{Freshness, Session};

/// One login.
pub(super) struct Proof {
    /// The way in.
    pub(super) method: String,
    /// Who vouched.
    pub(super) provider: String,
    /// The level that it proved.
    pub(super) level: u8,
    /// When it was made.
    pub(super) when: String,
    /// What it counts as now and later, with the moment it ceases to.
    pub(super) counts: Vec<Counts>,
}

/// What a login counts as, and until when.
pub(super) struct Counts {
    pub(super) level: u8,
    pub(super) until: String,
}

impl Proof {
    fn new(visit: &Visit, session: &Session, event: &AuthenticationEvent) -> Self {
        let (texts, now) = (visit.language, visit.gateway.now());
        let worth = session.worth(event, Freshness::default(), now);
        let provider = visit.gateway.way(&event.provider);
        Self {
            method: texts.say(method_key(event.method)),
            provider: provider.map_or_else(|| event.provider.clone(), |way| way.name.clone()),
            level: event.level.0.digit(),
            when: in_words(event.at, texts),
            counts: session
                .ends(event)
                .filter(|(level, _)| worth.is_some_and(|worth| *level <= worth.level))
                .map(|(level, end)| Counts {
                    level: level.0.digit(),
                    until: in_words(end, texts),
                })
                .collect(),
        }
    }

    /// The logins of a session, the latest first.
    pub(super) fn all(visit: &Visit, session: &Session) -> Vec<Self> {
        let events = session.events().iter().rev();
        events
            .map(|event| Self::new(visit, session, event))
            .collect()
    }
}
