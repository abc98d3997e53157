//! Applications in every state of every service, computed backwards from today by the working-day calendar, so that
//! each is on time, overdue or on the customer's move as wanted. Pure.

use jiff::{ToSpan, civil::Date};
use powerhall_api::{Move, PlanState};
use powerhall_hall::{Calendar, Hall, PlanVoltage, Service, StateTemplate, Supply, WITHDRAWN};

use super::{
    dice::{Dice, Topic},
    duty,
    plan::{Class, Situation, plan},
};

/// What to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    pub service: String,
    /// An internal state of the service, or [`WITHDRAWN`].
    pub state: String,
    pub overdue: bool,
    /// The index of the account; none: one that fits.
    pub account: Option<u32>,
    /// How its supply plan stands; none: as it comes.
    pub plan: Option<PlanState>,
    /// Made before the temporary connection fee was abolished, which goes back.
    pub refund: bool,
    /// All but the last of the papers that its state asks for were handed in.
    pub handed_in: bool,
}

/// An application to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Made {
    pub number: String,
    /// The index of its account.
    pub account: u32,
    pub wish: Wish,
    pub waiting_for: Move,
    pub capacity: i64,
    pub accepted: Date,
    /// Day and internal state, oldest first.
    pub events: Vec<(Date, String)>,
    /// What it lacks, by the keys of the papers, where some were handed in.
    pub missing: Vec<String>,
}

/// The five of [`Situation::HasApplications`]: service, state, overdue.
const SHOWN: [(&str, &str, bool); 5] = [
    ("lv_business_new", "property_proof_missing", false),
    ("hv_single_new", "inspection", true),
    ("lv_increase", "plan_drafting", false),
    ("rename", "done", false),
    ("pause", WITHDRAWN, false),
];

/// Applications whose supply plan ends soon, or has: service, state, how the plan stands.
const PLANS: [(&str, &str, PlanState); 3] = [
    ("hv_single_new", "works", PlanState::Ending),
    ("lv_business_new", "works", PlanState::TooLate),
    ("hv_increase", "works", PlanState::Over),
];

/// The application that has handed in all papers but one: service and state.
const HANDED_IN: (&str, &str) = ("lv_business_new", "papers_missing");

/// The service whose fee was abolished.
const REFUNDED: &str = "lv_temporary";

/// The wishes that every demo data has: the shown ones, then every state of every service, on time and, where it can
/// be, overdue; and one withdrawn of each service; then those of [`PLANS`], and one
/// with a fee that goes back.
pub(super) fn wishes(hall: &Hall) -> Vec<Wish> {
    let index = Situation::ALL.iter().position(|situation| *situation == Situation::HasApplications);
    let account = index.and_then(|index| u32::try_from(index).ok());
    let shown = SHOWN.iter().filter(|(service, state, _)| {
        let service = hall.services.get(*service);
        service.is_some_and(|service| *state == WITHDRAWN || service.state(state).is_some())
    });
    let mut wishes: Vec<Wish> = shown
        .map(|(service, state, overdue)| Wish {
            service: (*service).to_owned(),
            state: (*state).to_owned(),
            overdue: *overdue,
            account,
            plan: None,
            refund: false,
            handed_in: false,
        })
        .collect();
    for service in hall.services_in_order() {
        let wish = |state: &str, overdue| Wish {
            service: service.key.clone(),
            state: state.to_owned(),
            overdue,
            account: None,
            plan: None,
            refund: false,
            handed_in: (service.key.as_str(), state) == HANDED_IN,
        };
        for (_, state) in service.states() {
            wishes.push(wish(&state.key, false));
            if service.promise.is_some() && state.waiting_for == Move::Company {
                wishes.push(wish(&state.key, true));
            }
        }
        wishes.push(wish(WITHDRAWN, false));
    }
    for (service, state, plan) in PLANS {
        if hall.services.get(service).is_some_and(|service| service.plan_runs(state)) {
            let (service, state) = (service.to_owned(), state.to_owned());
            wishes.push(Wish {
                service,
                state,
                overdue: false,
                account: None,
                plan: Some(plan),
                refund: false,
                handed_in: false,
            });
        }
    }
    // Last, so that the numbers of the others stay what they were.
    if let Some(service) = hall.services.get(REFUNDED)
        && let Some((_, end)) = service.states().last()
    {
        let (service, state) = (REFUNDED.to_owned(), end.key.clone());
        wishes.push(Wish {
            service,
            state,
            overdue: false,
            account: None,
            plan: None,
            refund: true,
            handed_in: false,
        });
    }
    wishes
}

/// A wish by chance.
pub(super) fn by_chance(hall: &Hall, seed: u64, serial: u32) -> Option<Wish> {
    let mut dice = Dice::new(seed, Topic::Wish, serial);
    let services = hall.services_in_order();
    if services.is_empty() {
        return None;
    }
    let service = dice.pick(&services);
    let states: Vec<&StateTemplate> = service.states().map(|(_, state)| state).collect();
    let state = dice.pick(&states);
    let can_be_late = service.promise.is_some() && state.waiting_for == Move::Company;
    Some(Wish {
        service: service.key.clone(),
        state: state.key.clone(),
        overdue: can_be_late && dice.once_in(6),
        account: None,
        plan: None,
        refund: false,
        handed_in: false,
    })
}

