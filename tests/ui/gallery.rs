//! Pictures of every widget in every state: a change of a widget is seen here, whatever page it is on. Pressed and
//! focused are made by a real finger and a real keypad, control for control.

#[path = "../../examples/gallery.rs"]
mod example;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use example::{Audit, Contrast, Gallery};
use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery, mock_elapsed_time};
use powerhall::view::Colour;
use slint::platform::{Key, PointerEventButton, WindowEvent};
use slint::{ComponentHandle, LogicalPosition, PhysicalSize, Rgba8Pixel, SharedPixelBuffer, SharedString};

use crate::kit;

type Pixels = SharedPixelBuffer<Rgba8Pixel>;

const CONTRASTS: [(&str, Contrast); 3] =
    [("normal", Contrast::Standard), ("dark", Contrast::Dark), ("light", Contrast::Light)];

/// What lies in something that can be dragged is told a little later of the finger.
const TOLD: Duration = Duration::from_millis(200);

fn opened(large: bool, contrast: Contrast) -> Gallery {
    kit::platform();
    let gallery = example::gallery(large, contrast).expect("the window");
    gallery.show().expect("shown");
    let (width, height) = (gallery.get_whole_width(), gallery.get_whole_height());
    gallery.window().set_size(PhysicalSize::new(width.ceil() as u32, height.ceil() as u32));
    gallery
}

fn picture(gallery: &Gallery) -> Pixels {
    gallery.window().take_snapshot().expect("a picture")
}

#[test]
fn widgets_look_as_they_were_blessed() {
    let looks = [
        ("normal", false, Contrast::Standard),
        ("large", true, Contrast::Standard),
        ("dark", false, Contrast::Dark),
        ("light", false, Contrast::Light),
    ];
    let changed: Vec<String> = looks
        .into_iter()
        .filter_map(|(name, large, contrast)| {
            let gallery = opened(large, contrast);
            let (position, button) = (gallery.get_finger(), PointerEventButton::Left);
            gallery.window().dispatch_event(WindowEvent::PointerPressed { position, button });
            mock_elapsed_time(TOLD);
            kit::compare(&format!("gallery_{name}.png"), &picture(&gallery)).err()
        })
        .collect();
    assert!(changed.is_empty(), "look, then BLESS=1:\n{}", changed.join("\n"));
}

/// A control that can be used, and its place: left, top, width, height.
struct Control {
    name: String,
    place: [u32; 4],
}

fn controls(gallery: &Gallery) -> Vec<Control> {
    use AccessibleRole::{Button, Checkbox, Tab, TextInput};
    let is_control = |element: &ElementHandle| {
        matches!(element.accessible_role(), Some(Button | Checkbox | Tab | TextInput))
            && element.accessible_enabled() != Some(false)
    };
    let found = ElementQuery::from_root(gallery).match_descendants().match_predicate(is_control).find_all();
    let mut known = BTreeSet::new();
    let all = found.into_iter().map(|element| {
        let (at, size) = (element.absolute_position(), element.size());
        let place = [at.x, at.y, size.width, size.height].map(|length| length.round() as u32);
        Control { name: element.accessible_label().unwrap_or_default().to_string(), place }
    });
    // A query meets what repeaters made more than once.
    all.filter(|control| known.insert(control.place)).collect()
}

impl Control {
    fn middle(&self) -> LogicalPosition {
        let [left, top, width, height] = self.place;
        LogicalPosition::new((left + width / 2) as f32, (top + height / 2) as f32)
    }

    /// The places of its pixels in a picture.
    fn pixels(&self, picture: &Pixels) -> impl Iterator<Item = usize> + use<> {
        let ([left, top, width, height], line) = (self.place, picture.width());
        (top..(top + height).min(picture.height()))
            .flat_map(move |y| (left..(left + width).min(line)).map(move |x| (y * line + x) as usize))
    }

    /// Its pixels that are others now: as they were, and as they are.
    fn changed(&self, before: &Pixels, now: &Pixels) -> Vec<(Rgba8Pixel, Rgba8Pixel)> {
        let pair = |at: usize| (before.as_slice()[at], now.as_slice()[at]);
        self.pixels(before).map(pair).filter(|(before, now)| before != now).collect()
    }

    /// Puts it into a picture as it is in another.
    fn copy(&self, from: &Pixels, to: &mut Pixels) {
        for at in self.pixels(from) {
            to.make_mut_slice()[at] = from.as_slice()[at];
        }
    }
}

