//! What an application's customer is told beside its progress: that the supply plan runs out, and that somebody rings,
//! asked for at the kiosk and seen at the staff's door.

use powerhall_api::{Move, PlanState};
use powerhall_billing::demo::ShowApplication;
use powerhall_visitor::{Key, Page, Result, SOON, Trouble};

use crate::kit::{holds, is, visit};

fn some(found: Option<&ShowApplication>) -> Result<ShowApplication> {
    found.cloned().ok_or_else(|| Trouble::Wrong("the showcase has no such application".to_owned()))
}

#[test]
fn asks_to_be_rung_once_and_staff_sees_it() {
    visit("asks_to_be_rung_once_and_staff_sees_it", 120, |v| {
        let one = some(v.hall.showcase.application(Move::Company, false))?;
        is("nobody has asked yet", v.staff(&["callbacks"]).trim(), "nobody has asked to be rung")?;
        v.visitor.find_application(&one.number)?;
        v.visitor.ask_call_back()?;
        let seen = v.staff(&["callbacks"]);
        holds(&format!("staff sees the application in “{seen}”"), seen.starts_with(&one.number))?;
        is("once", seen.lines().count(), 1)?;
        // It is known wherever this application is found again, and there is nothing to ask any more.
        v.visitor.go_home()?;
        v.visitor.find_application(&one.number)?;
        v.visitor.open_details()?;
        holds("nothing is asked twice", !v.visitor.sees(Page::Details, "Ask us to ring you")?)?;
        let done = v.staff(&["callbacks", "done", &one.number]);
        holds(&format!("it is done: “{done}”"), done.starts_with("done: "))?;
        is("nobody is left", v.staff(&["callbacks"]).trim(), "nobody has asked to be rung")?;
        v.visitor.go_home()
    });
}

/// By keypad and ear alone: a plan that runs out is said, and who asks to be rung hears by when, but not on which number.
#[test]
fn hears_that_a_plan_runs_out_and_asks_to_be_rung_by_ear() {
    visit("hears_that_a_plan_runs_out_and_asks_to_be_rung_by_ear", 120, |v| {
        let one = some(v.hall.showcase.planned(PlanState::Ending))?;
        v.visitor.wait_for(&[Page::Home], SOON)?;
        let mut ears = v.hall.listener()?;
        ears.press(Key::Down)?;
        ears.choose("查办理进度")?;
        ears.type_in(&one.number)?;
        let told = ears.choose("下一步")?;
        holds(&format!("it warns of the plan's end: “{told}”"), told.contains("供电方案有效期至"))?;
        let (_, screen) = v.visitor.wait_for(&[Page::Progress], SOON)?;
        v.visitor.diary.keep("hears that the plan runs out", "plan", &screen)?;
        let details = ears.open_details()?;
        holds(&format!("and what to do: “{details}”"), details.contains("需要延期的，请在"))?;
        let asked = ears.choose("请求回电")?;
        holds(&format!("by when: “{asked}”"), asked.contains("给您回电"))?;
        ears.choose("请给我回电")?;
        let (_, screen) = v.visitor.wait_for(&[Page::CalledBack], SOON)?;
        v.visitor.diary.keep("is told that somebody rings", "called-back", &screen)?;
        let all = ears.all().join("\n");
        holds("no number is heard", !all.contains(&one.number) && !all.contains("****"))?;
        let seen = v.staff(&["callbacks"]);
        holds(&format!("staff sees it: “{seen}”"), seen.starts_with(&one.number))?;
        v.visitor.go_home()
    });
}
