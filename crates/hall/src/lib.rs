//! What a hall publishes, as data (`config/hall/`): tariffs, late fees, business fees, holidays, services with their
//! stages and guides, promises, notices, the catalogue that offers them, and all their words; and the arithmetic on them.
//! Pure but for [`Hall::load`], which reads the folder once.

mod calendar;
mod call_backs;
mod catalogue;
mod errors;
mod fees;
mod guides;
mod late_fee;
mod month;
mod notices;
mod origin;
mod plans;
mod promises;
mod published;
mod read;
mod services;
mod tariff;
mod taxes;
mod texts;

use std::{collections::BTreeMap, path::Path};

use jiff::civil::Date;
use powerhall_api::{Text, WhatNow};
use powerhall_money::Fen;

pub use calendar::{Calendar, YearNotice};
pub use call_backs::CallBacks;
pub use catalogue::{Catalogue, Group, Hours, Journey, Shelf, Slides, TOOLS};
pub use errors::{ChargeError, FeeError, HallErrors, Mistake};
pub use fees::{Abolished, Fee, FeeCharge, FeeLine, FeePrice, FeePrices, Feeder, KvaRate, Laying, Voltage};
pub use guides::{Applicant, Cost, Documents, Guide};
pub use late_fee::{Accrued, LateFeeRates, LateFees, Stretch};
pub use month::{Month, NotAMonth};
pub use notices::Notice;
pub use origin::Origin;
pub use plans::{PlanDays, PlanStanding, PlanTerm, PlanTerms, PlanVoltage};
pub use promises::Promises;
pub use services::{
    MOST_STAGES, PlanStates, Promise, Service, StageTemplate, StateTemplate, Supply, WITHDRAWN,
};
pub use tariff::{
    Band, Charge, Customer, ESTIMATE_MOST, Estimate, Fund, Line, LineKind, Period, PowerFactor, Prices,
    Quantity, Rates, Step, StepPeriod, Tariff, Tier, Usage, estimate, power_factor_percent, quantities,
};
pub use taxes::{TaxRate, Taxes};
pub use texts::{FIRST_LANGUAGE, Texts};

/// Texts that the program itself asks for, whatever the data says.
const OWN_TEXTS: [&str; 20] = [
    "now.withdrawn",
    "note.clock_stopped",
    "note.clock_stopped_one",
    "note.overdue",
    "note.overdue_one",
    "list.free",
    "fee.by_capacity",
    "fee.by_capacity_own_line",
    "fee.by_case",
    "fee.taken_too_much",
    "bring.fee_receipt",
    "bring.bank_account",
    "bring.applicant_id",
    "place.counter_payment",
    "recharge_failed.why",
    "recharge_failed.advice",
    "reconnection_failed.why",
    "reconnection_failed.advice",
    "reconnection_not_enough.why",
    "reconnection_not_enough.advice",
];

/// Everything that a hall publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hall {
    /// The tariff classes by name.
    pub tariffs: BTreeMap<String, Tariff>,
    /// The late-fee rules.
    pub late_fees: LateFees,
    /// The tax in the price.
    pub taxes: Taxes,
    /// The business fees by key.
    pub fees: BTreeMap<String, Fee>,
    /// The working days.
    pub calendar: Calendar,
    /// The services by key.
    pub services: BTreeMap<String, Service>,
    /// The guides to the services, by the service's key; each service has one.
    pub guides: BTreeMap<String, Guide>,
    /// The service promises.
    pub promises: Promises,
    /// For how long supply plans hold.
    pub plans: PlanTerms,
    /// By when customers are rung back.
    pub call_backs: CallBacks,
    /// The notices by key.
    pub notices: BTreeMap<String, Notice>,
    /// What home offers, and what can be read.
    pub catalogue: Catalogue,
    /// All words.
    pub texts: Texts,
}

