//! What ships must be complete: every service, every stage, every word in every language.

use std::collections::BTreeSet;

use powerhall_api::Move;
use powerhall_hall::{Cost, FIRST_LANGUAGE, FeePrice, Origin};

use crate::HALL;

/// 新装 (formal and temporary) and 增容 (more capacity, another source) at each voltage class.
const SUPPLY: [&str; 16] = [
    "lv_resident_new",
    "lv_business_new",
    "lv_temporary",
    "lv_resident_increase",
    "lv_increase",
    "lv_second_source",
    "hv_single_new",
    "hv_dual_new",
    "hv_temporary",
    "hv_increase",
    "hv_second_source",
    "ehv_single_new",
    "ehv_dual_new",
    "ehv_temporary",
    "ehv_increase",
    "ehv_second_source",
];

/// 日常营业 by its name in the trade, in the order of the wall; each name for people begins with it.
const DAILY: [(&str, &str); 20] = [
    ("更名", "rename"),
    ("过户", "transfer"),
    ("暂停", "pause"),
    ("暂停恢复", "pause_resume"),
    ("减容", "reduce"),
    ("减容恢复", "reduce_resume"),
    ("暂换", "substitute"),
    ("暂换恢复", "substitute_resume"),
    ("暂拆", "dismantle"),
    ("复装", "reinstall"),
    ("销户", "close"),
    ("并户", "merge"),
    ("分户", "split"),
    ("迁址", "relocate"),
    ("移表", "move_meter"),
    ("改类", "change_class"),
    ("改压", "change_voltage"),
    ("交费方式变更", "payment_method"),
    ("申校", "meter_test"),
    ("计量故障", "meter_fault"),
];

#[test]
fn ships_the_whole_list_of_services() {
    let in_order: Vec<_> = HALL.services_in_order().iter().map(|service| service.key.as_str()).collect();
    let (supply, daily) = in_order.split_at(in_order.len() - DAILY.len());
    assert_eq!(daily, DAILY.map(|(_, key)| key));
    assert_eq!(BTreeSet::from_iter(supply.iter().copied()), BTreeSet::from(SUPPLY));
    for (name, key) in DAILY {
        let shown = &HALL.text(&format!("service.{key}"))[FIRST_LANGUAGE];
        assert!(shown.starts_with(name), "{key}: {shown}");
    }
    let orders: BTreeSet<_> = HALL.services.values().map(|service| service.order).collect();
    assert_eq!(orders.len(), HALL.services.len(), "each place on the wall once");
}

#[test]
fn every_service_can_be_followed_from_its_first_stage_to_its_last() {
    for (key, service) in &HALL.services {
        assert!((3..=7).contains(&service.stages.len()), "{key}");
        let promise = service.promise.as_ref().expect(key);
        assert!(promise.working_days >= 3, "{key}");
        assert_eq!(service.stages[0].states[0].key, "submitted", "{key}");
        let stages: BTreeSet<_> = service.stages.iter().map(|stage| &stage.key).collect();
        assert_eq!(stages.len(), service.stages.len(), "{key}: each stage once");
        for (_, state) in service.states().filter(|(_, state)| state.waiting_for == Move::Customer) {
            assert!(!state.bring.is_empty(), "{key}.{}: the customer must know what to bring", state.key);
        }
    }
}

/// A limit is the company's promise or the hall's own; a hall's own is never called certain.
#[test]
fn what_the_hall_promises_itself_waits_to_be_confirmed() {
    for (key, service) in &HALL.services {
        let promise = service.promise.as_ref().expect(key);
        let own = promise.words == "own";
        assert_eq!(own, !promise.origin.source.contains("十项承诺"), "{key}: {}", promise.origin.source);
        assert!(!(own && promise.origin.certain), "{key}");
    }
}

#[test]
fn promises_are_the_published_ones() {
    let days = |key: &str| HALL.services[key].promise.as_ref().map(|promise| promise.working_days);
    assert_eq!(days("lv_resident_new"), Some(5));
    assert_eq!(days("lv_business_new"), Some(6));
    assert_eq!(days("hv_single_new"), Some(22));
    assert_eq!(days("hv_dual_new"), Some(32));
    assert_eq!((days("meter_test"), days("meter_fault")), (Some(5), Some(5)));
}

