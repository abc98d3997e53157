//! Every screen in every state, with plain and with worst-case content.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use jiff::civil::date;
use powerhall::view::{Brand, Colour, Fixed, Language, ScreenConfig};
use powerhall_api::{
    Account, Application, Applications, Attempt, Bill, BillDetail, BillLine, BillMonth, BillState, Bills,
    CallRequest, CancelReason, ChannelInfo, ClosedReason, Collect, Deliver, Hall, LateFee, LateStretch,
    LineKind, Move, Opinion, Order, OrderLine, Place, Quote, QuoteLine, Reading, Receipt, Register, Stage,
    StageState, Text, TierPosition, Wallet,
};
use powerhall_flow::{
    AmountEntry, BillList, BillShown, Bringing, Call, CallStage, Choice, Confirm, FindAccount,
    FindApplication, Finished, Gate, Information, Millis, Notice, Origin, Overlay, Pay, PayStage, Progress,
    Screen, Settings, State, Ticket, Waiting, WayToFind,
};
use powerhall_money::Fen;

/// The monotonic clock in every picture.
pub const NOW: Millis = 600_000;
/// What the payment code says.
pub const PAY_LINK: &str = "http://127.0.0.1:8787/sandbox/pay/3F7K9Q2MX4T8";

/// As long a link as a channel may send.
pub fn long_link() -> String {
    format!("https://qr.example.com/{}", "0123456789abcdef".repeat(8))
}

pub fn text(zh: &str, en: &str) -> Text {
    Text::from([("zh_CN".to_owned(), zh.to_owned()), ("en".to_owned(), en.to_owned())])
}

pub fn fixed() -> Fixed {
    let language = |tag: &str, name: &str| Language { tag: tag.into(), name: name.into() };
    Fixed {
        hall_name: text("城南供电营业厅", "Chengnan Electricity Hall"),
        payee: text("城南供电公司", "Chengnan Power Supply Company"),
        hours: text("8:30–17:30", "8:30–17:30"),
        hotline: "95598".into(),
        kiosk_no: "03".into(),
        cash_counter: text("1 号柜台", "counter 1"),
        screen: ScreenConfig {
            pixels_per_mm: 4.0,
            width: 1080,
            height: 1920,
            lower_edge_mm: 850.0,
            reach_mm: [800.0, 1200.0],
        },
        has_voice: true,
        headset: false,
        brand: Brand::of(Colour { red: 0, green: 0x59, blue: 0x4F }),
        languages: vec![language("zh_CN", "中文"), language("en", "English")],
        settings: Settings::default(),
    }
}

/// A picture to take.
pub struct Scene {
    pub name: &'static str,
    pub state: State,
}

/// What ships, as it is published.
pub static HALL: LazyLock<Arc<Hall>> = LazyLock::new(|| {
    // The bench, one folder further down, shows the same.
    let folders =
        ["config/hall", "../config/hall"].map(|name| Path::new(env!("CARGO_MANIFEST_DIR")).join(name));
    let folder = folders.into_iter().find(|folder| folder.exists()).expect("config/hall");
    let hall = powerhall_hall::Hall::load(&folder).unwrap_or_else(|errors| panic!("{errors}"));
    let mut published = hall.published(date(2026, 11, 23));
    published.edition = "shipped".to_owned();
    published.day = "2026-11-23".to_owned();
    Arc::new(published)
});

/// Lists and sheets by shelf, group and sheet: the longest of each kind.
const READING: [(&str, [Option<usize>; 3]); 8] = [
    ("entries_shelves", [None, None, None]),
    ("entries_groups", [Some(0), None, None]),
    ("entries_sheets", [Some(0), Some(0), None]),
    ("sheet_guide", [Some(0), Some(0), Some(0)]),
    ("sheet_guide_longest", [Some(0), Some(0), Some(7)]),
    ("sheet_tariff", [Some(1), Some(0), Some(0)]),
    ("sheet_tariff_industry", [Some(1), Some(0), Some(3)]),
    ("sheet_fee", [Some(1), Some(1), Some(0)]),
];

