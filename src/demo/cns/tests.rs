use std::process::{Command, Output};
use std::sync::{LazyLock, Mutex};

use tempfile::TempDir;

use super::*;
use crate::crypto::SystemRandom;
use crate::identity::{Clock as _, SystemClock};

/// Who has the reader: SoftHSM's files do not bear programs that open them at once.
static READER: Mutex<()> = Mutex::new(());

struct Made {
    place: TempDir,
    cards: Cards,
    tokens: Tokens,
}

impl Made {
    fn path(&self, name: &str) -> PathBuf {
        self.place.path().join("cns").join(name)
    }
}

/// Made once: keys take their time.
static MADE: LazyLock<Made> = LazyLock::new(|| {
    let place = TempDir::new().unwrap();
    let cards = open(&place);
    let tokens = cards.tokens().unwrap().expect("run `make setup`");
    Made {
        place,
        cards,
        tokens,
    }
});

fn open(place: &TempDir) -> Cards {
    let folder = DataFolder::open(place.path()).unwrap();
    Cards::open(&folder, &SystemRandom, SystemClock.now()).unwrap()
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {output:?}");
    output
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

/// What OpenSSL says of a card's path to the trusted authorities, with their lists of revocations.
fn verdict(card: &str) -> String {
    let issuer = MADE.cards.find(card).unwrap().card.issuer;
    // Whom nobody knows has no list that anybody would read.
    let list_of = match issuer.accredited {
        true => issuer.slug,
        false => "regione-esempio",
    };
    let folder = TempDir::new().unwrap();
    let anchors = folder.path().join("anchors.pem");
    let all: String = std::fs::read_dir(MADE.path("anchors"))
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    std::fs::write(&anchors, all).unwrap();
    let list = folder.path().join("list.pem");
    run(Command::new("openssl")
        .args(["crl", "-inform", "DER", "-out"])
        .arg(&list)
        .arg("-in")
        .arg(MADE.path(&format!("crl/{list_of}.crl"))));
    let output = Command::new("openssl")
        .args([
            "verify",
            "-x509_strict",
            "-purpose",
            "sslclient",
            "-crl_check",
        ])
        .arg("-CAfile")
        .arg(&anchors)
        .arg("-CRLfile")
        .arg(&list)
        .arg(MADE.path(&format!("cards/{card}.pem")))
        .output()
        .unwrap();
    text(&output)
}

#[test]
fn openssl_accepts_the_good_cards_and_says_what_is_wrong_with_the_others() {
    for held in MADE.cards.iter() {
        let wanted = match held.card.flaw {
            // Policies are no matter of a path's.
            None | Some(Flaw::IdentityCard) => ": OK",
            Some(Flaw::Revoked) => "certificate revoked",
            Some(Flaw::Expired) => "certificate has expired",
            Some(Flaw::Signature) => "unsuitable certificate purpose",
            Some(Flaw::UnknownIssuer) => "unable to get local issuer certificate",
        };
        let verdict = verdict(held.card.slug);
        assert!(verdict.contains(wanted), "{}: {verdict}", held.card.slug);
    }
}

#[test]
fn a_card_says_what_the_profile_of_the_cns_wants() {
    let output = run(Command::new("openssl")
        .args(["x509", "-noout", "-text", "-in"])
        .arg(MADE.path("cards/anna.pem")));
    let text = text(&output);
    for part in [
        "CN = PRVNNA85C55F205D/6120010000000001.",
        "OU = Regione Esempio",
        "GN = Anna, SN = Provetti",
        "X509v3 Key Usage: critical\n                Digital Signature\n",
        "TLS Web Client Authentication",
        "Policy: 1.3.76.16.2.1",
        "italian National Service Card (CNS)",
        "URI:http://crl.example/regione-esempio.crl",
        "Public-Key: (2048 bit)",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn openssl_and_nss_import_a_card_with_its_password_only() {
    let card = MADE.cards.find("luca").unwrap();
    let open = |password: &str| {
        let mut command = Command::new("openssl");
        command.args(["pkcs12", "-noenc", "-info", "-passin"]);
        command.arg(format!("pass:{password}")).arg("-in");
        command.arg(&card.file).output().unwrap()
    };
    let opened = open(PIN);
    let said = text(&opened);
    assert!(opened.status.success(), "{said}");
    assert!(
        said.contains("friendlyName: Luca Inventi (prova)"),
        "{said}"
    );
    assert_eq!(said.matches("BEGIN CERTIFICATE").count(), 2);
    assert!(said.contains(card.key.to_pem().lines().nth(1).unwrap()));
    assert!(!open("12345679").status.success());

    let folder = TempDir::new().unwrap();
    let database = format!("sql:{}", folder.path().display());
    run(Command::new("certutil").args(["-N", "--empty-password", "-d", &database]));
    run(Command::new("pk12util")
        .args(["-d", &database, "-W", PIN, "-i"])
        .arg(&card.file));
    let keys = text(&run(Command::new("certutil").args(["-K", "-d", &database])));
    assert!(keys.contains("Luca Inventi (prova)"), "{keys}");
}

#[test]
fn a_second_start_finds_the_cards_of_the_first_and_makes_newer_lists() {
    let place = TempDir::new().unwrap();
    let first = open(&place);
    let later = SystemClock.now() + chrono::Duration::days(40);
    let folder = DataFolder::open(place.path()).unwrap();
    let list = || std::fs::read(place.path().join("cns/crl/regione-prova.crl")).unwrap();
    let before = list();
    let again = Cards::open(&folder, &SystemRandom, later).unwrap();
    for (first, again) in first.iter().zip(again.iter()) {
        assert_eq!(first.certificate, again.certificate);
        assert_eq!(first.key.pkcs8(), again.key.pkcs8());
    }
    assert_ne!(before, list());
}

#[test]
fn every_card_is_a_token_for_who_knows_its_pin() {
    let tokens = &MADE.tokens;
    let _reader = READER.lock();
    let list = |pin: &str| {
        let output = Command::new("pkcs11-tool")
            .env("SOFTHSM2_CONF", &tokens.configuration)
            .arg("--module")
            .arg(&tokens.module)
            .args(["--token-label", "anna-revocata", "--login", "--pin", pin])
            .arg("--list-objects")
            .output()
            .unwrap();
        text(&output)
    };
    let listed = list(PIN);
    assert!(listed.contains("Private Key Object; RSA"), "{listed}");
    assert!(listed.contains("PRVNNA85C55F205D"), "{listed}");
    assert!(list("00000000").contains("CKR_PIN_INCORRECT"));
    // Made once.
    let made = || {
        std::fs::metadata(MADE.path("tokens/objects"))
            .unwrap()
            .modified()
            .unwrap()
    };
    let before = made();
    assert_eq!(MADE.cards.tokens().unwrap().as_ref(), Some(tokens));
    assert_eq!(before, made());
}

#[test]
fn an_old_card_knows_no_pss() {
    let tokens = &MADE.tokens;
    let _reader = READER.lock();
    let mechanisms = |configuration: &PathBuf| {
        let output = run(Command::new("pkcs11-tool")
            .env("SOFTHSM2_CONF", configuration)
            .arg("--module")
            .arg(&tokens.module)
            .args(["--token-label", "anna", "--list-mechanisms"]));
        text(&output)
    };
    assert!(mechanisms(&tokens.configuration).contains("RSA-PKCS-PSS"));
    let old = mechanisms(&tokens.old_configuration);
    assert!(!old.contains("PSS") && !old.contains("RSA-X-509"), "{old}");
    assert!(old.contains("SHA256-RSA-PKCS"), "{old}");
}
