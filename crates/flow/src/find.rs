//! Pay, steps 1 and 2: the account number, who it is, what is owed, and what the customer wants to pay.

use std::collections::BTreeSet;

use powerhall_api::{Lookup, LookupKind, LookupRequest, ProblemCode, Quote};
use powerhall_money::Fen;

use crate::{
    AmountEntry, Choice, Confirm, Effect, FindAccount, Ignored, Notice, Press, Screen, Ticket, Trouble,
    complete_account, number,
    step::{Run, erase_digit, type_digit},
};

/// Most characters of a typed amount: nine digits, a point, two decimals.
const AMOUNT_LENGTH: usize = 12;

impl Run<'_> {
    pub(crate) fn press_on_find_account(&mut self, press: Press) {
        let settings = self.settings;
        let Screen::FindAccount(find) = &mut self.state.screen else { return };
        if press == Press::Back {
            return self.go_home();
        }
        if find.waiting.is_some() {
            return self.ignore(Ignored::Busy);
        }
        let edited = match press {
            Press::Digit(digit) => type_digit(&mut find.digits, digit, number::longest(settings)),
            Press::Erase => erase_digit(&mut find.digits),
            Press::Clear if find.digits.reveal().is_empty() => Err(Ignored::NoChange),
            Press::Clear => {
                find.digits = Default::default();
                Ok(())
            }
            Press::Next => return self.look_account_up(),
            _ => Err(Ignored::NotHere),
        };
        match edited {
            Ok(()) => {
                let wrong = complete_account(&find.digits, settings) == Err(Notice::AccountPrefix);
                find.notice = wrong.then_some(Notice::AccountPrefix);
            }
            Err(why) => self.ignore(why),
        }
    }

    fn look_account_up(&mut self) {
        let waiting = self.waiting();
        let Screen::FindAccount(find) = &mut self.state.screen else { return };
        match complete_account(&find.digits, self.settings) {
            Ok(account) => {
                find.notice = None;
                find.waiting = Some(waiting);
                self.effect(Effect::Lookup(waiting.ticket, LookupRequest::Account { account }));
            }
            Err(notice) => find.notice = Some(notice),
        }
    }

    pub(crate) fn looked_up(&mut self, ticket: Ticket, answer: Result<Lookup, Trouble>) {
        match &mut self.state.screen {
            Screen::FindAccount(find) if find.waiting.is_some_and(|w| w.ticket == ticket) => match answer {
                Ok(Lookup { kind: LookupKind::Account, reference, .. }) => {
                    self.effect(Effect::Quote(ticket, reference));
                }
                Ok(_) => {
                    find.waiting = None;
                    find.notice = Some(Notice::Busy);
                }
                Err(trouble) => {
                    find.waiting = None;
                    find.notice = Some(trouble.into());
                }
            },
            Screen::FindApplication(find) if find.waiting.is_some_and(|w| w.ticket == ticket) => match answer
            {
                Ok(Lookup { kind: LookupKind::Applications, reference, .. }) => {
                    self.effect(Effect::Applications(ticket, reference));
                }
                Ok(_) => {
                    find.waiting = None;
                    find.notice = Some(Notice::Busy);
                }
                Err(trouble) => {
                    find.waiting = None;
                    find.notice = Some(trouble.into());
                }
            },
            _ => self.ignore(Ignored::TooLate),
        }
    }

    pub(crate) fn quoted(&mut self, ticket: Ticket, answer: Result<(String, Quote), Trouble>) {
        match &mut self.state.screen {
            Screen::FindAccount(find) if find.waiting.is_some_and(|w| w.ticket == ticket) => match answer {
                Ok((reference, quote)) => self.show_quote(reference, quote, None),
                Err(trouble) => {
                    find.waiting = None;
                    find.notice = Some(trouble.into());
                }
            },
            Screen::Confirm(confirm) if confirm.waiting.is_some_and(|w| w.ticket == ticket) => match answer {
                Ok((reference, quote)) => self.show_quote(reference, quote, Some(Notice::Renewed)),
                Err(Trouble::Problem(ProblemCode::ReferenceExpired, _)) => {
                    let notice = Some(Notice::LookupExpired);
                    self.state.screen = Screen::FindAccount(FindAccount { notice, ..FindAccount::default() });
                }
                Err(trouble) => {
                    confirm.waiting = None;
                    confirm.notice = Some(trouble.into());
                }
            },
            _ => self.ignore(Ignored::TooLate),
        }
    }

    /// Everything owed is chosen to begin with: that is what most people came for.
    ///
    /// The kiosk's own limits narrow what the backend allows, and never widen it.
    fn show_quote(&mut self, reference: String, mut quote: Quote, notice: Option<Notice>) {
        for line in &mut quote.lines {
            line.min_fen = line.min_fen.max(self.settings.least_amount);
            line.max_fen = line.max_fen.min(self.settings.most_amount);
        }
        let months = quote.lines.first().map_or(0, |line| line.bills.len());
        let expires = self.now.at + u64::from(quote.seconds_left) * 1_000;
        let choice = Choice::Months((0..months).collect());
        self.state.screen =
            Screen::Confirm(Confirm { reference, quote, expires, choice, notice, waiting: None });
    }

    /// Asks again what is owed, staying on the page.
    pub(crate) fn renew_quote(&mut self, mut confirm: Confirm) {
        let waiting = self.waiting();
        self.effect(Effect::Quote(waiting.ticket, confirm.reference.clone()));
        confirm.waiting = Some(waiting);
        confirm.notice = None;
        self.state.screen = Screen::Confirm(confirm);
    }

    pub(crate) fn press_on_confirm(&mut self, press: Press) {
        let now = self.now.at;
        let Screen::Confirm(confirm) = &mut self.state.screen else { return };
        match press {
            Press::Back | Press::NotMe => {
                self.state.screen = Screen::FindAccount(FindAccount::default());
            }
            _ if confirm.waiting.is_some() => self.ignore(Ignored::Busy),
            Press::Month(month) => {
                let months = confirm.line().map_or(0, |line| line.bills.len());
                if month >= months {
                    return self.ignore(Ignored::NotHere);
                }
                let mut chosen = match std::mem::replace(&mut confirm.choice, Choice::Amount(Fen::ZERO)) {
                    Choice::Months(chosen) => chosen,
                    Choice::Amount(_) => BTreeSet::new(),
                };
                if !chosen.remove(&month) {
                    chosen.insert(month);
                }
                confirm.choice = Choice::Months(chosen);
                confirm.notice = None;
            }
            Press::AllMonths => {
                let months = confirm.line().map_or(0, |line| line.bills.len());
                confirm.choice = Choice::Months((0..months).collect());
                confirm.notice = None;
            }
            Press::OtherAmount => {
                let confirm = Box::new(confirm.clone());
                self.state.screen =
                    Screen::OtherAmount(AmountEntry { typed: String::new(), notice: None, confirm });
            }
            Press::Bills => self.show_bills(),
            Press::Next if !confirm.amount().is_positive() => confirm.notice = Some(Notice::NothingChosen),
            Press::Next => match check_amount(confirm, confirm.amount()) {
                Err(notice) => confirm.notice = Some(notice),
                Ok(_) if now >= confirm.expires => {
                    let confirm = confirm.clone();
                    self.renew_quote(confirm);
                }
                Ok(amount) => {
                    let confirm = confirm.clone();
                    self.begin_payment(confirm, amount);
                }
            },
            _ => self.ignore(Ignored::NotHere),
        }
    }

    pub(crate) fn press_on_other_amount(&mut self, press: Press) {
        let Screen::OtherAmount(entry) = &mut self.state.screen else { return };
        let typed = &mut entry.typed;
        let decimals = typed.split_once('.').map(|(_, decimals)| decimals.len());
        match press {
            Press::Back => {
                self.state.screen = Screen::Confirm((*entry.confirm).clone());
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
                    return self.ignore(Ignored::NoChange);
                }
                typed.push(char::from(b'0' + digit));
            }
            Press::Point if decimals.is_none() => {
                if typed.is_empty() {
                    typed.push('0');
                }
                typed.push('.');
            }
            Press::Digit(_) | Press::Point => return self.ignore(Ignored::NoChange),
            Press::Erase if !typed.is_empty() => drop(typed.pop()),
            Press::Clear if !typed.is_empty() => typed.clear(),
            Press::Erase | Press::Clear => return self.ignore(Ignored::NoChange),
            Press::Next => {
                let amount = Fen::from_yuan(typed.trim_end_matches('.')).unwrap_or(Fen::ZERO);
                match check_amount(&entry.confirm, amount) {
                    Ok(amount) => {
                        let mut confirm = (*entry.confirm).clone();
                        confirm.choice = Choice::Amount(amount);
                        confirm.notice = None;
                        self.state.screen = Screen::Confirm(confirm);
                    }
                    Err(notice) => entry.notice = Some(notice),
                }
                return;
            }
            _ => return self.ignore(Ignored::NotHere),
        }
        entry.notice = None;
    }
}

fn check_amount(confirm: &Confirm, amount: Fen) -> Result<Fen, Notice> {
    let Some(line) = confirm.line() else { return Err(Notice::NothingChosen) };
    if amount < line.min_fen {
        Err(Notice::AmountTooSmall(line.min_fen))
    } else if amount > line.max_fen {
        Err(Notice::AmountTooLarge(line.max_fen))
    } else {
        Ok(amount)
    }
}
