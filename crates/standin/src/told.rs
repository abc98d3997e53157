//! From the port's words to the contract's.

use powerhall_api::Personal;
use powerhall_billing::port::{
    AccountId, AccountRecord, ApplicationRecord, Arrears, DayLine, Fence, Holder, Holding, Holdings,
    NewPosting, Posted,
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
    let holding = |holding: Holding| contract::Holding {
        account: account(holding.account),
        phone: holding.phone,
        id_last4: holding.id_last4,
    };
    contract::Holdings { accounts: held.accounts.into_iter().map(holding).collect(), more: held.more }
}

pub(crate) fn arrears(ask: &contract::ByAccountOnDay, owed: Arrears) -> contract::Arrears {
    contract::Arrears {
        account: ask.account.clone(),
        today: ask.today,
        bills: owed.bills,
        credit_fen: owed.credit,
    }
}

pub(crate) fn new_posting(key: String, new: &contract::NewPosting) -> NewPosting {
    NewPosting {
        key,
        account: id(&new.account),
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
