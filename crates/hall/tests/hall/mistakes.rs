//! Loading names every mistake of a folder at once, each with its file, key, value and what is allowed.

use std::{fs, path::Path};

use powerhall_hall::{Hall, HallErrors, Mistake, Usage};
use powerhall_money::Fen;

use crate::folder;

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target)
        } else {
            fs::copy(entry.path(), target).map(drop).unwrap();
        }
    }
}

/// Loads a copy of the shipped folder with texts replaced in some files.
pub fn changed(changes: &[(&str, &str, &str)]) -> Result<Hall, HallErrors> {
    let copied = tempfile::tempdir().unwrap();
    copy(&folder(), copied.path());
    for (file, from, to) in changes {
        let path = copied.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }
    Hall::load(copied.path())
}

pub fn broken(changes: &[(&str, &str, &str)]) -> Vec<Mistake> {
    changed(changes).map(drop).expect_err("must not load").0
}

#[test]
fn names_every_mistake_in_one_go() {
    let mistakes = broken(&[
        ("tariffs/resident_step.toml", "flat = 5380", "flat = 0.538"),
        ("tariffs/resident_step.toml", "above_kwh = 4800", "above_kwh = 2000"),
        ("tariffs/industry_two_part.toml", "high = 69", "high = 68"),
        ("tariffs/business_single.toml", "per_kwh = 190", "per_kwh = 8200"),
        ("tariffs/business_single.toml", "name = \"major_hydro\"", "name = \"majorhydro\""),
        ("late_fees.toml", "minimum_fen = 100", "minimum_fen = -1"),
        ("late_fees.toml", "effective = 1996-10-08", "effective = \"1996-10-08\""),
        ("taxes.toml", "percent = 16", "percent = 31"),
        ("holidays/2026.toml", "2026-01-04,", "2026-01-05,"),
        ("services/close.toml", "move = \"company\"", "move = \"companie\""),
        ("services/rename.toml", "order = 100", "ordre = 100"),
        ("texts/en.toml", "connect = \"Metering and connection\"", ""),
        ("texts/en.toml", "{capacity} kVA", "{kva} kVA"),
        ("texts/zh_CN.toml", "hotline =", "hot_line ="),
        ("promises.toml", "certain = true", ""),
        ("notices/cash.toml", "\"cash_right\"", "\"cash_left\""),
        ("catalogue.toml", "\"progress\", ", "\"progress\", \"pay\", \"news\", "),
        ("catalogue.toml", "\"promises\"", "\"taxes\", \"guides/../promises\""),
        ("catalogue.toml", "key = \"holder\"", "key = \"holders\""),
        ("plans.toml", "high_months = 12", "high_months = 0"),
        ("call_backs.toml", "working_days = 1", "working_day = 1"),
        ("services/meter_test.toml", "role = \"metering_engineer\"", "role = \"somebody\""),
        ("services/hv_increase.toml", "until = \"works\"", "until = \"submitted\""),
        ("services/hv_single_new.toml", "answered = \"plan_confirm\"", "answered = \"plan\""),
        ("catalogue.toml", "seconds = 15", "seconds = 9"),
        (
            "catalogue.toml",
            "[attract]",
            "[[hours]]\ntile = \"cash\"\nfrom = 17:30:00\nuntil = 08:30:00\n[[hours]]\ntile = \"pay\"\nfrom = \"8:30\"\nuntil = 17:30:00\n[attract]",
        ),
        ("catalogue.toml", "languages = [\"zh_CN\", \"en\"]", "languages = [\"zh_CN\", \"ug\"]"),
        (
            "catalogue.toml",
            "sheets = [\"notices/safety\"",
            "sheets = [\"outages\", \"late_fees\", \"notices/safety\"",
        ),
        ("notices/safety.toml", "lines =", "from = 2026-12-01\nuntil = 2026-11-30\nlines ="),
    ]);
    let found = |file: &str, key: &str| {
        mistakes
            .iter()
            .find(|mistake| mistake.file == file && mistake.key == key)
            .unwrap_or_else(|| panic!("{file} {key} is not named in {mistakes:#?}"))
    };
    let price = found("tariffs/resident_step.toml", "versions[0].energy.flat");
    assert_eq!((price.value.as_str(), price.allowed.as_str()), ("0.538", "a whole number from 0 to 100000"));
    found("tariffs/resident_step.toml", "versions[0].steps[1].above_kwh");
    found("tariffs/industry_two_part.toml", "versions[0].power_factor.bands[3].high");
    // No more than what the funds before it leave of the price.
    let fund = found("tariffs/business_single.toml", "versions[0].funds[2].per_kwh");
    assert_eq!(fund.allowed, "a whole number from 1 to 8175");
    found("tariffs/business_single.toml", "fund.majorhydro");
    assert_eq!(found("late_fees.toml", "versions[0].minimum_fen").value, "-1");
    found("late_fees.toml", "versions[0].effective");
    assert_eq!(found("taxes.toml", "versions[0].percent").value, "31");
    assert_eq!(found("holidays/2026.toml", "working_weekends").value, "2026-01-05");
    assert_eq!(found("services/close.toml", "stages[0].states[0].move").allowed, "company, customer, nobody");
    found("services/rename.toml", "order");
    found("services/rename.toml", "ordre");
    found("texts/en.toml", "stage.connect");
    found("texts/en.toml", "summary.high");
    found("texts/zh_CN.toml", "promise.hotline");
    found("texts/en.toml", "promise.hot_line");
    found("promises.toml", "certain");
    found("notices/cash.toml", "line.cash_left");
    found("catalogue.toml", "group.holders");
    found("plans.toml", "versions[0].high_months");
    found("call_backs.toml", "working_days");
    found("services/meter_test.toml", "role.somebody");
    found("services/hv_increase.toml", "plan.until");
    found("services/hv_single_new.toml", "plan.answered");
    let named = |key: &str| -> Vec<_> {
        let named = mistakes.iter().filter(|mistake| mistake.file == "catalogue.toml" && mistake.key == key);
        named.map(|mistake| mistake.value.as_str()).collect()
    };
    assert_eq!(named("tiles"), ["pay", "news"]);
    assert_eq!(named("shelves[1].groups[3].sheets"), ["taxes", "guides/../promises"]);
    assert_eq!(named("attract.seconds"), ["9"]);
    assert_eq!(named("hours[0].tile"), ["cash"]);
    assert_eq!(found("catalogue.toml", "hours[0].until").allowed, "later than 17:30:00");
    assert_eq!(named("hours[1].from"), ["\"8:30\""]);
    assert_eq!(named("attract.languages"), ["ug"]);
    assert_eq!(named("attract.sheets"), ["outages", "late_fees"]);
    assert_eq!(found("notices/safety.toml", "until").allowed, "2026-12-01 or later");
}

