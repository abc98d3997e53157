//! Look-ups and quotes while they are fresh: opaque references, bound to the kiosk that asked, gone after minutes.
//! Kept in memory only, so that what customers looked at is never on a disk; an order takes along what it needs.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::civil::Date;
use powerhall_api::{LookupKind, Personal, Quote};
use powerhall_billing::port::{AccountRecord, ApplicationRecord, Target};
use powerhall_money::Moment;

use crate::proof::Seeker;

/// The most that is kept at once; beyond it the oldest go first.
const MOST: usize = 100_000;

/// What a reference stands for.
#[derive(Clone, Debug)]
pub enum Found {
    /// An account.
    Account {
        /// As customers may see it.
        record: AccountRecord,
        /// The last four digits of the phone on file, when whoever asked has proved to be its holder.
        phone_last4: Option<Personal>,
    },
    /// Applications.
    Applications(Vec<ApplicationRecord>),
}

impl Found {
    /// Its kind, as the kiosk is told.
    #[must_use]
    pub const fn kind(&self) -> LookupKind {
        match self {
            Self::Account { .. } => LookupKind::Account,
            Self::Applications(_) => LookupKind::Applications,
        }
    }
}

/// A quote with what stands behind its lines.
#[derive(Clone, Debug)]
pub struct Quoted {
    /// As the kiosk sees it.
    pub quote: Quote,
    /// Where the money of each line goes.
    pub targets: Vec<Target>,
    /// The day (Beijing) up to which its late fees go.
    pub day: Date,
}

/// The fresh look-ups and quotes.
#[derive(Debug, Default)]
pub struct Desk {
    lookups: Mutex<Shelf<Found>>,
    seekers: Mutex<Shelf<Seeker>>,
    quotes: Mutex<Shelf<Quoted>>,
}

#[derive(Debug)]
struct Shelf<T> {
    slips: HashMap<String, Slip<T>>,
    swept: Moment,
}

#[derive(Debug)]
struct Slip<T> {
    kiosk: String,
    until: Moment,
    value: T,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { slips: HashMap::new(), swept: Moment(0) }
    }
}

impl<T: Clone> Shelf<T> {
    fn put(&mut self, name: &str, kiosk: &str, value: T, now: Moment, until: Moment) {
        // Sweeping costs a walk; once in ten seconds is often enough for minutes of life. A clock that was set back waits
        // for nothing.
        if !(0..10_000).contains(&now.ms_since(self.swept)) || self.slips.len() >= MOST {
            self.slips.retain(|_, slip| slip.until > now);
            self.swept = now;
        }
        if self.slips.len() >= MOST
            && let Some(oldest) = self.slips.iter().min_by_key(|(_, slip)| slip.until).map(|(k, _)| k.clone())
        {
            self.slips.remove(&oldest);
        }
        self.slips.insert(name.to_owned(), Slip { kiosk: kiosk.to_owned(), until, value });
    }

    fn get(&self, name: &str, kiosk: &str, now: Moment) -> Option<T> {
        self.slips.get(name).filter(|s| s.kiosk == kiosk && s.until > now).map(|s| s.value.clone())
    }

    fn get_mut(&mut self, name: &str, kiosk: &str, now: Moment) -> Option<&mut T> {
        self.slips.get_mut(name).filter(|s| s.kiosk == kiosk && s.until > now).map(|s| &mut s.value)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic elsewhere leaves a map that is still a map.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// Keeps what a look-up found and names it.
    pub fn keep_lookup(&self, kiosk: &str, found: Found, now: Moment, until: Moment) -> String {
        let reference = opaque();
        lock(&self.lookups).put(&reference, kiosk, found, now, until);
        reference
    }

    /// What a reference stands for, for the kiosk that it was given to.
    pub fn lookup(&self, reference: &str, kiosk: &str, now: Moment) -> Option<Found> {
        lock(&self.lookups).get(reference, kiosk, now)
    }

    /// Keeps somebody who has not proved anything yet, and names them.
    pub fn keep_seeker(&self, kiosk: &str, seeker: Seeker, now: Moment, until: Moment) -> String {
        let reference = opaque();
        lock(&self.seekers).put(&reference, kiosk, seeker, now, until);
        reference
    }

    /// Does something with the seeker behind a reference, while nobody else can: two tries at once are two tries.
    pub fn with_seeker<R>(
        &self,
        reference: &str,
        kiosk: &str,
        now: Moment,
        work: impl FnOnce(&mut Seeker) -> R,
    ) -> Option<R> {
        lock(&self.seekers).get_mut(reference, kiosk, now).map(work)
    }

    /// Forgets a seeker who has found what they came for.
    pub fn forget_seeker(&self, reference: &str) {
        lock(&self.seekers).slips.remove(reference);
    }

    /// Keeps a quote under its id.
    pub fn keep_quote(&self, kiosk: &str, quoted: Quoted, now: Moment, until: Moment) {
        let id = quoted.quote.quote_id.clone();
        lock(&self.quotes).put(&id, kiosk, quoted, now, until);
    }

    /// A quote, for the kiosk that it was given to.
    pub fn quote(&self, id: &str, kiosk: &str, now: Moment) -> Option<Quoted> {
        lock(&self.quotes).get(id, kiosk, now)
    }
}

/// 128 random bits in 32 hexadecimal digits.
#[must_use]
pub fn opaque() -> String {
    format!("{:032x}", rand::random::<u128>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_its_kiosks_and_ends() {
        let desk = Desk::default();
        let name = desk.keep_lookup("k1", Found::Applications(Vec::new()), Moment(0), Moment(1000));
        assert!(desk.lookup(&name, "k1", Moment(999)).is_some());
        assert!(desk.lookup(&name, "k2", Moment(999)).is_none());
        assert!(desk.lookup(&name, "k1", Moment(1000)).is_none());
    }

    #[test]
    fn what_has_ended_is_swept_also_after_the_clock_was_set_back() {
        let mut shelf = Shelf::default();
        shelf.put("ahead", "k", (), Moment(3_600_000), Moment(3_601_000));
        shelf.put("short", "k", (), Moment(0), Moment(1_000));
        shelf.put("last", "k", (), Moment(10_000), Moment(11_000));
        assert!(!shelf.slips.contains_key("short") && shelf.slips.contains_key("last"));
    }
}
