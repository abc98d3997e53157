//! Numbers told apart: each example by the rules, and what holds for any text.

use powerhall_api::{Personal, check_character};
use powerhall_flow::{Kind, NotABill, Reading, Settings, Whole, Wrong, identify, read_as, scanned_account};
use proptest::prelude::*;

/// The standard's own example; it belongs to nobody.
const ID: &str = "11010519491231002X";

fn read(typed: &str, asked: &[Kind]) -> Reading {
    identify(&typed.into(), asked, &Settings::default())
}

fn whole(typed: &str, asked: &[Kind], settings: &Settings) -> Whole {
    match identify(&typed.into(), asked, settings) {
        Reading::Whole(whole) => whole,
        other => panic!("{typed}: {other:?}"),
    }
}

#[test]
fn tells_numbers_apart() {
    let settings = Settings::default();
    for (typed, kind, number, or) in [
        ("0012345678", Kind::Account, "5100012345678", vec![]),
        ("5101234567127", Kind::Account, "5101234567127", vec![Kind::Application]),
        ("13912345678", Kind::Phone, "13912345678", vec![]),
        ("261105000037", Kind::Application, "261105000037", vec![]),
        ("3601234567890", Kind::Application, "3601234567890", vec![]),
        ("110105491231002", Kind::Application, "110105491231002", vec![Kind::IdNumber]),
        (ID, Kind::IdNumber, ID, vec![]),
        ("11010519491231002x", Kind::IdNumber, ID, vec![]),
    ] {
        let read = whole(typed, &Kind::ALL, &settings);
        assert_eq!((read.kind, read.number.reveal().as_str(), read.or), (kind, number, or), "{typed}");
    }
    let old = read_as(Kind::IdNumber, &"110105491231002".into(), &settings).expect("an old number");
    assert_eq!(old.reveal(), ID);
}

#[test]
fn an_application_as_long_as_an_identity_number_is_one_unless_the_check_character_fits() {
    let settings = Settings { application_digits: (18, 18), ..Settings::default() };
    let read = whole("440524197001010013", &Kind::ALL, &settings);
    let check = check_character("440524197001010013").expect("digits");
    assert_eq!((read.kind, check == '3'), (Kind::Application, false));
    let certain = format!("44052419700101001{check}");
    let read = whole(&certain, &Kind::ALL, &settings);
    assert_eq!((read.kind, read.or), (Kind::IdNumber, vec![Kind::Application]));
    assert_eq!(whole(ID, &Kind::ALL, &settings).or, []);
}

#[test]
fn the_utilitys_own_lengths_give_way_to_what_proves_more() {
    let settings = Settings { own_account_digits: vec![11, 12], ..Settings::default() };
    let phone = whole("13912345678", &Kind::ALL, &settings);
    assert_eq!((phone.kind, phone.or), (Kind::Phone, vec![Kind::Account]));
    let account = whole("01234567890", &Kind::ALL, &settings);
    assert_eq!((account.kind, account.number.reveal().as_str()), (Kind::Account, "01234567890"));
    let both = whole("261105000037", &Kind::ALL, &settings);
    assert_eq!((both.kind, both.or), (Kind::Account, vec![Kind::Application]));
}

#[test]
fn says_while_typing_what_it_may_become() {
    use Kind::{Account, Application, IdNumber, Phone};
    assert_eq!(read("", &Kind::ALL), Reading::Empty);
    assert_eq!(read("1", &Kind::ALL), Reading::Short(vec![Account, Application, Phone, IdNumber]));
    assert_eq!(read("12", &Kind::ALL), Reading::Short(vec![Account, Application, IdNumber]));
    assert_eq!(read("13812", &[Phone, IdNumber]), Reading::Short(vec![Phone, IdNumber]));
    let ten = whole("1391234567", &Kind::ALL, &Settings::default());
    assert_eq!((ten.kind, ten.may_become), (Account, vec![Application, Phone]));
    let eleven = whole("13912345678", &Kind::ALL, &Settings::default());
    assert_eq!(eleven.may_become, [Application]);
}

