//! The configured payment channels: their ports, and what the backend must know about each.

use std::sync::Arc;

use powerhall_api::{ChannelInfo, Text, Wallet};
use powerhall_channel::port::{self, Channel};
use powerhall_money::{ChannelFacts, Outcome, Payment, RefundAnswer, Trade};

use crate::clock::moment;

/// A configured channel.
#[derive(Clone)]
pub struct ChannelEntry {
    /// The port.
    pub port: Arc<dyn Channel>,
    /// Who must be paid: evidence that names another goes to a person.
    pub merchant: String,
    /// Its name for people.
    pub name: Text,
    /// The wallets that can read its code, by their names for people.
    pub wallets: Vec<Text>,
}

impl ChannelEntry {
    /// What an attempt keeps of it.
    #[must_use]
    pub fn facts(&self) -> ChannelFacts {
        ChannelFacts {
            id: self.port.id().to_owned(),
            merchant: self.merchant.clone(),
            can_close: self.port.can_close(),
        }
    }

    /// What the kiosks are told.
    #[must_use]
    pub fn info(&self) -> ChannelInfo {
        ChannelInfo {
            id: self.port.id().to_owned(),
            name: self.name.clone(),
            wallets: self.wallets.iter().map(|name| Wallet { name: name.clone() }).collect(),
        }
    }
}

/// All of them, in the order to offer them.
#[derive(Clone, Default)]
pub struct Channels(Vec<ChannelEntry>);

impl Channels {
    /// The channels in the order to offer them.
    #[must_use]
    pub const fn new(entries: Vec<ChannelEntry>) -> Self {
        Self(entries)
    }

    /// A channel by its id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&ChannelEntry> {
        self.0.iter().find(|entry| entry.port.id() == id)
    }

    /// All.
    pub fn iter(&self) -> impl Iterator<Item = &ChannelEntry> {
        self.0.iter()
    }
}

/// The port's evidence as money knows it.
#[must_use]
pub fn payment(from: port::Payment) -> Payment {
    Payment {
        transaction: from.transaction,
        amount: from.amount,
        currency: from.currency,
        merchant: from.merchant,
        at: moment(from.at),
    }
}

/// The port's answer about a trade as money knows it.
#[must_use]
pub fn trade(from: Outcome<port::Trade>) -> Outcome<Trade> {
    match from {
        Outcome::Definite(port::Trade::NotFound) => Outcome::Definite(Trade::NotFound),
        Outcome::Definite(port::Trade::Pending) => Outcome::Definite(Trade::Pending),
        Outcome::Definite(port::Trade::Paid(paid)) => Outcome::Definite(Trade::Paid(payment(paid))),
        Outcome::Definite(port::Trade::Closed) => Outcome::Definite(Trade::Closed),
        Outcome::Rejected(code) => Outcome::Rejected(code),
        Outcome::Unknown(cause) => Outcome::Unknown(cause),
    }
}

/// The port's answer about a refund as money knows it.
#[must_use]
pub fn refund(from: Outcome<port::RefundState>) -> Outcome<RefundAnswer> {
    match from {
        Outcome::Definite(port::RefundState::NotFound) => Outcome::Definite(RefundAnswer::NotFound),
        Outcome::Definite(port::RefundState::Accepted) => Outcome::Definite(RefundAnswer::Accepted),
        Outcome::Definite(port::RefundState::Done) => Outcome::Definite(RefundAnswer::Done),
        Outcome::Definite(port::RefundState::Abnormal) => Outcome::Definite(RefundAnswer::Abnormal),
        Outcome::Rejected(code) => Outcome::Rejected(code),
        Outcome::Unknown(cause) => Outcome::Unknown(cause),
    }
}
