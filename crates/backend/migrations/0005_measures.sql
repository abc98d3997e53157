-- Anonymous measures, as counts of a day (Beijing): no kiosk, no visit, no customer.
CREATE TABLE measures (
    day     TEXT NOT NULL,
    counted TEXT NOT NULL,
    count   INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (day, counted)
) STRICT, WITHOUT ROWID;
-- The batches of the last days, so that each is counted once.
CREATE TABLE measure_batches (
    id TEXT PRIMARY KEY NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
