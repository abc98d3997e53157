-- Scheduled suspensions of the kiosks. The reason is a text by language, as JSON.
CREATE TABLE suspensions (
    id       TEXT PRIMARY KEY NOT NULL,
    scope    TEXT NOT NULL,
    reason   TEXT NOT NULL,
    begins   INTEGER NOT NULL,
    ends     INTEGER NOT NULL,
    made_at  INTEGER NOT NULL,
    made_by  TEXT NOT NULL,
    ended_at INTEGER,
    CHECK (ends > begins)
) STRICT, WITHOUT ROWID;
CREATE INDEX suspensions_by_end ON suspensions (ends) WHERE ended_at IS NULL;
