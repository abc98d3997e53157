//! The keypad and the voice: every control is reached by the arrows and says what it is, every page says what it is
//! about, and no number is spoken where others hear it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::time::Duration;

use powerhall_flow::{Event, Journey, Press, State, TextSize, Voice, Volume, Ways};
use powerhall_kiosk::voice::Said;
use slint::ComponentHandle;
use slint::platform::{Key, WindowEvent};

use crate::fixtures;
use crate::kit::{Kiosk, PANELS, TALL};

/// A kiosk that speaks, and all that it has said and sent.
pub struct Speaking {
    pub kiosk: Kiosk,
    pub heard: Rc<RefCell<Vec<String>>>,
    events: Rc<RefCell<Vec<Event>>>,
}

impl Speaking {
    fn new() -> Self {
        Self::of(Kiosk::on(TALL))
    }

    pub fn of(kiosk: Kiosk) -> Self {
        let heard = Rc::new(RefCell::new(Vec::new()));
        let events = Rc::new(RefCell::new(Vec::new()));
        let (ears, touches) = (heard.clone(), events.clone());
        powerhall::bind::bind(&kiosk.app, move |event| touches.borrow_mut().push(event));
        powerhall::keys::bind(&kiosk.app, |_| {});
        powerhall::voice::bind(&kiosk.app, move |said| {
            ears.borrow_mut().push(match said {
                Said::Words { text, .. } => text,
                Said::Silence => "(silence)".into(),
            });
        });
        Self { kiosk, heard, events }
    }

    /// A page that opens.
    fn show(&self, state: &State, language: usize) {
        self.show_in(state, Ways { language, ..Ways::default() });
    }

    /// The same in a way of use, aloud.
    pub fn show_in(&self, state: &State, ways: Ways) {
        // By way of another page, so that this one is as it opens.
        let before = if state.overlay.is_some() { "home" } else { "help" };
        self.change_in(&fixtures::scene(before), ways);
        self.change_in(state, ways);
    }

    /// Another state of what is shown.
    fn change(&self, state: &State, language: usize) {
        self.change_in(state, Ways { language, ..Ways::default() });
    }

    fn change_in(&self, state: &State, ways: Ways) {
        self.heard.take();
        self.kiosk.show_in(state, Ways { voice: Voice::Speaking(Volume::default()), ..ways });
        self.settle();
    }

    pub fn settle(&self) {
        for _ in 0..10 {
            i_slint_backend_testing::mock_elapsed_time(Duration::from_millis(20));
        }
    }

    pub fn key(&self, key: Key) -> Vec<String> {
        self.heard.take();
        let text = slint::SharedString::from(char::from(key));
        let window = self.kiosk.app.window();
        window.dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
        window.dispatch_event(WindowEvent::KeyReleased { text });
        self.settle();
        self.heard.take()
    }

    /// What is said of each control on the way round, until the first comes again.
    fn way_round(&self, key: Key) -> Vec<String> {
        let mut round: Vec<String> = Vec::new();
        for _ in 0..100 {
            let said = self.key(key);
            let Some(said) = said.last() else { panic!("a stop that says nothing, after {round:?}") };
            if round.first() == Some(said) {
                return round;
            }
            round.push(said.clone());
        }
        panic!("the focus is caught: {round:?}");
    }
}

#[test]
fn the_arrows_reach_every_control_and_come_round() {
    let speaking = Speaking::new();
    // The rows of the longest list are all alike: by ear no end of a round can be told.
    for scene in fixtures::scenes().iter().filter(|scene| scene.name != "payments_most") {
        speaking.show(&scene.state, 1);
        let wanted: BTreeSet<String> = speaking
            .kiosk
            .controls()
            .iter()
            .filter(|control| control.accessible_enabled() != Some(false))
            .map(|control| control.accessible_label().unwrap_or_default().to_string())
            .collect();
        let down = speaking.way_round(Key::DownArrow);
        for label in &wanted {
            // Whose accounts they are is for a headset alone.
            let private = ["accounts", "basket"].iter().any(|page| scene.name.starts_with(page))
                && label.contains(['*', '＊']);
            // An amount is said with its unit behind it, and without what groups its digits.
            let plain = |text: &str| text.replace(['¥', ','], "").replace(" yuan", "");
            assert!(
                private || down.iter().any(|said| plain(said).starts_with(&plain(label))),
                "{}: “{label}” not in {down:?}",
                scene.name
            );
        }
        assert_eq!(
            down.len(),
            speaking.kiosk.controls().iter().filter(|c| c.accessible_enabled() != Some(false)).count(),
            "{}: {down:?}",
            scene.name
        );
        let mut up = speaking.way_round(Key::UpArrow);
        up.reverse();
        let (down, up): (BTreeSet<_>, BTreeSet<_>) = (down.into_iter().collect(), up.into_iter().collect());
        assert_eq!(down, up, "{}", scene.name);
    }
}

