//! All that is seen can be heard: what every page shows, in every part and on every page of its lists, is looked for in
//! what is said of it, as it opens and as the focus goes round. What is left out has a name and a reason.

use std::collections::BTreeSet;

use i_slint_backend_testing::ElementHandle;
use powerhall::ui::{Api, Audit, Theme};
use powerhall_flow::{Overlay, Screen, State, TextSize, Ways};
use slint::ComponentHandle;
use slint::platform::Key;

use crate::aloud::Speaking;
use crate::fixtures;
use crate::kit::{Kiosk, PANELS, Panel, TALL};

/// More parts than any page has, and more pages than any list.
const PARTS: i32 = 30;

/// What is seen and not said, kind by kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum LeftOut {
    /// The same under every page: opening hours, hotline, the machine's number. Help says the hotline.
    Footer,
    /// Where in the journey a page stands; its title says the same.
    Steps,
    /// It runs. Where it begins and that it nears its end is said.
    Countdown,
    /// The number before a sentence of a list; by ear the order says it.
    Bullet,
    /// The picture of the months, with its scale; each month is a row of the same page, and says what it came to.
    Chart,
    /// Said when the opinion is given, not when the page opens: `thanks_for_an_opinion_are_said`.
    Thanks,
    /// Said with what is typed: `what_comes_of_a_typed_amount_is_said_with_it`.
    Typed,
}

const LEFT_OUT: [LeftOut; 7] = [
    LeftOut::Footer,
    LeftOut::Steps,
    LeftOut::Countdown,
    LeftOut::Bullet,
    LeftOut::Chart,
    LeftOut::Thanks,
    LeftOut::Typed,
];

/// The step mark's words.
const STEPS: [&str; 4] = ["1 户号", "2 核对", "3 扫码", "4 完成"];

/// A text on the screen.
struct Seen {
    words: String,
    middle: f32,
}

/// A pass over all scenes.
struct Pass {
    speaking: Speaking,
    panel: Panel,
    ways: Ways,
    met: BTreeSet<LeftOut>,
    silent: Vec<String>,
}

impl Pass {
    fn new(panel: Panel, text_size: TextSize, headset: bool) -> Self {
        let mut speaking = Speaking::of(Kiosk::on(panel));
        speaking.kiosk.fixed.headset = headset;
        let ways = Ways { text_size, ..Ways::default() };
        Self { speaking, panel, ways, met: BTreeSet::new(), silent: Vec::new() }
    }

    fn run(mut self) -> Self {
        for scene in fixtures::scenes() {
            self.scene(scene.name, &scene.state);
        }
        self
    }

    /// All parts of a page, and in each the pages of its list. What was heard before need not be said again: an entry that
    /// is broken by the end of a page is said whole where it begins.
    fn scene(&mut self, name: &str, state: &State) {
        let (mut heard, mut screens) = (Vec::new(), BTreeSet::new());
        'parts: for part in 0..PARTS {
            self.speaking.kiosk.app.global::<Audit>().set_part(part);
            self.speaking.show_in(state, self.ways);
            heard.extend(self.speaking.heard.take());
            let mut page = 0;
            loop {
                let texts = self.texts();
                if !screens.insert(texts.iter().map(|text| text.words.clone()).collect::<Vec<_>>()) {
                    // A further part that opens with nothing else is none.
                    if page == 0 {
                        break 'parts;
                    }
                    break;
                }
                heard.extend(self.way_round());
                self.compare(&format!("{name}, part {part}, page {page}"), state, &texts, &heard);
                if !self.turn() {
                    break;
                }
                heard.extend(self.speaking.heard.take());
                page += 1;
            }
        }
        self.speaking.kiosk.app.global::<Audit>().set_part(0);
    }

    /// What is shown, but for the fields, where what is typed is said as it is typed, and for the controls that cannot be
    /// used now, to which the focus does not come.
    fn texts(&self) -> Vec<Seen> {
        let mut controls = self.speaking.kiosk.controls_and_fields();
        controls.retain(|control| control.accessible_enabled() == Some(false));
        let beside = |text: &ElementHandle| !controls.iter().any(|control| holds(control, text));
        let texts = self.speaking.kiosk.texts();
        let seen = texts.iter().filter(|text| beside(text)).map(|text| Seen {
            words: label(text),
            middle: text.absolute_position().y + text.size().height / 2.0,
        });
        seen.filter(|text| !plain(&text.words).is_empty()).collect()
    }

    /// What is said on the way of the focus over every control.
    fn way_round(&self) -> Vec<String> {
        let enabled = |control: &ElementHandle| control.accessible_enabled() != Some(false);
        let stops = self.speaking.kiosk.controls().iter().filter(|control| enabled(control)).count();
        // It may begin at a control that can no longer be used, as the way on from the last page of a list.
        (0..stops + 3).flat_map(|_| self.speaking.key(Key::DownArrow)).collect()
    }

    /// The next page of a list, if there is one.
    fn turn(&self) -> bool {
        let more = |control: &&ElementHandle| {
            label(control) == "下一页" && control.accessible_enabled() != Some(false)
        };
        let controls = self.speaking.kiosk.controls();
        let Some(more) = controls.iter().find(more) else { return false };
        // The focus goes there first, as by keypad: a row that has it may be gone on the next page.
        let said_more =
            |_| self.speaking.key(Key::DownArrow).last().is_some_and(|said| said.starts_with("下一页"));
        let _ = (0..controls.len() + 3).any(said_more);
        self.speaking.heard.take();
        more.invoke_accessible_default_action();
        self.speaking.settle();
        true
    }

    fn compare(&mut self, at: &str, state: &State, texts: &[Seen], heard: &[String]) {
        let heard: Vec<String> = heard.iter().map(|said| plain(said)).collect();
        for text in texts {
            if let Some(kind) = self.left_out(state, text) {
                self.met.insert(kind);
                continue;
            }
            if !self.speaking.kiosk.fixed.headset && is_personal(state, &text.words) {
                continue;
            }
            let wanted = plain(&as_said(&text.words));
            if !heard.iter().any(|said| said.contains(&wanted)) {
                self.silent.push(format!("{at}: “{}”", text.words));
            }
        }
    }

    fn left_out(&self, state: &State, text: &Seen) -> Option<LeftOut> {
        let app = &self.speaking.kiosk.app;
        let (api, words) = (app.global::<Api>(), text.words.as_str());
        let is_number = words.chars().all(|letter| letter.is_ascii_digit());
        if text.middle > self.panel.height as f32 - app.global::<Theme>().get_footer() {
            return Some(LeftOut::Footer);
        }
        if state.overlay.is_none() && STEPS.contains(&words) {
            return Some(LeftOut::Steps);
        }
        match (&state.overlay, &state.screen) {
            (Some(Overlay::IdleWarning { .. }), _) if is_number || words == "秒后结束" => {
                Some(LeftOut::Countdown)
            }
            (Some(Overlay::Help), _) | (None, Screen::NoNumber(_)) if is_number => Some(LeftOut::Bullet),
            (None, Screen::Pay(_)) if words.starts_with("剩余 ") || words.starts_with("即将失效 ") => {
                Some(LeftOut::Countdown)
            }
            (None, Screen::Bills(_)) => {
                let scale = [api.get_bills().most_cost, format!("{} 度", api.get_bills().most_energy).into()];
                let legend = ["近 12 个月", "上年同期"].contains(&words);
                (is_number || legend || scale.iter().any(|top| top == words)).then_some(LeftOut::Chart)
            }
            (None, Screen::Finished(_)) if words == "谢谢您" => Some(LeftOut::Thanks),
            (None, Screen::OtherAmount(_)) => {
                let surplus = api.get_amount().surplus;
                (!surplus.is_empty() && words.contains(surplus.as_str())).then_some(LeftOut::Typed)
            }
            _ => None,
        }
    }
}

