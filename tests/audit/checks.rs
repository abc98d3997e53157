//! What is asked of every view. Each question counts as a check, each no as a fault with its place.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use powerhall::view::Colour;

use crate::seen::{Area, Control, Pixels, Script, Seen};

/// The table's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Check {
    /// Every control has a role and a label, and is called what it shows.
    Label,
    /// 20 mm a side; 28 mm in large text.
    Size,
    /// 2 mm between two targets.
    Gap,
    /// Nothing leaves the screen.
    Whole,
    /// Nothing lies over anything else.
    Overlap,
    /// Every text has the room that it needs: nothing is cut, nothing elided.
    Room,
    /// Letters of at least 6.6 mm (4.8 mm for a capital); in large text 12 mm for all but what is secondary, and
    /// 9 mm for that.
    Letters,
    /// Text against what is really behind it: 4.5 : 1, in strong contrast 7 : 1; and that it is seen at all.
    Contrast,
    /// In strong contrast the edge of a control stands out by 3 : 1.
    Edge,
    /// In low reach everything to touch is in the band.
    Reach,
    /// The main action is where it always is.
    Primary,
    /// One filled action, or none where the page's kind is declared to have none.
    Action,
    /// Where money is meant, the amount is there, and no letters are larger.
    Amount,
    /// The focus comes to every control, once, in the order of reading.
    Focus,
    /// Home, what lies over a page, and what the hall sees from afar (the slides, a suspension) show nothing of the
    /// customer who was there before.
    Private,
    /// A code is black on white, at least 60 mm, and says what it must.
    Code,
    /// It reads from a photo of the screen that has a little of everything wrong with it, from 0.4 m away or nearer.
    Photo,
    /// In large text at most four things of a kind to choose from.
    Choices,
    /// The font has every letter.
    Glyphs,
}

impl Check {
    pub const ALL: [Self; 19] = [
        Self::Label,
        Self::Size,
        Self::Gap,
        Self::Whole,
        Self::Overlap,
        Self::Room,
        Self::Letters,
        Self::Contrast,
        Self::Edge,
        Self::Reach,
        Self::Primary,
        Self::Action,
        Self::Amount,
        Self::Focus,
        Self::Private,
        Self::Code,
        Self::Photo,
        Self::Choices,
        Self::Glyphs,
    ];
}

/// How a view is looked at.
#[derive(Clone, Debug)]
pub struct Conditions {
    pub pixels_per_mm: f32,
    pub width: f32,
    pub height: f32,
    pub large: bool,
    pub strong: bool,
    /// Low reach: the band's upper and lower edge in pixels.
    pub band: Option<(f32, f32)>,
    /// What must not be shown.
    pub secrets: Vec<String>,
    /// What the code must say.
    pub code: Option<String>,
    /// How many filled actions there may be.
    pub actions: RangeInclusive<usize>,
    /// Money is meant.
    pub money: bool,
}

/// A no.
#[derive(Clone, Debug)]
pub struct Fault {
    pub check: Check,
    pub what: String,
    pub area: Area,
}

/// The answers.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    pub checks: BTreeMap<Check, usize>,
    pub faults: Vec<Fault>,
}

impl Answers {
    pub fn ask(&mut self, check: Check, good: bool, area: Area, what: impl FnOnce() -> String) {
        *self.checks.entry(check).or_default() += 1;
        if !good {
            self.faults.push(Fault { check, what: what(), area });
        }
    }
}

/// Asks everything that can be asked of one view by itself.
pub fn ask(seen: &Seen, conditions: &Conditions) -> Answers {
    let mut answers = Answers::default();
    labels(seen, &mut answers);
    sizes(seen, conditions, &mut answers);
    gaps(seen, conditions, &mut answers);
    places(seen, conditions, &mut answers);
    room(seen, &mut answers);
    letters(seen, conditions, &mut answers);
    contrast(seen, conditions, &mut answers);
    edges(seen, conditions, &mut answers);
    focus(seen, &mut answers);
    private(seen, conditions, &mut answers);
    crate::promises::ask(seen, conditions, &mut answers);
    crate::codes::ask(seen, conditions, &mut answers);
    crate::glyphs::ask(seen, &mut answers);
    answers
}