#[test]
fn ok_does_what_a_touch_does_and_back_leaves() {
    let speaking = Speaking::new();
    speaking.show(&fixtures::scene("home"), 1);
    assert_eq!(speaking.key(Key::DownArrow), ["Pay a bill. With your phone, in about a minute"]);
    speaking.events.take();
    speaking.key(Key::Return);
    assert_eq!(
        speaking.events.take(),
        [Event::Press(Press::Keypad), Event::Press(Press::Begin(Journey::Pay))]
    );
    speaking.key(Key::Escape);
    assert_eq!(speaking.events.take(), [Event::Press(Press::Keypad), Event::Press(Press::Leave)]);
}

/// A hand that trembles or rests on a key: held down, it acts once, and never on the page that comes next.
#[test]
fn a_key_that_is_held_down_acts_once() {
    let speaking = Speaking::new();
    let hold = |key: Key| {
        speaking.events.take();
        let text = slint::SharedString::from(char::from(key));
        let window = speaking.kiosk.app.window();
        window.dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
        for _ in 0..20 {
            window.dispatch_event(WindowEvent::KeyPressRepeated { text: text.clone() });
        }
        window.dispatch_event(WindowEvent::KeyReleased { text });
        let keypad = |event: &Event| matches!(event, Event::Press(Press::Keypad));
        speaking.events.take().into_iter().filter(|event| !keypad(event)).collect::<Vec<_>>()
    };
    speaking.show(&fixtures::scene("home"), 1);
    speaking.key(Key::DownArrow);
    assert_eq!(hold(Key::Return), [Event::Press(Press::Begin(Journey::Pay))]);
    assert_eq!(hold(Key::Space), [Event::Press(Press::Begin(Journey::Pay))]);
    assert_eq!(hold(Key::Escape), [Event::Press(Press::Leave)]);
}

/// Who works by the keypad finds the focus on the next page without searching for it.
#[test]
fn the_focus_is_on_the_page_that_opens() {
    let speaking = Speaking::new();
    speaking.show(&fixtures::scene("home"), 1);
    speaking.key(Key::DownArrow);
    let voice = Voice::Speaking(Volume::default());
    speaking.heard.take();
    speaking.kiosk.show_in(&fixtures::scene("confirm"), Ways { language: 1, voice, ..Ways::default() });
    speaking.settle();
    let heard = speaking.heard.take();
    let [heard] = &heard[..] else { panic!("one does not cut the other off: {heard:?}") };
    assert!(heard.starts_with("Please check, then pay") && heard.ends_with(". Not me"), "{heard}");
}

