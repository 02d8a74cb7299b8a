"""Codes, pictures of codes, and a meeting in which everybody is compared."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QGuiApplication, QImage, QPainter
from PySide6.QtTest import QTest

from jitclient.views import Trust
from protocol.errors import BadInputError
from protocol.ids import UserId
from tests.ui.desk_double import DeskDouble
from tests.ui.door_double import DoorDouble
from tests.ui.waiting import calm, enter, open_dialogs, sheet, until
from ui import scanning
from ui.people.meeting import MeetingPresenter
from ui.people.meetingsheet import MeetingSheet
from ui.people.verify import VerifyPresenter
from ui.people.verifysheet import VerifySheet
from ui.qrcodes import modules
from ui.shell import Shell
from ui.tasks import TaskScope
from ui.widgets.qr import Qr

pytestmark = pytest.mark.asyncio(loop_scope="session")

Locked = tuple[Shell, DoorDouble]
INVITATION = "jit-invite:" + "A" * 120


def picture(text: str, *, scale: int = 4, quiet: int = 4) -> QImage:
    """A screen with a code on it, not quite straight."""
    code = modules(text)
    edge = (len(code) + 2 * quiet) * scale
    image = QImage(edge + 160, edge + 120, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.translate(90, 40)
    painter.rotate(3)
    for y, line in enumerate(code):
        for x, dark in enumerate(line):
            if dark:
                at = (x + quiet) * scale, (y + quiet) * scale
                painter.fillRect(*at, scale, scale, QColor("black"))
    painter.end()
    return image


def user(desk: DeskDouble, at: int) -> UserId:
    """One of the members of the first space."""
    return desk.details[desk.space_a].members[at].user


def trusts(desk: DeskDouble) -> list[Trust]:
    """How sure the desk is of each member but the first."""
    return [one.trust for one in desk.details[desk.space_a].members[1:]]


async def _verifying(
    desk: DeskDouble, failures: list[Exception]
) -> tuple[VerifyPresenter, TaskScope]:
    tasks = TaskScope(failures.append)
    verify = VerifyPresenter(desk, tasks, desk.space_a, user(desk, 3))
    verify.load()
    await until(lambda: tasks.idle)
    return verify, tasks


async def _meeting(
    desk: DeskDouble, failures: list[Exception]
) -> tuple[MeetingPresenter, TaskScope]:
    tasks = TaskScope(failures.append)
    meeting = MeetingPresenter(desk, tasks, desk.details[desk.space_a])
    meeting.load()
    await until(lambda: tasks.idle)
    return meeting, tasks


def _reads(text: str) -> Callable[[], Awaitable[str]]:
    async def read() -> str:
        return text

    return read


# --- one person ------------------------------------------------------------------------------


async def test_the_pasted_line_of_the_other_side_verifies(failures: list[Exception]) -> None:
    desk = DeskDouble()
    verify, tasks = await _verifying(desk, failures)

    verify.typed("  " + desk.code(user(desk, 3), desk.me.user) + "\n")
    assert verify.state.ready
    verify.compare()
    await until(lambda: tasks.idle)

    assert verify.state.done
    assert trusts(desk)[2] is Trust.VERIFIED


async def test_a_picture_of_the_code_verifies_without_another_press(
    failures: list[Exception], tmp_path: Path
) -> None:
    desk = DeskDouble()
    verify, tasks = await _verifying(desk, failures)
    file = tmp_path / "from-the-other-side.png"
    picture(desk.code(user(desk, 3), desk.me.user)).save(str(file))

    verify.picture(lambda: scanning.read_file(file))
    await until(lambda: tasks.idle)

    assert verify.state.problem is None
    assert verify.state.done


@pytest.mark.parametrize("given", [INVITATION, "jit-link:" + "A" * 120])
async def test_a_line_of_another_type_is_refused_by_name_and_nothing_is_verified(
    failures: list[Exception], given: str
) -> None:
    desk = DeskDouble()
    verify, tasks = await _verifying(desk, failures)

    verify.typed(given)
    verify.compare()
    await until(lambda: tasks.idle)

    assert verify.state.problem is not None
    assert "This is" in verify.state.problem.sentence
    assert not verify.state.done
    assert not verify.state.different
    assert trusts(desk)[2] is Trust.UNVERIFIED


async def test_the_code_on_the_screen_is_read_back_by_a_camera(failures: list[Exception]) -> None:
    """What the widget paints is decoded, in both schemes' window."""
    desk = DeskDouble()
    verify, _ = await _verifying(desk, failures)
    shown = Qr("code", size=248)
    shown.show_modules(verify.state.code)
    shown.resize(shown.sizeHint())

    assert await scanning.read_image(shown.grab().toImage()) == verify.state.payload
    shown.deleteLater()


