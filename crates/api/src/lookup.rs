//! Finding an account or an application, and how far an application has got.

use powerhall_money::Fen;
use serde::{Deserialize, Serialize};

use crate::{Personal, ProofWay, Text};

/// `POST /v1/lookups`: the only place where a personal number travels, and in a body, never in a URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum LookupRequest {
    /// An account by its number, to see what is owed.
    Account {
        /// 户号: 13 digits, or as many as the utility gives its own.
        #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{6,20}$", example = "5101000000019"))]
        account: Personal,
    },
    /// An application by its number.
    Application {
        /// 申请编号: 12 to 16 digits.
        #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{12,16}$"))]
        application: Personal,
    },
    /// The applications of an account, with the phone on file as the second factor.
    AccountPhone {
        /// 户号: 13 digits, or as many as the utility gives its own.
        #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{6,20}$", example = "5101000000019"))]
        account: Personal,
        /// The last four digits of the phone on file.
        #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{4}$"))]
        phone_last4: Personal,
    },
    /// Whatever accounts have this phone on file. Answers the same whether there are any: nothing is told before a proof.
    Phone {
        /// A mobile phone: 11 digits.
        #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^1[3-9][0-9]{9}$"))]
        phone: Personal,
    },
    /// Whatever accounts a person has. Answers the same whether there are any: nothing is told before a proof.
    IdNumber {
        /// A citizen identity number by GB 11643 in its full form, with a capital X.
        #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[1-9][0-9]{16}[0-9X]$", example = "11010519491231002X"))]
        id_number: Personal,
    },
}

/// What a look-up found. The reference names it in later requests of the same kiosk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lookup {
    /// Opaque, short-lived, bound to the kiosk.
    pub reference: String,
    /// What the reference stands for.
    pub kind: LookupKind,
    /// Seconds until the reference expires.
    pub seconds_left: u32,
    /// How a person may prove who they are, when `kind` asks for it: any one is enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proofs: Vec<ProofWay>,
    /// How many proofs may be tried at this look-up, when `kind` asks for one. The same for every number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tries: Option<u32>,
}

/// What a look-up's reference stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LookupKind {
    /// An account: ask for a quote.
    Account,
    /// One or more applications.
    Applications,
    /// A person of whom nothing is known here before a proof, not even whether there is one.
    Person,
    /// Something that this version does not know.
    #[serde(other)]
    Unknown,
}

/// An account as the customer may see it before anything is proved: masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// The name with all but the first character masked: `张*`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub name_masked: Personal,
    /// The street without its numbers.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub address_masked: Personal,
    /// The number with its middle masked: `510*******127`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub account_masked: Personal,
    /// The tariff class.
    pub category: Text,
}

/// `GET /v1/lookups/{reference}/applications`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Applications {
    /// Newest first.
    pub applications: Vec<Application>,
}

/// An application as its customer may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Application {
    /// Names this application in later requests of the same kiosk, as from a look-up of it alone. Empty from an older backend.
    #[serde(default)]
    pub reference: String,
    /// Its number with the middle masked.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub number_masked: Personal,
    /// What was applied for, for people: “低压新装（商业）”.
    pub service: Text,
    /// The applicant, masked.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub applicant_masked: Personal,
    /// Facts in one line: capacity, voltage.
    pub summary: Text,
    /// Day of acceptance, `2026-11-05`.
    pub accepted: String,
    /// Whose move it is now.
    pub waiting_for: Move,
    /// What is to be done now, in the customer's words.
    pub now: Text,
    /// What to bring or do next; empty when nothing.
    pub bring: Vec<Text>,
    /// Where to go, when it is the customer's move.
    #[serde(default)]
    pub place: Option<Text>,
    /// The day promised for the whole of the company's steps, when a promise applies.
    #[serde(default)]
    pub promised: Option<String>,
    /// Working days left until `promised`; negative when overdue. The clock stands still while it is the
    /// customer's move.
    #[serde(default)]
    pub working_days_left: Option<i32>,
    /// The promise, in words.
    #[serde(default)]
    pub promise: Option<Text>,
    /// On what the promise is based, each a sentence. Empty where it is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promise_basis: Vec<Text>,
    /// The fees that are due on it and can be paid now, in fen; zero when none is.
    #[serde(default)]
    pub due_fen: Fen,
    /// Its supply plan (供电方案), from its answer until the works have surely begun.
    #[serde(default)]
    pub plan: Option<Plan>,
    /// Who looks after it; nobody any more when it is over.
    #[serde(default)]
    pub contact: Option<Contact>,
    /// At most seven public stages, in order.
    pub stages: Vec<Stage>,
    /// Fees that were taken once and are given back, by the cashier.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<FeeRefund>,
}

