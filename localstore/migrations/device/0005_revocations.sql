-- Why a person revoked a device of hers: the entry that tells it in each space states it.
CREATE TABLE revocation (
    device BLOB PRIMARY KEY CHECK (length(device) = 16),
    reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
