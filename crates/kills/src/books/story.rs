//! Everything about one order, gathered from every side. What the channel or billing knows and the backend does not is
//! a violation by itself.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Stories, each, open};
use crate::Failed;

/// One order.
#[derive(Debug, Default)]
pub(super) struct Story {
    pub(super) collect: Option<String>,
    pub(super) version: i64,
    /// The version that the newest event led to.
    pub(super) events: i64,
    pub(super) amount: i64,
    /// Taken by the channel, and given back by it.
    pub(super) paid: i64,
    pub(super) refunded: i64,
    /// When the channel first took money, in Unix milliseconds.
    pub(super) paid_at: Option<i64>,
    /// Posted by billing, by how many postings, for how many lines, and how many of them to another account.
    pub(super) posted: i64,
    pub(super) postings: i64,
    pub(super) lines: i64,
    pub(super) astray: usize,
    /// What a person has before them.
    pub(super) listed: i64,
    /// What the ledger has of the channel's money, and of what is owed to the utility.
    pub(super) cleared: i64,
    pub(super) payable: i64,
    /// Codes that can still be paid.
    pub(super) live: usize,
}

pub(super) fn gather(folder: &Path, wrong: &mut Vec<String>) -> Result<Stories, Failed> {
    let mut stories = Stories::new();
    let names = ours(folder, &mut stories, wrong)?;
    channels(folder, &names, &mut stories, wrong)?;
    billings(folder, &names, &mut stories, wrong)?;
    Ok(stories)
}

/// Which order a number out in the world belongs to, and the account that an order is for.
#[derive(Default)]
struct Names {
    attempts: BTreeMap<String, String>,
    refunds: BTreeMap<String, String>,
    postings: BTreeMap<String, String>,
    accounts: BTreeMap<String, Vec<String>>,
}

fn ours(folder: &Path, stories: &mut Stories, wrong: &mut Vec<String>) -> Result<Names, Failed> {
    let backend = open(&folder.join("backend.db"))?;
    let mut names = Names::default();
    each(
        &backend,
        "SELECT id, collect, amount_fen, version, json_array_length(body, '$.lines'),
             (SELECT MAX(version) FROM events WHERE order_id = orders.id)
         FROM orders",
        |row| {
            let story = Story {
                collect: Some(row.get(1)?),
                amount: row.get(2)?,
                version: row.get(3)?,
                lines: row.get(4)?,
                events: row.get::<_, Option<i64>>(5)?.unwrap_or_default(),
                ..Story::default()
            };
            stories.insert(row.get(0)?, story);
            Ok(())
        },
    )?;
    each(
        &backend,
        "SELECT orders.id, json_extract(line.value, '$.account')
         FROM orders, json_each(orders.quote, '$.lines') AS line",
        |row| {
            names.accounts.entry(row.get(0)?).or_default().push(row.get(1)?);
            Ok(())
        },
    )?;
    for (sql, found) in [
        ("SELECT number, order_id FROM attempts", &mut names.attempts),
        ("SELECT number, order_id FROM refunds", &mut names.refunds),
        ("SELECT key, order_id FROM postings", &mut names.postings),
    ] {
        each(&backend, sql, |row| {
            found.insert(row.get(0)?, row.get(1)?);
            Ok(())
        })?;
    }
    each(
        &backend,
        "SELECT order_id, amount_fen, reason FROM reviews
         WHERE NOT EXISTS (SELECT 1 FROM review_decisions AS decided WHERE decided.key = reviews.key)",
        |row| {
            let (order, amount): (Option<String>, i64) = (row.get(0)?, row.get(1)?);
            match order.and_then(|order| stories.get_mut(&order)) {
                Some(story) => story.listed += amount,
                // The customers of these halls give no reason for one.
                None => wrong.push(format!("on the list, and of no order: {}", row.get::<_, String>(2)?)),
            }
            Ok(())
        },
    )?;
    let history =
        "SELECT COUNT(*), MAX(seq), (SELECT seq FROM sqlite_sequence WHERE name = 'events') FROM events";
    let (events, newest, given): (i64, Option<i64>, Option<i64>) =
        backend.query_row(history, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    if newest.unwrap_or_default() != events || given.unwrap_or_default() != events {
        wrong.push(format!("{events} events are left of {given:?}"));
    }
    each(&backend, "SELECT entry, COUNT(*), SUM(amount_fen) FROM ledger GROUP BY entry", |row| {
        let (entry, sides, sum): (String, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if (sides, sum) != (2, 0) {
            wrong.push(format!("ledger entry {entry}: {sides} sides that sum to {sum}"));
        }
        Ok(())
    })?;
    each(
        &backend,
        "SELECT order_id, account, SUM(amount_fen) FROM ledger GROUP BY order_id, account",
        |row| {
            let (order, account, sum): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let story = stories.entry(order).or_default();
            if account.starts_with("channel_clearing:") {
                story.cleared += sum;
            } else if account == "utility_payable" {
                story.payable -= sum;
            }
            Ok(())
        },
    )?;
    Ok(names)
}

fn channels(
    folder: &Path,
    names: &Names,
    stories: &mut Stories,
    wrong: &mut Vec<String>,
) -> Result<(), Failed> {
    let sandbox = open(&folder.join("sandbox.db"))?;
    let payments = "SELECT number, state, COALESCE(paid_fen, amount_fen), paid_at FROM trade
         UNION ALL SELECT number, 'paid', amount_fen, paid_at FROM paid_again";
    each(&sandbox, payments, |row| {
        let (number, state, amount): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let Some(story) = names.attempts.get(&number).and_then(|order| stories.get_mut(order)) else {
            wrong.push(format!("the channel knows the number {number}, the backend does not"));
            return Ok(());
        };
        match state.as_str() {
            "paid" => {
                let at: Option<i64> = row.get(3)?;
                story.paid += amount;
                story.paid_at = story.paid_at.into_iter().chain(at).min();
            }
            "pending" => story.live += 1,
            _ => {}
        }
        Ok(())
    })?;
    each(&sandbox, "SELECT refund_number, number, amount_fen FROM refund", |row| {
        let (refund, number, amount): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let known = names.refunds.get(&refund).filter(|order| names.attempts.get(&number) == Some(*order));
        match known.and_then(|order| stories.get_mut(order)) {
            Some(story) => story.refunded += amount,
            None => wrong.push(format!("the channel knows the refund {refund}, the backend does not")),
        }
        Ok(())
    })
}

fn billings(
    folder: &Path,
    names: &Names,
    stories: &mut Stories,
    wrong: &mut Vec<String>,
) -> Result<(), Failed> {
    let billing = open(&folder.join("billing.db"))?;
    let postings = "SELECT key, postings.amount_fen, accounts.number
         FROM postings JOIN accounts ON accounts.id = postings.account_id";
    each(&billing, postings, |row| {
        let (key, amount, account): (String, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let order = names.postings.get(&key);
        let Some((order, story)) = order.and_then(|order| Some((order, stories.get_mut(order)?))) else {
            wrong.push(format!("billing knows the posting {key}, the backend does not"));
            return Ok(());
        };
        story.posted += amount;
        story.postings += 1;
        story.astray += usize::from(!names.accounts.get(order).is_some_and(|of| of.contains(&account)));
        Ok(())
    })
}
