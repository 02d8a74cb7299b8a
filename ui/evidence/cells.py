"""What the cells of the table of exhibits say. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Final

from protocol.facts import moment
from ui.evidence.state import Column, ExhibitItem
from ui.language import tr
from ui.printing.paper import zoned
from ui.words import plain, stamp, written_date

STATED: Final = frozenset(
    {Column.SEIZED, Column.PLACE, Column.AUTHORITY, Column.MARKS, Column.TYPE}
)
"""Columns of what was stated of an exhibit; not of every one it was."""


def name(item: ExhibitItem) -> str:
    """The name of its file, as it is shown."""
    return f"{item.stem}.{item.extension.lower()}" if item.extension else item.stem


def acquired(item: ExhibitItem) -> float:
    """When it was acquired, in seconds since 1970, for ordering; a day begins at midnight UTC."""
    found = moment(dict(item.facts).get("acquired-at", ""))
    if isinstance(found, datetime):
        return found.timestamp()
    begin = datetime.combine(found, time(), UTC) if found is not None else None
    return begin.timestamp() if begin is not None else 0.0


def seized(item: ExhibitItem) -> tuple[str, ...]:
    """When it was acquired: by the clock of that place, and below it in UTC; or the day alone."""
    stated = dict(item.facts).get("acquired-at", "")
    found = moment(stated)
    if not isinstance(found, datetime):
        return (written_date(stated),) if found is not None else ()
    at = int(found.timestamp())
    return stamp(at, found.tzinfo), zoned(at, UTC)


def words(item: ExhibitItem, column: Column) -> str:
    """What a cell says, to readers and at the pointer."""
    match column:
        case Column.NUMBER:
            reviewed = (item.review.word,) if item.review.icon else ()
            return "\n".join((item.number or tr("No number"), *item.marks, *reviewed))
        case Column.NAME:
            called = name(item)
            return (
                tr("{name}\nSHA-256 {sha256}", name=called, sha256=item.sha256)
                if item.sha256
                else called
            )
        case Column.SIZE:
            return item.size
        case Column.STATE:
            done = f"{item.percent} %" if item.percent is not None else ""
            return ", ".join(part for part in (item.badge.word, done, item.motion) if part)
        case Column.REVIEW:
            return item.review.word
        case Column.VERIFIED:
            return item.verified
        case _:
            return _stated(item, column)


def _stated(item: ExhibitItem, column: Column) -> str:
    facts = dict(item.facts)
    match column:
        case Column.SEIZED:
            return "\n".join(seized(item))
        case Column.PLACE:
            return plain(", ".join(filter(None, map(facts.get, ("place", "country")))))
        case Column.AUTHORITY:
            return plain(facts.get("authority", ""))
        case Column.MARKS:
            return "\n".join(item.marks)
        case _:
            return plain(item.mime)
