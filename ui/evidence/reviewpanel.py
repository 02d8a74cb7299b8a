"""In the inspector: how far the review is, tags, a note. This person's own, never sent."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit

from jitclient.reviewviews import WORDS, ReviewState
from jitclient.views import ExhibitRow
from ui import words
from ui.evidence.noting import Noting
from ui.language import tr
from ui.shortcuts import TAG_KEYS, named
from ui.theme import fonts, tokens
from ui.widgets.button import Button, IconButton
from ui.widgets.panel import Panel, row
from ui.widgets.reveal import reveal
from ui.widgets.text import Text


class ReviewPanel(Panel):
    """Fields that are kept when they are left. Beside the list it leads through the queue."""

    def __init__(self, reviewing: Noting, *, queue: bool = True) -> None:
        super().__init__("footer" if queue else "surface", spacing=tokens.S2)
        self.column.setContentsMargins(tokens.S5, tokens.S2, tokens.S5, tokens.S3)
        self._reviewing = reviewing
        self._row: ExhibitRow | None = None
        self._rendering = False
        self.state = QComboBox()
        self.state.setAccessibleName(tr("How far the review is"))
        for state, word in WORDS.items():
            self.state.addItem(tr(word), state)
        self.state.currentIndexChanged.connect(self._marked)
        self.tags = QLineEdit()
        self.tags.setAccessibleName(tr("Tags, separated by commas"))
        self.tags.setPlaceholderText(tr("Tags, separated by commas"))
        self.tags.textChanged.connect(self._typed)
        self.tags.editingFinished.connect(lambda: reviewing.retag(self.tags.text()))
        self.note = QPlainTextEdit()
        self.note.setAccessibleName(tr("Note"))
        self.note.setPlaceholderText(tr("Note"))
        self.note.setTabChangesFocus(True)
        self.note.textChanged.connect(self._typed)
        self.note.setFixedHeight(fonts.px(52))
        self.note.installEventFilter(self)
        self.following = Button(
            tr("Next"),
            "quiet",
            icon="chevron-right",
            hint=named(tr("Next to review"), "review-next"),
        )
        self.look = IconButton(
            "eye",
            named(tr("Review queue in the safe viewer"), "view-queue"),
            size=tokens.ICON_SMALL,
        )
        for one in (self.following, self.look):
            reveal(one, queue)
        self.keys = Text("", "caption", wrap=True)
        self._lay()

    def _lay(self) -> None:
        hint = tr("Yours alone: it stays on this computer and goes with the space")
        head = Text(tr("Your review"), "overline")
        head.setToolTip(hint)
        self.state.setToolTip(hint)
        self.column.addLayout(row(head, None, self.look, self.following))
        self.column.addWidget(self.state)
        self.column.addWidget(self.tags)
        self.column.addWidget(self.keys)
        self.column.addWidget(self.note)
        reveal(self, False)

    def show_row(self, shown: ExhibitRow | None) -> None:
        """Show another exhibit; what is being typed for the same one stays."""
        same = self._row is not None and shown is not None and self._row.file == shown.file
        if not same:
            self._keep()
        self._rendering = True
        before, self._row = self._row, shown
        reveal(self, shown is not None)
        if shown is not None:
            tags, note = self._reviewing.half.standing(shown.file) if same else (False, False)
            self.state.setCurrentIndex(self.state.findData(ReviewState(shown.review)))
            if not tags and (not same or before is None or before.tags != shown.tags):
                self.tags.setText(", ".join(shown.tags))
            if not note and (not same or before is None or before.note != shown.note):
                self.note.setPlainText(shown.note)
        self._rendering = False

    def show_tags(self, tags: tuple[str, ...]) -> None:
        """Say which keys give which tags."""
        said = "   ".join(f"{at} {words.plain(tag)}" for at, tag in enumerate(tags[:TAG_KEYS], 1))
        self.keys.setText(said)
        self.keys.setToolTip(tr("These keys give the tag, in the list, or take it away"))
        reveal(self.keys, bool(said))

    def _typed(self) -> None:
        """The window may lock before the field is left."""
        if self._row is not None and not self._rendering:
            self._reviewing.half.typed(self._row, self.tags.text(), self.note.toPlainText())

    def _keep(self) -> None:
        """The keyboard may still be in a field when another row is picked."""
        row_, tags, note = self._row, self.tags.text(), self.note.toPlainText()
        if row_ is not None and (", ".join(row_.tags), row_.note) != (tags, note):
            self._reviewing.keep(row_, tags, note)

    def _marked(self, at: int) -> None:
        if not self._rendering:
            self._reviewing.mark(self.state.itemData(at))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A note is kept when it is left."""
        if watched is self.note and event.type() == QEvent.Type.FocusOut:
            self._reviewing.note(self.note.toPlainText())
        return super().eventFilter(watched, event)
