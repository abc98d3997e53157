//! How the screen looks in a way of use: what a customer has chosen there. Each look draws every page in its own way.

use std::fmt;

use crate::Language;

/// A look of the screen. The default is the one that the next customer finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Look {
    /// The language.
    pub language: Language,
    /// Large text.
    pub large: bool,
    /// The colours.
    pub colours: Colours,
    /// Everything to touch is low.
    pub low: bool,
}

/// The colours to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Colours {
    /// The hall's own.
    Hall,
    /// Strong contrast, light on dark.
    Dark,
    /// Strong contrast, dark on light.
    Light,
}

impl Look {
    /// As the machine waits for a customer.
    pub const FIRST: Self =
        Self { language: Language::Chinese, large: false, colours: Colours::Hall, low: false };

    /// By its name: `zh_CN`, `en-large`, `zh_CN-large-dark-low`.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let mut parts = name.split('-');
        let mut look = Self { language: Language::of_tag(parts.next()?)?, ..Self::FIRST };
        for part in parts {
            match part {
                "large" => look.large = true,
                "dark" => look.colours = Colours::Dark,
                "light" => look.colours = Colours::Light,
                "low" => look.low = true,
                _ => return None,
            }
        }
        Some(look)
    }
}

impl Default for Look {
    fn default() -> Self {
        Self::FIRST
    }
}

impl fmt::Display for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.language.tag())?;
        f.write_str(if self.large { "-large" } else { "" })?;
        f.write_str(match self.colours {
            Colours::Hall => "",
            Colours::Dark => "-dark",
            Colours::Light => "-light",
        })?;
        f.write_str(if self.low { "-low" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_all_of_it() {
        let all = Look { language: Language::English, large: true, colours: Colours::Dark, low: true };
        for (look, name) in [(Look::FIRST, "zh_CN"), (all, "en-large-dark-low")] {
            assert_eq!(look.to_string(), name);
            assert_eq!(Look::of_name(name), Some(look));
        }
        assert_eq!(Look::of_name("en-loud"), None);
    }
}
