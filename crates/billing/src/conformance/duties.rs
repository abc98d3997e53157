//! Checks of what is paid besides bills: the recharge of a meter, what brings a supply back, a fee. Each asks what is due,
//! posts it, and looks at what follows. What a run uses up for good is said by the sheet's explanation.

use std::time::Duration;

use jiff::Timestamp;
use powerhall_api::{Blocked, CutOff, Recharge, RechargeState, Reconnection, ReconnectionState};
use powerhall_money::{Fen, Outcome};
use tokio::time::{Instant, sleep};

use super::{Failed, Found, Suite, definite, must, refused, total, wrong};
use crate::port::{AccountId, Aftermath, ApplicationId, Billing, DueFee, NewPosting, Prepay, Target};

/// How long a meter or a switch is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at it.
const PAUSE: Duration = Duration::from_millis(200);

fn plus(one: Fen, other: Fen) -> Result<Fen, Failed> {
    one.plus(other).map_err(|_| wrong("amounts beyond any sum"))
}

fn minus(one: Fen, other: Fen) -> Result<Fen, Failed> {
    one.minus(other).map_err(|_| wrong("amounts beyond any sum"))
}

/// What a posting has set in motion.
async fn aftermath(suite: &Suite, key: &str) -> Result<Aftermath, Failed> {
    let after = definite(suite.billing.aftermath(key).await)?;
    after.ok_or_else(|| wrong("nothing follows from a payment that something must follow from"))
}

fn is_instant(since: &str) -> Found {
    must(since.parse::<Timestamp>().is_ok(), "it is so since no instant")
}

async fn prepay(suite: &Suite, account: &AccountId) -> Result<Prepay, Failed> {
    let owed = suite.arrears(account).await?;
    owed.prepay.ok_or_else(|| wrong("accounts.prepaid is not told to be paid for in advance"))
}

async fn recharge_of(suite: &Suite, key: &str) -> Result<Recharge, Failed> {
    let recharge = aftermath(suite, key).await?.recharge;
    let recharge = recharge.ok_or_else(|| wrong("a recharge is posted, and none is on its way"))?;
    is_instant(&recharge.since)?;
    Ok(recharge)
}

/// How far a recharge is; nothing of a state that this version does not know.
const fn step(state: RechargeState) -> Option<u8> {
    match state {
        RechargeState::Asked => Some(0),
        RechargeState::Sent => Some(1),
        RechargeState::AtMeter | RechargeState::Failed => Some(2),
        RechargeState::Unknown => None,
    }
}

/// Money that was posted for a meter.
struct Sent {
    /// Of the recharge that is looked at.
    key: String,
    /// By all that were posted.
    paid: Fen,
}

pub(super) async fn recharge(suite: &Suite) -> Found {
    let Some(number) = &suite.sheet.accounts.prepaid else {
        return Err(Failed::NotRun("accounts.prepaid is not given"));
    };
    let account = AccountId(number.clone());
    let before = prepay(suite, &account).await?;
    if before.public.blocked.is_some() {
        return Err(Failed::NotRun(
            "accounts.prepaid takes no recharge now; wait for the end of the last, or give another",
        ));
    }
    must(before.least.is_positive(), "the least recharge is nothing")?;
    let of = |amount| NewPosting {
        to: Target::Recharge(account.clone()),
        amount,
        ..suite.fen(suite.owes_nothing())
    };
    let less = minus(before.least, Fen::new(1))?;
    if less.is_positive() {
        refused(suite.billing.post(&of(less)).await, "below_least")?;
        let same = prepay(suite, &account).await?.public.in_system_fen == before.public.in_system_fen;
        must(same, "a refused recharge is on its way")?;
    }
    let posting = of(before.least);
    let posted = suite.posted(&posting).await?;
    must(posted.amount == posting.amount, "the answer has another amount")?;

    let mut sent = Sent { key: posting.key, paid: posting.amount };
    let (started, mut furthest, mut tried) = (Instant::now(), 0, false);
    while started.elapsed() < PATIENCE {
        let told = recharge_of(suite, &sent.key).await?;
        let now = prepay(suite, &account).await?;
        let far = step(told.state);
        must(far.is_none_or(|far| far >= furthest), "a recharge goes backwards")?;
        furthest = far.unwrap_or(furthest);
        // What was told in between is of this state where the state has stayed.
        if recharge_of(suite, &sent.key).await?.state == told.state {
            agrees(&told, &before, &now, &sent)?;
            if told.state == RechargeState::AtMeter {
                return Ok(());
            }
            if !tried && far.is_some() {
                tried = true;
                if let Some(second) = another(suite, &of(before.least), &sent.key).await? {
                    sent = Sent { key: second, paid: plus(sent.paid, before.least)? };
                    furthest = 0;
                }
            }
        }
        sleep(PAUSE).await;
    }
    Err(Failed::NotRun(
        "the recharge of accounts.prepaid was on its way for a minute; give a meter that answers",
    ))
}

