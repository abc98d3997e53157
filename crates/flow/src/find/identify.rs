//! One field for every number: what was typed is told apart into account, application, mobile phone and identity number,
//! while it is typed and when it is whole. Pure, and sure of nothing that the digits do not prove.
//!
//! A number that fits several kinds is read as the one whose form proves most, and the others are named:
//! 1. an identity number of 18 characters: its birthday and its check character fit;
//! 2. an account number of 13 digits that begins with the company's prefix;
//! 3. a mobile phone: 11 digits from 13 to 19;
//! 4. an account number by its length alone: 10 digits, or the utility's own lengths;
//! 5. an application number: as many digits as the utility gives them;
//! 6. an identity number of 15 digits, which nothing checks but a birthday.

use powerhall_api::{ID_LENGTH, IdMistake, OLD_ID_LENGTH, Personal, complete_id, id_begins};

use crate::{
    Settings, complete_account,
    find::number::{FULL, SHORT},
};

/// Digits of a mobile phone's number.
const PHONE: usize = 11;

/// What a number is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// 户号.
    Account,
    /// 申请编号.
    Application,
    /// 手机号.
    Phone,
    /// 身份证号.
    IdNumber,
}

impl Kind {
    /// All of them, the commonest first.
    pub const ALL: [Self; 4] = [Self::Account, Self::Application, Self::Phone, Self::IdNumber];
}

/// How what was typed so far is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Nothing is typed.
    Empty,
    /// Too short yet: going on, it may become these, the commonest first.
    Short(Vec<Kind>),
    /// Whole.
    Whole(Whole),
    /// Whatever is typed after it, it becomes nothing that is asked for here.
    Wrong(Wrong),
}

/// A whole number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// What it is, by the rules above.
    pub kind: Kind,
    /// The number to look up: an account number with its prefix, an identity number in its full form.
    pub number: Personal,
    /// What it may be instead, the likeliest first; [`read_as`] gives the number to look up.
    pub or: Vec<Kind>,
    /// What it may become when more is typed, the commonest first.
    pub may_become: Vec<Kind>,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// A character that is neither a digit nor an identity number's last X.
    Character,
    /// Longer than any number that is asked for here.
    TooLong,
    /// An account number of another company.
    AccountPrefix,
    /// No mobile number begins so.
    PhoneStart,
    /// No such birthday in an identity number.
    Birthday,
    /// The characters of an identity number do not fit each other: one was mistyped.
    Check,
}

/// How much a whole number's form proves, the most first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Proof {
    CheckCharacter,
    Prefix,
    PhoneStart,
    AccountLength,
    ApplicationLength,
    OldId,
}

/// How what was typed fits one kind.
struct Fit {
    whole: Option<(Proof, Personal)>,
    may_become: bool,
    /// What is wrong when neither holds, and by how many characters the kind's nearest length is missed.
    wrong: (usize, Wrong),
}

/// Tells what `typed` is among the kinds that are asked for here.
#[must_use]
pub fn identify(typed: &Personal, asked: &[Kind], settings: &Settings) -> Reading {
    if typed.reveal().is_empty() {
        return Reading::Empty;
    }
    let fits: Vec<(Kind, Fit)> = Kind::ALL
        .into_iter()
        .filter(|kind| asked.contains(kind))
        .map(|kind| (kind, fit(kind, typed, settings)))
        .collect();
    let may_become: Vec<Kind> =
        fits.iter().filter(|(_, fit)| fit.may_become).map(|(kind, _)| *kind).collect();
    let nearest = fits.iter().map(|(_, fit)| fit.wrong).min_by_key(|(missed, _)| *missed);
    let mut whole: Vec<(Proof, Kind, Personal)> = fits
        .into_iter()
        .filter_map(|(kind, fit)| fit.whole.map(|(proof, number)| (proof, kind, number)))
        .collect();
    whole.sort_by_key(|(proof, ..)| *proof);
    let mut whole = whole.into_iter();
    match (whole.next(), nearest) {
        (Some((_, kind, number)), _) => {
            let or = whole.map(|(_, kind, _)| kind).collect();
            Reading::Whole(Whole { kind, number, or, may_become })
        }
        (None, _) if !may_become.is_empty() => Reading::Short(may_become),
        (None, Some((_, wrong))) => Reading::Wrong(wrong),
        // Nothing is asked for.
        (None, None) => Reading::Wrong(Wrong::TooLong),
    }
}

