//! AgID's own test program for SPID service providers, `spid-sp-test`, against a running demo.
//!
//! The program ends with 0 even when it could not load what it should test, so what counts is how many checks it made:
//! its report is read and every count is asserted (`rules/spid.md`, section 3).

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;
use varco::demo::Running;
use varco::demo::ca::key_certificate;
use varco::demo::citizen::Citizen;
use varco::identity::{AssuranceLevel, Clock as _, SystemClock};

use crate::support::demo::{Demo, report, tool};
use crate::support::keys;

const ENTITY_ID: &str = "https://idp.spid-sp-test.example";
/// Checks of the metadata that do not depend on how many attributes are asked for.
const METADATA: usize = 99;
const RESPONSES: usize = 111;

/// What one run is to test.
#[derive(Clone, Copy)]
struct Run {
    level: u8,
    binding: &'static str,
    /// How many checks of the AuthnRequest there are: those of `ForceAuthn` come with level 2, those of the signature in
    /// the XML with POST.
    requests: usize,
    responses: usize,
}

/// How many checks were made, and what each that failed says.
#[derive(Default, PartialEq, Eq)]
struct Counts {
    metadata: usize,
    requests: usize,
    responses: usize,
    failed: Vec<String>,
}

impl fmt::Debug for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            metadata,
            requests,
            responses,
            failed,
        } = self;
        let failures = failed.len();
        write!(
            f,
            "metadata {metadata}, requests {requests}, responses {responses}, failed {failures}"
        )?;
        failed
            .iter()
            .try_for_each(|failure| write!(f, "\n  {failure}"))
    }
}

/// The program with a provider of its own: the key that it ships has expired.
struct Tool {
    program: PathBuf,
    folder: TempDir,
}

impl Tool {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let key = keys::provider_rsa();
        let certificate = key_certificate("spid-sp-test", key, SystemClock.now()).unwrap();
        let pem = varco::crypto::certificate::to_pem(&certificate);
        std::fs::write(folder.path().join("public.cert"), pem).unwrap();
        std::fs::write(folder.path().join("private.key"), key.to_pem().as_bytes()).unwrap();
        let program = tool("spid-sp-test/bin/spid_sp_test");
        Self { program, folder }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .current_dir(self.folder.path())
            .env("IDP_ENTITYID", ENTITY_ID)
            .env("IDP_CERT_PATH", self.folder.path())
            .env("PYTHONWARNINGS", "ignore");
        command
    }

    /// The metadata of its provider, in a file.
    fn metadata(&self) -> PathBuf {
        let output = self.command().arg("--idp-metadata").output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let path = self.folder.path().join("idp.xml");
        std::fs::write(&path, output.stdout).unwrap();
        path
    }

    fn run(&self, demo: &Running, run: Run) -> Counts {
        let Run { level, binding, .. } = run;
        let gateway = &demo.addresses().gateway;
        let file = self.folder.path().join(format!("{level}-{binding}.json"));
        let login = format!("{gateway}/login/spid?idp={ENTITY_ID}&level={level}&binding={binding}");
        let mut command = self.command();
        command
            .env("REQUESTS_CA_BUNDLE", demo.ca_file())
            .args(["--metadata-url", &format!("{gateway}/spid/metadata")])
            .args(["--authn-url", &login])
            .args([
                "--profile",
                "spid-sp-public",
                "--extra",
                "-d",
                "ERROR",
                "-rf",
                "json",
                "-o",
            ])
            .arg(&file);
        if run.responses > 0 {
            command.arg("--test-response");
        }
        let output = command.output().unwrap();
        match std::fs::read(&file) {
            Ok(text) => read(&text),
            Err(error) => panic!(
                "no report ({error}): {}",
                String::from_utf8_lossy(&output.stderr)
            ),
        }
    }
}

