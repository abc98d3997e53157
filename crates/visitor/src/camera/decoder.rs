//! What reads a photo. Neither decoder shares anything with the program that draws the code; a phone's own reads more.

use std::process::Command;

use rqrr::PreparedImage;

use crate::{Picture, Result, Trouble};

/// A decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoder {
    /// zbar, a program of its own: the better one with blur, haze and distance. Needs the Debian package `zbar-tools`.
    Zbar,
    /// rqrr, within this program: the better one from the side.
    Rqrr,
}

impl Decoder {
    /// The better one on most days first.
    pub const ALL: [Self; 2] = [Self::Zbar, Self::Rqrr];

    /// What the code in a picture says; `None` when it sees none that it can read. An error only when it cannot work.
    pub fn read(self, picture: &Picture) -> Result<Option<String>> {
        match self {
            Self::Zbar => zbar(picture),
            Self::Rqrr => Ok(rqrr(picture)),
        }
    }
}

/// What the code in a picture says, by the first decoder that can read it. An error only when one cannot work.
pub fn read(picture: &Picture) -> Result<Option<String>> {
    for decoder in Decoder::ALL {
        if let Some(text) = decoder.read(picture)? {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

fn zbar(picture: &Picture) -> Result<Option<String>> {
    let file = || {
        let file = tempfile::Builder::new().suffix(".pgm").tempfile()?;
        std::fs::write(file.path(), pgm(picture))?;
        Ok::<_, std::io::Error>(file)
    };
    let photo = file().map_err(|e| Trouble::Phone(e.to_string()))?;
    let mut zbar = Command::new("zbarimg");
    // The bytes as they are: left to itself, zbar may take Chinese in UTF-8 for Japanese.
    zbar.args(["--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", "-Sbinary"]).arg(photo.path());
    let seen = zbar.output().map_err(|e| Trouble::program("zbarimg", e))?;
    match seen.status.code() {
        // 4: it looked and found none.
        Some(0 | 4) => {
            let text = String::from_utf8_lossy(&seen.stdout).trim_end().to_owned();
            Ok(Some(text).filter(|text| !text.is_empty()))
        }
        _ => Err(Trouble::program("zbarimg", String::from_utf8_lossy(&seen.stderr))),
    }
}

fn rqrr(picture: &Picture) -> Option<String> {
    let mut prepared =
        PreparedImage::prepare_from_greyscale(picture.width(), picture.height(), |x, y| picture.grey(x, y));
    prepared.detect_grids().iter().find_map(|grid| Some(grid.decode().ok()?.1))
}

/// The picture in grey, in the plainest of file formats.
fn pgm(picture: &Picture) -> Vec<u8> {
    let mut file = format!("P5 {} {} 255\n", picture.width(), picture.height()).into_bytes();
    for y in 0..picture.height() {
        file.extend((0..picture.width()).map(|x| picture.grey(x, y)));
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_sees_a_code_on_a_plain_wall() {
        let wall = Picture::new(200, 200, vec![0x00ff_ffff; 40_000]);
        assert_eq!(read(&wall).expect("looked"), None);
    }
}
