//! Checks of postings: what a fen settles, that a key counts once, what is refused and stays so, the day file.

use jiff::ToSpan;
use powerhall_money::{Cause, Fen, Outcome};
use tokio::task::JoinSet;

use super::{Failed, Found, Suite, definite, must, refused, total, wrong};
use crate::embedded::day;
use crate::port::{AccountId, ApplicationId, Arrears, Billing, FeeId, NewPosting, Target};

/// How many lines of a day file are asked for one by one, from its end.
const LINES_ASKED: usize = 100;

/// What a month owes, late fee included.
fn owed_of(arrears: &Arrears, period: &str) -> Fen {
    let bill = arrears.bills.iter().find(|bill| bill.period == period);
    bill.map_or(Fen::ZERO, |bill| bill.amount_fen.plus(bill.late_fee_fen).unwrap_or(Fen::ZERO))
}

/// The account that a posting of the suite credits.
fn to(posting: &NewPosting) -> AccountId {
    match &posting.to {
        Target::Account(account) | Target::Recharge(account) => account.clone(),
        Target::Fee(fee) => AccountId(fee.application.0.clone()),
    }
}

/// Posts, and looks that a fen less is owed, of this month, and nothing else has changed.
async fn settles(suite: &Suite, posting: &NewPosting, period: &str) -> Found {
    let before = suite.arrears(&to(posting)).await?;
    let posted = suite.posted(posting).await?;
    let after = suite.arrears(&to(posting)).await?;
    must(posted.amount == posting.amount, "the answer has another amount")?;
    let left = total(&before)?.minus(posting.amount).map_err(|_| wrong("amounts beyond any sum"))?;
    must(total(&after)? == left, "what is owed in all is not less by the amount")?;
    must(posted.arrears == left, "the answer's arrears are not what is owed after it")?;
    must(posted.credit == after.credit && after.credit == before.credit, "the credit has changed")?;
    for bill in &before.bills {
        let less = if bill.period == period { posting.amount } else { Fen::ZERO };
        let expected = owed_of(&before, &bill.period).minus(less);
        must(Ok(owed_of(&after, &bill.period)) == expected, "another month was settled")?;
    }
    Ok(())
}

/// The oldest and the newest month that is owed.
async fn months(suite: &Suite) -> Result<(String, String), Failed> {
    let owed = suite.arrears(&suite.owes()).await?;
    match (owed.bills.first(), owed.bills.last()) {
        (Some(oldest), Some(newest)) if oldest.period != newest.period => {
            Ok((oldest.period.clone(), newest.period.clone()))
        }
        (Some(_) | None, Some(_) | None) => Err(Failed::NotRun("accounts.owes owes fewer than two months")),
    }
}

pub(super) async fn oldest_first(suite: &Suite) -> Found {
    let (oldest, _) = months(suite).await?;
    settles(suite, &suite.fen(suite.owes()), &oldest).await?;
    // On an account that owes nothing it becomes credit.
    let account = suite.owes_nothing();
    let before = suite.arrears(&account).await?;
    let posted = suite.posted(&suite.fen(account.clone())).await?;
    let after = suite.arrears(&account).await?;
    must(
        before.credit.plus(Fen::new(1)) == Ok(after.credit),
        "what nothing is owed for does not become credit",
    )?;
    must(posted.credit == after.credit, "the answer's credit is not that of the account")
}

pub(super) async fn chosen_first(suite: &Suite) -> Found {
    let (_, newest) = months(suite).await?;
    let chosen = NewPosting { periods: vec![newest.clone()], ..suite.fen(suite.owes()) };
    settles(suite, &chosen, &newest).await
}

pub(super) async fn the_same_again(suite: &Suite) -> Found {
    let posting = suite.fen(suite.owes());
    let first = suite.posted(&posting).await?;
    must(suite.posted(&posting).await? == first, "the same at once again got another answer")?;
    suite.posted(&suite.fen(suite.owes())).await?;
    let owed = total(&suite.arrears(&suite.owes()).await?)?;
    must(
        suite.posted(&posting).await? == first,
        "after another posting it got another answer than the first",
    )?;
    must(total(&suite.arrears(&suite.owes()).await?)? == owed, "it was posted again")
}

