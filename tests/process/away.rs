//! Customers who walk away, or only take their time: the question whether somebody is there, its countdown, home without a
//! trace; and a code's end, which is announced and can be put off. These tests mostly wait, so they run beside others.

use std::thread::sleep;
use std::time::{Duration, Instant};

use powerhall_billing::demo::Situation;
use powerhall_visitor::{Look, Page, Picture, Result, SOON, Times};

use crate::kit::{SETTLES, Visit, holds, is, wait_beside};

/// The shortest that config allows; the code a little longer than its warning, so that it is calm at first.
const SHORT: Times = Times { code: 40, code_warning: 20, idle: 20, warning: 20, attract: 0 };

/// Everything below the header, whose clock goes on.
fn page(screen: &Picture) -> Picture {
    let header =
        powerhall_visitor::Area { x: 0, y: 140, width: screen.width(), height: screen.height() - 140 };
    screen.part(header)
}

fn seconds(from: Instant) -> f32 {
    from.elapsed().as_secs_f32()
}

/// Waits without looking until shortly before the question, then for it; gives the screen. The last touch was after
/// `before`, and is over.
fn wait_for_question(v: &mut Visit, before: Instant) -> Result<Picture> {
    let touched = Instant::now();
    let idle = Duration::from_secs(SHORT.idle.into());
    sleep((idle - Duration::from_secs(2)).saturating_sub(before.elapsed()));
    let (pages, _) = v.visitor.pages()?;
    holds("nobody is asked too early", !pages.contains(&Page::StillThere))?;
    let (_, screen) = v.visitor.wait_for(&[Page::StillThere], SOON)?;
    holds("asked after the idle time", seconds(before) > 19.5 && seconds(touched) < 27.0)?;
    Ok(screen)
}

#[test]
fn walks_away_and_is_forgotten() {
    wait_beside("walks_away_and_is_forgotten", SHORT, |v| {
        let home = v.whole_home()?;
        let account = v.account(Situation::LongName);
        v.visitor.switch_language(Page::Home)?;
        let before = Instant::now();
        is("the page with the name", v.visitor.find_account(&account.number)?, Page::Confirm)?;
        let first = wait_for_question(v, before)?;
        v.visitor.diary.keep("nobody is there: asked, counting down", "still-there", &first)?;
        let asked = Instant::now();
        sleep(Duration::from_millis(2_500));
        let (_, second) = v.visitor.wait_for(&[Page::StillThere], SOON)?;
        holds("it counts down", page(&first) != page(&second))?;
        sleep(Duration::from_secs(14));
        let (pages, _) = v.visitor.pages()?;
        holds("not before its time", pages.contains(&Page::StillThere))?;
        let (_, after) = v.visitor.wait_for(&[Page::Home], SOON)?;
        holds("over after the warning's time", (18.0..24.0).contains(&seconds(asked)))?;
        v.visitor.diary.keep("home, as if nobody had been there", "home-again", &after)?;
        is("the language too is as at start", v.visitor.look, Look::FIRST)?;
        holds("the very picture of home as before", page(&home) == page(&after))
    });
}

/// Who has said whose phone it is, and goes before anything is proved.
#[test]
fn walks_away_from_a_proof_and_is_forgotten() {
    wait_beside("walks_away_from_a_proof_and_is_forgotten", SHORT, |v| {
        let home = v.whole_home()?;
        v.visitor.diary.keep("home before anybody came", "home-before", &home)?;
        let account = v.account(Situation::OwesThreeMonths);
        v.visitor.find_person(&account.phone)?;
        let before = Instant::now();
        v.visitor.type_in(Page::Prove, "12")?;
        let question = wait_for_question(v, before)?;
        v.visitor.diary.keep("asked, over what was typed", "still-there", &question)?;
        let (_, after) = v.visitor.wait_for(&[Page::Home], SETTLES)?;
        v.visitor.diary.keep("home, as if nobody had been there", "home-again", &after)?;
        holds("the very picture of home as before", page(&home) == page(&after))?;
        // And the field is empty for whoever comes next.
        v.visitor.touch(Page::Home, "Pay a bill")?;
        let (_, next) = v.visitor.wait_for(&[Page::FindAccount], SOON)?;
        v.visitor.go_home()?;
        v.visitor.touch(Page::Home, "Pay a bill")?;
        let (_, again) = v.visitor.wait_for(&[Page::FindAccount], SOON)?;
        holds("nothing is typed", page(&next) == page(&again))
    });
}

