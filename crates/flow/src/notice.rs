//! What can go wrong, as the customer is told it. The sentence itself belongs to the interface.

use powerhall_api::ProblemCode;
use powerhall_money::Fen;

use crate::{NotABill, Wrong};

/// Why a request brought no usable answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No connection.
    Offline,
    /// No answer in time.
    Timeout,
    /// An answer that cannot be read.
    Malformed,
    /// A server error without a problem document.
    Server(u16),
    /// A problem with a code; seconds to wait where the backend named them.
    Problem(ProblemCode, Option<u32>),
}

impl Trouble {
    /// True when the request may have arrived, or may succeed later: nothing is known.
    #[must_use]
    pub const fn is_unknown(self) -> bool {
        match self {
            Self::Offline | Self::Timeout | Self::Malformed | Self::Server(_) => true,
            Self::Problem(code, _) => code.retryable() || matches!(code, ProblemCode::Unknown),
        }
    }
}

/// Why the journal could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JournalTrouble {
    /// Disk full, read-only or gone.
    Unwritable,
    /// The file is damaged.
    Corrupt,
    /// It holds as many facts as it may, and none that could be forgotten.
    Full,
}

/// A calm sentence for the customer, as a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// What was typed is no number that is asked for here, whatever is typed after it.
    Number(Wrong),
    /// What was typed is no whole number yet.
    NumberShort,
    /// What was scanned names no account.
    NotABill(NotABill),
    /// No account has this number.
    AccountUnknown,
    /// No application fits.
    ApplicationUnknown,
    /// The account is there, and there is no application for it.
    NoApplications,
    /// The proof is not whole yet.
    ProofShort,
    /// The proof does not fit, or nobody has the number: one sentence. How many tries are left, where that is known.
    ProofWrong(Option<u32>),
    /// The same, and no try is left.
    ProofsExhausted,
    /// No codes can be sent now.
    NoCodes,
    /// There can be no e-invoice of this payment here.
    InvoiceRefused,
    /// The e-invoice is not to be had now; the receipt is.
    InvoiceUnavailable,
    /// Too many look-ups; seconds to wait, 0 when not known.
    TooMany(u32),
    /// The backend does not answer.
    NoConnection,
    /// The backend answers, but cannot do it now.
    Busy,
    /// Nothing is chosen to pay.
    NothingChosen,
    /// None of several accounts is chosen.
    NoneChosen,
    /// No amount is chosen yet.
    NoAmount,
    /// The account that was found is in the list already.
    AlreadyThere,
    /// The amount is below the least.
    AmountTooSmall(Fen),
    /// The amount is above the most.
    AmountTooLarge(Fen),
    /// What is owed was asked for again because the old answer had expired.
    Renewed,
    /// The session's look-up expired; the number is needed again.
    LookupExpired,
    /// The customer cancelled; the code is proved closed, nothing was taken.
    CancelledNothingTaken,
    /// The time ran out; the code is proved closed, nothing was taken.
    ExpiredNothingTaken,
    /// The order was refused, nothing was taken.
    OrderRefused,
    /// The journal cannot be written, so no payment is started.
    JournalFailed,
    /// No more time can be given to this code.
    NoMoreTime,
    /// The machine was interrupted and shows the code again; with the order's reference.
    Resumed,
}

impl From<Trouble> for Notice {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Offline | Trouble::Timeout => Self::NoConnection,
            Trouble::Malformed | Trouble::Server(_) => Self::Busy,
            Trouble::Problem(code, wait) => match code {
                ProblemCode::AccountNotFound => Self::AccountUnknown,
                ProblemCode::ProofWrong => Self::ProofWrong(None),
                ProblemCode::ProofsExhausted => Self::ProofsExhausted,
                ProblemCode::SmsUnavailable => Self::NoCodes,
                ProblemCode::ApplicationNotFound => Self::ApplicationUnknown,
                ProblemCode::ReferenceExpired | ProblemCode::ProofNeeded => Self::LookupExpired,
                ProblemCode::InvoiceRefused | ProblemCode::PaymentNotFound => Self::InvoiceRefused,
                ProblemCode::InvoiceUnavailable => Self::InvoiceUnavailable,
                ProblemCode::QuoteExpired => Self::Renewed,
                ProblemCode::RateLimited | ProblemCode::TooManyProofs | ProblemCode::TooManyCodes => {
                    Self::TooMany(wait.unwrap_or(0))
                }
                ProblemCode::AmountMismatch
                | ProblemCode::IdempotencyConflict
                | ProblemCode::OrderNotFound
                | ProblemCode::OrderState
                | ProblemCode::AttemptStillOpen => Self::OrderRefused,
                ProblemCode::BadRequest
                | ProblemCode::Unauthenticated
                | ProblemCode::NotFound
                | ProblemCode::BillNotFound
                | ProblemCode::CallBackImpossible
                | ProblemCode::MethodNotAllowed
                | ProblemCode::TooLarge
                | ProblemCode::UnsupportedMediaType
                | ProblemCode::ChannelUnavailable
                | ProblemCode::BillingUnavailable
                | ProblemCode::Internal
                | ProblemCode::Unknown => Self::Busy,
            },
        }
    }
}