/// A fee that goes back to whoever paid it: of a fee that was abolished, or of one that was taken too much of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeeRefund {
    /// The fee's name.
    pub name: Text,
    /// How much goes back, in fen.
    pub amount_fen: Fen,
    /// Where it stands.
    pub state: FeeRefundState,
    /// Since which day, `2026-11-05`.
    #[serde(default)]
    pub since: Option<String>,
    /// Why it goes back, in words: “abolished since …”.
    pub why: Text,
    /// What to bring; empty when nothing.
    pub bring: Vec<Text>,
    /// Where the cashier is.
    #[serde(default)]
    pub place: Option<Text>,
}

/// Where the refund of a fee stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FeeRefundState {
    /// Nobody has asked for it yet.
    Open,
    /// Asked for; being looked at.
    Asked,
    /// Granted: the customer can come and fetch it.
    Granted,
    /// Given back.
    Done,
    /// A state from a newer backend.
    #[serde(other)]
    Unknown,
}

/// For how long a supply plan holds. One that runs out before the works begin is asked for anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Plan {
    /// How it stands today.
    pub state: PlanState,
    /// The last day on which it holds, `2027-08-31`.
    pub valid_until: String,
    /// The last day on which an extension can be asked for.
    pub extend_by: String,
    /// On what its term is based, each a sentence.
    pub basis: Vec<Text>,
}

/// How a supply plan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    /// It ends soon, and an extension can still be asked for.
    Ending,
    /// It ends so soon that an extension comes too late.
    TooLate,
    /// It has run out.
    Over,
    /// It holds for longer. A value from a newer backend reads as this: the days are true all the same.
    #[serde(other)]
    Holds,
}

/// Who at the company looks after an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contact {
    /// The role for people: “客户经理”. Never a person's name.
    pub role: Text,
    /// The phone on file, masked: `154******01`. Where there is none, nobody can ring.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub phone_masked: Option<Personal>,
    /// The last day on which somebody rings who is asked to today, `2026-12-01`.
    pub ring_by: String,
    /// The call back that was asked for and has not been made yet.
    #[serde(default)]
    pub call_back: Option<CallBack>,
}

/// A call back that was asked for: `PUT /v1/lookups/{reference}/call-back`. Asked for again, it stays the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallBack {
    /// The day (Beijing) of asking, `2026-11-30`.
    pub asked: String,
    /// The last day on which somebody rings.
    pub ring_by: String,
}

/// Whose move it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Move {
    /// The customer's.
    Customer,
    /// Nobody's: it is done or withdrawn.
    Nobody,
    /// The company's. A value from a newer backend reads as this: nothing is asked of the customer.
    #[serde(other)]
    Company,
}

/// One public stage of an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stage {
    /// Its name for people.
    pub name: Text,
    /// Where it stands.
    pub state: StageState,
    /// The day it was done, or began when it is the current one.
    #[serde(default)]
    pub date: Option<String>,
    /// A remark for people.
    #[serde(default)]
    pub note: Option<Text>,
}

/// Where a stage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StageState {
    /// Done.
    Done,
    /// The current one.
    Current,
    /// Still to come. A value from a newer backend reads as this.
    #[serde(other)]
    Later,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CancelReason;

    #[test]
    fn values_from_a_newer_version_are_survived() {
        fn read<T: for<'de> Deserialize<'de>>() -> T {
            serde_json::from_str("\"made_tomorrow\"").expect("survives")
        }
        assert_eq!(read::<Move>(), Move::Company);
        assert_eq!(read::<StageState>(), StageState::Later);
        assert_eq!(read::<PlanState>(), PlanState::Holds);
        assert_eq!(read::<LookupKind>(), LookupKind::Unknown);
        assert_eq!(read::<FeeRefundState>(), FeeRefundState::Unknown);
        assert_eq!(read::<ProofWay>(), ProofWay::Unknown);
        assert_eq!(read::<CancelReason>(), CancelReason::Left);
    }
}
