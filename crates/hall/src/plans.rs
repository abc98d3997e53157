//! For how long a supply plan (供电方案) holds: dated data, and the arithmetic on it. A plan runs from the day of its answer
//! to the day on which the works begin; one that runs out before is asked for anew.

use std::path::Path;

use jiff::{ToSpan, civil::Date};

use crate::{
    Calendar, Origin,
    origin::{self, Dated, in_force},
    read::{self, Mistakes, Node},
};

/// By which term a service's plans hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlanVoltage {
    /// High voltage.
    High,
    /// Low voltage.
    Low,
}

/// The terms from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanTerm {
    /// Since when, and who says so.
    pub origin: Origin,
    /// How many months a plan at high voltage holds.
    pub high_months: i64,
    /// The same at low voltage.
    pub low_months: i64,
    /// How many working days before its last day an extension must have been asked for.
    pub extend_working_days: i32,
    /// How many days before its last day the customer is warned.
    pub warn_days: i64,
}

/// The terms, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanTerms(pub Vec<PlanTerm>);

/// How a plan stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanStanding {
    /// It holds, for longer than the customer is warned.
    Holds,
    /// It ends soon, and an extension can still be asked for.
    Ending,
    /// It ends so soon that an extension comes too late.
    TooLate,
    /// It has run out.
    Over,
}

/// The days that count for a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanDays {
    /// The last day on which it holds.
    pub until: Date,
    /// The last day on which an extension can be asked for.
    pub extend_by: Date,
    /// The first day on which the customer is warned.
    pub warn_from: Date,
}

impl Dated for PlanTerm {
    fn effective(&self) -> Date {
        self.origin.effective
    }
}

impl PlanTerms {
    /// The terms in force on the day on which a plan was answered.
    #[must_use]
    pub fn on(&self, day: Date) -> Option<&PlanTerm> {
        in_force(&self.0, day)
    }
}

impl PlanTerm {
    /// The days of a plan that was answered on a day; `extended` is the last day that was granted since, if any. The last
    /// day has the number of the first, months later: a plan of 31 August holds for 3 months until 30 November.
    #[must_use]
    pub fn days(
        &self,
        voltage: PlanVoltage,
        answered: Date,
        extended: Option<Date>,
        calendar: &Calendar,
    ) -> PlanDays {
        let months = match voltage {
            PlanVoltage::High => self.high_months,
            PlanVoltage::Low => self.low_months,
        };
        let until = answered.saturating_add(months.months());
        let until = extended.map_or(until, |day| day.max(until));
        let extend_by = calendar.add_working_days(until, -self.extend_working_days);
        PlanDays { until, extend_by, warn_from: until.saturating_sub(self.warn_days.days()).min(extend_by) }
    }
}

impl PlanDays {
    /// How the plan stands on a day.
    #[must_use]
    pub fn standing(&self, today: Date) -> PlanStanding {
        if today > self.until {
            PlanStanding::Over
        } else if today > self.extend_by {
            PlanStanding::TooLate
        } else if today >= self.warn_from {
            PlanStanding::Ending
        } else {
            PlanStanding::Holds
        }
    }
}

pub(crate) fn load(root: &Path, mistakes: &mut Mistakes) -> PlanTerms {
    const FILE: &str = "plans.toml";
    let Some(table) = read::file(root, FILE, mistakes) else { return PlanTerms::default() };
    let mut node = Node::root(FILE, &table);
    let versions = node.tables("versions", 1, mistakes);
    let mut terms: Vec<_> = versions.into_iter().filter_map(|version| term(version, mistakes)).collect();
    origin::sort(&mut terms, FILE, mistakes);
    node.finish(mistakes);
    PlanTerms(terms)
}

fn term(mut node: Node<'_>, mistakes: &mut Mistakes) -> Option<PlanTerm> {
    let origin = Origin::read(&mut node, mistakes);
    let high_months = node.whole("high_months", 1..=60, mistakes);
    let low_months = node.whole("low_months", 1..=60, mistakes);
    let extend_working_days = node.whole("extend_working_days", 1..=60, mistakes);
    let warn_days = node.whole("warn_days", 1..=365, mistakes);
    node.finish(mistakes);
    Some(PlanTerm {
        origin: origin?,
        high_months: high_months?,
        low_months: low_months?,
        extend_working_days: i32::try_from(extend_working_days?).ok()?,
        warn_days: warn_days?,
    })
}
