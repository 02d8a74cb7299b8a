"""What a person notes of exhibits is his own: kept, filtered by, and sent to nobody."""

from __future__ import annotations

import asyncio

import pytest

from jitclient.queries import exhibits
from jitclient.reviewdesk import ReviewDesk
from jitclient.reviewviews import ReviewState, keeps
from jitclient.session import Session
from jitclient.usecases.review_exhibit import MAX_NOTE_BYTES, MAX_TAGS
from jitclient.views import ExhibitRow
from localstore import evidence, reviews
from localstore.connection import transaction
from protocol.errors import BadInputError, NotFoundError
from protocol.ids import FileId, SpaceId
from tests.jitclient.office import Office
from tests.localstore.samples import exhibit, number_id

FILE = FileId(number_id(1))


class Desk:
    """Ana's reviews of three exhibits."""

    def __init__(self, office: Office) -> None:
        self.office = office
        office.join("ana", "bruno")
        self.space = office.open_space("ana", "bruno")
        office.on("ana", _put, self.space)
        self.desk = ReviewDesk(office.sessions["ana"])

    def kept(self, text: str) -> list[int]:
        rows = self.office.on("ana", exhibits.exhibits, self.space)
        return sorted(int.from_bytes(row.file, "big") for row in rows if keeps(row, text))

    def tag(self, number: int, *tags: str, remove: tuple[str, ...] = ()) -> ExhibitRow:
        file = FileId(number_id(number))
        return asyncio.run(self.desk.tag(self.space, file, add=tags, remove=remove))

    def mark(self, number: int, state: ReviewState) -> ExhibitRow:
        return asyncio.run(self.desk.mark(self.space, FileId(number_id(number)), state))


def _put(session: Session, space: SpaceId) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        for number in (1, 2, 3):
            one = exhibit(file=number_id(number), name=f"file {number}.pdf", state="verified")
            evidence.add_exhibit(sp, one)


@pytest.fixture
def reviewing(office: Office) -> Desk:
    return Desk(office)


def test_filters_keep_what_has_a_tag_or_is_in_a_state(reviewing: Desk) -> None:
    reviewing.tag(1, "Zürich", "follow up")
    reviewing.tag(2, "phone")
    reviewing.mark(2, ReviewState.REVIEWED)
    reviewing.mark(3, ReviewState.IN_REVIEW)

    assert reviewing.kept("tag:zurich") == [1]
    assert reviewing.kept('tag:"follow up"') == reviewing.kept('TAG:"Follow UP" pdf') == [1]
    assert reviewing.kept("tag:phone tag:zürich") == [1, 2]
    assert reviewing.kept("tag:none") == [3]
    assert reviewing.kept("review:new") == [1]
    assert reviewing.kept("review:reviewed review:in") == [2, 3]
    assert reviewing.kept("tag:phone review:new") == []
    assert reviewing.kept("") == reviewing.kept("file") == [1, 2, 3]
    assert reviewing.kept('tag: "') == []  # half typed: no tag is called that


def test_a_note_is_found_by_its_words_and_goes_when_it_is_blank(reviewing: Desk) -> None:
    desk, space = reviewing.desk, reviewing.space

    row = asyncio.run(desk.note(space, FILE, "Ask Jan\nfor the key.\n"))
    assert row.note == "Ask Jan\nfor the key."
    assert reviewing.kept("jan key") == [1]
    with pytest.raises(BadInputError):
        asyncio.run(desk.note(space, FILE, "x" * (MAX_NOTE_BYTES + 1)))

    assert asyncio.run(desk.note(space, FILE, " \n")).note == ""


@pytest.mark.parametrize("wrong", ["", "  ", "a,b", 'a"b', "None", "x" * 41, "a\nb", "\u202ea"])
def test_what_is_no_tag_is_refused_and_nothing_changes(reviewing: Desk, wrong: str) -> None:
    reviewing.tag(1, "before")

    with pytest.raises(BadInputError):
        reviewing.tag(1, "fine", wrong)

    assert reviewing.tag(1, remove=("nothing",)).tags == ("before",)


def test_tags_are_bounded(reviewing: Desk) -> None:
    reviewing.tag(1, *(f"t{n}" for n in range(MAX_TAGS)))

    with pytest.raises(BadInputError):
        reviewing.tag(1, "one more")

    assert len(reviewing.tag(1, "T1").tags) == MAX_TAGS


def test_what_is_not_here_cannot_be_reviewed(reviewing: Desk) -> None:
    with pytest.raises(NotFoundError):
        reviewing.tag(9, "x")
    with pytest.raises(NotFoundError):
        reviewing.mark(9, ReviewState.NEW)


def test_the_queue_and_the_progress(reviewing: Desk) -> None:
    desk, space = reviewing.desk, reviewing.space
    reviewing.mark(1, ReviewState.REVIEWED)

    following = asyncio.run(desk.next(space, FILE))
    progress = asyncio.run(desk.progress(space))

    assert following is not None
    assert following.file == number_id(2)
    assert progress[ReviewState.NEW] == 2
    assert sum(progress.values()) == 3


def test_nothing_of_a_review_is_sent_and_it_outlives_a_restart(reviewing: Desk) -> None:
    office, space = reviewing.office, reviewing.space
    office.exchange(space, "ana", "bruno")
    reviewing.tag(1, "secret tag")
    asyncio.run(reviewing.desk.note(space, FILE, "secret note"))
    reviewing.mark(1, ReviewState.FLAGGED)

    assert office.post("ana", space) == 0
    assert office.queues["bruno"] == []
    office.restart("ana")
    row = office.on("ana", exhibits.one_exhibit, space, FILE)
    assert (row.review, row.tags, row.note) == ("flagged", ("secret tag",), "secret note")


def test_several_are_marked_and_tagged_in_one_act_and_who_is_full_is_named(
    reviewing: Desk,
) -> None:
    desk, space = reviewing.desk, reviewing.space
    every = [FileId(number_id(number)) for number in (1, 2, 3, 99)]  # 99 is not here
    reviewing.tag(2, *(f"t{number}" for number in range(MAX_TAGS)))

    asyncio.run(desk.mark_all(space, every, ReviewState.FLAGGED))
    full = asyncio.run(desk.tag_all(space, every, add=("Zürich",)))

    assert reviewing.kept("review:flagged") == [1, 2, 3]
    assert full == (every[1],)
    assert reviewing.kept("tag:zürich") == [1, 3]
    asyncio.run(desk.tag_all(space, every, add=("zurich",), remove=("t0",)))
    assert reviewing.kept("tag:zurich") == [1, 2, 3]
    assert reviewing.office.on("ana", _tags_of, space, every[3]) == ()


def _tags_of(session: Session, space: SpaceId, file: FileId) -> tuple[str, ...]:
    return reviews.review(session.stores.space(space), file).tags


def test_a_tag_that_is_none_changes_nothing_of_several(reviewing: Desk) -> None:
    every = [FileId(number_id(number)) for number in (1, 2)]

    with pytest.raises(BadInputError):
        asyncio.run(reviewing.desk.tag_all(reviewing.space, every, add=("good", "a,b")))

    assert reviewing.kept("tag:none") == [1, 2, 3]
