//! The map by which the demo customer finds its way on the real window: how the title and the controls of a page look on
//! the reference panel, in both languages; in the other ways of use, those pages that its journeys lead over. It is read
//! by `powerhall-visitor`; the kiosk has no door for it.

use i_slint_backend_testing::ElementHandle;
use powerhall_flow::{Contrast, Reach, State, TextSize, Ways};
use powerhall_visitor::{Area, Colours, Found, Language, Look, Map, Page};

use crate::stage::fixtures;
use crate::stage::kit::{self, Kiosk, TALL};

/// From home to a receipt.
const PAYING: &[&str] = &[
    "home",
    "find_account_empty",
    "find_account",
    "confirm",
    "pay_opening",
    "pay_showing",
    "finished_posting",
    "finished_posted",
];
/// From home to where an application stands.
const ASKING: &[&str] =
    &["find_application", "find_application_by_phone", "applications", "progress_customer"];

const ZH: Look = Look::FIRST;
const EN: Look = Look { language: Language::English, ..ZH };
const LARGE: Look = Look { large: true, ..ZH };
const DARK: Look = Look { colours: Colours::Dark, ..ZH };
const ALL: Look = Look { large: true, colours: Colours::Dark, low: true, ..EN };

/// The journeys in other ways of use, and what lies on the way to those ways.
const JOURNEYS: [(Look, &[&[&str]]); 9] = [
    (LARGE, &[PAYING, ASKING, &["ways"]]),
    (Look { large: true, ..EN }, &[PAYING]),
    (DARK, &[PAYING]),
    (Look { colours: Colours::Light, ..ZH }, &[PAYING]),
    (Look { low: true, ..ZH }, &[PAYING]),
    (Look { low: true, ..DARK }, &[&["home"]]),
    (Look { large: true, ..DARK }, &[&["ways"]]),
    (Look { language: Language::Chinese, ..ALL }, &[&["ways", "home"]]),
    (ALL, &[PAYING]),
];

#[test]
fn the_map_of_the_demo_customer_is_true() {
    let kiosk = Kiosk::on(TALL);
    let mut now = Map::default();
    for scene in fixtures::scenes() {
        for look in [ZH, EN] {
            add(&mut now, &kiosk, scene.name, &scene.state, look);
        }
    }
    for (look, scenes) in JOURNEYS {
        for name in scenes.iter().copied().flatten() {
            add(&mut now, &kiosk, name, &fixtures::scene(name), look);
        }
    }
    let path = kit::repository().join("tests/golden/map.json");
    if std::env::var_os("BLESS").is_some() {
        now.write(&path).expect("written");
    }
    let misfits = Map::read(&path).expect("a map").misfits(&now);
    assert!(misfits.is_empty(), "look at the pictures, then BLESS=1:\n{}", misfits.join("\n"));
}

/// Adds a scene, and makes sure that it can be told from all before it.
fn add(map: &mut Map, kiosk: &Kiosk, name: &str, state: &State, look: Look) {
    // What a control says in English is its name in every look. Only a list that is longer than the page may show more
    // or fewer rows in English; its controls keep their own names, and nobody's journey touches them.
    kiosk.show_in(state, ways(Look { language: Language::English, ..look }));
    let mut names: Vec<String> = kiosk.controls().iter().map(label).collect();
    kiosk.show_in(state, ways(look));
    let controls = kiosk.controls();
    if controls.len() != names.len() {
        names = controls.iter().map(label).collect();
    }
    let found = controls.iter().zip(names).map(|(control, name)| found(control, name)).collect();
    let screen = kit::seen_by_visitor(&kiosk.picture());
    map.add(name, look, &screen, found);
    let Some(page) = Page::of_scene(name) else { return };
    let seen = map.pages(&screen).map(|(pages, seen)| (pages.contains(&page), seen));
    assert_eq!(seen, Some((true, look)), "{name} in {look} is taken for another page");
}

fn ways(look: Look) -> Ways {
    Ways {
        language: match look.language {
            Language::Chinese => 0,
            Language::English => 1,
        },
        text_size: if look.large { TextSize::Large } else { TextSize::Normal },
        contrast: match look.colours {
            Colours::Hall => Contrast::Standard,
            Colours::Dark => Contrast::Dark,
            Colours::Light => Contrast::Light,
        },
        reach: if look.low { Reach::Low } else { Reach::Whole },
        ..Ways::default()
    }
}

fn label(control: &ElementHandle) -> String {
    control.accessible_label().unwrap_or_default().to_string()
}

fn found(control: &ElementHandle, label: String) -> Found {
    let (at, size) = (control.absolute_position(), control.size());
    let pixels = |v: f32| v.round() as usize;
    Found {
        role: control.accessible_role().map(|role| format!("{role:?}").to_lowercase()).unwrap_or_default(),
        label,
        area: Area {
            x: pixels(at.x),
            y: pixels(at.y),
            width: pixels(size.width),
            height: pixels(size.height),
        },
    }
}