fn reading([shelf, group, sheet]: [Option<usize>; 3]) -> State {
    let hall = HALL.clone();
    let mut state =
        at(Screen::Information(Information { hall: hall.clone(), shelf, group, sheet, bringing: None }));
    state.service.hall = hall;
    state
}

pub fn at(screen: Screen) -> State {
    let mut state = State { screen, ..State::new() };
    state.service.gate = Gate::Open;
    state.service.channels = vec![sandbox()];
    state
}

fn channel(id: &str, zh: &str, en: &str, wallets: &[(&str, &str)]) -> ChannelInfo {
    let wallets = wallets.iter().map(|(zh, en)| Wallet { name: text(zh, en) }).collect();
    ChannelInfo { id: id.into(), name: text(zh, en), wallets }
}

fn sandbox() -> ChannelInfo {
    channel("sandbox", "演示付款", "Demo payment", &[("手机", "your phone")])
}

pub fn channels() -> Vec<ChannelInfo> {
    vec![
        channel("wechat", "微信", "WeChat Pay", &[("微信", "WeChat")]),
        channel("alipay", "支付宝", "Alipay", &[("支付宝", "Alipay")]),
        channel(
            "unionpay",
            "云闪付",
            "UnionPay",
            &[("云闪付", "UnionPay"), ("各银行应用", "your bank's app")],
        ),
    ]
}

fn bill(period: &str, kwh: i64, amount: i64, late_fee: i64) -> Bill {
    Bill {
        period: period.into(),
        kwh,
        amount_fen: Fen::new(amount),
        late_fee_fen: Fen::new(late_fee),
        due_date: format!("{period}-25"),
    }
}

fn three_bills() -> Vec<Bill> {
    vec![bill("2026-08", 186, 10_007, 421), bill("2026-09", 212, 11_405, 137), bill("2026-10", 167, 8_984, 0)]
}

/// Thirty months of a large customer: the longest list with the longest numbers.
fn thirty_bills() -> Vec<Bill> {
    (0..30)
        .map(|i| {
            let period = format!("{}-{:02}", 2024 + (i + 4) / 12, (i + 4) % 12 + 1);
            bill(&period, 1_234_567 + i, 31_999_900 + i * 1_111, 1_233_333 - i * 41_111)
        })
        .collect()
}

fn quote(bills: Vec<Bill>, credit: i64, account: Account) -> Quote {
    let total = Fen::sum(bills.iter().flat_map(|b| [b.amount_fen, b.late_fee_fen])).expect("fits");
    let line = QuoteLine {
        line: 0,
        account,
        bills,
        total_fen: total,
        credit_fen: Fen::new(credit),
        min_fen: Fen::new(1),
        max_fen: Fen::new(5_000_000),
    };
    Quote { quote_id: "q1".into(), lines: vec![line], seconds_left: 600 }
}

fn resident() -> Account {
    Account {
        name_masked: "张*".into(),
        address_masked: "解放路**号*单元***".into(),
        account_masked: "510*******127".into(),
        category: text("居民生活", "Residential"),
    }
}

/// Rare characters, a long company, a long address.
fn worst() -> Account {
    Account {
        name_masked: "𬱖㛃䶮＊＊＊＊＊＊（集团）股份有限公司城南分公司".into(),
        address_masked: "高新技术产业开发区天府大道北段****号环球中心*区**栋**单元**层****号及地下一层配电房"
            .into(),
        account_masked: "510*******890".into(),
        category: text("大工业", "Large industry"),
    }
}

fn confirm_with(quote: Quote, choice: Choice) -> Confirm {
    Confirm { reference: "r1".into(), quote, expires: NOW + 300_000, choice, notice: None, waiting: None }
}

fn confirm() -> Confirm {
    confirm_with(quote(three_bills(), 0, resident()), Choice::Months(BTreeSet::from([0, 1, 2])))
}

