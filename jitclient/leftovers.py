"""What a wipe cannot reach: found before the key goes, stated in the receipt, told to the person.

The receipt passes through the store in the clear and says how many of what kind; which ones is
kept in device.db and shown on this device only. Database thread. Spec: docs/protocol/61-closing.md.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from jitclient import carrying_out
from jitclient.place import Place
from jitclient.session import Session
from localstore import evidence, outside, traces, unreached
from localstore.connection import transaction
from localstore.outside import Outside
from localstore.unreached import Unreached
from protocol.ids import SpaceId

ALWAYS: Final = "copies in backups and blocks a drive keeps, as ciphertext without a key"
UNKNOWN: Final = "copies outside, of which the damaged records tell nothing"
HELD: Final = "the system did not let go of"
SAVED: Final = frozenset({"exhibit", "sheet", "proof"} | carrying_out.PAPERS)
_COUNTED: Final = (
    ("exhibit", "{} exhibit(s) exported to a file by this person"),
    ("list", "{} hand-over list(s) written to a file"),
    ("detection", "{} customs detection(s) written to a file"),
    ("numbers", "{} list(s) of safety numbers written to a file"),
    ("log", "{} custody log(s) written to a file"),
    ("check", "{} report(s) of a check written to a file"),
    ("proof", "{} proof(s) written to a file"),
    ("profile", "{} copy(s) of the whole profile"),
    ("unfinished", "{} exhibit(s) whose export was cut off, in a folder that is not there now"),
    ("source", "the own files that were handed over, in {} folder(s)"),
    ("member", "{} member(s) removed before the end, who are not told of it"),
    ("trace", "{} entry(s) of the desktop's recent files or thumbnails"),
)


def found(at: Place) -> list[Unreached]:
    """Everything outside that the records of a space name, as rows to keep."""
    rows = [_row(at, one.what, one.path, one.made_at) for one in _copies(at)]
    rows += [_row(at, "unfinished", one.temporary, None) for one in outside.unfinished(at.sp)]
    kept = unreached.of_space(at.session.stores.device, at.space)
    rows += [row for row in kept if row.what == "profile"]
    known, folders = {row.name for row in rows}, set()
    for record in evidence.exhibits(at.sp):
        if record.exported_to and os.fsencode(record.exported_to) not in known:
            rows.append(_row(at, "exhibit", Path(record.exported_to), None))
        if record.mine and record.source:
            folders.add(Path(record.source).parent)
    rows += [_row(at, "source", one, None) for one in folders if _outside(at.session, one)]
    for user in at.log.roster.removed:
        if user not in at.log.roster.members:
            name = at.name(user).encode()
            rows.append(Unreached(space=at.space, what="member", name=name, at=None))
    return rows


def _outside(session: Session, folder: Path) -> bool:
    return not folder.is_relative_to(session.profile.directory)


def _copies(at: Place) -> list[Outside]:
    """What stands whole, or may: a file that was complete when the program was killed."""
    stood = [o for o in outside.copies(at.sp) if o.made_at is not None or o.path.exists()]
    return list({one.path: one for one in stood}.values())


def _row(at: Place, what: str, path: Path, when: int | None) -> Unreached:
    return Unreached(space=at.space, what=what, name=os.fsencode(path), at=when)


def once_more(session: Session, space: SpaceId) -> None:
    """Try again what was in a folder that was not there: once in every unlocked session."""
    rows = unreached.of_space(session.stores.device, space)
    if any(row.what == "unfinished" for row in rows):
        clear(session, space)


def clear(session: Session, space: SpaceId) -> int:
    """Remove what is nobody's file: copies cut off midway, and what desktops keep of the others.

    Returns:
        How many traces the desktop did not let go.
    """
    db = session.stores.device
    rows = unreached.of_space(db, space)
    for row in rows:
        if row.what == "unfinished":
            temporary = Path(os.fsdecode(row.name))
            copy = Outside(path=temporary, temporary=temporary, what="exhibit")
            if carrying_out.taken_away(copy):
                with transaction(db):
                    unreached.drop(db, row)
    return traces.forget(Path(os.fsdecode(row.name)) for row in rows if row.what in SAVED)


def stays(session: Session, space: SpaceId, left: Sequence[str]) -> None:
    """Keep which files of the profile the system did not let go; those that went are dropped."""
    db = session.stores.device
    rows = [Unreached(space=space, what="file", name=one.encode(), at=None) for one in left]
    old = [row for row in unreached.of_space(db, space) if row.what == "file"]
    if rows == old:
        return
    with transaction(db):
        for row in old:
            unreached.drop(db, row)
        unreached.note(db, rows)


def words(rows: Iterable[Unreached], *, damaged: bool, traces_left: int) -> str:
    """What the receipt says: kinds and numbers, no name and no path of anybody's."""
    rows = list(rows)
    counts = Counter(row.what for row in rows)
    counts["trace"] = traces_left
    said = [ALWAYS, *([UNKNOWN] if damaged else [])]
    said += [text.format(counts[what]) for what, text in _COUNTED if counts[what]]
    said += _of_profile([row.name.decode() for row in rows if row.what == "file"])
    return "; ".join(said)


def _of_profile(names: Sequence[str]) -> list[str]:
    """What stayed in the profile, by what it is: ids are of no use to anybody else."""
    kinds = Counter(kind for name in names if (kind := _kind(PurePosixPath(name))))
    if not names:
        return []
    kinds = kinds or Counter({"folder that is empty or cannot be read": 1})
    named = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return [f"{HELD}: {named}"]


def _kind(path: PurePosixPath) -> str:
    if path.name.startswith("device.db"):
        return "older copy of the key database"
    if path.name.startswith("window.ini"):
        return "line of the window's memory"
    if path.name.startswith("space.db"):
        return "database file (no key is left)"
    if path.parts[2:3] == ("parts",) and len(path.parts) > 4:
        return "part of an exhibit (no key is left)"
    if path.parts[2:3] == ("spool",) and len(path.parts) > 3:
        return "part of an exhibit (no key is left)"
    return ""
