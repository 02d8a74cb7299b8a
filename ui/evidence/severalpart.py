"""In the inspector, while several exhibits are selected: how many, their review, their tags."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit

from jitclient.reviewviews import WORDS
from ui import words
from ui.evidence.halfnoted import tags_in
from ui.evidence.reviewing import Reviewing
from ui.evidence.several import Several, SeveralState
from ui.language import tr, trn
from ui.shortcuts import TAG_KEYS
from ui.theme import tokens
from ui.widgets.button import IconButton
from ui.widgets.panel import Scroll, line, row
from ui.widgets.reveal import reveal
from ui.widgets.text import Text


class SeveralPart(Scroll):
    """What is said of all of them at once; the buttons stand below it, as those of one."""

    def __init__(self, several: Several, reviewing: Reviewing) -> None:
        super().__init__(tr("Details of the selected exhibits"))
        self._several = several
        self._tags: tuple[str, ...] = ()
        self._shown = SeveralState()
        self.count = Text("", "lead", wrap=True)
        self.together = Text("", "secondary", wrap=True)
        self.review = QComboBox()
        self.review.setAccessibleName(tr("How far the review is"))
        self.review.setPlaceholderText(tr("How far the review is"))
        for state, word in WORDS.items():
            self.review.addItem(tr(word), state)
        self.review.setCurrentIndex(-1)
        self.review.activated.connect(self._mark)
        self.boxes = tuple(QCheckBox() for _ in range(TAG_KEYS))
        for number, box in enumerate(self.boxes, 1):
            box.clicked.connect(partial(self._turn, reviewing, number))
            reveal(box, False)
        self.tags = QLineEdit()
        self.tags.setAccessibleName(tr("Tags, separated by commas"))
        self.tags.setPlaceholderText(tr("Tags, separated by commas"))
        self.tags.returnPressed.connect(self._give)
        self.give = IconButton("plus", tr("Give all of them these tags"))
        self.give.clicked.connect(self._give)
        self._lay()
        several.attach(self.render_state)

    def _lay(self) -> None:
        head = Text(tr("Your review"), "overline")
        head.setToolTip(tr("Yours alone: it stays on this computer and goes with the space"))
        adding = row(self.tags, self.give)
        adding.setStretch(0, 1)
        self.column.setSpacing(tokens.S3)
        for one in (self.count, self.together, line(), head, self.review, *self.boxes):
            self.column.addWidget(one)
        self.column.addLayout(adding)
        self.column.addStretch(1)

    def render_state(self, state: SeveralState) -> None:
        """Show what is selected."""
        self._shown = state
        said = trn("{count} exhibit selected", "{count} exhibits selected", state.count)
        self.count.setText(said)
        self.together.setText(tr("{size} together", size=words.size(state.size)))
        self._check()

    def show_tags(self, tags: tuple[str, ...]) -> None:
        """Offer the tags that have keys; a dash stands for those that some of them have."""
        self._tags = tags
        for number, box in enumerate(self.boxes, 1):
            if number <= len(tags):
                name = words.plain(tags[number - 1]).replace("&", "&&")
                box.setText(f"{number}  {name}")
            reveal(box, number <= len(tags))
        self._check()

    def _check(self) -> None:
        for tag, box in zip(self._tags, self.boxes, strict=False):
            have = self._shown.tags.get(tag, 0)
            some = 0 < have < self._shown.count
            box.setTristate(some)
            full = Qt.CheckState.Checked if have else Qt.CheckState.Unchecked
            box.setCheckState(Qt.CheckState.PartiallyChecked if some else full)

    def _turn(self, reviewing: Reviewing, number: int, _checked: bool = False) -> None:
        self._check()  # what they have is shown, not what was clicked
        reviewing.turn_tag(number)

    def _mark(self, at: int) -> None:
        self._several.mark(self.review.itemData(at))
        self.review.setCurrentIndex(-1)

    def _give(self) -> None:
        wanted = tags_in(self.tags.text())
        if wanted and self._several.add_tags(wanted):
            self.tags.clear()
