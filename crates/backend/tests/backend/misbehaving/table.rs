//! The table: one line, one test, one fault (or one mode of the channel). What the plan says goes into the configuration
//! as an administrator would write it.

use powerhall_billing::BillingFault;
use powerhall_channel::faults::ChannelFault;
use powerhall_faults::Fault;

use super::visits::{End, Hears, Visit, play};

/// `[[channel.sandbox.faults.play]]` or `[[billing.faults.play]]`, and its keys.
fn rule(whose: &str, keys: &str) -> String {
    let table = if whose == "channel" { "channel.sandbox.faults.play" } else { "billing.faults.play" };
    format!("[[{table}]]\n{}\n", keys.replace("; ", "\n"))
}

macro_rules! table {
    ($($name:ident: $fault:literal, [$($whose:literal $keys:literal),*], $visit:ident, $hears:ident => $end:ident;)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let rules: &[String] = &[$(rule($whose, $keys)),*];
                let plan = rules.concat();
                play($fault, &plan, Visit::$visit, Hears::$hears, End::$end).await;
            }
        )*
        /// The faults and the names of their tests.
        const TESTED: &[(&str, &str)] = &[$(($fault, stringify!($name))),*];
    };
}

table! {
    // between us and the channel
    a_slow_answer_to_create: "slow",
        ["channel" "fault = \"slow\"; at = \"create\"; ms = 700"], Pay, Both => Credited;
    a_slow_answer_to_close: "slow",
        ["channel" "fault = \"slow\"; at = \"close\"; ms = 700"], Leave, Both => NothingTaken;
    a_create_that_is_lost: "lost_request",
        ["channel" "fault = \"lost_request\"; at = \"create\"; times = 2"], Pay, Both => Credited;
    queries_that_are_lost: "lost_request",
        ["channel" "fault = \"lost_request\"; at = \"query\"; times = 4"], LookThenPay, Both => Credited;
    a_close_that_is_lost: "lost_request",
        ["channel" "fault = \"lost_request\"; at = \"close\"; times = 2"], Leave, Both => NothingTaken;
    a_code_whose_answer_is_lost: "lost_answer",
        ["channel" "fault = \"lost_answer\"; at = \"create\""], Pay, Both => Credited;
    a_close_whose_answer_is_lost: "lost_answer",
        ["channel" "fault = \"lost_answer\"; at = \"close\""], Leave, Both => NothingTaken;
    a_refund_whose_answer_is_lost: "lost_answer",
        ["billing" "fault = \"posting_refused\"",
         "channel" "fault = \"lost_answer\"; at = \"refund\"; times = 2",
         "channel" "fault = \"lost_request\"; at = \"query_refund\""], Pay, Both => Refunded;
    a_code_behind_an_error: "error_after_success",
        ["channel" "fault = \"error_after_success\"; at = \"create\""], Pay, Both => Credited;
    a_close_behind_an_error: "error_after_success",
        ["channel" "fault = \"error_after_success\"; at = \"close\""], Leave, Both => NothingTaken;
    // what the channel tells
    told_before_the_code_is_answered: "notified_before_answer",
        ["channel" "fault = \"notified_before_answer\"; ms = 200"], Wait, ToldOnly => Credited;
    a_forged_notification_moves_nothing: "forged_notification",
        ["channel" "fault = \"forged_notification\""], LookThenPay, ToldOnly => Credited;
    told_twice: "duplicated_notification",
        ["channel" "fault = \"duplicated_notification\""], Pay, ToldOnly => Credited;
    told_late: "delayed_notification",
        ["channel" "fault = \"delayed_notification\"; ms = 900"], Pay, ToldOnly => Credited;
    told_late_of_what_was_asked_before: "delayed_notification",
        ["channel" "fault = \"delayed_notification\"; ms = 900"], Pay, Both => Credited;
    told_in_another_order: "reordered_notification",
        ["channel" "fault = \"reordered_notification\"; order = 1; ms = 20000"], Two, ToldOnly => Credited;
    never_told: "lost_notification",
        ["channel" "fault = \"lost_notification\""], Pay, Both => Credited;
    a_replayed_notification_changes_nothing: "replayed_notification",
        ["channel" "fault = \"replayed_notification\"; ms = 300"], Pay, ToldOnly => Credited;
    // what payers do
    another_amount_is_paid: "wrong_amount",
        ["channel" "fault = \"wrong_amount\""], Pay, Both => ListedOneFenLess;
    one_code_is_paid_twice: "paid_twice",
        ["channel" "fault = \"paid_twice\""], Pay, Both => CreditedAndListed;
    two_payers_on_two_codes: "two_payers",
        ["channel" "fault = \"two_payers\"; attempt = 2"], LeaveAndPayAgain, Both => CreditedAndRefunded;
    paid_after_the_close_and_told: "paid_after_close",
        ["channel" "fault = \"paid_after_close\"; ms = 250"], Leave, Both => Credited;
    paid_after_the_close_and_not_told: "paid_after_close_silently",
        ["channel" "fault = \"paid_after_close_silently\"; ms = 250"], Leave, Both => Credited;
    paid_after_the_close_and_by_the_other_channel: "paid_after_close",
        ["channel" "fault = \"paid_after_close\"; ms = 900"], LeaveForOtherChannel, Both => CreditedAndRefunded;
    left_while_the_password_is_typed: "busy_while_typing",
        ["channel" "fault = \"busy_while_typing\"; ms = 150"], Leave, Both => Credited;
    // between us and billing
    a_slow_posting: "slow",
        ["billing" "fault = \"slow\"; at = \"post\"; ms = 700"], Pay, Both => Credited;
    a_posting_that_is_lost: "lost_request",
        ["billing" "fault = \"lost_request\"; at = \"post\"; times = 2",
         "billing" "fault = \"lost_request\"; at = \"query_post\""], Pay, Both => Credited;
    a_posting_whose_answer_is_lost: "lost_answer",
        ["billing" "fault = \"lost_answer\"; at = \"post\""], Pay, Both => Credited;
    a_posting_behind_an_error: "error_after_success",
        ["billing" "fault = \"error_after_success\"; at = \"post\""], Pay, Both => Credited;
    a_posting_that_is_refused: "posting_refused",
        ["billing" "fault = \"posting_refused\""], Pay, Both => Refunded;
    the_hour_of_no_postings: "posting_window_shut",
        ["billing" "fault = \"posting_window_shut\"; times = 5"], Pay, Both => Credited;
    not_posted_while_it_is_on_its_way: "post_on_its_way",
        ["billing" "fault = \"post_on_its_way\"; ms = 600; times = 2"], Pay, Both => Credited;
    refused_while_another_is_on_its_way: "post_on_its_way",
        ["billing" "fault = \"post_on_its_way\"; ms = 600",
         "billing" "fault = \"posting_refused\"; skip = 1; times = 9",
         "billing" "fault = \"lost_answer\"; at = \"fence\""], Pay, Both => Refunded;
    the_bill_is_paid_elsewhere: "bill_paid_elsewhere",
        ["billing" "fault = \"bill_paid_elsewhere\""], Pay, Both => Refunded;
    // no fault, but a channel that is like Alipay: unknown before the scan, cannot close
    unknown_before_the_scan: "", [], PayLikeAlipay, Both => Credited;
    left_and_paid_all_the_same: "", [], LeaveAndPayAllTheSame, Both => Credited;
    left_unscanned: "", [], LeaveUnscanned, Both => NothingTaken;
}

/// Faults of statements and day files are tested where they are written, in `crates/channel` and `crates/billing`.
const READ_AT_NIGHT: &[&str] = &[
    "statement_missing_line",
    "statement_extra_line",
    "statement_altered_line",
    "day_file_missing_line",
    "day_file_extra_line",
    "day_file_altered_line",
];

#[test]
fn every_fault_has_a_test_and_a_row_in_the_docs() {
    let docs = include_str!("../../../../../docs/faults.md");
    let all = ChannelFault::ALL.iter().map(|f| f.name()).chain(BillingFault::ALL.iter().map(|f| f.name()));
    for fault in all {
        let tested = TESTED.iter().any(|(name, _)| *name == fault) || READ_AT_NIGHT.contains(&fault);
        assert!(tested, "{fault} has no test");
        assert!(docs.contains(&format!("| `{fault}` |")), "{fault} is not in docs/faults.md");
    }
    for (_, test) in TESTED {
        assert!(docs.contains(&format!("`{test}`")), "{test} is not in docs/faults.md");
    }
}
