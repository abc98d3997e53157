//! People with phones, and the channel's notifications of what they paid.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;

use crate::books::{NotPaid, Paid};
use crate::chance::Fault;
use crate::ports::Told;
use crate::sim::{Inner, Sim};

/// Everything that follows from a new code on a screen: perhaps one phone, perhaps a second with a photo of it.
pub fn see_code(sim: &Arc<Sim>, code: &str) {
    let Some((channel, number)) = code.split_once(':') else { return };
    let which = sim.with(|inner| inner.books.channel(channel));
    if sim.percent(75) {
        let (sim, number) = (Arc::clone(sim), number.to_owned());
        tokio::spawn(async move { phone(&sim, which, &number, 1_000, 40_000).await });
    }
    if sim.hit(Fault::SecondPayer) {
        let (sim, number) = (Arc::clone(sim), number.to_owned());
        tokio::spawn(async move {
            let to = if sim.percent(60) { 400_000 } else { 9_000_000 };
            phone(&sim, which, &number, 30_000, to).await;
        });
    }
}

/// Scans, types the password, pays.
async fn phone(sim: &Arc<Sim>, which: usize, number: &str, from: u64, to: u64) {
    sim.pass(from, to).await;
    let truth = sim.truth();
    let typing = sim.between(500, 25_000);
    sim.with(|inner| {
        if let Some(trade) = inner.books.channels[which].trades.get_mut(number)
            && !trade.closed
            && truth < trade.expires
        {
            trade.scanned = true;
            trade.typing_until = truth + typing as i64;
        }
    });
    tokio::time::sleep(Duration::from_millis(typing)).await;
    let (ms, truth) = (sim.ms(), sim.truth());
    sim.with(|inner| {
        let paid = pay(sim, inner, which, number, truth, false, false);
        if paid == Err(NotPaid::Over) {
            if inner.chance.hit(Fault::PaidAfterClose) {
                inner.tell(ms, || format!("fault: {}", Fault::PaidAfterClose.words()));
                let _ = pay(sim, inner, which, number, truth, true, false);
            }
        } else if paid.is_ok() && inner.chance.hit(Fault::PaidTwice) {
            inner.tell(ms, || format!("fault: {}", Fault::PaidTwice.words()));
            let _ = pay(sim, inner, which, number, truth, false, true);
        }
    });
}

/// The channel takes the money and plans what it tells of it.
pub fn pay(
    sim: &Arc<Sim>,
    inner: &mut Inner,
    which: usize,
    number: &str,
    truth: i64,
    late: bool,
    twice: bool,
) -> Result<(), NotPaid> {
    let paid = inner.books.channels[which].pay(&mut inner.chance, number, truth, late, twice)?;
    let ms = sim.ms();
    let name = inner.name_of(number);
    inner.tell(ms, || format!("{name}: {} takes {} fen", paid.transaction, paid.amount));
    // Money that comes when nobody looks any more is told; else only the day's statement could find it.
    let watched =
        inner.books.channels[which].trades.get(number).is_some_and(|t| truth < t.expires + 2_400_000);
    if watched && inner.chance.hit(Fault::NotifyNever) {
        if let Some(last) =
            inner.books.channels[which].trades.get_mut(number).and_then(|t| t.payments.last_mut())
        {
            last.secret = true;
        }
        return Ok(());
    }
    notify(sim, inner, which, number, &paid);
    Ok(())
}

fn notify(sim: &Arc<Sim>, inner: &mut Inner, which: usize, number: &str, paid: &Paid) {
    let told = Told {
        event: format!("E-{}", paid.transaction),
        number: number.to_owned(),
        transaction: paid.transaction.clone(),
        amount: paid.amount,
        merchant: paid.merchant.to_owned(),
        at: paid.at,
        signed: 0,
        genuine: true,
    };
    let chance = &mut inner.chance;
    let wait = if chance.hit(Fault::NotifyLate) {
        chance.between(60_000, 1_800_000)
    } else {
        chance.between(20, 3_000)
    };
    let id = inner.books.channels[which].id;
    let chance = &mut inner.chance;
    if chance.hit(Fault::NotifyStorm) {
        for copy in 0..chance.between(2, 6) {
            let again = if copy % 2 == 0 {
                told.clone()
            } else {
                Told { event: format!("{}-{copy}", told.event), ..told.clone() }
            };
            send(sim, id, again, wait + copy, 0);
        }
    }
    if chance.hit(Fault::NotifyForged) {
        let forged = Told { genuine: false, amount: told.amount + 1, event: "F".to_owned(), ..told.clone() };
        send(sim, id, forged, chance.between(0, 60_000), 0);
    }
    if chance.hit(Fault::NotifyStale) {
        send(sim, id, told.clone(), chance.between(0, 600_000), 900_000);
    }
    if chance.hit(Fault::NotifyUnknownNumber) {
        let stray = Told {
            number: "0000000000000000000000000001".to_owned(),
            event: format!("S-{}", paid.transaction),
            ..told.clone()
        };
        send(sim, id, stray, chance.between(0, 60_000), 0);
    }
    send(sim, id, told, wait, 0);
}

/// Sends until it is taken, as channels do.
fn send(sim: &Arc<Sim>, id: &'static str, told: Told, wait: u64, old: i64) {
    let sim = Arc::clone(sim);
    tokio::spawn(async move {
        let mut wait = wait;
        for again in 0..40_u32 {
            tokio::time::sleep(Duration::from_millis(wait)).await;
            let told = Told { signed: sim.truth() - old, ..told.clone() };
            let status = deliver(&sim, id, &told).await;
            if !told.genuine && status.is_some_and(|status| status != 401) {
                sim.violation(format!("I11: a forged notification was answered with {status:?}"));
            }
            if status.is_some_and(|status| status < 300) || !told.genuine || old > 0 {
                return;
            }
            wait = (15_000 << again.min(7)).min(1_800_000);
        }
    });
}

async fn deliver(sim: &Arc<Sim>, id: &str, told: &Told) -> Option<u16> {
    let process = sim.current()?;
    let request = Request::post(format!("/v1/notifications/{id}"))
        .body(Body::from(serde_json::to_vec(told).unwrap_or_default()))
        .ok()?;
    Some(process.handle(sim, request).await?.status().as_u16())
}
