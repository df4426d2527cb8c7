//! The folder with our keys in a federation: for each use the private keys that are kept, named by their thumbprints, and
//! `rotation.json`, which says how far each has come from one to the next.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::crypto::{DecryptionKey, KeyKind, PublicKey, Signer, SigningKey};
use crate::login::openid::entity::{EntityKeys, KeyUse, Rotation};
use crate::protocol::jose::{
    EncryptionJwk, JweKey, Jwk, JwkError, JwkSet, JwsAlgorithm, JwtSigner, KeyManagement,
    thumbprint,
};

/// The file that a step of a rotation changes last of all it adds, and before it takes anything away.
pub(super) const STATE: &str = "rotation.json";

/// Why the folder cannot be used or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// There is none.
    #[error("there are no keys here; `varco keys federation new` makes them")]
    Missing,
    /// There is one already.
    #[error("there are keys here already")]
    Exists,
    /// A file cannot be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// `rotation.json` is not what we wrote.
    #[error("`{STATE}` cannot be read")]
    State,
    /// A file is not the key that it is named after.
    #[error("{}: is not the private key that it is named after", .0.display())]
    Key(PathBuf),
    /// A key is of a kind that its use does not allow.
    #[error("{}: {error}", path.display())]
    Unfit {
        /// Which.
        path: PathBuf,
        /// Why.
        error: JwkError,
    },
    /// Two uses have one key, or there is none.
    #[error("the keys are no set: {0}")]
    Set(#[from] JwkError),
}

/// The folder, as it was read.
#[derive(Debug, Clone)]
pub struct KeyFolder {
    path: PathBuf,
    rotations: BTreeMap<KeyUse, Rotation>,
}

impl KeyFolder {
    /// Makes the folder with a first key for each use.
    ///
    /// # Errors
    /// [`FolderError`] when there is one already, or it cannot be made.
    pub fn make(path: &Path, kind: KeyKind) -> Result<Self, FolderError> {
        if path.join(STATE).exists() {
            return Err(FolderError::Exists);
        }
        fs::create_dir_all(path).map_err(|error| failed(path, error))?;
        let mut folder = Self {
            path: path.to_owned(),
            rotations: BTreeMap::new(),
        };
        for key_use in KeyUse::ALL {
            let kid = folder.new_key(key_use, kind)?;
            folder.rotations.insert(key_use, Rotation::first(kid));
        }
        folder.save()?;
        Ok(folder)
    }