/// The longest list of the longest name.
pub fn worst_confirm() -> Confirm {
    confirm_with(quote(thirty_bills(), 100, worst()), Choice::Months((0..30).collect()))
}

/// Two years of a home, newest first.
pub fn bills() -> Bills {
    let kwh = [167, 212, 186, 305, 291, 176, 148, 140, 151, 188, 214, 203];
    let month = |at: usize| BillMonth {
        period: format!("{}-{:02}", 2026 - (at + 2) / 12, 12 - (at + 2) % 12),
        kwh: kwh[at % 12] - 13 * (at as i64 / 12),
        amount_fen: Fen::new(kwh[at % 12] * 54 - 700 * (at as i64 / 12)),
        state: match at {
            0..2 => BillState::Unpaid,
            2 => BillState::Part,
            _ => BillState::Paid,
        },
    };
    let tier = TierPosition { year: 2026, used_kwh: 2_440, tier: 1, left_kwh: Some(320) };
    Bills { months: (0..24).map(month).collect(), tier: Some(tier) }
}

/// Two years of a large customer, in the highest tier.
pub fn worst_bills() -> Bills {
    let mut bills = bills();
    for month in &mut bills.months {
        month.kwh = 1_234_567;
        month.amount_fen = Fen::new(31_999_900);
        month.state = BillState::Part;
    }
    bills.tier = Some(TierPosition { year: 2026, used_kwh: 9_876_543, tier: 3, left_kwh: None });
    bills
}

pub fn bill_list(bills: Option<Bills>) -> BillList {
    BillList { bills, notice: None, waiting: None, confirm: Box::new(confirm()) }
}

fn line(kind: LineKind, register: Option<Register>, quantity: i64, price: i64, amount: i64) -> BillLine {
    let tier = (kind == LineKind::Tier).then_some(2);
    BillLine { kind, register, tier, quantity, price, amount_fen: Fen::new(amount) }
}

/// A home's month that is late.
pub fn bill_detail() -> BillDetail {
    let stretch = LateStretch { amount_fen: Fen::new(20_000), rate: 10, days: 30 };
    BillDetail {
        period: "2026-08".into(),
        kwh: 400,
        amount_fen: Fen::new(20_000),
        paid_fen: Fen::ZERO,
        state: BillState::Unpaid,
        due_date: "2026-09-25".into(),
        multiplier: 1,
        readings: vec![Reading { register: Register::All, from: 18_204, to: 18_604, quantity: 400 }],
        lines: vec![line(LineKind::Energy, Some(Register::All), 400, 5_000, 20_000)],
        late_fee: Some(LateFee {
            total_fen: Fen::new(600),
            paid_fen: Fen::ZERO,
            earlier_fen: Fen::ZERO,
            stretches: vec![stretch],
            least_fen: None,
        }),
    }
}

/// Every kind of line, with the longest numbers.
pub fn worst_bill() -> BillDetail {
    let registers = [Register::Sharp, Register::Peak, Register::Flat, Register::Valley];
    let mut lines: Vec<_> =
        registers.iter().map(|of| line(LineKind::Energy, Some(*of), 1_234_567, 10_824, 31_999_900)).collect();
    lines.extend([
        line(LineKind::Tier, None, 1_234_567, 3_000, 37_037_010),
        line(LineKind::Capacity, None, 12_345, 300_000, 37_035_000),
        line(LineKind::PowerFactor, None, 95, -75, -3_333_333),
        line(LineKind::Other, None, 0, 0, 100),
    ]);
    let stretch = |rate, days| LateStretch { amount_fen: Fen::new(31_999_900), rate, days };
    let reading = |register: &Register| Reading {
        register: *register,
        from: 23_456_789,
        to: 23_987_654,
        quantity: 212_346_000,
    };
    BillDetail {
        period: "2025-10".into(),
        kwh: 4_938_268,
        amount_fen: Fen::new(31_999_900),
        paid_fen: Fen::new(11_111_111),
        state: BillState::Part,
        due_date: "2025-11-25".into(),
        multiplier: 400,
        readings: registers.iter().chain(&[Register::Reactive, Register::All]).map(reading).collect(),
        lines,
        late_fee: Some(LateFee {
            total_fen: Fen::new(40_095_895),
            paid_fen: Fen::new(10_000_000),
            earlier_fen: Fen::new(6_400_000),
            stretches: vec![stretch(20, 36), stretch(30, 327)],
            least_fen: None,
        }),
    }
}

