-- The e-invoices that were asked for: one for each payment, whose number billing gave. Nothing here says whose it is; the
-- documents are drawn anew each time.
CREATE TABLE invoices (
    payment  TEXT PRIMARY KEY NOT NULL,
    request  TEXT NOT NULL UNIQUE,
    state    TEXT NOT NULL CHECK (state IN ('asked', 'issued', 'refused')),
    -- Its number once issued, the platform's code once refused.
    detail   TEXT CHECK ((detail IS NULL) = (state = 'asked')),
    at       INTEGER CHECK ((at IS NULL) = (state <> 'issued')),
    tries    INTEGER NOT NULL,
    next_try INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX invoices_by_number ON invoices (detail) WHERE state = 'issued';
