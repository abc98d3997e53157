//! For every state of the flow a scene with the worst that it may hold. The matches name every variant: a new one
//! does not compile until it has its scene here.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use powerhall_api::{Bills, CancelReason, ClosedReason, Collect, Deliver, Scope};
use powerhall_flow::{
    AmountEntry, CallStage, Choice, Gate, NotABill, Notice, OutOfService, Overlay, Pay, PayStage, Prove,
    Purpose, Screen, State, Taking, Wrong,
};
use powerhall_money::Fen;

use crate::fixtures::{self, NOW, Scene};

macro_rules! kinds {
    ($($kind:ident),* $(,)?) => {
        /// A page, or a stage of one that looks different.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind { $($kind),* }

        impl Kind {
            pub const ALL: &[Self] = &[$(Self::$kind),*];
        }
    };
}

kinds! {
    Help, Calling, Called, Taken, Unreachable, Ways, Languages, Idle, Home, FindAccount, FindApplication, Prove, SendCode, Accounts, NoNumber,
    Confirm, CutOff, Basket, Recharge, Blocked, OtherAmount, Bills, Bill, ChooseChannel, Recording, Opening, Showing,
    Closing, Closed, Failed, Posting, Posted, Several, Followed, Rejected, Refunding, Refunded, Review, Applications,
    Progress, Fees, Application, CallBack, CalledBack, Entries, Sheet, Applicants, Checklist, FindBills, FindPayments, Payments, Payment, Taking, ReceiptAgain, Invoice, Tariffs, Quantity, Estimate, Areas, AreaOutages, OutagesAccount,
    AccountOutages, Attract, OutOfService, ClosedBackend, ClosedBilling, ClosedChannel, ClosedJournal, ClosedSuspended, ClosedOther,
}

