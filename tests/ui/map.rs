//! The map by which the demo customer finds its way on the real window: how every page's title and controls look on the
//! reference panel, in both languages. It is read by `powerhall-visitor`; the kiosk has no door for it.

use i_slint_backend_testing::ElementHandle;
use powerhall_flow::TextSize;
use powerhall_visitor::{Area, Found, Language, Map, Picture};

use crate::fixtures;
use crate::kit::{self, Kiosk, TALL};

#[test]
fn the_map_of_the_demo_customer_is_true() {
    let kiosk = Kiosk::on(TALL);
    let mut now = Map::default();
    for scene in fixtures::scenes() {
        for (index, language) in [Language::Chinese, Language::English].into_iter().enumerate() {
            kiosk.show(&scene.state, index, TextSize::Normal);
            let controls = kiosk.controls().iter().map(found).collect();
            now.add(scene.name, language, &picture(&kiosk), controls);
        }
    }
    let path = kit::repository().join("tests/golden/map.json");
    if std::env::var_os("BLESS").is_some() {
        now.write(&path).expect("written");
    }
    let misfits = Map::read(&path).expect("a map").misfits(&now);
    assert!(misfits.is_empty(), "look at the pictures, then BLESS=1:\n{}", misfits.join("\n"));
}

fn found(control: &ElementHandle) -> Found {
    let (at, size) = (control.absolute_position(), control.size());
    let pixels = |v: f32| v.round() as usize;
    Found {
        role: control.accessible_role().map(|role| format!("{role:?}").to_lowercase()).unwrap_or_default(),
        label: control.accessible_label().unwrap_or_default().to_string(),
        area: Area {
            x: pixels(at.x),
            y: pixels(at.y),
            width: pixels(size.width),
            height: pixels(size.height),
        },
    }
}

fn picture(kiosk: &Kiosk) -> Picture {
    let drawn = kiosk.picture();
    let pixels = drawn.as_slice().iter().map(|p| u32::from_be_bytes([0, p.r, p.g, p.b])).collect();
    Picture::new(drawn.width() as usize, drawn.height() as usize, pixels)
}
