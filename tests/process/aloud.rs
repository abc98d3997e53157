//! Paying without looking at the screen: by the keypad and the voice alone, the code scanned by a phone. In strong
//! contrast, large text and low reach as well, which a customer who listens does not notice.

use std::collections::BTreeSet;
use std::path::Path;

use powerhall_api::{Order, QuoteLine};
use powerhall_billing::demo::Situation;
use powerhall_money::Fen;
use powerhall_visitor::{Key, Page, Result, SOON, Trouble};

use crate::kit::{SETTLES, Visit, holds, is, visit};

#[allow(dead_code, reason = "shared with the build")]
#[path = "../../ui/messages.rs"]
mod read;

use read::messages;

/// What the customer did and heard, and what was paid.
struct Paid {
    number: String,
    owed: QuoteLine,
    order: Order,
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
    ears.type_in(&account.number)?;
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
    let order = v.orders.order_until(order.order_id, "posted", SETTLES, |order| order.receipt.is_some())?;
    Ok(Paid { number: account.number, owed, order, heard: ears.all() })
}

fn yuan(amount: Fen) -> String {
    format!("{}元", amount.to_string().replace(['¥', ','], ""))
}

/// A whole number below a million, `1,234`.
fn grouped(number: i64) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}

/// An RFC 3339 time as it is said: `2026年11月5日 10:42`.
fn minute(time: &str) -> String {
    let (day, rest) = time.split_once('T').unwrap_or_default();
    let mut parts = day.split('-').map(|part| part.trim_start_matches('0'));
    let [year, month, day] = [(); 3].map(|()| parts.next().unwrap_or_default());
    format!("{year}年{month}月{day}日 {}", rest.get(..5).unwrap_or_default())
}

/// The words that the project has in Chinese: messages of the interface, and names of the hall.
fn words() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let said = messages(&folder.join("ui/translations/zh_CN/LC_MESSAGES/powerhall-ui.po"));
    let hall =
        std::fs::read_to_string(folder.join("config/hall/texts/zh_CN.toml")).expect("the hall's words");
    let names =
        hall.lines().filter_map(|line| line.split_once(" = \"")?.1.strip_suffix('"')).map(str::to_owned);
    // The other language's own name, and what the keys type.
    let others = ["English".to_owned()].into_iter().chain((0..10).map(|digit| digit.to_string()));
    said.into_iter().map(|message| message.words).chain(names).chain(others).collect()
}

/// What is said besides the names of what the focus comes to: the pages, the months and the digits, in their order. Left
/// out is every sentence all of whose parts, between one `。` and the next, are words that the project has: the name of a
/// control, on whichever page and in whatever order, and a page that is made of nothing else. Also what is waited for, which
/// is over before it is said, or is said; and the focus comes to a page with it, or is there already.
fn sentences(heard: &[String]) -> Vec<String> {
    let words = words();
    // How many digits there are is no name, even where a field asks for as many.
    let is_a_name =
        |said: &&String| !said.ends_with(" 位") && said.split('。').all(|part| words.contains(part));
    let waits = |said: &&String| ["已收到您的付款", "请稍等"].iter().any(|page| said.starts_with(page));
    let stops = [("请用", "。取消"), ("缴费成功", "。满意。您的评价")];
    let page = |said: &String| {
        let known = stops.iter().find(|(page, _)| said.starts_with(page));
        let page = known.and_then(|(_, stop)| said.strip_suffix(stop));
        page.unwrap_or(said).to_owned()
    };
    heard.iter().filter(|said| !is_a_name(said) && !waits(said)).map(page).collect()
}

/// All of these, word for word.
fn every_sentence(Paid { number, owed, order, .. }: &Paid) -> Result<Vec<String>> {
    let sum_of = |amounts: &mut dyn Iterator<Item = Fen>| {
        Fen::sum(amounts).map(yuan).map_err(|error| Trouble::Wrong(error.to_string()))
    };
    let home = "您好，要办什么？现金缴费请到 1 号柜台。交电费。手机扫码，约一分钟".to_owned();
    let mut all = vec![home.clone(), "给哪一户交电费？户号、手机号、身份证号都可以。不知道号码".into()];
    // With the tenth digit it can be nothing but an account number, and is called so.
    all.extend(
        (1..=number.len()).map(|typed| format!("{}已输 {typed} 位", if typed == 10 { "户号。" } else { "" })),
    );
    let sum = yuan(owed.total_fen);
    let late = sum_of(&mut owed.bills.iter().map(|bill| bill.late_fee_fen))?;
    all.push(format!("请核对，然后付款。未交电费 3 个月。本次付款。{sum}。含违约金 {late}。不是我"));
    for bill in &owed.bills {
        let (year, month) = bill.period.split_once('-').unwrap_or_default();
        let month = month.trim_start_matches('0');
        let amount = sum_of(&mut [bill.amount_fen, bill.late_fee_fen].into_iter())?;
        let late = bill.late_fee_fen;
        let late = if late.is_positive() { format!("。违约金 {}", yuan(late)) } else { String::new() };
        let kwh = grouped(bill.kwh);
        let (_, due) = bill.due_date.split_once('-').unwrap_or_default();
        let (due, day) = due.split_once('-').unwrap_or_default();
        let [due, day] = [due, day].map(|number| number.trim_start_matches('0'));
        all.push(format!("{year}年{month}月。{amount}。{kwh} 度，{due}月{day}日到期{late}。已选"));
    }
    all.push(format!(
        "请用任意手机浏览器扫一扫。{sum}。收款方　城南供电公司。只扫屏幕上的码，不要扫贴在机器上的码"
    ));
    let line = order.lines.first().ok_or_else(|| Trouble::Wrong("no line".into()))?;
    let left = line.arrears_fen.map(|fen| format!("目前欠费。{}。", yuan(fen))).unwrap_or_default();
    let credit = line.credit_fen.filter(|fen| fen.is_positive());
    let credit = credit.map(|fen| format!("预交余额。{}。", yuan(fen))).unwrap_or_default();
    let receipt = order.receipt.as_ref().ok_or_else(|| Trouble::Wrong("no receipt".into()))?;
    let (reference, paid_at) = (&order.reference, minute(&receipt.paid_at));
    all.push(format!(
        "缴费成功，谢谢。{sum}。已记入您的户号。{left}{credit}付款编号。{reference}。付款时间。{paid_at}。用手机扫一扫，保存收据"
    ));
    all.push(home);
    Ok(all)
}

#[test]
fn pays_by_keypad_and_voice_alone() {
    visit("pays_by_keypad_and_voice_alone", 120, |v| {
        let paid = pay_by_ear(v, &[])?;
        let (heard, wanted) = (sentences(&paid.heard), every_sentence(&paid)?);
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
        let paid = pay_by_ear(v, &["高对比度", "按键放低", "大字"])?;
        let said = |words: &str| paid.heard.iter().any(|said| said.contains(words));
        holds("it says what is owed", said(&format!("本次付款。{}", yuan(paid.owed.total_fen))))?;
        holds("it says that it is paid", said("缴费成功，谢谢"))?;
        let last = paid.number.get(9..).unwrap_or_default();
        holds("no number is heard", !said(&paid.number) && !said(last))
    });
}