pub fn bill_shown(bill: BillDetail) -> State {
    at(Screen::Bill(Box::new(BillShown { bill, list: Box::new(bill_list(Some(bills()))) })))
}

pub fn order(collect: Collect, deliver: Deliver) -> Order {
    Order {
        order_id: uuid::Uuid::from_u128(0x0191_f7c2_0000_7000_8000_0000_0000_0001),
        version: 3,
        collect,
        amount_fen: Fen::new(30_954),
        reference: "3F7K-9Q2M-X".into(),
        attempt: Some(Attempt {
            no: 1,
            channel: "sandbox".into(),
            code: Some(PAY_LINK.into()),
            seconds_left: Some(97),
            extendable: true,
        }),
        lines: vec![OrderLine {
            line: 0,
            amount_fen: Fen::new(30_954),
            deliver,
            arrears_fen: (deliver == Deliver::Posted).then_some(Fen::ZERO),
            credit_fen: (deliver == Deliver::Posted).then_some(Fen::ZERO),
        }],
        receipt: Some(Receipt {
            number: "R20261123-000417".into(),
            paid_at: "2026-11-23T10:42:07+08:00".into(),
            transaction: "4200002026112300001".into(),
            account_masked: "510*******127".into(),
        }),
    }
}

pub fn pay(stage: PayStage) -> Pay {
    Pay {
        origin: Origin::Chosen(Box::new(confirm())),
        amount: Fen::new(30_954),
        order: None,
        channel: Some(sandbox()),
        stage,
        opening: false,
        known: Some(order(Collect::Awaiting, Deliver::None)),
        trouble_since: None,
        notice: None,
    }
}

pub fn showing(seconds_left: u64) -> PayStage {
    PayStage::Showing { ends: NOW + seconds_left * 1_000, of: 120_000, extending: false }
}

fn paying(pay: Pay) -> State {
    at(Screen::Pay(Box::new(pay)))
}

fn finished(collect: Collect, deliver: Deliver) -> State {
    at(Screen::Finished(Box::new(Finished { order: order(collect, deliver), trouble_since: None })))
}

fn stage(zh: &str, en: &str, state: StageState, date: Option<&str>, note: Option<(&str, &str)>) -> Stage {
    Stage { name: text(zh, en), state, date: date.map(Into::into), note: note.map(|(zh, en)| text(zh, en)) }
}

fn customers_move() -> Application {
    use StageState::{Current, Done, Later};
    Application {
        number_masked: "26110500**37".into(),
        service: text("低压新装（商业）", "New low-voltage connection (business)"),
        applicant_masked: "李*".into(),
        summary: text("80 千瓦，三相 380 伏", "80 kW, three phase, 380 V"),
        accepted: "2026-11-05".into(),
        waiting_for: Move::Customer,
        now: text("补交房产证明", "hand in proof of ownership"),
        bring: vec![text("房产证明原件", "the title deed"), text("身份证", "your ID card")],
        place: Some(text("2 号柜台", "counter 2")),
        promised: Some("2026-11-27".into()),
        working_days_left: Some(2),
        promise: None,
        stages: vec![
            stage("受理申请", "Application accepted", Done, Some("2026-11-05"), None),
            stage("现场勘查", "Site visit", Done, Some("2026-11-09"), None),
            stage(
                "答复供电方案",
                "Supply plan",
                Current,
                Some("2026-11-10"),
                Some(("缺一份材料", "One document is missing")),
            ),
            stage(
                "工程施工",
                "Building works",
                Later,
                None,
                Some(("由您选择施工单位，我们不指定", "You choose the builder, we name none")),
            ),
            stage("竣工检验", "Final inspection", Later, None, None),
            stage("装表接电", "Meter and power on", Later, None, None),
        ],
    }
}

