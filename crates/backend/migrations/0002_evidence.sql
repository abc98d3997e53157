-- Who changed an order, why and by what evidence; the kiosks' journals; what people decided; the days' books.

-- Events of before know it by their kind only.
ALTER TABLE events ADD COLUMN who TEXT NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE events ADD COLUMN evidence TEXT;

-- Versions only grow, what an order is never changes, and no order goes away.
CREATE TRIGGER orders_grow BEFORE UPDATE ON orders
WHEN NEW.version <= OLD.version OR NEW.id <> OLD.id OR NEW.kiosk <> OLD.kiosk OR NEW.reference <> OLD.reference
     OR NEW.fingerprint <> OLD.fingerprint OR NEW.amount_fen <> OLD.amount_fen OR NEW.quote <> OLD.quote
     OR NEW.created_at <> OLD.created_at
BEGIN SELECT RAISE(ABORT, 'an order only moves on'); END;
CREATE TRIGGER orders_stay BEFORE DELETE ON orders BEGIN SELECT RAISE(ABORT, 'orders stay'); END;
CREATE INDEX orders_of_kiosk ON orders (kiosk, created_at);
CREATE INDEX orders_by_time ON orders (created_at);

CREATE TRIGGER inbox_is_history BEFORE UPDATE ON inbox BEGIN SELECT RAISE(ABORT, 'the inbox is append-only'); END;
CREATE TRIGGER inbox_stays BEFORE DELETE ON inbox BEGIN SELECT RAISE(ABORT, 'the inbox is append-only'); END;
CREATE TRIGGER reviews_are_history BEFORE UPDATE ON reviews BEGIN SELECT RAISE(ABORT, 'reviews are append-only'); END;
CREATE TRIGGER reviews_stay BEFORE DELETE ON reviews BEGIN SELECT RAISE(ABORT, 'reviews are append-only'); END;

-- What a person decided on a review, once.
CREATE TABLE review_decisions (
    key     TEXT PRIMARY KEY NOT NULL REFERENCES reviews (key),
    verdict TEXT NOT NULL,
    reason  TEXT NOT NULL,
    who     TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER decisions_are_history BEFORE UPDATE ON review_decisions
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decisions_stay BEFORE DELETE ON review_decisions
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;

-- The files that a kiosk's journal has lived in, as we first heard of them.
CREATE TABLE journal_books (
    kiosk TEXT NOT NULL,
    book  TEXT NOT NULL,
    at    INTEGER NOT NULL,
    PRIMARY KEY (kiosk, book)
) STRICT, WITHOUT ROWID;
-- Their rows as they were uploaded, the refused ones included (`refused` is the code). The newest row of a book is the
-- head of its chain.
CREATE TABLE journal (
    kiosk      TEXT NOT NULL,
    book       TEXT NOT NULL,
    seq        INTEGER NOT NULL CHECK (seq > 0),
    order_id   TEXT NOT NULL,
    fact       TEXT NOT NULL,
    kiosk_at   INTEGER NOT NULL,
    hash       BLOB NOT NULL CHECK (length(hash) = 32),
    refused    TEXT,
    at         INTEGER NOT NULL,
    PRIMARY KEY (kiosk, book, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_of_order ON journal (order_id);
CREATE TRIGGER journal_is_history BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'journals are append-only'); END;
CREATE TRIGGER journal_stays BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'journals are append-only'); END;
CREATE TRIGGER books_are_history BEFORE UPDATE ON journal_books
BEGIN SELECT RAISE(ABORT, 'journals are append-only'); END;
CREATE TRIGGER books_stay BEFORE DELETE ON journal_books BEGIN SELECT RAISE(ABORT, 'journals are append-only'); END;
