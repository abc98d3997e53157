//! From a touch to the drawn frame, inside the program: the real pages, the real view, the real renderer, and a buffer in
//! memory instead of a screen. What a window system adds (a message in, a copy out) is not in these figures.

use std::time::Instant;

use powerhall_bench::numbers::{Samples, ms};
use powerhall_bench::report::{Section, reach};
use powerhall_bench::{Result, Trouble};
use powerhall_flow::{
    Contrast, Event, Journey, Now, Overlay, Press, Reach, Screen, State, TextSize, Voice, Volume, Way, Ways,
    step,
};
use slint::LogicalPosition;

use crate::fixtures;
use crate::panel::Panel;

/// The wishes, in milliseconds.
const PRESS_MS: u128 = 16;
const PAGE_MS: u128 = 50;

/// What brings a change about.
#[derive(Clone, Copy)]
enum Cause {
    /// A finger on this control, lifted again.
    Touch(Press),
    /// An answer or the clock.
    Told,
}

/// What changes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Another page, or an overlay over the whole page.
    Page,
    /// The whole page in another language or size.
    Whole,
    /// A part of the page that stays.
    Part,
}

struct Change {
    name: String,
    kind: Kind,
    from: State,
    cause: Cause,
    to: State,
    /// Where the finger goes.
    at: Option<LogicalPosition>,
    press: Samples,
    frame: Samples,
}

impl Change {
    fn new(name: String, kind: Kind, from: State, cause: Cause, to: State) -> Self {
        let (press, frame) = (Samples::default(), Samples::default());
        Self { name, kind, from, cause, to, at: None, press, frame }
    }
}

/// Draws all changes many times.
pub fn measure(panel: &Panel, rounds: usize) -> Result<Vec<Section>> {
    let mut changes = changes();
    changes.extend(heaviest(panel));
    for change in &mut changes {
        panel.show(&change.from);
        panel.draw();
        if let Cause::Touch(press) = change.cause {
            change.at = Some(panel.find(press)?);
        }
    }
    eprintln!("frames: {} changes × {rounds}", changes.len());
    for _ in 0..rounds {
        for change in &mut changes {
            once(panel, change)?;
        }
    }
    Ok(vec![presses(&changes), pages(&changes)])
}

/// One change, timed.
fn once(panel: &Panel, change: &mut Change) -> Result<()> {
    panel.show(&change.from);
    panel.draw();
    if let (Cause::Touch(_), Some(at)) = (change.cause, change.at) {
        let began = Instant::now();
        panel.press(at)?;
        let drawn = panel.draw();
        change.press.add(began.elapsed());
        if !drawn {
            return Err(Trouble::Wrong(format!("“{}”: the press is not shown", change.name)));
        }
    }
    let began = Instant::now();
    if let (Cause::Touch(press), Some(at)) = (change.cause, change.at) {
        let events = panel.lift(at)?;
        let event = Event::Press(press);
        if !events.contains(&event) {
            return Err(Trouble::Wrong(format!("“{}”: the touch makes {events:?}", change.name)));
        }
        // What the program decides on its way; where an answer from outside comes in between, `to` is after it.
        let now = Now { at: fixtures::NOW, fresh: uuid::Uuid::from_u128(1) };
        drop(step(&panel.fixed.settings, change.from.clone(), event, now));
    }
    panel.show(&change.to);
    let drawn = panel.draw();
    change.frame.add(began.elapsed());
    panel.leave()?;
    if drawn { Ok(()) } else { Err(Trouble::Wrong(format!("“{}”: nothing is drawn", change.name))) }
}

fn presses(changes: &[Change]) -> Section {
    let mut all = Samples::default();
    let mut worst: Option<&Change> = None;
    for change in changes.iter().filter(|change| change.press.count() > 0) {
        all.extend(&change.press);
        if worst.is_none_or(|worst| change.press.rank(99) > worst.press.rank(99)) {
            worst = Some(change);
        }
    }
    let mut section = Section::new(
        "Press feedback: finger down to drawn frame, 1080 × 1920, software renderer",
        &["control", "n", "first", "p50", "p99", "most"],
    );
    section.row(line("all controls", &all));
    if let Some(worst) = worst {
        section.row(line(&format!("slowest: {}", worst.name), &worst.press));
    }
    let slowest = worst.map_or(all.rank(99), |worst| worst.press.rank(99));
    section.remark(reach("Reach, 16 ms or less at p99 on every control", slowest.as_millis() < PRESS_MS));
    section
}

fn pages(changes: &[Change]) -> Section {
    let mut section = Section::new(
        "Change: finger up, or the answer's arrival, to drawn frame, 1080 × 1920, software renderer",
        &["change", "n", "first", "p50", "p99", "most"],
    );
    let mut slow = Vec::new();
    for (kind, head) in [(Kind::Page, ""), (Kind::Whole, "whole page: "), (Kind::Part, "part of a page: ")] {
        for change in changes.iter().filter(|change| change.kind == kind) {
            section.row(line(&format!("{head}{}", change.name), &change.frame));
            if kind != Kind::Part && change.frame.rank(99).as_millis() >= PAGE_MS {
                slow.push(change.name.as_str());
            }
        }
    }
    section.remark(reach("Reach, 50 ms or less at p99 for every page change", slow.is_empty()));
    if !slow.is_empty() {
        section.remark(format!("Above it: {}.", slow.join("; ")));
    }
    section
}

fn line(name: &str, samples: &Samples) -> [String; 6] {
    [
        name.to_owned(),
        samples.count().to_string(),
        ms(samples.first()),
        ms(samples.median()),
        ms(samples.rank(99)),
        ms(samples.rank(100)),
    ]
}

