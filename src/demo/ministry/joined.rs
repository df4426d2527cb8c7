//! The gateway as a member of the test federation: `[federation]` and `[cie.openid]` of its configuration, and the files
//! that they name.

use super::{Ministry, RELYING_PARTY};
use crate::config::{FolderError, KeyFolder};
use crate::crypto::KeyKind;
use crate::demo::DemoError;
use crate::demo::ca::CA_FILE;
use crate::demo::folder::DataFolder;
use crate::identity::Timestamp;

const KEYS: &str = "federation";
const ANCHOR_KEYS: &str = "federation-anchor.jwks";
const MARKS: &str = "federation.marks";

/// Writes the anchor's pinned keys, the trust mark that the gateway was given and, at the first start, the gateway's own keys;
/// gives the sections that name them.
pub(in crate::demo) fn configuration(
    ministry: &Ministry,
    gateway: &str,
    folder: &DataFolder,
    now: Timestamp,
) -> Result<String, DemoError> {
    match KeyFolder::make(&folder.path(KEYS), KeyKind::P256) {
        Ok(_) | Err(FolderError::Exists) => {}
        Err(error) => return Err(error.into()),
    }
    folder.write(ANCHOR_KEYS, ministry.anchor_keys().to_string())?;
    let mark = ministry.trust_mark(gateway, RELYING_PARTY, now);
    folder.write(MARKS, mark.sign(&ministry.anchor_signer)?)?;
    let Ministry {
        anchor, provider, ..
    } = ministry;
    Ok(format!(
        r#"
[federation]
keys = "{KEYS}"
authority_hints = ["{anchor}"]
contacts = ["protocollo@pec.istituto.example"]
policy = "https://istituto.example/privacy"
logo = "https://istituto.example/logo.svg"
trust_marks = "{MARKS}"
ca = "{CA_FILE}"
networks = ["127.0.0.0/8"]

[[federation.trust_anchor]]
entity_id = "{anchor}"
keys = "{ANCHOR_KEYS}"

[cie.openid]
provider = "{provider}"
"#
    ))
}
