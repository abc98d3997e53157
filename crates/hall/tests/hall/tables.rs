//! Tables of other provinces that do not ship, as data of their own: each is a file of `tariffs/` with its source beside it,
//! and what it comes to, to the fen. But for Zhejiang's they are known from compilations, not from the notices themselves.

use std::{fs, sync::LazyLock};

use jiff::civil::date;
use powerhall_api::{Register, StepPeriod as Counted};
use powerhall_hall::{
    Charge, Hall, LineKind, Period, Quantity, Rates, StepPeriod, Tier, Usage, estimate, quantities,
};
use powerhall_money::Fen;

use crate::{
    HALL, folder,
    mistakes::{broken, copy},
};

/// The sources name no day from which they hold: the day is a placeholder, and they are not certain.
const TABLES: [(&str, &str); 4] = [
    (
        "by_the_year",
        r#"
# 2 520 / 4 800 kWh per year at 0.5469 (+0.05 / +0.30)
customer = "resident"
[[versions]]
effective = 2012-07-01
source = "3dmxku.com/daquan/zonghe/3900872.html"
certain = false
[versions.energy]
flat = 5469
[[versions.steps]]
above_kwh = 2520
add = 500
[[versions.steps]]
above_kwh = 4800
add = 3000
"#,
    ),
    (
        "shared_meter",
        r#"
# Zhejiang: 合表 0.558, without tiers
customer = "resident"
[[versions]]
effective = 2012-07-01
source = "浙江省电网销售电价表"
certain = false
[versions.energy]
flat = 5580
"#,
    ),
    (
        "by_the_month",
        r#"
# 180 / 350 kWh per month at 0.5653; +0.05 / +0.30 as everywhere
customer = "resident"
[[versions]]
effective = 2012-07-01
source = "3spqzx.icu/mzhgk"
certain = false
step_period = "month"
[versions.energy]
flat = 5653
[[versions.steps]]
above_kwh = 180
add = 500
[[versions.steps]]
above_kwh = 350
add = 3000
"#,
    ),
    (
        "low_income",
        r#"
# Low-income households of one province: 15 kWh a month free. The source names no price for it: the first table's stands here.
customer = "resident"
[[versions]]
effective = 2012-07-01
source = "99xcs.com/baike/1004531.shtml; 3dmxku.com/daquan/zonghe/3900872.html"
certain = false
free_kwh_a_month = 15
[versions.energy]
flat = 5469
[[versions.steps]]
above_kwh = 2520
add = 500
[[versions.steps]]
above_kwh = 4800
add = 3000
"#,
    ),
];

/// What ships, and the tables above on its shelf of prices.
pub static ALL: LazyLock<Hall> = LazyLock::new(|| {
    let copied = tempfile::tempdir().unwrap();
    copy(&folder(), copied.path());
    let replace = |file: &str, from: &str, to: &str| {
        let path = copied.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    };
    for (name, table) in TABLES {
        fs::write(copied.path().join(format!("tariffs/{name}.toml")), table).unwrap();
        let on_shelf = format!("  \"calculator\",\n  \"tariffs/{name}\",\n");
        replace("catalogue.toml", "  \"calculator\",\n", &on_shelf);
        for language in HALL.texts.languages() {
            let named = format!("[class]\n{name} = \"{name}\"\n");
            replace(&format!("texts/{language}.toml"), "[class]\n", &named);
        }
    }
    Hall::load(copied.path()).unwrap_or_else(|errors| panic!("{errors}"))
});

fn rates(class: &str) -> &'static Rates {
    &ALL.tariffs[class].versions[0].rates
}

fn charge(class: &str, kwh: i64, year_to_date: i64) -> Charge {
    let usage = Usage { flat: kwh, ..Usage::default() };
    ALL.charge(class, "2026-10".parse().unwrap(), &usage, year_to_date, 0).unwrap()
}

/// (kWh in the month, kWh in the year before it, fen)
fn costs(class: &str, table: &[(i64, i64, i64)]) {
    for (kwh, used, fen) in table {
        assert_eq!(charge(class, *kwh, *used).total, Fen::new(*fen), "{class}: {kwh} kWh after {used}");
    }
}

