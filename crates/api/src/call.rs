//! A customer calls for the guide: where the kiosk stands and the payment's reference, nothing about whom it serves.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! places {
    ($($(#[$doc:meta])* $place:ident, $name:literal;)*) => {
        /// A page of the kiosk, as calls and measures name it. A page that this version does not know reads as `Other`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum Place {
            $($(#[$doc])* #[serde(rename = $name)] $place,)*
            /// A page of a newer kiosk.
            #[serde(rename = "other", other)]
            Other,
        }

        impl Place {
            /// Every page that this version knows.
            pub const ALL: &'static [Self] = &[$(Self::$place,)* Self::Other];

            /// Its name in JSON, and in what staff reads.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$place => $name,)* Self::Other => "other" }
            }
        }
    };
}

places! {
    /// Home.
    Home, "home";
    /// Pay: the account number.
    FindAccount, "find_account";
    /// Finding: the second factor.
    Prove, "prove";
    /// Finding: the accounts that it has opened.
    Accounts, "accounts";
    /// Finding: where the number is on a bill.
    NoNumber, "no_number";
    /// Pay: who it is and what is owed.
    Confirm, "confirm";
    /// Pay: several accounts.
    Basket, "basket";
    /// Prepaid: what the meter has, and how much more.
    Recharge, "recharge";
    /// Pay: another amount.
    OtherAmount, "other_amount";
    /// The months billed, aside from paying or for themselves.
    Bills, "bills";
    /// One bill.
    Bill, "bill";
    /// Pay: the code.
    Pay, "pay";
    /// Pay: what became of it.
    Finished, "finished";
    /// Bills: whose.
    FindBills, "find_bills";
    /// Progress: which application.
    FindApplication, "find_application";
    /// Progress: where it stands.
    Progress, "progress";
    /// Progress, aside: what else there is to know of an application.
    Application, "application";
    /// Progress, aside: the customer may be rung.
    CallBack, "call_back";
    /// Progress, then paying: the fees that are due on an application.
    Fees, "fees";
    /// Receipts and invoices: whose.
    FindPayments, "find_payments";
    /// Receipts and invoices: the payments of an account.
    Payments, "payments";
    /// Receipts and invoices: one payment.
    Payment, "payment";
    /// What the hall publishes.
    Information, "information";
    /// What a month would cost.
    Calculator, "calculator";
    /// Planned outages.
    Outages, "outages";
    /// Payment is closed.
    PaymentClosed, "payment_closed";
}

/// `POST /v1/calls`: a customer asks for the guide. Named by the kiosk, so that the same call again is the same call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallRequest {
    /// Made by the kiosk.
    pub id: Uuid,
    /// The page that was left for it.
    pub place: Place,
    /// The reference of the order on that page; none where there is no order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9A-Z-]{1,20}$"))]
    pub reference: Option<String>,
}

/// Where a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Call {
    /// Which.
    pub id: Uuid,
    /// Where it stands.
    pub state: CallState,
}

/// Where a call stands: open → taken → done, or open → done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// Staff is shown it.
    Open,
    /// Somebody has taken it and comes.
    Taken,
    /// It is over: ended by staff or at the kiosk, replaced by a newer one, or too old.
    Done,
    /// A state from a newer backend.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_place_is_written_by_its_name_and_an_unknown_one_survives() {
        for place in Place::ALL {
            let written = serde_json::to_string(place).expect("writes");
            assert_eq!(written, format!("\"{}\"", place.name()));
            assert_eq!(serde_json::from_str::<Place>(&written).expect("reads"), *place);
        }
        assert_eq!(serde_json::from_str::<Place>("\"moon\"").expect("reads"), Place::Other);
    }
}