/// What the question looks like during some of its seconds, and the answer: one touch.
fn watch_and_answer(v: &mut Visit) -> Result<Vec<Picture>> {
    let end = Instant::now() + Duration::from_secs(4);
    let mut seen = Vec::new();
    while Instant::now() < end {
        seen.push(page(&v.visitor.display.look()?));
        sleep(Duration::from_millis(300));
    }
    v.visitor.touch(Page::StillThere, "I need more time")?;
    Ok(seen)
}

#[test]
fn takes_time_and_stays() {
    wait_beside("takes_time_and_stays", SHORT, |v| {
        // Asked before anything is typed: nothing personal can be in the picture.
        v.visitor.wait_for(&[Page::Home], SOON)?;
        let before = Instant::now();
        v.visitor.touch(Page::Home, "Pay a bill")?;
        wait_for_question(v, before)?;
        let plain = watch_and_answer(v)?;
        v.visitor.wait_for(&[Page::FindAccount], SOON)?;
        v.visitor.go_home()?;

        // Asked over a page that shows who it is: the very same pictures, second by second.
        let account = v.account(Situation::LongName);
        let looked_up = Instant::now();
        v.visitor.find_account(&account.number)?;
        let (_, before) = v.visitor.wait_for(&[Page::Confirm], SOON)?;
        wait_for_question(v, looked_up)?;
        let personal = watch_and_answer(v)?;
        holds("the question shows nothing of the page", personal.iter().any(|one| plain.contains(one)))?;
        let (_, after) = v.visitor.wait_for(&[Page::Confirm], SOON)?;
        holds("the step is where it was", page(&before) == page(&after))?;

        let link = v.visitor.go_to_code()?;
        let order = v.open_order()?;
        v.visitor.pay_with_phone(&link)?;
        v.visitor.wait_until_posted()?;
        v.is_posted_once(order.order_id, order.amount_fen.get())
    });
}

/// Pixels in the colour of what is due, which the countdown takes on when it is almost over.
fn hurry(screen: &Picture) -> usize {
    const DUE: u32 = 0x008a_3604;
    let dots = (0..screen.height()).flat_map(|y| (0..screen.width()).map(move |x| (x, y)));
    dots.filter(|&(x, y)| screen.at(x, y) == DUE).count()
}

#[test]
fn the_end_of_a_code_is_announced_and_put_off() {
    wait_beside("the_end_of_a_code_is_announced_and_put_off", SHORT, |v| {
        let account = v.account(Situation::OwesOneMonth);
        v.visitor.wait_for(&[Page::Home], SOON)?;
        // With the voice on: the end is seen and heard.
        v.visitor.touch(Page::Home, "Read aloud")?;
        let mut ears = v.hall.listener()?;
        v.visitor.find_account(&account.number)?;
        let link = v.visitor.go_to_code()?;
        let shown = Instant::now();
        let order = v.open_order()?;
        let said = |ears: &powerhall_visitor::Listener| {
            ears.all().iter().filter(|line| line.contains("时间快到了")).count()
        };
        let calm = v.visitor.display.look()?;
        is("nothing hurries at first", (hurry(&calm), said(&ears)), (0, 0))?;

        // The warning begins after 20 of its 40 seconds.
        sleep(Duration::from_secs(22).saturating_sub(shown.elapsed()));
        let (again, screen) = v.visitor.wait_for_code(SOON)?;
        v.visitor.diary.keep("the time is almost over", "almost-over", &screen)?;
        is("the code stays", again, link.clone())?;
        holds("it is seen", hurry(&screen) > 500)?;
        ears.hear(SOON)?;
        is("it is heard, once", said(&ears), 1)?;

        v.visitor.touch(Page::Showing, "More time")?;
        sleep(Duration::from_secs(43).saturating_sub(shown.elapsed()));
        let (same, screen) = v.visitor.wait_for_code(SOON)?;
        v.visitor.diary.keep("past its first end, still there", "more-time", &screen)?;
        is("the same code after its first end", same, link)?;
        is("the same order", v.open_order()?.order_id, order.order_id)?;

        let most = Duration::from_secs(SHORT.code.into()) + SETTLES;
        let (_, screen) = v.visitor.wait_for(&[Page::NothingTaken], most)?;
        v.visitor.diary.keep("over, and said so", "over", &screen)?;
        is("announced a second time", said(&ears), 2)?;
        is("no code on the screen", v.visitor.phone.scan(&screen)?, String::new())?;
        v.until_closed(order.order_id)
    });
}
