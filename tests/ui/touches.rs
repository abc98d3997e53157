//! From a touch to an event: what each control sends, and that a touch sends exactly one.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use i_slint_backend_testing::ElementHandle;
use powerhall_api::Opinion;
use powerhall_flow::{Contrast, Event, Journey, Press, Reach, TextSize, Voice, Volume, Way, Ways};
use slint::platform::PointerEventButton;

use crate::fixtures;
use crate::kit::{EVERY_PANEL, Kiosk, Panel, TALL};

fn listening() -> (Kiosk, Rc<RefCell<Vec<Event>>>) {
    listening_on(TALL)
}

/// A kiosk on a panel, and what it hears.
pub fn listening_on(panel: Panel) -> (Kiosk, Rc<RefCell<Vec<Event>>>) {
    let kiosk = Kiosk::on(panel);
    let heard = Rc::new(RefCell::new(Vec::new()));
    let to = heard.clone();
    powerhall::bind::bind(&kiosk.app, move |event| to.borrow_mut().push(event));
    (kiosk, heard)
}

pub fn touch(kiosk: &Kiosk, label: &str) {
    let all: Vec<ElementHandle> = kiosk.controls();
    let control = all.iter().find(|control| control.accessible_label().is_some_and(|l| l == label));
    control.unwrap_or_else(|| panic!("no control “{label}”")).mock_single_click(PointerEventButton::Left);
}

#[test]
fn each_control_sends_its_event() {
    let table: &[(&str, &str, Press)] = &[
        ("home", "Pay a bill", Press::Begin(Journey::Pay)),
        ("home", "My application", Press::Begin(Journey::Progress)),
        ("home", "Receipts, invoices", Press::Begin(Journey::Payments)),
        ("home", "Look at my bills", Press::Begin(Journey::Bills)),
        ("payments", "5 Aug 2026", Press::Entry(1)),
        ("payment", "To my phone", Press::Next),
        ("payment_elsewhere", "E-invoice", Press::Next),
        ("payment_choose", "Copy of receipt", Press::Entry(0)),
        ("payment_choose", "E-invoice", Press::Entry(1)),
        ("invoice", "Back", Press::Back),
        ("home", "Large text", Press::Way(Way::TextSize)),
        ("home", "Strong contrast", Press::Way(Way::Contrast)),
        ("home", "Buttons lower", Press::Way(Way::Reach)),
        ("home", "Read aloud", Press::Way(Way::Voice)),
        ("home", "Ask for help", Press::Help),
        ("home", "中文", Press::Languages),
        ("home", "Access", Press::Ways),
        ("home_payment_closed", "Pay a bill", Press::Begin(Journey::Pay)),
        ("find_account", "1", Press::Digit(1)),
        ("find_account", "9", Press::Digit(9)),
        ("find_account", "0", Press::Digit(0)),
        ("find_account", "Erase", Press::Erase),
        ("find_account", "Clear", Press::Clear),
        ("find_account", "Next", Press::Next),
        ("find_account", "Back", Press::Back),
        ("find_account", "Home", Press::Home),
        ("find_account", "Help", Press::Help),
        ("confirm", "Scan to pay", Press::Next),
        ("confirm", "Not me", Press::NotMe),
        ("confirm", "Other amount", Press::OtherAmount),
        ("confirm", "Bills", Press::Bills),
        ("bills", "Oct 2026", Press::Bill(0)),
        ("bills", "Aug 2026", Press::Bill(2)),
        ("bills", "Back", Press::Back),
        ("bills_trouble", "Try again", Press::TryAgain),
        ("bill", "Back", Press::Back),
        ("confirm", "Aug 2026", Press::Month(0)),
        ("confirm", "Oct 2026", Press::Month(2)),
        ("confirm_some", "Choose all", Press::AllMonths),
        ("confirm_nothing_owed", "Pay ahead", Press::OtherAmount),
        ("confirm_nothing_owed", "Back", Press::Back),
        ("other_amount", ".", Press::Point),
        ("other_amount", "5", Press::Digit(5)),
        ("other_amount", "Clear", Press::Clear),
        ("other_amount", "Use this amount", Press::Next),
        ("pay_choose", "Alipay", Press::Channel(1)),
        ("pay_choose", "Back", Press::Back),
        ("pay_opening", "Cancel", Press::Cancel),
        ("pay_showing", "Cancel", Press::Cancel),
        ("pay_showing", "More time", Press::MoreTime),
        ("pay_showing_several", "UnionPay", Press::Channel(2)),
        ("pay_closed", "New code", Press::TryAgain),
        ("pay_closed", "Back", Press::Back),
        ("pay_failed", "Try again", Press::TryAgain),
        ("finished_posted", "Finish", Press::Home),
        ("finished_posted", "Good", Press::Opinion(Opinion::Good)),
        ("finished_posted", "Poor", Press::Opinion(Opinion::Poor)),
        ("find_account", "Find my number", Press::NoNumber),
        ("find_account_id", "X", Press::X),
        ("find_account_prefix", "Application number", Press::Entry(0)),
        ("find_application_several", "Application number", Press::Entry(1)),
        ("find_application_unknown", "Next", Press::Next),
        ("prove", "X", Press::X),
        ("prove", "By text", Press::Entry(1)),
        ("prove", "Back", Press::Back),
        ("prove_code", "Send the code", Press::Next),
        ("prove_code_again", "Send again", Press::TryAgain),
        ("no_number", "Phone or ID number", Press::Next),
        ("no_number", "Call the guide", Press::CallGuide),
        (
            "applications",
            "High-voltage capacity increase (second source, two 10 kV feeders)",
            Press::Application(1),
        ),
        ("progress_customer", "Back", Press::Back),
        ("payment_closed", "Try again", Press::TryAgain),
        ("payment_closed", "Back", Press::Back),
        ("help", "Continue", Press::Close),
        ("help", "Call the guide", Press::CallGuide),
        ("call_called", "Not needed", Press::EndCall),
        ("call_unreachable", "Continue", Press::Close),
        ("ways", "Large text", Press::Way(Way::TextSize)),
        ("ways", "Strong contrast", Press::Way(Way::Contrast)),
        ("ways", "Buttons lower", Press::Way(Way::Reach)),
        ("ways", "Read aloud", Press::Way(Way::Voice)),
        ("ways", "Continue", Press::Close),
        ("languages", "English", Press::Way(Way::Language(1))),
        ("idle", "I need more time", Press::StillHere),
        ("idle", "Finish", Press::Home),
    ];
    let (kiosk, heard) = listening();
    for (scene, label, press) in table {
        kiosk.show(&fixtures::scene(scene), 1, TextSize::Normal);
        touch(&kiosk, label);
        assert_eq!(heard.take(), [Event::Press(*press)], "{scene}: {label}");
    }
}

