//! The payments of one channel's statement against those that we hold. A number can be paid by several transactions, so a
//! payment is its number and its transaction; only what has no counterpart by both is paired by the number alone.

use std::collections::{BTreeMap, BTreeSet};

use powerhall_money::{Attempt, Payment};

use super::{Books, Class, Line, STRADDLE_MS, Statement};

/// The payment lines of a statement by their numbers, each transaction once, in the statement's order.
pub(super) struct Stated<'a> {
    books: &'a Books,
    channel: &'a str,
    by_number: BTreeMap<&'a str, Vec<&'a Line>>,
    refunds: BTreeSet<&'a str>,
}

/// What a line of a payment is for us.
pub(super) enum Meaning<'a> {
    /// The payment that we hold.
    Same,
    /// The payment that we hold, told otherwise.
    Differs(Class, &'a Payment),
    /// A payment that we do not hold.
    Unheard,
}

impl<'a> Stated<'a> {
    pub(super) fn new(books: &'a Books, statement: &'a Statement) -> Self {
        let mut by_number: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
        let mut refunds = BTreeSet::new();
        for line in &statement.lines {
            match &line.refund {
                Some(refund) => drop(refunds.insert(refund.as_str())),
                None => {
                    let of_number = by_number.entry(&line.number).or_default();
                    if !of_number.iter().any(|known| known.transaction == line.transaction) {
                        of_number.push(line);
                    }
                }
            }
        }
        Self { books, channel: &statement.channel, by_number, refunds }
    }

    pub(super) fn has_refund(&self, number: &str) -> bool {
        self.refunds.contains(number)
    }

    /// Whether this is the first transaction of its number.
    pub(super) fn is_first(&self, line: &Line) -> bool {
        self.of(&line.number).first().is_some_and(|first| first.transaction == line.transaction)
    }

    fn of(&self, number: &str) -> &[&'a Line] {
        self.by_number.get(number).map_or(&[], Vec::as_slice)
    }

    /// What a line of the attempt's number says of the attempt.
    pub(super) fn meaning<'b>(&self, line: &Line, attempt: &'b Attempt) -> Meaning<'b> {
        if let Some(same) = payments(attempt).find(|p| p.transaction == line.transaction) {
            let differs = same.amount != line.amount;
            return if differs { Meaning::Differs(Class::AmountDiffers, same) } else { Meaning::Same };
        }
        // The first that is unknown here is the first that is unnamed there.
        let place = self.strangers(attempt).position(|stranger| stranger.transaction == line.transaction);
        let ours = place.and_then(|place| self.unnamed(attempt).get(place).copied());
        match ours {
            None => Meaning::Unheard,
            Some(ours) if ours.amount == line.amount => Meaning::Differs(Class::TransactionDiffers, ours),
            Some(ours) => Meaning::Differs(Class::AmountDiffers, ours),
        }
    }

    /// The attempt's payments that neither this statement nor another day's has, under any name.
    pub(super) fn missing<'b>(&self, attempt: &'b Attempt) -> Vec<&'b Payment> {
        let mut unnamed = self.unnamed(attempt);
        let named = self.strangers(attempt).count().min(unnamed.len());
        unnamed.split_off(named)
    }

    /// Lines of the attempt's number whose transactions we do not hold.
    fn strangers(&self, attempt: &Attempt) -> impl Iterator<Item = &'a Line> {
        self.of(&attempt.number)
            .iter()
            .copied()
            .filter(|line| payments(attempt).all(|payment| payment.transaction != line.transaction))
    }

    /// Payments of the attempt that stand in no statement under their transactions, though this one is their day's.
    fn unnamed<'b>(&self, attempt: &'b Attempt) -> Vec<&'b Payment> {
        let (from, to) = (self.books.from.plus_ms(-STRADDLE_MS), self.books.to.plus_ms(STRADDLE_MS));
        let records = &self.books.records;
        let is_unnamed = |payment: &&Payment| {
            (from..to).contains(&payment.at)
                && !self.of(&attempt.number).iter().any(|line| line.transaction == payment.transaction)
                && !records.is_stated_elsewhere(self.channel, &attempt.number, Some(&payment.transaction))
        };
        payments(attempt).filter(is_unnamed).collect()
    }
}

/// The attempt's payments, the expected one first.
fn payments(attempt: &Attempt) -> impl Iterator<Item = &Payment> {
    attempt.payment.iter().chain(attempt.further.iter().map(|further| &further.payment))
}
