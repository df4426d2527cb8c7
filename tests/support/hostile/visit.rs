//! Somebody's way through a login, and what is left of it.

use http::StatusCode;
use tracing::subscriber::DefaultGuard;
use url::Url;
use varco::audit::{AuditEvent, RegisterOutcome};
use varco::login::openid::Profile;

use super::{Hostile, Made};
use crate::support::browser::{Answer, Browser};
use crate::support::gateway::session_of;
use crate::support::logs::Logs;
use crate::support::openid_double::read_request;
use crate::support::openid_rp::client_keys;

/// A browser, and what was there before it came.
pub struct Visit<'h> {
    hostile: &'h Hostile,
    pub browser: Browser,
    events: usize,
    entries: usize,
    logs: Logs,
    _capturing: DefaultGuard,
}

/// What is left of a login.
#[derive(Debug)]
pub struct Seen {
    pub status: StatusCode,
    /// Where the person ended.
    pub url: Url,
    pub page: String,
    /// The reason that the log gives for the page.
    pub reason: Option<String>,
    /// The reason codes of refused logins in the audit log.
    pub audited: Vec<String>,
    /// The reason codes in the register, `None` for what was accepted.
    pub registered: Vec<Option<String>>,
    /// Whether the audit log has a login.
    pub logged_in: bool,
    /// Whether the browser has a session.
    pub session: bool,
}

impl<'h> Visit<'h> {
    pub(super) fn new(hostile: &'h Hostile) -> Self {
        let (logs, capturing) = Logs::capture();
        Self {
            hostile,
            browser: hostile.gateway.browser(),
            events: hostile.gateway.events().len(),
            entries: hostile.gateway.register().len(),
            logs,
            _capturing: capturing,
        }
    }

    /// Presses the button; gives where the browser is sent.
    pub async fn start(&mut self) -> Url {
        let provider = &self.hostile.stand.provider;
        let address = match self.hostile.profile {
            Profile::Cie => "/login/cie".to_owned(),
            Profile::Spid => format!("/login/spid?idp={provider}"),
        };
        let answer = self.browser.open(&address).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
        let location = answer.location();
        let there = format!("{provider}/authorize?");
        assert!(location.as_str().starts_with(&there), "{location}");
        location
    }

    /// Makes the provider ready for what follows a request; gives where it sends the browser.
    pub fn prepare(&self, request: &Url, spoil: impl FnOnce(&mut Made)) -> Url {
        let asked = read_request(request, &client_keys());
        let now = self.hostile.gateway.now().timestamp();
        let mut made = Made::new(&self.hostile.stand.provider, &asked, now);
        spoil(&mut made);
        let (access_token, token, userinfo) = made.finish();
        let mut ready = self.hostile.ready.lock().unwrap();
        ready.token = Some(token);
        ready.userinfo = Some((access_token, userinfo));
        let mut back = Url::parse(asked["redirect_uri"].as_str().unwrap()).unwrap();
        back.query_pairs_mut().extend_pairs(&made.answer);
        back
    }

    pub async fn come_back(&mut self, to: &Url) -> Answer {
        self.browser.open_from_elsewhere(to).await
    }

    /// What is left, now that this was the last answer.
    pub fn seen(&self, answer: Answer) -> Seen {
        let events = self.hostile.gateway.events().split_off(self.events);
        let entries = self.hostile.gateway.register().split_off(self.entries);
        let lines = lines(&self.logs);
        let mut reasons = lines.iter().filter_map(|line| find(line, "reason"));
        Seen {
            status: answer.status,
            url: answer.url,
            page: answer.body,
            reason: reasons.next_back().map(str::to_owned),
            audited: events
                .iter()
                .filter_map(|event| match event {
                    AuditEvent::LoginRefused { code, .. } => Some(code.clone()),
                    _ => None,
                })
                .collect(),
            registered: entries
                .into_iter()
                .map(|entry| match entry.outcome {
                    RegisterOutcome::Refused { code } => Some(code),
                    _ => None,
                })
                .collect(),
            logged_in: events
                .iter()
                .any(|event| matches!(event, AuditEvent::LoginSucceeded { .. })),
            session: session_of(&self.browser).is_some(),
        }
    }
}

/// What was logged, line by line.
pub(super) fn lines(logs: &Logs) -> Vec<serde_json::Value> {
    let text = logs.text();
    let lines = text.lines().map(serde_json::from_str);
    lines.filter_map(Result::ok).collect()
}

/// A member of a line of the log, wherever it stands in it.
pub(super) fn find<'v>(line: &'v serde_json::Value, name: &str) -> Option<&'v str> {
    let members = line.as_object()?;
    let here = members.get(name).and_then(serde_json::Value::as_str);
    here.or_else(|| members.values().find_map(|value| find(value, name)))
}
