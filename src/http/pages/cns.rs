//! Pages about smart cards: what is wrong with one, what the card host is for, and the button "Entra con CNS".

use axum::response::Response;
use http::StatusCode;

use super::{Action, Layout, PagePolicy, Refusal, html};
use crate::http::cns::{CardHosts, start_address};
use crate::http::flow::choose_address;
use crate::http::language::Language;
use crate::http::visit::{Reference, Visit};
use crate::login::cns::{CardHelp, CnsRefusal, Refused};
use crate::session::{FlowId, LoginFlow};

/// The code for a handshake that proved nothing, since it went on from an earlier one.
pub(in crate::http) const RESUMED: &str = "resumed";

/// The button "Entra con CNS".
pub(super) struct CnsButton {
    pub(super) href: String,
    /// The same for cards whose software is old.
    pub(super) old: Option<String>,
}

impl CnsButton {
    /// The button for a flow, or for the portal; nothing where there are no logins with a card.
    pub(super) fn new(visit: &Visit, flow: Option<&LoginFlow>) -> Option<Self> {
        let hosts = &visit.gateway.cns()?.hosts;
        let flow = flow.map(|flow| &flow.id);
        Some(Self {
            href: start_address(flow, false),
            old: hosts.old.as_ref().map(|_| start_address(flow, true)),
        })
    }
}

/// The page for a card that logged nobody in.
#[must_use]
pub(in crate::http) fn card_refused(
    visit: &Visit,
    refused: &Refused,
    flow: &FlowId,
    hosts: &CardHosts,
) -> Response {
    let mut known = CnsRefusal::ALL.iter();
    let help = known
        .find(|refusal| refusal.code() == refused.code)
        .map(|refusal| refusal.help());
    let page = |code| Refusal::new(StatusCode::FORBIDDEN, code);
    // What the person can change, they try again first; otherwise there are other ways in.
    let (page, again_first) = match help {
        Some(CardHelp::NoCard) => {
            let old = if hosts.old.is_some() { "yes" } else { "no" };
            (page("card-none").with("old", old), true)
        }
        Some(CardHelp::Unreadable) => (page("card-unreadable"), false),
        Some(CardHelp::TooOld) => (page("card-too-old"), false),
        Some(CardHelp::UnknownIssuer) => (page("card-issuer"), false),
        Some(CardHelp::NotYetValid) => (page("card-not-yet"), false),
        Some(CardHelp::Expired) => (page("card-expired"), false),
        Some(CardHelp::SignatureCertificate) => (page("card-signature"), true),
        Some(CardHelp::Cie) => (page("card-cie"), false),
        Some(CardHelp::NotACns) => (page("card-not-cns"), true),
        Some(CardHelp::Revoked) => (page("card-revoked"), false),
        Some(CardHelp::RevocationUnknown) => (page("card-revocation"), true),
        Some(CardHelp::Holder) => (page("card-holder"), false),
        None => (page("card-resumed"), true),
    };
    let (again, other) = (again(flow), other_way(flow));
    let (first, last) = if again_first {
        (again, other)
    } else {
        (other, again)
    };
    let mut page = page.offering(first);
    if hosts.old.is_some() && help == Some(CardHelp::NoCard) {
        let old = start_address(Some(flow), true);
        page = page.offering(Action::new("action-old-card", old));
    }
    // The reference of the request that read the card: the logs have it with the reason.
    let mut visit = visit.clone();
    if let Some(reference) = Reference::parse(&refused.reference) {
        visit.reference = reference;
    }
    page.offering(last).page(&visit)
}

/// The way on that shows the card once more.
pub(in crate::http) fn again(flow: &FlowId) -> Action {
    Action::new("action-card-again", start_address(Some(flow), false))
}

/// The way on by another way in.
pub(in crate::http) fn other_way(flow: &FlowId) -> Action {
    Action::new("action-other-way", choose_address(Some(flow)))
}

/// What the card host is for, to who comes by themselves.
#[must_use]
pub(in crate::http) fn card_host(visit: &Visit) -> Response {
    let page = CardHostPage {
        layout: Layout::new(visit, visit.language.say("card-host-title")),
        login: format!("{}/login", visit.gateway.settings().origin()),
    };
    html(StatusCode::OK, &page, PagePolicy::default())
}

#[derive(askama::Template)]
#[template(path = "card_host.html")]
struct CardHostPage<'a> {
    layout: Layout<'a>,
    login: String,
}

impl CardHostPage<'_> {
    fn texts(&self) -> Language {
        self.layout.texts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_shows_no_card_is_led_to_the_host_for_old_cards_only_where_there_is_one() {
        for (code, words) in [("it", "carte meno recenti"), ("en", "older cards")] {
            let texts = Language::from_code(code).unwrap();
            let told = |old| {
                let text = texts.say_all("card-none-next", &[("old", old)]);
                (
                    text.contains(words),
                    text.contains("  "),
                    text.ends_with('.'),
                )
            };
            assert_eq!(told("yes"), (true, false, true), "{code}");
            assert_eq!(told("no"), (false, false, true), "{code}");
        }
    }
}
