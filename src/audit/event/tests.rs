use super::*;
use crate::identity::{AssuranceLevel, FiscalCode};

fn login() -> AuditEvent {
    AuditEvent::LoginSucceeded {
        person: PersonKey::FiscalCode(FiscalCode::parse("RSSMRA80A01H501U").unwrap()),
        session: "s".to_owned(),
        method: AuthenticationMethod::Spid,
        provider: "https://idp.example".to_owned(),
        level: AchievedAssurance(AssuranceLevel::Substantial),
        evidence: EvidenceId("1".to_owned()),
        card: None,
    }
}

#[test]
fn the_name_of_an_event_is_its_tag_in_the_log() {
    let json = serde_json::to_value(login()).unwrap();
    assert_eq!(json["type"], login().name());
    let ended = AuditEvent::SessionEnded {
        session: "s".to_owned(),
        reason: EndReason::OtherPerson,
    };
    assert_eq!(serde_json::to_value(&ended).unwrap()["type"], ended.name());
    for change in [
        TrustChange::AnchorKeysDiffer { shown: Vec::new() },
        TrustChange::AnchorRefused {
            code: String::new(),
        },
        TrustChange::ProviderRefused {
            code: String::new(),
            until: None,
        },
        TrustChange::Ended { code: None },
        TrustChange::Restored,
    ] {
        let name = change.name();
        let changed = AuditEvent::TrustChanged {
            entity: "https://op.example".to_owned(),
            change,
        };
        let json = serde_json::to_value(&changed).unwrap();
        assert_eq!(json["type"], changed.name());
        assert_eq!(json["change"]["what"], name);
        let read: AuditEvent = serde_json::from_value(json).unwrap();
        assert_eq!(read, changed);
    }
}

#[test]
fn debug_of_an_event_shows_no_fiscal_code() {
    assert!(!format!("{:?}", login()).contains("RSSMRA"));
}

#[test]
fn a_record_reads_back() {
    let mut record = AuditRecord::new(login(), "2026-11-21T10:00:00Z".parse().unwrap());
    record.client_address = Some(Redacted::new("192.0.2.1".parse().unwrap()));
    let json = serde_json::to_vec(&record).unwrap();
    assert_eq!(
        serde_json::from_slice::<AuditRecord>(&json).unwrap(),
        record
    );
}