/// What a state is on the screen.
pub fn kind(state: &State) -> Kind {
    match state.overlay {
        Some(Overlay::Help) => return Kind::Help,
        Some(Overlay::Call) => {
            return match state.call.as_ref().map(|call| call.stage) {
                Some(CallStage::Calling) | None => Kind::Calling,
                Some(CallStage::Called) => Kind::Called,
                Some(CallStage::Taken) => Kind::Taken,
                Some(CallStage::Unreachable { .. }) => Kind::Unreachable,
            };
        }
        Some(Overlay::Ways) => return Kind::Ways,
        Some(Overlay::Languages) => return Kind::Languages,
        Some(Overlay::IdleWarning { .. }) => return Kind::Idle,
        None => {}
    }
    match &state.screen {
        Screen::Home => Kind::Home,
        Screen::Find(find) => match find.purpose {
            Purpose::Pay => Kind::FindAccount,
            Purpose::Progress => Kind::FindApplication,
            Purpose::Payments => Kind::FindPayments,
            Purpose::Bills => Kind::FindBills,
        },
        Screen::Prove(prove) if prove.asks_to_send() => Kind::SendCode,
        Screen::Prove(_) => Kind::Prove,
        Screen::Accounts(_) => Kind::Accounts,
        Screen::NoNumber(_) => Kind::NoNumber,
        Screen::Confirm(confirm) if confirm.prepaid().is_some() => {
            if confirm.blocked().is_some() {
                Kind::Blocked
            } else {
                Kind::Recharge
            }
        }
        Screen::Confirm(confirm) if confirm.minimum().is_some() => Kind::CutOff,
        Screen::Confirm(_) => Kind::Confirm,
        Screen::Basket(_) => Kind::Basket,
        Screen::OtherAmount(_) => Kind::OtherAmount,
        Screen::Bills(_) => Kind::Bills,
        Screen::Bill(_) => Kind::Bill,
        Screen::Pay(pay) => match pay.stage {
            PayStage::ChooseChannel => Kind::ChooseChannel,
            PayStage::Recording { .. } => Kind::Recording,
            PayStage::Opening { .. } => Kind::Opening,
            PayStage::Showing { .. } => Kind::Showing,
            PayStage::Closing { .. } => Kind::Closing,
            PayStage::Closed => Kind::Closed,
            PayStage::Failed => Kind::Failed,
        },
        Screen::Finished(finished) if finished.order.lines.len() > 1 => Kind::Several,
        Screen::Finished(finished) if !finished.aftermath.lines.is_empty() => Kind::Followed,
        Screen::Finished(finished) => match finished.order.lines.first().map(|line| line.deliver) {
            Some(Deliver::Posted) => Kind::Posted,
            Some(Deliver::Rejected) => Kind::Rejected,
            Some(Deliver::Refunding) => Kind::Refunding,
            Some(Deliver::Refunded) => Kind::Refunded,
            Some(Deliver::ManualReview) => Kind::Review,
            Some(Deliver::None | Deliver::Posting | Deliver::Unknown) | None => Kind::Posting,
        },
        Screen::Progress(progress) if progress.shown.is_none() => Kind::Applications,
        Screen::Progress(_) => Kind::Progress,
        Screen::Fees(_) => Kind::Fees,
        Screen::Application(_) => Kind::Application,
        Screen::CallBack(asking) if asking.progress.call_back().is_some() => Kind::CalledBack,
        Screen::CallBack(_) => Kind::CallBack,
        Screen::Payments(_) => Kind::Payments,
        Screen::Payment(shown) => match shown.taking {
            None => Kind::Payment,
            Some(Taking::Choose) => Kind::Taking,
            Some(Taking::Receipt) => Kind::ReceiptAgain,
            Some(Taking::Invoice(_)) => Kind::Invoice,
        },
        Screen::Information(shown) if shown.checklist().is_some() => Kind::Checklist,
        Screen::Information(shown) if shown.bringing.is_some() => Kind::Applicants,
        Screen::Information(shown) if shown.sheet().is_some() => Kind::Sheet,
        Screen::Information(_) => Kind::Entries,
        Screen::Calculator(shown) if shown.tariff.is_none() => Kind::Tariffs,
        Screen::Calculator(shown) if shown.asks().is_some() => Kind::Quantity,
        Screen::Calculator(_) => Kind::Estimate,
        Screen::Outages(shown) if shown.area.is_none() => Kind::Areas,
        Screen::Outages(_) => Kind::AreaOutages,
        Screen::OutagesOf(shown) if shown.found.is_none() => Kind::OutagesAccount,
        Screen::OutagesOf(_) => Kind::AccountOutages,
        Screen::Attract(_) => Kind::Attract,
        Screen::OutOfService(_) => Kind::OutOfService,
        Screen::PaymentClosed(reason) => match reason {
            ClosedReason::Backend => Kind::ClosedBackend,
            ClosedReason::Billing => Kind::ClosedBilling,
            ClosedReason::Channel => Kind::ClosedChannel,
            ClosedReason::Journal => Kind::ClosedJournal,
            ClosedReason::Suspended => Kind::ClosedSuspended,
            ClosedReason::Other => Kind::ClosedOther,
        },
    }
}

