//! What kind of account stands at an index: the first ones are fixed situations for demonstrations, the rest chance.

use serde::{Deserialize, Serialize};

use super::{
    dice::{Dice, Topic},
    people::Kind,
};

/// A known situation among the first accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Situation {
    /// A home with three unpaid months, two of them late.
    OwesThreeMonths,
    /// A home that owes nothing and has no credit.
    OwesNothing,
    /// A home that owes nothing and has 128.50 yuan of credit.
    HasCredit,
    /// A home with the last month unpaid.
    OwesOneMonth,
    /// A home with thirty unpaid months.
    OwesThirtyMonths,
    /// A home on the peak and valley tariff with two unpaid months.
    PeakValley,
    /// A small business with fourteen unpaid months, so across a year end.
    SmallBusiness,
    /// A large plant on high voltage that pays by its demand, with one unpaid month.
    Industry,
    /// A closed account: it takes no money.
    Closed,
    /// A long name and a long address, one unpaid month.
    LongName,
    /// A rare character in the name, two unpaid months.
    RareCharacter,
    /// The phone of the account before it, one unpaid month.
    SharesPhone,
    /// A business with five applications, see `Showcase::applications`; one unpaid month.
    HasApplications,
    /// A home with the last two months unpaid, the first of one person's three accounts.
    FirstOfThree,
    /// That person's second account, which owes nothing.
    SecondOfThree,
    /// That person's third account, with the last month unpaid.
    ThirdOfThree,
    /// A home with three unpaid months, two of them late, whose supply is cut off for it.
    CutOff,
    /// A home that is paid for in advance.
    Prepaid,
    /// The same, whose meter takes no recharge.
    PrepaidFails,
    /// The same, with an earlier recharge that does not come to its end.
    PrepaidBlocked,
}

impl Situation {
    /// All of them; the position is the account's index.
    pub const ALL: [Self; 20] = [
        Self::OwesThreeMonths,
        Self::OwesNothing,
        Self::HasCredit,
        Self::OwesOneMonth,
        Self::OwesThirtyMonths,
        Self::PeakValley,
        Self::SmallBusiness,
        Self::Industry,
        Self::Closed,
        Self::LongName,
        Self::RareCharacter,
        Self::SharesPhone,
        Self::HasApplications,
        Self::FirstOfThree,
        Self::SecondOfThree,
        Self::ThirdOfThree,
        Self::CutOff,
        Self::Prepaid,
        Self::PrepaidFails,
        Self::PrepaidBlocked,
    ];
}

/// How an account is metered and priced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    ResidentStep,
    ResidentTou,
    Business,
    Industry,
}

impl Class {
    /// Its name in `config/hall/tariffs/`.
    pub const fn tariff(self) -> &'static str {
        match self {
            Self::ResidentStep => "resident_step",
            Self::ResidentTou => "resident_tou",
            Self::Business => "business_single",
            Self::Industry => "industry_two_part",
        }
    }
}

/// What an account will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub class: Class,
    pub kind: Kind,
    /// The newest months that are not paid.
    pub unpaid: u32,
    /// Whether the oldest of them is paid in part.
    pub part_paid: bool,
    pub credit_fen: u32,
    pub closed: bool,
    pub shares_phone: bool,
    /// The account belongs to the person of the one before it: the same name, phone and identity number.
    pub same_person: bool,
    /// The basic charge goes by the highest demand instead of by capacity.
    pub by_demand: bool,
    /// A plant larger than chance makes one.
    pub large: bool,
    /// The newest month was billed late: it is not due yet, whatever day it is.
    pub billed_late: bool,
}

/// The plan of the account at an index.
pub(super) fn plan(seed: u64, index: u32) -> Plan {
    let situation = usize::try_from(index).ok().and_then(|i| Situation::ALL.get(i));
    situation.map_or_else(|| by_chance(seed, index), |situation| fixed(*situation))
}

fn fixed(situation: Situation) -> Plan {
    let home = Plan {
        class: Class::ResidentStep,
        kind: Kind::Person,
        unpaid: 0,
        part_paid: false,
        credit_fen: 0,
        closed: false,
        shares_phone: false,
        same_person: false,
        by_demand: false,
        large: false,
        billed_late: false,
    };
    let shop = Plan { class: Class::Business, kind: Kind::Shop, ..home };
    match situation {
        Situation::OwesThreeMonths => Plan { unpaid: 3, ..home },
        Situation::OwesNothing => home,
        Situation::HasCredit => Plan { credit_fen: 12_850, ..home },
        Situation::OwesOneMonth => Plan { unpaid: 1, ..home },
        Situation::OwesThirtyMonths => Plan { unpaid: 30, ..home },
        Situation::PeakValley => Plan { class: Class::ResidentTou, unpaid: 2, ..home },
        Situation::SmallBusiness => Plan { unpaid: 14, ..shop },
        Situation::Industry => Plan {
            class: Class::Industry,
            kind: Kind::Plant,
            unpaid: 1,
            by_demand: true,
            large: true,
            ..home
        },
        Situation::Closed => Plan { closed: true, ..home },
        Situation::LongName => Plan { kind: Kind::LongPerson, unpaid: 1, ..home },
        Situation::RareCharacter => Plan { kind: Kind::RarePerson, unpaid: 2, ..home },
        Situation::SharesPhone => Plan { shares_phone: true, unpaid: 1, ..home },
        Situation::HasApplications => Plan { unpaid: 1, ..shop },
        Situation::FirstOfThree => Plan { unpaid: 2, ..home },
        Situation::SecondOfThree => Plan { same_person: true, ..home },
        Situation::ThirdOfThree => Plan { unpaid: 1, same_person: true, ..home },
        Situation::CutOff => Plan { unpaid: 3, billed_late: true, ..home },
        Situation::Prepaid | Situation::PrepaidFails | Situation::PrepaidBlocked => home,
    }
}

fn by_chance(seed: u64, index: u32) -> Plan {
    let mut dice = Dice::new(seed, Topic::Plan, index);
    let class = match dice.below(100) {
        0..70 => Class::ResidentStep,
        70..90 => Class::ResidentTou,
        90..98 => Class::Business,
        _ => Class::Industry,
    };
    let kind = match class {
        Class::ResidentStep | Class::ResidentTou => match dice.below(200) {
            0 => Kind::RarePerson,
            1..3 => Kind::LongPerson,
            _ => Kind::Person,
        },
        Class::Business => Kind::Shop,
        Class::Industry => Kind::Plant,
    };
    let closed = dice.once_in(100);
    let unpaid = match dice.below(1000) {
        _ if closed => 0,
        0..700 => 0,
        700..850 => 1,
        850..910 => 2,
        910..960 => 3,
        960..995 => dice.between(4, 8),
        995..999 => dice.between(9, 20),
        _ => 30,
    };
    let credit = !closed && unpaid == 0 && dice.once_in(8);
    Plan {
        class,
        kind,
        unpaid,
        part_paid: unpaid >= 2 && dice.once_in(20),
        credit_fen: if credit { dice.between(10, 500) * 100 } else { 0 },
        closed,
        shares_phone: dice.once_in(10),
        same_person: kind == Kind::Person && dice.once_in(12),
        by_demand: class == Class::Industry && dice.once_in(2),
        large: false,
        billed_late: false,
    }
}
