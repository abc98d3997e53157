//! Receipts and invoices of what was paid.

use std::time::Duration;

use crate::{Page, Result, SOON, Visitor};

impl Visitor {
    /// Receipts and invoices: by account number and the last four digits of the phone on file. Ends on [`Page::Payments`],
    /// or on [`Page::Prove`] again.
    pub fn find_payments(&mut self, account: &str, phone: &str) -> Result<Page> {
        self.wait_for(&[Page::Home], SOON)?;
        self.touch(Page::Home, "Receipts, invoices")?;
        self.wait_for(&[Page::FindPayments], SOON)?;
        self.type_in(Page::FindPayments, account)?;
        let (_, screen) = self.wait_for(&[Page::FindPayments], SOON)?;
        self.diary.keep("types the account number; touches “Next”", "whose-payments", &screen)?;
        self.touch(Page::FindPayments, "Next")?;
        self.wait_for(&[Page::Prove], SOON)?;
        self.prove(phone)
    }

    /// From the list of payments to what of one of them can be taken along.
    pub fn open_payment(&mut self, at: usize) -> Result<()> {
        let (_, screen) = self.wait_for(&[Page::Payments], SOON)?;
        let &payment = self
            .rows(Page::Payments)?
            .get(at)
            .ok_or_else(|| self.not_seen("a payment", Duration::ZERO, "a shorter list", &screen))?;
        self.diary.keep("sees what was paid; opens one", "payments", &screen)?;
        self.point(payment)?;
        let (_, screen) = self.wait_for(&[Page::Payment], SOON)?;
        self.diary.keep("reads one payment", "payment", &screen)?;
        self.touch(Page::Payment, "To my phone")?;
        let (_, screen) = self.wait_for(&[Page::Taking], SOON)?;
        self.diary.keep("is asked what to take along", "taking", &screen)
    }

    /// The receipt again: what its code says to the phone. Ends where it began.
    pub fn take_receipt_again(&mut self) -> Result<String> {
        self.touch(Page::Taking, "Copy of receipt")?;
        let (_, screen) = self.wait_for(&[Page::ReceiptAgain], SOON)?;
        self.diary.keep("takes the receipt along once more", "receipt-again", &screen)?;
        let said = self.phone.scan(&screen)?;
        self.touch(Page::ReceiptAgain, "Back")?;
        self.wait_for(&[Page::Taking], SOON)?;
        Ok(said)
    }

    /// The e-invoice: the link that its code holds for the phone.
    pub fn take_invoice(&mut self) -> Result<String> {
        self.touch(Page::Taking, "E-invoice")?;
        let (_, screen) = self.wait_for(&[Page::InvoiceCode], SOON)?;
        self.diary.keep("sees the code of the e-invoice", "invoice-code", &screen)?;
        self.phone.scan(&screen)
    }
}
