//! `[spid]`: the SPID service provider and where it learns of its identity providers. `material` reads the files it names.

mod material;
mod remote;

use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use crate::config::remote::Remote;

use super::reader::Reader;
use super::relying_party::{OpenIdProvidersSection, RawSpid};
use crate::identity::{AssuranceLevel, RequiredAssurance};
use crate::protocol::saml::authn_request::Comparison;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    entity_id: Spanned<String>,
    #[serde(
        default = "substantial",
        deserialize_with = "AssuranceLevel::configured"
    )]
    minimum_level: AssuranceLevel,
    #[serde(default)]
    comparison: Comparison,
    key: PathBuf,
    certificate: PathBuf,
    #[serde(default)]
    also_published: Vec<PathBuf>,
    providers: Option<PathBuf>,
    metadata: Spanned<Vec<RawMetadata>>,
    contact: RawContact,
    openid: Option<RawSpid>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMetadata {
    path: PathBuf,
    signed_by: Option<PathBuf>,
    url: Option<Spanned<String>>,
    ca: Option<PathBuf>,
    #[serde(default)]
    networks: Vec<Spanned<String>>,
    #[serde(default)]
    danger_allow_http: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawContact {
    ipa_code: Spanned<String>,
    vat_number: Option<Spanned<String>>,
    fiscal_code: Option<Spanned<String>>,
    email: Spanned<String>,
    telephone: Option<Spanned<String>>,
}

fn substantial() -> AssuranceLevel {
    AssuranceLevel::Substantial
}

/// `[spid]`.
#[derive(Debug, Clone)]
pub struct SpidSection {
    /// The entity id; equal to the certificate's `uri` (Avviso 29 v3).
    pub entity_id: String,
    /// No login is asked for less; `substantial` (L2) unless told otherwise.
    pub minimum_level: RequiredAssurance,
    /// How the level is asked for: `minimum` unless told otherwise, or `exact`. A higher level is accepted in either case
    /// and a lower one in none.
    pub comparison: Comparison,
    /// The private key that signs, PEM.
    pub key: PathBuf,
    /// Its certificate, PEM.
    pub certificate: PathBuf,
    /// Certificates published beside it, PEM: the one before or the next, while a key is being replaced.
    pub also_published: Vec<PathBuf>,
    /// The list of providers with the level each reaches; the one that comes with Varco where none is named.
    pub providers: Option<PathBuf>,
    /// Where the providers' metadata are.
    pub metadata: Vec<MetadataSource>,
    /// The public body's contact.
    pub contact: ContactSection,
    /// `[spid.openid]`: providers in a federation.
    pub openid: Option<OpenIdProvidersSection>,
}

/// A file, or a folder of files, with identity providers' metadata.
#[derive(Debug, Clone)]
pub struct MetadataSource {
    /// The file or folder.
    pub path: PathBuf,
    /// The certificates, PEM, one of which must have signed each file as a whole; `None` trusts the files as they are.
    pub signed_by: Option<PathBuf>,
    /// Where `varco idp refresh` brings the file from.
    pub remote: Option<Remote>,
}

/// `[spid.contact]`: the contact of the metadata (Avviso 29 v3).
#[derive(Debug, Clone)]
pub struct ContactSection {
    /// The body's code in the public index (IPA).
    pub ipa_code: String,
    /// VAT number with its country, as in `IT02121151001`.
    pub vat_number: Option<String>,
    /// Fiscal code of the body.
    pub fiscal_code: Option<String>,
    /// An institutional address, not of a person.
    pub email: String,
    /// With `+39` and no spaces.
    pub telephone: Option<String>,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<SpidSection> {
    let raw: Raw = reader.required("spid")?;
    let mut valid = true;
    let mut check = |span: std::ops::Range<usize>, right: bool, message: &str| {
        if !right {
            reader.fault(span, message);
            valid = false;
        }
    };
    let entity = raw.entity_id.get_ref();
    check(
        raw.entity_id.span(),
        url::Url::parse(entity).is_ok_and(|url| url.host().is_some()),
        "`entity_id` is not an absolute address; it must equal the certificate's `uri`",
    );
    check(
        raw.metadata.span(),
        !raw.metadata.get_ref().is_empty(),
        "`metadata` names no file or folder: nobody could log in",
    );
    let contact = &raw.contact;
    check(
        contact.ipa_code.span(),
        is_code(contact.ipa_code.get_ref()),
        "`ipa_code` is the body's code in the index of public bodies, letters, digits and `_`",
    );
    check(
        contact.email.span(),
        contact
            .email
            .get_ref()
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.')),
        "`email` is not an e-mail address",
    );
    if let Some(vat_number) = &contact.vat_number {
        let text = vat_number.get_ref();
        check(
            vat_number.span(),
            text.len() > 4
                && text.bytes().take(2).all(|byte| byte.is_ascii_uppercase())
                && is_code(text),
            "`vat_number` begins with its country, as in `IT02121151001`",
        );
    }
    if let Some(fiscal_code) = &contact.fiscal_code {
        check(
            fiscal_code.span(),
            is_code(fiscal_code.get_ref()),
            "`fiscal_code` is the body's own, as in `80078750587`",
        );
    }
    if let Some(telephone) = &contact.telephone {
        let digits = telephone.get_ref().strip_prefix('+').unwrap_or_default();
        check(
            telephone.span(),
            digits.len() > 5 && digits.bytes().all(|byte| byte.is_ascii_digit()),
            "`telephone` is written `+39` and digits, without spaces",
        );
    }
    let sources = raw.metadata.into_inner().into_iter();
    let metadata: Vec<_> = sources
        .map(|source| remote::source(source, reader))
        .collect();
    let metadata: Vec<MetadataSource> = metadata.into_iter().collect::<Option<_>>()?;
    let openid = raw.openid.map(|raw| raw.read(reader));
    if matches!(openid, Some(None)) {
        return None;
    }
    valid.then_some(())?;
    Some(SpidSection {
        entity_id: raw.entity_id.into_inner(),
        minimum_level: RequiredAssurance(raw.minimum_level),
        comparison: raw.comparison,
        key: reader.path(raw.key),
        certificate: reader.path(raw.certificate),
        also_published: raw
            .also_published
            .into_iter()
            .map(|path| reader.path(path))
            .collect(),
        providers: raw.providers.map(|path| reader.path(path)),
        metadata,
        openid: openid.flatten(),
        contact: ContactSection {
            ipa_code: raw.contact.ipa_code.into_inner(),
            vat_number: raw.contact.vat_number.map(Spanned::into_inner),
            fiscal_code: raw.contact.fiscal_code.map(Spanned::into_inner),
            email: raw.contact.email.into_inner(),
            telephone: raw.contact.telephone.map(Spanned::into_inner),
        },
    })
}

fn is_code(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
