//! Every scene in every way of use, on one sheet a scene: `tests/golden/sheets`. The sheet's tiles are pictures of the
//! whole screen at a quarter of its size, each pixel the mean of sixteen, in the order of [`TILES`]. Where a page comes
//! in parts, the further ones stand beside the first; where it does not, their places are grey.
//!
//! | | | | | | |
//! |---|---|---|---|---|---|
//! | zh normal | zh by keypad | zh aloud | en normal | ko normal | zh low |
//! | zh large | its second part | zh_TW large | en large | zh dark | en light |
//! | en low, large | its second part | its third part | 1920×1080 zh normal | 1280×1024 zh normal | |
//! | 1920×1080 en large | its second part | 1280×1024 en large | its second part | | |
//! | 1024×768 zh normal | en large | its second part | 768×1024 zh normal | en large | its second part, its third part |

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use powerhall::ui::Audit;
use powerhall_flow::{Contrast, Purpose, Reach, Screen, State, Voice, Volume, Ways};
use slint::platform::{Key, WindowEvent};
use slint::{ComponentHandle, Rgba8Pixel, SharedPixelBuffer};

use crate::fixtures::{self, Scene};
use crate::kit::{self, Kiosk, LARGE, NORMAL, PANELS, Panel, SMALL_TALL, TALL};

/// A way of use: its name, the panel, how it is used, whether the keypad has been used, and the most parts of a page
/// that there is room for.
struct Tile {
    name: &'static str,
    panel: Panel,
    ways: Ways,
    keypad: bool,
    parts: usize,
}

const fn tile(name: &'static str, panel: Panel, ways: Ways) -> Tile {
    Tile { name, panel, ways, keypad: false, parts: 1 }
}

const fn in_parts(parts: usize, name: &'static str, panel: Panel, ways: Ways) -> Tile {
    Tile { parts, ..tile(name, panel, ways) }
}

const EN: Ways = Ways { language: 1, ..NORMAL };
const EN_LARGE: Ways = Ways { language: 1, ..LARGE };

/// Row for row.
const TILES: [&[Tile]; 5] = [
    &[
        tile("zh normal", TALL, NORMAL),
        Tile { keypad: true, ..tile("zh by keypad", TALL, NORMAL) },
        tile("zh aloud", TALL, Ways { voice: Voice::Speaking(Volume::MOST), ..NORMAL }),
        tile("en normal", TALL, EN),
        tile("ko normal", TALL, Ways { language: 3, ..NORMAL }),
        tile("zh low", TALL, Ways { reach: Reach::Low, ..NORMAL }),
    ],
    &[
        in_parts(2, "zh large", TALL, LARGE),
        tile("zh_TW large", TALL, Ways { language: 2, ..LARGE }),
        tile("en large", TALL, EN_LARGE),
        tile("zh dark", TALL, Ways { contrast: Contrast::Dark, ..NORMAL }),
        tile("en light", TALL, Ways { contrast: Contrast::Light, ..EN }),
    ],
    &[
        in_parts(3, "en low, large", TALL, Ways { reach: Reach::Low, ..EN_LARGE }),
        tile("1920x1080 zh normal", PANELS[1], NORMAL),
        tile("1280x1024 zh normal", PANELS[2], NORMAL),
    ],
    &[
        in_parts(2, "1920x1080 en large", PANELS[1], EN_LARGE),
        in_parts(2, "1280x1024 en large", PANELS[2], EN_LARGE),
    ],
    &[
        tile("1024x768 zh normal", PANELS[3], NORMAL),
        in_parts(2, "1024x768 en large", PANELS[3], EN_LARGE),
        tile("768x1024 zh normal", SMALL_TALL, NORMAL),
        in_parts(3, "768x1024 en large", SMALL_TALL, EN_LARGE),
    ],
];

/// A pixel of a tile is so many of the screen's in each direction.
const SCALE: u32 = 4;
/// Between the tiles, and what is there.
const GAP: u32 = 4;
const BETWEEN: Rgba8Pixel = Rgba8Pixel { r: 128, g: 128, b: 128, a: 255 };
/// Colours that a sheet is stored in.
const COLOURS: usize = 96;
/// A channel of a pixel may differ by so much; no colour lies further from the stored one, which blessing makes sure of.
const TOLERANCE: u8 = 24;
/// And in a tile, so many pixels by more.
const STRAYS: usize = 4;

