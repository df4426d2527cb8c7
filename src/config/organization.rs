//! `[organization]`: whose gateway it is, on its pages and in its metadata.

use serde::Deserialize;
use toml::Spanned;
use url::Url;

use super::reader::Reader;
use crate::protocol::saml::service_metadata::{Localized, Organization};

/// A text in the languages of pages and metadata.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// In Italian.
    pub it: String,
    /// In English.
    pub en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    name: Spanned<Texts>,
    display_name: Spanned<Texts>,
    site: Spanned<String>,
    support: Spanned<String>,
}

/// `[organization]`.
#[derive(Debug, Clone)]
pub struct OrganizationSection {
    /// The full name, byte for byte the `organizationName` of the SPID certificate in Italian (Avviso 29 v3).
    pub name: Texts,
    /// The name that people see.
    pub display_name: Texts,
    /// Its public site.
    pub site: Url,
    /// Where a person turns for help: an `https:`, `mailto:` or `tel:` address.
    pub support: Url,
}

impl OrganizationSection {
    /// The body as the metadata of service providers name it.
    #[must_use]
    pub fn for_metadata(&self) -> Organization {
        let site = self.site.as_str().trim_end_matches('/').to_owned();
        Organization {
            name: localized(&self.name),
            display_name: localized(&self.display_name),
            url: localized(&Texts {
                it: site.clone(),
                en: site,
            }),
        }
    }
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<OrganizationSection> {
    let raw: Raw = reader.required("organization")?;
    let mut complete = true;
    for (key, texts) in [("name", &raw.name), ("display_name", &raw.display_name)] {
        let Texts { it, en } = texts.get_ref();
        if it.trim().is_empty() || en.trim().is_empty() {
            reader.fault(texts.span(), format!("`{key}` is empty in a language"));
            complete = false;
        }
    }
    let site = url(reader, "site", &raw.site);
    let support = url(reader, "support", &raw.support);
    complete.then_some(())?;
    Some(OrganizationSection {
        name: raw.name.into_inner(),
        display_name: raw.display_name.into_inner(),
        site: site?,
        support: support?,
    })
}

fn url(reader: &mut Reader<'_>, key: &str, text: &Spanned<String>) -> Option<Url> {
    Url::parse(text.get_ref())
        .map_err(|error| reader.fault(text.span(), format!("`{key}` is not an address: {error}")))
        .ok()
}

fn localized(texts: &Texts) -> Vec<Localized> {
    [("it", &texts.it), ("en", &texts.en)]
        .into_iter()
        .map(|(language, text)| Localized {
            language: language.to_owned(),
            text: text.clone(),
        })
        .collect()
}
