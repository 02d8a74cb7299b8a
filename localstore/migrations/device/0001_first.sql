-- device.db: who this device is, its keys, and the index of its spaces.

CREATE TABLE identity (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    user BLOB NOT NULL CHECK (length(user) = 16),
    device BLOB NOT NULL CHECK (length(device) = 16),
    user_root BLOB NOT NULL CHECK (length(user_root) = 32),
    signing_seed BLOB NOT NULL CHECK (length(signing_seed) = 64),
    identity_seed BLOB NOT NULL CHECK (length(identity_seed) = 32),
    name TEXT NOT NULL,
    authority TEXT NOT NULL,
    country TEXT NOT NULL,
    party TEXT NOT NULL,
    store_address TEXT NOT NULL,
    store_certificate BLOB NOT NULL CHECK (length(store_certificate) = 32),
    store_key BLOB NOT NULL CHECK (length(store_key) = 32),
    enrolled_at INTEGER NOT NULL
) STRICT;

-- The last number ever given out per kind: ids are never used twice, also after deletion.
CREATE TABLE prekey_counter (
    kind TEXT PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE prekey (
    kind TEXT NOT NULL CHECK (kind IN ('spk', 'opk', 'kem', 'kem_once')),
    id INTEGER NOT NULL CHECK (id > 0),
    secret BLOB NOT NULL,
    created INTEGER NOT NULL,
    published INTEGER NOT NULL CHECK (published IN (0, 1)),
    PRIMARY KEY (kind, id)
) STRICT;

-- How far each space's database had come when it was last bound (localstore/freshness.py).
CREATE TABLE space_epoch (
    space BLOB PRIMARY KEY CHECK (length(space) = 16),
    epoch INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The keys of the device that this one becomes after an old copy of it was put back.
CREATE TABLE renewal (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    device BLOB NOT NULL CHECK (length(device) = 16),
    signing_seed BLOB NOT NULL CHECK (length(signing_seed) = 64),
    identity_seed BLOB NOT NULL CHECK (length(identity_seed) = 32)
) STRICT;

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE space (
    space BLOB PRIMARY KEY CHECK (length(space) = 16),
    state TEXT NOT NULL CHECK (state IN ('creating', 'joining', 'open', 'left', 'closing', 'wiped')),
    database_key BLOB NOT NULL CHECK (length(database_key) IN (0, 64)),
    title TEXT NOT NULL,
    agreement TEXT NOT NULL,
    signed_on TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    deadline INTEGER,
    log_seq INTEGER NOT NULL,
    log_head BLOB NOT NULL,
    closed_by BLOB,
    close_reason TEXT NOT NULL,
    unread INTEGER NOT NULL,
    last_activity INTEGER NOT NULL,
    wipe_phase TEXT NOT NULL
) STRICT;

-- What must outlive a wiped space: whose signatures stand under its wipe receipts.
CREATE TABLE closed_device (
    space BLOB NOT NULL,
    user BLOB NOT NULL,
    device BLOB NOT NULL,
    signing BLOB NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (space, device)
) STRICT;

CREATE TABLE wipe (
    space BLOB NOT NULL,
    device BLOB NOT NULL,
    receipt BLOB NOT NULL,
    wiped_at INTEGER NOT NULL,
    remaining TEXT NOT NULL,
    posted INTEGER NOT NULL CHECK (posted IN (0, 1)),
    PRIMARY KEY (space, device)
) STRICT;

CREATE TABLE person (
    user BLOB PRIMARY KEY CHECK (length(user) = 16),
    name TEXT NOT NULL,
    authority TEXT NOT NULL,
    country TEXT NOT NULL,
    party TEXT NOT NULL,
    device_list BLOB NOT NULL,
    user_key BLOB CHECK (user_key IS NULL OR length(user_key) = 32)
) STRICT;

CREATE TABLE verified (
    user BLOB PRIMARY KEY,
    user_key BLOB NOT NULL CHECK (length(user_key) = 32),
    how TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- Somebody was let in again under another key. Nothing is sent to it before a person has decided;
-- the old key stays known, for it stands in older logs.
CREATE TABLE key_change (
    user BLOB NOT NULL CHECK (length(user) = 16),
    old_key BLOB NOT NULL CHECK (length(old_key) = 32),
    new_key BLOB NOT NULL CHECK (length(new_key) = 32),
    by BLOB NOT NULL,
    at INTEGER NOT NULL,
    decided INTEGER NOT NULL CHECK (decided IN (0, 1)),
    PRIMARY KEY (user, new_key)
) STRICT, WITHOUT ROWID;

-- What a person calls her devices; only they know.
CREATE TABLE own_device (
    device BLOB PRIMARY KEY CHECK (length(device) = 16),
    name TEXT NOT NULL,
    added_at INTEGER
) STRICT, WITHOUT ROWID;

-- One's own next device list on its way to the store, and with it the grant for the device that it
-- adds: exactly these bytes are handed in, however often. Empty slot and grant: a revocation.
CREATE TABLE pending_list (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    signed BLOB NOT NULL,
    slot BLOB NOT NULL CHECK (length(slot) IN (0, 16)),
    grant_ BLOB NOT NULL
) STRICT;

-- space is empty for an alarm that concerns no space, so that the index below holds for it too.
CREATE TABLE alarm (
    alarm INTEGER PRIMARY KEY AUTOINCREMENT,
    space BLOB NOT NULL,
    code TEXT NOT NULL,
    sentence TEXT NOT NULL,
    at INTEGER NOT NULL,
    key TEXT NOT NULL,
    dismissed INTEGER NOT NULL DEFAULT 0 CHECK (dismissed IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX alarm_standing ON alarm (space, code, key) WHERE dismissed = 0;
