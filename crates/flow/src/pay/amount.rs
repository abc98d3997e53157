//! Pay, still step 2: another amount.

use powerhall_api::Place;
use powerhall_money::Fen;

use super::confirm::check_amount;
use crate::page::Page;
use crate::{Choice, Confirm, Ignored, Notice, Press, Screen, Step, step::Run};

/// Most characters of a typed amount: nine digits, a point, two decimals.
const AMOUNT_LENGTH: usize = 12;

/// Pay, still step 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmountEntry {
    /// As typed: digits with at most one point and two decimals.
    pub typed: String,
    /// What went wrong.
    pub notice: Option<Notice>,
    /// Where back leads.
    pub confirm: Box<Confirm>,
}

impl Page for AmountEntry {
    fn place(&self) -> Place {
        Place::OtherAmount
    }

    fn step(&self) -> Option<Step> {
        Some(Step::Check)
    }

    fn press(run: &mut Run<'_>, press: Press) {
        let Screen::OtherAmount(entry) = &mut run.state.screen else { return };
        let typed = &mut entry.typed;
        let decimals = typed.split_once('.').map(|(_, decimals)| decimals.len());
        match press {
            Press::Back => {
                run.state.screen = Screen::Confirm((*entry.confirm).clone());
                return;
            }
            Press::Digit(digit)
                if digit <= 9
                    && typed.len() < AMOUNT_LENGTH
                    && decimals.is_none_or(|decimals| decimals < 2) =>
            {
                if typed == "0" {
                    typed.clear();
                }
                // Nine digits of yuan are the most that a page has room for.
                if decimals.is_none() && typed.len() >= 9 {
                    return run.ignore(Ignored::NoChange);
                }
                typed.push(char::from(b'0' + digit));
            }
            Press::Point if decimals.is_none() => {
                if typed.is_empty() {
                    typed.push('0');
                }
                typed.push('.');
            }
            Press::Digit(_) | Press::Point => return run.ignore(Ignored::NoChange),
            Press::Erase if !typed.is_empty() => drop(typed.pop()),
            Press::Clear if !typed.is_empty() => typed.clear(),
            Press::Erase | Press::Clear => return run.ignore(Ignored::NoChange),
            Press::Next => {
                let amount = Fen::from_yuan(typed.trim_end_matches('.')).unwrap_or(Fen::ZERO);
                match check_amount(&entry.confirm, amount) {
                    Ok(amount) => {
                        let mut confirm = (*entry.confirm).clone();
                        confirm.choice = Choice::Amount(amount);
                        confirm.notice = None;
                        run.state.screen = Screen::Confirm(confirm);
                    }
                    Err(notice) => entry.notice = Some(notice),
                }
                return;
            }
            _ => return run.ignore(Ignored::NotHere),
        }
        entry.notice = None;
    }
}