/// How many filled actions a view of this kind has, by the page's part. Exactly one; or none, where one looks around,
/// reads, waits, or chooses by touching the very thing. Where both can be, the page decides by what it holds, as a
/// sheet does that leads on or not.
pub fn actions(kind: Kind, part: usize) -> RangeInclusive<usize> {
    match kind {
        Kind::Help
        | Kind::Calling
        | Kind::Called
        | Kind::Taken
        | Kind::Unreachable
        | Kind::Ways
        | Kind::Languages
        | Kind::Idle
        | Kind::Home
        | Kind::FindAccount
        | Kind::FindApplication
        | Kind::FindBills
        | Kind::FindPayments
        | Kind::Prove
        | Kind::SendCode
        | Kind::NoNumber
        | Kind::Recharge
        | Kind::OtherAmount
        | Kind::Closed
        | Kind::Failed
        | Kind::Posting
        | Kind::Posted
        | Kind::Several
        | Kind::Followed
        | Kind::Rejected
        | Kind::Refunding
        | Kind::Refunded
        | Kind::Review
        | Kind::CallBack
        | Kind::Quantity
        | Kind::OutagesAccount
        | Kind::Attract => 1..=1,
        // The list on a part of its own leads back to what is paid.
        Kind::Confirm | Kind::CutOff | Kind::Basket => {
            let one = usize::from(part == 0);
            one..=one
        }
        Kind::Accounts
        | Kind::Blocked
        | Kind::Bill
        | Kind::ChooseChannel
        | Kind::Recording
        | Kind::Opening
        | Kind::Closing
        | Kind::Applications
        | Kind::CalledBack
        | Kind::Entries
        | Kind::Applicants
        | Kind::Payments
        | Kind::Taking
        | Kind::ReceiptAgain
        | Kind::Invoice
        | Kind::Tariffs
        | Kind::Estimate
        | Kind::Areas
        | Kind::AreaOutages
        | Kind::AccountOutages
        | Kind::OutOfService
        | Kind::ClosedBackend
        | Kind::ClosedBilling
        | Kind::ClosedChannel
        | Kind::ClosedJournal
        | Kind::ClosedSuspended
        | Kind::ClosedOther => 0..=0,
        // More time counts only when it runs out; a fee is paid where one is due; a list goes to the phone where it fits.
        Kind::Bills
        | Kind::Showing
        | Kind::Progress
        | Kind::Fees
        | Kind::Application
        | Kind::Sheet
        | Kind::Checklist
        | Kind::Payment => 0..=1,
    }
}

/// Whether a view is about a sum: then the amount must be on it, and be its largest.
pub fn means_money(state: &State, part: usize) -> bool {
    let about_money = match kind(state) {
        // Where nothing is owed, there is no sum before another amount is chosen.
        Kind::Confirm | Kind::CutOff => match &state.screen {
            Screen::Confirm(confirm) => {
                matches!(confirm.choice, Choice::Amount(_))
                    || confirm.line().is_some_and(|line| !line.bills.is_empty())
            }
            _ => false,
        },
        // Nor where none is chosen yet.
        Kind::Recharge => {
            matches!(&state.screen, Screen::Confirm(confirm) if confirm.amount().is_positive())
        }
        Kind::Basket
        | Kind::ChooseChannel
        | Kind::Showing
        | Kind::Posting
        | Kind::Posted
        | Kind::Several
        | Kind::Followed
        | Kind::Rejected
        | Kind::Refunding
        | Kind::Refunded
        | Kind::Review => true,
        _ => false,
    };
    // The further parts hold the list, or the receipt.
    about_money && part == 0
}

/// Whether anybody in the hall reads it: the door, and what lies over a page while somebody comes to help.
pub fn is_public(state: &State) -> bool {
    matches!(kind(state), Kind::Home | Kind::Attract | Kind::OutOfService) || state.overlay.is_some()
}