/// Where the tiles lie, with all their parts: left, top, width, height; and the sheet's size.
fn places() -> (Vec<(&'static Tile, [u32; 4])>, [u32; 2]) {
    let mut places = Vec::new();
    let [mut wide, mut y] = [0, 0];
    for row in TILES {
        let [mut x, mut high] = [0, 0];
        for tile in row {
            let [width, height] = tile.size();
            let parts = u32::try_from(tile.parts).unwrap_or(1);
            places.push((tile, [x, y, parts * (width + GAP) - GAP, height]));
            x += parts * (width + GAP);
            high = high.max(height);
        }
        wide = wide.max(x - GAP);
        y += high + GAP;
    }
    (places, [wide, y - GAP])
}

impl Tile {
    fn size(&self) -> [u32; 2] {
        [self.panel.width / SCALE, self.panel.height / SCALE]
    }

    /// A window to take it of: with the languages that are shipped, or with all of them; and its keypad used or not.
    fn window(&self) -> Kiosk {
        let kiosk = if self.ways.language < 2 {
            Kiosk::on(self.panel)
        } else {
            Kiosk::with_all_languages(self.panel)
        };
        if self.keypad {
            powerhall::keys::bind(&kiosk.app, |_| {});
            kiosk.show_in(&State::new(), self.ways);
            settle();
            press(&kiosk, Key::DownArrow);
        }
        kiosk
    }

    /// Its pictures, as many as the page has parts.
    fn pictures(&self, kiosk: &Kiosk, state: &State) -> Vec<SharedPixelBuffer<Rgba8Pixel>> {
        // By way of another page, so that each is as it opens.
        let other = fixtures::scene(if state.overlay.is_some() { "home" } else { "help" });
        let mut pictures = Vec::<SharedPixelBuffer<Rgba8Pixel>>::new();
        for part in (0..).take(self.parts) {
            kiosk.show_in(&other, self.ways);
            settle();
            kiosk.app.global::<Audit>().set_part(part);
            kiosk.show_in(state, self.ways);
            if self.keypad {
                settle();
                press(kiosk, Key::DownArrow);
            }
            let picture = kiosk.picture();
            if pictures.last().is_some_and(|before| before.as_slice() == picture.as_slice()) {
                break;
            }
            pictures.push(picture);
        }
        pictures
    }
}

fn press(kiosk: &Kiosk, key: Key) {
    let text = slint::SharedString::from(char::from(key));
    kiosk.app.window().dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
    kiosk.app.window().dispatch_event(WindowEvent::KeyReleased { text });
    settle();
}

/// Until the focus is where it goes: that is told after the event.
fn settle() {
    for _ in 0..3 {
        i_slint_backend_testing::mock_elapsed_time(Duration::from_millis(20));
    }
}

/// Windows by their panel, whether they have all languages, and whether their keypad is used.
type Windows = BTreeMap<(&'static str, bool, bool), Kiosk>;

fn sheet(windows: &mut Windows, scene: &Scene) -> SharedPixelBuffer<Rgba8Pixel> {
    let (places, [width, height]) = places();
    let mut sheet = SharedPixelBuffer::new(width, height);
    sheet.make_mut_slice().fill(BETWEEN);
    for (tile, [mut left, top, _, _]) in places {
        let kind = (tile.panel.name, tile.ways.language < 2, tile.keypad);
        let kiosk = windows.entry(kind).or_insert_with(|| tile.window());
        for picture in tile.pictures(kiosk, &scene.state) {
            shrink(&picture, &mut sheet, left, top);
            left += tile.size()[0] + GAP;
        }
    }
    sheet
}

/// Draws a picture at a quarter of its size.
fn shrink(
    picture: &SharedPixelBuffer<Rgba8Pixel>,
    sheet: &mut SharedPixelBuffer<Rgba8Pixel>,
    left: u32,
    top: u32,
) {
    let (scale, across) = (SCALE as usize, sheet.width() as usize);
    let pixels = sheet.make_mut_slice();
    let mean = |sum: u32| u8::try_from((sum + SCALE * SCALE / 2) / (SCALE * SCALE)).unwrap_or(u8::MAX);
    let mut sums = vec![[0; 3]; (picture.width() / SCALE) as usize];
    for (y, rows) in picture.as_slice().chunks_exact(picture.width() as usize * scale).enumerate() {
        sums.fill([0; 3]);
        for row in rows.chunks_exact(picture.width() as usize) {
            for (sum, four) in sums.iter_mut().zip(row.chunks_exact(scale)) {
                for pixel in four {
                    sum[0] += u32::from(pixel.r);
                    sum[1] += u32::from(pixel.g);
                    sum[2] += u32::from(pixel.b);
                }
            }
        }
        let start = (top as usize + y) * across + left as usize;
        for (pixel, [r, g, b]) in pixels[start..].iter_mut().zip(&sums) {
            *pixel = Rgba8Pixel { r: mean(*r), g: mean(*g), b: mean(*b), a: u8::MAX };
        }
    }
}

fn golden(name: &str) -> PathBuf {
    kit::repository().join("tests/golden/sheets").join(format!("{name}.png"))
}

/// The tiles of a sheet that are not as stored, with how many pixels differ.
fn changed(sheet: &SharedPixelBuffer<Rgba8Pixel>, stored: &[u8]) -> Vec<(&'static str, usize)> {
    let across = sheet.width() as usize;
    let differs = |at: usize| {
        let (now, was) = (&sheet.as_slice()[at], &stored[at * 3..at * 3 + 3]);
        [now.r, now.g, now.b].iter().zip(was).any(|(now, was)| now.abs_diff(*was) > TOLERANCE)
    };
    let strays = |[left, top, width, height]: [u32; 4]| {
        let rows = top as usize..(top + height) as usize;
        rows.map(|y| y * across + left as usize)
            .flat_map(|start| start..start + width as usize)
            .filter(|at| differs(*at))
            .count()
    };
    let counted = places().0.into_iter().map(|(tile, place)| (tile.name, strays(place)));
    counted.filter(|(_, strays)| *strays > STRAYS).collect()
}

/// Compares a sheet with the stored one, or with `BLESS=1` stores it.
fn compare(name: &str, sheet: &SharedPixelBuffer<Rgba8Pixel>) -> Result<(), String> {
    let path = golden(name);
    if std::env::var_os("BLESS").is_some() {
        kit::write_golden(&path, sheet, COLOURS);
    }
    let stored = kit::read_png(&path).ok_or_else(|| format!("{name}: no sheet"))?;
    if (stored.0, stored.1) != (sheet.width(), sheet.height()) {
        return Err(format!("{name}: is {}×{}", stored.0, stored.1));
    }
    let changed = changed(sheet, &stored.2);
    if changed.is_empty() {
        return Ok(());
    }
    kit::write_png(&kit::pictures().join(format!("now_sheet_{name}.png")), sheet);
    Err(format!("{name}: pixels differ in {changed:?}, see now_sheet_{name}.png among the pictures"))
}

#[test]
fn every_scene_looks_in_every_way_as_it_was_blessed() {
    let mut scenes = fixtures::scenes();
    // As `pictures` does: only those whose names hold it.
    if let Ok(only) = std::env::var("SCENE") {
        scenes.retain(|scene| scene.name.contains(&only));
    }
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let look = |part: usize| {
        kit::platform();
        let mut windows = Windows::new();
        let own = scenes.iter().skip(part).step_by(threads);
        own.filter_map(|scene| compare(scene.name, &sheet(&mut windows, scene)).err()).collect::<Vec<_>>()
    };
    let changed: Vec<String> = std::thread::scope(|scope| {
        let parts: Vec<_> = (0..threads).map(|part| scope.spawn(move || look(part))).collect();
        parts.into_iter().flat_map(|part| part.join().expect("looks to the end")).collect()
    });
    assert!(changed.is_empty(), "look, then BLESS=1:\n{}", changed.join("\n"));
}

/// One digit of an account number on the whole page, and a button that stands two pixels lower than it did.
#[test]
fn the_comparison_sees_a_changed_digit_and_a_moved_button() {
    kit::platform();
    let scene = |digits: &str| {
        let find = fixtures::find(Purpose::Pay, digits, None);
        Scene { name: "find_account", state: fixtures::at(Screen::Find(find)) }
    };
    let mut windows = Windows::new();
    let before = sheet(&mut windows, &scene("5101234567"));
    let path = kit::pictures().join("sheet_as_stored.png");
    kit::write_golden(&path, &before, COLOURS);
    let (_, _, stored) = kit::read_png(&path).expect("stored");
    assert_eq!(changed(&before, &stored), []);
    let other = sheet(&mut windows, &scene("5101234561"));
    let tiles = TILES.iter().copied().flatten().map(|tile| tile.name).collect::<Vec<_>>();
    let seen = changed(&other, &stored);
    assert_eq!(seen.iter().map(|(name, _)| *name).collect::<Vec<_>>(), tiles, "{seen:?}");

    let tile = &TILES[0][0];
    let kiosk = tile.window();
    kiosk.show_in(&scene("5101234567").state, tile.ways);
    let mut picture = kiosk.picture();
    let back = kiosk.controls().into_iter().find(|c| c.accessible_label().is_some_and(|l| l == "返回"));
    let back = back.expect("the button");
    let (at, size) = (back.absolute_position(), back.size());
    let (left, top, wide) = (at.x as usize, at.y as usize, size.width as usize);
    let across = picture.width() as usize;
    let pixels = picture.make_mut_slice();
    for y in (top..top + size.height as usize).rev() {
        pixels.copy_within(y * across + left..y * across + left + wide, (y + 2) * across + left);
    }
    let mut moved = before.clone();
    shrink(&picture, &mut moved, 0, 0);
    let seen = changed(&moved, &stored);
    assert_eq!(seen.iter().map(|(name, _)| *name).collect::<Vec<_>>(), [tile.name], "{seen:?}");
}
