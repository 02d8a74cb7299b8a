"""At the left of the list: what there is to narrow it by, with counts."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox

from jitclient.reviewviews import WORDS, ReviewState
from ui import words
from ui.evidence.facets import HEADS, SHOWN, Facet, Group
from ui.evidence.presenter import EvidencePresenter
from ui.evidence.stated import translated
from ui.language import number, tr, trn
from ui.theme import fonts, tokens
from ui.widgets.hover import hover
from ui.widgets.panel import Scroll
from ui.widgets.reveal import reveal
from ui.widgets.text import Text

_WIDTH = 196


class _Part:
    """A head and boxes that are made once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.head = Text(tr(HEADS[name]), "overline")
        self.head.setContentsMargins(0, tokens.S2, 0, 0)
        self.boxes = tuple(QCheckBox() for _ in range(SHOWN))
        self.more = Text("", "caption")


class FacetPart(Scroll):
    """Each box puts its value into the filter above the list, or takes it out."""

    def __init__(self, presenter: EvidencePresenter) -> None:
        super().__init__(tr("Narrow the list"), margin=tokens.S4)
        self._presenter = presenter
        self._shown: dict[str, tuple[Facet, ...]] = {}
        self.parts = {name: _Part(name) for name in HEADS}
        self.setFixedWidth(fonts.px(_WIDTH))
        self.column.setSpacing(tokens.S2)
        for part in self.parts.values():
            self.column.addWidget(part.head)
            for at, box in enumerate(part.boxes):
                box.clicked.connect(partial(self._turn, part.name, at))
                self.column.addWidget(box)
            self.column.addWidget(part.more)
        self.column.addStretch(1)
        self.show_groups(())

    def show_groups(self, groups: tuple[Group, ...]) -> None:
        """Show what the list contains now."""
        by_name = {one.name: one for one in groups}
        for name, part in self.parts.items():
            group = by_name.get(name, Group(name, ()))
            self._shown[name] = group.facets
            reveal(part.head, bool(group.facets))
            for at, box in enumerate(part.boxes):
                reveal(box, at < len(group.facets))
                if at < len(group.facets):
                    _say(box, name, group.facets[at])
            part.more.setText(trn("{count} more", "{count} more", group.more))
            reveal(part.more, group.more > 0)

    def _turn(self, name: str, at: int, _checked: bool = False) -> None:
        shown = self._shown[name]
        if at < len(shown):
            self._presenter.turn_facet(name, shown[at].value)


def _say(box: QCheckBox, name: str, facet: Facet) -> None:
    said = _word(name, facet.value)
    metrics = box.fontMetrics()
    count = number(facet.count)
    room = fonts.px(_WIDTH - 2 * tokens.S4 - 44) - metrics.horizontalAdvance(f"  {count}")
    short = metrics.elidedText(said, Qt.TextElideMode.ElideMiddle, room)
    box.setText(f"{short}  {count}".replace("&", "&&"))
    box.setAccessibleName(f"{said}, {count}")
    box.setToolTip(hover(said) if short != said else "")
    box.setChecked(facet.chosen)


def _word(name: str, value: str) -> str:
    if name == "review":
        return tr(WORDS[ReviewState(value)])
    return translated(value) if name == "mark" else words.plain(value)