#[test]
fn says_while_typing_what_is_wrong() {
    use Kind::{Account, Application, IdNumber, Phone};
    for (typed, asked, wrong) in [
        ("36012345678", vec![Account], Wrong::AccountPrefix),
        ("3601234567890", vec![Account, Phone, IdNumber], Wrong::AccountPrefix),
        ("51012345671271", vec![Account], Wrong::TooLong),
        ("12012345678", vec![Phone], Wrong::PhoneStart),
        ("2", vec![Phone], Wrong::PhoneStart),
        ("138123456789", vec![Phone], Wrong::TooLong),
        ("0", vec![IdNumber], Wrong::Check),
        ("1101051949133", vec![IdNumber], Wrong::Birthday),
        ("110105194912310021", vec![Account, Phone, IdNumber], Wrong::Check),
        ("110105194912310021", Kind::ALL.to_vec(), Wrong::Check),
        ("11010519491231002X1", vec![IdNumber], Wrong::TooLong),
        ("12345678901234567", vec![Application], Wrong::TooLong),
        ("13912345678901234X", vec![Account, Application, Phone], Wrong::Character),
        ("12a", Kind::ALL.to_vec(), Wrong::Character),
        ("1X", Kind::ALL.to_vec(), Wrong::Character),
        ("１３９", Kind::ALL.to_vec(), Wrong::Character),
    ] {
        assert_eq!(read(typed, &asked), Reading::Wrong(wrong), "{typed}");
    }
}

#[test]
fn finds_the_account_in_what_a_bill_carries() {
    let settings = Settings::default();
    let scan = |text: &str| scanned_account(&text.into(), &settings);
    for text in [
        "5101234567127",
        "  5101234567127\r\n",
        "]C15101234567127",
        "]Q3https://pay.example/bill?no=5101234567127&ts=1763949600000",
        "https://pay.example/b/5101234567127/202610",
        "https://pay.example/b?x=%35%31%30%31234567127",
        "https://pay.example/b?q=a%205101234567127",
        "户号：5101234567127，应缴 104.28 元，账期 202610",
        "5101234567127|202610|5101234567127",
        "1234567127",
        "HH:1234567127",
        "户号：1234567127",
    ] {
        let found = scan(text).unwrap_or_else(|why| panic!("{text}: {why:?}"));
        assert_eq!(found.reveal(), "5101234567127", "{text}");
    }
    for (text, why) in [
        ("", NotABill::NoAccount),
        ("https://pay.example/?t=1763949600", NotABill::NoAccount),
        ("https://pay.example/?t=1763949600000", NotABill::NoAccount),
        // An identity card's number, though it begins as an account of the same province does.
        ("510104197001010013", NotABill::NoAccount),
        ("5101234567127 5101234567135", NotABill::Several),
        (&"5101234567127 ".repeat(100), NotABill::NoAccount),
    ] {
        assert_eq!(scan(text), Err(why), "{text}");
    }
    let own = Settings { own_account_digits: vec![9], ..Settings::default() };
    let found = scanned_account(&"https://x.example/?id=012345678".into(), &own).expect("nine digits");
    assert_eq!(found.reveal(), "012345678");
}

fn asked() -> impl Strategy<Value = Vec<Kind>> {
    proptest::sample::subsequence(Kind::ALL.to_vec(), 0..=Kind::ALL.len())
}

fn settings() -> impl Strategy<Value = Settings> {
    (12..=18_usize, 0..=6_usize, proptest::collection::vec(6..=20_usize, 0..3)).prop_map(
        |(least, more, own_account_digits)| Settings {
            application_digits: (least, least + more),
            own_account_digits,
            ..Settings::default()
        },
    )
}

/// A whole number of one kind, as the default settings have them.
fn numbers() -> impl Strategy<Value = (Kind, String)> {
    prop_oneof![
        "510[0-9]{10}".prop_map(|typed| (Kind::Account, typed)),
        "[0-9]{10}".prop_map(|typed| (Kind::Account, typed)),
        "1[3-9][0-9]{9}".prop_map(|typed| (Kind::Phone, typed)),
        "[0-9]{12,16}".prop_map(|typed| (Kind::Application, typed)),
        "[1-9][0-9]{5}[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}"
            .prop_map(|typed| (Kind::IdNumber, typed)),
        "[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[0-9]{3}".prop_map(|body| {
            (Kind::IdNumber, format!("{body}{}", check_character(&body).expect("digits")))
        }),
    ]
}

