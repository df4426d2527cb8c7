//! `varco keys federation status` and `next`: a key takes the place of another no faster than the superior and everybody's
//! chains allow, against a superior on loopback.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use varco::identity::{Clock as _, SystemClock};
use varco::protocol::jose::{JwkSet, JwsAlgorithm, JwtSigner};

use crate::support::configured::{Configured, ORIGIN, Ran, varco};
use crate::support::gateway::Shared;
use crate::support::http_server::{HttpServer, Reply};
use crate::support::keys;

/// What the superior says and keeps.
struct Register {
    signer: JwtSigner,
    /// What it keeps of our federation keys.
    federation: Value,
    /// What its policy puts in the place of our core keys; `null` leaves them to us.
    core: Value,
}

impl Register {
    fn answer(&self, base: &str, target: &str) -> Reply {
        let now = SystemClock.now().timestamp();
        let own = JwkSet::new(vec![self.signer.jwk().clone()]).unwrap();
        let mut claims = json!({"iss": base, "iat": now, "exp": now + 600});
        if target == "/.well-known/openid-federation" {
            claims["sub"] = json!(base);
            claims["jwks"] = own.to_json();
            let fetch = format!("{base}/fetch");
            claims["metadata"] = json!({"federation_entity": {"federation_fetch_endpoint": fetch}});
        } else {
            assert!(target.starts_with("/fetch?sub="), "{target}");
            claims["sub"] = json!(ORIGIN);
            claims["jwks"] = self.federation.clone();
            if !self.core.is_null() {
                let policy = json!({"jwks": {"value": self.core}});
                claims["metadata_policy"] = json!({"openid_relying_party": policy});
            }
        }
        let token = self.signer.sign("entity-statement+jwt", &claims).unwrap();
        Reply::of(200, "application/entity-statement+jwt", token)
    }
}

/// A configuration with keys, and its superior, which keeps them.
struct Scene {
    configured: Configured,
    register: Arc<Mutex<Register>>,
    _server: HttpServer,
}

