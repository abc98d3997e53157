-- Who has asked to be rung: the application's number and no more. Its phone stays where it is on file. One row for each
-- application; a row goes a month after the call was made.
CREATE TABLE call_backs (
    application TEXT PRIMARY KEY NOT NULL,
    kiosk       TEXT NOT NULL,
    asked_at    INTEGER NOT NULL,
    ring_by     TEXT NOT NULL,
    done_at     INTEGER,
    done_by     TEXT,
    CHECK ((done_at IS NULL) = (done_by IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX call_backs_open ON call_backs (asked_at) WHERE done_at IS NULL;
