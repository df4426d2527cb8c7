//! The command line: one file a command.
//!
//! In: the arguments. Out: text through the writers that `main` gives (nothing here prints by itself), and an exit code:
//! 0 done and good, 1 done and not good or not possible, 2 the command was not understood. Layer 6: uses everything.

mod audit;
mod check;
mod cns;
mod csv;
#[cfg(feature = "demo")]
mod demo;
mod download;
mod explain;
mod idp;
mod keys;
mod metadata;
mod pin;
mod profiles;
mod progress;
mod serve;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Varco: one front door for SPID, CIE, CNS and PIN; OpenID Connect for the applications behind it.
#[derive(Parser)]
#[command(name = "varco", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve: the gateway, until it is told to end
    Serve(Configured),
    /// Tell everything that is wrong in configuration, keys, certificates, metadata and store, at once
    Check(Configured),
    /// Print the metadata that others are given
    Metadata(metadata::Args),
    /// List the identity providers, and see what metadata files hold
    Idp(idp::Args),
    /// Import the trusted list of the authorities of cards, and see whom cards are trusted from
    Cns(cns::Args),
    /// Prove that the audit log and the register are whole, and look something up in them
    Audit(audit::Args),
    /// Fill the table of who people are in the archives, and look one up
    Profiles(profiles::Args),
    /// Take over PINs that were there before, and tell who still uses one
    Pin(pin::Args),
    /// Make keys, secrets and certificates
    Keys(keys::Args),
    /// Run the federation in a box: gateway, test providers, sample application
    #[cfg(feature = "demo")]
    Demo(demo::Args),
    /// Show what policy decides for a service, and every rule that led there
    Explain(explain::Args),
}

/// The one argument of commands that need nothing but a configuration.
#[derive(clap::Args)]
struct Configured {
    /// The gateway's configuration
    #[arg(long, value_name = "FILE", global = true, default_value = "varco.toml")]
    config: PathBuf,
}

/// Where a command writes.
pub struct Output<'a> {
    /// What was asked for.
    pub out: &'a mut dyn Write,
    /// What went wrong.
    pub err: &'a mut dyn Write,
}

/// How a command ended, when it could do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything is good: exit code 0.
    Good,
    /// It found what it was to look for, and that is not good: exit code 1.
    NotGood,
}

/// Runs the command that the arguments name. The first argument is the program's name.
pub fn run(
    arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
    output: &mut Output<'_>,
) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(asked) => return usage(&asked, output),
    };
    let ended = match cli.command {
        Command::Serve(args) => serve::run(&args, output),
        Command::Check(args) => check::run(&args, output),
        Command::Metadata(args) => metadata::run(&args, output),
        Command::Idp(args) => idp::run(&args, output),
        Command::Cns(args) => cns::run(&args, output),
        Command::Audit(args) => audit::run(&args, output),
        Command::Profiles(args) => profiles::run(&args, output),
        Command::Pin(args) => pin::run(&args, output),
        Command::Keys(args) => keys::run(&args, output),
        #[cfg(feature = "demo")]
        Command::Demo(args) => demo::run(&args, output),
        Command::Explain(args) => explain::run(&args, output),
    };
    match ended {
        Ok(Ending::Good) => ExitCode::SUCCESS,
        Ok(Ending::NotGood) => ExitCode::FAILURE,
        // A reader that closed the pipe (`varco explain | head`) has what it wanted.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // With nowhere left to write, the exit code must say it.
            let _ = writeln!(output.err, "varco: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Help and version are asked for and go to the output; anything else was not understood.
fn usage(asked: &clap::Error, output: &mut Output<'_>) -> ExitCode {
    let text = asked.render();
    if asked.use_stderr() {
        let _ = write!(output.err, "{text}");
        ExitCode::from(2)
    } else {
        let _ = write!(output.out, "{text}");
        ExitCode::SUCCESS
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
