//! From what is on file about an application to what its customer sees: stages, whose move it is, the promised day.
//! Pure.
//!
//! The clock of a promise counts working days after the day of acceptance on which it was the company's move when the
//! day began. So the day on which the customer brings the papers is not counted, and the day on which the company
//! answers is.

use jiff::civil::Date;
use powerhall_api::{Application, Contact, Move, Plan, PlanState, Stage, StageState, Text};
use powerhall_hall::{Hall, PlanStanding, Service, StateTemplate, WITHDRAWN};

use super::Trouble;
use crate::mask;

/// An application on file.
pub(super) struct Filed {
    pub number: String,
    pub service: String,
    pub applicant: String,
    pub capacity: i64,
    pub accepted: Date,
    /// The phone on file; empty where there is none.
    pub phone: String,
    /// The last day of the supply plan, where an extension was granted.
    pub plan_until: Option<Date>,
    /// Oldest first; at least one.
    pub events: Vec<Event>,
    /// What its state asks for and was not handed in, by the keys of the texts `bring.*`; empty where that is all of it.
    pub missing: Vec<String>,
}

/// The day on which an application entered an internal state.
pub(super) struct Event {
    pub day: Date,
    pub state: String,
}

/// Where the clock of a promise stands.
struct Clock {
    /// None for an application that was withdrawn: nothing is promised any more.
    promised: Option<Date>,
    left: i32,
}

pub(super) fn present(hall: &Hall, filed: &Filed, today: Date) -> Result<Application, Trouble> {
    let service = hall.services.get(&filed.service).ok_or(Trouble::Strange("a service"))?;
    let now = filed.events.last().ok_or(Trouble::Strange("an application without events"))?;
    let waiting_for = whose_move(service, &now.state)?;
    let template = service.state(&now.state).map(|(_, template)| template);
    let promised = service.promise.as_ref();
    let clock = clock(hall, service, filed, today)?;
    let running = clock.as_ref().filter(|_| waiting_for != Move::Nobody);
    let note = running.and_then(|clock| note(hall, waiting_for, clock.left));
    let place = template.and_then(|template| template.place.as_ref());
    Ok(Application {
        reference: String::new(),
        number_masked: mask::application(&filed.number),
        service: hall.text(&format!("service.{}", service.key)),
        applicant_masked: mask::name(&filed.applicant),
        summary: hall.texts.fill(service.supply.summary(), &[("capacity", &filed.capacity.to_string())]),
        accepted: filed.accepted.to_string(),
        waiting_for,
        now: hall.text(&format!("now.{}", now.state)),
        bring: bring(hall, template, &filed.missing)?,
        place: place.map(|place| hall.text(&format!("place.{place}"))),
        promised: clock.as_ref().and_then(|clock| clock.promised).map(|day| day.to_string()),
        working_days_left: running.map(|clock| clock.left),
        promise: hall.limit(service),
        promise_basis: promised.map(|promise| hall.basis_of(&promise.origin)).unwrap_or_default(),
        due_fen: powerhall_money::Fen::ZERO,
        plan: plan(hall, service, filed, today),
        contact: (waiting_for != Move::Nobody).then(|| contact(hall, service, filed, today)),
        stages: stages(hall, service, filed, note)?,
        // Filled in by whoever knows which fees go back.
        refunds: Vec::new(),
    })
}

/// What to bring: what is missing, or all that the state asks for where nothing was handed in.
fn bring(hall: &Hall, template: Option<&StateTemplate>, missing: &[String]) -> Result<Vec<Text>, Trouble> {
    let all = template.map(|template| template.bring.as_slice()).unwrap_or_default();
    let papers = if missing.is_empty() { all } else { missing };
    let text = |paper: &String| {
        let text = hall.texts.get(&format!("bring.{paper}")).cloned();
        text.ok_or(Trouble::Strange("a paper"))
    };
    papers.iter().map(text).collect()
}

fn whose_move(service: &Service, state: &str) -> Result<Move, Trouble> {
    if state == WITHDRAWN {
        return Ok(Move::Nobody);
    }
    let (_, template) = service.state(state).ok_or(Trouble::Strange("a state"))?;
    Ok(template.waiting_for)
}

