//! Other authorities of cards without a restart: a whole valid set or none, and never silently.

use std::process::Command;
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use varco::config::{AnchorsWatch, Built, Config, Ports, TrustLook, build};
use varco::crypto::SystemRandom;
use varco::crypto::certificate::to_pem;
use varco::demo::trusted_list::TestList;
use varco::identity::SystemClock;

use crate::support::authority::Authority;
use crate::support::configured::Configured;
use crate::support::listed::{LIST, configured, list, now, pem, signed};
use crate::support::serving::Serving;

/// A gateway that runs, and the watch over its authorities.
struct Scene {
    configured: Configured,
    built: Built,
    watch: AnchorsWatch,
}

fn scene(configured: Configured) -> Scene {
    let config = Config::load(configured.path("varco.toml").as_ref()).unwrap();
    let ports = Ports {
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    };
    let built = build(&config, ports).unwrap();
    Scene {
        watch: AnchorsWatch::new(&config, &built, now()).unwrap(),
        configured,
        built,
    }
}

/// With a list of twelve authorities.
fn with_list() -> Scene {
    let configured = configured(LIST);
    import(&configured, &list(7, 12), &[]);
    scene(configured)
}

/// With a folder of so many PEM files.
fn with_folder(files: usize) -> Scene {
    let configured = configured("pem = [\"anchors\"]");
    std::fs::create_dir(configured.path("anchors")).unwrap();
    for file in 0..files {
        configured.write(&format!("anchors/{file:02}.pem"), &pem(file));
    }
    scene(configured)
}

/// Commands have a runtime of their own.
fn run(configured: &Configured, arguments: &[&str]) -> String {
    let ran = std::thread::scope(|scope| scope.spawn(|| configured.run(arguments)).join().unwrap());
    ran.expect(0).out.clone()
}

fn import(configured: &Configured, list: &TestList, more: &[&str]) {
    configured.write("new.xml", &signed(list));
    let file = configured.path("new.xml");
    run(
        configured,
        &[&["cns", "trust", "import", &file], more].concat(),
    );
}

impl Scene {
    fn in_force(&self) -> usize {
        self.built.anchors.current().len()
    }

    async fn look(&mut self) -> TrustLook {
        self.watch.look(now()).await
    }

    /// A look at a change, and one at what has stood still since.
    async fn settled(&mut self) -> TrustLook {
        let first = self.look().await;
        assert!(matches!(first, TrustLook::Unsettled), "{first:?}");
        self.look().await
    }

    fn swaps_written_down(&self) -> usize {
        let find = ["audit", "find", "--type", "card_authorities_replaced"];
        run(&self.configured, &find).lines().count()
    }

    /// The refusal of a change, which leaves everything as it was.
    async fn refused(&mut self, part: &str) {
        let before = self.in_force();
        match self.settled().await {
            TrustLook::Refused(errors) => {
                assert!(errors.to_string().contains(part), "{errors}");
            }
            look => panic!("{look:?}"),
        }
        assert_eq!((self.in_force(), self.swaps_written_down()), (before, 0));
        // Told once.
        assert!(matches!(self.look().await, TrustLook::Unchanged));
    }
}

#[tokio::test]
async fn an_imported_list_is_in_force_without_a_restart_and_is_written_down() {
    let mut scene = with_list();
    let mut heard = scene.built.anchors.subscribe();
    assert!(matches!(scene.look().await, TrustLook::Unchanged));
    import(&scene.configured, &list(8, 11), &[]);
    let look = scene.settled().await;
    assert!(
        matches!(
            look,
            TrustLook::Replaced {
                authorities: 11,
                ..
            }
        ),
        "{look:?}"
    );
    heard.changed().await.unwrap();
    assert_eq!(heard.borrow().len(), 11);
    assert_eq!((scene.in_force(), scene.swaps_written_down()), (11, 1));
    assert_eq!(scene.watch.list().unwrap().kept.sequence, 8);
    assert!(matches!(scene.look().await, TrustLook::Unchanged));
}

#[tokio::test]
async fn a_new_list_with_the_same_authorities_changes_its_dates_and_nothing_else() {
    let mut scene = with_list();
    import(&scene.configured, &list(8, 12), &[]);
    assert!(matches!(scene.settled().await, TrustLook::Unchanged));
    assert_eq!(scene.watch.list().unwrap().kept.sequence, 8);
    assert_eq!(scene.swaps_written_down(), 0);
}

#[tokio::test]
async fn removals_that_somebody_approved_are_taken_up() {
    let mut scene = with_list();
    import(&scene.configured, &list(8, 3), &["--accept-removals"]);
    let look = scene.settled().await;
    assert!(
        matches!(look, TrustLook::Replaced { authorities: 3, .. }),
        "{look:?}"
    );
}