/// Every control under the finger, one after the other in one picture. Each darkens, before any time has passed beyond
/// what the window takes to tell it.
#[test]
fn every_control_shows_the_finger() {
    let mut wrong = Vec::new();
    for (name, contrast) in CONTRASTS {
        let gallery = opened(false, contrast);
        mock_elapsed_time(TOLD);
        let rest = picture(&gallery);
        let mut all = rest.clone();
        for control in controls(&gallery) {
            let (position, button) = (control.middle(), PointerEventButton::Left);
            gallery.window().dispatch_event(WindowEvent::PointerPressed { position, button });
            mock_elapsed_time(TOLD);
            let now = picture(&gallery);
            control.copy(&now, &mut all);
            let (changed, area) = (control.changed(&rest, &now).len(), control.pixels(&now).count());
            if changed * 3 < area {
                wrong.push(format!("{name}: “{}” shows it on {changed} of {area} pixels", control.name));
            }
            // The finger slides off: nothing is chosen.
            gallery.window().dispatch_event(WindowEvent::PointerExited);
            mock_elapsed_time(TOLD);
        }
        wrong.extend(kit::compare(&format!("gallery_pressed_{name}.png"), &all).err());
    }
    assert!(wrong.is_empty(), "look, then BLESS=1:\n{}", wrong.join("\n"));
}

/// Every control with the focus, one after the other in one picture. The ring stands out by 3 : 1 from what was there.
#[test]
fn every_control_shows_the_focus() {
    let mut wrong = Vec::new();
    for (name, contrast) in CONTRASTS {
        let gallery = opened(false, contrast);
        let at = Rc::new(Cell::new(None));
        let heard = at.clone();
        let audit = gallery.global::<Audit>();
        audit.set_asks(true);
        audit.on_focused(move |x, y| heard.set(Some((x, y))));
        let controls = controls(&gallery);
        let mut before = picture(&gallery);
        let mut all = before.clone();
        let mut reached = BTreeSet::new();
        // The sheet itself is a stop too, and no control.
        for _ in 0..=controls.len() {
            let text = SharedString::from(char::from(Key::Tab));
            gallery.window().dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
            gallery.window().dispatch_event(WindowEvent::KeyReleased { text });
            mock_elapsed_time(Duration::from_millis(1));
            let now = picture(&gallery);
            let Some((x, y)) = at.take() else { continue };
            let place = [x, y].map(|length: f32| length.round() as u32);
            let Some(control) = controls.iter().find(|control| control.place[..2] == place) else {
                wrong.push(format!("{name}: the focus is at {place:?}, where no control is"));
                continue;
            };
            control.copy(&now, &mut all);
            reached.insert(control.place);
            let colour = |p: Rgba8Pixel| Colour { red: p.r, green: p.g, blue: p.b };
            let strong = control.changed(&before, &now);
            let strong = strong.iter().filter(|(was, is)| colour(*was).contrast(colour(*is)) >= 300).count();
            // A line round it, one pixel wide at the least.
            let [_, _, width, height] = control.place;
            let round = (width + height) as usize;
            if strong < round {
                wrong.push(format!("{name}: “{}” has a ring of {strong} pixels", control.name));
            }
            before = now;
        }
        if reached.len() < controls.len() {
            wrong.push(format!("{name}: the focus came to {} of {}", reached.len(), controls.len()));
        }
        wrong.extend(kit::compare(&format!("gallery_focus_{name}.png"), &all).err());
    }
    assert!(wrong.is_empty(), "look, then BLESS=1:\n{}", wrong.join("\n"));
}

/// The sources of the widgets, and the gallery's.
fn sources() -> (Vec<String>, String) {
    let ui = kit::repository().join("ui");
    let read = |path: &Path| std::fs::read_to_string(path).expect("a source");
    let widgets = std::fs::read_dir(ui.join("widgets")).expect("the widgets").flatten();
    (widgets.map(|file| read(&file.path())).collect(), read(&ui.join("gallery.slint")))
}

#[test]
fn every_widget_and_every_icon_is_in_the_gallery() {
    // What others are made of, and what is heard.
    let unseen = ["Pressable", "Aloud"];
    let (widgets, gallery) = sources();
    let mut seen = 0;
    let mut missing = Vec::new();
    for line in widgets.iter().flat_map(|source| source.lines()) {
        let word_after = |start: &str| {
            let rest = line.trim_start().strip_prefix(start)?;
            rest.split(|c: char| !(c.is_alphanumeric() || c == '-')).next().map(ToOwned::to_owned)
        };
        let (shown, name) = if let Some(widget) = word_after("export component ") {
            (gallery.contains(&format!("{widget} {{")) || unseen.contains(&widget.as_str()), widget)
        } else if let Some(icon) = word_after("out property <string> ").filter(|_| line.contains("\"M ")) {
            (gallery.contains(&format!("Icons.{icon}")), icon)
        } else {
            continue;
        };
        seen += 1;
        if !shown {
            missing.push(name);
        }
    }
    assert!(seen > 40, "{seen} widgets and icons");
    assert!(missing.is_empty(), "not in ui/gallery.slint: {missing:?}");
}
