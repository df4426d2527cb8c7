//! `varco check`: everything that is wrong, at once, before anybody is served.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;

use super::{Configured, Ending, Output};
use crate::config::{CnsSection, Config, ConfigErrors, Fault, Ports, Tls, build};
use crate::crypto::SystemRandom;
use crate::crypto::certificate::cie::personal_elements;
use crate::crypto::certificate::conformance::{Nonconformity, nonconformities};
use crate::crypto::certificate::{self, SpidSubject};
use crate::http::revoked::RevocationKeeper;
use crate::identity::{AssuranceLevel, Clock as _, RequiredAssurance, SystemClock, Timestamp};
use crate::login::cns::revocation::Wanting;
use crate::login::cns::trust::LiveAnchors;
use crate::login::openid::entity::OwnEntity;
use crate::login::openid::trust::TrustRefresher;

/// A certificate that ends within this time is worth a note: AgID takes days to distribute new SPID metadata.
const SOON: chrono::Duration = chrono::Duration::days(30);

pub(super) fn run(args: &Configured, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    let config = match Config::load(&args.config) {
        Ok(config) => config,
        Err(errors) => return not_good(&errors, output),
    };
    let now = SystemClock.now();
    let mut faults: Vec<Fault> = config.server.tls.transport().err().into_iter().collect();
    for (listener, cards) in config.cns.iter().flat_map(CnsSection::listeners) {
        faults.extend(listener.tls(cards, LiveAnchors::default()).err());
    }
    faults.extend(certificate_faults(&config, now));
    faults.extend(cie_faults(&config));
    let (expired, expiring) = expiries(&config, now);
    faults.extend(expired);
    let ports = Ports {
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    };
    let built = build(&config, ports).map_err(|errors| faults.extend_from_slice(errors.faults()));
    let (Ok(built), true) = (built, faults.is_empty()) else {
        return not_good(&ConfigErrors::from_faults(faults), output);
    };
    for note in built.notes.iter().chain(&expiring) {
        writeln!(output.out, "note: {note}")?;
    }
    for note in lists(built.revocation, now)? {
        writeln!(output.out, "note: {note}")?;
    }
    for note in own_marks(built.federation.as_deref(), now) {
        writeln!(output.out, "note: {note}")?;
    }
    for line in trust(built.trust, now)? {
        writeln!(output.out, "{line}")?;
    }
    for level in AssuranceLevel::ALL {
        let (offered, _) = built.spid.providers().offered(RequiredAssurance(level));
        writeln!(output.out, "{} providers at {level}", offered.len())?;
    }
    if let Some(cie) = &built.cie {
        let (ministry, highest) = (cie.ministry(), cie.highest());
        let (entity_id, fingerprint) = (ministry.entity_id(), ministry.fingerprint());
        writeln!(
            output.out,
            "CIE by SAML up to {highest}: {entity_id}, SHA-256 {fingerprint}"
        )?;
    }
    writeln!(
        output.out,
        "{} services, {} applications: good",
        config.catalogue.services().count(),
        config.openid.clients.iter().count()
    )?;
    Ok(Ending::Good)
}

