//! The harness: a window on a panel that does not exist, its controls, and its pixels.

use std::path::{Path, PathBuf};

use i_slint_backend_testing::AccessibleRole::{Button, Checkbox, Tab, TextInput};
use i_slint_backend_testing::{ElementHandle, ElementQuery, TestingBackend, TestingBackendOptions};
use powerhall::AppWindow;
use powerhall::view::{Fixed, Language, Moment, render};
use powerhall_flow::{Contrast, Reach, State, TextSize, Voice, Volume, Ways};
use powerhall_visitor::Picture;
use slint::{ComponentHandle, PhysicalSize, Rgba8Pixel, SharedPixelBuffer};

use super::fixtures;

/// A panel: its pixels, and how many make a millimetre.
#[derive(Clone, Copy, Debug)]
pub struct Panel {
    pub name: &'static str,
    pub width: u32,
    pub height: u32,
    pub pixels_per_mm: f32,
}

/// 21.5″ upright, the reference.
pub const TALL: Panel = Panel { name: "1080x1920", width: 1080, height: 1920, pixels_per_mm: 4.0 };
/// The panels that halls have, with their pitch: 21.5″ upright and across, 19″ and 15″ of 5 : 4 and 4 : 3.
pub const PANELS: [Panel; 4] = [
    TALL,
    Panel { name: "1920x1080", width: 1920, height: 1080, pixels_per_mm: 4.0 },
    Panel { name: "1280x1024", width: 1280, height: 1024, pixels_per_mm: 3.4 },
    Panel { name: "1024x768", width: 1024, height: 768, pixels_per_mm: 3.36 },
];
/// The smallest panel, upright.
pub const SMALL_TALL: Panel = Panel { name: "768x1024", width: 768, height: 1024, pixels_per_mm: 3.36 };
/// Every panel that a kiosk may have: the design page's, and the smaller two of them upright.
pub const EVERY_PANEL: [Panel; 6] = [
    PANELS[0],
    PANELS[1],
    PANELS[2],
    Panel { name: "1024x1280", width: 1024, height: 1280, pixels_per_mm: 3.4 },
    PANELS[3],
    SMALL_TALL,
];

pub const NORMAL: Ways = Ways {
    language: 0,
    text_size: TextSize::Normal,
    contrast: Contrast::Standard,
    reach: Reach::Whole,
    voice: Voice::Silent,
};
pub const LARGE: Ways = Ways { text_size: TextSize::Large, ..NORMAL };

/// The ways of use that pictures are taken in, by the name that the pictures bear. All others differ from one of these
/// by what does not meet: the geometry knows no contrast, and the contrast no geometry.
pub const WAYS: [(&str, Ways); 11] = [
    ("zh_normal", NORMAL),
    ("en_normal", Ways { language: 1, ..NORMAL }),
    ("zh_large", LARGE),
    ("en_large", Ways { language: 1, ..LARGE }),
    ("zh_dark", Ways { contrast: Contrast::Dark, ..NORMAL }),
    ("en_light", Ways { language: 1, contrast: Contrast::Light, ..NORMAL }),
    ("zh_low", Ways { reach: Reach::Low, ..NORMAL }),
    ("en_low", Ways { language: 1, reach: Reach::Low, ..NORMAL }),
    ("zh_low_large", Ways { reach: Reach::Low, ..LARGE }),
    ("en_low_large", Ways { language: 1, reach: Reach::Low, ..LARGE }),
    ("en_aloud_large", Ways { language: 1, voice: Voice::Speaking(Volume::MOST), ..LARGE }),
];

/// The way of use of a name.
pub fn ways(name: &str) -> Ways {
    WAYS.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("no way “{name}”")).1
}

/// The window on a panel.
pub struct Kiosk {
    pub app: AppWindow,
    pub panel: Panel,
    pub fixed: Fixed,
}

impl Kiosk {
    pub fn on(panel: Panel) -> Self {
        platform();
        let app = AppWindow::new().expect("the window");
        powerhall::lines::bind(&app);
        powerhall::qr::bind(&app);
        app.window().set_size(PhysicalSize::new(panel.width, panel.height));
        app.show().expect("shown");
        let mut fixed = fixtures::fixed();
        fixed.screen.pixels_per_mm = panel.pixels_per_mm;
        Self { app, panel, fixed }
    }

