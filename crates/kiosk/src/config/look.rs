//! The utility's colour: read from config, with the shades that the interface needs, and refused when what is
//! written on it or in it could not be read. Contrast as WCAG 2.2 defines it (relative luminance, 1 to 21).

/// A colour of eight bits a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

/// The utility's colour and what is made from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brand {
    /// As configured: the header, the filled button, the marks.
    pub plain: Colour,
    /// While a filled control is pressed.
    pub pressed: Colour,
    /// Behind what is chosen.
    pub tint: Colour,
    /// Behind an outlined control that is pressed.
    pub tint_pressed: Colour,
}

/// The least contrast of text on its ground (WCAG 2.2, 1.4.3), in hundredths.
pub const LEAST_CONTRAST: u32 = 450;

/// What a code and a logo stand on, in every contrast.
pub const WHITE: Colour = Colour { red: 255, green: 255, blue: 255 };
/// The pages' own ground in the standard colours.
const GROUND: Colour = Colour { red: 0xF3, green: 0xF6, blue: 0xF4 };

impl Colour {
    /// `#RRGGBB`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits =
            text.strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self { red: channel(0)?, green: channel(2)?, blue: channel(4)? })
    }

    /// `share` hundredths of this colour, the rest of the other.
    fn mixed(self, share: u16, other: Self) -> Self {
        let mix = |a: u8, b: u8| {
            let sum = u16::from(a) * share + u16::from(b) * (100 - share);
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        Self {
            red: mix(self.red, other.red),
            green: mix(self.green, other.green),
            blue: mix(self.blue, other.blue),
        }
    }

    /// Relative luminance, 0 to 1.
    #[expect(clippy::float_arithmetic, reason = "a colour, not money")]
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// The contrast of two colours in hundredths, rounded down: 100 to 2100.
    #[must_use]
    #[expect(clippy::float_arithmetic, reason = "a colour, not money")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 100 and 2100")]
    pub fn contrast(self, other: Self) -> u32 {
        let (a, b) = (self.luminance(), other.luminance());
        ((a.max(b) + 0.05) / (a.min(b) + 0.05) * 100.0 + 1e-9) as u32
    }
}

impl Brand {
    /// The shades of a colour.
    #[must_use]
    pub fn of(plain: Colour) -> Self {
        let black = Colour { red: 0, green: 0, blue: 0 };
        Self {
            plain,
            pressed: plain.mixed(66, black),
            tint: plain.mixed(11, WHITE),
            tint_pressed: plain.mixed(22, WHITE),
        }
    }

    /// The worst contrast, in hundredths, of what is written in white on the colour, or in the colour on its grounds.
    #[must_use]
    pub fn worst_contrast(&self) -> u32 {
        let on = [WHITE, GROUND, self.tint, self.tint_pressed].map(|ground| self.plain.contrast(ground));
        on.into_iter().chain([self.pressed.contrast(WHITE)]).min().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_as_the_standard_defines_it() {
        let colour = |text| Colour::parse(text).expect("a colour");
        assert_eq!(colour("#000000").contrast(colour("#FFFFFF")), 2100);
        assert_eq!(
            colour("#777777").contrast(colour("#FFFFFF")),
            447,
            "the standard's own example just fails"
        );
        assert_eq!(colour("#767676").contrast(colour("#FFFFFF")), 454);
        assert_eq!(colour("#123456").contrast(colour("#123456")), 100);
    }

    #[test]
    fn only_six_digits_are_a_colour() {
        for wrong in ["", "00594F", "#00594", "#00594F0", "#00594G", "#+0594F", "green"] {
            assert_eq!(Colour::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_pale_colour_is_worse_than_a_deep_one() {
        let worst = |text| Brand::of(Colour::parse(text).expect("a colour")).worst_contrast();
        assert!(worst("#00594F") >= LEAST_CONTRAST);
        assert!(worst("#2FA58D") < LEAST_CONTRAST);
    }
}
