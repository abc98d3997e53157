//! The one source of chance, and the faults that it decides on. Each world draws a plan of its own: some kinds of
//! fault are frequent, some rare, some absent, so that unusual combinations come up (swarm testing).

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident, $words:literal, $base:literal;)*) => {
        /// A kind of fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(usize)]
        pub enum Fault { $($(#[$doc])* $name,)* }

        impl Fault {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// In words, for the report and the story.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }

            /// How often it happens where it can, in ten-thousandths, before a world's plan.
            const fn base(self) -> u32 {
                match self { $(Self::$name => $base,)* }
            }
        }
    };
}

faults! {
    /// Kiosk to backend.
    RequestLost, "kiosk's request lost", 300;
    RequestDelayed, "kiosk's request delayed", 500;
    RequestDoubled, "kiosk's request doubled, the second late", 400;
    AnswerLost, "backend's answer lost", 300;
    AnswerDelayed, "backend's answer delayed", 500;
    ProxyError, "server error between kiosk and backend", 200;
    BadAnswer, "unreadable answer to the kiosk", 150;
    OtherContent, "same order id with other content", 300;
    KioskCrash, "kiosk crashed", 150;
    KioskCrashAtWrite, "kiosk crashed while writing its journal", 100;
    JournalWriteLost, "kiosk's unsynced write lost", 0;
    JournalFails, "kiosk's journal cannot be written", 60;
    JournalSlow, "kiosk's journal slow", 200;
    BackendCrash, "backend crashed", 40;
    CrashAtSync, "backend crashed at a commit", 25;
    CrashBeforeCall, "backend crashed before a call", 40;
    CrashAfterCall, "backend crashed before the answer was written", 60;
    CommitLost, "unacknowledged commit lost", 0;
    CommitKept, "unacknowledged commit kept", 0;
    DiskSlow, "backend's disk slow", 60;
    ClockJump, "backend's clock jumped", 60;
    /// Backend to channel.
    ChannelLost, "request to the channel lost", 300;
    ChannelRefusedConnection, "no connection to the channel", 250;
    ChannelErrorBefore, "channel's 500 before the effect", 250;
    ChannelErrorAfter, "channel's error after the effect", 250;
    ChannelAnswerLost, "channel's answer lost after the effect", 300;
    ChannelSlow, "channel slow", 300;
    ChannelDelayed, "request reached the channel long after its time-out", 200;
    ChannelDoubled, "request to the channel doubled", 200;
    ChannelUnverified, "channel's answer not verifiable", 150;
    ChannelUnknownCode, "unknown code from the channel", 100;
    ChannelDown, "channel said to be down", 150;
    CreateRefused, "channel refused to make a code", 200;
    CloseBusy, "close refused: too frequent, or the payer is typing", 500;
    RefundRefused, "channel refused a refund", 150;
    RefundAbnormal, "refund abnormal", 300;
    RefundSlow, "refund accepted, done later", 3000;
    RefundForgotten, "channel's query does not see a refund yet", 300;
    /// Channel to backend.
    NotifyNever, "notification never sent", 1200;
    NotifyStorm, "notification storm", 600;
    NotifyLate, "notification late", 1500;
    NotifyForged, "forged notification", 400;
    NotifyStale, "stale notification replayed", 400;
    NotifyUnknownNumber, "notification for a number never made", 100;
    /// Payers.
    WrongAmount, "paid with another amount", 150;
    WrongMerchant, "evidence names another merchant", 100;
    PaidTwice, "same code paid twice", 150;
    SecondPayer, "a second payer holds a photo of the code", 2000;
    PaidAfterClose, "paid after a confirmed close", 6000;
    PaidBeforeCode, "paid before the answer to create", 60;
    KeenCustomer, "customer asks for another code at once", 500;
    TradeClosedElsewhere, "code closed by somebody else", 60;
    /// Backend to billing.
    BillingLost, "request to billing lost", 300;
    BillingErrorBefore, "billing's 500 before the effect", 300;
    BillingErrorAfter, "billing's error after the effect", 300;
    BillingAnswerLost, "billing's answer lost after the effect", 400;
    BillingSlow, "billing slow", 300;
    BillingDelayed, "post on its way long after its time-out", 400;
    BillingDoubled, "request to billing doubled", 200;
    BillingDown, "billing said to be down", 150;
    PostRefused, "posting refused", 400;
    PostOtherAmount, "billing says another amount", 100;
    QuestionRefused, "question refused by billing", 200;
    BillingContradicts, "billing says posted after it refused", 750;
    WindowShut, "posting window shut", 200;
    PaidElsewhere, "bill paid elsewhere meanwhile", 700;
    AccountClosed, "account closed meanwhile", 400;
    /// The day's papers, bent once everything is at rest.
    JournalOrderMissing, "order missing in a kiosk's uploaded journal", 0;
    JournalAmountAltered, "amount altered in a kiosk's uploaded journal", 0;
    StatementMissing, "line missing in a statement or day file", 0;
    StatementExtra, "line too many in a statement or day file", 0;
    StatementAltered, "line altered in a statement or day file", 0;
}

/// Chance, from a seed.
#[derive(Debug)]
pub struct Chance {
    rng: ChaCha8Rng,
    plan: Vec<u32>,
    /// False once faults have stopped for good.
    pub active: bool,
    /// How often each kind of fault happened.
    pub counts: Vec<u64>,
}

impl Chance {
    /// Chance for a world.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut chance = Self {
            rng: ChaCha8Rng::seed_from_u64(seed),
            plan: Vec::new(),
            active: true,
            counts: vec![0; Fault::ALL.len()],
        };
        // Most worlds are mild, so that an order often gets through to what only a paid one can meet; some are rough.
        let world = match chance.below(20) {
            0..10 => 1,
            10..16 => 2,
            16..19 => 5,
            _ => 20,
        };
        chance.plan = Fault::ALL
            .iter()
            .map(|fault| {
                let own = [0, 5, 10, 10, 20, 40][chance.below(6) as usize];
                (fault.base() * own * world / 100).min(8_000)
            })
            .collect();
        // Some worlds have a few kinds that happen all the time: what takes several of them together comes up there.
        if chance.percent(25) {
            for _ in 0..chance.between(2, 6) {
                let which = chance.below(Fault::ALL.len() as u64) as usize;
                if Fault::ALL[which].base() > 0 {
                    chance.plan[which] = chance.between(1_500, 6_000) as u32;
                }
            }
        }
        // And some have mostly trouble with late payers, where two codes of an order meet.
        if chance.percent(15) {
            for fault in [Fault::SecondPayer, Fault::PaidAfterClose, Fault::WrongAmount, Fault::KeenCustomer]
            {
                chance.plan[fault as usize] = chance.between(4_000, 8_000) as u32;
            }
        }
        chance
    }

    /// A number below `end`; `end` is at least 1.
    pub fn below(&mut self, end: u64) -> u64 {
        // The bias of a remainder is far below anything that a simulation could notice.
        self.rng.next_u64() % end.max(1)
    }

    /// A number from `from` to `to`, both included.
    pub fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.below(to.saturating_sub(from) + 1)
    }

    /// True `percent` times in a hundred.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// Whether a fault happens here, and counts it.
    pub fn hit(&mut self, fault: Fault) -> bool {
        let odds = self.plan[fault as usize];
        let hit = self.active && odds > 0 && self.below(10_000) < u64::from(odds);
        if hit {
            self.count(fault);
        }
        hit
    }

    /// Counts a fault that something else has decided on.
    pub fn count(&mut self, fault: Fault) {
        self.counts[fault as usize] += 1;
    }
}
