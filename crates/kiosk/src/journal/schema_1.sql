-- The kiosk's journal, version 1: what happened to its orders, one row a fact, never changed. Amounts are fen,
-- times Unix milliseconds of the kiosk's own clock (for people; they decide nothing). Nothing here is personal.

CREATE TABLE entry (
    seq        INTEGER PRIMARY KEY,
    order_id   TEXT    NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('named', 'stands', 'ended')),
    amount_fen INTEGER,
    version    INTEGER,
    collect    TEXT,
    at         INTEGER NOT NULL,
    hash       BLOB    NOT NULL CHECK (length(hash) = 32),
    CHECK ((kind = 'named') = (amount_fen IS NOT NULL)),
    CHECK ((kind = 'stands') = (version IS NOT NULL AND collect IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX entry_named ON entry (order_id) WHERE kind = 'named';
CREATE UNIQUE INDEX entry_ended ON entry (order_id) WHERE kind = 'ended';

-- Where the chain of hashes begins: the last row that was pruned.
CREATE TABLE anchor (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    seq  INTEGER NOT NULL,
    hash BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

INSERT INTO anchor VALUES (1, 0, zeroblob(32));

CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;

CREATE TRIGGER entry_is_only_pruned BEFORE DELETE ON entry WHEN OLD.seq > (SELECT seq FROM anchor)
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
