"""Another passphrase, and the words typed at a locked or an empty profile."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QVBoxLayout, QWidget

from ui.keys.presenter import ChangePresenter, WordsPresenter
from ui.keys.state import ActState
from ui.keys.strength import Strength
from ui.language import tr, trc
from ui.ports import DeskPort
from ui.tasks import TaskScope
from ui.theme import tokens
from ui.widgets.field import Field
from ui.widgets.passphrase import PassphraseField
from ui.widgets.reveal import reveal
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text


class ChangeSheet(Sheet):
    """The old passphrase, the new one twice."""

    def __init__(self, parent: QWidget, presenter: ChangePresenter, tasks: TaskScope) -> None:
        super().__init__(
            parent,
            tr("Change the passphrase"),
            lead=tr(
                "The old one does not open this profile any more, nor any copy of it made from "
                "now on. Your recovery sheet stays as it is."
            ),
            action=tr("Change"),
        )
        self._presenter = presenter
        self.old = PassphraseField(tr("Present passphrase"))
        self.new = PassphraseField(tr("New passphrase"))
        self.again = PassphraseField(tr("The same again"))
        self.strength = Strength(self.new, self.again)
        for one in (self.old, self.new, self.strength, self.again):
            self.body.addWidget(one)
        self.action.clicked.connect(lambda: tasks.start(self._change(), name="change-passphrase"))
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        self.old.edit.setFocus()

    def render_state(self, state: ActState) -> None:
        """Show problems and progress."""
        self.old.complain(state.wrong_old)
        self.new.complain(state.wrong_new)
        self.again.complain(state.wrong_again)
        self.strength.refused(state.wrong_new)
        _point(
            (self.old.edit, state.wrong_old),
            (self.new.edit, state.wrong_new),
            (self.again.edit, state.wrong_again),
        )
        self.notice.show_card(state.problem)
        self.action.setEnabled(not state.busy)
        self.busy.setText(state.busy)

    async def _change(self) -> None:
        if await self._presenter.change(self.old.text(), self.new.text(), self.again.text()):
            self.accept()


class WordsSheet(Sheet):
    """The words, and a new passphrase; for an empty profile also the line of the sheet."""

    wide = 600

    def __init__(
        self,
        parent: QWidget,
        presenter: WordsPresenter,
        tasks: TaskScope,
        on_open: Callable[[DeskPort], None],
        *,
        restore: bool,
    ) -> None:
        super().__init__(
            parent,
            tr("Restore from a recovery sheet") if restore else tr("Open with your recovery words"),
            lead=(
                tr(
                    "You become the same person on this computer, with the same safety number. "
                    "Messages and exhibits do not come back, and an administrator of each space "
                    "lets "
                    "this computer in."
                )
                if restore
                else tr(
                    "Nothing is lost. The words open this profile and give it a new passphrase."
                )
            ),
            action=tr("Restore") if restore else trc("a verb", "Open"),
        )
        self._presenter = presenter
        self._on_open = on_open
        self._restore = restore
        self.line = Field(tr("The line of the sheet"), placeholder="jit-recover:…")
        self.words = QPlainTextEdit()
        self.wrong = Text("", "danger", wrap=True)
        self.lost = QCheckBox(tr("My other computers are lost: shut them out"))
        self.new = PassphraseField(tr("New passphrase"))
        self.again = PassphraseField(tr("The same again"))
        self._build()
        self.action.clicked.connect(lambda: tasks.start(self._go(), name="words"))
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        (self.line.edit if restore else self.words).setFocus()

    def _build(self) -> None:
        caption = Text(tr("The 24 words"), "label")
        caption.setBuddy(self.words)
        self.words.setAccessibleName(tr("The 24 words"))
        self.words.setPlaceholderText(tr("In their order. Four letters of each are enough."))
        self.words.setTabChangesFocus(True)
        self.words.setFixedHeight(96)
        column = QVBoxLayout()
        column.setSpacing(tokens.S1 + 2)
        for one in (caption, self.words, self.wrong):
            column.addWidget(one)
        self.body.addWidget(self.line)
        self.body.addLayout(column)
        self.body.addWidget(self.lost)
        self.strength = Strength(self.new, self.again)
        for field in (self.new, self.strength, self.again):
            self.body.addWidget(field)
        reveal(self.line, self._restore)
        reveal(self.lost, self._restore)

    def render_state(self, state: ActState) -> None:
        """Show problems and progress."""
        self.line.complain(state.wrong_line)
        self.wrong.setText(state.wrong_words)
        reveal(self.wrong, bool(state.wrong_words))
        self.new.complain(state.wrong_new)
        self.again.complain(state.wrong_again)
        self.strength.refused(state.wrong_new)
        _point(
            (self.line.edit, state.wrong_line),
            (self.words, state.wrong_words),
            (self.new.edit, state.wrong_new),
            (self.again.edit, state.wrong_again),
        )
        self.notice.show_card(state.problem)
        self.action.setEnabled(not state.busy)
        self.busy.setText(state.busy)

    async def _go(self) -> None:
        words, new, again = self.words.toPlainText(), self.new.text(), self.again.text()
        if self._restore:
            lost = self.lost.isChecked()
            desk = await self._presenter.restore(
                self.line.text(), words, new, again, others_lost=lost
            )
        else:
            desk = await self._presenter.open(words, new, again)
        if desk is not None:
            self.accept()
            self._on_open(desk)


def _point(*fields: tuple[QWidget, str]) -> None:
    """Give the keyboard to the first field that is wrong."""
    wrong = next((field for field, why in fields if why), None)
    if wrong is not None:
        wrong.setFocus()
