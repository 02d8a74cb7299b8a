-- Whom and what a text points to (40 §9): the characters of message.text from `place` on.
CREATE TABLE mention (
    message BLOB NOT NULL CHECK (length(message) = 16),
    place INTEGER NOT NULL CHECK (place >= 0),
    length INTEGER NOT NULL CHECK (length > 0),
    kind TEXT NOT NULL CHECK (kind IN ('person', 'role', 'exhibit')),
    target BLOB NOT NULL, -- a user, a file, or the name of a role
    PRIMARY KEY (message, place)
) STRICT, WITHOUT ROWID;

-- Whether a message points to the person of this device, by id or by the role had then.
ALTER TABLE message ADD COLUMN mentions_me INTEGER NOT NULL DEFAULT 0
    CHECK (mentions_me IN (0, 1));

CREATE INDEX message_mentions_me ON message (log_seq, lamport, author_device, position)
    WHERE mentions_me = 1;
