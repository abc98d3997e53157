//! An installed font that has the letters of Chinese names. Read anew for each page: a font of all of Chinese is twenty
//! megabytes, and invoices are rare.

use std::path::{Path, PathBuf};

use skrifa::raw::FileRef;
use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider};

use super::PaperError;

/// What the words of the paper need.
const NEEDED: &str =
    "电子发票购买方信息统一社会信用代码价税合计壹贰叁肆伍陆柒捌玖拾佰仟万亿圆角分整零样票¥%0123456789";

/// Where a font is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typeface {
    path: PathBuf,
    /// Which font of a collection.
    index: u32,
}

impl Typeface {
    /// Finds the font in a file: in a collection the one of simplified Chinese, if it says which that is.
    pub fn find(path: &Path) -> Result<Self, PaperError> {
        let data = read(path)?;
        let file = FileRef::new(&data).map_err(|_| PaperError::NotAFont)?;
        let fonts: Vec<FontRef<'_>> = file.fonts().filter_map(Result::ok).collect();
        let simplified = |font: &FontRef<'_>| {
            let mut names = font.localized_strings(StringId::FAMILY_NAME);
            names.any(|name| name.chars().collect::<String>().ends_with(" SC"))
        };
        let at = fonts.iter().position(simplified).unwrap_or(0);
        let font = fonts.get(at).ok_or(PaperError::NotAFont)?;
        let letters = font.charmap();
        if let Some(missing) = NEEDED.chars().find(|letter| letters.map(*letter).is_none()) {
            return Err(PaperError::Missing(missing));
        }
        Ok(Self { path: path.to_owned(), index: u32::try_from(at).map_err(|_| PaperError::NotAFont)? })
    }

    /// The file's bytes, and which font of it to take.
    pub(super) fn load(&self) -> Result<(Vec<u8>, u32), PaperError> {
        Ok((read(&self.path)?, self.index))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, PaperError> {
    std::fs::read(path).map_err(|error| PaperError::File { path: path.to_owned(), error })
}
