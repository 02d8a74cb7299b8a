-- What is compared so that nobody has other words than others under one message id (40 §8).

-- The digest of each body that came; empty for what came before this file.
ALTER TABLE link ADD COLUMN digest BLOB NOT NULL DEFAULT x'' CHECK (length(digest) IN (0, 32));

-- Which bodies of others this device has and has not stated to everybody yet.
CREATE TABLE untold (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    message BLOB NOT NULL CHECK (length(message) = 16),
    mark BLOB NOT NULL CHECK (length(mark) = 32)
) STRICT;

-- What other devices stated of messages that have not come here yet.
CREATE TABLE heard (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    witness BLOB NOT NULL CHECK (length(witness) = 16),
    message BLOB NOT NULL CHECK (length(message) = 16),
    mark BLOB NOT NULL CHECK (length(mark) = 32),
    UNIQUE (message, witness)
) STRICT;

CREATE INDEX heard_witness ON heard (witness, position);

-- Where two devices differ: whose message it is here and its mark, and what the witness stated.
CREATE TABLE two_versions (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    message BLOB NOT NULL CHECK (length(message) = 16),
    device BLOB NOT NULL CHECK (length(device) = 16),
    mark BLOB NOT NULL CHECK (length(mark) = 32),
    witness BLOB NOT NULL CHECK (length(witness) = 16),
    stated BLOB NOT NULL CHECK (length(stated) = 32),
    at INTEGER NOT NULL,
    UNIQUE (message, witness)
) STRICT;
