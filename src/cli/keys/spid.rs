//! `varco keys spid`: the key and the certificate of a SPID service provider.

use std::path::PathBuf;
use std::time::Duration;

use super::{Ending, Output, write_private, write_public};
use crate::crypto::certificate::{SpidSubject, spid_certificate, to_pem};
use crate::crypto::{KeyKind, SigningKey, SystemRandom};
use crate::identity::{Clock as _, SystemClock};

const SECONDS_OF_A_DAY: u64 = 86_400;

/// Make the key and the certificate of the SPID service provider, as Avviso 29 wants them of a public body
#[derive(clap::Args)]
pub(super) struct Args {
    /// Where the private key goes: PEM
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Where the certificate goes: PEM
    #[arg(long, value_name = "FILE")]
    certificate: PathBuf,
    /// The entity id: `entity_id` of the configuration
    #[arg(long, value_name = "URL")]
    entity_id: String,
    /// The body's full name, with its accents: `name` of the configuration
    #[arg(long, value_name = "NAME")]
    organization_name: String,
    /// The name that providers show to people: `display_name` of the configuration
    #[arg(long, value_name = "NAME")]
    display_name: String,
    /// The body's code in the index of public bodies (IPA)
    #[arg(long, value_name = "CODE")]
    ipa_code: String,
    /// The town where the body sits
    #[arg(long, value_name = "TOWN")]
    locality: String,
    /// The country where the body sits, two letters
    #[arg(long, default_value = "IT", value_name = "CODE")]
    country: String,
    /// RSA bits: 2048, 3072 or 4096
    #[arg(long, default_value_t = 3072, value_name = "BITS")]
    bits: usize,
    /// How long the certificate is valid
    #[arg(long, default_value_t = 3650, value_name = "DAYS")]
    days: u32,
}

pub(super) fn run(args: &Args, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    let subject = SpidSubject {
        common_name: args.display_name.clone(),
        organization_name: args.organization_name.clone(),
        ipa_code: args.ipa_code.clone(),
        entity_id: args.entity_id.clone(),
        country: args.country.clone(),
        locality: args.locality.clone(),
    };
    let key = SigningKey::generate(KeyKind::Rsa(args.bits))?;
    let now = u64::try_from(SystemClock.now().timestamp())?;
    let life = Duration::from_secs(u64::from(args.days) * SECONDS_OF_A_DAY);
    let certificate = spid_certificate(&subject, &key, now, life, &SystemRandom)?;
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
        "{}: its certificate, valid for {} days; hand the metadata that carry it to AgID before it is used",
        args.certificate.display(),
        args.days
    )?;
    Ok(Ending::Good)
}
