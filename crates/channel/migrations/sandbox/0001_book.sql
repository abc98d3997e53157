-- The sandbox channel's own book: what a payment company would remember. Times are Unix milliseconds, amounts fen.

CREATE TABLE owner (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    channel  TEXT NOT NULL,
    merchant TEXT NOT NULL
) STRICT;

CREATE TABLE trade (
    number         TEXT    PRIMARY KEY,
    token          TEXT    NOT NULL UNIQUE,
    amount_fen     INTEGER NOT NULL CHECK (amount_fen > 0),
    subject        TEXT    NOT NULL,
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL,
    state          TEXT    NOT NULL CHECK (state IN ('pending', 'paid', 'closed', 'expired')),
    transaction_no TEXT    UNIQUE,
    paid_at        INTEGER,
    CHECK ((state = 'paid') = (transaction_no IS NOT NULL AND paid_at IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX trade_paid_at ON trade (paid_at) WHERE paid_at IS NOT NULL;

CREATE TABLE refund (
    refund_number  TEXT    PRIMARY KEY,
    number         TEXT    NOT NULL REFERENCES trade (number),
    amount_fen     INTEGER NOT NULL CHECK (amount_fen > 0),
    total_fen      INTEGER NOT NULL,
    reason         TEXT    NOT NULL,
    transaction_no TEXT    NOT NULL UNIQUE,
    accepted_at    INTEGER NOT NULL,
    done_at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX refund_number ON refund (number);
CREATE INDEX refund_accepted_at ON refund (accepted_at);

-- What the merchant must still be told. Written in the same transaction as the payment.
CREATE TABLE outbox (
    event_id     TEXT    PRIMARY KEY,
    number       TEXT    NOT NULL UNIQUE REFERENCES trade (number),
    body         TEXT    NOT NULL,
    tries        INTEGER NOT NULL DEFAULT 0,
    next_at      INTEGER NOT NULL,
    delivered_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_due ON outbox (next_at) WHERE delivered_at IS NULL;