/// Whether what is told of the meter is what its recharge's state says.
fn agrees(told: &Recharge, before: &Prepay, now: &Prepay, sent: &Sent) -> Found {
    let (before, least, now) = (&before.public, before.least, &now.public);
    match told.state {
        RechargeState::Asked | RechargeState::Sent => {
            must(
                plus(before.in_system_fen, least)? == now.in_system_fen,
                "what is on its way is not in the system",
            )?;
            must(
                now.blocked == Some(Blocked::EarlierUnfinished),
                "a recharge is on its way, and blocks no other",
            )
        }
        RechargeState::AtMeter => {
            must(now.in_system_fen == before.in_system_fen, "it is at the meter, and in the system too")?;
            must(now.blocked != Some(Blocked::EarlierUnfinished), "it is at the meter, and blocks the next")?;
            let there = now.at_meter.as_ref();
            let there = there.ok_or_else(|| wrong("the meter has taken it, and was never heard"))?;
            match &before.at_meter {
                Some(first) => must(
                    plus(first.balance_fen, sent.paid)? == there.balance_fen,
                    "it is told to be at the meter, whose balance is not higher by it",
                ),
                None => Ok(()),
            }
        }
        RechargeState::Failed => {
            must(told.what_now.is_some(), "a recharge has failed without saying what now")?;
            Err(Failed::NotRun("the meter of accounts.prepaid did not take its recharge; give one that does"))
        }
        RechargeState::Unknown => Ok(()),
    }
}

/// Sends a second recharge behind one that was on its way; its key when that has ended meanwhile, so that it is taken.
async fn another(suite: &Suite, second: &NewPosting, first: &str) -> Result<Option<String>, Failed> {
    match suite.billing.post(second).await {
        Outcome::Rejected(code) if code == "recharge_unfinished" => Ok(None),
        Outcome::Definite(_) => {
            let over = recharge_of(suite, first).await?.state == RechargeState::AtMeter;
            must(over, "a recharge is taken while an earlier one is on its way")?;
            Ok(Some(second.key.clone()))
        }
        Outcome::Rejected(code) => {
            Err(wrong(format!("a second recharge is refused with {code}, not with recharge_unfinished")))
        }
        Outcome::Unknown(cause) => Err(wrong(format!("no answer that counts: {cause}"))),
    }
}

async fn reconnection_of(suite: &Suite, key: &str) -> Result<Reconnection, Failed> {
    let reconnection = aftermath(suite, key).await?.reconnection;
    let reconnection = reconnection
        .ok_or_else(|| wrong("a supply that is cut off is paid for, and nothing is said of it"))?;
    is_instant(&reconnection.since)?;
    Ok(reconnection)
}

/// How far a reconnection is; nothing of a state that this version does not know.
const fn stage(state: ReconnectionState) -> Option<u8> {
    match state {
        ReconnectionState::NotEnough | ReconnectionState::Asked => Some(0),
        ReconnectionState::OnItsWay => Some(1),
        ReconnectionState::Done | ReconnectionState::Failed => Some(2),
        ReconnectionState::Unknown => None,
    }
}

