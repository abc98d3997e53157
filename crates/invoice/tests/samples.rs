//! The sandbox: one request, one invoice, whatever happens on the way; and the paper, read by a program that is not ours.

#![allow(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use powerhall_faults::{Mishap, Plan, Rule};
use powerhall_invoice::port::{Buyer, Invoices, Issued, Line, NewInvoice, Seller};
use powerhall_invoice::{FaultyInvoices, InvoiceFault, SandboxInvoices, Typeface, split};
use powerhall_money::{Cause, Fen, Outcome};
use tempfile::TempDir;

/// What `scripts/install` brings.
const FONT: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";

async fn sandbox() -> (TempDir, SandboxInvoices) {
    let folder = tempfile::tempdir().unwrap();
    let typeface = Typeface::find(Path::new(FONT)).unwrap();
    // An hour before midnight in UTC: the next day in Beijing, and the next year.
    let now = || "2026-12-31T23:00:00Z".parse::<Timestamp>().unwrap();
    let sandbox = SandboxInvoices::open(&folder.path().join("book.db"), typeface, now).await.unwrap();
    (folder, sandbox)
}

fn line(item: &str, kwh: Option<i64>, gross: i64) -> Line {
    let split = split(Fen::new(gross), 13);
    Line { item: item.to_owned(), kwh, net: split.net, rate: 13, tax: split.tax }
}

fn request(number: &str) -> NewInvoice {
    NewInvoice {
        request: number.to_owned(),
        buyer: Buyer { name: "𬱖㛃䶮".into(), taxpayer: None },
        seller: Seller {
            name: "某某供电有限公司".to_owned(),
            taxpayer: "91110000MA00000000".to_owned(),
            issuer: "自助终端".to_owned(),
        },
        lines: vec![line("*供电*电费", Some(583), 30_954), line("*供电*电费违约金", None, 123)],
        remark: "户号：5101000000019 用电地址：解放路12号3单元502室 账期：2026年08月至2026年10月".into(),
    }
}

fn definite<T: std::fmt::Debug>(outcome: Outcome<T>) -> T {
    match outcome {
        Outcome::Definite(value) => value,
        other => panic!("{other:?}"),
    }
}

fn text(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("invoice.pdf");
    std::fs::write(&path, pdf).unwrap();
    let read = Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output().expect("poppler-utils");
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    String::from_utf8(read.stdout).unwrap()
}

#[tokio::test]
async fn one_request_is_one_invoice() {
    let (folder, sandbox) = sandbox().await;
    let first = definite(sandbox.issue(&request("a")).await);
    assert_eq!(first.number, "27000000000000000001", "the year is Beijing's");
    assert_eq!(definite(sandbox.issue(&request("a")).await), first);
    let other = NewInvoice { lines: vec![line("*供电*电费", None, 100)], ..request("a") };
    assert_eq!(sandbox.issue(&other).await, Outcome::Rejected("key_reused".to_owned()));
    assert_eq!(definite(sandbox.issue(&request("b")).await).number, "27000000000000000002");
    for bad in [
        NewInvoice { lines: Vec::new(), ..request("c") },
        NewInvoice { request: String::new(), ..request("c") },
    ] {
        assert!(matches!(sandbox.issue(&bad).await, Outcome::Rejected(_)));
    }
    let never = Issued { number: "27000000000000000009".to_owned(), ..first };
    assert_eq!(
        sandbox.document(&never, &request("a")).await,
        Outcome::Rejected("no_such_invoice".to_owned())
    );
    sandbox.close().await;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in ["㛃䶮", "5101000000019", "解放路"] {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
        }
    }
}

#[tokio::test]
async fn the_paper_has_what_the_law_names_and_says_that_it_is_a_sample() {
    let (_folder, sandbox) = sandbox().await;
    let issued = definite(sandbox.issue(&request("a")).await);
    let pdf = definite(sandbox.document(&issued, &request("a")).await);
    assert!(pdf.starts_with(b"%PDF-") && pdf.len() < 200_000, "a subset of the font: {} bytes", pdf.len());
    if let Some(path) = std::env::var_os("KEEP_INVOICE") {
        std::fs::write(path, &pdf).unwrap();
    }
    let text = text(&pdf);
    let bare: String = text.split_whitespace().collect();
    for field in [
        "样票SAMPLE",
        "电子发票（普通发票）",
        "发票号码：27000000000000000001",
        "开票日期：2027年01月01日",
        "𬱖㛃䶮",
        "某某供电有限公司",
        "91110000MA00000000",
        "*供电*电费",
        "千瓦时",
        "583",
        "0.469863",
        "273.93",
        "13%",
        "35.61",
        "¥275.02",
        "¥35.75",
        "叁佰壹拾圆柒角柒分",
        "¥310.77",
        "户号：5101000000019",
        "账期：2026年08月至2026年10月",
        "Notavalidinvoice",
    ] {
        assert!(bare.contains(field), "{field} is not in\n{text}");
    }
}

#[tokio::test]
async fn an_answer_that_was_lost_is_the_same_invoice_at_the_next_try() {
    let (_folder, sandbox) = sandbox().await;
    let rules = vec![
        Rule { number: Some("a".to_owned()), ..Rule::new(InvoiceFault::OnTheWay(Mishap::LostAnswer)) },
        Rule { number: Some("b".to_owned()), times: 9, ..Rule::new(InvoiceFault::InvoiceRefused) },
        Rule { number: Some("c".to_owned()), ..Rule::new(InvoiceFault::OnTheWay(Mishap::LostRequest)) },
    ];
    let faulty =
        FaultyInvoices::new(Arc::new(sandbox.clone()), Plan::new(1, Duration::from_millis(1), rules, &[]));
    assert_eq!(faulty.issue(&request("a")).await, Outcome::Unknown(Cause::Timeout));
    assert_eq!(definite(faulty.issue(&request("a")).await).number, "27000000000000000001");
    assert!(matches!(faulty.issue(&request("b")).await, Outcome::Rejected(_)));
    assert_eq!(faulty.issue(&request("c")).await, Outcome::Unknown(Cause::Network));
    assert_eq!(definite(faulty.issue(&request("c")).await).number, "27000000000000000002");
    assert!(faulty.ready().await);
}

#[test]
fn a_font_without_chinese_is_told_by_the_letter_that_it_lacks() {
    let error = Typeface::find(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml").as_path());
    assert!(error.unwrap_err().to_string().contains("OpenType"));
    let error = Typeface::find(Path::new("/nowhere/font.ttc")).unwrap_err().to_string();
    assert!(error.contains("/nowhere/font.ttc"), "{error}");
}
