//! Pictures of every scene for people to look at.

use powerhall_flow::TextSize;

use crate::fixtures;
use crate::kit::{self, Kiosk, PANELS, TALL};

const LANGUAGES: [&str; 2] = ["zh", "en"];
const SIZES: [(&str, TextSize); 2] = [("normal", TextSize::Normal), ("large", TextSize::Large)];

#[test]
fn every_scene_has_its_picture() {
    let only = std::env::var("SCENE").unwrap_or_default();
    for panel in PANELS {
        if std::env::var("PANEL").is_ok_and(|wanted| wanted != panel.name) {
            continue;
        }
        let kiosk = Kiosk::on(panel);
        for scene in fixtures::scenes().iter().filter(|scene| scene.name.contains(&only)) {
            for (language, tag) in LANGUAGES.iter().enumerate() {
                for (size_name, size) in SIZES {
                    kiosk.show(&scene.state, language, size);
                    let name = format!("{}_{}_{tag}_{size_name}.png", panel.name, scene.name);
                    kit::write_png(&kit::pictures().join(name), &kiosk.picture());
                }
            }
        }
    }
    let _ = TALL;
}