fn lines(charge: &Charge) -> Vec<(LineKind, i64, i64, i64)> {
    charge.lines.iter().map(|line| (line.kind, line.quantity, line.price, line.amount.get())).collect()
}

const ALL_HOURS: LineKind = LineKind::Energy(Period::Flat);

#[test]
fn steps_by_the_year() {
    costs(
        "by_the_year",
        &[
            (100, 0, 5_469),
            (100, 2_420, 5_469),
            (100, 2_520, 5_969),
            (100, 4_800, 8_469),
            (350, 0, 19_142), // 191.415
            (1, 2_519, 55),
            (1, 2_520, 60), // 0.55 and 0.05, each a line
        ],
    );
    assert_eq!(
        lines(&charge("by_the_year", 2_500, 2_400)),
        [
            (ALL_HOURS, 2_500, 5_469, 136_725),
            (LineKind::Step(2), 2_280, 500, 11_400),
            (LineKind::Step(3), 100, 3_000, 3_000),
        ]
    );
    assert_eq!(rates("by_the_year").tier(2_520), Some(Tier { number: 2, left: Some(2_280) }));
    assert_eq!(rates("by_the_year").tier_of_month(9_999), None, "the year's tiers, not the month's");
}

#[test]
fn one_price_for_a_shared_meter() {
    costs("shared_meter", &[(0, 0, 0), (1, 0, 56), (350, 0, 19_530), (350, 9_999, 19_530)]);
    assert_eq!(rates("shared_meter").tier(9_999), None);
}

#[test]
fn steps_by_the_month() {
    costs(
        "by_the_month",
        &[
            (180, 0, 10_175), // 101.754
            (181, 0, 10_232 + 5),
            (350, 0, 19_786 + 850),
            (351, 0, 19_842 + 850 + 30),
            (400, 0, 22_612 + 850 + 1_500),
            // However much the year has seen.
            (400, 99_999, 22_612 + 850 + 1_500),
        ],
    );
    let monthly = rates("by_the_month");
    assert_eq!(monthly.step_period, StepPeriod::Month);
    assert_eq!(monthly.tier(100), Some(Tier { number: 1, left: Some(80) }));
    // The 180th kWh is the first tier's last.
    let tiers = [(0, 1), (1, 1), (180, 1), (181, 2), (350, 2), (351, 3)];
    for (kwh, tier) in tiers {
        assert_eq!(monthly.tier_of_month(kwh), Some(tier), "{kwh} kWh");
    }
}

#[test]
fn the_first_kwh_of_a_month_are_free() {
    costs(
        "low_income",
        &[(0, 0, 0), (14, 0, 0), (15, 0, 0), (15, 9_999, 0), (16, 0, 55), (16, 4_800, 55 + 30)],
    );
    assert_eq!(lines(&charge("low_income", 15, 0)), [(LineKind::Free, 15, 0, 0)]);
    assert_eq!(
        lines(&charge("low_income", 100, 0)),
        [(ALL_HOURS, 85, 5_469, 4_649), (LineKind::Free, 15, 0, 0)]
    );
    // They count in the tiers: of 30 kWh after 2,510 the first 15 are free, and the others are all above 2,520.
    assert_eq!(
        lines(&charge("low_income", 30, 2_510)),
        [(ALL_HOURS, 15, 5_469, 820), (LineKind::Free, 15, 0, 0), (LineKind::Step(2), 15, 500, 75)]
    );
    assert_eq!(charge("low_income", 30, 0).kwh, 30);
}

