//! Checks of what is asked: accounts, arrears, bills, applications.

use jiff::Timestamp;
use powerhall_api::{Account, BillState, Outage, Personal};
use powerhall_money::{Fen, Outcome};

use super::{Failed, Found, Suite, definite, must, refused, wrong};
use crate::port::{AccountId, ApplicationId, Billing, Holder, Month};

pub(super) async fn ready(suite: &Suite) -> Found {
    must(
        suite.billing.ready().await,
        "it says that it is not ready, or serves another version of the contract",
    )
}

fn is_masked(shown: &Account, number: &str) -> Found {
    must(shown.account_masked.reveal() != number, "the account's number is shown whole")?;
    let stars = [&shown.name_masked, &shown.account_masked].iter().all(|text| text.reveal().contains('*'));
    must(stars, "name or number are not masked with stars")?;
    let digits = shown.address_masked.reveal().chars().any(|c| c.is_ascii_digit());
    must(!digits, "the address shows house numbers")?;
    must(shown.category.contains_key("zh_CN"), "the category has no text in zh_CN")
}

pub(super) async fn accounts(suite: &Suite) -> Found {
    let accounts = &suite.sheet.accounts;
    for number in [&accounts.owes, &accounts.owes_nothing, &accounts.closed] {
        let found = definite(suite.billing.find_account(number).await)?;
        let record = found.ok_or_else(|| wrong(format!("{number} is not found")))?;
        is_masked(&record.public, number)?;
    }
    Ok(())
}

pub(super) async fn no_account(suite: &Suite) -> Found {
    let found = definite(suite.billing.find_account(&suite.sheet.accounts.unknown).await)?;
    must(found.is_none(), "an account is found under the number that should be nobody's")
}

pub(super) async fn holdings(suite: &Suite) -> Found {
    let holder = &suite.sheet.holder;
    if holder.accounts.is_empty() {
        return Err(Failed::NotRun("holder.accounts is empty"));
    }
    for by in [
        Holder::Phone(Personal::from(holder.phone.as_str())),
        Holder::IdNumber(Personal::from(holder.id_number.as_str())),
    ] {
        let held = definite(suite.billing.holdings(&by).await)?;
        let numbers: Vec<_> = held.accounts.iter().map(|holding| holding.account.id.0.clone()).collect();
        must(
            numbers == holder.accounts,
            "the accounts are not those of the sheet, in the order of their numbers",
        )?;
        for holding in &held.accounts {
            is_masked(&holding.account.public, &holding.account.id.0)?;
            must(holding.phone.reveal() == &holder.phone, "the phone on file is another")?;
            let last4 = holding.id_last4.as_ref().map(Personal::reveal);
            let fits = last4.is_some_and(|last4| holder.id_number.ends_with(last4.as_str()));
            must(fits, "the last four of the identity number are others, or missing")?;
        }
    }
    Ok(())
}

pub(super) async fn nobody(suite: &Suite) -> Found {
    let phone = Personal::from(suite.sheet.holder.nobodys_phone.as_str());
    let held = definite(suite.billing.holdings(&Holder::Phone(phone)).await)?;
    must(held.accounts.is_empty() && !held.more, "somebody has the phone that should be nobody's")
}

pub(super) async fn arrears(suite: &Suite) -> Found {
    let owed = suite.arrears(&suite.owes()).await?;
    must(owed.bills.len() >= 2, "accounts.owes owes fewer than two months; give it new ones")?;
    let settled = suite.arrears(&suite.owes_nothing()).await?;
    must(settled.bills.is_empty(), "accounts.owes_nothing owes something")?;
    definite(suite.billing.arrears(&AccountId(suite.sheet.accounts.closed.clone()), suite.today).await)?;
    let unknown = AccountId(suite.sheet.accounts.unknown.clone());
    refused(suite.billing.arrears(&unknown, suite.today).await, "account_unknown")
}

pub(super) async fn bills(suite: &Suite) -> Found {
    let list = definite(suite.billing.bills(&suite.owes(), suite.today).await)?;
    let owed = suite.arrears(&suite.owes()).await?;
    for bill in &owed.bills {
        // What is older than the list is not in it.
        let Some(month) = list.months.iter().find(|month| month.period == bill.period) else { continue };
        must(
            matches!(month.state, BillState::Part | BillState::Unpaid),
            "a month that is owed is not unpaid in the list",
        )?;
        must(bill.amount_fen <= month.amount_fen, "more is owed of a month than it was billed")?;
    }
    let mut paid = list.months.iter().filter(|month| month.state == BillState::Paid);
    let twice = paid.any(|month| owed.bills.iter().any(|bill| bill.period == month.period));
    must(!twice, "a month is paid in the list and owed in the arrears")?;
    let unknown = AccountId(suite.sheet.accounts.unknown.clone());
    refused(suite.billing.bills(&unknown, suite.today).await, "account_unknown")
}

