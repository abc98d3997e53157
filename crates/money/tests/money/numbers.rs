//! The numbers that go out into the world are the same for ever: books, statements and receipts hold them.

use powerhall_money::numbers::{
    attempt_number, posting_key, reference, reference_is_plausible, refund_number,
};
use uuid::Uuid;

/// One order, written down by hand: version 7, as kiosks make them.
const ORDER: Uuid = Uuid::from_u128(0x0192_f0c1_7a3b_7c4d_8e5f_6071_8293_a4b5);

#[test]
fn the_numbers_of_an_order_never_change() {
    assert_eq!(attempt_number(ORDER, 7), "01JBRC2YHVFH6RWQV0E619795N07");
    assert_eq!(posting_key(ORDER, 7), "P01JBRC2YHVFH6RWQV0E619795NL07");
    assert_eq!(refund_number("ATTEMPT", Some(7)), "RATTEMPTL07");
    assert_eq!(refund_number("ATTEMPT", None), "RATTEMPTW");
    assert_eq!(reference(ORDER, 0), "VJRH-KR0W-5C");
    assert_eq!(reference(ORDER, 1), "D0F5-HTPP-82");
    assert_eq!(reference(ORDER, 255), "5HCA-Y4FB-40");
    assert_eq!(reference(Uuid::nil(), 0), "0000-0000-00");
}

#[test]
fn a_reference_with_a_wrong_check_letter_length_or_letter_is_not_plausible() {
    for good in ["VJRH-KR0W-5C", "VJRHKR0W5C", "D0F5-HTPP-82", "0000-0000-00"] {
        assert!(reference_is_plausible(good), "{good}");
    }
    let wrong = [
        "",
        "-",
        "VJRH-KR0W-5",
        "VJRH-KR0W-5CC",
        "VJRH-KR0W-5D",
        "JVRH-KR0W-5C",
        "VJRH-KROW-5C",
        "vjrh-kr0w-5c",
    ];
    for wrong in wrong {
        assert!(!reference_is_plausible(wrong), "{wrong}");
    }
}