/// Both journeys from home to home, and what lies over them.
fn changes() -> Vec<Change> {
    use Cause::{Told, Touch};
    use Kind::{Page, Part, Whole};
    let scene = fixtures::scene;
    let change = |name: &str, kind, from, cause, to| Change::new(name.to_owned(), kind, from, cause, to);
    let english = |name| State { ways: Ways { language: 1, ..Ways::default() }, ..scene(name) };
    let large = |name| State { ways: Ways { text_size: TextSize::Large, ..Ways::default() }, ..scene(name) };
    let go = |name, from, press, to| change(name, Page, scene(from), Touch(press), scene(to));
    let told = |name, from, to| change(name, Page, scene(from), Told, scene(to));
    let all_ways = |name| in_all_ways(scene(name));
    vec![
        go("home → account number", "home", Press::Begin(Journey::Pay), "find_account_empty"),
        told("account number → what is owed", "find_account", "confirm"),
        go("what is owed → other amount", "confirm", Press::OtherAmount, "other_amount"),
        go("other amount → what is owed", "other_amount", Press::Next, "confirm_surplus"),
        go("what is owed → making the code", "confirm", Press::Next, "pay_opening"),
        told("making the code → code", "pay_opening", "pay_showing"),
        go("code → closing", "pay_showing", Press::Cancel, "pay_closing"),
        told("code → paid", "pay_showing", "finished_posted"),
        go("paid → home", "finished_posted", Press::Home, "home"),
        go("home → which application", "home", Press::Begin(Journey::Progress), "find_application"),
        told("which application → list", "find_application", "applications"),
        go("list → progress", "applications", Press::Application(0), "progress_customer"),
        go("progress → home", "progress_customer", Press::Home, "home"),
        go("what is owed → help", "confirm", Press::Help, "help"),
        told("what is owed → still there?", "confirm", "idle"),
        told("still there? → what is owed", "idle", "confirm"),
        told("30 months owed, longest texts", "find_account", "confirm_worst"),
        change(
            "30 months owed, in every way at once",
            Page,
            all_ways("find_account"),
            Told,
            all_ways("confirm_worst"),
        ),
        go("30 months owed → help", "confirm_worst", Press::Help, "help"),
        change(
            "30 months owed: all but one left out",
            Part,
            scene("confirm_worst"),
            Touch(Press::Month(1)),
            only_oldest(),
        ),
        change("English", Whole, scene("confirm"), Touch(Press::Languages), english("confirm")),
        change("large text", Whole, scene("home"), Touch(Press::Way(Way::TextSize)), large("home")),
        change("a digit typed", Part, scene("find_account"), Touch(Press::Digit(8)), typed("51012345678")),
        change("a month left out", Part, scene("confirm"), Touch(Press::Month(1)), scene("confirm_some")),
        change("a second of the countdown", Part, scene("pay_showing"), Told, counted()),
    ]
}

/// Large, dark, low, spoken, in English.
fn in_all_ways(state: State) -> State {
    let ways = Ways {
        text_size: TextSize::Large,
        contrast: Contrast::Dark,
        reach: Reach::Low,
        voice: Voice::Speaking(Volume::MOST),
        language: 1,
    };
    State { ways, ..state }
}

/// Of all scenes, as they are and in every way at once, the one that takes longest to draw: the change to it, and a press
/// on it. Found by drawing each a few times, for what is heavy is not known beforehand.
fn heaviest(panel: &Panel) -> Vec<Change> {
    let plain = fixtures::scenes().into_iter().filter(|scene| {
        // Every one of these has the header's button for help.
        scene.state.overlay.is_none() && !matches!(scene.state.screen, Screen::Attract(_))
    });
    let all = plain.flat_map(|scene| {
        let name = scene.name;
        [
            (name.to_owned(), scene.state.clone()),
            (format!("{name} in every way at once"), in_all_ways(scene.state)),
        ]
    });
    let before = |state: &State| State { ways: state.ways, ..fixtures::scene("find_account") };
    let cost = |state: &State| {
        let once = |_| {
            panel.show(&before(state));
            panel.draw();
            let began = Instant::now();
            panel.show(state);
            panel.draw();
            began.elapsed()
        };
        (0..3).map(once).min()
    };
    let Some((_, name, state)) =
        all.map(|(name, state)| (cost(&state), name, state)).max_by_key(|(cost, ..)| *cost)
    else {
        return Vec::new();
    };
    let help = State { overlay: Some(Overlay::Help), ..state.clone() };
    let change = |name, from, cause, to| Change::new(name, Kind::Page, from, cause, to);
    vec![
        change(format!("heaviest of all scenes: {name}"), before(&state), Cause::Told, state.clone()),
        change(format!("heaviest → help ({name})"), state, Cause::Touch(Press::Help), help),
    ]
}

/// The page with the account number after one more digit.
fn typed(digits: &str) -> State {
    let mut state = fixtures::scene("find_account");
    if let powerhall_flow::Screen::Find(find) = &mut state.screen {
        find.typed = digits.into();
    }
    state
}

/// Of 30 months only the oldest.
fn only_oldest() -> State {
    let mut state = fixtures::scene("confirm_worst");
    if let powerhall_flow::Screen::Confirm(confirm) = &mut state.screen {
        confirm.choice = powerhall_flow::Choice::Months([0].into());
    }
    state
}

/// The code's page a second later.
fn counted() -> State {
    let mut state = fixtures::scene("pay_showing");
    if let powerhall_flow::Screen::Pay(pay) = &mut state.screen
        && let powerhall_flow::PayStage::Showing { ends, .. } = &mut pay.stage
    {
        *ends -= 1_000;
    }
    state
}
