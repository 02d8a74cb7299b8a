"""What stands inside a sealed message body. The store never sees any of it.

Spec: docs/protocol/40-messages.md §4.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from protocol.limits import MAX_BODY_BYTES, MAX_TITLE_CHARS
from protocol.records import Bytes16, Bytes32, Counter, Record, UnixTime, Version


class SpaceCard(Record, tag="card", frozen=True):
    """Title and agreement reference of a space; sealed in the genesis under the card key."""

    version: Version
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TITLE_CHARS)]
    agreement: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TITLE_CHARS)]


class Text(Record, tag="text", frozen=True):
    """A message in words."""

    version: Version
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_BODY_BYTES)]
    reply_to: Bytes16 | None

    def __repr__(self) -> str:
        return "Text(<redacted>)"


class ExhibitNotice(Record, tag="exhibit", frozen=True):
    """An exhibit is handed over: the signed manifest and, beside it, the file key."""

    version: Version
    manifest: bytes
    file_key: Bytes32

    def __repr__(self) -> str:
        return "ExhibitNotice(<redacted>)"


class Welcome(Record, tag="welcome", frozen=True):
    """The card key for a new member; opens the card and the notes of the membership log."""

    version: Version
    card_key: Bytes32

    def __repr__(self) -> str:
        return "Welcome(<redacted>)"


class Receipts(Record, tag="receipts", frozen=True):
    """A batch of `Signed` receipts. Never answered by receipts itself."""

    version: Version
    receipts: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=12)]


class Withdrawn(Record, tag="withdrawn", frozen=True):
    """The sender withdrew an exhibit; the store has erased it."""

    version: Version
    file: Bytes16


Content = Text | ExhibitNotice | Welcome | Receipts | Withdrawn


class Body(Record, tag="body", frozen=True):
    """One message. `lamport` orders, `claimed_at` is the author's clock and only shown.

    `audience` names the users addressed, empty for every member; who really receives is decided
    by the envelopes, this is what the author says to all of them.
    """

    version: Version
    lamport: Counter
    claimed_at: UnixTime
    audience: Annotated[tuple[Bytes16, ...], msgspec.Meta(max_length=150)]
    content: Content