pub(super) async fn bill(suite: &Suite) -> Found {
    let account = suite.owes();
    let list = definite(suite.billing.bills(&account, suite.today).await)?;
    must(!list.months.is_empty(), "accounts.owes was never billed")?;
    for listed in &list.months {
        let month = |_| wrong("a month of the list is not one");
        let month: Month = listed.period.parse().map_err(month)?;
        let found = definite(suite.billing.bill(&account, month, suite.today).await)?;
        let bill = found.ok_or_else(|| wrong(format!("{} is in the list and has no bill", listed.period)))?;
        let same = (bill.amount_fen, bill.kwh, bill.state) == (listed.amount_fen, listed.kwh, listed.state);
        must(same, "a bill is not what the list says of it")?;
        must(bill.paid_fen >= Fen::ZERO && bill.paid_fen <= bill.amount_fen, "more is paid than was billed")?;
    }
    let Ok(before) = "1990-01".parse::<Month>() else { return Ok(()) };
    let none = definite(suite.billing.bill(&account, before, suite.today).await)?;
    must(none.is_none(), "there is a bill of January 1990")?;
    let unknown = AccountId(suite.sheet.accounts.unknown.clone());
    refused(suite.billing.bill(&unknown, before, suite.today).await, "account_unknown")
}

pub(super) async fn application(suite: &Suite) -> Found {
    let asked = &suite.sheet.application;
    let found = definite(suite.billing.application(&asked.number, suite.today).await)?;
    must(!found.is_empty(), "the application is not found")?;
    for application in &found {
        let shown = &application.public;
        must(shown.number_masked.reveal() != &asked.number, "its number is shown whole")?;
        must((1..=7).contains(&shown.stages.len()), "it has no stages, or more than seven")?;
    }
    let none = definite(suite.billing.application(&asked.unknown, suite.today).await)?;
    must(none.is_empty(), "an application is found under the number that should be nobody's")
}

pub(super) async fn applications(suite: &Suite) -> Found {
    let asked = &suite.sheet.application;
    let of = |account: &str, last4: &str| {
        let (account, last4) = (account.to_owned(), last4.to_owned());
        async move { suite.billing.applications_of(&account, &last4, suite.today).await }
    };
    let found = definite(of(&asked.account, &asked.phone_last4).await)?;
    must(!found.is_empty(), "the account's applications are not found")?;
    must(found.is_sorted_by(|a, b| a.public.accepted >= b.public.accepted), "not the newest first")?;
    let wrong_digits = if asked.phone_last4 == "0000" { "0001" } else { "0000" };
    for (account, last4) in
        [(&asked.account, wrong_digits), (&suite.sheet.accounts.unknown, asked.phone_last4.as_str())]
    {
        match of(account, last4).await {
            Outcome::Definite(none) if none.is_empty() => {}
            Outcome::Definite(_) => return Err(wrong("applications are told without the right digits")),
            Outcome::Rejected(_) | Outcome::Unknown(_) => {
                return Err(wrong("wrong digits and an unknown account must get the same empty list"));
            }
        }
    }
    Ok(())
}

pub(super) async fn holding(suite: &Suite) -> Found {
    let holder = &suite.sheet.holder;
    let Some(number) = holder.accounts.first() else {
        return Err(Failed::NotRun("holder.accounts is empty"));
    };
    let found = definite(suite.billing.holding(&AccountId(number.clone())).await)?;
    let holding = found.ok_or_else(|| wrong("an account of the holder is not found"))?;
    must(holding.phone.reveal() == &holder.phone, "the phone on file is another")?;
    let last4 = holding.id_last4.as_ref().map(Personal::reveal);
    let fits = last4.is_some_and(|last4| holder.id_number.ends_with(last4.as_str()));
    must(fits, "the last four of the identity number are others, or missing")?;
    let unknown = AccountId(suite.sheet.accounts.unknown.clone());
    let none = definite(suite.billing.holding(&unknown).await)?;
    must(none.is_none(), "somebody holds the account that should be nobody's")
}

pub(super) async fn fees(suite: &Suite) -> Found {
    // Whether any is due is the application's affair; the adapter has checked what is told.
    definite(suite.billing.fees(&ApplicationId(suite.sheet.application.number.clone())).await)?;
    let unknown = ApplicationId(suite.sheet.application.unknown.clone());
    let none = definite(suite.billing.fees(&unknown).await)?;
    must(none.is_empty(), "fees are due on an application that should be nobody's")
}

pub(super) async fn outages(suite: &Suite) -> Found {
    let planned = definite(suite.billing.outages(suite.now).await)?;
    let Some(first) = planned.first() else {
        return Err(wrong("no outage is planned; plan one for accounts.in_outage"));
    };
    let over: Timestamp = first.until.parse().map_err(|_| wrong("an outage without its end"))?;
    let later = definite(suite.billing.outages(over).await)?;
    must(!later.contains(first), "an outage that is over is planned still")
}

pub(super) async fn outages_of(suite: &Suite) -> Found {
    let accounts = &suite.sheet.accounts;
    if accounts.in_outage.is_empty() {
        return Err(Failed::NotRun("accounts.in_outage is empty"));
    }
    let of = |number: &str| {
        let account = AccountId(number.to_owned());
        async move { suite.billing.outages_of(&account, suite.now).await }
    };
    let own = definite(of(&accounts.in_outage).await)?;
    must(!own.is_empty(), "accounts.in_outage is in no outage; plan one for it")?;
    let planned = definite(suite.billing.outages(suite.now).await)?;
    // What comes after a full list may be left out of it.
    let listed = planned.len() == Outage::MOST || own.iter().all(|outage| planned.contains(outage));
    must(listed, "an account is in an outage that is not in the list of all")?;
    refused(of(&accounts.unknown).await, "account_unknown")
}
