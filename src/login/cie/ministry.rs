//! The one identity provider, by its pinned metadata. Nobody signs them whose key could be known beforehand: they are
//! brought over TLS once, looked at, and held to their digest from then on. Another file is another Ministry until somebody
//! has looked at it.

use std::fmt;

use crate::crypto::encoding::hex;
use crate::crypto::sha256;
use crate::identity::Timestamp;
use crate::protocol::saml::binding::Binding;
use crate::protocol::saml::provider_metadata::{
    IdentityProviderMetadata, MetadataRefusal, read_metadata,
};

/// The SHA-256 digest of a metadata file, byte for byte: what `sha256sum` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of a file's content.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha256(bytes))
    }

    /// Reads 64 hexadecimal digits, in pairs with a colon between them or without; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: Vec<u32> = match text.contains(':') {
            true => {
                let pairs: Vec<&str> = text.split(':').collect();
                let whole = pairs.iter().all(|pair| pair.len() == 2);
                whole.then(|| pairs.concat())?
            }
            false => text.to_owned(),
        }
        .chars()
        .map(|digit| digit.to_digit(16))
        .collect::<Option<_>>()?;
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let value = pair.iter().fold(0, |value, digit| value << 4 | digit);
            *byte = u8::try_from(value).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// Why metadata are not taken for the Ministry's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MinistryRefusal {
    /// They are not the file that was pinned.
    #[error(
        "the metadata are not the ones that `fingerprint` names: their SHA-256 digest is {found}. If the Ministry has \
         announced new ones, compare them and pin the new digest"
    )]
    Changed {
        /// The digest of this file.
        found: Fingerprint,
    },
    /// They cannot be read, or describe no provider that can be used.
    #[error(transparent)]
    Metadata(#[from] MetadataRefusal),
    /// They describe several.
    #[error("the file describes several entities; the Ministry's describes one")]
    Several,
    /// They say no address for the end of a session.
    #[error("the provider has no address for logout by HTTP-Redirect")]
    NoLogout,
}

/// The Ministry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ministry {
    metadata: IdentityProviderMetadata,
    fingerprint: Fingerprint,
}

impl Ministry {
    /// Reads metadata whose digest is one of `pinned`: several while the Ministry replaces a key.
    ///
    /// # Errors
    /// [`MinistryRefusal`] when they are not those, or describe anything but one identity provider.
    pub fn read(
        bytes: &[u8],
        pinned: &[Fingerprint],
        now: Timestamp,
    ) -> Result<Self, MinistryRefusal> {
        let found = Fingerprint::of(bytes);
        if !pinned.contains(&found) {
            return Err(MinistryRefusal::Changed { found });
        }
        Self::look_at(bytes, now)
    }

    /// Reads metadata whatever their digest: to show what they say, never to believe it.
    ///
    /// # Errors
    /// [`MinistryRefusal`] when they describe anything but one identity provider.
    pub fn look_at(bytes: &[u8], now: Timestamp) -> Result<Self, MinistryRefusal> {
        let mut file = read_metadata(bytes, None, now)?;
        if let Some((_, refusal)) = file.refused.pop() {
            return Err(refusal.into());
        }
        let metadata = file
            .providers
            .pop()
            .ok_or(MinistryRefusal::Metadata(MetadataRefusal::NotAProvider))?;
        if !file.providers.is_empty() {
            return Err(MinistryRefusal::Several);
        }
        if metadata.slo(Binding::Redirect).is_none() {
            return Err(MinistryRefusal::NoLogout);
        }
        Ok(Self {
            metadata,
            fingerprint: Fingerprint::of(bytes),
        })
    }

    /// Its metadata.
    #[must_use]
    pub fn metadata(&self) -> &IdentityProviderMetadata {
        &self.metadata
    }

    /// Its entity id.
    #[must_use]
    pub fn entity_id(&self) -> &str {
        &self.metadata.entity_id
    }

    /// The digest of the file that they came from.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }
}

#[cfg(test)]
mod tests;
