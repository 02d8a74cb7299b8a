"""Reviewing exhibits: what a person notes for himself. Kept here, encrypted, sent to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from jitclient.events import ExhibitsChanged
from jitclient.exhibits import exhibit_of
from jitclient.foundation.text import check_line, check_message
from jitclient.reviewviews import NO_TAG, ReviewState
from jitclient.session import Session
from localstore import reviews
from localstore.connection import transaction
from localstore.folding import fold
from protocol.errors import BadInputError, NotFoundError
from protocol.ids import FileId, SpaceId

MAX_TAG_CHARS: Final = 40
MAX_TAGS: Final = 20
MAX_NOTE_BYTES: Final = 16_384
MAX_FILTER_CHARS: Final = 500


def mark(session: Session, space: SpaceId, file: FileId, state: ReviewState) -> None:
    """Note how far the review is.

    Raises:
        NotFoundError: no such exhibit.
    """
    sp = session.stores.space(space)
    with transaction(sp):
        reviews.set_state(sp, file, state.value)
    session.tell(ExhibitsChanged.of(space, file))


def note(session: Session, space: SpaceId, file: FileId, text: str) -> None:
    """Keep another note; a blank one takes it away.

    Raises:
        NotFoundError: no such exhibit. BadInputError: longer than `MAX_NOTE_BYTES`.
    """
    kept = check_message(text, limit_bytes=MAX_NOTE_BYTES) if text.strip() else ""
    sp = session.stores.space(space)
    with transaction(sp):
        reviews.set_note(sp, file, kept)
    session.tell(ExhibitsChanged.of(space, file))


def tag(
    session: Session, space: SpaceId, file: FileId, add: Sequence[str], remove: Sequence[str]
) -> None:
    """Put tags on an exhibit and take others off.

    Raises:
        NotFoundError: no such exhibit. BadInputError: a tag that is none, or too many.
    """
    wanted = [check_tag(one) for one in add]
    exhibit_of(session, space, file)
    sp = session.stores.space(space)
    with transaction(sp):
        reviews.drop_tags(sp, file, remove)
        reviews.add_tags(sp, file, wanted)
        if len(reviews.review(sp, file).tags) > MAX_TAGS:
            raise BadInputError(f"An exhibit has at most {MAX_TAGS} tags.")
    session.tell(ExhibitsChanged.of(space, file))


def mark_all(session: Session, space: SpaceId, files: Sequence[FileId], state: ReviewState) -> None:
    """Note the same of several exhibits, in one transaction; what is not here is passed over."""
    sp = session.stores.space(space)
    with transaction(sp):
        reviews.set_states(sp, files, state.value)
    session.tell(ExhibitsChanged.of(space, *files))


def tag_all(
    session: Session,
    space: SpaceId,
    files: Sequence[FileId],
    add: Sequence[str],
    remove: Sequence[str],
) -> tuple[FileId, ...]:
    """Put tags on several exhibits and take others off, in one transaction.

    Returns:
        Those that stay as they were: they would have more than `MAX_TAGS`.

    Raises:
        BadInputError: a tag that is none.
    """
    wanted = [check_tag(one) for one in add]
    new, gone = {fold(one) for one in wanted}, {fold(one) for one in remove}
    sp = session.stores.space(space)
    full = list[FileId]()
    with transaction(sp):
        here, known = reviews.known_among(sp, files), reviews.among(sp, files)
        for file in files:
            has = {fold(one) for one in known[file].tags} if file in known else set[str]()
            if len((has - gone) | new) > MAX_TAGS:
                full.append(file)
            elif file in here:
                reviews.drop_tags(sp, file, remove)
                reviews.add_tags(sp, file, wanted)
    session.tell(ExhibitsChanged.of(space, *files))
    return tuple(full)


def check_tag(text: str) -> str:
    """Accept a tag: one line without commas and quotes.

    Raises:
        BadInputError: it is none.
    """
    kept = check_line(text, "The tag", limit=MAX_TAG_CHARS)
    if any(one in kept for one in ',"'):
        raise BadInputError("A tag has no commas and no quotes.")
    if kept.casefold() == NO_TAG:
        raise BadInputError(f"“{NO_TAG}” is no tag: tag:{NO_TAG} finds what has none.")
    return kept


def save_view(session: Session, space: SpaceId, name: str, filter_: str) -> None:
    """Keep a filter of the list under a name.

    Raises:
        BadInputError: no name, or no filter.
    """
    called = check_line(name, "The name of the view", limit=MAX_TAG_CHARS)
    kept = check_line(filter_, "The filter", limit=MAX_FILTER_CHARS)
    sp = session.stores.space(space)
    with transaction(sp):
        reviews.save_view(sp, called, kept)


def drop_view(session: Session, space: SpaceId, name: str) -> None:
    """Forget a saved filter.

    Raises:
        NotFoundError: there is none of that name.
    """
    sp = session.stores.space(space)
    with transaction(sp):
        if not reviews.drop_view(sp, name):
            raise NotFoundError("There is no view of that name in this space.")
