-- Planned outages. Area, streets and reason are texts by language, as JSON; times are seconds since 1970.
CREATE TABLE outages (
    id      INTEGER PRIMARY KEY,
    area    TEXT    NOT NULL,
    streets TEXT    NOT NULL,
    reason  TEXT    NOT NULL,
    starts  INTEGER NOT NULL,
    ends    INTEGER NOT NULL CHECK (ends > starts)
) STRICT;
CREATE INDEX outages_by_end ON outages (ends);

-- Whose power goes with it.
CREATE TABLE outage_accounts (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    outage_id  INTEGER NOT NULL REFERENCES outages (id),
    PRIMARY KEY (account_id, outage_id)
) STRICT, WITHOUT ROWID;
