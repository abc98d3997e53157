//! The table, the faults and their pictures.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use crate::checks::Check;
use crate::kiosk::Found;
use crate::kit;
use crate::seen::{Area, Pixels};

/// Faults that are told one by one.
const TOLD: usize = 400;

/// Prints what was found, and how long that took; fails where there is a fault.
pub fn tell(found: &[Found], took: Duration) -> ExitCode {
    let mut rows = BTreeMap::<Check, (usize, usize)>::new();
    for one in found {
        for (check, count) in &one.answers.checks {
            rows.entry(*check).or_default().0 += count;
        }
        for fault in &one.answers.faults {
            rows.entry(fault.check).or_default().1 += 1;
        }
    }
    let (moved, compared) = moved(found);
    rows.insert(Check::Primary, (compared, moved.len()));

    let mut told: BTreeMap<String, (usize, &str)> = BTreeMap::new();
    for (one, fault) in found.iter().flat_map(|one| one.answers.faults.iter().map(move |fault| (one, fault)))
    {
        told.entry(format!("{:?}: {}", fault.check, fault.what)).or_insert((0, &one.name)).0 += 1;
    }
    for (what, (times, view)) in told.iter().take(TOLD) {
        println!("{what} [{times} times, as in {view}]");
    }
    if told.len() > TOLD {
        println!("… and {} more", told.len() - TOLD);
    }
    for what in &moved {
        println!("{what}");
    }
    for one in found {
        if let Some(Pixels { picture, .. }) = one.seen.as_ref().and_then(|seen| seen.pixels.as_ref()) {
            let path = kit::pictures().join(format!("audit_{}.png", one.name));
            let faults = one.answers.faults.iter().map(|fault| fault.area);
            // A picture without a fault is one of a main action that stands elsewhere.
            let primary = one.primary.iter().map(|(_, area)| *area);
            let framed = if one.answers.faults.is_empty() {
                framed(picture, primary)
            } else {
                framed(picture, faults)
            };
            kit::write_png(&path, &framed);
        }
    }

    println!("{:<10} {:>9} {:>7}", "check", "checks", "faults");
    for check in Check::ALL {
        let (checks, faults) = rows.get(&check).copied().unwrap_or_default();
        println!("{:<10} {checks:>9} {faults:>7}", format!("{check:?}").to_lowercase());
    }
    let (checks, faults) = rows.values().fold((0, 0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
    println!("{}:{:02} minutes", took.as_secs() / 60, took.as_secs() % 60);
    println!("views {} checks {checks} faults {faults}", found.len());
    if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether a main action stands where it usually is: its corner on the right, and its height.
pub fn stands(usual: &Area, area: &Area) -> bool {
    (area.right - usual.right).abs() < 1.0
        && (area.bottom - usual.bottom).abs() < 1.0
        && (area.height() - usual.height()).abs() < 1.0
}

/// The main actions that do not stand where the others of their panel do, and how many were compared.
pub fn moved(found: &[Found]) -> (Vec<String>, usize) {
    let mut places = BTreeMap::<&str, Vec<(&str, Area)>>::new();
    for one in found {
        if let Some((alike, area)) = &one.primary {
            places.entry(alike).or_default().push((&one.name, *area));
        }
    }
    let mut moved = Vec::new();
    for place in places.values() {
        let (_, usual) = place[0];
        let others = place.iter().filter(|(_, area)| !stands(&usual, area));
        moved.extend(
            others.map(|(view, area)| format!("the main action of {view} is at {area:?}, not {usual:?}")),
        );
    }
    (moved, places.values().map(Vec::len).sum())
}

/// The picture with a red frame round each fault.
fn framed(
    picture: &slint::SharedPixelBuffer<slint::Rgba8Pixel>,
    faults: impl Iterator<Item = Area>,
) -> slint::SharedPixelBuffer<slint::Rgba8Pixel> {
    let mut framed = picture.clone();
    let (width, height) = (framed.width() as usize, framed.height() as usize);
    let pixels = framed.make_mut_slice();
    for area in faults {
        let at = |value: f32, most: usize| (value.max(0.0) as usize).min(most - 1);
        let (left, right) = (at(area.left, width), at(area.right, width));
        let (top, bottom) = (at(area.top, height), at(area.bottom, height));
        for y in top..=bottom {
            for x in left..=right {
                if y < top + 3 || y + 3 > bottom || x < left + 3 || x + 3 > right {
                    pixels[y * width + x] = slint::Rgba8Pixel { r: 230, g: 0, b: 0, a: 255 };
                }
            }
        }
    }
    framed
}
