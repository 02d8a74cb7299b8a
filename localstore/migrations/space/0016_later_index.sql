-- What came last is indexed a moment after it can be read, many rows at once (81 §9): the rows from
-- this position on are not yet, and a search looks at them one by one. No row: everything is.
CREATE TABLE search_fresh (
    subject TEXT PRIMARY KEY CHECK (subject IN ('message', 'exhibit')),
    start INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
