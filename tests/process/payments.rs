//! Receipts and invoices: paid, and some time later the receipt again and the e-invoice, which a phone downloads.

use std::fs;
use std::process::Command;

use powerhall_billing::demo::Situation;
use powerhall_visitor::{Page, SOON, Trouble, personal};

use crate::kit::{Visit, holds, is, visit};

/// Pays all that the account owes, goes, and comes back for the list of payments.
fn pays_and_comes_back(v: &mut Visit, situation: Situation) -> powerhall_visitor::Result<(String, String)> {
    let account = v.account(situation);
    let owed = v.books.owed(&account.number)?;
    v.visitor.find_account(&account.number)?;
    let link = v.visitor.go_to_code()?;
    v.visitor.pay_with_phone(&link)?;
    let receipt = v.visitor.wait_until_posted()?;
    v.visitor.go_home()?;
    let page = v.visitor.find_payments(&account.number, &account.phone_last4)?;
    is("the proof leads to the payments", page, Page::Payments)?;
    Ok((receipt, owed.total_fen.yuan()))
}

/// What an independent reader finds in a document, without spaces.
fn text(v: &Visit, pdf: &[u8]) -> powerhall_visitor::Result<String> {
    let path = v.hall.file("invoice.pdf");
    fs::write(&path, pdf).map_err(|e| Trouble::Wrong(e.to_string()))?;
    let read = Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output();
    let read = read.map_err(|e| Trouble::Wrong(format!("pdftotext, of poppler-utils: {e}")))?;
    Ok(String::from_utf8_lossy(&read.stdout).split_whitespace().collect())
}

#[test]
fn takes_the_receipt_again_and_the_invoice() {
    visit("takes_the_receipt_again_and_the_invoice", 120, |v| {
        let (receipt, owed) = pays_and_comes_back(v, Situation::OwesThreeMonths)?;
        v.visitor.open_payment(0)?;
        let copy = v.visitor.take_receipt_again()?;
        holds("the same words", copy.starts_with(receipt.trim_end()) && !receipt.is_empty())?;
        holds("marked as a copy", copy.ends_with("（副本）"))?;

        let link = v.visitor.take_invoice()?;
        v.visitor.diary.note(&link);
        let account = v.account(Situation::OwesThreeMonths);
        holds("the link names nobody", link.contains("/i/") && !link.contains(&account.number[3..]))?;
        let (status, pdf) = v.visitor.phone.download(&link)?;
        is("the phone gets it", status, 200)?;
        let text = text(v, &pdf)?;
        let name = personal(&v.hall.file("billing.db"), &account.number)?.remove(0);
        let whole = format!("¥{owed}");
        for field in [
            "样票SAMPLE",
            "电子发票（普通发票）",
            "*供电*电费",
            "13%",
            "价税合计（大写）",
            "城南供电公司",
            "91000000MA0000000X",
            name.as_str(),
            account.number.as_str(),
            whole.as_str(),
        ] {
            holds(&format!("the document has {field}"), text.contains(field))?;
        }
        for file in ["backend.db", "backend.db-wal", "invoices.db", "invoices.db-wal"] {
            let Ok(bytes) = fs::read(v.hall.file(file)) else { continue };
            let known = bytes.windows(name.len()).any(|part| part == name.as_bytes());
            holds(&format!("{file} does not know the name"), !known)?;
        }
        v.visitor.go_home()?;
        // The same payment, the same invoice.
        v.visitor.find_payments(&account.number, &account.phone_last4)?;
        v.visitor.open_payment(0)?;
        let again = v.visitor.take_invoice()?;
        holds("a new link", again != link)?;
        is("invoices in all", v.hall.number("invoices.db", "SELECT count(*) FROM invoices")?, 1)?;
        v.visitor.go_home()
    });
}

#[test]
fn shows_no_payment_to_another_phone() {
    visit("shows_no_payment_to_another_phone", 120, |v| {
        let account = v.account(Situation::OwesNothing);
        let other = if account.phone_last4 == "0000" { "1111" } else { "0000" };
        let page = v.visitor.find_payments(&account.number, other)?;
        is("asked again", page, Page::Prove)?;
        v.visitor.go_home()
    });
}

#[test]
fn gives_the_receipt_while_no_invoice_is_to_be_had() {
    visit("gives_the_receipt_while_no_invoice_is_to_be_had", 120, |v| {
        let config = v.hall.file("backend.toml");
        let text = fs::read_to_string(&config).map_err(|e| Trouble::Wrong(e.to_string()))?;
        let down = "\n[invoices.faults.per_mille]\nlost_request = 1000\n";
        v.hall.kill_backend()?;
        fs::write(&config, text + down).map_err(|e| Trouble::Wrong(e.to_string()))?;
        v.hall.start_backend()?;
        let (receipt, _) = pays_and_comes_back(v, Situation::OwesThreeMonths)?;
        v.visitor.open_payment(0)?;
        v.visitor.touch(Page::Taking, "E-invoice")?;
        let (_, screen) = v.visitor.wait_for(&[Page::Payment], SOON)?;
        v.visitor.diary.keep("is told that there is no invoice now", "no-invoice", &screen)?;
        v.visitor.touch(Page::Payment, "To my phone")?;
        v.visitor.wait_for(&[Page::Taking], SOON)?;
        let copy = v.visitor.take_receipt_again()?;
        holds("the receipt is still there", copy.starts_with(receipt.trim_end()) && !receipt.is_empty())?;
        is("no invoice", v.hall.number("invoices.db", "SELECT count(*) FROM invoices")?, 0)
    });
}
