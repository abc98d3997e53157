-- What a sandbox needs that misbehaves on demand.

-- When a phone first opened the pay page: until then an Alipay-like channel has no such trade.
ALTER TABLE trade ADD COLUMN scanned_at INTEGER;
-- What was paid, where it is not what was asked.
ALTER TABLE trade ADD COLUMN paid_fen INTEGER CHECK (paid_fen > 0);

-- Second payments of a trade that was paid before.
CREATE TABLE paid_again (
    transaction_no TEXT    PRIMARY KEY,
    number         TEXT    NOT NULL REFERENCES trade (number),
    amount_fen     INTEGER NOT NULL CHECK (amount_fen > 0),
    paid_at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX paid_again_at ON paid_again (paid_at);

-- A payment may be told more than once, or in disguise; so the key is the message's own.
CREATE TABLE messages (
    key          TEXT    PRIMARY KEY,
    number       TEXT    NOT NULL REFERENCES trade (number),
    body         TEXT    NOT NULL,
    disguise     TEXT    CHECK (disguise IN ('forged', 'stale')),
    -- Waits for another message to overtake it, at most until next_at.
    held         INTEGER NOT NULL DEFAULT 0,
    tries        INTEGER NOT NULL DEFAULT 0,
    next_at      INTEGER NOT NULL,
    delivered_at INTEGER
) STRICT, WITHOUT ROWID;

INSERT INTO messages (key, number, body, tries, next_at, delivered_at)
    SELECT event_id, number, body, tries, next_at, delivered_at FROM outbox;
DROP TABLE outbox;
ALTER TABLE messages RENAME TO outbox;
CREATE INDEX outbox_due ON outbox (next_at) WHERE delivered_at IS NULL;