    /// A kiosk that speaks the languages that the shipped configuration leaves off, as the last two.
    pub fn with_all_languages(panel: Panel) -> Self {
        let mut kiosk = Self::on(panel);
        for (tag, name) in [("zh_TW", "繁體中文"), ("ko", "한국어")] {
            kiosk.fixed.languages.push(Language { tag: tag.into(), name: name.into() });
        }
        kiosk
    }

    /// Shows a state in a language (0 Chinese, 1 English) and a text size.
    pub fn show(&self, state: &State, language: usize, text_size: TextSize) {
        self.show_in(state, Ways { language, text_size, ..Ways::default() });
    }

    /// Shows a state in a way of use.
    pub fn show_in(&self, state: &State, ways: Ways) {
        let state = State { ways, ..state.clone() };
        render(&self.app, &state, &self.fixed, &moment());
        i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(1));
    }

    pub fn picture(&self) -> SharedPixelBuffer<Rgba8Pixel> {
        self.app.window().take_snapshot().expect("a picture")
    }

    /// All controls that can be touched, as they stand on the screen.
    pub fn controls(&self) -> Vec<ElementHandle> {
        // A field that stands alone only shows what the keypad types, and says so by being disabled.
        let is_shown = |element: &ElementHandle| {
            element.accessible_role() == Some(TextInput) && element.accessible_enabled() == Some(false)
        };
        let mut all = self.controls_and_fields();
        all.retain(|element| !is_shown(element));
        all
    }

    /// The same, and the fields that only show what is typed.
    pub fn controls_and_fields(&self) -> Vec<ElementHandle> {
        [Button, Checkbox, Tab, TextInput].into_iter().flat_map(|role| self.having(role)).collect()
    }

    /// Every text, also those that controls show.
    pub fn texts(&self) -> Vec<ElementHandle> {
        self.having(i_slint_backend_testing::AccessibleRole::Text)
    }

    /// The codes for the phone.
    pub fn codes(&self) -> Vec<ElementHandle> {
        self.having(i_slint_backend_testing::AccessibleRole::Image)
    }

    /// The elements of a role, each once: a query meets what repeaters made more than once.
    fn having(&self, role: i_slint_backend_testing::AccessibleRole) -> Vec<ElementHandle> {
        let found =
            ElementQuery::from_root(&self.app).match_descendants().match_accessible_role(role).find_all();
        let mut each = Vec::<ElementHandle>::new();
        for element in found {
            let is_same = |other: &ElementHandle| {
                other.absolute_position() == element.absolute_position()
                    && other.size() == element.size()
                    && other.accessible_label() == element.accessible_label()
            };
            if !each.iter().any(is_same) {
                each.push(element);
            }
        }
        each
    }
}

/// Gives this thread its platform: windows without a display, and a clock that the test moves.
pub fn platform() {
    let options =
        TestingBackendOptions { mock_time: true, threading: false, renderer_name: Some("software".into()) };
    // An error only says that this thread has its platform already.
    let _ = slint::platform::set_platform(Box::new(TestingBackend::new(options)));
}

/// 23 November 2026, 10:42, ten minutes after the kiosk's start.
pub fn moment() -> Moment {
    Moment { at: fixtures::NOW, year: 2026, month: 11, day: 23, hour: 10, minute: 42 }
}

pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where pictures go that people look at.
pub fn pictures() -> PathBuf {
    let folder =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository().join("target"), PathBuf::from);
    let folder = folder.join("pictures");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    folder
}

/// What the window draws, as the demo customer sees it.
pub fn seen_by_visitor(drawn: &SharedPixelBuffer<Rgba8Pixel>) -> Picture {
    let pixels = drawn.as_slice().iter().map(|p| u32::from_be_bytes([0, p.r, p.g, p.b])).collect();
    Picture::new(drawn.width() as usize, drawn.height() as usize, pixels)
}