/// The texts that a control shows.
fn shown_by<'a>(control: &'a Control, seen: &'a Seen) -> impl Iterator<Item = &'a Script> {
    seen.texts.iter().filter(|text| control.area.has_middle_of(&text.area))
}

fn labels(seen: &Seen, answers: &mut Answers) {
    let nowhere = Area { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };
    answers.ask(Check::Label, !seen.controls.is_empty(), nowhere, || "no way on".into());
    for control in &seen.controls {
        let Control { label, told, area, .. } = control;
        answers.ask(Check::Label, !label.trim().is_empty(), *area, || "a control without a label".into());
        let mut shows = shown_by(control, seen).peekable();
        // An icon alone has no words to compare.
        if shows.peek().is_some() {
            let named = shown_by(control, seen).any(|text| text.words == *label);
            answers.ask(Check::Label, named, *area, || format!("“{label}” does not show its label"));
        }
        for text in shows {
            let same = told.contains(&text.words);
            answers.ask(Check::Label, same, *area, || {
                format!("“{label}” shows “{}” and does not tell it: “{told}”", text.words)
            });
        }
    }
}

fn sizes(seen: &Seen, conditions: &Conditions, answers: &mut Answers) {
    let least = if conditions.large { 28.0 } else { 20.0 };
    for Control { label, area, .. } in &seen.controls {
        let (width, height) =
            (area.width() / conditions.pixels_per_mm, area.height() / conditions.pixels_per_mm);
        // Half a pixel of rounding.
        let good = width >= least - 0.2 && height >= least - 0.2;
        answers.ask(Check::Size, good, *area, || {
            format!("“{label}” is {width:.1} × {height:.1} mm, at least {least}")
        });
    }
}

fn gaps(seen: &Seen, conditions: &Conditions, answers: &mut Answers) {
    for (i, Control { label, area, .. }) in seen.controls.iter().enumerate() {
        for other in &seen.controls[i + 1..] {
            let apart = area.distance(&other.area) / conditions.pixels_per_mm;
            // The rows of one list share an edge; a touch between two months hits one of them, and shows it.
            let rows = (area.left - other.area.left).abs() < 1.0
                && apart.abs() < 0.01
                && (area.right - other.area.right).abs() < 1.0;
            answers.ask(Check::Gap, rows || apart >= 1.7, *area, || {
                format!("“{label}” and “{}” are {apart:.1} mm apart", other.label)
            });
        }
    }
}

fn places(seen: &Seen, conditions: &Conditions, answers: &mut Answers) {
    let screen = Area { left: 0.0, top: 0.0, right: conditions.width, bottom: conditions.height };
    let controls = seen.controls.iter().map(|control| (control.label.as_str(), control.area));
    let texts = seen.texts.iter().map(|text| (text.words.as_str(), text.area));
    let codes = seen.codes.iter().map(|code| ("the code", *code));
    for (name, area) in controls.clone().chain(texts.clone()).chain(codes.clone()) {
        answers.ask(Check::Whole, screen.holds(&area, 0.5), area, || format!("“{name}” leaves the screen"));
    }
    for (name, area) in controls.clone() {
        if let Some((top, bottom)) = conditions.band {
            let good = area.top >= top - 1.0 && area.bottom <= bottom + 1.0;
            answers.ask(Check::Reach, good, area, || format!("“{name}” is out of reach"));
        }
    }
    let things: Vec<_> = texts.chain(codes).collect();
    for (i, (name, area)) in things.iter().enumerate() {
        for (other, _) in things[i + 1..].iter().filter(|(_, other)| area.distance(other) < -1.5) {
            answers
                .ask(Check::Overlap, false, *area, || format!("“{name}” and “{other}” lie over each other"));
        }
        for (control, place) in controls.clone() {
            // A text belongs to a control, or has nothing to do with it.
            let good = area.distance(&place) >= -1.5 || place.holds(area, 1.0);
            answers.ask(Check::Overlap, good, *area, || format!("“{name}” and “{control}” overlap"));
        }
    }
}

