-- Files written outside the profile on a person's word. Noted before the first byte, with the name
-- it has until it is whole; made_at: since when it stands there whole.
CREATE TABLE outside (
    path BLOB PRIMARY KEY,
    temporary BLOB NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('exhibit', 'sheet', 'list', 'proof')),
    file BLOB NOT NULL CHECK (length(file) IN (0, 16)),
    detail TEXT NOT NULL,
    made_at INTEGER
) STRICT, WITHOUT ROWID;
