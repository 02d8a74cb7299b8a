"""What this person made of exhibits: state, note, tags, saved views (space.db). Never sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from localstore import rows
from localstore.connection import Connection
from localstore.folding import fold
from protocol.errors import NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRecord:
    """One exhibit's review; `state` is a value of `jitclient.reviewviews.ReviewState`."""

    state: str = "new"
    note: str = ""
    tags: tuple[str, ...] = ()


_SET_STATE: Final = "UPDATE review SET state = :value WHERE file = :file"
_SET_NOTE: Final = "UPDATE review SET note = :value WHERE file = :file"
_ONE: Final = "SELECT state, note FROM review WHERE file = :file"
_TOUCHED: Final = (
    "SELECT file, state, note FROM review INDEXED BY review_touched"
    " WHERE state <> 'new' OR note <> ''"
)
_TOUCHED_AMONG: Final = (
    "SELECT file, state, note FROM review WHERE (state <> 'new' OR note <> '') AND file IN "
)
_HERE_AMONG: Final = "SELECT file FROM review WHERE file IN "
_TAGS_AMONG: Final = "SELECT file, tag FROM tag WHERE file IN "
_TAG: Final = """
    INSERT INTO tag (file, folded, tag) VALUES (:file, :folded, :tag)
    ON CONFLICT (file, folded) DO UPDATE SET tag = :tag"""
_UNTAG: Final = "DELETE FROM tag WHERE file = :file AND folded = :folded"
_TAGS_OF: Final = "SELECT tag FROM tag WHERE file = :file ORDER BY folded"
_EVERY_TAG: Final = "SELECT file, tag FROM tag ORDER BY file, folded"
_TAGGED: Final = "SELECT file FROM tag WHERE folded = :folded"
_COUNTED: Final = "SELECT min(tag), count(*) FROM tag GROUP BY folded ORDER BY folded"
# The states of exhibits whose content is not, and will not be, here.
_NEXT: Final = """
    SELECT r.file FROM review r INDEXED BY review_open JOIN exhibit e ON e.position = r.position
    WHERE r.state IN ('new', 'in-review') AND r.position > :after
    AND e.state NOT IN ('cancelled', 'withdrawn', 'erased', 'failed')
    ORDER BY r.position LIMIT 1"""
_PLACE: Final = "SELECT position FROM review WHERE file = :file"
_STATES: Final = "SELECT state, count(*) FROM review GROUP BY state"
_SAVE_VIEW: Final = "INSERT OR REPLACE INTO saved_view (name, filter) VALUES (:name, :filter)"
_VIEWS: Final = "SELECT name, filter FROM saved_view ORDER BY name"
_DROP_VIEW: Final = "DELETE FROM saved_view WHERE name = :name RETURNING 1"


def set_state(sp: Connection, file: bytes, state: str) -> None:
    """Note how far the review of an exhibit is.

    Raises:
        NotFoundError: no such exhibit.
    """
    _set(sp, _SET_STATE, file, state)


def set_states(sp: Connection, files: Iterable[bytes], state: str) -> None:
    """Note the same of several exhibits; one that is not here is passed over."""
    sp.executemany(_SET_STATE, [{"file": file, "value": state} for file in files])


def known_among(sp: Connection, files: Sequence[bytes]) -> set[bytes]:
    """Which of these exhibits are here."""
    return {bytes(one) for (one,) in sp.execute(_HERE_AMONG + rows.places(files), tuple(files))}


def set_note(sp: Connection, file: bytes, note: str) -> None:
    """Keep another note; empty: none.

    Raises:
        NotFoundError: no such exhibit.
    """
    _set(sp, _SET_NOTE, file, note)


def add_tags(sp: Connection, file: bytes, tags: Iterable[str]) -> None:
    """Tag an exhibit; a tag it has already is spelt as it is now."""
    sp.executemany(_TAG, [{"file": file, "folded": fold(tag), "tag": tag} for tag in tags])


def drop_tags(sp: Connection, file: bytes, tags: Iterable[str]) -> None:
    """Take tags off an exhibit, however they are spelt."""
    sp.executemany(_UNTAG, [{"file": file, "folded": fold(tag)} for tag in tags])


def review(sp: Connection, file: bytes) -> ReviewRecord:
    """One exhibit's review; of one that is not known, that of a new one."""
    found = sp.execute(_ONE, {"file": file}).fetchall()
    tags = tuple(str(tag) for (tag,) in sp.execute(_TAGS_OF, {"file": file}))
    state, note = found[0] if found else ("new", "")
    return ReviewRecord(state=str(state), note=str(note), tags=tags)


def reviews(sp: Connection) -> dict[bytes, ReviewRecord]:
    """Of every exhibit of which there is something to say."""
    return _known(sp.execute(_EVERY_TAG), sp.execute(_TOUCHED))


def among(sp: Connection, files: Sequence[bytes]) -> dict[bytes, ReviewRecord]:
    """Of these exhibits, as far as there is something to say."""
    places, every = rows.places(files), tuple(files)
    tags = sp.execute(f"{_TAGS_AMONG}{places} ORDER BY file, folded", every)
    return _known(tags, sp.execute(_TOUCHED_AMONG + places, every))


def _known(
    tagged: Iterable[tuple[bytes, str]], touched: Iterable[tuple[bytes, str, str]]
) -> dict[bytes, ReviewRecord]:
    tags: dict[bytes, list[str]] = defaultdict(list)
    for file, tag in tagged:
        tags[bytes(file)].append(str(tag))
    known = {file: ReviewRecord(tags=tuple(every)) for file, every in tags.items()}
    for file, state, note in touched:
        before = known.get(bytes(file), ReviewRecord())
        known[bytes(file)] = replace(before, state=str(state), note=str(note))
    return known


def tagged(sp: Connection, tag: str) -> set[bytes]:
    """The exhibits with a tag, however it is spelt."""
    return {bytes(file) for (file,) in sp.execute(_TAGGED, {"folded": fold(tag)})}


def tags(sp: Connection) -> list[tuple[str, int]]:
    """Every tag and how many exhibits have it."""
    return [(str(tag), int(count)) for tag, count in sp.execute(_COUNTED)]


def next_open(sp: Connection, after: bytes | None = None) -> bytes | None:
    """The first exhibit, in the order they came, that is new or in review; behind one, if given.

    Behind the last it begins at the first again; None: there is none.
    """
    found = sp.execute(_PLACE, {"file": after}).fetchall() if after is not None else []
    for start in dict.fromkeys((int(found[0][0]) if found else 0, 0)):
        row = sp.execute(_NEXT, {"after": start}).fetchall()
        if row:
            return bytes(row[0][0])
    return None


def states(sp: Connection) -> dict[str, int]:
    """How many exhibits there are in each state."""
    return {str(state): int(count) for state, count in sp.execute(_STATES)}


def save_view(sp: Connection, name: str, filter_: str) -> None:
    """Keep a filter under a name; one of that name is replaced."""
    sp.execute(_SAVE_VIEW, {"name": name, "filter": filter_})


def views(sp: Connection) -> dict[str, str]:
    """The saved filters by name."""
    return {str(name): str(kept) for name, kept in sp.execute(_VIEWS)}


def drop_view(sp: Connection, name: str) -> bool:
    """Forget a filter; False: there is none of that name."""
    return bool(sp.execute(_DROP_VIEW, {"name": name}).fetchall())


def _set(sp: Connection, sql: str, file: bytes, value: str) -> None:
    if sp.execute(sql, {"file": file, "value": value}).rowcount != 1:
        raise NotFoundError("There is no such exhibit on this device.")
