//! The verifier of cards against the whole table of the rules on CNS: every wrong card with its own reason, every right one
//! with its fiscal code.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta};
use varco::identity::{
    AssuranceLevel, AuthenticationMethod, AuthenticationProof as _, CardKind, Timestamp,
};
use varco::login::cns::{CnsRefusal, Presented, VerifiedCertificate};

use crate::support::cards::{
    self, BODY, NegativeCard, REGION, TWIN, accepted_cards, card_of, negative_cards, verifier,
};

pub fn now() -> Timestamp {
    DateTime::from_timestamp(1_795_323_600, 0).unwrap()
}

pub async fn verify(chain: &[Vec<u8>], now: Timestamp) -> Result<VerifiedCertificate, CnsRefusal> {
    verifier(now).verify(&Presented::new(chain)?, now).await
}

#[tokio::test]
async fn every_wrong_card_is_refused_with_its_own_reason() {
    let verifier = verifier(now());
    let table = negative_cards(now());
    let names: HashSet<&str> = table.iter().map(|card| card.name).collect();
    assert_eq!(names.len(), table.len(), "two cards of one name");
    assert!(table.len() > 100, "{}", table.len());
    let mut wrong = Vec::new();
    for NegativeCard {
        name,
        chain_der,
        expected,
        ..
    } in &table
    {
        let got = match Presented::new(chain_der) {
            Ok(presented) => verifier.verify(&presented, now()).await.err(),
            Err(refusal) => Some(refusal),
        };
        if got != Some(*expected) {
            wrong.push(format!("{name}: {got:?} and not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_reason_is_shown_by_a_card() {
    let table = negative_cards(now());
    let shown: HashSet<CnsRefusal> = table.iter().map(|card| card.expected).collect();
    let missing: Vec<CnsRefusal> = CnsRefusal::ALL
        .iter()
        .copied()
        // Nothing presented is no card.
        .filter(|reason| *reason != CnsRefusal::NoCertificate && !shown.contains(reason))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[tokio::test]
async fn every_right_card_proves_the_code_that_it_names() {
    let verifier = verifier(now());
    let mut wrong = Vec::new();
    for card in accepted_cards(now()) {
        let presented = Presented::new(&card.chain_der).unwrap();
        match verifier.verify(&presented, now()).await {
            Ok(proof) if proof.fiscal_code().expose() == card.fiscal_code => {}
            Ok(proof) => wrong.push(format!("{}: {}", card.name, proof.fiscal_code().expose())),
            Err(refusal) => wrong.push(format!("{}: {refusal:?}", card.name)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_proof_is_a_login_of_the_highest_level_that_tells_the_card() {
    let der = card_of(&BODY, now()).sign((BODY.key)());
    let proof = verify(&[der], now()).await.unwrap();
    assert_eq!(proof.kind(), CardKind::Professional);
    assert_eq!(proof.issuer_name(), BODY.common_name);
    assert_eq!(proof.serial_hex(), "112233");
    assert!(proof.has_usual_card_id());
    let (issuer, sha256) = (proof.issuer(), proof.sha256_hex().to_owned());
    assert!(!format!("{proof:?}").contains("RSSMRA"));
    let (person, event) = proof.into_parts();
    assert_eq!(person.fiscal_code().unwrap().expose(), cards::FISCAL_CODE);
    assert_eq!(person.display_name().as_deref(), Some("Mario Rossi"));
    assert_eq!(event.method, AuthenticationMethod::Cns);
    assert_eq!(event.level.0, AssuranceLevel::High);
    assert_eq!(event.at, now());
    let card = event.card.unwrap();
    assert_eq!(card.issuer_id, issuer.hex());
    assert_eq!(card.sha256, sha256);
    assert_eq!(card.issuer, BODY.common_name);
}

#[tokio::test]
async fn a_card_without_names_logs_in_without_them() {
    let mut paper = card_of(&REGION, now());
    paper.subject = crate::support::certificates::name(&[(
        crate::support::certificates::CN,
        &format!("{}/{}", cards::FISCAL_CODE, cards::CARD_ID),
    )]);
    let proof = verify(&[paper.sign((REGION.key)())], now()).await.unwrap();
    assert_eq!(proof.into_parts().0.display_name(), None);
}

#[tokio::test]
async fn issuers_of_one_name_and_two_keys_are_two() {
    let id = async |authority: &cards::Authority| {
        let der = card_of(authority, now()).sign((authority.key)());
        verify(&[der], now()).await.unwrap().issuer()
    };
    assert_ne!(id(&REGION).await, id(&TWIN).await);
}

#[tokio::test]
async fn a_card_is_judged_by_the_moment_and_by_the_set_in_force() {
    let verifier = verifier(now());
    let chain = [card_of(&REGION, now()).sign((REGION.key)())];
    let presented = Presented::new(&chain).unwrap();
    assert!(verifier.verify(&presented, now()).await.is_ok());
    let later = now() + TimeDelta::days(7 * 365);
    assert_eq!(
        verifier.verify(&presented, later).await.err(),
        Some(CnsRefusal::Expired)
    );
    let much_later = now() + TimeDelta::days(9 * 365);
    assert_eq!(
        verifier.verify(&presented, much_later).await.err(),
        Some(CnsRefusal::IssuerExpired)
    );
}

#[tokio::test]
async fn an_authority_that_leaves_the_set_takes_its_cards_with_it() {
    use varco::login::cns::trust::{Anchors, LiveAnchors};
    use varco::login::cns::{CnsVerifier, PathRules};

    let live = LiveAnchors::new(cards::anchors(now()));
    let revocation = std::sync::Arc::new(cards::TestRevocation);
    let verifier = CnsVerifier::new(live.clone(), revocation, PathRules::default());
    let chain = [card_of(&REGION, now()).sign((REGION.key)())];
    let presented = Presented::new(&chain).unwrap();
    assert!(verifier.verify(&presented, now()).await.is_ok());
    live.replace(Anchors::default());
    assert_eq!(
        verifier.verify(&presented, now()).await.err(),
        Some(CnsRefusal::UnknownIssuer)
    );
}

#[tokio::test]
async fn a_path_is_as_long_as_is_configured_and_no_longer() {
    use varco::login::cns::trust::LiveAnchors;
    use varco::login::cns::{CnsVerifier, PathRules};

    let with = |between| {
        CnsVerifier::new(
            LiveAnchors::new(cards::anchors(now())),
            std::sync::Arc::new(cards::TestRevocation),
            PathRules::new(between),
        )
    };
    let chain_of = |name: &str| {
        let table = negative_cards(now());
        let card = table.into_iter().find(|card| card.name == name);
        Presented::new(&card.unwrap().chain_der).unwrap()
    };
    let accepted = accepted_cards(now());
    let one = accepted.iter().find(|card| card.name == "one-between");
    let one = Presented::new(&one.unwrap().chain_der).unwrap();
    let two = chain_of("two-between");
    assert_eq!(
        with(0).verify(&one, now()).await.err(),
        Some(CnsRefusal::PathTooLong)
    );
    assert!(with(1).verify(&one, now()).await.is_ok());
    assert_eq!(
        with(1).verify(&two, now()).await.err(),
        Some(CnsRefusal::PathTooLong)
    );
    assert!(with(2).verify(&two, now()).await.is_ok());
}
