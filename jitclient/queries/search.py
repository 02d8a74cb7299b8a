"""Searching messages and exhibits: what a query means here, and hits as rows. Database thread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePath
from typing import Any, Final

from jitclient import spacewise
from jitclient.foundation.text import visible
from jitclient.reviewviews import NO_TAG
from jitclient.searchmarks import has, marked
from jitclient.searchquery import Query
from jitclient.searchviews import Marked, Place, SearchHit
from jitclient.session import WIPED_STATES, Session
from jitclient.timeline_rows import ExhibitState
from localstore import evidence, messages, spaces
from localstore.connection import Connection
from localstore.evidence import ExhibitRecord
from localstore.folding import fold
from localstore.messages import MessageRecord
from localstore.search import Finder, Wanted
from localstore.searchindex import EXHIBITS, MESSAGES, Subject
from localstore.spaces import SpaceRecord
from protocol.errors import NotFoundError
from protocol.facts import BY_NAME
from protocol.ids import FileId, MessageId, SpaceId, UserId

_FACTS_SHOWN: Final = 2
_MEDIA: Final = frozenset({"image", "video", "audio"})
_EXTENSIONS: Final = {
    "document": {"pdf", "doc", "docx", "odt", "rtf", "txt", "md", "xls", "xlsx", "ods", "csv",
                 "ppt", "pptx", "odp"},
    "mail": {"eml", "msg", "mbox", "pst", "ost"},
    "archive": {"zip", "7z", "rar", "tar", "gz", "bz2", "xz", "tgz"},
}  # fmt: skip
_BETWEEN: Final = "\1"  # folding leaves no control characters
_MADE_OF_IT: Final = {
    "review": "(SELECT state FROM review WHERE review.file = exhibit.file)",
    "tags": "(SELECT group_concat(folded, char(1)) FROM tag WHERE tag.file = exhibit.file)",
}
_KEYS: Final = {MESSAGES.table: "message", EXHIBITS.table: "file"}


@dataclass(slots=True)
class Stream:
    """The hits of one table of one space, the newest first."""

    space: SpaceId
    title: str
    subject: Subject
    finder: Finder
    found: list[tuple[int, SearchHit]] = field(default_factory=list)

    @property
    def place(self) -> Place:
        """What names it."""
        return self.space, self.subject.table


def streams(
    session: Session, query: Query, space: SpaceId | None, below: Mapping[Place, int]
) -> tuple[list[Stream], list[str]]:
    """What has to be looked through, and why some of it can find nothing.

    Raises:
        NotFoundError: no such space on this device.
        SpaceClosedError: it was wiped.
    """
    if space is not None:
        session.stores.space(space)
    here = [one for one in _spaces(session) if space in (None, one.space)]
    asked = [one for one in here if _any_in(query.spaces, one.title)]
    found: list[Stream] = []
    known = False
    for record in asked:
        act = partial(_streams, title=visible(record.title), query=query, below=below)
        made = spacewise.attempt(session, SpaceId(record.space), act)
        known |= made is not None
        found += made or ()
    hints = ["No space is called that."] if here and not asked else []
    if asked and not known:
        hints.append("Nobody who is or was a member is called that.")
    return found, hints


def _streams(
    session: Session, space: SpaceId, *, title: str, query: Query, below: Mapping[Place, int]
) -> list[Stream] | None:
    """What of a space has to be looked through; None: nobody there is meant by `from:`."""
    authors = _authors(session, space, query.authors)
    if authors == frozenset():
        return None
    sp = session.stores.space(space)
    found = []
    for subject in _subjects(query):
        place = (space, subject.table)
        if not below or place in below:
            wanted = _wanted(query, subject, authors)
            key = _KEYS[subject.table]
            finder = Finder(sp, subject, wanted, key=key, below=below.get(place))
            found.append(Stream(space, title, subject, finder))
    return found


def step(session: Session, stream: Stream, query: Query, limit: int) -> None:
    """Look at the next rows of a stream."""
    sp = session.stores.space(stream.space)
    terms = _terms(query)
    for position, key in stream.finder.step(sp, limit - len(stream.found)):
        hit = _hit(session, sp, stream, key, terms)
        if hit is not None:
            stream.found.append((position, hit))


def searched(session: Session) -> list[SpaceId]:
    """The spaces whose contents are here."""
    return [SpaceId(one.space) for one in _spaces(session)]


def _spaces(session: Session) -> list[SpaceRecord]:
    every = spaces.spaces(session.stores.device)
    return [one for one in every if one.state not in WIPED_STATES and one.log_seq >= 0]


def _terms(query: Query) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term for term in map(fold, query.words) if term))


def _any_in(wanted: Sequence[str], text: str) -> bool:
    return not wanted or any(fold(one) in fold(text) for one in wanted)


def _authors(session: Session, space: SpaceId, wanted: Sequence[str]) -> frozenset[UserId] | None:
    """Whom `from:` means in a space; None: anybody."""
    if not wanted:
        return None
    try:
        roster = session.log(space).roster
    except NotFoundError:
        return frozenset()
    everybody = {session.user, *roster.members, *roster.removed}
    me = {session.user} if any(fold(one) == "me" for one in wanted) else set()
    return frozenset(me | {one for one in everybody if _any_in(wanted, session.name_of(one))})


def _subjects(query: Query) -> tuple[Subject, ...]:
    """Which tables a query concerns: a type or a number may leave one out."""
    found = []
    of_exhibits = query.numbers or query.tags or query.reviews
    if not of_exhibits and (not query.types or "message" in query.types):
        found.append(MESSAGES)
    if not query.types or set(query.types) - {"message"}:
        found.append(EXHIBITS)
    return tuple(found)


def _wanted(query: Query, subject: Subject, authors: frozenset[UserId] | None) -> Wanted:
    since = _begin(query.after) if query.after else None
    until = _begin(query.before) if query.before else None

    def keep(row: Mapping[str, Any]) -> bool:
        at = _message_at(row) if subject is MESSAGES else row["added_at"]
        return (
            (authors is None or bytes(row["author_user"]) in authors)
            and (since is None or at >= since)
            and (until is None or at < until)
            and (subject is MESSAGES or _is_such(query, row))
        )

    times = ("claimed_at", "received_at", "state", "told_by")
    columns = times if subject is MESSAGES else ("added_at", "mime")
    return Wanted(
        terms=_terms(query),
        columns=("author_user", *columns),
        more=_MADE_OF_IT if query.tags or query.reviews else {},
        keep=keep,
    )


def _begin(day: dt.date) -> int:
    """When a day begins on this computer."""
    return int(dt.datetime(day.year, day.month, day.day).astimezone().timestamp())


def _message_at(row: Mapping[str, Any]) -> int:
    """When a message was written here or came here, as the conversation shows it."""
    came = row["state"] == "incoming" and not row["told_by"]
    return int(row["received_at"] if came else row["claimed_at"])


def _is_such(query: Query, row: Mapping[str, Any]) -> bool:
    number = fold(row["exhibit"])
    if query.numbers and not any(number.startswith(fold(one)) for one in query.numbers):
        return False
    if not _reviewed_so(query, row):
        return False
    wanted = [one for one in query.types if one != "message"]
    return not wanted or any(_of_type(one, row) for one in wanted)


def _reviewed_so(query: Query, row: Mapping[str, Any]) -> bool:
    """As `reviewviews.keeps` judges the rows of the list."""
    if query.reviews and not (row["review"] or "new").startswith(query.reviews):
        return False
    has = str(row["tags"]).split(_BETWEEN) if query.tags and row["tags"] else [NO_TAG]
    return not query.tags or any(fold(one) in has for one in query.tags)


def _of_type(wanted: str, row: Mapping[str, Any]) -> bool:
    if wanted == "exhibit":
        return True
    if wanted in _MEDIA:
        return str(row["mime"]).startswith(f"{wanted}/")
    extension = PurePath(row["name"]).suffix.lower().removeprefix(".")
    return extension in _EXTENSIONS.get(wanted, {wanted})


def _hit(
    session: Session, sp: Connection, stream: Stream, key: bytes, terms: Sequence[str]
) -> SearchHit | None:
    if stream.subject is MESSAGES:
        message = messages.message(sp, key)
        return None if message is None else _of_message(session, stream, message, terms)
    exhibit = evidence.exhibit(sp, key)
    return None if exhibit is None else _of_exhibit(session, stream, exhibit, terms)


def _of_message(
    session: Session, stream: Stream, record: MessageRecord, terms: Sequence[str]
) -> SearchHit:
    author = UserId(record.author_user)
    row = {name: getattr(record, name) for name in ("state", "told_by", "received_at")}
    return SearchHit(
        space=stream.space,
        space_title=stream.title,
        message=MessageId(record.message),
        file=None,
        author=author,
        author_name=session.name_of(author),
        mine=author == session.user,
        at=_message_at({**row, "claimed_at": record.claimed_at}),
        heading=Marked(text=""),
        lines=(marked(record.text, terms),),
    )


def _of_exhibit(
    session: Session, stream: Stream, record: ExhibitRecord, terms: Sequence[str]
) -> SearchHit:
    author = UserId(record.author_user)
    facts = [(name, value) for name, value in record.facts if has(value, terms)]
    title = [(name, value) for name, value in record.facts if name == "title"]
    shown = (title + [one for one in facts if one[0] != "title"])[:_FACTS_SHOWN]
    return SearchHit(
        space=stream.space,
        space_title=stream.title,
        message=MessageId(record.message) if record.message else None,
        file=FileId(record.file),
        author=author,
        author_name=session.name_of(author),
        mine=record.mine,
        at=record.added_at,
        heading=marked("  ".join(p for p in (record.exhibit, record.name) if p), terms),
        lines=tuple(marked(value, terms, label=_label(name)) for name, value in shown),
        state=ExhibitState(record.state),
    )


def _label(name: str) -> str:
    return BY_NAME[name].label if name in BY_NAME else name
