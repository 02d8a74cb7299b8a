"""F04 in the window: it says what can be read and what not, offers a copy, and comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from protocol.errors import CannotCreateError
from tests.ui.desk_double import DeskDouble
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, until
from ui.disk.view import DiskNotice
from ui.frame import Frame
from ui.shell import Shell

pytestmark = pytest.mark.asyncio(loop_scope="session")

WHY = "The disk could not be read or written. Nothing that was acknowledged is lost."


async def refused(shell: Shell, door: DoorDouble) -> tuple[Frame, DeskDouble, DiskNotice]:
    frame, desk = await enter(shell, door)
    notice = frame.stage.disk
    assert not notice.isVisible()
    desk.storage.refuse(WHY)
    assert notice.isVisible()
    return frame, desk, notice


async def test_the_window_says_why_what_can_be_read_and_what_not(
    locked: tuple[Shell, DoorDouble],
) -> None:
    _, _, notice = await refused(*locked)

    said = notice.notice.accessibleName()
    assert WHY in said
    assert "can be read and searched" in said
    assert "Nothing is written, sent, received or exported" in said


async def test_it_is_gone_when_the_disk_takes_writing_again(
    locked: tuple[Shell, DoorDouble],
) -> None:
    frame, desk, notice = await refused(*locked)

    notice.notice.retry.emit()
    await calm(frame)
    assert notice.isVisible()
    desk.storage.refuses = ""
    notice.notice.retry.emit()
    await until(lambda: not notice.isVisible())


async def test_a_window_that_opens_meanwhile_says_it_too(locked: tuple[Shell, DoorDouble]) -> None:
    frame, desk, _ = await refused(*locked)
    shell, _ = locked
    assert shell.windows is not None

    shell.windows.another(frame)
    await until(lambda: bool(shell.windows and shell.windows.open) and shell.tasks.idle)
    made = shell.windows.open[-1]
    await calm(made.frame)

    assert made.frame.stage.disk.isVisible()
    desk.storage.refuse("")
    assert not made.frame.stage.disk.isVisible()


async def test_a_copy_goes_elsewhere_and_what_could_not_be_read_is_counted(
    locked: tuple[Shell, DoorDouble], tmp_path: Path
) -> None:
    frame, desk, notice = await refused(*locked)
    desk.storage.goes_on.clear()

    frame.room.disk.save_copy(tmp_path)
    await until(lambda: "25" in notice.says.text())
    assert not notice.copy.isEnabled()
    desk.storage.goes_on.set()
    await until(notice.copy.isEnabled)

    assert str(desk.storage.saved) in notice.says.text()
    assert "a wipe does not reach it" in notice.says.text()
    assert "1 file could not be read." in notice.says.text()


async def test_a_copy_can_be_stopped_and_one_that_cannot_be_made_says_why(
    locked: tuple[Shell, DoorDouble], tmp_path: Path
) -> None:
    frame, desk, notice = await refused(*locked)
    desk.storage.goes_on.clear()
    frame.room.disk.save_copy(tmp_path)
    await until(notice.stop.isVisible)

    notice.stop.click()
    await until(lambda: not notice.stop.isVisible())
    assert "Nothing is left of the copy" in notice.says.text()
    assert desk.storage.saved is None

    desk.fail["save_copy"] = CannotCreateError("There is no room for the copy.")
    frame.room.disk.save_copy(tmp_path)
    await until(lambda: "no room" in notice.says.text())
    del desk.fail["save_copy"]
