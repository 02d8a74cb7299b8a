"""The threads of a space are listed newest first, each once, however the list is cut."""

from __future__ import annotations

import pytest

from jitclient.queries import answered
from jitclient.session import Session
from jitclient.threadviews import Place, ThreadRow
from jitclient.usecases import send_message
from localstore import messages, threads
from localstore.connection import transaction
from protocol.ids import MessageId, SpaceId
from tests.jitclient.office import Office

PAIR = ("ana", "bruno")


@pytest.fixture
def space(office: Office) -> SpaceId:
    office.join(*PAIR)
    return office.open_space(*PAIR)


def write(
    office: Office, author: str, space: SpaceId, text: str, answers: bytes | None = None
) -> MessageId:
    return MessageId(office.on(author, send_message._write, space, text, answers).message)


def listed(office: Office, space: SpaceId, wanted: str = "") -> list[ThreadRow]:
    """All of them, page by page."""
    rows, seen = list[ThreadRow](), frozenset[MessageId]()
    below: Place | None = None
    while True:
        page = office.on("ana", answered.page, space, below, seen, wanted)
        assert not seen & page.seen
        rows += page.rows
        seen |= page.seen
        below = page.below
        if below is None:
            return rows


def test_a_thread_stands_where_it_was_answered_last(office: Office, space: SpaceId) -> None:
    first = write(office, "ana", space, "first")
    second = write(office, "ana", space, "second")
    write(office, "ana", space, "nobody answers")
    for root in (first, second):
        write(office, "ana", space, "one", root)
    office.exchange(space, *PAIR, rounds=2)
    write(office, "bruno", space, "two", first)
    office.exchange(space, *PAIR, rounds=2)

    found = listed(office, space)

    assert [(one.text, one.answers, one.unread) for one in found] == [
        ("first", 2, 1),
        ("second", 1, 0),
    ]
    assert [one.last_mine for one in found] == [False, True]
    assert found[0].last_name == office.on("bruno", _my_name)
    assert found[0].author_name == found[1].last_name


def _my_name(session: Session) -> str:
    return session.name_of(session.user)


def test_it_is_the_same_list_in_parts_of_any_size(
    office: Office, space: SpaceId, monkeypatch: pytest.MonkeyPatch
) -> None:
    roots = [write(office, "ana", space, f"root {number}") for number in range(7)]
    for root in (*roots, roots[2], roots[0], roots[2], roots[6]):
        write(office, "ana", space, "an answer", root)
    whole = listed(office, space)

    for part, rows in ((1, 50), (3, 2), (11, 1), (4, 50)):
        monkeypatch.setattr(answered, "PART", part)
        monkeypatch.setattr(answered, "ROWS", rows)
        assert listed(office, space) == whole
    order = [one.text.removeprefix("root ") for one in whole]
    assert order == ["6", "2", "0", "5", "4", "3", "1"]


def test_words_are_looked_for_in_the_first_message_and_the_names(
    office: Office, space: SpaceId
) -> None:
    for text in ("The ship is in Málaga", "The van is in Porto"):
        write(office, "ana", space, "Seen.", write(office, "ana", space, text))
    name = office.on("ana", _my_name)

    assert [one.text for one in listed(office, space, "MALAGA ship")] == ["The ship is in Málaga"]
    assert [one.text for one in listed(office, space, "ship porto")] == []
    assert len(listed(office, space, name)) == 2


def test_a_thread_whose_first_message_is_not_here_is_listed(office: Office, space: SpaceId) -> None:
    known = write(office, "ana", space, "known")

    def orphan(session: Session) -> None:
        from dataclasses import replace

        sp = session.stores.space(space)
        row = messages.message(sp, known)
        assert row is not None
        with transaction(sp):
            lost = replace(row, message=b"2" * 16, reply_to=b"1" * 16, thread=b"1" * 16)
            messages.add_message(sp, lost)

    office.on("ana", orphan)

    assert [(one.root, one.text, one.answers) for one in listed(office, space)] == [
        (b"1" * 16, "", 1)
    ]


def test_what_stands_between_the_answers_is_not_read(office: Office, space: SpaceId) -> None:
    def plan(session: Session) -> str:
        sp = session.stores.space(space)
        where = {"log_seq": 1, "lamport": 1, "device": b"", "position": 1, "limit": 5}
        rows = sp.execute(f"EXPLAIN QUERY PLAN {threads._EARLIER}", where).fetchall()
        return " ".join(str(row[-1]) for row in rows)

    said = office.on("ana", plan)

    assert "SEARCH message USING COVERING INDEX message_answers" in said
    assert "B-TREE" not in said
