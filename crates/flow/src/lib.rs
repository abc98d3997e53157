//! What the customer is doing: one pure state machine. A touch or an outcome comes in as an [`Event`], [`step`]
//! is the only place that decides, and what must be done goes out as [`Effect`]s. No I/O, no clock, no Slint.

mod attract;
mod bills;
mod calculator;
mod call;
mod effect;
mod event;
mod find;
mod home;
mod idle;
mod information;
mod measure;
mod notice;
mod outages;
mod page;
mod pay;
mod payments;
mod progress;
mod question;
mod service;
mod settings;
mod state;
mod step;
mod suspension;
mod ways;

pub use attract::Attract;
pub use bills::{BillList, BillShown};
pub use calculator::Calculator;
pub use call::{Call, CallStage};
pub use effect::{Effect, Fact};
pub use event::{Asked, Event, Press, Remembered};
pub use find::{
    Accounts, Claim, Find, Kind, NoNumber, NotABill, Prove, Purpose, Reading, Sent, TOGETHER, Wedge, Whole,
    Wrong, complete_account, group, identify, read_as, scanned_account,
};
pub use information::{Bringing, Information, Tile};
pub use notice::{JournalTrouble, Notice, Trouble};
pub use outages::{Outages, OutagesOf};
pub use page::{Screen, Step};
pub use pay::{
    AmountEntry, Basket, Choice, Chosen, Confirm, Finished, Followed, Origin, Pay, PayStage, Wish,
    is_payable_beside,
};
pub use payments::{Offer, PaymentList, PaymentShown, Taking};
pub use powerhall_hall::Journey;
pub use progress::{AskCallBack, Details, Fees, Progress};
pub use question::{Answer, Question};
pub use settings::Settings;
pub use state::{Gate, Millis, Overlay, Service, State, Ticket, Waiting};
pub use step::{Ignored, Now, Stepped, next_wake, step};
pub use suspension::{OutOfService, Suspended};
pub use ways::{Contrast, Reach, TextSize, Voice, Volume, Way, Ways};
