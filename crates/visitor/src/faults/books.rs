//! The books of all sides, read from their files, order by order: what the channels took and gave back, what billing
//! posted, what stands on the list; and the backend's ledger, which must say the same in sum.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use powerhall_billing::ELSEWHERE;
use powerhall_faults::order_part;
use powerhall_money::Fen;

use crate::showcase::open;
use crate::{Result, Trouble};

/// What became of one order's money, in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Ends {
    taken: i64,
    posted: i64,
    refunded: i64,
    listed: i64,
}

impl Ends {
    const fn agree(self) -> bool {
        self.taken == self.posted + self.refunded + self.listed
    }

    fn in_words(self) -> String {
        let mut ends = Vec::new();
        for (fen, words) in
            [(self.posted, "credited"), (self.refunded, "refunded"), (self.listed, "on the list")]
        {
            if fen != 0 {
                ends.push(format!("{} {words}", Fen::new(fen)));
            }
        }
        let ends = if ends.is_empty() { "nothing".to_owned() } else { ends.join(", ") };
        format!("taken {}: {ends}", Fen::new(self.taken))
    }
}

pub struct Ledgers {
    folder: PathBuf,
}

impl Ledgers {
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Waits until every order came to its end and the books agree; tells of each order.
    pub fn until_they_agree(&self, most: Duration, tell: impl Fn(&str)) -> Result<()> {
        let end = Instant::now() + most;
        loop {
            let orders = self.orders()?;
            let quarrel = self.quarrel(&orders)?;
            if quarrel.is_none() || Instant::now() > end {
                for (reference, ends) in orders.values() {
                    let mark = if ends.agree() { "agrees" } else { "DOES NOT AGREE" };
                    tell(&format!("  order {reference}  {}  {mark}", ends.in_words()));
                }
                return match quarrel {
                    None => {
                        tell("channel, billing and backend agree to the fen");
                        Ok(())
                    }
                    Some(quarrel) => Err(Trouble::Wrong(quarrel)),
                };
            }
            sleep(Duration::from_millis(250));
        }
    }

    /// Every order by its part of the numbers, with its reference.
    fn orders(&self) -> Result<BTreeMap<String, (String, Ends)>> {
        let mut orders: BTreeMap<String, (String, Ends)> = BTreeMap::new();
        let named = self.rows(
            "backend.db",
            "SELECT a.number || '|' || o.reference, 0 FROM attempts a JOIN orders o ON o.id = a.order_id",
        )?;
        for (both, _) in named {
            let (number, reference) = both.split_once('|').unwrap_or((&both, ""));
            orders.entry(order_part(number).to_owned()).or_default().0 = reference.to_owned();
        }
        let mut add = |rows: Vec<(String, i64)>, to: fn(&mut Ends) -> &mut i64| {
            for (number, fen) in rows {
                *to(&mut orders.entry(order_part(&number).to_owned()).or_default().1) += fen;
            }
        };
        for book in ["sandbox.db", "sandbox-b.db"] {
            let paid = "SELECT number, coalesce(paid_fen, amount_fen) FROM trade WHERE state = 'paid' \
                        UNION ALL SELECT number, amount_fen FROM paid_again";
            add(self.rows(book, paid)?, |ends| &mut ends.taken);
            add(self.rows(book, "SELECT number, amount_fen FROM refund")?, |ends| &mut ends.refunded);
        }
        let posted = format!("SELECT key, amount_fen FROM postings WHERE key NOT LIKE '{ELSEWHERE}%'");
        add(self.rows("billing.db", &posted)?, |ends| &mut ends.posted);
        // The list's keys are `payment:…`, `line:…` and `refund:…`, each with a number of the order.
        let listed = self.rows("backend.db", "SELECT key, amount_fen FROM reviews")?;
        let listed =
            listed.into_iter().map(|(key, fen)| (key.split(':').nth(1).unwrap_or_default().to_owned(), fen));
        add(listed.collect(), |ends| &mut ends.listed);
        Ok(orders)
    }

    /// What does not agree, if anything.
    fn quarrel(&self, orders: &BTreeMap<String, (String, Ends)>) -> Result<Option<String>> {
        let mut sum = Ends::default();
        for (reference, ends) in orders.values() {
            if !ends.agree() {
                return Ok(Some(format!("order {reference}: {}", ends.in_words())));
            }
            sum.taken += ends.taken;
            sum.posted += ends.posted;
            sum.refunded += ends.refunded;
            sum.listed += ends.listed;
        }
        let ledger =
            self.rows("backend.db", "SELECT account, sum(amount_fen) FROM ledger GROUP BY account")?;
        let of = |wanted: &str| -> i64 {
            ledger.iter().filter(|(account, _)| account.starts_with(wanted)).map(|(_, fen)| fen).sum()
        };
        for (what, booked, fact) in [
            ("what the channels owe us", of("channel_clearing"), sum.taken - sum.refunded),
            ("what we owe the utility", -of("utility_payable"), sum.posted),
            ("what is not decided", -of("suspense"), sum.listed),
            ("refunds on their way", -of("refund_in_transit"), 0),
        ] {
            if booked != fact {
                return Ok(Some(format!(
                    "{what}: {} in the backend's ledger, {} in the others' books",
                    Fen::new(booked),
                    Fen::new(fact)
                )));
            }
        }
        Ok(None)
    }

    /// Rows of a text and a number.
    fn rows(&self, book: &str, sql: &str) -> Result<Vec<(String, i64)>> {
        let path = self.folder.join(book);
        let wrong = |error: rusqlite::Error| Trouble::file(&path, error);
        let book = open(&path)?;
        let mut read = book.prepare(sql).map_err(wrong)?;
        let rows = read.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(wrong)?;
        rows.collect::<Result<_, _>>().map_err(wrong)
    }
}
