//! What ships must be complete: every service, every stage, every word in every language.

use std::collections::BTreeSet;

use powerhall_api::Move;

use crate::HALL;

#[test]
fn ships_every_service_with_at_most_seven_stages() {
    let services = &HALL.services;
    for key in [
        "lv_resident_new",
        "lv_business_new",
        "hv_single_new",
        "hv_dual_new",
        "lv_temporary",
        "hv_temporary",
        "lv_increase",
        "hv_increase",
        "hv_second_source",
        "rename",
        "transfer",
        "pause",
        "reduce",
        "close",
    ] {
        let service = &services[key];
        assert!((3..=7).contains(&service.stages.len()), "{key}");
        let promise = service.promise.as_ref().expect(key);
        assert!(promise.working_days >= 5, "{key}");
        for (_, state) in service.states().filter(|(_, state)| state.waiting_for == Move::Customer) {
            assert!(!state.bring.is_empty(), "{key}.{}: the customer must know what to bring", state.key);
        }
    }
    assert_eq!(services.len(), 14);
}

#[test]
fn promises_are_the_published_ones() {
    let days = |key: &str| HALL.services[key].promise.as_ref().map(|promise| promise.working_days);
    assert_eq!(days("lv_resident_new"), Some(5));
    assert_eq!(days("lv_business_new"), Some(6));
    assert_eq!(days("hv_single_new"), Some(22));
    assert_eq!(days("hv_dual_new"), Some(32));
    let published = HALL.published();
    assert_eq!(published.services[0]["zh_CN"], "低压新装（居民）：5 个工作日");
    assert_eq!(published.services[0]["en"], "New low-voltage supply (home): 5 working days");
    assert_eq!(published.services[0]["zh_TW"], "低壓新設（住宅）：5 個工作天");
    assert_eq!(published.services[0]["ko"], "저압 신규(주택): 5영업일");
    assert_eq!(published.promises.len(), 8);
}

#[test]
fn no_word_is_left_that_nothing_shows() {
    let mut used: BTreeSet<String> = HALL.tariffs.keys().map(|name| format!("class.{name}")).collect();
    for service in HALL.services.values() {
        used.insert(format!("service.{}", service.key));
        used.extend(service.promise.iter().map(|promise| format!("limit.{}", promise.words)));
        for stage in &service.stages {
            used.insert(format!("stage.{}", stage.key));
            used.extend(stage.note.iter().map(|note| format!("note.{note}")));
        }
        for (_, state) in service.states() {
            used.insert(format!("now.{}", state.key));
            used.extend(state.bring.iter().map(|key| format!("bring.{key}")));
            used.extend(state.place.iter().map(|key| format!("place.{key}")));
        }
    }
    used.extend(HALL.promises.keys.iter().map(|key| format!("promise.{key}")));
    let own = ["now.withdrawn", "note.clock_stopped", "note.overdue", "list.", "summary."];
    let left =
        HALL.texts.keys().filter(|key| !used.contains(*key) && !own.iter().any(|own| key.starts_with(own)));
    assert_eq!(left.collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn chinese_uses_chinese_punctuation_and_a_calm_voice() {
    for key in HALL.texts.keys() {
        for tag in ["zh_CN", "zh_TW"] {
            let words = &HALL.text(key)[tag];
            assert!(!words.contains([',', ';', ':', '?', '!', '(', ')', '！']), "{tag} {key}: {words}");
            assert!(!words.ends_with('。'), "{tag} {key}: {words}");
        }
    }
}

#[test]
fn every_number_names_its_source() {
    let mut origins: Vec<_> = HALL.late_fees.0.iter().map(|rates| &rates.origin).collect();
    origins
        .extend(HALL.tariffs.values().flat_map(|tariff| tariff.versions.iter().map(|prices| &prices.origin)));
    origins.extend(
        HALL.services.values().filter_map(|service| service.promise.as_ref()).map(|promise| &promise.origin),
    );
    assert!(origins.iter().all(|origin| origin.source.chars().count() > 8));
    assert!(origins.iter().any(|origin| !origin.certain), "what is not checked says so");
}
