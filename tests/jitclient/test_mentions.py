"""Mentions are ids: what they are called is the reader's business, and whom they mean is kept."""

from __future__ import annotations

import pytest

from jitclient.mentionviews import MARK, Target, parts, written
from jitclient.place import Place, place
from jitclient.queries import mentioned, timeline
from jitclient.sealing import Draft, compose
from jitclient.session import Session
from jitclient.views import MessageKind, MessageRow
from localstore import people
from localstore.connection import transaction
from protocol.content import AtPerson, AtRole, Mention, Text
from protocol.errors import BadInputError
from protocol.ids import FileId, SpaceId, UserId
from protocol.limits import MAX_MENTIONS
from protocol.roles import Role
from tests.jitclient.office import Office

EVERYBODY = ("ana", "bruno", "eva")


@pytest.fixture
def space(office: Office) -> SpaceId:
    office.join(*EVERYBODY)
    return office.open_space(*EVERYBODY)


def user(office: Office, name: str) -> UserId:
    return office.people[name].user


def token(office: Office, name: str) -> str:
    return Target(user=user(office, name)).token


def last(office: Office, name: str, space: SpaceId) -> MessageRow:
    rows = office.on(name, timeline.conversation, space)
    return [row for row in rows if row.kind is MessageKind.TEXT][-1]


def said(office: Office, author: str, space: SpaceId, text: str) -> None:
    office.write(author, space, text)
    office.exchange(space, *EVERYBODY, rounds=2)


def forged(office: Office, author: str, space: SpaceId, text: str, *found: Mention) -> None:
    """A member seals and signs properly what his program would not have written."""

    def act(session: Session) -> None:
        at: Place = place(session, space)
        content = Text(version=1, text=text, reply_to=None, mentions=found)
        with transaction(at.sp):
            compose(at, Draft(content=content, kind="text", text=text))

    office.on(author, act)
    office.exchange(space, *EVERYBODY, rounds=2)


def test_who_is_named_is_told_and_nobody_else(office: Office, space: SpaceId) -> None:
    said(office, "ana", space, f"Ask {token(office, 'bruno')} for the list.")

    assert office.on("bruno", mentioned.unread) == {space: 1}
    assert office.on("eva", mentioned.unread) == {}
    assert office.on("ana", mentioned.unread) == {}
    (row,) = office.on("bruno", mentioned.of_me, None, 10)
    assert (row.text, row.unread, row.by_role) == ("Ask @Bruno for the list.", True, False)


def test_who_has_the_role_is_told_that_the_role_was_named(office: Office, space: SpaceId) -> None:
    said(office, "bruno", space, f"To {Target(role=Role.ADMINISTRATOR).token}: please decide.")

    (row,) = office.on("ana", mentioned.of_me, space, 10)
    assert row.by_role
    assert office.on("eva", mentioned.of_me, space, 10) == ()


def test_a_mention_is_called_what_its_reader_calls_it_now(office: Office, space: SpaceId) -> None:
    said(office, "ana", space, f"{token(office, 'bruno')} and {token(office, 'eva')}: yes")
    renamed = office.on("eva", lambda s: people.person(s.stores.device, user(office, "bruno")))
    assert renamed is not None
    office.on("eva", _rename, user(office, "bruno"), "Bruno Keller\u202e")

    row = last(office, "eva", space)
    assert row.text == "@Bruno and @Eva: yes"
    assert [spot.label for spot in row.spots] == ["@Bruno Keller\ufffd", "@Eva"]
    assert [row.text[spot.start : spot.end] for spot in row.spots] == ["@Bruno", "@Eva"]
    assert [spot.me for spot in row.spots] == [False, True]


def _rename(session: Session, user: UserId, name: str) -> None:
    with transaction(session.stores.device):
        session.stores.device.execute("UPDATE person SET name = ? WHERE user = ?", (name, user))


def test_an_exhibit_that_is_not_here_is_named_as_one_and_nothing_more(
    office: Office, space: SpaceId
) -> None:
    said(office, "ana", space, f"See {Target(file=FileId(b'f' * 16)).token}.")

    row = last(office, "bruno", space)
    assert row.text == "See #exhibit."
    assert row.spots[0].target.file == b"f" * 16


def test_hidden_characters_around_a_mention_move_no_other_words_into_it(
    office: Office, space: SpaceId
) -> None:
    forged(
        office,
        "bruno",
        space,
        f"\u202e\u202e\u0007{MARK}\u2066 <b>{MARK}</b>",
        AtPerson(version=1, user=user(office, "eva")),
        AtRole(version=1, role=Role.ADMINISTRATOR),
    )

    row = last(office, "ana", space)
    assert office.alarms("ana") == []
    assert [row.text[spot.start : spot.end] for spot in row.spots] == ["@Eva", "@administrator"]
    assert "\u202e" not in row.text


@pytest.mark.parametrize("marks", [0, 1, 3])
def test_marks_and_mentions_that_differ_in_number_are_refused(
    office: Office, space: SpaceId, marks: int
) -> None:
    two = (AtRole(version=1, role=Role.ADMINISTRATOR),) * 2
    forged(office, "bruno", space, "x" + MARK * marks, *two)

    assert office.texts("ana", space) == []
    assert office.alarms("ana") == ["malformed"]
    assert office.on("ana", mentioned.unread) == {}


def test_a_mark_without_any_mention_is_refused(office: Office, space: SpaceId) -> None:
    forged(office, "bruno", space, f"An object {MARK} of nothing")

    assert office.alarms("ana") == ["malformed"]


def test_somebody_of_no_space_here_is_not_pointed_to(office: Office, space: SpaceId) -> None:
    forged(office, "bruno", space, f"{MARK} knows", AtPerson(version=1, user=b"x" * 16))

    assert office.texts("eva", space) == []
    assert office.alarms("eva") == ["malformed"]


def test_seen_is_seen_and_a_restart_keeps_what_is_not(office: Office, space: SpaceId) -> None:
    said(office, "ana", space, token(office, "bruno"))
    office.restart("bruno")
    assert office.on("bruno", mentioned.unread) == {space: 1}

    office.on("bruno", _seen, space)

    assert office.on("bruno", mentioned.unread) == {}
    assert office.on("bruno", mentioned.of_me, None, 10, unread=True) == ()
    assert len(office.on("bruno", mentioned.of_me, None, 10)) == 1


def _seen(session: Session, space: SpaceId) -> None:
    sp = session.stores.space(space)
    with transaction(sp):
        sp.execute("UPDATE message SET unread = 0")


def test_more_mentions_than_fit_are_refused_before_anything_is_kept(
    office: Office, space: SpaceId
) -> None:
    many = token(office, "eva") * (MAX_MENTIONS + 1)

    with pytest.raises(BadInputError):
        office.write("ana", space, many)

    assert office.texts("ana", space) == []


def test_what_is_written_down_comes_back_and_stray_marks_are_no_mentions(
    office: Office, space: SpaceId
) -> None:
    text = f"a{MARK}b{token(office, 'eva')}{MARK}rnobody{MARK} {MARK}p00{MARK}"
    said(office, "ana", space, text)

    row = last(office, "ana", space)
    assert row.text == "ab@Evarnobody p00"
    assert written(row.text, row.spots) == f"ab{token(office, 'eva')}rnobody p00"
    assert parts(written(row.text, row.spots))[1] == Target(user=user(office, "eva"))
