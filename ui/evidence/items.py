"""Makes table rows and inspector lines from exhibits. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import tzinfo
from functools import lru_cache
from sys import intern
from typing import Any, Final

from jitclient import factviews
from jitclient.reviewviews import WORDS, ReviewState
from jitclient.todayviews import warned
from jitclient.views import ExhibitRow, ExhibitState, SpaceDetail, SpaceState
from ui import words
from ui.errors.cards import ErrorCard
from ui.errors.table import CARDS
from ui.evidence import cells
from ui.evidence.state import Column, Details, ExhibitItem, FactLine
from ui.evidence.stated import said, shown_marks
from ui.language import Table, number, told, tr
from ui.theme.tokens import Tone
from ui.words import Badge

STALL_SECONDS: Final = 20
_PAUSABLE: Final = words.MOVING
_RESUMABLE: Final = frozenset(
    {ExhibitState.PAUSED, ExhibitState.FAILED, ExhibitState.CORRUPTED, ExhibitState.AVAILABLE}
)
_WITHDRAWABLE: Final = frozenset(
    {
        ExhibitState.SEALING,
        ExhibitState.UPLOADING,
        ExhibitState.PAUSED,
        ExhibitState.FAILED,
        ExhibitState.ON_SERVER,
    }
)
_NOT_HERE: Final = frozenset(
    {
        ExhibitState.AVAILABLE,
        ExhibitState.DOWNLOADING,
        ExhibitState.PAUSED,
        ExhibitState.FAILED,
        ExhibitState.CORRUPTED,
    }
)
_REVIEWS: Final = Table(
    {
        ReviewState.NEW.value: Badge(WORDS[ReviewState.NEW], ""),
        ReviewState.IN_REVIEW.value: Badge(WORDS[ReviewState.IN_REVIEW], "eye", Tone.ACCENT),
        ReviewState.REVIEWED.value: Badge(WORDS[ReviewState.REVIEWED], "check", Tone.VERIFIED),
        ReviewState.FLAGGED.value: Badge(WORDS[ReviewState.FLAGGED], "flag", Tone.WARN),
    }
)
_DIGITS: Final = re.compile(r"\d+")
_LONGEST: Final = 31  # a number of more digits is compared as text; what is written begins at 32
_FAR: Final = {state.value: at for at, state in enumerate(ReviewState)}
_OF_A_PART: Final = re.compile("Part ")  # as the sentence of `part-corrupted` begins
_WHOLE: Final = frozenset({ExhibitState.VERIFIED, ExhibitState.ON_SERVER})


def can_export(row: ExhibitRow) -> bool:
    """Whether a copy can be saved: it is here, whole, and somebody else's."""
    return row.state is ExhibitState.VERIFIED and not row.mine


def can_verify(row: ExhibitRow) -> bool:
    """Whether all of it can be read again."""
    return row.state in _WHOLE and bool(row.sha256)


def item(row: ExhibitRow, *, still_for: int = 0) -> ExhibitItem:
    """One table row; `still_for` is how many seconds no byte moved."""
    stem, extension = words.extension(words.plain(row.name))
    travels = row.state in words.MOVING or row.state is ExhibitState.PAUSED
    percent = words.percent(row.done, row.total) if travels and row.total else None
    return ExhibitItem(
        file=row.file,
        number=words.plain(row.exhibit),
        stem=stem,
        extension=intern(extension),
        bytes=row.size,
        size=intern(words.size(row.size)),  # equal words of many rows are kept once
        badge=_same(words.exhibit_badge(row)),
        percent=percent,
        motion=_motion(row, percent, still_for),
        verified=intern(words.received(row)),
        whole=bool(row.recipients) and all(one.at is not None for one in row.recipients),
        sha256=row.sha256,
        added_at=row.added_at,
        can_pause=row.state in _PAUSABLE,
        can_resume=row.state in _RESUMABLE,
        can_cancel=row.mine and row.state in _WITHDRAWABLE,
        can_export=can_export(row),
        can_verify=can_verify(row),
        mine=row.mine,
        handed_over=row.state is ExhibitState.ON_SERVER,
        marks=shown_marks(row.facts),
        can_permit=bool(row.in_force),
        review=_same(_REVIEWS[row.review]),
        far=_FAR[row.review],
        facts=row.facts,
        mime=row.mime,
    )


@lru_cache(maxsize=256)
def _same(badge: Badge) -> Badge:
    """The first one that was equal to it."""
    return badge


def _motion(row: ExhibitRow, percent: int | None, still_for: int) -> str:
    if percent is None:
        return ""
    if row.state is ExhibitState.PAUSED:
        return tr("{done} of {total}", done=words.size(row.done), total=words.size(row.total))
    if still_for >= STALL_SECONDS:
        return tr("No bytes for {still_for}", still_for=words.span(still_for))
    parts = (
        words.rate(row.rate),
        words.left(row.done, row.total, row.rate),
    )
    return "  ·  ".join(part for part in parts if part)


