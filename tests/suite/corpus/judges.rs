//! The judges: our own verdict, and those of three implementations that share no code with it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

use bergshamra::{DsigContext, KeysManager, VerifyResult};
use samael::crypto::{
    AllowedSignatureAlgorithm, CertificateDer, CryptoProvider as _, ReduceMode, XmlSec,
};
use varco::protocol::saml::response::{Answer, Response, ResponseForm};
use varco::protocol::xml::{Document, Limits};

use super::message::{ASSERTION, PROTOCOL};
use super::signing::TestKey;

/// What Varco says: the person that the message proves, or the reason of the refusal.
pub fn varco(text: &[u8], key: &TestKey) -> Result<String, String> {
    varco_by(ResponseForm::SPID, text, key)
}

/// The same by a federation's form.
pub fn varco_by(form: ResponseForm, text: &[u8], key: &TestKey) -> Result<String, String> {
    let document = Document::from_bytes(text, &Limits::MESSAGE)
        .map_err(|refusal| refusal.code().to_owned())?;
    let response = Response::read(&document, form).map_err(|refusal| refusal.code())?;
    match response
        .open(&[key.public()])
        .map_err(|refusal| refusal.code())?
    {
        Answer::Asserted(assertion) => Ok(assertion.content().subject.name_id.clone().into_owned()),
        Answer::Encrypted(_) => Err("encrypted".to_owned()),
        Answer::Failed(_) => Err("failed".to_owned()),
    }
}

/// The verdicts of the others: whether every signature of the message verifies with the key, and there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdicts {
    pub xmlsec1: bool,
    pub samael: bool,
    pub bergshamra: bool,
}

/// One message to judge.
pub struct Exhibit<'a> {
    pub text: &'a [u8],
    pub key: &'a TestKey,
}

/// The folder through which the judges in other processes get messages and certificates.
struct Desk(tempfile::TempDir);

impl Desk {
    fn message(folder: &Path, number: usize) -> PathBuf {
        folder.join(format!("{number}.xml"))
    }

    fn certificate(folder: &Path, key: &str) -> PathBuf {
        folder.join(format!("{key}.der"))
    }

    fn laid(exhibits: &[Exhibit<'_>]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut list = String::new();
        for (number, exhibit) in exhibits.iter().enumerate() {
            fs::write(Self::message(folder.path(), number), exhibit.text).unwrap();
            let certificate = Self::certificate(folder.path(), exhibit.key.name);
            fs::write(certificate, &exhibit.key.certificate).unwrap();
            let _ = writeln!(list, "{}", exhibit.key.name);
        }
        fs::write(folder.path().join("list"), list).unwrap();
        Self(folder)
    }
}

/// Judges many messages, on all processors.
pub fn judge(exhibits: &[Exhibit<'_>]) -> Vec<Verdicts> {
    let desk = Desk::laid(exhibits);
    let next = Mutex::new(0..exhibits.len());
    let by_program = Mutex::new(vec![false; exhibits.len()]);
    let (mut by_samael, mut by_bergshamra) = (Vec::new(), Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let taken = next.lock().unwrap().next();
                    let Some(at) = taken else { break };
                    let verdict = xmlsec1(&exhibits[at], at, desk.0.path());
                    by_program.lock().unwrap()[at] = verdict;
                }
            });
        }
        by_samael = samael(desk.0.path());
        by_bergshamra = exhibits.iter().map(bergshamra).collect();
    });
    assert_eq!(by_samael.len(), exhibits.len());
    by_program
        .into_inner()
        .unwrap()
        .into_iter()
        .zip(by_samael)
        .zip(by_bergshamra)
        .map(|((xmlsec1, samael), bergshamra)| Verdicts {
            xmlsec1,
            samael,
            bergshamra,
        })
        .collect()
}

/// The program verifies one signature at a time, so each is asked for by its number. Keys come from the certificate
/// file alone.
fn xmlsec1(exhibit: &Exhibit<'_>, number: usize, folder: &Path) -> bool {
    let verifies = |nth: usize| {
        Command::new("xmlsec1")
            .arg("--verify")
            .args(["--enabled-key-data", "key-name"])
            .arg("--pubkey-cert-der")
            .arg(Desk::certificate(folder, exhibit.key.name))
            .args(["--id-attr:ID", &format!("{PROTOCOL}:Response")])
            .args(["--id-attr:ID", &format!("{ASSERTION}:Assertion")])
            .arg("--node-xpath")
            .arg(format!(
                "(//*[local-name()='Signature' and namespace-uri()='http://www.w3.org/2000/09/xmldsig#'])[{nth}]"
            ))
            .arg(Desk::message(folder, number))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("xmlsec1 is installed")
            .success()
    };
    // Without NUL, UTF-16 reads well enough to count in.
    let text: Vec<u8> = exhibit
        .text
        .iter()
        .copied()
        .filter(|byte| *byte != 0)
        .collect();
    let signatures = String::from_utf8_lossy(&text)
        .split("</")
        .skip(1)
        .filter_map(|end| end.split(['>', ' ', '\n', '\r', '\t']).next())
        .filter(|name| name.rsplit(':').next() == Some("Signature"))
        .count();
    signatures > 0 && (1..=signatures).all(verifies)
}

const DESK: &str = "VARCO_TEST_SAMAEL_DESK";

/// samael rests on C libraries that write to standard error and may take the process with them, so it judges in one
/// of its own: this program again, running only [`samael_judges_in_its_own_process`].
fn samael(folder: &Path) -> Vec<bool> {
    let done = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact"])
        .arg("suite::corpus::judges::samael_judges_in_its_own_process")
        .env(DESK, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(done.success(), "samael's process failed");
    let verdicts = fs::read_to_string(folder.join("samael")).unwrap();
    verdicts.lines().map(|line| line == "true").collect()
}

#[test]
#[ignore = "the other half of `samael`, which runs it"]
fn samael_judges_in_its_own_process() {
    let folder =
        PathBuf::from(std::env::var_os(DESK).expect("`samael` says where the messages are"));
    let mut verdicts = String::new();
    let list = fs::read_to_string(folder.join("list")).unwrap();
    for (number, key) in list.lines().enumerate() {
        let text = fs::read(Desk::message(&folder, number)).unwrap();
        let certificate = fs::read(Desk::certificate(&folder, key)).unwrap();
        let verdict = String::from_utf8(text).is_ok_and(|text| {
            XmlSec::reduce_xml_to_signed_with_allowed_algorithms(
                &text,
                &[CertificateDer::from(certificate)],
                ReduceMode::ValidateAndMarkNoAncestors,
                Some(&[
                    AllowedSignatureAlgorithm::RsaSha256,
                    AllowedSignatureAlgorithm::RsaSha384,
                    AllowedSignatureAlgorithm::RsaSha512,
                    AllowedSignatureAlgorithm::EcdsaSha256,
                    AllowedSignatureAlgorithm::EcdsaSha384,
                ]),
            )
            .is_ok()
        });
        let _ = writeln!(verdicts, "{verdict}");
    }
    fs::write(folder.join("samael"), verdicts).unwrap();
}

pub fn bergshamra(exhibit: &Exhibit<'_>) -> bool {
    let Ok(text) = std::str::from_utf8(exhibit.text) else {
        return false;
    };
    let mut keys = KeysManager::new();
    keys.add_key(bergshamra::keys::loader::load_x509_cert_der(&exhibit.key.certificate).unwrap());
    // `ID` is one of the names that it knows by itself.
    bergshamra::verify_all(&DsigContext::new(keys), text)
        .is_ok_and(|results| results.iter().all(VerifyResult::is_valid))
}
