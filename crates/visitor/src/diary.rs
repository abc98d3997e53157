//! What the visitor tells about the visit: one line a step, one picture a screen, numbered in the order of things.

use std::path::{Path, PathBuf};

use crate::{Picture, Result};

/// A visit's record.
pub struct Diary {
    folder: PathBuf,
    aloud: bool,
    pictures: usize,
}

impl Diary {
    /// Keeps the pictures in `folder`; `aloud` prints every line.
    #[must_use]
    pub fn new(folder: &Path, aloud: bool) -> Self {
        Self { folder: folder.to_owned(), aloud, pictures: 0 }
    }

    /// One line.
    pub fn note(&self, line: &str) {
        if self.aloud {
            println!("{line}");
        }
    }

    /// One line and the screen to it; `name` is a short one for the file.
    pub fn keep(&mut self, line: &str, name: &str, picture: &Picture) -> Result<()> {
        self.pictures += 1;
        let file = format!("{:02}-{name}.png", self.pictures);
        picture.save(&self.folder.join(&file))?;
        self.note(&format!("{line:<68} {file}"));
        Ok(())
    }

    /// The screen at a failure; gives the file's place, if it could be written.
    #[must_use]
    pub fn failure(&self, picture: &Picture) -> Option<PathBuf> {
        let file = self.folder.join("failure.png");
        picture.save(&file).ok().map(|()| file)
    }
}
