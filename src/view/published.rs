//! What the hall publishes beside its sheets: what a month would cost, planned outages, what is shown while nobody is
//! there, and suspensions. Lists and sheets are the pages that information has.

use powerhall_api::{ClosedReason, Outage, Register, Scope};
use powerhall_flow::{Calculator, Outages, OutagesOf, Screen, Suspended};
use powerhall_hall::{Charge, Estimate, LineKind, Period, Quantity};
use slint::SharedString;

use super::{Scene, Shown, account, bills, dates, information, remark, rows};
use crate::ui::{self, Api};

/// What these services fill of the pages that they share with information.
#[derive(Default)]
pub(super) struct Reading {
    pub entries: ui::EntriesView,
    pub sheet: ui::SheetView,
}

/// A list or a sheet of these services, if one of them is on the screen.
pub(super) fn reading(api: &Api, scene: &Scene) -> Option<(Reading, ui::Screen)> {
    let sheet = |sheet| (Reading { sheet, ..Reading::default() }, ui::Screen::Sheet);
    let entries = |entries| (Reading { entries, ..Reading::default() }, ui::Screen::Entries);
    match &scene.state.screen {
        Screen::Calculator(shown) if shown.tariff.is_none() => {
            Some(entries(tariffs(scene, shown, api.get_entries())))
        }
        Screen::Calculator(shown) => {
            let told = shown.estimate()?;
            Some(sheet(estimate(scene, shown, &told, api.get_sheet())))
        }
        Screen::Outages(shown) => Some(match shown.shown() {
            Some((area, outages)) => {
                let lines = outages.iter().flat_map(|outage| outage_rows(scene, outage)).collect();
                sheet(ui::SheetView {
                    title: scene.pick(area),
                    rows: rows::whole(api.get_sheet().rows, lines),
                    as_of: information::as_of(scene, &shown.hall),
                    ..ui::SheetView::default()
                })
            }
            None => entries(areas(scene, shown, api.get_entries())),
        }),
        Screen::OutagesOf(shown) => {
            let told = shown.found.as_ref()?;
            let lines = told.outages.iter().flat_map(|outage| outage_rows(scene, outage));
            let lines: Vec<_> = if told.outages.is_empty() { vec![hotline(scene)] } else { lines.collect() };
            Some(sheet(ui::SheetView {
                title: scene.words.invoke_outages_of_title(!told.outages.is_empty()),
                about: account::grouped(&told.account_masked),
                personal: true,
                rows: rows::whole(api.get_sheet().rows, lines),
                ..ui::SheetView::default()
            }))
        }
        _ => None,
    }
}

/// The pages of these services that no other has.
pub(super) fn show(api: &Api, scene: &Scene) -> Option<Shown> {
    let mut quantity = ui::QuantityView::default();
    let mut attract = ui::AttractView::default();
    let page = match &scene.state.screen {
        Screen::Calculator(shown) => shown.asks().map(|asks| {
            quantity = asked(scene, shown, asks);
            ui::Screen::Quantity
        }),
        Screen::OutagesOf(shown) if shown.found.is_none() => {
            quantity = account_asked(scene, shown);
            Some(ui::Screen::Quantity)
        }
        Screen::Attract(_) => {
            attract = slide(scene);
            Some(ui::Screen::Attract)
        }
        Screen::OutOfService(_) => Some(ui::Screen::OutOfService),
        _ => None,
    };
    api.set_quantity(quantity);
    api.set_attract(attract);
    api.set_suspension(match (&scene.state.screen, scene.state.suspended()) {
        (Screen::OutOfService(_) | Screen::PaymentClosed(ClosedReason::Suspended), Some(one)) => {
            suspension(scene, one)
        }
        _ => ui::SuspensionView::default(),
    });
    page.map(Shown::from)
}

fn tariffs(scene: &Scene, shown: &Calculator, old: ui::EntriesView) -> ui::EntriesView {
    let sheet = shown.back.group().and_then(|group| group.sheets.iter().find(|sheet| sheet.tool.is_some()));
    ui::EntriesView {
        title: scene.optional(sheet.map(|sheet| &sheet.name)),
        entries: rows::keep(
            old.entries,
            shown.hall.tariffs.iter().map(|one| rows::entry(scene.pick(&one.name))).collect(),
        ),
        about: scene.words.invoke_choose_tariff(),
        as_of: information::as_of(scene, &shown.hall),
        ..ui::EntriesView::default()
    }
}

