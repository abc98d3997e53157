//! The audit: every scene in every way of use on every panel, by geometry and by pixels.
//!
//! `cargo test --test audit -- --nocapture` looks at so many views that every two values of different kinds meet, and
//! at a fresh sample; `--full` at all; `--places` at all by their geometry alone, which is ten times faster. `--seed N` repeats a run, `--scene NAME,…` keeps to the scenes of these names. What
//! fails is drawn with its place framed, in `target/pictures`. Before anything else the audit proves itself: a page
//! with each fault planted in it must be caught.

// Geometry is measured in pixels with fractions.
#![allow(clippy::float_arithmetic)]

mod checks;
mod codes;
mod faulty;
mod glyphs;
mod kiosk;
mod promises;
mod report;
mod seen;
#[path = "../stage/mod.rs"]
#[allow(dead_code, reason = "shared with the other interface tests")]
mod stage;
mod views;
mod worst;

use std::process::ExitCode;
use std::time::Instant;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use seen::By;
use stage::{fixtures, kit};

/// Views of the fresh sample.
const SAMPLE: usize = 1_000;

/// What the command line asks for.
struct Wanted {
    full: bool,
    /// Every view by its geometry alone.
    places: bool,
    seed: u64,
    scene: String,
    /// A name for tests that is not ours: `cargo test NAME` asks every binary.
    other: bool,
}

fn wanted() -> Wanted {
    let fresh = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let mut wanted =
        Wanted { full: false, places: false, seed: fresh.as_secs(), scene: String::new(), other: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--full" => wanted.full = true,
            "--places" => wanted.places = true,
            "--seed" => {
                let seed = arguments.next().and_then(|seed| seed.parse().ok());
                wanted.seed = seed.expect("--seed takes a number");
            }
            "--scene" => wanted.scene = arguments.next().expect("--scene takes a name"),
            "--list" => wanted.other = true,
            // The test runner's own.
            option if option.starts_with('-') => {}
            name => wanted.other |= !"audit".contains(name),
        }
    }
    wanted
}

fn main() -> ExitCode {
    let begun = Instant::now();
    let wanted = wanted();
    if wanted.other {
        return ExitCode::SUCCESS;
    }
    glyphs::prove_figures();
    faulty::prove();
    worst_of_everything();
    let mut scenes = worst::scenes();
    scenes.retain(|scene| wanted.scene.split(',').any(|name| scene.name.contains(name)));
    assert!(!scenes.is_empty(), "no scene “{}”", wanted.scene);
    let sizes = views::sizes(scenes.len());
    let mut chance = ChaCha8Rng::seed_from_u64(wanted.seed);
    let by = if wanted.places { By::Geometry } else { By::Pixels };
    let chosen = if wanted.full {
        views::all(sizes)
    } else if wanted.places {
        views::all_places(sizes)
    } else {
        let mut chosen = views::pairwise(sizes, &mut chance);
        chosen.extend((0..SAMPLE).map(|_| views::by_chance(sizes, &mut chance)));
        chosen.sort();
        chosen.dedup();
        chosen
    };
    println!("{} scenes, seed {}", scenes.len(), wanted.seed);
    let found = kiosk::look(&scenes, &chosen, by);
    report::tell(&found, begun.elapsed())
}

/// Every kind of page has its scene.
fn worst_of_everything() {
    let scenes = worst::scenes();
    for kind in worst::Kind::ALL {
        assert!(scenes.iter().any(|scene| worst::kind(&scene.state) == *kind), "no scene of {kind:?}");
    }
}
