//! `varco explain`: the decision and every rule that led to it.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use chrono::SecondsFormat;

use super::{Ending, Output};
use crate::config::Config;
use crate::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationMethod, CardKind, Categories, Category,
    Clock as _, Methods, SystemClock, Timestamp, midnight_in_italy,
};
use crate::policy::{
    Age, Catalogue, DEFAULT_CATALOGUE, Decision, Detail, Facts, KnownCategories, Login, Operation,
    ServiceId, decide,
};

const METHODS: &str = "spid, cie, cns, pin or openid";
const CARDS: &str = "health, professional, public-servant or other";
const CATEGORIES: &str = "citizen, worker-private, worker-public, pensioner, unemployed, \
     resident-abroad, intermediary, patronato, company, public-body, professional, doctor or bank";

/// What to decide, and about whom.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The service, as in `naspi`
    #[arg(long, value_name = "ID", value_parser = ServiceId::parse)]
    service: ServiceId,
    /// What is done there: consult or request
    #[arg(long, value_parser = named("operation", Operation::from_name, "consult or request"))]
    operation: Operation,
    /// The way in: spid, cie, cns, pin or openid. Without it nobody is logged in
    #[arg(long, requires = "level", value_parser = named("method", AuthenticationMethod::from_name, METHODS))]
    method: Option<AuthenticationMethod>,
    /// The level of the login: low, substantial or high
    #[arg(long, requires = "method", value_parser = named("level", AssuranceLevel::from_name, "low, substantial or high"))]
    level: Option<AssuranceLevel>,
    /// The card of a login by cns: health, professional, public-servant or other [default: other]
    #[arg(long, requires = "method", value_parser = named("kind of card", CardKind::from_name, CARDS))]
    card: Option<CardKind>,
    /// A category of the person, again for each: citizen, worker-private, worker-public, pensioner, unemployed,
    /// resident-abroad, intermediary, patronato, company, public-body, professional, doctor or bank [default for a login: citizen]
    #[arg(long, requires = "method", value_parser = named("category", Category::from_name, CATEGORIES))]
    category: Vec<Category>,
    /// How long ago the login was, as in 40s, 15m or 8h [default: just now]
    #[arg(long, requires = "method", value_parser = age)]
    age: Option<Age>,
    /// The application that asks [default: none]
    #[arg(long, value_name = "ID")]
    client: Option<String>,
    /// The day in Italy, as in 2020-06-01, or the moment, as in 2020-06-01T10:00:00Z [default: now]
    #[arg(long, value_name = "DATE", value_parser = moment)]
    at: Option<Timestamp>,
    /// Another catalogue than the one that comes with Varco
    #[arg(long, value_name = "FILE")]
    services: Option<PathBuf>,
    /// The catalogue and the ways in of an installation
    #[arg(long, value_name = "FILE", conflicts_with = "services")]
    config: Option<PathBuf>,
}

/// Reads a value by its name.
fn named<T>(
    what: &'static str,
    from_name: fn(&str) -> Option<T>,
    names: &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| from_name(text).ok_or_else(|| format!("no such {what}; there is {names}"))
}

fn age(text: &str) -> Result<Age, &'static str> {
    Age::parse(text).ok_or("write seconds, minutes or hours, as in 40s, 15m or 8h")
}

/// A moment, or the noon of a day in Italy: at midnight one would have to know which day begins.
fn moment(text: &str) -> Result<Timestamp, &'static str> {
    let day = text.parse().map(midnight_in_italy);
    day.map(|midnight| midnight + chrono::Duration::hours(12))
        .or_else(|_| text.parse())
        .map_err(|_| "write a day, as in 2020-06-01, or a moment, as in 2020-06-01T10:00:00Z")
}

pub(super) fn run(args: &Args, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    let catalogue = args.catalogue()?;
    let login = args.login();
    let facts = Facts {
        logins: login.as_slice(),
        categories: args.categories(),
        client: args.client.as_deref(),
    };
    let now = args.at.unwrap_or_else(|| SystemClock.now());
    let decision = decide(&catalogue, &args.service, args.operation, &facts, now);

    let out = &mut *output.out;
    let name = catalogue
        .get(&args.service)
        .map(|service| format!(" ({})", service.name().in_language("en")))
        .unwrap_or_default();
    writeln!(out, "service    {}{name}", args.service)?;
    writeln!(out, "operation  {}", args.operation)?;
    match login {
        Some(login) => {
            writeln!(out, "method     {}", login.method)?;
            writeln!(out, "level      {}", login.level)?;
            if let Some(card) = login.card {
                writeln!(out, "card       {card}")?;
            }
            if let Some(age) = args.age {
                writeln!(out, "age        {age}")?;
            }
        }
        None => writeln!(out, "login      none")?,
    }
    if let KnownCategories::Known(categories) = facts.categories {
        writeln!(out, "category   {categories}")?;
    }
    if let Some(client) = facts.client {
        writeln!(out, "client     {client}")?;
    }
    if let Some(at) = args.at {
        let shown = at.to_rfc3339_opts(SecondsFormat::Secs, true);
        writeln!(out, "at         {shown}")?;
    }
    writeln!(out)?;
    for line in decision.explanation() {
        let (rule, outcome) = (line.rule.name(), line.outcome.name());
        match line.detail {
            Detail::Name => writeln!(out, "{rule:<17}  {outcome}")?,
            detail => writeln!(out, "{rule:<17}  {outcome:<13}  {detail}")?,
        }
    }
    writeln!(out)?;
    match &decision {
        Decision::Permit { .. } => writeln!(out, "decision   permit")?,
        Decision::Provisional { .. } => writeln!(out, "decision   provisional")?,
        Decision::StepUp { to, methods, .. } => {
            writeln!(out, "decision   step-up to {to} by {}", either(*methods))?;
        }
        Decision::Deny { reason, .. } => writeln!(out, "decision   deny: {}", reason.code())?,
    }
    Ok(Ending::Good)
}

/// Ways in as a person lists them: `spid, cie or cns`.
fn either(methods: Methods) -> String {
    let names: Vec<&str> = methods.iter().map(AuthenticationMethod::name).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

impl Args {
    fn login(&self) -> Option<Login> {
        let (method, level) = self.method.zip(self.level)?;
        Some(Login {
            level: AchievedAssurance(level),
            method,
            age: self.age.map_or(Duration::ZERO, |Age(age)| age),
            card: (method == AuthenticationMethod::Cns)
                .then(|| self.card.unwrap_or(CardKind::Other)),
        })
    }

    fn catalogue(&self) -> anyhow::Result<Catalogue> {
        if let Some(path) = &self.config {
            let config = Config::load(path)?;
            let ways_in = config.ways_in();
            return Ok(config.catalogue.offering(ways_in));
        }
        let Some(path) = &self.services else {
            return Ok(Catalogue::parse(DEFAULT_CATALOGUE)?);
        };
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        Catalogue::parse(&text).with_context(|| format!("{} is wrong", path.display()))
    }

    fn categories(&self) -> KnownCategories {
        match (self.category.as_slice(), self.method) {
            ([], None) => KnownCategories::NotYet,
            ([], Some(_)) => KnownCategories::Known(Categories::from_iter([Category::Citizen])),
            (given, _) => KnownCategories::Known(given.iter().copied().collect()),
        }
    }
}
