//! Everything that can happen: a press, an outcome of an effect, or time passing.

use powerhall_api::{Call, CheckInAnswer, Hall, Opinion, Order, Orders, Personal, Suspension};
use uuid::Uuid;

use crate::{Answer, JournalTrouble, Journey, Ticket, Trouble, Way};

/// What a journal that was opened remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remembered {
    /// Orders that have not ended, oldest first.
    pub open_orders: Vec<Uuid>,
    /// It remembers nothing at all: it is new, or begun anew because the old one was damaged. Then only the
    /// backend knows which orders are open, and payment waits for its answer.
    pub begun_anew: bool,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The program has started, and this is what the journal remembers.
    Started(Result<Remembered, JournalTrouble>),
    /// The journal was tried before a check-in; [`Remembered`] when it had to be opened for that.
    JournalChecked(Result<Option<Remembered>, JournalTrouble>),
    /// Time has passed; sent at [`crate::next_wake`].
    Tick,
    /// The glass was touched anywhere.
    Touched,
    /// A control was pressed.
    Press(Press),
    /// A scanner has read something.
    Scanned(Personal),
    /// The answer to [`crate::Effect::CheckIn`].
    CheckedIn(Result<CheckInAnswer, Trouble>),
    /// The answer to [`crate::Effect::CallGuide`].
    Called(Uuid, Result<Call, Trouble>),
    /// The answer to [`crate::Effect::ReadHall`], or the copy that was kept from it.
    HallRead(Result<Hall, Trouble>),
    /// The suspensions that were kept from [`crate::Effect::KeepSuspensions`] and are not over, at the start.
    SuspensionsKept(Vec<Suspension>),
    /// The answer to [`crate::Effect::AskOpenOrders`].
    OpenOrders(Result<Orders, Trouble>),
    /// The answer to [`crate::Effect::Ask`].
    Answered(Ticket, Result<Answer, Trouble>),
    /// The answer to [`crate::Effect::Record`] of [`crate::Fact::Named`].
    Recorded(Uuid, Result<(), JournalTrouble>),
    /// The journal failed while a later fact was written.
    JournalFailed(JournalTrouble),
    /// The answer to an effect about an order; `None`: nothing has changed.
    OrderAnswered(Uuid, Asked, Result<Option<Order>, Trouble>),
}

/// Which effect about an order was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// [`crate::Effect::PutOrder`].
    Put,
    /// [`crate::Effect::Watch`].
    Watch,
    /// [`crate::Effect::Cancel`].
    Cancel,
    /// [`crate::Effect::Extend`].
    Extend,
    /// [`crate::Effect::NewAttempt`].
    NewAttempt,
}

/// A press on a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// Home: begin a journey.
    Begin(Journey),
    /// Home: a shelf, by its place.
    Shelf(usize),
    /// Home in large text: all shelves.
    More,
    /// An entry of a list to read from, by its place.
    Entry(usize),
    /// What to bring, of the sheet that is read.
    Bring,
    /// What a month would cost, by the tariff that is read.
    Reckon,
    /// An item of that list is at hand, or is not after all.
    Tick(usize),
    /// A digit of the keypad, 0 to 9.
    Digit(u8),
    /// The decimal point of the amount keypad.
    Point,
    /// The X that may end an identity number.
    X,
    /// “I don't know my number.”
    NoNumber,
    /// Erase the last character.
    Erase,
    /// Erase everything.
    Clear,
    /// The page's primary action: go on, look up, pay.
    Next,
    /// One step back.
    Back,
    /// A key of the keypad was pressed, whatever it does besides.
    Keypad,
    /// The keypad's back: whatever leaves this page, or what lies over it, by one step.
    Leave,
    /// Home.
    Home,
    /// Open the help.
    Help,
    /// Call the guide.
    CallGuide,
    /// Nobody needs to come any more.
    EndCall,
    /// Open the ways to use the machine.
    Ways,
    /// Another language: the other one, or the list of them.
    Languages,
    /// Close what lies over the page.
    Close,
    /// Still here: the idle warning's answer.
    StillHere,
    /// Change one of the ways to use the machine.
    Way(Way),
    /// Choose or leave out a month, by its place in the list.
    Month(usize),
    /// Choose all months.
    AllMonths,
    /// Enter another amount.
    OtherAmount,
    /// Pay just what it takes to be reconnected.
    Minimum,
    /// Put another account into the same payment.
    AddAccount,
    /// See what was billed.
    Bills,
    /// Show a bill in detail, by its place in the list.
    Bill(usize),
    /// This is not my account.
    NotMe,
    /// Choose the channel by its place in the list.
    Channel(usize),
    /// More time for the code.
    MoreTime,
    /// Cancel the payment.
    Cancel,
    /// Try again after a closed code or a failure.
    TryAgain,
    /// Type into the first or second field.
    Field(usize),
    /// How was it?
    Opinion(Opinion),
    /// Show one application of several.
    Application(usize),
}
