-- The days' books: the statements that were taken in, and the days that were closed.

-- One row for each content that a channel's statement of a day has had; the last is the one that holds.
CREATE TABLE recon_batches (
    channel TEXT NOT NULL,
    day     TEXT NOT NULL,
    content TEXT NOT NULL CHECK (length(content) = 64),
    lines   INTEGER NOT NULL,
    sum_fen INTEGER NOT NULL,
    who     TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (channel, day, content)
) STRICT, WITHOUT ROWID;
-- What they said. `name` is the number of the payment or of the refund.
CREATE TABLE recon_lines (
    channel    TEXT NOT NULL,
    day        TEXT NOT NULL,
    content    TEXT NOT NULL,
    place      INTEGER NOT NULL,
    name       TEXT NOT NULL,
    line       TEXT NOT NULL,
    PRIMARY KEY (channel, day, content, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX recon_lines_by_name ON recon_lines (name);
CREATE TABLE recon_closes (
    day     TEXT PRIMARY KEY NOT NULL,
    content TEXT NOT NULL,
    who     TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER batches_are_history BEFORE UPDATE ON recon_batches BEGIN SELECT RAISE(ABORT, 'books are append-only'); END;
CREATE TRIGGER batches_stay BEFORE DELETE ON recon_batches BEGIN SELECT RAISE(ABORT, 'books are append-only'); END;
CREATE TRIGGER lines_are_history BEFORE UPDATE ON recon_lines BEGIN SELECT RAISE(ABORT, 'books are append-only'); END;
CREATE TRIGGER lines_stay BEFORE DELETE ON recon_lines BEGIN SELECT RAISE(ABORT, 'books are append-only'); END;
CREATE TRIGGER closes_are_history BEFORE UPDATE ON recon_closes BEGIN SELECT RAISE(ABORT, 'a closed day stays closed'); END;
CREATE TRIGGER closes_stay BEFORE DELETE ON recon_closes BEGIN SELECT RAISE(ABORT, 'a closed day stays closed'); END;

CREATE INDEX ledger_by_time ON ledger (at);
CREATE INDEX journal_by_time ON journal (at);
CREATE INDEX journal_of_kiosk ON journal (kiosk, at);
