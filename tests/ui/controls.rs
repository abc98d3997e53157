//! What can be touched: role and label, size and distance, on every panel in both languages and text sizes; and
//! that nothing lies over anything else or leaves the screen.

use std::collections::BTreeSet;

use i_slint_backend_testing::ElementHandle;
use powerhall::view::Language;
use powerhall_flow::{Contrast, Reach, TextSize, Ways};

use crate::fixtures;
use crate::kit::{Kiosk, PANELS, Panel, TALL, WAYS};

/// A rectangle on the screen, in pixels.
#[derive(Clone, Copy, Debug)]
struct Area {
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
}

impl Area {
    fn of(element: &ElementHandle) -> Self {
        let (at, size) = (element.absolute_position(), element.size());
        Self { left: at.x, top: at.y, right: at.x + size.width, bottom: at.y + size.height }
    }

    /// Pixels between two areas; negative when they overlap.
    fn distance(&self, other: &Self) -> f32 {
        let x = (self.left - other.right).max(other.left - self.right);
        let y = (self.top - other.bottom).max(other.top - self.bottom);
        x.max(y)
    }

    fn is_on(&self, panel: Panel) -> bool {
        self.left >= 0.0
            && self.top >= 0.0
            && self.right <= panel.width as f32
            && self.bottom <= panel.height as f32
    }
}

fn label(element: &ElementHandle) -> String {
    element.accessible_label().unwrap_or_default().to_string()
}

/// A kiosk that speaks the languages that the shipped configuration leaves off, as the last two.
pub fn with_all_languages(panel: Panel) -> Kiosk {
    let mut kiosk = Kiosk::on(panel);
    for (tag, name) in [("zh_TW", "繁體中文"), ("ko", "한국어")] {
        kiosk.fixed.languages.push(Language { tag: tag.into(), name: name.into() });
    }
    kiosk
}

