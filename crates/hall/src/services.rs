//! The services that customers apply for: their public stages (at most seven), the internal states behind each stage,
//! whose move it is, what to bring where, and what the company promises.

use std::{collections::BTreeMap, path::Path};

use powerhall_api::Move;

use crate::{
    Origin, PlanVoltage,
    read::{self, Mistakes, Node},
};

/// The most stages that a customer is shown.
pub const MOST_STAGES: usize = 7;
/// The state of an application that its customer took back. Every service has it.
pub const WITHDRAWN: &str = "withdrawn";

/// A service (办电业务). Its name for people is the text `service.<key>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name in data: `lv_resident_new`.
    pub key: String,
    /// Its place in lists.
    pub order: i64,
    /// What an application is about, which decides its line of facts.
    pub supply: Supply,
    /// Who at the company looks after its applications: the text `role.<…>`. A role, never a person's name.
    pub role: String,
    /// What the company promises, when it does.
    pub promise: Option<Promise>,
    /// Between which states its supply plan runs, when it has one.
    pub plan: Option<PlanStates>,
    /// The public stages, in order.
    pub stages: Vec<StageTemplate>,
}

/// What an application is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Supply {
    /// Low voltage, single phase 220 V; capacity in kW.
    LowSinglePhase,
    /// Low voltage, three phases 380 V; capacity in kW.
    LowThreePhase,
    /// High voltage 10 kV; capacity in kVA.
    High,
    /// High voltage of 35 kV and above; capacity in kVA.
    ExtraHigh,
    /// The contract changes, the supply does not.
    Contract,
}

impl Supply {
    /// The text of its line of facts; `{capacity}` is to be filled.
    #[must_use]
    pub const fn summary(self) -> &'static str {
        match self {
            Self::LowSinglePhase => "summary.low_single_phase",
            Self::LowThreePhase => "summary.low_three_phase",
            Self::High => "summary.high",
            Self::ExtraHigh => "summary.extra_high",
            Self::Contract => "summary.contract",
        }
    }
}

/// What the company promises for all its steps together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// Working days from acceptance, without those on which it is the customer's move.
    pub working_days: i32,
    /// How it is worded: the text `limit.<words>`.
    pub words: String,
    /// Where the promise stands.
    pub origin: Origin,
}

/// Between which states a supply plan runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanStates {
    /// By which term it holds.
    pub voltage: PlanVoltage,
    /// The state that begins when the plan is answered.
    pub answered: String,
    /// The last state in which the works may not have begun.
    pub until: String,
}

/// A public stage. Its name for people is the text `stage.<key>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageTemplate {
    /// Its name in data: `survey`.
    pub key: String,
    /// A remark for people: the text `note.<note>`.
    pub note: Option<String>,
    /// The internal states of this stage, in their usual order.
    pub states: Vec<StateTemplate>,
}

/// An internal state. What is to be done in it is the text `now.<key>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateTemplate {
    /// Its name in data: `survey_dispatch`.
    pub key: String,
    /// Whose move it is.
    pub waiting_for: Move,
    /// What to bring or do: texts `bring.<…>`.
    pub bring: Vec<String>,
    /// Where to go: the text `place.<…>`.
    pub place: Option<String>,
    /// True for a state that not every application passes (papers missing, defects found).
    pub detour: bool,
}

impl Service {
    /// The stage's index and the template of an internal state. `None` for a state that this service does not have;
    /// [`WITHDRAWN`] has no stage of its own.
    #[must_use]
    pub fn state(&self, key: &str) -> Option<(usize, &StateTemplate)> {
        self.stages
            .iter()
            .enumerate()
            .find_map(|(i, stage)| stage.states.iter().find(|state| state.key == key).map(|state| (i, state)))
    }

    /// Every state with its stage's index, in order.
    pub fn states(&self) -> impl Iterator<Item = (usize, &StateTemplate)> {
        self.stages.iter().enumerate().flat_map(|(i, stage)| stage.states.iter().map(move |state| (i, state)))
    }

    /// Whether the supply plan of an application in this state runs: it is answered, and the works may not have begun.
    #[must_use]
    pub fn plan_runs(&self, state: &str) -> bool {
        let place = |key: &str| self.states().position(|(_, template)| template.key == key);
        let Some(plan) = &self.plan else { return false };
        match (place(&plan.answered), place(state), place(&plan.until)) {
            (Some(first), Some(at), Some(last)) => (first..=last).contains(&at),
            (Some(_) | None, _, _) => false,
        }
    }

    /// Every text that this service needs.
    pub(crate) fn text_keys(&self) -> Vec<String> {
        let mut keys = vec![
            format!("service.{}", self.key),
            self.supply.summary().to_owned(),
            format!("role.{}", self.role),
        ];
        if let Some(promise) = &self.promise {
            keys.push(format!("limit.{}", promise.words));
            keys.extend(promise.origin.text_key());
        }
        for stage in &self.stages {
            keys.push(format!("stage.{}", stage.key));
            keys.extend(stage.note.iter().map(|note| format!("note.{note}")));
            for state in &stage.states {
                keys.push(format!("now.{}", state.key));
                keys.extend(state.bring.iter().map(|bring| format!("bring.{bring}")));
                keys.extend(state.place.iter().map(|place| format!("place.{place}")));
            }
        }
        keys
    }
}

