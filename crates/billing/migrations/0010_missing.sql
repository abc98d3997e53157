-- What an application lacks of the papers that a state asks for, by their keys in the texts `bring.*`, in the order in which
-- they are told. Without a row for the state that it is in, all of them are missing.
CREATE TABLE missing_papers (
    application_id INTEGER NOT NULL REFERENCES applications (id),
    state          TEXT    NOT NULL,
    seq            INTEGER NOT NULL,
    paper          TEXT    NOT NULL,
    PRIMARY KEY (application_id, state, seq),
    UNIQUE (application_id, state, paper)
) STRICT, WITHOUT ROWID;