#[tokio::test]
async fn an_older_list_put_back_by_hand_is_not_taken_up() {
    let mut scene = with_list();
    let pointer = scene.configured.path("trusted/current.toml");
    let old = std::fs::read_to_string(&pointer).unwrap();
    import(&scene.configured, &list(8, 12), &[]);
    scene.settled().await;
    // An attacker who can write the folder, and a file system whose clock is too coarse to tell otherwise.
    scene
        .configured
        .write("trusted/current.toml", &format!("{old}\n"));
    scene.refused("an older list never comes back").await;
}

#[tokio::test]
async fn a_broken_pointer_or_list_leaves_the_old_set_in_force() {
    let mut scene = with_list();
    scene.configured.write("trusted/current.toml", "file = 1");
    scene.refused("is not as `varco").await;
    scene.configured.remove("trusted/current.toml");
    scene.refused("no trusted list was imported yet").await;
}

#[tokio::test]
async fn a_new_pem_file_is_taken_up_and_a_broken_one_is_not() {
    let mut scene = with_folder(11);
    scene.configured.write("anchors/new.pem", &pem(11));
    let look = scene.settled().await;
    assert!(
        matches!(
            look,
            TrustLook::Replaced {
                authorities: 12,
                ..
            }
        ),
        "{look:?}"
    );
    scene.configured.write("anchors/new.pem", "half a fi");
    match scene.settled().await {
        TrustLook::Refused(errors) => assert!(errors.to_string().contains("new.pem")),
        look => panic!("{look:?}"),
    }
    assert_eq!(scene.in_force(), 12);
}

#[tokio::test]
async fn a_folder_that_loses_most_of_its_files_is_not_taken_up() {
    let mut scene = with_folder(12);
    for file in 2..12 {
        scene.configured.remove(&format!("anchors/{file:02}.pem"));
    }
    scene
        .refused("10 of 12 authorities of cards would go")
        .await;
}

#[tokio::test]
async fn a_set_whose_names_do_not_fit_into_a_handshake_is_not_taken_up() {
    let mut scene = with_folder(2);
    let many: String = (0..180)
        .map(|number| format!("Regione {number} - {}", "CA Cittadini ".repeat(4)))
        .map(|name| to_pem(&Authority::of(&name).certificate()))
        .collect();
    scene.configured.write("anchors/many.pem", &many);
    scene.refused("16384 fit").await;
}

#[tokio::test]
async fn authorities_that_expire_go_within_a_day_however_many_they_are() {
    let configured = configured("pem = [\"anchors\"]");
    std::fs::create_dir(configured.path("anchors")).unwrap();
    configured.write("anchors/00.pem", &pem(0));
    let until = now() + Duration::days(3);
    for number in 1..4 {
        let mut authority = Authority::of("Regione che finisce");
        authority.until = until;
        let pem = to_pem(&authority.certificate());
        configured.write(&format!("anchors/{number:02}.pem"), &pem);
    }
    let mut scene = scene(configured);
    assert_eq!(scene.in_force(), 4);
    let later = |days| -> DateTime<Utc> { now() + Duration::days(days) };
    assert!(matches!(
        scene.watch.look(later(1)).await,
        TrustLook::Unchanged
    ));
    let look = scene.watch.look(later(4)).await;
    assert!(
        matches!(look, TrustLook::Replaced { authorities: 1, .. }),
        "{look:?}"
    );
    let notes = scene.watch.take_notes();
    assert!(
        notes
            .iter()
            .any(|note| note.contains("3 authorities of cards have expired"))
    );
}

#[tokio::test]
async fn asking_takes_a_change_up_at_once() {
    let mut scene = with_folder(2);
    scene.configured.write("anchors/new.pem", &pem(2));
    let look = scene.watch.reload(now()).await;
    assert!(
        matches!(look, TrustLook::Replaced { authorities: 3, .. }),
        "{look:?}"
    );
    assert!(matches!(scene.look().await, TrustLook::Unchanged));
}

#[test]
fn serve_takes_up_an_imported_list_on_sighup_and_a_bad_one_never() {
    let configured = configured(LIST);
    import(&configured, &list(7, 12), &[]);
    let serving = Serving::start(&configured);
    let measured = |authorities: usize| {
        let metrics = Serving::get(serving.platform, "/metrics");
        let next = list(7, 12).next_update.timestamp() / 100;
        assert!(metrics.contains(&format!("varco_trusted_list_next_update_seconds {next}")));
        metrics.contains(&format!("varco_card_authorities {authorities}\n"))
    };
    let told_until = |part: &str| {
        let told = Command::new("kill")
            .args(["-HUP", &serving.process.id().to_string()])
            .status();
        assert!(told.unwrap().success());
        // Each answer is a round trip; the signal is heard long before that many.
        let heard = (0..10_000).any(|_| {
            Serving::get(serving.platform, "/health/live");
            serving.log().contains(part)
        });
        assert!(heard, "{}", serving.log());
    };
    assert!(measured(12));
    import(&configured, &list(8, 11), &[]);
    told_until("\"card-authorities-replaced\"");
    assert!((0..10_000).any(|_| measured(11)));
    configured.write("trusted/current.toml", "file = 1");
    told_until("\"card-authorities-refused\"");
    assert!(measured(11));
}
