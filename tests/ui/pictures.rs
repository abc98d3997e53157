//! Pictures: every scene for people to look at, a few as goldens, and the codes in them read back by another's hands.

use powerhall_flow::TextSize;

use crate::fixtures;
use crate::kit::{self, Kiosk, PANELS, Panel, TALL};

const LANGUAGES: [&str; 2] = ["zh", "en"];
const SIZES: [(&str, TextSize); 2] = [("normal", TextSize::Normal), ("large", TextSize::Large)];

/// The scenes whose pictures are kept: each page once, in the language and size that strain it.
const GOLDEN: [(&str, usize, usize); 25] = [
    ("home", 0, 0),
    ("home", 1, 1),
    ("home_payment_closed", 1, 0),
    ("find_account", 0, 0),
    ("find_account_unknown", 1, 1),
    ("find_account_connecting", 0, 0),
    ("confirm", 0, 0),
    ("confirm", 1, 1),
    ("confirm_worst", 0, 0),
    ("confirm_nothing_owed", 0, 0),
    ("other_amount", 0, 0),
    ("pay_choose", 1, 0),
    ("pay_showing", 0, 0),
    ("pay_showing", 1, 1),
    ("pay_showing_several", 0, 0),
    ("pay_closed", 0, 0),
    ("finished_posted", 0, 0),
    ("finished_review", 1, 0),
    ("find_application_by_phone", 0, 0),
    ("applications", 0, 0),
    ("progress_customer", 0, 0),
    ("progress_overdue", 1, 1),
    ("payment_closed", 0, 0),
    ("help", 0, 1),
    ("idle", 0, 0),
];

/// A channel of a pixel may differ by this much (a golden keeps 256 colours, and hinting varies) …
const TOLERANCE: u8 = 40;
/// … and this many pixels in a million by more.
const STRAYS_PER_MILLION: usize = 400;

#[test]
fn every_scene_has_its_picture() {
    let only = std::env::var("SCENE").unwrap_or_default();
    for panel in PANELS {
        // By default only the reference panel; PANEL=all for every one, PANEL=1024x768 for one.
        let wanted = std::env::var("PANEL").unwrap_or_else(|_| TALL.name.into());
        if wanted != "all" && wanted != panel.name {
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
}

#[test]
fn pages_look_as_they_were_blessed() {
    let folder = kit::repository().join("tests/golden");
    let bless = std::env::var_os("BLESS").is_some();
    let mut changed = Vec::new();
    let kiosk = Kiosk::on(TALL);
    let lying = Kiosk::on(PANELS[3]);
    let mut check = |kiosk: &Kiosk, scene: &str, language: usize, size: usize| {
        kiosk.show(&fixtures::scene(scene), language, SIZES[size].1);
        let panel =
            if kiosk.panel.name == TALL.name { String::new() } else { format!("_{}", kiosk.panel.name) };
        let name = format!("{scene}{panel}_{}_{}.png", LANGUAGES[language], SIZES[size].0);
        let picture = kiosk.picture();
        let path = folder.join(&name);
        if bless {
            kit::write_golden(&path, &picture);
            return;
        }
        let Some((width, height, golden)) = kit::read_png(&path) else {
            return changed.push(format!("{name}: no golden picture"));
        };
        if (width, height) != (picture.width(), picture.height()) {
            return changed.push(format!("{name}: is {width}×{height}"));
        }
        let strays = picture
            .as_slice()
            .iter()
            .zip(golden.chunks_exact(3))
            .filter(|(now, was)| {
                [now.r, now.g, now.b].iter().zip(*was).any(|(now, was)| now.abs_diff(*was) > TOLERANCE)
            })
            .count();
        if strays * 1_000_000 > STRAYS_PER_MILLION * picture.as_slice().len() {
            kit::write_png(&kit::pictures().join(format!("now_{name}")), &picture);
            changed.push(format!("{name}: {strays} pixels differ, see now_{name} among the pictures"));
        }
    };
    for (scene, language, size) in GOLDEN {
        check(&kiosk, scene, language, size);
    }
    for scene in ["home", "confirm", "pay_showing"] {
        check(&lying, scene, 0, 0);
    }
    assert!(changed.is_empty(), "look, then BLESS=1:\n{}", changed.join("\n"));
}

/// Decodes the code in a picture and measures it: its text, and its side without the quiet zone in pixels.
fn read_code(kiosk: &Kiosk) -> (String, f64) {
    let picture = kiosk.picture();
    let pixels = picture.as_slice();
    let codes = kiosk.codes();
    let [code] = codes.as_slice() else { panic!("{} codes on the page", codes.len()) };
    let (at, size) = (code.absolute_position(), code.size());
    let (left, top) = (at.x as usize, at.y as usize);
    // Exactly the code and its quiet zone: what a phone is held to.
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(size.width as usize, size.height as usize, |x, y| {
            pixels[(top + y) * picture.width() as usize + left + x].g
        });
    let grids = image.detect_grids();
    let [grid] = grids.as_slice() else { panic!("{} codes in the picture", grids.len()) };
    let (_, text) = grid.decode().expect("readable");
    let side =
        f64::from(grid.bounds[1].x - grid.bounds[0].x).hypot(f64::from(grid.bounds[1].y - grid.bounds[0].y));
    (text, side)
}

#[test]
fn every_payment_code_reads_and_is_large_enough() {
    for panel in PANELS {
        let kiosk = Kiosk::on(panel);
        for (scene, text) in
            [("pay_showing", fixtures::PAY_LINK.to_owned()), ("pay_showing_worst", fixtures::long_link())]
        {
            for language in 0..2 {
                for (_, size) in SIZES {
                    kiosk.show(&fixtures::scene(scene), language, size);
                    let (read, side) = read_code(&kiosk);
                    assert_eq!(read, text);
                    // The decoder's corners lie up to a pixel inside the outermost modules.
                    let least = f64::from(panel.pixels_per_mm) * 60.0 - 2.0;
                    assert!(side >= least, "{scene} on {}: {side} px, at least {least}", panel.name);
                }
            }
        }
    }
}

#[test]
fn the_receipt_goes_along() {
    let kiosk = Kiosk::on(TALL);
    kiosk.show(&fixtures::scene("finished_posted"), 0, TextSize::Normal);
    let (read, _) = read_code(&kiosk);
    assert_eq!(
        read,
        "城南供电营业厅\n收据 R20261123-000417\n户号 510 **** *** 127\n已付 ¥309.54\n2026年11月23日 10:42\n编号 3F7K-9Q2M-X"
    );
    kiosk.show(&fixtures::scene("finished_posted"), 1, TextSize::Large);
    assert!(read_code(&kiosk).0.contains("Receipt R20261123-000417"));
}

#[test]
fn the_code_stands_on_white_whatever_the_text_size() {
    let kiosk = Kiosk::on(Panel { pixels_per_mm: 3.4, ..TALL });
    kiosk.show(&fixtures::scene("pay_showing"), 0, TextSize::Large);
    let picture = kiosk.picture();
    let black = picture.as_slice().iter().filter(|p| (p.r, p.g, p.b) == (0, 0, 0)).count();
    // Nothing else on the page is pure black, and a code is about half dark.
    assert!(black > 40_000, "{black} black pixels");
}
