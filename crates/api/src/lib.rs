//! The REST contract between kiosk and backend: the types that both sides share. Unknown fields are ignored
//! and unknown enum values are survived, so that neighbouring versions work together.

mod aftermath;
mod attract;
mod bills;
mod call;
mod hall;
mod id_number;
mod journal;
mod lookup;
mod measure;
mod order;
mod outage;
mod payments;
mod personal;
mod problem;
mod proof;
mod published;
mod quote;

pub use aftermath::{
    Aftermath, LineAftermath, Recharge, RechargeState, Reconnection, ReconnectionState, WhatNow,
};
mod suspension;
mod tariff;

pub use attract::{Attract, Slide};
pub use bills::{
    BillDetail, BillLine, BillMonth, BillState, Bills, LateFee, LateStretch, LineKind, MonthTier, Reading,
    Register, TierPosition,
};
pub use call::{Call, CallRequest, CallState, Place};
pub use hall::{ChannelInfo, CheckIn, CheckInAnswer, ClosedReason, Text, Wallet};
pub use id_number::{ID_LENGTH, IdMistake, OLD_ID_LENGTH, check_character, complete_id, id_begins};
pub use journal::{JournalAnswer, JournalEntry, JournalFact, JournalHead, JournalRefusal, JournalUpload};
pub use lookup::{
    Account, Application, Applications, CallBack, Contact, FeeRefund, FeeRefundState, Lookup, LookupKind,
    LookupRequest, Move, Plan, PlanState, Stage, StageState,
};
pub use measure::{Left, MEASURES_MOST, Measure, MeasureBatch, Measured, Opinion, STAY_MOST};
pub use order::{
    Attempt, AttemptRequest, CancelReason, CancelRequest, Collect, Deliver, Order, OrderLine,
    OrderLineRequest, OrderRequest, Orders, Receipt, ReceiptLine,
};
pub use outage::{Outage, Outages};
pub use payments::{Invoice, InvoiceState, PaidBy, PaidPart, Payment, Payments};
pub use personal::Personal;
pub use problem::{Problem, ProblemCode};
pub use proof::{CodeSent, FoundAccount, FoundAccounts, ProofRequest, ProofWay};
pub use published::{Checklist, Errand, Group, Hall, Line, Part, Sheet, Shelf, Tool};
pub use quote::{
    Bill, Blocked, CutOff, Duty, Fee, LINES_MOST, MeterBalance, Prepaid, Quote, QuoteLine, QuoteRequest,
};
pub use suspension::{Scope, Suspension};
pub use tariff::{EnergyPrice, StepPeriod, Tariff, TariffStep};
