//! People at the glass: they pay, cancel, change their mind, ask for more time, switch the channel, or walk away.

use std::sync::Arc;
use std::time::Duration;

use powerhall_flow::{Event, Journey, Overlay, PayStage, Press, Screen, State};
use tokio::time::Instant;

use crate::chance::Fault;
use crate::sim::Sim;

/// A page as a customer tells it from others: which, how far, and two marks on it.
type Page = (std::mem::Discriminant<Screen>, Option<std::mem::Discriminant<PayStage>>, bool, bool);

/// Whoever stands before a kiosk.
#[derive(Debug, Default)]
pub struct Customer {
    acts_at: Option<Instant>,
    /// What the customer has reacted to.
    page: Option<Page>,
    gone: bool,
}

impl Customer {
    /// When the next touch comes.
    #[must_use]
    pub const fn acts_at(&self) -> Option<Instant> {
        self.acts_at
    }

    /// Looks at the page; a new one is answered after a while.
    pub fn sees(&mut self, sim: &Arc<Sim>, state: &State) {
        let stage = match &state.screen {
            Screen::Pay(pay) => Some(std::mem::discriminant(&pay.stage)),
            _ => None,
        };
        let waiting = match &state.screen {
            Screen::Find(find) => find.waiting.is_some(),
            Screen::Confirm(confirm) => confirm.waiting.is_some(),
            _ => false,
        };
        let warned = matches!(state.overlay, Some(Overlay::IdleWarning { .. }));
        let page = Some((std::mem::discriminant(&state.screen), stage, waiting, warned));
        if page == self.page {
            return;
        }
        self.page = page;
        self.acts_at = None;
        if let Screen::Home = state.screen {
            self.gone = false;
            if sim.with(|inner| inner.customers) == 0 {
                return;
            }
            return self.later(sim, 500, 40_000);
        }
        if !self.gone {
            self.later(sim, 300, 12_000);
        }
    }

    fn later(&mut self, sim: &Arc<Sim>, from: u64, to: u64) {
        self.acts_at = Some(Instant::now() + Duration::from_millis(sim.between(from, to)));
    }

    /// What the customer does now.
    pub fn acts(&mut self, sim: &Arc<Sim>, state: &State) -> Vec<Event> {
        self.acts_at = None;
        let dice = sim.between(0, 99);
        if let Some(Overlay::IdleWarning { .. }) = state.overlay {
            return if dice < 40 { press([Press::StillHere]) } else { Vec::new() };
        }
        match &state.screen {
            Screen::Home => self.begins(sim),
            Screen::Find(find) if find.waiting.is_some() => Vec::new(),
            Screen::Find(_) => {
                if dice < 3 {
                    return press([Press::Home]);
                }
                self.later(sim, 1_000, 10_000);
                let digits = sim.with(|inner| inner.books.account(&mut inner.chance));
                let typed = digits.bytes().map(|b| Press::Digit(b - b'0'));
                press([Press::Clear].into_iter().chain(typed).chain([Press::Next]))
            }
            Screen::Confirm(confirm) if confirm.waiting.is_some() => Vec::new(),
            Screen::Confirm(confirm) => {
                self.later(sim, 1_000, 10_000);
                let nothing = !confirm.amount().is_positive();
                match dice {
                    _ if nothing && dice < 70 => press([Press::OtherAmount]),
                    0..=4 => press([Press::Home]),
                    5..=7 => press([Press::NotMe]),
                    8..=17 => press([Press::Month(0)]),
                    18..=25 => press([Press::OtherAmount]),
                    26..=27 => self.leaves(),
                    _ => press([Press::Next]),
                }
            }
            Screen::OtherAmount(_) => {
                self.later(sim, 500, 2_000);
                let digits = (0..sim.between(1, 3)).map(|_| Press::Digit(sim.between(1, 9) as u8));
                press([Press::Clear].into_iter().chain(digits.collect::<Vec<_>>()).chain([Press::Next]))
            }
            Screen::Pay(pay) => self.pays(sim, pay.stage, dice),
            Screen::Finished(_) => {
                if dice < 50 {
                    press([Press::Next])
                } else {
                    self.leaves()
                }
            }
            Screen::PaymentClosed(_) => {
                self.later(sim, 2_000, 20_000);
                if dice < 60 { press([Press::TryAgain]) } else { press([Press::Back]) }
            }
            // Not what anybody came for here.
            _ => press([Press::Home]),
        }
    }

    fn begins(&mut self, sim: &Arc<Sim>) -> Vec<Event> {
        let one = sim.with(|inner| {
            let some = inner.customers > 0;
            inner.customers = inner.customers.saturating_sub(1);
            some
        });
        if one { press([Press::Begin(Journey::Pay)]) } else { Vec::new() }
    }

    fn leaves(&mut self) -> Vec<Event> {
        self.gone = true;
        Vec::new()
    }

    fn pays(&mut self, sim: &Arc<Sim>, stage: PayStage, dice: u64) -> Vec<Event> {
        let other = Press::Channel((dice % 2) as usize);
        match stage {
            PayStage::ChooseChannel => {
                self.later(sim, 1_000, 10_000);
                if dice < 5 { press([Press::Back]) } else { press([other]) }
            }
            PayStage::Recording { .. } | PayStage::Opening { .. } | PayStage::Closing { .. } => match dice {
                0..=5 => press([Press::Home]),
                6..=10 => press([Press::Cancel]),
                11..=14 => self.leaves(),
                _ => {
                    self.later(sim, 2_000, 30_000);
                    Vec::new()
                }
            },
            PayStage::Showing { .. } => {
                self.later(sim, 2_000, 60_000);
                match dice {
                    _ if sim.hit(Fault::KeenCustomer) => press([other]),
                    0..=7 => press([Press::Cancel]),
                    8..=13 => press([Press::Home]),
                    14..=23 => press([other]),
                    24..=33 => press([Press::MoreTime]),
                    34..=40 => self.leaves(),
                    _ => Vec::new(),
                }
            }
            PayStage::Closed => {
                self.later(sim, 1_000, 10_000);
                match dice {
                    _ if sim.hit(Fault::KeenCustomer) => press([Press::TryAgain]),
                    0..=49 => press([Press::TryAgain]),
                    50..=69 => press([Press::Home]),
                    70..=79 => press([Press::Back]),
                    _ => self.leaves(),
                }
            }
            PayStage::Failed => {
                self.later(sim, 1_000, 10_000);
                if dice < 60 { press([Press::TryAgain]) } else { press([Press::Home]) }
            }
        }
    }
}

fn press(presses: impl IntoIterator<Item = Press>) -> Vec<Event> {
    presses.into_iter().map(Event::Press).collect()
}
