//! Sheets in lines: the entries of a sheet are broken where their language allows it, so that each line has the same
//! height and a page ends between two of them. A letter is taken as wide as the widest of its kind, so no line is too long.

use std::collections::BTreeSet;

use slint::{ComponentHandle, Model, ModelRc, SharedString, VecModel};

use crate::ui::{Api, AppWindow, SheetLine, SheetRow, Voice};

/// Lets the interface break its sheets. Once, before the first page.
pub fn bind(app: &AppWindow) {
    app.global::<Api>().on_head_width(|rows| {
        let heads = rows.iter().filter(|row| !row.text.is_empty()).map(|row| wide(&row.head));
        i32::try_from(heads.max().unwrap_or(0)).unwrap_or(i32::MAX)
    });
    let weak = app.as_weak();
    app.global::<Api>().on_lines(move |rows, head_width, text_width, page| {
        let Some(app) = weak.upgrade() else { return ModelRc::default() };
        let widths = [head_width, text_width].map(|width| usize::try_from(width).unwrap_or(0));
        let page = usize::try_from(page).unwrap_or(1).max(1);
        let voice = app.global::<Voice>();
        let said = |row: &SheetRow| voice.invoke_then(row.head.clone(), row.text.clone());
        let mut blocks = Blocks { widths, all: Vec::new(), heads: Vec::new() };
        rows.iter().for_each(|row| blocks.add(&row, said(&row)));
        ModelRc::new(VecModel::from(paged(blocks.done(), page)))
    });
}

/// Entries in lines, those together in a block that share a line.
struct Blocks {
    /// Of the heads (0: above their texts) and of the texts.
    widths: [usize; 2],
    all: Vec<Vec<SheetLine>>,
    /// What is left to be said of a head that is longer than its text, the last line first. It runs on beside the
    /// entries without a head that follow, so that no line between them stays empty.
    heads: Vec<SharedString>,
}

impl Blocks {
    /// Adds an entry; its first line says it all.
    fn add(&mut self, row: &SheetRow, said: SharedString) {
        let [head_width, text_width] = self.widths;
        let heading = row.text.is_empty();
        let beside = head_width > 0 && !heading;
        let heads = broken(&row.head, if beside { head_width } else { head_width + text_width });
        let texts = broken(&row.text, text_width);
        let runs_on = !self.heads.is_empty() && heads.is_empty();
        if !runs_on {
            self.end_head();
            self.heads = heads.into_iter().rev().map(SharedString::from).collect();
        }
        let mut lines = Vec::new();
        if !beside {
            lines.extend(self.heads.drain(..).rev().map(|head| SheetLine {
                head,
                heading,
                ..SheetLine::default()
            }));
        }
        lines.extend(texts.into_iter().map(|text| SheetLine {
            head: self.heads.pop().unwrap_or_default(),
            text: text.into(),
            ..SheetLine::default()
        }));
        if let Some(first) = lines.first_mut() {
            first.rule = !row.head.is_empty();
            first.said = said;
        }
        match self.all.last_mut() {
            Some(block) if runs_on => block.extend(lines),
            Some(_) | None => self.all.push(lines),
        }
    }

    fn end_head(&mut self) {
        let rest = self.heads.drain(..).rev().map(|head| SheetLine { head, ..SheetLine::default() });
        if let Some(block) = self.all.last_mut() {
            block.extend(rest);
        }
    }

    fn done(mut self) -> Vec<Vec<SheetLine>> {
        self.end_head();
        self.all
    }
}

/// Entries one after the other. What belongs together (a heading with the entries below it, or a name with the entries that
/// have none) begins on the next page where it would be broken and fits there; where it does not fit, an entry that would
/// be broken does, and what it belongs to stands above or beside it again.
fn paged(entries: Vec<Vec<SheetLine>>, page: usize) -> Vec<SheetLine> {
    let mut all: Vec<SheetLine> = Vec::new();
    for group in groups(entries) {
        next_page(&mut all, group.iter().map(Vec::len).sum(), page);
        let again = heads(&group);
        // What is left to be said again beside the entries of this page.
        let mut beside: std::collections::VecDeque<SharedString> = std::collections::VecDeque::new();
        for (at, mut block) in group.into_iter().enumerate() {
            let above = if again.above { again.heads.len() } else { 0 };
            let least = if at == 0 { block.len() } else { block.len() + above };
            if all.len() % page + block.len() > page && least <= page {
                next_page(&mut all, page, page);
            }
            if at > 0 && all.len().is_multiple_of(page) {
                if again.above {
                    all.extend(again.heads.iter().map(|head| SheetLine {
                        head: head.clone(),
                        heading: again.heading,
                        ..SheetLine::default()
                    }));
                } else {
                    beside = again.heads.iter().cloned().collect();
                }
            }
            for line in &mut block {
                if line.head.is_empty()
                    && let Some(head) = beside.pop_front()
                {
                    line.head = head;
                }
            }
            all.extend(block);
        }
    }
    all
}

