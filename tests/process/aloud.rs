//! Paying without looking at the screen: by the keypad and the voice alone, the code scanned by a phone. In strong
//! contrast, large text and low reach as well, which a customer who listens does not notice.

use powerhall_billing::demo::Situation;
use powerhall_visitor::{Key, Page, SOON};

use crate::kit::{SETTLES, holds, is, visit};

fn pays_by_ear(name: &str, ways: &[&str]) {
    visit(name, 120, |v| {
        let account = v.account(Situation::OwesThreeMonths);
        let before = v.books.owed(&account.number)?;
        v.visitor.wait_for(&[Page::Home], SOON)?;
        let mut ears = v.hall.listener()?;
        let hello = ears.press(Key::Down)?;
        is("the first key", hello.as_str(), "您好，要办什么？交电费。手机扫码，约一分钟")?;
        for way in ways {
            ears.choose(way)?;
        }
        let asked = ears.choose("交电费")?;
        holds("it asks for the number", asked.starts_with("给哪一户交电费？"))?;
        // The keys come in the order 1 to 9, clear, 0.
        let place = |digit: char| if digit == '0' { 10 } else { digit.to_digit(10).unwrap_or(0) };
        let mut on = '1';
        ears.go_to("1")?;
        for (at, digit) in account.number.chars().enumerate() {
            if digit != on {
                let arrow = if place(digit) > place(on) { Key::Down } else { Key::Up };
                ears.search(arrow, &digit.to_string())?;
                on = digit;
            }
            // How many there are, and what the number may be where that has changed.
            let said = ears.press(Key::Ok)?;
            holds("a typed digit is counted", said.ends_with(&format!("{} 位", at + 1)))?;
        }
        let owed = ears.choose("下一步")?;
        let sum = before.total_fen.to_string().replace(['¥', ','], "");
        holds(
            "it says what is owed",
            owed.starts_with("请核对，然后付款。未交电费 3 个月。本次付款。")
                && owed.contains(&format!("{sum}元")),
        )?;
        ears.choose("去扫码付款")?;
        let code = ears.wait_for("请用", SETTLES)?;
        holds("it says the amount", code.contains(&format!("{sum}元")))?;
        let (link, screen) = v.visitor.wait_for_code(SOON)?;
        v.visitor.diary.keep("the code, found by ear", "by-ear", &screen)?;
        let order = v.open_order()?;
        v.visitor.pay_with_phone(&link)?;
        let done = ears.wait_for("缴费成功", SETTLES)?;
        holds("it says that it is paid", done.contains(&format!("{sum}元。已记入您的户号")))?;
        v.is_posted_once(order.order_id, before.total_fen.get())?;
        let all = ears.all().join("\n");
        let last = account.number.get(9..).unwrap_or_default();
        holds("no number is heard", !all.contains(&account.number) && !all.contains(last))?;
        ears.choose("结束")?;
        ears.wait_for("您好", SOON).map(drop)
    });
}

#[test]
fn pays_by_keypad_and_voice_alone() {
    pays_by_ear("pays_by_keypad_and_voice_alone", &[]);
}

#[test]
fn pays_by_ear_in_every_other_way_at_once() {
    pays_by_ear("pays_by_ear_in_every_other_way_at_once", &["高对比", "按键放低", "大字"]);
}
