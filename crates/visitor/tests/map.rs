//! The map: what is drawn by one hand is recognised by another, after a trip through the files.

use powerhall_visitor::{Area, Found, Language, Look, Map, Page, Picture};

const CHINESE: Look = Look::FIRST;
const ENGLISH: Look = Look { language: Language::English, ..CHINESE };

const GROUND: u32 = 0x00f3_f6f4;
const INK: u32 = 0x0012_251f;

/// A page of 400 × 600 with a header, a title whose shape depends on `seed`, and a button with a word.
fn page(seed: usize, word: usize, button_at: usize) -> Picture {
    let mut pixels = vec![GROUND; 400 * 600];
    let mut fill = |x: usize, y: usize, width: usize, height: usize, colour: u32| {
        for row in y..y + height {
            pixels[row * 400 + x..row * 400 + x + width].fill(colour);
        }
    };
    fill(0, 0, 400, 60, 0x0000_594f);
    for letter in 0..5 {
        fill(30 + letter * 50, 90, 10 + (seed * 7 + letter * 11) % 30, 60, INK);
    }
    fill(30, button_at, 200, 80, 0x00ff_ffff);
    for letter in 0..3 {
        fill(70 + letter * 40, button_at + 25, 6 + (word * 5 + letter * 9) % 24, 30, INK);
    }
    Picture::new(400, 600, pixels)
}

fn button(label: &str, y: usize) -> Vec<Found> {
    vec![Found {
        role: "button".to_owned(),
        label: label.to_owned(),
        area: Area { x: 30, y, width: 200, height: 80 },
    }]
}

fn map() -> Map {
    let mut map = Map::default();
    map.add("home", CHINESE, &page(1, 1, 300), button("Pay a bill", 300));
    map.add("home", ENGLISH, &page(2, 2, 300), button("Pay a bill", 300));
    map.add("confirm", CHINESE, &page(3, 3, 300), button("Scan to pay", 300));
    map.add("no such page", CHINESE, &page(4, 4, 300), Vec::new());
    map
}

#[test]
fn recognises_pages_and_controls_after_a_trip_through_the_files() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("map.json");
    map().write(&path).expect("written");
    let map = Map::read(&path).expect("read");

    assert_eq!(map.scenes().len(), 3);
    assert_eq!(map.pages(&page(1, 9, 400)), Some((vec![Page::Home], CHINESE)));
    assert_eq!(map.pages(&page(3, 9, 400)), Some((vec![Page::Confirm], CHINESE)));
    // Neither the title nor the controls are known.
    assert_eq!(map.pages(&page(5, 9, 300)), None);
    // The title names what only this hall has, but the controls are all there.
    assert_eq!(map.pages(&page(5, 3, 300)), Some((vec![Page::Confirm], CHINESE)));

    let controls = map.controls(Page::Home, CHINESE, "Pay a bill").expect("known by its English label");
    assert_eq!(controls.len(), 1);
    let words = &controls[0].words;
    let seen = page(1, 1, 420).find_in_column(&words.picture, words.at.x, words.at.y);
    // A pixel up or down is still the same to these eyes.
    assert!(seen.is_some_and(|y| y.abs_diff(words.at.y + 120) <= 1), "{seen:?}");
    assert!(map.controls(Page::Home, CHINESE, "交电费").is_err(), "not an English label");
}

#[test]
fn tells_pages_of_one_title_by_their_controls() {
    let mut map = Map::default();
    map.add("finished_posted", CHINESE, &page(1, 1, 300), button("Receipt", 300));
    map.add("finished_posted/receipt", CHINESE, &page(1, 2, 300), button("Result", 300));
    map.add("progress", CHINESE, &page(3, 3, 300), Vec::new());
    map.add("applications", CHINESE, &page(3, 4, 300), button("Rename", 300));
    let pages = |screen: &Picture| map.pages(screen).map(|(pages, _)| pages);

    assert_eq!(pages(&page(1, 1, 300)), Some(vec![Page::Posted]));
    // On the screen it stands lower.
    assert_eq!(pages(&page(1, 2, 400)), Some(vec![Page::Receipt]));
    assert_eq!(pages(&page(1, 9, 300)), Some(vec![Page::Posted, Page::Receipt]), "nothing tells them apart");
    // What a list has is missing on the page that has nothing of its own.
    assert_eq!(pages(&page(3, 7, 300)), Some(vec![Page::Progress]));
    assert_eq!(pages(&page(3, 4, 300)), Some(vec![Page::Applications]));
}

#[test]
fn knows_a_button_by_its_words_on_any_page() {
    let mut map = Map::default();
    map.add("find_account", CHINESE, &page(1, 1, 300), button("Next", 300));
    map.add("prove", CHINESE, &page(2, 2, 300), button("Next", 300));
    map.add("prove", ENGLISH, &page(2, 3, 300), button("Next", 300));
    map.add("prove_wrong", CHINESE, &page(3, 2, 300), button("Next", 300));
    let known = map.controls(Page::Prove, CHINESE, "Next").expect("on the map");
    let looks = |word: usize| page(9, word, 300);
    assert_eq!(known.len(), 2, "each look of it once");
    assert!(known[0].place(&looks(2)).is_some(), "as this page has it first");
    assert!(known[1].place(&looks(1)).is_some(), "and as another has it");
    assert!(known.iter().all(|control| control.place(&looks(3)).is_none()), "in this language");
}

#[test]
fn names_what_has_changed() {
    assert_eq!(map().misfits(&map()), Vec::<String>::new());
    let mut now = Map::default();
    now.add("home", CHINESE, &page(1, 1, 340), button("Pay a bill", 340));
    now.add("home", ENGLISH, &page(7, 2, 300), button("Pay", 300));
    let misfits = map().misfits(&now).join("\n");
    for change in [
        "2 scenes instead of 3",
        "home in zh_CN: “Pay a bill” has moved",
        "home in en: another title",
        "[\"Pay\"] instead of",
    ] {
        assert!(misfits.contains(change), "{change} is missing in:\n{misfits}");
    }
}

/// A list that this hall alone has, under a title of its own, with as many rows as it likes.
#[test]
fn knows_a_list_by_its_rows_wherever_they_stand() {
    let rows = |seed: usize, at: &[usize]| {
        let plain = page(seed, 1, 200);
        let mut pixels: Vec<u32> =
            (0..600).flat_map(|y| (0..400).map(move |x| (x, y))).map(|(x, y)| plain.at(x, y)).collect();
        for &top in at {
            for y in top + 25..top + 55 {
                // The arrow at the end of the row.
                pixels[y * 400 + 330..y * 400 + 345].fill(INK);
            }
        }
        Picture::new(400, 600, pixels)
    };
    let row = |y: usize| Found {
        role: "button".to_owned(),
        label: "Prices".to_owned(),
        area: Area { x: 30, y, width: 340, height: 80 },
    };
    let found = button("Back", 200).into_iter().chain([row(300), row(400)]).collect();
    let mut map = Map::default();
    map.add("entries_sheets", CHINESE, &rows(1, &[300, 400]), found);
    let pages = |screen: &Picture| map.pages(screen).map(|(pages, _)| pages);
    assert_eq!(pages(&rows(5, &[430])), Some(vec![Page::Sheets]), "one row is enough");
    assert_eq!(pages(&rows(5, &[])), None, "and none is none");
}
