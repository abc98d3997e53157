//! Guides: one for each service, in step with it, and every mistake in one is named.

use std::collections::BTreeSet;
use std::fs;

use powerhall_hall::{Applicant, Cost, Hall};

use crate::mistakes::{broken, copy};
use crate::{HALL, folder};

#[test]
fn every_service_has_its_guide_in_every_language() {
    let services: Vec<_> = HALL.services.keys().collect();
    assert_eq!(HALL.guides.keys().collect::<Vec<_>>(), services);
    let languages = HALL.texts.languages().count();
    for (key, guide) in &HALL.guides {
        let service = &HALL.services[key];
        assert_eq!(HALL.steps(service).len(), service.stages.len());
        let limit = HALL.limit(service).unwrap_or_else(|| panic!("{key} has a limit"));
        let days = service.promise.as_ref().unwrap().working_days.to_string();
        assert!(limit.len() == languages && limit.values().all(|words| words.contains(&days)), "{key}");
        assert!(HALL.cost(guide).iter().all(|words| words.len() == languages), "{key}");
    }
}

#[test]
fn a_guide_says_what_the_service_will_ask_for() {
    for (key, guide) in &HALL.guides {
        let listed: BTreeSet<_> = guide.documents.iter().flat_map(|documents| &documents.bring).collect();
        let (_, missing) = HALL.services[key].state("papers_missing").unwrap();
        for paper in &missing.bring {
            assert!(listed.contains(paper), "{key}: {paper} is asked for, but not in the guide");
        }
        assert_eq!(missing.place.as_ref(), Some(&guide.counter), "{key}");
    }
}

#[test]
fn who_may_apply_finds_the_papers_to_bring() {
    for (key, guide) in &HALL.guides {
        let may = |who: &str| guide.who.iter().any(|one| one == who);
        let has = |applicant| guide.documents.iter().any(|documents| documents.applicant == applicant);
        assert_eq!(may("tenant"), has(Applicant::Tenant), "{key}");
        assert_eq!(may("agent"), has(Applicant::Agent), "{key}");
        assert!(has(Applicant::Person) || has(Applicant::Company), "{key}");
        let order: Vec<_> = guide.documents.iter().map(|documents| documents.applicant).collect();
        assert!(order.is_sorted(), "{key}: {order:?}");
    }
    let met: BTreeSet<_> = HALL
        .guides
        .values()
        .flat_map(|guide| &guide.documents)
        .collect::<Vec<_>>()
        .iter()
        .map(|documents| documents.applicant)
        .collect();
    assert_eq!(met, BTreeSet::from(Applicant::ALL));
}

/// Whoever is asked for the reliability fee on the way was told so before.
#[test]
fn a_guide_names_the_fee_that_the_service_will_ask_for() {
    for (key, guide) in &HALL.guides {
        let asked = HALL.services[key].state("reliability_fee").is_some();
        let told =
            matches!(&guide.cost, Cost::Fees(fees) if fees.iter().any(|fee| fee == "high_reliability"));
        assert_eq!(asked, told, "{key}");
    }
    assert_eq!(HALL.cost(&HALL.guides["hv_dual_new"])[0]["zh_CN"], "高可靠性供电费");
    assert_eq!(HALL.cost(&HALL.guides["rename"])[0]["en"], "No charge");
}

