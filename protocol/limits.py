"""Every bound of the protocol, in one place. Units stand in the names."""

from __future__ import annotations

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

# Files (docs/protocol/50-files.md): 256 chunks of 16 KiB plus a 16-byte tag make one part.
CHUNK_BYTES: Final = 16 * KIB
TAG_BYTES: Final = 16
CHUNKS_PER_PART: Final = 256
PART_PLAIN_BYTES: Final = CHUNK_BYTES * CHUNKS_PER_PART
PART_BYTES: Final = (CHUNK_BYTES + TAG_BYTES) * CHUNKS_PER_PART
FILE_HEADER_BYTES: Final = 56
MAX_PART_BYTES: Final = PART_BYTES + FILE_HEADER_BYTES
MAX_FILE_BYTES: Final = 16 * 1024 * 1024 * MIB
MAX_PARTS: Final = MAX_FILE_BYTES // PART_PLAIN_BYTES + 1
MAX_NAME_CHARS: Final = 255
MAX_TITLE_CHARS: Final = 200
MAX_EXHIBIT_CHARS: Final = 75
MAX_FACTS: Final = 64
MAX_FACT_CHARS: Final = 2_000
MAX_FACTS_BYTES: Final = 5_632
"""Of all facts of an exhibit together, names and values: its notice never needs the largest bucket,
whatever it says and however many persons it goes to."""
MAX_REASON_CHARS: Final = 500
MAX_TOGETHER: Final = 64
"""Files that go to the store, or come from it, in one request (50-files.md §50.11)."""
MAX_TOGETHER_BYTES: Final = 448 * KIB
"""Sealed bytes of them all: in base64, with everybody they are for, they fit a JSON body."""

# Messages and the ratchet (docs/protocol/30-ratchet.md, 40-messages.md).
MAX_BODY_BYTES: Final = 64 * KIB
MAX_SEALED_BODY_BYTES: Final = MAX_BODY_BYTES + 128
BODY_BUCKETS: Final = (192, 512, 1 * KIB, 4 * KIB, 16 * KIB, 64 * KIB)
MAX_ENVELOPE_BYTES: Final = 4 * KIB
MAX_SKIP: Final = 1_000
MAX_SKIPPED_KEYS: Final = 2_000
MAX_HEADER_CHAINS: Final = 5
SKIPPED_KEY_SECONDS: Final = 90 * 86_400
KEM_STEP_MESSAGES: Final = 50
KEM_STEP_SECONDS: Final = 7 * 86_400
QUEUE_SECONDS: Final = 90 * 86_400

# People and spaces.
MAX_DEVICES_PER_USER: Final = 8
MAX_REVOKED: Final = 64
MAX_DEVICES_PER_SPACE: Final = 150
MAX_DEVICE_NAME_CHARS: Final = 60
MAX_RECORD_BYTES: Final = 32 * KIB
MAX_LOG_ENTRY_BYTES: Final = 16 * KIB
MAX_LOG_ENTRIES: Final = 100_000
MAX_DEVICE_LIST_BYTES: Final = 32 * KIB
ONE_TIME_PREKEYS: Final = 100
ONE_TIME_KEMS: Final = 20
CLAIMS_PER_HOUR: Final = 10
"""Bundles with one-time keys that one person gets of one device; beyond it, bundles without."""
PREKEY_SECONDS: Final = 7 * 86_400
SESSION_REFRESH_SECONDS: Final = 7 * 86_400
SESSION_REFRESH_MESSAGES: Final = 500
SESSION_REFRESH_UNANSWERED: Final = 200
"""A session is started afresh at the first of: this age, so many messages sealed in it, so many
since the peer was last heard in it (docs/protocol/30-ratchet.md §7)."""
RESET_SECONDS: Final = 3_600
"""At most one forced fresh start for each other device in this time."""
SENT_KEEP_SECONDS: Final = 90 * 86_400
"""How long a sent message can be sealed and sent once more."""
MAX_AGAIN: Final = 64
"""Messages, and ranges of them, that one notice may ask for again."""
MAX_SEEN: Final = 32
"""Messages of others that one message states as its author has them."""
MAX_MENTIONS: Final = 32
"""People, roles and exhibits that one text may point to."""
EDIT_SECONDS: Final = 15 * 60
"""How long after a text its author may change it, by the times he states himself."""
MAX_REDELIVERIES: Final = 8
"""Envelopes of one message for one mailbox: the first, and those asked for again."""
PREKEY_KEEP_SECONDS: Final = 187 * 86_400
"""90 days in which others may still use them, 90 in the store's queue, a week to spare."""

# The store (R21).
RETENTION_SECONDS: Final = 28 * 86_400
SESSION_SECONDS: Final = 3_600
LINK_SECONDS: Final = 900
"""How long the offer to link a device stands."""
MAX_LINK_BYTES: Final = 64 * KIB
CHALLENGE_SECONDS: Final = 300
INVITATION_SECONDS: Final = 14 * 86_400
MAX_JSON_BYTES: Final = 1 * MIB
MAX_LISTED: Final = 50_000
"""People of one store, and spaces of one person."""
MAX_MAILBOX_PAGE: Final = 200
MAX_WAITING_COUNTED: Final = 1_000
"""A queue that goes on for longer behind a page is told as so long."""
MAX_LOG_PAGE: Final = 200
MAX_LOG_ROWS: Final = 100
"""Rows of the access log in one answer."""
MAX_PROOF_HASHES: Final = 64
LOG_WATCH_SECONDS: Final = 3_600
"""How often a device compares the store's access log with what it remembers of it."""
