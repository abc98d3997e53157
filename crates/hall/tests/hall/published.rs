//! What the kiosks are told: every guide and every price that ships stands on a shelf, in every language, with its basis.

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use powerhall_api::{Line, Sheet, Tool};

use crate::{HALL, mistakes::changed};

const TODAY: Date = date(2026, 11, 24);

fn sheets(day: Date) -> Vec<Sheet> {
    let hall = HALL.published(day.at(10, 0, 0, 0));
    hall.shelves.into_iter().flat_map(|shelf| shelf.groups).flat_map(|group| group.sheets).collect()
}

fn sheet(name: &str) -> Sheet {
    sheets(TODAY).into_iter().find(|sheet| sheet.name["zh_CN"] == name).expect(name)
}

fn words(line: &Line) -> (Option<&str>, &str) {
    (line.name.as_ref().map(|name| name["zh_CN"].as_str()), &line.text["zh_CN"])
}

#[test]
fn all_that_ships_stands_on_a_shelf_once() {
    let offered: Vec<_> = HALL.catalogue.sheets().collect();
    assert_eq!(offered.len(), BTreeSet::from_iter(&offered).len(), "each once");
    let guides = HALL.guides.keys().map(|key| format!("guides/{key}"));
    let tariffs = HALL.tariffs.keys().map(|key| format!("tariffs/{key}"));
    let fees = HALL.fees.keys().map(|key| format!("fees/{key}"));
    let notices = HALL.notices.keys().map(|key| format!("notices/{key}"));
    for name in guides
        .chain(tariffs)
        .chain(fees)
        .chain(notices)
        .chain(["promises", "late_fees", "calculator", "outages"].map(str::to_owned))
    {
        assert!(offered.contains(&&name), "{name}");
    }
    assert_eq!(sheets(TODAY).len(), offered.len());
}

#[test]
fn every_sheet_is_whole_in_every_language_and_says_its_basis() {
    let languages: BTreeSet<_> = HALL.texts.languages().collect();
    for sheet in sheets(TODAY) {
        let name = &sheet.name["zh_CN"];
        let lines = sheet.parts.iter().flat_map(|part| &part.lines);
        let texts = lines.flat_map(|line| line.name.iter().chain([&line.text]));
        for text in texts.chain(sheet.parts.iter().map(|part| &part.heading)).chain([&sheet.name]) {
            assert_eq!(
                text.keys().map(String::as_str).collect::<BTreeSet<_>>(),
                languages,
                "{name}: {text:?}"
            );
            assert!(!text.values().any(|words| words.contains(['{', '}'])), "{name}: {text:?}");
        }
        if sheet.tool.is_some() {
            continue;
        }
        let basis = sheet.parts.last().expect(name);
        assert_eq!(basis.heading["zh_CN"], "依据", "{name}");
        assert!(basis.lines.len() >= 2, "{name}: the document, and since when");
        assert!(sheet.parts.iter().all(|part| !part.lines.is_empty()), "{name}");
    }
}

#[test]
fn a_date_stands_as_its_language_writes_it() {
    let sheets = sheets(TODAY);
    let lines = || sheets.iter().flat_map(|sheet| &sheet.parts).flat_map(|part| &part.lines);
    let written =
        lines().find(|line| line.text["zh_CN"] == "2018年4月1日起执行").expect("a tariff of that day");
    assert_eq!(written.text["en"], "In force since 1 April 2018");
}

/// A document is cited as it is; every other source has words of its own, wherever it is shown.
#[test]
fn days_are_counted_as_each_language_counts() {
    for (key, days, language, words) in [
        ("note.clock_stopped", 1, "en", "After that we have 1 working day left"),
        ("note.clock_stopped", 2, "en", "After that we have 2 working days left"),
        ("note.clock_stopped", 0, "en", "After that we have 0 working days left"),
        ("note.overdue", 1, "zh_CN", "已超出承诺时限 1 个工作日，可拨打 95598 催办"),
        ("note.overdue", 21, "zh_CN", "已超出承诺时限 21 个工作日，可拨打 95598 催办"),
    ] {
        assert_eq!(HALL.texts.count_days(key, days)[language], words);
    }
    // Of one day a language that has one form says the same.
    for (language, words) in HALL.texts.count_days("note.overdue", 3) {
        let one = &HALL.texts.count_days("note.overdue", 1)[&language];
        assert!(language == "en" || words.replace('3', "1") == *one, "{language}: {one}");
    }
}

