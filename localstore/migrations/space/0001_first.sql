-- space.db: everything of one space. The file and its key are destroyed when the space closes.

-- The membership log as received and verified; entry 0 is the genesis.
CREATE TABLE log_entry (
    seq INTEGER PRIMARY KEY CHECK (seq >= 0),
    signed BLOB NOT NULL
) STRICT;

-- Every list an entry names, by its hash: a later one does not replace it, for what a device wrote
-- before it was revoked is still opened and proven with its keys.
CREATE TABLE device_list (
    user BLOB NOT NULL CHECK (length(user) = 16),
    head BLOB NOT NULL CHECK (length(head) = 32),
    signed BLOB NOT NULL,
    PRIMARY KEY (user, head)
) STRICT, WITHOUT ROWID;

-- Which device's chains and sessions stand here, and how far this file has come.
CREATE TABLE binding (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    device BLOB NOT NULL CHECK (length(device) IN (0, 16)),
    epoch INTEGER NOT NULL
) STRICT;

CREATE TABLE card (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    card_key BLOB NOT NULL CHECK (length(card_key) = 32),
    title TEXT NOT NULL,
    agreement TEXT NOT NULL
) STRICT;

-- Numbers grow over all devices and are never used twice (AUTOINCREMENT).
CREATE TABLE session (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    device BLOB NOT NULL CHECK (length(device) = 16),
    state BLOB NOT NULL,
    created INTEGER NOT NULL,
    last_received INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    sealed INTEGER NOT NULL,
    forced INTEGER NOT NULL CHECK (forced IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX session_turn ON session (device, turn);

CREATE TABLE bundle (
    device BLOB PRIMARY KEY,
    data BLOB NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- Devices for which no usable bundle was to be had: when it was last tried, and what was wrong.
-- A row stands until there is a session; what was never tried has none.
CREATE TABLE failed_claim (
    device BLOB PRIMARY KEY CHECK (length(device) = 16),
    at INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How often a bundle of a device came without a one-time key.
CREATE TABLE drained (
    device BLOB PRIMARY KEY CHECK (length(device) = 16),
    claims INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE init_seen (
    tag BLOB PRIMARY KEY CHECK (length(tag) = 32),
    at INTEGER NOT NULL,
    device BLOB NOT NULL CHECK (length(device) = 16)
) STRICT, WITHOUT ROWID;

CREATE INDEX init_device ON init_seen (device, at);

CREATE TABLE envelope_seen (
    envelope BLOB PRIMARY KEY CHECK (length(envelope) = 16),
    at INTEGER NOT NULL,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One-time prekeys spent by a session here whose private half device.db may still hold.
CREATE TABLE used_prekey (
    kind TEXT NOT NULL,
    id INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- Numbers of what one device and we say to each other alone.
CREATE TABLE pair (
    device BLOB PRIMARY KEY,
    sent INTEGER NOT NULL DEFAULT 0,
    received INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
    position INTEGER PRIMARY KEY,
    message BLOB NOT NULL UNIQUE CHECK (length(message) = 16),
    author_user BLOB NOT NULL,
    author_device BLOB NOT NULL,
    sender_seq INTEGER NOT NULL,
    lamport INTEGER NOT NULL,
    log_seq INTEGER NOT NULL,
    kind TEXT NOT NULL
        CHECK (kind IN
            ('text', 'exhibit', 'receipts', 'welcome', 'withdrawn', 'again', 'past', 'event')),
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
    told_by BLOB NOT NULL -- who told of it; empty: it came from its author
) STRICT;

CREATE INDEX message_timeline ON message (log_seq, lamport, author_device, position)
    WHERE kind IN ('text', 'exhibit', 'event', 'withdrawn');

CREATE INDEX message_unread ON message (unread) WHERE unread = 1;

CREATE TABLE delivery (
    message BLOB NOT NULL,
    user BLOB NOT NULL,
    at INTEGER,
    receipt BLOB NOT NULL DEFAULT x'',
    PRIMARY KEY (message, user)
) STRICT;

-- Heads of the chains of what each device says; `device` is empty for our own.
CREATE TABLE chain (
    device BLOB PRIMARY KEY,
    seq INTEGER NOT NULL,
    head BLOB NOT NULL CHECK (length(head) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE gap (
    device BLOB NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL CHECK (last >= first),
    tries INTEGER NOT NULL DEFAULT 0,
    next_try INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (device, first)
) STRICT, WITHOUT ROWID;

-- The chain of every sending device as far as it is here: which message stands at which place.
CREATE TABLE link (
    device BLOB NOT NULL CHECK (length(device) = 16),
    seq INTEGER NOT NULL CHECK (seq > 0),
    message BLOB NOT NULL,
    prev BLOB NOT NULL CHECK (length(prev) = 32),
    head BLOB NOT NULL CHECK (length(head) = 32),
    at INTEGER NOT NULL,
    PRIMARY KEY (device, seq)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX link_message ON link (message);

-- What was sent, kept so that it can be given once more to a device that could not open it.
CREATE TABLE sent (
    message BLOB PRIMARY KEY CHECK (length(message) = 16),
    body BLOB NOT NULL,
    key_msg BLOB NOT NULL,
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX sent_at ON sent (at);

CREATE TABLE sent_to (
    device BLOB NOT NULL,
    pair_seq INTEGER NOT NULL,
    message BLOB NOT NULL REFERENCES sent (message) ON DELETE CASCADE,
    user BLOB NOT NULL,
    again INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (device, pair_seq)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX sent_to_message ON sent_to (message, device);

-- What came and could not be taken: by the id under which the store delivered it. `reset`: no
-- session opened it, so that it must come in a fresh one.
CREATE TABLE unopened (
    device BLOB NOT NULL,
    message BLOB NOT NULL,
    reset INTEGER NOT NULL CHECK (reset IN (0, 1)),
    at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    next_try INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (device, message)
) STRICT, WITHOUT ROWID;

-- When a device was asked, asked with a forced start, or answered: what the limits count.
CREATE TABLE notice (
    device BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('asked', 'reset', 'answered')),
    at INTEGER NOT NULL
) STRICT;

CREATE INDEX notice_device ON notice (device, kind, at);

CREATE TABLE lamport (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    value INTEGER NOT NULL
) STRICT;

CREATE TABLE receipt_chain (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL,
    head BLOB NOT NULL CHECK (length(head) = 32)
) STRICT;

CREATE TABLE outgoing (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    message BLOB NOT NULL UNIQUE CHECK (length(message) = 16),
    body BLOB NOT NULL,
    content_key BLOB NOT NULL CHECK (length(content_key) = 32),
    key_msg BLOB NOT NULL,
    next_try INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'late', 'refused'))
) STRICT;

-- The exact bytes for each device; NULL until there is a session to seal them with. A row goes
-- when the store has its bytes.
CREATE TABLE outgoing_envelope (
    message BLOB NOT NULL REFERENCES outgoing (message) ON DELETE CASCADE,
    device BLOB NOT NULL,
    user BLOB NOT NULL,
    envelope BLOB,
    PRIMARY KEY (message, device)
) STRICT;

CREATE INDEX outgoing_unsealed ON outgoing_envelope (device, message) WHERE envelope IS NULL;

CREATE TABLE pending_receipt (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    to_user BLOB NOT NULL,
    signed BLOB NOT NULL
) STRICT;

CREATE TABLE exhibit (
    position INTEGER PRIMARY KEY,
    file BLOB NOT NULL UNIQUE CHECK (length(file) = 16),
    message BLOB,
    manifest BLOB NOT NULL,
    file_key BLOB NOT NULL CHECK (length(file_key) = 32),
    salt BLOB NOT NULL CHECK (length(salt) = 24),
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    exhibit TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    author_user BLOB NOT NULL,
    mine INTEGER NOT NULL CHECK (mine IN (0, 1)),
    state TEXT NOT NULL,
    sealed_total INTEGER NOT NULL,
    parts INTEGER NOT NULL,
    source BLOB NOT NULL, -- a path: bytes, for not every file name is UTF-8
    source_stat TEXT NOT NULL,
    recipients BLOB NOT NULL CHECK (length(recipients) % 16 = 0),
    added_at INTEGER NOT NULL,
    expires_at INTEGER,
    problem TEXT NOT NULL,
    announced INTEGER NOT NULL CHECK (announced IN (0, 1)),
    root BLOB NOT NULL,
    exported_to BLOB NOT NULL
) STRICT;

CREATE TABLE exhibit_verified (
    file BLOB NOT NULL,
    user BLOB NOT NULL,
    at INTEGER NOT NULL,
    receipt BLOB NOT NULL,
    PRIMARY KEY (file, user)
) STRICT;

-- The journal of a transfer, one row per part; at 1 TiB about 250,000 rows for one file.
CREATE TABLE part (
    file BLOB NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 0),
    leaf BLOB NOT NULL CHECK (length(leaf) = 32),
    sent INTEGER NOT NULL DEFAULT 0 CHECK (sent IN (0, 1)),
    have INTEGER NOT NULL DEFAULT 0 CHECK (have IN (0, 1)),
    PRIMARY KEY (file, number)
) STRICT, WITHOUT ROWID;

-- How many parts of a file are sent and here, kept by the triggers below: progress is shown often
-- and must not count 250,000 rows each time.
CREATE TABLE part_count (
    file BLOB PRIMARY KEY,
    sent INTEGER NOT NULL DEFAULT 0,
    have INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TRIGGER part_added AFTER INSERT ON part
BEGIN
    INSERT INTO part_count (file, sent, have) VALUES (new.file, new.sent, new.have)
    ON CONFLICT (file) DO UPDATE SET sent = sent + new.sent, have = have + new.have;
END;

CREATE TRIGGER part_moved AFTER UPDATE OF sent, have ON part
WHEN new.sent <> old.sent OR new.have <> old.have
BEGIN
    UPDATE part_count SET sent = sent + new.sent - old.sent, have = have + new.have - old.have
    WHERE file = new.file;
END;

CREATE TABLE custody (
    seq INTEGER PRIMARY KEY CHECK (seq > 0),
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    at INTEGER NOT NULL,
    prev BLOB NOT NULL CHECK (length(prev) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- Where the chain ends, so that a cut-off end is noticed too.
CREATE TABLE custody_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;

CREATE TRIGGER custody_stands BEFORE UPDATE ON custody
BEGIN
    SELECT RAISE(ABORT, 'custody events are never changed');
END;

CREATE TRIGGER custody_stays BEFORE DELETE ON custody
BEGIN
    SELECT RAISE(ABORT, 'custody events are never removed');
END;

-- What showed that two membership logs exist. `signed` is empty where only a message told of it,
-- which proves it to this device alone.
CREATE TABLE fork (
    seq INTEGER NOT NULL,
    user BLOB NOT NULL,
    signed BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (seq, user, signed)
) STRICT, WITHOUT ROWID;

-- HISTORY entries of this device whose past is not sent yet, and the row up to which it is.
CREATE TABLE sharing (
    granted INTEGER PRIMARY KEY,
    user BLOB NOT NULL,
    since INTEGER NOT NULL,
    position INTEGER NOT NULL
) STRICT;
