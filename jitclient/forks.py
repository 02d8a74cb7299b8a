"""Two membership logs of one space: what showed it is kept, and goes out as a proof for anybody.

A head that a receipt or an entry states is signed, and proves the fork to everybody. A head in a
message is not: it came through a session whose keys both ends have, and convinces this device only.
Spec: docs/protocol/41-membership.md §4.
"""

from __future__ import annotations

from crypto import devicelist, forkproof, signatures
from crypto.devicelist import find_device
from jitclient.session import Session
from localstore import devices, spacelog
from localstore.connection import Connection, transaction
from protocol import codec
from protocol.errors import LogForkError, NotFoundError, RefusedError
from protocol.forks import ForkProof, Statement
from protocol.ids import SpaceId, UserId
from protocol.membership import Entry, Genesis

FORK = "fork:"
"""A setting in device.db: sending in the space with this id is stopped."""


class ShownForkError(LogForkError):
    """A fork together with what shows it: who said so, at which entry, signed or in a message."""

    code = "shown-log-fork"

    def __init__(self, sentence: str, *, seq: int, user: UserId, signed: bytes = b"") -> None:
        super().__init__(sentence, code=LogForkError.code)
        self.seq = seq
        self.user = user
        self.signed = signed


def stop(session: Session, space: SpaceId, error: LogForkError) -> None:
    """Stop sending in a space until a person has decided, and keep what showed the fork."""
    with transaction(session.stores.device):
        devices.set_setting(session.stores.device, FORK + space.hex(), error.sentence)
    if isinstance(error, ShownForkError):
        sp = session.stores.space(space)
        with transaction(sp):
            spacelog.save_fork(sp, error.seq, error.user, error.signed, session.clock.now())


def stop_for_entry(session: Session, space: SpaceId, error: LogForkError, data: bytes) -> None:
    """The same for a log entry that a member signed for another history."""
    try:
        user = UserId(signatures.peek(data, Entry).actor_user)
    except RefusedError:
        return stop(session, space, error)
    seq = _differs(session, space, data)
    if seq is None:
        return stop(session, space, error)
    shown = ShownForkError(error.sentence, seq=seq, user=user, signed=data)
    return stop(session, space, shown)


def _differs(session: Session, space: SpaceId, data: bytes) -> int | None:
    """The entry after which a statement names another head than this device has."""
    heads = session.log(space).heads
    _, of_space, stated = forkproof.heads_of(data)
    if of_space != space:
        return None
    return next((n for n, h in stated.items() if 0 <= n < len(heads) and heads[n] != h), None)


def proof(session: Session, space: SpaceId) -> bytes:
    """The proof of a fork of this space, encoded.

    Raises:
        NotFoundError: nothing was found, or only what a message said.
    """
    sp = session.stores.space(space)
    found = spacelog.forks(sp)
    for seq, user, signed in found:
        if signed:
            return codec.encode(_proof(sp, space, seq, (UserId(user), signed)))
    if found:
        raise NotFoundError(
            "A member's message names another list of members, but nothing that is signed does so "
            "yet. It convinces you and nobody else; the member's next receipt will be a proof.",
            code="no-proof",
        )
    raise NotFoundError("No fork was found in this space.", code="no-proof")


def _proof(sp: Connection, space: SpaceId, seq: int, theirs: tuple[UserId, bytes]) -> ForkProof:
    (own,) = spacelog.entries(sp, seq)[:1]
    entry = signatures.peek(own, Entry) if seq else signatures.peek(own, Genesis)
    actor = UserId(entry.actor_user)
    return ForkProof(
        version=1,
        space=space,
        seq=seq,
        first=_statement(sp, actor, own),
        second=_statement(sp, *theirs),
    )


def _statement(sp: Connection, user: UserId, signed: bytes) -> Statement:
    signer = signatures.parse(signed).signer
    for owner, data in spacelog.device_lists(sp):
        if owner == user and find_device(devicelist.read_list(data, user), signer) is not None:
            return Statement(version=1, user=user, devices=data, signed=signed)
    raise NotFoundError("The device list of who signed it is not here any more.", code="no-proof")
