//! docs/services.md names a test and a picture for each service: every one of them exists, and no cell is empty.

use std::fs;
use std::path::{Path, PathBuf};

use crate::kit;

/// The numbered services.
const SERVICES: usize = 12;

/// The cells of the table's rows: service, what works, test, picture.
fn rows() -> Vec<Vec<String>> {
    let text = fs::read_to_string(kit::repository().join("docs/services.md")).expect("docs/services.md");
    let rows = text.lines().filter(|line| line.starts_with('|')).skip(2);
    let cells = |row: &str| -> Vec<String> {
        row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    rows.map(cells).collect()
}

/// What stands in a cell as code.
fn names(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// Where the tests of a crate, or of one of the programs here, may be.
fn places(krate: &str) -> Vec<PathBuf> {
    let top = kit::repository();
    match krate {
        "process" | "ui" | "audit" => vec![top.join("tests").join(krate)],
        _ => {
            let folder = top.join("crates").join(krate);
            vec![folder.join("tests").join(krate), folder.join("tests"), folder.join("src")]
        }
    }
}

/// The source of a module and of those in it; empty where there is none.
fn source(module: &Path) -> String {
    let mut text = fs::read_to_string(module.with_extension("rs")).unwrap_or_default();
    for entry in fs::read_dir(module).into_iter().flatten().flatten() {
        text += &fs::read_to_string(entry.path()).unwrap_or_default();
    }
    text
}

/// Whether a function of this name is a test: an attribute that says so stands before it.
fn is_test(source: &str, name: &str) -> bool {
    let function = format!("fn {name}(");
    source.match_indices(&function).any(|(at, _)| {
        let before = source[..at].trim_end();
        let before = before.strip_suffix("async").unwrap_or(before).trim_end();
        before.lines().next_back().is_some_and(|line| line.trim().starts_with("#[") && line.contains("test"))
    })
}

/// Whether `crate::module` or `crate::module::test` is there: a module has tests, and a test is one.
fn exists(name: &str) -> bool {
    let parts: Vec<&str> = name.split("::").collect();
    let [krate, modules @ ..] = parts.as_slice() else { return false };
    let module_of = |place: &PathBuf, modules: &[&str]| {
        source(&modules.iter().fold(place.clone(), |path, name| path.join(name)))
    };
    places(krate).iter().any(|place| {
        let Some((last, before)) = modules.split_last() else { return false };
        module_of(place, modules).contains("test]")
            || (!before.is_empty() && is_test(&module_of(place, before), last))
    })
}

#[test]
fn every_service_has_a_test_and_a_picture_that_exist() {
    let rows = rows();
    assert_eq!(rows.len(), SERVICES);
    let mut wrong = Vec::new();
    for (number, row) in (1..).zip(&rows) {
        let [service, _, tests, pictures] = row.as_slice() else {
            panic!("row {number} has {} cells", row.len());
        };
        assert!(service.starts_with(&format!("{number} ")), "{service}");
        wrong.extend(row.iter().filter(|cell| cell.is_empty()).map(|_| format!("{service}: an empty cell")));
        // `…::test` is in the module of the name before it.
        let mut module = String::new();
        let mut found = 0;
        for name in names(tests) {
            let name = name.replace('…', &module);
            if !exists(&name) {
                wrong.push(format!("{service}: no test {name}"));
            }
            let parts: Vec<&str> = name.splitn(3, "::").take(2).collect();
            module = parts.join("::");
            found += 1;
        }
        if found == 0 {
            wrong.push(format!("{service}: names no test"));
        }
        let mut found = 0;
        for name in names(pictures) {
            if !kit::repository().join("tests/golden/sheets").join(name).exists() {
                wrong.push(format!("{service}: no picture {name}"));
            }
            found += 1;
        }
        if found == 0 {
            wrong.push(format!("{service}: names no picture"));
        }
    }
    assert!(wrong.is_empty(), "docs/services.md:\n{}", wrong.join("\n"));
}

#[test]
fn what_does_not_exist_is_noticed() {
    assert!(exists("process::bills::reads_a_bill_and_pays_on") && exists("process::bills"));
    for name in
        ["process::bills::reads_no_bill", "process::no_such", "no_such::bills", "process", "process::kit::is"]
    {
        assert!(!exists(name), "{name}");
    }
}
