//! What can be touched: role and label, size and distance, on every panel in both languages and text sizes; and
//! that nothing lies over anything else or leaves the screen.

use i_slint_backend_testing::ElementHandle;
use powerhall_flow::TextSize;

use crate::fixtures;
use crate::kit::{Kiosk, PANELS, Panel, TALL};

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

fn everywhere(mut check: impl FnMut(&Kiosk, &str, TextSize)) {
    for panel in PANELS {
        let kiosk = Kiosk::on(panel);
        for scene in fixtures::scenes() {
            for language in 0..2 {
                for size in [TextSize::Normal, TextSize::Large] {
                    kiosk.show(&scene.state, language, size);
                    check(&kiosk, &format!("{} {} {language} {size:?}", scene.name, panel.name), size);
                }
            }
        }
    }
}

#[test]
fn every_control_says_what_it_is() {
    everywhere(|kiosk, at, _| {
        let controls = kiosk.controls();
        assert!(!controls.is_empty(), "{at}: no way on");
        for control in controls {
            assert!(!label(&control).trim().is_empty(), "{at}: a control without a label");
        }
    });
}

#[test]
fn every_target_is_large_enough_and_apart() {
    let mut wrong = std::collections::BTreeSet::new();
    everywhere(|kiosk, at, size| {
        let ppm = kiosk.panel.pixels_per_mm;
        // Large text on the reference panel has more room, and uses it.
        let least = if size == TextSize::Large && kiosk.panel.name == TALL.name { 28.0 } else { 20.0 };
        let areas: Vec<_> =
            kiosk.controls().iter().map(|control| (label(control), Area::of(control))).collect();
        for (i, (name, area)) in areas.iter().enumerate() {
            let (width, height) = ((area.right - area.left) / ppm, (area.bottom - area.top) / ppm);
            // Half a pixel of rounding.
            if width < least - 0.2 || height < least - 0.2 {
                wrong.insert(format!("{at}: “{name}” is {width:.1} × {height:.1} mm"));
            }
            for (other_name, other) in &areas[i + 1..] {
                let apart = area.distance(other) / ppm;
                // The rows of one list share an edge; a touch between two months hits one of them, and shows it.
                let rows =
                    (area.left - other.left).abs() < 1.0 && apart.abs() < 0.01 && area.right == other.right;
                if apart < 1.7 && !rows {
                    wrong.insert(format!("{at}: “{name}” and “{other_name}” are {apart:.1} mm apart"));
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn nothing_is_cut_off_or_covered() {
    let mut wrong = std::collections::BTreeSet::new();
    everywhere(|kiosk, at, _| {
        let controls: Vec<_> =
            kiosk.controls().iter().map(|control| (label(control), Area::of(control))).collect();
        for (name, area) in &controls {
            if !area.is_on(kiosk.panel) {
                wrong.insert(format!("{at}: “{name}” leaves the screen: {area:?}"));
            }
        }
        for text in kiosk.texts().into_iter().chain(kiosk.codes()) {
            let (words, area) = (label(&text), Area::of(&text));
            if words.is_empty() || area.right - area.left < 1.0 {
                continue;
            }
            if !area.is_on(kiosk.panel) {
                wrong.insert(format!("{at}: “{words}” leaves the screen: {area:?}"));
            }
            for (name, control) in &controls {
                if area.distance(control) < -1.5 {
                    wrong.insert(format!("{at}: “{words}” and “{name}” overlap"));
                }
            }
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
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
    for scene in ["idle", "help", "home"] {
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
