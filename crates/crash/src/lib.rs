//! Crash points: the places where it matters what of two steps has happened when the process dies. The list is here;
//! backend and kiosk name their places by it. A test ends the process at one of them by the environment variable
//! [`VARIABLE`], with `SIGKILL`, so that nothing is flushed, dropped or said. Beside them, what both need to survive it.

#[cfg(feature = "armed")]
mod armed;
mod folder;

pub use folder::make_folder;

/// Names the point and its passing at which the process ends, from 1: `order-committed:2`.
pub const VARIABLE: &str = "POWERHALL_CRASH_AT";

/// What the process says on standard error before it ends, with the point's name behind it.
pub const LAST_WORDS: &str = "crash point reached: ";

macro_rules! points {
    ($($(#[$doc:meta])+ $point:ident = $name:literal,)+) => {
        /// Where a process can be made to die.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Point { $($(#[$doc])+ $point,)+ }

        impl Point {
            /// Every one, the backend's first.
            pub const ALL: &[Self] = &[$(Self::$point,)+];

            /// Its name in [`VARIABLE`].
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$point => $name,)+ }
            }
        }
    };
}

points! {
    /// A new order is committed, its answer is not sent.
    OrderCommitted = "order-committed",
    /// A kiosk's wish (leave, extend, a new attempt) is committed, its answer is not sent.
    WishCommitted = "wish-committed",
    /// The job of making a code is claimed, the channel is not asked.
    BeforeCreate = "before-create",
    /// The channel has made the code, the answer is not written.
    Created = "created",
    /// The job of asking for a payment is claimed, the channel is not asked.
    BeforeQuery = "before-query",
    /// The channel has said how a payment stands, the answer is not written.
    Queried = "queried",
    /// The job of closing is claimed, the channel is not asked.
    BeforeClose = "before-close",
    /// The channel has closed (or has said why not), the answer is not written.
    Closed = "closed",
    /// The job of posting is claimed, billing is not asked.
    BeforePost = "before-post",
    /// Billing has posted (or has refused, or said how it stands), the answer is not written.
    Posted = "posted",
    /// The job of refunding is claimed, the channel is not asked.
    BeforeRefund = "before-refund",
    /// The channel has refunded (or has said how it stands), the answer is not written.
    Refunded = "refunded",
    /// The answer to a job's call is committed, nobody has been woken and no other job begun.
    AnswerCommitted = "answer-committed",
    /// A notification is verified, nothing of it is written.
    NotificationVerified = "notification-verified",
    /// A notification is committed, the channel has not heard so.
    NotificationCommitted = "notification-committed",
    /// Rows of a kiosk's journal are committed, the kiosk has not heard so.
    JournalStored = "journal-stored",
    /// The order's id is durable at the kiosk, the first request has not left.
    OrderNamed = "order-named",
    /// The backend has answered about an order, nothing of it is in the journal.
    OrderAnswered = "order-answered",
    /// The answer is durable at the kiosk, the screen does not show it.
    FactRecorded = "fact-recorded",
    /// The backend holds uploaded rows, the journal does not know it.
    UploadAcknowledged = "upload-acknowledged",
}

impl Point {
    /// Whether it lies in the kiosk; the others lie in the backend.
    #[must_use]
    pub const fn is_in_kiosk(self) -> bool {
        match self {
            Self::OrderNamed | Self::OrderAnswered | Self::FactRecorded | Self::UploadAcknowledged => true,
            Self::OrderCommitted
            | Self::WishCommitted
            | Self::BeforeCreate
            | Self::Created
            | Self::BeforeQuery
            | Self::Queried
            | Self::BeforeClose
            | Self::Closed
            | Self::BeforePost
            | Self::Posted
            | Self::BeforeRefund
            | Self::Refunded
            | Self::AnswerCommitted
            | Self::NotificationVerified
            | Self::NotificationCommitted
            | Self::JournalStored => false,
        }
    }
}

/// The process is at `point`. Returns, unless a test wants it to end here.
#[inline]
pub fn here(point: Point) {
    #[cfg(feature = "armed")]
    armed::here(point);
    #[cfg(not(feature = "armed"))]
    let _ = point;
}
