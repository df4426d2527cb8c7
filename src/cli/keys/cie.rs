//! `varco keys cie`: a key and a certificate of the CIE service provider.

use std::path::PathBuf;
use std::time::Duration;

use super::{Ending, Output, write_private, write_public};
use crate::crypto::certificate::cie::{CieKeyUse, CieSubject, cie_certificate};
use crate::crypto::certificate::to_pem;
use crate::crypto::{KeyKind, SigningKey, SystemRandom};
use crate::identity::{Clock as _, SystemClock};

const SECONDS_OF_A_DAY: u64 = 86_400;

/// Make a key and a certificate of the CIE service provider: to sign with, or for the Ministry to encrypt for
#[derive(clap::Args)]
pub(super) struct Args {
    /// Where the private key goes: PEM
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Where the certificate goes: PEM
    #[arg(long, value_name = "FILE")]
    certificate: PathBuf,
    /// The body's full name, with its accents: `name` of the configuration
    #[arg(long, value_name = "NAME")]
    organization_name: String,
    /// The name that people see: `display_name` of the configuration
    #[arg(long, value_name = "NAME")]
    display_name: String,
    /// The town where the body sits
    #[arg(long, value_name = "TOWN")]
    locality: String,
    /// The country where the body sits, two letters
    #[arg(long, default_value = "IT", value_name = "CODE")]
    country: String,
    /// For `encryption_key` in place of `key`
    #[arg(long)]
    encryption: bool,
    /// RSA bits: 3072 or 4096
    #[arg(long, default_value_t = 3072, value_parser = bits, value_name = "BITS")]
    bits: usize,
    /// How long the certificate is valid
    #[arg(long, default_value_t = 3650, value_name = "DAYS")]
    days: u32,
}

fn bits(text: &str) -> Result<usize, String> {
    match text {
        "3072" => Ok(3072),
        "4096" => Ok(4096),
        _ => Err("3072 or 4096".to_owned()),
    }
}

pub(super) fn run(args: &Args, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    let subject = CieSubject {
        common_name: args.display_name.clone(),
        organization_name: args.organization_name.clone(),
        locality: args.locality.clone(),
        country: args.country.clone(),
    };
    let key = SigningKey::generate(KeyKind::Rsa(args.bits))?;
    let now = u64::try_from(SystemClock.now().timestamp())?;
    let life = Duration::from_secs(u64::from(args.days) * SECONDS_OF_A_DAY);
    let use_of_key = match args.encryption {
        true => CieKeyUse::Encryption,
        false => CieKeyUse::Signing,
    };
    let certificate = cie_certificate(&subject, (&key, use_of_key), (now, life), &SystemRandom)?;
    write_private(&args.key, key.to_pem().as_bytes())?;
    write_public(&args.certificate, to_pem(&certificate).as_bytes())?;
    writeln!(
        output.out,
        "{}: an RSA key of {} bits",
        args.key.display(),
        args.bits
    )?;
    writeln!(
        output.out,
        "{}: its certificate, valid for {} days; upload the metadata that carry it (`varco metadata cie`) before it is used",
        args.certificate.display(),
        args.days
    )?;
    Ok(Ending::Good)
}
