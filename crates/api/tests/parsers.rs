//! Both sides' bodies, bent: whatever comes in is read or refused without a panic, what was read writes the same again,
//! and nothing personal is shown by `Debug`.

use powerhall_api::{
    Aftermath, Applications, AttemptRequest, BillDetail, Bills, CallRequest, CancelRequest, CheckIn,
    CheckInAnswer, CodeSent, FoundAccounts, Hall, JournalAnswer, JournalUpload, Lookup, LookupRequest,
    MeasureBatch, Order, OrderRequest, Orders, Problem, ProofRequest, Quote, QuoteRequest,
};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Reads bent copies of `valid`; at least a tenth must be readable, or the bending tests nothing.
fn bend<T>(valid: Value)
where
    T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug,
{
    let read: T = serde_json::from_value(valid.clone()).expect("the sample is valid");
    let again = serde_json::to_vec(&read).expect("writes");
    assert_eq!(serde_json::from_slice::<T>(&again).expect("reads its own"), read);

    let mut runner = TestRunner::new(ProptestConfig::with_cases(300));
    let good = std::cell::Cell::new(0_u32);
    let all = runner.run(&powerhall_mangle::body(valid), |bytes| {
        if let Ok(read) = serde_json::from_slice::<T>(&bytes) {
            good.set(good.get() + 1);
            let again = serde_json::to_vec(&read).expect("writes what it has read");
            let same: T = serde_json::from_slice(&again).expect("reads what it has written");
            prop_assert_eq!(&same, &read);
        }
        Ok(())
    });
    all.unwrap_or_else(|error| panic!("{error}"));
    assert!(good.get() >= 30, "only {} of 300 could be read", good.get());
}

fn text(words: &str) -> Value {
    json!({"zh_CN": words, "en": "words"})
}

fn order() -> Value {
    json!({
        "order_id": "01890a5d-ac96-774b-bcce-b302099a8057", "version": 7, "collect": "paid",
        "amount_fen": 30_954, "reference": "3F7K-9Q2M-XC",
        "attempt": {"no": 1, "channel": "sandbox", "code": null, "seconds_left": null, "extendable": false},
        "lines": [{"line": 0, "amount_fen": 30_954, "deliver": "posted", "arrears_fen": 0, "credit_fen": -5}],
        "receipt": {"number": "20261123-3F7K9Q2MXC", "paid_at": "2026-11-23T10:00:00+08:00",
                    "transaction": "T1", "lines": [
                        {"line": 0, "duty": "arrears", "number_masked": "510*******127", "amount_fen": 30_954},
                        {"line": 1, "duty": "fees", "number_masked": "26110500**37", "name": text("费用"), "amount_fen": 5},
                    ]},
    })
}

#[test]
fn a_kiosk_reads_any_answer_about_an_order() {
    bend::<Order>(order());
    bend::<Orders>(json!({"orders": [order(), order()]}));
    bend::<Problem>(json!({
        "type": "urn:powerhall:problem:order_state", "title": "not now", "status": 409, "code": "order_state",
        "retryable": false, "detail": "closed", "request_id": "r-1",
    }));
}

