//! `varco explain`: the decision and every rule that led to it.

use std::path::PathBuf;

use anyhow::Context as _;

use super::{Ending, Output};
use crate::identity::{
    AchievedAssurance, AssuranceLevel, AuthenticationMethod, Categories, Category,
};
use crate::policy::{
    Catalogue, DEFAULT_CATALOGUE, Decision, Detail, Facts, Login, Operation, ServiceId, decide,
};

/// What to decide, and about whom.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The service, as in `naspi`
    #[arg(long, value_name = "ID", value_parser = ServiceId::parse)]
    service: ServiceId,
    /// What is done there: consult or request
    #[arg(long, value_parser = named("operation", Operation::from_name, "consult or request"))]
    operation: Operation,
    /// The way in: spid. Without it nobody is logged in
    #[arg(long, requires = "level", value_parser = named("method", AuthenticationMethod::from_name, "spid"))]
    method: Option<AuthenticationMethod>,
    /// The level of the login: low, substantial or high
    #[arg(long, requires = "method", value_parser = named("level", AssuranceLevel::from_name, "low, substantial or high"))]
    level: Option<AssuranceLevel>,
    /// A category of the person, again for each: citizen, intermediary, company, public-body or doctor
    /// [default for a login: citizen]
    #[arg(long, requires = "method", value_parser = named("category", Category::from_name, "citizen, intermediary, company, public-body or doctor"))]
    category: Vec<Category>,
    /// Another catalogue than the one that comes with Varco
    #[arg(long, value_name = "FILE")]
    services: Option<PathBuf>,
}

/// Reads a value by its name.
fn named<T>(
    what: &'static str,
    from_name: fn(&str) -> Option<T>,
    names: &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| from_name(text).ok_or_else(|| format!("no such {what}; there is {names}"))
}

pub(super) fn run(args: &Args, output: &mut Output<'_>) -> anyhow::Result<Ending> {
    let catalogue = match &args.services {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            Catalogue::parse(&text).with_context(|| format!("{} is wrong", path.display()))?
        }
        None => Catalogue::parse(DEFAULT_CATALOGUE)?,
    };
    let facts = args.facts();
    let decision = decide(&catalogue, &args.service, args.operation, &facts);

    let out = &mut *output.out;
    let name = catalogue
        .get(&args.service)
        .map(|service| format!(" ({})", service.name().in_language("en")))
        .unwrap_or_default();
    writeln!(out, "service    {}{name}", args.service)?;
    writeln!(out, "operation  {}", args.operation)?;
    match facts.login {
        Some(login) => {
            writeln!(out, "method     {}", login.method)?;
            writeln!(out, "level      {}", login.level)?;
        }
        None => writeln!(out, "login      none")?,
    }
    if let Some(categories) = facts.categories {
        writeln!(out, "category   {categories}")?;
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
        Decision::StepUp { to, methods, .. } => {
            let methods: Vec<&str> = methods.iter().map(|method| method.name()).collect();
            writeln!(
                out,
                "decision   step-up to {to} by {}",
                methods.join(" or ")
            )?;
        }
        Decision::Deny { reason, .. } => writeln!(out, "decision   deny: {}", reason.code())?,
    }
    Ok(Ending::Good)
}

impl Args {
    fn facts(&self) -> Facts {
        let login = self.method.zip(self.level).map(|(method, level)| Login {
            level: AchievedAssurance(level),
            method,
        });
        let categories = match self.category.as_slice() {
            [] => login.map(|_| Categories::from_iter([Category::Citizen])),
            given => Some(given.iter().copied().collect()),
        };
        Facts { login, categories }
    }
}
