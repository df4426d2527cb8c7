//! The `varco` command: parses the arguments and hands over to the library.

use std::io;
use std::process::ExitCode;

use varco::cli::{Output, run};

fn main() -> ExitCode {
    let mut output = Output {
        out: &mut io::stdout(),
        err: &mut io::stderr(),
    };
    run(std::env::args_os(), &mut output)
}
