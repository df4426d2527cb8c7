//! Authorities on their way into a set: those that can be trusted, and why the others cannot.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::folder::{FolderError, refuse_if_open_to_all};
use super::{Anchor, naming};
use crate::crypto::certificate::all_from_pem;
use crate::identity::CardKind;
use crate::protocol::trusted_list::{
    IDENTITY_VERIFICATION, ListRefusal, ListedService, RECOGNISED_NATIONALLY, TrustedList,
};
use crate::protocol::x509::{Certificate, CertificateRefusal, Oid};

/// The longest PEM file that is read, in bytes: all of the list of 2026 has 725 kB.
const MAX_FILE: u64 = 4 * 1024 * 1024;
/// More files than any folder of authorities has.
const MAX_FILES: usize = 2_000;

/// What the configuration says of an authority, against its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Override {
    /// The kind of its cards.
    pub kind: Option<CardKind>,
    /// Whether its cards are Lombardy's.
    pub lombardy: Option<bool>,
}

/// The overrides of an installation, by the authority's [`IssuerId`](crate::protocol::x509::IssuerId) in hexadecimal.
pub type Overrides = HashMap<String, Override>;

/// Why an authority of a list or file is not trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAnAnchor {
    /// The list holds no certificate of it that can be decoded.
    #[error(transparent)]
    Listed(#[from] ListRefusal),
    /// The list has no certificate of it.
    #[error("the list has no certificate of it")]
    NoCertificate,
    /// Its certificate is refused.
    #[error(transparent)]
    Certificate(#[from] CertificateRefusal),
    /// Its certificate is no authority's, or may not sign others (RFC 5280, 4.2.1.3 and 4.2.1.9).
    #[error("its certificate is not one of an authority that may issue others")]
    NotAnAuthority,
    /// Constraints that nobody here follows.
    #[error("its certificate constrains names or policies, which nobody here follows")]
    Constrained,
    /// Its certificate has expired.
    #[error("it expired on {}", .0.format("%Y-%m-%d"))]
    Expired(DateTime<Utc>),
    /// Its certificate is not valid yet.
    #[error("it is not valid before {}", .0.format("%Y-%m-%d"))]
    NotYet(DateTime<Utc>),
}

/// An authority that is not trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// What its publisher calls it, or the file and the place in it.
    pub name: String,
    /// Why.
    pub reason: NotAnAnchor,
}

/// What was found in lists and files.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// Who can be trusted at this moment.
    pub anchors: Vec<Anchor>,
    /// Who cannot, and why.
    pub passed_over: Vec<PassedOver>,
}

impl Gathered {
    /// Takes the authorities of cards out of a list: services of the kind `IdV` that are recognised at national level now (rules
    /// on CNS, 1.4). What a service was before is not in a [`TrustedList`].
    #[must_use]
    pub fn from_trusted_list(
        list: &TrustedList<'_>,
        overrides: &Overrides,
        now: DateTime<Utc>,
    ) -> Self {
        let mut gathered = Self::default();
        let recognised = list.services.iter().filter(|service| {
            service.kind == IDENTITY_VERIFICATION
                && service.status == RECOGNISED_NATIONALLY
                && service.since <= now
        });
        for service in recognised {
            gathered.service(service, overrides, now);
        }
        gathered
    }

    /// Takes the authorities out of the `.pem`, `.crt` and `.cer` files of a folder, in the order of their names. Each file has
    /// one certificate or several, in PEM.
    ///
    /// # Errors
    /// [`FolderError`] for every file that cannot be read, or for the folder.
    pub fn from_pem_folder(
        folder: &Path,
        overrides: &Overrides,
        now: DateTime<Utc>,
    ) -> Result<Self, Vec<FolderError>> {
        refuse_if_open_to_all(folder).map_err(|error| vec![error])?;
        let files = pem_files(folder).map_err(|error| vec![error])?;
        let mut gathered = Self::default();
        let mut errors = Vec::new();
        for path in files {
            match certificates_of(&path) {
                Ok(all) => {
                    for (number, der) in all.iter().enumerate() {
                        let name = format!("{}, certificate {}", path.display(), number + 1);
                        gathered.certificate(der, overrides, now, &name, None);
                    }
                }
                Err(error) => errors.push(error),
            }
        }
        if errors.is_empty() {
            Ok(gathered)
        } else {
            Err(errors)
        }
    }

