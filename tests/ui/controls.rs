//! What every screen must offer, and what some must not show. Sizes, room, contrast and order are the audit's
//! (tests/audit).

use i_slint_backend_testing::ElementHandle;
use powerhall_flow::TextSize;

use crate::fixtures;
use crate::kit::{Kiosk, TALL};

fn label(element: &ElementHandle) -> String {
    element.accessible_label().unwrap_or_default().to_string()
}

#[test]
fn home_and_help_and_language_are_on_every_screen() {
    let kiosk = Kiosk::on(TALL);
    for scene in fixtures::scenes() {
        kiosk.show(&scene.state, 1, TextSize::Normal);
        let labels: Vec<_> = kiosk.controls().iter().map(label).collect();
        assert!(labels.iter().any(|l| l == "Help"), "{}: no help", scene.name);
        assert!(labels.iter().any(|l| l == "中文"), "{}: no other language", scene.name);
        assert_eq!(
            labels.iter().any(|l| l == "Home"),
            !scene.name.starts_with("home"),
            "{}: home",
            scene.name
        );
    }
}

/// The overlays show nothing personal, and home keeps nothing of the customer who left.
#[test]
fn overlays_and_home_show_nothing_personal() {
    let kiosk = Kiosk::on(TALL);
    let personal = ["张", "127", "解放路", "309.54"];
    let shown = |kiosk: &Kiosk| {
        let all = kiosk.texts().iter().chain(&kiosk.controls()).map(label).collect::<Vec<_>>();
        personal.iter().any(|secret| all.iter().any(|text| text.contains(secret)))
    };
    kiosk.show(&fixtures::scene("confirm"), 0, TextSize::Normal);
    assert!(shown(&kiosk), "the test looks for what is there");
    for scene in ["idle", "help", "ways", "languages", "home"] {
        kiosk.show(&fixtures::scene(scene), 0, TextSize::Normal);
        assert!(!shown(&kiosk), "{scene}");
    }
    let api = slint::ComponentHandle::global::<powerhall::ui::Api>(&kiosk.app);
    let confirm = api.get_confirm();
    assert_eq!(confirm.account, powerhall::ui::Account::default());
    assert_eq!((slint::Model::row_count(&confirm.bills), confirm.total.as_str()), (0, ""));
    assert_eq!(api.get_find_account(), powerhall::ui::FindAccountView::default());
    assert_eq!(api.get_finished(), powerhall::ui::FinishedView::default());
    assert_eq!((api.get_code_text().as_str(), api.get_code_modules()), ("", 0));
}
