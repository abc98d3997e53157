-- The embedded billing system. Amounts are fen. Days are whole numbers yyyymmdd and months yyyymm: they sort, are
-- small (a million accounts have tens of millions of bills) and are read without a parser.

CREATE TABLE accounts (
    id           INTEGER PRIMARY KEY,
    number       TEXT    NOT NULL UNIQUE CHECK (length(number) = 13),
    name         TEXT    NOT NULL,
    address      TEXT    NOT NULL,
    phone        TEXT    NOT NULL,
    class        TEXT    NOT NULL,
    capacity_kva INTEGER NOT NULL DEFAULT 0 CHECK (capacity_kva >= 0),
    closed_on    INTEGER,
    credit_fen   INTEGER NOT NULL DEFAULT 0 CHECK (credit_fen >= 0)
) STRICT;

-- What the meter's registers showed at the end of a month, in kWh and kvarh (already times the transformer ratio).
CREATE TABLE readings (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    period     INTEGER NOT NULL,
    sharp      INTEGER NOT NULL,
    peak       INTEGER NOT NULL,
    flat       INTEGER NOT NULL,
    valley     INTEGER NOT NULL,
    reactive   INTEGER NOT NULL,
    PRIMARY KEY (account_id, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE bills (
    account_id    INTEGER NOT NULL REFERENCES accounts (id),
    period        INTEGER NOT NULL,
    kwh           INTEGER NOT NULL CHECK (kwh >= 0),
    amount_fen    INTEGER NOT NULL CHECK (amount_fen >= 0),
    due           INTEGER NOT NULL,
    paid_fen      INTEGER NOT NULL DEFAULT 0 CHECK (paid_fen BETWEEN 0 AND amount_fen),
    late_paid_fen INTEGER NOT NULL DEFAULT 0 CHECK (late_paid_fen >= 0),
    -- The late fee collected up to and including accrued_to, in 1/10000 fen: a part payment changes what it grows on.
    accrued       INTEGER NOT NULL DEFAULT 0 CHECK (accrued >= 0),
    accrued_to    INTEGER NOT NULL,
    PRIMARY KEY (account_id, period)
) STRICT, WITHOUT ROWID;

-- One row for each payment. The unique key makes a double impossible, whatever the code does.
CREATE TABLE postings (
    id          INTEGER PRIMARY KEY,
    key         TEXT    NOT NULL UNIQUE CHECK (length(key) BETWEEN 1 AND 64),
    number      TEXT    NOT NULL UNIQUE,
    account_id  INTEGER NOT NULL REFERENCES accounts (id),
    amount_fen  INTEGER NOT NULL CHECK (amount_fen > 0),
    periods     TEXT    NOT NULL,
    exact       INTEGER NOT NULL,
    paid_at     TEXT    NOT NULL,
    day         INTEGER NOT NULL,
    surplus_fen INTEGER NOT NULL CHECK (surplus_fen >= 0),
    arrears_fen INTEGER NOT NULL,
    credit_fen  INTEGER NOT NULL
) STRICT;
CREATE INDEX postings_by_day ON postings (day);

-- What each payment settled. With the surplus it adds up to the posting's amount.
CREATE TABLE settlements (
    posting_id    INTEGER NOT NULL REFERENCES postings (id),
    period        INTEGER NOT NULL,
    principal_fen INTEGER NOT NULL CHECK (principal_fen >= 0),
    late_fen      INTEGER NOT NULL CHECK (late_fen >= 0),
    PRIMARY KEY (posting_id, period)
) STRICT, WITHOUT ROWID;

-- Keys that can never be posted: fenced, or refused for good. A refusal stays one, so that a refund may rely on it.
CREATE TABLE refused_keys (
    key  TEXT PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 64),
    code TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE applications (
    id         INTEGER PRIMARY KEY,
    number     TEXT    NOT NULL UNIQUE,
    account_id INTEGER REFERENCES accounts (id),
    service    TEXT    NOT NULL,
    applicant  TEXT    NOT NULL,
    capacity   INTEGER NOT NULL CHECK (capacity >= 0),
    accepted   INTEGER NOT NULL
) STRICT;
CREATE INDEX applications_by_account ON applications (account_id);

-- The internal states that an application entered, in order.
CREATE TABLE application_events (
    application_id INTEGER NOT NULL REFERENCES applications (id),
    seq            INTEGER NOT NULL,
    day            INTEGER NOT NULL,
    state          TEXT    NOT NULL,
    PRIMARY KEY (application_id, seq)
) STRICT, WITHOUT ROWID;

-- Written last by the demo data, so that a run that was cut off is told from a finished one.
CREATE TABLE demo_data (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    showcase TEXT    NOT NULL
) STRICT;
