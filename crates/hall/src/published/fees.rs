//! A business fee in words: the sheet with its prices and their legal basis, or since when nobody pays it any more; and the
//! arithmetic of one that is due.

use jiff::civil::Date;
use powerhall_api::{Line, Sheet, Text};

use super::{fact, grouped_yuan, plain, sentence, yuan};
use crate::{Fee, FeeCharge, FeeLine, FeePrice, Hall, KvaRate, Laying, Voltage};

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

    /// How a fee is computed, a row for each part of it: what is counted, and the arithmetic with its result.
    #[must_use]
    pub fn fee_rows(&self, charge: &FeeCharge) -> Vec<Line> {
        let row = |line: &FeeLine| {
            let quantity = line.quantity.to_string();
            let [price, amount] =
                [line.price, line.amount].map(|fen| grouped_yuan(fen.get().saturating_mul(100)));
            let values = [("quantity", quantity.as_str()), ("price", &price), ("amount", &amount)];
            let Some(feeder) = line.feeder else { return sentence(self.texts.fill("fee.by_case", &values)) };
            let name = self.feeder(feeder.voltage, feeder.laying);
            let key = if feeder.own_line { "fee.by_capacity_own_line" } else { "fee.by_capacity" };
            fact(name, self.texts.fill(key, &values))
        };
        charge.lines.iter().map(row).collect()
    }

    /// The document that a fee is based on.
    #[must_use]
    pub fn fee_basis(&self, charge: &FeeCharge) -> Text {
        self.source_of(&charge.origin)
    }

    /// Why money that was taken for a fee goes back.
    #[must_use]
    pub fn refund_reason(&self, fee: &Fee) -> Text {
        match &fee.abolished {
            Some(abolished) => self.text(&format!("note.{}", abolished.words)),
            None => self.text("fee.taken_too_much"),
        }
    }

    fn feeder(&self, voltage: Voltage, laying: Laying) -> Text {
        let voltage = self.text(&format!("voltage.{}", voltage.name()));
        let laying = self.text(&format!("laying.{}", laying.name()));
        self.texts.fill_texts("fee.feeder", &[("voltage", &voltage), ("laying", &laying)])
    }

    fn rate(&self, rate: KvaRate) -> Line {
        let name = self.feeder(rate.voltage, rate.laying);
        let [price, own] = [rate.per_kva, rate.own_line].map(|price| yuan(price.get().saturating_mul(100)));
        let text = if rate.per_kva == rate.own_line {
            self.texts.fill("fee.per_kva", &[("price", &price)])
        } else {
            self.texts.fill("fee.per_kva_own_line", &[("price", &price), ("own", &own)])
        };
        fact(name, text)
    }
}
