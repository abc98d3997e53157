//! How a language writes numbers: what stands between groups of three digits, before the decimals, and around an amount.
//! The three are messages of its .po file. What is spoken is found again in what is written.

use powerhall_money::Fen;
use slint::SharedString;

use crate::ui::Words;

/// A language's manner of writing numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    group: String,
    decimal: String,
    /// Around an amount: `¥` and nothing, or nothing and ` ¥`.
    around: [String; 2],
}

/// Stands for the number while the pattern of an amount is taken apart.
const PLACE: &str = "\u{1}";

impl Numbers {
    /// The manner of the language that is shown.
    #[must_use]
    pub fn of(words: &Words) -> Self {
        let amount = words.invoke_amount(PLACE.into());
        let (before, after) = amount.split_once(PLACE).unwrap_or((&amount, ""));
        Self {
            group: words.invoke_digit_group().into(),
            decimal: words.invoke_decimal_mark().into(),
            around: [before.into(), after.into()],
        }
    }

    /// A whole number: `12,345`.
    #[must_use]
    pub fn whole(&self, number: i64) -> SharedString {
        let sign = if number < 0 { "-" } else { "" };
        format!("{sign}{}", self.grouped(number.unsigned_abs())).into()
    }

    /// An amount: `¥1,234.50`, a credit as `-¥3.00`.
    #[must_use]
    pub fn money(&self, amount: Fen) -> SharedString {
        let [before, after] = &self.around;
        let sign = if amount.get() < 0 { "-" } else { "" };
        let fen = amount.get().unsigned_abs();
        format!("{sign}{before}{}{}{:02}{after}", self.grouped(fen / 100), self.decimal, fen % 100).into()
    }

    /// A price in 0.0001 yuan, with as many decimals as it needs and at least two: `¥0.538`.
    #[must_use]
    pub fn price(&self, price: i64) -> SharedString {
        let [before, after] = &self.around;
        let sign = if price < 0 { "-" } else { "" };
        let price = price.unsigned_abs();
        let decimals = format!("{:04}", price % 10_000);
        let decimals = decimals.trim_end_matches('0');
        format!("{sign}{before}{}{}{decimals:0<2}{after}", self.grouped(price / 10_000), self.decimal).into()
    }

    /// A number in hundredths, with at least so many decimals: `0.95`, `0.1`, `30`.
    #[must_use]
    pub fn hundredths(&self, number: i64, decimals: usize) -> SharedString {
        let sign = if number < 0 { "-" } else { "" };
        let number = number.unsigned_abs();
        let digits = format!("{:02}", number % 100);
        let digits = format!("{:0<decimals$}", digits.trim_end_matches('0'));
        let mark = if digits.is_empty() { "" } else { &self.decimal };
        format!("{sign}{}{mark}{digits}", self.grouped(number / 100)).into()
    }

    /// Yuan as they are typed, `1234.5`, with the language's mark.
    #[must_use]
    pub fn typed(&self, yuan: &str) -> SharedString {
        yuan.replace('.', &self.decimal).into()
    }

    /// What stands before and after an amount.
    #[must_use]
    pub fn around(&self) -> [SharedString; 2] {
        [0, 1].map(|side| self.around[side].as_str().into())
    }

