//! What takes a finger, a key or a drag is in a few places that are named here with the reason. Everything else is made of
//! `Pressable`, and so has a role, a label, the focus, its ring and its sound. Read from the sources.

use std::collections::BTreeMap;
use std::path::Path;

use crate::kit;
use crate::tokens::{code, tokens};

/// Elements that take input by themselves.
const TAKING: [&str; 6] =
    ["TouchArea", "FocusScope", "Flickable", "SwipeGestureHandler", "ScaleRotateGestureHandler", "TextInput"];

/// Where they stand, and what for.
const PLACES: [(&str, &[&str], &str); 4] = [
    (
        "app.slint",
        &["FocusScope", "TouchArea"],
        "the keypad, and a touch beside everything as a sign of life",
    ),
    ("gallery.slint", &["Flickable", "FocusScope"], "not shipped: the sheet scrolls, by keys too"),
    ("pages/overlays.slint", &["TouchArea"], "a touch anywhere answers “Are you still there?”"),
    ("widgets/pressable.slint", &["FocusScope", "TouchArea"], "every control is one"),
];

/// The elements of a source that take input, each once.
fn taking(source: &str) -> Vec<&'static str> {
    let code = code(source);
    let words: Vec<&str> = code.lines().flat_map(tokens).collect();
    let mut found: Vec<_> = TAKING.into_iter().filter(|name| words.contains(name)).collect();
    found.sort_unstable();
    found
}

/// The sources of a folder and of those in it, by their names from there.
fn sources(folder: &Path, name: &str, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let name = format!("{name}{}", entry.file_name().to_string_lossy());
        if path.is_dir() {
            sources(&path, &format!("{name}/"), found);
        } else if path.extension().is_some_and(|extension| extension == "slint") {
            found.insert(name, std::fs::read_to_string(&path).expect("a source"));
        }
    }
}

#[test]
fn what_takes_a_touch_or_a_key_is_where_it_must_be() {
    let mut all = BTreeMap::new();
    sources(&kit::repository().join("ui"), "", &mut all);
    assert!(all.len() > 50, "{} sources", all.len());
    let found: BTreeMap<&str, Vec<&str>> = all
        .iter()
        .map(|(name, source)| (name.as_str(), taking(source)))
        .filter(|(_, taking)| !taking.is_empty())
        .collect();
    let known: BTreeMap<&str, Vec<&str>> =
        PLACES.iter().map(|(name, taking, _)| (*name, taking.to_vec())).collect();
    assert_eq!(found, known, "make it a `Pressable`, or name the place with its reason");
}

#[test]
fn a_planted_touch_is_found() {
    assert_eq!(taking("component A { b := TouchArea { } }"), ["TouchArea"]);
    assert_eq!(
        taking("component A inherits FocusScope { TouchArea { clicked => { } } }"),
        ["FocusScope", "TouchArea"]
    );
    assert_eq!(
        taking("// TouchArea\ncomponent A { text: \"FocusScope\"; x: TouchAreas; }"),
        Vec::<&str>::new()
    );
}
