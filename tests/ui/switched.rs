//! A way of use is switched live, on any page: it then looks as one that opens in it. The language is switched on every
//! page; of the other ways each page has one, in turn, on the smallest panel, where they change most.

use powerhall_flow::{Contrast, Reach, State, Voice, Volume, Ways};

use crate::fixtures::{self, Scene};
use crate::kit::{self, Kiosk, LARGE, NORMAL, PANELS, TALL};

const ENGLISH: Ways = Ways { language: 1, ..NORMAL };
const DARK: Ways = Ways { contrast: Contrast::Dark, ..NORMAL };
const LIGHT: Ways = Ways { contrast: Contrast::Light, ..NORMAL };
const LOW: Ways = Ways { reach: Reach::Low, ..NORMAL };
const ALOUD: Ways = Ways { voice: Voice::Speaking(Volume::MOST), ..NORMAL };
const LARGE_ALOUD: Ways = Ways { voice: Voice::Speaking(Volume::MOST), ..LARGE };

/// From one way to another, by name, and on which of the panels: only the upright one has room to be low.
const SWITCHES: [(&str, Ways, Ways, usize); 9] = [
    ("large", NORMAL, LARGE, 1),
    ("dark", NORMAL, DARK, 1),
    ("low", NORMAL, LOW, 0),
    ("aloud", NORMAL, ALOUD, 1),
    ("normal", LARGE, NORMAL, 1),
    ("light", DARK, LIGHT, 1),
    ("whole", LOW, NORMAL, 0),
    ("large_aloud", LARGE, LARGE_ALOUD, 1),
    ("standard", LIGHT, NORMAL, 1),
];

/// Whether the page that is switched looks so, each time after another page, so that it opens anew; else its picture is
/// among those to look at.
fn looks_so(kiosk: &Kiosk, other: &State, scene: &Scene, name: &str, [from, to]: [Ways; 2]) -> bool {
    kiosk.show_in(other, to);
    kiosk.show_in(&scene.state, from);
    kiosk.show_in(&scene.state, to);
    let switched = kiosk.picture();
    kiosk.show_in(other, to);
    kiosk.show_in(&scene.state, to);
    let same = switched.as_bytes() == kiosk.picture().as_bytes();
    if !same {
        kit::write_png(&kit::pictures().join(format!("switched_{name}_{}.png", scene.name)), &switched);
    }
    same
}

#[test]
fn a_page_that_is_switched_looks_as_one_that_opens_so() {
    let kiosks = [TALL, PANELS[3]].map(Kiosk::on);
    let [home, help] = ["home", "help"].map(fixtures::scene);
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (at, scene) in fixtures::scenes().iter().enumerate() {
        let other = if scene.name.starts_with("home") { &help } else { &home };
        for (name, from, to, panel) in [("english", NORMAL, ENGLISH, 0), SWITCHES[at % SWITCHES.len()]] {
            seen += 1;
            if !looks_so(&kiosks[panel], other, scene, name, [from, to]) {
                wrong.push(format!("{}: {name}", scene.name));
            }
        }
    }
    assert!(seen > 200, "{seen} switches");
    assert!(wrong.is_empty(), "{wrong:?}");
}