/// Fills the page up where so many lines more would not fit on it, and would on one of their own.
fn next_page(all: &mut Vec<SheetLine>, lines: usize, page: usize) {
    let used = all.len() % page;
    if used > 0 && used + lines > page && lines <= page {
        all.resize_with(all.len() + page - used, SheetLine::default);
    }
}

/// Entries that belong together; a heading and the first below it are one.
fn groups(entries: Vec<Vec<SheetLine>>) -> Vec<Vec<Vec<SheetLine>>> {
    let mut groups: Vec<Vec<Vec<SheetLine>>> = Vec::new();
    for entry in entries {
        let first = |block: &Vec<SheetLine>| block.first().cloned().unwrap_or_default();
        let (opens, named) = (first(&entry).heading, first(&entry).rule);
        let alone =
            |group: &[Vec<SheetLine>]| group.len() == 1 && group.iter().flatten().all(|line| line.heading);
        let headed = |group: &[Vec<SheetLine>]| group.first().is_some_and(|block| first(block).heading);
        match groups.last_mut() {
            Some(group) if !opens && alone(group) => *group = vec![[group.concat(), entry].concat()],
            Some(group) if !opens && (headed(group) || !named) => group.push(entry),
            Some(_) | None => groups.push(vec![entry]),
        }
    }
    groups
}

/// What a group is called, in lines.
struct Heads {
    heads: Vec<SharedString>,
    /// They stand above what they are of, not beside it.
    above: bool,
    heading: bool,
}

fn heads(group: &[Vec<SheetLine>]) -> Heads {
    let first = group.first().map(Vec::as_slice).unwrap_or_default();
    let heading = first.first().is_some_and(|line| line.heading);
    let lines: Vec<_> =
        first.iter().filter(|line| line.heading == heading && !line.head.is_empty()).collect();
    Heads {
        heads: lines.iter().map(|line| line.head.clone()).collect(),
        above: lines.iter().all(|line| line.text.is_empty()),
        heading,
    }
}

/// Breaks a text into lines of at most `width` hundredths of the letters' size. What cannot be broken stays whole.
fn broken(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let (mut start, mut end) = (0, 0);
    for at in ends(text) {
        if end > start && wide(text[start..at].trim_end()) > width {
            lines.push(text[start..end].trim_end());
            start = end;
        }
        end = at;
    }
    lines.push(text[start..].trim_end());
    lines.retain(|line| !line.is_empty());
    lines
}

/// Where a line may end: by Unicode's rules (UAX 14), but for what stands in one line; and after a full-width mark before an
/// amount, where they know none.
fn ends(text: &str) -> BTreeSet<usize> {
    let known = unicode_linebreak::linebreaks(text).map(|(at, _)| at).filter(|at| !are_one(text, *at));
    let before_amounts = text.match_indices('¥').map(|(at, _)| at);
    known.chain(before_amounts.filter(|at| text[..*at].ends_with(['，', '、', '；', '：', '。']))).collect()
}

/// Units of more than one character.
const UNITS: [&str; 5] = ["千伏安", "千伏", "千瓦时", "千瓦", "工作日"];

/// A number and its unit, and the parts of a date, stand in one line: `10 千伏`, `11月23日`. What is written without spaces
/// may be broken there by Unicode's rules.
fn are_one(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at(at);
    let one = |letter: Option<char>| letter.unwrap_or(' ');
    let (last, first) = (one(before.chars().next_back()), one(after.chars().next()));
    let counted = before.trim_end().ends_with(|letter: char| letter.is_ascii_digit());
    let is_han = |letter: char| letter.is_alphabetic() && !letter.is_ascii();
    let in_unit = |unit: &str| {
        let mut inside = unit.char_indices().skip(1);
        inside.any(|(at, _)| before.ends_with(&unit[..at]) && after.starts_with(&unit[at..]))
    };
    (counted && is_han(first))
        || (matches!(last, '年' | '月' | '년' | '월') && first.is_ascii_digit())
        || UNITS.into_iter().any(in_unit)
}

