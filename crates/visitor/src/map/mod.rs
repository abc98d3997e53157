//! The map: how the title and the controls of every page look, as the headless tests drew them. Only small cut-outs
//! are kept, in one picture with a list (`map.png`, `map.json`). Controls are named by their English labels in every look.

mod cut;
mod file;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::title::title;
use crate::{Area, Look, Page, Picture, Result, Trouble};

pub use cut::Found;

/// A part of a picture, and where it was.
#[derive(Clone, PartialEq, Eq)]
pub struct Cut {
    /// Where.
    pub at: Area,
    /// What.
    pub picture: Picture,
}

impl Cut {
    /// The same picture at the same place, but for a pixel of rounding.
    fn is_as(&self, other: &Self) -> bool {
        let near = |a: usize, b: usize| a.abs_diff(b) <= 1;
        near(self.at.x, other.at.x) && near(self.at.y, other.at.y) && self.picture.shows(&other.picture, 0, 0)
    }
}

/// A control in one scene.
pub struct Control {
    /// What it is: `button`, `checkbox`, `tab`.
    pub role: String,
    /// What it says in English.
    pub label: String,
    /// How its words look. Keys of another height still say the same.
    pub words: Cut,
    /// Of a row from edge to edge: what all rows of its kind share, such as the box before a month.
    pub mark: Option<Cut>,
}

impl Control {
    /// What tells a page by it: its words; of the rows of a list, which are a customer's, that they are rows.
    fn kind(&self) -> &str {
        if self.mark.is_some() { &self.role } else { &self.label }
    }

    /// Whether a screen shows it where it was.
    fn is_on(&self, screen: &Picture) -> bool {
        let Cut { at, picture } = &self.words;
        screen.shows(picture, at.x, at.y)
    }

    /// Where it is on a screen, at any height.
    #[must_use]
    pub fn place(&self, screen: &Picture) -> Option<Area> {
        let Cut { at, picture } = &self.words;
        Some(Area { y: screen.find_in_column(picture, at.x, at.y)?, ..*at })
    }
}

/// A scene in one look.
pub struct Scene {
    /// Its name in the headless tests.
    pub name: String,
    /// Its page.
    pub page: Page,
    /// Its look.
    pub look: Look,
    /// Its title; pages know each other by it.
    pub title: Option<Picture>,
    /// In the order of the interface.
    pub controls: Vec<Control>,
}

/// The scenes of the reference panel, 1080 × 1920.
#[derive(Default)]
pub struct Map {
    scenes: Vec<Scene>,
}

impl Map {
    /// Adds what a headless test has drawn, its controls with their English labels. Scenes that are no page of their own are left out.
    pub fn add(&mut self, name: &str, look: Look, picture: &Picture, controls: Vec<Found>) {
        let Some(page) = Page::of_scene(name) else { return };
        let controls = cut::controls(picture, controls);
        let title = title(picture);
        self.scenes.push(Scene { name: name.to_owned(), page, look, title, controls });
    }

    /// The scenes, in the order in which they were added.
    #[must_use]
    pub fn scenes(&self) -> &[Scene] {
        &self.scenes
    }

    /// What has changed in `now` since this map was kept, for people to read.
    #[must_use]
    pub fn misfits(&self, now: &Self) -> Vec<String> {
        let mut misfits = Vec::new();
        if self.scenes.len() != now.scenes.len() {
            misfits.push(format!("{} scenes instead of {}", now.scenes.len(), self.scenes.len()));
        }
        for scene in &now.scenes {
            let name = format!("{} in {}", scene.name, scene.look);
            let Some(was) = self.scene(&scene.name, scene.look) else {
                misfits.push(format!("{name} is new"));
                continue;
            };
            let titled = match (&was.title, &scene.title) {
                (Some(was), Some(is)) => is.shows(was, 0, 0),
                (was, is) => was.is_none() && is.is_none(),
            };
            if !titled {
                misfits.push(format!("{name}: another title"));
            }
            let labels =
                |scene: &Scene| -> Vec<String> { scene.controls.iter().map(|c| c.label.clone()).collect() };
            if labels(was) != labels(scene) {
                misfits.push(format!("{name}: {:?} instead of {:?}", labels(scene), labels(was)));
                continue;
            }
            let pairs = was.controls.iter().zip(&scene.controls);
            let moved = pairs
                .filter(|(was, is)| !is.words.is_as(&was.words) || was.mark.is_some() != is.mark.is_some());
            misfits
                .extend(moved.map(|(_, is)| format!("{name}: “{}” has moved or looks different", is.label)));
        }
        misfits
    }