impl Scene {
    fn new() -> Self {
        let register = Register {
            signer: JwtSigner::new(Arc::new(Shared(keys::gateway_ec())), JwsAlgorithm::Es256)
                .unwrap(),
            federation: Value::Null,
            core: Value::Null,
        };
        let pinned = JwkSet::new(vec![register.signer.jwk().clone()]).unwrap();
        let register = Arc::new(Mutex::new(register));
        let server = HttpServer::start(|_| Reply::of(503, "text/plain", ""));
        let base = server.url("/").as_str().trim_end_matches('/').to_owned();
        let (answering, at) = (Arc::clone(&register), base.clone());
        server.answer(move |received| {
            let target = received.line.split(' ').nth(1).unwrap_or_default();
            answering.lock().unwrap().answer(&at, target)
        });

        let configured = Configured::new();
        let text = std::fs::read_to_string(configured.path("varco.toml")).unwrap();
        let section = format!(
            "
[federation]
keys = \"federation\"
authority_hints = [\"{base}\"]
contacts = [\"pec@istituto.example\"]
policy = \"https://istituto.example/privacy\"
logo = \"https://istituto.example/logo.svg\"
danger_allow_http = true
[[federation.trust_anchor]]
entity_id = \"{base}\"
keys = \"anchor.jwks\"
"
        );
        configured.write("varco.toml", &(text + &section));
        configured.write("anchor.jwks", &pinned.to_json().to_string());
        let folder = configured.path("federation");
        varco(&["keys", "federation", "new", "--p256", "--out", &folder]).expect(0);
        let scene = Self {
            configured,
            register,
            _server: server,
        };
        scene.keep_what_is_published();
        scene
    }

    /// What our entity configuration says now.
    fn published(&self) -> Value {
        let ran = self
            .configured
            .run(&["metadata", "federation", "--decoded"]);
        serde_json::from_str(&ran.expect(0).out).unwrap()
    }

    fn core_keys(&self) -> Value {
        self.published()["metadata"]["openid_relying_party"]["jwks"].clone()
    }

    /// The superior keeps what we publish.
    fn keep_what_is_published(&self) {
        let federation = self.published()["jwks"].clone();
        let core = self.core_keys();
        let mut register = self.register.lock().unwrap();
        (register.federation, register.core) = (federation, core);
    }

    fn next(&self, key_use: &str) -> Ran {
        self.configured
            .run(&["keys", "federation", "next", "--use", key_use])
    }

    fn status(&self) -> Ran {
        self.configured.run(&["keys", "federation", "status"])
    }

    /// A day passes for a rotation.
    fn a_day_passes(&self, key_use: &str) {
        let path = self.configured.path("federation/rotation.json");
        let mut state: Value =
            serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let since: varco::identity::Timestamp =
            state[key_use]["since"].as_str().unwrap().parse().unwrap();
        state[key_use]["since"] = json!(since - chrono::TimeDelta::hours(24));
        std::fs::write(&path, state.to_string()).unwrap();
    }

    fn files(&self) -> usize {
        std::fs::read_dir(self.configured.path("federation"))
            .unwrap()
            .count()
    }
}

#[test]
fn a_superior_that_keeps_our_keys_is_told_as_good() {
    let scene = Scene::new();
    let status = scene.status();
    let told = &status.expect(0).out;
    assert_eq!(told.lines().count(), 3, "{told}");
    assert!(told.lines().all(|line| line.ends_with("  is used")));
    // One that leaves the core keys to us is good too.
    scene.register.lock().unwrap().core = Value::Null;
    scene.status().expect(0);
}

#[test]
fn a_superior_that_keeps_other_keys_is_told_before_anybody_is_locked_out() {
    for which in ["federation", "core"] {
        let scene = Scene::new();
        let other = JwtSigner::new(
            Arc::new(Shared(keys::relying_party_ec())),
            JwsAlgorithm::Es256,
        );
        let other = other.unwrap().jwk().clone();
        let set = JwkSet::new(vec![other.clone()]).unwrap().to_json();
        let mut register = scene.register.lock().unwrap();
        match which {
            "federation" => register.federation = set,
            _ => register.core = set,
        }
        drop(register);
        let status = scene.status();
        let told = &status.expect(1).out;
        assert!(told.contains("does not keep it"), "{told}");
        assert!(told.contains(&format!("{}, which is not ours", other.kid())));
    }
}

#[test]
fn a_superior_that_does_not_answer_or_is_not_the_pinned_one_shows_nothing() {
    let scene = Scene::new();
    scene.next("signing").expect(0);
    let stranger = JwtSigner::new(
        Arc::new(Shared(keys::relying_party_ec())),
        JwsAlgorithm::Es256,
    );
    scene.keep_what_is_published();
    scene.register.lock().unwrap().signer = stranger.unwrap();
    let status = scene.status();
    assert!(!status.expect(1).err.is_empty());
    let next = scene.next("signing");
    assert!(next.expect(1).err.contains("not every superior shows"));
}

#[test]
fn a_rotation_goes_step_by_step_and_no_step_comes_early() {
    for key_use in ["federation", "signing", "encryption"] {
        let scene = Scene::new();
        let keys_of = |published: &Value| {
            let set = match key_use {
                "federation" => &published["jwks"],
                _ => &published["metadata"]["openid_relying_party"]["jwks"],
            };
            let keys = set["keys"].as_array().unwrap().iter();
            keys.map(|key| key["kid"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let before = keys_of(&scene.published());

        // Announced: published beside the one that is used, and shown for the superior.
        let announced = scene.next(key_use);
        let given: Value =
            serde_json::from_str(announced.expect(0).out.lines().last().unwrap()).unwrap();
        let new = given["keys"][0]["kid"].as_str().unwrap().to_owned();
        let published = keys_of(&scene.published());
        assert!(published.contains(&new) && before.iter().all(|old| published.contains(old)));
        assert_eq!(given["keys"][0].get("d"), None);
        let told = scene.status();
        assert!(told.expect(0).out.contains("waits for the superior"));
        // The superior does not keep it yet, however often it is asked.
        for _ in 0..2 {
            assert!(scene.next(key_use).expect(1).err.contains(&new));
        }

        // Registered: a day must pass before it is used.
        scene.keep_what_is_published();
        assert!(
            scene
                .next(key_use)
                .expect(0)
                .out
                .contains("every superior shows")
        );
        let early = scene.next(key_use);
        assert!(early.expect(1).err.contains("may be in use until"));
        let signer = |scene: &Scene| {
            let token = scene.configured.run(&["metadata", "federation"]);
            let token = token.expect(0).out.trim().to_owned();
            let read = varco::protocol::jose::UnverifiedJwt::parse(&token, 65_536).unwrap();
            read.unverified_header()["kid"].as_str().unwrap().to_owned()
        };
        let old = signer(&scene);
        scene.a_day_passes(key_use);
        scene.next(key_use).expect(0);
        if key_use == "federation" {
            assert_ne!(old, new);
            assert_eq!(signer(&scene), new);
        } else {
            assert_eq!(signer(&scene), old);
        }

        // Used: the old one is still there for a day, and then gone, its file too.
        assert!(
            scene
                .next(key_use)
                .expect(1)
                .err
                .contains("may be in use until")
        );
        assert_eq!(keys_of(&scene.published()).len(), published.len());
        let files = scene.files();
        scene.a_day_passes(key_use);
        assert!(scene.next(key_use).expect(0).out.contains("is gone"));
        assert_eq!(scene.files(), files - 1);
        let after = keys_of(&scene.published());
        assert_eq!(after.len(), before.len());
        assert!(after.contains(&new));
        // What the superior still keeps of the old one is told, and does no harm.
        assert!(scene.status().expect(0).out.contains("which is not ours"));
    }
}
