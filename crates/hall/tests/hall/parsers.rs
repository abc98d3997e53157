//! Every file of a hall's folder, bent: the folder loads as a whole or every mistake names its file; never a panic. What
//! loads can be calculated with.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;

use jiff::civil::date;
use powerhall_hall::{Hall, Usage};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::folder;
use crate::mistakes::copy;

/// All files below the folder, by their names in it.
fn files(of: &std::path::Path, below: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(of).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            files(&entry.path(), &format!("{name}/"), found);
        } else {
            found.push(name);
        }
    }
}

#[test]
fn a_folder_with_any_file_bent_loads_or_is_refused() {
    let copied = tempfile::tempdir().unwrap();
    copy(&folder(), copied.path());
    let mut names = Vec::new();
    files(copied.path(), "", &mut names);
    assert!(names.len() > 10, "{names:?}");
    let (loaded, refused) = (Cell::new(0), Cell::new(0));
    // Files of one folder are read by the same code, so they share its cases.
    let folder_of = |name: &str| name.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    let mut sizes: BTreeMap<String, u32> = BTreeMap::new();
    for name in &names {
        *sizes.entry(folder_of(name)).or_default() += 1;
    }
    for name in names {
        let cases = (72 / sizes[&folder_of(&name)]).clamp(2, 12);
        let path = copied.path().join(&name);
        let good = fs::read_to_string(&path).unwrap();
        let strategy = prop_oneof![powerhall_mangle::lines(&good), powerhall_mangle::text(&good)];
        let mut runner = TestRunner::new(ProptestConfig::with_cases(cases));
        let all = runner.run(&strategy, |bent| {
            fs::write(&path, &bent).unwrap();
            match Hall::load(copied.path()) {
                Ok(hall) => {
                    loaded.set(loaded.get() + 1);
                    for class in hall.tariffs.keys() {
                        let usage = Usage::default();
                        let _ = hall.charge(class, "2026-11".parse().unwrap(), &usage, i64::MAX, i64::MAX);
                    }
                    let _ = hall.published(date(2026, 11, 24).at(10, 0, 0, 0));
                }
                Err(errors) => {
                    refused.set(refused.get() + 1);
                    prop_assert!(!errors.0.is_empty());
                    prop_assert!(errors.0.iter().all(|m| !m.to_string().is_empty()));
                }
            }
            Ok(())
        });
        all.unwrap_or_else(|error| panic!("{name}: {error}"));
        fs::write(&path, good).unwrap();
    }
    let (loaded, refused) = (loaded.get(), refused.get());
    assert!(loaded > 20 && refused > 20, "{loaded} loaded, {refused} refused");
}