#[test]
fn a_basis_that_is_no_document_is_read_in_the_readers_language() {
    let first_line = |name: &str| sheet(name).parts.pop().unwrap().lines.remove(0).text;
    let guide = first_line("销户");
    assert_eq!(guide["zh_CN"], "本厅公布的办事指南");
    assert_eq!(guide["en"], "This hall's published guide");
    let promises = &HALL.basis_of(&HALL.promises.origin)[0];
    assert_eq!(promises["en"], "The ten service promises (published 2023)");
    let words = "source_words = \"own_guide\"\ncertain = ";
    let hall = changed(&[("fees/high_reliability.toml", "certain = ", words)])
        .unwrap_or_else(|errors| panic!("{errors}"));
    let charge = hall.fee("high_reliability").unwrap().for_feeders(TODAY, &[]).unwrap();
    assert_eq!(hall.fee_basis(&charge), guide);
    let rules = first_line("电费违约金");
    assert_eq!(rules["zh_CN"], "《供电营业规则》（2024 年，国家发展改革委令第 14 号）");
    assert!(rules.values().all(|words| *words == rules["zh_CN"]), "{rules:?}");
}

#[test]
fn a_guide_says_who_how_long_how_much_where_and_what_to_bring() {
    let guide = sheet("过户");
    let headings: Vec<_> = guide.parts.iter().map(|part| part.heading["zh_CN"].as_str()).collect();
    let wanted = [
        "谁可以办",
        "办理时限",
        "收费",
        "在哪里办",
        "要带的材料：个人",
        "要带的材料：企业和其他单位",
        "要带的材料：他人代办（另加材料）",
        "办理步骤",
        "请注意",
        "依据",
    ];
    assert_eq!(headings, wanted);
    assert_eq!(words(&guide.parts[2].lines[0]), (None, "不收费"));
    assert_eq!(words(&guide.parts[7].lines[0]), (None, "1. 受理申请"));
}

#[test]
fn a_tariff_is_a_price_list() {
    let step = sheet("居民生活用电（阶梯）");
    let lines: Vec<_> = step.parts[0].lines.iter().map(words).collect();
    let wanted = [
        (Some("第 1 档：全年 2760 度以内"), "0.538 元/度"),
        (Some("第 2 档：全年 2761 至 4800 度"), "0.588 元/度"),
        (Some("第 3 档：全年超过 4800 度"), "0.838 元/度"),
    ];
    assert_eq!(lines, wanted, "as the table of Zhejiang is published");
    let periods = sheet("居民生活用电（峰谷）");
    assert_eq!(periods.parts[0].lines.len(), 6);
    assert_eq!(words(&periods.parts[0].lines[1]).1, "0.288 元/度");
    let industry = sheet("大工业用电（两部制）");
    assert_eq!(words(&industry.parts[1].lines[0]).1, "变压器容量每千伏安每月 30 元");
}

#[test]
fn a_fee_shows_its_prices_until_it_ends() {
    let fee = sheet("高可靠性供电费");
    assert_eq!(words(&fee.parts[0].lines[1]), (Some("10 千伏架空线"), "220 元/千伏安（自建 160 元）"));
    let ended = sheet("临时接电费");
    assert!(words(&ended.parts[0].lines[0]).1.contains("不再收取"));
}

