//! What the kiosks are told to show: home's tiles and the shelves of sheets, made on a day from the catalogue and from
//! everything that it names. Nothing is said twice: a sheet is written from the very data that the hall computes with.

mod attract;
mod fees;
mod guides;
mod late_fees;
mod tariffs;

use jiff::civil::{Date, DateTime};
use powerhall_api::{Group, Line, Part, Sheet, Shelf, Text, Tool};

use crate::{Hall, Notice, Origin, Promises};

/// Texts that the sheets need, whatever the data says.
pub(crate) const TEXTS: [&str; 62] = [
    "part.basis",
    "part.capacity",
    "part.cost",
    "part.energy",
    "part.funds",
    "part.limit",
    "part.notes",
    "part.papers",
    "part.power_factor",
    "part.prices",
    "part.said",
    "part.steps",
    "part.where",
    "part.who",
    "basis.since",
    "basis.source",
    "basis.uncertain",
    "month.1",
    "month.2",
    "month.3",
    "month.4",
    "month.5",
    "month.6",
    "month.7",
    "month.8",
    "month.9",
    "month.10",
    "month.11",
    "month.12",
    "energy.free",
    "energy.month_step_first",
    "energy.month_step_last",
    "energy.month_step_within",
    "energy.of_step",
    "energy.one",
    "energy.per_kwh",
    "energy.per_kva_month",
    "energy.per_kw_month",
    "energy.power_factor",
    "energy.step_first",
    "energy.step_last",
    "energy.step_within",
    "late_fee.a_day",
    "late_fee.days",
    "late_fee.least",
    "late_fee.other",
    "late_fee.other_carried_over",
    "late_fee.resident",
    "period.flat",
    "period.peak",
    "period.sharp",
    "period.valley",
    "fee.each",
    "fee.feeder",
    "fee.per_kva",
    "fee.per_kva_own_line",
    "sheet.promises",
    "sheet.calculator",
    "sheet.late_fees",
    "sheet.outages",
    "tool.calculator",
    "tool.outages",
];

impl Hall {
    /// What the kiosks are told at a time, Beijing time. What is not in force on that day (a tariff without a price) or not
    /// offered at that hour (a tile) is left out.
    #[must_use]
    pub fn published(&self, now: DateTime) -> powerhall_api::Hall {
        let day = now.date();
        let shelves = self.catalogue.shelves.iter().map(|shelf| Shelf {
            key: shelf.key.clone(),
            name: self.text(&format!("shelf.{}", shelf.key)),
            groups: shelf.groups.iter().filter_map(|group| self.group(group, day)).collect(),
        });
        let shelves: Vec<_> = shelves.filter(|shelf| !shelf.groups.is_empty()).collect();
        powerhall_api::Hall {
            edition: String::new(),
            day: String::new(),
            tiles: self.catalogue.tiles_at(now, &self.calendar),
            shelves,
            tariffs: self.tariff_data(day),
            // The utility's system knows them, not this folder.
            outages: None,
            attract: self.attract(day),
        }
    }

    fn group(&self, group: &crate::Group, day: Date) -> Option<Group> {
        let sheets: Vec<_> = group.sheets.iter().filter_map(|name| self.sheet(name, day)).collect();
        let name = self.text(&format!("group.{}", group.key));
        (!sheets.is_empty()).then_some(Group { name, sheets })
    }

    fn sheet(&self, name: &str, day: Date) -> Option<Sheet> {
        match name.split_once('/') {
            Some(("guides", key)) => self.guide_sheet(self.guides.get(key)?),
            Some(("tariffs", key)) => self.tariff_sheet(self.tariffs.get(key)?, day),
            Some(("fees", key)) => self.fee_sheet(self.fees.get(key)?, day),
            Some(("notices", key)) => self
                .notices
                .get(key)
                .filter(|notice| notice.is_up(day))
                .map(|notice| self.notice_sheet(notice)),
            _ => Some(match name {
                "calculator" => self.tool_sheet(name, Tool::Calculator),
                "outages" => self.tool_sheet(name, Tool::Outages),
                "late_fees" => self.late_fees_sheet(day)?,
                _ => self.promises_sheet(&self.promises),
            }),
        }
    }