#[test]
fn each_page_says_what_it_is_about() {
    let speaking = Speaking::new();
    for (scene, language, words) in [
        ("home", 0, "您好，要办什么？现金缴费请到 1 号柜台"),
        ("find_account_unknown", 0, "给哪一户交电费？没有找到这个户号，请核对。户号、手机号、身份证号都可以"),
        ("confirm", 0, "请核对，然后付款。未交电费 3 个月。本次付款。309.54元。含违约金 5.58元"),
        (
            "confirm",
            1,
            "Please check, then pay. 3 months unpaid. You pay. 309.54 yuan. with late fee 5.58 yuan",
        ),
        (
            "pay_showing",
            0,
            "请用手机扫一扫。309.54元。收款方　城南供电公司。只扫屏幕上的码，不要扫贴在机器上的码",
        ),
        (
            "finished_posted",
            1,
            "Paid, thank you. 309.54 yuan. Added to your account. Still owed. 0.00 yuan. Reference. 3F7K-9Q2M-X. \
             Paid at. 23 Nov 2026 10:42. Scan to save the receipt",
        ),
        (
            "call_taken",
            0,
            "工作人员正在过来。请在这里稍等。供工作人员查看。缴费：扫码付款。付款编号 3F7K-9Q2M-X",
        ),
        (
            "call_unreachable",
            1,
            "Our guide cannot be reached from here. Please ask at the counter, or call 95598. For our staff. \
             Paying: the code. Reference 3F7K-9Q2M-X",
        ),
        ("idle", 0, "您还在吗？还剩 40 秒。如果没有人触摸屏幕，将自动结束，保护您的信息。"),
    ] {
        speaking.show(&fixtures::scene(scene), language);
        let heard = speaking.heard.take();
        assert_eq!(heard.last().map(String::as_str), Some(words), "{scene}");
    }
}

/// Who presses on, and nothing has changed, hears again why; where something opens, that alone is heard.
#[test]
fn what_went_wrong_is_said_again_where_a_press_changes_nothing() {
    let speaking = Speaking::new();
    let wrong = "We find no account with this number. Please check it.";
    speaking.show(&fixtures::scene("find_account_unknown"), 1);
    let walks_there = (0..20).any(|_| speaking.key(Key::DownArrow).last().is_some_and(|said| said == "Next"));
    assert!(walks_there, "no way to “Next”");
    assert_eq!(speaking.key(Key::Return), [wrong]);
    assert_eq!(speaking.key(Key::Return), [wrong], "as often as it is pressed");
    speaking.heard.take();
    let text = slint::SharedString::from(char::from(Key::Return));
    speaking.kiosk.app.window().dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
    speaking.kiosk.app.window().dispatch_event(WindowEvent::KeyReleased { text });
    let ways = Ways { language: 1, voice: Voice::Speaking(Volume::default()), ..Ways::default() };
    speaking.kiosk.show_in(&fixtures::scene("confirm"), ways);
    speaking.settle();
    let heard = speaking.heard.take();
    assert!(!heard.is_empty() && heard.iter().all(|said| !said.contains(wrong)), "{heard:?}");
}

/// Where a page comes in parts, the row that opened one goes away with the focus on it: the keypad still works.
#[test]
fn the_keypad_goes_on_in_a_page_s_parts() {
    let speaking = Speaking::of(Kiosk::on(PANELS[3]));
    let ways = Ways {
        language: 1,
        voice: Voice::Speaking(Volume::default()),
        text_size: TextSize::Large,
        ..Ways::default()
    };
    for (scene, open, inside) in [
        ("confirm", "3 months unpaid", "Oct 2026"),
        ("confirm", "3 months unpaid", "Continue"),
        ("finished_posted", "Receipt", "Result"),
        ("progress_customer", "All steps", "More steps"),
        ("help", "Ask a person", "Steps"),
    ] {
        speaking.kiosk.show_in(&fixtures::scene("home"), ways);
        speaking.kiosk.show_in(&fixtures::scene(scene), ways);
        speaking.settle();
        let walk_to = |label: &str| {
            (0..20).any(|_| speaking.key(Key::DownArrow).last().is_some_and(|said| said.starts_with(label)))
        };
        assert!(walk_to(open), "{scene}: no way to “{open}”");
        speaking.key(Key::Return);
        assert!(walk_to(inside), "{scene}: after “{open}” no way to “{inside}”");
    }
}