    fn grouped(&self, number: u64) -> String {
        let digits = number.to_string();
        let mut grouped = String::with_capacity(2 * digits.len());
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                grouped.push_str(&self.group);
            }
            grouped.push(digit);
        }
        grouped
    }

    /// The text with each amount in it put into words by way of `yuan`, which is given the number without groups.
    #[must_use]
    pub fn with_amounts(&self, text: &str, yuan: impl Fn(&str) -> String) -> String {
        let mut spoken = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            let inside_a_number = spoken.ends_with(|c: char| c.is_ascii_digit());
            match self.amount_at(rest).filter(|_| !(inside_a_number && next.is_ascii_digit())) {
                Some((number, end)) => {
                    spoken.push_str(&yuan(&number));
                    rest = &rest[end..];
                }
                None => {
                    spoken.push(next);
                    rest = &rest[next.len_utf8()..];
                }
            }
        }
        spoken
    }

    /// The number of the amount that the text begins with, without groups, and where the amount ends.
    fn amount_at(&self, text: &str) -> Option<(String, usize)> {
        let [before, after] = &self.around;
        if before.is_empty() && after.is_empty() {
            return None;
        }
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let mut rest = text.strip_prefix(before.as_str())?;
        let mut number = String::new();
        let mut take = |rest: &mut &str, count: usize| {
            number.push_str(&rest[..count]);
            *rest = &rest[count..];
        };
        let first = digits(rest);
        if first == 0 {
            return None;
        }
        take(&mut rest, first);
        // A group has three digits, else the mark belongs to the sentence.
        while let Some(group) =
            rest.strip_prefix(self.group.as_str()).filter(|group| first <= 3 && digits(group) == 3)
        {
            rest = group;
            take(&mut rest, 3);
        }
        if let Some(decimals) =
            rest.strip_prefix(self.decimal.as_str()).filter(|decimals| digits(decimals) > 0)
        {
            take(&mut rest, self.decimal.len());
            rest = decimals;
            take(&mut rest, digits(decimals));
        }
        let rest = rest.strip_prefix(after.as_str())?;
        Some((number, text.len() - rest.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manner(group: &str, decimal: &str, before: &str, after: &str) -> Numbers {
        Numbers { group: group.into(), decimal: decimal.into(), around: [before.into(), after.into()] }
    }

    fn manners() -> [(Numbers, [&'static str; 5]); 4] {
        [
            (manner(",", ".", "¥", ""), ["¥0.05", "¥309.54", "¥1,234,567.00", "-¥3.00", "-12,345"]),
            (manner(".", ",", "¥ ", ""), ["¥ 0,05", "¥ 309,54", "¥ 1.234.567,00", "-¥ 3,00", "-12.345"]),
            (
                manner("\u{202F}", ",", "", " CNY"),
                ["0,05 CNY", "309,54 CNY", "1\u{202F}234\u{202F}567,00 CNY", "-3,00 CNY", "-12\u{202F}345"],
            ),
            (manner("", ".", "", "元"), ["0.05元", "309.54元", "1234567.00元", "-3.00元", "-12345"]),
        ]
    }

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        for (numbers, written) in manners() {
            let amounts = [5, 30_954, 123_456_700, -300].map(|fen| numbers.money(Fen::new(fen)));
            assert_eq!(amounts.each_ref().map(SharedString::as_str), written[..4]);
            assert_eq!(numbers.whole(-12_345), written[4]);
            assert_eq!(numbers.whole(186), "186");
        }
        assert_eq!(manner(".", ",", "", " ¥").typed("1234.5"), "1234,5");
        let numbers = manner(",", ".", "¥", "");
        for (price, written) in [
            (5_380, "¥0.538"),
            (500, "¥0.05"),
            (300_000, "¥30.00"),
            (12_345_678, "¥1,234.5678"),
            (-1, "-¥0.0001"),
        ] {
            assert_eq!(numbers.price(price), written);
        }
        for (number, decimals, written) in
            [(10, 0, "0.1"), (300, 0, "3"), (-75, 0, "-0.75"), (100, 2, "1.00"), (90, 2, "0.90"), (0, 0, "0")]
        {
            assert_eq!(numbers.hundredths(number, decimals), written);
        }
    }

    #[test]
    fn amounts_are_found_where_they_were_written() {
        for (numbers, _) in manners() {
            for (fen, plain) in
                [(5, "0.05"), (30_954, "309.54"), (123_456_700, "1234567.00"), (99_900, "999.00")]
            {
                let amount = numbers.money(Fen::new(fen));
                let words = format!("[{}]", plain.replace('.', &numbers.decimal));
                for text in ["未交 3 个月。本次付款。#。含#", "#. You pay 2026, #, thanks.", "#"]
                {
                    let heard =
                        numbers.with_amounts(&text.replace('#', &amount), |plain| format!("[{plain}]"));
                    assert_eq!(heard, text.replace('#', &words), "{numbers:?}");
                }
            }
            for text in ["三个月未交", "¥", "", "13 位，95598", "3F7K-9Q2M-X"] {
                assert_eq!(numbers.with_amounts(text, |_| "?".into()), text);
            }
        }
    }
}
