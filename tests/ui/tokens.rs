//! Every colour, size and duration is a token of `ui/theme.slint`: neither a page nor a widget has one of its own. Read
//! from the sources, comments and strings left out. A page has no fractions either, so that it cannot make a token its
//! own size; halves and whole multiples are the arithmetic of layout. A widget may give its drawing proportions
//! (`self.width * 0.3`), but not to a token.

use std::path::Path;

use crate::kit;

/// Units of length and of time.
const UNITS: [&str; 9] = ["px", "phx", "mm", "cm", "in", "pt", "rem", "ms", "s"];
/// What makes a colour of numbers, or another colour of a colour.
const MAKERS: [&str; 10] =
    ["rgb", "rgba", "hsv", "oklch", "Colors", "brighter", "darker", "mix", "transparentize", "with-alpha"];
/// Colours that have a name; `transparent` is none.
const NAMES: [&str; 14] = [
    "black", "white", "red", "green", "blue", "yellow", "orange", "purple", "pink", "brown", "gray", "grey",
    "cyan", "magenta",
];

/// How much is forbidden.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Page,
    Widget,
}

/// The code without its comments and strings, line for line.
pub fn code(source: &str) -> String {
    let mut code = String::new();
    let mut rest = source.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, rest.peek()) {
            ('/', Some('/')) => while rest.next_if(|c| *c != '\n').is_some() {},
            ('/', Some('*')) => {
                let mut before = ' ';
                for c in rest.by_ref() {
                    if c == '\n' {
                        code.push('\n');
                    }
                    if before == '*' && c == '/' {
                        break;
                    }
                    before = c;
                }
            }
            ('"', _) => {
                code.push('"');
                while let Some(c) = rest.next() {
                    match c {
                        '\\' => drop(rest.next()),
                        '"' => break,
                        _ => {}
                    }
                }
                code.push('"');
            }
            _ => code.push(c),
        }
    }
    code
}

/// Words, numbers with their unit, `#…`, and single signs.
pub fn tokens(line: &str) -> Vec<&str> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '%');
    let mut found = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = if first.is_ascii_digit() {
            rest.find(|c: char| !c.is_alphanumeric() && c != '.' && c != '%')
        } else if first.is_alphabetic() || first == '#' {
            rest[1..].find(|c| !is_word(c)).map(|at| at + 1)
        } else {
            Some(first.len_utf8())
        };
        let (token, after) = rest.split_at(end.unwrap_or(rest.len()));
        found.push(token);
        rest = after.trim_start();
    }
    found
}

/// What in a source is no token, with its line.
fn literals(source: &str, kind: Kind) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in code(source).lines().enumerate() {
        let tokens = tokens(line);
        for (at, token) in tokens.iter().enumerate() {
            let before =
                |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at)).copied().unwrap_or("");
            let after = |on: usize| tokens.get(at + on).copied().unwrap_or("");
            let member = before(1) == ".";
            let maker = MAKERS.contains(token);
            let bad = if token.starts_with('#') || maker {
                true
            } else if NAMES.contains(token) {
                // The part of a colour is no colour.
                !member
            } else if token.starts_with(|c: char| c.is_ascii_digit()) {
                let amount = token.trim_end_matches(|c: char| c.is_alphabetic());
                let unit = &token[amount.len()..];
                // Not a size, but how a length becomes a number and a number a length.
                let converts = kind == Kind::Widget && *token == "1px" && matches!(before(1), "*" | "/");
                let of_token = (before(1) == "*" && before(3) == "." && before(4) == "Theme")
                    || (after(1) == "*" && after(2) == "Theme");
                let fraction = amount.contains('.') && (kind == Kind::Page || of_token);
                fraction || (UNITS.contains(&unit) && *token != "0px" && !converts)
            } else {
                false
            };
            if bad {
                found.push(format!("{}: {token} in “{}”", number + 1, line.trim()));
            }
        }
    }
    found
}

fn faults(folder: &Path, kind: Kind) -> Vec<String> {
    let files = std::fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path());
    let sources: Vec<_> = files.filter(|file| file.extension().is_some_and(|e| e == "slint")).collect();
    assert!(sources.len() > 5, "the sources in {}", folder.display());
    let of = |file: &Path| {
        let source = std::fs::read_to_string(file).expect("a source");
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        literals(&source, kind).into_iter().map(move |found| format!("{name}:{found}")).collect::<Vec<_>>()
    };
    sources.iter().flat_map(|file| of(file)).collect()
}

#[test]
fn no_page_and_no_widget_has_a_colour_size_or_duration_of_its_own() {
    let ui = kit::repository().join("ui");
    let mut found = faults(&ui.join("pages"), Kind::Page);
    found.extend(faults(&ui.join("widgets"), Kind::Widget));
    assert!(found.is_empty(), "make them tokens of ui/theme.slint:\n{}", found.join("\n"));
}

#[test]
fn a_planted_literal_is_found() {
    let everywhere = [
        "background: #00594F;",
        "background: #fff;",
        "color: Colors.red;",
        "color: checked ? white : Theme.ink;",
        "background: rgb(1, 2, 3);",
        "background: hsv(120, 1, 1);",
        "background: Theme.act.darker(20%);",
        "width: 10000px;",
        "padding: 3mm;",
        "spacing: max(Theme.gap, 2phx);",
        "font-size: 1.5rem;",
        "font-size: 12pt;",
        "x: -1px;",
        "y: 1.5px;",
        "animate x { duration: 250ms; }",
        "interval: 0.5s;",
        "padding: Theme.pad * 0.7;",
        "padding: 0.7 * Theme.pad;",
        "/* a remark */ font-size: Theme.heading * 1.1; // a size",
    ];
    let pages = ["width: self.width * 0.55;", "code: Theme.code-least / 1px;", "side: root.modules * 1px;"];
    let neither = [
        "x: 0px;",
        "x: 0;",
        "width: 100%;",
        "padding: Theme.pad / 2;",
        "height: 2 * Theme.gap + Theme.row * 3;",
        "// padding: 3px, #fff, white",
        "/* width: 3px */",
        "text: \"3px \\\" #fff 0.5\";",
        "background: transparent;",
        "shade: root.colour.red;",
        "property <int> ms: 3; // the unit alone",
    ];
    let count = |line: &str, kind| literals(&format!("component A {{\n{line}\n}}"), kind).len();
    for line in everywhere {
        assert_eq!((count(line, Kind::Page), count(line, Kind::Widget)), (1, 1), "{line}");
    }
    for line in pages {
        assert_eq!((count(line, Kind::Page), count(line, Kind::Widget)), (1, 0), "{line}");
    }
    for line in neither {
        assert_eq!((count(line, Kind::Page), count(line, Kind::Widget)), (0, 0), "{line}");
    }
    let two_lines = literals("// one\n/* two\nthree */ x: 3px;", Kind::Page);
    assert_eq!(two_lines, ["3: 3px in “x: 3px;”"]);
}
