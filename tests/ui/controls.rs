//! What every screen must offer, and what some must not show. Sizes, room, contrast and order are the audit's
//! (tests/audit).

use std::collections::BTreeMap;

use i_slint_backend_testing::ElementHandle;
use powerhall_flow::{Screen, State, TextSize};

use crate::fixtures;
use crate::kit::{Kiosk, PANELS, TALL, WAYS};

fn label(element: &ElementHandle) -> String {
    element.accessible_label().unwrap_or_default().to_string()
}

#[test]
fn home_and_help_and_language_and_ways_are_on_every_screen() {
    let kiosk = Kiosk::on(TALL);
    for scene in fixtures::scenes() {
        kiosk.show(&scene.state, 1, TextSize::Normal);
        let labels: Vec<_> = kiosk.controls().iter().map(label).collect();
        assert!(labels.iter().any(|l| l == "Help"), "{}: no help", scene.name);
        assert!(labels.iter().any(|l| l == "中文"), "{}: no other language", scene.name);
        assert!(labels.iter().any(|l| l == "Access"), "{}: no ways to use it", scene.name);
        assert_eq!(
            labels.iter().any(|l| l == "Home"),
            !["home", "attract", "out_of_service"].iter().any(|door| scene.name.starts_with(door)),
            "{}: home",
            scene.name
        );
    }
}

/// The overlays and what stands at the door show nothing personal, and home keeps nothing of the customer who left.
#[test]
fn overlays_and_home_show_nothing_personal() {
    let kiosk = Kiosk::on(TALL);
    let personal = ["张", "127", "解放路", "309.54"];
    let shown = |kiosk: &Kiosk| {
        let all = kiosk.texts().iter().chain(&kiosk.controls()).map(label).collect::<Vec<_>>();
        personal.iter().any(|secret| all.iter().any(|text| text.contains(secret)))
    };
    for scene in [
        "idle",
        "help",
        "call_calling",
        "call_called",
        "call_taken",
        "call_unreachable",
        "ways",
        "languages",
        "attract",
        "attract_price",
        "attract_longest",
        "out_of_service",
        "home_before_a_suspension",
        "home",
    ] {
        kiosk.show(&fixtures::scene("confirm"), 0, TextSize::Normal);
        assert!(shown(&kiosk), "the test looks for what is there");
        kiosk.show(&fixtures::scene(scene), 0, TextSize::Normal);
        assert!(!shown(&kiosk), "{scene}");
    }
    let api = slint::ComponentHandle::global::<powerhall::ui::Api>(&kiosk.app);
    let confirm = api.get_confirm();
    assert_eq!(confirm.account, powerhall::ui::Account::default());
    assert_eq!((slint::Model::row_count(&confirm.bills), confirm.total.as_str()), (0, ""));
    assert_eq!(api.get_find().digits, "");
    assert_eq!(api.get_prove().typed, "");
    assert_eq!(slint::Model::row_count(&api.get_accounts().accounts), 0);
    kiosk.show(&fixtures::scene("payment"), 0, TextSize::Normal);
    kiosk.show(&fixtures::scene("receipt_again"), 0, TextSize::Normal);
    kiosk.show(&fixtures::scene("home"), 0, TextSize::Normal);
    assert_eq!(slint::Model::row_count(&api.get_entries().entries), 0);
    assert_eq!(slint::Model::row_count(&api.get_sheet().rows), 0);
    assert_eq!(api.get_take_along(), powerhall::ui::TakeAlongView::default());
    assert_eq!(api.get_finished(), powerhall::ui::FinishedView::default());
    assert_eq!((api.get_code_text().as_str(), api.get_code_modules()), ("", 0));
}

/// What a page looks like while it is used: typed at, answered, told what went wrong, and overtaken by what becomes of it.
fn used() -> Vec<Vec<(&'static str, State)>> {
    let of = |names: &[&'static str]| names.iter().map(|name| (*name, fixtures::scene(name))).collect();
    vec![
        of(&[
            "find_account_empty",
            "find_account",
            "find_account_unknown",
            "find_account_too_many",
            "find_account_connecting",
        ]),
        of(&["prove", "prove_whole", "prove_wrong"]),
        of(&["prove_account", "prove_account_wrong"]),
        of(&["prove_code_sent", "prove_code_whole", "prove_code_again"]),
        of(&["other_amount", "other_amount_too_large"]),
        of(&["confirm", "confirm_some", "confirm_surplus"]),
        of(&["basket", "basket_some"]),
        of(&["recharge", "recharge_chosen"]),
        vec![
            ticked("nothing ticked", &[]),
            ticked("some ticked", &[0, 1]),
            ticked("all ticked", &[0, 1, 2, 3]),
        ],
        of(&["calculator_kwh_empty", "calculator_kwh"]),
        of(&["outages_account", "outages_account_scanned"]),
        of(&["pay_showing", "pay_showing_hurry"]),
        of(&["finished_posting", "finished_posted"]),
    ]
}

/// The list of what to bring with these ticked off.
fn ticked(name: &'static str, items: &[usize]) -> (&'static str, State) {
    let mut state = fixtures::scene("checklist");
    let Screen::Information(shown) = &mut state.screen else { panic!("the list is information") };
    let bringing = shown.bringing.as_mut().expect("the list is open");
    bringing.ticked = items.iter().copied().collect();
    (name, state)
}

/// A finger that is on its way meets what it was meant for.
#[test]
fn what_is_touched_stays_where_it_is() {
    let used = used();
    let mut moved = Vec::new();
    for panel in PANELS {
        let kiosk = Kiosk::on(panel);
        for (way, ways) in WAYS {
            for scenes in &used {
                let mut places = BTreeMap::new();
                for (scene, state) in scenes {
                    kiosk.show_in(state, ways);
                    // Two rows may be called alike: the second is known by that.
                    let mut met = BTreeMap::<String, usize>::new();
                    for control in kiosk.controls() {
                        let (at, size) = (control.absolute_position(), control.size());
                        let place = [at.x, at.y, size.width, size.height].map(|v| v.round() as i32);
                        let name = label(&control);
                        let nth = met.entry(name.clone()).and_modify(|nth| *nth += 1).or_default();
                        let first = *places.entry((name.clone(), *nth)).or_insert(place);
                        if first != place {
                            moved.push(format!("{scene} {} {way}: {name} {first:?} {place:?}", panel.name));
                        }
                    }
                }
            }
        }
    }
    assert!(moved.is_empty(), "{} moved:\n{}", moved.len(), moved.join("\n"));
}
