//! Where a journey ends, one tap says how it was: the three faces stand in the row of the buttons, also beside an action
//! that leads on. And what large text must not leave out of a recharge.

use powerhall_flow::{State, Ways};

use crate::fixtures;
use crate::kit::{EVERY_PANEL, Kiosk, LARGE, NORMAL};

/// The faces, in Chinese and in English.
const FACES: [[&str; 3]; 2] = [["满意", "一般", "不满意"], ["Good", "So-so", "Poor"]];

/// The ends of the journeys, each with the action that leads on from it in both languages, where there is one.
const ENDS: [(&str, Option<[&str; 2]>); 22] = [
    ("finished_posted", Some(["结束", "Finish"])),
    ("finished_posted_ahead", Some(["结束", "Finish"])),
    ("finished_posted_several", Some(["结束", "Finish"])),
    ("finished_reconnected", Some(["结束", "Finish"])),
    ("finished_refunded", Some(["结束", "Finish"])),
    ("confirm_nothing_owed", Some(["预交电费", "Pay ahead"])),
    ("bill_alone", None),
    ("progress_customer", None),
    ("progress_fee", Some(["去缴费", "Pay the fee"])),
    ("call_back_asked", Some(["当前情况", "Where it stands"])),
    ("sheet_guide", Some(["要带的材料", "What to bring"])),
    ("sheet_tariff", Some(["算算电费", "What would it cost?"])),
    ("sheet_fee", None),
    ("sheet_promise", None),
    ("sheet_notice", None),
    ("checklist", Some(["存到手机", "To my phone"])),
    ("estimate", None),
    ("outages_of_area", None),
    ("outages_of_account", None),
    ("outages_of_account_none", None),
    ("receipt_again", None),
    ("invoice", None),
];

/// What is not there of what should be.
fn missing(kiosk: &Kiosk, state: &State, ways: Ways, wanted: &[&str]) -> Vec<String> {
    // By way of home, so that the page is as it opens.
    kiosk.show_in(&fixtures::scene("home"), ways);
    kiosk.show_in(state, ways);
    let controls = kiosk.controls();
    let is_there = |wanted: &str| {
        controls.iter().any(|control| control.accessible_label().is_some_and(|label| label == wanted))
    };
    wanted.iter().filter(|wanted| !is_there(wanted)).map(|wanted| (*wanted).to_owned()).collect()
}

#[test]
fn the_faces_stand_wherever_a_journey_ends() {
    let mut gone = Vec::new();
    for panel in EVERY_PANEL {
        let kiosk = Kiosk::on(panel);
        for (language, faces) in FACES.iter().enumerate() {
            let ways = Ways { language, ..NORMAL };
            for (name, onward) in ENDS {
                let state = fixtures::scene(name);
                assert!(state.screen.asks_opinion(), "{name} is no end of a journey");
                let mut wanted = faces.to_vec();
                wanted.extend(onward.map(|words| words[language]));
                let missing = missing(&kiosk, &state, ways, &wanted);
                if !missing.is_empty() {
                    gone.push(format!("{name} on {}: no {missing:?}", panel.name));
                }
            }
        }
    }
    assert!(gone.is_empty(), "{}", gone.join("\n"));
}

/// None is left without them that the table does not name.
#[test]
fn no_end_of_a_journey_is_without_the_faces() {
    let asks =
        |state: &State| state.overlay.is_none() && state.opinion.is_none() && state.screen.asks_opinion();
    let mut ends = fixtures::scenes();
    ends.retain(|scene| asks(&scene.state));
    assert!(ends.len() > ENDS.len(), "{} ends", ends.len());
    let kiosk = Kiosk::on(EVERY_PANEL[0]);
    let mut gone = Vec::new();
    for (language, faces) in FACES.iter().enumerate() {
        let ways = Ways { language, ..NORMAL };
        let without = ends.iter().filter(|end| !missing(&kiosk, &end.state, ways, faces).is_empty());
        gone.extend(without.map(|end| (end.name, language)));
    }
    assert!(gone.is_empty(), "{gone:?}");
}

/// Who pays less than the least is refused: it is said in large text too.
#[test]
fn the_least_of_a_recharge_is_said_in_every_text() {
    for panel in EVERY_PANEL {
        let kiosk = Kiosk::on(panel);
        for (language, words) in ["最低充值", "Minimum"].into_iter().enumerate() {
            for ways in [NORMAL, LARGE] {
                let ways = Ways { language, ..ways };
                kiosk.show_in(&fixtures::scene("recharge"), ways);
                let texts = kiosk.texts();
                let said = texts.iter().any(|text| text.accessible_label().is_some_and(|text| text == words));
                assert!(said, "{} in {ways:?}", panel.name);
            }
        }
    }
}
