//! Plans of what goes wrong. The sandbox channel and the embedded billing system ask their plan at each call whether to
//! misbehave; the answer follows from the plan, the number that the call is about, and how often that call was made for
//! it before. Real channels and real billing systems never see this crate.

mod dice;
mod mishap;
mod plan;
mod read;
mod record;

use std::fmt::Debug;

pub use mishap::Mishap;
pub use plan::{Plan, Play, Rule};
pub use read::{PlanMistake, RawPlan};
pub use record::{Played, Record};

/// Where a fault can be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Call {
    /// The channel is asked for a code.
    Create,
    /// The channel is asked how a trade stands.
    Query,
    /// The channel is asked to close a trade.
    Close,
    /// The channel is asked for a refund.
    Refund,
    /// The channel is asked how a refund stands.
    QueryRefund,
    /// A payer pays.
    Pay,
    /// The channel has a notification to deliver.
    Notify,
    /// The channel writes a line of its statement.
    Statement,
    /// Billing is asked to post.
    Post,
    /// Billing is asked for a posting.
    QueryPost,
    /// Billing is asked to fence a key.
    Fence,
    /// Billing writes a line of its day file.
    DayFile,
    /// The tax platform is asked for an invoice.
    Issue,
    /// The tax platform is asked for an invoice's document.
    Document,
    /// A billing system behind the contract is asked something that moves no money.
    LookUp,
}

impl Call {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Create,
        Self::Query,
        Self::Close,
        Self::Refund,
        Self::QueryRefund,
        Self::Pay,
        Self::Notify,
        Self::Statement,
        Self::Post,
        Self::QueryPost,
        Self::Fence,
        Self::DayFile,
        Self::Issue,
        Self::Document,
        Self::LookUp,
    ];

    /// Its word in plans and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Query => "query",
            Self::Close => "close",
            Self::Refund => "refund",
            Self::QueryRefund => "query_refund",
            Self::Pay => "pay",
            Self::Notify => "notify",
            Self::Statement => "statement",
            Self::Post => "post",
            Self::QueryPost => "query_post",
            Self::Fence => "fence",
            Self::DayFile => "day_file",
            Self::Issue => "issue",
            Self::Document => "document",
            Self::LookUp => "look_up",
        }
    }
}

/// A list of faults that one kind of system can play.
pub trait Fault: Copy + Eq + Debug + Send + Sync + 'static {
    /// All of them.
    const ALL: &'static [Self];

    /// Its word in plans, logs and `docs/faults.md`.
    fn name(self) -> &'static str;

    /// The calls at which it can be played; never empty.
    fn calls(self) -> &'static [Call];
}

/// The part of a number that names the order: 26 letters of an attempt's number (`…01`), of a posting's key (`P…L00`) or
/// of a refund's number (`R…`). Other numbers stand for themselves.
#[must_use]
pub fn order_part(number: &str) -> &str {
    let from = usize::from(number.len() >= 30 && number.starts_with(['P', 'R']));
    match number.get(from..from + 26) {
        Some(order) if number.len() >= 28 => order,
        Some(_) | None => number,
    }
}

/// Which attempt of its order a number is about: the two digits behind the order's part.
#[must_use]
pub fn attempt_part(number: &str) -> Option<u32> {
    (number.len() == 28).then(|| number.get(26..)).flatten()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_an_order_names_it() {
        let order = "06D8KRS3XMZ6R8JV0ABCDEFGHJ";
        for number in
            [format!("{order}01"), format!("P{order}L00"), format!("R{order}01L00"), format!("R{order}01W")]
        {
            assert_eq!(order_part(&number), order, "{number}");
        }
        assert_eq!(order_part("P-7"), "P-7");
        assert_eq!(order_part("付款单号码付款单号码付款单号码"), "付款单号码付款单号码付款单号码");
        assert_eq!(attempt_part(&format!("{order}02")), Some(2));
        assert_eq!(attempt_part("T02"), None);
    }
}
