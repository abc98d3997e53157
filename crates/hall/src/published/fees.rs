//! The sheet of a business fee: its prices and their legal basis, or since when nobody pays it any more.

use jiff::civil::Date;
use powerhall_api::{Line, Sheet};

use super::{fact, plain, sentence, yuan};
use crate::{Fee, FeePrice, Hall, KvaRate};

impl Hall {
    /// `None` before its first price.
    pub(super) fn fee_sheet(&self, fee: &Fee, day: Date) -> Option<Sheet> {
        let (part, origin) = match fee.abolished_on(day) {
            Some(ended) => {
                let words = sentence(self.text(&format!("note.{}", ended.words)));
                (self.part("said", vec![words]), &ended.origin)
            }
            None => {
                let prices = fee.on(day).ok()?;
                let lines = match &prices.price {
                    FeePrice::PerKva(rates) => rates.iter().map(|rate| self.rate(*rate)).collect(),
                    FeePrice::Each(price) => {
                        let price = yuan(price.get().saturating_mul(100));
                        vec![sentence(self.texts.fill("fee.each", &[("price", &price)]))]
                    }
                };
                (self.part("prices", lines), &prices.origin)
            }
        };
        let name = self.text(&format!("fee.{}", fee.key));
        Some(plain(name, vec![part, self.basis(&[origin])]))
    }

    fn rate(&self, rate: KvaRate) -> Line {
        let voltage = self.text(&format!("voltage.{}", rate.voltage.name()));
        let laying = self.text(&format!("laying.{}", rate.laying.name()));
        let name = self.texts.fill_texts("fee.feeder", &[("voltage", &voltage), ("laying", &laying)]);
        let [price, own] = [rate.per_kva, rate.own_line].map(|price| yuan(price.get().saturating_mul(100)));
        let text = if rate.per_kva == rate.own_line {
            self.texts.fill("fee.per_kva", &[("price", &price)])
        } else {
            self.texts.fill("fee.per_kva_own_line", &[("price", &price), ("own", &own)])
        };
        fact(name, text)
    }
}