impl Hall {
    /// Reads a hall's folder. Fails with *every* mistake in it, or gives data that holds together: every text that is
    /// referred to is there in every language.
    pub fn load(folder: &Path) -> Result<Self, HallErrors> {
        let mut mistakes = read::Mistakes::default();
        let tariffs = tariff::load(folder, &mut mistakes);
        let late_fees = LateFees::load(folder, &mut mistakes);
        let taxes = Taxes::load(folder, &mut mistakes);
        let fees = fees::load(folder, &mut mistakes);
        let calendar = Calendar::load(folder, &mut mistakes);
        let services = services::load(folder, &mut mistakes);
        let guides = guides::load(folder, &services, &fees, &mut mistakes);
        let promises = promises::load(folder, &mut mistakes);
        let plans = plans::load(folder, &mut mistakes);
        let call_backs = call_backs::load(folder, &mut mistakes);
        let notices = notices::load(folder, &mut mistakes);
        let catalogue = catalogue::load(folder, &mut mistakes);
        let texts = Texts::load(folder, &mut mistakes);

        let mut wanted: Vec<(String, String)> = Vec::new();
        for tariff in tariffs.values() {
            let file = format!("tariffs/{}.toml", tariff.name);
            wanted.extend(tariff.text_keys().into_iter().map(|key| (file.clone(), key)));
        }
        for service in services.values() {
            let file = format!("services/{}.toml", service.key);
            wanted.extend(service.text_keys().into_iter().map(|key| (file.clone(), key)));
        }
        for fee in fees.values() {
            let file = format!("fees/{}.toml", fee.key);
            wanted.extend(fee.text_keys().into_iter().map(|key| (file.clone(), key)));
        }
        for guide in guides.values() {
            let file = format!("guides/{}.toml", guide.service);
            wanted.extend(guide.text_keys().into_iter().map(|key| (file.clone(), key)));
        }
        for key in promises.iter().flat_map(|promises| &promises.keys) {
            wanted.push(("promises.toml".to_owned(), format!("promise.{key}")));
        }
        for notice in notices.values() {
            let file = format!("notices/{}.toml", notice.key);
            wanted.extend(notice.text_keys().into_iter().map(|key| (file.clone(), key)));
        }
        let origins = late_fees.0.iter().map(|rates| ("late_fees.toml", &rates.origin));
        let origins = origins.chain(taxes.0.iter().map(|rate| ("taxes.toml", &rate.origin)));
        let origins = origins.chain(plans.0.iter().map(|term| ("plans.toml", &term.origin)));
        let origins = origins.chain(call_backs.iter().map(|calls| ("call_backs.toml", &calls.origin)));
        let origins = origins.chain(promises.iter().map(|promises| ("promises.toml", &promises.origin)));
        wanted.extend(origins.filter_map(|(file, origin)| Some((file.to_owned(), origin.text_key()?))));
        let keys = catalogue.iter().flat_map(Catalogue::text_keys);
        wanted.extend(keys.map(|key| ("catalogue.toml".to_owned(), key)));
        wanted.extend(published::TEXTS.map(|key| ("(the program)".to_owned(), key.to_owned())));
        wanted.extend(OWN_TEXTS.map(|key| ("(the program)".to_owned(), key.to_owned())));
        for (file, key) in wanted {
            if texts.get(&key).is_none() {
                mistakes.add(&file, &key, "(missing)", "a key that every file in texts/ has");
            }
        }
        match (promises, call_backs, catalogue) {
            (Some(promises), Some(call_backs), Some(catalogue)) if mistakes.0.is_empty() => Ok(Self {
                tariffs,
                late_fees,
                taxes,
                fees,
                calendar,
                services,
                guides,
                promises,
                plans,
                call_backs,
                notices,
                catalogue,
                texts,
            }),
            (Some(_) | None, _, _) => Err(HallErrors(mistakes.0)),
        }
    }

    /// The words under a key, in every language.
    #[must_use]
    pub fn text(&self, key: &str) -> Text {
        self.texts.fill(key, &[])
    }

    /// What a meter that did not take its recharge means, and what to do.
    #[must_use]
    pub fn recharge_failed(&self) -> WhatNow {
        let place = Some(self.text("place.counter_payment"));
        WhatNow { place, ..self.what_now("recharge_failed") }
    }

