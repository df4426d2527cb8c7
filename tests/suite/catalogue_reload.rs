//! Another catalogue without a restart: whole and valid or not at all, and never silently.

use std::process::Command;
use std::sync::Arc;

use http::StatusCode;
use url::Url;
use varco::config::{Built, Config, Look, Ports, ServicesWatch, build};
use varco::crypto::SystemRandom;
use varco::http::router::router;
use varco::identity::Clock as _;
use varco::policy::DEFAULT_CATALOGUE;

use crate::support::browser::Browser;
use crate::support::clock::TestClock;
use crate::support::configured::{Configured, ORIGIN};
use crate::support::serving::Serving;

const BEFORE: &str = "Stato di una pratica o domanda";
const AFTER: &str = "Le mie pratiche";

fn renamed() -> String {
    DEFAULT_CATALOGUE.replacen(BEFORE, AFTER, 1)
}

/// A configuration whose services stand in a file.
fn configured() -> Configured {
    let configured = Configured::new();
    configured.change("[store]", "[services]\nfile = \"services.toml\"\n\n[store]");
    configured.write("services.toml", DEFAULT_CATALOGUE);
    configured
}

/// A gateway that runs, and the watch over its services file.
struct Scene {
    configured: Configured,
    clock: TestClock,
    built: Built,
    watch: ServicesWatch,
}

fn scene(configured: Configured) -> Scene {
    let config = Config::load(configured.path("varco.toml").as_ref()).unwrap();
    let clock = TestClock::new();
    let ports = Ports {
        clock: Arc::new(clock.clone()),
        random: Arc::new(SystemRandom),
    };
    let built = build(&config, ports).unwrap();
    Scene {
        watch: ServicesWatch::new(&config, &built).unwrap(),
        configured,
        clock,
        built,
    }
}

impl Scene {
    async fn look(&mut self) -> Look {
        self.watch.look(self.clock.now()).await
    }

    /// What a person sees on the start page.
    async fn page(&self) -> String {
        let base = Url::parse(ORIGIN).unwrap();
        let mut browser = Browser::new(router(self.built.gateway.clone()), base);
        let answer = browser.open("/?lang=it").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }

    fn swaps_written_down(&self) -> usize {
        let find = ["audit", "find", "--type", "catalogue_replaced"];
        // The command has a runtime of its own.
        let ran =
            std::thread::scope(|scope| scope.spawn(|| self.configured.run(&find)).join().unwrap());
        ran.expect(0).out.lines().count()
    }
}

#[tokio::test]
async fn a_changed_file_is_in_force_once_it_has_stood_still_and_is_written_down() {
    let mut scene = scene(configured());
    assert!(matches!(scene.look().await, Look::Unchanged));
    let page = scene.page().await;
    assert!(page.contains(BEFORE), "{page}");

    scene.configured.write("services.toml", &renamed());
    assert!(matches!(scene.look().await, Look::Unsettled));
    assert!(scene.page().await.contains(BEFORE));
    let look = scene.look().await;
    assert!(matches!(look, Look::Replaced { services: 29 }), "{look:?}");
    let page = scene.page().await;
    assert!(page.contains(AFTER) && !page.contains(BEFORE));
    assert!(matches!(scene.look().await, Look::Unchanged));
    assert_eq!(scene.swaps_written_down(), 1);
}

#[tokio::test]
async fn the_ways_in_of_the_installation_outlive_a_swap() {
    let mut scene = scene(configured());
    let offered = scene.built.gateway.catalogue().offered();
    scene.configured.write("services.toml", &renamed());
    let look = scene.watch.reload(scene.clock.now()).await;
    assert!(matches!(look, Look::Replaced { .. }), "{look:?}");
    assert_eq!(scene.built.gateway.catalogue().offered(), offered);
    assert_eq!(offered.to_string(), "spid");
}

#[tokio::test]
async fn a_file_with_anything_wrong_leaves_the_old_catalogue_in_force_and_is_told_once() {
    let mut scene = scene(configured());
    let wrong = renamed().replacen("for = [\"citizen\"]", "for = [\"king\"]", 1);
    let wrong = wrong.replacen("max_age = \"15m\"", "max_age = \"never\"", 1);
    scene.configured.write("services.toml", &wrong);
    assert!(matches!(scene.look().await, Look::Unsettled));
    let Look::Refused(errors) = scene.look().await else {
        panic!("a wrong file was taken up");
    };
    let lines: Vec<_> = errors.faults().iter().map(|fault| fault.line).collect();
    assert!(
        lines.len() == 2 && lines.iter().all(Option::is_some),
        "{errors}"
    );
    assert!(matches!(scene.look().await, Look::Unchanged));
    assert!(scene.page().await.contains(BEFORE));

    // Half a file, a file that is gone and one that is empty are wrong as well.
    let half: String = renamed().chars().take(9000).collect();
    for text in [half.as_str(), ""] {
        scene.configured.write("services.toml", text);
        let look = scene.watch.reload(scene.clock.now()).await;
        assert!(matches!(look, Look::Refused(_)), "{look:?}");
    }
    scene.configured.remove("services.toml");
    assert!(matches!(scene.look().await, Look::Unsettled));
    assert!(matches!(scene.look().await, Look::Refused(_)));
    assert!(scene.page().await.contains(BEFORE));

    scene.configured.write("services.toml", &renamed());
    assert!(matches!(scene.look().await, Look::Unsettled));
    assert!(matches!(scene.look().await, Look::Replaced { .. }));
    assert!(scene.page().await.contains(AFTER));
    assert_eq!(scene.swaps_written_down(), 1);
}

#[tokio::test]
async fn a_catalogue_that_is_right_alone_but_not_with_the_applications_is_refused() {
    let configured = configured();
    let client = format!(
        r#"
[[openid.client]]
id = "portale"
name = {{ it = "Portale", en = "Portal" }}
redirect_uris = ["https://portale.example/cb"]
authentication = {{ method = "client_secret_basic", secret_sha256 = "{}" }}
services = ["stato-pratica"]

[store]"#,
        "ab".repeat(32)
    );
    configured.change("[store]", &client);
    let mut scene = scene(configured);
    for (from, to, says) in [
        ("id = \"stato-pratica\"", "id = \"stato\"", "stato-pratica"),
        (
            "id = \"stato-pratica\"\n",
            "id = \"stato-pratica\"\nclient = \"altra\"\n",
            "belongs to `altra`",
        ),
    ] {
        let text = DEFAULT_CATALOGUE.replacen(from, to, 1);
        scene.configured.write("services.toml", &text);
        let Look::Refused(errors) = scene.watch.reload(scene.clock.now()).await else {
            panic!("{to} was taken up");
        };
        assert!(errors.to_string().contains(says), "{errors}");
    }
}

#[test]
fn serve_takes_up_a_changed_file_on_sighup() {
    let configured = configured();
    let serving = Serving::start(&configured);
    let page = || Serving::get(serving.people, "/");
    assert!(page().contains(BEFORE));
    configured.write("services.toml", &renamed());
    let told = Command::new("kill")
        .args(["-HUP", &serving.process.id().to_string()])
        .status();
    assert!(told.unwrap().success());
    // Each answer is a round trip; the signal is heard long before that many.
    let taken_up = (0..10_000).any(|_| page().contains(AFTER));
    assert!(taken_up, "{}", serving.log());
    // The line follows the change by a moment.
    let told = (0..10_000).any(|_| {
        page();
        serving.log().contains("services-replaced")
    });
    assert!(told, "{}", serving.log());
}
