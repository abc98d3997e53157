//! Sheets in lines: the entries of a sheet are broken where their language allows it, so that each line has the same
//! height and a page ends between two of them. A letter is taken as wide as the widest of its kind, so no line is too long.

use std::collections::{BTreeSet, VecDeque};

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
        let whole = head_width + text_width;
        // A heading is bold, and so at most an eighth wider.
        let heads = broken(
            &row.head,
            if heading {
                whole * 8 / 9
            } else if beside {
                head_width
            } else {
                whole
            },
        );
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
            first.opens = row.opens;
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
/// be broken does. What goes on over the page's end has its heading and its name said again, where a page has room for that.
fn paged(entries: Vec<Vec<SheetLine>>, page: usize) -> Vec<SheetLine> {
    let mut pages = Pages { lines: Vec::new(), page, beside: VecDeque::new() };
    for group in groups(entries) {
        let whole: usize = group.iter().map(Vec::len).sum();
        if whole > pages.room() && whole <= page {
            pages.turn();
        }
        let mut again = Again::default();
        for (at, block) in group.into_iter().enumerate() {
            again.learn(&block);
            let goes_on = at > 0;
            let above = if goes_on { again.above(is_named(&block)).len() } else { 0 };
            if block.len() > pages.room()
                && (block.len() <= page
                    || pages.room() <= block.iter().take_while(|line| line.text.is_empty()).count())
            {
                pages.turn();
            }
            // Rather without its heading than broken.
            let bare = block.len() <= page && block.len() + above > page;
            pages.add(block, &again, goes_on && !bare);
        }
    }
    pages.lines
}

/// The pages so far, line for line.
struct Pages {
    lines: Vec<SheetLine>,
    /// Lines of a page.
    page: usize,
    /// What is left to be said again beside the lines of this page.
    beside: VecDeque<SharedString>,
}

impl Pages {
    /// Lines that are left on this page.
    fn room(&self) -> usize {
        self.page - self.lines.len() % self.page
    }

    /// Fills the page up.
    fn turn(&mut self) {
        if !self.is_new() {
            self.lines.resize_with(self.lines.len() + self.room(), SheetLine::default);
        }
    }

    const fn is_new(&self) -> bool {
        self.lines.len().is_multiple_of(self.page)
    }

    /// Adds an entry; where it opens a page and `goes_on` what is before it, or where it runs over a page's end itself, what
    /// it belongs to is said again.
    fn add(&mut self, block: Vec<SheetLine>, again: &Again, goes_on: bool) {
        let named = is_named(&block);
        for (at, mut line) in block.into_iter().enumerate() {
            let of_it = named && at == 0;
            if self.is_new() && (at > 0 || goes_on) && again.above(of_it).len() < self.page {
                self.lines.extend(again.above(of_it));
                self.beside = again.beside();
            }
            if !line.head.is_empty() {
                self.beside.clear();
            } else if let Some(head) = self.beside.pop_front() {
                line.head = head;
            }
            self.lines.push(line);
        }
    }
}

/// What goes on: its heading, and the name of the entry that the others belong to.
#[derive(Default)]
struct Again {
    heading: Vec<SheetLine>,
    name: Vec<SheetLine>,
}

impl Again {
    fn learn(&mut self, block: &[SheetLine]) {
        let heads = |heading| {
            let of = move |line: &&SheetLine| line.heading == heading && !line.head.is_empty();
            block.iter().filter(of).cloned().collect::<Vec<_>>()
        };
        if block.first().is_some_and(|line| line.heading) {
            self.heading = heads(true);
        }
        if !heads(false).is_empty() {
            self.name = heads(false);
        }
    }

    /// What is said above the line that opens a page: one that has a name of its own needs the heading alone.
    fn above(&self, named: bool) -> Vec<SheetLine> {
        let name = self.name.iter().filter(|line| !named && self.is_above() && !line.head.is_empty());
        let said = self.heading.iter().chain(name);
        said.map(|line| SheetLine { head: line.head.clone(), heading: line.heading, ..SheetLine::default() })
            .collect()
    }

