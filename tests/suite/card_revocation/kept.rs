//! Lists that are held: which of two counts, how many there are, and through a restart.

use super::*;

#[tokio::test]
async fn a_list_that_goes_back_is_refused_and_one_that_goes_on_takes_cards_on_and_off() {
    let issuer = authority();
    let (from, until) = (start() - HOUR, start() + DAY);
    let list = issuer.signed(5, from, until, &[7]);
    let (mut house, _, folder) = with_list(&issuer, &list).await;
    let file = folder.path().join("one.crl");
    for (list, failures, newly, seven, eight) in [
        // By number, and by date.
        (
            issuer.signed(4, from + 1, until, &[]),
            &["went-back"][..],
            0,
            true,
            false,
        ),
        (
            issuer.signed(6, from - 1, until, &[]),
            &["went-back"],
            0,
            true,
            false,
        ),
        // On: eight is new, and seven stays.
        (
            issuer.signed(6, from + 2, until, &[7, 8]),
            &[],
            1,
            true,
            true,
        ),
        // The same again.
        (
            issuer.signed(6, from + 2, until, &[7, 8]),
            &[],
            0,
            true,
            true,
        ),
        // Seven was only held, and may log in again.
        (issuer.signed(7, from + 3, until, &[8]), &[], 0, false, true),
        (
            issuer.signed(8, from + 4, until, &[7, 8]),
            &[],
            1,
            true,
            true,
        ),
    ] {
        std::fs::write(&file, list).unwrap();
        // One look sees that it changed, the next that it stands still.
        let round = house.look().await.and(house.look().await);
        assert_eq!(round.codes(), failures);
        assert_eq!(round.newly_revoked.len(), newly);
        for (serial, revoked) in [(7, seven), (8, eight)] {
            let status = house.status(&issuer.card(serial, &[]), &issuer).await;
            assert_eq!(status == Revocation::Revoked, revoked, "{serial}");
        }
    }
}

#[tokio::test]
async fn no_more_parts_of_an_authority_are_held_than_anybody_has() {
    let issuer = authority();
    let folder = tempfile::tempdir().unwrap();
    for part in 0..1030 {
        let list = issuer
            .list(1, start() - HOUR, start() + DAY, &[])
            .with(distribution(&[points(&[&format!(
                "http://a.example/{part}"
            )])]));
        let list = list.signed_by(&issuer.key);
        std::fs::write(folder.path().join(format!("{part}.crl")), list).unwrap();
    }
    let mut house = House::new(&[&issuer], in_folder(folder.path()));
    let round = house.look().await;
    assert_eq!(round.codes(), ["too-many"; 6]);
    assert_eq!(house.revocation.lists().held().len(), 1024);
}

#[tokio::test]
async fn a_list_that_was_let_go_is_asked_for_whole_when_its_authority_comes_back() {
    let (server, issuer, mut house) = served(|_| Reply::of(404, KIND, ""));
    let list = issuer.signed(1, start() - HOUR, start() + 30 * DAY, &[7]);
    server.answer(move |received| match received.header("if-none-match") {
        Some(_) => Reply::with(304, &[], ""),
        None => Reply::with(200, &[("content-type", KIND), ("etag", "\"1\"")], &list),
    });
    house.look().await;
    house.fetch().await;
    let address = server.url("/ca.crl").to_string();
    let other = CardIssuer::new("Un'altra", &[&address]);
    let trust = |house: &House, issuer: &CardIssuer| {
        *house.trusted.lock().unwrap() = vec![Arc::clone(&issuer.certificate)];
    };
    trust(&house, &other);
    house.look().await;
    trust(&house, &issuer);
    house.look().await;
    assert!(house.revocation.lists().held().is_empty());
    house.wait(2 * HOUR);
    assert_eq!(house.fetch().await, Round::default());
    assert_eq!(house.revocation.lists().held().len(), 1);
}

#[tokio::test]
async fn a_restart_begins_with_the_lists_that_were_good_last() {
    let kept = tempfile::tempdir().unwrap();
    let folder = kept.path().join("crls");
    let server = HttpServer::start(|_| Reply::of(404, KIND, ""));
    let address = server.url("/ca.crl").to_string();
    let issuer = CardIssuer::new("CA", &[&address]);
    let good = issuer.signed(5, start() - HOUR, start() + DAY, &[7]);
    server.answer(move |_| Reply::of(200, KIND, &good));
    let with_cache = || {
        let mut settings = settings(Some(&server));
        settings.refresh.kept = Some(folder.clone());
        House::new(&[&issuer], settings)
    };
    let mut first = with_cache();
    first.look().await;
    assert_eq!(first.fetch().await, Round::default());

    // The server offers an older one meanwhile: the one that is kept holds against it.
    let older = issuer.signed(4, start() - HOUR, start() + DAY, &[]);
    server.answer(move |_| Reply::of(200, KIND, &older));
    let mut second = with_cache();
    assert_eq!(second.look().await, Round::default());
    let card = issuer.card(7, &[]);
    assert_eq!(second.status(&card, &issuer).await, Revocation::Revoked);
    assert_eq!(second.fetch().await.codes(), ["went-back"]);
    assert_eq!(second.status(&card, &issuer).await, Revocation::Revoked);

    // What was put into the folder by another hand is verified as everything else, and says nothing.
    let entries: Vec<_> = std::fs::read_dir(&folder).unwrap().flatten().collect();
    assert_eq!(entries.len(), 1);
    let forged = issuer
        .list(9, start(), start() + DAY, &[])
        .signed_by(&authority().key);
    std::fs::write(entries[0].path(), forged).unwrap();
    let mut third = with_cache();
    assert_eq!(third.look().await, Round::default());
    assert_eq!(third.status(&card, &issuer).await, Revocation::Unknown);
}

#[tokio::test]
async fn a_bad_list_takes_no_good_ones_place() {
    let (server, issuer, mut house) = served(|issuer| {
        Reply::of(
            200,
            KIND,
            issuer.signed(1, start() - HOUR, start() + 30 * DAY, &[7]),
        )
    });
    house.fetch().await;
    let forged = issuer
        .list(2, start(), start() + 30 * DAY, &[])
        .signed_by(&authority().key);
    server.answer(move |_| Reply::of(200, KIND, &forged));
    house.wait(2 * HOUR);
    assert_eq!(house.fetch().await.codes(), ["signature"]);
    let card = issuer.card(7, &[]);
    assert_eq!(house.status(&card, &issuer).await, Revocation::Revoked);
    assert_eq!(
        house.status(&issuer.card(8, &[]), &issuer).await,
        Revocation::Good
    );
}
