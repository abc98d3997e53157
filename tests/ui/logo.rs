//! The utility's logo: seen on every panel that has the room, in every contrast, and never at the cost of words or of
//! what is touched.

use i_slint_backend_testing::ElementHandle;
use powerhall::logo;
use powerhall_flow::{Reach, Voice};
use powerhall_kiosk::config::logo::Logo;

use crate::fixtures;
use crate::kit::{Kiosk, PANELS, Panel, TALL, WAYS, ways};

const MARK: [u8; 4] = [0xB0, 0x1E, 0x1E, 0xFF];

/// A ring and two bars on nothing, twice as wide as high.
fn sample() -> Logo {
    let (width, height) = (480_u32, 240_u32);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("logo.png");
    let file = std::fs::File::create(&path).expect("a file");
    let mut encoder = png::Encoder::new(file, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let marked = |x: u32, y: u32| {
        let far = x.abs_diff(120).pow(2) + y.abs_diff(120).pow(2);
        (80_u32.pow(2)..115_u32.pow(2)).contains(&far) || (x > 280 && y / 60 % 2 == 1)
    };
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| if marked(x, y) { MARK } else { [0; 4] }));
    let bytes: Vec<u8> = pixels.flatten().collect();
    encoder.write_header().expect("a header").write_image_data(&bytes).expect("pixels");
    Logo::read(&path).expect("a logo")
}

fn with_logo(panel: Panel) -> Kiosk {
    let kiosk = Kiosk::on(panel);
    logo::bind(&kiosk.app, sample());
    kiosk
}

/// Left, top, right, bottom in pixels.
fn area(element: &ElementHandle) -> [f32; 4] {
    let (at, size) = (element.absolute_position(), element.size());
    [at.x, at.y, at.x + size.width, at.y + size.height]
}

fn logos(kiosk: &Kiosk) -> Vec<[f32; 4]> {
    ElementHandle::find_by_element_type_name(&kiosk.app, "Logo").map(|logo| area(&logo)).collect()
}

fn apart(a: [f32; 4], b: [f32; 4]) -> bool {
    a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1]
}

#[test]
fn a_logo_takes_no_room_from_anything() {
    let (mut seen, mut crowned) = (0, 0);
    for panel in PANELS {
        let (with, without) = (with_logo(panel), Kiosk::on(panel));
        for scene in ["home", "confirm", "pay_showing", "idle"].map(fixtures::scene) {
            for (way, ways) in WAYS {
                let at = format!("{} {way}", panel.name);
                with.show_in(&scene, ways);
                without.show_in(&scene, ways);
                let places = |kiosk: &Kiosk| {
                    let all = kiosk.controls();
                    all.iter().map(|c| (c.accessible_label(), area(c))).collect::<Vec<_>>()
                };
                assert_eq!(places(&with), places(&without), "{at}: what is touched has moved");
                let heights = |kiosk: &Kiosk| {
                    let all = kiosk.texts();
                    all.iter().map(|t| (t.accessible_label(), t.size().height)).collect::<Vec<_>>()
                };
                assert_eq!(heights(&with), heights(&without), "{at}: a text is broken otherwise");
                let others: Vec<_> = with.texts().iter().chain(&with.controls()).map(area).collect();
                let logos = logos(&with);
                for logo in &logos {
                    assert!(logo[0] >= 0.0 && logo[1] >= 0.0, "{at}: {logo:?} leaves the screen");
                    assert!(
                        others.iter().all(|other| apart(*logo, *other)),
                        "{at}: {logo:?} lies on something"
                    );
                    let high = (logo[3] - logo[1]) / panel.pixels_per_mm;
                    assert!(high >= 10.0, "{at}: {high:.1} mm high");
                }
                assert!(logos.len() < 2 || ways.reach == Reach::Low, "{at}: {logos:?}");
                let beside = logos.len() - usize::from(logos.len() > 1);
                assert!(ways.voice == Voice::Silent || beside == 0, "{at}: “say it again” stands there");
                seen += beside;
                crowned += usize::from(logos.len() > 1);
            }
        }
    }
    assert!(seen > 100 && crowned > 10, "seen {seen} times in the header, {crowned} times above it");
}

/// On white in the middle of any header, without a shade between: the lines are as wide as they were drawn.
#[test]
fn a_logo_is_seen_in_every_contrast() {
    let kiosk = with_logo(TALL);
    for way in ["zh_normal", "zh_dark", "en_light", "zh_low"] {
        kiosk.show_in(&fixtures::scene("home"), ways(way));
        let picture = kiosk.picture();
        for [left, top, right, bottom] in logos(&kiosk).into_iter().map(|area| area.map(|edge| edge as usize))
        {
            let inside = (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y)));
            let pixels: Vec<_> =
                inside.map(|(x, y)| picture.as_slice()[y * picture.width() as usize + x]).collect();
            let share = |[r, g, b]: [u8; 3]| {
                pixels.iter().filter(|p| [p.r, p.g, p.b] == [r, g, b]).count() * 100 / pixels.len()
            };
            let (mark, white) = (share([MARK[0], MARK[1], MARK[2]]), share([255; 3]));
            assert!(
                (15..40).contains(&mark) && (40..80).contains(&white),
                "{way}: {mark} %, white {white} %"
            );
        }
        assert_eq!(logos(&kiosk).len(), 1 + usize::from(way == "zh_low"), "{way}");
    }
}

#[test]
fn without_a_logo_there_is_none() {
    let kiosk = Kiosk::on(TALL);
    kiosk.show_in(&fixtures::scene("home"), ways("zh_low"));
    assert!(logos(&kiosk).is_empty());
}