pub(super) async fn reconnection(suite: &Suite) -> Found {
    let Some(number) = &suite.sheet.accounts.cut_off else {
        return Err(Failed::NotRun("accounts.cut_off is not given"));
    };
    let account = AccountId(number.clone());
    let owed = suite.arrears(&account).await?;
    let Some(least) = owed.cut_off.as_ref().map(|cut| cut.reconnect_fen).filter(|fen| fen.is_positive())
    else {
        return Err(Failed::NotRun("accounts.cut_off is not cut off, or paid already: give another"));
    };
    must(least <= total(&owed)?, "reconnection takes more than is owed in all")?;
    let of = |amount| NewPosting { amount, ..suite.fen(account.clone()) };

    let less = minus(least, Fen::new(1))?;
    if less.is_positive() {
        let posting = of(less);
        suite.posted(&posting).await?;
        let told = reconnection_of(suite, &posting.key).await?;
        must(told.state == ReconnectionState::NotEnough, "a fen less than the least brings the supply back")?;
        must(told.what_now.is_some(), "too little was paid, and nothing says what now")?;
    }
    // The late fee may have left more than the fen.
    let left = suite.arrears(&account).await?.cut_off.map(|cut| cut.reconnect_fen);
    let left = left.filter(|left| left.is_positive());
    let left = left.ok_or_else(|| wrong("too little was paid, and nothing more is asked for"))?;
    let posting = of(left);
    suite.posted(&posting).await?;

    let (started, mut furthest) = (Instant::now(), 0);
    while started.elapsed() < PATIENCE {
        let told = reconnection_of(suite, &posting.key).await?;
        let now = suite.arrears(&account).await?.cut_off;
        let far = stage(told.state);
        must(far.is_none_or(|far| far >= furthest), "a reconnection goes backwards")?;
        furthest = far.unwrap_or(furthest);
        if reconnection_of(suite, &posting.key).await?.state == told.state {
            goes_with(&told, now.as_ref())?;
            if told.state == ReconnectionState::Done {
                return Ok(());
            }
        }
        sleep(PAUSE).await;
    }
    Err(Failed::NotRun("the supply of accounts.cut_off was on its way back for a minute; give another"))
}

/// Whether what is told of the supply is what its reconnection's state says.
fn goes_with(told: &Reconnection, now: Option<&CutOff>) -> Found {
    match told.state {
        ReconnectionState::NotEnough => Err(wrong("the least that was told does not bring the supply back")),
        ReconnectionState::Asked | ReconnectionState::OnItsWay => must(
            now.is_some_and(|cut| cut.reconnect_fen == Fen::ZERO),
            "a supply on its way back is not told as cut off with nothing more to pay",
        ),
        ReconnectionState::Done => must(now.is_none(), "the supply is back, and cut off too"),
        ReconnectionState::Failed => {
            must(told.what_now.is_some(), "a reconnection has failed without saying what now")?;
            Err(Failed::NotRun("the supply of accounts.cut_off could not be brought back: give another"))
        }
        ReconnectionState::Unknown => Ok(()),
    }
}

pub(super) async fn fee(suite: &Suite) -> Found {
    let Some(number) = &suite.sheet.application.fee_due else {
        return Err(Failed::NotRun("application.fee_due is not given"));
    };
    let of = ApplicationId(number.clone());
    let due = definite(suite.billing.fees(&of).await)?;
    let Some((DueFee { id, amount, .. }, others)) = due.split_first() else {
        return Err(Failed::NotRun("no fee is due on application.fee_due, a run pays it: give another"));
    };
    let pay = |amount| NewPosting { to: Target::Fee(id.clone()), amount, ..suite.fen(suite.owes_nothing()) };
    for other in [minus(*amount, Fen::new(1))?, plus(*amount, Fen::new(1))?] {
        if other.is_positive() {
            refused(suite.billing.post(&pay(other)).await, "bad_amount")?;
        }
    }
    must(definite(suite.billing.fees(&of).await)? == due, "a refused payment has changed what is due")?;

    let posting = pay(*amount);
    let posted = suite.posted(&posting).await?;
    must(posted.amount == *amount, "a fee is not posted whole")?;
    let left = Fen::sum(others.iter().map(|fee| fee.amount)).map_err(|_| wrong("amounts beyond any sum"))?;
    must(posted.arrears == left && posted.credit == Fen::ZERO, "the answer does not say what is still due")?;
    must(
        definite(suite.billing.fees(&of).await)? == others,
        "a fee that is paid is due still, or another is not any more",
    )?;
    must(suite.posted(&posting).await? == posted, "the same again got another answer")?;
    refused(suite.billing.post(&pay(*amount)).await, "already_paid")?;
    let after = definite(suite.billing.aftermath(&posting.key).await)?;
    let none = after.is_none_or(|after| after.recharge.is_none() && after.reconnection.is_none());
    must(none, "a fee sets something in motion")
}