/// Each notice once, with the longest that it may hold.
fn after(notice: Option<Notice>) -> Option<Notice> {
    let largest = Fen::new(999_999_999);
    Some(match notice {
        None => Notice::NumberShort,
        Some(Notice::NumberShort) => Notice::Number(Wrong::Character),
        Some(Notice::Number(wrong)) => match wrong {
            Wrong::Character => Notice::Number(Wrong::TooLong),
            Wrong::TooLong => Notice::Number(Wrong::AccountPrefix),
            Wrong::AccountPrefix => Notice::Number(Wrong::PhoneStart),
            Wrong::PhoneStart => Notice::Number(Wrong::Birthday),
            Wrong::Birthday => Notice::Number(Wrong::Check),
            Wrong::Check => Notice::NotABill(NotABill::NoAccount),
        },
        Some(Notice::NotABill(NotABill::NoAccount)) => Notice::NotABill(NotABill::Several),
        Some(Notice::NotABill(NotABill::Several)) => Notice::AccountUnknown,
        Some(Notice::AccountUnknown) => Notice::ApplicationUnknown,
        Some(Notice::ApplicationUnknown) => Notice::NoApplications,
        Some(Notice::NoApplications) => Notice::ProofShort,
        Some(Notice::ProofShort) => Notice::ProofWrong(Some(2)),
        Some(Notice::ProofWrong(Some(_))) => Notice::ProofWrong(None),
        Some(Notice::ProofWrong(None)) => Notice::ProofsExhausted,
        Some(Notice::ProofsExhausted) => Notice::NoCodes,
        Some(Notice::NoCodes) => Notice::TooMany(600),
        Some(Notice::TooMany(_)) => Notice::NoConnection,
        Some(Notice::NoConnection) => Notice::Busy,
        Some(Notice::Busy) => Notice::NothingChosen,
        Some(Notice::NothingChosen) => Notice::NoneChosen,
        Some(Notice::NoneChosen) => Notice::NoAmount,
        Some(Notice::NoAmount) => Notice::AlreadyThere,
        Some(Notice::AlreadyThere) => Notice::AmountTooSmall(largest),
        Some(Notice::AmountTooSmall(_)) => Notice::AmountTooLarge(largest),
        Some(Notice::AmountTooLarge(_)) => Notice::Renewed,
        Some(Notice::Renewed) => Notice::LookupExpired,
        Some(Notice::LookupExpired) => Notice::CancelledNothingTaken,
        Some(Notice::CancelledNothingTaken) => Notice::ExpiredNothingTaken,
        Some(Notice::ExpiredNothingTaken) => Notice::OrderRefused,
        Some(Notice::OrderRefused) => Notice::JournalFailed,
        Some(Notice::JournalFailed) => Notice::NoMoreTime,
        Some(Notice::NoMoreTime) => Notice::Resumed,
        Some(Notice::Resumed) => Notice::InvoiceRefused,
        Some(Notice::InvoiceRefused) => Notice::InvoiceUnavailable,
        Some(Notice::InvoiceUnavailable) => return None,
    })
}

/// A scene on a page where the notice occurs.
fn noticed(notice: Notice) -> Scene {
    let find = |typed: &str| Screen::Find(fixtures::find(Purpose::Pay, typed, Some(notice)));
    let application = || Screen::Find(fixtures::find(Purpose::Progress, "2611050000000037", Some(notice)));
    let account = || find("5101234567127");
    let proof = || {
        let prove = fixtures::sent("", 42);
        Screen::Prove(Box::new(Prove { notice: Some(notice), ..prove }))
    };
    let list = || {
        let mut list = fixtures::many_accounts();
        list.notice = Some(notice);
        Screen::Accounts(Box::new(list))
    };
    let confirm = || {
        let mut confirm = fixtures::worst_confirm();
        confirm.notice = Some(notice);
        Screen::Confirm(confirm)
    };
    let amount = || {
        let confirm = Box::new(fixtures::worst_confirm());
        Screen::OtherAmount(AmountEntry { typed: "9999999.99".into(), notice: Some(notice), confirm })
    };
    let payment = || {
        let mut shown = fixtures::payment(fixtures::worst_payment(), None);
        shown.notice = Some(notice);
        Screen::Payment(Box::new(shown))
    };
    let pay = |stage| {
        let mut pay = largest(stage);
        pay.notice = Some(notice);
        Screen::Pay(Box::new(pay))
    };
    let (name, screen) = match notice {
        Notice::Number(wrong) => match wrong {
            Wrong::Character => ("notice_number_character", find("123")),
            Wrong::TooLong => ("notice_number_long", find("511234567890123456")),
            // It may be an application: then that is offered.
            Wrong::AccountPrefix => ("notice_account_prefix", find("3601234567890")),
            Wrong::PhoneStart => ("notice_phone_start", find("12345678901")),
            Wrong::Birthday => ("notice_id_birthday", find("110105194913310021")),
            Wrong::Check => ("notice_id_check", find("110105194912310021")),
        },
        Notice::NumberShort => ("notice_number_short", account()),
        Notice::NotABill(NotABill::NoAccount) => ("notice_not_a_bill", find("")),
        Notice::NotABill(NotABill::Several) => ("notice_several_accounts", find("")),
        Notice::AccountUnknown => ("notice_account_unknown", account()),
        Notice::TooMany(_) => ("notice_too_many", proof()),
        Notice::NoConnection => ("notice_no_connection", account()),
        Notice::LookupExpired => ("notice_lookup_expired", account()),
        Notice::ApplicationUnknown => ("notice_application_unknown", application()),
        Notice::NoApplications => ("notice_no_applications", list()),
        Notice::ProofShort => ("notice_proof_short", proof()),
        Notice::ProofWrong(Some(_)) => ("notice_proof_wrong", proof()),
        Notice::ProofWrong(None) => ("notice_proof_wrong_unknown", proof()),
        Notice::ProofsExhausted => ("notice_proofs_exhausted", account()),
        Notice::NoCodes => ("notice_no_codes", proof()),
        Notice::Busy => ("notice_busy", confirm()),
        Notice::NothingChosen => ("notice_nothing_chosen", confirm()),
        Notice::NoneChosen => ("notice_none_chosen", fixtures::worst_basket(Some(notice))),
        Notice::AlreadyThere => ("notice_already_there", fixtures::worst_basket(Some(notice))),
        Notice::NoAmount => ("notice_no_amount", fixtures::recharge(Some(notice))),
        Notice::Renewed => ("notice_renewed", confirm()),
        Notice::CancelledNothingTaken => ("notice_cancelled", confirm()),
        Notice::AmountTooSmall(_) => ("notice_amount_too_small", amount()),
        Notice::AmountTooLarge(_) => ("notice_amount_too_large", amount()),
        Notice::ExpiredNothingTaken => ("notice_expired", pay(PayStage::Closed)),
        Notice::OrderRefused => ("notice_order_refused", pay(PayStage::Failed)),
        Notice::JournalFailed => ("notice_journal_failed", pay(PayStage::Failed)),
        Notice::NoMoreTime => ("notice_no_more_time", pay(fixtures::showing(97))),
        Notice::InvoiceRefused => ("notice_invoice_refused", payment()),
        Notice::InvoiceUnavailable => ("notice_invoice_unavailable", payment()),
        Notice::Resumed => ("notice_resumed", pay(fixtures::showing(97))),
    };
    Scene { name, state: fixtures::at(screen) }
}

