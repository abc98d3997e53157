//! Receipts and invoices: the list, one payment on a sheet, and what of it goes to the phone.

use powerhall_api::{InvoiceState, PaidBy, Payment};
use powerhall_flow::{Offer, PaymentList, PaymentShown, Screen, Taking};
use powerhall_money::Fen;
use slint::SharedString;

use super::account::grouped;
use super::{Scene, Shown, dates, remark, rows};
use crate::ui::{self, Api, PaymentFact};

/// What is shown on a page that others use too.
pub(super) enum Lent {
    /// A list.
    Entries(ui::EntriesView),
    /// A sheet.
    Sheet(ui::SheetView),
}

/// The page of a payment that takes along; the others are lent.
pub(super) fn show(api: &Api, scene: &Scene) -> Option<Shown> {
    let mut along = ui::TakeAlongView::default();
    let shown = match &scene.state.screen {
        Screen::Payment(shown) => match (&shown.taking, shown.payment()) {
            (Some(Taking::Receipt), Some(payment)) => {
                along = receipt(scene, payment);
                Some(Shown { page: ui::Screen::TakeAlong, code: receipt_text(scene, payment) })
            }
            (Some(Taking::Invoice(invoice)), Some(_)) => {
                along = ui::TakeAlongView {
                    number: invoice.number.as_str().into(),
                    amount: scene.money(invoice.total_fen),
                    minutes: i32::try_from(invoice.seconds_left / 60).unwrap_or(i32::MAX).max(1),
                    sample: invoice.sample,
                };
                Some(Shown { page: ui::Screen::TakeAlong, code: invoice.link.as_str().into() })
            }
            (Some(Taking::Choose | Taking::Receipt | Taking::Invoice(_)) | None, _) => None,
        },
        _ => None,
    };
    api.set_take_along(along);
    shown
}

/// What this service shows on the pages for lists and sheets.
pub(super) fn lent(api: &Api, scene: &Scene) -> Option<Lent> {
    match &scene.state.screen {
        Screen::Payments(shown) => Some(Lent::Entries(list(scene, shown, api.get_entries()))),
        Screen::Payment(shown) => match shown.taking {
            None => Some(Lent::Sheet(sheet(scene, shown, api.get_sheet()))),
            Some(Taking::Choose) => Some(Lent::Entries(choice(scene, shown, api.get_entries()))),
            Some(Taking::Receipt | Taking::Invoice(_)) => None,
        },
        _ => None,
    }
}

fn list(scene: &Scene, list: &PaymentList, old: ui::EntriesView) -> ui::EntriesView {
    let line = |one: &Payment| ui::EntryRow {
        text: scene.words.invoke_full_day(dates::day(&one.paid_at)),
        detail: scene.words.invoke_paid_by(way(one.way)),
        value: scene.money(one.amount_fen),
    };
    ui::EntriesView {
        title: grouped(&list.payments.account.account_masked),
        listed: ui::Listed::Payments,
        entries: rows::keep(old.entries, list.payments.payments.iter().map(line).collect()),
        ..ui::EntriesView::default()
    }
}

fn choice(scene: &Scene, shown: &PaymentShown, old: ui::EntriesView) -> ui::EntriesView {
    let offer = |offer: Offer| match offer {
        Offer::Receipt => scene.words.invoke_receipt_again(),
        Offer::Invoice => scene.words.invoke_e_invoice(),
    };
    ui::EntriesView {
        title: shown.payment().map(|payment| scene.money(payment.amount_fen)).unwrap_or_default(),
        listed: ui::Listed::Taking,
        entries: rows::keep(old.entries, shown.offers().into_iter().map(offer).map(rows::entry).collect()),
        busy: shown.waiting.is_some(),
        ..ui::EntriesView::default()
    }
}

