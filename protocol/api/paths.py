"""Every route of the store, named once for client and server."""

from __future__ import annotations

from typing import Final

from protocol.ids import DeviceId, FileId, SpaceId, UserId

BASE: Final = "/v1"
SERVER: Final = f"{BASE}/server"
CERTIFICATE: Final = f"{BASE}/certificate"
OPENAPI: Final = f"{BASE}/openapi.json"
ENROLMENTS: Final = f"{BASE}/enrolments"
CHALLENGES: Final = f"{BASE}/challenges"
SESSIONS: Final = f"{BASE}/sessions"
CURRENT_SESSION: Final = f"{BASE}/sessions/current"
USERS: Final = f"{BASE}/users"
DEVICES: Final = f"{BASE}/devices"
RECOVERIES: Final = f"{BASE}/recoveries"
RECOVERY_LISTS: Final = f"{BASE}/recoveries/lists"
LINKS: Final = f"{BASE}/links"
PREKEYS: Final = f"{BASE}/prekeys"
SPACES: Final = f"{BASE}/spaces"
MAILBOX: Final = f"{BASE}/mailbox"
MAILBOX_ACK: Final = f"{BASE}/mailbox/ack"
EVENTS: Final = f"{BASE}/events"
ACCESS_LOG: Final = f"{BASE}/access-log"
LOG_CHECKPOINT: Final = f"{ACCESS_LOG}/checkpoint"
LOG_CONSISTENCY: Final = f"{ACCESS_LOG}/consistency"
LOG_ROWS: Final = f"{ACCESS_LOG}/rows"

PART_DIGEST_HEADER: Final = "Jit-Part-Digest"
"""Hex leaf of the part (`crypto.partleaf`), on PUT and on GET."""


def device_list(user: UserId, head: bytes | None = None) -> str:
    """GET the newest signed device list of a user, or the one with that hash (32 B).

    PUT: the next one of one's own.
    """
    which = "" if head is None else f"?head={head.hex()}"
    return f"{USERS}/{user.hex()}/device-list{which}"


def link(slot: bytes) -> str:
    """GET what was left in a slot; DELETE it."""
    return f"{LINKS}/{slot.hex()}"


def link_request(slot: bytes) -> str:
    """PUT the new device's request."""
    return f"{link(slot)}/request"


def link_grant(slot: bytes) -> str:
    """PUT the grant."""
    return f"{link(slot)}/grant"


def log(space: SpaceId) -> str:
    """GET ?from=N: entries from N; POST: append one."""
    return f"{SPACES}/{space.hex()}/log"


def returned_log(space: SpaceId) -> str:
    """POST: entries that the store lost."""
    return f"{log(space)}/returned"


def bundle(space: SpaceId, device: DeviceId) -> str:
    """POST: claim one prekey bundle of a co-member's device."""
    return f"{SPACES}/{space.hex()}/bundles/{device.hex()}"


def messages(space: SpaceId) -> str:
    """POST one sealed message with its envelopes."""
    return f"{SPACES}/{space.hex()}/messages"


def files(space: SpaceId) -> str:
    """POST: announce a file."""
    return f"{SPACES}/{space.hex()}/files"


def small_files(space: SpaceId) -> str:
    """POST: store several whole files of one part each."""
    return f"{SPACES}/{space.hex()}/small-files"


def small_parts(space: SpaceId) -> str:
    """POST: fetch several of them."""
    return f"{small_files(space)}/parts"


def small_proofs(space: SpaceId) -> str:
    """POST several signed DownloadProofs."""
    return f"{small_files(space)}/verified"


def file(space: SpaceId, item: FileId) -> str:
    """GET its state."""
    return f"{files(space)}/{item.hex()}"


def part(space: SpaceId, item: FileId, index: int) -> str:
    """PUT or GET one part."""
    return f"{file(space, item)}/parts/{index}"


def complete(space: SpaceId, item: FileId) -> str:
    """POST the Merkle root when every part is stored."""
    return f"{file(space, item)}/complete"


def verified(space: SpaceId, item: FileId) -> str:
    """POST a signed DownloadProof."""
    return f"{file(space, item)}/verified"


def withdraw(space: SpaceId, item: FileId) -> str:
    """POST a signed Withdrawal."""
    return f"{file(space, item)}/withdraw"


def wipes(space: SpaceId) -> str:
    """GET or POST signed WIPED receipts."""
    return f"{SPACES}/{space.hex()}/wipes"
