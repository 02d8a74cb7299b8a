-- When a space ended, as its closing states or by its deadline: since then its receipts are owed.
ALTER TABLE space ADD COLUMN closed_at INTEGER;

-- What a wipe on this device could not reach, told to this device's person only.
CREATE TABLE unreached (
    space BLOB NOT NULL CHECK (length(space) = 16),
    what TEXT NOT NULL,
    name BLOB NOT NULL,
    at INTEGER,
    PRIMARY KEY (space, what, name)
) STRICT, WITHOUT ROWID;
