//! What the hall publishes beside its sheets: what a month would cost, planned outages, what is shown while nobody is there,
//! and suspensions, which begin and end by themselves.

use std::thread::sleep;
use std::time::{Duration, Instant};

use powerhall_billing::demo::{ShowAccount, Situation};
use powerhall_visitor::{Page, Result, SOON, Times, in_seconds};

use crate::kit::{Visit, below_header, holds, is, visit, wait_beside};

/// With the backend back, the page that says why payment is closed ends by itself, and paying goes on as ever.
fn paying_goes_on(v: &mut Visit) -> Result<()> {
    v.visitor.touch(Page::Home, "Pay a bill")?;
    v.visitor.wait_for(&[Page::FindAccount], SOON)?;
    v.visitor.go_home()?;
    let account = v.account(Situation::OwesOneMonth);
    is("what is owed", v.visitor.find_account(&account.number)?, Page::Confirm)?;
    v.visitor.go_home()
}

#[test]
fn reckons_what_350_kwh_cost_also_while_the_backend_is_away() {
    visit("reckons_what_350_kwh_cost_also_while_the_backend_is_away", 120, |v| {
        v.visitor.wait_for(&[Page::Home], SOON)?;
        let told = v.visitor.reckon("居民生活用电（阶梯）", &["350"])?;
        v.visitor.go_home()?;
        v.hall.kill_backend()?;
        v.hall.kill_kiosk()?;
        v.hall.start_kiosk()?;
        v.visitor.wait_for(&[Page::Home], SOON)?;
        let away = v.visitor.reckon("居民生活用电（阶梯）", &["350"])?;
        holds("the copy says of which day it is", below_header(&told) != below_header(&away))?;
        v.visitor.go_home()?;
        v.hall.start_backend()?;
        paying_goes_on(v)
    });
}

#[test]
fn finds_planned_outages_by_area_and_by_account() {
    visit("finds_planned_outages_by_area_and_by_account", 120, |v| {
        v.visitor.wait_for(&[Page::Home], SOON)?;
        v.visitor.open_outages()?;
        v.visitor.touch(Page::Areas, "城南")?;
        let (_, screen) = v.visitor.wait_for(&[Page::AreaOutages], SOON)?;
        v.visitor.diary.keep("reads what is planned in the area", "area-outages", &screen)?;
        v.visitor.touch(Page::AreaOutages, "Back")?;
        v.visitor.wait_for(&[Page::Areas], SOON)?;
        let pick = |v: &Visit, wanted: bool| -> ShowAccount {
            let mut accounts = v.hall.showcase.accounts.iter();
            accounts
                .find(|account| (account.outages > 0) == wanted)
                .expect("some are in one, some are not")
                .clone()
        };
        let some = v.visitor.find_outages(&pick(v, true).number)?;
        v.visitor.touch(Page::AccountOutages, "Back")?;
        v.visitor.wait_for(&[Page::OutagesAccount], SOON)?;
        v.visitor.touch(Page::OutagesAccount, "Back")?;
        v.visitor.wait_for(&[Page::Areas], SOON)?;
        let none = v.visitor.find_outages(&pick(v, false).number)?;
        holds("one is in an outage and the other is not", below_header(&some) != below_header(&none))?;
        v.visitor.go_home()
    });
}

#[test]
fn slides_begin_and_a_touch_ends_them() {
    let times = Times { attract: 5, idle: 20, ..Times::default() };
    wait_beside("slides_begin_and_a_touch_ends_them", times, |v| {
        v.visitor.wait_for(&[Page::Home], SOON)?;
        let (_, first) = v.visitor.wait_for(&[Page::Attract], SOON)?;
        v.visitor.diary.keep("nobody is there: the first slide", "slide", &first)?;
        sleep(Duration::from_secs(16));
        let (_, second) = v.visitor.wait_for(&[Page::Attract], SOON)?;
        v.visitor.diary.keep("the next slide", "next-slide", &second)?;
        holds("another slide", below_header(&first) != below_header(&second))?;
        // In the middle of what is shown, where no control is.
        v.visitor.point((540, 900))?;
        v.visitor.wait_for(&[Page::Home], SOON)?;
        // A session is never interrupted by it.
        let account = v.account(Situation::OwesOneMonth);
        is("what is owed", v.visitor.find_account(&account.number)?, Page::Confirm)?;
        sleep(Duration::from_secs(10));
        v.visitor.wait_for(&[Page::Confirm], SOON)?;
        v.visitor.go_home()
    });
}

#[test]
fn a_suspension_begins_and_ends_by_itself_also_without_the_backend() {
    visit("a_suspension_begins_and_ends_by_itself_also_without_the_backend", 120, |v| {
        let before = v.whole_home()?;
        is("nothing is suspended", v.staff(&["suspend"]).trim(), "nothing is suspended")?;
        let (from, until) = (in_seconds(20), in_seconds(50));
        let made = v.staff(&["suspend", "add", "--from", &from, "--until", &until, "--reason", "upgrade"]);
        holds(&format!("made: {made}"), made.contains("系统升级"))?;
        // Told at the next check-in, and said on home.
        let end = Instant::now() + SOON;
        loop {
            let (_, home) = v.visitor.wait_for(&[Page::Home], SOON)?;
            if below_header(&home) != below_header(&before) {
                v.visitor.diary.keep("home says that it is near", "home", &home)?;
                break;
            }
            holds("home says that a suspension is near", Instant::now() < end)?;
            sleep(Duration::from_millis(300));
        }
        v.hall.kill_backend()?;
        let (_, screen) = v.visitor.wait_for(&[Page::OutOfService], Duration::from_secs(40))?;
        v.visitor.diary.keep("out of service, with the reason and the return", "out-of-service", &screen)?;
        let (_, screen) = v.visitor.wait_for(&[Page::Home], Duration::from_secs(50))?;
        v.visitor.diary.keep("back by itself, though the backend is away", "home-again", &screen)?;
        v.hall.start_backend()?;
        paying_goes_on(v)
    });
}
