//! The camera: what a customer's phone makes of the code on the screen, and how much of each distortion the code bears.

use std::path::Path;
use std::time::Instant;

use powerhall_visitor::camera::{Code, Decoder, Distortion, Photo, find, limit, photograph, read};
use powerhall_visitor::{Area, Picture};
use qrcode::{Color, EcLevel, QrCode};

const SHORT: &str = "weixin://wxpay/bizpayurl?pr=AbCdEf12";

/// As long a link as a channel may send.
fn long() -> String {
    format!("https://qr.example.com/{}", "0123456789abcdef".repeat(8)).chars().take(150).collect()
}

/// A grey page with a code of at least 60 mm on white, at 4 pixels to the millimetre, as the kiosk draws it at the least.
fn page(text: &str) -> Picture {
    let code = QrCode::with_error_correction_level(text, EcLevel::Q).expect("fits");
    let (inner, dark) = (code.width(), code.into_colors());
    let module = 240_usize.div_ceil(inner);
    let (side, from, quiet) = (720, 180, 4 * module);
    let mut pixels = vec![0x00d8_dcd9; side * side];
    for y in from - quiet..from + quiet + inner * module {
        for x in from - quiet..from + quiet + inner * module {
            let at = |v: usize| v.checked_sub(from).map(|v| v / module).filter(|&v| v < inner);
            let is_dark = at(x).zip(at(y)).is_some_and(|(x, y)| dark[y * inner + x] == Color::Dark);
            pixels[y * side + x] = if is_dark { 0 } else { 0x00ff_ffff };
        }
    }
    Picture::new(side, side, pixels)
}

/// Both kinds of link, on a page each.
fn pages() -> [(Picture, Code); 2] {
    [SHORT.to_owned(), long()].map(|text| {
        let page = page(&text);
        let code = find(&page).expect("a code on a sharp page");
        assert_eq!(code.text, text);
        (page, code)
    })
}

fn reads(decoder: Decoder, photo: &Picture, code: &Code) -> bool {
    decoder.read(photo).expect("looked").as_ref() == Some(&code.text)
}

#[test]
fn the_code_is_found_where_it_is() {
    for (page, code) in pages() {
        let module = 240_usize.div_ceil(code.modules);
        assert_eq!(code.module_px(), module as f32);
        assert_eq!((code.area.x, code.area.y, code.area.width), (180, 180, code.modules * module));
        assert_eq!(find(&page.part(Area { x: 0, y: 0, width: 720, height: 150 })), None);
    }
}

#[test]
fn a_photo_at_rest_is_read_by_every_decoder() {
    for (page, code) in pages() {
        let photo = photograph(&page, &code, &Photo::REST);
        assert!(photo == photograph(&page, &code, &Photo::REST), "the same photo, another picture");
        for decoder in Decoder::ALL {
            assert!(reads(decoder, &photo, &code), "{decoder:?}, {} modules", code.modules);
        }
    }
}

#[test]
fn the_everyday_photo_is_always_read() {
    for (page, code) in pages() {
        for seed in 0..5 {
            let began = Instant::now();
            let photo = photograph(&page, &code, &Photo { seed, ..Photo::EVERYDAY });
            let took = began.elapsed();
            assert_eq!(read(&photo).expect("looked").as_ref(), Some(&code.text), "seed {seed}");
            println!("{} modules: the photo {took:?}, read after {:?}", code.modules, began.elapsed());
        }
        // From the other side too.
        let other = Photo { nod: -Photo::EVERYDAY.nod, turn: -Photo::EVERYDAY.turn, ..Photo::EVERYDAY };
        assert_eq!(read(&photograph(&page, &code, &other)).expect("looked").as_ref(), Some(&code.text));
    }
}

#[test]
fn a_destroyed_photo_is_not_read() {
    for (page, code) in pages() {
        for distortion in Distortion::ALL {
            let photo = photograph(&page, &code, &distortion.photo(distortion.range().1));
            assert_eq!(read(&photo).expect("looked"), None, "{distortion:?}, {} modules", code.modules);
        }
    }
}

/// By the decoder that bears more of it: a phone's own is better than both.
/// `cargo test -p powerhall-visitor limits -- --nocapture` prints what stands in docs/accessibility.md.
#[test]
fn limits() {
    for (page, code) in pages() {
        println!("{} bytes, {} modules of {} px", code.text.len(), code.modules, code.module_px());
        for distortion in Distortion::ALL {
            let reads = |photo: &Picture| read(photo).expect("looked").as_ref() == Some(&code.text);
            let (rest, worst) = distortion.range();
            let most = limit(&page, &code, distortion, reads).expect("read at rest");
            println!("  {distortion:?}: {most:.2}");
            assert!(most != worst, "{distortion:?} has no limit");
            // No strength within the limit is left out, so bisecting means something.
            for share in [0.3, 0.6, 0.9] {
                let photo = distortion.photo(rest + share * (most - rest));
                let seen = |seed| reads(&photograph(&page, &code, &Photo { seed, ..photo }));
                assert!((1..4).any(seen), "{distortion:?} is read at {most}, but not at {share} of it");
            }
        }
        // Something of everything takes less of each.
        let read_times = |factor: f32| {
            let photo = photograph(&page, &code, &Photo::EVERYDAY.times(factor));
            read(&photo).expect("looked").as_ref() == Some(&code.text)
        };
        let bad = (10..).map(|tenth: u8| f32::from(tenth) / 10.0).find(|&factor| !read_times(factor));
        println!("  the everyday photo is no longer read at {bad:?} times as much of everything");
        assert!(bad > Some(1.2), "the everyday photo has no margin");
    }
}

#[test]
fn the_kiosks_own_pages_are_read_from_an_everyday_photo() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).expect("pictures") {
        let path = entry.expect("a file").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with("pay_showing") && !name.starts_with("finished_posted") {
            continue;
        }
        let screen = Picture::open(&path).expect("a picture");
        let began = Instant::now();
        let code = find(&screen).unwrap_or_else(|| panic!("no code on {name}"));
        let found = began.elapsed();
        let photo = photograph(&screen, &code, &Photo::EVERYDAY);
        assert_eq!(read(&photo).expect("looked"), Some(code.text), "{name}");
        println!(
            "{name}: {} modules of {} px, found in {found:?}",
            code.modules,
            code.area.width / code.modules
        );
        seen += 1;
    }
    assert!(seen >= 6, "{seen} pictures");
}