# --- pictures come from outside --------------------------------------------------------------


async def test_only_pictures_with_exactly_one_code_are_read(tmp_path: Path) -> None:
    none = tmp_path / "none.png"
    blank = QImage(200, 200, QImage.Format.Format_RGB32)
    blank.fill(QColor("white"))
    blank.save(str(none))
    two = tmp_path / "two.jpg"
    both = QImage(900, 420, QImage.Format.Format_RGB32)
    both.fill(QColor("white"))
    painter = QPainter(both)
    painter.drawImage(0, 0, picture("one"))
    painter.drawImage(450, 0, picture("other"))
    painter.end()
    both.save(str(two))
    vector = tmp_path / "code.svg"
    vector.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    half = tmp_path / "half.png"
    half.write_bytes(none.read_bytes()[:60])

    for file, sentence in (
        (none, "No code"),
        (two, "several codes"),
        (vector, "not a picture"),
        (half, "damaged|No code"),
        (tmp_path / "absent.png", "cannot be read"),
    ):
        with pytest.raises(BadInputError, match=sentence):
            await scanning.read_file(file)


async def test_a_picture_that_claims_too_many_pixels_is_not_decoded(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    bomb = tmp_path / "bomb.png"
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    bomb.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )

    with pytest.raises(BadInputError, match="too many pixels"):
        await scanning.read_file(bomb)


# --- a meeting -------------------------------------------------------------------------------


async def test_a_meeting_begins_with_the_first_who_is_not_verified(
    failures: list[Exception],
) -> None:
    meeting, _ = await _meeting(DeskDouble(), failures)

    assert [one.badge.word for one in meeting.state.lines] == [
        "Verified",
        "Verified",
        "Not verified",
    ]
    assert meeting.state.at == 2
    assert meeting.state.progress == "2 of 3 compared"


async def test_a_match_is_on_record_at_once_and_goes_on_to_the_next(
    failures: list[Exception],
) -> None:
    desk = DeskDouble()
    for at in (1, 2, 3):
        desk.trust(desk.space_a, user(desk, at), Trust.UNVERIFIED)
    meeting, tasks = await _meeting(desk, failures)

    meeting.match()
    await until(lambda: tasks.idle)
    assert (meeting.state.at, meeting.state.progress) == (1, "1 of 3 compared")
    again, _ = await _meeting(desk, failures)

    assert trusts(desk) == [Trust.VERIFIED, Trust.UNVERIFIED, Trust.UNVERIFIED]
    assert again.state.at == 1
    assert again.state.progress == "1 of 3 compared"


async def test_they_differ_takes_the_mark_away_and_stays_until_somebody_goes_on(
    failures: list[Exception],
) -> None:
    desk = DeskDouble()
    meeting, tasks = await _meeting(desk, failures)
    meeting.go(0)

    meeting.differ()
    await until(lambda: tasks.idle)

    assert trusts(desk)[0] is Trust.UNVERIFIED
    assert meeting.state.at == 0
    assert meeting.state.person is not None
    assert meeting.state.person.badge.word == "Numbers differ"


async def test_a_meeting_ends_by_saying_what_came_of_it(failures: list[Exception]) -> None:
    desk = DeskDouble()
    for at in (1, 2, 3):
        desk.trust(desk.space_a, user(desk, at), Trust.UNVERIFIED)
    meeting, tasks = await _meeting(desk, failures)

    meeting.match()
    await until(lambda: tasks.idle)
    meeting.later()
    assert meeting.state.finished == ""
    meeting.differ()
    await until(lambda: tasks.idle)

    assert meeting.state.finished == "1 compared, 1 with different numbers, 1 left for later."


async def test_a_code_finds_its_person_by_itself(failures: list[Exception]) -> None:
    desk = DeskDouble()
    desk.trust(desk.space_a, user(desk, 1), Trust.UNVERIFIED)
    meeting, tasks = await _meeting(desk, failures)
    meeting.go(1)

    meeting.picture(_reads(desk.code(user(desk, 3), desk.me.user)))
    await until(lambda: tasks.idle)

    assert meeting.state.problem is None
    assert trusts(desk) == [Trust.UNVERIFIED, Trust.VERIFIED, Trust.VERIFIED]
    assert meeting.state.at == 0