/// A payment of the largest amount by the channel with the longest name.
fn largest(stage: PayStage) -> Pay {
    let mut pay = fixtures::pay(stage);
    pay.amount = Fen::new(999_999_999);
    pay.channel = fixtures::channels().into_iter().nth(2);
    if let Some(attempt) = pay.known.as_mut().and_then(|order| order.attempt.as_mut()) {
        attempt.code = Some(fixtures::long_link());
    }
    pay
}

fn paying(stage: PayStage) -> State {
    let mut state = fixtures::at(Screen::Pay(Box::new(largest(stage))));
    state.service.channels = fixtures::channels();
    state
}

fn finished(collect: Collect, deliver: Deliver) -> State {
    let mut order = fixtures::order(collect, deliver);
    order.amount_fen = Fen::new(999_999_999);
    for line in &mut order.lines {
        line.amount_fen = order.amount_fen;
        line.arrears_fen = Some(Fen::new(888_888_888));
        line.credit_fen = Some(Fen::new(777_777_777));
    }
    fixtures::at(Screen::Finished(Box::new(powerhall_flow::Finished {
        order,
        trouble_since: Some(NOW - 5_000),
        ..powerhall_flow::Finished::of(fixtures::order(collect, deliver))
    })))
}

/// What is published at its longest: numbers of eight digits, outages of many streets, a month's closure over days.
fn worst_published(all: &mut Vec<Scene>) {
    let mut add = |name, state| all.push(Scene { name, state });
    let most = 99_999_999;
    add("worst_quantity", fixtures::reckoning(Some(1), &[most], "99999999"));
    add("worst_estimate", fixtures::reckoning(Some(1), &[most, most], ""));
    add("worst_estimate_industry", fixtures::reckoning(Some(3), &[most, most, most, most], ""));
    let outages: Vec<_> = std::iter::repeat_n(fixtures::worst_outage(), 4).collect();
    let many = (0..14).map(|n| {
        let mut outage = fixtures::worst_outage();
        outage.area.values_mut().for_each(|area| *area = format!("{area} {n}"));
        outage
    });
    add("worst_areas", fixtures::by_area(Some(many.collect()), None));
    add("worst_outages", fixtures::by_area(Some(outages.clone()), Some(0)));
    add(
        "worst_outages_account",
        fixtures::by_account("5101234567127", Some(Notice::Number(Wrong::AccountPrefix)), None),
    );
    add("worst_outages_of_account", fixtures::by_account("", None, Some(outages)));
    let long = |begun| {
        let mut one = fixtures::suspension(Scope::All, begun);
        one.told.reason =
            fixtures::text("营销系统升级和设备检修", "Upgrade of the billing system, and maintenance");
        one.told.from = "2026-11-28T22:30:00+08:00".into();
        one.told.until = "2026-12-30T08:30:00+08:00".into();
        one
    };
    let out = fixtures::at(Screen::OutOfService(OutOfService));
    add("worst_out_of_service", fixtures::suspended(out, long(true)));
    let closed = fixtures::at(Screen::PaymentClosed(ClosedReason::Suspended));
    add("worst_closed_suspended", fixtures::suspended(closed, long(true)));
    let mut home = fixtures::at(Screen::Home);
    home.service.hall = fixtures::HALL.clone();
    add("worst_home_before_a_suspension", fixtures::suspended(home, long(false)));
}

