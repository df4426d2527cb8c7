//! Sessions that are found by what their provider calls them, and by their person.

use super::*;

#[tokio::test]
async fn a_saml_logout_ends_the_session_it_names_and_no_other() {
    let bench = bench();
    let one = bench
        .establish(None, bench.saml_identity("n1", Some("s1")))
        .await;
    let two = bench
        .establish(None, bench.saml_identity("n1", Some("s2")))
        .await;
    let three = bench.establish(None, bench.saml_identity("n2", None)).await;
    let end = async |idp: &str, name: &str, index: Option<&str>| {
        bench
            .sessions
            .end_by_saml(idp, name, index)
            .await
            .unwrap()
            .len()
    };
    assert_eq!(end("https://other.example", "n1", None).await, 0);
    assert_eq!(end(PROVIDER, "n3", None).await, 0);
    assert_eq!(end(PROVIDER, "n1", Some("s3")).await, 0);
    assert_eq!(end(PROVIDER, "n1", Some("s1")).await, 1);
    assert!(bench.find(&one.id).await.is_none());
    assert!(bench.find(&two.id).await.is_some());
    assert_eq!(end(PROVIDER, "n1", None).await, 1);
    assert!(bench.find(&two.id).await.is_none());
    assert_eq!(end(PROVIDER, "n2", Some("any")).await, 1);
    assert!(bench.find(&three.id).await.is_none());
}

#[tokio::test]
async fn a_saml_logout_finds_a_session_that_rose_since() {
    let bench = bench();
    let first = bench
        .establish(None, bench.saml_identity("n1", Some("s1")))
        .await;
    let risen = bench.log_in(Some(&first), ADA, AssuranceLevel::High).await;
    let ended = bench.sessions.end_by_saml(PROVIDER, "n1", Some("s1")).await;
    assert_eq!(ended.unwrap().len(), 1);
    assert!(bench.find(&risen.id).await.is_none());
}

#[tokio::test]
async fn a_name_that_never_changes_does_not_make_the_index_grow_for_ever() {
    let bench = bench();
    for _ in 0..70 {
        bench
            .establish(None, bench.saml_identity("n1", Some("s1")))
            .await;
    }
    let ended = bench.sessions.end_by_saml(PROVIDER, "n1", None).await;
    assert_eq!(ended.unwrap().len(), 64);
}

#[tokio::test]
async fn a_person_s_sessions_are_found_whatever_their_number_and_nobody_else_s() {
    let bench = bench();
    let first = bench.log_in(None, ADA, AssuranceLevel::Low).await;
    for _ in 0..3 {
        bench.log_in(None, BEA, AssuranceLevel::Low).await;
    }
    bench.pass(1);
    let second = bench.log_in(None, ADA, AssuranceLevel::Low).await;
    // A rise keeps the session, and there is one entry of it.
    bench.log_in(Some(&first), ADA, AssuranceLevel::High).await;
    let of = async |code| {
        let key = person(code).key;
        let found = bench.sessions.of_person(&key, bench.clock.now()).await;
        let found = found.unwrap();
        let handles = found.iter().map(|session| session.handle().clone());
        handles.collect::<Vec<_>>()
    };
    let (first, second) = (first.session.handle(), second.session.handle());
    let mut ada = of(ADA).await;
    ada.sort_by_key(|handle| handle == second);
    assert_eq!(ada, [first.clone(), second.clone()]);
    assert_eq!(of(BEA).await.len(), 3);
    bench.sessions.end(first).await.unwrap();
    assert_eq!(of(ADA).await, std::slice::from_ref(second));
}

#[tokio::test]
async fn sessions_that_are_over_take_no_living_one_s_place() {
    let bench = bench();
    let first = bench.log_in(None, ADA, AssuranceLevel::Low).await;
    let key = person(ADA).key;
    for _ in 0..200 {
        let made = bench.log_in(None, ADA, AssuranceLevel::Low).await;
        bench.sessions.end(made.session.handle()).await.unwrap();
    }
    let found = bench.sessions.of_person(&key, bench.clock.now()).await;
    let found = found.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].handle(), first.session.handle());
}
