//! Does the oracle notice? Books that agree are changed in one place at a time; each change must be found.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use powerhall_kills::books;
use rusqlite::Connection;

/// What is changed, and a word of the complaint that must follow.
struct Tampering {
    what: &'static str,
    file: &'static str,
    sql: &'static str,
    complaint: &'static str,
}

const fn tampering(
    what: &'static str,
    file: &'static str,
    sql: &'static str,
    complaint: &'static str,
) -> Tampering {
    Tampering { what, file, sql, complaint }
}

const UNEQUAL: &str = "what was taken is not what was posted";

#[rustfmt::skip]
const TAMPERINGS: &[Tampering] = &[
    // What billing has.
    tampering("a payment is not posted", "billing.db", "DELETE FROM postings WHERE id = (SELECT MIN(id) FROM postings)", UNEQUAL),
    tampering("a payment is posted twice", "billing.db",
        "INSERT INTO postings (id, key, number, kind, account_id, amount_fen, periods, exact, paid_at, day, surplus_fen,
             arrears_fen, credit_fen, quoted_on)
         SELECT id + 100000, key || 'X', number || 'X', kind, account_id, amount_fen, periods, exact, paid_at, day, surplus_fen,
             arrears_fen, credit_fen, quoted_on FROM postings LIMIT 1", "billing knows the posting"),
    tampering("a fen more is posted", "billing.db", "UPDATE postings SET amount_fen = amount_fen + 1 WHERE id = (SELECT MIN(id) FROM postings)", UNEQUAL),
    tampering("another account gets it", "billing.db",
        "UPDATE postings SET account_id = (SELECT MIN(id) FROM accounts WHERE id <> account_id) WHERE id = (SELECT MIN(id) FROM postings)",
        "an account that was not ordered"),
    // What the channel has.
    tampering("a refund is missing", "sandbox.db", "DELETE FROM refund WHERE refund_number = (SELECT MIN(refund_number) FROM refund)", UNEQUAL),
    tampering("a refund is made twice", "sandbox.db",
        "INSERT INTO refund SELECT refund_number || 'X', number, amount_fen, total_fen, reason, transaction_no || 'X', accepted_at, done_at
             FROM refund LIMIT 1", "the channel knows the refund"),
    tampering("a refund is a fen short", "sandbox.db",
        "UPDATE refund SET amount_fen = amount_fen - 1 WHERE refund_number = (SELECT MIN(refund_number) FROM refund)", UNEQUAL),
    tampering("a receipt without a payment", "sandbox.db",
        "UPDATE trade SET state = 'closed', transaction_no = NULL, paid_at = NULL
             WHERE number = (SELECT MIN(number) FROM trade WHERE state = 'paid')", UNEQUAL),
    tampering("a payment is a fen short", "sandbox.db",
        "UPDATE trade SET paid_fen = amount_fen - 1 WHERE number = (SELECT MIN(number) FROM trade WHERE state = 'paid')", UNEQUAL),
    tampering("a payment that we never heard of", "sandbox.db",
        "UPDATE trade SET state = 'paid', transaction_no = 'X', paid_at = created_at
             WHERE number = (SELECT MIN(number) FROM trade WHERE state = 'closed')", UNEQUAL),
    tampering("a code is paid twice", "sandbox.db",
        "INSERT INTO paid_again SELECT 'X', number, amount_fen, paid_at FROM trade WHERE state = 'paid' LIMIT 1", UNEQUAL),
    tampering("a number that we never made", "sandbox.db",
        "INSERT INTO trade SELECT number || 'X', token || 'X', amount_fen, subject, created_at, expires_at, 'closed', NULL, NULL, NULL, NULL
             FROM trade LIMIT 1", "the backend does not"),
    tampering("a live code is left behind", "sandbox.db",
        "UPDATE trade SET state = 'pending' WHERE number = (SELECT MIN(number) FROM trade WHERE state = 'closed')", "a live code"),
    // What the backend has.
    tampering("a ledger entry is removed", "backend.db", "DELETE FROM ledger WHERE entry = (SELECT MIN(entry) FROM ledger WHERE entry LIKE 'paid:%')", "the ledger knows another sum of the channel"),
    tampering("a posting's entry is removed", "backend.db", "DELETE FROM ledger WHERE entry = (SELECT MIN(entry) FROM ledger WHERE entry LIKE 'posted:%')", "the ledger knows another sum of the account"),
    tampering("one side of an entry is removed", "backend.db",
        "DELETE FROM ledger WHERE account = 'suspense' AND entry = (SELECT MIN(entry) FROM ledger)", "1 sides"),
    tampering("one side of an entry is a fen more", "backend.db",
        "UPDATE ledger SET amount_fen = amount_fen + 1 WHERE account = 'suspense' AND entry = (SELECT MIN(entry) FROM ledger)", "that sum to"),
    tampering("an event is removed", "backend.db", "DELETE FROM events WHERE seq = (SELECT MAX(seq) FROM events)", "events are left"),
    tampering("an order has moved without an event", "backend.db",
        "UPDATE orders SET version = version + 1 WHERE id = (SELECT MIN(id) FROM orders)", "a change without an event"),
    tampering("a paid order is closed", "backend.db",
        "UPDATE orders SET collect = 'closed' WHERE id = (SELECT MIN(id) FROM orders WHERE collect = 'paid')", "paid here and not there"),
    tampering("a closed order is paid", "backend.db",
        "UPDATE orders SET collect = 'paid' WHERE id = (SELECT MIN(id) FROM orders WHERE collect = 'closed')", "paid here and not there"),
    tampering("an order has another amount", "backend.db",
        "UPDATE orders SET amount_fen = amount_fen + 1 WHERE id = (SELECT MIN(id) FROM orders)", "amounts differ"),
    tampering("an attempt is forgotten", "backend.db",
        "DELETE FROM attempts WHERE number = (SELECT MIN(number) FROM attempts WHERE state = 'paid')", "the backend does not"),
    tampering("something is put on the list that was never taken", "backend.db",
        "INSERT INTO reviews SELECT 'X', id, 'made up', 100, 0 FROM orders LIMIT 1", UNEQUAL),
    tampering("money without an order is on the list", "backend.db",
        "INSERT INTO reviews VALUES ('X', NULL, 'made up', 100, 0)", "of no order"),
    tampering("a journal's row is lost at the backend", "backend.db",
        "DELETE FROM journal WHERE kiosk = 'kiosk-1' AND seq = 1", "holds other rows"),
    tampering("a journal's row is another at the backend", "backend.db",
        "UPDATE journal SET hash = zeroblob(32) WHERE kiosk = 'kiosk-1' AND seq = 1", "holds other rows"),
    // What the kiosk has.
    tampering("a row of the journal is changed", "kiosk-1/journal.db", "UPDATE entry SET amount_fen = amount_fen + 1 WHERE seq = 1", "the chain of hashes breaks"),
    tampering("a row of the journal is missing", "kiosk-1/journal.db", "DELETE FROM entry WHERE seq = 2", "the chain of hashes breaks"),
    tampering("the journal's tail is lost", "kiosk-1/journal.db", "DELETE FROM entry WHERE seq = (SELECT MAX(seq) FROM entry)", "the kiosk does not"),
    tampering("the journal is another book", "kiosk-1/journal.db", "UPDATE book SET id = '01900000-0000-7000-8000-000000000000'", "holds other rows"),
];

/// Changes what the books themselves refuse to have changed.
fn execute(file: &Path, sql: &str) -> usize {
    let file = Connection::open(file).expect("opens");
    file.pragma_update(None, "foreign_keys", false).expect("sets");
    let mut query = file.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").expect("reads");
    let triggers: Vec<String> =
        query.query_map([], |row| row.get(0)).expect("reads").collect::<Result<_, _>>().expect("reads");
    for trigger in triggers {
        file.execute_batch(&format!("DROP TRIGGER {trigger}")).expect("drops");
    }
    file.execute(sql, []).expect("changes")
}

/// Lets `change` at a copy of a hall and gives the oracle's complaint.
fn complaint(change: impl FnOnce(&Path)) -> String {
    let copy = tempfile::tempdir().expect("a folder");
    super::copy(&super::HALL, copy.path());
    change(copy.path());
    match books::compare(copy.path()) {
        Ok(sums) => format!("nothing was noticed: {sums}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_oracle_notices_whatever_is_changed_in_one_place() {
    assert!(complaint(|_| {}).starts_with("nothing was noticed"), "unchanged books agree");
    for Tampering { what, file, sql, complaint: expected } in TAMPERINGS {
        let found =
            complaint(|hall| assert!(execute(&hall.join(file), sql) > 0, "{what}: nothing to change"));
        assert!(found.contains(expected), "{what}: expected “{expected}”: {found}");
    }
}

#[test]
fn the_oracle_notices_what_customers_should_not_have_read() {
    let order = |hall: &Path, collect: &str| -> String {
        let backend = Connection::open(hall.join("backend.db")).expect("opens");
        let sql = "SELECT MIN(id) FROM orders WHERE collect = ?1";
        backend.query_row(sql, [collect], |row| row.get(0)).expect("an order")
    };
    let later = i64::MAX;
    for (collect, word, at) in
        [("closed", "paid", later), ("paid", "paid", 0), ("paid", "nothing-taken", later)]
    {
        let found = complaint(|hall| {
            let line = format!("{at} {word} {}\n", order(hall, collect));
            append(&hall.join("told.log"), &line);
        });
        assert!(found.contains("the customer read"), "{word} of a {collect} order: {found}");
    }
}

#[test]
fn the_oracle_notices_a_customer_in_the_clear() {
    for column in ["number", "name", "address", "phone"] {
        for file in ["kiosk-1.log", "kiosk-2/left-over", "backend.log"] {
            let found = complaint(|hall| {
                let billing = Connection::open(hall.join("billing.db")).expect("opens");
                let sql = format!("SELECT {column} FROM accounts ORDER BY id DESC LIMIT 1");
                let secret: String = billing.query_row(&sql, [], |row| row.get(0)).expect("an account");
                append(&hall.join(file), &secret);
            });
            assert!(found.contains(&format!("a customer's {column} lies in")), "{file}: {found}");
        }
    }
}

fn append(path: &Path, words: &str) {
    let mut file = File::options().create(true).append(true).open(path).expect("opens");
    file.write_all(words.as_bytes()).expect("writes");
}
