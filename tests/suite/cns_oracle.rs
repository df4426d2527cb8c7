//! `openssl verify` as the judge of paths: nothing that it refuses is accepted here. The table of cards, and hundreds of
//! chains with something changed at random in card, authorities, order or bytes.

use std::fmt::Write as _;
use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;
use varco::login::cns::trust::LiveAnchors;
use varco::login::cns::{CnsVerifier, PathRules, Presented};

use super::cns_cards::now;
use crate::support::cards::{
    self, Authority, BETWEEN, BODY, BOUNDLESS, CIE, CNS, P256, REGION, STRANGER, TWIN,
    accepted_cards, anchor_certificates, card_key, card_of, negative_cards,
};
use crate::support::certificates::{
    AUTHORITY_KEY_ID, BASIC_CONSTRAINTS, CLIENT_AUTH, EXTENDED_KEY_USAGE, KEY_CERT_SIGN, KEY_USAGE,
    Made, NETSCAPE_TYPE, Paper, SERVER_AUTH, SUBJECT_KEY_ID, der, integer, pem, signed,
    try_openssl,
};

/// Chains for OpenSSL to judge, all at one moment and with the same authorities.
struct Oracle {
    folder: TempDir,
}

/// OpenSSL tries one anchor of a name and gives up. Of the two that share one (rules on CNS, 0.8) each set has one, and a
/// path with either is a path.
const SETS: [&str; 2] = ["one.pem", "other.pem"];

impl Oracle {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        for (set, left_out) in SETS.iter().zip([TWIN, REGION]) {
            let left_out = left_out.certificate(now());
            let mut anchors = anchor_certificates(now());
            anchors.retain(|anchor| *anchor != left_out);
            std::fs::write(folder.path().join(set), pem(&anchors)).unwrap();
        }
        Self { folder }
    }

    /// Whether OpenSSL finds a good path for a TLS client, or what it says.
    fn judge(&self, chain: &[Vec<u8>]) -> Result<(), String> {
        let [one, other] = SETS;
        self.judge_with(one, chain).or_else(|first| {
            let second = self.judge_with(other, chain);
            second.map_err(|second| format!("{first} / {second}"))
        })
    }

    fn judge_with(&self, set: &str, chain: &[Vec<u8>]) -> Result<(), String> {
        let file = |name: &str, certificates: &[Vec<u8>]| {
            let path = self.folder.path().join(name);
            std::fs::write(&path, pem(certificates)).unwrap();
            path
        };
        let mut command = Command::new("openssl");
        command
            .args(["verify", "-partial_chain", "-purpose", "sslclient"])
            .args(["-no-CApath", "-no-CAstore", "-attime"])
            .arg(now().timestamp().to_string())
            .arg("-CAfile")
            .arg(self.folder.path().join(set));
        if chain.len() > 1 {
            command
                .arg("-untrusted")
                .arg(file("further.pem", &chain[1..]));
        }
        // RFC 5280 to the letter wants key identifiers everywhere; real cards may lack them, and the rules on CNS compare
        // them where they are given.
        if chain.iter().all(|der| has_key_identifiers(der)) {
            command.arg("-x509_strict");
        }
        let output = command.arg(file("card.pem", &chain[..1])).output().unwrap();
        if output.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).replace('\n', "; "))
        }
    }
}

fn has_key_identifiers(der: &[u8]) -> bool {
    varco::protocol::x509::Certificate::parse(der).is_ok_and(|one| {
        let is_root = one.subject() == one.issuer();
        (one.authority_key_id().is_some_and(|id| id.key_id.is_some()) || is_root)
            && one.subject_key_id().is_some()
    })
}

/// A verifier with the longest paths that can be configured.
fn verifier() -> CnsVerifier {
    CnsVerifier::new(
        LiveAnchors::new(cards::anchors(now())),
        Arc::new(cards::TestRevocation),
        PathRules::new(3),
    )
}