    /// Adds what another source gave.
    pub fn extend(&mut self, other: Self) {
        self.anchors.extend(other.anchors);
        self.passed_over.extend(other.passed_over);
    }

    fn service(&mut self, service: &ListedService<'_>, overrides: &Overrides, now: DateTime<Utc>) {
        let certificates = match service.certificates() {
            Ok(certificates) if certificates.is_empty() => Err(NotAnAnchor::NoCertificate),
            Ok(certificates) => Ok(certificates),
            Err(refusal) => Err(refusal.into()),
        };
        match certificates {
            Ok(certificates) => {
                for der in certificates {
                    self.certificate(&der, overrides, now, &service.name, Some(service));
                }
            }
            Err(reason) => self.pass_over(&service.name, reason),
        }
    }

    fn certificate(
        &mut self,
        der: &[u8],
        overrides: &Overrides,
        now: DateTime<Utc>,
        name: &str,
        service: Option<&ListedService<'_>>,
    ) {
        let certificate = match authority(der, now) {
            Ok(certificate) => certificate,
            Err(reason) => return self.pass_over(name, reason),
        };
        let subject = certificate.subject();
        let (kind, lombardy) = (naming::kind(subject), naming::is_lombardy(subject));
        let (provider, service) = match service {
            Some(service) => (service.provider.to_string(), service.name.to_string()),
            None => {
                let provider = subject.first(&Oid::ORGANIZATION).unwrap_or_default();
                (provider.to_owned(), subject.display().to_owned())
            }
        };
        let mut anchor = Anchor::new(certificate, provider, service, kind, lombardy);
        if let Some(told) = overrides.get(&anchor.id.hex()) {
            anchor.kind = told.kind.unwrap_or(anchor.kind);
            anchor.lombardy = told.lombardy.unwrap_or(anchor.lombardy);
        }
        self.anchors.push(anchor);
    }

    fn pass_over(&mut self, name: &str, reason: NotAnAnchor) {
        self.passed_over.push(PassedOver {
            name: name.to_owned(),
            reason,
        });
    }
}

/// A certificate that can be an anchor now (rules on CNS, 1.6, step 3).
fn authority(der: &[u8], now: DateTime<Utc>) -> Result<Certificate, NotAnAnchor> {
    let certificate = Certificate::parse(der)?;
    if !certificate.may_issue() {
        return Err(NotAnAnchor::NotAnAuthority);
    }
    if certificate.constrains_paths() {
        return Err(NotAnAnchor::Constrained);
    }
    if certificate.is_valid_at(now) {
        Ok(certificate)
    } else if now < certificate.not_before() {
        Err(NotAnAnchor::NotYet(certificate.not_before()))
    } else {
        Err(NotAnAnchor::Expired(certificate.not_after()))
    }
}

fn pem_files(folder: &Path) -> Result<Vec<PathBuf>, FolderError> {
    let entries = fs::read_dir(folder).map_err(FolderError::io(folder))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(FolderError::io(folder))?.path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        if matches!(ending, Some("pem" | "crt" | "cer")) {
            files.push(path);
        }
        if files.len() > MAX_FILES {
            return Err(FolderError::new(folder, "has too many files"));
        }
    }
    if files.is_empty() {
        return Err(FolderError::new(
            folder,
            "has no `.pem`, `.crt` or `.cer` file",
        ));
    }
    files.sort();
    Ok(files)
}

fn certificates_of(path: &Path) -> Result<Vec<Vec<u8>>, FolderError> {
    let length = fs::metadata(path).map_err(FolderError::io(path))?.len();
    if length > MAX_FILE {
        return Err(FolderError::new(
            path,
            "is too large for a file of certificates",
        ));
    }
    let pem = fs::read(path).map_err(FolderError::io(path))?;
    all_from_pem(&pem).ok_or_else(|| FolderError::new(path, "is not certificates in PEM"))
}
