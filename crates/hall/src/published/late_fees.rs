//! The sheet of late fees: what a day of delay costs whom, from when to when it is counted, the least that is asked for, and
//! the rules that say so.

use jiff::civil::Date;
use powerhall_api::{Line, Sheet};

use super::{fact, plain, sentence, yuan};
use crate::Hall;

impl Hall {
    /// `None` before the first rates.
    pub(super) fn late_fees_sheet(&self, day: Date) -> Option<Sheet> {
        let rates = self.late_fees.on(day)?;
        let by_day = [
            ("resident", rates.resident),
            ("other", rates.other),
            ("other_carried_over", rates.other_carried_over),
        ];
        let mut lines: Vec<Line> = Vec::new();
        for (who, rate) in by_day {
            // 1/10,000 is 0.01 %.
            let percent = yuan(rate.saturating_mul(100));
            let a_day = self.texts.fill("late_fee.a_day", &[("percent", &percent)]);
            lines.push(fact(self.text(&format!("late_fee.{who}")), a_day));
        }
        lines.push(sentence(self.text("late_fee.days")));
        if rates.minimum.is_positive() {
            let least = yuan(rates.minimum.get().saturating_mul(100));
            lines.push(sentence(self.texts.fill("late_fee.least", &[("yuan", &least)])));
        }
        let parts = vec![self.part("prices", lines), self.basis(&[&rates.origin])];
        Some(plain(self.text("sheet.late_fees"), parts))
    }
}
