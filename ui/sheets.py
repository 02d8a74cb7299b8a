"""The sheets that a space opens: each with its presenter, over the window in front."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from protocol.ids import MessageId, SpaceId, UserId
from ui import words
from ui.binding import choose_target
from ui.conversation.detailsheet import Asking, MessageSheet
from ui.conversation.state import MessageItem
from ui.conversation.versions import VersionsSheet
from ui.custody.check import CheckPresenter
from ui.custody.checksheet import CheckSheet
from ui.devices.linking import LinkPresenter
from ui.devices.linksheet import LinkSheet
from ui.devices.presenter import DevicesPresenter
from ui.devices.view import DevicesSheet
from ui.evidence.add import AddPresenter
from ui.evidence.intake import IntakePresenter
from ui.evidence.intakesheet import IntakeSheet
from ui.evidence.queue import QueuePresenter
from ui.evidence.queuesheet import QueueSheet
from ui.evidence.sheet import AddSheet
from ui.language import tr
from ui.papers import Papers
from ui.people.add import AddMemberPresenter
from ui.people.designate import DesignatePresenter
from ui.people.designatesheet import DesignateSheet
from ui.people.devicesheet import MemberDevicesSheet
from ui.people.meeting import MeetingPresenter
from ui.people.meetingsheet import MeetingSheet
from ui.people.share import SharePresenter
from ui.people.sharesheet import ShareSheet
from ui.people.sheets import AddMemberSheet
from ui.people.verify import VerifyPresenter
from ui.people.verifysheet import VerifySheet
from ui.room import Room
from ui.spaces.state import Tab


class Sheets:
    """Opens sheets for the space in front."""

    def __init__(self, room: Room, stage: QWidget) -> None:
        self._room = room
        self.papers = Papers(room, stage)
        self._stage = stage

    @property
    def _window(self) -> QWidget:
        return self._stage.window()

    def add_evidence(self, paths: list[Path]) -> None:
        """Open the sheet that hands over files."""
        if self._room.evidence.state.can_add:
            self._room.tasks.start(self._add_evidence(paths), name="evidence-sheet")

    async def _add_evidence(self, paths: list[Path]) -> None:
        detail = self._room.people.detail
        if detail is None:
            return
        left = self._room.common.left
        presenter = AddPresenter(self._room.desk, self._room.tasks, detail, left)
        sheet = AddSheet(self._window, presenter, self._room.tasks)
        presenter.take(paths)
        with left.keeping(presenter.keep):
            done = await sheet.shown()
        presenter.begun.over()
        if done:
            self._room.spaces.show_tab(Tab.EVIDENCE)
            self._room.status.say(tr("Registered. The transfer runs in the background."))
            self._room.evidence.renew()

    def detect(self) -> None:
        """Open the sheet that takes in a customs detection."""
        if self._room.evidence.state.can_add:
            self._room.tasks.start(self._detect(), name="detection-sheet")

    async def _detect(self) -> None:
        detail = self._room.people.detail
        if detail is None:
            return
        presenter = IntakePresenter(self._room.desk, self._room.tasks, detail)
        paper = self.papers.detection(detail, presenter)
        sheet = IntakeSheet(self._window, presenter, self._room.tasks, paper)
        with self._room.common.left.keeping(presenter.keep):
            done = await sheet.shown()
        if done:
            self._room.spaces.show_tab(Tab.EVIDENCE)
            self._room.status.say(presenter.state.note)
        self._room.evidence.renew()

    def check(self) -> None:
        """Open the sheet that reads everything kept of the space again."""
        self._room.tasks.start(self._check(), name="check-sheet")

    async def _check(self) -> None:
        detail = self._room.people.detail
        if detail is not None:
            tasks, now = self._room.tasks, self._room.now
            presenter = CheckPresenter(self._room.desk, tasks, detail.row.space, now)
            write = partial(self.papers.check, detail, presenter)
            save = lambda over: tasks.start(write(over), name="check-paper")  # noqa: E731
            await CheckSheet(self._window, presenter, save).shown()
            self._room.log.refresh()

    def transfers(self) -> None:
        """Open the sheet of transfers."""
        self._room.tasks.start(self._transfers(), name="transfers-sheet")

    async def _transfers(self) -> None:
        presenter = QueuePresenter(self._room.desk, self._room.tasks)
        await QueueSheet(self._window, presenter, self._room.tasks).shown()
        self._room.evidence.renew()

    def add_member(self) -> None:
        """Open the sheet that adds a member."""
        self._room.tasks.start(self._add_member(), name="member-sheet")

    async def _add_member(self) -> None:
        detail = self._room.people.detail
        if detail is None:
            return
        presenter = AddMemberPresenter(self._room.desk, self._room.tasks, detail)
        title = words.plain(detail.row.title)
        sheet = AddMemberSheet(self._window, presenter, self._room.tasks, title)
        if await sheet.shown():
            self._room.spaces.refresh()
            self._room.status.say(tr("Added"))

    def verify(self, user: bytes) -> None:
        """Open the sheet that compares safety numbers."""
        self._room.tasks.start(self._verify(UserId(user)), name="verify-sheet")

    async def _verify(self, user: UserId) -> None:
        detail = self._room.people.detail
        one = next((m for m in detail.members if m.user == user), None) if detail else None
        if detail is None or one is None:
            return
        tasks = self._room.tasks
        presenter = VerifyPresenter(self._room.desk, tasks, detail.row.space, user, self._room.zone)
        await VerifySheet(self._window, presenter, tasks, words.plain(one.name)).shown()
        self._room.spaces.refresh()

    def member_devices(self, user: bytes) -> None:
        """Open the sheet of a member's devices."""
        self._room.tasks.start(self._member_devices(UserId(user)), name="member-devices")

    async def _member_devices(self, user: UserId) -> None:
        detail = self._room.people.detail
        one = next((m for m in detail.members if m.user == user), None) if detail else None
        if detail is None or one is None:
            return
        rows = await self._room.desk.member_devices(detail.row.space, user)
        await MemberDevicesSheet(self._window, words.plain(one.name), rows).shown()

    def share(self, user: bytes) -> None:
        """Open the sheet that opens earlier messages to a member."""
        self._room.tasks.start(self._share(UserId(user)), name="share-sheet")

    async def _share(self, user: UserId) -> None:
        detail = self._room.people.detail
        one = next((m for m in detail.members if m.user == user), None) if detail else None
        if detail is None or one is None:
            return
        presenter = SharePresenter(self._room.desk, self._room.tasks, detail.row.space, user)
        sheet = ShareSheet(self._window, presenter, self._room.tasks, words.plain(one.name))
        if await sheet.shown():
            self._room.status.say(tr("Shared. Your device sends it in the background."))

    def designate(self, user: bytes) -> None:
        """Open the sheet that designates a controller."""
        self._room.tasks.start(self._designate(UserId(user)), name="designate-sheet")

    async def _designate(self, user: UserId) -> None:
        detail = self._room.people.detail
        one = next((m for m in detail.members if m.user == user), None) if detail else None
        if detail is None or one is None:
            return
        left = self._room.common.left
        await left.load(detail.row.space)
        presenter = DesignatePresenter(self._room.desk, detail, user, left)
        name = words.plain(one.name)
        sheet = DesignateSheet(self._window, presenter, self._room.tasks, name)
        if await sheet.shown():
            self._room.status.say(tr("Designated. {name} can hand over evidence now.", name=name))
        presenter.half.over()

    def export_proof(self, space: bytes) -> None:
        """Ask where to, and write the proof of a fork."""
        self._room.tasks.start(self._export_proof(SpaceId(space)), name="fork-proof")

    async def _export_proof(self, space: SpaceId) -> None:
        path = await choose_target(self._window, tr("Export the proof"), "fork-proof.jitproof")
        if path is not None:
            written = await self._room.desk.export_fork_proof(space, path)
            self._room.status.say(
                tr("The proof is written: {name}", name=words.plain(written.name))
            )

    def meeting(self) -> None:
        """Open the sheet that compares with everybody."""
        self._room.tasks.start(self._meeting(), name="meeting-sheet")

    async def _meeting(self) -> None:
        detail = self._room.people.detail
        if detail is None:
            return
        presenter = MeetingPresenter(self._room.desk, self._room.tasks, detail)
        write = partial(self.papers.numbers, detail, presenter)
        await MeetingSheet(self._window, presenter, self._room.tasks, write).shown()
        self._room.spaces.refresh()

    def details(self, message: MessageId) -> None:
        """Open the sheet of one message that is shown."""
        rows = (*self._room.conversation.state.rows, *self._room.thread.state.rows)
        shown = (one for one in rows if isinstance(one, MessageItem) and one.message == message)
        if (item := next(shown, None)) is not None:
            self._room.tasks.start(self._details(item), name="message-sheet")

    async def _details(self, item: MessageItem) -> None:
        space = self._room.conversation.state.space
        if space is None:
            return
        tasks, talking = self._room.tasks, self._room.desk.talking
        asking = Asking(tasks, partial(talking.ask_again, space, item.message))
        await MessageSheet(self._window, item, asking).shown()

    def versions(self, message: MessageId) -> None:
        """Open the sheet of all versions of a message."""
        self._room.tasks.start(self._versions(message), name="versions-sheet")

    async def _versions(self, message: MessageId) -> None:
        space = self._room.conversation.state.space
        if space is None:
            return
        row = await self._room.desk.message(space, message)
        rows = await self._room.desk.talking.versions(space, message)
        await VersionsSheet(self._window, words.plain(row.author_name), rows).shown()

    def devices(self, over: QWidget | None = None) -> None:
        """Open the sheet of one's own devices, over the window or over a sheet."""
        self._room.tasks.start(self._devices(over or self._window), name="devices-sheet")

    async def _devices(self, under: QWidget) -> None:
        presenter = DevicesPresenter(self._room.desk, self._room.tasks, self._room.now)
        sheet = DevicesSheet(under, presenter, self._room.tasks)
        sheet.link.connect(lambda: self._room.tasks.start(self._link(sheet), name="link-sheet"))
        await sheet.shown()

    async def _link(self, over: DevicesSheet) -> None:
        presenter = LinkPresenter(self._room.desk, self._room.tasks, self._room.now)
        await LinkSheet(over, presenter).shown()
        over.reload()