/// What “back” on the glass does, the key does: a part that is open is closed, and only then the page is left.
#[test]
fn the_key_back_closes_a_part_before_it_leaves_the_page() {
    let speaking = Speaking::of(Kiosk::on(PANELS[3]));
    for (scene, text_size, open) in [
        ("confirm", TextSize::Large, "3 months unpaid"),
        ("basket", TextSize::Large, "2 accounts chosen"),
        ("finished_posted", TextSize::Large, "Receipt"),
        ("progress_customer", TextSize::Large, "All steps"),
        ("help", TextSize::Large, "Ask a person"),
        ("bills", TextSize::Normal, "Whole year"),
        ("checklist", TextSize::Normal, "To my phone"),
    ] {
        speaking.show_in(&fixtures::scene(scene), Ways { language: 1, text_size, ..Ways::default() });
        let can_open = || {
            let named = |label: slint::SharedString| label == open;
            speaking.kiosk.controls().iter().any(|control| control.accessible_label().is_some_and(named))
        };
        let walks_there =
            (0..20).any(|_| speaking.key(Key::DownArrow).last().is_some_and(|said| said.starts_with(open)));
        assert!(walks_there, "{scene}: no way to “{open}”");
        speaking.key(Key::Return);
        assert!(!can_open(), "{scene}: “{open}” opens nothing");
        speaking.events.take();
        speaking.key(Key::Escape);
        let events = speaking.events.take();
        assert_eq!(meant(events), [Event::Touched], "{scene}: back closes the part");
        assert!(can_open(), "{scene}: the part is still open");
        speaking.key(Key::Escape);
        let events = speaking.events.take();
        assert_eq!(meant(events), [Event::Press(Press::Leave)], "{scene}: back leaves");
    }
}

/// Without the word that a key was used, which each key says, and the focus when it comes to a page.
fn meant(mut events: Vec<Event>) -> Vec<Event> {
    events.retain(|event| *event != Event::Press(Press::Keypad));
    events
}

/// A part that was open when its page went away is no part of the next page.
#[test]
fn the_key_back_leaves_a_page_that_has_just_come() {
    let speaking = Speaking::of(Kiosk::on(PANELS[3]));
    speaking.show(&fixtures::scene("bills"), 1);
    let walks_there = (0..20)
        .any(|_| speaking.key(Key::DownArrow).last().is_some_and(|said| said.starts_with("Whole year")));
    assert!(walks_there, "no way to the year");
    speaking.key(Key::Return);
    for scene in ["help", "home"] {
        speaking.change(&fixtures::scene(scene), 1);
        speaking.events.take();
        speaking.key(Key::Escape);
        let events = speaking.events.take();
        assert_eq!(events, [Event::Press(Press::Keypad), Event::Press(Press::Leave)], "{scene}");
    }
}

/// The last page of a list has nothing after it: who came there by keypad comes back.
#[test]
fn the_keypad_comes_back_from_the_last_page_of_a_list() {
    let speaking = Speaking::new();
    speaking.show(&fixtures::scene("confirm_worst"), 1);
    let walk_to = |label: &str| {
        (0..20).any(|_| speaking.key(Key::DownArrow).last().is_some_and(|said| said.starts_with(label)))
    };
    assert!(walk_to("More"), "no way to the next page");
    for _ in 0..30 {
        speaking.key(Key::Return);
    }
    assert!(walk_to("Previous"), "no way back");
}

/// Who chooses months hears the new sum, not the whole page again; asked to say it again, the machine says it all.
#[test]
fn what_changes_on_a_page_is_said_alone() {
    let speaking = Speaking::new();
    speaking.show(&fixtures::scene("confirm"), 1);
    speaking.heard.take();
    speaking.change(&fixtures::scene("confirm_some"), 1);
    let heard = speaking.heard.take().join(" ");
    assert!(heard.starts_with("3 months unpaid. You pay. ") && !heard.contains("Please check"), "{heard}");
    speaking.kiosk.app.global::<powerhall::ui::Voice>().invoke_again();
    let again = speaking.heard.take().join(" ");
    assert!(again.starts_with("Please check, then pay. 3 months unpaid. You pay. "), "{again}");
}

/// Of an amount that is typed, what becomes of it is said with it, and cuts nothing off.
#[test]
fn what_comes_of_a_typed_amount_is_said_with_it() {
    let speaking = Speaking::new();
    let mut typed = fixtures::scene("other_amount");
    speaking.show(&typed, 1);
    let powerhall_flow::Screen::OtherAmount(entry) = &mut typed.screen else { panic!() };
    entry.typed = "4000".into();
    speaking.change(&typed, 1);
    let wanted = "4000. 3690.46 yuan more than owed stays as credit for your next bills.";
    assert_eq!(speaking.heard.take(), [wanted]);
}

