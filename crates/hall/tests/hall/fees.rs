//! Business fees: the published table, laws that hold for any capacity, and what the data refuses.

use jiff::civil::{Date, date};
use powerhall_hall::{FeeCharge, FeeError, Feeder, Hall, Laying, Voltage};
use powerhall_money::Fen;
use proptest::prelude::*;

use crate::HALL;
use crate::mistakes::{broken, changed};

const DAY: Date = date(2026, 11, 24);
const FILE: &str = "fees/high_reliability.toml";

fn feeder(voltage: Voltage, laying: Laying, own_line: bool, capacity: i64) -> Feeder {
    Feeder { voltage, laying, own_line, capacity }
}

fn charge(feeders: &[Feeder]) -> Result<FeeCharge, FeeError> {
    HALL.fee("high_reliability").unwrap().for_feeders(DAY, feeders)
}

fn fen(feeder: Feeder) -> i64 {
    charge(&[feeder]).unwrap().total.get()
}

#[test]
fn reliability_prices_are_the_published_ones() {
    use {Laying as L, Voltage as V};
    // Yuan per kVA, and where the customer built the line.
    let table = [
        (V::Low, L::Overhead, 270, 220),
        (V::Kv10, L::Overhead, 220, 160),
        (V::Kv35, L::Overhead, 170, 90),
        (V::Kv63, L::Overhead, 110, 30),
        (V::Kv110, L::Overhead, 90, 10),
        (V::Low, L::Cable, 350, 285),
        (V::Kv10, L::Cable, 285, 210),
        (V::Kv35, L::Cable, 220, 115),
        (V::Kv63, L::Cable, 140, 35),
        (V::Kv110, L::Cable, 115, 10),
    ];
    for (voltage, laying, yuan, own_line_yuan) in table {
        assert_eq!(fen(feeder(voltage, laying, false, 1)), yuan * 100, "{voltage:?} {laying:?}");
        assert_eq!(fen(feeder(voltage, laying, true, 1)), own_line_yuan * 100, "{voltage:?} {laying:?}");
    }
}

#[test]
fn each_line_of_the_arithmetic_can_be_shown() {
    let second = feeder(Voltage::Kv10, Laying::Overhead, false, 630);
    let third = feeder(Voltage::Kv10, Laying::Cable, true, 400);
    let bill = charge(&[second, third]).unwrap();
    let lines: Vec<_> =
        bill.lines.iter().map(|line| (line.feeder, line.quantity, line.price, line.amount)).collect();
    assert_eq!(
        lines,
        [
            (Some(second), 630, Fen::new(22_000), Fen::new(13_860_000)),
            (Some(third), 400, Fen::new(21_000), Fen::new(8_400_000)),
        ]
    );
    assert_eq!(bill.total.to_string(), "¥222,600.00");
    assert!(bill.origin.source.contains("鄂价能交〔2006〕42号") && !bill.origin.certain);
    assert_eq!(charge(&[]).unwrap().total, Fen::ZERO);
}

#[test]
fn refuses_what_it_has_no_price_for() {
    let high = charge(&[feeder(Voltage::Kv220, Laying::Cable, false, 10)]);
    assert_eq!(
        high.unwrap_err().to_string(),
        "high_reliability cannot be charged like this: it has no price at this voltage and laying"
    );
    let negative = charge(&[feeder(Voltage::Kv10, Laying::Cable, false, -1)]);
    assert!(matches!(negative, Err(FeeError::NotPriced { what: "a quantity below zero", .. })));
    let kv10 = |capacity| feeder(Voltage::Kv10, Laying::Cable, false, capacity);
    assert_eq!(charge(&[kv10(i64::MAX)]), Err(FeeError::Overflow));
    assert_eq!(charge(&[kv10(i64::MAX / 28_500), kv10(1)]), Err(FeeError::Overflow));
    let fee = HALL.fee("high_reliability").unwrap();
    let early = date(2000, 1, 1);
    assert_eq!(
        fee.for_feeders(early, &[]),
        Err(FeeError::NoPrice { fee: "high_reliability".to_owned(), day: early })
    );
    assert!(matches!(fee.for_cases(DAY, 1), Err(FeeError::NotPriced { .. })));
    assert_eq!(HALL.fee("gift").map(drop), Err(FeeError::UnknownFee("gift".to_owned())));
}

#[test]
fn what_was_abolished_is_refunded_and_never_charged() {
    let fee = HALL.fee("temporary_connection").unwrap();
    let since = date(2017, 12, 1);
    for refused in [fee.for_cases(DAY, 1), fee.for_feeders(since, &[])] {
        assert_eq!(refused, Err(FeeError::Abolished { fee: "temporary_connection".to_owned(), since }));
    }
    let end = fee.abolished_on(since).unwrap();
    assert!(HALL.text(&format!("note.{}", end.words))["zh_CN"].contains("退还"));
    assert_eq!(fee.abolished_on(date(2017, 11, 30)), None);
}

fn with_fixed_amount() -> Hall {
    let fixed = "[[versions]]\neffective = 2010-01-01\nsource = \"某价〔2009〕1号\"\ncertain = true\n\
                 each_fen = 1250\n\n[abolished]";
    changed(&[("fees/temporary_connection.toml", "[abolished]", fixed)]).unwrap()
}