#[test]
fn names_the_line_of_what_is_not_toml() {
    let mistakes = broken(&[("late_fees.toml", "certain = true", "certain = = true")]);
    assert_eq!(mistakes[0].file, "late_fees.toml");
    assert_eq!(mistakes[0].key, "(line 6)");
}

#[test]
fn a_language_without_its_words_is_named_key_by_key() {
    let copied = tempfile::tempdir().unwrap();
    copy(&folder(), copied.path());
    fs::write(copied.path().join("texts/ug.toml"), "[stage]\naccept = \"…\"\n").unwrap();
    let mistakes = Hall::load(copied.path()).map(drop).expect_err("must not load").0;
    let all = Hall::load(&folder()).unwrap().texts.keys().count();
    assert_eq!(mistakes.len(), all - 1);
    assert!(mistakes.iter().all(|mistake| mistake.file == "texts/ug.toml"));
}

#[test]
fn an_empty_folder_says_what_is_missing() {
    let empty = tempfile::tempdir().unwrap();
    let mistakes = Hall::load(empty.path()).map(drop).expect_err("must not load").0;
    for file in [
        "tariffs",
        "late_fees.toml",
        "fees",
        "guides",
        "holidays",
        "services",
        "promises.toml",
        "plans.toml",
        "call_backs.toml",
        "notices",
        "catalogue.toml",
        "texts",
    ] {
        assert!(mistakes.iter().any(|mistake| mistake.file == file), "{file}");
    }
}