def details(row: ExhibitRow, zone: tzinfo | None, now: int = 0) -> Details:
    """Everything known of one exhibit; with the time `now`, also that the store erases it soon."""
    stem, extension = words.extension(words.plain(row.name))
    receipts = tuple(
        (
            words.plain(one.name),
            tr("Verified {at}", at=words.stamp(one.at, zone))
            if one.at is not None
            else tr("Not yet"),
            one.at is not None,
        )
        for one in row.recipients
    )
    badge = words.exhibit_badge(row)
    known, stated, marks = _known(row, zone), _stated(row), shown_marks(row.facts)
    return Details(
        title=stem,
        extension=extension,
        badge=badge,
        problem=told(row.problem),
        facts=known,
        receipts=receipts,
        stated=stated,
        marks=marks,
        warning=_warning(row, now),
        breach=_breach(row),
    )


def _warning(row: ExhibitRow, now: int) -> str:
    due = warned(row.expires_at, now) if now else 0
    if row.mine or not row.recipients or row.state not in _NOT_HERE or not due:
        return ""
    day = words.date(row.expires_at or 0)
    return tr("Not here yet, and gone from the store on {day} at the latest.", day=day)


def _breach(row: ExhibitRow) -> ErrorCard | None:
    """What stands above a damaged exhibit; what can be done with it is not offered meanwhile."""
    if row.state is not ExhibitState.CORRUPTED:
        return None
    code = "part-corrupted" if _OF_A_PART.match(row.problem) else "hash-mismatch"
    title, safe, todo = (tr(one) for one in CARDS[code])
    return ErrorCard(title, told(row.problem), safe, todo, code, Tone.DANGER)


def _known(row: ExhibitRow, zone: tzinfo | None) -> tuple[FactLine, ...]:
    """What this device knows by itself."""
    facts = [
        FactLine(tr("Exhibit number"), words.plain(row.exhibit) or tr("None given")),
        FactLine(
            tr("Size"),
            tr("{size} ({exact} bytes)", size=words.size(row.size), exact=number(row.size)),
        ),
        FactLine(tr("Handed over by"), tr("You") if row.mine else words.plain(row.author_name)),
        FactLine(tr("Added"), words.stamp(row.added_at, zone)),
    ]
    if row.sha256:
        facts.insert(1, FactLine("SHA-256", row.sha256, mono=True, copy=True))
    else:
        facts.insert(1, FactLine("SHA-256", tr("Known when sealing is done")))
    if row.mime:
        facts.append(FactLine(tr("Type as stated"), words.plain(row.mime)))
    if row.source:
        facts.append(FactLine(tr("Read from"), words.plain(row.source)))
    if row.expires_at is not None:
        facts.append(FactLine(tr("Erased at the store by"), words.stamp(row.expires_at, zone)))
    facts += [
        FactLine(
            tr("{code} permitted by", code=one.code),
            words.plain(f"{one.given_by}, {one.reference}"),
        )
        for one in row.permissions
    ]
    return tuple(facts)


def _stated(row: ExhibitRow) -> tuple[FactLine, ...]:
    """What its manifest says; the word of who signed it."""
    return tuple(
        FactLine(
            tr(one.label),
            said(one.name, dict(row.facts)[one.name]),
            mono=one.name.startswith("acquired-") and len(one.value) > 31,
        )
        for one in factviews.rows(row.facts)
    )


@lru_cache(maxsize=1 << 17)
def natural(text: str) -> str:
    """A key that puts A-2 before A-10: before a number stands how many digits it has.

    One string: a hundred thousand keys are remembered, and tuples of parts take four times as much.
    """
    return _DIGITS.sub(_counted, text.casefold())


def _counted(digits: re.Match[str]) -> str:
    plain = str(int(digits[0]))
    return f"{chr(min(len(plain), _LONGEST))}{plain}"


def order(column: Column) -> Callable[[ExhibitItem], Any]:
    """What the rows are compared by when they are ordered by a column."""
    match column:
        case Column.NUMBER:
            return lambda one: (natural(one.number), -one.added_at)
        case Column.NAME:
            return lambda one: natural(one.stem)
        case Column.SIZE:
            return lambda one: one.bytes
        case Column.STATE:
            return lambda one: one.badge.word
        case Column.REVIEW:
            return lambda one: one.far
        case Column.VERIFIED:
            return lambda one: one.verified
        case Column.SEIZED:
            return cells.acquired
        case Column.PLACE | Column.AUTHORITY | Column.MARKS | Column.TYPE:
            return lambda one: natural(cells.words(one, column))


def lacks(column: Column, one: ExhibitItem) -> bool:
    """Whether it has nothing to be ordered by there: it comes last, whichever way."""
    if column is Column.NUMBER:
        return not one.number
    return column in cells.STATED and not cells.words(one, column)


def may_add(detail: SpaceDetail) -> tuple[bool, str]:
    """Whether this person can hand over in a space; if not, why."""
    if detail.row.state is not SpaceState.OPEN:
        return False, tr("Nothing new can enter this space.")
    me = next((one for one in detail.members if one.is_me), None)
    if me is not None and me.waits:
        return False, tr("You hand over nothing before a controller is designated for your data.")
    if me is None or not me.may_upload:
        return False, tr("Your role in this space may receive evidence, not hand it over.")
    if len(detail.members) < 2:
        return False, tr("Add a member first: evidence is sealed for named persons.")
    return True, ""