/// The longest timeline with the longest texts, overdue.
fn overdue() -> Application {
    use StageState::{Current, Done, Later};
    Application {
        number_masked: "261023001******8".into(),
        service: text(
            "高压增容（第二电源，两路 10 千伏）",
            "High-voltage capacity increase (second source, two 10 kV feeders)",
        ),
        applicant_masked: "𬱖㛃䶮＊＊＊＊股份有限公司".into(),
        summary: text(
            "由 1,250 千伏安增至 3,150 千伏安，10 千伏双电源",
            "from 1,250 kVA to 3,150 kVA, two 10 kV sources",
        ),
        accepted: "2026-10-23".into(),
        waiting_for: Move::Company,
        now: text("答复供电方案", "the supply plan"),
        bring: Vec::new(),
        place: None,
        promised: Some("2026-11-18".into()),
        working_days_left: Some(-3),
        promise: Some(text("高压双电源 20 个工作日内答复供电方案", "Supply plan within 20 working days")),
        stages: vec![
            stage("受理申请", "Application accepted", Done, Some("2026-10-23"), None),
            stage("现场勘查", "Site visit", Done, Some("2026-10-28"), None),
            stage(
                "答复供电方案",
                "Supply plan",
                Current,
                Some("2026-10-29"),
                Some(("方案会审中", "The plan is being reviewed")),
            ),
            stage("设计图纸审查", "Review of drawings", Later, None, None),
            stage(
                "工程施工与中间检查",
                "Building works and interim inspection",
                Later,
                None,
                Some(("由您选择施工单位，我们不指定", "You choose the builder, we name none")),
            ),
            stage("竣工检验", "Final inspection", Later, None, None),
            stage("签订合同，装表送电", "Contract, meter, power on", Later, None, None),
        ],
    }
}

fn finished_application() -> Application {
    let mut one = customers_move();
    one.waiting_for = Move::Nobody;
    one.now = text("已办结，已送电", "Done, the power is on");
    one.bring.clear();
    one.place = None;
    one.promised = None;
    one.working_days_left = None;
    for (stage, date) in one.stages.iter_mut().zip(["05", "09", "11", "16", "18", "19"]) {
        stage.state = StageState::Done;
        stage.date = Some(format!("2026-11-{date}"));
        stage.note = None;
    }
    one
}

fn progress(applications: Vec<Application>, shown: Option<usize>) -> State {
    at(Screen::Progress(Progress { found: Applications { applications }, shown }))
}

/// More applications than a page holds.
pub fn many_applications() -> State {
    let some = [customers_move(), overdue(), finished_application()];
    progress(some.iter().cycle().take(12).cloned().collect(), None)
}

fn waiting(since: Millis) -> Option<Waiting> {
    Some(Waiting { ticket: Ticket(1), since })
}

