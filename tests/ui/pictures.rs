//! Pictures: every scene for people to look at, and the codes: as goldens, and read back by another's hands.

use powerhall_flow::TextSize;

use crate::fixtures;
use crate::kit::{self, Kiosk, PANELS, TALL, WAYS};

/// The pages with a code in their full size, each code as it is drawn in one way of use: what the demo customer's
/// camera is tried on too. All pages in all ways are on the sheets.
const GOLDEN: [(&str, &str); 6] = [
    ("pay_showing", "zh_normal"),
    ("pay_showing", "en_large"),
    ("pay_showing", "zh_dark"),
    ("pay_showing", "zh_low_large"),
    ("pay_showing_several", "zh_normal"),
    ("finished_posted", "zh_normal"),
];

/// For people to look at; CONTRIBUTING.md says how.
#[test]
#[ignore = "takes a picture of every scene in every way of use, and checks nothing"]
fn take_pictures() {
    let only = std::env::var("SCENE").unwrap_or_default();
    for panel in PANELS {
        // By default only the reference panel; PANEL=all for every one, PANEL=1024x768 for one.
        let wanted = std::env::var("PANEL").unwrap_or_else(|_| TALL.name.into());
        if wanted != "all" && wanted != panel.name {
            continue;
        }
        let kiosk = Kiosk::on(panel);
        let all = Kiosk::with_all_languages(panel);
        for scene in fixtures::scenes().iter().filter(|scene| scene.name.contains(&only)) {
            for (way, ways) in WAYS {
                kiosk.show_in(&scene.state, ways);
                let name = format!("{}_{}_{way}.png", panel.name, scene.name);
                kit::write_png(&kit::pictures().join(name), &kiosk.picture());
            }
            for (language, tag) in [(2, "zh_TW"), (3, "ko")] {
                all.show(&scene.state, language, TextSize::Large);
                let name = format!("{}_{}_{tag}_large.png", panel.name, scene.name);
                kit::write_png(&kit::pictures().join(name), &all.picture());
            }
        }
    }
}

#[test]
fn codes_look_as_they_were_blessed() {
    let mut changed = Vec::new();
    let kiosk = Kiosk::on(TALL);
    let lying = Kiosk::on(PANELS[3]);
    let mut check = |kiosk: &Kiosk, scene: &str, way: &str| {
        kiosk.show_in(&fixtures::scene(scene), kit::ways(way));
        let panel =
            if kiosk.panel.name == TALL.name { String::new() } else { format!("_{}", kiosk.panel.name) };
        let name = format!("{scene}{panel}_{way}.png");
        changed.extend(kit::compare(&name, &kiosk.picture()).err());
    };
    for (scene, way) in GOLDEN {
        check(&kiosk, scene, way);
    }
    check(&lying, "pay_showing", "zh_normal");
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
            for (way, ways) in WAYS {
                kiosk.show_in(&fixtures::scene(scene), ways);
                let (read, side) = read_code(&kiosk);
                assert_eq!(read, text);
                // The decoder's corners lie up to a pixel inside the outermost modules.
                let least = f64::from(panel.pixels_per_mm) * 60.0 - 2.0;
                assert!(side >= least, "{scene} on {} {way}: {side} px, at least {least}", panel.name);
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
        "城南供电营业厅\n收据 R20261123-000417\n户号 510 **** *** 127\n已付 ¥309.54\n2026年11月23日 10:42\n付款编号 3F7K-9Q2M-X"
    );
    kiosk.show(&fixtures::scene("finished_posted"), 1, TextSize::Large);
    assert!(read_code(&kiosk).0.contains("Receipt R20261123-000417"));
}

#[test]
fn the_code_is_black_on_white_in_every_way() {
    let kiosk = Kiosk::on(TALL);
    for (way, ways) in WAYS {
        kiosk.show_in(&fixtures::scene("pay_showing"), ways);
        let picture = kiosk.picture();
        let codes = kiosk.codes();
        let (at, size) = (codes[0].absolute_position(), codes[0].size());
        let (left, top) = (at.x as usize, at.y as usize);
        let mut seen = std::collections::BTreeMap::new();
        for y in top..top + size.height as usize {
            for x in left..left + size.width as usize {
                let p = picture.as_slice()[y * picture.width() as usize + x];
                *seen.entry((p.r, p.g, p.b)).or_insert(0) += 1;
            }
        }
        let colours: Vec<_> = seen.keys().copied().collect();
        assert_eq!(colours, [(0, 0, 0), (255, 255, 255)], "{way}");
    }
}