fn asked(scene: &Scene, shown: &Calculator, asks: Quantity) -> ui::QuantityView {
    let typed = shown.typed.reveal();
    ui::QuantityView {
        ask: match asks {
            Quantity::Energy(Register::Sharp) => ui::Ask::Sharp,
            Quantity::Energy(Register::Peak) => ui::Ask::Peak,
            Quantity::Energy(Register::Flat) => ui::Ask::Flat,
            Quantity::Energy(Register::Valley) => ui::Ask::Valley,
            Quantity::Energy(Register::All | Register::Reactive | Register::Demand | Register::Other) => {
                ui::Ask::Kwh
            }
            Quantity::Capacity => ui::Ask::Capacity,
        },
        about: scene.optional(shown.tariff().map(|tariff| &tariff.name)),
        digits: typed.parse().map(|number| scene.numbers.whole(number)).unwrap_or_default(),
        count: i32::try_from(typed.len()).unwrap_or(0),
        ready: !typed.is_empty(),
        ..ui::QuantityView::default()
    }
}

fn account_asked(scene: &Scene, shown: &OutagesOf) -> ui::QuantityView {
    let count = shown.digits.reveal().chars().count();
    ui::QuantityView {
        ask: ui::Ask::Account,
        digits: account::grouped(&shown.digits),
        count: i32::try_from(count).unwrap_or(0),
        ready: count > 0,
        busy: shown.waiting.is_some(),
        remark: remark(scene, shown.notice),
        ..ui::QuantityView::default()
    }
}

/// The sum is the title; below it what it is made of, what the tiers make of it, and the basis.
fn estimate(scene: &Scene, shown: &Calculator, told: &Estimate, old: ui::SheetView) -> ui::SheetView {
    let Scene { words, numbers, .. } = scene;
    let mut lines = vec![rows::heading(words.invoke_how_reckoned())];
    lines.extend(charge_rows(scene, &told.month));
    if let Some(year) = &told.year {
        if !told.in_tiers.is_empty() {
            lines.push(rows::heading(words.invoke_higher_tiers()));
        }
        lines.extend(told.in_tiers.iter().map(|(tier, total)| {
            rows::line(words.invoke_month_in_tier(i32::from(*tier)), scene.money(*total))
        }));
        let text = words.invoke_energy_and_amount(numbers.whole(year.kwh), scene.money(year.total));
        lines.push(rows::line(words.invoke_twelve_months(), text));
    }
    let tariff = shown.tariff();
    let mut notes = vec![words.invoke_bill_holds()];
    if tariff.is_some_and(|tariff| tariff.power_factor) {
        notes.push(words.invoke_without_power_factor());
    }
    let mut head = words.invoke_please_note();
    for text in notes {
        let opens = !head.is_empty();
        lines.push(ui::SheetRow { head: std::mem::take(&mut head), text, opens });
    }
    lines.extend(tariff.iter().flat_map(|tariff| information::part_rows(scene, &tariff.basis)));
    ui::SheetView {
        title: words.invoke_estimate_title(scene.money(told.month.total)),
        about: scene.optional(tariff.map(|tariff| &tariff.name)),
        rows: rows::whole(old.rows, lines),
        as_of: information::as_of(scene, &shown.hall),
        ..ui::SheetView::default()
    }
}

fn charge_rows(scene: &Scene, charge: &Charge) -> Vec<ui::SheetRow> {
    let Scene { words, numbers, .. } = scene;
    let periods = charge.lines.iter().filter(|line| matches!(line.kind, LineKind::Energy(_))).count();
    let row = |line: &powerhall_hall::Line| {
        let (quantity, price) = (numbers.whole(line.quantity), numbers.price(line.price));
        let (head, product) = match line.kind {
            LineKind::Energy(period) => {
                let register =
                    if periods == 1 && period == Period::Flat { Register::All } else { of(period) };
                (words.invoke_energy(bills::register(register)), words.invoke_energy_product(quantity, price))
            }
            LineKind::Free => (words.invoke_free_energy(), words.invoke_energy_product(quantity, price)),
            LineKind::Step(tier) => {
                (words.invoke_added_in_tier(tier.into()), words.invoke_energy_product(quantity, price))
            }
            LineKind::Capacity => {
                (words.invoke_capacity_charge(), words.invoke_capacity_product(quantity, price))
            }
            // Not reckoned beforehand.
            LineKind::Demand | LineKind::Fund(_) | LineKind::PowerFactor => {
                (SharedString::default(), SharedString::default())
            }
        };
        rows::line(head, words.invoke_equals(product, scene.money(line.amount)))
    };
    charge.lines.iter().map(row).collect()
}

