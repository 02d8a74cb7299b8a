-- Texts that their author changed (40 §10): every version is kept, the newest stands in `message`.
CREATE TABLE version (
    edit BLOB PRIMARY KEY CHECK (length(edit) = 16), -- what brought it; of the first, the message
    message BLOB NOT NULL CHECK (length(message) = 16),
    author_user BLOB NOT NULL CHECK (length(author_user) = 16),
    author_device BLOB NOT NULL CHECK (length(author_device) = 16),
    sender_seq INTEGER NOT NULL,
    lamport INTEGER NOT NULL,
    claimed_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    text TEXT NOT NULL,
    me INTEGER NOT NULL CHECK (me IN (0, 1)), -- it points to the person of this device
    waits INTEGER NOT NULL CHECK (waits IN (0, 1)) -- for the message itself, which is not here yet
) STRICT, WITHOUT ROWID;

CREATE INDEX version_message ON version (message, lamport, author_device, edit);

-- A message may be an edit, and may have been edited: SQLite widens no CHECK, so the table is made
-- anew, each row at its position.
CREATE TABLE message_wider (
    position INTEGER PRIMARY KEY,
    message BLOB NOT NULL UNIQUE CHECK (length(message) = 16),
    author_user BLOB NOT NULL,
    author_device BLOB NOT NULL,
    sender_seq INTEGER NOT NULL,
    lamport INTEGER NOT NULL,
    log_seq INTEGER NOT NULL,
    kind TEXT NOT NULL
        CHECK (kind IN
            ('text', 'exhibit', 'receipts', 'welcome', 'withdrawn', 'again', 'past', 'event',
             'edit')),
    text TEXT NOT NULL,
    reply_to BLOB,
    file BLOB,
    audience BLOB NOT NULL CHECK (length(audience) % 16 = 0),
    state TEXT NOT NULL CHECK (state IN ('saved', 'on-server', 'received', 'refused', 'incoming')),
    claimed_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    on_server_at INTEGER,
    store_receipt BLOB NOT NULL,
    body_digest BLOB NOT NULL,
    missing_before INTEGER NOT NULL,
    problem TEXT NOT NULL,
    unread INTEGER NOT NULL CHECK (unread IN (0, 1)),
    told_by BLOB NOT NULL, -- who told of it; empty: it came from its author
    mentions_me INTEGER NOT NULL DEFAULT 0 CHECK (mentions_me IN (0, 1)),
    edited_at INTEGER -- by the author's clock; NULL: it is as it was written
) STRICT;

INSERT INTO message_wider (
    position, message, author_user, author_device, sender_seq, lamport, log_seq, kind, text,
    reply_to, file, audience, state, claimed_at, received_at, on_server_at, store_receipt,
    body_digest, missing_before, problem, unread, told_by, mentions_me)
SELECT
    position, message, author_user, author_device, sender_seq, lamport, log_seq, kind, text,
    reply_to, file, audience, state, claimed_at, received_at, on_server_at, store_receipt,
    body_digest, missing_before, problem, unread, told_by, mentions_me
FROM message ORDER BY position;

DROP TABLE message;

ALTER TABLE message_wider RENAME TO message;

CREATE INDEX message_timeline ON message (log_seq, lamport, author_device, position)
    WHERE kind IN ('text', 'exhibit', 'event', 'withdrawn');

CREATE INDEX message_unread ON message (unread) WHERE unread = 1;

CREATE INDEX message_mentions_me ON message (log_seq, lamport, author_device, position)
    WHERE mentions_me = 1;
