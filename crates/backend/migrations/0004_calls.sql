-- Calls for the guide. Nothing here says who called; the rows go after a month.
CREATE TABLE calls (
    id        TEXT PRIMARY KEY NOT NULL,
    kiosk     TEXT NOT NULL,
    place     TEXT NOT NULL,
    reference TEXT,
    at        INTEGER NOT NULL,
    taken_at  INTEGER,
    taken_by  TEXT,
    ended_at  INTEGER,
    CHECK ((taken_at IS NULL) = (taken_by IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX calls_not_over ON calls (kiosk, at) WHERE ended_at IS NULL;
