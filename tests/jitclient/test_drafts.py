"""A text that is not sent yet outlives the program, and is sent or kept, never both."""

from __future__ import annotations

import pytest

from jitclient import sealing, wiping
from jitclient.usecases import close_space, keep_draft, leave_off, send_message
from protocol.errors import BadInputError, SpaceClosedError
from protocol.ids import MessageId
from protocol.limits import MAX_BODY_BYTES
from tests.jitclient.office import Office
from tests.jitclient.two import pair


def test_a_draft_is_there_after_a_restart_with_what_it_answers(office: Office) -> None:
    space = pair(office)
    answered = MessageId(office.write("ana", space, "Ask me."))

    office.on("ana", keep_draft.keep, space, "half a sent", answered)
    office.restart("ana")

    assert office.on("ana", keep_draft.draft, space) == ("half a sent", answered)
    office.on("ana", keep_draft.keep, space, " \n", None)
    assert office.on("ana", keep_draft.draft, space) == ("", None)


def test_a_draft_becomes_a_message_in_one_transaction(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = pair(office)
    office.on("ana", keep_draft.keep, space, "Hello", None)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(sealing, "compose", die)
        with pytest.raises(KeyboardInterrupt):
            office.on("ana", send_message._write, space, "Hello", None, drafted=True)
    assert office.on("ana", keep_draft.draft, space) == ("Hello", None)
    assert "Hello" not in office.texts("ana", space)

    office.on("ana", send_message._write, space, "Hello", None, drafted=True)
    assert office.on("ana", keep_draft.draft, space) == ("", None)
    assert office.texts("ana", space)[-1] == "Hello"


def test_what_is_sent_from_elsewhere_leaves_the_draft(office: Office) -> None:
    space = pair(office)
    office.on("ana", keep_draft.keep, space, "half a sent", None)

    office.on("ana", send_message._write, space, "from the command line", None)

    assert office.on("ana", keep_draft.draft, space) == ("half a sent", None)


def test_a_text_longer_than_any_message_fills_no_database(office: Office) -> None:
    space = pair(office)

    office.on("ana", keep_draft.keep, space, "x" * (MAX_BODY_BYTES + 1), None)

    assert len(office.on("ana", keep_draft.draft, space)[0]) == MAX_BODY_BYTES


def test_a_wiped_space_has_no_draft_and_takes_none(office: Office) -> None:
    space = pair(office)
    office.on("ana", keep_draft.keep, space, "the name of the suspect", None)
    signed = office.on("ana", close_space._closing, space, "Done.")
    office.append("ana", space, signed)
    office.on("ana", wiping.resume, space)

    with pytest.raises(SpaceClosedError):
        office.on("ana", keep_draft.draft, space)
    with pytest.raises(SpaceClosedError):
        office.on("ana", keep_draft.keep, space, "and more", None)


def test_how_a_space_was_left_is_known_after_a_restart_and_of_no_other_space(
    office: Office,
) -> None:
    space = pair(office)
    other = office.open_space("ana", "bruno")

    office.on("ana", leave_off.note, space, {"edit": "half a change", "filter": "server"})
    office.on("ana", leave_off.note, space, {"filter": ""})
    office.restart("ana")

    assert office.on("ana", leave_off.noted, space) == {"edit": "half a change"}
    assert office.on("ana", leave_off.noted, other) == {}


def test_what_nobody_leaves_fills_no_database(office: Office) -> None:
    space = pair(office)

    with pytest.raises(BadInputError):
        office.on(
            "ana", leave_off.note, space, {"a": "b", "edit": "x" * (leave_off.MOST_CHARACTERS + 1)}
        )

    assert office.on("ana", leave_off.noted, space) == {}


def test_of_a_wiped_space_nobody_knows_how_it_was_left(office: Office) -> None:
    space = pair(office)
    office.on("ana", leave_off.note, space, {"filter": "the name of the suspect"})
    signed = office.on("ana", close_space._closing, space, "Done.")
    office.append("ana", space, signed)
    office.on("ana", wiping.resume, space)

    with pytest.raises(SpaceClosedError):
        office.on("ana", leave_off.noted, space)