/// All faults of every view: scene × panel × language × text size × reach.
#[test]
fn every_view_can_be_used() {
    let mut faults = BTreeSet::new();
    let (mut views, mut out_of_band) = (0, 0);
    // Colours move nothing.
    let usual = WAYS.into_iter().filter(|(_, ways)| ways.contrast == Contrast::Standard).collect::<Vec<_>>();
    let more: Vec<_> = [2, 3]
        .into_iter()
        .flat_map(|language| [TextSize::Normal, TextSize::Large].map(|text_size| (language, text_size)))
        .map(|(language, text_size)| ("further", Ways { language, text_size, ..Ways::default() }))
        .collect();
    let kiosks = PANELS.map(|panel| (panel, Kiosk::on(panel), &usual));
    let further = [TALL, PANELS[3]].map(|panel| (panel, with_all_languages(panel), &more));
    for (panel, kiosk, ways) in kiosks.into_iter().chain(further) {
        for scene in fixtures::scenes() {
            for (way, ways) in ways.iter().copied() {
                kiosk.show_in(&scene.state, ways);
                let at = format!("{} {} {way} {}", scene.name, panel.name, ways.language);
                let controls: Vec<(String, Area)> =
                    kiosk.controls().iter().map(|control| (label(control), Area::of(control))).collect();
                let mut fault = |what: String| {
                    faults.insert(format!("{at}: {what}"));
                };
                labelled(&controls, &mut fault);
                sized(&controls, panel, ways, &mut fault);
                apart(&controls, panel, &mut fault);
                whole(&kiosk, &controls, &mut fault);
                if ways.reach == Reach::Low {
                    out_of_band += usize::from(reachable(&kiosk, &controls, &mut fault));
                }
                views += 1;
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.into_iter().collect::<Vec<_>>().join("\n"));
    assert!(views > 800 && out_of_band > 50, "{views} views, {out_of_band} on a panel higher than the band");
}

/// Every control says what it is, and there is one.
fn labelled(controls: &[(String, Area)], fault: &mut impl FnMut(String)) {
    if controls.is_empty() {
        fault("no way on".into());
    }
    if controls.iter().any(|(name, _)| name.trim().is_empty()) {
        fault("a control without a label".into());
    }
}

/// 20 mm a side; in large text 28 mm where the panel has the room.
fn sized(controls: &[(String, Area)], panel: Panel, ways: Ways, fault: &mut impl FnMut(String)) {
    let roomy = ways.text_size == TextSize::Large && ways.reach == Reach::Whole && panel.name == TALL.name;
    let least = if roomy { 28.0 } else { 20.0 };
    for (name, area) in controls {
        let (width, height) =
            ((area.right - area.left) / panel.pixels_per_mm, (area.bottom - area.top) / panel.pixels_per_mm);
        // Half a pixel of rounding.
        if width < least - 0.2 || height < least - 0.2 {
            fault(format!("“{name}” is {width:.1} × {height:.1} mm"));
        }
    }
}

/// 2 mm between two targets.
fn apart(controls: &[(String, Area)], panel: Panel, fault: &mut impl FnMut(String)) {
    for (i, (name, area)) in controls.iter().enumerate() {
        for (other_name, other) in &controls[i + 1..] {
            let apart = area.distance(other) / panel.pixels_per_mm;
            // The rows of one list share an edge; a touch between two months hits one of them, and shows it.
            let rows =
                (area.left - other.left).abs() < 1.0 && apart.abs() < 0.01 && area.right == other.right;
            if apart < 1.7 && !rows {
                fault(format!("“{name}” and “{other_name}” are {apart:.1} mm apart"));
            }
        }
    }
}

/// Nothing leaves the screen, and no text or code lies under a control or another text.
fn whole(kiosk: &Kiosk, controls: &[(String, Area)], fault: &mut impl FnMut(String)) {
    for (name, area) in controls.iter().filter(|(_, area)| !area.is_on(kiosk.panel)) {
        fault(format!("“{name}” leaves the screen: {area:?}"));
    }
    let texts: Vec<_> = kiosk
        .texts()
        .into_iter()
        .chain(kiosk.codes())
        .map(|text| (label(&text), Area::of(&text)))
        .filter(|(words, area)| !words.is_empty() && area.right - area.left >= 1.0)
        .collect();
    for (i, (words, area)) in texts.iter().enumerate() {
        for (other, _) in texts[i + 1..].iter().filter(|(_, other)| area.distance(other) < -1.5) {
            fault(format!("“{words}” and “{other}” lie over each other"));
        }
        if !area.is_on(kiosk.panel) {
            fault(format!("“{words}” leaves the screen: {area:?}"));
        }
        for (name, _) in controls.iter().filter(|(_, control)| area.distance(control) < -1.5) {
            fault(format!("“{words}” and “{name}” overlap"));
        }
    }
}

/// Everything to touch is in the band; true when the panel is higher than it.
fn reachable(kiosk: &Kiosk, controls: &[(String, Area)], fault: &mut impl FnMut(String)) -> bool {
    let screen = kiosk.fixed.screen;
    let band = screen.band(kiosk.panel.height);
    let (top, bottom) = (band.above * screen.pixels_per_mm, (band.above + band.page) * screen.pixels_per_mm);
    for (name, area) in controls {
        if area.top < top - 1.0 || area.bottom > bottom + 1.0 {
            fault(format!("“{name}” is out of reach"));
        }
    }
    band.above > 1.0
}

#[test]
fn home_and_help_and_language_are_on_every_screen() {
    let kiosk = Kiosk::on(TALL);
    for scene in fixtures::scenes() {
        kiosk.show(&scene.state, 1, TextSize::Normal);
        let labels: Vec<_> = kiosk.controls().iter().map(label).collect();
        assert!(labels.iter().any(|l| l == "Help"), "{}: no help", scene.name);
        assert!(labels.iter().any(|l| l == "中文"), "{}: no other language", scene.name);
        assert_eq!(
            labels.iter().any(|l| l == "Home"),
            !scene.name.starts_with("home"),
            "{}: home",
            scene.name
        );
    }
}

/// The overlays show nothing personal, and home keeps nothing of the customer who left.
#[test]
fn overlays_and_home_show_nothing_personal() {
    let kiosk = Kiosk::on(TALL);
    let personal = ["张", "127", "解放路", "309.54"];
    let shown = |kiosk: &Kiosk| {
        let all = kiosk.texts().iter().chain(&kiosk.controls()).map(label).collect::<Vec<_>>();
        personal.iter().any(|secret| all.iter().any(|text| text.contains(secret)))
    };
    kiosk.show(&fixtures::scene("confirm"), 0, TextSize::Normal);
    assert!(shown(&kiosk), "the test looks for what is there");
    for scene in ["idle", "help", "ways", "languages", "home"] {
        kiosk.show(&fixtures::scene(scene), 0, TextSize::Normal);
        assert!(!shown(&kiosk), "{scene}");
    }
    let api = slint::ComponentHandle::global::<powerhall::ui::Api>(&kiosk.app);
    let confirm = api.get_confirm();
    assert_eq!(confirm.account, powerhall::ui::Account::default());
    assert_eq!((slint::Model::row_count(&confirm.bills), confirm.total.as_str()), (0, ""));
    assert_eq!(api.get_find_account(), powerhall::ui::FindAccountView::default());
    assert_eq!(api.get_finished(), powerhall::ui::FinishedView::default());
    assert_eq!((api.get_code_text().as_str(), api.get_code_modules()), ("", 0));
}