    fn beside(&self) -> VecDeque<SharedString> {
        if self.is_above() {
            VecDeque::new()
        } else {
            self.name.iter().map(|line| line.head.clone()).collect()
        }
    }

    /// Names stand above what they are of, not beside it.
    fn is_above(&self) -> bool {
        self.name.iter().all(|line| line.text.is_empty())
    }
}

/// It has a name, or is a heading.
fn is_named(block: &[SheetLine]) -> bool {
    block.first().is_some_and(|line| !line.head.is_empty())
}

/// Entries that belong together; a heading and the first below it are one.
fn groups(entries: Vec<Vec<SheetLine>>) -> Vec<Vec<Vec<SheetLine>>> {
    let mut groups: Vec<Vec<Vec<SheetLine>>> = Vec::new();
    // A heading that has nothing below it yet.
    let mut heading: Vec<SheetLine> = Vec::new();
    let mut headed = false;
    for entry in entries {
        let (is_heading, opens) = entry.first().map_or((false, false), |line| (line.heading, line.opens));
        match groups.last_mut() {
            _ if is_heading => {
                groups.extend((!heading.is_empty()).then(|| vec![std::mem::take(&mut heading)]));
                heading = entry;
            }
            _ if !heading.is_empty() => {
                groups.push(vec![[std::mem::take(&mut heading), entry].concat()]);
                headed = true;
            }
            Some(group) if !opens && (headed || !is_named(&entry)) => group.push(entry),
            Some(_) | None => {
                groups.push(vec![entry]);
                headed = false;
            }
        }
    }
    groups.extend((!heading.is_empty()).then_some(vec![heading]));
    groups
}

