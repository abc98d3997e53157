//! The checks of `[look]`: what of the utility is seen on every page must be seen well.

use super::{Check, shown};
use crate::config::logo::Logo;
use crate::config::look::{Brand, Colour, LEAST_CONTRAST};
use crate::config::raw::Look;

impl Check<'_> {
    pub(super) fn brand(&mut self, raw: &Look) -> Option<Brand> {
        const KEY: &str = "look.colour";
        let Some(colour) = Colour::parse(&raw.colour) else {
            self.mistake(KEY, &raw.colour, "six hexadecimal digits: \"#00594F\"");
            return None;
        };
        let brand = Brand::of(colour);
        let (worst, least) = (brand.worst_contrast(), LEAST_CONTRAST);
        if worst < least {
            let hundredths = |value: u32| format!("{}.{:02} : 1", value / 100, value % 100);
            let value = format!("{}, contrast {}", raw.colour, hundredths(worst));
            self.mistake(KEY, value, format!("a deeper colour: at least {}", hundredths(least)));
        }
        Some(brand)
    }

    pub(super) fn logo(&mut self, file: &str) -> Option<Logo> {
        let path = self.folder.join(file);
        match Logo::read(&path) {
            Ok(logo) => Some(logo),
            Err(error) => {
                self.mistake("look.logo", shown(&path), error.to_string());
                None
            }
        }
    }
}
