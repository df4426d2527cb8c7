//! What a person is told when their SPID provider answers with an error (SPID technical rules, table of anomalies).

use http::StatusCode;

use super::{Action, Refusal};
use crate::session::FlowId;

/// The page for an anomaly in a flow. Those that the person can do something about (19 to 23, 25, 30) say the reason.
/// For 8 to 18, where the provider found our request wrong, the person learns that it is not their doing, and operators
/// are alarmed. Everything else, 24 and no number among them, says that the provider gave no reason.
#[must_use]
pub fn anomaly(number: Option<u8>, flow: Option<&FlowId>) -> Refusal {
    let (code, reason) = match number {
        Some(19) => ("anomaly-19", "nr19"),
        Some(20) => ("anomaly-20", "nr20"),
        Some(21) => ("anomaly-21", "nr21"),
        Some(22) => ("anomaly-22", "nr22"),
        Some(23) => ("anomaly-23", "nr23"),
        Some(25) => ("anomaly-25", "nr25"),
        Some(30) => ("anomaly-30", "nr30"),
        Some(8) => ("anomaly-request", "nr08"),
        Some(9) => ("anomaly-request", "nr09"),
        Some(10) => ("anomaly-request", "nr10"),
        Some(11) => ("anomaly-request", "nr11"),
        Some(12) => ("anomaly-12", "nr12"),
        Some(13) => ("anomaly-request", "nr13"),
        Some(14) => ("anomaly-request", "nr14"),
        Some(15) => ("anomaly-request", "nr15"),
        Some(16) => ("anomaly-request", "nr16"),
        Some(17) => ("anomaly-request", "nr17"),
        Some(18) => ("anomaly-request", "nr18"),
        _ => ("anomaly-other", "nr-other"),
    };
    let again = flow.map_or_else(
        || "/login".to_owned(),
        |flow| format!("/login?choose&flow={}", flow.as_str()),
    );
    let refusal = Refusal::new(StatusCode::FORBIDDEN, code)
        .because(reason)
        .with("number", format!("{:02}", number.unwrap_or_default()))
        .offering(Action::new("action-login-again", again))
        .offering(Action::new("action-start", "/"));
    match number {
        Some(8..=18) => refusal.alarming(),
        _ => refusal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::language::Language;
    use crate::http::state::tests::gateway;
    use crate::http::visit::Visit;
    use http_body_util::BodyExt as _;

    async fn page(number: u8, language: &str) -> String {
        let gateway = gateway("https://login.example");
        let language = Language::from_code(language).unwrap();
        let visit = Visit::new(gateway, language, None, None);
        let response = anomaly(Some(number), None).page(&visit);
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn each_reason_that_a_person_can_act_on_is_said_in_both_languages() {
        for (number, italian, english) in [
            (19, "troppi tentativi", "too many"),
            (20, "livello", "level"),
            (21, "tempo", "time"),
            (22, "consenso", "consent"),
            (23, "sospes", "suspended"),
            (25, "annullato", "cancelled"),
            (30, "tipo di identità", "type of identity"),
        ] {
            let page_in_italian = page(number, "it").await.to_lowercase();
            assert!(page_in_italian.contains(italian), "{number}");
            assert!(
                page_in_italian.contains("torna all&#39;accesso"),
                "{number}"
            );
            let page_in_english = page(number, "en").await.to_lowercase();
            assert!(page_in_english.contains(english), "{number}");
            assert!(!anomaly(Some(number), None).is_our_fault(), "{number}");
        }
    }

    #[tokio::test]
    async fn a_fault_of_ours_says_so_and_alarms_operators() {
        for number in 8..=18 {
            let refusal = anomaly(Some(number), None);
            assert!(refusal.is_our_fault(), "{number}");
            assert_eq!(refusal.reason(), format!("nr{number:02}"));
            let page = page(number, "it").await;
            assert!(
                page.contains(&format!("anomalia SPID {number:02}")),
                "{number}"
            );
            assert!(page.contains("Non hai sbagliato nulla"), "{number}");
        }
    }

    #[tokio::test]
    async fn a_provider_that_gives_no_known_reason_alarms_nobody() {
        for number in [None, Some(0), Some(24), Some(29), Some(255)] {
            assert!(!anomaly(number, None).is_our_fault(), "{number:?}");
            assert_eq!(anomaly(number, None).reason(), "nr-other");
        }
        assert!(page(24, "en").await.contains("without saying why"));
    }
}
