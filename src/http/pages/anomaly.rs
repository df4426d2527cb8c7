//! What a person is told when a provider of a SAML federation answers with an error (SPID technical rules, table of
//! anomalies; CIE SAML manual, error codes).

use http::StatusCode;

use super::{Action, Refusal};
use crate::login::saml::ProviderError;
use crate::session::FlowId;

/// The page for an error in a flow. Those that the person can do something about say the reason. Where the provider found our
/// request wrong, the person learns that it is not their doing, and operators are alarmed. Everything else, no number
/// among it, says that the provider gave no reason.
#[must_use]
pub fn provider_error(error: impl ProviderError, flow: Option<&FlowId>) -> Refusal {
    let number = error.number().unwrap_or_default();
    let refusal = Refusal::new(StatusCode::FORBIDDEN, error.text())
        .because(error.code())
        .with("number", format!("{number:02}"))
        .offering(Action::log_in_again(flow))
        .offering(Action::new("action-start", "/"));
    if error.alarms() {
        refusal.alarming()
    } else {
        refusal
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::language::Language;
    use crate::http::state::tests::gateway;
    use crate::http::visit::Visit;
    use crate::login::spid::Anomaly;
    use http_body_util::BodyExt as _;

    fn of(number: u16) -> Anomaly {
        Anomaly::from_number(Some(number))
    }

    async fn page(number: u16, language: &str) -> String {
        let gateway = gateway("https://login.example");
        let language = Language::from_code(language).unwrap();
        let visit = Visit::new(gateway, language, None, None);
        let response = provider_error(of(number), None).page(&visit);
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
            assert!(!provider_error(of(number), None).is_our_fault(), "{number}");
        }
    }

    #[tokio::test]
    async fn a_fault_of_ours_says_so_and_alarms_operators() {
        for number in 8..=18 {
            let refusal = provider_error(of(number), None);
            assert!(refusal.is_our_fault(), "{number}");
            assert_eq!(refusal.reason(), format!("anomaly-{number:02}"));
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
            let refusal = provider_error(Anomaly::from_number(number), None);
            assert!(!refusal.is_our_fault(), "{number:?}");
        }
        for number in [None, Some(999)] {
            let refusal = provider_error(Anomaly::from_number(number), None);
            assert_eq!(refusal.reason(), "anomaly-other");
        }
        assert!(page(24, "en").await.contains("without saying why"));
    }
}
