//! Paying without looking at the screen: by the keypad and the voice alone, the code scanned by a phone. In strong
//! contrast, large text and low reach as well, which a customer who listens does not notice.

use powerhall_api::QuoteLine;
use powerhall_billing::demo::Situation;
use powerhall_money::Fen;
use powerhall_visitor::{Key, Page, Result, SOON, Trouble};

use crate::kit::{SETTLES, Visit, holds, is, visit};

/// The keys of the keypad, in the order of the focus.
const KEYS: [&str; 12] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "清空", "0", "删除"];

fn place(digit: char) -> usize {
    KEYS.iter().position(|key| key.starts_with(digit)).unwrap_or(0)
}

/// What the customer did and heard, and what was paid.
struct Paid {
    number: String,
    owed: QuoteLine,
    reference: String,
    heard: Vec<String>,
}

/// Chooses the ways, pays all that is owed, and is home again.
fn pay_by_ear(v: &mut Visit, ways: &[&str]) -> Result<Paid> {
    let account = v.account(Situation::OwesThreeMonths);
    let owed = v.books.owed(&account.number)?;
    v.visitor.wait_for(&[Page::Home], SOON)?;
    let mut ears = v.hall.listener()?;
    ears.press(Key::Down)?;
    for way in ways {
        ears.choose(way)?;
    }
    ears.choose("交电费")?;
    let mut on = '1';
    ears.go_to("1")?;
    for digit in account.number.chars() {
        if digit != on {
            let arrow = if place(digit) > place(on) { Key::Down } else { Key::Up };
            ears.search(arrow, &digit.to_string())?;
            on = digit;
        }
        ears.press(Key::Ok)?;
    }
    ears.choose("下一步")?;
    ears.choose("去扫码付款")?;
    ears.wait_for("请用", SETTLES)?;
    let (link, screen) = v.visitor.wait_for_code(SOON)?;
    v.visitor.diary.keep("the code, found by ear", "by-ear", &screen)?;
    let order = v.open_order()?;
    v.visitor.pay_with_phone(&link)?;
    ears.wait_for("缴费成功", SETTLES)?;
    v.is_posted_once(order.order_id, owed.total_fen.get())?;
    ears.choose("结束")?;
    ears.wait_for("您好", SOON)?;
    Ok(Paid { number: account.number, owed, reference: order.reference, heard: ears.all() })
}

fn yuan(amount: Fen) -> String {
    format!("{}元", amount.to_string().replace(['¥', ','], ""))
}

/// Every sentence on the shortest way, in its order: the pages, the stops, the digits.
fn every_sentence(Paid { number, owed, reference, .. }: &Paid) -> Result<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    let mut say = |words: &[&str]| all.extend(words.iter().map(ToString::to_string));
    say(&["您好，要办什么？交电费。手机扫码，约一分钟"]);
    // Once round, to hear what there is.
    say(&["查办理进度。新装、增容、过户办到哪了", "办事指南", "电价与公告"]);
    say(&["大字。未开", "高对比。未开", "按键放低。未开", "语音朗读。已开", "找人帮忙"]);
    say(&["再听一遍", "辅助", "English", "帮助", "交电费。手机扫码，约一分钟"]);
    say(&["您的户号是多少？户号在电费账单上，也在电费短信里。1"]);
    let mut on = 0;
    for (at, digit) in number.chars().enumerate() {
        while on != place(digit) {
            on = if place(digit) > on { on + 1 } else { on - 1 };
            say(&[KEYS[on]]);
        }
        say(&[&format!("{} 位", at + 1)]);
    }
    say(&KEYS[on + 1..]);
    say(&["返回", "下一步"]);
    let late = Fen::sum(owed.bills.iter().map(|bill| bill.late_fee_fen));
    let late = late.map_err(|error| Trouble::Wrong(error.to_string()))?;
    let (sum, late) = (yuan(owed.total_fen), yuan(late));
    say(&[&format!("请核对，然后付款。未交电费 3 个月。本次付款。{sum}。含违约金 {late}。不是我")]);
    say(&["电费明细", "换个金额"]);
    for bill in &owed.bills {
        let (year, month) = bill.period.split_once('-').unwrap_or_default();
        let month = month.trim_start_matches('0');
        let amount = Fen::sum([bill.amount_fen, bill.late_fee_fen]);
        let amount = yuan(amount.map_err(|error| Trouble::Wrong(error.to_string()))?);
        let late = if bill.late_fee_fen.is_positive() {
            format!("。违约金 {}", yuan(bill.late_fee_fen))
        } else {
            String::new()
        };
        say(&[&format!("{year}年{month}月。{amount}{late}。已选")]);
    }
    say(&["返回", "去扫码付款"]);
    say(&[&format!("请用任意手机浏览器扫一扫。{sum}。收款方　城南供电公司")]);
    say(&[&format!("缴费成功，谢谢。{sum}。已记入您的户号。编号。{reference}")]);
    say(&["一般。您的评价", "不满意。您的评价", "结束"]);
    say(&["您好，要办什么？交电费。手机扫码，约一分钟"]);
    Ok(all)
}

/// What the customer waits for is over before it is said, or it is said: with the stop that the focus comes to, or it is
/// there already.
fn without_waiting(heard: &[String]) -> Vec<String> {
    let waiting = ["请稍等。正在生成付款码", "已收到您的付款"];
    let said = heard.iter().filter(|said| !waiting.iter().any(|words| said.starts_with(words)));
    let stops = [("请用", "。取消"), ("缴费成功", "。满意。您的评价")];
    let page = |said: &String| {
        let known = stops.iter().find(|(page, _)| said.starts_with(page));
        let page = known.and_then(|(_, stop)| said.strip_suffix(stop));
        page.unwrap_or(said).to_owned()
    };
    said.map(page).collect()
}

#[test]
fn pays_by_keypad_and_voice_alone() {
    visit("pays_by_keypad_and_voice_alone", 120, |v| {
        let paid = pay_by_ear(v, &[])?;
        let (heard, wanted) = (without_waiting(&paid.heard), every_sentence(&paid)?);
        // One by one, so that the first that differs is named.
        for (at, (one, wanted)) in heard.iter().zip(&wanted).enumerate() {
            is(&format!("sentence {at} of {:?}", &heard[at..]), one, wanted)?;
        }
        is("how many sentences", heard.len(), wanted.len())
    });
}

#[test]
fn pays_by_ear_in_every_other_way_at_once() {
    visit("pays_by_ear_in_every_other_way_at_once", 120, |v| {
        let paid = pay_by_ear(v, &["高对比", "按键放低", "大字"])?;
        let said = |words: &str| paid.heard.iter().any(|said| said.contains(words));
        holds("it says what is owed", said(&format!("本次付款。{}", yuan(paid.owed.total_fen))))?;
        holds("it says that it is paid", said("缴费成功，谢谢"))?;
        let last = paid.number.get(9..).unwrap_or_default();
        holds("no number is heard", !said(&paid.number) && !said(last))
    });
}