#[test]
fn no_word_is_left_that_nothing_shows() {
    let mut used: BTreeSet<String> = HALL.tariffs.keys().map(|name| format!("class.{name}")).collect();
    let prices = HALL.tariffs.values().flat_map(|tariff| &tariff.versions);
    used.extend(prices.flat_map(|prices| &prices.rates.funds).map(|fund| format!("fund.{}", fund.name)));
    for service in HALL.services.values() {
        used.insert(format!("service.{}", service.key));
        used.insert(format!("role.{}", service.role));
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
    for guide in HALL.guides.values() {
        used.extend(guide.who.iter().map(|key| format!("who.{key}")));
        used.extend(guide.notes.iter().map(|key| format!("note.{key}")));
        for documents in &guide.documents {
            used.insert(format!("applicant.{}", documents.applicant.name()));
            used.extend(documents.bring.iter().map(|key| format!("bring.{key}")));
        }
    }
    for fee in HALL.fees.values() {
        used.insert(format!("fee.{}", fee.key));
        used.extend(fee.abolished.iter().map(|abolished| format!("note.{}", abolished.words)));
        for rate in fee.versions.iter().flat_map(|prices| match &prices.price {
            FeePrice::PerKva(rates) => rates.as_slice(),
            FeePrice::Each(_) => &[],
        }) {
            used.insert(format!("voltage.{}", rate.voltage.name()));
            used.insert(format!("laying.{}", rate.laying.name()));
        }
    }
    used.extend(HALL.promises.keys.iter().map(|key| format!("promise.{key}")));
    for notice in HALL.notices.values() {
        used.insert(format!("notice.{}", notice.key));
        used.extend(notice.lines.iter().map(|line| format!("line.{line}")));
    }
    used.extend(HALL.catalogue.shelves.iter().map(|shelf| format!("shelf.{}", shelf.key)));
    let groups = HALL.catalogue.shelves.iter().flat_map(|shelf| &shelf.groups);
    used.extend(groups.map(|group| format!("group.{}", group.key)));
    let words = origins().into_iter().filter_map(|origin| origin.words.as_ref());
    used.extend(words.map(|words| format!("source.{words}")));
    let own = [
        "now.withdrawn",
        "note.clock_stopped",
        "note.clock_stopped_one",
        "note.overdue",
        "note.overdue_one",
        "list.",
        "summary.",
        "part.",
        "basis.",
        "month.",
        "energy.",
        "period.",
        "sheet.",
        "suspension.",
        "tool.",
        "late_fee.",
        "fee.each",
        "fee.feeder",
        "fee.per_kva",
        "fee.by_ca",
        "fee.taken_too_much",
        "bring.fee_receipt",
        "recharge_failed.",
        "reconnection_failed.",
        "reconnection_not_enough.",
    ];
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

/// All of them but the calendar's, which no customer is shown.
fn origins() -> Vec<&'static Origin> {
    let mut origins: Vec<_> = HALL.late_fees.0.iter().map(|rates| &rates.origin).collect();
    origins.extend(HALL.taxes.0.iter().map(|rate| &rate.origin));
    for prices in HALL.tariffs.values().flat_map(|tariff| &tariff.versions) {
        origins.push(&prices.origin);
        origins.extend(prices.rates.funds.iter().map(|fund| &fund.origin));
    }
    origins.extend(
        HALL.services.values().filter_map(|service| service.promise.as_ref()).map(|promise| &promise.origin),
    );
    origins.extend(HALL.fees.values().flat_map(|fee| fee.versions.iter().map(|prices| &prices.origin)));
    origins.extend(HALL.fees.values().filter_map(|fee| fee.abolished.as_ref()).map(|end| &end.origin));
    origins.extend(HALL.plans.0.iter().map(|term| &term.origin));
    origins.extend([&HALL.call_backs.origin, &HALL.promises.origin]);
    origins.extend(HALL.guides.values().map(|guide| &guide.origin));
    origins.extend(HALL.notices.values().map(|notice| &notice.origin));
    origins.extend(HALL.guides.values().filter_map(|guide| match &guide.cost {
        Cost::Free(origin) => Some(origin),
        Cost::Fees(_) => None,
    }));
    origins
}

/// A document is cited as it is in every language; a reader of any language understands all else.
#[test]
fn a_source_that_names_no_document_has_words_in_every_language() {
    for origin in origins() {
        // A price list is cited by its name, though that is no title in 《》.
        let cited = origin.names_a_document() || origin.source.contains("电价表");
        assert_eq!(origin.words.is_none(), cited, "{}", origin.source);
        for (language, words) in &HALL.basis_of(origin)[0] {
            // In the first language customers read what staff reads.
            let same = cited || language == FIRST_LANGUAGE;
            assert_eq!(*words == origin.source, same, "{language}: {words} of {}", origin.source);
        }
    }
}

#[test]
fn every_number_names_its_source() {
    let origins = origins();
    assert!(origins.iter().all(|origin| origin.source.chars().count() > 8));
    assert!(origins.iter().any(|origin| !origin.certain), "what is not checked says so");
}