#[test]
fn a_fixed_amount_is_a_change_of_data() {
    let hall = with_fixed_amount();
    let fee = hall.fee("temporary_connection").unwrap();
    let before = fee.for_cases(date(2017, 11, 30), 3).unwrap();
    assert_eq!((before.lines.len(), before.lines[0].feeder, before.total), (1, None, Fen::new(3750)));
    assert!(matches!(fee.for_cases(date(2017, 12, 1), 3), Err(FeeError::Abolished { .. })));
    assert!(matches!(fee.for_feeders(date(2017, 1, 1), &[]), Err(FeeError::NotPriced { .. })));
}

#[test]
fn a_price_without_a_legal_basis_is_refused() {
    let source = "source = \"鄂价能交〔2006〕42号，依据发改价格〔2003〕2279号\"";
    for (instead, value) in
        [("", "(missing)"), ("source = \" \"", "\" \""), ("source = \"本厅惯例\"", "本厅惯例")]
    {
        let mistakes = broken(&[(FILE, source, instead)]);
        let named = mistakes.iter().find(|mistake| mistake.key == "versions[0].source");
        assert_eq!(named.unwrap_or_else(|| panic!("{mistakes:#?}")).value, value);
        assert_eq!(named.unwrap().file, FILE);
    }
}

#[test]
fn every_mistake_in_a_fee_names_key_value_and_what_is_allowed() {
    let mistakes = broken(&[
        (FILE, "\"low\", laying = \"overhead\"", "\"kv1000\", laying = \"buried\""),
        (FILE, "fen = 22000, own_line_fen = 16000", "fen = 22000, own_line_fen = 22001"),
        (FILE, "\"kv110\", laying = \"cable\"", "\"kv63\", laying = \"cable\""),
        (FILE, "fen = 17000", "fen = 170.0"),
        ("fees/temporary_connection.toml", "words = \"temporary_refund\"", "note = \"x\""),
        ("texts/ko.toml", "cable = ", "wire = "),
    ]);
    let said = |file: &str, key: &str, value: &str, allowed: &str| {
        let found = mistakes.iter().any(|mistake| {
            let Some(at) = mistake.allowed.get(..allowed.len()) else { return false };
            (mistake.file.as_str(), mistake.key.as_str(), mistake.value.as_str(), at)
                == (file, key, value, allowed)
        });
        assert!(found, "{file} {key} = {value}; {allowed} is not in {mistakes:#?}");
    };
    said(FILE, "versions[0].per_kva[0].voltage", "\"kv1000\"", "low, kv10, kv35, kv63, kv110, kv220");
    said(FILE, "versions[0].per_kva[0].laying", "\"buried\"", "overhead, cable");
    said(FILE, "versions[0].per_kva[1].own_line_fen", "22001", "a whole number from 0 to 22000");
    said(FILE, "versions[0].per_kva[2].fen", "170.0", "a whole number from 1 to 100000");
    said(FILE, "versions[0].per_kva", "kv63 cable twice", "each voltage and laying once");
    said("fees/temporary_connection.toml", "abolished.words", "(missing)", "a text");
    said("fees/temporary_connection.toml", "abolished.note", "\"x\"", "only effective, source");
    said("texts/ko.toml", "laying.cable", "(missing)", "a text");
}

fn any_feeder() -> impl Strategy<Value = Feeder> {
    // 220 kV has no price.
    let voltage = prop::sample::select(&Voltage::ALL[..5]);
    let laying = prop::sample::select(&Laying::ALL[..]);
    (voltage, laying, any::<bool>(), 0..=10_000_000_i64)
        .prop_map(|(voltage, laying, own_line, capacity)| feeder(voltage, laying, own_line, capacity))
}

proptest! {
    #[test]
    fn total_is_the_sum_of_its_lines_and_every_line_is_exact(feeders in prop::collection::vec(any_feeder(), 0..8)) {
        let bill = charge(&feeders).unwrap();
        prop_assert_eq!(bill.lines.len(), feeders.len());
        prop_assert_eq!(bill.lines.iter().map(|line| line.amount.get()).sum::<i64>(), bill.total.get());
        for (line, feeder) in bill.lines.iter().zip(&feeders) {
            prop_assert_eq!((line.feeder, line.quantity), (Some(*feeder), feeder.capacity));
            let exact = i128::from(line.quantity) * i128::from(line.price.get());
            prop_assert_eq!(i128::from(line.amount.get()), exact);
        }
    }

    #[test]
    fn more_capacity_costs_more_and_a_line_of_ones_own_never_does(one in any_feeder(), more in 1..1_000_000_i64) {
        let larger = fen(Feeder { capacity: one.capacity + more, ..one });
        prop_assert!(larger > fen(one));
        let own = fen(Feeder { own_line: true, ..one });
        let company = fen(Feeder { own_line: false, ..one });
        prop_assert!(own <= company);
    }

    #[test]
    fn a_capacity_costs_the_same_however_it_is_cut(one in any_feeder(), part in 0..=100_i64) {
        let first = one.capacity * part / 100;
        let parts = [Feeder { capacity: first, ..one }, Feeder { capacity: one.capacity - first, ..one }];
        prop_assert_eq!(charge(&parts).unwrap().total.get(), fen(one));
    }

    #[test]
    fn any_number_gives_an_amount_or_a_refusal(one in any_feeder(), capacity in any::<i64>()) {
        let _ = charge(&[Feeder { capacity, ..one }, one]);
    }
}
