//! Who asks, and in what capacity: the archives are asked once for a request, and about nobody when nobody is logged in.

use crate::archive::Capacity;
use crate::http::state::Gateway;
use crate::identity::{AuthenticationMethod, RequiredAssurance};
use crate::session::{Actor, LoginFlow, Session, Step, next_step};

/// A session and in what capacity its person acts, if there is a session.
pub(in crate::http) struct Acting<'s>(Option<(&'s Session, Capacity)>);

impl<'s> Acting<'s> {
    /// Asks the archives, if there is somebody to ask about.
    pub(in crate::http) async fn of(gateway: &Gateway, session: Option<&'s Session>) -> Self {
        Self(match session {
            Some(session) => Some((session, gateway.capacity(session).await)),
            None => None,
        })
    }

    /// What the dispatcher and policy take.
    pub(in crate::http) fn actor(&self) -> Option<Actor<'_>> {
        let (session, capacity) = self.0.as_ref()?;
        Some(Actor { session, capacity })
    }
}

/// What a flow does next, without doing it.
pub(in crate::http) async fn peek(
    gateway: &Gateway,
    flow: &LoginFlow,
    session: Option<&Session>,
) -> Step {
    let acting = Acting::of(gateway, session).await;
    next_step(flow, acting.actor(), &gateway.catalogue(), gateway.now())
}

/// The level that a flow still needs of a login by one way in; `None` when none by it would serve.
pub(in crate::http) async fn level_by(
    method: AuthenticationMethod,
    gateway: &Gateway,
    flow: &LoginFlow,
    session: Option<&Session>,
) -> Option<RequiredAssurance> {
    let (Step::Choose(ways) | Step::Start { ways, .. }) = peek(gateway, flow, session).await else {
        return None;
    };
    ways.methods.contains(method).then_some(ways.level)
}