#[test]
fn thanks_for_an_opinion_are_said() {
    let speaking = Speaking::new();
    speaking.show(&fixtures::scene("finished_posted"), 1);
    speaking.change(&fixtures::scene("finished_posted_rated"), 1);
    assert_eq!(speaking.heard.take(), ["Thank you"]);
}

#[test]
fn a_turned_page_of_a_bill_is_said() {
    let speaking = Speaking::of(Kiosk::on(PANELS[3]));
    speaking.show(&fixtures::scene("bill_worst"), 1);
    assert!(
        (0..20).any(|_| speaking.key(Key::DownArrow).last().is_some_and(|said| said.starts_with("More")))
    );
    let turned = speaking.key(Key::Return).join(" ");
    assert!(turned.contains(". ") && !turned.contains("Bill of"), "the lines of the next page: {turned}");
}

#[test]
fn nothing_is_punctuated_twice() {
    let mut speaking = Speaking::new();
    speaking.kiosk.fixed = Kiosk::with_all_languages(TALL).fixed;
    for scene in fixtures::scenes() {
        for language in 0..4 {
            speaking.show(&scene.state, language);
            let heard = [speaking.heard.take(), speaking.way_round(Key::DownArrow)].concat().join("\n");
            let marks: Vec<char> = heard.chars().filter(|c| *c != ' ').collect();
            let twice = marks.windows(2).find(|pair| pair.iter().all(|c| ".?!…。？！，、,".contains(*c)));
            assert_eq!(twice, None, "{} in {language}: {heard}", scene.name);
        }
    }
}

/// Over the loudspeaker no digit that was typed, no account number and no name is heard; a headset hears them.
#[test]
fn private_numbers_are_for_the_headset_alone() {
    for headset in [false, true] {
        let mut speaking = Speaking::new();
        speaking.kiosk.fixed.headset = headset;
        let mut typed = fixtures::scene("find_account");
        speaking.show(&typed, 1);
        speaking.heard.take();
        let powerhall_flow::Screen::Find(find) = &mut typed.screen else { panic!() };
        find.typed = "51012345679".into();
        let voice = Voice::Speaking(Volume::default());
        speaking.kiosk.show_in(&typed, Ways { language: 1, voice, ..Ways::default() });
        speaking.settle();
        assert_eq!(speaking.heard.take(), [if headset { "9" } else { "11 digits" }]);
        speaking.show(&fixtures::scene("confirm"), 1);
        let all = [speaking.heard.take(), speaking.way_round(Key::DownArrow)].concat().join(" ");
        assert_eq!(all.contains("127") || all.contains('张'), headset, "{all}");
    }
}

/// Nor on any other page, in any part of it: not on opening, not on the way round.
#[test]
fn no_page_says_over_the_loudspeaker_whose_it_is() {
    let speaking = Speaking::new();
    let personal = fixtures::secrets();
    let mut told = Vec::new();
    for scene in fixtures::scenes() {
        for part in 0..2 {
            speaking.kiosk.app.global::<powerhall::ui::Audit>().set_part(part);
            speaking.show(&scene.state, 1);
            let all = [speaking.heard.take(), speaking.way_round(Key::DownArrow)].concat();
            // What is paid is said, so that a blind customer knows it.
            let secret = personal.iter().filter(|secret| !secret.contains('.'));
            let of = secret.filter_map(|secret| all.iter().find(|said| said.contains(secret)));
            told.extend(of.map(|said| format!("{}, part {part}: {said}", scene.name)));
        }
    }
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn it_is_said_again_and_stops_when_switched_off() {
    let speaking = Speaking::new();
    speaking.show(&fixtures::scene("home"), 1);
    let page = speaking.heard.take();
    let round = speaking.way_round(Key::DownArrow);
    assert!(round.contains(&"Say it again".to_owned()), "{round:?}");
    speaking.heard.take();
    speaking.kiosk.app.global::<powerhall::ui::Voice>().invoke_again();
    assert_eq!(speaking.heard.take(), page);
    speaking.kiosk.show_in(&fixtures::scene("home"), Ways { language: 1, ..Ways::default() });
    speaking.settle();
    assert_eq!(speaking.heard.take(), ["(silence)"]);
    speaking.key(Key::DownArrow);
    assert!(speaking.heard.take().is_empty());
}