    /// Which page a screen shows, and in which look. Of pages that neither title nor controls tell apart, all are named.
    #[must_use]
    pub fn pages(&self, screen: &Picture) -> Option<(Vec<Page>, Look)> {
        let seen = title(screen)?;
        let titled = |scene: &&Scene| {
            scene.title.as_ref().is_some_and(|title| {
                (title.width(), title.height()) == (seen.width(), seen.height()) && seen.shows(title, 0, 0)
            })
        };
        // A title may name what only this hall has, such as a wallet or a sheet; then all its controls tell the page. A
        // list is longer or shorter than on the map, so of its rows it has some, wherever they stand.
        let equipped = |scene: &&Scene| {
            let (rows, others): (Vec<_>, Vec<_>) =
                scene.controls.iter().partition(|control| control.mark.is_some());
            others.iter().all(|control| control.is_on(screen))
                && rows.iter().all(|row| row.place(screen).is_some())
        };
        let mut scenes: Vec<&Scene> = self.scenes.iter().filter(titled).collect();
        if scenes.is_empty() {
            scenes = self.scenes.iter().filter(equipped).collect();
        }
        let look = scenes.first()?.look;
        Some((told_apart(&scenes, screen), look))
    }

    /// How a control looks, each look of it once: first as the scenes of a page have it, then as all others do. A button
    /// can be pressed by now that no scene of its own page shows like that, and is known by its words all the same.
    /// `label` is the English one.
    pub fn controls(&self, page: Page, look: Look, label: &str) -> Result<Vec<&Control>> {
        let (own, others): (Vec<_>, Vec<_>) =
            self.scenes.iter().filter(|scene| scene.look == look).partition(|scene| scene.page == page);
        let mut found: Vec<&Control> = Vec::new();
        for control in own.into_iter().chain(others).flat_map(|scene| &scene.controls) {
            if control.label == label && found.iter().all(|known| known.words != control.words) {
                found.push(control);
            }
        }
        if found.is_empty() {
            return Err(Trouble::NotOnTheMap(format!("“{label}” on {page:?} in {look}")));
        }
        Ok(found)
    }

    /// Whether any page has a control of this name in any look.
    #[must_use]
    pub fn names(&self, label: &str) -> bool {
        self.scenes.iter().flat_map(|scene| &scene.controls).any(|control| control.label == label)
    }

    /// The marks of the rows of a role on a page, as they look in its scenes.
    pub fn marks<'a>(&'a self, page: Page, look: Look, role: &'a str) -> impl Iterator<Item = &'a Cut> {
        let scenes = self.scenes.iter().filter(move |scene| scene.page == page && scene.look == look);
        let controls = scenes.flat_map(|scene| &scene.controls).filter(move |control| control.role == role);
        controls.filter_map(|control| control.mark.as_ref())
    }

    fn scene(&self, name: &str, look: Look) -> Option<&Scene> {
        self.scenes.iter().find(|scene| scene.name == name && scene.look == look)
    }
}

/// The pages of these scenes, which have one title. Of several, those with most on the screen of what not all of them
/// have, and of these, with least missing: what is there says more, for lists are longer or shorter than on the map.
fn told_apart(scenes: &[&Scene], screen: &Picture) -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    for scene in scenes {
        if !pages.contains(&scene.page) {
            pages.push(scene.page);
        }
    }
    if pages.len() < 2 {
        return pages;
    }
    let on = |page: Page, kind: &str| {
        let mut controls = scenes.iter().filter(|scene| scene.page == page).flat_map(|scene| &scene.controls);
        controls.any(|control| control.kind() == kind)
    };
    let evidence = |scene: &Scene| {
        let own = |control: &&Control| !pages.iter().all(|&page| on(page, control.kind()));
        let (mut seen, mut all) = (BTreeSet::new(), BTreeSet::new());
        for control in scene.controls.iter().filter(own) {
            all.insert(control.kind());
            if !seen.contains(control.kind()) && control.place(screen).is_some() {
                seen.insert(control.kind());
            }
        }
        (seen.len(), Reverse(all.len() - seen.len()))
    };
    let evident: Vec<_> = scenes.iter().map(|scene| (scene.page, evidence(scene))).collect();
    let most = evident.iter().map(|&(_, evidence)| evidence).max();
    pages.retain(|page| evident.iter().any(|&(of, evidence)| of == *page && Some(evidence) == most));
    pages
}
