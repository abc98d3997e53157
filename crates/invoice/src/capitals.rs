//! Amounts in Chinese capitals (大写), as documents of money write them so that nobody adds a stroke: 《票据法》 and the rules
//! on filling in bills (《正确填写票据和结算凭证的基本规定》, 1997).

use powerhall_money::Fen;

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
/// `壹佰贰拾叁圆肆角伍分`; `叁圆整` without fen. Below zero it begins with 负.
#[must_use]
pub fn capitals(amount: Fen) -> String {
    let fen = amount.get().unsigned_abs();
    let (yuan, jiao, cent) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut text = String::new();
    if amount < Fen::ZERO {
        text.push('负');
    }
    if yuan > 0 {
        text.push_str(&whole(yuan));
        text.push('圆');
    }
    match (jiao, cent) {
        (0, 0) if yuan == 0 => text.push_str("零圆整"),
        (0, 0) => text.push('整'),
        (jiao, 0) => text.extend([digit(jiao), '角', '整']),
        (0, cent) if yuan > 0 => text.extend(['零', digit(cent), '分']),
        (0, cent) => text.extend([digit(cent), '分']),
        (jiao, cent) => text.extend([digit(jiao), '角', digit(cent), '分']),
    }
    text
}

fn digit(value: u64) -> char {
    usize::try_from(value).ok().and_then(|at| DIGITS.get(at)).copied().unwrap_or('?')
}

/// A whole number above zero. A row of zeros is read once, and not at an end; the official examples read it at the joint
/// of two groups as well.
fn whole(number: u64) -> String {
    for (unit, word) in [(100_000_000, '亿'), (10_000, '万')] {
        let (high, low) = (number / unit, number % unit);
        if high > 0 {
            let mut text = whole(high);
            text.push(word);
            if low > 0 {
                if low < unit / 10 || high.is_multiple_of(10) {
                    text.push('零');
                }
                text.push_str(&whole(low));
            }
            return text;
        }
    }
    let mut text = String::new();
    let mut gap = false;
    for (unit, word) in [(1000, "仟"), (100, "佰"), (10, "拾"), (1, "")] {
        let one = number / unit % 10;
        if one == 0 {
            gap = !text.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            text.push('零');
        }
        text.push(digit(one));
        text.push_str(word);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_as_the_rules_show() {
        for (fen, text) in [
            (0, "零圆整"),
            (5, "伍分"),
            (10, "壹角整"),
            (12_345, "壹佰贰拾叁圆肆角伍分"),
            (30_954, "叁佰零玖圆伍角肆分"),
            (100_000, "壹仟圆整"),
            (100_005, "壹仟圆零伍分"),
            (140_950, "壹仟肆佰零玖圆伍角整"),
            (600_714, "陆仟零柒圆壹角肆分"),
            (168_032, "壹仟陆佰捌拾圆叁角贰分"),
            (10_700_053, "壹拾万零柒仟圆伍角叁分"),
            (1_000_000, "壹万圆整"),
            (1_001_000, "壹万零壹拾圆整"),
            (100_000_000_000, "壹拾亿圆整"),
            (10_001_000_100, "壹亿零壹万零壹圆整"),
            (100_020_000_000_000, "壹万零贰亿圆整"),
            (-300, "负叁圆整"),
        ] {
            assert_eq!(capitals(Fen::new(fen)), text, "{fen}");
        }
    }

    /// Reads them back, by other means: group by group from the words.
    fn read(text: &str) -> i64 {
        let (yuan, rest) = text.split_once('圆').unwrap_or(("", text));
        let digit = |c: char| DIGITS.iter().position(|d| *d == c).map(|d| i64::try_from(d).expect("small"));
        let (mut total, mut group, mut one) = (0_i64, 0_i64, 0_i64);
        for letter in yuan.chars() {
            match letter {
                '拾' => group += std::mem::take(&mut one) * 10,
                '佰' => group += std::mem::take(&mut one) * 100,
                '仟' => group += std::mem::take(&mut one) * 1000,
                '万' => total += (std::mem::take(&mut group) + std::mem::take(&mut one)) * 10_000,
                '亿' => {
                    total = (total + std::mem::take(&mut group) + std::mem::take(&mut one)) * 100_000_000;
                }
                letter => one = digit(letter).expect("a digit"),
            }
        }
        let mut fen = (total + group + one) * 100;
        for letter in rest.chars() {
            match letter {
                '角' => fen += std::mem::take(&mut one) * 10,
                '分' => fen += std::mem::take(&mut one),
                letter => one = digit(letter).unwrap_or(0),
            }
        }
        fen
    }

    proptest! {
        #[test]
        fn say_the_amount_and_never_two_zeros(fen in 1_i64..=i64::MAX / 100) {
            let text = capitals(Fen::new(fen));
            prop_assert!(!text.contains("零零") && !text.contains("零圆") && !text.starts_with('零'), "{}", text);
            // What is left in `one` at the end of the yuan is read with the rest.
            prop_assert_eq!(read(&text.replace('圆', "圆零")), fen, "{}", text);
        }
    }
}
