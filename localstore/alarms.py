"""What was detected and refused, until a person dismisses it (device.db)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from localstore import rows
from localstore.connection import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRecord:
    """One alarm; `key` tells apart several causes of one code."""

    alarm: int
    space: bytes | None
    code: str
    sentence: str
    at: int
    key: str
    dismissed: bool


_RAISE: Final = """
    INSERT INTO alarm (space, code, sentence, at, key)
    VALUES (:space, :code, :sentence, :at, :key)
    ON CONFLICT DO NOTHING RETURNING alarm"""
_LIST: Final = rows.selection(AlarmRecord, "FROM alarm WHERE dismissed = :dismissed ORDER BY alarm")
_STANDS: Final = """
    SELECT EXISTS (SELECT 1 FROM alarm WHERE dismissed = 0 AND space = :space AND code = :code)"""
_ONE: Final = rows.selection(AlarmRecord, "FROM alarm WHERE alarm = :alarm")
_DROP_SEEN: Final = "DELETE FROM alarm WHERE space = :space AND dismissed = 1"
_BLUR: Final = "UPDATE alarm SET sentence = :sentence WHERE space = :space"
_DISMISS: Final = "UPDATE alarm SET dismissed = 1 WHERE alarm = :alarm"
# One that was raised anew meanwhile stands for both.
_RECALL: Final = "UPDATE OR IGNORE alarm SET dismissed = 0 WHERE alarm = :alarm"


def raise_alarm(
    db: Connection, space: bytes | None, code: str, sentence: str, at: int, key: str
) -> AlarmRecord | None:
    """Record an alarm; None when one with the same (space, code, key) still stands."""
    parameters = {"space": space or b"", "code": code, "sentence": sentence, "at": at, "key": key}
    found = db.execute(_RAISE, parameters).fetchall()
    if not found:
        return None
    return _record(db.execute(_ONE, {"alarm": found[0][0]}).fetchall()[0])


def alarms(db: Connection, dismissed: bool = False) -> list[AlarmRecord]:
    """The standing alarms (or the dismissed ones), oldest first."""
    return [_record(row) for row in db.execute(_LIST, {"dismissed": dismissed}).fetchall()]


def stands(db: Connection, space: bytes, code: str) -> bool:
    """Whether an alarm of this code about a space was not dismissed yet."""
    return bool(db.execute(_STANDS, {"space": space, "code": code}).fetchall()[0][0])


def dismiss(db: Connection, alarm: int) -> None:
    """A person has seen it; the same cause may raise another from now on."""
    db.execute(_DISMISS, {"alarm": alarm})


def recall(db: Connection, alarm: int) -> None:
    """It was dismissed by mistake: it stands again."""
    db.execute(_RECALL, {"alarm": alarm})


def blur(db: Connection, space: bytes, sentence: str) -> None:
    """Take the words out of a space's alarms: dismissed ones go, standing ones keep their code."""
    db.execute(_DROP_SEEN, {"space": space})
    db.execute(_BLUR, {"space": space, "sentence": sentence})


def _record(row: tuple[Any, ...]) -> AlarmRecord:
    record = rows.build(AlarmRecord, row)
    return record if record.space else replace(record, space=None)
