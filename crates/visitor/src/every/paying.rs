//! All that is paid for, and what is given of it afterwards.

use powerhall_api::Move;
use powerhall_billing::demo::Situation;

use super::{Hall, must_be, some};
use crate::{Page, Result, Trouble};

/// Yuan that are not enough to be reconnected.
const TOO_LITTLE: &str = "10";

impl Hall<'_> {
    /// Two accounts in one payment, after a look at the bills of the first; and an opinion.
    pub(super) fn reads_bills_and_pays(&mut self) -> Result<()> {
        self.visitor.diary.note("— 2 bills, 3 pay, 12 opinion —");
        let (first, second) =
            (self.account(Situation::OwesThreeMonths)?, self.account(Situation::OwesOneMonth)?);
        self.visitor.look_at_bills(&first.number)?;
        must_be(self.visitor.find_account(&first.number)?, Page::Confirm)?;
        self.visitor.read_bills(Page::Confirm)?;
        self.visitor.choose_oldest(1)?;
        self.visitor.choose_amount("50")?;
        self.visitor.go_home()?;
        self.visitor.find_account(&first.number)?;
        self.visitor.add_account(&second.number)?;
        let link = self.visitor.go_to_code_from(Page::Basket)?;
        self.visitor.pay_with_phone(&link)?;
        self.visitor.wait_until_posted()?;
        self.visitor.touch(Page::Posted, "Good")?;
        self.sees(Page::Posted, "has said how it was", "opinion")?;
        self.visitor.go_home()
    }

    /// First too little, then just what it takes.
    pub(super) fn pays_what_reconnects(&mut self) -> Result<()> {
        self.visitor.diary.note("— 3 the least that brings the supply back —");
        let account = self.account(Situation::CutOff)?;
        self.visitor.find_account(&account.number)?;
        self.visitor.choose_amount(TOO_LITTLE)?;
        let link = self.visitor.go_to_code()?;
        self.visitor.pay_with_phone(&link)?;
        self.visitor.wait_for_what_follows(&[Page::NotReconnected])?;
        self.visitor.go_home()?;
        self.visitor.find_account(&account.number)?;
        self.visitor.choose_minimum()?;
        let link = self.visitor.go_to_code()?;
        self.visitor.pay_with_phone(&link)?;
        self.visitor.wait_for_what_follows(&[Page::Reconnected])?;
        self.visitor.go_home()
    }

    /// One that arrives, with its receipt; one that the meter does not take; and a meter that takes none.
    pub(super) fn recharges(&mut self) -> Result<()> {
        self.visitor.diary.note("— 4 prepaid —");
        self.recharges_one(Situation::Prepaid, Page::Recharged)?;
        self.visitor.touch(Page::Recharged, "Receipt")?;
        self.sees(Page::Receipt, "takes the receipt along", "receipt")?;
        self.visitor.go_home()?;
        self.recharges_one(Situation::PrepaidFails, Page::NotRecharged)?;
        self.visitor.go_home()?;
        let account = self.account(Situation::PrepaidBlocked)?;
        must_be(self.visitor.find_account(&account.number)?, Page::Blocked)?;
        self.visitor.go_home()
    }

    fn recharges_one(&mut self, situation: Situation, end: Page) -> Result<()> {
        let account = self.account(situation)?;
        must_be(self.visitor.find_account(&account.number)?, Page::Recharge)?;
        self.visitor.choose_preset("¥100.00")?;
        let link = self.visitor.go_to_code_from(Page::Recharge)?;
        self.visitor.pay_with_phone(&link)?;
        self.visitor.wait_for_what_follows(&[end]).map(drop)
    }

    pub(super) fn pays_a_fee(&mut self) -> Result<()> {
        self.visitor.diary.note("— 5 business fees —");
        let due = some(self.showcase.fee_due())?;
        self.visitor.find_application(&due.number)?;
        let link = self.visitor.go_to_fees_code()?;
        self.visitor.pay_with_phone(&link)?;
        self.visitor.wait_until_posted()?;
        self.visitor.go_home()?;
        let refund = some(self.showcase.refund())?;
        self.visitor.find_application(&refund.number)?;
        self.visitor.open_details()?;
        self.visitor.go_home()
    }

    pub(super) fn follows_applications(&mut self) -> Result<()> {
        self.visitor.diary.note("— 6 my application —");
        let ours = some(self.showcase.application(Move::Company, false))?;
        self.visitor.find_application(&ours.number)?;
        self.visitor.ask_call_back()?;
        self.visitor.go_home()?;
        let late = some(self.showcase.application(Move::Company, true))?;
        self.visitor.find_application_by_account(&late.account, &late.phone_last4)?;
        self.visitor.go_home()
    }

    pub(super) fn takes_receipt_and_invoice(&mut self) -> Result<()> {
        self.visitor.diary.note("— 9 receipts and invoices —");
        let account = self.account(Situation::OwesThreeMonths)?;
        must_be(self.visitor.find_payments(&account.number, &account.phone_last4)?, Page::Payments)?;
        self.visitor.open_payment(0)?;
        self.visitor.take_receipt_again()?;
        let link = self.visitor.take_invoice()?;
        let (status, document) = self.visitor.phone.download(&link)?;
        if status != 200 || !document.starts_with(b"%PDF-") {
            return Err(Trouble::Phone(format!("the invoice does not come: {status}")));
        }
        self.visitor.diary.note(&format!("the phone has the e-invoice, {} bytes", document.len()));
        self.visitor.go_home()
    }
}
