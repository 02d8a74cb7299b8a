"""Papers of the space in front: made, written to where a person says, and on record."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from jitclient.paperviews import PaperKind
from jitclient.views import SpaceDetail, Trust
from protocol.errors import JitError
from ui import binding, words
from ui.custody.check import CheckPresenter
from ui.custody.checkpaper import check_paper
from ui.custody.logpaper import log_paper
from ui.custody.logsaving import LogSaving
from ui.custody.logsheet import LogSheet
from ui.evidence.detectionsaving import DetectionSaving
from ui.evidence.handlist import About
from ui.evidence.intake import IntakePresenter
from ui.evidence.listasking import ListPresenter
from ui.evidence.listsheet import ListSheet
from ui.halftyped import HalfTyped
from ui.language import tr
from ui.people.meeting import MeetingPresenter
from ui.people.numberspaper import NumbersAbout, PaperLine, number_list
from ui.printing.paper import OfSpace, Paper, printed_by
from ui.printing.writing import pdf_of
from ui.room import Room


class Papers:
    """Asks what has to be asked, and writes."""

    def __init__(self, room: Room, stage: QWidget) -> None:
        self._room = room
        self._stage = stage

    async def write(
        self, detail: SpaceDetail, kind: PaperKind, path: Path, paper: Paper, count: int = 0
    ) -> None:
        """Write one; the log of its space says that it was.

        Raises:
            JitError: it cannot be written; nothing is left.
        """
        data = await pdf_of(paper)
        await self._room.desk.write_paper(detail.row.space, kind, path, data, count)

    def hand_list(self) -> None:
        """Ask where to, and write the hand-over list of what is shown."""
        self._room.tasks.start(self._hand_list(), name="hand-list")

    async def _hand_list(self) -> None:
        detail = self._room.people.detail
        if detail is None:
            return
        agreement = detail.row.agreement
        people = (*detail.members, *detail.removed)
        made, seals = self._printed()
        about = About(detail.row.title, agreement, made, people, basis=agreement, seals=seals)
        half = HalfTyped(self._room.common.left, detail.row.space, "hand-list")
        await half.load()
        asked = ListPresenter(about, self._room.evidence.listed(), half)
        if not await ListSheet(self._stage.window(), asked).shown():
            half.over()
            return
        title = tr("Save the hand-over list")
        path = await binding.choose_target(self._stage.window(), title, "hand-over-list.pdf")
        if path is None:
            return
        listed = self._room.evidence.hand_list(asked.state.about)
        try:
            await self.write(detail, PaperKind.LIST, path, listed.paper, listed.count)
        except JitError as failure:
            self._room.evidence.failed(failure)
            return
        half.over()
        self._room.status.say(tr("The list is written: {name}", name=words.plain(path.name)))

    def log(self) -> None:
        """Write the entries that the log shows."""
        self._room.tasks.start(self._log(), name="log-paper")

    async def _log(self) -> None:
        detail, shown = self._room.people.detail, self._room.log.state
        if detail is None or not shown.lines:
            return
        space, count = detail.row.space, len(shown.lines)
        saving = LogSaving(
            self._room.tasks,
            count,
            partial(pdf_of, log_paper(shown, self._of(detail))),
            partial(self._room.desk.write_paper, space, PaperKind.LOG, count=count),
        )
        sheet = LogSheet(self._stage.window(), saving, self._room.tasks)
        if await sheet.shown():
            self._room.status.say(tr("The log is written: {name}", name=saving.state.name))
        self._room.log.refresh()

    async def check(self, detail: SpaceDetail, presenter: CheckPresenter, over: QWidget) -> None:
        """Write what a check has found."""
        title = tr("Save the report of the check")
        path = await binding.choose_target(over, title, "check.pdf")
        if path is None:
            return
        try:
            paper = check_paper(presenter.state, self._of(detail))
            await self.write(detail, PaperKind.CHECK, path, paper)
        except JitError as failure:
            presenter.failed(failure)
            return
        presenter.noted(tr("The report is written: {name}", name=words.plain(path.name)))

    async def numbers(self, detail: SpaceDetail, presenter: MeetingPresenter) -> None:
        """Write the numbers of everybody, to bring along."""
        title = tr("Save the printable list")
        path = await binding.choose_target(self._stage.window(), title, "safety-numbers.pdf")
        if path is None:
            return
        lines = [
            PaperLine(
                words.plain(one.name),
                presenter.place(one.user),
                one.digits,
                one.trust is Trust.VERIFIED,
            )
            for one in presenter.rows
        ]
        made, seals = self._printed()
        about = NumbersAbout(
            title=detail.row.title,
            agreement=detail.row.agreement,
            mine=words.plain(self._room.desk.me.name),
            made=made,
            seals=seals,
        )
        try:
            paper = number_list(about, lines)
            await self.write(detail, PaperKind.NUMBERS, path, paper, len(lines))
        except JitError as failure:
            presenter.failed(failure)

    def detection(self, detail: SpaceDetail, presenter: IntakePresenter) -> DetectionSaving:
        """What writes the form of a detection as it stands."""
        write = partial(self.write, detail, PaperKind.DETECTION)
        return DetectionSaving(presenter, partial(self._of, detail), write)

    def _of(self, detail: SpaceDetail) -> OfSpace:
        made, seals = self._printed()
        return OfSpace(detail.row.title, detail.row.agreement, made, seals)

    def _printed(self) -> tuple[str, tuple[str, ...]]:
        return printed_by(self._room.desk.me, self._room.now())
