//! The cards as tokens of SoftHSM, for programs that speak PKCS #11: `curl`, `gnutls-cli`, `p11tool`.
//!
//! Made by the programs of SoftHSM and OpenSC, and left out where these are not installed. The same tokens are seen through
//! two configurations: one of a card of today, and one of an old card, whose middleware knows no RSA-PSS and no raw RSA
//! to make it of (rules/cns.md, finding 4).

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{HeldCard, PIN};
use crate::crypto::encoding::hex;
use crate::crypto::sha256;
use crate::demo::DemoError;
use crate::demo::folder::DataFolder;

/// Where distributions put SoftHSM's library.
const MODULES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];
/// What says that the tokens are whole, and of which cards.
const MADE: &str = "made";
/// SoftHSM passes over the first name after the minus sign.
const WITHOUT_PSS: &str = "slots.mechanisms = -NONE,CKM_RSA_X_509,CKM_RSA_PKCS_PSS,CKM_SHA1_RSA_PKCS_PSS,\
CKM_SHA224_RSA_PKCS_PSS,CKM_SHA256_RSA_PKCS_PSS,CKM_SHA384_RSA_PKCS_PSS,CKM_SHA512_RSA_PKCS_PSS\n";

/// Where the tokens are. Each has the name of its card ([`super::TestCard::slug`]) for label, its certificate and its key
/// too, and [`PIN`] for PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// SoftHSM's library.
    pub module: PathBuf,
    /// `SOFTHSM2_CONF` for cards of today.
    pub configuration: PathBuf,
    /// `SOFTHSM2_CONF` for the same as old cards.
    pub old_configuration: PathBuf,
}

/// Why there are no tokens.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// A file cannot be written.
    #[error(transparent)]
    File(#[from] Box<DemoError>),
    /// A program did not do what it was asked to.
    #[error("{program}: {said}")]
    Program {
        /// Which.
        program: &'static str,
        /// What it said.
        said: String,
    },
}

impl From<DemoError> for TokenError {
    fn from(error: DemoError) -> Self {
        Self::File(Box::new(error))
    }
}

impl Tokens {
    /// Finds the tokens of these cards in the folder, or makes them there.
    pub(super) fn open(
        folder: &DataFolder,
        cards: &[HeldCard],
    ) -> Result<Option<Self>, TokenError> {
        let Some(module) = MODULES.iter().map(Path::new).find(|path| path.exists()) else {
            return Ok(None);
        };
        if !["softhsm2-util", "pkcs11-tool"]
            .into_iter()
            .all(is_installed)
        {
            return Ok(None);
        }
        let folder = folder.folder("tokens")?;
        let tokens = Self {
            module: module.to_path_buf(),
            configuration: folder.path("softhsm2.conf"),
            old_configuration: folder.path("softhsm2-old.conf"),
        };
        let place = folder.path("objects");
        let place = std::path::absolute(&place).map_err(|error| DemoError::file(&place, error))?;
        let place = place.display();
        // The configurations name the place, so they are for these cards in this place.
        let cards_digests: Vec<u8> = cards
            .iter()
            .flat_map(|held| sha256(&held.certificate))
            .collect();
        let wanted = format!("{place} {}", hex(&sha256(&cards_digests)));
        if folder.read(MADE)?.as_deref() != Some(wanted.as_str()) {
            let objects = folder.empty_folder("objects")?;
            let common = format!(
                "directories.tokendir = {place}\nobjectstore.backend = file\nlog.level = ERROR\n"
            );
            folder.write("softhsm2.conf", &common)?;
            folder.write("softhsm2-old.conf", common + WITHOUT_PSS)?;
            for held in cards {
                tokens.add(&objects, held)?;
            }
            folder.write(MADE, &wanted)?;
        }
        Ok(Some(tokens))
    }

    /// Adds a card: an empty token, its key, its certificate.
    fn add(&self, folder: &DataFolder, held: &HeldCard) -> Result<(), TokenError> {
        let label = held.card.slug;
        self.softhsm(&["--init-token", "--free", "--label", label, "--so-pin", PIN])?;
        let key = "key.pem";
        folder.write(key, held.key.to_pem().as_bytes())?;
        let file = folder.path(key).display().to_string();
        self.softhsm(&[
            "--import", &file, "--token", label, "--label", label, "--id", "01",
        ])?;
        folder.remove(key)?;
        let certificate = "certificate.der";
        folder.write(certificate, &held.certificate)?;
        let output = Command::new("pkcs11-tool")
            .env("SOFTHSM2_CONF", &self.configuration)
            .arg("--module")
            .arg(&self.module)
            .args(["--token-label", label, "--login", "--pin", PIN])
            .arg("--write-object")
            .arg(folder.path(certificate))
            .args(["--type", "cert", "--label", label, "--id", "01"])
            .output();
        done("pkcs11-tool", output)?;
        folder.remove(certificate)?;
        Ok(())
    }

    fn softhsm(&self, arguments: &[&str]) -> Result<(), TokenError> {
        let output = Command::new("softhsm2-util")
            .env("SOFTHSM2_CONF", &self.configuration)
            .args(arguments)
            .args(["--pin", PIN])
            .output();
        done("softhsm2-util", output)
    }
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn done(program: &'static str, output: std::io::Result<Output>) -> Result<(), TokenError> {
    let said = match output {
        Ok(output) if output.status.success() => return Ok(()),
        Ok(output) => {
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
        }
        Err(error) => error.to_string(),
    };
    Err(TokenError::Program { program, said })
}