/// Every scene, in the order of the journeys.
pub fn scenes() -> Vec<Scene> {
    let mut all = Vec::new();
    let mut add = |name, state| all.push(Scene { name, state });

    let home = || {
        let mut state = at(Screen::Home);
        state.service.hall = HALL.clone();
        state
    };
    add("home", home());
    add("home_before_the_backend", at(Screen::Home));
    add("home_payment_closed", {
        let mut state = home();
        state.service.gate = Gate::Closed(ClosedReason::Billing);
        state
    });

    for (name, place) in READING {
        add(name, reading(place));
    }
    let bringing = |sheet, applicant, ticked: &[usize]| {
        let mut state = reading([Some(0), Some(0), Some(sheet)]);
        if let Screen::Information(shown) = &mut state.screen {
            shown.bringing = Some(Bringing { applicant, ticked: ticked.iter().copied().collect() });
        }
        state
    };
    add("applicants", bringing(0, None, &[]));
    add("most_applicants", bringing(7, None, &[]));
    add("checklist", bringing(0, Some(1), &[1]));
    // Of all, a tenant at 35 kV and above brings the most.
    add("checklist_longest", bringing(7, Some(2), &[0, 3]));
    add("entries_offline", {
        let mut state = reading([Some(0), None, None]);
        state.service.gate = Gate::Closed(ClosedReason::Backend);
        state
    });
    add("sheet_offline", {
        let mut state = reading([Some(1), Some(2), Some(3)]);
        state.service.gate = Gate::Closed(ClosedReason::Backend);
        state
    });

    let find = |digits: &str, notice, waiting| {
        at(Screen::FindAccount(FindAccount { digits: digits.into(), notice, waiting }))
    };
    add("find_account_empty", find("", None, None));
    add("find_account", find("5101234567", None, None));
    add("find_account_unknown", find("5101234567127", Some(Notice::AccountUnknown), None));
    add("find_account_too_many", find("5101234567127", Some(Notice::TooMany(42)), None));
    add("find_account_connecting", find("5101234567127", None, waiting(NOW - 4_000)));

    add("confirm", at(Screen::Confirm(confirm())));
    add("confirm_some", {
        let mut some = confirm();
        some.choice = Choice::Months(BTreeSet::from([0]));
        at(Screen::Confirm(some))
    });
    add("confirm_surplus", {
        let mut more = confirm();
        more.choice = Choice::Amount(Fen::new(40_000));
        at(Screen::Confirm(more))
    });
    add(
        "confirm_nothing_owed",
        at(Screen::Confirm(confirm_with(
            quote(Vec::new(), 4_210, resident()),
            Choice::Months(BTreeSet::new()),
        ))),
    );
    add("confirm_worst", {
        let mut worst = worst_confirm();
        worst.notice = Some(Notice::Renewed);
        at(Screen::Confirm(worst))
    });
    let entry = |typed: &str, notice| {
        at(Screen::OtherAmount(AmountEntry { typed: typed.into(), notice, confirm: Box::new(confirm()) }))
    };
    add("other_amount", entry("400", None));
    add("other_amount_too_large", entry("9999999.99", Some(Notice::AmountTooLarge(Fen::new(5_000_000)))));

    let listed = |list: BillList| at(Screen::Bills(Box::new(list)));
    add("bills", listed(bill_list(Some(bills()))));
    add("bills_looking", listed(BillList { waiting: waiting(NOW - 1_000), ..bill_list(None) }));
    add("bills_trouble", listed(BillList { notice: Some(Notice::NoConnection), ..bill_list(None) }));
    add("bill", bill_shown(bill_detail()));
    add("bill_worst", bill_shown(worst_bill()));

    add("pay_choose", {
        let mut choose = pay(PayStage::ChooseChannel);
        choose.channel = None;
        let mut state = paying(choose);
        state.service.channels = channels();
        state
    });
    add("pay_opening", paying(pay(PayStage::Opening { since: NOW - 1_000 })));
    add("pay_showing", paying(pay(showing(97))));
    add("pay_showing_hurry", paying(pay(showing(20))));
    add("pay_showing_several", {
        let mut several = pay(showing(25));
        several.channel = channels().into_iter().next();
        let mut state = paying(several);
        state.service.channels = channels();
        state
    });
    add("pay_showing_worst", {
        let mut worst = pay(showing(119));
        worst.amount = Fen::new(999_999_999);
        worst.trouble_since = Some(NOW - 5_000);
        worst.channel = channels().into_iter().nth(2);
        if let Some(attempt) = worst.known.as_mut().and_then(|order| order.attempt.as_mut()) {
            attempt.code = Some(long_link());
        }
        let mut state = paying(worst);
        state.service.channels = channels();
        state
    });
    add("pay_closing", paying(pay(PayStage::Closing { reason: CancelReason::Customer, since: NOW })));
    add("pay_closed", {
        let mut closed = pay(PayStage::Closed);
        closed.notice = Some(Notice::ExpiredNothingTaken);
        paying(closed)
    });
    add("pay_failed", {
        let mut failed = pay(PayStage::Failed);
        failed.notice = Some(Notice::OrderRefused);
        paying(failed)
    });

    add("finished_posting", finished(Collect::Paid, Deliver::Posting));
    add("finished_posted", finished(Collect::Paid, Deliver::Posted));
    add(
        "finished_posted_rated",
        State { opinion: Some(Opinion::Good), ..finished(Collect::Paid, Deliver::Posted) },
    );
    add("finished_posted_ahead", {
        let mut order = order(Collect::Paid, Deliver::Posted);
        order.lines[0].credit_fen = Some(Fen::new(10_000));
        // As long as the backend makes them: on most panels it takes the room of the receipt's code.
        order.reference = "3F7K-9Q2M-XN".into();
        if let Some(receipt) = &mut order.receipt {
            receipt.number = "20261123-3F7K9Q2MXN".into();
        }
        at(Screen::Finished(Box::new(Finished { order, trouble_since: None })))
    });
    add("finished_refunding", finished(Collect::Paid, Deliver::Refunding));
    add("finished_refunded", finished(Collect::Paid, Deliver::Refunded));
    add("finished_review", finished(Collect::ManualReview, Deliver::None));

    add(
        "find_application",
        at(Screen::FindApplication(FindApplication {
            number: "261105000".into(),
            ..FindApplication::default()
        })),
    );
    add("find_application_by_phone", {
        at(Screen::FindApplication(FindApplication {
            way: WayToFind::AccountAndPhone,
            account: "5101234567127".into(),
            phone: "66".into(),
            at_phone: true,
            notice: Some(Notice::ApplicationUnknown),
            ..FindApplication::default()
        }))
    });
    add("applications", progress(vec![customers_move(), overdue(), finished_application()], None));
    add("progress_customer", progress(vec![customers_move()], Some(0)));
    add("progress_overdue", progress(vec![overdue()], Some(0)));
    add("progress_done", progress(vec![finished_application()], Some(0)));
    add("payment_closed", at(Screen::PaymentClosed(ClosedReason::Billing)));

    add("help", State { overlay: Some(Overlay::Help), ..at(Screen::Confirm(confirm())) });
    for (name, stage) in [
        ("call_calling", CallStage::Calling),
        ("call_called", CallStage::Called),
        ("call_taken", CallStage::Taken),
        ("call_unreachable", CallStage::Unreachable { asking: false }),
    ] {
        add(name, calling(stage));
    }
    add("ways", State { overlay: Some(Overlay::Ways), ..at(Screen::Confirm(confirm())) });
    add("languages", State { overlay: Some(Overlay::Languages), ..at(Screen::Confirm(confirm())) });
    add(
        "idle",
        State {
            overlay: Some(Overlay::IdleWarning { ends: NOW + 14_000 }),
            ..at(Screen::Confirm(confirm()))
        },
    );
    all
}

/// The guide was called from the page with the code.
fn calling(stage: CallStage) -> State {
    let request = CallRequest { id: uuid::Uuid::from_u128(1), place: Place::Pay, reference: None };
    State {
        call: Some(Call { request, stage, heard: NOW }),
        overlay: Some(Overlay::Call),
        ..paying(pay(showing(97)))
    }
}

/// Scenes by name.
pub fn scene(name: &str) -> State {
    scenes()
        .into_iter()
        .find(|scene| scene.name == name)
        .map(|scene| scene.state)
        .unwrap_or_else(|| panic!("no scene {name}"))
}

/// What of the customers above must not be seen where the hall looks on.
pub fn secrets() -> Vec<String> {
    ["张*", "𬱖", "解放路", "天府大道", "127", "890", "309.54", "李*"].map(str::to_owned).into()
}
