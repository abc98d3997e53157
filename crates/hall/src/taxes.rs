//! The value-added tax in the price of electricity, and what invoices call it. A late fee is part of the price
//! (价外费用, 《增值税法》第十七条), so it has the same rate.

use std::path::Path;

use jiff::civil::Date;

use crate::{
    Origin,
    origin::{self, Dated, in_force},
    read::{self, Mistakes, Node},
};

/// The rate from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxRate {
    /// Since when, and who says so.
    pub origin: Origin,
    /// In percent; prices include it.
    pub percent: u8,
    /// Energy on an invoice, behind the short name of its tax class.
    pub item: String,
    /// A late fee on an invoice.
    pub late_fee_item: String,
}

impl Dated for TaxRate {
    fn effective(&self) -> Date {
        self.origin.effective
    }
}

/// The rates, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taxes(pub Vec<TaxRate>);

impl Taxes {
    /// The rate of what is paid on `day`; none before the oldest.
    #[must_use]
    pub fn on(&self, day: Date) -> Option<&TaxRate> {
        in_force(&self.0, day)
    }

    pub(crate) fn load(root: &Path, mistakes: &mut Mistakes) -> Self {
        const FILE: &str = "taxes.toml";
        let Some(table) = read::file(root, FILE, mistakes) else { return Self::default() };
        let mut node = Node::root(FILE, &table);
        let versions = node.tables("versions", 1, mistakes);
        let mut rates: Vec<_> =
            versions.into_iter().filter_map(|version| TaxRate::read(version, mistakes)).collect();
        origin::sort(&mut rates, FILE, mistakes);
        node.finish(mistakes);
        Self(rates)
    }
}

impl TaxRate {
    fn read(mut node: Node<'_>, mistakes: &mut Mistakes) -> Option<Self> {
        let origin = Origin::read(&mut node, mistakes);
        let percent = node.whole("percent", 0..=30, mistakes);
        let item = node.text("item", mistakes);
        let late_fee_item = node.text("late_fee_item", mistakes);
        node.finish(mistakes);
        Some(Self {
            origin: origin?,
            percent: u8::try_from(percent?).ok()?,
            item: item?,
            late_fee_item: late_fee_item?,
        })
    }
}
