"""The index for searching: many rows at once, a moment after they can be read (space.db).

The act that writes a row only notes that it is fresh; a search looks at fresh rows one by one.
Rows from before the index existed are a backlog, indexed in slices from the newest down. What
stands in the index is folded text, three letters at a time. Spec: docs/protocol/81-local-store.md
§9. Reading: search.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from localstore import rows
from localstore.connection import Connection
from localstore.folding import fold, trace

SEAM: Final = "\n\n"
"""Ends every part: nothing that is typed crosses it, and the last letters begin a triple too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One table that is searched.

    `columns` are what a text is made of, `parts` makes it; an empty result is not indexed.
    """

    table: str
    columns: tuple[str, ...]
    parts: Callable[[Mapping[str, Any]], Iterable[str]]

    @property
    def index(self) -> str:
        """The name of its index."""
        return f"{self.table}_search"


def _message_parts(row: Mapping[str, Any]) -> Iterable[str]:
    return (row["text"],) if row["kind"] == "text" else ()


def _exhibit_parts(row: Mapping[str, Any]) -> Iterable[str]:
    facts = bytes(row["facts"]).decode().split("\0")[1::2]
    return (row["name"], row["exhibit"], *facts)


MESSAGES: Final = Subject(table="message", columns=("kind", "text"), parts=_message_parts)
EXHIBITS: Final = Subject(
    table="exhibit", columns=("name", "exhibit", "facts"), parts=_exhibit_parts
)
SUBJECTS: Final = (MESSAGES, EXHIBITS)

_BACKLOG: Final = "SELECT below FROM search_backlog WHERE subject = :subject"
_MOVE: Final = "UPDATE search_backlog SET below = :below WHERE subject = :subject"
_DONE: Final = "DELETE FROM search_backlog WHERE subject = :subject"
_FRESH: Final = "SELECT start FROM search_fresh WHERE subject = :subject"
_FIRST: Final = (
    "INSERT INTO search_fresh (subject, start) VALUES (:subject, :start) ON CONFLICT DO NOTHING"
)
_LATER: Final = "UPDATE search_fresh SET start = :start WHERE subject = :subject"
_NONE: Final = "DELETE FROM search_fresh WHERE subject = :subject"


def folded(subject: Subject, row: Mapping[str, Any]) -> str:
    """The text of a row as it is searched; empty: it is not."""
    return "".join(fold(part) + SEAM for part in subject.parts(row) if part)


def traced(subject: Subject, row: Mapping[str, Any]) -> bytes:
    """What the text of a row leaves by `folding.trace`."""
    return b"".join(map(trace, subject.parts(row)))


def add(sp: Connection, subject: Subject, position: int) -> None:
    """Note that a row, higher than all before it, was written in the same act.

    Raises:
        BugError: outside an act.
    """
    rows.require_transaction(sp)
    sp.execute(_FIRST, {"subject": subject.table, "start": position})


def settle(sp: Connection, subject: Subject, limit: int) -> bool:
    """Index the next `limit` fresh rows; False: there is none left.

    Raises:
        BugError: outside an act.
    """
    rows.require_transaction(sp)
    start = fresh(sp, subject)
    if not start:
        return False
    found = _texts(sp, subject, "position >= :at ORDER BY position", start, limit)
    _put(sp, subject, found)
    if len(found) < limit:
        sp.execute(_NONE, {"subject": subject.table})
        return False
    sp.execute(_LATER, {"subject": subject.table, "start": found[-1][0] + 1})
    return True


def fresh(sp: Connection, subject: Subject) -> int:
    """The position from which on rows are not indexed yet; 0: all are."""
    found = sp.execute(_FRESH, {"subject": subject.table}).fetchall()
    return int(found[0][0]) if found else 0


def replace(sp: Connection, subject: Subject, key: str, value: bytes) -> None:
    """Index a row anew after its text was changed in the same act; `key` names its id's column.

    Raises:
        BugError: outside an act.
    """
    rows.require_transaction(sp)
    found = _texts(sp, subject, f"{key} = :at", value, 1)
    if not found:
        return
    position, start = found[0][0], fresh(sp, subject)
    if position < _below(sp, subject) or 0 < start <= position:
        return  # its turn is still to come
    sp.execute(
        f"DELETE FROM {subject.index} WHERE rowid = :position",  # noqa: S608
        {"position": position},
    )
    _put(sp, subject, found)


def catch_up(sp: Connection, subject: Subject, limit: int) -> bool:
    """Index the next `limit` rows of the backlog; False: there is none left.

    Raises:
        BugError: outside an act.
    """
    rows.require_transaction(sp)
    below = _below(sp, subject)
    if not below:
        return False
    found = _texts(sp, subject, "position < :at ORDER BY position DESC", below, limit)
    _put(sp, subject, found[::-1])  # rising: the index likes to grow at its end
    if len(found) < limit:
        sp.execute(_DONE, {"subject": subject.table})
        return False
    sp.execute(_MOVE, {"subject": subject.table, "below": found[-1][0]})
    return True


def backlog(sp: Connection) -> tuple[int, int]:
    """About how many rows are not indexed yet, and how many there are: highest positions."""
    waiting = total = 0
    for subject in SUBJECTS:
        waiting += max(0, _below(sp, subject) - 1)
        top = f"SELECT coalesce(max(position), 0) FROM {subject.table}"  # noqa: S608
        total += int(sp.execute(top).fetchall()[0][0])
    return waiting, total


def _below(sp: Connection, subject: Subject) -> int:
    """The position below which rows are not indexed yet; 0: all are."""
    found = sp.execute(_BACKLOG, {"subject": subject.table}).fetchall()
    return int(found[0][0]) if found else 0


def _texts(
    sp: Connection, subject: Subject, where: str, at: int | bytes, limit: int
) -> list[tuple[int, str]]:
    """Positions and folded texts of rows."""
    columns = ", ".join(("position", *subject.columns))
    sql = f"SELECT {columns} FROM {subject.table} WHERE {where} LIMIT :limit"  # noqa: S608 - our names
    found = sp.execute(sql, {"at": at, "limit": limit}).fetchall()
    return [
        (position, folded(subject, dict(zip(subject.columns, values, strict=True))))
        for position, *values in found
    ]


def _put(sp: Connection, subject: Subject, texts: list[tuple[int, str]]) -> None:
    sql = f"INSERT INTO {subject.index} (rowid, folded) VALUES (?, ?)"  # noqa: S608
    if wanted := [(position, text) for position, text in texts if text]:
        sp.executemany(sql, wanted)
