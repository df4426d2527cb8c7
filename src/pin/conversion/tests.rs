use super::super::testing::*;
use super::*;
use crate::audit::PinActor;
use crate::identity::{AssuranceLevel, Line};
use crate::pin::{DocumentKind, MessageKind, Provisional, Recipient};
use chrono::Duration;

const DAY: &str = "2019-06-03T09:00:00Z";

fn document(expires: &str) -> IdentityDocument {
    IdentityDocument {
        kind: DocumentKind::IdentityCard,
        number: Line::parse("AX1234567").unwrap(),
        issuer: Line::parse("Comune di Roma").unwrap(),
        expires: expires.parse().unwrap(),
    }
}

fn begun(scene: &Scene) -> Dossier {
    let (dossier, _) = scene.working();
    let change = dossier.begin_conversion(document("2025-01-01"), &scene.context());
    change.unwrap().dossier
}

fn submitted(scene: &Scene) -> Dossier {
    let dossier = begun(scene);
    let id = dossier.conversion().unwrap().id.clone();
    let change = dossier.submit_form(&id, b"%PDF".to_vec(), 2, &scene.context());
    change.unwrap().dossier
}

/// An operator takes a conversion in hand and says what they think.
fn judge(dossier: Dossier, number: u32, accept: bool, scene: &Scene) -> Result<Change, PinRefusal> {
    let operator = scene.operator(DeskRole::ContactCentre, number);
    let claimed = dossier.claim_conversion(&operator.context())?.dossier;
    claimed.judge_conversion(accept, "seen".to_owned().into(), &operator.context())
}

fn grade(change: &Change) -> PinGrade {
    change.dossier().pin().unwrap().grade
}

#[test]
fn two_operators_accept_and_the_same_pin_is_dispositive() {
    let scene = Scene::new(DAY);
    let dossier = submitted(&scene);
    let form = dossier.conversion().unwrap().upload.clone().unwrap().blob;
    let first = judge(dossier, 1, true, &scene).unwrap();
    assert_eq!(grade(&first), PinGrade::Ordinary);
    assert_eq!(steps(&first), [PinStep::AcceptanceProposed]);
    let second = judge(first.dossier, 2, true, &scene).unwrap();
    assert_eq!(grade(&second), PinGrade::Dispositive);
    assert_eq!(steps(&second), [PinStep::ConversionAccepted]);
    assert!(tells_everybody(&second, "converted"));
    assert_eq!(scene.status(second.dossier()), "working");
    assert!(!second.ends_sessions());
    // The signed form stays, as the proof.
    assert_eq!(second.dossier().forms(), [form]);
    assert!(second.forgotten().is_empty() && second.index().conversion.is_none());
}

#[test]
fn two_operators_reject_with_a_reason_and_the_file_is_forgotten() {
    let scene = Scene::new(DAY);
    let dossier = submitted(&scene);
    let form = dossier.conversion().unwrap().upload.clone().unwrap().blob;
    let first = judge(dossier, 1, false, &scene).unwrap();
    let second = judge(first.dossier, 2, false, &scene).unwrap();
    assert_eq!(grade(&second), PinGrade::Ordinary);
    assert!(tells_everybody(&second, "conversion-rejected"));
    assert_eq!(second.forgotten(), [form]);
    assert!(second.dossier().conversion().is_none());
}

#[test]
fn where_two_operators_differ_a_third_one_decides() {
    let scene = Scene::new(DAY);
    for accept in [true, false] {
        let one = judge(submitted(&scene), 1, true, &scene).unwrap();
        let two = judge(one.dossier, 2, false, &scene).unwrap();
        assert_eq!(grade(&two), PinGrade::Ordinary);
        assert!(two.dossier().conversion().is_some());
        let three = judge(two.dossier, 3, accept, &scene).unwrap();
        assert_eq!(grade(&three) == PinGrade::Dispositive, accept);
        assert!(three.dossier().conversion().is_none());
    }
}

#[test]
fn no_operator_decides_alone() {
    let scene = Scene::new(DAY);
    let first = judge(submitted(&scene), 1, true, &scene).unwrap();
    let again = judge(first.dossier, 1, true, &scene);
    assert_eq!(again.err(), Some(PinRefusal::SameOperator));
}

