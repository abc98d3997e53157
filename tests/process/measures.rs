//! What a kiosk measures of its journeys reaches the backend, and the report at the terminal says which step loses
//! customers. Nothing personal is in it.

use std::time::{Duration, Instant};

use powerhall_billing::demo::Situation;
use powerhall_visitor::{Page, Result, SOON};

use crate::kit::{Visit, holds, is, visit};

/// Longer than a batch is gathered.
const ARRIVES: Duration = Duration::from_secs(30);

/// The report of all days, as staff reads it.
fn report(v: &Visit) -> String {
    v.staff(&["report", "steps", "--from", "2000-01-01", "--to", "2999-12-31"])
}

/// A step's row: entered, next, back, done, home, given up, timed out.
fn row(report: &str, step: &str) -> Vec<u64> {
    let line = report.lines().find(|line| line.split_whitespace().next() == Some(step));
    let numbers = line.map(|line| line.split_whitespace().skip(1).take(7).filter_map(|n| n.parse().ok()));
    numbers.map(Iterator::collect).unwrap_or_default()
}

#[test]
fn the_step_that_loses_a_customer_is_reported() {
    visit("the_step_that_loses_a_customer_is_reported", 120, |v| {
        holds("nothing yet", report(v).contains("nothing was measured"))?;
        let account = v.account(Situation::OwesThreeMonths);
        // One who sees what is owed and goes, and one who cancels with the code on the screen.
        v.visitor.find_account(&account.number)?;
        v.visitor.go_home()?;
        v.visitor.find_account(&account.number)?;
        v.visitor.go_to_code()?;
        let order = v.open_order()?;
        v.visitor.touch(Page::Showing, "Cancel")?;
        v.visitor.wait_for(&[Page::Confirm], SOON)?;
        v.visitor.go_home()?;
        v.until_closed(order.order_id)?;

        let end = Instant::now() + ARRIVES;
        let mut told = report(v);
        while row(&told, "confirm").first() != Some(&3) && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(500));
            told = report(v);
        }
        is("the account number", row(&told, "find_account"), vec![2, 2, 0, 0, 0, 0, 0])?;
        is("what is owed", row(&told, "confirm"), vec![3, 1, 0, 0, 2, 0, 0])?;
        is("the code", row(&told, "pay"), vec![1, 0, 0, 0, 0, 1, 0])?;
        let first = told.lines().nth(2).unwrap_or_default();
        holds(
            &format!("the worst comes first in\n{told}"),
            first.starts_with("pay ") && first.contains("100.0 %"),
        )?;
        for secret in [account.number.as_str(), order.reference.as_str(), "kiosk-1"] {
            holds("the report knows nobody", !told.contains(secret))?;
        }
        let sql = format!("SELECT count(*) FROM measures WHERE counted LIKE '%{}%'", order.reference);
        is("nor does its table", v.hall.number("backend.db", &sql)?, 0)
    });
}

/// One who has paid, and one who takes along what to bring: each taps a face where the journey ends. A guide itself leads
/// on, so it asks for none.
#[test]
fn one_tap_of_opinion_is_counted_where_it_was_given() {
    visit("one_tap_of_opinion_is_counted_where_it_was_given", 120, |v| {
        let account = v.account(Situation::OwesOneMonth);
        v.visitor.find_account(&account.number)?;
        let link = v.visitor.go_to_code()?;
        v.visitor.pay_with_phone(&link)?;
        v.visitor.wait_until_posted()?;
        taps(v, Page::Posted, "Good")?;
        v.visitor.touch(Page::Posted, "Finish")?;
        v.visitor.wait_for(&[Page::Home], SOON)?;

        v.visitor.read(["办事指南", "新装用电", "低压新装（居民）"])?;
        taps(v, Page::Sheet, "So-so")?;
        v.visitor.go_home()?;

        let wanted = [
            "opinions on finished: good 1, so_so 0, poor 0",
            "opinions on information: good 0, so_so 1, poor 0",
        ];
        let opinions = |report: &str| -> Vec<String> {
            report.lines().filter(|line| line.starts_with("opinions")).map(str::to_owned).collect()
        };
        let end = Instant::now() + ARRIVES;
        let mut told = opinions(&report(v));
        while told.len() < wanted.len() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(500));
            told = opinions(&report(v));
        }
        is("what was thought", told, wanted.map(str::to_owned).to_vec())
    });
}

/// A face is tapped, and thanks take the place of all of them.
fn taps(v: &mut Visit, page: Page, face: &str) -> Result<()> {
    v.visitor.touch(page, face)?;
    let end = Instant::now() + SOON;
    while v.visitor.sees(page, face)? {
        holds("the faces are gone after one tap", Instant::now() < end)?;
    }
    v.visitor.diary.keep("has said how it was", "opinion", &v.visitor.display.look()?)
}
