//! The button "Entra con CIE".

use crate::http::cie::{CieStanding, start_address};
use crate::http::visit::Visit;
use crate::identity::RequiredAssurance;
use crate::session::LoginFlow;

/// The button "Entra con CIE": one way, since there is one provider.
pub(super) struct CieButton {
    /// Where it leads; `None` where no login with CIE can serve.
    pub(super) href: Option<String>,
    /// The text beneath it, or in its place: that no login with CIE reaches the level, or that the Ministry cannot be reached.
    pub(super) note: &'static str,
}

impl CieButton {
    /// The button for a flow, or for the portal; nothing where there are no logins with CIE.
    pub(super) fn new(
        visit: &Visit,
        flow: Option<&LoginFlow>,
        level: RequiredAssurance,
    ) -> Option<Self> {
        let way = visit.gateway.cie()?;
        let standing = way.standing(level, visit.gateway.now());
        Some(Self {
            href: (standing == CieStanding::Offered).then(|| start_address(flow, level)),
            note: match standing {
                CieStanding::Offered => "cie-note",
                CieStanding::Level => "cie-not-offered",
                CieStanding::Unreachable => "cie-not-reachable",
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::http::language::Language;
    use crate::http::pages::{Refusal, provider_error};
    use crate::http::state::tests::gateway;
    use crate::http::visit::Visit;
    use crate::login::cie::CieError;
    use http::StatusCode;
    use http_body_util::BodyExt as _;

    async fn page(number: u16, language: &str) -> (Refusal, String) {
        let gateway = gateway("https://login.example");
        let visit = Visit::new(gateway, Language::from_code(language).unwrap(), None, None);
        let refusal = provider_error(CieError::from_number(Some(number)), None);
        let response = refusal.page(&visit);
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (refusal, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn each_reason_that_a_person_can_act_on_is_said_in_both_languages() {
        for (number, italian, english) in [
            (21, "tempo scaduto", "time is up"),
            (22, "consenso", "consent"),
            (23, "scaduta o revocata", "expired or has been revoked"),
            (25, "annullato", "cancelled"),
            (19, "non ne ha detto il motivo", "without saying why"),
        ] {
            for (language, words) in [("it", italian), ("en", english)] {
                let (refusal, text) = page(number, language).await;
                assert!(text.to_lowercase().contains(words), "{number} {language}");
                assert!(!refusal.is_our_fault(), "{number}");
            }
        }
    }

    #[tokio::test]
    async fn a_fault_of_ours_says_so_with_its_number_and_alarms_operators() {
        for number in [8, 9, 11, 12, 13, 14, 15, 16, 17, 18] {
            let (refusal, text) = page(number, "it").await;
            assert!(refusal.is_our_fault(), "{number}");
            assert_eq!(refusal.reason(), format!("cie-error-{number:02}"));
            assert!(text.contains(&format!("codice {number:02}")), "{number}");
            assert!(text.contains("Non hai sbagliato nulla"), "{number}");
        }
    }
}
