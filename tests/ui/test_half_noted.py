"""A note that is being typed is kept as the window locks, and undone to where typing began."""

from __future__ import annotations

import pytest

from jitclient.views import ExhibitRow
from protocol.errors import DiskError
from protocol.ids import FileId, SpaceId
from tests.ui.desk_double import DeskDouble
from tests.ui.door_double import DoorDouble
from tests.ui.review_double import ReviewDouble
from tests.ui.story import story
from tests.ui.test_left_off import relock
from tests.ui.test_viewing import kept, looking
from tests.ui.waiting import calm, enter, until
from ui.evidence.halfnoted import HalfNotes
from ui.evidence.reviewpanel import ReviewPanel
from ui.frame import Frame
from ui.shell import Shell
from ui.spaces.state import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")
Locked = tuple[Shell, DoorDouble]


async def chosen(locked: Locked) -> tuple[Frame, DeskDouble, ReviewPanel]:
    frame, desk = await enter(*locked)
    frame.room.spaces.show_tab(Tab.EVIDENCE)
    frame.room.evidence.select(desk.files[desk.space_a][0].file)
    await calm(frame)
    return frame, desk, frame.stage.evidence.review


def row(desk: DeskDouble) -> ExhibitRow:
    return desk.files[desk.space_a][0]


async def test_locking_keeps_what_is_in_the_fields(locked: Locked) -> None:
    _, desk, panel = await chosen(locked)
    panel.note.setPlainText("Ask Jan about the second")
    panel.tags.setText("phone, follow up")

    frame = await relock(*locked, desk)
    await calm(frame)

    assert (row(desk).note, row(desk).tags) == ("Ask Jan about the second", ("follow up", "phone"))
    assert frame.stage.evidence.review.note.toPlainText() == "Ask Jan about the second"


async def test_so_it_does_in_the_safe_viewer(locked: Locked) -> None:
    _, desk, window = await looking(locked)
    file = kept(desk)
    window.review.note.setPlainText("Page 3: the second")

    await relock(*locked, desk)

    notes = {one.file: one.note for one in desk.files[desk.space_a]}
    assert notes[file] == "Page 3: the second"


async def test_a_tag_that_is_none_yet_costs_no_note(locked: Locked) -> None:
    _, desk, panel = await chosen(locked)
    panel.tags.setText("t" * 500)
    panel.note.setPlainText("Ask Jan")

    await relock(*locked, desk)

    assert (row(desk).note, row(desk).tags) == ("Ask Jan", ())


async def test_the_next_tick_keeps_it_and_does_not_disturb_typing(locked: Locked) -> None:
    frame, desk, panel = await chosen(locked)
    panel.note.setPlainText("Ask")
    panel.note.moveCursor(panel.note.textCursor().MoveOperation.End)

    frame.room.tick()
    await calm(frame)
    panel.note.insertPlainText(" Jan")
    assert row(desk).note == "Ask"
    frame.room.evidence.refresh()
    await calm(frame)

    assert panel.note.toPlainText() == "Ask Jan"
    frame.room.tick()
    await calm(frame)
    assert row(desk).note == "Ask Jan"
    before = desk.calls.count("note")
    frame.room.tick()
    await calm(frame)
    assert desk.calls.count("note") == before


async def test_undoing_goes_back_to_where_typing_began(locked: Locked) -> None:
    frame, desk, panel = await chosen(locked)
    reviewing = frame.room.evidence.reviewing
    reviewing.note("As it was")
    await calm(frame)
    panel.note.setPlainText("As it was, and")
    frame.room.tick()
    await calm(frame)

    panel.note.setPlainText("As it was, and more")
    reviewing.note("As it was, and more")
    await calm(frame)
    assert row(desk).note == "As it was, and more"
    frame.strip.undo.click()
    await calm(frame)

    assert row(desk).note == "As it was"
    assert panel.note.toPlainText() == "As it was"


async def test_what_a_full_disk_did_not_take_is_kept_when_there_is_room(locked: Locked) -> None:
    frame, desk, panel = await chosen(locked)
    desk.fail["note"] = DiskError("The disk is full.")
    panel.note.setPlainText("Ask Jan")
    frame.room.tick()
    await calm(frame)
    assert row(desk).note == ""
    del desk.fail["note"]

    await frame.room.keep()

    assert row(desk).note == "Ask Jan"


async def test_what_cannot_be_kept_of_one_exhibit_costs_no_other_its_note(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another space may lie on a disk, or in a database, that is well."""
    desk = story()
    half, (first, other) = HalfNotes(desk), desk.files[desk.space_a][:2]
    note = ReviewDouble.note

    async def fails_once(self: ReviewDouble, space: SpaceId, file: FileId, text: str) -> ExhibitRow:
        if file == first.file:
            raise DiskError("The disk is full.")
        return await note(self, space, file, text)

    monkeypatch.setattr(ReviewDouble, "note", fails_once)
    for one in (first, other):
        half.typed(one, ", ".join(one.tags), "Ask Jan")

    with pytest.raises(DiskError):
        await half.keep()

    assert [one.note for one in desk.files[desk.space_a][:2]] == [first.note, "Ask Jan"]


async def test_what_is_kept_asks_for_no_further_keeping(locked: Locked) -> None:
    frame, _, panel = await chosen(locked)
    left = frame.room.common.left
    panel.note.setPlainText("Ask Jan")
    begun = left.unkept

    frame.room.evidence.reviewing.note("Ask Jan")
    await until(lambda: frame.room.tasks.idle)
    await left.keep()

    assert (begun, left.unkept, left.keepers) == (True, False, [])


async def test_what_another_window_noted_meanwhile_stays() -> None:
    """Only what was typed here is written: the other tags and the other note are not ours."""
    desk = story()
    first, reviewing = desk.files[desk.space_a][0], desk.reviewing
    half = HalfNotes(desk)
    begun = await reviewing.tag(desk.space_a, first.file, add=["mine", "old"])
    half.typed(begun, ", ".join((*begun.tags, "typed")), begun.note)

    await reviewing.tag(desk.space_a, first.file, add=["theirs"], remove=["old"])
    await reviewing.note(desk.space_a, first.file, "Theirs")
    await half.keep()

    assert {"mine", "typed", "theirs"} <= set(row(desk).tags)
    assert "old" not in row(desk).tags
    assert row(desk).note == "Theirs"


async def test_what_was_kept_and_is_typed_away_again_goes() -> None:
    """Also a tag, or a note, that stood there only because the fields were kept meanwhile."""
    desk = story()
    begun = await desk.reviewing.tag(desk.space_a, row(desk).file, add=["here"])
    half = HalfNotes(desk)
    half.typed(begun, "typed", "Half a no")
    await half.keep()
    assert (row(desk).tags, row(desk).note) == (("typed",), "Half a no")

    half.typed(row(desk), ", ".join(begun.tags), begun.note)
    await half.keep()

    assert (row(desk).tags, row(desk).note) == (begun.tags, begun.note)


async def test_leaving_one_field_writes_no_old_word_into_the_other(locked: Locked) -> None:
    frame, desk, panel = await chosen(locked)
    reviewing = frame.room.evidence.reviewing
    panel.tags.setText(", ".join((*row(desk).tags, "typed")))
    await desk.reviewing.note(desk.space_a, row(desk).file, "Theirs")
    await desk.reviewing.tag(desk.space_a, row(desk).file, add=["theirs"])

    reviewing.retag(panel.tags.text())
    await calm(frame)
    await reviewing.half.keep()

    assert {"typed", "theirs"} <= set(row(desk).tags)
    assert row(desk).note == "Theirs"