pub(crate) fn load(root: &Path, mistakes: &mut Mistakes) -> BTreeMap<String, Service> {
    let mut services = BTreeMap::new();
    for (key, table) in read::folder(root, "services", mistakes) {
        let file = format!("services/{key}.toml");
        let node = Node::root(&file, &table);
        if let Some(service) = service(key.clone(), &file, node, mistakes) {
            services.insert(key, service);
        }
    }
    services
}

fn service(key: String, file: &str, mut node: Node<'_>, mistakes: &mut Mistakes) -> Option<Service> {
    let supplies = [
        ("low_single_phase", Supply::LowSinglePhase),
        ("low_three_phase", Supply::LowThreePhase),
        ("high", Supply::High),
        ("extra_high", Supply::ExtraHigh),
        ("contract", Supply::Contract),
    ];
    let order = node.whole("order", 1..=1_000, mistakes);
    let supply = node.one_of("supply", &supplies, mistakes);
    let role = node.text("role", mistakes);
    let promise = node.maybe_table("promise", mistakes).and_then(|promise| read_promise(promise, mistakes));
    let plan = node.maybe_table("plan", mistakes).and_then(|plan| read_plan(plan, mistakes));
    let stages: Vec<_> = node
        .tables("stages", 1, mistakes)
        .into_iter()
        .filter_map(|stage| read_stage(stage, mistakes))
        .collect();
    if stages.len() > MOST_STAGES {
        node.wrong("stages", format!("{} stages", stages.len()), format!("at most {MOST_STAGES}"), mistakes);
    }
    node.finish(mistakes);
    let service = Service { key, order: order?, supply: supply?, role: role?, promise, plan, stages };
    check_states(&service, file, mistakes);
    check_plan(&service, file, mistakes);
    Some(service)
}

fn read_promise(mut node: Node<'_>, mistakes: &mut Mistakes) -> Option<Promise> {
    let days = node.whole("working_days", 1..=365, mistakes);
    let words = node.text("words", mistakes);
    let origin = Origin::read(&mut node, mistakes);
    node.finish(mistakes);
    Some(Promise { working_days: i32::try_from(days?).ok()?, words: words?, origin: origin? })
}

fn read_plan(mut node: Node<'_>, mistakes: &mut Mistakes) -> Option<PlanStates> {
    let voltages = [("high", PlanVoltage::High), ("low", PlanVoltage::Low)];
    let voltage = node.one_of("voltage", &voltages, mistakes);
    let answered = node.text("answered", mistakes);
    let until = node.text("until", mistakes);
    node.finish(mistakes);
    Some(PlanStates { voltage: voltage?, answered: answered?, until: until? })
}

fn read_stage(mut node: Node<'_>, mistakes: &mut Mistakes) -> Option<StageTemplate> {
    let key = node.text("key", mistakes);
    let note = if node.has("note") { node.text("note", mistakes) } else { None };
    let states = node
        .tables("states", 1, mistakes)
        .into_iter()
        .filter_map(|state| read_state(state, mistakes))
        .collect();
    node.finish(mistakes);
    Some(StageTemplate { key: key?, note, states })
}

fn read_state(mut node: Node<'_>, mistakes: &mut Mistakes) -> Option<StateTemplate> {
    let moves = [("company", Move::Company), ("customer", Move::Customer), ("nobody", Move::Nobody)];
    let key = node.text("key", mistakes);
    let waiting_for = node.one_of("move", &moves, mistakes);
    let bring = node.texts("bring", mistakes);
    let place = if node.has("place") { node.text("place", mistakes) } else { None };
    let detour = node.flag("detour", mistakes);
    if waiting_for == Some(Move::Customer) && place.is_none() && !node.has("place") {
        node.wrong("place", "(missing)", "where the customer goes, when it is the customer's move", mistakes);
    }
    node.finish(mistakes);
    Some(StateTemplate { key: key?, waiting_for: waiting_for?, bring, place, detour })
}

/// States are unique, the last one ends the application, and no other does.
fn check_states(service: &Service, file: &str, mistakes: &mut Mistakes) {
    let states: Vec<_> = service.states().map(|(_, state)| state).collect();
    for (i, state) in states.iter().enumerate() {
        let last = i + 1 == states.len();
        if (state.waiting_for == Move::Nobody) != last {
            let allowed = if last { "nobody, in the last state" } else { "company, customer" };
            mistakes.add(file, &format!("{}.move", state.key), word(state.waiting_for), allowed);
        }
        if state.key == WITHDRAWN || states[..i].iter().any(|other| other.key == state.key) {
            mistakes.add(file, "key", &state.key, format!("each state once, and not {WITHDRAWN}"));
        }
    }
}

/// A plan runs from one state of its service to the same or a later one.
fn check_plan(service: &Service, file: &str, mistakes: &mut Mistakes) {
    let Some(plan) = &service.plan else { return };
    for (key, state) in [("plan.answered", &plan.answered), ("plan.until", &plan.until)] {
        if service.state(state).is_none() {
            mistakes.add(file, key, state, "a state of this service");
        } else if !service.plan_runs(state) {
            mistakes.add(file, key, state, "an answer that comes before the works");
        }
    }
}

const fn word(waiting_for: Move) -> &'static str {
    match waiting_for {
        Move::Company => "company",
        Move::Customer => "customer",
        Move::Nobody => "nobody",
    }
}