/// How wide a text is at most, in hundredths of the letters' size: Han characters and Hangul are squares, and Noto Sans
/// has no letter of a kind that is wider than this.
fn wide(text: &str) -> usize {
    let letter = |letter: char| match letter {
        ' ' => 23,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 30,
        'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '-' => 41,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 95,
        'a'..='z' | '0'..='9' => 63,
        'A'..='Z' => 75,
        _ if letter.is_ascii() => 63,
        _ => 100,
    };
    text.chars().map(letter).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(head: &str, text: &str) -> SheetRow {
        SheetRow { head: head.into(), text: text.into() }
    }

    fn words(lines: &[SheetLine]) -> Vec<(&str, &str)> {
        lines.iter().map(|line| (line.head.as_str(), line.text.as_str())).collect()
    }

    #[test]
    fn chinese_breaks_anywhere_but_before_a_comma() {
        assert_eq!(
            broken("房产证明原件，没有的可以签承诺书代替", 600),
            ["房产证明原", "件，没有的可", "以签承诺书代", "替"]
        );
        assert_eq!(broken("", 600), [""; 0]);
    }

    #[test]
    fn english_breaks_between_words_and_nothing_is_lost() {
        let text = "You choose who designs your installation. We name nobody.";
        let lines = broken(text, 1_200);
        assert!(lines.len() > 2 && lines.iter().all(|line| wide(line) <= 1_200), "{lines:?}");
        assert_eq!(lines.join(" "), text);
        assert_eq!(
            broken("Elektrizitätsversorgungsunternehmen", 300).len(),
            1,
            "what cannot be broken stays whole"
        );
    }

    #[test]
    fn a_number_stays_with_its_unit_and_a_date_whole() {
        assert_eq!(broken("电压10千伏及以上", 500), ["电压", "10千伏及", "以上"]);
        assert_eq!(broken("电压等级10千伏", 500), ["电压等级", "10千伏"]);
        assert_eq!(broken("电压等级10 千伏", 500), ["电压等级", "10 千伏"]);
        assert_eq!(broken("请于2026年11月23日前来", 900), ["请于", "2026年11月23日", "前来"]);
        assert_eq!(broken("请在11月23日前来", 500), ["请在", "11月23日", "前来"]);
    }

    #[test]
    fn an_amount_may_begin_a_line() {
        assert_eq!(broken("2,399 度，¥1,747.48", 600), ["2,399 度，", "¥1,747.48"]);
    }

    fn blocks(rows: &[(&str, &str)], widths: [usize; 2]) -> Vec<Vec<SheetLine>> {
        let mut blocks = Blocks { widths, all: Vec::new(), heads: Vec::new() };
        rows.iter().for_each(|(head, text)| blocks.add(&row(head, text), "said".into()));
        blocks.done()
    }

    #[test]
    fn heads_stand_beside_their_texts_or_above_them() {
        let lines = blocks(&[("办理时限", "合计不超过五个工作日")], [400, 600]).concat();
        assert_eq!(words(&lines), [("办理时限", "合计不超过五"), ("", "个工作日")]);
        assert_eq!(
            (lines[0].rule, lines[1].rule, lines[0].said.as_str(), lines[1].said.as_str()),
            (true, false, "said", "")
        );
        let lines = blocks(&[("办理时限", "五个工作日")], [0, 600]).concat();
        assert_eq!(words(&lines), [("办理时限", ""), ("", "五个工作日")]);
        assert!(blocks(&[("电度电价", "")], [400, 600])[0][0].heading);
    }

    #[test]
    fn a_long_head_runs_on_beside_the_entries_that_have_none() {
        let all = blocks(&[("要带的材料", "身份证"), ("", "租约"), ("收费", "不收费")], [300, 600]);
        let wanted = vec![vec![("要带的", "身份证"), ("材料", "租约")], vec![("收费", "不收费")]];
        assert_eq!(all.iter().map(|block| words(block)).collect::<Vec<_>>(), wanted);
        assert_eq!(all[0][1].said, "said", "each entry says itself");
        let alone = blocks(&[("要带的材料", "身份证"), ("收费", "不收费")], [300, 600]).concat();
        assert_eq!(words(&alone), [("要带的", "身份证"), ("材料", ""), ("收费", "不收费")]);
    }

    #[test]
    fn no_entry_is_broken_by_a_page_that_it_fits_on() {
        let rows = [("", "一"), ("价格", ""), ("甲", "二三四五六七八"), ("乙", "九")];
        let lines = paged(blocks(&rows, [200, 400]), 3);
        let wanted = [
            ("", "一"),
            ("", ""),
            ("", ""),
            ("价格", ""),
            ("甲", "二三四五"),
            ("", "六七八"),
            ("价格", ""),
            ("乙", "九"),
        ];
        assert_eq!(words(&lines), wanted);
    }

    #[test]
    fn what_belongs_together_stays_so_or_is_named_again() {
        let rows = [("甲", "一"), ("乙", "二"), ("", "三"), ("", "四")];
        let beside = paged(blocks(&rows, [200, 400]), 3);
        assert_eq!(words(&beside), [("甲", "一"), ("", ""), ("", ""), ("乙", "二"), ("", "三"), ("", "四")]);
        let beside = paged(blocks(&rows[1..], [200, 400]), 2);
        assert_eq!(words(&beside), [("乙", "二"), ("", "三"), ("乙", "四")]);
        let above = paged(blocks(&rows[1..], [0, 400]), 3);
        assert_eq!(words(&above), [("乙", ""), ("", "二"), ("", "三"), ("乙", ""), ("", "四")]);
    }
}