/// The number to look up when `typed` is a whole number of this kind, whatever else it may be.
#[must_use]
pub fn read_as(kind: Kind, typed: &Personal, settings: &Settings) -> Option<Personal> {
    fit(kind, typed, settings).whole.map(|(_, number)| number)
}

fn fit(kind: Kind, typed: &Personal, settings: &Settings) -> Fit {
    let digits = typed.reveal().as_str();
    let mut characters = digits.bytes().enumerate();
    if !characters.all(|(at, b)| b.is_ascii_digit() || (at == ID_LENGTH - 1 && b.eq_ignore_ascii_case(&b'x')))
    {
        return Fit { whole: None, may_become: false, wrong: (0, Wrong::Character) };
    }
    let has_x = digits.bytes().any(|b| !b.is_ascii_digit());
    match kind {
        Kind::IdNumber => id_number(digits),
        Kind::Account | Kind::Application | Kind::Phone if has_x => Fit {
            whole: None,
            may_become: false,
            // At the place of the check character, so an identity number's reason goes first where one is asked for.
            wrong: (1, Wrong::Character),
        },
        Kind::Account => account(typed, settings),
        Kind::Application => application(typed, settings.application_digits),
        Kind::Phone => phone(typed),
    }
}

fn account(typed: &Personal, settings: &Settings) -> Fit {
    let digits = typed.reveal();
    let prefix = settings.account_prefix.as_str();
    let prefixed = digits.starts_with(prefix) || prefix.starts_with(digits.as_str());
    let proof = if digits.len() == FULL && prefixed { Proof::Prefix } else { Proof::AccountLength };
    let own = settings.own_account_digits.iter().copied();
    let longer = |length: usize| length > digits.len();
    let nearest = own.clone().chain([SHORT, FULL]).map(|length| length.abs_diff(digits.len())).min();
    let wrong = if digits.len() <= FULL { Wrong::AccountPrefix } else { Wrong::TooLong };
    Fit {
        whole: complete_account(typed, settings).map(|number| (proof, number)),
        may_become: longer(SHORT) || (longer(FULL) && prefixed) || own.clone().any(longer),
        wrong: (nearest.unwrap_or_default(), wrong),
    }
}

fn application(typed: &Personal, (least, most): (usize, usize)) -> Fit {
    let length = typed.reveal().len();
    Fit {
        whole: (least..=most).contains(&length).then(|| (Proof::ApplicationLength, typed.clone())),
        may_become: length < most,
        wrong: (length.saturating_sub(most), Wrong::TooLong),
    }
}

fn phone(typed: &Personal) -> Fit {
    let digits = typed.reveal().as_bytes();
    let begins = match digits {
        [] | [b'1'] => true,
        [first, second, ..] => *first == b'1' && (b'3'..=b'9').contains(second),
        [_] => false,
    };
    Fit {
        whole: (begins && digits.len() == PHONE).then(|| (Proof::PhoneStart, typed.clone())),
        may_become: begins && digits.len() < PHONE,
        wrong: (
            PHONE.abs_diff(digits.len()),
            if digits.len() > PHONE { Wrong::TooLong } else { Wrong::PhoneStart },
        ),
    }
}

fn id_number(typed: &str) -> Fit {
    let begins = id_begins(typed);
    let mistake = complete_id(typed).err();
    let proof = if typed.len() == ID_LENGTH { Proof::CheckCharacter } else { Proof::OldId };
    // Fifteen digits that are no old number may be the beginning of a full one, and the other way round.
    let may_become = typed.len() < ID_LENGTH && begins.is_ok();
    let missed = ID_LENGTH.abs_diff(typed.len()).min(OLD_ID_LENGTH.abs_diff(typed.len()));
    let wrong = match begins.err().or(mistake) {
        Some(IdMistake::Check) => Wrong::Check,
        Some(IdMistake::Birthday) => Wrong::Birthday,
        // No place begins with 0.
        Some(IdMistake::Form) | None if typed.len() <= ID_LENGTH => Wrong::Check,
        Some(IdMistake::Form) | None => Wrong::TooLong,
    };
    Fit { whole: complete_id(typed).ok().map(|number| (proof, number)), may_become, wrong: (missed, wrong) }
}
