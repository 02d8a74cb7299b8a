"""What the cells of the table of exhibits say. Pure."""

from __future__ import annotations

from ui.evidence.state import Column, ExhibitItem
from ui.language import tr


def name(item: ExhibitItem) -> str:
    """The name of its file, as it is shown."""
    return f"{item.stem}.{item.extension.lower()}" if item.extension else item.stem


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