#[test]
fn a_conversion_is_in_one_hand_at_a_time_and_decided_by_that_hand_alone() {
    let scene = Scene::new(DAY);
    let one = scene.operator(DeskRole::Office, 1);
    let other = scene.operator(DeskRole::Supervisor, 2);
    let claimed = submitted(&scene)
        .claim_conversion(&one.context())
        .unwrap()
        .dossier;
    let taken = claimed.clone().claim_conversion(&other.context());
    assert_eq!(taken.err(), Some(PinRefusal::Claimed));
    let reason = || Redacted::from("seen".to_owned());
    let judged = claimed
        .clone()
        .judge_conversion(true, reason(), &other.context());
    assert_eq!(judged.err(), Some(PinRefusal::NotClaimed));
    let released = claimed
        .clone()
        .release_conversion(&one.context())
        .unwrap()
        .dossier;
    let judged = released
        .clone()
        .judge_conversion(true, reason(), &one.context());
    assert_eq!(judged.err(), Some(PinRefusal::NotClaimed));
    assert!(released.claim_conversion(&other.context()).is_ok());
    // Whoever keeps it too long has it no more.
    let late = one.after(Duration::minutes(30));
    let judged = claimed
        .clone()
        .judge_conversion(true, reason(), &late.context());
    assert_eq!(judged.err(), Some(PinRefusal::NotClaimed));
    let no_reason = claimed.judge_conversion(true, " ".to_owned().into(), &one.context());
    assert_eq!(no_reason.err(), Some(PinRefusal::NoReason));
}

#[test]
fn the_holder_decides_nothing_and_an_operator_not_on_their_own_pin() {
    let scene = Scene::new(DAY);
    let refused = submitted(&scene).claim_conversion(&scene.context());
    assert_eq!(refused.err(), Some(PinRefusal::NotAtTheDesk));
    let own = PinActor::Operator {
        person: holder(),
        role: DeskRole::Supervisor,
    };
    let context = Context {
        by: &own,
        ..scene.context()
    };
    let refused = submitted(&scene).claim_conversion(&context);
    assert_eq!(refused.err(), Some(PinRefusal::OwnPin));
}

#[test]
fn a_conversion_needs_a_working_ordinary_pin_and_a_valid_document() {
    let scene = Scene::new(DAY);
    let begin =
        |dossier: Dossier, document| dossier.begin_conversion(document, &scene.context()).err();
    let (issued, ..) = scene.issued();
    let valid = || document("2019-06-03");
    assert_eq!(begin(issued, valid()), Some(PinRefusal::WrongState));
    let (working, _) = scene.working();
    let expired = document("2019-06-02");
    let refused = begin(working.clone(), expired);
    assert_eq!(refused, Some(PinRefusal::DocumentExpired));
    assert_eq!(begin(working.clone(), valid()), None);
    let mut dispositive = working;
    dispositive.pin.as_mut().unwrap().grade = PinGrade::Dispositive;
    let refused = begin(dispositive, valid());
    assert_eq!(refused, Some(PinRefusal::AlreadyDispositive));
    let refused = begin(submitted(&scene), valid());
    assert_eq!(refused, Some(PinRefusal::AlreadyRequested));
}

#[test]
fn a_form_belongs_to_its_conversion_by_its_code_and_comes_once_and_in_time() {
    let scene = Scene::new(DAY);
    let dossier = begun(&scene);
    let conversion = dossier.conversion().unwrap().clone();
    assert_eq!(conversion.code.len(), 14);
    assert_ne!(conversion.code, begun(&scene).conversion().unwrap().code);
    let submit = |dossier: Dossier, id: &str, scene: &Scene| {
        dossier.submit_form(id, b"%PDF".to_vec(), 1, &scene.context())
    };
    let refused = submit(dossier.clone(), "another", &scene).err();
    assert_eq!(refused, Some(PinRefusal::Stale));
    let last = scene.at("2019-07-03T21:59:59Z");
    let sent = submit(dossier.clone(), &conversion.id, &last).unwrap();
    assert_eq!(sent.kept().len(), 1);
    let again = submit(sent.dossier, &conversion.id, &last).err();
    assert_eq!(again, Some(PinRefusal::Stale));
    let late = scene.at("2019-07-03T22:00:00Z");
    let refused = submit(dossier, &conversion.id, &late).err();
    assert_eq!(refused, Some(PinRefusal::Stale));
}

