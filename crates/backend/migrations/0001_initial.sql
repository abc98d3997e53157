-- The first shape. Forward only: a later change is a further file, and it must carry open orders over.
-- Moments are milliseconds since 1970-01-01T00:00:00Z; amounts are whole fen.

CREATE TABLE kiosks (
    id            TEXT PRIMARY KEY NOT NULL,
    secret_sha256 BLOB NOT NULL CHECK (length(secret_sha256) = 32),
    added_at      INTEGER NOT NULL,
    seen_at       INTEGER,
    version       TEXT
) STRICT, WITHOUT ROWID;

-- `body` is the order as crates/money knows it; it holds no personal data. `quote` is what was owed when it was
-- ordered, with the accounts to post to; it is kept as long as the order.
CREATE TABLE orders (
    id          TEXT PRIMARY KEY NOT NULL,
    kiosk       TEXT NOT NULL,
    version     INTEGER NOT NULL CHECK (version > 0),
    reference   TEXT NOT NULL UNIQUE,
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    is_open     INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    collect     TEXT NOT NULL,
    amount_fen  INTEGER NOT NULL CHECK (amount_fen > 0),
    body        TEXT NOT NULL,
    quote       TEXT NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_open ON orders (kiosk, created_at) WHERE is_open = 1;

-- The numbers that are out in the world. They make doubles impossible, and lead from a number to its order.
CREATE TABLE attempts (
    number     TEXT PRIMARY KEY NOT NULL,
    order_id   TEXT NOT NULL REFERENCES orders (id),
    no         INTEGER NOT NULL,
    channel    TEXT NOT NULL,
    state      TEXT NOT NULL,
    UNIQUE (order_id, no)
) STRICT, WITHOUT ROWID;
CREATE TABLE postings (
    key        TEXT PRIMARY KEY NOT NULL,
    order_id   TEXT NOT NULL REFERENCES orders (id),
    line       INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
    state      TEXT NOT NULL,
    UNIQUE (order_id, line)
) STRICT, WITHOUT ROWID;
-- `line` is -1 when the whole attempt goes back (NULLs would not be unique).
CREATE TABLE refunds (
    number     TEXT PRIMARY KEY NOT NULL,
    order_id   TEXT NOT NULL REFERENCES orders (id),
    attempt    INTEGER NOT NULL,
    line       INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
    state      TEXT NOT NULL,
    UNIQUE (order_id, attempt, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id TEXT NOT NULL REFERENCES orders (id),
    version  INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    part     TEXT NOT NULL,
    was      TEXT,
    became   TEXT,
    detail   TEXT
) STRICT;
CREATE INDEX events_of_order ON events (order_id, seq);

-- What is next for each part of an order. A row stands here before the thing is tried.
CREATE TABLE jobs (
    order_id    TEXT NOT NULL REFERENCES orders (id),
    part        TEXT NOT NULL,
    task        TEXT NOT NULL,
    due_at      INTEGER NOT NULL,
    tries       INTEGER NOT NULL,
    claims      INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (order_id, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_due ON jobs (due_at);

-- Two rows an entry; the sides of an entry sum to zero.
CREATE TABLE ledger (
    entry      TEXT NOT NULL,
    account    TEXT NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen <> 0),
    order_id   TEXT NOT NULL REFERENCES orders (id),
    at         INTEGER NOT NULL,
    PRIMARY KEY (entry, account)
) STRICT, WITHOUT ROWID;

-- Notifications that were taken in, by the channel's own id of the event.
CREATE TABLE inbox (
    channel  TEXT NOT NULL,
    event_id TEXT NOT NULL,
    number   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (channel, event_id)
) STRICT, WITHOUT ROWID;

-- What a person must look at.
CREATE TABLE reviews (
    key        TEXT PRIMARY KEY NOT NULL,
    order_id   TEXT REFERENCES orders (id),
    reason     TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    at         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- History is only ever added to.
CREATE TRIGGER events_are_history BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_stay BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER ledger_is_history BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_stays BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
