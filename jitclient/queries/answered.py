"""The threads of a space as rows, newest first, in parts between which other work goes on."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Final

from jitclient.queries import exhibits
from jitclient.session import Session
from jitclient.threadviews import Place, ThreadPage, ThreadRow
from localstore import messages, threads
from localstore.connection import Connection
from localstore.folding import fold
from localstore.messages import MessageRecord
from protocol.errors import NotFoundError
from protocol.ids import FileId, MessageId, SpaceId, UserId

PART: Final = 200
"""So many answers are looked at in one go: at most about 20 ms of the database thread."""
ROWS: Final = 50


def page(
    session: Session,
    space: SpaceId,
    below: Place | None,
    seen: Collection[MessageId],
    wanted: str,
) -> ThreadPage:
    """The threads of the next `PART` answers, or fewer where `ROWS` of them are rows."""
    sp = session.stores.space(space)
    answers = threads.latest(sp, PART, below)
    words = fold(wanted).split()
    rows, fresh = list[ThreadRow](), set[MessageId]()
    for one in answers:
        below, root = one.place, MessageId(one.root)
        if root in seen or root in fresh:
            continue
        fresh.add(root)
        row = _row(session, sp, space, root, one.place[-1], words)
        if row is not None:
            rows.append(row)
        if len(rows) == ROWS:
            break
    else:
        below = below if len(answers) == PART else None
    return ThreadPage(rows=tuple(rows), seen=frozenset(fresh), below=below)


def _row(
    session: Session,
    sp: Connection,
    space: SpaceId,
    root: MessageId,
    position: int,
    words: list[str],
) -> ThreadRow | None:
    """None: not all of the words are in it."""
    first, last = messages.message(sp, root), threads.message_at(sp, position)
    if last is None:
        return None
    text = _text(session, space, first) if first is not None else ""
    author = session.name_of(UserId(first.author_user)) if first is not None else ""
    name = session.name_of(UserId(last.author_user))
    inside = fold(f"{text} {author} {name}")
    if not all(word in inside for word in words):
        return None
    stands = threads.standing(sp, root)
    return ThreadRow(
        space=space,
        root=root,
        text=text,
        author_name=author,
        answers=stands.answers,
        unread=stands.unread,
        last_name=name,
        last_mine=last.author_user == session.user,
        at=last.received_at,
    )


def _text(session: Session, space: SpaceId, record: MessageRecord) -> str:
    if record.file is None:
        return record.text
    with suppress(NotFoundError):
        row = exhibits.one_exhibit(session, space, FileId(record.file))
        return f"{row.exhibit} {row.name}".strip()
    return record.text
