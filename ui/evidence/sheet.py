"""The sheet that hands over files: which, as which exhibit, to whom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget

from ui import binding
from ui.evidence.add import AddPresenter
from ui.evidence.factsheet import FactsSheet
from ui.evidence.recipients import RecipientsCard
from ui.evidence.state import AddState, NewFile
from ui.evidence.stated import still_to_state
from ui.evidence.treesheet import TreeSheet
from ui.language import tr, trn
from ui.tasks import TaskScope
from ui.theme import tokens
from ui.widgets.button import Button, IconButton
from ui.widgets.chip import Chip
from ui.widgets.elided import Elided
from ui.widgets.facts import clear
from ui.widgets.hover import hover
from ui.widgets.panel import Panel, Scroll, row
from ui.widgets.reveal import reveal
from ui.widgets.saying import about
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text
from ui.words import Badge


class AddSheet(Sheet):
    """Nothing leaves this computer before the button is pressed."""

    wide = 760

    def __init__(self, parent: QWidget, presenter: AddPresenter, tasks: TaskScope) -> None:
        super().__init__(
            parent,
            tr("Hand over evidence"),
            lead=tr(
                "Each file is sealed here for the persons you choose. Nothing leaves this "
                "computer before you press the button, and the originals are only read."
            ),
            action=tr("Seal and hand over"),
        )
        self._presenter = presenter
        self._tasks = tasks
        self._files: tuple[Path, ...] = ()
        self._rows: dict[Path, _FileRow] = {}
        self.setAcceptDrops(True)
        self._make_list()
        self.people = RecipientsCard(presenter.choose)
        receive = Text(tr("Who receives them"), "label")
        receive.setBuddy(self.people)
        self.body.addWidget(receive)
        self.body.addWidget(self.people)
        self.action.clicked.connect(lambda: tasks.start(self._add(), name="add-evidence"))
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        self.more.setFocus()
        tasks.start(self._resume(), name="resume-hand-over")

    def _make_list(self) -> None:
        """The files, and above them what is done with all of them."""
        self.more = Button(tr("Choose files…"), icon="folder-open")
        self.more.clicked.connect(lambda: self._tasks.start(self._choose(), name="choose"))
        self.folder = Button(tr("Folder…"), icon="folder", hint=tr("Every file in it and below it"))
        self.folder.clicked.connect(lambda: self._tasks.start(self._folder(), name="folder"))
        self.list = Button(tr("List…"), icon="file-text", hint=tr("Add the files of a list (CSV)"))
        self.list.clicked.connect(lambda: self._tasks.start(self._take_list(), name="list"))
        self.report = Button(
            tr("Report…"), icon="file-check", hint=tr("Read hashes from an acquisition report")
        )
        self.report.clicked.connect(lambda: self._tasks.start(self._report(), name="report"))
        self.all = Button(tr("Facts for all…"), icon="list")
        self.all.clicked.connect(lambda: self._describe(None))
        self.files = Scroll(tr("Files"), margin=0)
        self.files.setMinimumHeight(200)
        self.files.column.setSpacing(tokens.S2)
        self.note = Text("", "caption", wrap=True)
        self.on = Button("", "quiet")
        self.on.clicked.connect(self._presenter.number_rest)
        self.lacking = Text("", "caption", wrap=True)
        label = Text(tr("Files"), "label")
        label.setBuddy(self.files)
        head = row(label, None, self.report, self.all, self.list)
        head.addWidget(self.folder)
        head.addWidget(self.more)
        self.body.addLayout(head)
        self.body.addWidget(self.files, 1)
        self.body.addLayout(self._make_count())
        across = row(self.lacking, self.on)
        across.setStretch(0, 1)
        self.body.addLayout(across)
        self.body.addWidget(self.note)

    def _make_count(self) -> QHBoxLayout:
        """How much it is, and the way to leave out some of the folders."""
        self.count = Text("", "caption", wrap=True)
        self.tree = Button(tr("Choose by folder…"), "quiet")
        self.tree.clicked.connect(lambda: self._tasks.start(self._by_folder(), name="by-folder"))
        across = row(self.count, self.tree)
        across.setStretch(0, 1)
        return across

    async def _by_folder(self) -> None:
        sheet = TreeSheet(self, self._presenter.state.files)
        sheet.accepted.connect(lambda: self._presenter.keep_only(sheet.kept()))
        await sheet.shown()

    def render_state(self, state: AddState) -> None:
        """Show files and recipients."""
        self.people.show_people(state.recipients)
        self._show_files(state.files)
        self.count.setText(state.total)
        reveal(self.count, bool(state.files))
        reveal(self.tree, state.in_folders)
        self.tree.setEnabled(not state.busy)
        self.notice.show_card(state.problem)
        self.action.setEnabled(state.can_add)
        self.more.setEnabled(not state.busy)
        self.folder.setEnabled(not state.busy)
        self.busy.setText(tr("Registering…") if state.busy else "")
        self.note.setText(state.note)
        reveal(self.note, bool(state.note))
        self.on.setText(tr("Number the others from {next_number}", next_number=state.next_number))
        reveal(self.on, bool(state.next_number))
        self.lacking.setText(_lacking(state))
        reveal(self.lacking, bool(state.undescribed))

    def _show_files(self, files: tuple[NewFile, ...]) -> None:
        paths = tuple(one.path for one in files)
        if paths != self._files or (not files and not self._rows):
            self._files = paths
            clear(self.files.column)
            self._rows = {}
            for one in files:
                line = self._rows[one.path] = _FileRow(one, self._presenter, self._describe)
                self.files.column.addWidget(line)
            if not files:
                hint = Text(tr("Drop files or folders here, or choose them."), "secondary")
                hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
                self.files.column.addStretch(1)
                self.files.column.addWidget(hint)
            self.files.column.addStretch(1)
        for one in files:
            self._rows[one.path].show_file(one)
            stated = sum(1 for name, _ in one.facts if name != "folder-path")
            self._rows[one.path].show_facts(one.stem, stated)
        self.all.setEnabled(bool(files))
        self.report.setEnabled(bool(files))

    async def _take_list(self) -> None:
        chosen = await binding.choose_files(self, tr("Read a list of exhibits (CSV)"))
        if chosen:
            self._presenter.take_list(chosen[0])

    async def _report(self) -> None:
        chosen = await binding.choose_files(self, tr("Read an acquisition report"))
        if chosen:
            self._presenter.report(chosen[0])

    def _describe(self, path: Path | None) -> None:
        self._tasks.start(self._state_facts(path), name="facts")

    async def _state_facts(self, path: Path | None) -> None:
        presenter = self._presenter.facts(path)
        if await FactsSheet(self, presenter).shown():
            self._presenter.describe(path, presenter.values)
        self._presenter.begun.stating(path, None)

    async def _resume(self) -> None:
        for path in await self._presenter.resume():
            await self._state_facts(path)

    async def _choose(self) -> None:
        chosen = await binding.choose_files(self, tr("Choose evidence"))
        if chosen:
            self._presenter.take(chosen)

    async def _folder(self) -> None:
        chosen = await binding.choose_folder(self, tr("Choose a folder of evidence"))
        if chosen is not None:
            self._presenter.take((chosen,))

    async def _add(self) -> None:
        if await self._presenter.add():
            self.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders are welcome."""
        binding.accept_files(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take them onto the list."""
        self._presenter.take(binding.dropped_files(event))


class _FileRow(Panel):
    def __init__(
        self,
        file: NewFile,
        presenter: AddPresenter,
        describe: Callable[[Path], None],
    ) -> None:
        super().__init__("card")
        name = Elided(file.stem, "strong")
        name.setToolTip(hover(str(file.path)))
        self.number = number = QLineEdit(file.exhibit)
        number.setPlaceholderText(tr("Exhibit no. *"))
        number.setAccessibleName(tr("Exhibit number of {stem}", stem=file.stem))
        number.setFixedWidth(130)
        number.textChanged.connect(lambda text: presenter.number(file.path, text))
        self.facts = facts = Button(tr("Facts…"))
        facts.setMinimumWidth(110)
        facts.clicked.connect(lambda: describe(file.path))
        self.away = IconButton(
            "x", tr("Take {stem} off the list", stem=file.stem), size=tokens.ICON_SMALL
        )
        self.away.clicked.connect(lambda: presenter.drop(file.path))
        self._problem = Text("", "danger", wrap=True)
        self._lacking = Text("", "caption", wrap=True)
        self.again = _once_more(file, presenter)
        self._lay(file, name)
        self.show_file(file)

    def _lay(self, file: NewFile, name: Elided) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(tokens.S3, tokens.S2, tokens.S2, tokens.S2)
        grid.setHorizontalSpacing(tokens.S3)
        grid.setVerticalSpacing(tokens.S1)
        grid.addWidget(name, 0, 0)
        grid.addWidget(Chip(Badge(file.extension, "")), 0, 1)
        grid.addWidget(Text(file.size, "dense"), 0, 2)
        grid.addWidget(self.number, 0, 3)
        grid.addWidget(self.facts, 0, 4)
        grid.addWidget(self.away, 0, 5)
        grid.addWidget(self._problem, 1, 0, 1, 6)
        grid.addWidget(self._lacking, 1, 0, 1, 6)
        grid.addWidget(self.again, 2, 4)
        grid.setColumnStretch(0, 1)
        self.column.addLayout(grid)

    def show_facts(self, stem: str, count: int) -> None:
        """How many are stated."""
        self.facts.setText(trn("{count} fact…", "{count} facts…", count) if count else tr("Facts…"))
        about(self.facts, stem)

    def show_file(self, file: NewFile) -> None:
        """Say what is wrong with it, or what is still to be stated of it."""
        self._problem.setText(file.problem)
        reveal(self._problem, bool(file.problem))
        lacking = "" if file.problem else still_to_state(file.lacking)
        self._lacking.setText(lacking)
        reveal(self._lacking, bool(lacking))
        reveal(self.again, file.twice)
        if self.number.text().strip() != file.exhibit:
            self.number.setText(file.exhibit)


def _lacking(state: AddState) -> str:
    if not state.undescribed:
        return ""
    return trn(
        "{waiting} of {count} file stays here until everything marked * is stated of it.",
        "{waiting} of {count} files stay here until everything marked * is stated of them.",
        len(state.files),
        waiting=state.undescribed,
    )


def _once_more(file: NewFile, presenter: AddPresenter) -> Button:
    again = Button(tr("Once more"), hint=tr("Hand it over though the space has it"))
    again.setAccessibleName(tr("Hand over {stem} once more", stem=file.stem))
    again.setMinimumWidth(110)
    again.clicked.connect(lambda: presenter.once_more(file.path))
    return again