pub(super) async fn other_content(suite: &Suite) -> Found {
    let (oldest, _) = months(suite).await?;
    let posting = suite.fen(suite.owes());
    let first = suite.posted(&posting).await?;
    for (what, other) in [
        ("amount", NewPosting { amount: Fen::new(2), ..posting.clone() }),
        ("account", NewPosting { to: Target::Account(suite.owes_nothing()), ..posting.clone() }),
        ("period", NewPosting { periods: vec![oldest], ..posting.clone() }),
        ("exact", NewPosting { exact: true, ..posting.clone() }),
        ("paid_at", NewPosting { paid_at: suite.now - 1.hour(), ..posting.clone() }),
    ] {
        match suite.billing.post(&other).await {
            Outcome::Unknown(Cause::UnknownCode(code)) if code == "key_reused" => {}
            Outcome::Definite(_) => return Err(wrong(format!("accepted with another {what}"))),
            Outcome::Rejected(code) => {
                return Err(wrong(format!(
                    "{code} for another {what} is a refusal: money would go back for a key that is posted"
                )));
            }
            Outcome::Unknown(cause) => {
                return Err(wrong(format!("another {what} must get 409 key_reused, got: {cause}")));
            }
        }
    }
    let still = definite(suite.billing.query_post(&posting.key).await)?;
    must(still == Some(first), "the posting has changed")
}

pub(super) async fn exact(suite: &Suite) -> Found {
    let (oldest, _) = months(suite).await?;
    let part = NewPosting { periods: vec![oldest.clone()], exact: true, ..suite.fen(suite.owes()) };
    settles(suite, &part, &oldest).await?;
    // More than the month owes: somebody else has paid of it.
    let before = suite.arrears(&suite.owes()).await?;
    let more = owed_of(&before, &oldest).plus(Fen::new(1)).map_err(|_| wrong("amounts beyond any sum"))?;
    let too_much = NewPosting { amount: more, ..NewPosting { key: suite.key(), ..part.clone() } };
    refused(suite.billing.post(&too_much).await, "already_paid")?;
    // A month that is paid.
    let paid =
        NewPosting { to: Target::Account(suite.owes_nothing()), ..NewPosting { key: suite.key(), ..part } };
    refused(suite.billing.post(&paid).await, "already_paid")?;
    must(suite.arrears(&suite.owes()).await? == before, "a refused posting has changed what is owed")
}

pub(super) async fn refusals(suite: &Suite) -> Found {
    let accounts = &suite.sheet.accounts;
    let before = suite.arrears(&suite.owes()).await?;
    let closed = suite.fen(AccountId(accounts.closed.clone()));
    refused(suite.billing.post(&closed).await, "account_closed")?;
    let unknown = suite.fen(AccountId(accounts.unknown.clone()));
    refused(suite.billing.post(&unknown).await, "account_unknown")?;
    for amount in [0, -1] {
        let none = NewPosting { amount: Fen::new(amount), ..suite.fen(suite.owes()) };
        refused(suite.billing.post(&none).await, "bad_amount")?;
    }
    let no_month = NewPosting { periods: vec!["2026-13".to_owned()], ..suite.fen(suite.owes()) };
    refused(suite.billing.post(&no_month).await, "bad_period")?;
    must(suite.arrears(&suite.owes()).await? == before, "a refused posting has changed what is owed")
}

pub(super) async fn stays_refused(suite: &Suite) -> Found {
    let closed = suite.fen(AccountId(suite.sheet.accounts.closed.clone()));
    refused(suite.billing.post(&closed).await, "account_closed")?;
    refused(suite.billing.post(&closed).await, "account_closed")?;
    let open = NewPosting { to: Target::Account(suite.owes_nothing()), ..closed.clone() };
    refused(suite.billing.post(&open).await, "account_closed")?;
    let none = definite(suite.billing.query_post(&closed.key).await)?;
    must(none.is_none(), "a refused key is on an account")
}

pub(super) async fn at_once(suite: &Suite) -> Found {
    let posting = suite.fen(suite.owes_nothing());
    let before = suite.arrears(&to(&posting)).await?;
    let mut tries = JoinSet::new();
    for _ in 0..8 {
        let (billing, posting) = (suite.billing.clone(), posting.clone());
        tries.spawn(async move { billing.post(&posting).await });
    }
    let mut answers = Vec::new();
    while let Some(answer) = tries.join_next().await {
        match answer {
            Ok(Outcome::Definite(posted)) => answers.push(posted),
            Ok(Outcome::Rejected(code)) => {
                return Err(wrong(format!("one of eight was refused with {code}")));
            }
            // Busy is allowed: the same request comes again.
            Ok(Outcome::Unknown(_)) | Err(_) => {}
        }
    }
    let first = suite.posted(&posting).await?;
    must(answers.iter().all(|answer| *answer == first), "one key got different answers")?;
    let after = suite.arrears(&to(&posting)).await?;
    must(before.credit.plus(Fen::new(1)) == Ok(after.credit), "it was posted more than once, or not at all")
}