#[test]
fn stages_and_states_follow_their_rules() {
    let stage = "[[stages]]\nkey = \"survey\"\nstates = [{ key = \"extra\", move = \"company\" }]\n\n";
    let eighth = format!("{stage}[[stages]]");
    let mistakes = broken(&[
        ("services/hv_dual_new.toml", "[[stages]]", &eighth),
        ("services/rename.toml", "move = \"company\"", "move = \"nobody\""),
        ("services/transfer.toml", "key = \"archiving\"", "key = \"submitted\""),
        ("services/pause.toml", ", place = \"site\"", ""),
    ]);
    let said = |file: &str, key: &str, value: &str| {
        assert!(
            mistakes
                .iter()
                .any(|mistake| mistake.file == file && mistake.key == key && mistake.value == value),
            "{file} {key} in {mistakes:#?}"
        );
    };
    said("services/hv_dual_new.toml", "stages", "8 stages");
    said("services/rename.toml", "submitted.move", "nobody");
    said("services/transfer.toml", "key", "submitted");
    said("services/pause.toml", "stages[3].states[1].place", "(missing)");
}

/// Wherever a source stands.
#[test]
fn words_of_a_source_that_no_language_has_are_named() {
    let other = |file: &'static str| (file, "source_words = \"", "source_words = \"no_");
    let added = |file: &'static str| (file, "certain = ", "source_words = \"no_words\"\ncertain = ");
    let mistakes = broken(&[
        added("tariffs/business_single.toml"),
        ("tariffs/industry_two_part.toml", "per_kwh = ", "source_words = \"no_words\"\nper_kwh = "),
        other("services/close.toml"),
        added("fees/high_reliability.toml"),
        other("fees/temporary_connection.toml"),
        other("guides/close.toml"),
        // A document says what the guide does, and none that it costs nothing.
        other("guides/pause_resume.toml"),
        other("notices/safety.toml"),
        added("late_fees.toml"),
        added("taxes.toml"),
        other("plans.toml"),
        other("call_backs.toml"),
        other("promises.toml"),
    ]);
    let named: Vec<_> =
        mistakes.iter().map(|mistake| (mistake.file.as_str(), mistake.key.as_str())).collect();
    let wanted = [
        ("tariffs/business_single.toml", "source.no_words"),
        ("tariffs/industry_two_part.toml", "source.no_words"),
        ("services/close.toml", "source.no_own_limit"),
        ("fees/high_reliability.toml", "source.no_words"),
        ("fees/temporary_connection.toml", "source.no_temporary_refunded"),
        ("guides/close.toml", "source.no_own_guide"),
        ("guides/pause_resume.toml", "source.no_resume_free"),
        ("notices/safety.toml", "source.no_own_safety"),
        ("late_fees.toml", "source.no_words"),
        ("taxes.toml", "source.no_words"),
        ("plans.toml", "source.no_plan_validity"),
        ("call_backs.toml", "source.no_call_back"),
        ("promises.toml", "source.no_ten_promises"),
    ];
    assert_eq!(named, wanted);
    for mistake in &mistakes {
        let said = (mistake.value.as_str(), mistake.allowed.as_str());
        assert_eq!(said, ("(missing)", "a key that every file in texts/ has"), "{mistake}");
    }
    let empty = broken(&[("notices/three_free.toml", "words = \"three_free\"", "words = \"\"")]);
    let [mistake] = &empty[..] else { panic!("{empty:#?}") };
    assert_eq!((mistake.key.as_str(), mistake.value.as_str()), ("source_words", "\"\""));
}

#[test]
fn a_new_price_holds_from_its_day_wherever_it_stands_in_the_file() {
    let newer = "[[versions]]\neffective = 2026-10-01\nsource = \"新价格文件\"\ncertain = true\n\
                 [versions.energy]\nflat = 6000\n\n[[versions]]\neffective = 2012-07-01";
    let older = "[[versions]]\neffective = 2012-07-01";
    let hall =
        changed(&[("tariffs/resident_step.toml", older, newer)]).unwrap_or_else(|errors| panic!("{errors}"));
    let cost = |month: &str| {
        let usage = Usage { flat: 100, ..Usage::default() };
        hall.charge("resident_step", month.parse().unwrap(), &usage, 0, 0).unwrap().total
    };
    assert_eq!((cost("2026-09"), cost("2026-10")), (Fen::new(5380), Fen::new(6000)));
    let twice = newer.replace("2026-10-01", "2012-07-01");
    let mistakes = broken(&[("tariffs/resident_step.toml", older, &twice)]);
    assert_eq!((mistakes[0].key.as_str(), mistakes[0].value.as_str()), ("versions", "2012-07-01"));
}