fn label(element: &ElementHandle) -> String {
    element.accessible_label().unwrap_or_default().to_string()
}

/// Whether the middle of an element lies in the other.
fn holds(outer: &ElementHandle, inner: &ElementHandle) -> bool {
    let (at, size) = (outer.absolute_position(), outer.size());
    let (place, room) = (inner.absolute_position(), inner.size());
    let (x, y) = (place.x + room.width / 2.0, place.y + room.height / 2.0);
    x > at.x && x < at.x + size.width && y > at.y && y < at.y + size.height
}

/// The place in a list is worded for the voice.
fn as_said(words: &str) -> String {
    let place = words.split_once(" / ").filter(|(page, of)| {
        [page, of].iter().all(|number| number.chars().all(|letter| letter.is_ascii_digit()))
    });
    place.map_or_else(|| words.to_owned(), |(page, of)| format!("第 {page} 页，共 {of} 页"))
}

/// Letters and digits alone: amounts are said with their unit behind them, and sentences are joined by marks.
fn plain(words: &str) -> String {
    words.chars().filter(|letter| letter.is_alphanumeric() && *letter != '元').collect()
}

/// For the customer's ears alone: names and numbers, which are masked, with what they are called; and payments of before.
fn is_personal(state: &State, words: &str) -> bool {
    let masked = words.contains(['*', '＊']);
    masked
        || state.overlay.is_none()
            && match &state.screen {
                Screen::Payments(_) | Screen::Payment(_) => true,
                Screen::Finished(finished) => {
                    let number = finished.order.receipt.as_ref().map(|receipt| receipt.number.as_str());
                    // What a row is called is said with its number.
                    ["户号", "户数", "申请编号", "收据号"].contains(&words)
                        || number == Some(words)
                        || (finished.order.lines.len() > 1 && words.ends_with(" 户"))
                }
                _ => false,
            }
}

#[test]
fn all_that_a_page_shows_is_heard() {
    // An interface each, on threads of their own. What is said without a headset too is not what is left out here.
    let pass = |panel, text_size, headset| {
        let pass = Pass::new(panel, text_size, headset).run();
        (pass.met, pass.silent)
    };
    let passes = std::thread::scope(|threads| {
        let plain = threads.spawn(|| pass(TALL, TextSize::Normal, false));
        let large = threads.spawn(|| pass(PANELS[3], TextSize::Large, true));
        [plain.join().expect("a pass"), large.join().expect("a pass")]
    });
    let met: BTreeSet<LeftOut> = passes.iter().flat_map(|(met, _)| met.iter().copied()).collect();
    assert_eq!(met, BTreeSet::from(LEFT_OUT), "each kind that is left out is there");
    let silent: Vec<&str> = passes.iter().flat_map(|(_, silent)| silent).map(String::as_str).collect();
    assert!(silent.is_empty(), "{} texts are not heard:\n{}", silent.len(), silent.join("\n"));
}