pub(super) async fn query(suite: &Suite) -> Found {
    let posting = suite.fen(suite.owes_nothing());
    must(
        definite(suite.billing.query_post(&posting.key).await)?.is_none(),
        "a key that nobody used is posted",
    )?;
    let posted = suite.posted(&posting).await?;
    let found = definite(suite.billing.query_post(&posting.key).await)?;
    must(found == Some(posted), "it does not give the answer of the posting")
}

pub(super) async fn day_file(suite: &Suite) -> Found {
    let (today, yesterday) = (suite.fen(suite.owes_nothing()), suite.fen(suite.owes_nothing()));
    let yesterday = NewPosting { paid_at: suite.now - 24.hours(), ..yesterday };
    let closed = suite.fen(AccountId(suite.sheet.accounts.closed.clone()));
    refused(suite.billing.post(&closed).await, "account_closed")?;
    for (posting, other) in [(&today, &yesterday), (&yesterday, &today)] {
        let posted = suite.posted(posting).await?;
        let file = definite(suite.billing.day_file(day::in_beijing(posting.paid_at)).await)?;
        let line = file.iter().find(|line| line.key == posting.key);
        let line =
            line.ok_or_else(|| wrong("a posting is missing in the file of the day on which it was paid"))?;
        must(
            (line.amount, &line.number) == (posted.amount, &posted.number),
            "a line has another amount or number",
        )?;
        let others = file.iter().any(|line| line.key == other.key || line.key == closed.key);
        must(!others, "the file has what was paid on another day, or refused")?;
        for line in file.iter().rev().take(LINES_ASKED) {
            let posted = definite(suite.billing.query_post(&line.key).await)?;
            let same =
                posted.is_some_and(|posted| (posted.amount, &posted.number) == (line.amount, &line.number));
            must(same, "the file has a line that queryPosting does not know so")?;
        }
    }
    Ok(())
}

pub(super) async fn no_such_duty(suite: &Suite) -> Found {
    let recharge =
        NewPosting { to: Target::Recharge(suite.owes_nothing()), ..suite.fen(suite.owes_nothing()) };
    refused(suite.billing.post(&recharge).await, "not_prepaid")?;
    let fee = FeeId { application: ApplicationId(suite.sheet.application.unknown.clone()), item: 1 };
    let nobodys = NewPosting { to: Target::Fee(fee), ..suite.fen(suite.owes_nothing()) };
    refused(suite.billing.post(&nobodys).await, "already_paid")?;
    refused(suite.billing.post(&nobodys).await, "already_paid")
}

pub(super) async fn aftermath(suite: &Suite) -> Found {
    let posting = suite.fen(suite.owes_nothing());
    must(
        definite(suite.billing.aftermath(&posting.key).await)?.is_none(),
        "something follows from a key that nobody used",
    )?;
    suite.posted(&posting).await?;
    let after = definite(suite.billing.aftermath(&posting.key).await)?;
    let none = after.is_none_or(|after| after.recharge.is_none() && after.reconnection.is_none());
    must(none, "a fen for an account that is neither prepaid nor cut off sets something in motion")
}

pub(super) async fn payments(suite: &Suite) -> Found {
    let posting = suite.fen(suite.owes_nothing());
    let posted = suite.posted(&posting).await?;
    let paid = definite(suite.billing.payments(&suite.owes_nothing(), suite.today).await)?;
    let told = paid.iter().find(|payment| payment.key.as_ref() == Some(&posting.key));
    let told = told.ok_or_else(|| wrong("a posting of today is not among the payments since today"))?;
    must((told.amount, &told.number) == (posted.amount, &posted.number), "it has another amount or number")?;
    must(
        told.paid_at == posting.paid_at && told.credit == posting.amount,
        "it was paid at another time, or is no credit",
    )?;
    let unknown = AccountId(suite.sheet.accounts.unknown.clone());
    refused(suite.billing.payments(&unknown, suite.today).await, "account_unknown")
}

pub(super) async fn taxable(suite: &Suite) -> Found {
    let posting = suite.fen(suite.owes_nothing());
    let posted = suite.posted(&posting).await?;
    let found = definite(suite.billing.taxable(&suite.owes_nothing(), &posted.number).await)?;
    let taxable = found.ok_or_else(|| wrong("a payment has nothing that an invoice could say"))?;
    must(taxable.payment.key.as_ref() == Some(&posting.key), "it is another payment")?;
    must(!taxable.name.reveal().contains('*'), "the name on an invoice is masked")?;
    let other = definite(suite.billing.taxable(&suite.owes(), &posted.number).await)?;
    must(other.is_none(), "another account's payment is told")
}
