//! The map on disk: `map.json` lists the scenes, `map.png` holds all cut-outs one below the other, each once.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Control, Cut, Map, Scene};
use crate::{Area, Look, Page, Picture, Result, Trouble};

/// The whole list.
#[derive(Deserialize)]
struct List {
    /// Top, width and height of each cut-out in the picture.
    cuts: Vec<[usize; 3]>,
    scenes: Vec<SceneLine>,
}

#[derive(Serialize, Deserialize)]
struct SceneLine {
    scene: String,
    look: String,
    title: Option<usize>,
    controls: Vec<ControlLine>,
}

#[derive(Serialize, Deserialize)]
struct ControlLine {
    role: String,
    label: String,
    /// Left, top, and the number of the cut-out.
    words: [usize; 3],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mark: Option<[usize; 3]>,
}

impl Map {
    /// Writes `map.json` and `map.png` beside it.
    pub fn write(&self, path: &Path) -> Result<()> {
        let mut cuts = Cuts::default();
        let line = |cuts: &mut Cuts, scene: &Scene| SceneLine {
            scene: scene.name.clone(),
            look: scene.look.to_string(),
            title: scene.title.as_ref().map(|title| cuts.number(title)),
            controls: scene.controls.iter().map(|control| control_line(cuts, control)).collect(),
        };
        let scenes: Vec<SceneLine> = self.scenes.iter().map(|scene| line(&mut cuts, scene)).collect();
        let picture = Picture::stack(&cuts.pictures);
        picture.save(&path.with_extension("png"))?;
        // One scene a line: a change is easy to see.
        let mut text = format!("{{\"cuts\":{},\n\"scenes\":[\n", json(path, &cuts.places())?);
        for (i, scene) in scenes.iter().enumerate() {
            text += &json(path, scene)?;
            text += if i + 1 < scenes.len() { ",\n" } else { "\n" };
        }
        text += "]}\n";
        std::fs::write(path, text).map_err(|e| Trouble::file(path, e))
    }

    /// Reads `map.json` and `map.png` beside it.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| Trouble::file(path, e))?;
        let list: List = serde_json::from_str(&text).map_err(|e| Trouble::file(path, e))?;
        let all = Picture::open(&path.with_extension("png"))?;
        let wrong = |what: &str| Trouble::file(path, format!("{what} that is not known"));
        let picture = |number: usize| {
            let &[y, width, height] = list.cuts.get(number).ok_or_else(|| wrong("a cut-out"))?;
            Ok::<_, Trouble>(all.part(Area { x: 0, y, width, height }))
        };
        let cut = |[x, y, number]: [usize; 3]| {
            let picture = picture(number)?;
            Ok::<_, Trouble>(Cut {
                at: Area { x, y, width: picture.width(), height: picture.height() },
                picture,
            })
        };
        let mut map = Self::default();
        for line in list.scenes {
            let page = Page::of_scene(&line.scene).ok_or_else(|| wrong("a scene"))?;
            let look = Look::of_name(&line.look).ok_or_else(|| wrong("a look"))?;
            let mut controls = Vec::with_capacity(line.controls.len());
            for ControlLine { role, label, words, mark } in line.controls {
                controls.push(Control { role, label, words: cut(words)?, mark: mark.map(cut).transpose()? });
            }
            let title = line.title.map(picture).transpose()?;
            map.scenes.push(Scene { name: line.scene, page, look, title, controls });
        }
        Ok(map)
    }
}

fn json(path: &Path, value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Trouble::file(path, e))
}

fn control_line(cuts: &mut Cuts, control: &Control) -> ControlLine {
    let mut place = |cut: &Cut| [cut.at.x, cut.at.y, cuts.number(&cut.picture)];
    ControlLine {
        role: control.role.clone(),
        label: control.label.clone(),
        words: place(&control.words),
        mark: control.mark.as_ref().map(place),
    }
}

/// The cut-outs so far.
#[derive(Default)]
struct Cuts {
    pictures: Vec<Picture>,
}

impl Cuts {
    fn number(&mut self, picture: &Picture) -> usize {
        let picture = picture.coarse();
        self.pictures.iter().position(|known| *known == picture).unwrap_or_else(|| {
            self.pictures.push(picture);
            self.pictures.len() - 1
        })
    }

    fn places(&self) -> Vec<[usize; 3]> {
        let mut top = 0;
        let place = |picture: &Picture| {
            let place = [top, picture.width(), picture.height()];
            top += picture.height();
            place
        };
        self.pictures.iter().map(place).collect()
    }
}
