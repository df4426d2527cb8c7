//! How `[cns.trust]` is written.

use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::{ListSection, TrustSection};
use crate::config::reader::Reader;
use crate::config::remote;
use crate::identity::CardKind;
use crate::login::cns::trust::{HintPolicy, ListFolder, Override, Overrides};

/// How much of a set may go at once without a person's approval, in percent.
const REMOVED_PERCENT: u8 = 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config::cns) struct Raw {
    list: Option<Spanned<PathBuf>>,
    #[serde(default)]
    signers: Vec<PathBuf>,
    territory: Option<Spanned<String>>,
    url: Option<Spanned<String>>,
    ca: Option<PathBuf>,
    #[serde(default)]
    networks: Vec<Spanned<String>>,
    #[serde(default)]
    danger_allow_http: bool,
    max_removed_percent: Option<Spanned<u8>>,
    #[serde(default)]
    pem: Vec<PathBuf>,
    #[serde(default)]
    hints: RawHints,
    #[serde(default)]
    issuer: Vec<RawIssuer>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RawHints {
    #[default]
    Names,
    None,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIssuer {
    id: Spanned<String>,
    kind: Option<Spanned<String>>,
    lombardy: Option<bool>,
}

pub(in crate::config::cns) fn read(
    reader: &mut Reader<'_>,
    raw: Spanned<Raw>,
) -> Option<TrustSection> {
    let whole = raw.span();
    let raw = raw.into_inner();
    if raw.list.is_none() && raw.pem.is_empty() {
        let message = "`[cns.trust]` needs `list`, the folder of the trusted list, or `pem`, folders of PEM files";
        reader.fault(whole, message);
        return None;
    }
    let percent = match raw.max_removed_percent {
        Some(percent) if *percent.get_ref() > 100 => {
            reader.fault(percent.span(), "`max_removed_percent` is 0 to 100");
            return None;
        }
        percent => percent.map_or(REMOVED_PERCENT, Spanned::into_inner),
    };
    let overrides = overrides(reader, raw.issuer);
    let remote = raw.url.as_ref().map(|url| {
        let server = remote::Raw {
            ca: raw.ca,
            networks: &raw.networks,
            danger_allow_http: raw.danger_allow_http,
        };
        remote::read(reader, url, server)
    });
    let remote = match remote {
        Some(remote) => Some(remote?),
        None => None,
    };
    let territory = territory(reader, raw.territory)?;
    let list = match raw.list {
        Some(list) if raw.signers.is_empty() => {
            let message = "a trusted list needs `signers`, the certificates that may have signed it: nothing else says that it is right";
            reader.fault(list.span(), message);
            return None;
        }
        Some(list) => Some(ListSection {
            folder: ListFolder::new(reader.path(list.into_inner())),
            signers: paths(reader, &raw.signers),
            territory,
            remote,
        }),
        None => None,
    };
    Some(TrustSection {
        list,
        pem: paths(reader, &raw.pem),
        max_removed_percent: percent,
        hints: match raw.hints {
            RawHints::Names => HintPolicy::Names,
            RawHints::None => HintPolicy::None,
        },
        overrides: overrides?,
    })
}

fn paths(reader: &Reader<'_>, paths: &[PathBuf]) -> Vec<PathBuf> {
    paths.iter().map(|path| reader.path(path)).collect()
}

fn territory(reader: &mut Reader<'_>, raw: Option<Spanned<String>>) -> Option<String> {
    let Some(raw) = raw else {
        return Some("IT".to_owned());
    };
    let code = raw.get_ref();
    if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        reader.fault(raw.span(), "`territory` is a country's code, as in `IT`");
        return None;
    }
    Some(raw.into_inner())
}

fn overrides(reader: &mut Reader<'_>, raw: Vec<RawIssuer>) -> Option<Overrides> {
    let mut overrides = Overrides::new();
    let mut valid = true;
    for issuer in raw {
        let mut fault = |span, message| {
            reader.fault(span, message);
            valid = false;
        };
        let id = issuer.id.get_ref();
        let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if id.len() != 64 || !id.bytes().all(is_digit) {
            fault(
                issuer.id.span(),
                "`id` is what `varco cns trust list` prints: 64 hexadecimal digits",
            );
        }
        let kind = issuer
            .kind
            .as_ref()
            .map(|kind| CardKind::from_name(kind.get_ref()));
        if let (Some(None), Some(kind)) = (kind, &issuer.kind) {
            let message = "`kind` is `health`, `professional`, `public_servant` or `other`";
            fault(kind.span(), message);
        }
        let told = Override {
            kind: kind.flatten(),
            lombardy: issuer.lombardy,
        };
        let span = issuer.id.span();
        if overrides.insert(issuer.id.into_inner(), told).is_some() {
            fault(span, "this authority is there twice");
        }
    }
    valid.then_some(overrides)
}
