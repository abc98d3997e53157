//! The pages about money name tests, classes and faults; what they name must be there.

use std::path::{Path, PathBuf};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All Rust code of the folders, as one text.
fn code(folder: &Path, text: &mut String) {
    for file in std::fs::read_dir(folder).expect("a folder") {
        let path = file.expect("reads").path();
        if path.is_dir() {
            code(&path, text);
        } else if path.extension().is_some_and(|end| end == "rs") {
            text.push_str(&std::fs::read_to_string(&path).expect("reads"));
        }
    }
}

/// Words between backticks that only code can mean: several parts, small letters, digits, underscores.
fn names(page: &str) -> impl Iterator<Item = &str> {
    let quoted = page.split('`').skip(1).step_by(2).flat_map(|quoted| quoted.split([' ', ':', '(', '.']));
    quoted.filter(|word| {
        word.matches('_').count() >= 2
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    })
}

#[test]
fn what_the_pages_about_money_name_is_there() {
    let mut text = String::new();
    for folder in ["crates", "sim", "src", "tests"] {
        code(&repository().join(folder), &mut text);
    }
    let words: std::collections::BTreeSet<&str> =
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let mut checked = 0;
    for page in ["money.md", "faults.md"] {
        let page = std::fs::read_to_string(repository().join("docs").join(page)).expect("a page");
        // Code in fences is run by people, not named.
        let prose: String = page.split("```").step_by(2).collect();
        for name in names(&prose) {
            assert!(words.contains(name), "{name} is named, and is nowhere");
            checked += 1;
        }
    }
    assert!(checked > 60, "only {checked} names were found");
}