/// Brings the revocation lists of cards once, and tells what is wanting. Servers of others may be down at any time, so
/// none of it is a fault of the configuration.
fn lists(keeper: Option<RevocationKeeper>, now: Timestamp) -> anyhow::Result<Vec<String>> {
    let Some(mut keeper) = keeper else {
        return Ok(Vec::new());
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the runtime cannot start")?;
    let refresher = keeper.refresher();
    let round = runtime.block_on(async {
        let in_files = refresher.look(now).await;
        in_files.and(refresher.fetch_due(now).await)
    });
    let failed = round
        .failures
        .iter()
        .map(|failure| format!("revocation list at {}: {}", failure.at, failure.code));
    let wanting = refresher.wanting(now);
    let wanting = wanting.into_iter().map(|(issuer, why)| match why {
        Wanting::NoList => {
            format!("cards of {issuer}: no revocation list, so none logs in without a responder")
        }
        Wanting::Ended(end) => format!("cards of {issuer}: the revocation list ended {end}"),
    });
    Ok(failed.chain(wanting).collect())
}

/// Resolves the providers of the federation once, and tells who is trusted and who is not. Servers of others may be down at
/// any time, so none of it is a fault of the configuration.
fn trust(refresher: Option<TrustRefresher>, now: Timestamp) -> anyhow::Result<Vec<String>> {
    let Some(mut refresher) = refresher else {
        return Ok(Vec::new());
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the runtime cannot start")?;
    let round = runtime.block_on(refresher.refresh_due(now));
    let failures = round.failures.into_iter();
    let failures = failures.map(|failure| {
        format!(
            "note: {} in the federation: {}",
            failure.entity, failure.code
        )
    });
    let trusted = refresher.live().trusted_until(now).into_iter();
    let trusted = trusted.map(|(provider, until)| format!("{provider} is trusted until {until}"));
    Ok(failures.chain(trusted).collect())
}

/// What our own trust marks lack: every member of the Italian federation must show one (rules on CIE, B2).
fn own_marks(entity: Option<&OwnEntity>, now: Timestamp) -> Vec<String> {
    let Some(entity) = entity else {
        return Vec::new();
    };
    let marks = entity.marks();
    let none = !marks.iter().any(|mark| mark.is_in_force(now));
    let none =
        none.then(|| "no trust mark of ours is in force: providers may not know us".to_owned());
    let ending = marks.iter().filter_map(|mark| {
        let (kind, end) = (mark.kind(), mark.expires()?);
        if end <= now {
            Some(format!("the trust mark {kind} ended {end}"))
        } else if end - now < SOON {
            Some(format!("the trust mark {kind} is valid until {end}"))
        } else {
            None
        }
    });
    none.into_iter().chain(ending).collect()
}

fn not_good(errors: &ConfigErrors, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    writeln!(output.err, "{errors}")?;
    Ok(Ending::NotGood)
}

/// The certificates that browsers would refuse by now, and notes of those that soon will be. (Whether the SPID
/// certificate is valid is one of Avviso 29's rules.)
fn expiries(config: &Config, now: Timestamp) -> (Vec<Fault>, Vec<String>) {
    let mut notes = Vec::new();
    let mut expired: Vec<Fault> = Vec::new();
    let mut tls: Vec<&PathBuf> = match &config.server.tls {
        Tls::Files { certificate, .. } => vec![certificate],
        Tls::DangerPlain => Vec::new(),
    };
    let listeners = config.cns.iter().flat_map(CnsSection::listeners);
    tls.extend(listeners.map(|(listener, _)| &listener.certificate));
    // Several hosts may share one.
    tls.sort();
    tls.dedup();
    let cie = config.cie.as_ref().and_then(|cie| cie.saml.as_ref());
    let cie = cie.map(|saml| &saml.certificate);
    for path in tls
        .iter()
        .copied()
        .chain([&config.spid.certificate])
        .chain(cie)
    {
        // One that cannot be read is told elsewhere.
        let read = std::fs::read(path).ok();
        let Some((from, until)) = read
            .and_then(|pem| certificate::from_pem(&pem))
            .and_then(|der| certificate::validity(&der))
        else {
            continue;
        };
        if (now < from || until < now) && tls.contains(&path) {
            let message = format!("is valid from {from} to {until} only");
            expired.push(Fault::of_file(path, message));
        } else if until - now < SOON {
            notes.push(format!("{} is valid until {until}", path.display()));
        }
    }
    (expired, notes)
}

/// Where the CIE certificate names a natural person, for which the Ministry refuses the metadata.
fn cie_faults(config: &Config) -> Vec<Fault> {
    let saml = config.cie.as_ref().and_then(|cie| cie.saml.as_ref());
    // A key or certificate that cannot be read is told when the gateway is built.
    let Some((saml, Ok(signing))) = saml.map(|saml| (saml, saml.signing())) else {
        return Vec::new();
    };
    personal_elements(&signing.certificate)
        .into_iter()
        .map(|name| {
            let message = format!("the subject must not have {name}: it names a natural person");
            Fault::of_file(&saml.certificate, message)
        })
        .collect()
}

/// Where the SPID certificate is not as Avviso 29 v3 wants it for this body.
fn certificate_faults(config: &Config, now: Timestamp) -> Vec<Fault> {
    // A key or certificate that cannot be read is told when the gateway is built.
    let Ok(signing) = config.spid.signing() else {
        return Vec::new();
    };
    let expected = SpidSubject {
        common_name: config.organization.display_name.it.clone(),
        organization_name: config.organization.name.it.clone(),
        ipa_code: config.spid.contact.ipa_code.clone(),
        entity_id: config.spid.entity_id.clone(),
        country: "IT".to_owned(),
        locality: String::new(),
    };
    nonconformities(&signing.certificate, &expected, now)
        .into_iter()
        // The configuration does not say where the body sits.
        .filter(|fault| *fault != Nonconformity::SubjectDiffers("localityName"))
        .map(|fault| Fault::of_file(&config.spid.certificate, fault.to_string()))
        .collect()
}
