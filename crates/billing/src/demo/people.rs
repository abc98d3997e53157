//! Names, addresses, phones and numbers that are nobody's: put together from lists of common words. Phones begin with
//! 154, which no network has been given; identity numbers with 99, which is no province.

use powerhall_api::check_character;

use super::dice::{Dice, Topic};

const SURNAMES: &str = "张王李赵陈刘杨黄吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范";
const GIVEN: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国红梅春燕晓峰志远文博思雨佳怡子涵浩然欣妍宇轩雪晨阳海波云飞";
/// Characters that many systems lose: outside the BMP, or rare in fonts.
const RARE: &str = "𬱖㛃䶮";
const LONG_FIRST: [&str; 6] =
    ["阿卜杜热合曼", "古丽巴哈尔", "阿依努尔古丽", "买买提依明江", "热依汗古丽", "吐尔逊阿依木"];
const LONG_LAST: [&str; 6] =
    ["麦麦提阿卜拉", "阿不都克里木", "艾合买提江", "吾守尔阿吉", "肉孜麦麦提", "伊敏尼亚孜"];
const PLACES: [&str; 8] = ["城南", "滨河", "东湖", "北苑", "新港", "青山", "南桥", "西溪"];
const SHOPS: [&str; 8] = ["便利店", "餐饮店", "五金商店", "服装店", "理发店", "水果店", "药房", "汽车修理店"];
const PLANTS: [&str; 6] = ["机械制造", "纺织印染", "食品加工", "建材", "电子科技", "冷链物流"];
const ROADS: [&str; 16] = [
    "解放路",
    "人民路",
    "建设路",
    "和平路",
    "新华路",
    "文化路",
    "长江路",
    "学院路",
    "滨河路",
    "朝阳街",
    "光明街",
    "青年路",
    "团结巷",
    "工农路",
    "湖滨路",
    "环城北路",
];
const ESTATES: [&str; 8] =
    ["阳光小区", "翠湖花园", "锦绣家园", "桂花苑", "水岸新村", "东方花苑", "和谐家园", "银杏小区"];

/// Who an account belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Person,
    /// A person whose name has a rare character.
    RarePerson,
    /// A person with a long name and a long address.
    LongPerson,
    Shop,
    Plant,
}

/// A name and an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub name: String,
    pub address: String,
}

/// The person behind an account.
pub(super) fn person(seed: u64, index: u32, kind: Kind) -> Person {
    let mut dice = Dice::new(seed, Topic::Person, index);
    let surnames: Vec<char> = SURNAMES.chars().collect();
    let given: Vec<char> = GIVEN.chars().collect();
    let rare: Vec<char> = RARE.chars().collect();
    let name = match kind {
        Kind::Person => {
            let mut name = String::from(dice.pick(&surnames));
            name.push(dice.pick(&given));
            if !dice.once_in(3) {
                name.push(dice.pick(&given));
            }
            name
        }
        Kind::RarePerson => format!("{}{}{}", dice.pick(&surnames), dice.pick(&rare), dice.pick(&given)),
        Kind::LongPerson => format!("{}·{}", dice.pick(&LONG_FIRST), dice.pick(&LONG_LAST)),
        Kind::Shop => format!("{}{}", dice.pick(&PLACES), dice.pick(&SHOPS)),
        Kind::Plant => format!("{}{}有限公司", dice.pick(&PLACES), dice.pick(&PLANTS)),
    };
    let road = dice.pick(&ROADS);
    let number = dice.between(1, 399);
    let address = match kind {
        Kind::Person | Kind::RarePerson => {
            let (block, door) = (dice.between(1, 30), dice.between(1, 4));
            let flat = dice.between(1, 18) * 100 + dice.between(1, 4);
            format!("{road}{number}号{}{block}幢{door}单元{flat}室", dice.pick(&ESTATES))
        }
        Kind::LongPerson => format!(
            "高新技术产业开发区{road}北段{number}号国际商务中心二期东区{}幢{}层{}室（原老粮站宿舍对面）",
            dice.between(1, 30),
            dice.between(1, 33),
            dice.between(100, 3399)
        ),
        Kind::Shop => format!("{road}{number}号{}商铺", dice.between(1, 60)),
        Kind::Plant => format!("工业园区{road}{number}号{}厂房", dice.between(1, 9)),
    };
    Person { name, address }
}

/// The phone that an account has if it does not share one.
pub(super) fn phone(seed: u64, index: u32) -> String {
    let mut dice = Dice::new(seed, Topic::Phone, index);
    format!("154{:04}{:04}", dice.below(10_000), dice.below(10_000))
}

/// The identity number of the person behind an account, with a check character that fits. `None` for a company.
pub(super) fn id_number(seed: u64, index: u32, kind: Kind) -> Option<String> {
    match kind {
        Kind::Person | Kind::RarePerson | Kind::LongPerson | Kind::Shop => {}
        Kind::Plant => return None,
    }
    let mut dice = Dice::new(seed, Topic::IdNumber, index);
    let mut number = format!("99{:04}{}", dice.between(1, 9999), dice.between(1940, 2005));
    // Every month has 28 days.
    number += &format!("{:02}{:02}{:03}", dice.between(1, 12), dice.between(1, 28), dice.below(1000));
    number.push(check_character(&number)?);
    Some(number)
}

/// The unified social credit code of a company. Made up: no place has the code 000000, and the last character checks nothing.
pub(super) fn taxpayer(index: u32, kind: Kind) -> Option<String> {
    match kind {
        Kind::Person | Kind::RarePerson | Kind::LongPerson | Kind::Shop => None,
        Kind::Plant => Some(format!("91000000MA{index:07}X")),
    }
}

/// The number of the account with an index: province prefix 510, nine digits that count, and a check digit, so that a
/// slip of the finger finds nobody.
#[must_use]
pub fn account_number(index: u32) -> String {
    let body = format!("5101{:08}", index.saturating_add(1));
    // Luhn: from the right, every second digit doubled, beginning with the last of the body.
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, digit)| {
            let value = u32::from(digit - b'0') * if i % 2 == 0 { 2 } else { 1 };
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_thirteen_digits_and_catch_a_slip() {
        let number = account_number(0);
        assert_eq!(number.len(), 13);
        assert!(number.starts_with("51010000000"));
        for index in 0..500 {
            assert_eq!(account_number(index).len(), 13);
            assert_ne!(account_number(index)[..12], account_number(index + 1)[..12]);
        }
        assert_eq!(account_number(999_999).len(), 13);
    }

    #[test]
    fn identity_numbers_hold_and_are_of_no_province() {
        for index in 0..500 {
            let number = id_number(1, index, Kind::Person).expect("a person has one");
            assert!(number.starts_with("99") && powerhall_api::complete_id(&number).is_ok(), "{number}");
        }
        assert_eq!(id_number(1, 0, Kind::Plant), None);
    }
}