/// Counts the checks of a report, wherever in it they are listed.
fn read(report: &[u8]) -> Counts {
    let report: Value = serde_json::from_slice(report).unwrap();
    let sections = report["test"]["sp"].as_object().unwrap();
    let mut counts = Counts::default();
    for (name, classes) in sections {
        for check in classes
            .as_object()
            .unwrap()
            .values()
            .flat_map(|it| it.as_array().unwrap())
        {
            match name.as_str() {
                "metadata_extra" => counts.metadata += 1,
                "authnrequest_extra" => counts.requests += 1,
                "response" => counts.responses += 1,
                other => panic!("an unknown part of the report: {other}"),
            }
            if check["result"] != "success" {
                counts
                    .failed
                    .push(format!("{name}: {}: {}", check["test"], check["value"]));
            }
        }
    }
    counts
}

/// How many checks of the metadata there are: five for each set of attributes, one for each name of a set, two for each
/// attribute, and the rest. One set with two names and eleven attributes makes the 128 of a small service provider;
/// ours has more of each, so more is checked.
fn metadata_checks(demo: &Demo) -> usize {
    let address = format!("{}/spid/metadata", demo.addresses().gateway);
    let mut citizen = Citizen::new(demo.authority()).unwrap();
    let metadata = demo.block_on(citizen.open(&address)).unwrap().body;
    let count = |start: &str| metadata.matches(start).count();
    METADATA
        + 5 * count("<md:AttributeConsumingService ")
        + count("<md:ServiceName ")
        + 2 * count("<md:RequestedAttribute ")
}

/// Runs all of them at once and compares what was tested with what should have been.
fn test_at(minimum_level: AssuranceLevel, runs: &[Run]) {
    let tool = Tool::new();
    let demo = Demo::start(minimum_level, vec![tool.metadata()]);
    let metadata = metadata_checks(&demo);
    assert!(metadata >= 128, "{metadata}");
    let counts: Vec<Counts> = std::thread::scope(|scope| {
        let started: Vec<_> = runs
            .iter()
            .map(|run| scope.spawn(|| tool.run(&demo, *run)))
            .collect();
        started.into_iter().map(|run| run.join().unwrap()).collect()
    });
    for (run, counts) in runs.iter().zip(counts) {
        let what = format!("spid-sp-test, level {}, {}", run.level, run.binding);
        report("spid-sp-test", &format!("{what}: {counts:?}"));
        let expected = Counts {
            metadata,
            requests: run.requests,
            responses: run.responses,
            failed: Vec::new(),
        };
        assert_eq!(counts, expected, "{what}");
    }
}

#[test]
fn the_gateway_passes_at_its_usual_level() {
    let run = |binding, requests, responses| Run {
        level: 2,
        binding,
        requests,
        responses,
    };
    let runs = [run("post", 51, RESPONSES), run("redirect", 44, 0)];
    test_at(AssuranceLevel::Substantial, &runs);
}

#[test]
fn a_gateway_that_allows_level_1_passes_at_level_1_and_3() {
    let run = |level, binding, requests, responses| Run {
        level,
        binding,
        requests,
        responses,
    };
    let runs = [
        run(1, "post", 47, RESPONSES),
        run(1, "redirect", 40, 0),
        run(3, "post", 51, RESPONSES),
        run(3, "redirect", 44, 0),
    ];
    test_at(AssuranceLevel::Low, &runs);
}

#[test]
fn a_report_of_fewer_checks_or_of_a_failed_one_does_not_pass() {
    let report = r#"{"test": {"sp": {
        "metadata_extra": {"A": [{"result": "success", "test": "t", "value": "v"}]},
        "response": {"B": [{"result": "failure", "test": "t", "value": "v"}]}
    }}}"#;
    let counts = read(report.as_bytes());
    assert_eq!(
        (counts.metadata, counts.requests, counts.responses),
        (1, 0, 1)
    );
    assert_eq!(counts.failed, [r#"response: "t": "v""#]);
}

/// The folder of a tool that `make setup` brings is there, or the test says what to do.
#[test]
fn the_tool_is_the_version_whose_counts_these_are() {
    let packages = tool("spid-sp-test/lib");
    let found = std::fs::read_dir(packages)
        .unwrap()
        .map(|python| python.unwrap().path().join("site-packages"))
        .any(|path| {
            Path::new(&path)
                .join("spid_sp_test-1.2.18.dist-info")
                .is_dir()
        });
    assert!(found, "spid-sp-test 1.2.18");
}
