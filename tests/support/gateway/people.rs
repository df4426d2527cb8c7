//! People who log in as if a provider had just vouched for them.

use super::*;

impl TestGateway {
    /// Logs a person in, in this browser, as if a provider had just vouched for them.
    pub async fn log_in(&self, browser: &mut Browser, person: &Person, level: AssuranceLevel) {
        let method = AuthenticationMethod::Spid;
        self.log_in_by(browser, person, method, level).await;
    }

    /// The same by another way in.
    pub async fn log_in_by(
        &self,
        browser: &mut Browser,
        person: &Person,
        method: AuthenticationMethod,
        level: AssuranceLevel,
    ) {
        let previous = session_of(browser).map(|id| id.handle().clone());
        let id = self.vouch(previous.as_ref(), person, method, level).await;
        browser.set_cookie("__Host-varco", &id.cookie_value(), true);
    }

    /// Completes the login that the browser was sent to: `login` is the address of its page, with the flow in it.
    pub async fn complete_login(
        &self,
        browser: &mut Browser,
        login: &Url,
        person: &Person,
        level: AssuranceLevel,
    ) {
        self.log_in(browser, person, level).await;
        let handle = session_of(browser).unwrap().handle().clone();
        self.settle(login, FlowOutcome::LoggedIn, Some(handle))
            .await;
    }

    /// Ends the login that the browser was sent to as a provider's refusal does.
    pub async fn break_off_login(&self, login: &Url) {
        let code = "anomaly-25".to_owned();
        self.settle(login, FlowOutcome::Refused { code }, None)
            .await;
    }

    async fn settle(&self, login: &Url, outcome: FlowOutcome, session: Option<SessionHandle>) {
        let (_, id) = login
            .query_pairs()
            .find(|(name, _)| name == "flow")
            .unwrap();
        let id = FlowId::parse(&id).unwrap();
        let changed = self.gateway.flows().change(&id, |flow| {
            flow.session = session.clone().or(flow.session.take());
            flow.outcome = Some(outcome.clone());
        });
        assert!(changed.await.unwrap().is_some(), "the flow is open");
    }

    async fn vouch(
        &self,
        previous: Option<&SessionHandle>,
        person: &Person,
        method: AuthenticationMethod,
        level: AssuranceLevel,
    ) -> SessionId {
        let random: &dyn Random = &SystemRandom;
        let event = AuthenticationEvent {
            method,
            provider: PROVIDER.to_owned(),
            level: AchievedAssurance(level),
            at: self.now(),
            evidence: EvidenceId(random.token()),
            saml: None,
            card: None,
        };
        let identity = vouch_for(person.clone(), event);
        let sessions = self.gateway.sessions();
        let established = sessions.establish(previous, identity, Origin::default(), self.now());
        established.await.unwrap().id
    }
}
