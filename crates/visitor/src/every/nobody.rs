//! What the kiosk does by itself, and with whoever asks for a person: a backend that is away, somebody who hesitates, nobody,
//! and a suspension.

use std::time::{Duration, Instant};

use powerhall_billing::demo::Situation;

use super::{Hall, must_be};
use crate::{Page, Result, SOON, Trouble};

/// How long a kiosk stands still before it asks whether somebody is there, or before slides are shown, and what that takes
/// besides.
const RESTS: Duration = Duration::from_secs(90);
/// For how long payment and all else is suspended, and in which time the kiosk has heard of it.
const SUSPENDED: Duration = Duration::from_secs(40);
/// In which time a kiosk has noticed that the backend is away, or back.
const NOTICES: Duration = Duration::from_secs(60);

impl Hall<'_> {
    pub(super) fn calls_the_guide(&mut self) -> Result<()> {
        self.visitor.diary.note("— 10 the guide —");
        self.asks_for_help()?;
        self.sees(Page::Called, "has called the guide", "called")?;
        self.visitor.diary.note(self.staff.does(&["calls"])?.trim());
        self.staff.does(&["calls", "take", "kiosk-1"])?;
        self.sees(Page::Coming, "somebody is on the way", "coming")?;
        self.staff.does(&["calls", "done", "kiosk-1"])?;
        self.visitor.wait_for(&[Page::Home], SOON).map(drop)
    }

    fn asks_for_help(&mut self) -> Result<()> {
        self.visitor.touch(Page::Home, "Ask for help")?;
        self.sees(Page::Help, "asks for help", "help")?;
        self.visitor.touch(Page::Help, "Call the guide")
    }

    /// Payment is closed, what is published is still told, with its day, and no guide can be called; all of it until the
    /// backend is back.
    pub(super) fn comes_while_the_backend_is_away(&mut self) -> Result<()> {
        self.visitor.diary.note("— 8, 10, 11 while the backend is away —");
        let before = self.reads_where_cash_is_taken("cash-counter")?;
        self.power.cut()?;
        self.wants_to_pay_until_it_is_closed()?;
        let away = self.reads_where_cash_is_taken("cash-counter-away")?;
        if before.below_header() == away.below_header() {
            return Err(Trouble::Wrong("the copy does not say of which day it is".to_owned()));
        }
        self.asks_for_help()?;
        let (_, screen) = self.visitor.wait_for(&[Page::NotReached], NOTICES)?;
        self.visitor.diary.keep("the guide cannot be called from here", "not-reached", &screen)?;
        self.power.restore()?;
        // The call was not given up.
        self.visitor.wait_for(&[Page::Called], NOTICES)?;
        self.visitor.touch(Page::Called, "Not needed")?;
        self.visitor.wait_for(&[Page::Home], SOON).map(drop)
    }

    /// Until the kiosk has noticed, the page for the number appears.
    fn wants_to_pay_until_it_is_closed(&mut self) -> Result<()> {
        let end = Instant::now() + NOTICES;
        loop {
            self.visitor.touch(Page::Home, "Pay a bill")?;
            let (page, screen) = self.visitor.wait_for(&[Page::PaymentClosed, Page::FindAccount], SOON)?;
            if page == Page::PaymentClosed {
                self.visitor.diary.keep("payment is closed, and why", "payment-closed", &screen)?;
                return self.visitor.go_home();
            }
            if Instant::now() > end {
                return Err(self.visitor.not_seen("payment closed", NOTICES, "it is open", &screen));
            }
            self.visitor.go_home()?;
        }
    }

    /// Somebody who stands there without a touch is asked, and goes on.
    pub(super) fn hesitates(&mut self) -> Result<()> {
        self.visitor.diary.note("— 11 somebody hesitates —");
        let account = self.account(Situation::LongName)?;
        must_be(self.visitor.find_account(&account.number)?, Page::Confirm)?;
        let (_, screen) = self.visitor.wait_for(&[Page::StillThere], RESTS)?;
        self.visitor.diary.keep("is asked whether anybody is there", "still-there", &screen)?;
        self.visitor.touch(Page::StillThere, "I need more time")?;
        self.sees(Page::Confirm, "everything is as it was", "goes-on")?;
        self.visitor.go_home()
    }

    pub(super) fn stands_still(&mut self) -> Result<()> {
        self.visitor.diary.note("— 11 nobody is there; out of service, and back by itself —");
        let (_, screen) = self.visitor.wait_for(&[Page::Attract], RESTS)?;
        self.visitor.diary.keep("nobody is there: a slide", "slide", &screen)?;
        self.visitor.point((screen.width() / 2, screen.height() / 2))?;
        self.visitor.wait_for(&[Page::Home], SOON)?;
        let (from, until) = (in_seconds(5), in_seconds(30));
        self.staff.does(&["suspend", "add", "--from", &from, "--until", &until, "--reason", "upgrade"])?;
        let (_, screen) = self.visitor.wait_for(&[Page::OutOfService], SUSPENDED)?;
        self.visitor.diary.keep(
            "out of service, with the reason and the return",
            "out-of-service",
            &screen,
        )?;
        // Nobody has touched it meanwhile, so slides may follow at once.
        let (_, screen) = self.visitor.wait_for(&[Page::Home, Page::Attract], SUSPENDED)?;
        self.visitor.diary.keep("back by itself", "back", &screen)
    }
}

/// So many seconds from now, as staff writes a time: Beijing's.
pub fn in_seconds(seconds: i64) -> String {
    let at = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    at.to_zoned_datetime(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)))
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}