pub fn write_png(path: &Path, picture: &SharedPixelBuffer<Rgba8Pixel>) {
    let file = std::io::BufWriter::new(std::fs::File::create(path).expect("a file"));
    let mut encoder = png::Encoder::new(file, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let rgb: Vec<u8> = picture.as_slice().iter().flat_map(|p| [p.r, p.g, p.b]).collect();
    encoder.write_header().expect("a header").write_image_data(&rgb).expect("pixels");
}

/// A channel of a pixel may differ by this much (a golden keeps 256 colours, and hinting varies) …
const TOLERANCE: u8 = 40;
/// … and this many pixels in a million by more.
const STRAYS_PER_MILLION: usize = 400;

/// Compares a picture with the golden one of that name, or with `BLESS=1` in the environment renews that.
///
/// # Errors
/// What differs, in a sentence; the picture is then among the pictures to look at.
pub fn compare(name: &str, picture: &SharedPixelBuffer<Rgba8Pixel>) -> Result<(), String> {
    let path = repository().join("tests/golden").join(name);
    if std::env::var_os("BLESS").is_some() {
        write_golden(&path, picture, 256);
        return Ok(());
    }
    let Some((width, height, golden)) = read_png(&path) else {
        return Err(format!("{name}: no golden picture"));
    };
    if (width, height) != (picture.width(), picture.height()) {
        return Err(format!("{name}: is {width}×{height}"));
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
        write_png(&pictures().join(format!("now_{name}")), picture);
        return Err(format!("{name}: {strays} pixels differ, see now_{name} among the pictures"));
    }
    Ok(())
}

/// A golden picture in so many colours (at most 256): half of them the commonest as they are, the others each the
/// colour that lies furthest from all before, so that every shade of the letters' edges has one near by.
pub fn write_golden(path: &Path, picture: &SharedPixelBuffer<Rgba8Pixel>, colours: usize) {
    let mut counts = std::collections::HashMap::<[u8; 3], usize>::new();
    for p in picture.as_slice() {
        *counts.entry([p.r, p.g, p.b]).or_default() += 1;
    }
    let mut found: Vec<_> = counts.into_iter().collect();
    found.sort_by_key(|(colour, count)| (std::cmp::Reverse(*count), *colour));
    let far = |a: &[u8; 3], b: &[u8; 3]| (0..3).map(|i| u32::from(a[i].abs_diff(b[i])).pow(2)).sum::<u32>();
    let mut palette: Vec<[u8; 3]> = Vec::new();
    // Of each colour: how far the nearest of the palette is, and which that is.
    let mut nearest = vec![(u32::MAX, 0); found.len()];
    while palette.len() < colours.min(found.len()) {
        let next = if palette.len() < colours / 4 {
            palette.len()
        } else {
            (0..found.len()).max_by_key(|at| nearest[*at].0).unwrap_or(0)
        };
        let colour = found[next].0;
        for (nearest, (other, _)) in nearest.iter_mut().zip(&found) {
            *nearest = (*nearest).min((far(&colour, other), palette.len()));
        }
        palette.push(colour);
    }
    let index: std::collections::HashMap<[u8; 3], u8> = found
        .iter()
        .zip(nearest)
        .map(|((colour, _), (_, at))| (*colour, u8::try_from(at).expect("at most 256")))
        .collect();
    let file = std::io::BufWriter::new(std::fs::File::create(path).expect("a file"));
    let mut encoder = png::Encoder::new(file, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.concat());
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    let pixels: Vec<u8> = picture.as_slice().iter().map(|p| index[&[p.r, p.g, p.b]]).collect();
    encoder.write_header().expect("a header").write_image_data(&pixels).expect("pixels");
}

pub fn read_png(path: &Path) -> Option<(u32, u32, Vec<u8>)> {
    let file = std::io::BufReader::new(std::fs::File::open(path).ok()?);
    let mut decoder = png::Decoder::new(file);
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().ok()?;
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut pixels).ok()?;
    pixels.truncate(info.buffer_size());
    Some((info.width, info.height, pixels))
}
