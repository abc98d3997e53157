-- What was paid by other ways than through the port (counters, banks, apps). A row settles a part of one month; rows of one
-- number are one payment.
CREATE TABLE paid_elsewhere (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    day        INTEGER NOT NULL,
    number     TEXT    NOT NULL CHECK (length(number) BETWEEN 1 AND 40),
    period     INTEGER NOT NULL,
    paid_at    TEXT    NOT NULL,
    way        TEXT    NOT NULL,
    amount_fen INTEGER NOT NULL CHECK (amount_fen > 0),
    PRIMARY KEY (account_id, day, number, period)
) STRICT, WITHOUT ROWID;
CREATE INDEX postings_by_account ON postings (account_id, day);

-- The unified social credit code (统一社会信用代码) of a company, for its invoices.
ALTER TABLE accounts ADD COLUMN taxpayer TEXT CHECK (length(taxpayer) = 18);
