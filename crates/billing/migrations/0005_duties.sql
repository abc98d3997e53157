-- What is paid besides bills: money for prepaid meters and the fees of applications; and what follows a payment.

-- A fee is posted to an application, which need not have an account. SQLite cannot change a column, so both tables are
-- made anew with what stands in them.
CREATE TABLE postings_5 (
    id             INTEGER PRIMARY KEY,
    key            TEXT    NOT NULL UNIQUE CHECK (length(key) BETWEEN 1 AND 64),
    number         TEXT    NOT NULL UNIQUE,
    kind           TEXT    NOT NULL CHECK (kind IN ('account', 'recharge', 'fee')),
    account_id     INTEGER REFERENCES accounts (id),
    application_id INTEGER REFERENCES applications (id),
    item           INTEGER,
    amount_fen     INTEGER NOT NULL CHECK (amount_fen > 0),
    periods        TEXT    NOT NULL,
    exact          INTEGER NOT NULL,
    paid_at        TEXT    NOT NULL,
    day            INTEGER NOT NULL,
    surplus_fen    INTEGER NOT NULL CHECK (surplus_fen >= 0),
    arrears_fen    INTEGER NOT NULL,
    credit_fen     INTEGER NOT NULL,
    quoted_on      INTEGER,
    CHECK ((kind = 'fee') = (application_id IS NOT NULL)),
    CHECK ((kind = 'fee') = (item IS NOT NULL)),
    CHECK ((kind = 'fee') = (account_id IS NULL)),
    -- A fee is paid once, whatever the code does.
    UNIQUE (application_id, item)
) STRICT;
INSERT INTO postings_5 (id, key, number, kind, account_id, amount_fen, periods, exact, paid_at, day, surplus_fen,
                        arrears_fen, credit_fen, quoted_on)
SELECT id, key, number, 'account', account_id, amount_fen, periods, exact, paid_at, day, surplus_fen, arrears_fen,
       credit_fen, quoted_on FROM postings;

CREATE TABLE settlements_5 (
    posting_id    INTEGER NOT NULL REFERENCES postings_5 (id),
    period        INTEGER NOT NULL,
    principal_fen INTEGER NOT NULL CHECK (principal_fen >= 0),
    late_fen      INTEGER NOT NULL CHECK (late_fen >= 0),
    PRIMARY KEY (posting_id, period)
) STRICT, WITHOUT ROWID;
INSERT INTO settlements_5 SELECT posting_id, period, principal_fen, late_fen FROM settlements;
DROP TABLE settlements;
DROP TABLE postings;
ALTER TABLE postings_5 RENAME TO postings;
ALTER TABLE settlements_5 RENAME TO settlements;
CREATE INDEX postings_by_day ON postings (day);

-- The meters of accounts that are paid for in advance (预购电). The last three columns say how this system plays a
-- recharge: milliseconds until it is sent and until the meter has answered, and whether the meter takes it.
CREATE TABLE meters (
    account_id  INTEGER PRIMARY KEY REFERENCES accounts (id),
    balance_fen INTEGER NOT NULL,
    -- When the meter said so (milliseconds since 1970); NULL: it has not been heard.
    said_at     INTEGER,
    is_online   INTEGER NOT NULL CHECK (is_online IN (0, 1)),
    least_fen   INTEGER NOT NULL CHECK (least_fen > 0),
    sent_ms     INTEGER NOT NULL CHECK (sent_ms >= 0),
    answered_ms INTEGER NOT NULL CHECK (answered_ms >= sent_ms),
    takes_it    INTEGER NOT NULL CHECK (takes_it IN (0, 1))
) STRICT;
-- Money on its way to a meter; without a posting when it was paid elsewhere.
CREATE TABLE recharges (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES meters (account_id),
    posting_id INTEGER UNIQUE REFERENCES postings (id),
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
    asked_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX recharges_of_account ON recharges (account_id);

-- Supplies that are cut off for what is owed (欠费停电), and how this system plays their reconnection: milliseconds until
-- it begins and until it has ended, and whether it can be done from afar.
CREATE TABLE cut_offs (
    account_id INTEGER PRIMARY KEY REFERENCES accounts (id),
    since      INTEGER NOT NULL,
    begun_ms   INTEGER NOT NULL CHECK (begun_ms >= 0),
    ended_ms   INTEGER NOT NULL CHECK (ended_ms >= begun_ms),
    works      INTEGER NOT NULL CHECK (works IN (0, 1))
) STRICT;
-- Payments of accounts that are cut off. `enough`: it asked for the reconnection; only one does.
CREATE TABLE reconnections (
    posting_id INTEGER PRIMARY KEY REFERENCES postings (id),
    account_id INTEGER NOT NULL REFERENCES cut_offs (account_id),
    enough     INTEGER NOT NULL CHECK (enough IN (0, 1)),
    asked_at   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX reconnections_asked ON reconnections (account_id) WHERE enough = 1;

-- The fees that are due on applications (业务费用), by the prices of the day on which they were decided. What they come
-- to is computed from the hall's data.
CREATE TABLE fee_items (
    application_id INTEGER NOT NULL REFERENCES applications (id),
    item           INTEGER NOT NULL CHECK (item > 0),
    fee            TEXT    NOT NULL,
    decided        INTEGER NOT NULL,
    -- For a fee by the case; NULL for one by capacity, which has feeders.
    cases          INTEGER CHECK (cases > 0),
    PRIMARY KEY (application_id, item)
) STRICT, WITHOUT ROWID;
CREATE TABLE fee_feeders (
    application_id INTEGER NOT NULL,
    item           INTEGER NOT NULL,
    feeder         INTEGER NOT NULL,
    voltage        TEXT    NOT NULL,
    laying         TEXT    NOT NULL,
    own_line       INTEGER NOT NULL CHECK (own_line IN (0, 1)),
    capacity       INTEGER NOT NULL CHECK (capacity >= 0),
    PRIMARY KEY (application_id, item, feeder),
    FOREIGN KEY (application_id, item) REFERENCES fee_items (application_id, item)
) STRICT, WITHOUT ROWID;
-- Fees that go back to whoever paid them, by the cashier.
CREATE TABLE fee_refunds (
    application_id INTEGER NOT NULL REFERENCES applications (id),
    fee            TEXT    NOT NULL,
    amount_fen     INTEGER NOT NULL CHECK (amount_fen > 0),
    state          TEXT    NOT NULL CHECK (state IN ('open', 'asked', 'granted', 'done')),
    since          INTEGER NOT NULL,
    PRIMARY KEY (application_id, fee)
) STRICT, WITHOUT ROWID;