    fn notice_sheet(&self, notice: &Notice) -> Sheet {
        let lines = notice.lines.iter().map(|line| self.text(&format!("line.{line}"))).collect();
        let parts = vec![self.part("said", numbered(lines)), self.basis(&[&notice.origin])];
        plain(self.text(&format!("notice.{}", notice.key)), parts)
    }

    fn promises_sheet(&self, promises: &Promises) -> Sheet {
        let lines = promises.keys.iter().map(|key| self.text(&format!("promise.{key}"))).collect();
        let parts = vec![self.part("said", numbered(lines)), self.basis(&[&promises.origin])];
        plain(self.text("sheet.promises"), parts)
    }

    /// What opens on a kiosk that knows the tool; a sentence for every other.
    fn tool_sheet(&self, key: &str, tool: Tool) -> Sheet {
        let said = sentence(self.text(&format!("tool.{key}")));
        let name = self.text(&format!("sheet.{key}"));
        Sheet { tool: Some(tool), ..plain(name, vec![self.part("said", vec![said])]) }
    }

    fn part(&self, key: &str, lines: Vec<Line>) -> Part {
        Part { heading: self.text(&format!("part.{key}")), lines }
    }

    /// On what a sheet is based: the sources, since when they hold, and whether the utility has to confirm them.
    fn basis(&self, origins: &[&Origin]) -> Part {
        let mut lines: Vec<Line> = Vec::new();
        for origin in origins {
            for line in [
                sentence(self.source_of(origin)),
                sentence(self.texts.fill_date("basis.since", origin.effective)),
            ] {
                if !lines.contains(&line) {
                    lines.push(line);
                }
            }
        }
        if origins.iter().any(|origin| !origin.certain) {
            lines.push(sentence(self.text("basis.uncertain")));
        }
        self.part("basis", lines)
    }
}

/// A sheet that is only read.
fn plain(name: Text, parts: Vec<Part>) -> Sheet {
    Sheet { name, parts, errand: None, tariff: None, tool: None }
}

/// A line without a name.
fn sentence(text: Text) -> Line {
    Line { name: None, text }
}

/// Lines that can be told apart where they run on; one alone needs no number.
fn numbered(texts: Vec<Text>) -> Vec<Line> {
    if texts.len() == 1 {
        return texts.into_iter().map(sentence).collect();
    }
    let number = |(i, text): (usize, Text)| {
        let text = text.into_iter().map(|(language, words)| (language, format!("{}. {words}", i + 1)));
        sentence(text.collect())
    };
    texts.into_iter().enumerate().map(number).collect()
}

/// A line with one.
fn fact(name: Text, text: Text) -> Line {
    Line { name: Some(name), text }
}

/// Yuan of an amount in 0.0001 yuan, or any number in 1/10,000, without zeros at the end: 5380 is 0.538, 300000 is 30.
fn yuan(ten_thousandths: i64) -> String {
    let (sign, whole) = (if ten_thousandths < 0 { "-" } else { "" }, ten_thousandths.unsigned_abs());
    let digits = format!("{}.{:04}", whole / 10_000, whole % 10_000);
    format!("{sign}{}", digits.trim_end_matches('0').trim_end_matches('.'))
}

/// The same with a comma before every three digits of whole yuan, as sums are written in all languages of the hall.
fn grouped_yuan(ten_thousandths: i64) -> String {
    let plain = yuan(ten_thousandths);
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let digits = whole.chars().filter(char::is_ascii_digit).count();
    let mut grouped = String::new();
    for (at, letter) in whole.chars().enumerate() {
        let left = whole.len() - at;
        if left < digits && left % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(letter);
    }
    grouped + rest
}

#[cfg(test)]
mod tests {
    use super::{grouped_yuan, yuan};

    #[test]
    fn sums_are_grouped_by_thousands() {
        let written =
            [(1_386_000_000, "138,600"), (-12_345_678_900, "-1,234,567.89"), (9_990_000, "999"), (0, "0")];
        for (amount, wanted) in written {
            assert_eq!(grouped_yuan(amount), wanted);
        }
    }

    #[test]
    fn prices_are_written_without_needless_zeros() {
        let written = [(5_380, "0.538"), (300_000, "30"), (10_824, "1.0824"), (0, "0"), (-500, "-0.05")];
        for (price, text) in written {
            assert_eq!(yuan(price), text);
        }
    }
}