/// Counts the company's working days up to `today`, or up to the end of the application.
fn clock(hall: &Hall, service: &Service, filed: &Filed, today: Date) -> Result<Option<Clock>, Trouble> {
    let Some(promise) = &service.promise else { return Ok(None) };
    let limit = promise.working_days;
    let calendar = &hall.calendar;
    let end = filed.events.last().ok_or(Trouble::Strange("an application without events"))?;
    let ended = whose_move(service, &end.state)? == Move::Nobody;
    // The clock of a finished application stopped on its last day.
    let today = if ended { end.day.min(today) } else { today };
    let mut used = 0;
    let mut reached = None;
    let mut day = filed.accepted;
    let mut events = filed.events.iter().peekable();
    let mut waiting_for = Move::Company;
    while day < today {
        while let Some(event) = events.next_if(|event| event.day <= day) {
            waiting_for = whose_move(service, &event.state)?;
        }
        let Ok(next) = day.tomorrow() else { break };
        day = next;
        if waiting_for == Move::Company && calendar.is_working_day(day) {
            used += 1;
            if used == limit {
                reached = Some(day);
            }
        }
    }
    let left = limit - used;
    // While it is the customer's move, the day is the one that holds if the customer acts today.
    let promised = reached.unwrap_or_else(|| calendar.add_working_days(today.max(filed.accepted), left));
    Ok(Some(Clock { promised: (end.state != WITHDRAWN).then_some(promised), left }))
}

/// The supply plan while it runs. Answered anew, it runs anew.
fn plan(hall: &Hall, service: &Service, filed: &Filed, today: Date) -> Option<Plan> {
    let states = service.plan.as_ref()?;
    if !service.plan_runs(&filed.events.last()?.state) {
        return None;
    }
    let answered = filed.events.iter().rev().find(|event| event.state == states.answered)?.day;
    let term = hall.plans.on(answered)?;
    let days = term.days(states.voltage, answered, filed.plan_until, &hall.calendar);
    Some(Plan {
        state: match days.standing(today) {
            PlanStanding::Holds => PlanState::Holds,
            PlanStanding::Ending => PlanState::Ending,
            PlanStanding::TooLate => PlanState::TooLate,
            PlanStanding::Over => PlanState::Over,
        },
        valid_until: days.until.to_string(),
        extend_by: days.extend_by.to_string(),
        basis: hall.basis_of(&term.origin),
    })
}

fn contact(hall: &Hall, service: &Service, filed: &Filed, today: Date) -> Contact {
    Contact {
        role: hall.text(&format!("role.{}", service.role)),
        phone_masked: (!filed.phone.is_empty()).then(|| mask::phone(&filed.phone)),
        ring_by: hall.call_backs.ring_by(today, &hall.calendar).to_string(),
        call_back: None,
    }
}

fn note(hall: &Hall, waiting_for: Move, left: i32) -> Option<Text> {
    match waiting_for {
        Move::Company if left < 0 => Some(hall.texts.count_days("note.overdue", left.unsigned_abs())),
        Move::Customer if left >= 0 => Some(hall.texts.count_days("note.clock_stopped", left.unsigned_abs())),
        Move::Company | Move::Customer | Move::Nobody => None,
    }
}

/// A stage is done once a later one began; its day is the one on which it was left for good.
fn stages(hall: &Hall, service: &Service, filed: &Filed, note: Option<Text>) -> Result<Vec<Stage>, Trouble> {
    // The stage after each event; a withdrawal stays where it was.
    let mut at = Vec::with_capacity(filed.events.len());
    let mut ended = false;
    for event in &filed.events {
        if event.state == WITHDRAWN {
            at.push((at.last().map_or(0, |(stage, _)| *stage), event.day));
        } else {
            let (stage, template) = service.state(&event.state).ok_or(Trouble::Strange("a state"))?;
            ended = template.waiting_for == Move::Nobody;
            at.push((stage, event.day));
        }
    }
    let current = at.last().map_or(0, |(stage, _)| *stage);
    let day_of = |first: &dyn Fn(usize) -> bool| {
        let run = at.iter().rev().take_while(|(stage, _)| first(*stage));
        run.last().map(|(_, day)| day.to_string())
    };
    let stage = |(i, template): (usize, &powerhall_hall::StageTemplate)| {
        let standing = template.note.as_ref().map(|note| hall.text(&format!("note.{note}")));
        let (state, date, note) = if i < current {
            (StageState::Done, day_of(&|stage| stage > i), None)
        } else if i == current && ended {
            (StageState::Done, at.last().map(|(_, day)| day.to_string()), None)
        } else if i == current {
            (StageState::Current, day_of(&|stage| stage == i), note.clone().or(standing))
        } else {
            (StageState::Later, None, standing)
        };
        Stage { name: hall.text(&format!("stage.{}", template.key)), state, date, note }
    };
    Ok(service.stages.iter().enumerate().map(stage).collect())
}
