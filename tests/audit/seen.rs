//! What is on a screen, read off the window itself: controls, texts, codes, the order of the focus, and two pictures,
//! one with the texts and one of what lies behind them.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery, mock_elapsed_time};
use powerhall::view::Colour;
use slint::platform::{Key, WindowEvent};
use slint::{ComponentHandle, Rgba8Pixel, SharedPixelBuffer, SharedString};

/// A window that answers the audit: the kiosk's, and the one with the planted faults.
pub trait Stage: ComponentHandle {
    /// Lets texts answer.
    fn ask(&self, asks: bool);
    /// Takes the texts away, or gives them back.
    fn bare(&self, bare: bool);
    /// Hears where the focus comes to.
    fn on_focus(&self, heard: impl Fn(f32, f32) + 'static);
    /// The letters of what does not matter most, in pixels.
    fn small(&self) -> f32;
    /// The ground of a filled action: of one that can be used, and of one that cannot yet.
    fn filled(&self) -> [slint::Color; 2];
}

/// What a window is looked at by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Where everything is, and what room it needs: fast enough for every view.
    Geometry,
    /// What is drawn too.
    Pixels,
}

/// A rectangle on the screen, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl Area {
    fn of(element: &ElementHandle) -> Self {
        let (at, size) = (element.absolute_position(), element.size());
        Self { left: at.x, top: at.y, right: at.x + size.width, bottom: at.y + size.height }
    }

    pub fn width(&self) -> f32 {
        self.right - self.left
    }

    pub fn height(&self) -> f32 {
        self.bottom - self.top
    }

    /// Pixels between two areas; negative when they overlap.
    pub fn distance(&self, other: &Self) -> f32 {
        let x = (self.left - other.right).max(other.left - self.right);
        let y = (self.top - other.bottom).max(other.top - self.bottom);
        x.max(y)
    }

    /// Whether the other lies in it, but for some pixels.
    pub fn holds(&self, other: &Self, slack: f32) -> bool {
        other.left >= self.left - slack
            && other.right <= self.right + slack
            && other.top >= self.top - slack
            && other.bottom <= self.bottom + slack
    }

    /// Whether the middle of the other lies in it.
    pub fn has_middle_of(&self, other: &Self) -> bool {
        let (x, y) = ((other.left + other.right) / 2.0, (other.top + other.bottom) / 2.0);
        x > self.left && x < self.right && y > self.top && y < self.bottom
    }
}

/// What can be touched.
#[derive(Clone, Debug)]
pub struct Control {
    pub role: AccessibleRole,
    pub label: String,
    /// All that is said of it to who does not see it.
    pub told: String,
    pub enabled: bool,
    /// It is chosen or not, on or off.
    pub checkable: bool,
    /// The page's main action.
    pub primary: bool,
    pub area: Area,
}

/// A text, and what it says that it needs.
#[derive(Clone, Debug)]
pub struct Script {
    pub words: String,
    pub area: Area,
    /// Pixels that its longest word needs.
    pub word: f32,
    /// Pixels that it needs in one line.
    pub line: f32,
    /// Pixels that it needs in height, in the width that it has.
    pub height: f32,
    /// Height of its letters in pixels.
    pub letters: f32,
    pub colour: [u8; 3],
    /// It is what is to be paid, or was.
    pub amount: bool,
}

/// One screen.
pub struct Seen {
    pub controls: Vec<Control>,
    pub texts: Vec<Script>,
    pub codes: Vec<Area>,
    /// Where the focus came to, from the first control until it was there again.
    pub focus: Vec<(f32, f32)>,
    /// Where it was asked for.
    pub pixels: Option<Pixels>,
    pub small: f32,
    pub filled: [Colour; 2],
}

/// What is drawn.
pub struct Pixels {
    pub picture: SharedPixelBuffer<Rgba8Pixel>,
    /// As the picture, without the texts.
    pub behind: SharedPixelBuffer<Rgba8Pixel>,
}

