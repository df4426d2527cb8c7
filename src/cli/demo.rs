//! `varco demo`: the federation in a box.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args as ClapArgs;

use super::{Ending, Output};
use crate::demo::app::EVENTS;
use crate::demo::cns::PIN;
use crate::demo::desk::OPERATORS;
use crate::demo::people::{PEOPLE, TestPerson};
use crate::demo::pins::{CITY, EXPIRED, HEALTH_CARD, PINS, POSTAL_CODE, STREET};
use crate::demo::site::{HIGH_PAGE, PAGE};
use crate::demo::{CieProtocols, Options, Ports, Running, messages, once, start};
use crate::server::Shutdown;

/// What `varco demo` takes.
#[derive(ClapArgs)]
pub(super) struct Args {
    /// The first port: +0 gateway, +1 smart cards, +2 old smart cards, +3 test providers, +4 sample application, +5 health and metrics
    #[arg(long, default_value_t = 8443, value_name = "PORT")]
    base_port: u16,
    /// Metadata of a further identity provider; may be given several times
    #[arg(long, value_name = "FILE")]
    idp_metadata: Vec<PathBuf>,
    /// Log in once with every provider, with CIE by both protocols and with every card, print what happened and end: 0 when all went well, 1 when not
    #[arg(long)]
    once: bool,
    /// The protocols in which people log in with CIE
    #[arg(long, value_enum, default_value = "both")]
    cie: Cie,
    /// Where keys, certificates and the log stay [default: .cache/varco-demo in the home folder]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// [`CieProtocols`] as they are written.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Cie {
    Both,
    Saml,
    #[value(name = "openid")]
    OpenId,
}

impl From<Cie> for CieProtocols {
    fn from(written: Cie) -> Self {
        match written {
            Cie::Both => Self::Both,
            Cie::Saml => Self::Saml,
            Cie::OpenId => Self::OpenId,
        }
    }
}

/// Runs the demo until it is interrupted, or once.
pub(super) fn run(args: &Args, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    let data = match &args.data {
        Some(folder) => folder.clone(),
        None => std::env::home_dir()
            .context("there is no home folder: name one with --data")?
            .join(".cache/varco-demo"),
    };
    let options = Options {
        ports: Ports::From(args.base_port),
        idp_metadata: args.idp_metadata.clone(),
        cie: args.cie.into(),
        ..Options::at(data)
    };
    let runtime = tokio::runtime::Runtime::new().context("the runtime cannot start")?;
    runtime.block_on(async {
        let demo = start(&options).await?;
        let ending = if args.once {
            match once::run(&demo, output.out).await? {
                true => Ending::Good,
                false => Ending::NotGood,
            }
        } else {
            introduce(&demo, output.out)?;
            Shutdown::on_signal().called().await;
            Ending::Good
        };
        demo.stop().await;
        Ok(ending)
    })
}

/// Every address, person and password.
fn introduce(demo: &Running, out: &mut dyn Write) -> io::Result<()> {
    let addresses = demo.addresses();
    writeln!(
        out,
        "The federation in a box. Everything in it is invented and stays on this machine.\n"
    )?;
    for (what, address) in [
        ("sample application", &addresses.app),
        ("page behind a proxy", &format!("{}{PAGE}", addresses.app)),
        (
            "the same, level 3",
            &format!("{}{HIGH_PAGE}", addresses.app),
        ),
        (
            "outgoing messages",
            &format!("{}{}", addresses.app, messages::PAGE),
        ),
        ("events it heard", &format!("{}{EVENTS}", addresses.app)),
        ("gateway", &addresses.gateway),
        ("operators' desk", &format!("{}/desk", addresses.gateway)),
        ("gateway, for cards", &addresses.cards),
        ("the same, old cards", &addresses.old_cards),
        ("test providers", &addresses.idps),
        ("health and metrics", &addresses.health),
    ] {
        writeln!(out, "  {what:20} {address}")?;
    }
    let ca = demo.ca_file().display();
    writeln!(out, "  {:20} {ca}", "development CA")?;
    writeln!(
        out,
        "\nBrowsers warn until they are given the development CA. People, at every provider:\n"
    )?;
    writeln!(out, "  {:10} {:14} who", "username", "password")?;
    for person in &PEOPLE {
        let (username, password) = (person.username, person.password);
        let (name, about) = (person.name(), person.about);
        writeln!(out, "  {username:10} {password:14} {name}, {about}")?;
    }
    introduce_cie(demo, out)?;
    introduce_pins(demo, out)?;
    introduce_operators(out)?;
    introduce_cards(demo, out)?;
    writeln!(out, "\nCtrl-C ends it.")?;
    out.flush()
}

