//! Links by which a phone gets a document: unguessable, short-lived, and kept in memory only, so that nothing on a disk leads
//! from one to a person. What a link leads to is made anew each time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use powerhall_billing::port::AccountId;
use powerhall_money::Moment;

use crate::desk::opaque;

/// The most links at once; beyond it the oldest go first.
const MOST: usize = 10_000;
/// How often a link may be followed: a phone asks for a document a few times, a leaked link is soon of no use.
const FOLLOWED_MOST: u32 = 20;

/// What a link leads to: the invoice of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// Whose payment.
    pub account: AccountId,
    /// Which.
    pub payment: String,
}

/// The links that live.
#[derive(Debug, Default)]
pub struct Links(Mutex<HashMap<String, Link>>);

#[derive(Debug)]
struct Link {
    to: Linked,
    until: Moment,
    followed: u32,
}

impl Link {
    fn lives(&self, now: Moment) -> bool {
        self.until > now && self.followed < FOLLOWED_MOST
    }
}

impl Links {
    /// Makes a link; its name is all that a phone is told.
    pub fn make(&self, to: Linked, now: Moment, until: Moment) -> String {
        let name = opaque();
        let mut links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        links.retain(|_, link| link.until > now);
        if links.len() >= MOST
            && let Some(oldest) =
                links.iter().min_by_key(|(_, link)| link.until).map(|(name, _)| name.clone())
        {
            links.remove(&oldest);
        }
        links.insert(name.clone(), Link { to, until, followed: 0 });
        name
    }

    /// Whether a link can be followed.
    pub fn lives(&self, name: &str, now: Moment) -> bool {
        let links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        links.get(name).is_some_and(|link| link.lives(now))
    }

    /// Follows a link while it lives.
    pub fn follow(&self, name: &str, now: Moment) -> Option<Linked> {
        let mut links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let link = links.get_mut(name).filter(|link| link.lives(now))?;
        link.followed += 1;
        Some(link.to.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_ends_by_time_and_by_use() {
        let links = Links::default();
        let to = Linked { account: AccountId("5101000000019".to_owned()), payment: "1".to_owned() };
        let name = links.make(to.clone(), Moment(0), Moment(1000));
        assert_eq!(name.len(), 32);
        assert_eq!(links.follow(&name, Moment(999)), Some(to.clone()));
        assert_eq!(links.follow(&name, Moment(1000)), None);
        assert_eq!(links.follow("0", Moment(0)), None);
        let name = links.make(to.clone(), Moment(0), Moment(1000));
        let followed = (0..30).filter(|_| links.follow(&name, Moment(1)).is_some()).count();
        assert_eq!(followed, 20);
    }

    #[test]
    fn there_are_never_too_many() {
        let links = Links::default();
        let to = Linked { account: AccountId("1".to_owned()), payment: "1".to_owned() };
        let first = links.make(to.clone(), Moment(0), Moment(1000));
        for more in 0..10_000 {
            links.make(to.clone(), Moment(0), Moment(2000 + more));
        }
        assert_eq!(links.follow(&first, Moment(1)), None, "the oldest went");
    }
}
