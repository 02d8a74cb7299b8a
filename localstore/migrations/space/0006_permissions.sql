-- That an originator permitted what a handling code forbids; as a person recorded it here.
CREATE TABLE permission (
    file BLOB NOT NULL,
    code TEXT NOT NULL,
    given_by TEXT NOT NULL,
    reference TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (file, code)
) STRICT;