/// Every scene of the fixtures, and for every kind and notice the worst.
pub fn scenes() -> Vec<Scene> {
    let mut all = fixtures::scenes();
    let mut add = |name, state| all.push(Scene { name, state });
    add("worst_other_amount", {
        let confirm = Box::new(fixtures::worst_confirm());
        let entry = AmountEntry { typed: "9999999.99".into(), notice: None, confirm };
        fixtures::at(Screen::OtherAmount(entry))
    });
    add("worst_surplus", {
        let mut confirm = fixtures::worst_confirm();
        confirm.choice = Choice::Amount(Fen::new(1_999_999_999));
        fixtures::at(Screen::Confirm(confirm))
    });
    add("worst_none_chosen", {
        let mut confirm = fixtures::worst_confirm();
        confirm.choice = Choice::Months(BTreeSet::new());
        fixtures::at(Screen::Confirm(confirm))
    });
    let bills = |bills| fixtures::at(Screen::Bills(Box::new(fixtures::bill_list(Some(bills)))));
    add("worst_bills", bills(fixtures::worst_bills()));
    add("worst_bills_none", bills(Bills { months: Vec::new(), tier: None, month_tier: None, account: None }));
    add("worst_bills_month_tier", bills(fixtures::worst_bills_by_the_month()));
    add("worst_bill_least", {
        let mut bill = fixtures::worst_bill();
        if let Some(fee) = &mut bill.late_fee {
            fee.least_fen = Some(fee.total_fen);
        }
        fixtures::bill_shown(bill)
    });
    add("worst_choose_channel", paying(PayStage::ChooseChannel));
    add("worst_recording", paying(PayStage::Recording { since: NOW - 4_000 }));
    add("worst_opening", paying(PayStage::Opening { since: NOW - 4_000 }));
    add("worst_closing", paying(PayStage::Closing { reason: CancelReason::Customer, since: NOW - 4_000 }));
    for (name, deliver) in [
        ("worst_posting", Deliver::Posting),
        ("worst_posted", Deliver::Posted),
        ("worst_rejected", Deliver::Rejected),
        ("worst_refunding", Deliver::Refunding),
        ("worst_refunded", Deliver::Refunded),
        ("worst_review", Deliver::ManualReview),
    ] {
        add(name, finished(Collect::Paid, deliver));
    }
    add("worst_applications", fixtures::many_applications());
    for (name, reason) in [
        ("closed_backend", ClosedReason::Backend),
        ("closed_channel", ClosedReason::Channel),
        ("closed_journal", ClosedReason::Journal),
        ("closed_other", ClosedReason::Other),
    ] {
        let mut state = fixtures::at(Screen::PaymentClosed(reason));
        state.service.gate = Gate::Closed(reason);
        add(name, state);
    }
    worst_published(&mut all);
    all.extend(std::iter::successors(after(None), |notice| after(Some(*notice))).map(noticed));
    all
}
