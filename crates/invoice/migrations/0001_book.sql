-- The sandbox's book: one invoice for each request. Nothing of whom it was issued to.
CREATE TABLE invoices (
    id        INTEGER PRIMARY KEY,
    request   TEXT    NOT NULL UNIQUE CHECK (length(request) BETWEEN 1 AND 64),
    number    TEXT    NOT NULL UNIQUE CHECK (length(number) = 20),
    at        TEXT    NOT NULL,
    total_fen INTEGER NOT NULL CHECK (total_fen > 0),
    tax_fen   INTEGER NOT NULL CHECK (tax_fen BETWEEN 0 AND total_fen)
) STRICT;
