//! The colours of the theme against what they stand on, as WCAG 2.2 measures it: 4.5 : 1 for all text in the standard
//! colours and 7 : 1 in strong contrast; 3 : 1 for what shows the edge or the state of a control.

use powerhall::ui::Theme;
use powerhall::view::Colour;
use powerhall_flow::{Contrast, Ways};
use slint::{Color, ComponentHandle};

use crate::fixtures;
use crate::kit::{Kiosk, TALL};

fn ratio(front: Color, ground: Color) -> u32 {
    let colour = |c: Color| Colour { red: c.red(), green: c.green(), blue: c.blue() };
    colour(front).contrast(colour(ground))
}

#[test]
fn everything_can_be_read_on_what_it_stands_on() {
    let kiosk = Kiosk::on(TALL);
    let mut faults = Vec::new();
    for (contrast, least) in [(Contrast::Standard, 450), (Contrast::Dark, 700), (Contrast::Light, 700)] {
        kiosk.show_in(&fixtures::scene("home"), Ways { contrast, ..Ways::default() });
        let theme = kiosk.app.global::<Theme>();
        let (ground, card) = (theme.get_ground(), theme.get_card());
        let (tint, pressed) = (theme.get_act_tint(), theme.get_act_tint_pressed());
        let text = [
            ("ink on ground", theme.get_ink(), ground),
            ("ink on card", theme.get_ink(), card),
            ("ink on tint", theme.get_ink(), tint),
            ("ink on pressed tint", theme.get_ink(), pressed),
            ("ink on due tint", theme.get_ink(), theme.get_due_tint()),
            ("ink on done tint", theme.get_ink(), theme.get_done_tint()),
            ("soft ink on ground", theme.get_soft_ink(), ground),
            ("soft ink on card", theme.get_soft_ink(), card),
            ("soft ink on tint", theme.get_soft_ink(), tint),
            ("soft ink on pressed tint", theme.get_soft_ink(), pressed),
            ("soft ink on due tint", theme.get_soft_ink(), theme.get_due_tint()),
            ("act on ground", theme.get_act(), ground),
            ("act on card", theme.get_act(), card),
            ("act on tint", theme.get_act(), tint),
            ("act on pressed tint", theme.get_act(), pressed),
            ("on act", theme.get_on_act(), theme.get_act()),
            ("on pressed act", theme.get_on_act(), theme.get_act_pressed()),
            ("on head", theme.get_on_head(), theme.get_head()),
            ("on pressed head", theme.get_on_head(), theme.get_head_pressed()),
            ("due on ground", theme.get_due(), ground),
            ("due on card", theme.get_due(), card),
            ("due on due tint", theme.get_due(), theme.get_due_tint()),
            ("due on pressed due tint", theme.get_due(), theme.get_due_tint_pressed()),
            ("done on card", theme.get_done(), card),
            ("done on done tint", theme.get_done(), theme.get_done_tint()),
            ("on disabled", theme.get_on_disabled(), theme.get_disabled()),
        ];
        let edges = [
            ("edge on ground", theme.get_edge(), ground),
            ("edge on card", theme.get_edge(), card),
            ("due edge on ground", theme.get_due_edge(), ground),
            ("due edge on due tint", theme.get_due_edge(), theme.get_due_tint()),
            ("act on card", theme.get_act(), card),
            ("act beside later", theme.get_act(), theme.get_later()),
        ];
        let check = |what: &[(&str, Color, Color)], least| {
            what.iter()
                .map(|(name, front, ground)| (*name, ratio(*front, *ground)))
                .filter(|(_, ratio)| *ratio < least)
                .map(|(name, ratio)| format!("{contrast:?}: {name} {ratio} of {least} hundredths"))
                .collect::<Vec<_>>()
        };
        faults.extend(check(&text, least));
        faults.extend(check(&edges, 300));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
