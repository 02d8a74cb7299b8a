-- Keys of what came from standard input and lies sealed beside this file until it is handed over.
CREATE TABLE spool (
    file BLOB PRIMARY KEY CHECK (length(file) = 16),
    key BLOB NOT NULL CHECK (length(key) = 32)
) STRICT, WITHOUT ROWID;