/// Home offers the four ways to use the machine in every way to use it, on every panel, also before the backend has said
/// what there is: each by one touch, and shown as it stands.
#[test]
fn every_way_is_one_touch_from_home_in_every_way() {
    let offered = [
        (["大字", "Large text"], Way::TextSize),
        (["高对比度", "Strong contrast"], Way::Contrast),
        (["按键放低", "Buttons lower"], Way::Reach),
        (["语音朗读", "Read aloud"], Way::Voice),
    ];
    let mut looks = vec![Ways::default()];
    let mut also = |change: fn(&mut Ways)| {
        let changed = looks.iter().map(|ways| {
            let mut ways = *ways;
            change(&mut ways);
            ways
        });
        let changed: Vec<_> = changed.collect();
        looks.extend(changed);
    };
    also(|ways| ways.language = 1);
    also(|ways| ways.text_size = TextSize::Large);
    also(|ways| ways.contrast = Contrast::Dark);
    also(|ways| ways.reach = Reach::Low);
    also(|ways| ways.voice = Voice::Speaking(Volume::MOST));
    let mut missing = Vec::new();
    for panel in EVERY_PANEL {
        let (kiosk, heard) = listening_on(panel);
        for (scene, ways) in ["home", "home_before_the_backend"]
            .iter()
            .flat_map(|scene| looks.iter().map(move |ways| (scene, ways)))
        {
            let state = fixtures::scene(scene);
            kiosk.show_in(&state, *ways);
            let on = |way| match way {
                Way::TextSize => ways.text_size == TextSize::Large,
                Way::Contrast => ways.contrast != Contrast::Standard,
                Way::Reach => ways.reach == Reach::Low,
                Way::Voice => ways.voice != Voice::Silent,
                _ => false,
            };
            for (labels, way) in offered {
                let label = labels[ways.language];
                let of = |control: &ElementHandle| control.accessible_label().is_some_and(|l| l == label);
                let Some(control) = kiosk.controls().into_iter().find(of) else {
                    missing.push(format!("{scene} on {}: no “{label}” in {ways:?}", panel.name));
                    continue;
                };
                assert_eq!(control.accessible_checked(), Some(on(way)), "{label} in {ways:?}");
                control.mock_single_click(PointerEventButton::Left);
                assert_eq!(heard.take(), [Event::Press(Press::Way(way))], "{label} in {ways:?}");
            }
        }
    }
    assert!(missing.is_empty(), "{} missing:\n{}", missing.len(), missing.join("\n"));
}

