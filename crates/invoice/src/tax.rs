//! The tax that is in an amount (价税分离): prices of electricity include it.

use powerhall_money::Fen;

/// An amount with its tax taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// Without tax (金额).
    pub net: Fen,
    /// The tax (税额).
    pub tax: Fen,
}

/// Takes the tax of `rate` percent out of an amount that includes it: what is left is rounded to the fen, halves up, and
/// both together are the amount. An amount below zero has none.
#[must_use]
pub fn split(gross: Fen, rate: u8) -> Split {
    let whole = 100 + i128::from(rate);
    let amount = i128::from(gross.get().max(0));
    let net = (amount * 200 + whole) / (2 * whole);
    // Never above the amount, so it fits.
    let net = Fen::new(i64::try_from(net).unwrap_or(gross.get()));
    Split { net, tax: gross.minus(net).unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_hundred_and_thirteen_are_a_hundred_and_thirteen_of_tax() {
        assert_eq!(split(Fen::new(11_300), 13), Split { net: Fen::new(10_000), tax: Fen::new(1_300) });
        // 100.00 / 1.13 = 88.4955…
        assert_eq!(split(Fen::new(10_000), 13), Split { net: Fen::new(8_850), tax: Fen::new(1_150) });
        assert_eq!(split(Fen::new(1), 13), Split { net: Fen::new(1), tax: Fen::ZERO });
        assert_eq!(split(Fen::new(500), 0), Split { net: Fen::new(500), tax: Fen::ZERO });
    }

    proptest! {
        #[test]
        fn both_parts_are_the_whole_and_the_tax_is_right_to_half_a_fen(gross in 0_i64..1_000_000_000_000, rate in 0_u8..30) {
            let Split { net, tax } = split(Fen::new(gross), rate);
            prop_assert_eq!(net.plus(tax), Ok(Fen::new(gross)));
            prop_assert!(net.get() >= 0 && tax.get() >= 0);
            let exact = i128::from(gross) * 100;
            let said = i128::from(net.get()) * (100 + i128::from(rate));
            prop_assert!((exact - said).abs() * 2 <= 100 + i128::from(rate));
        }
    }
}
