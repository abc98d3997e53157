//! The map by which the demo customer finds its way on the real window: how the title and the controls of a page look on
//! the reference panel, in both languages; in the other ways of use, those pages that its journeys lead over. It is read
//! by `powerhall-visitor`; the kiosk has no door for it.

use std::collections::BTreeSet;
use std::time::Duration;

use i_slint_backend_testing::ElementHandle;
use powerhall_flow::{Contrast, Reach, State, TextSize, Ways};
use powerhall_visitor::{Area, Colours, Found, Language, Look, Map, Page, Picture};
use slint::platform::PointerEventButton;

use crate::names::Names;
use crate::stage::fixtures;
use crate::stage::kit::{self, Kiosk, TALL};

/// From home to a receipt, also by way of another amount. Of what is owed and of the result there is a plain scene and one
/// that comes in parts where any does.
const PAYING: &[&str] = &[
    "home",
    "find_account_empty",
    "find_account",
    "confirm",
    "confirm_surplus",
    "confirm_worst",
    "other_amount",
    "pay_opening",
    "pay_showing",
    "finished_posting",
    "finished_posted",
    "finished_posted_ahead",
    "finished_posted_several",
];
/// From home to where an application stands.
const ASKING: &[&str] = &[
    "find_application",
    "find_application_several",
    "prove_account",
    "applications",
    "progress_customer",
    "progress_plan",
];

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

/// The parts of a page where not all of it fits at once, each with what is touched on the part before. Further ones, such
/// as a person's help, need a smaller panel.
const fn parts(page: Page) -> &'static [(&'static str, &'static str)] {
    match page {
        Page::Confirm => &[("months", "{n} months unpaid")],
        Page::Posting
        | Page::Posted
        | Page::Reconnected
        | Page::Recharged
        | Page::Refunding
        | Page::Refunded
        | Page::Review => &[("receipt", "Receipt")],
        Page::Progress => &[("steps", "All steps")],
        Page::Bills => &[("year", "Whole year")],
        Page::Checklist => &[("code", "To my phone")],
        _ => &[],
    }
}

#[test]
fn the_map_of_the_demo_customer_is_true() {
    let kiosk = Kiosk::on(TALL);
    let names = Names::new(english(&kiosk));
    let path = kit::repository().join("tests/golden/map.json");
    if std::env::var_os("BLESS").is_some() {
        let mut new = Map::default();
        walk(&kiosk, &names, |name, look, screen, found| new.add(name, look, screen, found));
        new.write(&path).expect("written");
    }
    let kept = Map::read(&path).expect("a map");
    let (mut now, mut mistaken) = (Map::default(), Vec::new());
    walk(&kiosk, &names, |name, look, screen, found| {
        now.add(name, look, screen, found);
        let Some(page) = Page::of_scene(name) else { return };
        let seen = kept.pages(screen);
        if !seen.as_ref().is_some_and(|(pages, in_look)| *in_look == look && are_one(pages, page)) {
            mistaken.push(format!("{name} in {look} is taken for {seen:?}"));
        }
    });
    let misfits = kept.misfits(&now);
    assert!(misfits.is_empty(), "look at the pictures, then BLESS=1:\n{}", misfits.join("\n"));
    assert!(mistaken.is_empty(), "{}", mistaken.join("\n"));
}

/// It is known as this page alone. Where an application stands and its steps may look alike: both answer the same question,
/// and the way from the one to the other is found by its words.
fn are_one(seen: &[Page], page: Page) -> bool {
    let alike = |other: &Page| {
        *other == page
            || matches!((*other, page), (Page::Progress, Page::Steps) | (Page::Steps, Page::Progress))
    };
    seen.contains(&page) && seen.iter().all(alike)
}

/// What all controls say on the English screens.
fn english(kiosk: &Kiosk) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for scene in fixtures::scenes() {
        kiosk.show_in(&scene.state, ways(EN));
        all.extend(kiosk.controls().iter().map(label));
    }
    all
}

/// Every scene and its parts, in the looks that the map has them in.
fn walk(kiosk: &Kiosk, names: &Names, mut see: impl FnMut(&str, Look, &Picture, Vec<Found>)) {
    let mut open = |name: &str, state: &State, look: Look| {
        // By way of home, so that every page is as it opens.
        kiosk.show_in(&fixtures::scene("home"), ways(look));
        kiosk.show_in(state, ways(look));
        let mut see = |name: &str| {
            let controls = kiosk.controls();
            let found = controls.iter().map(|control| found(control, names.english(&label(control))));
            see(name, look, &kit::seen_by_visitor(&kiosk.picture()), found.collect());
        };
        see(name);
        for (part, way) in Page::of_scene(name).map_or(&[][..], parts) {
            let controls = kiosk.controls();
            let Some(way) = controls.iter().find(|control| names.english(&label(control)) == *way) else {
                break;
            };
            way.mock_single_click(PointerEventButton::Left);
            i_slint_backend_testing::mock_elapsed_time(Duration::from_millis(1));
            see(&format!("{name}/{part}"));
        }
    };
    for scene in fixtures::scenes() {
        for look in [ZH, EN] {
            open(scene.name, &scene.state, look);
        }
    }
    for (look, scenes) in JOURNEYS {
        for name in scenes.iter().copied().flatten() {
            open(name, &fixtures::scene(name), look);
        }
    }
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
