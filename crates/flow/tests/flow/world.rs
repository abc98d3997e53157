//! A customer, a clock and hand-made answers around `step`.

use std::collections::BTreeMap;

use powerhall_api::{
    Account, Application, Applications, Attempt, Bill, BillDetail, BillMonth, BillState, Bills, CallBack,
    ChannelInfo, CheckInAnswer, Collect, Contact, Deliver, Duty, FoundAccount, FoundAccounts, Invoice,
    InvoiceState, Lookup, LookupKind, Measure, Move, Order, OrderLine, PaidBy, PaidPart, Payment, Payments,
    ProofWay, Quote, QuoteLine, QuoteRequest, Receipt, Text, Wallet,
};
use powerhall_flow::{
    Answer, Effect, Event, Ignored, Journey, Millis, Now, Press, Question, Remembered, Settings, State,
    Ticket, next_wake, step,
};
use powerhall_money::Fen;
use uuid::Uuid;

pub struct World {
    pub settings: Settings,
    pub state: State,
    pub at: Millis,
    pub fresh: u128,
    pub ignored: Option<Ignored>,
    /// What was measured; kept apart from the other effects.
    pub measured: Vec<Measure>,
}

impl World {
    pub fn new() -> Self {
        Self {
            // Most tests are not about how fast a finger is; `hasty` is.
            settings: Settings { settle: 0, ..Settings::default() },
            state: State::new(),
            at: 1_000,
            fresh: 0,
            ignored: None,
            measured: Vec::new(),
        }
    }

    /// Started, checked in, one channel.
    pub fn open(channels: usize) -> Self {
        let mut world = Self::new();
        world.send(Event::Started(Ok(Remembered::default())));
        world.send(Event::CheckedIn(Ok(check_in(channels))));
        world
    }

    pub fn send(&mut self, event: Event) -> Vec<Effect> {
        self.fresh += 1;
        let now = Now { at: self.at, fresh: Uuid::from_u128(self.fresh) };
        let stepped = step(&self.settings, self.state.clone(), event, now);
        self.state = stepped.state;
        self.ignored = stepped.ignored;
        let mut effects = stepped.effects;
        effects.retain(|effect| match effect {
            Effect::Measure(measure) => {
                self.measured.push(*measure);
                false
            }
            _ => true,
        });
        effects
    }

    pub fn press(&mut self, press: Press) -> Vec<Effect> {
        self.send(Event::Press(press))
    }

    pub fn type_digits(&mut self, digits: &str) {
        for digit in digits.bytes() {
            self.press(Press::Digit(digit - b'0'));
        }
    }

    /// Lets time pass as the session loop does: a tick at each wake, nothing else.
    pub fn pass(&mut self, time: Millis) -> Vec<Effect> {
        let end = self.at + time;
        let mut effects = Vec::new();
        loop {
            let wake = next_wake(&self.settings, &self.state, self.at).max(self.at + 1);
            if wake > end {
                self.at = end;
                return effects;
            }
            self.at = wake;
            effects.extend(self.send(Event::Tick));
        }
    }

    /// From home to the confirm page of a quote.
    pub fn reach_confirm(&mut self, quote: Quote) {
        self.press(Press::Begin(Journey::Pay));
        self.type_digits("1234567127");
        let effects = self.press(Press::Next);
        let [Effect::Ask(ticket, Question::Lookup(_))] = effects[..] else { panic!("{effects:?}") };
        let effects = self.send(Event::Answered(ticket, Ok(Answer::Lookup(lookup(LookupKind::Account)))));
        self.send(Event::Answered(asked(&effects), Ok(Answer::Quote(asked_for(), quote))));
    }

    /// From the confirm page to the code on the screen; returns the order's id.
    pub fn reach_code(&mut self) -> Uuid {
        let effects = self.press(Press::Next);
        let [Effect::Record(id, _)] = effects[..] else { panic!("{effects:?}") };
        let effects = self.send(Event::Recorded(id, Ok(())));
        assert!(matches!(effects[..], [Effect::PutOrder { order, .. }] if order == id), "{effects:?}");
        self.answer(id, powerhall_flow::Asked::Put, order(id, 2, Collect::Awaiting));
        id
    }