/// What a control is, in words.
fn told(control: &ElementHandle) -> String {
    format!(
        "{:?} {:?} {:?} {:?}",
        control.accessible_label(),
        control.accessible_enabled(),
        control.accessible_item_selected(),
        control.accessible_checked()
    )
}

/// A finger and a screen reader reach the same; nothing sends two events.
#[test]
fn every_touch_sends_exactly_one_event() {
    // These turn a page of what is shown already: a sign of life, and no decision.
    let turning = [
        "Previous",
        "More",
        "All steps",
        "Where it stands",
        "Whole year",
        "Cost",
        "Electricity used",
        "To my phone",
        "Receipt",
    ];
    let (kiosk, heard) = listening();
    // A control that another scene of the page has too, and in the same state, does there what it does here.
    let mut known = BTreeSet::new();
    for scene in fixtures::scenes() {
        let page = format!("{} {:?}", scene.state.screen.place().name(), scene.state.overlay);
        kiosk.show(&scene.state, 1, TextSize::Normal);
        let states = |controls: &[ElementHandle]| -> Vec<_> { controls.iter().map(told).collect() };
        for (at, told) in states(&kiosk.controls()).into_iter().enumerate() {
            if !known.insert((page.clone(), told)) {
                continue;
            }
            // By way of home, so that every page is as it opens.
            kiosk.show(&fixtures::scene("home"), 1, TextSize::Normal);
            kiosk.show(&scene.state, 1, TextSize::Normal);
            let controls = kiosk.controls();
            let Some(control) = controls.get(at) else { panic!("{}: a control is gone", scene.name) };
            let label = control.accessible_label().unwrap_or_default();
            // An amount of one's own that is set can be typed anew.
            let chosen = control.accessible_item_selected() == Some(true) && label != "Other";
            // The same words lead on from other pages: to the application, or to what of a payment is taken along.
            let leads_on = (scene.name == "call_back_asked" && label == "Where it stands")
                || (scene.name.starts_with("payment") && label == "To my phone");
            let turns = !leads_on && (turning.contains(&label.as_str()) || label.ends_with(" months unpaid"));
            let disabled = control.accessible_enabled() == Some(false);
            control.mock_single_click(PointerEventButton::Left);
            let touched = heard.take();
            if disabled {
                assert!(
                    touched.iter().all(|event| matches!(event, Event::Touched)),
                    "{}: {label} is disabled: {touched:?}",
                    scene.name
                );
                continue;
            }
            if turns {
                assert_eq!(touched, [Event::Touched], "{}: {label}", scene.name);
                continue;
            }
            assert_eq!(touched.len(), usize::from(!chosen), "{}: {label}: {touched:?}", scene.name);
            if !chosen {
                kiosk.show(&scene.state, 1, TextSize::Normal);
                if let Some(control) = kiosk.controls().get(at) {
                    control.invoke_accessible_default_action();
                }
                assert_eq!(heard.take(), touched, "{}: {label} by accessibility", scene.name);
            }
        }
    }
}

#[test]
fn a_touch_beside_everything_is_a_sign_of_life() {
    let (kiosk, heard) = listening();
    kiosk.show(&fixtures::scene("home"), 0, TextSize::Normal);
    let position = slint::LogicalPosition::new(540.0, 190.0);
    for event in [
        slint::platform::WindowEvent::PointerPressed { position, button: PointerEventButton::Left },
        slint::platform::WindowEvent::PointerReleased { position, button: PointerEventButton::Left },
    ] {
        slint::ComponentHandle::window(&kiosk.app).dispatch_event(event);
    }
    assert_eq!(heard.take(), [Event::Touched]);
}

#[test]
fn the_list_of_months_turns_its_pages() {
    let (kiosk, heard) = listening();
    let state = fixtures::scene("confirm_worst");
    kiosk.show(&state, 1, TextSize::Normal);
    let months = |kiosk: &Kiosk| {
        let all = kiosk.controls();
        let boxes = all.iter().filter(|c| c.accessible_checkable() == Some(true));
        boxes.filter_map(|c| c.accessible_label()).map(|l| l.to_string()).collect::<Vec<_>>()
    };
    let first = months(&kiosk);
    let mut seen = first.clone();
    for _ in 0..29 {
        touch(&kiosk, "More");
        i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(1));
        for month in months(&kiosk) {
            if !seen.contains(&month) {
                seen.push(month);
            }
        }
    }
    assert_eq!(seen.len(), 30, "all months can be reached: {seen:?}");
    heard.take();
    let last = months(&kiosk).last().cloned().expect("a month");
    touch(&kiosk, &last);
    assert_eq!(heard.take(), [Event::Press(Press::Month(29))]);
}
