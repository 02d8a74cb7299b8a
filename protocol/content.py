"""What stands inside a sealed message body. The store never sees any of it.

Spec: docs/protocol/40-messages.md §4.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from protocol.accesslog import MAX_CHECKPOINT_CHARS
from protocol.limits import (
    MAX_AGAIN,
    MAX_BODY_BYTES,
    MAX_MENTIONS,
    MAX_REASON_CHARS,
    MAX_SEEN,
    MAX_TITLE_CHARS,
)
from protocol.records import Bytes16, Bytes32, Counter, Record, RecordBytes, UnixTime, Version
from protocol.roles import Role


class SpaceCard(Record, tag="card", frozen=True):
    """Title and agreement reference of a space; sealed in the genesis under the card key."""

    version: Version
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TITLE_CHARS)]
    agreement: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TITLE_CHARS)]


class AtPerson(Record, tag="at-person", frozen=True):
    """A text points to a person."""

    version: Version
    user: Bytes16


class AtRole(Record, tag="at-role", frozen=True):
    """A text points to whoever has a role in the space."""

    version: Version
    role: Role


class AtExhibit(Record, tag="at-exhibit", frozen=True):
    """A text points to an exhibit."""

    version: Version
    file: Bytes16


Mention = AtPerson | AtRole | AtExhibit


class Text(Record, tag="text", frozen=True):
    """A message in words.

    `mentions` stand in `text` where U+FFFC does, in its order; what each is called is the reader's
    business and never travels (40 §9).
    """

    version: Version
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_BODY_BYTES)]
    reply_to: Bytes16 | None
    mentions: Annotated[tuple[Mention, ...], msgspec.Meta(max_length=MAX_MENTIONS)]

    def __repr__(self) -> str:
        return "Text(<redacted>)"


class Edited(Record, tag="edit", frozen=True):
    """Another version of a text that the sender wrote earlier (40 §10)."""

    version: Version
    message: Bytes16
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_BODY_BYTES)]
    mentions: Annotated[tuple[Mention, ...], msgspec.Meta(max_length=MAX_MENTIONS)]

    def __repr__(self) -> str:
        return "Edited(<redacted>)"


class ExhibitNotice(Record, tag="exhibit", frozen=True):
    """An exhibit is handed over: the signed manifest and, beside it, the file key."""

    version: Version
    manifest: RecordBytes
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
    receipts: Annotated[tuple[RecordBytes, ...], msgspec.Meta(max_length=12)]


class ReceiptsAndHead(Record, tag="receipts-head", frozen=True):
    """`Receipts`, with the newest head of the store's access log that the sender has seen (72 §8).

    `checkpoint` is the store's signed note, word for word.
    """

    version: Version
    receipts: Annotated[tuple[RecordBytes, ...], msgspec.Meta(max_length=12)]
    checkpoint: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_CHECKPOINT_CHARS)]


class Withdrawn(Record, tag="withdrawn", frozen=True):
    """The sender withdrew an exhibit; the store has erased it."""

    version: Version
    file: Bytes16


class WithdrawnBecause(Record, tag="withdrawn-why", frozen=True):
    """`Withdrawn`, with what the sender states as the reason (40 §4)."""

    version: Version
    file: Bytes16
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_REASON_CHARS)]

    def __repr__(self) -> str:
        return "WithdrawnBecause(<redacted>)"


class Missing(Record, tag="missing", frozen=True):
    """Messages of one device to another that never came, by `pair_seq`: `first` to `last`."""

    version: Version
    first: Counter
    last: Counter


class CannotOpen(Record, tag="cannot-open", frozen=True):
    """What a device could not open, or never got, of another one. Travels `Signed` by it.

    `messages` are ids as the store named them (of what came and did not open), `missing` are
    numbers the sender gave (of what did not come). The sender seals them again in a fresh session.
    `reached` is the highest number the device has of the sender, `place` and `head` where the
    sender's chain stands for it: a sender whose data was put back to an older state goes on there.
    """

    version: Version
    space: Bytes16
    device: Bytes16
    sender: Bytes16
    messages: Annotated[tuple[Bytes16, ...], msgspec.Meta(max_length=MAX_AGAIN)]
    missing: Annotated[tuple[Missing, ...], msgspec.Meta(max_length=MAX_AGAIN)]
    reached: Counter
    place: Counter
    head: Bytes32
    claimed_at: UnixTime
    nonce: Bytes16


class SendAgain(Record, tag="again", frozen=True):
    """A request for messages: `notice` is a `Signed` of `CannotOpen`. Never answered by one."""

    version: Version
    notice: RecordBytes


class Told(Record, tag="told", frozen=True):
    """One line of the past as the member who shares it has it. His word for it, nobody else's.

    Of an exhibit `manifest` is the `Signed` manifest with `file_key` beside it, else both absent.
    """

    version: Version
    message: Bytes16
    author: Bytes16
    device: Bytes16
    log_seq: Counter
    lamport: Counter
    claimed_at: UnixTime
    text: Annotated[str, msgspec.Meta(max_length=MAX_BODY_BYTES)]
    manifest: RecordBytes | None
    file_key: Bytes32 | None

    def __repr__(self) -> str:
        return "Told(<redacted>)"


class History(Record, tag="past", frozen=True):
    """Earlier messages for a member to whom a HISTORY entry `granted` them (41 §1)."""

    version: Version
    granted: Counter
    lines: Annotated[tuple[Told, ...], msgspec.Meta(max_length=200)]

    def __repr__(self) -> str:
        return "History(<redacted>)"


Content = (
    Text
    | Edited
    | ExhibitNotice
    | Welcome
    | Receipts
    | ReceiptsAndHead
    | Withdrawn
    | WithdrawnBecause
    | SendAgain
    | History
)


class Seen(Record, tag="seen", frozen=True):
    """That a device has a message, and a mark of its author and body (crypto/message.py).

    It tells nothing to who does not have the message: neither whose it is nor what it says.
    """

    version: Version
    message: Bytes16
    mark: Bytes32


class Body(Record, tag="body", frozen=True):
    """One message. `lamport` orders, `claimed_at` is the author's clock and only shown.

    `audience` names the users addressed, empty for every member; who really receives is decided
    by the envelopes, this is what the author says to all of them. `seen` states which bodies of
    others his device has, those that came since it last said so (40 §8).
    """

    version: Version
    lamport: Counter
    claimed_at: UnixTime
    audience: Annotated[tuple[Bytes16, ...], msgspec.Meta(max_length=150)]
    content: Content
    seen: Annotated[tuple[Seen, ...], msgspec.Meta(max_length=MAX_SEEN)]