/// The height of a line, in letters, as the fonts have it.
const LINE: f32 = 1.448;

fn room(seen: &Seen, answers: &mut Answers) {
    for text in &seen.texts {
        let Script { words, area, word, line, height, letters, .. } = text;
        // What stands in one line has to fit into it: else it is elided.
        let one_line = *height < 2.0 * letters * LINE;
        let wide = if one_line { word.max(*line) } else { *word };
        let good = wide <= area.width() + 0.5 && *height <= area.height() + 0.5;
        answers.ask(Check::Room, good, *area, || {
            let (has_width, has_height) = (area.width(), area.height());
            format!(
                "“{words}” is cut: needs {wide:.0} × {height:.0} px, has {has_width:.0} × {has_height:.0}"
            )
        });
    }
}

fn letters(seen: &Seen, conditions: &Conditions, answers: &mut Answers) {
    for Script { words, area, letters, .. } in &seen.texts {
        let secondary = *letters <= seen.small + 0.5;
        let least = match (conditions.large, secondary) {
            (false, _) => 6.6,
            (true, true) => 9.0,
            (true, false) => 12.0,
        };
        let high = letters / conditions.pixels_per_mm;
        answers.ask(Check::Letters, high >= least - 0.2, *area, || {
            format!("“{words}” has letters of {high:.1} mm, at least {least}")
        });
    }
}

/// The picture's pixel as a colour.
pub fn pixel(picture: &slint::SharedPixelBuffer<slint::Rgba8Pixel>, x: usize, y: usize) -> Colour {
    let pixel = picture.as_slice()[y * picture.width() as usize + x];
    Colour { red: pixel.r, green: pixel.g, blue: pixel.b }
}

/// The area's pixels on the screen.
pub fn pixels(area: &Area, conditions: &Conditions) -> impl Iterator<Item = (usize, usize)> + use<> {
    let clamp = |value: f32, most: f32| value.clamp(0.0, most) as usize;
    let (left, right) = (clamp(area.left, conditions.width), clamp(area.right.ceil(), conditions.width));
    let (top, bottom) = (clamp(area.top, conditions.height), clamp(area.bottom.ceil(), conditions.height));
    (top..bottom).flat_map(move |y| (left..right).map(move |x| (x, y)))
}

fn contrast(seen: &Seen, conditions: &Conditions, answers: &mut Answers) {
    let Some(Pixels { picture, behind }) = &seen.pixels else { return };
    let least = if conditions.strong { 700 } else { 450 };
    for Script { words, area, colour: [red, green, blue], .. } in &seen.texts {
        let colour = Colour { red: *red, green: *green, blue: *blue };
        let mut grounds = BTreeMap::<[u8; 3], usize>::new();
        for (x, y) in pixels(area, conditions) {
            let (now, ground) = (pixel(picture, x, y), pixel(behind, x, y));
            if now != ground {
                *grounds.entry([ground.red, ground.green, ground.blue]).or_default() += 1;
            }
        }
        let drawn: usize = grounds.values().sum();
        answers.ask(Check::Contrast, drawn > 0, *area, || format!("“{words}” is not to be seen"));
        // What less than a hundredth of the letters stands on is an edge that they touch.
        let worst = grounds
            .into_iter()
            .filter(|(_, count)| count * 100 >= drawn)
            .map(|([red, green, blue], _)| colour.contrast(Colour { red, green, blue }))
            .min();
        if let Some(worst) = worst {
            answers.ask(Check::Contrast, worst >= least, *area, || {
                format!("“{words}” has a contrast of {worst} hundredths, at least {least}")
            });
        }
    }
}

/// Millimetres on both sides of an edge that the eye takes in with it.
const EDGE_MM: f32 = 1.6;

