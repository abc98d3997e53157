//! What is shown while nobody is there: made from the notices and prices, and only while they hold.

use std::fs;

use jiff::civil::{Date, date};
use powerhall_api::Attract;
use powerhall_hall::Hall;

use crate::{HALL, folder, mistakes::copy};

fn titles(attract: &Attract) -> Vec<&str> {
    attract.slides.iter().map(|slide| slide.title["zh_CN"].as_str()).collect()
}

#[test]
fn a_slide_says_one_thing() {
    let attract = HALL.published(date(2026, 11, 30).at(10, 0, 0, 0)).attract.unwrap();
    assert!(attract.seconds >= Attract::LEAST_SECONDS);
    assert_eq!(attract.languages, ["zh_CN", "en"]);
    let shown = titles(&attract);
    for title in ["安全用电", "居民生活用电（阶梯）", "三不指定", "投诉与监督"] {
        assert!(shown.contains(&title), "{title} in {shown:?}");
    }
    for slide in &attract.slides {
        for text in slide.line.name.iter().chain([&slide.line.text, &slide.title]) {
            assert_eq!(text.len(), HALL.texts.languages().count(), "{text:?}");
        }
    }
}

/// A notice is added by two files: itself, and its words in each language.
#[test]
fn a_notice_is_added_by_data_alone_and_is_up_while_it_holds() {
    let copied = tempfile::tempdir().unwrap();
    copy(&folder(), copied.path());
    let notice = "effective = 2026-12-01\nsource = \"本厅通知，2026 年 12 月\"\ncertain = true\n\
                  from = 2026-12-01\nuntil = 2026-12-07\nlines = [\"move\"]\n";
    fs::write(copied.path().join("notices/move.toml"), notice).unwrap();
    for language in HALL.texts.languages() {
        let path = copied.path().join(format!("texts/{language}.toml"));
        let text = fs::read_to_string(&path).unwrap();
        let text = text.replace("[notice]\n", "[notice]\nmove = \"搬迁\"\n");
        fs::write(path, text.replace("[line]\n", "[line]\nmove = \"本厅下周搬迁\"\n")).unwrap();
    }
    let path = copied.path().join("catalogue.toml");
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replace("[\"notices/safety\",", "[\"notices/move\", \"notices/safety\",");
    fs::write(path, text.replace("\"notices/cash\"", "\"notices/cash\", \"notices/move\"")).unwrap();
    let hall = Hall::load(copied.path()).unwrap_or_else(|errors| panic!("{errors}"));
    let is_up = |day: Date| {
        let published = hall.published(day.at(10, 0, 0, 0));
        let sheets = published.shelves.iter().flat_map(|shelf| &shelf.groups).flat_map(|group| &group.sheets);
        let on_shelf = sheets.filter(|sheet| sheet.name["zh_CN"] == "搬迁").count();
        let shown = titles(published.attract.as_ref().unwrap()).contains(&"搬迁");
        assert_eq!(on_shelf == 1, shown, "{day}");
        shown
    };
    let days = [(11, 30, false), (12, 1, true), (12, 7, true), (12, 8, false)];
    for (month, day, up) in days {
        assert_eq!(is_up(date(2026, month, day)), up, "{month}-{day}");
    }
}