/// Reads a window as it stands.
pub fn see(window: &impl Stage, by: By) -> Seen {
    window.ask(true);
    settle();
    let pixels = (by == By::Pixels).then(|| pixels(window));
    let (mut controls, mut texts, mut codes) = (Vec::new(), Vec::new(), Vec::new());
    for (element, role, area, label) in elements(window) {
        match role {
            AccessibleRole::Text => texts.extend(script(&element, label, area)),
            AccessibleRole::Image => codes.push(area),
            _ => controls.extend(control(&element, role, label, area)),
        }
    }
    let focus = focus(window, controls.iter().filter(|control| control.enabled).count());
    window.ask(false);
    let filled = window.filled().map(|c| Colour { red: c.red(), green: c.green(), blue: c.blue() });
    Seen { controls, texts, codes, focus, pixels, small: window.small(), filled }
}

fn pixels(window: &impl Stage) -> Pixels {
    let drawn = || window.window().take_snapshot().expect("a picture");
    let picture = drawn();
    window.bare(true);
    settle();
    let behind = drawn();
    window.bare(false);
    settle();
    Pixels { picture, behind }
}

/// All elements that a customer meets, with their roles, places and labels.
fn elements(window: &impl Stage) -> Vec<(ElementHandle, AccessibleRole, Area, String)> {
    let mut known = BTreeSet::new();
    let all = ElementQuery::from_root(window).match_descendants().match_predicate(has_role).find_all();
    let named = all.into_iter().map(|element| {
        let label = element.accessible_label().unwrap_or_default().to_string();
        let role = element.accessible_role().expect("asked for");
        let area = Area::of(&element);
        (element, role, area, label)
    });
    // A query meets what repeaters made more than once.
    named.filter(|(_, role, area, label)| known.insert(format!("{role:?} {area:?} {label}"))).collect()
}

/// What is on the screen and where: two screens with the same inventory are one.
pub fn inventory(window: &impl Stage) -> Vec<String> {
    elements(window).iter().map(|(_, role, area, label)| format!("{role:?} {area:?} {label}")).collect()
}

fn settle() {
    mock_elapsed_time(Duration::from_millis(1));
}

fn has_role(element: &ElementHandle) -> bool {
    matches!(
        element.accessible_role(),
        Some(
            AccessibleRole::Button
                | AccessibleRole::Checkbox
                | AccessibleRole::Tab
                | AccessibleRole::TextInput
                | AccessibleRole::Text
                | AccessibleRole::Image
        )
    )
}

fn control(element: &ElementHandle, role: AccessibleRole, label: String, area: Area) -> Option<Control> {
    let enabled = element.accessible_enabled() != Some(false);
    // A field that stands alone only shows what the keypad types, and says so by being disabled.
    if role == AccessibleRole::TextInput && !enabled {
        return None;
    }
    let more =
        [element.accessible_description(), element.accessible_value(), element.accessible_placeholder_text()];
    let told = more.into_iter().flatten().fold(label.clone(), |told, more| format!("{told} {more}"));
    let primary = element.id().is_some_and(|id| id.ends_with("::primary"));
    let checkable = element.accessible_checkable() == Some(true);
    Some(Control { role, label, told, enabled, checkable, primary, area })
}

/// The text of an element that answers; one without words is nothing.
fn script(element: &ElementHandle, words: String, area: Area) -> Option<Script> {
    if words.trim().is_empty() {
        return None;
    }
    let answer = element.accessible_id().unwrap_or_default();
    let numbers: Vec<f32> = answer.split(' ').filter_map(|number| number.parse().ok()).collect();
    let [word, line, height, letters, red, green, blue] = numbers[..] else {
        panic!("“{words}” does not answer the audit: it is no `Say`: {answer:?}");
    };
    let channel = |value: f32| value as u8;
    let amount = element.type_name().is_some_and(|name| name == "Amount");
    Some(Script {
        words,
        area,
        word,
        line,
        height,
        letters,
        colour: [channel(red), channel(green), channel(blue)],
        amount,
    })
}

/// Walks the focus round.
fn focus(window: &impl Stage, controls: usize) -> Vec<(f32, f32)> {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let to = heard.clone();
    window.on_focus(move |x, y| to.borrow_mut().push((x, y)));
    // Twice round and some more: it must come round, and twice the same way.
    for _ in 0..2 * controls + 2 {
        let text = SharedString::from(char::from(Key::Tab));
        window.window().dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
        window.window().dispatch_event(WindowEvent::KeyReleased { text });
        settle();
    }
    heard.take()
}
