"""The recovery sheet on the screen: passphrase, words, three of them typed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QGridLayout, QVBoxLayout, QWidget

from ui.keys.presenter import SheetPresenter
from ui.keys.recoverypaper import lines_of, write_pdf
from ui.keys.state import SheetState, SheetStep
from ui.language import tr
from ui.tasks import TaskScope
from ui.theme import fonts, tokens
from ui.widgets.button import Button
from ui.widgets.field import Field
from ui.widgets.pages import Pages
from ui.widgets.panel import Panel, row
from ui.widgets.passphrase import PassphraseField
from ui.widgets.reveal import reveal
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text

_LEADS = {
    SheetStep.PASSPHRASE: "24 words that open this profile when the passphrase is forgotten or the "
    "keyring is lost, and make you yourself again on a new computer. Whoever has them can act as "
    "you. Make sure nobody looks at this screen.",
    SheetStep.WORDS: "Write them down or print them, and keep them under lock, like a seal. They "
    "bring back your keys, not messages. Do not leave them on a computer.",
    SheetStep.CONFIRM: "Type three words from your paper, as a sign that it is complete.",
}
_ACTIONS = {
    SheetStep.PASSPHRASE: "Show the words",
    SheetStep.WORDS: "I have written it down",
    SheetStep.CONFIRM: "Done",
}
_COLUMNS = 4


class RecoverySheet(Sheet):
    """One sheet in three steps."""

    wide = 640

    def __init__(self, parent: QWidget, presenter: SheetPresenter, tasks: TaskScope) -> None:
        super().__init__(parent, tr("Recovery sheet"), lead=" ", action=tr("Show the words"))
        self._presenter = presenter
        self._tasks = tasks
        self.passphrase = PassphraseField(tr("Passphrase"))
        self.words = [Text("", "mono") for _ in range(24)]
        self.line = Text("", "mono", wrap=True, selectable=True)
        self.save = Button(tr("Save as PDF to print…"), icon="download")
        self.fields = [Field("") for _ in range(3)]
        self.wrong = Text("", "danger", wrap=True)
        self.back = Button(tr("Look again"), "quiet")
        self.pages = Pages()
        for page in (self._asking(), self._showing(), self._confirming()):
            self.pages.addWidget(page)
        self.body.addWidget(self.pages)
        self.save.clicked.connect(self._save)
        self.back.clicked.connect(presenter.look_again)
        self.action.clicked.connect(self._go)
        self.follow()
        self.passphrase.entered.connect(self._go)
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        self.passphrase.edit.setFocus()

    def _asking(self) -> QWidget:
        return _page(self.passphrase)

    def _showing(self) -> QWidget:
        card = Panel("card", margin=tokens.S4, spacing=tokens.S3)
        self.line.setFont(fonts.mono())
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.S4)
        grid.setVerticalSpacing(tokens.S2)
        for at, word in enumerate(self.words):
            word.setFont(fonts.mono())
            grid.addWidget(word, at // _COLUMNS, at % _COLUMNS)
        card.column.addLayout(grid)
        note = tr("The file is readable for whoever has it: print it, then delete it.")
        keep = row(self.save, Text(note, "caption"), None, spacing=tokens.S3)
        return _page(card, self.line, keep)

    def _confirming(self) -> QWidget:
        return _page(*self.fields, self.wrong, row(self.back, None))

    def render_state(self, state: SheetState) -> None:
        """Show the step."""
        self.lead.setText(tr(_LEADS[state.step]))
        self.action.setText(tr(_ACTIONS[state.step]))
        self.pages.setCurrentIndex(state.step.value)
        self.passphrase.complain(state.wrong if state.step is SheetStep.PASSPHRASE else "")
        self.wrong.setText(state.wrong if state.step is SheetStep.CONFIRM else "")
        reveal(self.wrong, bool(self.wrong.text()))
        for at, word in enumerate(self.words):
            text = state.words[at] if at < len(state.words) else ""
            word.setText(f"{at + 1:>2}  {text}")
        self.line.setText("\n".join(lines_of(state.line)))
        for field, place in zip(self.fields, state.asked, strict=False):
            field.label.setText(tr("Word {place}", place=place))
            field.edit.setAccessibleName(tr("Word {place}", place=place))
        self.notice.show_card(state.problem)
        self.action.setEnabled(not state.busy)
        self.busy.setText(state.busy)
        if state.step is SheetStep.WORDS:
            self.action.setFocus()
        if state.step is SheetStep.CONFIRM and not state.wrong:
            self.fields[0].edit.setFocus()

    def _go(self) -> None:
        match self._presenter.state.step:
            case SheetStep.PASSPHRASE:
                typed = self.passphrase.text()
                self.passphrase.clear()
                self._tasks.start(self._presenter.open(typed), name="recovery-sheet")
            case SheetStep.WORDS:
                self._presenter.written_down()
            case SheetStep.CONFIRM:
                self._tasks.start(self._confirm(), name="recovery-confirm")

    async def _confirm(self) -> None:
        asked = self._presenter.state.asked
        typed = {at: field.text() for at, field in zip(asked, self.fields, strict=True)}
        if await self._presenter.confirm(typed):
            self.accept()

    def _save(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("Save the recovery sheet"), "recovery-sheet.pdf", tr("PDF (*.pdf)")
        )
        if chosen:
            self._tasks.start(self._write(Path(chosen)), name="recovery-paper")

    async def _write(self, path: Path) -> None:
        if not await write_pdf(path, self._presenter.state):
            self._presenter.cannot_save(tr("The file could not be written. Choose another place."))


def _page(*parts: object) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(tokens.S4)
    for part in parts:
        if isinstance(part, QWidget):
            column.addWidget(part)
        else:
            column.addLayout(part)  # type: ignore[arg-type]
    column.addStretch(1)
    return page
