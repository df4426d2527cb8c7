//! Randomness as an argument.

use super::encoding::{base64url, hex};

/// Where unguessable bytes come from.
pub trait Random: Send + Sync {
    /// Fills the buffer with bytes from a cryptographically secure source.
    fn fill(&self, out: &mut [u8]);
}

impl dyn Random + '_ {
    /// A secret of 256 bits as 43 characters that are safe in URLs, cookies and forms.
    #[must_use]
    pub fn token(&self) -> String {
        let mut bytes = [0; 32];
        self.fill(&mut bytes);
        base64url(&bytes)
    }

    /// An XML id of 160 bits: an NCName that starts with `_` (SAML 2.0 core, 1.3.4).
    #[must_use]
    pub fn xml_id(&self) -> String {
        let mut bytes = [0; 20];
        self.fill(&mut bytes);
        format!("_{}", hex(&bytes))
    }
}

/// The operating system's generator, by way of aws-lc.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(
        clippy::disallowed_methods,
        clippy::expect_used,
        reason = "the one place that asks the system; without randomness nothing safe can go on"
    )]
    fn fill(&self, out: &mut [u8]) {
        aws_lc_rs::rand::fill(out).expect("the system's random generator answers");
    }
}
