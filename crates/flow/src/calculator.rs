//! What would it cost? A tariff is chosen, what a month uses is asked one quantity a page, and the month is reckoned from
//! the published prices. Nothing is sent anywhere: it works while the backend is away.

use std::sync::Arc;

use powerhall_api::{Hall, Personal, Place, Tariff};
use powerhall_hall::{ESTIMATE_MOST, Estimate, Quantity, estimate, quantities};

use crate::page::Page;
use crate::{
    Ignored, Information, Press, Screen,
    step::{Run, erase_last, type_character},
};

/// Digits of the most that can be typed.
const DIGITS: usize = 8;

/// Where somebody who reckons is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calculator {
    /// What was published when it was opened.
    pub hall: Arc<Hall>,
    /// The tariff, by its place in [`Hall::tariffs`]; `None` asks.
    pub tariff: Option<usize>,
    /// What was answered, in the order of what the tariff asks.
    pub given: Vec<i64>,
    /// The answer being typed.
    pub typed: Personal,
    /// Where back leads.
    pub back: Box<Information>,
}

impl Calculator {
    /// The tariff that is reckoned with.
    #[must_use]
    pub fn tariff(&self) -> Option<&Tariff> {
        self.hall.tariffs.get(self.tariff?)
    }

    /// What is asked now; none while the tariff is chosen, and when all is known.
    #[must_use]
    pub fn asks(&self) -> Option<Quantity> {
        quantities(self.tariff()?).get(self.given.len()).copied()
    }

    /// What it would cost, when all is known and can be reckoned.
    #[must_use]
    pub fn estimate(&self) -> Option<Estimate> {
        let tariff = self.tariff()?;
        let known = self.given.len() == quantities(tariff).len();
        known.then(|| estimate(tariff, &self.given).ok()).flatten()
    }

    fn choose(&mut self, tariff: usize) -> Result<(), Ignored> {
        let asks = self.hall.tariffs.get(tariff).is_some_and(|tariff| !quantities(tariff).is_empty());
        if self.tariff.is_some() || !asks {
            return Err(Ignored::NotHere);
        }
        self.tariff = Some(tariff);
        Ok(())
    }

    /// Takes what was typed, and asks the next or reckons.
    fn take(&mut self) -> Result<(), Ignored> {
        if self.asks().is_none() {
            return Err(Ignored::NotHere);
        }
        // Empty, or more than can be meant.
        let amount: i64 = self.typed.reveal().parse().map_err(|_| Ignored::NoChange)?;
        if amount > ESTIMATE_MOST {
            return Err(Ignored::NoChange);
        }
        self.given.push(amount);
        self.typed = Personal::default();
        Ok(())
    }

    /// One step back: to what was typed before, to the tariffs; false where that leaves it.
    fn step_back(&mut self) -> bool {
        if let Some(before) = self.given.pop() {
            self.typed = Personal::new(before.to_string());
            return true;
        }
        self.typed = Personal::default();
        // Opened from a tariff's own sheet, that is where it came from.
        self.tariff.take().is_some() && self.back.sheet().is_none()
    }

    fn edit(&mut self, press: Press) -> Result<(), Ignored> {
        if self.asks().is_none() {
            return Err(Ignored::NotHere);
        }
        match press {
            Press::Digit(digit @ 0..=9) => {
                // No number begins with a zero that is followed by another digit.
                if self.typed.reveal() == "0" {
                    self.typed = Personal::default();
                }
                type_character(&mut self.typed, char::from(b'0' + digit), DIGITS)
            }
            Press::Erase => erase_last(&mut self.typed),
            Press::Clear if self.typed.reveal().is_empty() => Err(Ignored::NoChange),
            Press::Clear => {
                self.typed = Personal::default();
                Ok(())
            }
            _ => Err(Ignored::NotHere),
        }
    }
}

impl Page for Calculator {
    fn place(&self) -> Place {
        Place::Calculator
    }

    fn part(&self) -> usize {
        usize::from(self.tariff.is_some()) + self.given.len()
    }

    fn is_goal(&self) -> bool {
        self.estimate().is_some()
    }

    fn asks_opinion(&self) -> bool {
        self.is_goal()
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let Screen::Calculator(calculator) = &mut run.state.screen else { return };
        let done = match press {
            Press::Back => {
                if !calculator.step_back() {
                    run.state.screen = Screen::Information((*calculator.back).clone());
                }
                Ok(())
            }
            Press::Entry(tariff) => calculator.choose(tariff),
            Press::Next => calculator.take(),
            edit => calculator.edit(edit),
        };
        run.unless_ignored(done);
    }
}

impl Run<'_> {
    /// Opens it on the page that is read: for a tariff by its key, or to choose one. Back leads to `back`.
    pub(crate) fn open_calculator(&mut self, back: Information, tariff: Option<&str>) {
        let hall = Arc::clone(&back.hall);
        let place = tariff.map(|key| hall.tariffs.iter().position(|tariff| tariff.key == key));
        let mut calculator = Calculator {
            hall: Arc::clone(&hall),
            tariff: None,
            given: Vec::new(),
            typed: Personal::default(),
            back: Box::new(back),
        };
        let opened = match place {
            None if hall.tariffs.is_empty() => Err(Ignored::NotHere),
            None => Ok(()),
            Some(place) => place.ok_or(Ignored::NotHere).and_then(|place| calculator.choose(place)),
        };
        match opened {
            Ok(()) => self.state.screen = Screen::Calculator(Box::new(calculator)),
            Err(why) => self.ignore(why),
        }
    }
}
