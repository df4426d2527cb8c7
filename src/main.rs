//! The `varco` command: parses the arguments and hands over to the library.

fn main() {}
