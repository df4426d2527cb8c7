//! A rotation of our federation keys while the gateway serves: each step is taken up without a restart, whole or not at all, and
//! never silently (rules on CIE, B2; decision 0032).

use std::process::Command;
use std::sync::Arc;

use serde_json::Value;
use varco::config::{Built, Config, KeysLook, KeysWatch, Ports, build};
use varco::crypto::SystemRandom;
use varco::http::router::router;
use varco::identity::{Clock as _, SystemClock};
use varco::protocol::jose::UnverifiedJwt;

use crate::support::browser::Browser;
use crate::support::configured::{Configured, ORIGIN, varco as command};
use crate::support::serving::Serving;

const SECTION: &str = "
[federation]
keys = \"federation\"
authority_hints = [\"https://registry.example\"]
contacts = [\"pec@istituto.example\"]
policy = \"https://istituto.example/privacy\"
logo = \"https://istituto.example/logo.svg\"
";

fn configured() -> Configured {
    let configured = Configured::new();
    let keys = configured.path("federation");
    command(&["keys", "federation", "new", "--p256", "--out", &keys]).expect(0);
    let text = std::fs::read_to_string(configured.path("varco.toml")).unwrap();
    configured.write("varco.toml", &(text + SECTION));
    configured
}

/// The names of the keys that an entity configuration shows: for itself, and for signatures and encryption.
fn shown(token: &str) -> (Vec<String>, Vec<String>) {
    let token = UnverifiedJwt::parse(token, 64 * 1024).unwrap();
    let claims = token.unverified_claims();
    let names = |keys: &Value| {
        let keys = keys["keys"].as_array().unwrap().iter();
        keys.map(|key| key["kid"].as_str().unwrap().to_owned())
            .collect()
    };
    let core = &claims["metadata"]["openid_relying_party"]["jwks"];
    (names(&claims["jwks"]), names(core))
}

/// A gateway that runs, and the watch over its keys.
struct Scene {
    configured: Configured,
    built: Built,
    watch: KeysWatch,
}

impl Scene {
    fn new() -> Self {
        let configured = configured();
        let config = Config::load(configured.path("varco.toml").as_ref()).unwrap();
        let ports = Ports {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        };
        let built = build(&config, ports).unwrap();
        Self {
            watch: KeysWatch::new(&config, &built).unwrap(),
            configured,
            built,
        }
    }

    async fn look(&mut self) -> KeysLook {
        self.watch.look(SystemClock.now()).await
    }

    /// What the gateway publishes.
    async fn shown(&self) -> (Vec<String>, Vec<String>) {
        let origin = url::Url::parse(ORIGIN).unwrap();
        let mut browser = Browser::new(router(self.built.gateway.clone()), origin);
        let answer = browser.open("/.well-known/openid-federation").await;
        shown(&answer.body)
    }

    /// The operator takes a step. Commands have a runtime of their own.
    fn step(&self, key_use: &str) -> String {
        let arguments = ["keys", "federation", "next", "--use", key_use];
        let run = || self.configured.run(&arguments);
        let ran = std::thread::scope(|scope| scope.spawn(run).join().unwrap());
        ran.expect(0).out.clone()
    }

    fn recorded(&self) -> Vec<Value> {
        let arguments = ["audit", "find", "--type", "federation_keys_replaced"];
        let run = || self.configured.run(&arguments);
        let ran = std::thread::scope(|scope| scope.spawn(run).join().unwrap());
        let lines = ran.expect(0).out.lines();
        let events = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
        events.map(|line| line["record"]["event"].clone()).collect()
    }
}

#[tokio::test]
async fn a_key_that_is_announced_is_published_without_a_restart_and_written_down() {
    let mut scene = Scene::new();
    let (before, core) = scene.shown().await;
    assert_eq!((before.len(), core.len()), (1, 2));
    // The first look is at what was read already.
    assert!(matches!(scene.look().await, KeysLook::Unsettled));
    assert!(matches!(scene.look().await, KeysLook::Unchanged));

    let told = scene.step("federation");
    assert!(matches!(scene.look().await, KeysLook::Unsettled));
    assert_eq!(scene.shown().await.0, before);
    assert!(matches!(scene.look().await, KeysLook::Replaced));
    let (after, same_core) = scene.shown().await;
    assert_eq!(after[0], before[0], "the old one is used");
    assert_eq!(after.len(), 2);
    assert!(told.contains(&after[1]), "{told}");
    assert_eq!(same_core, core);
    let recorded = scene.recorded();
    assert_eq!(recorded.len(), 1);
    assert_eq!(recorded[0]["federation"], serde_json::json!(after));
    assert_eq!(recorded[0]["signing"], serde_json::json!([core[0]]));
    assert!(matches!(scene.look().await, KeysLook::Unchanged));

    scene.step("encryption");
    scene.look().await;
    assert!(matches!(scene.look().await, KeysLook::Replaced));
    assert_eq!(scene.shown().await.1.len(), 3);
    assert_eq!(scene.recorded().len(), 2);
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_changes_nothing_and_is_told_once() {
    let mut scene = Scene::new();
    let before = scene.shown().await;
    scene.step("signing");
    let state = scene.configured.path("federation/rotation.json");
    let whole = std::fs::read_to_string(&state).unwrap();
    let next = serde_json::from_str::<Value>(&whole).unwrap()["signing"]["next"].clone();
    let file = format!("federation/signing.{}.pem", next.as_str().unwrap());
    let key = std::fs::read_to_string(scene.configured.path(&file)).unwrap();
    scene.configured.remove(&file);
    scene.look().await;
    let KeysLook::Refused(errors) = scene.look().await else {
        panic!("it lacks a key");
    };
    assert!(errors.to_string().contains("signing."), "{errors}");
    assert!(matches!(scene.look().await, KeysLook::Unsettled));
    assert_eq!(scene.shown().await, before);
    assert!(scene.recorded().is_empty());
    // Who asks is told again.
    let asked = scene.watch.reload(SystemClock.now()).await;
    assert!(matches!(asked, KeysLook::Refused(_)));
    // Where files are copied the key may come last: nobody has to ask.
    scene.configured.write(&file, &key);
    assert!(matches!(scene.look().await, KeysLook::Replaced));
    assert_eq!(scene.shown().await.1.len(), before.1.len() + 1);
}

#[tokio::test]
async fn keys_that_cannot_be_written_down_are_not_used() {
    let mut scene = Scene::new();
    let before = scene.shown().await;
    scene.step("signing");
    let database = rusqlite::Connection::open(scene.configured.database()).unwrap();
    let refuse =
        "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END";
    database.execute_batch(refuse).unwrap();
    scene.look().await;
    assert!(matches!(scene.look().await, KeysLook::Unrecorded(_)));
    assert_eq!(scene.shown().await, before);
    database.execute_batch("DROP TRIGGER full").unwrap();
    assert!(matches!(scene.look().await, KeysLook::Replaced));
}

#[test]
fn serve_takes_up_a_step_of_a_rotation_on_sighup() {
    let configured = configured();
    let serving = Serving::start(&configured);
    let published = || {
        let answer = Serving::get(serving.people, "/.well-known/openid-federation");
        let token = answer.split("\r\n\r\n").nth(1).unwrap();
        shown(token).0
    };
    let before = published();
    let step = configured.run(&["keys", "federation", "next", "--use", "federation"]);
    let told = Command::new("kill")
        .args(["-HUP", &serving.process.id().to_string()])
        .status();
    assert!(told.unwrap().success());
    // Each answer is a round trip; the signal is heard long before that many.
    let taken_up = (0..10_000).map(|_| published()).find(|now| *now != before);
    let now = taken_up.unwrap_or_else(|| panic!("{}", serving.log()));
    assert_eq!((now.len(), &now[0]), (2, &before[0]));
    assert!(step.expect(0).out.contains(&now[1]));
}
