"""Every route of the store, named once for client and server."""

from __future__ import annotations

from typing import Final

from protocol.ids import DeviceId, FileId, SpaceId, UserId

BASE: Final = "/v1"
SERVER: Final = f"{BASE}/server"
OPENAPI: Final = f"{BASE}/openapi.json"
ENROLMENTS: Final = f"{BASE}/enrolments"
CHALLENGES: Final = f"{BASE}/challenges"
SESSIONS: Final = f"{BASE}/sessions"
CURRENT_SESSION: Final = f"{BASE}/sessions/current"
USERS: Final = f"{BASE}/users"
PREKEYS: Final = f"{BASE}/prekeys"
SPACES: Final = f"{BASE}/spaces"
MAILBOX: Final = f"{BASE}/mailbox"
MAILBOX_ACK: Final = f"{BASE}/mailbox/ack"
EVENTS: Final = f"{BASE}/events"

PART_DIGEST_HEADER: Final = "Jit-Part-Digest"
"""Hex SHA-256 leaf of the part (`crypto.merkle.leaf`), on PUT and on GET."""


def device_list(user: UserId) -> str:
    """GET the signed device list of a user (PUT: a newer one of one's own)."""
    return f"{USERS}/{user.hex()}/device-list"


def log(space: SpaceId) -> str:
    """GET ?from=N: entries from N; POST: append one."""
    return f"{SPACES}/{space.hex()}/log"


def bundle(space: SpaceId, device: DeviceId) -> str:
    """POST: claim one prekey bundle of a co-member's device."""
    return f"{SPACES}/{space.hex()}/bundles/{device.hex()}"


def messages(space: SpaceId) -> str:
    """POST one sealed message with its envelopes."""
    return f"{SPACES}/{space.hex()}/messages"


def files(space: SpaceId) -> str:
    """POST: announce a file."""
    return f"{SPACES}/{space.hex()}/files"


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
