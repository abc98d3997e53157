//! The map of the controls: what the headless tests write down about every scene, and how each control looks there.
//! Only cut-outs of the golden pictures are kept. Controls are named by their English labels; in another language
//! the control at the same place of the list is meant.

use std::collections::HashMap;
use std::path::Path;

use serde::Deserialize;

use crate::title::title;
use crate::{Area, Language, Page, Picture, Result, Trouble};

/// One line of `controls.json`.
#[derive(Deserialize)]
struct Entry {
    scene: String,
    language: String,
    role: String,
    label: String,
    x: usize,
    y: usize,
    width: usize,
    height: usize,
}

/// A control in one scene.
pub struct Control {
    /// What it is: `button`, `checkbox`, `tab`.
    pub role: String,
    /// What it says.
    pub label: String,
    /// Where it is.
    pub area: Area,
    /// All of it.
    pub whole: Picture,
    /// Where its words are,
    pub words_at: Area,
    /// and how they look. Keys of another height still say the same.
    pub words: Picture,
}

/// A scene in one language.
pub struct Scene {
    /// Its page.
    pub page: Page,
    /// Its language.
    pub language: Language,
    /// Its title; pages know each other by it.
    pub title: Option<Picture>,
    /// In the order of the interface.
    pub controls: Vec<Control>,
    name: String,
}

/// All scenes of the reference panel.
pub struct Map {
    scenes: Vec<Scene>,
}

impl Map {
    /// Reads `controls.json` and the golden pictures beside it.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| Trouble::file(path, e))?;
        let entries: Vec<Entry> = serde_json::from_str(&text).map_err(|e| Trouble::file(path, e))?;
        let mut places: HashMap<(String, String), Vec<Entry>> = HashMap::new();
        for entry in entries {
            places.entry((entry.scene.clone(), entry.language.clone())).or_default().push(entry);
        }
        let mut scenes = Vec::new();
        for ((name, tag), entries) in places {
            let (Some(page), Some(language)) = (Page::of_scene(&name), Language::of_tag(&tag)) else {
                continue;
            };
            let picture = Picture::open(&path.with_file_name(format!("{name}_{tag}.png")))?;
            let mut controls: Vec<Control> = Vec::new();
            for control in entries.into_iter().map(|entry| control(entry, &picture)) {
                if !controls.iter().any(|known| known.area == control.area) {
                    controls.push(control);
                }
            }
            scenes.push(Scene { page, language, title: title(&picture), controls, name });
        }
        if scenes.is_empty() {
            return Err(Trouble::file(path, "no scene in it"));
        }
        // The order of a hash map is a new one at every start; a visit must not be.
        scenes.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { scenes })
    }

    /// Which page a screen shows, and in which language. Two pages may ask the same in one language: all are named.
    #[must_use]
    pub fn pages(&self, screen: &Picture) -> Option<(Vec<Page>, Language)> {
        let seen = title(screen)?;
        let titled = |scene: &&Scene| {
            scene.title.as_ref().is_some_and(|title| {
                (title.width(), title.height()) == (seen.width(), seen.height()) && seen.shows(title, 0, 0)
            })
        };
        // A title may name what only this hall has, such as a wallet; then all its controls tell the page.
        let equipped = |scene: &&Scene| {
            let mut controls = scene.controls.iter();
            controls.all(|control| screen.shows(&control.words, control.words_at.x, control.words_at.y))
        };
        let mut scenes: Vec<&Scene> = self.scenes.iter().filter(titled).collect();
        if scenes.is_empty() {
            scenes = self.scenes.iter().filter(equipped).collect();
        }
        let language = scenes.first()?.language;
        let mut pages: Vec<Page> = scenes.iter().map(|scene| scene.page).collect();
        pages.dedup();
        Some((pages, language))
    }

    /// How a control looks on a page, in every scene that has it. `label` is the English one.
    pub fn controls(&self, page: Page, language: Language, label: &str) -> Result<Vec<&Control>> {
        let english =
            self.scenes.iter().filter(|scene| scene.page == page && scene.language == Language::English);
        let found: Vec<&Control> = english
            .flat_map(|scene| {
                scene.controls.iter().enumerate().map(move |(at, control)| (scene, at, control))
            })
            .filter(|(_, _, control)| control.label == label)
            .filter_map(|(scene, at, _)| self.scene(&scene.name, language)?.controls.get(at))
            .collect();
        if found.is_empty() {
            return Err(Trouble::NotOnTheMap(format!("“{label}” on {page:?} in {language:?}")));
        }
        Ok(found)
    }

    /// The controls of a role on a page, as they look in its scenes.
    pub fn of_role<'a>(
        &'a self,
        page: Page,
        language: Language,
        role: &'a str,
    ) -> impl Iterator<Item = &'a Control> {
        let scenes = self.scenes.iter().filter(move |scene| scene.page == page && scene.language == language);
        scenes.flat_map(|scene| &scene.controls).filter(move |control| control.role == role)
    }

    fn scene(&self, name: &str, language: Language) -> Option<&Scene> {
        self.scenes.iter().find(|scene| scene.name == name && scene.language == language)
    }
}

/// From a control's edge to its words: beyond the border and its round corners.
const EDGE: usize = 14;
/// Left around the words, so that their ground is seen.
const RIM: usize = 3;

fn control(entry: Entry, picture: &Picture) -> Control {
    let area = Area { x: entry.x, y: entry.y, width: entry.width, height: entry.height };
    let inside = area.inset(EDGE);
    // A control without words is known by all of it.
    let words_at = picture
        .part(inside)
        .ink()
        .map_or(area, |ink| Area { x: inside.x + ink.x, y: inside.y + ink.y, ..ink }.outset(RIM));
    let (whole, words) = (picture.part(area), picture.part(words_at));
    Control { role: entry.role, label: entry.label, area, whole, words_at, words }
}