const fn of(period: Period) -> Register {
    match period {
        Period::Sharp => Register::Sharp,
        Period::Peak => Register::Peak,
        Period::Flat => Register::Flat,
        Period::Valley => Register::Valley,
    }
}

fn areas(scene: &Scene, shown: &Outages, old: ui::EntriesView) -> ui::EntriesView {
    let areas = shown.areas();
    let title = scene.words.invoke_outages_title(shown.is_known(), !areas.is_empty());
    let by_account = scene.words.invoke_by_account();
    let names = std::iter::once(by_account).chain(areas.into_iter().map(|area| scene.pick(area)));
    ui::EntriesView {
        title,
        about: if shown.is_known() { SharedString::default() } else { call_for_it(scene) },
        entries: rows::keep(old.entries, names.map(rows::entry).collect()),
        as_of: information::as_of(scene, &shown.hall),
        ..ui::EntriesView::default()
    }
}

/// The day as a heading, then what is to be known of it.
fn outage_rows(scene: &Scene, outage: &Outage) -> Vec<ui::SheetRow> {
    let words = &scene.words;
    let (from, until) = (dates::day(&outage.from), dates::day(&outage.until));
    let ahead = dates::days_ahead(scene.today, &from);
    let row = |word, text| rows::line(words.invoke_outage(word), text);
    let back = dates::time(&outage.until);
    let back = if until == from { back.into() } else { words.invoke_time_of(until, -1, back.into()) };
    vec![
        rows::heading(words.invoke_day_ahead(from, ahead)),
        row(ui::OutageWord::Off, dates::time(&outage.from).into()),
        row(ui::OutageWord::Back, back),
        row(ui::OutageWord::Streets, scene.pick(&outage.streets)),
        row(ui::OutageWord::Reason, scene.pick(&outage.reason)),
    ]
}

fn hotline(scene: &Scene) -> ui::SheetRow {
    rows::line(SharedString::default(), call_for_it(scene))
}

fn call_for_it(scene: &Scene) -> SharedString {
    scene.words.invoke_call_for_it(scene.fixed.hotline.as_str().into())
}

fn slide(scene: &Scene) -> ui::AttractView {
    let Some((slide, _)) = scene.state.slide() else { return ui::AttractView::default() };
    ui::AttractView {
        title: scene.pick(&slide.title),
        name: scene.optional(slide.line.name.as_ref()),
        text: scene.pick(&slide.line.text),
        as_of: information::as_of(scene, &scene.state.service.hall),
    }
}

fn suspension(scene: &Scene, one: &Suspended) -> ui::SuspensionView {
    let day = dates::day(&one.told.until);
    ui::SuspensionView {
        reason: scene.pick(&one.told.reason),
        days: dates::days_ahead(scene.today, &day),
        day,
        time: dates::time(&one.told.until).into(),
    }
}

/// That a suspension is near, in a sentence; empty where none is.
pub(super) fn coming(scene: &Scene) -> SharedString {
    let Some(one) = scene.state.coming(scene.at) else { return SharedString::default() };
    let time = |text: &str| {
        let day = dates::day(text);
        let ahead = dates::days_ahead(scene.today, &day);
        scene.words.invoke_time_of(day, ahead, dates::time(text).into())
    };
    // On the same day, the hour alone.
    let same = dates::day(&one.told.from) == dates::day(&one.told.until);
    let until = if same { dates::time(&one.told.until).into() } else { time(&one.told.until) };
    let reason = scene.pick(&one.told.reason);
    scene.words.invoke_coming(one.told.scope == Scope::All, time(&one.told.from), until, reason)
}