fn edges(seen: &Seen, conditions: &Conditions, answers: &mut Answers) {
    let Some(Pixels { behind, .. }) = seen.pixels.as_ref().filter(|_| conditions.strong) else { return };
    let reach = (EDGE_MM * conditions.pixels_per_mm).ceil() as i32;
    for Control { label, area, enabled, .. } in &seen.controls {
        if !enabled {
            continue;
        }
        // Above and below, at three places each: some pixel across the edge stands out against the one outside.
        for (edge, inward) in [(area.top, 1), (area.bottom - 1.0, -1)] {
            let seen_at = [0.25, 0.5, 0.75].into_iter().filter(|share| {
                let x = (area.left + area.width() * share) as usize;
                let at = |step: i32| {
                    let y = edge as i32 + inward * step;
                    let y = y.clamp(0, conditions.height as i32 - 1) as usize;
                    pixel(behind, x.min(conditions.width as usize - 1), y)
                };
                let outside = at(-reach);
                (-reach..reach).any(|step| at(step).contrast(outside) >= 300)
            });
            let places = seen_at.count();
            answers.ask(Check::Edge, places == 3, *area, || {
                let side = if inward == 1 { "upper" } else { "lower" };
                format!("“{label}” has no {side} edge to be seen")
            });
        }
    }
}

fn focus(seen: &Seen, answers: &mut Answers) {
    let wanted: Vec<&Control> = seen.controls.iter().filter(|control| control.enabled).collect();
    let once: Vec<(f32, f32)> = seen.focus.iter().copied().take(wanted.len()).collect();
    for Control { label, area, .. } in wanted.iter().copied() {
        let times = once.iter().filter(|(x, y)| (x - area.left).abs() < 1.0 && (y - area.top).abs() < 1.0);
        let times = times.count();
        answers.ask(Check::Focus, times == 1, *area, || {
            format!("the focus comes {times} times to “{label}” on one way round")
        });
    }
    let again: Vec<_> = seen.focus.iter().copied().skip(wanted.len()).take(wanted.len()).collect();
    let nowhere = Area { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };
    answers.ask(Check::Focus, once == again, nowhere, || {
        format!("the second way round is another: {once:?}, {again:?}")
    });
    // Backwards, to the left in a line or up in a column, it goes once: from the page to the header, which comes last.
    let order: Vec<&Control> = once
        .iter()
        .filter_map(|(x, y)| {
            let here = |control: &&&Control| {
                (control.area.left - x).abs() < 1.0 && (control.area.top - y).abs() < 1.0
            };
            wanted.iter().find(here).copied()
        })
        .collect();
    let header = wanted.iter().map(|control| control.area.top).fold(f32::MAX, f32::min);
    for pair in order.windows(2) {
        let [one, next] = pair else { continue };
        let up = next.area.bottom <= one.area.top + 1.0 && next.area.left < one.area.right;
        let left = next.area.right <= one.area.left + 1.0
            && next.area.top < one.area.bottom
            && one.area.top < next.area.bottom;
        let to_header = (next.area.top - header).abs() < 1.0;
        answers.ask(Check::Focus, !(up || left) || to_header, next.area, || {
            format!("the focus goes back from “{}” to “{}”", one.label, next.label)
        });
    }
}

fn private(seen: &Seen, conditions: &Conditions, answers: &mut Answers) {
    let texts = seen.texts.iter().map(|text| (&text.words, text.area));
    let told = seen.controls.iter().map(|control| (&control.told, control.area));
    for (words, area) in texts.chain(told).filter(|_| !conditions.secrets.is_empty()) {
        let shown = conditions.secrets.iter().find(|secret| words.contains(secret.as_str()));
        answers.ask(Check::Private, shown.is_none(), area, || format!("“{words}” is the customer's"));
    }
}

/// Where the main action stands, to be compared with the other views of the same panel.
pub fn primary(seen: &Seen) -> Option<Area> {
    seen.controls.iter().find(|control| control.primary).map(|control| control.area)
}