#[test]
fn a_kiosk_reads_any_answer_about_a_customer() {
    bend::<Lookup>(json!({"reference": "r1", "kind": "account", "seconds_left": 600}));
    bend::<Lookup>(
        json!({"reference": "r1", "kind": "person", "seconds_left": 600, "proofs": ["id_last4", "code"]}),
    );
    bend::<CodeSent>(json!({"seconds_left": 300, "again_after": 60}));
    bend::<FoundAccounts>(json!({
        "accounts": [{
            "reference": "r2",
            "account": {"name_masked": "张*", "address_masked": "解放路**号",
                        "account_masked": "510*******127", "category": text("居民")},
        }],
        "more": false, "seconds_left": 600,
    }));
    let account = json!({"name_masked": "张*", "address_masked": "解放路**号",
                         "account_masked": "510*******127", "category": text("居民")});
    bend::<Quote>(json!({
        "quote_id": "q1", "seconds_left": 300,
        "lines": [{
            "line": 0, "duty": "arrears", "account": account,
            "bills": [{"period": "2026-09", "kwh": 186, "amount_fen": 10_007, "late_fee_fen": 421,
                       "due_date": "2026-09-25"}],
            "total_fen": 10_428, "credit_fen": 0, "min_fen": 1, "max_fen": 5_000_000,
            "cut_off": {"since": "2026-11-05", "reconnect_fen": 10_428},
        }, {
            "line": 1, "duty": "prepaid", "account": account,
            "total_fen": 0, "credit_fen": 0, "min_fen": 1000, "max_fen": 5_000_000,
            "prepaid": {"at_meter": {"balance_fen": -120, "as_of": "2026-11-23T10:00:00+08:00"},
                        "in_system_fen": 5000, "blocked": "earlier_unfinished"},
        }, {
            "line": 2, "duty": "fees",
            "total_fen": 7_000_000, "credit_fen": 0, "min_fen": 7_000_000, "max_fen": 7_000_000,
            "fee": {"application_masked": "26110500**37", "applicant_masked": "李*", "service": text("高压新装"),
                    "name": text("高可靠性供电费"), "rows": [{"name": text("10 千伏"), "text": text("315 × 220")}],
                    "basis": text("文号")},
        }],
    }));
    bend::<Aftermath>(json!({"lines": [
        {"line": 0, "reconnection": {"state": "on_its_way", "since": "2026-11-23T10:00:00+08:00"}},
        {"line": 1, "recharge": {"state": "failed", "since": "2026-11-23T10:00:00+08:00",
            "what_now": {"why": text("电能表没有收到"), "advice": text("请到柜台"), "place": text("一楼")}}},
    ]}));
    bend::<Bills>(json!({
        "months": [{"period": "2026-09", "kwh": 186, "amount_fen": 10_007, "state": "part"}],
        "tier": {"year": 2026, "used_kwh": 2440, "tier": 1, "left_kwh": 320},
        "month_tier": {"period": "2026-09", "used_kwh": 186, "tier": 2},
    }));
    bend::<BillDetail>(json!({
        "period": "2026-09", "kwh": 186, "amount_fen": 10_007, "paid_fen": 7, "state": "part",
        "due_date": "2026-10-25", "multiplier": 1,
        "readings": [{"register": "all", "from": 1, "to": 187, "quantity": 186}],
        "lines": [
            {"kind": "energy", "register": "all", "tier": null, "quantity": 186, "price": 5380, "amount_fen": 10_007},
            {"kind": "tier", "register": null, "tier": 2, "quantity": 0, "price": 500, "amount_fen": 0},
        ],
        "late_fee": {"total_fen": 600, "paid_fen": 0, "earlier_fen": 0, "least_fen": null,
                     "stretches": [{"amount_fen": 10_000, "rate": 10, "days": 60}], "basis": [text("《规则》")]},
    }));
    bend::<Applications>(json!({"applications": [{
        "number_masked": "2611****0037", "service": text("低压新装"), "applicant_masked": "李*",
        "summary": text("80 千瓦"), "accepted": "2026-11-05", "waiting_for": "customer",
        "now": text("补交房产证明"), "bring": [text("证明")], "place": text("一楼"), "promised": "2026-12-01",
        "working_days_left": -2, "promise": null, "promise_basis": [text("承诺")], "reference": "a1", "due_fen": 7_000_000,
        "plan": {"state": "ending", "valid_until": "2026-12-20", "extend_by": "2026-12-09", "basis": [text("一年")]},
        "contact": {"role": text("客户经理"), "phone_masked": "154******01", "ring_by": "2026-12-01",
                    "call_back": {"asked": "2026-11-30", "ring_by": "2026-12-01"}},
        "stages": [{"name": text("受理"), "state": "done", "date": "2026-11-05", "note": null}],
        "refunds": [{"name": text("临时接电费"), "amount_fen": 5, "state": "asked", "since": "2026-11-05",
                     "why": text("已取消"), "bring": [text("收据")], "place": text("一楼")}],
    }]}));
}