/// Makes an application. `None` for a wish that the hall's data does not know.
pub(super) fn make(
    hall: &Hall,
    seed: u64,
    serial: u32,
    accounts: u32,
    today: Date,
    wish: Wish,
) -> Option<Made> {
    let service = hall.services.get(&wish.service)?;
    let today = if wish.refund { duty::before_the_end(hall)? } else { today };
    let mut dice = Dice::new(seed, Topic::Application, serial);
    let path = path(service, &wish.state, &mut dice)?;
    let waiting_for = path.last().map(|(_, waiting_for)| *waiting_for)?;
    let dwell = dwell(service, &path, wish.overdue, &mut dice);
    let answered = wish.plan.and_then(|plan| answered(hall, service, plan, today));
    let events = backwards(&hall.calendar, today, &path, &dwell, answered.as_ref());
    let accepted = events.first().map(|(day, _)| *day)?;
    let account = wish.account.unwrap_or_else(|| fitting(service, seed, accounts, &mut dice));
    let number =
        format!("{:02}{:02}{:02}{serial:06}", accepted.year() % 100, accepted.month(), accepted.day());
    let capacity = match service.supply {
        Supply::LowSinglePhase => dice.pick(&[6, 8, 10, 12]),
        Supply::LowThreePhase => dice.pick(&[15, 30, 50, 80, 100]),
        Supply::High => dice.pick(&[200, 315, 400, 630, 800, 1250]),
        Supply::ExtraHigh => dice.pick(&[3150, 6300, 10_000, 20_000, 40_000]),
        Supply::Contract => 0,
    };
    let state = service.state(&wish.state).filter(|_| wish.handed_in);
    let missing = state.and_then(|(_, state)| state.bring.last()).into_iter().cloned().collect();
    Some(Made { number, account, wish, waiting_for, capacity, accepted, events, missing })
}

/// The states on the way to `target`: all the usual ones, now and then a detour.
fn path(service: &Service, target: &str, dice: &mut Dice) -> Option<Vec<(String, Move)>> {
    let states: Vec<&StateTemplate> = service.states().map(|(_, state)| state).collect();
    let withdrawn = target == WITHDRAWN;
    let end = if withdrawn {
        usize::try_from(dice.below(u32::try_from(states.len()).ok()?.saturating_sub(1))).ok()?
    } else {
        states.iter().position(|state| state.key == target)?
    };
    let mut path = Vec::new();
    for (i, state) in states.iter().enumerate().take(end + 1) {
        if i == end || !state.detour || dice.once_in(4) {
            path.push((state.key.clone(), state.waiting_for));
        }
    }
    if withdrawn {
        path.push((WITHDRAWN.to_owned(), Move::Nobody));
    }
    Some(path)
}

/// Working days spent in each state of the path so far.
fn dwell(service: &Service, path: &[(String, Move)], overdue: bool, dice: &mut Dice) -> Vec<u32> {
    let limit = service.promise.as_ref().map_or(20, |promise| promise.working_days.unsigned_abs());
    let mut used = 0;
    let mut days = Vec::with_capacity(path.len());
    for (i, (_, waiting_for)) in path.iter().enumerate() {
        let last = i + 1 == path.len();
        let spend = match waiting_for {
            Move::Company if last && overdue => limit - used + dice.between(1, 8),
            // One day short of the limit at the most, so that what is on time stays so today.
            Move::Company => dice.below(limit / 4 + 1).min((limit - 1).saturating_sub(used)),
            Move::Customer => dice.between(1, 12),
            Move::Nobody => dice.between(0, 30),
        };
        if *waiting_for == Move::Company {
            used += spend;
        }
        days.push(spend);
    }
    days
}

/// The state in which a supply plan is answered, and a day of answering it on which it stands as wanted today.
fn answered(hall: &Hall, service: &Service, plan: PlanState, today: Date) -> Option<(String, Date)> {
    let states = service.plan.as_ref()?;
    let until = match plan {
        PlanState::Ending => today.saturating_add(20.days()),
        PlanState::TooLate => today.saturating_add(4.days()),
        PlanState::Over => today.saturating_sub(10.days()),
        PlanState::Holds => return None,
    };
    let term = hall.plans.on(today)?;
    let months = match states.voltage {
        PlanVoltage::High => term.high_months,
        PlanVoltage::Low => term.low_months,
    };
    Some((states.answered.clone(), until.saturating_sub(months.months())))
}

/// The day on which each state was entered. A plan was answered no later than on the day that is given.
fn backwards(
    calendar: &Calendar,
    today: Date,
    path: &[(String, Move)],
    dwell: &[u32],
    answered: Option<&(String, Date)>,
) -> Vec<(Date, String)> {
    let mut day = today;
    let mut events = Vec::with_capacity(path.len());
    for ((state, _), days) in path.iter().zip(dwell).rev() {
        day = calendar.add_working_days(day, -i32::try_from(*days).unwrap_or_default());
        if let Some((_, on)) = answered.filter(|(plan, _)| plan == state) {
            day = day.min(*on);
        }
        events.push((day, state.clone()));
    }
    events.reverse();
    events
}

/// An account of the class that asks for such a service, if one is near a random place.
fn fitting(service: &Service, seed: u64, accounts: u32, dice: &mut Dice) -> u32 {
    let fits = |class: Class| match service.supply {
        Supply::LowSinglePhase | Supply::Contract => {
            matches!(class, Class::ResidentStep | Class::ResidentTou)
        }
        Supply::LowThreePhase => class == Class::Business,
        Supply::High | Supply::ExtraHigh => class == Class::Industry,
    };
    let start = dice.below(accounts);
    let place = |step: u32| (start + step) % accounts.max(1);
    let near = (0..accounts.min(500)).map(place).find(|index| {
        let plan = plan(seed, *index);
        fits(plan.class) && !plan.closed
    });
    near.unwrap_or(start)
}