fn taken(client: &str, receipt: &str, scene: &Scene) -> Provisional {
    Provisional {
        client: client.to_owned(),
        service: "naspi/request".to_owned(),
        number: receipt.to_owned(),
        sha256: None,
        at: scene.now,
        receipt: receipt.to_owned(),
        raised: None,
    }
}

#[test]
fn each_application_with_provisional_requests_is_told_once_when_the_grade_rises() {
    let scene = Scene::new(DAY);
    let mut dossier = submitted(&scene);
    for (client, receipt) in [("a", "1"), ("b", "2"), ("a", "3")] {
        let provisional = taken(client, receipt, &scene);
        let change = dossier.take_provisional(provisional, &scene.context());
        dossier = change.unwrap().dossier;
    }
    let first = judge(dossier, 1, true, &scene).unwrap();
    let told = |change: &Change| -> Vec<(Recipient, Vec<String>)> {
        let outbox = change.outbox().iter();
        outbox
            .filter_map(|message| match &message.kind {
                MessageKind::AssuranceRaised {
                    person,
                    previous,
                    current,
                    receipts,
                    ..
                } => {
                    assert_eq!(*person, holder());
                    assert_eq!(previous.0, AssuranceLevel::Low);
                    assert_eq!(current.0, AssuranceLevel::Substantial);
                    Some((message.to.clone(), receipts.clone()))
                }
                _ => None,
            })
            .collect()
    };
    assert_eq!(told(&first), []);
    let second = judge(first.dossier, 2, true, &scene).unwrap();
    let to = |client: &str| Recipient::Application {
        client: client.to_owned(),
    };
    let owned = |receipts: &[&str]| receipts.iter().map(|&one| one.to_owned()).collect();
    assert_eq!(
        told(&second),
        [(to("a"), owned(&["1", "3"])), (to("b"), owned(&["2"]))]
    );
    let waits = |taken: &Provisional| taken.raised.is_none();
    let all = second.dossier().all_provisional();
    assert_eq!((all.len(), all.iter().any(waits)), (3, false));
}

#[test]
fn a_dispositive_pin_submits_nothing_provisionally() {
    let scene = Scene::new(DAY);
    let (mut dossier, _) = scene.working();
    dossier.pin.as_mut().unwrap().grade = PinGrade::Dispositive;
    let refused = dossier.take_provisional(taken("a", "1", &scene), &scene.context());
    assert_eq!(refused.err(), Some(PinRefusal::AlreadyDispositive));
}

#[test]
fn a_request_is_taken_once_and_one_that_waits_is_not_forgotten_for_another() {
    let scene = Scene::new(DAY);
    let (mut dossier, _) = scene.working();
    let take = |dossier: &Dossier, receipt: &str| {
        let taken = taken("a", receipt, &scene);
        dossier.clone().take_provisional(taken, &scene.context())
    };
    for number in 0..100 {
        dossier = take(&dossier, &number.to_string()).unwrap().dossier;
    }
    assert_eq!(take(&dossier, "7").err(), Some(PinRefusal::Nothing));
    assert_eq!(take(&dossier, "one more").err(), Some(PinRefusal::TooMany));
    dossier.provisional[3].raised = Some(scene.now);
    let dossier = take(&dossier, "one more").unwrap().dossier;
    assert_eq!(dossier.all_provisional().len(), 100);
    assert!(dossier.provisional("3").is_none());
}

#[test]
fn the_requests_of_one_application_keep_those_of_another_out_of_nothing() {
    let scene = Scene::new(DAY);
    let (mut dossier, _) = scene.working();
    let take = |dossier: &Dossier, client: &str, receipt: &str| {
        let taken = taken(client, receipt, &scene);
        dossier.clone().take_provisional(taken, &scene.context())
    };
    for number in 0..100 {
        dossier = take(&dossier, "greedy", &number.to_string())
            .unwrap()
            .dossier;
    }
    let refused = take(&dossier, "greedy", "one more").err();
    assert_eq!(refused, Some(PinRefusal::TooMany));
    let dossier = take(&dossier, "other", "of the other").unwrap().dossier;
    assert!(dossier.provisional("of the other").is_some());
}