#[test]
fn the_calculator_says_the_same() {
    let published = ALL.published(date(2026, 11, 30).at(10, 0, 0, 0)).tariffs;
    let tariff = |key: &str| published.iter().find(|tariff| tariff.key == key).unwrap().clone();
    let told = |key: &str, kwh| estimate(&tariff(key), &[kwh]).unwrap();
    let tiers = |told: &powerhall_hall::Estimate| {
        told.in_tiers.iter().map(|(tier, total)| (*tier, total.get())).collect::<Vec<_>>()
    };

    let yearly = told("by_the_year", 350);
    assert_eq!(yearly.month.total, Fen::new(19_142));
    assert_eq!(tiers(&yearly), [(2, 19_142 + 1_750), (3, 19_142 + 10_500)]);
    let year = yearly.year.unwrap();
    assert_eq!((year.kwh, year.total), (4_200, Fen::new(12 * 19_142 + 1_680 * 5)));

    let shared = told("shared_meter", 350);
    assert_eq!((shared.month.total, shared.in_tiers.len(), shared.year), (Fen::new(19_530), 0, None));

    // Every month begins in the first tier: no month is dearer for being later.
    let monthly = told("by_the_month", 400);
    assert_eq!((monthly.month.total, tiers(&monthly)), (Fen::new(24_962), vec![]));
    let year = monthly.year.unwrap();
    assert_eq!((year.kwh, year.total), (4_800, Fen::new(12 * 24_962)));

    // Of each month 335 kWh are paid for; in the year 1,620 of them above 2,520.
    let free = told("low_income", 350);
    assert_eq!(free.month.total, Fen::new(18_321));
    assert_eq!(tiers(&free), [(2, 18_321 + 1_675), (3, 18_321 + 10_050)]);
    assert_eq!(free.year.unwrap().total, Fen::new(12 * 18_321 + 1_620 * 5));
    assert_eq!(quantities(&tariff("low_income")), [Quantity::Energy(Register::All)]);

    let newer = powerhall_api::Tariff { step_period: Counted::Other, ..tariff("by_the_month") };
    assert_eq!(quantities(&newer), [], "a way to count of tomorrow cannot be reckoned with");
}

#[test]
fn the_sheet_says_by_the_month_and_what_is_free() {
    let hall = ALL.published(date(2026, 11, 30).at(10, 0, 0, 0));
    let mut sheets = hall.shelves.iter().flat_map(|shelf| &shelf.groups).flat_map(|group| &group.sheets);
    let prices = |name: &str| -> Vec<String> {
        let sheet = sheets.clone().find(|sheet| sheet.name["zh_CN"] == name).unwrap();
        let line = |line: &powerhall_api::Line| {
            let name = line.name.as_ref().map_or("", |name| name["zh_CN"].as_str());
            format!("{name}|{}", line.text["zh_CN"])
        };
        sheet.parts[0].lines.iter().map(line).collect()
    };
    assert_eq!(
        prices("by_the_month"),
        [
            "第 1 档：每月 180 度以内|0.5653 元/度",
            "第 2 档：每月 181 至 350 度|0.6153 元/度",
            "第 3 档：每月超过 350 度|0.8653 元/度",
        ]
    );
    assert_eq!(prices("low_income")[3], "|每月前 15 度免费");
    assert!(sheets.any(|sheet| sheet.name["zh_CN"] == "shared_meter"));
}

#[test]
fn what_cannot_be_counted_is_named() {
    let certain = "certain = true";
    let mistakes = broken(&[
        (
            "tariffs/resident_step.toml",
            certain,
            "certain = true\nstep_period = \"week\"\nfree_kwh_a_month = 0",
        ),
        ("tariffs/resident_tou.toml", certain, "certain = true\nfree_kwh_a_month = 15"),
        ("tariffs/business_single.toml", "certain = false", "certain = false\nstep_period = \"month\""),
    ]);
    let said: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "tariffs/business_single.toml: versions[0].step_period = without steps; allowed: only beside [[versions.steps]]",
            "tariffs/resident_step.toml: versions[0].step_period = \"week\"; allowed: year, month",
            "tariffs/resident_step.toml: versions[0].free_kwh_a_month = 0; allowed: a whole number from 1 to 1000",
            "tariffs/resident_tou.toml: versions[0].free_kwh_a_month = 15; allowed: only where one price holds for all hours",
        ]
    );
}