fn sheet(scene: &Scene, shown: &PaymentShown, old: ui::SheetView) -> ui::SheetView {
    let facts = shown.payment().map(|payment| facts(scene, shown, payment)).unwrap_or_default();
    let row = |(fact, text)| rows::line(scene.words.invoke_payment_fact(fact), text);
    let told = facts.into_iter().filter(|(_, text)| !text.is_empty()).map(row);
    ui::SheetView {
        kind: ui::SheetKind::Payment,
        rows: rows::whole(old.rows, told.collect()),
        next: !shown.offers().is_empty(),
        offer: match shown.offers().as_slice() {
            [] => ui::Offer::None,
            [Offer::Receipt] => ui::Offer::Receipt,
            [Offer::Invoice] => ui::Offer::Invoice,
            [_, _, ..] => ui::Offer::Both,
        },
        busy: shown.waiting.is_some(),
        remark: remark(scene, shown.notice),
        ..ui::SheetView::default()
    }
}

/// What is told of a payment; empty texts are left out.
fn facts(scene: &Scene, shown: &PaymentShown, payment: &Payment) -> Vec<(PaymentFact, SharedString)> {
    let words = &scene.words;
    let months = match (payment.parts.first(), payment.parts.last(), i32::try_from(payment.parts.len())) {
        (Some(first), Some(last), Ok(count)) => {
            words.invoke_months(dates::month(&first.period), dates::month(&last.period), count)
        }
        _ => SharedString::default(),
    };
    let late = Fen::sum(payment.parts.iter().map(|part| part.late_fee_fen)).unwrap_or_default();
    vec![
        (PaymentFact::Amount, scene.money(payment.amount_fen)),
        (PaymentFact::PaidAt, paid_at(scene, payment)),
        (PaymentFact::Way, words.invoke_paid_by(way(payment.way))),
        (PaymentFact::Account, grouped(&shown.list.payments.account.account_masked)),
        (PaymentFact::Months, months),
        (PaymentFact::LateFee, scene.some_money(late)),
        (PaymentFact::Credit, scene.some_money(payment.credit_fen)),
        (PaymentFact::Receipt, receipt_number(payment)),
        (PaymentFact::Invoice, words.invoke_invoice_state(invoice(payment.invoice))),
    ]
}

fn receipt(scene: &Scene, payment: &Payment) -> ui::TakeAlongView {
    ui::TakeAlongView {
        number: receipt_number(payment),
        amount: scene.money(payment.amount_fen),
        ..ui::TakeAlongView::default()
    }
}

/// The same words as after paying, marked as a copy.
fn receipt_text(scene: &Scene, payment: &Payment) -> SharedString {
    let Some(receipt) = &payment.receipt else { return SharedString::default() };
    let text = scene.words.invoke_receipt(
        scene.pick(&scene.fixed.hall_name),
        receipt.number.as_str().into(),
        receipt.lines.first().map(|line| grouped(&line.number_masked)).unwrap_or_default(),
        scene.money(payment.amount_fen),
        paid_at(scene, payment),
        payment.reference.as_deref().unwrap_or_default().into(),
    );
    scene.words.invoke_receipt_copy(text)
}

fn receipt_number(payment: &Payment) -> SharedString {
    payment.receipt.as_ref().map(|receipt| receipt.number.as_str().into()).unwrap_or_default()
}

fn paid_at(scene: &Scene, payment: &Payment) -> SharedString {
    let at = payment.receipt.as_ref().map_or(&payment.paid_at, |receipt| &receipt.paid_at);
    format!("{} {}", scene.words.invoke_full_day(dates::day(at)), dates::time(at)).into()
}

const fn way(way: PaidBy) -> ui::PaidBy {
    match way {
        PaidBy::Kiosk => ui::PaidBy::Kiosk,
        PaidBy::Counter => ui::PaidBy::Counter,
        PaidBy::Online => ui::PaidBy::Online,
        PaidBy::Debit => ui::PaidBy::Debit,
        PaidBy::Bank => ui::PaidBy::Bank,
        PaidBy::Other => ui::PaidBy::Other,
    }
}

const fn invoice(state: InvoiceState) -> ui::InvoiceState {
    match state {
        InvoiceState::None => ui::InvoiceState::None,
        InvoiceState::Open => ui::InvoiceState::Open,
        InvoiceState::Issued => ui::InvoiceState::Issued,
        InvoiceState::Refused => ui::InvoiceState::Refused,
        InvoiceState::Unknown => ui::InvoiceState::Unknown,
    }
}