#[test]
fn a_missing_guide_and_a_guide_to_nothing_are_named() {
    let copied = tempfile::tempdir().unwrap();
    copy(&folder(), copied.path());
    let guides = copied.path().join("guides");
    fs::rename(guides.join("merge.toml"), guides.join("marge.toml")).unwrap();
    // A guide or a service that cannot be read is named once, not again as missing.
    fs::write(guides.join("split.toml"), "who = = 1").unwrap();
    fs::write(copied.path().join("services/pause.toml"), "order = = 1").unwrap();
    let mistakes = Hall::load(copied.path()).map(drop).expect_err("must not load").0;
    let named: Vec<_> = mistakes
        .iter()
        .map(|mistake| (mistake.file.as_str(), mistake.key.as_str(), mistake.allowed.as_str()))
        .collect();
    assert_eq!(
        named,
        [
            ("services/pause.toml", "(line 1)", "TOML"),
            ("guides/split.toml", "(line 1)", "TOML"),
            ("guides/merge.toml", "(file)", "a guide to the service merge"),
            ("guides/marge.toml", "(file name)", "the name of a file in services/"),
            (
                "catalogue.toml",
                "shelves[0].groups[2].sheets",
                "a file of guides/, tariffs/, fees/ or notices/, or promises, late_fees, calculator, outages"
            ),
        ]
    );
}

#[test]
fn every_mistake_in_a_guide_names_key_value_and_what_is_allowed() {
    let dual = "fees = [\"high_reliability\"]";
    let people = "applicant = \"person\"\nbring = [\"applicant_id\", \"name_change_proof\"]";
    let mistakes = broken(&[
        ("guides/rename.toml", "source = \"《供", "sauce = \"《供"),
        ("guides/rename.toml", people, "applicant = \"persona\"\nbring = []"),
        ("guides/transfer.toml", "applicant = \"company\"", "applicant = \"person\""),
        ("guides/hv_dual_new.toml", dual, "fees = [\"gift\"]\nfree = 1"),
        ("guides/ehv_dual_new.toml", dual, ""),
        ("guides/reduce.toml", "applicant = \"company\"", "applicant = \"polluting\""),
        ("guides/reduce.toml", "applicant = \"property\"", "applicant = \"coal_mine\""),
        ("guides/close.toml", "who = [\"account_holder\", \"agent\"]", "who = []"),
        ("guides/merge.toml", "counter = \"counter_business\"", "counter = \"roof\""),
        ("guides/split.toml", "\"settle_first\"", "\"settle_last\""),
        ("guides/pause.toml", "[free]\neffective = 2023-08-08", "[free]\neffective = 2023"),
        ("texts/en.toml", "landlord_proof = ", "landlady_proof = "),
    ]);
    let said = |file: &str, key: &str, value: &str, allowed: &str| {
        let found = mistakes.iter().any(|mistake| {
            (mistake.file.as_str(), mistake.key.as_str(), mistake.value.as_str()) == (file, key, value)
                && mistake.allowed.contains(allowed)
        });
        assert!(found, "{file} {key} = {value}; {allowed} is not in {mistakes:#?}");
    };
    let sources = "《供电营业规则》（1996 年）第二十九条";
    said("guides/rename.toml", "source", "(missing)", "a text");
    said(
        "guides/rename.toml",
        "sauce",
        &format!("\"{sources}\""),
        "only effective, source, source_words, certain, who, counter, notes, free, fees, documents",
    );
    said("guides/rename.toml", "documents[0].applicant", "\"persona\"", "person, company, property, tenant");
    said("guides/rename.toml", "documents[0].bring", "[]", "a list of at least one text");
    said("guides/transfer.toml", "documents[1].applicant", "person", "each kind of applicant once");
    said("guides/hv_dual_new.toml", "fees", "gift", "high_reliability, temporary_connection");
    said("guides/hv_dual_new.toml", "free", "1", "a table");
    said("guides/hv_dual_new.toml", "free", "beside fees", "either fees or [free]");
    said("guides/ehv_dual_new.toml", "fees", "(missing)", "[free]");
    said("guides/reduce.toml", "documents", "nobody who applies", "person, company, property, tenant");
    said("guides/close.toml", "who", "[]", "a list of at least one text");
    said("guides/merge.toml", "place.roof", "(missing)", "texts/");
    said("guides/split.toml", "note.settle_last", "(missing)", "texts/");
    said("guides/pause.toml", "free.effective", "2023", "a date without quotes");
    said("texts/en.toml", "bring.landlord_proof", "(missing)", "as in the other languages");
}
