//! From the port's words to the contract's.

use powerhall_api::Personal;
use powerhall_billing::port::{
    AccountId, AccountRecord, Aftermath, ApplicationId, ApplicationRecord, Arrears, DayLine, DueFee, FeeId,
    Fence, Holder, Holding, Holdings, NewPosting, Payment, Posted, Target, Taxable,
};
use powerhall_billing_contract as contract;

pub(crate) fn account(record: AccountRecord) -> contract::AccountOnFile {
    contract::AccountOnFile { account: Personal::new(record.id.0), shown: record.public }
}

pub(crate) fn holder(by: contract::ByHolder) -> Holder {
    match by {
        contract::ByHolder::Phone { phone } => Holder::Phone(phone),
        contract::ByHolder::IdNumber { id_number } => Holder::IdNumber(id_number),
    }
}

pub(crate) fn holdings(held: Holdings) -> contract::Holdings {
    contract::Holdings { accounts: held.accounts.into_iter().map(holding).collect(), more: held.more }
}

pub(crate) fn holding(holding: Holding) -> contract::Holding {
    contract::Holding { account: account(holding.account), phone: holding.phone, id_last4: holding.id_last4 }
}

pub(crate) fn payment(payment: Payment) -> contract::PaymentOnFile {
    contract::PaymentOnFile {
        number: payment.number,
        key: payment.key,
        paid_at: payment.paid_at,
        amount_fen: payment.amount,
        way: payment.way,
        parts: payment.parts,
        credit_fen: payment.credit,
    }
}

pub(crate) fn taxable(taxable: Taxable) -> contract::Taxable {
    contract::Taxable {
        payment: payment(taxable.payment),
        name: taxable.name,
        taxpayer: taxable.taxpayer,
        address: taxable.address,
        kwh: taxable.kwh,
    }
}

pub(crate) fn fee(fee: DueFee) -> contract::DueFee {
    contract::DueFee { item: fee.id.item, amount_fen: fee.amount, shown: fee.public }
}

pub(crate) fn aftermath(after: Aftermath) -> contract::SetInMotion {
    contract::SetInMotion { recharge: after.recharge, reconnection: after.reconnection }
}

fn target(to: &contract::Target) -> Target {
    match to {
        contract::Target::Account { account } => Target::Account(id(account)),
        contract::Target::Recharge { account } => Target::Recharge(id(account)),
        contract::Target::Fee { application, item } => {
            let application = ApplicationId(application.reveal().clone());
            Target::Fee(FeeId { application, item: *item })
        }
    }
}

pub(crate) fn arrears(ask: &contract::ByAccountOnDay, owed: Arrears) -> contract::Arrears {
    contract::Arrears {
        account: ask.account.clone(),
        today: ask.today,
        bills: owed.bills,
        credit_fen: owed.credit,
        cut_off: owed.cut_off,
        prepay: owed.prepay.map(|prepay| contract::Prepay { shown: prepay.public, least_fen: prepay.least }),
    }
}

pub(crate) fn new_posting(key: String, new: &contract::NewPosting) -> NewPosting {
    NewPosting {
        key,
        to: target(&new.to),
        amount: new.amount_fen,
        periods: new.periods.clone(),
        exact: new.exact,
        paid_at: new.paid_at,
        quoted_on: new.quoted_on,
    }
}

pub(crate) fn posting(posted: Posted) -> contract::Posting {
    contract::Posting {
        number: posted.number,
        amount_fen: posted.amount,
        arrears_fen: posted.arrears,
        credit_fen: posted.credit,
    }
}

pub(crate) fn fenced(key: String, fence: Fence) -> contract::Fenced {
    let (state, posted) = match fence {
        Fence::Fenced => (contract::FenceState::Fenced, None),
        Fence::Posted(posted) => (contract::FenceState::Posted, Some(posting(posted))),
    };
    contract::Fenced { key, state, posting: posted }
}

pub(crate) fn day_line(line: DayLine) -> contract::DayLine {
    contract::DayLine { key: line.key, number: line.number, amount_fen: line.amount }
}

pub(crate) fn id(account: &Personal) -> AccountId {
    AccountId(account.reveal().clone())
}

pub(crate) fn applications(records: Vec<ApplicationRecord>) -> Vec<contract::ApplicationOnFile> {
    let on_file = |record: ApplicationRecord| contract::ApplicationOnFile {
        application: Personal::new(record.id.0),
        shown: record.public,
    };
    records.into_iter().map(on_file).collect()
}
