"""Searching over spaces: filters mean what they say, pages meet, and nothing of a wiped space."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from jitclient.ports import MailboxPort
from jitclient.queries import exhibits, indexing
from jitclient.reviewdesk import ReviewDesk
from jitclient.reviewviews import ReviewState, keeps
from jitclient.searchdesk import SearchDesk
from jitclient.searchviews import Place, SearchHit, SearchPage
from jitclient.session import Session
from localstore import evidence, spaces
from localstore import search as finding
from localstore.connection import transaction
from protocol.errors import BadInputError, SpaceClosedError
from protocol.ids import FileId, SpaceId
from tests.jitclient.office import Office
from tests.localstore.samples import exhibit, number_id


class Team:
    """Ana with two spaces; Bruno is in the first."""

    def __init__(self, office: Office) -> None:
        self.office = office
        office.join("ana", "bruno")
        self.first = office.open_space("ana", "bruno")
        self.second = office.open_space("ana")
        office.on("ana", _rename, self.second, "Łabędź")

    def write(self, who: str, text: str, space: SpaceId | None = None) -> None:
        self.office.clock.at += 60
        self.office.write(who, space or self.first, text)
        self.office.exchange(self.first, "ana", "bruno")

    def put(self, number: int, *, space: SpaceId | None = None, **columns: Any) -> None:
        self.office.clock.at += 60
        self.office.on("ana", _put, space or self.first, number, columns)

    def find(self, text: str, **more: Any) -> SearchPage:
        desk = SearchDesk(self.office.sessions["ana"])
        return asyncio.run(desk.find(text, **more))

    def found(self, text: str, **more: Any) -> list[str]:
        return [_said(one) for one in self.find(text, **more).hits]


def _said(hit: SearchHit) -> str:
    heading, lines = hit.heading, hit.lines
    return heading.text or lines[0].text


def _rename(session: Session, space: SpaceId, title: str) -> None:
    with transaction(session.stores.device):
        spaces.update_space(session.stores.device, space, title=title)


def _put(session: Session, space: SpaceId, number: int, columns: dict[str, Any]) -> None:
    sp = session.stores.space(space)
    row = exhibit(file=number_id(number), author_user=session.user, recipients=())
    added: dict[str, Any] = {"added_at": session.clock.now(), **columns}
    with transaction(sp):
        evidence.add_exhibit(sp, replace(row, **added))


@pytest.fixture
def team(office: Office) -> Team:
    return Team(office)


def test_the_newest_of_all_spaces_come_first(team: Team) -> None:
    team.write("ana", "van, one")
    team.put(1, name="van, two.pdf", exhibit="")
    team.write("ana", "van, three", team.second)
    team.write("bruno", "van, four")

    assert team.found("VAN") == ["van, four", "van, three", "van, two.pdf", "van, one"]
    assert team.found("van", space=team.second) == ["van, three"]


def test_filters_mean_what_they_say(team: Team) -> None:
    team.write("ana", "the van is grey")
    team.write("bruno", "the van is red")
    team.write("ana", "a van", team.second)
    team.put(1, name="van.PDF", mime="application/pdf", exhibit="KA-17")
    team.put(2, name="van.jpg", mime="image/jpeg", exhibit="KA-2")

    assert team.found("van from:brun") == ["the van is red"]
    assert set(team.found("from:me type:message")) == {"a van", "the van is grey"}
    assert team.found("van in:labedz") == ["a van"]
    assert team.found("van type:pdf") == team.found("exhibit:ka-1") == ["KA-17  van.PDF"]
    assert team.found("type:image") == ["KA-2  van.jpg"]
    assert len(team.found("type:exhibit")) == len(team.found("van type:pdf type:image")) == 2
    assert set(team.found("type:message type:pdf red")) == {"the van is red"}


def test_days_are_those_of_this_computer(team: Team) -> None:
    day = dt.date(2026, 5, 4)
    midnight = int(dt.datetime(2026, 5, 4).astimezone().timestamp())
    for number, at in enumerate((midnight - 1, midnight, midnight + 86_400), start=1):
        team.put(number, name=f"{number}.pdf", exhibit="", added_at=at)

    assert team.found(f"after:{day}") == ["3.pdf", "2.pdf"]
    assert team.found(f"before:{day}") == ["1.pdf"]
    assert team.found("after:2026-05-04 before:2026-05-05") == ["2.pdf"]


def test_pages_meet_without_gap_or_repetition(team: Team) -> None:
    for number in range(1, 8):
        team.write("ana", f"van {number}", team.second if number % 3 == 0 else None)
        team.put(number, name=f"van {number}.pdf", exhibit="")

    every = team.found("van")
    pages: list[list[str]] = []
    below: Mapping[Place, int] = {}
    more = True
    while more:
        page = team.find("van", limit=4, below=below)
        pages.append([_said(one) for one in page.hits])
        below, more = page.below, page.more

    assert [one for page in pages for one in page] == every
    assert [len(page) for page in pages] == [4, 4, 4, 2]


def test_tags_and_reviews_narrow_a_search_as_they_narrow_the_list(team: Team) -> None:
    team.write("ana", "the van is grey")
    for number in range(1, 5):
        team.put(number, name=f"van {number}.pdf", exhibit="")
    reviewing = ReviewDesk(team.office.sessions["ana"])
    one, two, three, _ = (FileId(number_id(number)) for number in range(1, 5))

    async def review() -> None:
        await reviewing.tag(team.first, one, add=("Zürich", "Blue car"))
        await reviewing.tag(team.first, two, add=("blue CAR",))
        await reviewing.mark(team.first, two, ReviewState.IN_REVIEW)
        await reviewing.mark(team.first, three, ReviewState.REVIEWED)

    asyncio.run(review())
    queries = (
        "tag:zurich", 'tag:"blue car"', 'tag:"blue car" tag:zurich', "tag:blue", "tag:none",
        "review:new", "review:review", "review:new review:in", 'review:in tag:"BLUE CAR"',
        "van tag:none review:new",
    )  # fmt: skip
    rows = team.office.on("ana", exhibits.exhibits, team.first)
    for query in queries:
        listed = [row.name for row in rows if keeps(row, query)]
        assert sorted(team.found(query)) == sorted(listed), query
    assert team.found("tag:zurich") == ["van 1.pdf"]
    assert team.found("van review:in") == ["van 2.pdf"], "no message is reviewed"


def test_there_is_more_only_if_there_is(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "STEP_ROWS", 1)
    for number in range(4):
        team.write("ana", f"van {number}")

    assert not team.find("van", limit=4).more
    assert team.find("van", limit=3).more


def test_an_exhibit_shows_the_fact_in_which_it_was_found(team: Team) -> None:
    facts = (("title", "Phone of the driver"), ("place", "Gdańsk, quay 4"))
    team.put(1, name="ufed.zip", exhibit="E-1", facts=facts)

    (hit,) = team.find("gdansk").hits

    assert [(one.label, one.text) for one in hit.lines] == [
        ("Title", "Phone of the driver"),
        ("Place", "Gdańsk, quay 4"),
    ]
    assert hit.lines[1].marks == ((0, 6),)
    assert hit.file == number_id(1)


def test_why_nothing_can_be_found_is_said(team: Team) -> None:
    team.write("ana", "van")

    assert team.find("van from:nobody").hints == ("Nobody who is or was a member is called that.",)
    assert team.find("van in:nowhere").hints == ("No space is called that.",)
    assert team.find("vax").hints == ()
    with pytest.raises(BadInputError):
        team.find("before:never")


def test_a_message_that_came_is_found_and_so_is_one_that_was_shared(team: Team) -> None:
    team.write("bruno", "Контейнер в Бургас")

    (hit,) = team.find("бургас").hits

    assert hit.author == team.office.people["bruno"].user
    assert not hit.mine


def test_what_was_here_before_the_index_is_caught_up_in_slices(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        team.write("ana", f"van {number}")
    session = team.office.sessions["ana"]
    team.office.on("ana", _lose_index, team.first)
    assert team.found("van") == []
    assert team.find("van").indexed < 100
    monkeypatch.setattr(indexing, "SLICE_ROWS", 2)

    told: list[int] = []
    asyncio.run(SearchDesk(session).catch_up(told.append))

    assert len(team.found("van")) == 5
    assert team.find("van").indexed == 100
    assert told == sorted(told)
    assert len(told) > 2


def test_what_came_is_indexed_after_it_can_be_read(team: Team) -> None:
    for number in range(5):
        team.write("bruno", f"van {number}")
    team.put(1, name="van.jpg")
    session = team.office.sessions["ana"]
    assert len(team.found("van")) == 6
    assert team.office.on("ana", _indexed, team.first) == 0

    asyncio.run(MailboxPort(session).follow_up())

    assert team.office.on("ana", _indexed, team.first) == 5
    assert len(team.found("van")) == 6


def _indexed(session: Session, space: SpaceId) -> int:
    sp = session.stores.space(space)
    return int(sp.execute("SELECT count(*) FROM message_search").fetchall()[0][0])


def _lose_index(session: Session, space: SpaceId) -> None:
    """As after the migration of an older space."""
    sp = session.stores.space(space)
    with transaction(sp):
        sp.execute("DELETE FROM message_search")
        sp.execute("DELETE FROM search_fresh")
        sp.execute("INSERT INTO search_backlog SELECT 'message', max(position) + 1 FROM message")


def test_nothing_of_a_wiped_space_is_found(team: Team) -> None:
    team.write("ana", "van", team.second)
    team.office.on("ana", _wiped, team.second)

    assert team.found("van") == []
    with pytest.raises(SpaceClosedError):
        team.find("van", space=team.second)


def _wiped(session: Session, space: SpaceId) -> None:
    session.stores.close_space(space)
    with transaction(session.stores.device):
        spaces.update_space(session.stores.device, space, state="wiped")
