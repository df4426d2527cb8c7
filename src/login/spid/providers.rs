//! The identity providers: which there are, what each can reach, and what their metadata say.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::crypto::PublicKey;
use crate::identity::{AchievedAssurance, AssuranceLevel, RequiredAssurance, Timestamp};
use crate::protocol::saml::provider_metadata::{
    IdentityProviderMetadata, MetadataFile, MetadataRefusal, read_metadata,
};

/// The catalogue that comes with Varco: `idp-metadata/providers.toml`.
pub const DEFAULT_PROVIDERS: &str = include_str!("../../../idp-metadata/providers.toml");

/// The list of providers that must be shown, in the order of the published table. Metadata are brought apart.
#[derive(Debug, Clone, Default)]
pub struct ProviderCatalogue {
    entries: Vec<CatalogueEntry>,
}

#[derive(Debug, Clone)]
struct CatalogueEntry {
    name: String,
    entity_id: String,
    highest: AssuranceLevel,
    attribute_set: Option<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCatalogue {
    #[serde(default)]
    provider: Vec<RawEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    name: String,
    entity_id: String,
    highest_level: u8,
    attribute_set: Option<u16>,
}

/// Why a catalogue of providers is not one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// Not TOML, or with unknown or missing keys.
    #[error("the list of providers cannot be read: {0}")]
    Toml(#[from] toml::de::Error),
    /// `highest_level` is not 1, 2 or 3.
    #[error("provider {0}: highest_level must be 1, 2 or 3")]
    Level(String),
    /// Two entries have one entity id.
    #[error("provider {0} is listed twice")]
    Repeated(String),
}

impl ProviderCatalogue {
    /// Reads a catalogue and checks it whole.
    ///
    /// # Errors
    /// [`CatalogueError`] names the first entry that is wrong.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        let raw: RawCatalogue = toml::from_str(text)?;
        let mut entries: Vec<CatalogueEntry> = Vec::with_capacity(raw.provider.len());
        for entry in raw.provider {
            if entries
                .iter()
                .any(|known| known.entity_id == entry.entity_id)
            {
                return Err(CatalogueError::Repeated(entry.name));
            }
            let Some(highest) = AssuranceLevel::from_digit(entry.highest_level) else {
                return Err(CatalogueError::Level(entry.name));
            };
            entries.push(CatalogueEntry {
                name: entry.name,
                entity_id: entry.entity_id,
                highest,
                attribute_set: entry.attribute_set,
            });
        }
        Ok(Self { entries })
    }
}

/// One identity provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// The name on the page.
    pub name: String,
    /// Its entity id.
    pub entity_id: String,
    /// The highest level it can reach: none above it is asked of it, nor believed.
    pub highest: AssuranceLevel,
    /// The attribute set to ask it for, where it is not the usual one (the eIDAS node).
    pub attribute_set: Option<u16>,
    /// Its metadata; `None` for a provider that is known and has none, because it has left or they were not brought.
    pub metadata: Option<IdentityProviderMetadata>,
}

/// Why a provider is not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotOffered {
    /// It cannot reach the level.
    #[error("its highest level is {highest}")]
    LevelOutOfReach {
        /// The highest level it can reach.
        highest: AssuranceLevel,
    },
    /// There are no metadata of it.
    #[error("there are no metadata of it")]
    NoMetadata,
}

impl NotOffered {
    /// The reason code for logs, metrics and pages.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::LevelOutOfReach { .. } => "provider-level",
            Self::NoMetadata => "provider-without-metadata",
        }
    }
}

impl Provider {
    /// Its metadata, if it can serve a login of this level.
    ///
    /// # Errors
    /// [`NotOffered`] says why it cannot.
    pub fn for_level(
        &self,
        level: RequiredAssurance,
    ) -> Result<&IdentityProviderMetadata, NotOffered> {
        let metadata = self.metadata.as_ref().ok_or(NotOffered::NoMetadata)?;
        if !AchievedAssurance(self.highest).satisfies(level) {
            return Err(NotOffered::LevelOutOfReach {
                highest: self.highest,
            });
        }
        Ok(metadata)
    }
}

/// All identity providers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Providers(Vec<Provider>);

