-- Version 2: the file gets a name, remembers what the backend holds, and keeps what the backend refused.

-- Which book this is, and the last row that the backend holds or has refused for good. The program fills it in.
CREATE TABLE book (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    id            TEXT    NOT NULL,
    acked_through INTEGER NOT NULL CHECK (acked_through >= 0)
) STRICT;

-- Rows that the backend refused, with its word for the reason. Kept until a person has looked into them.
CREATE TABLE quarantine (
    seq        INTEGER PRIMARY KEY,
    order_id   TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    amount_fen INTEGER,
    version    INTEGER,
    collect    TEXT,
    at         INTEGER NOT NULL,
    hash       BLOB    NOT NULL,
    code       TEXT    NOT NULL,
    refused_at INTEGER NOT NULL
) STRICT;
