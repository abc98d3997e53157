//! The table: Markdown that also reads well on a terminal, and at its head the kind of machine.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

/// A heading, a table and remarks.
#[derive(Clone, Debug)]
pub struct Section {
    title: String,
    rows: Vec<Vec<String>>,
    remarks: Vec<String>,
}

impl Section {
    /// A section whose table has these columns.
    #[must_use]
    pub fn new(title: &str, columns: &[&str]) -> Self {
        let head = columns.iter().map(|&column| column.to_owned()).collect();
        Self { title: title.to_owned(), rows: vec![head], remarks: Vec::new() }
    }

    /// One more row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.to_vec());
    }

    /// A sentence below the table.
    pub fn remark(&mut self, sentence: impl Into<String>) {
        self.remarks.push(sentence.into());
    }

    fn write(&self, out: &mut String) {
        // Writing to a string does not fail.
        let _ = writeln!(out, "## {}\n", self.title);
        let columns = self.rows.first().map_or(0, Vec::len);
        let widest =
            |column: usize| self.rows.iter().filter_map(|row| row.get(column)).map(|c| width(c)).max();
        let widths: Vec<usize> = (0..columns).map(|column| widest(column).unwrap_or(0).max(3)).collect();
        for (number, row) in self.rows.iter().enumerate() {
            for (at, cell) in row.iter().enumerate() {
                let space = widths.get(at).copied().unwrap_or(0).saturating_sub(width(cell));
                // Words stand left, figures right.
                let _ = if at == 0 {
                    write!(out, "| {cell}{} ", " ".repeat(space))
                } else {
                    write!(out, "| {}{cell} ", " ".repeat(space))
                };
            }
            out.push_str("|\n");
            if number == 0 {
                for (at, width) in widths.iter().enumerate() {
                    let line = "-".repeat(width + 1);
                    out.push_str(&if at == 0 { format!("|{line}-") } else { format!("|{line}:") });
                }
                out.push_str("|\n");
            }
        }
        out.push('\n');
        for remark in &self.remarks {
            let _ = writeln!(out, "{remark}\n");
        }
    }
}

/// Columns on a terminal: characters of Chinese take two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if u32::from(c) >= 0x2e80 { 2 } else { 1 }).sum()
}

/// Whether a wish was reached, in words.
#[must_use]
pub fn reach(wish: &str, reached: bool) -> String {
    if reached { format!("{wish}: reached") } else { format!("{wish}: **missed**") }
}

/// The whole report.
#[must_use]
pub fn write(sections: &[Section]) -> String {
    let mut out = format!("# Benchmark\n\n{}\n\n", machine());
    out.push_str(
        "Everything was measured in one run on one machine. The ratios are what counts: on a machine that is shared \
         with others, absolute times are partly noise.\n\n",
    );
    for section in sections {
        section.write(&mut out);
    }
    out
}

/// The kind of machine, without its name.
fn machine() -> String {
    let value = |file: &str, key: &str| {
        let text = fs::read_to_string(file).ok()?;
        let line = text.lines().find(|line| line.starts_with(key))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let model = value("/proc/cpuinfo", "model name").unwrap_or_else(|| "processor".to_owned());
    let memory = value("/proc/meminfo", "MemTotal")
        .and_then(|kib| kib.split(' ').next()?.parse::<u64>().ok())
        .map_or_else(String::new, |kib| format!(", {} GiB of memory", (kib + (1 << 19)) >> 20));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let kernel = kernel.split('-').next().unwrap_or_default().trim();
    let day = Command::new("date").arg("+%F").output();
    let day = day.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned()).unwrap_or_default();
    format!("{day}, {cores} cores ({model}){memory}, Linux {kernel}, no graphics hardware.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_markdown_and_lines_up() {
        let mut section = Section::new("T", &["what", "n"]);
        section.row(["a".to_owned(), "1234".to_owned()]);
        section.row(["电费".to_owned(), "5".to_owned()]);
        section.remark("R.");
        let mut out = String::new();
        section.write(&mut out);
        assert_eq!(
            out,
            "## T\n\n| what |    n |\n|------|-----:|\n| a    | 1234 |\n| 电费 |    5 |\n\nR.\n\n"
        );
    }
}