impl Providers {
    /// The catalogue's providers in its order, then those that only the metadata know, each with its metadata. The
    /// catalogue's name and level count where it has the provider; otherwise what the metadata say of it, and a provider
    /// that says nothing may be asked for any level.
    #[must_use]
    pub fn new(
        catalogue: ProviderCatalogue,
        metadata: impl IntoIterator<Item = IdentityProviderMetadata>,
    ) -> Self {
        let mut providers: Vec<Provider> = catalogue
            .entries
            .into_iter()
            .map(|entry| Provider {
                name: entry.name,
                entity_id: entry.entity_id,
                highest: entry.highest,
                attribute_set: entry.attribute_set,
                metadata: None,
            })
            .collect();
        for metadata in metadata {
            let known = providers
                .iter_mut()
                .find(|provider| provider.entity_id == metadata.entity_id);
            if let Some(provider) = known {
                provider.metadata = Some(metadata);
            } else {
                providers.push(Provider {
                    name: metadata
                        .display_name
                        .clone()
                        .unwrap_or_else(|| metadata.entity_id.clone()),
                    entity_id: metadata.entity_id.clone(),
                    highest: metadata
                        .highest_level
                        .and_then(AssuranceLevel::from_digit)
                        .unwrap_or(AssuranceLevel::High),
                    attribute_set: None,
                    metadata: Some(metadata),
                });
            }
        }
        Self(providers)
    }

    /// Every provider, those not offered included.
    #[must_use]
    pub fn all(&self) -> &[Provider] {
        &self.0
    }

    /// The provider of an entity id.
    #[must_use]
    pub fn find(&self, entity_id: &str) -> Option<&Provider> {
        self.0
            .iter()
            .find(|provider| provider.entity_id == entity_id)
    }

    /// The providers that serve a level, and those that do not with the reason.
    #[must_use]
    pub fn offered(
        &self,
        level: RequiredAssurance,
    ) -> (Vec<&Provider>, Vec<(&Provider, NotOffered)>) {
        let (mut offered, mut others) = (Vec::new(), Vec::new());
        for provider in &self.0 {
            match provider.for_level(level) {
                Ok(_) => offered.push(provider),
                Err(reason) => others.push((provider, reason)),
            }
        }
        (offered, others)
    }
}

/// Why a file of metadata is not used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataFileError {
    /// It cannot be opened.
    #[error("{}: {error}", path.display())]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It cannot be used.
    #[error("{}: {refusal}", path.display())]
    Refused {
        /// Which file.
        path: PathBuf,
        /// Why.
        refusal: MetadataRefusal,
    },
    /// One provider stands in two files: it would be unclear whose keys count.
    #[error("{}: {entity_id} is in another file already", path.display())]
    Repeated {
        /// The second file.
        path: PathBuf,
        /// The provider.
        entity_id: String,
    },
}

/// What a set of metadata files holds.
pub struct LoadedMetadata {
    /// The providers that can be used.
    pub providers: Vec<IdentityProviderMetadata>,
    /// Providers that cannot: file, entity id, why. The others are used all the same.
    pub refused: Vec<(PathBuf, String, MetadataRefusal)>,
}

impl fmt::Debug for LoadedMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadedMetadata")
            .field("providers", &self.providers.len())
            .field("refused", &self.refused)
            .finish()
    }
}

/// Reads metadata from files and folders (each `*.xml` in them, by name). Where `pinned` keys are given, every file's
/// outer signature must verify with one of them.
///
/// # Errors
/// Every [`MetadataFileError`] there is, not only the first.
pub fn load_metadata(
    paths: &[PathBuf],
    pinned: Option<&[PublicKey]>,
    now: Timestamp,
) -> Result<LoadedMetadata, Vec<MetadataFileError>> {
    let mut loaded = LoadedMetadata {
        providers: Vec::new(),
        refused: Vec::new(),
    };
    let mut errors = Vec::new();
    for path in paths {
        match files(path) {
            Ok(files) => {
                for file in files {
                    match read_file(&file, pinned, now) {
                        Ok(metadata) => loaded.take(file, metadata, &mut errors),
                        Err(error) => errors.push(error),
                    }
                }
            }
            Err(error) => errors.push(MetadataFileError::Io {
                path: path.clone(),
                error,
            }),
        }
    }
    if errors.is_empty() {
        Ok(loaded)
    } else {
        Err(errors)
    }
}

impl LoadedMetadata {
    fn take(&mut self, path: PathBuf, file: MetadataFile, errors: &mut Vec<MetadataFileError>) {
        for metadata in file.providers {
            let known = self
                .providers
                .iter()
                .any(|other| other.entity_id == metadata.entity_id);
            if known {
                errors.push(MetadataFileError::Repeated {
                    path: path.clone(),
                    entity_id: metadata.entity_id,
                });
            } else {
                self.providers.push(metadata);
            }
        }
        for (entity_id, refusal) in file.refused {
            self.refused.push((path.clone(), entity_id, refusal));
        }
    }
}

fn files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "xml") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

fn read_file(
    path: &Path,
    pinned: Option<&[PublicKey]>,
    now: Timestamp,
) -> Result<MetadataFile, MetadataFileError> {
    let bytes = std::fs::read(path).map_err(|error| MetadataFileError::Io {
        path: path.to_owned(),
        error,
    })?;
    read_metadata(&bytes, pinned, now).map_err(|refusal| MetadataFileError::Refused {
        path: path.to_owned(),
        refusal,
    })
}

#[cfg(test)]
mod tests;
