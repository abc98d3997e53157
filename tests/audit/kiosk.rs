//! The kiosk's window before the audit: each view is shown, seen and asked.

use std::collections::BTreeMap;

use powerhall::AppWindow;
use powerhall::ui::{Api, Audit, Theme};
use powerhall_flow::{Contrast, Reach, Screen, TextSize, Ways};
use slint::ComponentHandle;

use crate::checks::{self, Answers, Conditions};
use crate::fixtures::Scene;
use crate::kit::Kiosk;
use crate::report;
use crate::seen::{self, Area, By, Seen, Stage};
use crate::views::View;
use crate::worst::{self, Kind};

impl Stage for AppWindow {
    fn ask(&self, asks: bool) {
        self.global::<Audit>().set_asks(asks);
    }

    fn bare(&self, bare: bool) {
        self.global::<Audit>().set_bare(bare);
    }

    fn on_focus(&self, heard: impl Fn(f32, f32) + 'static) {
        self.global::<Audit>().on_focused(heard);
    }

    fn small(&self) -> f32 {
        self.global::<Theme>().get_small()
    }

    fn filled(&self) -> [slint::Color; 2] {
        let theme = self.global::<Theme>();
        [theme.get_act(), theme.get_disabled()]
    }
}

/// What was found in one view.
pub struct Found {
    pub name: String,
    pub answers: Answers,
    /// What must be alike where it has its main action, and where that is.
    pub primary: Option<(String, Area)>,
    /// Kept where there is a fault.
    pub seen: Option<Seen>,
}

/// Pictures that are kept of views with faults.
const PICTURES: usize = 40;

/// After so many views on a thread a word that it goes on.
const TELL: usize = 2_000;

/// More parts than any page has.
const PARTS: usize = 30;

/// Looks at the views, on as many threads as there are cores: each has windows of its own.
pub fn look(scenes: &[Scene], views: &[View], by: By) -> Vec<Found> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..threads)
            .map(|first| scope.spawn(move || look_at(scenes, views.iter().skip(first).step_by(threads), by)))
            .collect();
        parts.into_iter().flat_map(|part| part.join().expect("looks to the end")).collect()
    })
}

fn look_at<'a>(scenes: &[Scene], views: impl Iterator<Item = &'a View>, by: By) -> Vec<Found> {
    let mut kiosks = BTreeMap::new();
    let mut pictures = PICTURES;
    // Where the main action of each panel was first.
    let mut usual = BTreeMap::<String, Area>::new();
    views
        .enumerate()
        .flat_map(|(so_far, view)| {
            if so_far > 0 && so_far % TELL == 0 {
                eprintln!("{so_far} so far");
            }
            let panel = view.panel();
            let kiosk = kiosks.entry(panel.name).or_insert_with(|| Kiosk::with_all_languages(panel));
            let mut found = all_parts(kiosk, &scenes[view.scene()], *view, by);
            for found in &mut found {
                let moved = found
                    .primary
                    .clone()
                    .is_some_and(|(alike, area)| !report::stands(usual.entry(alike).or_insert(area), &area));
                if (found.answers.faults.is_empty() && !moved) || pictures == 0 {
                    found.seen = None;
                } else {
                    pictures -= 1;
                    eprintln!("a fault in {}", found.name);
                }
            }
            found
        })
        .collect()
}

/// A page opens its parts one by one where they do not fit together: each of them is looked at. Where opening a further
/// part changes nothing, there is none.
fn all_parts(kiosk: &Kiosk, scene: &Scene, view: View, by: By) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut before = Vec::new();
    loop {
        let part = found.len();
        assert!(part < PARTS, "{}: no end of its parts", view.name(scene.name, part));
        open(kiosk, scene, view.ways(), part);
        let inventory = seen::inventory(&kiosk.app);
        if inventory == before {
            return found;
        }
        before = inventory;
        found.push(one(kiosk, scene, view, part, by));
    }
}

fn open(kiosk: &Kiosk, scene: &Scene, ways: Ways, part: usize) {
    // By way of another page, so that it opens anew: of home, or where nothing may be left of a customer, of theirs.
    let before = if worst::is_public(&scene.state) {
        Screen::Confirm(crate::fixtures::confirm())
    } else {
        Screen::Home
    };
    kiosk.show_in(&crate::fixtures::at(before), ways);
    kiosk.app.global::<Audit>().set_part(i32::try_from(part).unwrap_or(0));
    kiosk.show_in(&scene.state, ways);
}

fn one(kiosk: &Kiosk, scene: &Scene, view: View, part: usize, by: By) -> Found {
    let ways = view.ways();
    let seen = seen::see(&kiosk.app, by);
    let panel = view.panel();
    let band = kiosk.fixed.screen.band(panel.height);
    let api = kiosk.app.global::<Api>();
    let kind = worst::kind(&scene.state);
    // A list to take along and, where there is little room, a receipt have their code on the page's second part.
    let has_code = match kind {
        Kind::Showing | Kind::ReceiptAgain | Kind::Invoice => true,
        Kind::Checklist => part == 1,
        _ => part > 0,
    };
    let conditions = Conditions {
        pixels_per_mm: panel.pixels_per_mm,
        width: panel.width as f32,
        height: panel.height as f32,
        large: ways.text_size == TextSize::Large,
        strong: ways.contrast != Contrast::Standard,
        band: (ways.reach == Reach::Low)
            .then_some((band.above * panel.pixels_per_mm, (band.above + band.page) * panel.pixels_per_mm)),
        secrets: if worst::is_public(&scene.state) { crate::fixtures::secrets() } else { Vec::new() },
        code: (api.get_code_modules() > 0 && (has_code || !seen.codes.is_empty()))
            .then(|| api.get_code_text().to_string()),
        actions: worst::actions(kind, part),
        money: worst::means_money(&scene.state, part),
    };
    let answers = checks::ask(&seen, &conditions);
    if by == By::Geometry && !answers.faults.is_empty() {
        // For its picture.
        return one(kiosk, scene, view, part, By::Pixels);
    }
    let alike = format!("{}_{:?}_{:?}", panel.name, ways.text_size, ways.reach);
    let primary = checks::primary(&seen).map(|area| (alike, area));
    Found { name: view.name(scene.name, part), answers, primary, seen: Some(seen) }
}
