//! What the design promises of every page as a whole: one primary action or none, the amount the largest thing where
//! money is meant, and in large text at most four things of a kind to choose from.

use std::collections::BTreeMap;

use powerhall::view::Colour;
use slint::{Rgba8Pixel, SharedPixelBuffer};

use crate::checks::{Answers, Check, Conditions, pixel};
use crate::seen::{Area, Control, Pixels, Script, Seen};

pub fn ask(seen: &Seen, conditions: &Conditions, answers: &mut Answers) {
    action(seen, conditions, answers);
    amount(seen, conditions, answers);
    choices(seen, conditions, answers);
}

const NOWHERE: Area = Area { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };

fn action(seen: &Seen, conditions: &Conditions, answers: &mut Answers) {
    let Some(Pixels { behind, .. }) = &seen.pixels else { return };
    let is_filled = |control: &&Control| is_filled(control, behind, &seen.filled, conditions);
    let filled: Vec<&Control> = seen.controls.iter().filter(is_filled).collect();
    let wanted = &conditions.actions;
    let area = filled.last().map_or(NOWHERE, |control| control.area);
    answers.ask(Check::Action, wanted.contains(&filled.len()), area, || {
        let names: Vec<&str> = filled.iter().map(|control| control.label.as_str()).collect();
        format!("{} filled actions {names:?}, declared are {wanted:?}", filled.len())
    });
}

/// Whether the colour of an action fills it. The header has that colour too: its buttons do not stand out from it.
fn is_filled(
    control: &Control,
    behind: &SharedPixelBuffer<Rgba8Pixel>,
    filled: &[Colour],
    conditions: &Conditions,
) -> bool {
    let Area { left, top, right, bottom } = control.area;
    let at = |x: f32, y: f32| -> Colour {
        let inside = |value: f32, size: f32| value.clamp(0.0, size - 1.0) as usize;
        pixel(behind, inside(x, conditions.width), inside(y, conditions.height))
    };
    let shares = [0.2, 0.35, 0.5, 0.65, 0.8];
    let places = shares.iter().flat_map(|x| shares.iter().map(move |y| (*x, *y)));
    let (width, height) = (right - left, bottom - top);
    let grounds: Vec<Colour> = places.map(|(x, y)| at(left + x * width, top + y * height)).collect();
    // A millimetre beside it.
    let (mm, x, y) = (conditions.pixels_per_mm, left + width / 2.0, top + height / 2.0);
    let beside = [at(left - mm, y), at(right + mm, y), at(x, top - mm), at(x, bottom + mm)];
    filled.iter().any(|colour| {
        // An icon covers some of it.
        let same = grounds.iter().filter(|ground| *ground == colour).count();
        same * 5 >= grounds.len() * 3 && !beside.contains(colour)
    })
}

/// No text of the whole view is larger, neither the question nor the hall's name.
fn amount(seen: &Seen, conditions: &Conditions, answers: &mut Answers) {
    let amounts: Vec<&Script> = seen.texts.iter().filter(|text| text.amount).collect();
    if conditions.money {
        let many = amounts.len();
        answers.ask(Check::Amount, many == 1, NOWHERE, || format!("{many} amounts where one is meant"));
    }
    for Script { words, area, letters, .. } in amounts {
        let largest = seen.texts.iter().max_by(|a, b| a.letters.total_cmp(&b.letters));
        let Some(largest) = largest else { continue };
        answers.ask(Check::Amount, largest.letters <= letters + 0.5, *area, || {
            let [high, most] = [*letters, largest.letters].map(|px| px / conditions.pixels_per_mm);
            format!("“{words}” has letters of {high:.1} mm, “{}” of {most:.1}", largest.words)
        });
    }
}

fn choices(seen: &Seen, conditions: &Conditions, answers: &mut Answers) {
    if !conditions.large {
        return;
    }
    // The header's are not the page's: they stand in the row of what is uppermost.
    let header = seen.controls.iter().map(|control| control.area.top).fold(f32::MAX, f32::min);
    let of_page = |control: &&Control| control.area.top > header + 1.0 && !control.primary;
    // Things of a kind have one role and one size, wherever they stand.
    let mut kinds = BTreeMap::<(String, bool, [i32; 2]), Vec<&Control>>::new();
    for control in seen.controls.iter().filter(of_page) {
        let size = [control.area.width(), control.area.height()].map(|side| side.round() as i32);
        let kind = (format!("{:?}", control.role), control.checkable, size);
        kinds.entry(kind).or_default().push(control);
    }
    // A keypad has more: digits are typed, not chosen.
    let keys = |kind: &[&Control]| kind.iter().any(|control| control.label.chars().count() == 1);
    for kind in kinds.into_values().filter(|kind| !keys(kind)) {
        let (first, many) = (kind[0], kind.len());
        answers.ask(Check::Choices, many <= 4, first.area, || {
            format!("{many} things to choose from, the first is “{}”", first.label)
        });
    }
}
