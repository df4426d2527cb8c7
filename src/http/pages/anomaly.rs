//! What a person is told when their SPID provider answers with an error (SPID technical rules, table of anomalies).

use http::StatusCode;

use super::{Action, Refusal};
use crate::session::FlowId;

/// The page for anomaly `number` (8 to 30) in a flow. Those that the person can do something about (19 to 23, 25, 30)
/// say the reason; all others are a fault between the provider and us: the person gets one page that says so, and
/// operators are alarmed.
#[must_use]
pub fn anomaly(number: u8, flow: Option<&FlowId>) -> Refusal {
    let (code, reason) = match number {
        19 => ("anomaly-19", "nr19"),
        20 => ("anomaly-20", "nr20"),
        21 => ("anomaly-21", "nr21"),
        22 => ("anomaly-22", "nr22"),
        23 => ("anomaly-23", "nr23"),
        25 => ("anomaly-25", "nr25"),
        30 => ("anomaly-30", "nr30"),
        8 => ("anomaly-technical", "nr08"),
        9 => ("anomaly-technical", "nr09"),
        11 => ("anomaly-technical", "nr11"),
        12 => ("anomaly-12", "nr12"),
        13 => ("anomaly-technical", "nr13"),
        14 => ("anomaly-technical", "nr14"),
        15 => ("anomaly-technical", "nr15"),
        16 => ("anomaly-technical", "nr16"),
        17 => ("anomaly-technical", "nr17"),
        18 => ("anomaly-technical", "nr18"),
        _ => ("anomaly-technical", "nr-other"),
    };
    let again = flow.map_or_else(
        || "/login".to_owned(),
        |flow| format!("/login?choose&flow={}", flow.as_str()),
    );
    let refusal = Refusal::new(StatusCode::FORBIDDEN, code)
        .because(reason)
        .with("number", format!("{number:02}"))
        .offering(Action::new("action-login-again", again))
        .offering(Action::new("action-start", "/"));
    if code == "anomaly-technical" || number == 12 {
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
    use http_body_util::BodyExt as _;

    async fn page(number: u8, language: &str) -> String {
        let gateway = gateway("https://login.example");
        let language = Language::from_code(language).unwrap();
        let visit = Visit::new(gateway, language, None, None);
        let response = anomaly(number, None).page(&visit);
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
            assert!(!anomaly(number, None).is_our_fault(), "{number}");
        }
    }

    #[tokio::test]
    async fn a_fault_of_ours_says_so_and_alarms_operators() {
        for number in (8..=18).filter(|number| *number != 10).chain([24, 29]) {
            let refusal = anomaly(number, None);
            assert!(refusal.is_our_fault(), "{number}");
            let page = page(number, "it").await;
            assert!(page.contains(&format!("{number:02}")), "{number}");
        }
        assert_eq!(anomaly(8, None).reason(), "nr08");
    }
}
