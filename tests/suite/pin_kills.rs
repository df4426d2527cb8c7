//! What is left when the process is killed in the midst of its work on PINs: all of a change or nothing of it.
//!
//! The test starts this very program again, which issues PINs, delivers what is due and converts PINs on a store that stays,
//! and kills it (SIGKILL) at a random moment of one of these, 200 times; after each it looks at all that there is.

mod worker;
mod world;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use varco::crypto::{Random as _, SystemRandom};

use world::World;

/// Where the process that is killed finds its folder.
const FOLDER: &str = "VARCO_TEST_KILLED_IN";
const KILLS: u32 = 200;
/// How many kills one store lives through: what is looked at after each grows with it.
const KILLS_A_STORE: u32 = 10;
/// What the process says it is about to do.
const PHASES: [&str; 3] = ["issue", "conversion", "sending"];

#[test]
fn whenever_the_process_is_killed_no_letter_secret_or_grade_is_lost() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        worker::work(Path::new(&folder));
    }
    let mut hits = BTreeMap::from(PHASES.map(|phase| (phase, 0)));
    hits.insert("between", 0);
    let (mut issued, mut converted, mut delivered, mut twice) = (0, 0, 0, 0);
    for store in 0..KILLS / KILLS_A_STORE {
        let folder = tempfile::tempdir().unwrap();
        let mut world = World::new(folder.path());
        for kill in 0..KILLS_A_STORE {
            let aim = PHASES[usize::try_from(store + kill).unwrap() % PHASES.len()];
            let said = run_and_kill(folder.path(), aim);
            *hits.get_mut(phase_of(&said)).unwrap() += 1;
            world.heard(&said);
            world.look();
        }
        world.deliver_the_rest();
        let seen = world.look();
        issued += seen.issued;
        converted += seen.converted;
        delivered += seen.delivered;
        twice += world.delivered_twice();
    }
    let total: u32 = hits.values().sum();
    let report = format!(
        "{total} kills of a process that works on PINs: {} in issue, {} in conversion, {} in sending, {} between.\n\
         {issued} PINs issued, {converted} converted, {delivered} messages delivered, {twice} of them handed over twice; \
         nothing lost.\n",
        hits["issue"], hits["conversion"], hits["sending"], hits["between"]
    );
    println!("{report}");
    std::fs::write(
        concat!(env!("CARGO_TARGET_TMPDIR"), "/pin_kills.txt"),
        report,
    )
    .unwrap();
    for phase in PHASES {
        assert!(
            hits[phase] >= KILLS / 20,
            "{phase} was hardly hit: {hits:?}"
        );
    }
}

/// Starts the process, kills it soon after it has said that it begins with a phase, and gives all that it said.
fn run_and_kill(folder: &Path, aim: &str) -> Vec<String> {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture"])
        .arg(format!(
            "{}::whenever_the_process_is_killed_no_letter_secret_or_grade_is_lost",
            module_path!().split_once("::").unwrap().1
        ))
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(process.stdout.take().unwrap());
    let mut said = Vec::new();
    let mut left = 1 + random(4);
    while left > 0 {
        let mut line = String::new();
        let read = output.read_line(&mut line).unwrap();
        assert!(read > 0, "the process ended by itself: {said:?}");
        left -= u64::from(line.trim_end() == format!("@{aim}"));
        said.push(line.trim_end().to_owned());
    }
    let until = Instant::now() + Duration::from_micros(random(length(aim)));
    while Instant::now() < until {
        std::thread::yield_now();
    }
    process.kill().unwrap();
    process.wait().unwrap();
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    // A last line without its end was not said.
    let whole = rest.rfind('\n').map_or("", |end| &rest[..end]);
    said.extend(whole.lines().map(str::to_owned));
    said
}

/// How many microseconds a phase takes about, so that a random moment of them is one of any of its writes. The writer rests 15
/// milliseconds from one to the next, and a conversion is six.
fn length(phase: &str) -> u64 {
    match phase {
        "conversion" => 110_000,
        _ => 25_000,
    }
}

/// What the process was doing when it was killed.
fn phase_of(said: &[String]) -> &'static str {
    let last = said.iter().rev().find_map(|line| {
        let phase = line.strip_prefix('@')?;
        PHASES
            .iter()
            .find(|known| **known == phase)
            .copied()
            .or((phase == "between").then_some("between"))
    });
    last.unwrap_or("between")
}

fn random(below: u64) -> u64 {
    let mut bytes = [0; 8];
    SystemRandom.fill(&mut bytes);
    u64::from_le_bytes(bytes) % below
}
