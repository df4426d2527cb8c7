//! Stops the build early, in one line, when the design system has not been brought yet.

fn main() {
    const BROUGHT: &str = "src/http/assets/node_modules/bootstrap-italia/package.json";
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={BROUGHT}");
    if !std::path::Path::new(BROUGHT).exists() {
        println!("cargo::error=the design system is not there: run `make setup`");
    }
}
