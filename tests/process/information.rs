//! What the hall publishes: three touches from home, and still there while the backend is away.

use powerhall_billing::demo::Situation;
use powerhall_visitor::{Page, SOON};

use crate::kit::{below_header, holds, is, visit};

const GUIDE: [&str; 3] = ["办事指南", "新装用电", "低压新装（居民）"];

#[test]
fn takes_along_what_to_bring() {
    visit("takes_along_what_to_bring", 60, |v| {
        v.visitor.wait_for(&[Page::Home], SOON)?;
        v.visitor.read(GUIDE)?;
        let list = v.visitor.take_list_along("租户", "申请人身份证原件")?;
        v.visitor.diary.note(&list);
        let lines: Vec<&str> = list.lines().collect();
        holds("it says for what and for whom", lines.starts_with(&["低压新装（居民）", "租户"]))?;
        holds("what is ticked is ticked", lines.get(2).is_some_and(|line| line.starts_with("☑")))?;
        let open = lines.iter().filter(|line| line.starts_with("☐")).count();
        holds("and the rest is not", open == 2)?;
        holds("it says where", list.contains("2 号业务柜台"))?;
        let account = v.account(Situation::OwesOneMonth);
        v.visitor.go_home()?;
        let page = v.visitor.find_account(&account.number)?;
        is("paying goes on as ever", page, Page::Confirm)
    });
}

#[test]
fn reads_a_guide_also_while_the_backend_is_away() {
    visit("reads_a_guide_also_while_the_backend_is_away", 120, |v| {
        v.visitor.wait_for(&[Page::Home], SOON)?;
        let before = v.visitor.read(GUIDE)?;
        v.visitor.go_home()?;

        // A kiosk that starts without a backend has only what it kept of an earlier day.
        v.hall.kill_backend()?;
        v.hall.kill_kiosk()?;
        v.hall.start_kiosk()?;
        v.visitor.wait_for(&[Page::Home], SOON)?;
        let after = v.visitor.read(GUIDE)?;
        holds("the copy says of which day it is", below_header(&before) != below_header(&after))?;
        v.visitor.go_home()?;
        v.visitor.touch(Page::Home, "Pay a bill")?;
        v.visitor.wait_for(&[Page::PaymentClosed], SOON)?;

        v.hall.start_backend()?;
        v.visitor.wait_for(&[Page::FindAccount], SOON)?;
        v.visitor.go_home()?;
        let account = v.account(Situation::OwesOneMonth);
        let page = v.visitor.find_account(&account.number)?;
        is("payment is open again", page, Page::Confirm)
    });
}
