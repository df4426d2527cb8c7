//! What PINs cost others in time, and what the time of an answer tells.

use super::*;

/// How many logins by SPID are timed with, and as many without, PINs beside them.
const PAIRS: usize = 60;
/// How many PINs a second come beside them: many times what can be hashed.
const PINS_PER_SECOND: u64 = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logins_by_spid_keep_their_time_beside_a_flood_of_pins() {
    let stand = Arc::new(PinStand::with(PinSettings {
        cost: PinHashCost {
            memory_kib: 19 * 1024,
            passes: 2,
        },
        waiting: 16,
        ..PinSettings::default()
    }));
    let pin = stand.working(&somebody(1), PinGrade::Ordinary).await;
    let flooding = Arc::new(AtomicBool::new(false));
    let over = Arc::new(AtomicBool::new(false));
    let sent = Arc::new(AtomicUsize::new(0));
    let flood = {
        let (stand, flooding, over) = (Arc::clone(&stand), flooding.clone(), over.clone());
        let sent = Arc::clone(&sent);
        tokio::spawn(async move {
            let every = Duration::from_micros(1_000_000 / PINS_PER_SECOND);
            let mut beat = tokio::time::interval(every);
            beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            while !over.load(Ordering::SeqCst) {
                beat.tick().await;
                if !flooding.load(Ordering::SeqCst) {
                    continue;
                }
                let number = sent.fetch_add(1, Ordering::SeqCst);
                let (stand, pin) = (Arc::clone(&stand), pin.clone());
                tokio::spawn(async move {
                    let mut browser = browser_at(&stand, &stranger(number));
                    let guess = wrong(&pin, number);
                    log_in(&mut browser, &somebody(number % 5_000), &guess).await
                });
            }
        })
    };
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    for round in 0..2 * PAIRS {
        let with = round % 2 == 1;
        flooding.store(with, Ordering::SeqCst);
        while with && sent.load(Ordering::SeqCst) < round * 4 {
            // Until there is something to hash.
            tokio::task::yield_now().await;
        }
        let begun = Instant::now();
        let mut browser = stand.here.browser();
        let answer = spid_visit::log_in(&stand.here, &mut browser, alfa()).await;
        let taken = begun.elapsed();
        assert_eq!(answer.status, StatusCode::OK);
        if with { &mut beside } else { &mut alone }.push(taken);
    }
    over.store(true, Ordering::SeqCst);
    flood.await.unwrap();
    let sent = sent.load(Ordering::SeqCst);
    alone.sort();
    beside.sort();
    let (alone, beside) = (alone[PAIRS / 2], beside[PAIRS / 2]);
    let ratio = beside.as_secs_f64() / alone.as_secs_f64();
    println!(
        "SPID login, median: {alone:?} alone, {beside:?} beside {sent} PINs: ratio {ratio:.2}"
    );
    assert!(ratio < 1.6, "{ratio}");
}

/// How many answers are timed of each kind, more or less.
const SAMPLES: usize = 2_000;
/// How many are under way at once.
const LANES: usize = 12;
/// The largest distance of two samples of that size that chance brings once in a million times: 2.69 times the root of two
/// by the size, and a little for samples that are smaller (Kolmogorov and Smirnov).
const BY_CHANCE: f64 = 0.088;

/// The greatest distance between the distributions of two samples (Kolmogorov and Smirnov).
fn distance(one: &[f64], other: &[f64]) -> f64 {
    let part_up_to = |sample: &[f64], value: f64| {
        let below = sample.iter().filter(|there| **there <= value).count();
        below as f64 / sample.len() as f64
    };
    let values = one.iter().chain(other);
    let distances = values.map(|value| (part_up_to(one, *value) - part_up_to(other, *value)).abs());
    distances.fold(0.0, f64::max)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_time_of_an_answer_does_not_tell_unknown_people_wrong_pins_and_locked_ones_apart() {
    const KINDS: [&str; 3] = ["unknown", "wrong", "locked"];
    let mut settings = PinSettings {
        beat: Duration::from_millis(60),
        ..PinSettings::default()
    };
    settings.rules.wait_from_failure = u32::MAX;
    settings.rules.source_wait_from_failure = u32::MAX;
    let stand = Arc::new(PinStand::with(settings));
    // Nobody is tried so often that they come to be locked, but for the one who is.
    let wrong_ones = SAMPLES / 50;
    for number in 0..=wrong_ones {
        stand.working(&somebody(number), PinGrade::Ordinary).await;
    }
    let locked = wrong_ones;
    let mut browser = stand.browser(HOME);
    let page = browser.open("/login/pin").await;
    for number in 0..100 {
        type_in(
            &mut browser,
            &page,
            &somebody(locked),
            &wrong("ZZZZZZZZ", number),
        )
        .await;
    }
    let history = stand.dossier(&somebody(locked)).await;
    let history = history.history().iter();
    assert!(
        history
            .rev()
            .any(|entry| entry.step == PinStep::ClosedToStrangers)
    );

    let next = Arc::new(AtomicUsize::new(0));
    let lanes = (0..LANES).map(|lane| {
        let (stand, next) = (Arc::clone(&stand), Arc::clone(&next));
        tokio::spawn(async move {
            let mut browser = browser_at(&stand, &stranger(lane));
            let page = browser.open("/login/pin").await;
            let mut times = [Vec::new(), Vec::new(), Vec::new()];
            loop {
                let turn = next.fetch_add(1, Ordering::SeqCst);
                if turn >= 3 * SAMPLES {
                    return times;
                }
                // Drawn, or lanes that go in step would be of one kind each.
                let mut drawn = [0];
                SystemRandom.fill(&mut drawn);
                let kind = usize::from(drawn[0]) % 3;
                let person = match kind {
                    0 => 10_000 + turn,
                    1 => turn % wrong_ones,
                    _ => locked,
                };
                let guess = wrong("ZZZZZZZZ", 1_000 + turn);
                let begun = Instant::now();
                let answer = type_in(&mut browser, &page, &somebody(person), &guess).await;
                times[kind].push(begun.elapsed().as_secs_f64() * 1000.0);
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            }
        })
    });
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for lane in lanes.collect::<Vec<_>>() {
        for (all, more) in times.iter_mut().zip(lane.await.unwrap()) {
            all.extend(more);
        }
    }
    for (kind, times) in KINDS.iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        let median = times[times.len() / 2];
        println!("{kind}: {} answers, median {median:.2} ms", times.len());
    }
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
        let apart = distance(&times[one], &times[other]);
        println!("{} and {}: {apart:.4}", KINDS[one], KINDS[other]);
        assert!(
            apart < BY_CHANCE,
            "{} and {}: {apart}",
            KINDS[one],
            KINDS[other]
        );
    }
    // The test could tell: one millisecond more would be found.
    let slower: Vec<f64> = times[0].iter().map(|time| time + 1.0).collect();
    let apart = distance(&times[0], &slower);
    println!("one millisecond: {apart:.4}");
    assert!(apart > BY_CHANCE, "{apart}");
}
