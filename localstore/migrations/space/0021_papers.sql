-- More kinds of papers are written outside: customs detections, lists of safety numbers, the log, and
-- what a check of the space found.
ALTER TABLE outside RENAME TO outside_before;
CREATE TABLE outside (
    path BLOB PRIMARY KEY,
    temporary BLOB NOT NULL,
    what TEXT NOT NULL CHECK (
        what IN ('exhibit', 'sheet', 'proof', 'list', 'detection', 'numbers', 'log', 'check')
    ),
    file BLOB NOT NULL CHECK (length(file) IN (0, 16)),
    detail TEXT NOT NULL,
    made_at INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO outside SELECT * FROM outside_before;
DROP TABLE outside_before;