#[test]
fn late_fees_are_published_with_their_basis() {
    let fees = sheet("电费违约金");
    let lines: Vec<_> = fees.parts[0].lines.iter().map(words).collect();
    let wanted = [
        (Some("居民用户"), "每天按欠费的 0.1% 收取"),
        (Some("其他用户，当年欠费"), "每天按欠费的 0.2% 收取"),
        (Some("其他用户，跨年欠费的跨年部分"), "每天按欠费的 0.3% 收取"),
        (None, "从逾期之日算到交清之日"),
        (None, "总额不足 1 元的，按 1 元收取"),
    ];
    assert_eq!(lines, wanted, "as published: 供电营业规则 (1996), article 98");
    let basis = |day| {
        let late = sheets(day).into_iter().find(|sheet| sheet.name["zh_CN"] == "电费违约金");
        late.map(|sheet| {
            sheet.parts[1].lines.iter().map(|line| line.text["zh_CN"].clone()).collect::<Vec<_>>()
        })
    };
    let new = [
        "《供电营业规则》（2024 年，国家发展改革委令第 14 号）",
        "2024年6月1日起执行",
        "以供电企业最新公布为准",
    ];
    assert_eq!(basis(TODAY).unwrap(), new);
    let old = ["《供电营业规则》（1996 年）第九十八条", "1996年10月8日起执行"];
    assert_eq!(basis(date(2024, 5, 31)).unwrap(), old);
    assert_eq!(basis(date(1996, 10, 7)), None);
    // Where there is no least fee, none is named.
    let none = changed(&[("late_fees.toml", "minimum_fen = 100", "minimum_fen = 0")])
        .unwrap_or_else(|errors| panic!("{errors}"));
    let sheets = none.published(date(2024, 5, 31).at(10, 0, 0, 0)).shelves;
    let mut sheets = sheets.iter().flat_map(|shelf| &shelf.groups).flat_map(|group| &group.sheets);
    assert_eq!(sheets.find(|sheet| sheet.name["zh_CN"] == "电费违约金").unwrap().parts[0].lines.len(), 4);
}

/// The wall and the guide make one promise, and it says whose time counts.
#[test]
fn a_home_is_promised_the_same_on_the_wall_and_in_its_guide() {
    let wall: Vec<_> =
        sheet("服务承诺（节选）").parts[0].lines.iter().map(|line| line.text.clone()).collect();
    for (service, promise) in [("低压新装（居民）", 0), ("低压增容（居民）", 0), ("低压新装（商业）", 1)]
    {
        let guide = sheet(service);
        let limit = guide.parts.iter().find(|part| part.heading["zh_CN"] == "办理时限").unwrap();
        let (limit, wall) = (&limit.lines[0].text["zh_CN"], &wall[promise]["zh_CN"]);
        for said in ["全过程", "供电企业各环节", "5 个工作日", "6 个工作日"] {
            assert_eq!(limit.contains(said), wall.contains(said), "{said}: {limit} {wall}");
        }
    }
}

#[test]
fn what_has_no_price_yet_is_left_out() {
    let before = sheets(date(2000, 1, 1));
    assert!(before.iter().all(|sheet| sheet.name["zh_CN"] != "居民生活用电（阶梯）"));
    assert!(before.iter().any(|sheet| sheet.name["zh_CN"] == "过户"));
}

#[test]
fn a_guide_says_what_each_applicant_brings_and_where() {
    let errand = sheet("低压新装（居民）").errand.expect("there is something to bring");
    let lists: Vec<_> = errand
        .lists
        .iter()
        .map(|list| {
            (list.applicant["zh_CN"].as_str(), list.items.iter().map(|item| item["zh_CN"].as_str()).collect())
        })
        .collect();
    let wanted: [(&str, Vec<&str>); 3] = [
        ("个人", vec!["产权人身份证原件", "房产证明原件（没有的可签承诺书）"]),
        ("租户", vec!["申请人身份证原件", "租赁合同原件", "房东的房产证明"]),
        ("他人代办（另加材料）", vec!["代办人身份证原件", "签字或盖章的授权委托书"]),
    ];
    assert_eq!(lists, wanted);
    let facts: Vec<_> = errand.facts.iter().map(words).collect();
    assert_eq!(facts, [(Some("在哪里办"), "请到 2 号业务柜台"), (Some("收费"), "不收费")]);
    assert_eq!(sheet("现金缴费").errand, None);
}

#[test]
fn a_price_list_can_be_reckoned_with() {
    let hall = HALL.published(TODAY.at(10, 0, 0, 0));
    for tariff in &hall.tariffs {
        let sheet = sheet(&tariff.name["zh_CN"]);
        assert_eq!(sheet.tariff.as_ref(), Some(&tariff.key));
        assert_eq!(sheet.parts.last(), Some(&tariff.basis), "the same basis on both");
        assert!(sheet.tool.is_none());
    }
    assert_eq!(hall.tariffs.len(), HALL.tariffs.len());
    assert_eq!(sheet("算算电费").tool, Some(Tool::Calculator));
    assert_eq!(sheet("计划停电").tool, Some(Tool::Outages));
    assert_eq!(hall.outages, None, "the utility's system knows them");
}