proptest! {
    /// Whatever is typed is read, and a whole number is one of those that were asked for, each kind named once.
    #[test]
    fn any_text_is_read(text in any::<String>(), asked in asked(), settings in settings()) {
        if let Reading::Whole(whole) = identify(&text.as_str().into(), &asked, &settings) {
            prop_assert!(asked.contains(&whole.kind));
        }
    }

    #[test]
    fn a_number_is_found_among_all_kinds((kind, typed) in numbers(), settings in settings()) {
        let settings = Settings { application_digits: (12, 16), ..settings };
        let read = whole(&typed, &Kind::ALL, &settings);
        let kinds: Vec<Kind> = std::iter::once(read.kind).chain(read.or.iter().copied()).collect();
        prop_assert!(kinds.contains(&kind), "{:?}", read);
        for (i, kind) in kinds.iter().enumerate() {
            prop_assert!(!kinds[..i].contains(kind), "named twice: {:?}", kinds);
            prop_assert!(read_as(*kind, &typed.as_str().into(), &settings).is_some());
        }
        prop_assert_eq!(read_as(read.kind, &typed.as_str().into(), &settings), Some(read.number));
        // Asked for alone, it is that and nothing else.
        prop_assert_eq!(whole(&typed, &[kind], &settings).or, []);
    }

    /// While a right number is typed, nothing says that it is wrong, and it is among what it may become.
    #[test]
    fn nobody_is_told_wrong_on_the_way((kind, typed) in numbers(), asked in asked()) {
        let asked: Vec<Kind> = Kind::ALL.into_iter().filter(|k| *k == kind || asked.contains(k)).collect();
        for length in 1..typed.len() {
            let may_become = match read(&typed[..length], &asked) {
                Reading::Short(may_become) => may_become,
                Reading::Whole(whole) => whole.may_become,
                other => panic!("{}: {other:?}", &typed[..length]),
            };
            prop_assert!(may_become.contains(&kind), "{} of {}: {:?}", &typed[..length], typed, may_become);
        }
    }

    /// “Wrong” is final: whatever is typed after it stays wrong, so it may be said at once.
    #[test]
    fn wrong_stays_wrong(typed in "[0-9]{1,19}[0-9Xa]?", after in "[0-9X]{1,6}", asked in asked(), settings in settings()) {
        if let Reading::Wrong(_) = identify(&typed.as_str().into(), &asked, &settings) {
            let more = identify(&format!("{typed}{after}").as_str().into(), &asked, &settings);
            prop_assert!(matches!(more, Reading::Wrong(_)), "{typed} then {after}: {more:?}");
        }
    }

    /// A check character that fits wins over every other reading of the same eighteen characters.
    #[test]
    fn what_proves_most_wins((kind, typed) in numbers(), most in 18..24_usize) {
        let settings = Settings { application_digits: (10, most), own_account_digits: vec![18], ..Settings::default() };
        let read = whole(&typed, &Kind::ALL, &settings);
        match (kind, typed.len()) {
            (Kind::IdNumber, 18) => prop_assert_eq!(read.kind, Kind::IdNumber),
            (Kind::Account, 13) => prop_assert_eq!(read.kind, Kind::Account),
            (Kind::Phone, _) => prop_assert_eq!(read.kind, Kind::Phone),
            (Kind::Account, _) => prop_assert_eq!(read.kind, Kind::Account),
            (Kind::IdNumber | Kind::Application, _) => {
                prop_assert!(!(read.kind == Kind::IdNumber && typed.len() == 15), "an old number proves least");
            }
        }
    }

    /// A scanner may read anything: nothing panics, and what is found is a whole account number that stood there.
    #[test]
    fn any_scan_is_read(text in any::<String>(), more in "[]%:/?=&0-9A-F\\PC]{0,80}", settings in settings()) {
        for text in [text, more] {
            if let Ok(found) = scanned_account(&text.as_str().into(), &settings) {
                prop_assert!(found.reveal().bytes().all(|b| b.is_ascii_digit()));
                let account = identify(&found, &[Kind::Account], &settings);
                prop_assert!(matches!(account, Reading::Whole(_)), "{account:?}");
            }
        }
    }

    /// Whatever stands around it that is no digit, the number on the bill is found.
    #[test]
    fn a_bill_is_found_in_any_wrapping(number in "510[0-9]{10}", before in "[a-z:/?=&. 户号]{0,20}", after in "[a-z&=/\r\n\t ]{0,20}") {
        let text = Personal::new(format!("{before}{number}{after}"));
        prop_assert_eq!(scanned_account(&text, &Settings::default()), Ok(Personal::new(number)));
    }
}
