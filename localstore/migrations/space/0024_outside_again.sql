-- A file may be written where another stood before: that one stays on record until the new one is
-- whole, and a copy that was cut off beside it keeps the name it has until somebody takes it away.
ALTER TABLE outside RENAME TO outside_before;
CREATE TABLE outside (
    path BLOB NOT NULL,
    temporary BLOB NOT NULL,
    what TEXT NOT NULL CHECK (
        what IN ('exhibit', 'sheet', 'proof', 'list', 'detection', 'numbers', 'log', 'check')
    ),
    file BLOB NOT NULL CHECK (length(file) IN (0, 16)),
    detail TEXT NOT NULL,
    made_at INTEGER,
    PRIMARY KEY (path, temporary)
) STRICT, WITHOUT ROWID;
INSERT INTO outside SELECT * FROM outside_before;
DROP TABLE outside_before;
