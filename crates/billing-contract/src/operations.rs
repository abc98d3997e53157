//! The operations, each named once: method, path, what it asks, what it answers, and which codes it refuses with for good.
//! Adapter, stand-in and document are made from this list.

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    AftermathFound, ApplicationsOf, Arrears, AtInstant, ByAccount, ByAccountAt, ByAccountOnDay,
    ByAccountSince, ByApplication, ByHolder, ByMonth, ByPayment, ByPhone, Code, DayPage, DueFees, Fenced,
    FoundAccount, FoundApplications, FoundBill, FoundHolding, FoundTaxable, Holdings, Months, NewPosting,
    Nothing, OfApplication, OutagesOf, Payments, PlannedOutages, PostingFound, PostingMade, Ready,
};

/// An HTTP method. All of them can be repeated safely: `Post` only asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Asks, without a body.
    Get,
    /// Asks, with what is personal in the body.
    Post,
    /// Does, once for its key.
    Put,
}

/// Where an operation is, and how it refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// Its name in the document.
    pub name: &'static str,
    /// How.
    pub method: Method,
    /// Where, with `{parts}`.
    pub path: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// Whether it has a body.
    pub asks: bool,
    /// The refusals that are final here.
    pub refuses: &'static [Code],
}

/// One operation.
pub trait Operation: 'static {
    /// Where it is.
    const ROUTE: Route;
    /// The body of the request; [`Nothing`] when it has none.
    type Ask: Serialize + DeserializeOwned + Send + Sync;
    /// The body of a success.
    type Answer: Serialize + DeserializeOwned + Send;
}

macro_rules! one {
    ($one:ty) => {
        $one
    };
}

macro_rules! operations {
    ($($(#[doc = $doc:literal])* $operation:ident, $name:literal: $method:ident $path:literal
       $(asks $ask:ty,)? $(without $nothing:ty,)? answers $answer:ty, refuses [$($code:ident),*];)*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $operation;

            impl Operation for $operation {
                const ROUTE: Route = Route {
                    name: $name,
                    method: Method::$method,
                    path: $path,
                    summary: concat!($($doc,)*),
                    asks: [$(stringify!($ask),)? ""].len() == 2,
                    refuses: &[$(Code::$code),*],
                };
                type Ask = one!($($ask)? $($nothing)?);
                type Answer = $answer;
            }
        )*

        impl Route {
            /// Every operation, in the order of the document.
            pub const ALL: &'static [Self] = &[$($operation::ROUTE,)*];
        }

        #[cfg(feature = "openapi")]
        pub(crate) fn describe(draft: &mut crate::document::Draft) {
            $(draft.add::<$operation>();)*
        }
    };
}

operations! {
    /// Whether billing can look up and post now.
    AskReady, "askReady": Get "/v1/ready" without Nothing, answers Ready, refuses [];
    /// An account by its number.
    FindAccount, "findAccount": Post "/v1/accounts/find" asks ByAccount, answers FoundAccount, refuses [];
    /// The open accounts of whoever has a phone or an identity number.
    FindHoldings, "findHoldings": Post "/v1/accounts/held-by" asks ByHolder, answers Holdings, refuses [];
    /// An account, and what proves that somebody is its holder.
    GetHolding, "getHolding": Post "/v1/accounts/holding" asks ByAccount, answers FoundHolding, refuses [];
    /// What an account owes on a day, late fees included; whether it is cut off; what its meter has when it is prepaid.
    ListArrears, "listArrears": Post "/v1/accounts/arrears" asks ByAccountOnDay, answers Arrears,
        refuses [AccountUnknown];
    /// The last months of an account, paid or not, and its place in the year's tiers.
    ListBills, "listBills": Post "/v1/bills" asks ByAccountOnDay, answers Months, refuses [AccountUnknown];
    /// How a month's bill came about.
    GetBill, "getBill": Post "/v1/bills/detail" asks ByMonth, answers FoundBill, refuses [AccountUnknown];
    /// What was paid for an account since a day, by whichever way.
    ListPayments, "listPayments": Post "/v1/payments" asks ByAccountSince, answers Payments, refuses [AccountUnknown];
    /// What an invoice of a payment says.
    GetTaxable, "getTaxable": Post "/v1/payments/taxable" asks ByPayment, answers FoundTaxable, refuses [];
    /// The fees that are due on an application.
    ListFees, "listFees": Post "/v1/applications/fees" asks OfApplication, answers DueFees, refuses [];
    /// Posts a payment to an account, a prepaid meter or a fee, once for its key: the same again gets the first answer again.
    Post, "post": Put "/v1/postings/{key}" asks NewPosting, answers PostingMade,
        refuses [AccountUnknown, AccountClosed, AlreadyPaid, BadAmount, BadPeriod, BadKey, NotPrepaid, BelowLeast,
            RechargeUnfinished, MeterOffline, Fenced];
    /// Whether a posting with this key is on an account now.
    QueryPosting, "queryPosting": Get "/v1/postings/{key}" without Nothing, answers PostingFound, refuses [];
    /// Fences a key: unless it is posted already, it never can be any more.
    FencePosting, "fencePosting": Put "/v1/postings/{key}/fence" without Nothing, answers Fenced, refuses [BadKey];
    /// What a posting has set in motion: the recharge of a meter, the reconnection of a supply.
    GetAftermath, "getAftermath": Get "/v1/postings/{key}/aftermath" without Nothing, answers AftermathFound, refuses [];
    /// Postings of a day, page by page.
    ListDay, "listDay": Get "/v1/days/{day}/postings" without Nothing, answers DayPage, refuses [];
    /// An application by its number.
    FindApplication, "findApplication": Post "/v1/applications/find" asks ByApplication, answers FoundApplications,
        refuses [];
    /// The applications of an account, for whoever knows the end of the phone on file.
    ListApplications, "listApplications": Post "/v1/applications/of-account" asks ByPhone,
        answers ApplicationsOf, refuses [];
    /// The planned outages of everybody.
    ListOutages, "listOutages": Post "/v1/outages" asks AtInstant, answers PlannedOutages, refuses [];
    /// The planned outages that an account is in.
    ListOutagesOf, "listOutagesOf": Post "/v1/accounts/outages" asks ByAccountAt, answers OutagesOf,
        refuses [AccountUnknown];
}

impl Route {
    /// The names of the parts of its path, in order.
    pub fn parts(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_one_and_every_route_has_a_place_of_its_own() {
        let mut places = std::collections::BTreeSet::new();
        for route in Route::ALL {
            assert!(route.refuses.iter().all(|code| code.is_refusal()), "{}", route.name);
            assert!(places.insert((format!("{:?}", route.method), route.path)), "{}", route.name);
            assert_eq!(route.asks, route.method == Method::Post || route.name == "post", "{}", route.name);
            assert!(!route.summary.is_empty() && route.path.starts_with("/v1/"));
        }
        assert_eq!(Post::ROUTE.parts().collect::<Vec<_>>(), ["key"]);
    }
}