    /// What a reconnection that cannot be done from afar means. Somebody comes; nothing is to be done.
    #[must_use]
    pub fn reconnection_failed(&self) -> WhatNow {
        self.what_now("reconnection_failed")
    }

    /// What it means that less was paid than reconnection takes.
    #[must_use]
    pub fn reconnection_not_enough(&self) -> WhatNow {
        self.what_now("reconnection_not_enough")
    }

    fn what_now(&self, what: &str) -> WhatNow {
        let words = |part: &str| self.text(&format!("{what}.{part}"));
        WhatNow { why: words("why"), advice: words("advice"), place: None }
    }

    /// The reasons for which kiosks may be suspended, by their keys: the texts `suspension.*`.
    #[must_use]
    pub fn suspension_reasons(&self) -> BTreeMap<String, Text> {
        let keys = self.texts.keys().filter_map(|key| key.strip_prefix("suspension."));
        keys.map(|key| (key.to_owned(), self.text(&format!("suspension.{key}")))).collect()
    }

    /// A tariff class by its name.
    pub fn tariff(&self, class: &str) -> Result<&Tariff, ChargeError> {
        self.tariffs.get(class).ok_or_else(|| ChargeError::UnknownClass(class.to_owned()))
    }

    /// A business fee by its key.
    pub fn fee(&self, key: &str) -> Result<&Fee, FeeError> {
        self.fees.get(key).ok_or_else(|| FeeError::UnknownFee(key.to_owned()))
    }

    /// A month's bill by the prices in force on its first day. `year_to_date` is what the account used before in the
    /// same calendar year, in kWh; `capacity` the contracted capacity in kVA.
    pub fn charge(
        &self,
        class: &str,
        month: Month,
        usage: &Usage,
        year_to_date: i64,
        capacity: i64,
    ) -> Result<Charge, ChargeError> {
        self.tariff(class)?.on(month.first_day())?.rates.charge(class, usage, year_to_date, capacity)
    }

    /// The late fee on `amount` since `due`, up to and including `today`. The day after `due` is the first day of
    /// delay: 200.00 yuan of a resident, 30 days late, at 0.1 % a day make 6.00.
    pub fn late_fee(&self, class: &str, amount: Fen, due: Date, today: Date) -> Result<Fen, ChargeError> {
        self.late_fees.fee(self.tariff(class)?.customer, amount, due, today)
    }

    /// The services in the order of the wall.
    #[must_use]
    pub fn services_in_order(&self) -> Vec<&Service> {
        let mut services: Vec<_> = self.services.values().collect();
        services.sort_by_key(|service| service.order);
        services
    }

    /// The steps of a service in words: the names of its stages.
    #[must_use]
    pub fn steps(&self, service: &Service) -> Vec<Text> {
        service.stages.iter().map(|stage| self.text(&format!("stage.{}", stage.key))).collect()
    }

    /// The limit of a service in words, if it has one.
    #[must_use]
    pub fn limit(&self, service: &Service) -> Option<Text> {
        let promise = service.promise.as_ref()?;
        let days = promise.working_days.to_string();
        Some(self.texts.fill(&format!("limit.{}", promise.words), &[("days", &days)]))
    }

    /// A source in words, and that the utility has to confirm it where it has to.
    #[must_use]
    pub fn basis_of(&self, origin: &Origin) -> Vec<Text> {
        let uncertain = (!origin.certain).then(|| self.text("basis.uncertain"));
        std::iter::once(self.source_of(origin)).chain(uncertain).collect()
    }

    /// The source alone: its own words where it has some, else the document, cited as it is in every language.
    fn source_of(&self, origin: &Origin) -> Text {
        match origin.text_key() {
            Some(key) => self.text(&key),
            None => self.texts.fill("basis.source", &[("source", &origin.source)]),
        }
    }

    /// What the service of a guide costs, in words: the names of its fees, or that it is free.
    #[must_use]
    pub fn cost(&self, guide: &Guide) -> Vec<Text> {
        match &guide.cost {
            Cost::Free(_) => vec![self.text("list.free")],
            Cost::Fees(fees) => fees.iter().map(|fee| self.text(&format!("fee.{fee}"))).collect(),
        }
    }
}