/// The ways to the Ministry.
fn introduce_cie(demo: &Running, out: &mut dyn Write) -> io::Result<()> {
    let (app, anchor) = (&demo.addresses().app, &demo.federation().ministry().anchor);
    let way = match demo.cie() {
        CieProtocols::Both => {
            "leads by SAML, and by OpenID Connect where that cannot serve; the sample application has a button for each"
        }
        CieProtocols::Saml => "leads by SAML",
        CieProtocols::OpenId => "leads by OpenID Connect",
    };
    writeln!(
        out,
        "\n\"Entra con CIE\" {way} ({app}).\n\
         The Ministry's login page gives every level and every error."
    )?;
    if demo.cie().has_openid() {
        writeln!(
            out,
            "Who vouches for it in OpenID Connect is shown at {anchor}, and switched off there."
        )?;
    }
    Ok(())
}

/// Every PIN, and who may ask for one.
fn introduce_pins(demo: &Running, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nThe institute's PIN, with the fiscal code:\n")?;
    for test in &PINS {
        let (pin, grade) = (test.pin, test.grade.name());
        let (name, code) = test.person().map_or_else(Default::default, |person| {
            (person.name(), person.fiscal_code.unwrap_or_default())
        });
        writeln!(out, "  {code:16}  {pin:8}  {name}, {grade}")?;
    }
    let people = demo.new_people();
    let (old, new) = (&people.returner, &people.newcomer);
    let (code, name) = (old.fiscal_code.expose(), old.name());
    writeln!(
        out,
        "  {code:16}  {EXPIRED:8}  {name}, expired: it begins the renewal"
    )?;
    let (code, born) = (new.fiscal_code.expose(), new.birth_date.format("%d/%m/%Y"));
    writeln!(
        out,
        "\nWhoever has none asks for it at {}/pin/request. The registers know {}, {code}, born in Roma on {born},\n\
         who lives in {STREET}, {POSTAL_CODE} {CITY}; everybody's tessera sanitaria is number {HEALTH_CARD}.",
        demo.addresses().gateway,
        new.name(),
    )
}

/// Who works at the desk.
fn introduce_operators(out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "\nOperators of the desk, who log in at level 3, with their card or at a provider that reaches it:\n"
    )?;
    for operator in &OPERATORS {
        let name = operator.person().map(TestPerson::name).unwrap_or_default();
        let (username, role) = (operator.username, operator.role);
        let office = operator.office().map(|office| format!(", {office}"));
        let office = office.unwrap_or_default();
        writeln!(out, "  {username:10} {name:22} {role}{office}")?;
    }
    Ok(())
}

/// Every card, as a file and as a token.
fn introduce_cards(demo: &Running, out: &mut dyn Write) -> io::Result<()> {
    let cards = demo.cards();
    let folder = cards.files();
    let folder = folder.display();
    writeln!(
        out,
        "\nSmart cards, as files for a browser's store of personal certificates (password {PIN}), in\n{folder}:\n"
    )?;
    writeln!(out, "  {:26} {:22} who issued it", "file", "who")?;
    for held in cards.iter() {
        let card = held.card;
        let file = format!("{}.p12", card.slug);
        let who = card.person().map(TestPerson::name).unwrap_or_default();
        let flaw = card.flaw.map(|flaw| format!(" ({})", flaw.about()));
        let (issuer, flaw) = (card.issuer.name, flaw.unwrap_or_default());
        writeln!(out, "  {file:26} {who:22} {issuer}{flaw}")?;
    }
    match cards.tokens() {
        Ok(Some(tokens)) => writeln!(
            out,
            "\nThe same as tokens (PIN {PIN}) for programs that speak PKCS #11, by {}:\n  \
             SOFTHSM2_CONF={}\n  SOFTHSM2_CONF={}  as old cards",
            tokens.module.display(),
            tokens.configuration.display(),
            tokens.old_configuration.display(),
        ),
        Ok(None) => writeln!(
            out,
            "\nInstall softhsm2 and opensc, and the next start has them as tokens of PKCS #11 too."
        ),
        Err(error) => writeln!(out, "\nThere are no tokens of PKCS #11: {error}"),
    }
}