#[test]
fn a_kiosk_reads_any_answer_about_the_hall() {
    bend::<CheckInAnswer>(json!({
        "server_time": "2026-11-23T10:42:00+08:00", "payment_closed": null,
        "channels": [{"id": "sandbox", "name": text("扫码"), "wallets": [{"name": text("钱包")}]}],
        "call": {"id": "01890a5d-ac96-774b-bcce-b302099a8057", "state": "taken"},
    }));
    bend::<Hall>(json!({
        "edition": "e", "day": "2026-11-23", "tiles": ["pay", "guides"],
        "shelves": [{"key": "guides", "name": text("办事指南"), "groups": [{"name": text("新装用电"), "sheets": [{
            "name": text("居民新装"),
            "parts": [{"heading": text("办理时限"), "lines": [{"name": text("高压"), "text": text("7 个工作日")}]}],
        }]}]}],
    }));
    bend::<JournalAnswer>(json!({"acked_through": 7, "refused": [{"seq": 3, "code": "chain_broken"}]}));
}

#[test]
fn the_backend_reads_any_request() {
    bend::<LookupRequest>(json!({"by": "account", "account": "5101234567127"}));
    bend::<LookupRequest>(json!({"by": "account_phone", "account": "5101234567127", "phone_last4": "8890"}));
    bend::<LookupRequest>(json!({"by": "application", "application": "261105000037"}));
    bend::<LookupRequest>(json!({"by": "phone", "phone": "13900000000"}));
    bend::<LookupRequest>(json!({"by": "id_number", "id_number": "11010519491231002X"}));
    bend::<ProofRequest>(json!({"by": "id_last4", "id_last4": "002X"}));
    bend::<ProofRequest>(json!({"by": "phone_last4", "phone_last4": "8890"}));
    bend::<ProofRequest>(json!({"by": "code", "code": "012345"}));
    bend::<QuoteRequest>(json!({"references": ["r1", "r2"], "duty": "arrears"}));
    bend::<OrderRequest>(json!({
        "quote_id": "q1", "channel": "sandbox",
        "lines": [{"line": 0, "amount_fen": 10_428, "periods": ["2026-09"]}],
    }));
    bend::<AttemptRequest>(json!({"no": 2, "channel": "sandbox"}));
    bend::<CancelRequest>(json!({"reason": "customer"}));
    bend::<CheckIn>(json!({"version": "0.1.0", "journal_ok": true, "open_orders": 0,
                           "call": "01890a5d-ac96-774b-bcce-b302099a8057"}));
    bend::<CallRequest>(json!({"id": "01890a5d-ac96-774b-bcce-b302099a8057", "place": "pay",
                               "reference": "3F7K-9Q2M-X"}));
    bend::<MeasureBatch>(json!({"id": "01890a5d-ac96-774b-bcce-b302099a8057", "measures": [
        {"kind": "stay", "place": "pay", "left": "gave_up", "ms": 41_000},
        {"kind": "opinion", "place": "finished", "opinion": "good"},
    ]}));
    let hash = "0".repeat(64);
    bend::<JournalUpload>(json!({
        "book": "01890a5d-ac96-774b-bcce-b302099a8057", "before": hash,
        "entries": [
            {"seq": 1, "order_id": "01890a5d-ac96-774b-bcce-b302099a8057", "at": 1_700_000_000_000_i64,
             "fact": {"kind": "named", "amount_fen": 5}, "hash": hash},
            {"seq": 2, "order_id": "01890a5d-ac96-774b-bcce-b302099a8057", "at": 1_700_000_000_001_i64,
             "fact": {"kind": "stands", "version": 3, "collect": "paid"}, "hash": hash},
            {"seq": 3, "order_id": "01890a5d-ac96-774b-bcce-b302099a8057", "at": 1_700_000_000_002_i64,
             "fact": {"kind": "ended"}, "hash": hash},
        ],
    }));
}

proptest! {
    /// Fields stand between JSON's own quotes: a name that holds any separator arrives whole (docs/losses.md, 7 of the halls).
    #[test]
    fn hall_7_a_name_with_any_separator_arrives_whole(name: String, address in "[@$!#|,;:&=%\\\\\"\u{0}-\u{1f}]{0,40}") {
        let mut sent: Value = json!({"name_masked": name, "address_masked": address,
            "account_masked": "x", "category": {}});
        sent["category"][name.clone()] = json!(address);
        let read: powerhall_api::Account = serde_json::from_str(&sent.to_string()).expect("reads");
        prop_assert_eq!(read.name_masked.reveal(), &name);
        prop_assert_eq!(read.address_masked.reveal(), &address);
        prop_assert_eq!(read.category.get(&name), Some(&address));
    }
}