    pub fn answer(&mut self, id: Uuid, asked: powerhall_flow::Asked, order: Order) -> Vec<Effect> {
        self.send(Event::OrderAnswered(id, asked, Ok(Some(order))))
    }
}

/// The ticket of the one question that was asked.
pub fn asked(effects: &[Effect]) -> Ticket {
    let [Effect::Ask(ticket, _)] = effects else { panic!("{effects:?}") };
    *ticket
}

pub fn text(words: &str) -> Text {
    BTreeMap::from([("zh_CN".to_owned(), words.to_owned())])
}

pub fn check_in(channels: usize) -> CheckInAnswer {
    let channel = |i| ChannelInfo {
        id: format!("channel{i}"),
        name: text("扫码"),
        wallets: vec![Wallet { name: text("钱包") }],
    };
    CheckInAnswer {
        server_time: "2026-11-23T10:42:00+08:00".into(),
        payment_closed: None,
        channels: (0..channels).map(channel).collect(),
        call: None,
        hall: String::new(),
        suspensions: Vec::new(),
    }
}

pub fn lookup(kind: LookupKind) -> Lookup {
    Lookup { reference: "r1".into(), kind, seconds_left: 600, proofs: Vec::new(), tries: None }
}

/// Somebody of whom nothing is known yet.
pub fn person(proofs: &[ProofWay]) -> Lookup {
    Lookup { proofs: proofs.to_vec(), tries: Some(3), ..lookup(LookupKind::Person) }
}

/// So many accounts of a person; the references are r1, r2, …
/// Payments: the first ours and without an invoice yet, the second at a counter and all credit, the third both settled and
/// invoiced.
pub fn payments(count: usize) -> Payments {
    let receipt = Receipt {
        number: "20261123-3F7K9Q2MXC".into(),
        paid_at: "2026-11-23T10:42:07+08:00".into(),
        transaction: "T1".into(),
        lines: Vec::new(),
    };
    let part = PaidPart { period: "2026-10".into(), amount_fen: Fen::new(10_000), late_fee_fen: Fen::ZERO };
    let ours = Payment {
        number: "2026112300000001".into(),
        paid_at: "2026-11-23T10:42:07+08:00".into(),
        amount_fen: Fen::new(10_000),
        way: PaidBy::Kiosk,
        parts: vec![part.clone()],
        credit_fen: Fen::ZERO,
        receipt: Some(receipt),
        reference: Some("3F7K-9Q2M-XC".into()),
        invoice: InvoiceState::Open,
    };
    let elsewhere = Payment { receipt: None, reference: None, way: PaidBy::Counter, ..ours.clone() };
    let credit = Payment {
        number: "E2".into(),
        parts: Vec::new(),
        credit_fen: Fen::new(10_000),
        invoice: InvoiceState::None,
        ..elsewhere.clone()
    };
    let issued = Payment { number: "E3".into(), invoice: InvoiceState::Issued, ..elsewhere };
    Payments {
        account: quote(&[]).lines[0].account.clone().expect("of an account"),
        since: "2025-11-23".into(),
        payments: [ours, credit, issued].into_iter().take(count).collect(),
    }
}

pub fn invoice() -> Invoice {
    Invoice {
        number: "26000000000000000001".into(),
        day: "2026-11-23".into(),
        buyer_masked: "张*".into(),
        total_fen: Fen::new(10_000),
        tax_fen: Fen::new(1_150),
        link: "http://127.0.0.1:8480/i/00000000000000000000000000000007".into(),
        seconds_left: 600,
        sample: true,
    }
}

pub fn found(count: usize) -> FoundAccounts {
    let account = quote(&[]).lines[0].account.clone().expect("an account");
    let one = |n| FoundAccount { reference: format!("r{n}"), account: account.clone() };
    FoundAccounts { accounts: (1..=count).map(one).collect(), more: false, seconds_left: 600 }
}