#[test]
fn openssl_accepts_every_card_that_is_accepted_here() {
    let oracle = Oracle::new();
    let refused: Vec<String> = accepted_cards(now())
        .iter()
        .filter_map(|card| {
            let said = oracle.judge(&card.chain_der).err()?;
            Some(format!("{}: {said}", card.name))
        })
        .collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn the_keys_of_the_cards_are_theirs_and_openssl_can_present_them() {
    let refused = negative_cards(now()).into_iter();
    let presentable = refused
        .filter(|card| card.presentable)
        .map(|card| (card.name, card.chain_der, card.key_pkcs8));
    let accepted = accepted_cards(now())
        .into_iter()
        .map(|card| (card.name, card.chain_der, card.key_pkcs8));
    let mut wrong = Vec::new();
    for (name, chain, key) in presentable.chain(accepted) {
        let public = |arguments: &[&str], der: &[u8]| try_openssl(arguments, der).ok();
        let of_key = public(&["pkey", "-inform", "DER", "-pubout"], &key);
        let of_card = public(&["x509", "-inform", "DER", "-noout", "-pubkey"], &chain[0]);
        if of_card.is_none() || of_card != of_key {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[tokio::test]
async fn nothing_that_openssl_refuses_is_accepted() {
    let (oracle, verifier) = (Oracle::new(), verifier());
    let (mut both_accept, mut both_refuse, mut stricter) = (0, 0, 0);
    let mut laxer = String::new();
    for seed in 0..320 {
        let (chain, told) = chain(&mut Dice(seed));
        let ours = match Presented::new(&chain) {
            Ok(presented) => verifier.verify(&presented, now()).await,
            Err(refusal) => Err(refusal),
        };
        match (ours, oracle.judge(&chain)) {
            (Ok(_), Ok(())) => both_accept += 1,
            (Err(_), Err(_)) => both_refuse += 1,
            (Err(_), Ok(())) => stricter += 1,
            (Ok(_), Err(said)) => writeln!(laxer, "seed {seed}: {told:?}: {said}").unwrap(),
        }
    }
    assert!(
        laxer.is_empty(),
        "accepted here and refused by OpenSSL:\n{laxer}"
    );
    println!("both accept {both_accept}, both refuse {both_refuse}, stricter {stricter}");
    // A judge who says the same to everything would show nothing.
    assert!(
        both_accept > 60 && both_refuse > 100,
        "{both_accept} {both_refuse}"
    );
}

/// Small numbers that follow from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).unwrap()
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.throw(choices.len())]
    }
}

/// One chain, and what was done to it.
fn chain(dice: &mut Dice) -> (Vec<Vec<u8>>, Vec<String>) {
    let mut told = Vec::new();
    // Anchor first, the card's issuer last.
    let above: &[Authority] = dice.one_of(&[
        &[REGION][..],
        &[TWIN],
        &[P256],
        &[BODY],
        &[BODY, BETWEEN],
        &[BODY, BETWEEN],
        &[BOUNDLESS, BETWEEN],
        &[REGION, BETWEEN],
        &[STRANGER],
    ]);
    told.push(format!("{} authorities", above.len()));
    let mut papers: Vec<(Paper, Authority)> = above
        .windows(2)
        .map(|pair| (pair[1].below(&pair[0], now()), pair[0]))
        .collect();
    let issuer = above[above.len() - 1];
    papers.insert(0, (card_of(&issuer, now()), issuer));
    for _ in 0..dice.throw(4) {
        let at = dice.throw(papers.len());
        let (paper, signer) = &mut papers[at];
        let what = change(paper, signer, dice);
        told.push(format!("{what} of {at}"));
    }
    // Before the signature, so that nothing but the reading can refuse it.
    let flipped = (dice.throw(3) == 0).then(|| dice.throw(papers.len()));
    let mut chain: Vec<Vec<u8>> = papers
        .iter()
        .enumerate()
        .map(|(at, (paper, signer))| {
            let mut inside = paper.to_be_signed();
            if flipped == Some(at) {
                let byte = dice.throw(inside.len());
                inside[byte] ^= 1 << dice.throw(8);
                told.push(format!("byte {byte} of {at}, signed"));
            }
            signed(&inside, paper.made, (signer.key)())
        })
        .collect();
    match dice.throw(12) {
        0 => {
            let at = dice.throw(chain.len());
            let byte = dice.throw(chain[at].len());
            chain[at][byte] ^= 1 << dice.throw(8);
            told.push(format!("byte {byte} of {at}"));
        }
        1 => {
            chain.truncate(1);
            told.push("alone".to_owned());
        }
        2 => {
            chain.push(STRANGER.certificate(now()));
            told.push("with a stranger".to_owned());
        }
        3 => {
            chain[1..].reverse();
            chain.insert(1, STRANGER.certificate(now()));
            told.push("out of order".to_owned());
        }
        4 => {
            chain.reverse();
            told.push("turned round".to_owned());
        }
        _ => {}
    }
    (chain, told)
}

/// `proxyCertInfo` that inherits everything (RFC 3820, 3.8).
const PROXY: &[u8] = b"\x30\x0c\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x15\x01";

/// Changes one thing, in a way that often breaks the path and sometimes does not.
fn change(paper: &mut Paper, signer: &mut Authority, dice: &mut Dice) -> &'static str {
    const DAY: i64 = 86_400;
    let second = now().timestamp();
    let taken = paper.clone();
    let (what, changed) = match dice.throw(20) {
        0 => (
            "end",
            Paper {
                not_after: second + dice.one_of(&[-1, 0, 1, -DAY, DAY]),
                ..taken
            },
        ),
        1 => (
            "beginning",
            Paper {
                not_before: second + dice.one_of(&[-1, 0, 1, -DAY, DAY]),
                ..taken
            },
        ),
        2 => {
            let constraints = dice.one_of(&[
                &[][..],
                &[1, 1, 0xff],
                &[1, 1, 0xff, 2, 1, 0],
                &[1, 1, 0xff, 2, 1, 1],
                &[2, 1, 0],
            ]);
            let critical = dice.throw(4) != 0;
            let value = der(0x30, &[constraints]);
            (
                "constraints",
                taken.with(BASIC_CONSTRAINTS, critical, value),
            )
        }
        3 => ("no constraints", taken.without(BASIC_CONSTRAINTS)),
        4 => {
            let bits = dice.one_of(&[0x80, 0x84, 0xa0, 0x40, 0xc0, 0x08, 0x88, 0x04, 0x06, 0x02]);
            ("key usage", taken.key_usage(bits))
        }
        5 => ("no key usage", taken.without(KEY_USAGE)),
        6 => {
            let purposes = dice.one_of(&[
                &[CLIENT_AUTH][..],
                &[SERVER_AUTH],
                &[SERVER_AUTH, CLIENT_AUTH],
                &["2.5.29.37.0"],
            ]);
            ("purposes", taken.purposes(purposes))
        }
        7 => ("no purposes", taken.without(EXTENDED_KEY_USAGE)),
        8 => {
            let issuer = dice.one_of(&[REGION, BODY, BETWEEN, STRANGER, P256]).name();
            ("issuer", Paper { issuer, ..taken })
        }
        9 => {
            *signer = dice.one_of(&[REGION, TWIN, BETWEEN, P256]);
            let made = signer.made();
            ("signer", Paper { made, ..taken })
        }
        10 => {
            let key = dice.one_of(&[REGION, TWIN, BETWEEN, BODY]).key;
            ("authority key id", taken.issued_by(key()))
        }
        11 => ("no authority key id", taken.without(AUTHORITY_KEY_ID)),
        12 => {
            let name = der(0xa1, &[&der(0xa4, &[&dice.one_of(&[REGION, BODY]).name()])]);
            let serial = der(0x82, &[&[dice.one_of(&[1, 2, 9])]]);
            let value = der(0x30, &[&name, &serial]);
            (
                "authority name and serial",
                taken.with(AUTHORITY_KEY_ID, false, value),
            )
        }
        13 if signer.made() == Made::RsaSha256 => {
            let made = dice.one_of(&[
                Made::RsaSha1,
                Made::RsaSha384,
                Made::RsaSha512,
                Made::RsaPss,
            ]);
            ("algorithm", Paper { made, ..taken })
        }
        14 => {
            let (kind, value) = dice.one_of(&[
                ("1.3.6.1.4.1.55555.1", &[5, 0][..]),
                ("2.5.29.17", &[0x30, 3, 0x82, 1, b'x']),
                ("2.5.29.17", &[0x30, 3, 0x89, 1, b'x']),
                ("2.5.29.18", &[0x30, 0]),
                ("1.3.6.1.5.5.7.1.14", PROXY),
                ("1.3.6.1.5.5.7.1.7", &[0x30, 0]),
                ("2.5.29.31", &[0x30, 0]),
                ("1.3.6.1.5.5.7.1.1", &[0x30, 0]),
                ("2.5.29.16", &[5, 0]),
                ("2.5.29.54", &[2, 1, 0]),
                ("2.5.29.36", &[0x30, 3, 0x80, 1, 0]),
            ]);
            let critical = dice.throw(2) == 0;
            ("extension", taken.with(kind, critical, value.to_vec()))
        }
        15 => {
            let bits = dice.one_of(&[0x80_u8, 0x40, 0x04, 0x84, 0x20]);
            let value = der(3, &[&[0, bits]]);
            ("netscape type", taken.with(NETSCAPE_TYPE, false, value))
        }
        16 => {
            let version = dice.one_of(&[None, Some(0), Some(1), Some(3)]);
            ("version", Paper { version, ..taken })
        }
        17 => {
            let policies = dice.one_of(&[&[CNS][..], &[CIE], &[CNS, CIE], &["2.5.29.32.0"]]);
            let critical = dice.throw(2) == 0;
            ("policies", taken.policies(critical, policies))
        }
        18 => {
            let length = integer(&[dice.one_of(&[0, 1, 2, 0x80])]);
            let value = der(0x30, &[&[1, 1, 0xff], &length]);
            let paper = taken.with(BASIC_CONSTRAINTS, true, value);
            ("path length", paper.key_usage(KEY_CERT_SIGN))
        }
        _ => {
            let id = der(
                4,
                &[&dice.one_of(&[REGION.key, BETWEEN.key, card_key])().id()],
            );
            ("subject key id", taken.with(SUBJECT_KEY_ID, false, id))
        }
    };
    *paper = changed;
    what
}