/// Breaks a text into lines of at most `width` hundredths of the letters' size. What cannot be broken stays whole.
fn broken(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let (mut start, mut end) = (0, 0);
    for at in ends(text, width) {
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

/// Where a line may end: by Unicode's rules (UAX 14), and after a full-width mark before an amount, where they know none.
/// What belongs into one line is taken apart only where it is longer than a line.
fn ends(text: &str, width: usize) -> BTreeSet<usize> {
    let known = unicode_linebreak::linebreaks(text).map(|(at, _)| at);
    let before_amounts = text.match_indices('¥').map(|(at, _)| at);
    let all: BTreeSet<usize> = known
        .chain(before_amounts.filter(|at| text[..*at].ends_with(['，', '、', '；', '：', '。'])))
        .collect();
    let mut ends: BTreeSet<usize> = all.iter().copied().filter(|at| !are_one(text, *at)).collect();
    let mut start = 0;
    for end in ends.clone() {
        if wide(text[start..end].trim_end()) > width {
            ends.extend(all.range(start + 1..end));
        }
        start = end;
    }
    ends
}

/// Units of more than one character.
const UNITS: [&str; 5] = ["千伏安", "千伏", "千瓦时", "千瓦", "工作日"];

/// Korean is broken between words.
const fn is_hangul(letter: char) -> bool {
    matches!(letter, '가'..='힣')
}

/// A number and its unit, the parts of a date, and a Korean word stand in one line: `10 千伏`, `11月23日`. What is written without spaces
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
        || (is_hangul(last) && is_hangul(first))
}

/// How wide a text is, in hundredths of the letters' size: Han characters and Hangul are squares, and the others as wide as in
/// Noto Sans CJK SC, regular, rounded up.
fn wide(text: &str) -> usize {
    let letter = |letter: char| match letter {
        ' ' => 23,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' => 30,
        '!' | 'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '-' | '/' => 40,
        's' | 'z' | 'x' | 'c' | 'v' | 'y' => 53,
        '0'..='9' | '¥' | '+' | '=' | 'a' | 'e' | 'g' | 'k' | 'F' | 'J' | 'L' | 'Y' => 57,
        'b' | 'd' | 'h' | 'n' | 'o' | 'p' | 'q' | 'u' | 'A' | 'E' | 'P' | 'R' | 'S' | 'T' | 'V' | 'X'
        | 'Z' => 64,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 95,
        _ if letter.is_ascii() => 76,
        _ => 100,
    };
    text.chars().map(letter).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(head: &str, text: &str) -> SheetRow {
        SheetRow { head: head.into(), text: text.into(), opens: false }
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
        assert_eq!(broken("请于2026年11月23日前来", 900), ["请于", "2026年11月23日前", "来"]);
        assert_eq!(broken("请在11月23日前来", 500), ["请在", "11月23日", "前来"]);
    }

    #[test]
    fn an_amount_may_begin_a_line() {
        assert_eq!(broken("2,399 度，¥1,747.48", 600), ["2,399 度，", "¥1,747.48"]);
    }

    #[test]
    fn a_korean_word_stays_whole_where_a_line_holds_it() {
        assert_eq!(broken("고객센터에 전화하십시오", 700), ["고객센터에", "전화하십시오"]);
        assert_eq!(broken("전화하십시오", 400), ["전화하십", "시오"]);
    }

    /// Debian's fonts-noto-cjk, as `scripts/install` has it; its third font is the Chinese one.
    #[test]
    fn no_letter_is_wider_than_it_is_taken_for() {
        use skrifa::MetadataProvider;
        use skrifa::instance::{LocationRef, Size};
        for (name, most) in [("Regular", 1.0), ("Bold", 9.0 / 8.0)] {
            let path = format!("/usr/share/fonts/opentype/noto/NotoSansCJK-{name}.ttc");
            let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            let font = skrifa::FontRef::from_index(&bytes, 2).expect("a collection of fonts");
            let widths = font.glyph_metrics(Size::new(100.0), LocationRef::default());
            for letter in (' '..='~').chain("¥×·“”…–汉字전화，。".chars()) {
                let glyph = font.charmap().map(letter).expect("a letter of the font");
                let drawn = widths.advance_width(glyph).expect("a width");
                let taken = wide(letter.encode_utf8(&mut [0; 4])) as f32 * most;
                assert!(drawn <= taken, "{name} {letter}: {drawn} > {taken}");
            }
        }
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

    #[test]
    fn a_name_is_not_left_alone_at_a_page_s_end_and_stands_above_what_goes_on() {
        let rows = [("临时", ""), ("状态", "一二三四"), ("原因", "五六七八九十"), ("", "甲乙丙丁戊")];
        let lines = paged(blocks(&rows, [0, 400]), 4);
        let wanted = [
            ("临时", ""),
            ("状态", ""),
            ("", "一二三四"),
            ("", ""),
            ("临时", ""),
            ("原因", ""),
            ("", "五六七八"),
            ("", "九十"),
            ("临时", ""),
            ("原因", ""),
            ("", "甲乙丙丁"),
            ("", "戊"),
        ];
        assert_eq!(words(&lines), wanted);
        // What is longer than a page goes on under its names.
        let lines = paged(blocks(&[("原因", "五六七八九十甲乙丙丁戊")], [0, 400]), 3);
        let wanted = [("原因", ""), ("", "五六七八"), ("", "九十甲乙"), ("原因", ""), ("", "丙丁戊")];
        assert_eq!(words(&lines), wanted);
    }

    #[test]
    fn what_opens_is_not_under_the_heading_before() {
        let rows = [("价格", ""), ("甲", "一"), ("依据", "二")];
        let under = paged(blocks(&rows, [200, 400]), 2);
        assert_eq!(words(&under), [("价格", ""), ("甲", "一"), ("价格", ""), ("依据", "二")]);
        let mut opens = blocks(&rows, [200, 400]);
        opens[2][0].opens = true;
        assert_eq!(words(&paged(opens, 2)), [("价格", ""), ("甲", "一"), ("依据", "二")]);
    }
}
