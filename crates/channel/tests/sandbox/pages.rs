//! What the phone sees and does.

use powerhall_channel::port::{Channel, Trade};
use powerhall_money::{Fen, Outcome};

use crate::bench::{NOBODY, bench};

#[tokio::test]
async fn a_phone_pays() {
    let b = bench(NOBODY).await;
    let link = b.link("A00001").await;
    let (status, page) = b.look(&link).await;
    assert_eq!(status, 200);
    for word in ["供电营业厅", "电费", "¥309.54", "value=\"pay\"", "value=\"decline\"", "不会真实扣款"]
    {
        assert!(page.contains(word), "{word} is missing in {page}");
    }
    assert_eq!(b.sandbox.query("A00001").await, Outcome::Definite(Trade::Pending));

    let (status, page) = b.press(&link, "pay").await;
    assert_eq!(status, 200);
    assert!(page.contains("付款成功") && !page.contains("<form"), "{page}");
    let Outcome::Definite(Trade::Paid(payment)) = b.sandbox.query("A00001").await else { panic!("not paid") };
    assert_eq!(
        (payment.amount, payment.currency.as_str(), payment.merchant.as_str()),
        (Fen::new(30_954), "CNY", "M-7")
    );
    assert_eq!(payment.at, b.hands.now());
    assert!(page.contains(&payment.transaction));
}

#[tokio::test]
async fn the_front_page_lists_what_can_be_paid() {
    let b = bench(NOBODY).await;
    let link = b.link("A00001").await;
    let (front, token) = link.split_once("/pay/").expect("a link");
    let front = format!("{front}/");
    let (_, page) = b.look(&front).await;
    assert!(page.contains(&format!("href=\"pay/{token}\"")) && page.contains("¥309.54"), "{page}");
    b.press(&link, "pay").await;
    let (status, page) = b.look(&front).await;
    assert!(status == 200 && !page.contains(token), "{page}");
}

#[tokio::test]
async fn pressing_many_times_pays_once() {
    let b = bench(NOBODY).await;
    let link = b.link("A00001").await;
    let press = || b.press(&link, "pay");
    let answers = tokio::join!(press(), press(), press(), press(), press(), press());
    let mut transactions = std::collections::HashSet::new();
    for (status, page) in <[_; 6]>::from(answers) {
        assert_eq!(status, 200);
        let at = page.find("SBX").unwrap();
        transactions.insert(page[at..at + 27].to_owned());
    }
    assert_eq!(transactions.len(), 1);
}

#[tokio::test]
async fn declining_only_goes_back() {
    let b = bench(NOBODY).await;
    let link = b.link("A00001").await;
    let (status, page) = b.press(&link, "decline").await;
    assert_eq!(status, 200);
    assert!(page.contains("您没有付款") && page.contains("value=\"pay\""), "{page}");
    assert_eq!(b.sandbox.query("A00001").await, Outcome::Definite(Trade::Pending));
    b.press(&link, "pay").await;
    assert!(matches!(b.sandbox.query("A00001").await, Outcome::Definite(Trade::Paid(_))));
}

#[tokio::test]
async fn a_closed_code_cannot_be_paid() {
    let b = bench(NOBODY).await;
    let link = b.link("A00001").await;
    assert_eq!(b.sandbox.close("A00001").await, Outcome::Definite(Trade::Closed));
    let (status, page) = b.press(&link, "pay").await;
    assert_eq!(status, 200);
    assert!(page.contains("付款码已关闭") && !page.contains("<form"), "{page}");
    assert_eq!(b.sandbox.query("A00001").await, Outcome::Definite(Trade::Closed));
}

#[tokio::test]
async fn an_expired_code_cannot_be_paid_even_if_the_clock_goes_back() {
    let b = bench(NOBODY).await;
    let link = b.link("A00001").await;
    b.hands.turn(120);
    assert!(b.look(&link).await.1.contains("<form"), "payable in its last moment");
    b.hands.turn(1);
    let (_, page) = b.press(&link, "pay").await;
    assert!(page.contains("付款码已过期") && !page.contains("<form"), "{page}");
    b.hands.turn(-60);
    let (_, page) = b.press(&link, "pay").await;
    assert!(page.contains("付款码已过期"), "{page}");
    assert_eq!(b.sandbox.query("A00001").await, Outcome::Definite(Trade::Closed));
}

#[tokio::test]
async fn speaks_the_phones_language_and_escapes() {
    let b = bench(NOBODY).await;
    let mut trade = b.trade("A00001");
    trade.subject = "<script>alert('x')</script> & co".to_owned();
    let Outcome::Definite(code) = b.sandbox.create(&trade).await else { panic!("no code") };
    let answer = b.phone.get(&code.0).header("accept-language", "en-GB,en;q=0.9").send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'"));
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let page = answer.text().await.unwrap();
    assert!(page.contains("lang=\"en\"") && page.contains("Power supply hall"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; co"), "{page}");
    assert!(!page.contains("<script"));
}

#[tokio::test]
async fn odd_requests_get_a_calm_page() {
    let b = bench(NOBODY).await;
    let link = b.link("A00001").await;
    let nowhere = format!("{}/pay/{}", b.config.public_base_url, "0".repeat(26));
    assert_eq!(b.look(&nowhere).await.0, 404);
    assert_eq!(b.press(&nowhere, "pay").await.0, 404);
    let (status, page) = b.press(&link, "steal").await;
    assert_eq!(status, 400);
    assert!(page.contains("无法识别这次操作"));
    assert_eq!(b.press(&link, &"x".repeat(5000)).await.0, 400);
    assert_eq!(b.sandbox.query("A00001").await, Outcome::Definite(Trade::Pending));
}
