//! What the visitor tells about the visit: one line a step, one picture a screen, numbered in the order of things.

use std::path::{Path, PathBuf};

use crate::{Page, Picture, Result};

/// A visit's record.
pub struct Diary {
    folder: PathBuf,
    aloud: bool,
    pictures: usize,
    /// The pages met so far, where the first sight of each is kept.
    album: Option<Vec<Page>>,
}

impl Diary {
    /// Keeps the pictures in `folder`; `aloud` prints every line.
    #[must_use]
    pub fn new(folder: &Path, aloud: bool) -> Self {
        Self { folder: folder.to_owned(), aloud, pictures: 0, album: None }
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
        let file = format!("{:03}-{name}.png", self.pictures);
        picture.save(&self.folder.join(&file))?;
        self.note(&format!("{line:<68} {file}"));
        Ok(())
    }

    /// From now on the first sight of each page is kept besides, in a file that is named after the page.
    pub(crate) fn begin_album(&mut self) {
        self.album = Some(Vec::new());
    }

    /// This page is on the screen.
    pub(crate) fn meet(&mut self, page: Page, picture: &Picture) -> Result<()> {
        let Some(album) = &mut self.album else { return Ok(()) };
        if !album.contains(&page) {
            picture.save(&self.folder.join(format!("page-{page:?}.png")))?;
            album.push(page);
        }
        Ok(())
    }

    /// The pages of which a picture was kept, in the order in which they were met.
    pub(crate) fn album(&self) -> &[Page] {
        self.album.as_deref().unwrap_or_default()
    }

    /// The screen at a failure; gives the file's place, if it could be written.
    #[must_use]
    pub fn failure(&self, picture: &Picture) -> Option<PathBuf> {
        let file = self.folder.join("failure.png");
        picture.save(&file).ok().map(|()| file)
    }
}