async def test_a_number_that_is_not_theirs_counts_as_differing(failures: list[Exception]) -> None:
    desk = DeskDouble()
    meeting, tasks = await _meeting(desk, failures)
    meeting.go(0)

    meeting.typed("1" * 60)
    meeting.compare()
    await until(lambda: tasks.idle)

    assert meeting.state.problem is not None
    assert trusts(desk)[0] is Trust.UNVERIFIED
    assert meeting.state.at == 0


# --- the sheets ------------------------------------------------------------------------------


async def test_a_meeting_goes_by_keyboard_alone(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    for at in (1, 2, 3):
        desk.trust(desk.space_a, user(desk, at), Trust.UNVERIFIED)
    frame.stage.sheets.meeting()
    found = await sheet()
    assert isinstance(found, MeetingSheet)
    await until(found.yes.isEnabled)

    QTest.keyClick(found.yes, Qt.Key.Key_M)
    await until(lambda: found.progress.text() == "1 of 3 compared" and found.yes.isEnabled())
    QTest.keyClick(found.yes, Qt.Key.Key_S)
    QTest.keyClick(found.yes, Qt.Key.Key_D)
    await until(lambda: "different" in found.end.text())
    QTest.keyClick(found.yes, Qt.Key.Key_Left)
    assert found._presenter.state.at == 1

    assert trusts(desk) == [Trust.VERIFIED, Trust.UNVERIFIED, Trust.UNVERIFIED]
    QTest.keyClick(found, Qt.Key.Key_Escape)
    await until(lambda: open_dialogs() == [])


async def test_letters_typed_into_the_line_press_nothing(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    before = trusts(desk)
    frame.stage.sheets.meeting()
    found = await sheet()
    assert isinstance(found, MeetingSheet)
    await until(found.yes.isEnabled)

    found.field.edit.setFocus()
    QTest.keyClicks(found.field.edit, "mds")

    assert found.field.edit.text() == "mds"
    assert trusts(desk) == before
    QTest.keyClick(found, Qt.Key.Key_Escape)
    await until(lambda: open_dialogs() == [])


async def test_a_picture_dropped_or_pasted_is_read_and_no_file_name_is_typed(
    locked: Locked, tmp_path: Path
) -> None:
    frame, desk = await enter(*locked)
    file = tmp_path / "code.png"
    picture(desk.code(user(desk, 3), desk.me.user)).save(str(file))
    frame.stage.sheets.verify(user(desk, 3))
    found = await sheet()
    assert isinstance(found, VerifySheet)
    await until(found.field.choose.isEnabled)

    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    copy = Qt.DropAction.CopyAction
    drop = QDropEvent(
        QPointF(5, 5), copy, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    found.field.edit.dropEvent(drop)
    await until(found.verdict.isVisible)

    assert found.field.edit.text() == ""
    assert trusts(desk)[2] is Trust.VERIFIED
    QTest.keyClick(found, Qt.Key.Key_Escape)
    await until(lambda: open_dialogs() == [])

    desk.trust(desk.space_a, user(desk, 3), Trust.UNVERIFIED)
    frame.stage.sheets.verify(user(desk, 3))
    found = await sheet()
    assert isinstance(found, VerifySheet)
    await until(found.field.choose.isEnabled)
    QGuiApplication.clipboard().setImage(QImage(str(file)))
    QTest.keyClick(found.field.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    await until(found.verdict.isVisible)

    assert trusts(desk)[2] is Trust.VERIFIED
    QTest.keyClick(found, Qt.Key.Key_Escape)
    await until(lambda: open_dialogs() == [])
    await calm(frame)


async def test_who_reads_other_digits_says_so_and_the_mark_is_gone(locked: Locked) -> None:
    frame, desk = await enter(*locked)
    frame.stage.sheets.verify(user(desk, 1))
    found = await sheet()
    assert isinstance(found, VerifySheet)
    await until(found.verdict.isVisible)

    found.no.click()
    await until(found.advice.isVisible)

    assert "Send nothing" in found.advice.text()
    assert not found.verdict.isVisible()
    assert not found.same.isEnabled()
    assert trusts(desk)[0] is Trust.UNVERIFIED
    QTest.keyClick(found, Qt.Key.Key_Escape)
    await until(lambda: open_dialogs() == [])
    await calm(frame)
