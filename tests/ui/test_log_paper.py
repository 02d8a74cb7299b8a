"""The log and the report of a check on paper: what is shown stands on it, and can be stopped."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from jitclient.checkviews import Finding, SpaceCheck
from tests.ui import papers
from tests.ui.story import story
from tests.ui.test_hand_list import lines_of
from tests.ui.test_screens import Locked
from tests.ui.waiting import calm, enter, open_dialogs, sheet, until
from ui import binding
from ui.custody.checksheet import CheckSheet
from ui.custody.lines import LogFilter, LogLine
from ui.custody.logpaper import log_paper
from ui.custody.logsaving import LogSaving
from ui.custody.logsheet import LogSheet
from ui.custody.presenter import LogPresenter
from ui.custody.state import LogState
from ui.printing.paper import OfSpace, Paper
from ui.printing.writing import Tell
from ui.spaces.state import Tab
from ui.tasks import TaskScope

pytestmark = pytest.mark.asyncio(loop_scope="session")

ABOUT = OfSpace("Operation <Amberlight>", "JIT 2026/118", "Clara Weiss, today", ("Key",))


def _line(seq: int, detail: str = "") -> LogLine:
    return LogLine(seq, "then", f"2026-11-{seq:02}", "Jan", "Exhibit added", "a.bin", detail, "ab")


def _said(paper: Paper) -> str:
    return "\n".join(one.text for one in lines_of(paper))


def _choosing(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    async def chosen(*_: object) -> Path:
        return path

    monkeypatch.setattr(binding, "choose_target", chosen)


async def test_entries_stand_oldest_first_letter_by_letter_and_the_last_hash_at_the_foot() -> None:
    lines = (_line(3, "<b>bold</b>"), _line(2), _line(1))

    paper = log_paper(LogState(lines=lines, total=3, last=3, closing="c0ffee"), ABOUT)

    said = _said(paper)
    assert said.index("2026-11-01") < said.index("2026-11-02\n") < said.index("<b>bold</b>")
    assert any("c0ffee" in one for one in paper.seals)
    assert "Operation <Amberlight>" in said


async def test_where_a_filter_hides_entries_the_paper_says_so_with_its_words() -> None:
    shown = LogState(
        lines=(_line(2),),
        total=9,
        filter=LogFilter(words="jan bin", actor="Jan"),
        last=9,
        closing="c0ffee",
    )

    said = _said(log_paper(shown, ABOUT))

    assert "1 entry of 9" in said
    assert "jan bin" in said


async def test_the_foot_names_the_entry_that_closes_the_whole_log_also_when_it_is_hidden() -> None:
    desk = story()
    tasks = TaskScope(lambda _: None)
    presenter = LogPresenter(desk, tasks)
    presenter.open(desk.details[desk.space_a])
    await until(lambda: not presenter.state.loading)
    newest = desk.logs[desk.space_a][-1]

    presenter.filter("no entry has these words")

    assert (presenter.state.last, presenter.state.closing) == (newest.seq, newest.hash)
    await until(lambda: tasks.idle)
    tasks.close()


async def test_the_log_is_written_from_the_window_and_that_is_in_the_log(
    locked: Locked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, desk = await enter(*locked)
    target = tmp_path / "log.pdf"
    _choosing(monkeypatch, target)
    frame.room.spaces.show_tab(Tab.LOG)
    await calm(frame)

    frame.stage.log.save.click()
    found = await sheet()
    assert isinstance(found, LogSheet)
    found.action.click()
    await until(lambda: open_dialogs() == [])
    await calm(frame)

    text = " ".join(papers.texts(target.read_bytes()))
    assert desk.logs[desk.space_a][0].hash[:16] in text
    assert [one.what for one in desk.logs[desk.space_a]].count("log-printed") == 1


async def test_what_is_there_already_is_not_overwritten_and_the_sheet_says_so(
    locked: Locked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, _ = await enter(*locked)
    target = tmp_path / "log.pdf"
    target.write_bytes(b"theirs")
    _choosing(monkeypatch, target)
    frame.room.spaces.show_tab(Tab.LOG)
    await calm(frame)
    frame.stage.log.save.click()
    found = await sheet()
    assert isinstance(found, LogSheet)

    found.action.click()
    await until(found.notice.isVisible)

    assert target.read_bytes() == b"theirs"
    found.reject()
    await until(lambda: open_dialogs() == [])
    await calm(frame)


async def test_stopped_while_it_is_drawn_nothing_is_written(tmp_path: Path) -> None:
    tasks, begun = TaskScope(lambda _: None), asyncio.Event()

    async def make(tell: Tell) -> bytes:
        tell(2, 4)
        begun.set()
        await asyncio.Event().wait()
        return b""

    async def write(path: Path, data: bytes) -> None:
        path.write_bytes(data)

    saving = LogSaving(tasks, 5, make, write)
    saving.save(tmp_path / "log.pdf")
    await begun.wait()
    assert (saving.state.percent, saving.state.progress) == (50, "Page 2 of 4")

    saving.stop()
    await until(lambda: tasks.idle)

    assert list(tmp_path.iterdir()) == []
    assert saving.state.progress == "Stopped. Nothing was written."


async def test_what_a_check_has_found_is_written_with_the_time_when_it_was_through(
    locked: Locked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, desk = await enter(*locked)
    desk.check = SpaceCheck(1, 27_000, ("c.img",), (Finding("A-1", "part-corrupted", "Part 2."),))
    target = tmp_path / "check.pdf"
    _choosing(monkeypatch, target)
    frame.room.spaces.show_tab(Tab.LOG)
    await calm(frame)
    frame.stage.sheets.check()
    found = await sheet()
    assert isinstance(found, CheckSheet)
    assert not found.save.isVisible()
    found.action.click()
    await until(found.save.isVisible)

    found.save.click()
    await until(found.note.isVisible)

    text = " ".join(papers.texts(target.read_bytes()))
    for said in ("A-1", "Part 2.", "c.img", "Not checked", "2026"):
        assert said in text
    assert desk.logs[desk.space_a][-1].what == "check-printed"
    found.reject()
    await until(lambda: open_dialogs() == [])
    await calm(frame)