/// What every quote of this world is asked for with.
pub fn asked_for() -> QuoteRequest {
    QuoteRequest::of("r1".into(), Duty::Arrears)
}

pub fn quote(months: &[(i64, i64)]) -> Quote {
    let bill = |(i, &(amount, late)): (usize, &(i64, i64))| Bill {
        period: format!("2026-{:02}", i + 1),
        kwh: 186,
        amount_fen: Fen::new(amount),
        late_fee_fen: Fen::new(late),
        due_date: "2026-09-25".into(),
    };
    Quote {
        quote_id: "q1".into(),
        lines: vec![QuoteLine {
            line: 0,
            duty: Duty::Arrears,
            account: Some(Account {
                name_masked: "张*".into(),
                address_masked: "解放路**号".into(),
                account_masked: "510*******127".into(),
                category: text("居民"),
            }),
            bills: months.iter().enumerate().map(bill).collect(),
            total_fen: Fen::new(months.iter().map(|(amount, late)| amount + late).sum()),
            credit_fen: Fen::ZERO,
            min_fen: Fen::new(1),
            max_fen: Fen::new(5_000_000),
            cut_off: None,
            prepaid: None,
            fee: None,
        }],
        seconds_left: 300,
    }
}

pub fn order(id: Uuid, version: u64, collect: Collect) -> Order {
    let awaiting = collect == Collect::Awaiting;
    let deliver = if collect == Collect::Paid { Deliver::Posting } else { Deliver::None };
    Order {
        order_id: id,
        version,
        collect,
        amount_fen: Fen::new(30_954),
        reference: "3F7K9Q2MXA".into(),
        attempt: Some(Attempt {
            no: 1,
            channel: "channel0".into(),
            code: awaiting.then(|| "http://127.0.0.1/pay/x".into()),
            seconds_left: awaiting.then_some(120),
            extendable: true,
        }),
        lines: vec![OrderLine {
            line: 0,
            amount_fen: Fen::new(30_954),
            deliver,
            arrears_fen: None,
            credit_fen: None,
        }],
        receipt: None,
    }
}

pub fn delivered(id: Uuid, version: u64, deliver: Deliver) -> Order {
    let mut order = order(id, version, Collect::Paid);
    order.lines[0].deliver = deliver;
    order
}

pub fn applications(count: usize) -> Applications {
    let contact = Contact {
        role: text("客户经理"),
        phone_masked: Some("154******01".into()),
        ring_by: "2026-11-24".into(),
        call_back: None,
    };
    let application = Application {
        reference: "a1".into(),
        number_masked: "2611****0037".into(),
        service: text("低压新装"),
        applicant_masked: "李*".into(),
        summary: text("80 千瓦"),
        accepted: "2026-11-05".into(),
        waiting_for: Move::Customer,
        now: text("补交房产证明"),
        bring: Vec::new(),
        place: None,
        promised: None,
        working_days_left: None,
        promise: None,
        promise_basis: Vec::new(),
        due_fen: Fen::ZERO,
        plan: None,
        contact: Some(contact),
        stages: Vec::new(),
        refunds: Vec::new(),
    };
    Applications { applications: vec![application; count] }
}

pub fn call_back() -> CallBack {
    CallBack { asked: "2026-11-23".into(), ring_by: "2026-11-24".into() }
}

/// The last months of 2026, newest first.
pub fn bills(count: usize) -> Bills {
    let month = |i| BillMonth {
        period: format!("2026-{:02}", 10 - i),
        kwh: 186,
        amount_fen: Fen::new(10_007),
        state: BillState::Paid,
    };
    Bills { months: (0..count).map(month).collect(), tier: None, month_tier: None, account: None }
}

pub fn bill(period: &str) -> BillDetail {
    BillDetail {
        period: period.into(),
        kwh: 186,
        amount_fen: Fen::new(10_007),
        paid_fen: Fen::new(10_007),
        state: BillState::Paid,
        due_date: "2026-11-25".into(),
        multiplier: 1,
        read_from: None,
        read_to: None,
        readings: Vec::new(),
        lines: Vec::new(),
        late_fee: None,
    }
}
