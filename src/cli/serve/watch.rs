//! What is taken up while the gateway serves: the services file, the authorities of cards, our trust marks and our keys in a
//! federation.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::config::{
    AnchorsWatch, KeysLook, KeysWatch, Look, MarksLook, MarksWatch, ServicesWatch, TrustLook,
};
use crate::http::state::Gateway;
use crate::identity::{Clock as _, SystemClock, Timestamp};
use crate::server::Hangups;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What is watched.
pub(super) struct Watched {
    pub(super) services: Option<ServicesWatch>,
    pub(super) anchors: Option<AnchorsWatch>,
    pub(super) marks: Option<MarksWatch>,
    /// Our keys in a federation.
    pub(super) keys: Option<KeysWatch>,
    pub(super) gateway: Gateway,
}

/// Takes up files that changed, or that SIGHUP says have changed.
pub(super) async fn files(mut watched: Watched, mut hangups: Hangups) {
    let mut looks = interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    if let Some(anchors) = &watched.anchors {
        measure(&watched.gateway, anchors);
    }
    loop {
        let asked = tokio::select! {
            _ = looks.tick() => false,
            () = hangups.next() => true,
        };
        let now = SystemClock.now();
        services(watched.services.as_mut(), asked, now).await;
        if let Some(anchors) = &mut watched.anchors {
            trust(anchors, asked, now).await;
            measure(&watched.gateway, anchors);
        }
        if let Some(own) = &mut watched.marks {
            marks(own, asked);
            watched.gateway.metrics().federation_marks(own.first_end());
        }
        if let Some(own) = &mut watched.keys {
            keys(own, asked, now).await;
        }
    }
}

async fn services(watch: Option<&mut ServicesWatch>, asked: bool, now: Timestamp) {
    let Some(watch) = watch else {
        if asked {
            tracing::info!("services-come-with-varco");
        }
        return;
    };
    let look = if asked {
        watch.reload(now).await
    } else {
        watch.look(now).await
    };
    match look {
        Look::Unchanged if asked => tracing::info!("services-unchanged"),
        Look::Unchanged | Look::Unsettled => {}
        Look::Replaced { services } => tracing::info!(services, "services-replaced"),
        Look::Refused(errors) => {
            for fault in errors.faults() {
                tracing::error!(%fault, "services-refused");
            }
        }
        Look::Unrecorded(error) => tracing::error!(%error, "services-not-recorded"),
    }
}

async fn trust(watch: &mut AnchorsWatch, asked: bool, now: Timestamp) {
    let look = if asked {
        watch.reload(now).await
    } else {
        watch.look(now).await
    };
    match look {
        TrustLook::Unchanged if asked => tracing::info!("card-authorities-unchanged"),
        TrustLook::Unchanged | TrustLook::Unsettled => {}
        TrustLook::Replaced {
            authorities,
            digest,
        } => tracing::info!(authorities, digest, "card-authorities-replaced"),
        TrustLook::Refused(errors) => {
            for fault in errors.faults() {
                tracing::error!(%fault, "card-authorities-refused");
            }
        }
        TrustLook::Unrecorded(error) => {
            tracing::error!(%error, "card-authorities-not-recorded");
        }
    }
    for note in watch.take_notes() {
        tracing::warn!(note, "card-authorities");
    }
}

fn marks(watch: &mut MarksWatch, asked: bool) {
    let look = if asked { watch.reload() } else { watch.look() };
    match look {
        MarksLook::Unchanged if asked => tracing::info!("trust-marks-unchanged"),
        MarksLook::Unchanged | MarksLook::Unsettled => {}
        MarksLook::Replaced { marks } => tracing::info!(marks, "trust-marks-replaced"),
        MarksLook::Refused(errors) => {
            for fault in errors.faults() {
                tracing::error!(%fault, "trust-marks-refused");
            }
        }
    }
}

async fn keys(watch: &mut KeysWatch, asked: bool, now: Timestamp) {
    let look = if asked {
        watch.reload(now).await
    } else {
        watch.look(now).await
    };
    match look {
        KeysLook::Unchanged if asked => tracing::info!("federation-keys-unchanged"),
        KeysLook::Unchanged | KeysLook::Unsettled => {}
        KeysLook::Replaced => tracing::info!("federation-keys-replaced"),
        KeysLook::Refused(errors) => {
            for fault in errors.faults() {
                tracing::error!(%fault, "federation-keys-refused");
            }
        }
        KeysLook::Unrecorded(error) => tracing::error!(%error, "federation-keys-not-recorded"),
    }
}

fn measure(gateway: &Gateway, watch: &AnchorsWatch) {
    let next_update = watch.list().and_then(|list| list.candidate.next_update);
    gateway
        .metrics()
        .card_authorities(watch.authorities(), next_update);
}
