//! What the customer is doing: one pure state machine. A touch or an outcome comes in as an [`Event`], [`step`]
//! is the only place that decides, and what must be done goes out as [`Effect`]s. No I/O, no clock, no Slint.

mod answers;
mod background;
mod bills;
mod call;
mod effect;
mod event;
mod find;
mod identify;
mod idle;
mod information;
mod measure;
mod notice;
mod number;
mod pay;
mod progress;
mod restart;
mod scan;
mod service;
mod settings;
mod state;
mod step;
mod ways;

pub use background::{Followed, Wish};
pub use bills::{BillList, BillShown};
pub use call::{Call, CallStage};
pub use effect::{Effect, Fact};
pub use event::{Asked, Event, Press, Remembered};
pub use identify::{Kind, Reading, Whole, Wrong, identify, read_as};
pub use information::{Bringing, Information, Tile};
pub use notice::{JournalTrouble, Notice, Trouble};
pub use number::{complete_account, group_account};
pub use scan::{NotABill, scanned_account};
pub use settings::Settings;
pub use state::{
    AmountEntry, Choice, Confirm, FindAccount, FindApplication, Finished, Gate, Millis, Origin, Overlay, Pay,
    PayStage, Progress, Screen, Service, State, Step, Ticket, Waiting, WayToFind,
};
pub use step::{Ignored, Now, Stepped, next_wake, step};
pub use ways::{Contrast, Reach, TextSize, Voice, Volume, Way, Ways};