    /// Reads how far the rotations have come.
    ///
    /// # Errors
    /// [`FolderError`] when there is no folder with keys for every use.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let state = path.join(STATE);
        let text = match fs::read_to_string(&state) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(FolderError::Missing);
            }
            text => text.map_err(|error| failed(&state, error))?,
        };
        let rotations: BTreeMap<KeyUse, Rotation> =
            serde_json::from_str(&text).map_err(|_| FolderError::State)?;
        if rotations.len() != KeyUse::ALL.len() {
            return Err(FolderError::State);
        }
        Ok(Self {
            path: path.to_owned(),
            rotations,
        })
    }

    /// How far a use has come.
    ///
    /// # Errors
    /// [`FolderError::State`] never in fact: what was read has every use.
    pub fn rotation(&mut self, key_use: KeyUse) -> Result<&mut Rotation, FolderError> {
        self.rotations.get_mut(&key_use).ok_or(FolderError::State)
    }

    /// Makes another key for a use, of the kind of the one that is used; it is kept, and nothing more. Gives its name.
    ///
    /// # Errors
    /// [`FolderError`] when it cannot be kept.
    pub fn another_key(&mut self, key_use: KeyUse) -> Result<String, FolderError> {
        let current = self.rotation(key_use)?.current().to_owned();
        let kind = self.key(key_use, &current)?.public_key().kind();
        self.new_key(key_use, kind)
    }

    fn new_key(&self, key_use: KeyUse, kind: KeyKind) -> Result<String, FolderError> {
        let unmade = |error: crate::crypto::KeyError| {
            failed(&self.path, io::Error::other(error.to_string()))
        };
        let key = SigningKey::generate(kind).map_err(unmade)?;
        let kid = thumbprint(key.public_key());
        let path = self.file(key_use, &kid);
        write_private(&path, key.to_pem().as_bytes()).map_err(|error| failed(&path, error))?;
        Ok(kid)
    }

    /// Takes away a private key that nothing needs any more.
    ///
    /// # Errors
    /// [`FolderError::File`] when it cannot be.
    pub fn remove_key(&self, key_use: KeyUse, kid: &str) -> Result<(), FolderError> {
        let path = self.file(key_use, kid);
        fs::remove_file(&path).map_err(|error| failed(&path, error))
    }

    /// Writes down how far the rotations have come, whole or not at all.
    ///
    /// # Errors
    /// [`FolderError::File`] when that fails: then the old state is still there.
    pub fn save(&self) -> Result<(), FolderError> {
        let path = self.path.join(STATE);
        let next = self.path.join("rotation.json.next");
        let text = serde_json::to_string_pretty(&self.rotations).map_err(|_| FolderError::State)?;
        let written = fs::write(&next, text + "\n")
            .and_then(|()| fs::File::open(&next)?.sync_all())
            .and_then(|()| fs::rename(&next, &path));
        written.map_err(|error| failed(&path, error))
    }

    /// The public half of a key that is kept.
    ///
    /// # Errors
    /// [`FolderError`] when its file cannot be used.
    pub fn public_key(&self, key_use: KeyUse, kid: &str) -> Result<PublicKey, FolderError> {
        Ok(self.key(key_use, kid)?.public_key().clone())
    }

    /// The keys as they are used and published. An encryption key on a curve is published for ECDH, whatever is asked for RSA.
    ///
    /// # Errors
    /// [`FolderError`] when a file cannot be used.
    pub fn keys(&self, management: KeyManagement) -> Result<EntityKeys, FolderError> {
        let (federation, federation_keys) = self.signers(KeyUse::Federation)?;
        let (signer, signing_keys) = self.signers(KeyUse::Signing)?;
        let (mut decryption, mut encryption_keys) = (Vec::new(), Vec::new());
        for kid in self.kept(KeyUse::Encryption) {
            let path = self.file(KeyUse::Encryption, kid);
            let key = self.key(KeyUse::Encryption, kid)?;
            let fits = management.fits(key.public_key().kind());
            let management = if fits {
                management
            } else {
                KeyManagement::EcdhEsA256Kw
            };
            let jwk = EncryptionJwk::new(key.public_key().clone(), management)
                .map_err(|error| unfit(&path, error))?;
            let key = DecryptionKey::from_pkcs8(key.pkcs8()).map_err(|_| FolderError::Key(path))?;
            encryption_keys.push(jwk);
            decryption.push(JweKey::new(Arc::new(key)));
        }
        Ok(EntityKeys {
            federation,
            federation_set: JwkSet::new(federation_keys)?,
            signer,
            decryption,
            core_set: JwkSet::with_encryption(signing_keys, encryption_keys)?,
        })
    }

    /// The signer of a use, and the keys for signatures that are published.
    fn signers(&self, key_use: KeyUse) -> Result<(JwtSigner, Vec<Jwk>), FolderError> {
        let mut signers = Vec::new();
        for kid in self.kept(key_use) {
            let path = self.file(key_use, kid);
            let key = self.key(key_use, kid)?;
            let algorithm = JwsAlgorithm::usual(key.public_key().kind());
            if !JwsAlgorithm::ITALIAN.contains(&algorithm) {
                return Err(unfit(&path, JwkError::Algorithm));
            }
            let signer = JwtSigner::new(Arc::new(key) as Arc<dyn Signer>, algorithm);
            signers.push(signer.map_err(|error| unfit(&path, error))?);
        }
        let published = signers.iter().map(|signer| signer.jwk().clone()).collect();
        // The one that is used comes first.
        let first = signers.into_iter().next().ok_or(FolderError::State)?;
        Ok((first, published))
    }

    /// The keys of a use that are published and kept, the one that is used first.
    #[must_use]
    pub fn kept(&self, key_use: KeyUse) -> Vec<&str> {
        let rotation = self.rotations.get(&key_use);
        rotation.map(Rotation::kept).unwrap_or_default()
    }

    fn key(&self, key_use: KeyUse, kid: &str) -> Result<SigningKey, FolderError> {
        let path = self.file(key_use, kid);
        let pem = Zeroizing::new(fs::read(&path).map_err(|error| failed(&path, error))?);
        SigningKey::from_pem(&pem)
            .ok()
            .filter(|key| thumbprint(key.public_key()) == kid)
            .ok_or(FolderError::Key(path))
    }

    fn file(&self, key_use: KeyUse, kid: &str) -> PathBuf {
        self.path.join(format!("{}.{kid}.pem", key_use.name()))
    }
}

fn failed(path: &Path, error: io::Error) -> FolderError {
    FolderError::File {
        path: path.to_owned(),
        error,
    }
}

fn unfit(path: &Path, error: JwkError) -> FolderError {
    FolderError::Unfit {
        path: path.to_owned(),
        error,
    }
}

/// Writes a new file that its owner alone can read.
fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}
