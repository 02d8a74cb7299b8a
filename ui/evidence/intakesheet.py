"""The sheet on which a customs detection is filled in."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from jitclient.intakeviews import SECTIONS, STARRED
from protocol.facts import Field, Form
from ui import binding, words
from ui.evidence.detectionsaving import DetectionSaving
from ui.evidence.factsheet import FactField
from ui.evidence.intake import IntakePresenter
from ui.evidence.intakestate import IntakeState
from ui.evidence.recipients import RecipientsCard
from ui.evidence.stated import still_to_state
from ui.language import tr, trn
from ui.tasks import TaskScope
from ui.theme import tokens
from ui.widgets.button import Button, IconButton
from ui.widgets.elided import Elided
from ui.widgets.facts import clear
from ui.widgets.hover import hover
from ui.widgets.panel import Panel, row
from ui.widgets.reveal import reveal
from ui.widgets.sheet import Sheet
from ui.widgets.text import Text


class IntakeSheet(Sheet):
    """Headings with two columns of fields, images, recipients. Closing it keeps the draft."""

    wide = 760

    def __init__(
        self,
        parent: QWidget,
        presenter: IntakePresenter,
        tasks: TaskScope,
        paper: DetectionSaving,
    ) -> None:
        super().__init__(
            parent,
            tr("Customs detection"),
            lead=tr(
                "The form is sealed here and handed over as a document, with everything that is "
                "filled in; each image as an exhibit of its own. What is marked * must be filled "
                "in. What you type is kept on this computer until it is handed over."
            ),
            action=tr("Seal and hand over"),
            cancel=tr("Close"),
        )
        self._presenter = presenter
        self._tasks = tasks
        self._fields: dict[str, FactField] = {}
        self._shown: tuple[Path, ...] | None = None
        self._waiting = True  # for the draft; then the first field is ready to be typed in
        self.setAcceptDrops(True)
        for heading, fields in SECTIONS:
            self.body.addWidget(Text(tr(heading), "overline"))
            self.body.addLayout(self._section(fields))
        self._make_images()
        self.people = RecipientsCard(presenter.choose)
        receive = Text(tr("Who receives it"), "label")
        receive.setBuddy(self.people)
        self.body.addWidget(receive)
        self.body.addWidget(self.people)
        self._make_foot(paper)
        self.action.clicked.connect(lambda: tasks.start(self._go(), name="detection"))
        presenter.attach(self.render_state)
        self.finished.connect(presenter.detach)
        presenter.load()

    def _section(self, fields: tuple[Field, ...]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.S4)
        grid.setVerticalSpacing(tokens.S3)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        at = 0
        for field in fields:
            made = FactField(field, partial(self._presenter.type, field.name), STARRED)
            self._fields[field.name] = made
            span = 2 if field.form is Form.LINES else 1
            at += at % 2 if span > 1 else 0
            grid.addWidget(made, at // 2, at % 2, 1, span, Qt.AlignmentFlag.AlignTop)
            at += span
        return grid

    def _make_images(self) -> None:
        self.more = Button(tr("Choose images…"), icon="image")
        self.more.clicked.connect(lambda: self._tasks.start(self._choose(), name="images"))
        self.count = Text("", "caption")
        label = Text(tr("Images"), "label")
        label.setBuddy(self.more)
        self.body.addLayout(row(label, self.count, None, self.more))
        self.images = QVBoxLayout()
        self.images.setSpacing(tokens.S1)
        self.body.addLayout(self.images)

    def _make_foot(self, paper: DetectionSaving) -> None:
        self.lacking = Text("", "caption", wrap=True)
        self.note = Text("", "caption", wrap=True)
        self.print = Button(tr("Save as PDF…"), "quiet")
        self.print.clicked.connect(
            lambda: self._tasks.start(paper.save(self), name="detection-paper")
        )
        self.anew = Button("", "quiet")
        self.anew.clicked.connect(self._anew)
        self.body.addWidget(self.note)
        across = row(self.lacking, self.print, self.anew)
        across.setStretch(0, 1)
        self.body.addLayout(across)

    def render_state(self, state: IntakeState) -> None:
        """Show what is filled in and what is wrong or lacking."""
        values, problems = dict(state.form), dict(state.problems)
        for name, field in self._fields.items():
            field.show_text(values.get(name, ""))
            field.complain(problems.get(name, ""))
            field.setEnabled(not state.loading and not state.busy)
        if self._waiting and not state.loading:
            self._waiting = False
            next(iter(self._fields.values())).edit.setFocus()
        self._show_images(state.images)
        self.people.show_people(state.recipients)
        self.more.setEnabled(not state.busy)
        for text, said in ((self.lacking, still_to_state(state.lacking)), (self.note, state.note)):
            text.setText(said)
            reveal(text, bool(said))
        self.anew.setText(tr("Bring back what was there") if state.emptied else tr("Begin anew"))
        reveal(self.anew, state.emptied or state.can_empty)
        self.print.setEnabled(state.can_print)
        self.notice.show_card(state.problem)
        self.busy.setText(tr("Registering…") if state.busy else "")
        self.action.setEnabled(state.can_hand_over)

    def _show_images(self, images: tuple[Path, ...]) -> None:
        if images == self._shown:
            return
        self._shown = images
        clear(self.images)
        self.count.setText(_counted(len(images)) if images else "")
        for at, path in enumerate(images, 1):
            name = Elided(words.plain(path.name), "dense")
            name.setToolTip(hover(str(path)))
            hint = tr("Take {name} off the list", name=words.plain(path.name))
            away = IconButton("x", hint, size=tokens.ICON_SMALL)
            away.clicked.connect(partial(self._presenter.drop_image, path))
            line = Panel("card")
            across = row(Text(f".{at}", "mono"), name, away)
            across.setStretch(1, 1)
            across.setContentsMargins(tokens.S3, tokens.S1, tokens.S2, tokens.S1)
            line.column.addLayout(across)
            self.images.addWidget(line)

    def _anew(self) -> None:
        if self._presenter.state.emptied:
            self._presenter.bring_back()
        else:
            self._presenter.empty()

    async def _choose(self) -> None:
        chosen = await binding.choose_files(self, tr("Choose images of the detection"))
        if chosen:
            self._presenter.add_images(chosen)

    async def _go(self) -> None:
        if await self._presenter.hand_over():
            self.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Images are welcome."""
        binding.accept_files(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take them onto the list."""
        self._presenter.add_images(binding.dropped_files(event))


def _counted(images: int) -> str:
    return trn("{count} image", "{count} images", images)
